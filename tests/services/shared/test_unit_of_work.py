"""One write: done once for each form, bounded in time, and never said to be lost when it was saved."""

import time
from dataclasses import replace
from threading import Event, Thread

import pytest
from bson import ObjectId
from pymongo.client_session import ClientSession
from pymongo.errors import NetworkTimeout, OperationFailure, WriteConcernError

from documents.server import transactions
from documents.server.connection import client
from documents.server.transactions import WRITERS, Patience, end_abandoned, in_bounded_transaction
from rules.errors import OutcomeUnknown, Refused, SavedBefore, Stale, Unavailable
from rules.requests.sent_form import SentForm
from services.shared.unit_of_work import TooLarge, after_commit, in_one_transaction

KEY = "k" * 20
SHORT = Patience(attempt=1.0, silence=1.0, whole=3.0)


@pytest.fixture
def write(office):
    """Give a write of one entry, by a form of this key; it returns what `result` is."""

    def run(key=KEY, result="done", within=SHORT, work=None, **form):
        actor = replace(office.city, sent_form=SentForm(key, **form) if key else None)

        def note(uow):
            if work:
                work()
            uow.record("changed", "bases", ObjectId(), "试一试")
            return result

        return in_one_transaction(note, actor=actor, now=office.now, within=within), actor.sent_form

    return run


def entries(office):
    return office.db["audit_entries"].count_documents({"label": "试一试"})


@pytest.mark.parametrize(
    "result", [None, True, "city-2026", ObjectId(), [ObjectId(), {"stored": ObjectId(), "size": 3}]]
)
def test_a_form_that_is_sent_twice_is_done_once_and_gives_the_same_result(office, write, result):
    first, form = write(result=result)
    assert (first, form.committed, form.is_repeated) == (result, 1, False)
    second, form = write(result=result)
    assert (second, form.committed, form.is_repeated) == (result, 1, True)
    assert entries(office) == 1


def test_the_second_write_of_a_form_is_another_one(office, write):
    write()
    write(transactions=1)
    assert entries(office) == 2


def test_without_a_key_each_sending_is_one_of_its_own(office, write):
    write(key="")
    write(key="")
    assert entries(office) == 2


def test_a_second_sending_that_would_be_refused_now_gives_the_result_of_the_first(office, write):
    write()

    def stale():
        raise Stale

    assert write(work=stale)[0] == "done"
    with pytest.raises(Stale):
        write(key="another-key-of-a-form", work=stale)


def test_a_result_that_cannot_be_kept_is_not_made_up(office, write):
    write(result=object())
    with pytest.raises(SavedBefore):
        write(result=object())
    assert entries(office) == 1


@pytest.mark.parametrize(
    "lost",
    [
        NetworkTimeout("no answer"),
        OperationFailure("too slow", 50, {"code": 50, "errmsg": "too slow"}),
        WriteConcernError("waiting for replication timed out", 64, {"errInfo": {"wtimeout": True}}),
    ],
)
def test_a_commit_whose_answer_is_lost_is_looked_up_before_anything_is_said(office, write, monkeypatch, lost):
    commit = ClientSession.commit_transaction

    def unanswered(session):
        commit(session)
        raise labelled(lost)

    monkeypatch.setattr(ClientSession, "commit_transaction", unanswered)
    assert write()[0] == "done"
    assert entries(office) == 1
    with pytest.raises(OutcomeUnknown):  # nothing can be looked up
        write(key="")


def test_a_commit_that_never_arrives_is_unknown_and_can_be_sent_again(office, write, monkeypatch):
    def lost(session):
        raise labelled(NetworkTimeout("no answer"))

    with monkeypatch.context() as patch:
        patch.setattr(ClientSession, "commit_transaction", lost)
        with pytest.raises(OutcomeUnknown):
            write()
    assert entries(office) == 0
    assert write()[0] == "done"
    assert entries(office) == 1


def labelled(error):
    error._add_error_label("UnknownTransactionCommitResult")
    return error


def test_a_frozen_commit_is_given_up_within_its_bound(office, write, monkeypatch):
    def slow(session):
        time.sleep(0.2)
        raise labelled(WriteConcernError("waiting", 64, {"errInfo": {"wtimeout": True}}))

    monkeypatch.setattr(ClientSession, "commit_transaction", slow)
    began = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        write()
    assert time.monotonic() - began < 2


@pytest.fixture
def abandoned(office):
    """Give a session that moved the head of the trail and never comes back."""
    with client().start_session() as session:
        session.start_transaction()
        office.db["audit_head"].update_one({"_id": "head"}, {"$inc": {"unrecorded": 1}}, session=session)
        yield session
        # By itself alone: other workers of the tests have transactions on the same server.
        if session.in_transaction:
            session.abort_transaction()


