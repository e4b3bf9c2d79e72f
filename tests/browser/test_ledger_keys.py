"""Ten like entries of the ledger in Chromium, by keyboard alone: keystrokes are counted and printed."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.desk import Desk
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
