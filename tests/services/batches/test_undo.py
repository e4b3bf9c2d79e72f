"""Undo of a batch: what it did is taken back record by record, and an undoing is taken back the same way."""

import random
from datetime import timedelta

import pytest
from bson import ObjectId

from documents.batches.batch import Batch, BatchAct
from documents.desk.audit_entry import AuditEntry
from documents.jobs.job import Job, JobState
from documents.records.recycled import Recycled
from rules.access import SYSTEM
from rules.errors import Missing, Refused
from services.batches.batches import BatchState, batches_of, read_batch
from services.batches.preview import preview_undo
from services.batches.undo import Choice, ask_to_finish, ask_to_undo
from services.desk.trail import verify
from services.jobs.kinds import KINDS
from services.jobs.worker import Worker
from services.records import records
from services.records.bulk import delete_many, set_status_of_many
from services.records.references import References
from services.shared.unit_of_work import in_one_transaction

COLLECTIONS = ("bases", "tenant_companies", "service_partners", "staff_members", "ledger_entries")
NOTHING_CHOSEN = Choice()
MOVED = {"version", "updated_at", "updated_by"}


def stored(office):
    """Return what is stored of the records, apart from version and the stamps of the last save; counted right."""
    found = {
        name: {
            row["_id"]: {key: row[key] for key in row if key not in MOVED} for row in office.db[name].find()
        }
        for name in COLLECTIONS
    }
    assert office.tallies_are_right()
    return found


def undo(office, batch, choice=NOTHING_CHOSEN, actor=SYSTEM, later=0):
    now = office.now + timedelta(minutes=5, seconds=later)
    asked = ask_to_undo(batch, choice, actor=actor, now=now)
    assert Worker(KINDS).work_on(asked.job)
    assert Job.stored(asked.job)["state"] == JobState.DONE, Job.stored(asked.job)
    return asked.batch


def versions_of(office, collection):
    return {row["_id"]: row["version"] for row in office.db[collection].find()}


def last_batch(office):
    return batches_of(SYSTEM, now=office.now)[0].id


@pytest.fixture
def small(office):
    office.first = office.base("莘县创业园")
    office.second = office.base("莘县科技园")
    office.companies = [office.company(office.first, people=number) for number in range(1, 6)]
    return office


# --- The inverse ---------------------------------------------------------------------------------


def random_batch(office, dice, kind):
    """Do some things to the records of a collection as one batch, and return its id."""
    ids = [row["_id"] for row in office.db[kind].find({}, {"_id": 1}).sort("_id", 1)]
    bases = [office.first, office.second]
    partners = [row["_id"] for row in office.db["service_partners"].find({}, {"_id": 1})]
    batch = Batch.new_id(office.now)
    made = {
        "tenant_companies": lambda: {"name": f"新企业{dice.random()}"[:20], "uscc": office.code(),
                                     "base": dice.choice(bases), "people": dice.randrange(300)},
        "service_partners": lambda: {"name": f"新机构{dice.random()}"[:20], "uscc": office.code(),
                                     "cooperations": [{"base": one} for one in bases if dice.random() < 0.6]},
        "ledger_entries": lambda: {"base": dice.choice(bases), "function": "training", "served_on": office.now.date(),
                                   "status": dice.choice(["draft", "submitted"]),
                                   "partner": dice.choice([*partners, None]), "companies": [{"name": "甲"}]},
        "bases": lambda: {"name": f"新基地{dice.random()}"[:20], "operator": "甲", "uscc": office.code(),
                          "county": "371522"},
    }[kind]  # fmt: skip
    changed = {
        "tenant_companies": lambda: dice.choice([
            {"people": dice.randrange(2000), "industry": "software"}, {"base": dice.choice(bases)},
            {"status": "moved_out"}, {"name": f"改名{dice.random()}"[:20]}, {"phone": None, "notes": "改"},
        ]),
        "service_partners": lambda: dice.choice([
            {"cooperations": [{"base": dice.choice(bases)}]}, {"cooperations": []}, {"functions": ["training"]},
            {"name": f"改名{dice.random()}"[:20]},
        ]),
        "ledger_entries": lambda: dice.choice([
            {"base": dice.choice(bases)}, {"partner": dice.choice([*partners, None])}, {"company_times": 5},
            {"companies": [{"name": "甲"}, {"name": "乙"}]}, {"status": "verified", "served_on": office.now.date()},
        ]),
        "bases": lambda: dice.choice([{"name": f"改名{dice.random()}"[:20]}, {"operator": "乙"}, {"service_staff": 7}]),
    }[kind]  # fmt: skip

    def work(uow):
        uow.batch = batch
        refs = References(uow.actor, uow.session)
        for record_id in ids:
            raw = uow.find(records.RECORDS[kind], record_id)
            if dice.random() < 0.4:
                records.update_within(uow, kind, record_id, changed(), refs, version=raw["version"])
            elif dice.random() < 0.5 and not records.refusals_to_delete(
                kind, raw, uow.actor, session=uow.session
            ):
                records.delete_within(uow, kind, record_id, version=raw["version"])
        for _ in range(dice.randrange(4)):
            records.create_within(uow, kind, made(), refs, record_id=ObjectId())
        Batch.add(
            batch,
            BatchAct.STATUS,
            kind,
            uow.actor,
            uow.now,
            uow.session,
            counts={},
            finished_at=uow.now,
            label="",
        )

    in_one_transaction(work, actor=office.city, now=office.now)
    return batch