def test_a_transaction_that_was_left_behind_is_ended_by_who_is_held_up(office, write, abandoned, monkeypatch):
    monkeypatch.setattr(transactions, "_HELD_UP", 0.2)
    # Older than what the other workers of the tests have under way on the same server.
    monkeypatch.setattr(end_abandoned, "__defaults__", (3.0,))
    assert write(within=Patience(attempt=1.0, silence=1.0, whole=10.0))[0] == "done"
    with pytest.raises(OperationFailure, match="has been aborted"):
        abandoned.commit_transaction()


def test_a_transaction_that_is_young_is_left_alone_and_who_waits_is_told(office, write, abandoned):
    began = time.monotonic()
    with pytest.raises(Unavailable, match="Others are saving"):
        write(within=Patience(attempt=1.0, silence=1.0, whole=0.5))
    assert time.monotonic() - began < 1.5
    abandoned.abort_transaction()


def test_a_write_that_hangs_does_not_hold_the_others_of_its_process(office, write):
    begun, over = Event(), Event()

    def hang():
        begun.set()
        over.wait(5)

    hanging = Thread(target=lambda: write(key="", work=hang, within=Patience(5.0, 5.0, 9.0)))
    hanging.start()
    try:
        assert begun.wait(5)
        before = time.monotonic()
        assert write(key="")[0] == "done"
        assert time.monotonic() - before < 1.5
    finally:
        over.set()
        hanging.join(10)
    assert entries(office) == 2


def test_slow_work_is_cut_at_its_bound_and_nothing_is_written(office, write):
    with pytest.raises(TooLarge, match="or the server is very busy"):
        write(within=Patience(attempt=0.2, silence=0.2, whole=0.2), work=lambda: time.sleep(0.3))
    assert entries(office) == 0


def test_a_process_that_ends_takes_its_transactions_back(office):
    began, ended = [], []

    def work(session, again):
        office.db["audit_head"].update_one({"_id": "head"}, {"$inc": {"unrecorded": 1}}, session=session)
        began.append(1)
        while not ended:
            time.sleep(0.01)

    failed = []

    def run():
        try:
            in_bounded_transaction(work, SHORT)
        except Exception as error:
            failed.append(error)

    thread = Thread(target=run)
    thread.start()
    while not began:
        time.sleep(0.01)
    try:
        assert WRITERS.drain(0.1) == 1
        with pytest.raises(Unavailable, match="restarted"):
            in_bounded_transaction(lambda session, again: None, SHORT)
        ended.append(1)
        thread.join(5)
        assert "Unavailable" in repr(failed)
    finally:
        ended.append(1)
        WRITERS.open()


def test_what_follows_a_commit_is_no_error(capsys):
    with after_commit("copied names"):
        raise Unavailable
    with after_commit("copied names"):
        raise NetworkTimeout("no answer")
    with pytest.raises(Refused), after_commit("copied names"):
        raise Refused


@pytest.mark.parametrize("code", [14031])
def test_a_full_disk_is_said(office, write, code):
    def full():
        raise OperationFailure("Can't take a write lock while out of disk space", code)

    with pytest.raises(Unavailable, match="disk is full"):
        write(work=full)


@pytest.fixture
def behind(office):
    yield office.db.create_collection("behind")
    office.db.drop_collection("behind")


def written_behind(office, rows):
    """Let each of `rows` be inserted behind what goes on, in one transaction; return the order of what happened."""
    order = []

    def insert(row):
        def write(session):
            office.db["behind"].insert_one(row, session=session)
            order.append(row["_id"])

        return write

    def work(uow):
        for row in rows:
            uow.write_behind(insert(row))
        order.append(office.db["behind"].count_documents({}, session=uow.session))
        uow.record("changed", "bases", ObjectId(), "试一试")

    in_one_transaction(work, actor=office.city, now=office.now)
    return order


def test_what_is_written_behind_is_there_in_its_order_when_the_session_is_asked_for(office, behind):
    assert written_behind(office, [{"_id": number} for number in (1, 2, 3)]) == [1, 2, 3, 3]
    assert behind.count_documents({}) == 3


def test_what_fails_behind_undoes_the_whole_and_is_told(office, behind):
    with pytest.raises(Refused):
        written_behind(office, [{"_id": 1}, {"_id": 2}, {"_id": 2}, {"_id": 3}])
    assert behind.count_documents({}) == entries(office) == 0


def test_nobody_leaves_a_transaction_while_something_is_written_behind(office):
    ended = []

    def write(session):
        time.sleep(0.1)
        ended.append(session.in_transaction)

    def work(uow):
        uow.write_behind(write)
        raise Stale()

    with pytest.raises(Stale):
        in_one_transaction(work, actor=office.city, now=office.now)
    assert ended == [True]
