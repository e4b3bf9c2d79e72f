"""While the office is under maintenance nothing is written, and nothing that was acknowledged is lost."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from mongoengine.connection import get_db
from pymongo.errors import OperationFailure

from documents.maintenance.data_state import COLLECTION, SCHEMA, DataState, Maintenance
from documents.records.base import Base
from rules.access import SYSTEM
from rules.errors import Refused, UnderMaintenance
from services.maintenance import backup as backing_up
from services.maintenance import restore as restoring
from services.maintenance.backup import backup
from services.maintenance.maintenance import end_by_command, hold_by_command, maintenance, maintenance_now
from services.maintenance.migrate import migrate, run_migrations
from services.maintenance.restore import finish_restore, restore
from services.shared.maintenance_mode import MIGRATING, RESTORING
from services.shared.unit_of_work import in_one_transaction


@pytest.fixture(autouse=True)
def clean_up(db):
    known = set(db.list_collection_names())
    yield
    for name in set(db.list_collection_names()) - known:
        db[name].drop()


def digest(office):
    return {
        name: list(office.db[name].find({}).sort("_id"))
        for name in ("bases", "tenant_companies", "audit_entries")
    }


def test_writes_are_refused_by_a_sentence_until_the_maintenance_ends(office):
    base = office.base("莘县创业园")
    hold_by_command("换服务器", actor=SYSTEM, now=office.now)
    before = digest(office)
    with pytest.raises(UnderMaintenance) as refused:
        office.update("bases", base, notes="改")
    assert refused.value.refusals[0].params["reason"] == "换服务器"
    assert digest(office) == before
    end_by_command(actor=SYSTEM, now=office.now)
    assert office.update("bases", base, notes="改")
    with pytest.raises(Refused):
        end_by_command(actor=SYSTEM, now=office.now)


def test_only_the_piece_of_work_itself_writes_while_it_holds_the_others_back(office):
    base = office.base("莘县创业园")
    refused = []

    def another():
        try:
            office.update("bases", base, notes="别人的")
        except UnderMaintenance as problem:
            refused.append(problem)

    with maintenance(MIGRATING, actor=SYSTEM, now=office.now):
        thread = threading.Thread(target=another)
        thread.start()
        thread.join()
        assert office.update("bases", base, notes="自己的")
    assert len(refused) == 1
    assert maintenance_now() is None


def test_a_write_that_began_before_ends_before_or_meets_it(office):
    """A transaction that has read already when maintenance begins never commits after it."""
    base = office.base("莘县创业园")
    begun, go_on, outcome = threading.Event(), threading.Event(), []

    def slowly(uow):
        raw = uow.find(Base, base)
        if not begun.is_set():
            begun.set()
            go_on.wait(10)
        uow.save(Base, raw, {**raw, "notes": "慢"})
        uow.record("changed", "bases", base, "慢")

    def write():
        try:
            in_one_transaction(slowly, actor=SYSTEM, now=office.now)
            outcome.append("saved")
        except UnderMaintenance:
            outcome.append("refused")

    thread = threading.Thread(target=write)
    thread.start()
    assert begun.wait(10)
    # Another process has its own turn: begin as it would, without waiting for this one's.
    with office.db.client.start_session() as session, session.start_transaction():
        DataState.be_there()
        office.db["audit_head"].update_one({"_id": "head"}, {"$inc": {"unrecorded": 1}}, session=session)
        office.db["data_state"].update_one(
            {"_id": "office"}, {"$set": {"manual": {"reason": "换", "by": "x", "since": office.now}}}, upsert=True,
            session=session,
        )  # fmt: skip
    go_on.set()
    thread.join()
    assert outcome == ["refused"]
    assert "notes" not in office.get("bases", base)


def test_no_save_that_was_acknowledged_during_a_restore_is_lost(office, tmp_path, monkeypatch):
    base = office.base("莘县创业园")
    for _ in range(20):
        office.company(base)
    backup(tmp_path / "a", now=office.now)
    saved, loading, done = [], threading.Event(), threading.Event()
    load = restoring._load
    monkeypatch.setattr(restoring, "_load", lambda *given: (loading.set(), time.sleep(0.02), load(*given)))

    def save():
        loading.wait(20)
        while not done.is_set():
            try:
                saved.append(office.company(base))
            except UnderMaintenance:
                time.sleep(0.01)

    thread = threading.Thread(target=save)
    thread.start()
    restore(tmp_path / "a", now=office.now, replace=True)
    time.sleep(0.3)
    done.set()
    thread.join()
    assert saved, "writes go through again"
    assert [one for one in saved if office.db["tenant_companies"].find_one({"_id": one}) is None] == []


def test_a_backup_that_outlasts_the_servers_memory_says_so_and_goes_on_with_writes_held_back(
    office, tmp_path, monkeypatch
):
    base = office.base("莘县创业园")
    write, seen = backing_up._write, []

    def too_old(path, now, session):
        if session.options.snapshot:
            monkeypatch.setattr(backing_up, "_HOPELESS", -1)
            raise OperationFailure("SnapshotTooOld", 239)
        with pytest.raises(UnderMaintenance):
            threaded(lambda: office.update("bases", base, notes="改"))
        seen.append(path)
        return write(path, now, session)

    monkeypatch.setattr(backing_up, "_write", too_old)
    with pytest.raises(Refused) as refused:
        backup(tmp_path / "a", now=office.now)
    assert "--hold-writes" in str(refused.value)
    assert not list(tmp_path.iterdir())
    counts = backup(tmp_path / "a", now=office.now, hold_writes=True)
    assert seen
    assert counts["bases"] == 1
    assert office.update("bases", base, notes="改")
    assert restore(tmp_path / "a", now=office.now, replace=True)["bases"] == 1


def threaded(act):
    """Do something in a thread of its own, as another request would, and raise here what it raised."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(act).result()


