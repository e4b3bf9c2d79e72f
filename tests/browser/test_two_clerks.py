"""Two clerks at one record, and a clerk whose session ended while typing: nobody's words are lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from pymongo import MongoClient

from tests.browser.desk import Desk, Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]


def open_form(desk: Desk, number: int) -> str:
    """Open the form of the n-th company of the list; return the address of its page."""
    desk.go("/admin/tenant-companies/?county=371525")
    link = desk.page.locator("tbody th a").nth(number).get_attribute("href") or ""
    desk.go(link.replace("/details/", "/edit/"))
    return link


def test_the_second_of_two_savers_sees_both_versions_and_loses_nothing(sit_down: SitDown) -> None:
    first, second = sit_down("city"), sit_down("boss")
    address = open_form(first, 0)
    second.go(address.replace("/details/", "/edit/"))
    first.page.fill("#people", "41")
    first.page.fill("#notes", "甲核实")
    first.page.fill("#phone", "13906350001")
    first.save()
    second.page.fill("#notes", "乙核实")
    second.page.fill("#legal_representative", "翟敏")
    second.save()

    shown = second.main()
    assert "city" in shown and "甲核实" in shown and "乙核实" in shown
    assert second.page.locator("tbody tr").count() == 1  # only what both changed is asked for
    assert "13906350001" in shown and "41" in shown
    assert second.page.locator(".draft-offer").count() == 0  # what was typed stands here already
    second.page.locator("input[type=radio][value=mine]").check()
    second.save()
    shown = second.main()
    assert all(word in shown for word in ("乙核实", "翟敏", "13906350001", "41 人"))
    history = second.page.locator(".history").inner_text()
    assert "甲核实" in history and "乙核实" in history


def test_a_conflict_in_which_the_other_version_is_taken_keeps_both_clerks_other_fields(
    sit_down: SitDown,
) -> None:
    first, second = sit_down("city"), sit_down("boss")
    address = open_form(first, 1)
    second.go(address.replace("/details/", "/edit/"))
    first.page.fill("#notes", "甲核实")
    first.save()
    second.page.fill("#notes", "乙核实")
    second.page.fill("#moved_in", "2024年2月29日")
    second.save()
    second.page.locator("input[type=radio][value=theirs]").check()
    second.save()
    shown = second.page.locator("#data").inner_text()
    assert "甲核实" in shown and "乙核实" not in shown and "2024-02-29" in shown


def let_the_session_run_out(server: Server, name: str) -> None:
    """Set back the clock of a clerk's sessions by more than they last."""
    uri = f"mongodb://{quote(str(server.folder / 'mongod.sock'), safe='')}/?directConnection=true"
    with MongoClient(uri) as client:
        found = next(
            db for db in client.list_database_names() if "users" in client[db].list_collection_names()
        )
        ago = datetime.now(UTC) - timedelta(hours=2)
        done = client[found]["users"].update_one({"name": name}, {"$set": {"sessions.$[].seen_at": ago}})
        assert done.modified_count == 1


def test_what_was_typed_when_the_session_ran_out_is_saved_after_signing_in_again(
    sit_down: SitDown, full_office: Server
) -> None:
    desk = sit_down("guan")
    address = open_form(desk, 2)
    desk.page.fill("#notes", "写了很久的备注")
    let_the_session_run_out(full_office, "guan")
    desk.save()
    assert "您填写的内容没有丢失" in desk.main()
    with desk.context.expect_page() as opened:
        desk.page.click("main a[target=_blank]")
    other = opened.value
    other.fill("[name=username]", "guan")
    other.fill("[name=password]", "green-lamp-river-40")
    other.press("[name=password]", "Enter")
    other.wait_for_url("**/admin/**")
    desk.page.bring_to_front()
    desk.page.reload()
    assert "已保存" in desk.main() and "写了很久的备注" in desk.main()
    assert address.partition("id=")[2] in desk.page.url


def test_a_cookie_kept_from_before_the_logout_opens_nothing(sit_down: SitDown) -> None:
    desk = sit_down("city")
    kept = desk.context.cookies()
    desk.page.click(".me summary")
    with desk.page.expect_navigation():
        desk.page.click(".me form button")
    assert "已退出登录" in desk.main()
    desk.context.add_cookies(kept)  # type: ignore[arg-type]  # what Playwright gives it takes
    desk.go("/admin/bases/")
    assert "/login?next=" in desk.page.url
    desk.page.go_back()
    assert desk.page.locator(".rail").count() == 0