@pytest.mark.parametrize("kind", ["tenant_companies", "service_partners", "ledger_entries", "bases"])
@pytest.mark.parametrize("seed", range(3))
def test_undo_is_the_inverse_of_a_random_batch_and_undo_of_undo_does_it_again(kind, seed, small, request):
    dice = random.Random(f"{kind}{seed}")
    partners = [small.partner(small.first), small.partner(small.first, small.second)]
    for number in range(5):
        small.entry(small.first, partner=dice.choice(partners), companies=[{"name": "甲"}], place=f"{number}")
        small.base(f"基地之{number}")
    before = stored(small)
    batch = random_batch(small, dice, kind)
    after = stored(small)
    undoing = undo(small, batch)
    assert Batch.stored(undoing).get("left", []) == []
    assert stored(small) == before
    again = undo(small, undoing, later=1)
    assert stored(small) == after
    undo(small, again, later=2)
    assert stored(small) == before
    assert verify() is None


def test_bulk_acts_are_batches_that_are_undone(small):
    before = stored(small)
    set_status_of_many(
        "tenant_companies",
        versions_of(small, "tenant_companies"),
        "moved_out",
        actor=small.city,
        now=small.now,
    )
    batch = last_batch(small)
    line = read_batch(batch, actor=SYSTEM, now=small.now)
    assert (line.act, line.label, line.counts["changed"], line.state) == (
        "status",
        "moved_out",
        5,
        BatchState.DONE,
    )
    undo(small, batch)
    assert stored(small) == before
    assert read_batch(batch, actor=SYSTEM, now=small.now).state is BatchState.UNDONE
    delete_many("tenant_companies", versions_of(small, "tenant_companies"), actor=small.city, now=small.now)
    assert small.db["tenant_companies"].count_documents({}) == 0
    [batch] = [one.id for one in batches_of(SYSTEM, now=small.now) if one.act == "delete"]
    undo(small, batch)
    assert stored(small) == before
    assert Recycled._get_collection().count_documents({}) == 0


# --- What was done since -------------------------------------------------------------------------


@pytest.fixture
def moved_out(small):
    """All companies set to moved out in one batch; one was edited since, one deleted."""
    set_status_of_many(
        "tenant_companies",
        versions_of(small, "tenant_companies"),
        "moved_out",
        actor=small.city,
        now=small.now,
    )
    small.batch = last_batch(small)
    small.update("tenant_companies", small.companies[0], people=77)
    gone = small.companies[1]
    records.delete("tenant_companies", gone, version=2, actor=small.city, now=small.now)
    return small


def test_records_edited_since_are_named_and_left(moved_out):
    preview = preview_undo(moved_out.batch, actor=SYSTEM, now=moved_out.now)
    assert (preview.going_count, preview.edited_count, preview.refused_count) == (3, 2, 0)
    assert {row.record_id for row in preview.edited} == set(moved_out.companies[:2])
    undoing = undo(moved_out, moved_out.batch)
    assert Batch.stored(undoing)["counts"] == {"undone": 3, "edited": 2}
    assert moved_out.get("tenant_companies", moved_out.companies[0])["status"] == "moved_out"
    assert moved_out.get("tenant_companies", moved_out.companies[2])["status"] == "housed"
    left = {row["record"]: row["message"] for row in Batch.stored(undoing)["left"]}
    assert set(left) == set(moved_out.companies[:2])


