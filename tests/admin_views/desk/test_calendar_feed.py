"""The private calendar link: made, shown once, fetched by a program without a session, dead when it must be."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from icalendar import Calendar

from rules.access import SYSTEM
from services.desk.users import disable_user
from tests.round_driver import make_renewable
from tests.sample_office import GUAN, MARK, Browser

DAY = datetime(2026, 12, 4, 4, tzinfo=UTC)
USERS = ("boss", "city", "guan", "shen", "reader", "guan_reader")


def make_link(browser: Browser) -> str:
    """Make a link as the page does; return its path."""
    answer = browser.send("/account/calendar/reset/")
    assert answer.status_code == 200
    found = re.search(r'value="http://localhost(/calendar/[\w-]{43}\.ics)"', answer.text)
    assert found
    return found[1]


def events(answer):
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def test_a_program_fetches_the_users_due_days_without_signing_in(office, sign_in, client):
    make_renewable(GUAN, "到期园")
    link = make_link(sign_in("guan"))
    with time_machine.travel(DAY, tick=False):
        answer = client.get(link)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in answer.headers
    (renewal,) = [one for one in events(answer) if str(one["uid"]).startswith("renew-")]
    assert "到期园" in renewal["summary"]
    assert (renewal["dtstart"].dt.isoformat(), renewal["dtend"].dt.isoformat()) == (
        "2026-12-19",
        "2026-12-20",
    )
    with time_machine.travel(DAY.replace(day=5), tick=False):
        again = [str(one["uid"]) for one in events(client.get(link))]
    assert str(renewal["uid"]) in again


@pytest.mark.parametrize("name", USERS)
def test_it_shows_what_its_user_sees_and_nobodys_telephone(office, sign_in, client, name):
    with time_machine.travel(DAY, tick=False):
        answer = client.get(make_link(sign_in(name)))
    assert events(answer)
    for secret in (office.guan.phone, office.shen.phone):
        assert secret not in answer.text
    if name.startswith("guan"):
        assert MARK not in answer.text.replace("\r\n ", "")


def test_the_link_is_shown_once_and_the_one_before_is_dead(office, sign_in, client):
    browser = sign_in("guan")
    first = make_link(browser)
    assert first.encode() not in browser.get("/account/calendar/").data
    second = make_link(browser)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    assert browser.send("/account/calendar/drop/").status_code == 303
    assert client.get(second).status_code == 404


def test_who_is_shut_out_has_no_calendar(office, sign_in, client):
    link = make_link(sign_in("guan"))
    disable_user(str(office.users["guan"]), actor=SYSTEM, now=DAY)
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    "path", ["x", "x" * 43, "%00" * 43, "a" * 10000, "..%2f..%2fetc", "$ne", "x" * 43 + ".ics%00"]
)
def test_a_wrong_link_is_not_found(office, client, path):
    answer = client.get(f"/calendar/{path}.ics")
    assert answer.status_code == 404
    assert "BEGIN:VCALENDAR" not in answer.text


def test_making_and_dropping_want_the_forms_token(office, sign_in):
    browser = sign_in("guan")
    link = make_link(browser)
    for path in ("reset", "drop"):
        assert browser.post(f"/account/calendar/{path}/").status_code == 400
        assert browser.get(f"/account/calendar/{path}/").status_code == 405
    assert browser.get(link).status_code == 200


def test_nobody_makes_a_link_without_signing_in(office, client):
    assert client.get("/account/calendar/").status_code == 302
    assert client.send("/account/calendar/reset/").status_code == 401
    assert office.db["users"].count_documents({"calendar_key_hash": {"$exists": True}}) == 0


def test_the_language_is_the_users(office, sign_in, client):
    browser = sign_in("guan")
    browser.send("/account/language", {"locale": "en"})
    link = make_link(browser)
    office.db["users"].update_one({"name": "guan"}, {"$set": {"preferences.language": "en"}})
    with time_machine.travel(DAY, tick=False):
        said = client.get(link).text
    assert "Annual summaries" in said
