"""A clerk's morning without a mouse: every stop of the way is in sight and shows that it has the focus."""

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page

from services.shared.office_day import office_today
from tests.browser.conftest import LAPTOP, Open
from tests.browser.desk import PASSWORD, Desk, Server
from tests.browser.test_ledger_keys import wait_for_focus
from tests.browser.workbooks import COMPANY_HEADS, code

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BASE = "冠县光岳科技孵化器"
NEW_COMPANY = "冠县键盘录入科技有限公司"

# What is wrong with the element that has the focus; "" for nothing. A label or a wrapper may show it instead.
FAULT = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) { return ''; }
    const shown = [at, ...(at.labels || []), at.closest('.ts-wrapper'), at.closest('.find-box, form.find'),
        at.matches('[type=file]') ? at.nextElementSibling : null, at.matches('[type=file]') ? at.parentElement : null]
        .filter(one => one && one.getBoundingClientRect().width > 1);
    const rings = one => [one, ...one.querySelectorAll('*')].some(part => {
        const style = getComputedStyle(part);
        return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    });
    if (!shown.some(rings)) { return 'nothing shows the focus: ' + at.outerHTML.slice(0, 160); }
    const box = shown[0].getBoundingClientRect();
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) {
        return 'out of sight: ' + at.outerHTML.slice(0, 160);
    }
    const top = document.elementFromPoint(box.left + Math.min(box.width / 2, 200), box.top + box.height / 2);
    const own = top && shown.some(one => one.contains(top) || top.contains(one));
    const over = top ? top.outerHTML.slice(0, 80) : 'nothing';
    return own || box.width < 2 ? '' : `covered by ${over}: ` + at.outerHTML.slice(0, 160);
}"""
HAS = """([wanted, beside]) => {
    const at = document.activeElement;
    return at !== document.body && at.matches(wanted) && Boolean(!beside || at.parentElement.querySelector(beside));
}"""


def fault(page: Page) -> str:
    """Return what is wrong with the focus where it stands."""
    return str(page.evaluate(FAULT))


def has_focus(page: Page, wanted: str, *, beside: str = "") -> bool:
    """Tell whether the focus is on what is wanted, of several that which is beside something."""
    return bool(page.evaluate(HAS, [wanted, beside]))


def reach(page: Page, wanted: str, *, beside: str = "", by: str = "Tab", most: int = 90) -> None:
    """Press Tab until what is wanted has the focus; each stop on the way is looked at."""
    for _ in range(most):
        if has_focus(page, wanted, beside=beside):
            return
        page.keyboard.press(by)
        assert not fault(page)
    raise AssertionError(f"{wanted} is not reached by {by}")


def enter(page: Page) -> None:
    """Press Enter where it leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def go_to_option(page: Page, words: str) -> None:
    """Go through the words of a list by arrows."""
    page.keyboard.press("Home")
    for _ in range(40):
        if page.evaluate("document.activeElement.selectedOptions[0].textContent.trim()") == words:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{words} is not offered")


def into_content(page: Page) -> None:
    """Skip the menu as one does by keyboard."""
    page.keyboard.press("Tab")
    assert has_focus(page, ".skip")
    assert not fault(page)
    page.keyboard.press("Enter")


def test_a_morning_without_a_mouse(open_desk: Open, full_office: Server, tmp_path: Path) -> None:
    desk = open_desk(full_office)
    sign_in(desk)
    find_a_base_and_comment(desk)
    enter_three_entries(desk)
    edit_a_cell_and_undo(desk)
    narrow_and_order_the_list(desk)
    go_through_the_list(desk)
    into_the_dark(desk)
    change_several_at_once(desk)
    move_a_card(desk)
    import_a_workbook(desk, tmp_path / "入驻企业.xlsx")
    enter_and_leave_the_grid(desk)
    correct_delete_and_restore(desk)
    look_at_the_bell_and_sign_out(desk)


def sign_in(desk: Desk) -> None:
    page, keys = desk.page, desk.page.keyboard
    desk.go("/login")
    reach(page, "[name=username]")
    keys.type("guan")
    reach(page, "[name=password]")
    keys.type(PASSWORD)
    enter(page)
    into_content(page)
    reach(page, "main a, main button")


