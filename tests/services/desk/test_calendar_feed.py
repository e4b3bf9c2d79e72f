"""The private calendar link, and the file that calendar programs read."""

import hashlib
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from documents.desk.user import SignedIn, User
from office.calendar_file import DayEvent, write_calendar
from rules.access import SYSTEM, Role
from rules.errors import Missing
from services.desk.calendar_feed import drop_key, made_at, make_key, reader_of
from services.desk.users import (
    change_user,
    create_user,
    disable_user,
    enable_user,
    end_sessions,
    reset_password,
)

NOW = datetime(2026, 12, 4, 1, 0, tzinfo=UTC)
STAMP = datetime(2026, 12, 4, 1, 2, 3, tzinfo=UTC)


@pytest.fixture
def clerk(db):
    """A county clerk who is signed in."""
    made = create_user(
        "shen1", role="county", county="371522", display_name="莘县甲", password="green-lamp-river-40",
        actor=SYSTEM, now=NOW,
    )  # fmt: skip
    raw = User.collection().find_one({"_id": made.id})
    session = {"key_hash": "x", "created_at": NOW, "seen_at": NOW}
    return SignedIn.from_stored({**raw, "sessions": [session]})


def test_a_link_shows_its_user_and_only_its_hash_is_kept(clerk, db):
    assert made_at(clerk.user_id) is None
    key = make_key(clerk, NOW)
    actor, language = reader_of(key)
    assert (actor.role, actor.county, actor.name, language) == (Role.COUNTY, "371522", "莘县甲", "")
    assert made_at(clerk.user_id) == NOW
    assert len(key) == 43  # 256 bits
    kept = db["users"].find_one({"_id": clerk.user_id})
    assert kept["calendar_key_hash"] == hashlib.sha256(key.encode()).hexdigest()
    assert key not in str(list(db["users"].find())) + str(list(db["audit_entries"].find()))


def test_a_new_link_ends_the_one_before_and_no_link_is_none(clerk, db):
    first, second = make_key(clerk, NOW), make_key(clerk, NOW)
    assert first != second
    with pytest.raises(Missing):
        reader_of(first)
    reader_of(second)
    drop_key(clerk, NOW)
    with pytest.raises(Missing):
        reader_of(second)
    assert made_at(clerk.user_id) is None
    actions = [one["action"] for one in db["audit_entries"].find({"record_id": clerk.user_id}).sort("_id", 1)]
    assert actions == ["created", "calendar-link-made", "calendar-link-made", "calendar-link-dropped"]


@pytest.mark.parametrize(
    "key", ["", "x", "x" * 43, "x" * 44, "\x00" * 43, "é" * 43, "../" * 15, "{'$ne': 1}"]
)
def test_a_wrong_link_shows_nothing(clerk, key):
    make_key(clerk, NOW)
    with pytest.raises(Missing):
        reader_of(key)


def test_a_user_who_is_shut_out_has_a_dead_link_at_once(clerk):
    key = make_key(clerk, NOW)
    disable_user(str(clerk.user_id), actor=SYSTEM, now=NOW)
    with pytest.raises(Missing):
        reader_of(key)
    with pytest.raises(Missing):
        make_key(clerk, NOW)


@pytest.mark.parametrize("act", [disable_user, reset_password, end_sessions])
def test_a_link_that_somebody_else_may_hold_never_lives_again(act, clerk):
    """Not even when the user is let in again, or has chosen a password."""
    key = make_key(clerk, NOW)
    act(str(clerk.user_id), actor=SYSTEM, now=NOW)
    enable_user(str(clerk.user_id), actor=SYSTEM, now=NOW)
    User.collection().update_one({"_id": clerk.user_id}, {"$set": {"must_change_password": False}})
    with pytest.raises(Missing):
        reader_of(key)
    assert made_at(clerk.user_id) is None
    reader_of(make_key(clerk, NOW))


def test_a_link_follows_the_users_county(clerk):
    key = make_key(clerk, NOW)
    change_user(
        str(clerk.user_id), display_name="", role="county", county="371525", version=1, actor=SYSTEM, now=NOW
    )
    assert reader_of(key)[0].county == "371525"


# --- The file ------------------------------------------------------------------------------------


def lines_of(data: bytes) -> list[bytes]:
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    return data.split(b"\r\n")


def test_a_task_is_an_all_day_event(clerk):
    event = DayEvent(
        "renew-5@x", date(2028, 2, 29), "申请复核：老园", "a,b;c\\d\n第二行", "http://localhost/admin/"
    )
    data = write_calendar("到期事项", [event], stamp=STAMP)
    found = lines_of(data)
    for line in (
        b"BEGIN:VCALENDAR", b"VERSION:2.0", b"METHOD:PUBLISH", b"UID:renew-5@x", b"DTSTAMP:20261204T010203Z",
        b"DTSTART;VALUE=DATE:20280229", b"DTEND;VALUE=DATE:20280301", b"X-PUBLISHED-TTL:PT6H",
        b"DESCRIPTION:a\\,b\\;c\\\\d\\n" + "第二行".encode(),
    ):  # fmt: skip
        assert line in found


def test_a_calendar_without_tasks_is_one_too():
    assert lines_of(write_calendar("空", [], stamp=STAMP))[0] == b"BEGIN:VCALENDAR"


PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=120)


@given(PRINTABLE, PRINTABLE)
def test_whatever_a_name_holds_the_file_is_read_back(title, text):
    data = write_calendar("x", [DayEvent("1@x", date(2026, 12, 4), title, text)], stamp=STAMP)
    assert all(len(line) <= 75 for line in lines_of(data))
    # Decoded line by line: no sign is cut in two.
    unfolded = [line.decode() for line in data.replace(b"\r\n ", b"").split(b"\r\n")]
    assert text_of(unfolded, "SUMMARY") == title
    assert text_of(unfolded, "DESCRIPTION") == text
    assert len(Calendar.from_ical(data).walk("VEVENT")) == 1


def text_of(lines: list[str], name: str) -> str:
    """Return a property's text by RFC 5545, 3.3.11; the library's reader takes "\\\\N" for a line end."""
    (escaped,) = [line.removeprefix(f"{name}:") for line in lines if line.startswith(f"{name}:")] or [""]
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], escaped)
