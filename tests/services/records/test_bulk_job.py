"""An act on thousands by a job: killed at any point each record is done exactly once; refused and undone one by one."""

from datetime import UTC, date, datetime

import pytest

from documents.batches.batch import Batch, BatchAct
from documents.desk.audit_entry import AuditEntry
from documents.jobs.job import Job, JobState
from documents.records.base import Base
from documents.records.ledger_entry import LedgerEntry
from documents.records.office_state import read_office_state
from rules.access import SYSTEM, Actor, Role
from rules.errors import NotAllowed, Refused
from services.batches.batches import BatchState, left_of, read_batch
from services.batches.undo import Choice, ask_to_undo
from services.desk.trail import verify
from services.jobs import pieces
from services.jobs.queue import cancel
from services.jobs.run import JobRun
from services.records.bulk_job import ask_for_many, ask_to_finish_many
from tests.services.killing import Killer, work_through

CLERK = Actor("s1", "莘县", Role.COUNTY, "371522")
READER = Actor("r1", "查阅", Role.READER)


@pytest.fixture
def entries(office, monkeypatch):
    """Give an office of eleven entries of the ledger, and make the pieces of the job small."""
    monkeypatch.setattr(pieces, "CHUNK", 3)
    monkeypatch.setattr(pieces, "_AT_ONCE", 6)
    park = office.base("莘县创业园")
    for number in range(11):
        office.entry(park, request=f"恒越{number}厂培训", status="submitted", served_on=date(2026, 3, 2))
    return office


def asked(office, act=BatchAct.STATUS, *, records=None, seen=None, actor=SYSTEM):
    records = LedgerEntry.objects.matching("恒越") if records is None else records
    seen = read_office_state().seq if seen is None else seen
    status = "verified" if act is BatchAct.STATUS else ""
    return ask_for_many(
        act, "ledger_entries", records, seen=seen, status=status, actor=actor, now=datetime.now(UTC)
    )


def done(batch):
    work_through(Batch.stored(batch)["job"])
    return read_batch(batch, actor=SYSTEM, now=datetime.now(UTC))


def statuses(office):
    return {raw["request"]: raw["status"] for raw in office.db["ledger_entries"].find()}


@pytest.mark.parametrize("act", [BatchAct.STATUS, BatchAct.DELETE])
def test_killed_at_any_point_each_record_is_done_exactly_once_and_all_of_it_undone(act, entries, monkeypatch):
    office = entries
    before = statuses(office)
    kills, seed = 0, 0
    while kills < 10:
        killer = Killer(seed, 0.2)
        batch = asked(office, act)
        with monkeypatch.context() as patched:
            patched.setattr(JobRun, "step", killer.step_of(JobRun.step))
            line = done(batch)
        assert (line.state, line.counts) == (BatchState.DONE, {"changed": 11})
        written = list(
            office.db["audit_entries"].find({"batch": batch, "action": {"$in": ["changed", "deleted"]}})
        )
        assert len({entry["record_id"] for entry in written}) == len(written) == 11
        assert set(statuses(office).values()) == ({"verified"} if act is BatchAct.STATUS else set())
        assert office.tallies_are_right()
        undoing = ask_to_undo(batch, Choice(), actor=SYSTEM, now=datetime.now(UTC))
        work_through(undoing.job)
        assert statuses(office) == before
        kills, seed = kills + killer.kills, seed + 1
    assert verify() is None


def test_what_was_saved_since_the_list_was_shown_is_left_and_named_and_the_others_go_on(entries):
    office = entries
    seen = read_office_state().seq
    edited = office.db["ledger_entries"].find_one({"request": "恒越4厂培训"})["_id"]
    office.update("ledger_entries", edited, person_times=7)
    batch = asked(office, seen=seen)
    line = done(batch)
    assert line.counts == {"changed": 10, "left": 1}
    (left,) = left_of(batch, actor=SYSTEM)
    assert (left.record_id, left.label) == (
        edited,
        LedgerEntry.label_of(office.get("ledger_entries", edited)),
    )
    assert left.params["who"]
    assert statuses(office)["恒越4厂培训"] == "submitted"


def test_what_a_rule_refuses_is_left_with_its_reason_and_the_others_go_on(entries):
    office = entries
    office.company(office.base("有企业的园"), "园内厂")
    empty = [office.base(f"空园{number}") for number in range(4)]
    batch = ask_for_many(
        BatchAct.DELETE, "bases", Base.objects.matching("园"), seen=read_office_state().seq, actor=SYSTEM,
        now=datetime.now(UTC),
    )  # fmt: skip
    line = done(batch)
    assert line.counts == {"changed": len(empty), "not_done": 2}
    assert {left.label for left in left_of(batch, actor=SYSTEM)} == {"莘县创业园", "有企业的园"}
    assert all(left.message for left in left_of(batch, actor=SYSTEM))


def test_stopped_it_leaves_whole_pieces_and_is_finished_by_who_asked_for_it(entries, monkeypatch):
    office, step = entries, JobRun.step
    batch = asked(office)

    def stopped(run, work, checkpoint, **more):
        result = step(run, work, checkpoint, **more)
        cancel(run.id, actor=SYSTEM, now=office.now)
        run.cancelled.set()
        return result

    with monkeypatch.context() as patched:
        patched.setattr(JobRun, "step", stopped)
        line = done(batch)
    assert Job.stored(line.job)["state"] == JobState.CANCELLED
    assert (line.state, line.counts) == (BatchState.UNFINISHED, {"changed": 3})
    with pytest.raises(Refused):
        ask_to_finish_many(batch, actor=office.city, now=office.now)
    ask_to_finish_many(batch, actor=SYSTEM, now=office.now)
    line = done(batch)
    assert (line.state, line.counts) == (BatchState.DONE, {"changed": 11})
    with pytest.raises(Refused):
        ask_to_finish_many(batch, actor=SYSTEM, now=office.now)


def test_it_reaches_only_what_its_asker_may_write(entries):
    office = entries
    other = office.base("冠县创业园", county="371525")
    office.entry(other, request="恒越冠县厂培训", status="submitted", served_on=date(2026, 3, 2))
    with pytest.raises(NotAllowed):
        asked(office, actor=READER)
    with pytest.raises(Refused):
        ask_for_many(
            BatchAct.STATUS, "ledger_entries", LedgerEntry.objects, seen=0, status="no such", actor=SYSTEM,
            now=office.now,
        )  # fmt: skip
    batch = asked(office, actor=SYSTEM, records=LedgerEntry.objects.visible_to(CLERK))
    assert done(batch).counts == {"changed": 11}
    assert statuses(office)["恒越冠县厂培训"] == "submitted"
    assert AuditEntry.records_of_batch(batch, "ledger_entries", SYSTEM)
