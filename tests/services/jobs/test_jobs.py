"""Jobs: each piece once, whoever is killed; progress, cancelling, and who may."""

import random
import threading
import time
from datetime import UTC, datetime

import pytest

from documents.jobs.job import Job, JobState
from rules.access import SYSTEM, Actor, Permission, Role
from rules.errors import Missing, NotAllowed, Problem, Refused
from rules.words import N_
from services.jobs import queue
from services.jobs.run import Cancelled, JobKind, JobRun, LeaseLost
from services.jobs.worker import Worker
from services.maintenance.maintenance import end_by_command, hold_by_command

NOW = datetime(2026, 11, 26, tzinfo=UTC)
SHEN = Actor("s1", "莘县", Role.COUNTY, "371522")
GUAN = Actor("g1", "冠县", Role.COUNTY, "371525")
PIECES = 6


class Killed(BaseException):
    """Stands for kill -9: nothing that a program does on its way out happens."""


class Counting:
    """A job of some pieces, each of which counts itself in the database, and may be killed at any point of it."""

    def __init__(self, database, chance=0.0, seed=0):
        self.rows, self.chance, self.random, self.kills = database["pieces"], chance, random.Random(seed), 0

    def maybe_killed(self):
        if self.random.random() < self.chance:
            self.kills += 1
            raise Killed

    def run(self, job: JobRun):
        for piece in range(job.checkpoint.get("next", 0), PIECES):

            def work(uow, piece=piece):
                self.maybe_killed()
                self.rows.insert_one({"job": job.id, "piece": piece}, session=uow.session)
                self.maybe_killed()

            job.step(work, {"next": piece + 1}, done=piece + 1, total=PIECES)
            self.maybe_killed()
        return {"pieces": PIECES}

    def kind(self):
        return JobKind("counting", N_("Import"), Permission.READ, self.run)


@pytest.fixture
def counting(db):
    db.create_collection("pieces")
    yield Counting(db)
    db.drop_collection("pieces")


def worked(kind, lease_seconds=5.0):
    return Worker([kind], lease_seconds=lease_seconds).work_once()


def test_a_job_is_done_piece_by_piece_and_says_how_far_it_is(counting):
    job_id = queue.ask(counting.kind(), {"file": "a"}, actor=SYSTEM, now=NOW)
    assert Job.stored(job_id)["state"] == JobState.WAITING
    assert worked(counting.kind())
    stored = Job.stored(job_id)
    assert (stored["state"], stored["done"], stored["total"]) == (JobState.DONE, PIECES, PIECES)
    assert stored["result"] == {"pieces": PIECES}
    assert not worked(counting.kind())


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_killed_whenever_each_piece_is_written_exactly_once(seed, db, counting):
    counting.chance, counting.random = 0.25, random.Random(seed)
    jobs = [queue.ask(counting.kind(), {}, actor=SYSTEM, now=NOW) for _ in range(10)]
    while any(Job.stored(job)["state"] not in ("done", "failed") for job in jobs):
        worker = Worker([counting.kind()], lease_seconds=0.001)
        try:
            if not worker.work_once():
                db["jobs"].update_many(
                    {}, {"$set": {"idle_claims": 0}}
                )  # chance, not a job that never gets on
        except Killed:
            db["jobs"].update_many({}, {"$set": {"idle_claims": 0}})
    assert counting.kills > 20
    written = sorted((str(row["job"]), row["piece"]) for row in counting.rows.find())
    assert written == sorted((str(job), piece) for job in jobs for piece in range(PIECES))


def test_who_was_thought_dead_and_comes_back_writes_nothing_more(db, counting):
    job_id = queue.ask(counting.kind(), {}, actor=SYSTEM, now=NOW)
    stored = Job.claim("first", -1)
    sleeper = JobRun(stored, SYSTEM)
    assert worked(counting.kind())
    with pytest.raises(LeaseLost):
        sleeper.step(
            lambda uow: counting.rows.insert_one({"late": 1}, session=uow.session), {"next": 1}, done=1
        )
    assert counting.rows.count_documents({"late": 1}) == 0
    assert Job.stored(job_id)["done"] == PIECES


def test_the_heartbeat_beside_a_piece_does_not_undo_it(db, counting, monkeypatch):
    looked, attempts = threading.Event(), []
    held = Job.held
    monkeypatch.setattr(Job, "held", lambda *args: (held(*args), looked.set())[0])

    def run(job):
        def work(uow):
            counting.rows.insert_one({"piece": 1}, session=uow.session)
            attempts.append(looked.wait(3))

        looked.clear()
        job.step(work, {}, done=1, total=1)
        return {}

    job_id = queue.ask(JobKind("slow", N_("Import"), Permission.READ, run), {}, actor=SYSTEM, now=NOW)
    assert worked(JobKind("slow", N_("Import"), Permission.READ, run), lease_seconds=2.0)
    assert attempts == [True]
    assert Job.stored(job_id)["state"] == JobState.DONE


def test_each_piece_prolongs_the_lease(db, counting):
    queue.ask(counting.kind(), {}, actor=SYSTEM, now=NOW)
    run = JobRun(Job.claim("one", -1), SYSTEM, lease_seconds=600)
    run.step(lambda uow: None, {"next": 1}, done=1)
    assert Job.next_of(["counting"]) is None


def test_a_job_that_kills_its_worker_again_and_again_is_given_up(db, counting):
    job_id = queue.ask(counting.kind(), {}, actor=SYSTEM, now=NOW)
    for _ in range(6):
        Job.claim("one that dies", -1)
    assert worked(counting.kind())
    stored = Job.stored(job_id)
    assert stored["state"] == JobState.FAILED
    assert "never got on" in stored["problem"]["message"]