def find_a_base_and_comment(desk: Desk) -> None:
    """By the initials of its name with Ctrl+K; a colleague is mentioned by @."""
    page, keys = desk.page, desk.page.keyboard
    before = page.evaluate("document.activeElement.outerHTML")
    keys.press("Control+k")
    keys.type("gxgykj")
    page.locator(".suggested-line:visible", has_text=BASE).first.wait_for()
    assert not fault(page)
    keys.press("Escape")
    assert page.evaluate("document.activeElement.outerHTML") == before, "Esc closes it, and the focus is back"
    keys.press("Control+k")
    keys.type("gxgykj")
    keys.press("ArrowDown")  # sooner than the answer comes
    enter(page)
    assert BASE in page.locator("h1").inner_text()
    into_content(page)
    reach(page, "#comment-text", most=150)
    keys.type("请看一下 @ci")
    page.wait_for_selector(".mention-list:not([hidden]) [role=option]")
    keys.press("Enter")
    assert page.input_value("#comment-text") == "请看一下 @city "
    keys.press("Tab")
    assert has_focus(page, ".comment-form button")
    enter(page)
    assert "请看一下 @city" in page.locator("#comments").inner_text()


def enter_three_entries(desk: Desk) -> None:
    """The first is refused: its summary has the focus and leads to the field that is wanted."""
    page, keys = desk.page, desk.page.keyboard
    keys.press("Control+k")
    keys.type("新建台账")
    line = page.locator(".suggested-line[href*='/ledger-entries/new/']:visible").first
    line.wait_for()
    while line.get_attribute("aria-selected") != "true":
        keys.press("ArrowDown")
    enter(page)
    wait_for_focus(page, "base")
    keys.type("gxgy")
    keys.press("Tab")
    wait_for_focus(page, "served_on")
    keys.type("昨天吧")
    reach(page, "[name=function]")
    keys.press("ArrowDown")
    reach(page, "[name=company_times]")
    keys.type("2")
    keys.press("Control+Shift+Enter")
    page.wait_for_selector("[data-problems]")
    assert has_focus(page, "[data-problems]")
    reach(page, "[data-problems] a[href='#served_on']")
    keys.press("Enter")
    assert has_focus(page, "#served_on")
    keys.press("Control+a")
    keys.type(f"{office_today() - timedelta(days=1)}")
    for number in range(3):
        reach(page, "#request")
        keys.press("Control+a")
        keys.type(f"键盘录入第{number}条")
        with page.expect_navigation():
            keys.press("Control+Shift+Enter")
        assert page.locator("[data-problems]").count() == 0, desk.problems()


def edit_a_cell_and_undo(desk: Desk) -> None:
    page, keys = desk.page, desk.page.keyboard
    desk.go("/admin/ledger-entries/?search=键盘录入&columns=base&columns=request&columns=served_on")
    assert len(desk.names()) == 3
    keys.press("j")
    assert not fault(page)
    while not page.evaluate(
        "document.activeElement.matches('td') && document.activeElement.innerText.includes('键盘录入')"
    ):
        keys.press("ArrowRight")
        assert not fault(page)
    keys.press("F2")
    page.wait_for_selector(".cell-editor textarea")
    assert not fault(page)
    keys.press("Control+a")
    keys.type("键盘改过的")
    keys.press("Control+Enter")
    page.wait_for_selector(".toast-line button")
    assert "键盘改过的" in page.locator("tbody").inner_text()
    assert has_focus(page, "td")
    keys.press("Control+z")
    page.wait_for_selector(".toast-line:has-text('已撤销')")
    assert "键盘改过的" not in page.locator("tbody").inner_text()


