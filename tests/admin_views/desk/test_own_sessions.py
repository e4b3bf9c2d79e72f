"""Where one is signed in: seen, ended one by one, and all but this one."""

from datetime import UTC, datetime, timedelta

import pytest

from documents.desk.user import User
from tests.admin_views.desk.test_calendar_feed import make_link
from tests.page_reader import flashes, rows
from tests.sample_office import PASSWORD, Browser, open_session

AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) (KHTML, like Gecko) Chrome/90.0.4430.212 Safari/537.36"


@pytest.fixture
def guan(app, office):
    """A browser in which 冠县's clerk has typed name and password."""
    browser = Browser(app)
    sent = {"username": "guan", "password": PASSWORD}
    assert browser.send("/login", sent, headers={"User-Agent": AGENT}).status_code == 303
    return browser


def sessions_of(office, name):
    return User.collection().find_one({"_id": office.users[name]})["sessions"]


def test_the_page_shows_device_address_first_and_last_use(guan, office):
    (session,) = sessions_of(office, "guan")
    (row,) = rows(guan.get("/account/sessions/").text)
    assert row[0] == "Chrome · Windows"
    assert row[1] == session["address"] == "127.0.0.1"
    local = session["created_at"] + timedelta(hours=8)
    assert row[2] == row[3] == local.strftime("%Y-%m-%d %H:%M")
    assert row[4] == "本浏览器"


def test_one_is_ended_and_the_others_stay(guan, app, office):
    other, third = (open_session(app, office.users["guan"]) for _ in range(2))
    ended = sessions_of(office, "guan")[1]["key_hash"][:16]
    assert f"/account/sessions/{ended}/end/" in guan.get("/account/sessions/").text
    answer = guan.send(f"/account/sessions/{ended}/end/")
    assert answer.status_code == 303
    assert "已退出" in flashes(guan.get(answer.location).text)[0]
    assert other.get("/admin/").status_code == 302
    assert third.get("/admin/").status_code == guan.get("/admin/").status_code == 200
    assert "已经结束" in flashes(guan.get(guan.send(f"/account/sessions/{ended}/end/").location).text)[0]


def test_all_others_are_ended_and_the_calendar_link_with_them(guan, app, office, client):
    other = open_session(app, office.users["guan"])
    link = make_link(other)
    assert client.get(link).status_code == 200
    assert guan.send("/account/sessions/end-others/").status_code == 303
    assert other.get("/admin/").status_code == 302
    assert client.get(link).status_code == 404
    assert len(rows(guan.get("/account/sessions/").text)) == 1
    acts = {entry["action"] for entry in office.db["audit_entries"].find({"collection": "users"})}
    assert "other-sessions-ended" in acts


def test_nobody_ends_or_sees_anothers(guan, app, office, sign_in):
    city = sign_in("city")
    theirs = sessions_of(office, "city")[0]["key_hash"][:16]
    guan.send(f"/account/sessions/{theirs}/end/")
    guan.send("/account/sessions/end-others/")
    assert city.get("/admin/").status_code == 200
    assert theirs not in guan.get("/account/sessions/").text


def test_one_that_has_run_out_is_not_shown(guan, app, office):
    open_session(app, office.users["guan"])
    long_ago = datetime.now(UTC) - timedelta(hours=3)
    User.collection().update_one({"_id": office.users["guan"]}, {"$set": {"sessions.1.seen_at": long_ago}})
    assert len(rows(guan.get("/account/sessions/").text)) == 1