def test_a_piece_of_work_whose_process_was_killed_lapses_unless_it_must_be_finished(office):
    base = office.base("莘县创业园")
    DataState.be_there()
    work = Maintenance(RESTORING, "system", office.now, "killed")
    assert DataState.hold_for_work(work, 60, session=None)
    with pytest.raises(UnderMaintenance):
        office.update("bases", base, notes="一")
    assert DataState.renew("killed", -1)
    assert office.update("bases", base, notes="二")
    # What has lapsed, so that others have written, is not taken up again.
    assert not DataState.renew("killed", 60)
    assert not DataState.never_lapse("killed")
    assert office.update("bases", base, notes="又")
    assert DataState.hold_for_work(work, 60, session=None)
    assert DataState.never_lapse("killed")
    assert DataState.renew("killed", -1)
    with pytest.raises(UnderMaintenance):
        office.update("bases", base, notes="三")


def test_a_restore_that_was_killed_while_it_replaced_holds_writes_back_until_it_is_finished(
    office, tmp_path, monkeypatch
):
    base = office.base("莘县创业园")
    backup(tmp_path / "a", now=office.now)
    put, calls = restoring._put_in_place, []

    def killed(name):
        calls.append(name)
        if len(calls) == 3:
            raise SystemExit
        put(name)

    monkeypatch.setattr(restoring, "_put_in_place", killed)
    with pytest.raises(SystemExit):
        restore(tmp_path / "a", now=office.now, replace=True)
    with pytest.raises(UnderMaintenance):
        office.base("另一园")
    monkeypatch.setattr(restoring, "_put_in_place", put)
    assert finish_restore(now=office.now)
    assert office.update("bases", base, notes="好了")


def lapsed():
    """Let what is held back lapse, as if its process had stood still for a minute."""
    get_db()[COLLECTION].update_one({"work.until": {"$type": "date"}}, [{"$set": {"work.until": "$$NOW"}}])


def test_a_restore_that_stood_still_until_others_wrote_replaces_nothing(office, tmp_path, monkeypatch):
    base = office.base("莘县创业园")
    backup(tmp_path / "a", now=office.now)
    load, saves = restoring._load, []

    def slowly(source, name, part):
        load(source, name, part)
        if not saves:
            lapsed()
            saves.append(threaded(lambda: office.update("bases", base, notes="莘县刚刚存的")))

    monkeypatch.setattr(restoring, "_load", slowly)
    with pytest.raises(Refused) as refused:
        restore(tmp_path / "a", now=office.now, replace=True)
    assert "not held back" in refused.value.refusals[0].message
    assert saves
    assert office.db["bases"].find_one({"_id": base})["notes"] == "莘县刚刚存的"
    assert maintenance_now() is None
    assert not [name for name in office.db.list_collection_names() if name.startswith("restoring")]


def test_a_migration_that_others_wrote_beside_is_not_noted_as_done(office):
    DataState.be_there()
    DataState.note_restored(SCHEMA - 1)
    with pytest.raises(Refused), maintenance(MIGRATING, actor=SYSTEM, now=office.now) as hold:
        lapsed()
        run_migrations(now=office.now, before_noting=hold.demand)
    assert DataState.schema() == SCHEMA - 1
    assert migrate(now=office.now)
    assert DataState.schema() == SCHEMA


@pytest.mark.parametrize("after_noting", [False, True])
def test_a_restore_killed_at_its_turning_point_leaves_nobody_shut_out_for_good(
    office, tmp_path, monkeypatch, after_noting
):
    base = office.base("莘县创业园")
    backup(tmp_path / "a", now=office.now)
    never_lapse = DataState.never_lapse

    def killed(holder, session=None):
        noted = never_lapse(holder, session)
        if not after_noting:
            raise SystemExit
        return noted

    def killed_in_place(*_):
        raise SystemExit

    monkeypatch.setattr(DataState, "never_lapse", killed)
    monkeypatch.setattr(DataState, "end_work", lambda *_: True)  # a killed process ends nothing
    if after_noting:
        monkeypatch.setattr(restoring, "_put_all_in_place", killed_in_place)
    with pytest.raises(SystemExit):
        restore(tmp_path / "a", now=office.now, replace=True)
    monkeypatch.undo()
    assert finish_restore(now=office.now) == after_noting
    lapsed()
    assert threaded(lambda: office.update("bases", base, notes="好了"))


def test_a_restore_killed_when_all_is_in_place_leaves_nobody_shut_out(office, tmp_path, monkeypatch):
    base = office.base("莘县创业园")
    backup(tmp_path / "a", now=office.now)
    end_work = DataState.end_work

    def outside(holder, session=None):
        if session is None:
            raise SystemExit
        return end_work(holder, session)

    monkeypatch.setattr(DataState, "end_work", outside)
    with pytest.raises(SystemExit):
        restore(tmp_path / "a", now=office.now, replace=True)
    monkeypatch.undo()
    assert threaded(lambda: office.update("bases", base, notes="好了"))


def test_a_process_of_an_earlier_program_may_not_write_once_that_would_be_wrong(office):
    base = office.base("莘县创业园")
    DataState.be_there()
    DataState.note_schema(SCHEMA + 1, SCHEMA)
    assert office.update("bases", base, notes="可以")
    DataState.note_schema(SCHEMA + 1, SCHEMA + 1)
    with pytest.raises(UnderMaintenance):
        office.update("bases", base, notes="不可以")