def narrow_and_order_the_list(desk: Desk) -> None:
    page, keys = desk.page, desk.page.keyboard
    desk.go("/admin/tenant-companies/")
    into_content(page)
    reach(page, ".chip summary", beside="[name=industry]")
    keys.press("Enter")
    reach(page, "[name=industry][value=retail]")
    keys.press("Space")
    keys.press("Escape")
    assert has_focus(page, ".chip summary", beside="[name=industry]"), "Esc closes, and the focus is back"
    keys.press("Enter")
    reach(page, ".pop-foot .btn")
    enter(page)
    assert "industry=retail" in page.url
    into_content(page)
    reach(page, "a.x")
    enter(page)
    assert "industry=retail" not in page.url

    # The conditions open over the list, and close by Esc to where they were opened from.
    into_content(page)
    reach(page, "a[data-conditions]")
    keys.press("Enter")
    page.wait_for_selector("[data-conditions-form]")
    page.wait_for_function("() => document.activeElement.closest('[data-conditions-form]')")
    assert not fault(page)
    reach(page, "[name='field.0-0']")
    keys.press("Escape")
    assert has_focus(page, "a[data-conditions]")

    # The order of columns, without dragging.
    before = page.evaluate(
        "Array.from(document.querySelectorAll('[data-column]'), one => one.dataset.column)"
    )
    reach(page, ".columns-drop summary")
    keys.press("Enter")
    reach(page, ".column-choice [data-down]", beside=f"[value={before[1]}]")
    keys.press("Enter")
    assert has_focus(page, ".column-choice [data-down]", beside=f"[value={before[1]}]"), "it keeps the focus"
    reach(page, ".columns-drop [value=show]")
    enter(page)
    after = page.evaluate("Array.from(document.querySelectorAll('[data-column]'), one => one.dataset.column)")
    assert after[1:3] == [before[2], before[1]]

    # How many on a page: arrows go through the numbers, Enter sends, and the focus stays there.
    reach(page, ".pager [name=size]", by="Shift+Tab")
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    assert page.url.count("size=") == 0, "an arrow alone sends nothing"
    enter(page)
    assert "size=20" in page.url
    assert has_focus(page, ".pager [name=size]")
    assert not fault(page)


def go_through_the_list(desk: Desk) -> None:
    """Down, up and across: neither the head nor the sums nor the columns that stay are over what has the focus."""
    page, keys, address = desk.page, desk.page.keyboard, desk.page.url
    choose_sums(desk, "yes")
    page.set_viewport_size({"width": 1024, "height": 600})
    page.goto(address)
    assert page.locator("tfoot").is_visible()
    box = "document.querySelector('.list .table-box')"
    assert page.evaluate(f"{box}.scrollHeight > {box}.clientHeight && {box}.scrollWidth > {box}.clientWidth")
    count = len(desk.names())
    for key in ("j",) * count + ("k",) * (count - 1) + ("ArrowRight", "ArrowDown", "ArrowUp"):
        keys.press(key)
        assert not fault(page)
    columns = page.locator("thead th").count() - 1
    for key in ("ArrowRight",) * (columns - 1) + ("ArrowLeft",) * columns:
        keys.press(key)
        assert not fault(page)
    page.set_viewport_size(LAPTOP)
    choose_sums(desk, "no")


def choose_sums(desk: Desk, value: str) -> None:
    """Choose how one likes to work: arrows go from one choice to the other."""
    desk.go("/account/habits/")
    into_content(desk.page)
    reach(desk.page, "[name=shows_sums]")
    desk.page.keyboard.press("ArrowDown")
    assert has_focus(desk.page, f"[name=shows_sums][value={value}]:checked")
    assert not fault(desk.page)
    reach(desk.page, "main form .btn-primary")
    enter(desk.page)


def into_the_dark(desk: Desk) -> None:
    """In the dark the focus must show as well: half of the morning is spent in each."""
    page = desk.page
    reach(page, "[data-theme]", by="Shift+Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.matches('.dark')")
    assert not fault(page)


def change_several_at_once(desk: Desk) -> None:
    """Read beside the list, selected by x, changed together after a preview, and taken back by Ctrl+Z."""
    page, keys = desk.page, desk.page.keyboard
    desk.go("/admin/ledger-entries/?search=键盘录入")
    keys.press("j")
    keys.press("p")
    page.wait_for_selector(".beside[data-shown] h2")
    keys.press("x")
    keys.press("j")
    keys.press("x")
    keys.press("k")
    reach(page, ".beside a, .beside button", most=40)
    keys.press("Escape")
    assert page.locator(".beside").count() == 0
    assert has_focus(page, "tbody th a")
    keys.press("b")
    assert has_focus(page, ".bulk button")
    assert not fault(page)
    reach(page, ".bulk [name=value-edit]")
    go_to_option(page, "状态")
    keys.press("Tab")
    enter(page)
    reach(page, "#status")
    go_to_option(page, "已提交")
    reach(page, ".edit-many .btn-primary", most=3)
    enter(page)
    assert "将 2 条服务台账的“状态”改为“已提交”" in desk.main()
    reach(page, ".edit-many .btn-primary")
    enter(page)
    assert "已修改 2 条记录" in desk.main()
    with page.expect_navigation():
        keys.press("Control+z")
    assert "已修改 2 条记录" not in desk.main()


