"""The audit trail: whole or not, and who may read what of it."""

from datetime import date, timedelta

import pytest
from bson import ObjectId

from documents.desk.audit_entry import Change, seal
from rules.errors import NotAllowed
from services.desk import trail as audit_trail
from services.desk.trail import AuditFilter
from services.shared.unit_of_work import in_one_transaction

CHANGE = Change("role", "a", None)


@pytest.fixture
def trail(office):
    """Ten entries: three bases made and changed, one deleted, a company made, a user changed."""
    bases = [
        office.base(f"园{number}", county) for number, county in enumerate(("371522", "371525", "371522"))
    ]
    for base in bases:
        office.update("bases", base, notes="改")
    office.delete("bases", bases[2])
    office.company(bases[0], "甲")
    for action in ("user-changed", "signed-in"):
        in_one_transaction(
            lambda uow, action=action: uow.record(action, "users", None, "lisi", changes=[CHANGE]),
            actor=office.system,
            now=office.now,
        )
    return office.db["audit_entries"]


def test_a_trail_that_nobody_touched_is_whole(trail):
    assert trail.count_documents({}) == 10
    assert audit_trail.verify() is None


def test_an_empty_trail_is_whole(office):
    assert audit_trail.verify() is None


def reseal(trail, number, **changed):
    """Change an entry and give it the hash of its new content, as a careful forger would."""
    entry = trail.find_one({"_id": number}) | changed
    trail.replace_one({"_id": number}, entry | {"hash": seal(entry)})


@pytest.mark.parametrize(
    ("tamper", "seq", "message"),
    [
        (lambda trail: trail.update_one({"_id": 4}, {"$set": {"label": "x"}}), 4, "changed after"),
        (lambda trail: trail.update_one({"_id": 4}, {"$unset": {"note": 1}}), 4, "changed after"),
        (lambda trail: trail.update_one({"_id": 4}, {"$set": {"extra": 1}}), 4, "changed after"),
        (lambda trail: reseal(trail, 4, actor_name="x"), 4, "not sealed by"),
        (lambda trail: reseal(trail, 10, actor_name="x"), 10, "not sealed by"),
        (lambda trail: trail.delete_one({"_id": 1}), 1, "missing"),
        (lambda trail: trail.delete_one({"_id": 6}), 6, "missing"),
        (lambda trail: trail.delete_one({"_id": 10}), 10, "missing"),
        (lambda trail: trail.delete_many({}), 1, "missing"),
        (lambda trail: trail.insert_one({"_id": 11, "previous": "", "hash": ""}), 11, "behind the end"),
        (lambda trail: trail.insert_one({"_id": 0, "previous": "", "hash": ""}), 1, "missing"),
    ],
)
def test_whatever_is_changed_taken_or_added_is_found_at_its_place(trail, tamper, seq, message):
    tamper(trail)
    found = audit_trail.verify()
    assert found is not None
    assert found.seq == seq
    assert message in found.message % {"seq": found.seq}


def test_a_head_set_back_does_not_hide_the_entries_behind_it(office, trail):
    fourth = trail.find_one({"_id": 4})
    office.db["audit_head"].update_one({}, {"$set": {"seq": 4, "hash": fourth["hash"]}})
    assert audit_trail.verify() == audit_trail.BadEntry(
        5, "Entry %(seq)d stands behind the end of the trail."
    )


def test_values_of_every_kind_keep_their_seal(office):
    company = office.company(
        office.base(), people=2**40, revenue=0.1, moved_in=date(1969, 7, 20), notes="𠮷\n二"
    )
    office.update("tenant_companies", company, people=1, revenue=1e-3, moved_out=date(2026, 1, 1), notes="")
    assert audit_trail.verify() is None


def test_the_history_of_a_record_tells_the_latest_first(office):
    base = office.base("旧园")
    office.update("bases", base, name="新园")
    office.delete("bases", base)
    found = audit_trail.history("bases", base, office.city)
    assert [entry["action"] for entry in found] == ["deleted", "changed", "created"]
    assert {"field": "name", "old": "旧园", "new": "新园"} in found[1]["changes"]


def test_a_county_clerk_reads_what_concerned_the_county(office):
    ours, theirs = office.base(), office.base(county="371525")
    assert audit_trail.history("bases", ours, office.shen)
    assert not audit_trail.history("bases", theirs, office.shen)
    assert [entry["record_id"] for entry in audit_trail.recent(office.shen, 9)] == [ours]
    assert [entry["record_id"] for entry in audit_trail.recent(office.city, 9)] == [theirs, ours]


def test_what_a_partner_does_elsewhere_is_not_told_to_a_county(office):
    ours, theirs = office.base("莘县甲园"), office.base("冠县乙园", "371525")
    partner = office.partner(ours, theirs)
    office.update(
        "service_partners",
        partner,
        cooperations=[{"base": ours}, {"base": theirs, "first_day": date(2026, 1, 1)}],
    )
    office.update("service_partners", partner, contact_name="王敏")
    told = str(audit_trail.history("service_partners", partner, office.shen)) + str(
        audit_trail.recent(office.shen, 20)
    )
    assert "莘县甲园" in told
    assert "王敏" in told
    for secret in ("冠县乙园", "371525", str(theirs)):
        assert secret not in told
    assert "冠县乙园" in str(audit_trail.history("service_partners", partner, office.city))


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (AuditFilter(), 10),
        (AuditFilter(action="changed"), 3),
        (AuditFilter(collection="bases"), 7),
        (AuditFilter(collection="bases", action="deleted"), 1),
        (AuditFilter(actor_id="system"), 2),
        (AuditFilter(county="371525"), 2),
        (AuditFilter(record_id=ObjectId()), 0),
        (AuditFilter(first_day=date(2026, 11, 23), last_day=date(2026, 11, 23)), 10),
        (AuditFilter(last_day=date(2026, 11, 22)), 0),
        (AuditFilter(first_day=date(2026, 11, 24)), 0),
    ],
)
def test_the_audit_page_is_filtered(office, trail, wanted, count):
    found = audit_trail.page(wanted, actor=office.city)
    assert (len(found.entries), found.total, found.more) == (count, count, False)


def test_days_of_the_filter_are_the_offices(office, trail):
    """What was done at 00:30 in Liaocheng on the 24th was still the 23rd in UTC."""
    at_night = office.now.replace(hour=16, minute=30)
    in_one_transaction(
        lambda uow: uow.record("signed-in", "users", None, "x"), actor=office.city, now=at_night
    )
    assert audit_trail.page(AuditFilter(first_day=date(2026, 11, 24)), actor=office.city).total == 1
    in_one_transaction(
        lambda uow: uow.record("signed-in", "users", None, "x"),
        actor=office.city,
        now=at_night - timedelta(hours=1),
    )
    assert audit_trail.page(AuditFilter(first_day=date(2026, 11, 24)), actor=office.city).total == 1


def test_pages_follow_one_another_without_gap(office, trail):
    pages = [
        audit_trail.page(AuditFilter(), actor=office.city, number=number, size=4).entries
        for number in range(4)
    ]
    assert [entry["_id"] for page in pages for entry in page] == list(range(10, 0, -1))
    assert [len(page) for page in pages] == [4, 4, 2, 0]


def test_only_those_who_may_read_the_trail_get_a_page_of_it(office, trail):
    for actor in (office.shen, office.reader):
        with pytest.raises(NotAllowed):
            audit_trail.page(AuditFilter(), actor=actor)
