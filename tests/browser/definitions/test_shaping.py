"""An administrator shapes data in Chromium: a strange table becomes a list, a formula goes into a file."""

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from tests.browser.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]
COLLECTIONS, FIELDS, CONFIGURATION = (
    f"/admin/settings/{word}/" for word in ("collections", "fields", "configuration")
)
POLICIES = "/admin/c/zhengceku/"
CLICKS = 6  # 由现有数据建立, the file, 读取数据, 建立台账并试导数据, 写入, the search
# As another program left it: a title above the heading, counties in words, days as texts.
STRANGE = [
    ["各县区惠企政策一览"],
    ["政策标题", "适用地区", "发布日", "类别", "补助万元"],
    *(
        [f"惠企政策第{number}号", ("冠县", "莘县", "临清市")[number % 3], f"2026.{number % 9 + 1}.5",
         ("减税", "补贴", "贷款")[number % 3], number * 1.5]
        for number in range(40)
    ),
]  # fmt: skip


def strange_workbook() -> bytes:
    book, stream = openpyxl.Workbook(), BytesIO()
    for row in STRANGE:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def test_a_strange_table_is_a_list_searched_by_county_within_three_minutes(sit_down: SitDown) -> None:
    boss, guan = sit_down("boss"), sit_down("guan")
    began = time.monotonic()
    boss.go(COLLECTIONS)
    boss.press("由现有数据建立")
    boss.put("#file", ("政策.xlsx", strange_workbook()))
    boss.press("读取数据")
    assert "40" in boss.main()
    boss.fill(label="政策库", word="zhengceku")
    boss.press("建立台账并试导数据")
    boss.press("写入")
    boss.go(f"{POLICIES}?search=冠县")
    seconds = time.monotonic() - began
    shown = boss.names()
    assert len(shown) == len([row for row in STRANGE[2:] if row[1] == "冠县"])
    assert seconds < 180
    print(f"\na strange table is a list after {seconds:.1f} s and {CLICKS} clicks")  # noqa: T201 - the figures are the point

    guan.go(POLICIES)
    assert sorted(guan.names()) == sorted(shown)  # its own county's alone
    assert "莘县" not in guan.page.locator("tbody").inner_text()

    # nothing stays for the tests that share this office
    boss.go(f"{COLLECTIONS}zhengceku/delete/")
    boss.fill(confirmed_name="政策库")
    boss.save()


def test_a_computed_field_goes_into_the_configuration_file_and_comes_back_as_nothing_new(
    sit_down: SitDown, tmp_path: Path
) -> None:
    boss = sit_down("boss")
    boss.go(FIELDS)
    boss.page.locator("section:has(h2:has-text('入驻企业')) a:has-text('新增字段')").click()
    boss.press("公式计算")
    boss.fill(label="人均收入", formula="营业收入 / 从业人员")
    boss.page.click("[data-try-button]")
    boss.page.locator("#tried table").wait_for()
    boss.save()
    assert "已增加字段“人均收入”" in boss.main()
    boss.go(CONFIGURATION)
    boss.download("main a:has-text('下载配置文件')").save_as(tmp_path / "office.json")
    written = (tmp_path / "office.json").read_text("utf-8")
    assert "人均收入" in written

    def compare(text: str) -> str:
        boss.go(CONFIGURATION)
        boss.put("#file", ("office.json", text.encode()))
        boss.press("比较")
        return boss.main()

    assert "没有变化" in compare(written)
    changed = compare(written.replace('"人均收入"', '"人均营收"'))
    assert "人均收入" in changed and "人均营收" in changed
    boss.go(FIELDS)
    assert "人均收入" in boss.main() and "人均营收" not in boss.main()  # looked at, not taken

    # nothing stays for the tests that share this office
    boss.press("隐藏")
    boss.press("隐藏")
    boss.press("删除")
    boss.press("删除")
    assert "人均收入" not in boss.main()
