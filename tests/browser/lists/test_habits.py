"""Lists and forms as a clerk likes them, in Chromium: conditions, columns dragged, drafts that outlive a browser."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Dialog

from tests.browser.desk import Desk
from tests.durability.running import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]
LIST = "/admin/tenant-companies/"


def test_conditions_are_set_by_keyboard_and_columns_dragged(sit_down: SitDown) -> None:
    desk = sit_down("city")
    page, keys = desk.page, desk.page.keyboard
    desk.go(LIST)
    page.locator("a[data-conditions]").focus()
    keys.press("Enter")
    page.wait_for_function(
        "() => document.activeElement.name === 'mode.0' || document.activeElement.name === 'field.0-0'"
    )
    page.locator("[name='field.0-0']").focus()
    page.locator("[name='field.0-0']").select_option("people")
    page.wait_for_selector("[name='how.0-0']")
    page.wait_for_function("() => document.activeElement.name === 'field.0-0'")
    keys.press("Tab")
    page.locator("[name='how.0-0']").select_option("gte")
    page.wait_for_selector("[data-conditions-form]:not([aria-busy])")
    page.wait_for_function("() => document.activeElement.name === 'how.0-0'")
    keys.press("Tab")
    keys.type("many")
    keys.press("Enter")
    page.wait_for_selector(".condition .wrong")
    assert not [one["id"] for one in Axe().run(page).response["violations"]]
    page.locator("[name='value.0-0']").fill("0")
    page.locator("[name='value.0-0']").press("Enter")
    page.wait_for_url("**where=**")
    assert "从业人员 不小于 0" in page.locator(".conditions-chip").inner_text().replace("\n", " ")
    page.locator(".line-end a[data-conditions]").click()
    page.wait_for_selector("[data-conditions-form]")
    keys.press("Escape")
    page.wait_for_selector("[data-conditions-form]", state="detached")

    desk.go(LIST)
    before = page.evaluate(
        "Array.from(document.querySelectorAll('[data-column]'), one => one.dataset.column)"
    )
    second, fourth = (page.locator(f"th[data-column={before[place]}]").bounding_box() for place in (1, 3))
    assert second and fourth
    page.mouse.move(fourth["x"] + 12, fourth["y"] + 10)
    page.mouse.down()
    page.mouse.move(fourth["x"] - 20, fourth["y"] + 10)
    page.mouse.move(second["x"] + 4, second["y"] + 10)
    with page.expect_navigation():
        page.mouse.up()
    after = page.evaluate("Array.from(document.querySelectorAll('[data-column]'), one => one.dataset.column)")
    assert after == [before[0], before[3], before[1], before[2], *before[4:]]

    page.locator(".columns-drop summary").click()
    for _ in range(2):
        page.locator(f".column-choice:has([value={before[3]}]) [data-down]").press("Enter")
    with page.expect_navigation():
        page.locator(".columns-drop [value=keep]").click()
    again = page.evaluate("Array.from(document.querySelectorAll('[data-column]'), one => one.dataset.column)")
    assert again == before
    page.locator(".columns-drop summary").click()
    with page.expect_navigation():
        page.locator(".columns-drop [value=forget]").click()


def test_a_draft_outlives_the_session_and_goes_with_saving_and_signing_out(sit_down: SitDown) -> None:
    desk = sit_down("city")
    page = desk.page
    page.on("dialog", lambda dialog: dialog.accept())

    def drafts() -> int:
        return int(page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:')).length"))

    desk.go(f"{LIST}new/")
    page.fill("[name=name]", "还没有保存的企业")
    page.wait_for_function("() => Object.keys(localStorage).some(key => key.startsWith('draft:'))")
    kept = desk.context.cookies()
    desk.context.clear_cookies()
    desk.go("/admin/bases/")
    assert "/login" in page.url
    assert drafts() == 1
    desk.context.add_cookies(kept)  # type: ignore[arg-type]  # as they were given
    desk.go(f"{LIST}new/")
    assert page.input_value("[name=name]") == "", "it is offered, never forced"
    page.locator(".draft-offer .btn-primary").click()
    assert page.input_value("[name=name]") == "还没有保存的企业"
    page.locator("#form [data-save]").first.click()
    page.wait_for_selector("[data-problems]")
    assert drafts() == 1, "what was refused is not saved"
    desk.go("/admin/bases/")
    assert drafts() == 1
    desk.go(f"{LIST}new/")
    page.wait_for_selector(".draft-offer")
    page.locator(".me summary").click()
    page.locator("[data-sign-out] button").click()
    page.wait_for_url("**/login")
    assert drafts() == 0


def test_what_was_typed_is_not_left_without_a_question_and_what_was_saved_is(sit_down: SitDown) -> None:
    desk = sit_down("city")
    page = desk.page
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    desk.go("/admin/service-partners/")
    with page.expect_navigation():
        page.locator("tbody th a").first.click()
    desk.press("编辑")
    here = page.url
    page.fill("#notes", "离开前会询问")
    with page.expect_event("dialog"):
        page.locator("#rail a").first.click()
    assert asked == ["beforeunload"]
    assert page.url == here
    assert page.input_value("#notes") == "离开前会询问"
    desk.save()
    with page.expect_navigation():
        page.locator("#rail a").first.click()
    assert asked == ["beforeunload"], "what was saved is left freely"


def test_a_draft_of_what_another_has_saved_meanwhile_says_so_and_keeps_theirs(sit_down: SitDown) -> None:
    city, boss = sit_down("city"), sit_down("boss")
    city.go(LIST)
    link = city.page.locator("tbody th a").nth(7).get_attribute("href") or ""
    form = link.replace("/details/", "/edit/")
    city.go(form)
    city.page.fill("#notes", "草稿中的备注")
    city.page.wait_for_function("() => Object.keys(localStorage).some(key => key.startsWith('draft:'))")
    city.page.close(run_before_unload=False)
    boss.go(form)
    boss.page.fill("#phone", "13906357777")
    boss.save()
    city.page = city.new_page()
    city.go(form)
    told = city.page.locator(".draft-offer")
    assert "此后该记录又有更新" in told.inner_text()
    told.locator(".btn-primary").click()
    assert city.page.input_value("#notes") == "草稿中的备注"
    assert city.page.input_value("#phone") == "13906357777"
    city.save()
    assert "草稿中的备注" in city.main()
    assert "13906357777" in city.main()


def test_the_bell_drops_down_what_was_told(sit_down: SitDown) -> None:
    boss, city, name = sit_down("boss"), sit_down("city"), "高唐光岳科技孵化器"
    boss.go(f"/admin/bases/?search={name}")
    with boss.page.expect_navigation():
        boss.page.locator("tbody th a").click()
    boss.page.fill("#comment-text", "@city 请核实面积")
    with boss.page.expect_navigation():
        boss.page.locator(".comment-form button.btn").click()
    page, keys = city.page, city.page.keyboard
    # It is told a moment after it was written; what others wrote before, of which more may wait, is told by then.
    latest = f"{city.server.url}/admin/notifications/?latest=1"
    until(lambda: name in page.request.get(latest).text())
    city.go("/admin/year/")
    page.locator("a.bell").focus()
    keys.press("Enter")
    page.wait_for_selector("#latest .latest-open")
    assert page.evaluate("document.activeElement.matches('.latest-open')")
    assert name in page.locator("#latest li").first.inner_text()
    unread = int(page.locator("a.bell b").inner_text())
    assert not [one["id"] for one in Axe().run(page, context="#latest").response["violations"]]
    page.locator("#latest li.unread form[data-quiet] button").first.focus()
    keys.press("Enter")
    page.wait_for_function(
        "before => Number((document.querySelector('a.bell b') || {}).textContent || 0) === before - 1",
        arg=unread,
    )
    assert page.evaluate("Boolean(document.activeElement.closest('#latest'))"), "who goes on stays in it"
    keys.press("Escape")
    assert page.evaluate("document.activeElement.matches('a.bell')")
    assert not page.locator("#latest").is_visible()
    keys.press("Enter")
    page.wait_for_selector("#latest .latest-open")
    with page.expect_navigation():
        page.locator("#latest .latest-open").first.press("Enter")
    assert name in page.locator("h1").inner_text()
