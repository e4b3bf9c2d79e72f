"""A county's messy workbook through the wizard: columns chosen, a cell put right, written, and known the next time."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.browser.desk import Desk
from tests.browser.workbooks import code

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]
HEADING = ("序号", "公司的名字", "纳税人识别号", "入驻园区", "职工人数", "内部备注")
PARK = "冠县光岳科技孵化器"


def messy(first: int, *, wrong: str = PARK) -> bytes:
    """Return a workbook of 冠县's own: titles, a heading that nobody knows, a hidden row, a second quarter."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "一季度"
    rows: list[tuple[Any, ...]] = [("冠县创业园入驻企业情况表",), ("填报单位：冠县工信局",), HEADING]
    for number in range(first, first + 4):
        park = wrong if number == first + 1 else PARK
        rows.append(
            (number, f"冠县识途第{number}有限公司", code(8000 + number, "371525"), park, 3 + number, "自用")
        )
    for cells in rows:
        sheet.append(cells)
    sheet.row_dimensions[7].hidden = True
    other = book.create_sheet("二季度")
    other.append(("企业全称", "纳税人识别号", "入驻园区"))
    other.append((f"冠县二季第{first}有限公司", code(8500 + first, "371525"), PARK))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def send(desk: Desk, name: str, data: bytes) -> None:
    desk.go("/admin/import/")
    desk.page.check("[name=kind][value=tenant-companies]")
    desk.put("#file", (name, data))
    desk.press("读取文件")


def figures(desk: Desk) -> dict[str, int]:
    """Return the figures of the page by their words."""
    words = [text.strip() for text in desk.page.locator(".facts dt").all_inner_texts()]
    counts = [int(text.split()[0].rstrip("行")) for text in desk.page.locator(".facts dd").all_inner_texts()]
    return dict(zip(words, counts, strict=True))


def fits(desk: Desk) -> bool:
    """Tell whether the page is no wider than the window."""
    return bool(desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_countys_messy_workbook_is_understood_corrected_written_and_known_the_next_time(
    sit_down: SitDown, tmp_path: Path
) -> None:
    desk = sit_down("guan")
    send(desk, "冠县一季度.xlsx", messy(1, wrong="光岳孵化楼"))
    said = desk.main()
    assert figures(desk)["退回"] == 4, "without the column of names no company can be new"
    assert "另有工作表未读取：二季度（1 行）" in said
    assert "有 1 行被隐藏。已与其他行一并取用" in said

    desk.press("查看和更改识别情况")
    assert "冠县识途第1有限公司" in desk.main()
    desk.page.set_viewport_size({"width": 390, "height": 844})
    assert fits(desk)
    desk.page.set_viewport_size({"width": 1366, "height": 768})
    desk.page.select_option("[name='column.1']", label="企业名称（必填）")
    desk.press("按此试导")
    assert (figures(desk)["新建"], figures(desk)["退回"]) == (3, 1)

    desk.download("main .head a:has-text('标注后的原表')").save_as(tmp_path / "checked.xlsx")
    checked = openpyxl.load_workbook(tmp_path / "checked.xlsx")
    assert checked.sheetnames == ["一季度", "二季度"]
    results = [row[6].value for row in checked["一季度"].iter_rows(min_row=3)]
    assert results[:2] == ["结果", "可导入：新增"]
    assert results[2].startswith("退回：")
    assert checked["一季度"].row_dimensions[7].hidden

    desk.page.fill("tbody input.form-control", PARK)
    desk.page.set_viewport_size({"width": 390, "height": 844})
    assert fits(desk)
    desk.page.set_viewport_size({"width": 1366, "height": 768})
    desk.press("重新试导")
    assert (figures(desk)["新建"], figures(desk)["退回"]) == (4, 0)
    desk.press("写入合格")
    assert figures(desk)["新建"] == 4

    send(desk, "冠县三季度.xlsx", messy(11))
    assert (figures(desk)["新建"], figures(desk)["退回"]) == (4, 0), "known by itself"
    assert "已按记住的对应关系识别各列" in desk.main()
    with desk.context.expect_page() as opened:
        desk.page.click("button:has-text('另行试导此表')")
    assert "读取工作表“二季度”" in opened.value.locator("main").inner_text()
    opened.value.close()
    # what came back marked holds nothing that was not taken
    send(desk, "冠县一季度-检查结果.xlsx", (tmp_path / "checked.xlsx").read_bytes())
    assert "有 3 行此前已导入且未再改动" in desk.main()
    desk.press("查看和更改识别情况")
    desk.press("不再记住")
    assert figures(desk)["退回"] > 0
