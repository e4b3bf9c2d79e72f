"""The bell: followed on a record's page, told in the bar, read, marked, chosen."""

from datetime import UTC, datetime

import pytest

from documents.desk.audit_entry import read_head
from documents.notifications.trail_follower import NOTIFICATIONS, TrailFollower
from rules.requests.notifications import NotificationKind
from services.notifications import follows
from services.notifications.deriving import tell_users
from services.records.records import update
from tests.commands_asked import commands_asked
from tests.page_reader import text_of

HOME = "/admin/notifications/"


@pytest.fixture
def guan(sign_in, office):
    TrailFollower.collection().update_one({"_id": NOTIFICATIONS}, {"$set": {"position": read_head()[0]}})
    return sign_in("guan")


def follow(browser, office) -> None:
    data = {"collection": "bases", "record": str(office.guan.base), "next": "/admin/bases/"}
    assert browser.send(f"{HOME}follow/", data).location == "/admin/bases/"


def change(office, notes: str) -> None:
    version = office.one("bases", office.guan.base)["version"]
    values = {"notes": notes}
    update(
        "bases", office.guan.base, values, version=version, actor=office.actor("city"), now=datetime.now(UTC)
    )
    tell_users()


def test_a_record_is_followed_and_left_on_its_page(guan, office):
    page = f"/admin/bases/details/?id={office.guan.base}"
    assert 'aria-pressed="false"' in guan.get(page).text
    follow(guan, office)
    assert 'aria-pressed="true"' in guan.get(page).text
    assert "清泉创业园" in text_of(guan.get(f"{HOME}choices/").text)
    guan.send(f"{HOME}unfollow/", {"record": str(office.guan.base)})
    assert 'aria-pressed="false"' in guan.get(page).text


def test_what_happened_is_told_in_the_bar_opened_and_read(guan, office):
    follow(guan, office)
    assert "</svg></a>" in bell(guan)
    change(office, "一")
    assert "<b>1</b>" in bell(guan)
    page = guan.get(HOME).text
    assert "关注的记录有变动" in page
    one = office.db["notifications"].find_one()["_id"]
    assert guan.send(f"{HOME}{one}/open/").location == f"/admin/bases/details/?id={office.guan.base}"
    assert "</svg></a>" in bell(guan)
    assert "没有新提醒" in guan.get(HOME).text
    assert "清泉创业园" in guan.get(f"{HOME}?all=1").text
    guan.send(f"{HOME}{one}/mark/", {"unread": "1"})
    assert "<b>1</b>" in bell(guan)
    guan.send(f"{HOME}read/", {})
    assert "</svg></a>" in bell(guan)


def test_the_bell_drops_the_latest_down_where_they_are_marked(guan, office, sign_in):
    follow(guan, office)
    latest = f"{HOME}?latest=1"
    assert 'data-latest="/admin/notifications/?latest=1"' in bell(guan)
    assert "尚无提醒" in guan.get(latest).text
    change(office, "一")
    part = guan.get(latest).text
    assert "<html" not in part
    assert 'data-unread="1" data-label="提醒: 1 条未读"' in part
    assert "清泉创业园" in part
    assert 'href="/admin/notifications/?all=1">全部消息' in part
    one = office.db["notifications"].find_one()["_id"]
    assert guan.send(f"{HOME}{one}/mark/", {"unread": "0", "latest": "1"}).location == latest
    part = guan.get(latest).text
    assert 'data-unread=""' in part
    assert "清泉创业园" in part, "what was read stays there"
    guan.send(f"{HOME}{one}/mark/", {"unread": "1", "latest": "1"})
    assert guan.send(f"{HOME}read/", {"latest": "1"}).location == latest
    assert "全部标为已读" not in guan.get(latest).text
    assert "清泉创业园" not in sign_in("shen").get(latest).text


def bell(browser) -> str:
    """Return the bell of a page."""
    page = browser.get("/admin/settings/").text
    return page[page.index('class="tool bell"') :].partition("</a>")[0] + "</a>"


def test_nobody_opens_or_marks_what_is_told_another_or_what_left_their_scope(guan, office, sign_in):
    follow(guan, office)
    change(office, "一")
    one = office.db["notifications"].find_one()["_id"]
    for name in ("shen", "boss"):
        browser = sign_in(name)
        assert browser.send(f"{HOME}{one}/open/").status_code == 404
        assert browser.send(f"{HOME}{one}/mark/", {"unread": "0"}).status_code == 404
    office.db["users"].update_one({"_id": office.users["guan"]}, {"$set": {"county": "371522"}})
    guan.get(HOME)  # what was flashed
    assert "清泉创业园" not in guan.get(f"{HOME}?all=1").text
    assert "</svg></a>" in bell(guan)  # the badge follows the page
    assert guan.send(f"{HOME}{one}/open/").status_code == 404


def test_which_kinds_are_told_is_chosen(guan, office):
    page = guan.get(f"{HOME}choices/").text
    assert page.count(" checked") == len(NotificationKind)
    guan.send(f"{HOME}choices/", {"kinds": ["job", "conflict"]})
    assert guan.get(f"{HOME}choices/").text.count(" checked") == 2
    follow(guan, office)
    change(office, "一")
    assert office.db["notifications"].count_documents({}) == 0


def test_no_more_than_so_many_are_followed(guan, office, monkeypatch):
    monkeypatch.setattr(follows, "MOST_FOLLOWED", 1)
    follow(guan, office)
    follow(guan, office)  # once more is none more
    guan.send(f"{HOME}follow/", {"collection": "bases", "record": str(office.guan.spare)})
    assert "已关注 1 条记录" in guan.get(f"{HOME}choices/").text
    assert list(office.db["users"].find_one({"_id": office.users["guan"]})["followed"]) == [
        str(office.guan.base)
    ]


@pytest.mark.parametrize("sent", [{"collection": "users"}, {"collection": "nothing"}, {"record": "x"}])
def test_what_is_no_record_in_scope_is_not_followed(guan, office, sent):
    data = {"collection": "bases", "record": str(office.guan.base)} | sent
    assert guan.send(f"{HOME}follow/", data).status_code == 404


def test_the_bell_costs_a_page_no_command(guan, office):
    before = commands_asked(office.db, lambda: guan.get("/admin/settings/"))
    follow(guan, office)
    change(office, "一")
    assert commands_asked(office.db, lambda: guan.get("/admin/settings/")) == before
