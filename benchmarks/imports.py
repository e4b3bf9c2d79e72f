"""Imports as a clerk does them, each in a process of its own: a workbook sent to a served office, tried and written.

`python -m benchmarks.imports KIND ROWS URI` prints one line of JSON. A trial and a write are measured from the click to
the end of the job. The floors read the workbook by calamine and write the same documents as the import wrote in bulk,
with the same indexes and without any; a third floor makes their search words, seals and writes their entries of the
trail as well, in transactions as large as the import's: what the promises alone cost. The growth is that of the web
process, whose pages are asked meanwhile: their median is held against that of the quiet process before. `apart` is the
most memory that the job's own process had.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from mongoengine import Document
from pymongo import IndexModel, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.collection import Collection as StoredCollection
from pymongo.read_concern import ReadConcern
from python_calamine import CalamineWorkbook

from benchmarks import data
from benchmarks.exports import most_resident, resident
from benchmarks.records import Maker
from documents.desk.audit_entry import AuditEntry, sealed
from documents.desk.audit_keys import audit_keys
from documents.indexes import build_indexes
from documents.jobs.job import ENDED, Job, JobState, StoredJob
from documents.kinds import RECORDS
from documents.server.connection import client, connect, database, disconnect
from office.excel.rows import row_maker
from office.excel.workbook_stream import write_workbook
from rules.access import SYSTEM, Role
from schema.collection import Collection
from schema.registry import REGISTRY
from services.assessment.kept_figures import rebuild_figures
from services.desk.users import create_user
from services.imports.chunks import CHUNK
from services.imports.import_job import IMPORT
from services.imports.report import Outcome
from services.imports.trial.trying import TRIAL
from services.maintenance.migrate import demand_schema
from tests.durability.clerks import Clerk
from tests.durability.running import Web

# How many rows a factor of 1 imports, of which collection.
SIZES = {"companies": 50_000, "entries": 300_000}
_COLLECTIONS = {"companies": "tenant_companies", "entries": "ledger_entries"}
_DATABASE = "bases_bench_imports"
_AT_ONCE = 1_000
_PAGE, _TIMES = "/admin/bases/", 15  # the page that is asked, and how often while nothing runs
_PAUSE, _LOOK = 0.5, 0.05  # seconds between two pages, and between two looks at a job


@dataclass(frozen=True)
class Import:
    """What an import of so many rows took, in seconds; growth in bytes; a page's median, quiet and meanwhile.

    `read`, `indexed`, `plain` and `sealed` are the floors: calamine, and three ways to write the same documents.

    `apart` is the most that the job's own process had resident, in bytes.
    """

    rows: int
    trial: float
    write: float
    read: float
    indexed: float
    plain: float
    growth: int
    quiet: float
    meanwhile: float
    apart: int = 0
    sealed: float = 0.0

    @property
    def of_indexed(self) -> float:
        """The write as a multiple of reading and a bulk write with the same indexes."""
        return self.write / (self.read + self.indexed)

    @property
    def of_plain(self) -> float:
        """The write as a multiple of reading and a bulk write without any index."""
        return self.write / (self.read + self.plain)

    @property
    def of_sealed(self) -> float:
        """The write as a multiple of reading and writing in transactions with search words and trail."""
        return self.write / (self.read + self.sealed)


def in_child(kind: str, factor: float, uri: str) -> Import:
    """Return what an import of a kind costs at a factor."""
    words = [sys.executable, "-m", __name__, kind, str(max(100, round(SIZES[kind] * factor))), uri]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True, timeout=3600)  # noqa: S603 - our own words
    return Import(**json.loads(done.stdout.splitlines()[-1]))


def _measured(kind: str, rows: int, uri: str, folder: Path) -> Import:
    declaration, path = REGISTRY[_COLLECTIONS[kind]], folder / "rows.xlsx"
    _prepare(kind, rows, path)
    with _served(uri, folder) as (web, clerk):
        quiet = statistics.median(_seconds(lambda: clerk.get(_PAGE)) for _ in range(_TIMES))
        before = resident(web.process.pid)
        with _Watched(web.process.pid, clerk) as watched:
            trial = _seconds(lambda: _try(clerk, declaration, path))
            write = _seconds(lambda: _write(clerk, declaration))
        growth = most_resident(web.process.pid) - before
    read = _seconds(lambda: CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python())
    return Import(
        rows=rows, trial=trial, write=write, read=read, indexed=_bulk(declaration.name, "indexed"),
        plain=_bulk(declaration.name, ""), growth=growth, quiet=quiet,
        meanwhile=statistics.median(watched.asked), apart=watched.apart, sealed=_sealed(declaration.name),
    )  # fmt: skip


@contextmanager
def _served(uri: str, folder: Path) -> Iterator[tuple[Web, Clerk]]:
    """Serve the office of the measurements, and give a clerk who is signed in."""
    address = uri.replace("/?", f"/{_DATABASE}?") if "/?" in uri else f"{uri.rstrip('/')}/{_DATABASE}"
    web = Web(folder / "data", MONGODB_URI=address)
    try:
        yield web, Clerk(web.wait().port).sign_in(data.CLERK, data.PASSWORD)
    finally:
        web.end()


def _try(clerk: Clerk, declaration: Collection, path: Path) -> None:
    answer = clerk.send_file("/admin/import/", {"kind": declaration.slug, "dry_run": "1"}, path)
    if answer.status == 200:
        return  # so small that the request tried it
    if answer.status != 303:
        raise RuntimeError(f"the workbook was answered {answer.status}")
    _ended(Job.latest_of(TRIAL.name))


def _write(clerk: Clerk, declaration: Collection) -> None:
    tried = database()["import_trials"].find_one({"first": 0})
    answer = clerk.post("/admin/import/write", {"kind": declaration.slug, "upload": str(tried["upload"])})
    if answer.status != 303:
        raise RuntimeError(f"the import was answered {answer.status}")
    job = Job.latest_of(IMPORT.name)
    if job is not None:  # else the request wrote it
        _ended(job)
    batch = database()["import_batches"].find_one({})
    if {key for key, count in batch["counts"].items() if count} != {Outcome.CREATED.value}:
        raise RuntimeError(f"not every row was written: {batch['counts']}")


def _ended(job: StoredJob | None) -> None:
    """Wait until a job is done."""
    while job is not None and JobState(job["state"]) not in ENDED:
        time.sleep(_LOOK)
        job = Job.stored(job["_id"])
    if job is None or job["state"] != JobState.DONE:
        raise RuntimeError(f"the job did not come to its end: {job}")


class _Watched:
    """Asks a page again and again, and looks at the memory of the processes that the web process has started."""

    def __init__(self, process: int, clerk: Clerk) -> None:
        self.asked: list[float] = []
        self.apart = 0
        self._process, self._clerk = process, clerk
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_PAUSE):
            self.asked.append(_seconds(lambda: self._clerk.get(_PAGE)))
            for known in Path(f"/proc/{self._process}/task").glob("*/children"):
                for child in known.read_text().split():
                    with suppress(OSError, RuntimeError):
                        self.apart = max(self.apart, most_resident(int(child)))


def _prepare(kind: str, rows: int, path: Path) -> None:
    """Make an office with bases and partners, and the workbook of the rows that are to come."""
    client().drop_database(_DATABASE)
    build_indexes()
    demand_schema()
    wanted = _COLLECTIONS[kind]
    counts = data.sizes(1) | {wanted: rows, "tenant_companies": min(rows, data.sizes(1)["tenant_companies"])}
    make = Maker(counts).record
    for other in ("bases", "service_partners"):
        database()[other].insert_many(make(other, number) for number in range(counts[other]))
    rebuild_figures(now=datetime.now(UTC))
    role, now = Role.CITY.value, datetime.now(UTC)
    create_user(data.CLERK, role=role, password=data.PASSWORD, actor=SYSTEM, now=now)
    declaration = REGISTRY[wanted]
    columns = [column for column in declaration.imported if column.key != "status"]
    shown = row_maker(columns, county_names={}, status_labels={})
    write_workbook(
        path, declaration, (shown(row) for row in _rows_to_come(make, wanted, rows)), columns=columns
    )


def _rows_to_come(
    make: Callable[[str, int], dict[str, Any]], collection: str, rows: int
) -> Iterator[dict[str, Any]]:
    """Yield the records of the workbook; partners that share a name are left out: no row could say which it means."""
    names = Counter(row["name"] for row in database()["service_partners"].find({}, {"name": 1}))
    for number in range(rows):
        row = make(collection, number)
        if names[row.get("partner_name")] > 1:
            row["partner_name"] = None
        yield row


def _bulk(collection: str, kind: str) -> float:
    """Return the seconds of writing the imported documents anew, in bulk."""
    floor = _floor(RECORDS[collection], kind) if kind else database()["floor_"]
    seconds = 0.0
    for rows in _parts(database()[collection].find()):
        seconds += _seconds(lambda rows=rows: floor.insert_many(rows, ordered=False))
    return seconds


def _floor(document: type[Document], kind: str) -> StoredCollection[dict[str, Any]]:
    """Return a new collection with the indexes of a document."""
    floor = database()[f"floor_{kind}"]
    specs = document._meta["index_specs"]
    options = [{key: one for key, one in spec.items() if key not in ("fields", "cls")} for spec in specs]
    floor.create_indexes(
        [IndexModel(spec["fields"], **more) for spec, more in zip(specs, options, strict=True)]
    )
    return floor


def _sealed(collection: str) -> float:
    """Return the seconds of making the imported documents' search words and writing them with their sealed entries."""
    document, keys = RECORDS[collection], audit_keys()
    rows, trail = _floor(document, "sealed"), _floor(AuditEntry, "trail")
    heads = database()["floor_heads"]
    heads.insert_one({"_id": 0})
    entries = database()["audit_entries"].find({"collection": collection, "action": "created"}).sort("_id", 1)

    def write(docs: list[dict[str, Any]], told: list[dict[str, Any]]) -> None:
        for raw in docs:
            raw.update(document.search_fields(raw))
        whole = [sealed(entry, keys.mac)[1] for entry in told]

        def chunk(session: ClientSession) -> None:
            rows.insert_many(docs, session=session)
            trail.insert_many(whole, session=session)
            heads.update_one({"_id": 0}, {"$inc": {"seq": len(whole)}}, session=session)

        with client().start_session() as session:  # again where the database gave the transaction up
            session.with_transaction(chunk, ReadConcern("snapshot"), WriteConcern("majority", j=True))

    seconds = 0.0
    for told in _parts(entries, CHUNK):
        found = list(database()[collection].find({"_id": {"$in": [entry["record_id"] for entry in told]}}))
        for entry in told:
            del entry["hash"], entry["mac"]
        seconds += _seconds(lambda found=found, told=told: write(found, told))
    return seconds


def _parts(rows: Any, at_once: int = _AT_ONCE) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == at_once:
            yield part
            part = []
    if part:
        yield part


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Measure one import as the arguments say."""
    kind, rows, uri = sys.argv[1:]
    connect(uri, _DATABASE)
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asdict(_measured(kind, int(rows), uri, Path(folder)))))
    client().drop_database(_DATABASE)
    disconnect()


if __name__ == "__main__":
    main()
