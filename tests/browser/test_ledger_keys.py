"""The ledger in Chromium by keyboard alone: ten like entries, a week of a base; keystrokes are counted and printed."""

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route

from services.shared.office_day import office_today
from tests.browser.desk import Desk
from tests.browser.test_grid import PASTE, cell, state
from tests.browser.test_grid import go_to as go_to_cell
from tests.browser.workbooks import LONG_BASE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]
FORMERLY = 34  # an entry, as it was counted before: see docs/keystrokes.md
COUNTS = """() => {
    const modifiers = ['Shift', 'Control', 'Alt', 'Meta'];
    addEventListener('keydown', event => {
        if (!modifiers.includes(event.key)) {
            sessionStorage.setItem('keys', Number(sessionStorage.getItem('keys') || 0) + 1);
        }
    }, true);
}"""

# The selected cell of the grid is one of the companies, and none is being typed in.
IN_COMPANIES = """() => {
    const at = document.querySelector('.tabulator-range-only-cell-selected, .tabulator-range-selected');
    const is_there = at && at.getAttribute('tabulator-field') === 'companies';
    return is_there && !document.querySelector('.tabulator-editing');
}"""


def pressed(page: Page) -> int:
    """Return how many keys were pressed since it was asked last; Ctrl+Enter is one."""
    return int(page.evaluate(
        "() => { const n = sessionStorage.getItem('keys'); sessionStorage.removeItem('keys'); return n || 0; }"
    ))  # fmt: skip


def focused(page: Page) -> str:
    """Return the name of the field that has the focus, of a look-up that of its select."""
    return str(page.evaluate(
        "() => { const e = document.activeElement, w = e.closest('.ts-wrapper');"
        " return w ? w.previousElementSibling.name : e.name || e.tagName; }"
    ))  # fmt: skip


def wait_for_focus(page: Page, name: str) -> None:
    page.wait_for_function(
        "name => { const e = document.activeElement, w = e && e.closest('.ts-wrapper');"
        " return e && (w ? w.previousElementSibling.name : e.name) === name; }",
        arg=name,
    )


def go_to(page: Page, name: str) -> None:
    """Press Tab until a field has the focus."""
    for _ in range(20):
        if focused(page) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached")


