"""批量录入 in Chromium: pasted from WPS, a fault put right, filled, undone, written; all by keyboard but the paste."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route

from tests.browser.desk import Desk
from tests.browser.workbooks import LONG_BASE, code

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]
PASTE = """text => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    const paste = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
    document.activeElement.dispatchEvent(paste);
}"""


def cell(desk: Desk, row: int, key: str) -> str:
    found = desk.page.locator(f'#grid .tabulator-row .tabulator-cell[tabulator-field="{key}"]').nth(row)
    return found.inner_text().strip()


def go_to(desk: Desk, row: int, key: str) -> None:
    desk.page.locator(f'#grid .tabulator-row .tabulator-cell[tabulator-field="{key}"]').nth(row).click()


def state(desk: Desk, words: str) -> None:
    desk.page.wait_for_function(
        "words => document.querySelector('[data-grid-state]').textContent.includes(words)", arg=words
    )


def test_companies_are_pasted_put_right_and_written(sit_down: SitDown) -> None:
    desk = sit_down("city")
    desk.go("/admin/tenant-companies/")
    desk.page.get_by_role("link", name="批量录入").click()
    desk.page.wait_for_selector("#grid[data-ready]")
    go_to(desk, 0, "name")
    lines = [
        ("聊城格一机械有限公司", code(7001), LONG_BASE, "工业", "12", "300"),
        ("聊城格二机械有限公司", code(7002)[:-1] + "0", "没有的基地", "工业", "八", "300"),
        ('"聊城格三\n机械有限公司"', code(7003), LONG_BASE, "工业", "5", "80"),
    ]
    desk.page.evaluate(PASTE, "\r\n".join("\t".join(line) for line in lines))
    state(desk, "有误 1 条")
    assert "第 2 行" in desk.page.locator("[data-grid-problems]").inner_text()
    assert desk.page.locator("#grid .grid-wrong").count() >= 3
    assert "新增" in desk.page.locator("#grid .tabulator-row .grid-head").first.inner_text()

    # Undo knows the paste, and redo brings it back.
    go_to(desk, 0, "name")
    desk.page.keyboard.press("Control+z")
    desk.page.wait_for_function("() => !document.querySelector('#grid').innerText.includes('格一')")
    desk.page.keyboard.press("Control+y")
    desk.page.wait_for_function("() => document.querySelector('#grid').innerText.includes('格一')")

    # Corrected by keyboard alone: typed over, and the base found by its initials.
    go_to(desk, 1, "uscc")
    desk.page.keyboard.type(code(7002))
    desk.page.keyboard.press("Tab")
    desk.page.wait_for_timeout(60)
    desk.page.keyboard.type("lxb")
    desk.page.wait_for_selector(".grid-list li")
    desk.page.keyboard.press("Enter")
    assert cell(desk, 1, "base") == LONG_BASE
    go_to(desk, 1, "people")
    desk.page.keyboard.type("8")
    desk.page.keyboard.press("Enter")

    # Filled down.
    go_to(desk, 0, "industry")
    desk.page.keyboard.press("Shift+ArrowDown")
    desk.page.keyboard.press("Control+d")
    assert cell(desk, 1, "industry") == "工业"

    desk.page.keyboard.press("Control+Enter")
    state(desk, "有误 0 条")
    # The draft outlives the page.
    desk.page.reload()
    desk.page.wait_for_selector("#grid[data-ready]")
    assert cell(desk, 1, "uscc") == code(7002)
    desk.page.get_by_role("button", name="检查").click()
    state(desk, "新增 3 条")
    desk.page.get_by_role("button", name="写入合格的行").click()
    desk.page.wait_for_selector("[data-grid-done] a")
    assert "新增 3 条" in desk.page.locator("[data-grid-done]").inner_text()
    assert cell(desk, 0, "name") == ""
    desk.page.locator("[data-grid-done] a").click()
    assert re.search(r"新建\D*3", desk.main())
    desk.go("/admin/tenant-companies/?search=聊城格")
    assert len(desk.names()) == 3


def test_rows_of_a_saving_whose_answer_was_lost_come_back_and_those_of_a_lost_write_are_told(
    sit_down: SitDown,
) -> None:
    desk = sit_down("city")
    page = desk.page
    page.on("dialog", lambda dialog: dialog.accept())

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    def again() -> None:
        page.reload()
        page.wait_for_selector("#grid[data-ready]")

    def names() -> list[str]:
        return [name for name in (cell(desk, row, "name") for row in range(6)) if name]

    def enter(row: int, *cells: str) -> None:
        go_to(desk, row, "name")
        page.evaluate(PASTE, "\t".join(cells))

    desk.go("/admin/import/grid/tenant-companies/")
    page.wait_for_selector("#grid[data-ready]")
    page.route(re.compile("/grid/tenant-companies/(draft|check)$"), lose)
    enter(0, "聊城失一有限公司")
    state(desk, "没有响应")
    page.unroute_all()
    enter(1, "聊城失二有限公司")
    state(desk, "刷新页面")
    again()
    assert names() == ["聊城失一有限公司", "聊城失二有限公司"]  # the draft's own and what was typed since
    state(desk, "草稿已保存")
    enter(2, "聊城失三有限公司", code(7101), LONG_BASE, "工业", "12", "300")
    state(desk, "新增 1 条")
    page.route(re.compile("/grid/tenant-companies/write$"), lose)
    page.get_by_role("button", name="写入合格的行").click()
    state(desk, "没有响应")
    page.unroute_all()
    again()
    assert names() == ["聊城失一有限公司", "聊城失二有限公司"]
    assert "可能已经写入" in page.locator("[data-grid-done]").inner_text()
    desk.go("/admin/tenant-companies/?search=聊城失三")
    assert len(desk.names()) == 1
    desk.faults[:] = [
        fault for fault in desk.faults if "ERR_FAILED" not in fault
    ]  # the answers that were lost


def test_the_page_of_the_grid_is_no_barrier(sit_down: SitDown) -> None:
    desk = sit_down("city")
    desk.go("/admin/import/grid/ledger-entries/")
    desk.page.wait_for_selector("#grid[data-ready]")
    found = Axe().run(
        desk.page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa"]}}
    )
    assert [
        (one["id"], one["nodes"][0]["target"], one["nodes"][0]["failureSummary"])
        for one in found.response["violations"]
    ] == []
    wide = desk.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
