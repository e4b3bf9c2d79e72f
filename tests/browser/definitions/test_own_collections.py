"""An administrator makes 走访记录 in Chromium; a clerk of 冠县 records, imports and exports visits, no others."""

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from tests.browser.desk import Desk
from tests.browser.workbooks import LONG_COMPANY

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]
VISITS, COLLECTIONS, FIELDS = (
    "/admin/c/zoufangjilu/",
    "/admin/settings/collections/",
    "/admin/settings/fields/",
)


# With the name, the company and the day they are nine.
FURTHER = {
    "整数": "参加人数", "是或否": "需要协调", "多行文字": "问题与诉求", "单行文字": "走访人", "日期和时间": "下次回访",
    "附件": "现场照片",
}  # fmt: skip


def made_by(boss: Desk) -> None:
    """Make the collection with two statuses, a day and further fields, in less than five minutes."""
    began = time.monotonic()
    boss.go(COLLECTIONS)
    boss.press("新建台账")
    boss.fill(label="走访记录", name_label="走访主题", referred_label="走访企业")
    boss.page.select_option("#scope", "company")
    for number, word in enumerate(("拟走访", "已走访")):
        boss.page.click("[data-add-row]")
        boss.page.fill(f"[name=statuses-{number}-label]", word)
    boss.page.set_viewport_size({"width": 390, "height": 844})
    assert boss.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    boss.page.set_viewport_size({"width": 1366, "height": 768})
    boss.save()
    boss.page.locator("section:has(h2:has-text('走访记录')) a:has-text('新增字段')").click()
    boss.press("日期")
    boss.fill(label="走访日期")
    boss.page.check("#filtered")
    boss.page.check("#listed")
    boss.save()
    for kind, label in FURTHER.items():
        boss.go(f"{FIELDS}c-zoufangjilu/new/")
        boss.press(kind)
        boss.fill(label=label)
        boss.save()
    assert time.monotonic() - began < 300


def test_a_collection_is_made_and_a_county_records_imports_and_exports_in_it(
    sit_down: SitDown, tmp_path: Path
) -> None:
    boss, city, guan = sit_down("boss"), sit_down("city"), sit_down("guan")
    made_by(boss)
    city.go(f"{VISITS}new/")
    city.fill(name="莘县来访")
    city.choose("company", LONG_COMPANY[:6], LONG_COMPANY)
    city.save()

    guan.go("/admin/tenant-companies/")
    company = guan.names()[0]
    guan.go("/admin/")
    guan.page.click("nav a:has-text('走访记录')")
    guan.press("新建")
    guan.fill(name="春季走访", own_zoufangriqi="2026-03-02", own_zoufangren="王伟", own_canjiarenshu="3")
    guan.choose("company", company[:4], company)
    guan.save()
    assert "春季走访" in guan.main() and "拟走访" in guan.main() and "王伟" in guan.main()

    book, stream = openpyxl.Workbook(), BytesIO()
    for row in (["走访主题", "走访企业", "走访日期", "状态"], ["夏季走访", company, "2026.6.1", "已走访"]):
        book.active.append(row)
    book.save(stream)
    guan.go("/admin/import/?kind=c-zoufangjilu")
    guan.put("#file", ("走访.xlsx", stream.getvalue()))
    guan.press("读取文件")
    guan.press("写入")
    guan.go(VISITS)
    assert sorted(guan.names()) == ["夏季走访", "春季走访"]
    assert "莘县来访" not in guan.page.content()
    sent = guan.download("main .head a:has-text('导出')")
    sent.save_as(tmp_path / "visits.xlsx")
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "visits.xlsx").active.values for cell in row]
    assert {"春季走访", "夏季走访"} <= set(cells) and not set(cells) & {"莘县来访", LONG_COMPANY}

    guan.press("看板")
    card = guan.page.locator(".card-board", has_text="春季走访")
    card.locator("select").select_option(label="已走访")
    with guan.page.expect_navigation():
        card.locator("button").focus()
        guan.page.keyboard.press("Enter")
    done = guan.page.locator(".board-column", has=guan.page.locator("h2:has-text('已走访')"))
    assert done.locator(".card-board").count() == 2
    guan.go(f"{VISITS}calendar/?month=2026-06")
    assert "夏季走访" in guan.main() and "春季走访" not in guan.main()

    # nothing stays for the tests that share this office
    boss.go(f"{COLLECTIONS}zoufangjilu/delete/")
    boss.fill(confirmed_name="走访记录")
    boss.save()
    answer = guan.go(VISITS)
    assert answer is not None and answer.status == 404
