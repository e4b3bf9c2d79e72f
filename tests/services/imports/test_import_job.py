"""An import done by a job: killed at any point and gone on with elsewhere, each row is written exactly once."""

import os
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import pytest

from documents.imports.import_batch import ImportBatch
from documents.imports.import_chunk import ImportChunk
from documents.jobs.job import Job, JobState
from rules.access import SYSTEM
from rules.errors import Refused
from schema.ledger_entries import LEDGER_ENTRIES
from schema.tenant_companies import TENANT_COMPANIES
from services.batches.batches import BatchState, read_batch
from services.batches.undo import Choice, ask_to_undo
from services.desk.trail import verify
from services.imports import chunks, import_rows
from services.imports.import_job import ask_to_finish_import, ask_to_import, written_rows
from services.imports.uploads import keep_upload
from services.jobs.kinds import KINDS
from services.jobs.queue import cancel
from services.jobs.run import JobRun
from services.jobs.worker import Worker
from tests.services.killing import Killer, work_through

KILLS = int(os.environ.get("IMPORT_KILLS", "20"))
MOVED = {
    "number",  # never given twice
    "_id",
    "version",
    "created_at",
    "updated_at",
    "search_text",
    "search_tokens",
    "sort_key",
}


@pytest.fixture
def quick(monkeypatch):
    """Write two rows a chunk, and read each workbook once only: each reading is a process."""
    monkeypatch.setattr(import_rows, "CHUNK", 2)
    monkeypatch.setattr(chunks, "CHUNK", 2)
    read, known = import_rows.read_workbook, {}
    with ExitStack() as stack:

        @contextmanager
        def read_once(path, sheet, *, name=None, **more):
            if name not in known:
                known[name] = stack.enter_context(read(path, sheet, name=name, **more))
            yield known[name]

        monkeypatch.setattr(import_rows, "read_workbook", read_once)
        yield


def asked(office, path, declaration, **more):
    with path.open("rb") as stream:
        upload = keep_upload(stream, path.name, place="import:x", actor=SYSTEM, now=office.now)
    given = {"strict": False, "tried": False, "actor": SYSTEM, "now": datetime.now(UTC)} | more
    return ask_to_import(upload, declaration, **given)


def told(office, collection):
    rows = (
        office.db[collection]
        .find()
        .sort([("base", 1), ("served_on", 1), ("uscc", 1), ("request", 1), ("_id", 1)])
    )
    return [{key: row[key] for key in row if key not in MOVED} for row in rows]


def company_rows(office, base_name):
    heading = ["企业名称", "统一社会信用代码", "所属基地", "从业人员（人）"]
    rows = [[f"企业{number}有限公司", office.code(), base_name, number] for number in range(9)]
    rows.insert(3, ["没有园的企业", office.code(), "没有这个园", 4])
    rows.insert(6, ["老企业有限公司", office.old_code, base_name, 777])
    return [heading, *rows, ["同码企业有限公司", rows[0][1], base_name, 5]]


def entry_rows(office, base_name):
    heading = ["所属基地", "服务日期", "服务功能", "服务诉求"]
    return [heading, *([base_name, "2026-03-02", "人员培训", "培训"] for _ in range(5)),
            *([base_name, f"2026-03-{day:02}", "人员培训", "培训"] for day in range(3, 8))]  # fmt: skip


@pytest.fixture
def with_base(office):
    office.park = office.base("莘县创业园")
    office.old_code = office.code()
    office.old = office.company(office.park, "老企业有限公司", uscc=office.old_code, people=1)
    return office


@pytest.mark.parametrize(
    ("declaration", "rows_of"), [(TENANT_COMPANIES, company_rows), (LEDGER_ENTRIES, entry_rows)]
)
def test_killed_at_any_point_and_gone_on_with_elsewhere_each_row_is_written_exactly_once(
    declaration, rows_of, with_base, workbook, quick, monkeypatch
):
    office, name = with_base, declaration.name
    path = workbook(*rows_of(office, "莘县创业园"))
    batch = asked(office, path, declaration)
    work_through(ImportBatch.stored(batch)["job"])
    expected, report = told(office, name), ImportBatch._get_collection().find_one({"_id": batch})
    assert report["counts"]["created"] > 6
    kills, seed = 0, 0
    while kills < KILLS / 2:
        undoing = ask_to_undo(batch, Choice(), actor=SYSTEM, now=office.now)
        assert Worker(KINDS).work_on(undoing.job)
        killer = Killer(seed, 0.25)
        batch = asked(office, path, declaration)
        with monkeypatch.context() as patched:
            patched.setattr(JobRun, "step", killer.step_of(JobRun.step))
            work_through(ImportBatch.stored(batch)["job"])
        assert told(office, name) == expected
        stored = ImportBatch._get_collection().find_one({"_id": batch})
        assert stored["counts"] == stored["progress"] | report["counts"] == report["counts"]
        assert [row["row"] for row in stored["rejected"]] == [row["row"] for row in report["rejected"]]
        assert office.tallies_are_right()
        kills, seed = kills + killer.kills, seed + 1
    assert office.db["audit_entries"].count_documents({"action": "imported", "record_id": batch}) == 1
    assert ImportChunk._get_collection().count_documents({}) == 0
    assert verify() is None


def test_an_import_that_is_stopped_leaves_whole_chunks_says_which_and_is_finished(
    with_base, workbook, quick, monkeypatch
):
    office = with_base
    path = workbook(*company_rows(office, "莘县创业园"))
    batch = asked(office, path, TENANT_COMPANIES)
    job = ImportBatch.stored(batch)["job"]
    step = JobRun.step

    def stopped(run, work, checkpoint, **more):
        result = step(run, work, checkpoint, **more)
        cancel(run.id, actor=SYSTEM, now=office.now)
        run.cancelled.set()
        return result

    with monkeypatch.context() as patched:
        patched.setattr(JobRun, "step", stopped)
        Worker(KINDS).work_on(job)
    assert Job.stored(job)["state"] == JobState.CANCELLED
    line = read_batch(batch, actor=SYSTEM, now=office.now)
    assert (line.state, line.counts) == (BatchState.UNFINISHED, {"created": 2})
    assert written_rows(batch) == "2–3"
    again = ask_to_finish_import(batch, actor=SYSTEM, now=office.now)
    assert Worker(KINDS).work_on(again)
    line = read_batch(batch, actor=SYSTEM, now=office.now)
    assert (line.state, line.counts["created"], line.counts["rejected"]) == (BatchState.DONE, 9, 2)
    with pytest.raises(Refused):
        ask_to_finish_import(batch, actor=SYSTEM, now=office.now)


def test_a_strict_import_with_a_bad_row_writes_nothing_and_says_so(with_base, workbook):
    office = with_base
    before = told(office, "tenant_companies")
    batch = asked(office, workbook(*company_rows(office, "莘县创业园")), TENANT_COMPANIES, strict=True)
    work_through(ImportBatch.stored(batch)["job"])
    assert told(office, "tenant_companies") == before
    line = read_batch(batch, actor=SYSTEM, now=office.now)
    assert line.state is BatchState.DONE
    assert line.counts["rejected"] >= 1
    assert line.counts["created"] == 0


def test_a_file_that_is_none_ends_the_job_with_a_sentence(office, tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"nothing of the kind")
    batch = asked(office, path, TENANT_COMPANIES)
    job = ImportBatch.stored(batch)["job"]
    work_through(job)
    assert Job.stored(job)["state"] == JobState.FAILED
    assert Job.stored(job)["problem"]["message"]
    assert read_batch(batch, actor=SYSTEM, now=office.now).state is BatchState.UNFINISHED
