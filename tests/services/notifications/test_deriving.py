"""Users are told what the trail has for them: once, in scope, of what they want, and never of their own acts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from documents.desk.audit_entry import AuditEntry, read_head
from documents.desk.user import SignedIn, User
from documents.jobs.job import Job
from documents.notifications.trail_follower import NOTIFICATIONS, TrailFollower
from rules.access import Role
from rules.errors import Missing
from rules.requests.notifications import NotificationKind, kinds_told, switched_off_by
from schema.definitions.shipped_fields import unchanged
from services.definitions.own_fields import change_shipped_field
from services.notifications import inbox
from services.notifications.deriving import tell_users
from services.records import records
from services.shared.unit_of_work import in_one_transaction


@pytest.fixture
def office(_whole, db):
    """The sample office, everything in it told."""
    TrailFollower.collection().update_one({"_id": NOTIFICATIONS}, {"$set": {"position": read_head()[0]}})
    return _whole


def now() -> datetime:
    return datetime.now(UTC)


def follow(office, name: str, record: ObjectId, collection: str = "bases") -> None:
    User.follow(office.users[name], str(record), collection)


def told(office, name: str) -> list[tuple[Any, ...]]:
    """Return what a user was told, the oldest first."""
    rows = office.db["notifications"].find({"user": office.users[name]}).sort("_id", 1)
    return [(row["kind"], row["action"], row["record_id"], row["count"]) for row in rows]


def unread(office, name: str) -> int:
    return office.db["users"].find_one({"_id": office.users[name]}).get("unread", 0)


def change(office, collection: str, record: ObjectId, *, by: str, **values: Any) -> None:
    version = office.one(collection, record)["version"]
    records.update(collection, record, values, version=version, actor=office.actor(by), now=now())


def act(office, action: str, record: Any, *, by: str, collection: str, county: str = "371525") -> None:
    """Write an entry as a service would."""
    in_one_transaction(
        lambda uow: uow.record(action, collection, record, "清泉创业园", counties=[county] if county else []),
        actor=office.actor(by),
        now=now(),
    )


def hide_phone(office) -> None:
    kept = replace(unchanged("tenant_companies", "phone"), unseen_by=(Role.COUNTY,))
    change_shipped_field(kept, version=0, actor=office.actor("boss"), now=now())


def test_who_follows_a_record_is_told_once_of_what_somebody_else_did(office):
    follow(office, "guan", office.guan.base)
    follow(office, "city", office.guan.base)
    change(office, "bases", office.guan.base, by="city", notes="一")
    change(office, "bases", office.guan.base, by="city", notes="二")
    assert tell_users() == 1
    assert told(office, "guan") == [("followed", "changed", office.guan.base, 2)]
    assert (unread(office, "guan"), told(office, "city")) == (1, [])
    assert tell_users() == 0
    change(office, "bases", office.guan.base, by="city", notes="三")
    tell_users()
    assert unread(office, "guan") == 2


def test_nobody_is_told_of_a_record_out_of_their_scope_though_they_follow_it(office):
    follow(office, "guan", office.shen.base)
    change(office, "bases", office.shen.base, by="city", notes="一")
    assert tell_users() == 0
    assert told(office, "guan") == []


def test_of_a_shared_partner_a_county_is_not_told_what_another_one_did(office):
    def dated(county: str, day: date) -> None:
        held = office.one("service_partners", office.shared)["cooperations"]
        rows = [one | ({"last_day": day} if one["county"] == county else {}) for one in held]
        given = [{key: one[key] for key in ("base", "first_day", "last_day") if key in one} for one in rows]
        change(office, "service_partners", office.shared, by="city", cooperations=given)

    follow(office, "guan", office.shared, "service_partners")
    follow(office, "reader", office.shared, "service_partners")
    dated("371522", date(2031, 1, 1))
    assert tell_users() == 1
    assert (told(office, "guan"), len(told(office, "reader"))) == ([], 1)
    dated("371525", date(2031, 1, 1))
    tell_users()
    assert told(office, "guan") == [("followed", "changed", office.shared, 1)]
    row = office.db["notifications"].find_one({"user": office.users["guan"]})
    assert row["counties"] == ["371525"]


def test_a_change_of_fields_kept_from_a_role_alone_is_not_told_it(office):
    hide_phone(office)
    for name in ("guan", "reader"):
        follow(office, name, office.guan.company, "tenant_companies")
    change(office, "tenant_companies", office.guan.company, by="city", phone="0635-1234567")
    tell_users()
    assert (told(office, "guan"), len(told(office, "reader"))) == ([], 1)
    change(office, "tenant_companies", office.guan.company, by="city", phone="0635-7654321", notes="一")
    tell_users()
    assert len(told(office, "guan")) == 1


def test_what_was_told_of_a_field_that_is_kept_from_the_role_by_now_is_forgotten(office):
    follow(office, "guan", office.guan.company, "tenant_companies")
    follow(office, "guan", office.guan.base)
    change(office, "bases", office.guan.base, by="city", notes="一")
    change(office, "tenant_companies", office.guan.company, by="city", phone="0635-1234567")
    tell_users()
    hide_phone(office)
    guan = SignedIn(
        office.users["guan"], "", "guan", "", Role.COUNTY, "371525", False, False, now(), now(), unread=2
    )
    hidden = office.db["notifications"].find_one({"collection": "tenant_companies"})["_id"]
    with pytest.raises(Missing):
        inbox.read_one(guan, hidden)
    page = inbox.inbox(guan, unread=True, page=0, size=10)
    assert ([one["collection"] for one in page.rows], page.total, unread(office, "guan")) == (["bases"], 1, 1)


def test_a_base_is_followed_with_its_applications_and_cases(office):
    follow(office, "reader", office.guan.base)
    case = ObjectId()
    office.db["decisions"].insert_one({"_id": case, "base": office.guan.base})
    act(office, "case-begun", case, by="city", collection="decisions")
    act(office, "case-begun", ObjectId(), by="city", collection="decisions")
    tell_users()
    assert told(office, "reader") == [("followed", "case-begun", case, 1)]


def test_an_application_that_is_returned_is_told_who_handed_it_in(office):
    application = ObjectId()
    act(office, "application-submit", application, by="guan", collection="applications")
    act(office, "application-return", application, by="city", collection="applications")
    act(office, "application-pass", application, by="city", collection="applications")
    tell_users()
    assert told(office, "guan") == [("application", "application-return", application, 1)]
    assert told(office, "shen") == []


def test_an_objection_is_told_who_decides_and_nobody_of_a_county(office):
    objection = ObjectId()
    act(office, "objection-received", objection, by="city", collection="objections", county="")
    tell_users()
    assert told(office, "boss") == [("objection", "objection-received", objection, 1)]
    assert [told(office, name) for name in ("city", "guan", "reader")] == [[], [], []]


def test_conflicts_of_an_import_are_told_who_imported(office):
    office.db["import_batches"].insert_one(
        {"_id": "b1", "conflicts": [{"row": 4}, {"row": 5, "settled": "b2"}, {"row": 6}]}
    )
    act(office, "imported", "b1", by="guan", collection="tenant_companies")
    act(office, "imported", "b0", by="guan", collection="tenant_companies")
    tell_users()
    assert told(office, "guan") == [("conflict", "imported", "b1", 1)]
    assert office.db["notifications"].find_one({"kind": "conflict"})["more"] == {"conflicts": 2}


@pytest.mark.parametrize(("state", "seconds", "rows"), [("done", 60, 1), ("failed", 1, 1), ("done", 1, 0)])
def test_a_job_that_took_long_or_failed_is_told_who_asked_for_it(office, state, seconds, rows):
    ended = now()
    job = {
        "kind": "import", "state": state, "actor_id": str(office.users["guan"]), "county": "371525", "untold": True,
        "asked_at": ended - timedelta(seconds=seconds), "finished_at": ended,
    }  # fmt: skip
    Job._get_collection().insert_one(job)
    assert tell_users() == rows
    assert told(office, "guan") == [("job", state, job["_id"], 1)][:rows]
    assert tell_users() == 0


def test_a_kind_that_is_switched_off_is_not_told(office):
    follow(office, "guan", office.guan.base)
    User.set_preference(office.users["guan"], "not_told", "followed")
    change(office, "bases", office.guan.base, by="city", notes="一")
    assert tell_users() == 0


def test_one_process_tells_at_a_time_and_a_dead_ones_work_is_done_by_another(office):
    follow(office, "guan", office.guan.base)
    change(office, "bases", office.guan.base, by="city", notes="一")
    held = now() + timedelta(minutes=1)
    assert TrailFollower.claim(NOTIFICATIONS, read_head()[0], now(), held) is not None
    assert tell_users() == 0
    TrailFollower.collection().update_one({"_id": NOTIFICATIONS}, {"$set": {"lease_until": now()}})
    assert tell_users() == 1


def test_a_trail_that_a_backup_made_shorter_is_followed_from_its_end(office):
    follow(office, "guan", office.guan.base)
    TrailFollower.collection().update_one({"_id": NOTIFICATIONS}, {"$set": {"position": 10**6}})
    assert tell_users() == 0
    change(office, "bases", office.guan.base, by="city", notes="一")
    assert tell_users() == 1


def test_saving_a_record_writes_nothing_for_those_who_follow_it(office):
    follow(office, "guan", office.guan.base)
    change(office, "bases", office.guan.base, by="city", notes="一")
    assert office.db["notifications"].count_documents({}) == 0
    assert AuditEntry.last_number() == read_head()[0]


def test_what_is_switched_off_is_kept_as_words():
    assert kinds_told("") == set(NotificationKind)
    assert switched_off_by(kinds_told("job,conflict")) == "conflict,job"