def test_an_edited_record_that_was_chosen_goes_back_in_what_the_batch_changed_alone(moved_out):
    seen = preview_undo(moved_out.batch, actor=SYSTEM, now=moved_out.now).seen
    undo(moved_out, moved_out.batch, Choice(frozenset(moved_out.companies[:1]), seen=seen))
    record = moved_out.get("tenant_companies", moved_out.companies[0])
    assert (record["status"], record["people"]) == ("housed", 77)


def test_a_chosen_record_that_was_saved_after_the_preview_is_left(moved_out):
    seen = preview_undo(moved_out.batch, actor=SYSTEM, now=moved_out.now).seen
    moved_out.update("tenant_companies", moved_out.companies[0], people=78)
    undo(moved_out, moved_out.batch, Choice(frozenset(moved_out.companies), every=True, seen=seen))
    record = moved_out.get("tenant_companies", moved_out.companies[0])
    assert (record["status"], record["people"]) == ("moved_out", 78)


def test_what_a_rule_refuses_is_left_with_the_reason_and_the_rest_goes_back(small):
    versions = versions_of(small, "tenant_companies")
    delete_many("tenant_companies", versions, actor=small.city, now=small.now)
    batch = last_batch(small)
    taken = small.db["recycled"].find_one({"record_id": small.companies[0]})["document"]["uscc"]
    small.company(small.first, uscc=taken)
    undoing = undo(small, batch)
    row = Batch.stored(undoing)["left"]
    assert [(one["record"], one["outcome"]) for one in row] == [(small.companies[0], "refused")]
    assert taken in row[0]["params"].values()
    assert small.db["tenant_companies"].count_documents({}) == 5
    assert small.tallies_are_right()


def test_a_base_that_is_needed_by_now_is_refused_in_the_preview_already(small):
    batch = random_batch(small, random.Random(1), "bases")
    made = list(AuditEntry._get_collection().find({"batch": batch, "action": "created"}))
    assert made
    small.company(made[0]["record_id"])
    preview = preview_undo(batch, actor=SYSTEM, now=small.now)
    assert [row.record_id for row in preview.refused] == [made[0]["record_id"]]
    assert "tenant" in preview.refused[0].reason.message


def test_a_title_does_not_move_by_an_undoing(small):
    """A base that got its title after the batch keeps it, even when it is chosen."""
    batch = Batch.new_id(small.now)

    def work(uow):
        uow.batch = batch
        uow.record(
            "changed",
            "bases",
            small.first,
            "莘县创业园",
            changes=[records.Change("status", "certified", "uncertified")],
        )
        Batch.add(
            batch, BatchAct.STATUS, "bases", uow.actor, uow.now, uow.session, counts={}, finished_at=uow.now
        )

    in_one_transaction(work, actor=small.city, now=small.now)
    undoing = undo(small, batch)
    assert [row["outcome"] for row in Batch.stored(undoing)["left"]] == ["refused"]
    assert small.get("bases", small.first)["status"] == "uncertified"


# --- Who, and when -------------------------------------------------------------------------------


def test_a_county_sees_and_undoes_its_own_batches_alone(small):
    set_status_of_many(
        "tenant_companies",
        versions_of(small, "tenant_companies"),
        "moved_out",
        actor=small.city,
        now=small.now,
    )
    batch = last_batch(small)
    assert batches_of(small.shen, now=small.now) == []
    with pytest.raises(Missing):
        ask_to_undo(batch, Choice(), actor=small.shen, now=small.now)
    with pytest.raises(Missing):
        preview_undo(batch, actor=small.guan, now=small.now)


def test_a_batch_is_undone_by_one_at_a_time_and_one_that_was_stopped_is_finished(small):
    before = stored(small)
    set_status_of_many(
        "tenant_companies",
        versions_of(small, "tenant_companies"),
        "moved_out",
        actor=small.city,
        now=small.now,
    )
    batch = last_batch(small)
    asked = ask_to_undo(batch, Choice(), actor=SYSTEM, now=small.now)
    undoing, job = asked.batch, asked.job
    with pytest.raises(Refused):
        ask_to_undo(batch, Choice(), actor=SYSTEM, now=small.now)
    Job._get_collection().update_one({"_id": job}, {"$set": {"state": "cancelled"}})
    assert read_batch(undoing, actor=SYSTEM, now=small.now).state is BatchState.UNFINISHED
    assert Worker(KINDS).work_on(ask_to_finish(undoing, actor=SYSTEM, now=small.now))
    assert stored(small) == before
    with pytest.raises(Refused):
        ask_to_finish(undoing, actor=SYSTEM, now=small.now)
    assert preview_undo(batch, actor=SYSTEM, now=small.now).back_count == 5
