"""Imports, each in a process of its own: trial and write of one workbook, against what cannot be done for less.

`python -m benchmarks.imports KIND ROWS URI` prints one line of JSON. The floors read the workbook by calamine and write
the same documents as the import wrote in bulk, with the same indexes and without any. The growth is that of the process
that imports, whose pages are asked meanwhile: their median is held against that of the quiet process before.
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
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pymongo import IndexModel
from python_calamine import CalamineWorkbook

from benchmarks import data
from benchmarks.columns import OURS, make_client
from benchmarks.exports import most_resident, resident
from benchmarks.records import Maker
from documents.indexes import build_indexes
from documents.kinds import RECORDS
from documents.server.connection import client, connect, database, disconnect
from office.excel.rows import row_maker
from office.excel.workbook_stream import write_workbook
from rules.access import SYSTEM, Actor, Role
from schema.registry import REGISTRY
from services.assessment.kept_figures import rebuild_figures
from services.desk.users import create_user
from services.imports.import_rows import import_workbook
from services.imports.report import Outcome

# How many rows a factor of 1 imports, of which collection.
SIZES = {"companies": 50_000, "entries": 300_000}
_COLLECTIONS = {"companies": "tenant_companies", "entries": "ledger_entries"}
_DATABASE = "bases_bench_imports"
_AT_ONCE = 1_000
_PAGE, _TIMES = "/admin/bases/", 15  # the page that is asked, and how often while nothing runs


@dataclass(frozen=True)
class Import:
    """What an import of so many rows took, in seconds; growth in bytes; a page's median, quiet and meanwhile."""

    rows: int
    trial: float
    write: float
    read: float
    indexed: float
    plain: float
    growth: int
    quiet: float
    meanwhile: float

    @property
    def of_indexed(self) -> float:
        """The write as a multiple of reading and a bulk write with the same indexes."""
        return self.write / (self.read + self.indexed)

    @property
    def of_plain(self) -> float:
        """The write as a multiple of reading and a bulk write without any index."""
        return self.write / (self.read + self.plain)


def in_child(kind: str, factor: float, uri: str) -> Import:
    """Return what an import of a kind costs at a factor."""
    words = [sys.executable, "-m", __name__, kind, str(max(100, round(SIZES[kind] * factor))), uri]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True, timeout=3600)  # noqa: S603 - our own words
    return Import(**json.loads(done.stdout.splitlines()[-1]))


def _measured(kind: str, rows: int, uri: str, path: Path) -> Import:
    declaration, now = REGISTRY[_COLLECTIONS[kind]], datetime.now(UTC)
    _prepare(kind, rows, path)
    actor, browser = Actor("bench", "bench", Role.CITY), make_client(OURS)
    quiet = statistics.median(_seconds(lambda: browser.get(_PAGE)) for _ in range(_TIMES))
    before = resident()
    trial = _seconds(lambda: import_workbook(path, declaration, actor=actor, now=now, dry_run=True))
    reports: list[Any] = []

    def write_all() -> None:
        done = import_workbook(path, declaration, actor=actor, now=now)
        reports.extend(row for row in done.rows if row.outcome is not Outcome.CREATED)

    write, meanwhile = _write(write_all, browser)
    growth = most_resident() - before
    if reports:
        raise RuntimeError(f"{len(reports)} rows were refused: {reports[:3]}")
    read = _seconds(lambda: CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python())
    return Import(
        rows=rows, trial=trial, write=write, read=read, indexed=_bulk(declaration.name, "indexed"),
        plain=_bulk(declaration.name, ""), growth=growth, quiet=quiet, meanwhile=meanwhile,
    )  # fmt: skip


def _prepare(kind: str, rows: int, path: Path) -> None:
    """Make an office with bases and partners, and the workbook of the rows that are to come."""
    client().drop_database(_DATABASE)
    build_indexes()
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


def _write(work: Callable[[], Any], browser: Any) -> tuple[float, float]:
    """Import while pages are asked; return its seconds and the pages' median."""
    taken: list[float] = []
    importing = threading.Thread(target=lambda: taken.append(_seconds(work)))
    importing.start()
    asked = []
    while importing.is_alive():
        asked.append(_seconds(lambda: browser.get(_PAGE)))
        time.sleep(0.5)
    if not taken:
        raise RuntimeError("the import failed")
    return taken[0], statistics.median(asked)


def _bulk(collection: str, kind: str) -> float:
    """Return the seconds of writing the imported documents anew, in bulk."""
    floor = database()[f"floor_{kind}"]
    if kind:
        specs = RECORDS[collection]._meta["index_specs"]
        options = [{key: one for key, one in spec.items() if key not in ("fields", "cls")} for spec in specs]
        floor.create_indexes(
            [IndexModel(spec["fields"], **more) for spec, more in zip(specs, options, strict=True)]
        )
    seconds = 0.0
    for rows in _parts(database()[collection].find()):
        seconds += _seconds(lambda rows=rows: floor.insert_many(rows, ordered=False))
    return seconds


def _parts(rows: Any) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == _AT_ONCE:
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
        print(json.dumps(asdict(_measured(kind, int(rows), uri, Path(folder) / "rows.xlsx"))))
    client().drop_database(_DATABASE)
    disconnect()


if __name__ == "__main__":
    main()