def move_a_card(desk: Desk) -> None:
    page, keys = desk.page, desk.page.keyboard
    desk.go("/admin/ledger-entries/board/?search=键盘录入")
    into_content(page)
    reach(page, ".card-move select")
    card = page.evaluate("document.activeElement.closest('li').querySelector('a').href")
    keys.press("ArrowDown")
    keys.press("Tab")
    assert has_focus(page, ".card-move button")
    assert not fault(page)
    enter(page)
    moved = page.locator(
        f".board-column:nth-of-type(2) a.card-name[href='{card.replace(desk.server.url, '')}']"
    )
    assert moved.count() == 1
    with page.expect_navigation():
        keys.press("Control+z")
    assert moved.count() == 0


def import_a_workbook(desk: Desk, path: Path) -> None:
    page, keys = desk.page, desk.page.keyboard
    book = openpyxl.Workbook()
    book.active.append(COMPANY_HEADS)
    book.active.append((NEW_COMPANY, code(9901, "371525"), BASE, "零售业", 12, 100, 50, "2024-03-01"))
    book.save(path)
    desk.go("/admin/import/")
    into_content(page)
    reach(page, "[name=kind]")
    while page.evaluate("document.activeElement.value") != "tenant-companies":
        keys.press("ArrowDown")
    reach(page, "#file")  # the dialog of the system is its own
    page.set_input_files("#file", path)
    reach(page, "main form .btn-primary")
    enter(page)
    into_content(page)
    reach(page, ".head-actions .btn-primary")
    enter(page)
    assert NEW_COMPANY in desk.main() or "新建" in desk.main()


def enter_and_leave_the_grid(desk: Desk) -> None:
    """The page begins in the grid; Tab goes from cell to cell there, and Esc leads out."""
    page, keys = desk.page, desk.page.keyboard
    desk.go("/admin/import/grid/tenant-companies/")
    page.wait_for_function("() => document.activeElement.matches('.tabulator-tableholder')")
    for _ in range(3):
        keys.press("Tab")
        assert has_focus(page, ".tabulator-tableholder")
    keys.press("Escape")
    assert has_focus(page, ".grid-tools button")
    assert not fault(page)


def correct_delete_and_restore(desk: Desk) -> None:
    page, keys = desk.page, desk.page.keyboard
    open_new_company(desk)
    reach(page, ".head-actions a[href*='/edit/']")
    enter(page)
    reach(page, "#phone")
    keys.press("Control+a")
    keys.type("0635-8239999")
    with page.expect_navigation():
        keys.press("Control+s")
    assert "0635-8239999" in desk.main()
    into_content(page)
    delete(desk)
    desk.go("/admin/recycle-bin/")
    into_content(page)
    reach(page, f"[aria-label*='{NEW_COMPANY}']")
    enter(page)
    assert NEW_COMPANY in desk.main()
    open_new_company(desk)
    delete(desk)  # the office is as full as before


def open_new_company(desk: Desk) -> None:
    desk.go(f"/admin/tenant-companies/?search={NEW_COMPANY}")
    desk.page.keyboard.press("j")
    enter(desk.page)
    into_content(desk.page)


def delete(desk: Desk) -> None:
    reach(desk.page, ".head-actions a[href*='/delete/'], .head-actions form[action*='/delete/'] button")
    enter(desk.page)
    reach(desk.page, "main .btn-danger")
    enter(desk.page)
    assert NEW_COMPANY not in desk.names()


def look_at_the_bell_and_sign_out(desk: Desk) -> None:
    page, keys = desk.page, desk.page.keyboard
    desk.go("/admin/")
    keys.press("?")
    page.wait_for_selector("dialog.keys-dialog[open]")
    assert not fault(page)
    keys.press("Escape")
    reach(page, ".help-menu summary")
    keys.press("Enter")
    reach(page, "[data-keys-of]")
    keys.press("Enter")
    page.wait_for_selector("dialog.keys-dialog[open]")
    keys.press("Escape")
    assert has_focus(page, ".help-menu summary"), "a dialog gives the focus back"
    reach(page, "a.bell")
    keys.press("Enter")
    page.wait_for_function("() => document.activeElement.closest('#latest')")
    assert not fault(page)
    keys.press("Escape")
    assert has_focus(page, "a.bell")
    reach(page, ".me summary")
    keys.press("Enter")
    reach(page, "[data-sign-out] button")
    enter(page)
    assert "/login" in page.url