def test_two_workers_never_have_the_same_job(counting):
    for _ in range(4):
        queue.ask(counting.kind(), {}, actor=SYSTEM, now=NOW)
    threads = [threading.Thread(target=worked, args=(counting.kind(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counting.rows.count_documents({}) == 4 * PIECES
    assert {row["token"] for row in Job._get_collection().find()} == {1}


def test_a_job_that_waits_is_cancelled_at_once_and_one_that_runs_after_its_piece(db, counting):
    waiting = queue.ask(counting.kind(), {}, actor=SYSTEM, now=NOW)
    queue.cancel(waiting, actor=SYSTEM, now=NOW)
    assert Job.stored(waiting)["state"] == JobState.CANCELLED

    def run(job):
        job.step(lambda uow: None, {"next": 1}, done=1, total=2)
        queue.cancel(job.id, actor=SYSTEM, now=NOW)
        for _ in range(100):
            job.cancelled.wait(0.05)
            job.go_on()
        return {}

    kind = JobKind("counting", N_("Import"), Permission.READ, run)
    running = queue.ask(kind, {}, actor=SYSTEM, now=NOW)
    assert worked(kind, lease_seconds=0.5)
    stored = Job.stored(running)
    assert (stored["state"], stored["done"], stored["total"]) == (JobState.CANCELLED, 1, 2)
    with pytest.raises(Refused):
        queue.cancel(running, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("raised", "state", "message"),
    [
        (Problem(N_("There is no such county.")), JobState.FAILED, "There is no such county."),
        (
            ZeroDivisionError(),
            JobState.FAILED,
            "Something went wrong that nobody foresaw. What was written stays.",
        ),
        (Cancelled(), JobState.CANCELLED, None),
    ],
)
def test_how_a_job_ends_is_told_with_a_sentence(raised, state, message, db):
    def run(job):
        raise raised

    kind = JobKind("counting", N_("Import"), Permission.READ, run)
    job_id = queue.ask(kind, {}, actor=SYSTEM, now=NOW)
    assert worked(kind)
    stored = Job.stored(job_id)
    assert stored["state"] == state
    assert stored.get("problem", {}).get("message") == message


def test_a_kind_that_only_another_version_knows_is_left_to_that(db, counting):
    """During an update two versions work side by side: the older one must not end what it cannot do."""
    job_id = queue.ask(counting.kind(), {}, actor=SYSTEM, now=NOW)
    assert not Worker([]).work_once()
    assert Job.stored(job_id)["state"] == JobState.WAITING
    assert worked(counting.kind())
    assert Job.stored(job_id)["state"] == JobState.DONE


def test_a_job_that_cannot_write_just_now_is_not_claimed_again_at_once(db, counting):
    job_id = queue.ask(counting.kind(), {}, actor=SYSTEM, now=NOW)
    hold_by_command("换服务器", actor=SYSTEM, now=NOW)
    worker = Worker([counting.kind()])
    try:
        worker.start()
        time.sleep(0.5)
        worker.end()
    finally:
        end_by_command(actor=SYSTEM, now=NOW)
    stored = Job.stored(job_id)
    assert (stored["state"], stored["token"], stored["idle_claims"]) == (JobState.WAITING, 1, 0)
    assert worked(counting.kind())


def test_a_county_sees_its_own_jobs_and_the_city_all(db, counting):
    own = queue.ask(counting.kind(), {}, actor=SHEN, now=NOW)
    with pytest.raises(Missing):
        queue.read_job(own, actor=GUAN)
    with pytest.raises(Missing):
        queue.cancel(own, actor=GUAN, now=NOW)
    assert [job["_id"] for job in queue.jobs_of(SHEN)] == [own]
    assert queue.jobs_of(GUAN) == []
    assert [job["_id"] for job in queue.jobs_of(SYSTEM)] == [own]


def test_a_job_of_a_user_who_is_gone_is_not_done(db, counting):
    job_id = queue.ask(counting.kind(), {}, actor=SHEN, now=NOW)
    assert worked(counting.kind())
    assert Job.stored(job_id)["state"] == JobState.FAILED
    assert counting.rows.count_documents({}) == 0


def test_one_of_a_kind_a_county_is_enough(db, counting):
    first = queue.ask_once(counting.kind(), {}, actor=SYSTEM, now=NOW)
    assert queue.ask_once(counting.kind(), {}, actor=SYSTEM, now=NOW) == first
    assert worked(counting.kind())
    assert queue.ask_once(counting.kind(), {}, actor=SYSTEM, now=NOW) != first


def test_who_may_not_do_it_may_not_ask_for_it(db, counting):
    kind = JobKind("counting", N_("Import"), Permission.MANAGE_OFFICE, counting.run)
    with pytest.raises(NotAllowed):
        queue.ask(kind, {}, actor=SHEN, now=NOW)
    assert queue.jobs_of(SYSTEM) == []


def test_a_worker_that_ends_gives_its_job_to_another(db, counting):
    begun = threading.Event()

    def run(job):
        begun.set()
        while True:
            job.cancelled.wait(0.05)
            job.go_on()

    slow = JobKind("counting", N_("Import"), Permission.READ, run)
    job_id = queue.ask(slow, {}, actor=SYSTEM, now=NOW)
    worker = Worker([slow], lease_seconds=0.5)
    worker.start()
    assert begun.wait(10)
    worker.end()
    assert Job.stored(job_id)["state"] == JobState.WAITING
    assert worked(counting.kind())
    assert Job.stored(job_id)["state"] == JobState.DONE
