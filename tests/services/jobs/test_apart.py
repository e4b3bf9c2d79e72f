"""Jobs that want much: a process of its own works on them, and who answers pages goes on answering them."""

import os
import signal
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from documents.batches.batch import Batch, BatchAct
from documents.imports.import_batch import ImportBatch
from documents.jobs.job import Job, JobState
from documents.records.office_state import read_office_state
from documents.records.tenant_company import TenantCompany
from rules.access import SYSTEM, Permission
from rules.errors import Refused
from rules.words import N_
from schema.tenant_companies import TENANT_COMPANIES
from services.imports.import_job import ask_to_import
from services.imports.import_rows import import_workbook
from services.imports.uploads import keep_upload
from services.jobs import queue
from services.jobs.apart import run_apart
from services.jobs.kinds import KINDS
from services.jobs.run import JobKind
from services.jobs.worker import Worker
from services.records.bulk_job import ask_for_many, ask_to_finish_many
from tests.services.killing import work_through
from tests.stored_rows import WRITES

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture
def asked(db):
    """A kind of job that notes who works on it, and one such job that waits."""
    worked = []
    kind = JobKind("much", N_("Import"), Permission.READ, lambda run: worked.append(run.id) or {}, apart=True)
    return kind, queue.ask(kind, {}, actor=SYSTEM, now=NOW), worked


@pytest.fixture
def import_asked(office, workbook, monkeypatch, data_dir):
    """A workbook of nine companies whose import waits for a worker: the id of the batch."""
    monkeypatch.setenv("DATA_DIR", str(data_dir))
    office.base("莘县创业园")
    heading = ["企业名称", "统一社会信用代码", "所属基地"]
    rows = [[f"企业{number}有限公司", office.code(), "莘县创业园"] for number in range(9)]
    with workbook(heading, *rows).open("rb") as stream:
        upload = keep_upload(stream, "入驻企业.xlsx", place="import:x", actor=SYSTEM, now=office.now)
    yield ask_to_import(
        upload, TENANT_COMPANIES, strict=False, tried=False, actor=SYSTEM, now=datetime.now(UTC)
    )
    WRITES.by_another_process(office.db.name)


def test_what_wants_much_is_left_to_a_process_of_its_own(asked):
    kind, job, worked = asked
    given = []
    assert Worker([kind], apart=lambda job_id, ending: bool(given.append(job_id)) or True).work_once()
    assert (given, worked) == ([job], [])


def test_without_such_a_process_it_is_worked_on_here(asked):
    kind, job, worked = asked

    def none_to_be_had(job_id, ending):
        raise OSError("no memory")

    assert Worker([kind], apart=none_to_be_had).work_once()
    assert worked == [job]


def test_other_jobs_stay_where_they_are(asked):
    kind, job, worked = asked
    usual = replace(kind, apart=False)
    assert Worker([usual], apart=lambda job_id, ending: pytest.fail("it wants little")).work_once()
    assert worked == [job]


def test_whose_process_was_killed_waits_until_its_lease_is_out(asked):
    kind, job, worked = asked

    def killed(job_id, ending):
        assert Job.claim("another", 60, [kind.name])["_id"] == job_id
        raise ChildProcessError(-9)

    assert not Worker([kind], apart=killed).work_once()
    assert worked == []
    Job._get_collection().update_one({"_id": job}, {"$set": {"lease_until": NOW - timedelta(days=999)}})
    assert Worker([kind]).work_once()
    assert worked == [job]


def test_an_import_is_done_by_the_process(import_asked, office, mongo_uri):
    apart = partial(run_apart, mongo_uri, office.db.name)
    assert Worker(KINDS, apart=apart).work_once()
    batch = ImportBatch.stored(import_asked)
    assert batch["counts"]["created"] == 9
    stored = Job.stored(batch["job"])
    assert (stored["state"], stored["token"]) == (JobState.DONE, 1)
    assert office.tallies_are_right()


