"""A list by keyboard in Chromium: a cell edited where it stands, taken back, and records beside the list."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]


def column(desk: Desk, key: str) -> int:
    return int(desk.page.evaluate("key => document.querySelector(`th[data-edit=${key}]`).cellIndex", key))


def value(desk: Desk, row: int, key: str) -> str:
    return (
        desk.page.locator("table.rows tbody tr")
        .nth(row)
        .locator("td, th")
        .nth(column(desk, key))
        .inner_text()
    )


def wait_for_value(desk: Desk, row: int, key: str, text: str) -> None:
    desk.page.wait_for_function(
        "([row, at, text]) =>"
        " document.querySelectorAll('table.rows tbody tr')[row].cells[at].innerText.trim() === text",
        arg=[row, column(desk, key), text],
    )


def test_cells_are_edited_taken_back_and_records_read_beside_the_list(sit_down: SitDown) -> None:
    desk = sit_down("city")
    page, keys = desk.page, desk.page.keyboard
    desk.go("/admin/tenant-companies/?search=轴承&columns=name&columns=people&columns=moved_in&columns=phone")

    # To the second record, then from its name to its people; Enter edits, Enter saves.
    keys.press("j")
    keys.press("j")
    for _ in range(column(desk, "people") - 1):
        keys.press("ArrowRight")
    was = value(desk, 1, "people")
    keys.press("Enter")
    page.wait_for_selector(".cell-editor .form-control")
    keys.type("四")
    keys.press("Enter")
    page.wait_for_selector(".cell-editor .wrong:not([hidden])")
    page.locator(".cell-editor .form-control").fill("4321")
    keys.press("Tab")
    wait_for_value(desk, 1, "people", "4,321")
    # Tab saved and went on to the next cell; Esc leaves it as it was.
    page.wait_for_selector(".cell-editor input[name=moved_in]")
    keys.press("Escape")
    assert page.locator(".cell-editor").count() == 0
    page.get_by_role("button", name="撤销", exact=True).click()
    wait_for_value(desk, 1, "people", was)

    # A double click does the same.
    page.locator("table.rows tbody tr").nth(2).locator("td, th").nth(column(desk, "moved_in")).dblclick()
    page.wait_for_selector(".cell-editor input[name=moved_in]")
    keys.type("2024.3.5")
    keys.press("Enter")
    wait_for_value(desk, 2, "moved_in", "2024-03-05")

    # Beside the list: p opens it, j goes on, x selects, Esc closes, Enter opens the whole.
    keys.press("p")
    page.wait_for_selector(".beside[data-shown] h2")
    first = page.locator(".beside h2").inner_text()
    keys.press("j")
    page.wait_for_function("name => document.querySelector('.beside h2').innerText !== name", arg=first)
    second = page.locator(".beside h2").inner_text()
    keys.press("x")
    assert page.locator("table.rows tbody tr.picked").count() == 1
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa"]}})
    assert [(one["id"], one["nodes"][0]["target"]) for one in found.response["violations"]] == []
    keys.press("Escape")
    assert page.locator(".beside").count() == 0
    with page.expect_navigation():
        keys.press("Enter")
    assert second in page.locator("h1").inner_text()


def test_a_long_text_and_a_reference_are_edited_in_their_cells(sit_down: SitDown) -> None:
    desk = sit_down("city")
    page, keys = desk.page, desk.page.keyboard
    desk.go("/admin/ledger-entries/?columns=base&columns=request&columns=partner&columns=served_on")

    def begin(key: str, field: str) -> None:
        page.locator("table.rows tbody tr").first.locator("td, th").nth(column(desk, key)).dblclick()
        page.wait_for_selector(f".cell-editor {field}")

    # Enter begins a line, leaving the cell saves.
    begin("request", "textarea")
    page.locator(".cell-editor textarea").fill("甲")
    keys.press("Enter")
    keys.type("乙")
    page.locator("h1").click()
    wait_for_value(desk, 0, "request", "甲 乙")
    begin("request", "textarea")
    keys.press("Escape")
    assert page.locator(".cell-editor").count() == 0
    # Typed faster than the look-up answers: what it finds is taken, and Tab goes on to the day.
    begin("partner", ".ts-control input")
    found = page.request.get(f"{desk.server.url}/admin/service-partners/lookup/?q=s").json()["results"][0][
        "text"
    ]
    keys.type("s")
    keys.press("Tab")
    wait_for_value(desk, 0, "partner", found)
    page.wait_for_selector(".cell-editor input[name=served_on]")
    keys.press("Escape")
    page.get_by_role("button", name="撤销", exact=True).click()
    page.wait_for_selector(".toast-line:has-text('已撤销')")


def test_what_a_cell_is_warned_of_is_written_by_its_button_alone(sit_down: SitDown) -> None:
    desk = sit_down("city")
    page, keys = desk.page, desk.page.keyboard
    desk.go("/admin/tenant-companies/?status=housed&columns=name&columns=status&columns=moved_in")
    was = value(desk, 0, "status")

    def warned() -> None:
        page.locator("table.rows tbody tr").first.locator("td, th").nth(column(desk, "status")).dblclick()
        page.locator(".cell-editor select").select_option("moved_out")
        keys.press("Enter")
        page.wait_for_selector(".cell-editor .wrong button")

    warned()
    keys.press("Enter")  # still in the field: nothing new is typed
    keys.press("Tab")
    assert page.evaluate("document.activeElement.matches('.wrong button')")
    page.locator("h1").click()
    page.wait_for_selector(".cell-editor", state="detached")
    assert value(desk, 0, "status") == was
    page.reload()
    assert value(desk, 0, "status") == was
    warned()
    page.locator(".cell-editor .wrong button").click()
    page.wait_for_selector(".cell-editor", state="detached")
    wait_for_value(desk, 0, "status", "已迁出")