def save_and_go_on(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Control+Shift+Enter")


def test_ten_like_entries_by_keyboard(sit_down: SitDown) -> None:
    desk = sit_down("city")
    page = desk.page
    page.add_init_script(f"({COUNTS})()")
    desk.go("/admin/ledger-entries/new/")
    keys = page.keyboard

    # The first entry, from a blank form; the number of companies comes by itself.
    wait_for_focus(page, "base")
    pressed(page)
    keys.type("lxb")
    keys.press("Tab")
    wait_for_focus(page, "served_on")
    assert page.input_value("#base")
    keys.type("3.5")
    keys.press("Tab")
    assert re.fullmatch(r"\d{4}-03-05", page.input_value("#served_on"))
    go_to(page, "function")
    for _ in range(4):
        keys.press("ArrowDown")
    go_to(page, "status")
    keys.press("ArrowDown")
    go_to(page, "request")
    keys.type("zcfd")
    go_to(page, "companies")
    keys.type("d15")
    keys.press("Tab")
    page.wait_for_function("() => document.getElementById('company_times').value === '1'")
    page.check("[name=whole]")
    first = pressed(page) + 1
    save_and_go_on(page)

    # Nine more: each of another company, the rest as before.
    counted = []
    for number in range(21, 30):
        wait_for_focus(page, "companies")
        assert page.input_value("#request") == "zcfd"
        pressed(page)
        keys.type(f"d{number}")
        keys.press("Tab")
        page.wait_for_function("() => document.getElementById('company_times').value === '1'")
        save_and_go_on(page)
        counted.append(pressed(page))
    print(f"\nfirst entry {first} keystrokes; each further one {counted}; formerly {FORMERLY} each")  # noqa: T201 - the figures are the point
    assert max(counted) <= 6, counted

    desk.go("/admin/ledger-entries/?search=zcfd")
    assert len(desk.names()) == 10
    assert {LONG_BASE} == {row.split(" ")[0] for row in desk.names()}


def answer_late(route: Route) -> None:
    time.sleep(0.4)
    route.continue_()


def test_a_week_of_a_base_by_keyboard(sit_down: SitDown) -> None:
    desk = sit_down("city")
    page, keys = desk.page, desk.page.keyboard
    page.add_init_script(f"({COUNTS})()")
    last = office_today() - timedelta(days=office_today().weekday() + 7)
    rows = [
        (
            LONG_BASE,
            f"{last + timedelta(days=ahead)}",
            "二楼会议室",
            function,
            "",
            "线下",
            "",
            "上周诉求",
            "上周记录",
        )
        for ahead, function in enumerate(("信息服务", "创业辅导", "人员培训", "管理咨询", "专业服务"))
    ]
    desk.go("/admin/import/grid/ledger-entries/")
    page.wait_for_selector("#grid[data-ready]")
    go_to_cell(desk, 0, "base")
    page.evaluate(PASTE, "\r\n".join("\t".join(line) for line in rows))
    state(desk, "新增 5 条")
    keys.press("Control+s")
    page.wait_for_selector("[data-grid-done] a")

    # From the list: which base, then its week with days, places, functions, requests; whom it served is to be filled.
    desk.go("/admin/ledger-entries/")
    page.get_by_role("link", name="本周录入").focus()
    pressed(page)
    with page.expect_navigation():
        keys.press("Enter")
    page.wait_for_function("() => document.activeElement.closest('[data-week]')")
    # Who entered for a base before has that one proposed: another is looked for in its place.
    page.evaluate(
        "() => { const look = document.getElementById('week-place').tomselect; look.clear(); look.focus(); }"
    )
    page.wait_for_function("() => document.activeElement.id === 'week-place-ts-control'")
    # Tab is faster than the answer: it waits for it, and takes nothing that stood there for other letters.
    page.route("**/admin/bases/lookup/**", answer_late)
    keys.type("lxb")
    keys.press("Tab")
    page.wait_for_function("() => document.getElementById('week-place').value")
    assert page.evaluate("document.getElementById('week-place').selectedOptions[0].textContent") == LONG_BASE
    assert page.evaluate("document.activeElement.id") == "week-day"
    page.unroute("**/admin/bases/lookup/**")
    page.locator("[data-week] button.btn").focus()
    with page.expect_navigation():
        keys.press("Enter")
    page.wait_for_selector("#grid[data-ready]")
    begun = pressed(page)
    assert cell(desk, 4, "served_on") == f"{last + timedelta(days=11)}"
    assert cell(desk, 4, "request") == "上周诉求"
    counted = []
    for number in range(5):
        page.wait_for_function(IN_COMPANIES)
        keys.type(f"d{number + 40}")
        keys.press("Tab")
        page.wait_for_function("() => !document.querySelector('.tabulator-editing')")
        page.wait_for_timeout(60)
        keys.press("Tab")
        page.wait_for_timeout(60)
        keys.type("20")
        keys.press("Enter")
        counted.append(pressed(page))
        assert cell(desk, number, "company_times") == "1", number
        assert cell(desk, number, "person_times") == "20", number
    keys.press("Control+Enter")
    state(desk, "新增 5 条")
    keys.press("Control+s")
    page.wait_for_selector("[data-grid-done] a")
    ended = pressed(page)
    print(f"\na week of five entries: {begun} keystrokes to begin, {counted}, {ended} to check and write")  # noqa: T201 - the figures are the point
    assert max(counted) <= 8, counted
    page.locator("[data-grid-done] button").focus()
    with page.expect_navigation():
        keys.press("Enter")
    desk.go(f"/admin/ledger-entries/?search=上周诉求&served_on_from={last + timedelta(days=7)}")
    assert desk.names() == []