def test_a_process_whose_parent_ends_leaves_the_job_to_the_next(import_asked, office, mongo_uri):
    ending = threading.Event()
    ending.set()
    assert not run_apart(mongo_uri, office.db.name, ImportBatch.stored(import_asked)["job"], ending)
    assert office.db["tenant_companies"].count_documents({}) == 0
    assert Worker(KINDS).work_once()
    assert ImportBatch.stored(import_asked)["counts"]["created"] == 9


LARGE = {"import", "trial", "many", "undo", "check-records", "package", "collection-deletion"}


def test_every_kind_that_grows_with_the_office_has_a_process_of_its_own():
    assert {kind.name for kind in KINDS if kind.apart} == LARGE


@pytest.fixture
def many_asked(office, workbook, monkeypatch, data_dir):
    """An act on 250 companies, which is three pieces, that waits for a worker: the id of the batch."""
    monkeypatch.setenv("DATA_DIR", str(data_dir))
    office.base("莘县创业园")
    rows = [[f"企业{number}有限公司", office.code(), "莘县创业园"] for number in range(250)]
    sheet = workbook(["企业名称", "统一社会信用代码", "所属基地"], *rows)
    import_workbook(sheet, TENANT_COMPANIES, actor=SYSTEM, now=office.now)
    yield ask_for_many(
        BatchAct.STATUS, "tenant_companies", TenantCompany.objects, seen=read_office_state().seq, status="moved_out",
        actor=SYSTEM, now=datetime.now(UTC),
    )  # fmt: skip
    WRITES.by_another_process(office.db.name)


def test_an_act_on_many_in_its_process_shows_how_far_it_is_is_stopped_killed_and_gone_on_with(
    many_asked, office, mongo_uri
):
    def started(job, ending):
        thread = threading.Thread(target=suppressed, args=(mongo_uri, office.db.name, job, ending))
        thread.start()
        return thread

    def done_of(batch):
        return Job.stored(Batch.stored(batch)["job"]).get("done", 0)

    job = Batch.stored(many_asked)["job"]
    thread = started(job, threading.Event())
    wait_until(lambda: done_of(many_asked) >= 100)
    with suppress(Refused):  # it may be at its end by then
        queue.cancel(job, actor=SYSTEM, now=NOW)
    thread.join()
    state, done = Job.stored(job)["state"], Batch.stored(many_asked)["counts"]["changed"]
    # Its process may come as far as it likes before it hears of it: to the end of a chunk, or of all.
    assert state in {JobState.CANCELLED, JobState.DONE} and done in {100, 200, 250}
    assert done == 250 or state == JobState.CANCELLED
    assert office.db["tenant_companies"].count_documents({"status": "moved_out"}) == done
    if state == JobState.CANCELLED:
        ask_to_finish_many(many_asked, actor=SYSTEM, now=datetime.now(UTC))
        again = Batch.stored(many_asked)["job"]
        thread = started(again, threading.Event())
        wait_until(lambda: Job.stored(again).get("token", 0) > 0)
        kill_children()
        thread.join()
        Job._get_collection().update_one({"_id": again}, {"$set": {"lease_until": NOW - timedelta(days=999)}})
        work_through(again)
    changed = office.db["audit_entries"].count_documents({"batch": many_asked, "action": "changed"})
    assert (Batch.stored(many_asked)["counts"], changed) == ({"changed": 250}, 250)
    assert office.tallies_are_right()


def suppressed(*args):
    with suppress(OSError):
        run_apart(*args)


def kill_children():
    """Kill the processes that this one has started to work on jobs."""
    me = str(os.getpid())
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if parent == me and b"services.jobs.apart" in words:
                os.kill(int(folder.name), signal.SIGKILL)


def wait_until(is_so):
    for _ in range(1200):
        if is_so():
            return
        time.sleep(0.05)
    pytest.fail("it never came to that")
