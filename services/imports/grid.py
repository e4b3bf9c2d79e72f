"""Rows typed or pasted into a grid: kept as a draft, checked and written as the rows of a workbook are."""

import csv
import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from documents.imports.grid_draft import GridDraft, StoredDraft
from documents.server.connection import reachable
from office.excel.cell_texts import guarded
from rules.access import Actor, Permission
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.collection import Collection
from schema.field import Field
from services.imports.conflicts import Against
from services.imports.import_rows import import_workbook
from services.imports.report import Answer, Decision, ImportReport, Outcome, RowReport, Seen

MOST_ROWS = 5000
_MOST_SIGNS = 4_000_000
# Row 1 of the sheet that a grid is read as holds the headings.
FIRST_ROW = 2
Rows = Sequence[Sequence[str]]
_TOO_MANY = N_("A grid takes at most %(most)d rows. Import a workbook for more.")
_TOO_LONG = N_("A grid takes at most %(most)d characters. Import a workbook for more.")
_NO_RECORD = N_(
    "This row reads as a total, a note or a heading, not as a record: it is not written. Complete or delete it."
)
_UNCHECKED = N_("Something was changed since the rows were checked: check them again.")


@dataclass(frozen=True)
class CheckedGrid:
    """What became of the rows, or would: the report's row numbers less `FIRST_ROW` are places in the grid."""

    report: ImportReport
    version: int
    left: Rows = ()  # the rows that are still in the grid


def columns_of(declaration: Collection) -> tuple[Field, ...]:
    """Return the columns of a collection's grid: what an import may set."""
    return declaration.imported


def read_draft(declaration: Collection, *, actor: Actor) -> StoredDraft:
    """Return the actor's draft for a collection, its cells in the order of today's columns; an empty one for none."""
    actor.demand(Permission.IMPORT)
    with reachable():
        draft = GridDraft.of(actor.id, declaration.name)
    if draft is None:
        return {"version": 0, "rows": []}
    places = {key: place for place, key in enumerate(draft["columns"])}
    keys = [field.key for field in columns_of(declaration)]
    rows = [[row[places[key]] if key in places else "" for key in keys] for row in draft["rows"]]
    return {**draft, "rows": rows}


def keep_draft(declaration: Collection, rows: Rows, *, version: int, actor: Actor, now: datetime) -> int:
    """Keep rows that were read at `version` as the actor's draft, and return its version since.

    Raises Refused when it is too much, Stale when another window has saved it since, NotAllowed.
    """
    actor.demand(Permission.IMPORT)
    if len(rows) > MOST_ROWS:
        raise Refused(Refusal(_TOO_MANY, {"most": MOST_ROWS}))
    if sum(len(cell) for row in rows for cell in row) > _MOST_SIGNS:
        raise Refused(Refusal(_TOO_LONG, {"most": _MOST_SIGNS}))
    keys = [field.key for field in columns_of(declaration)]
    with reachable():
        return GridDraft.keep(actor.id, declaration.name, keys, rows, version, now)


def check_rows(
    declaration: Collection, rows: Rows, *, version: int, actor: Actor, now: datetime
) -> CheckedGrid:
    """Keep the rows as a draft and try them as an import would. Raises Refused, Stale, Unreadable, NotAllowed."""
    kept = keep_draft(declaration, rows, version=version, actor=actor, now=now)
    with _as_sheet(declaration, rows) as path:
        report = import_workbook(
            path, declaration, actor=actor, now=now, dry_run=True, file_name=_name(declaration)
        )
    report = _with_skipped(report, rows)
    seen = [
        {"row": row.row, "record": row.seen.record, "version": row.seen.version}
        for row in report.rows
        if row.seen is not None
    ]
    with reachable():
        GridDraft.note_check(actor.id, declaration.name, kept, _digest(rows), seen)
    return CheckedGrid(report, kept, rows)


def write_rows(
    declaration: Collection,
    rows: Rows,
    answers: Mapping[int, Answer],
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> CheckedGrid:
    """Write the good ones of the rows that were checked, as an import with a batch; the others stay in the draft.

    `answers` say by place what holds for rows that asked a question. A record that was saved since the check is left
    and reported. Raises Refused unless just these rows were
    checked, Stale, NotAllowed, Unavailable.
    """
    actor.demand(Permission.IMPORT)
    with reachable():
        draft = GridDraft.of(actor.id, declaration.name)
    if draft is None or draft["version"] != version or draft.get("checked") != _digest(rows):
        raise Refused(_UNCHECKED)
    seen = {row["row"]: Seen(row["record"], row["version"]) for row in draft.get("seen", ())}
    decisions = {
        place + FIRST_ROW: Decision(answer, seen.get(place + FIRST_ROW, Seen()))
        for place, answer in answers.items()
    }
    with _as_sheet(declaration, rows) as path:
        report = import_workbook(
            path, declaration, actor=actor, now=now, file_name=_name(declaration),
            against=Against(seen, decisions=decisions),
        )  # fmt: skip
    report = _with_skipped(report, rows)
    still = {
        row.row - FIRST_ROW for row in report.rows if row.outcome in (Outcome.REJECTED, Outcome.CONFLICT)
    }
    left = [row for place, row in enumerate(rows) if place in still]
    kept = keep_draft(declaration, left, version=version, actor=actor, now=now)
    return CheckedGrid(report, kept, left)


def _with_skipped(report: ImportReport, rows: Rows) -> ImportReport:
    """Return the report with the rows that hold something but were taken for no record as rows at fault."""
    return replace(report, rows=tuple(_kept(row, rows) for row in report.rows))


def _kept(row: RowReport, rows: Rows) -> RowReport:
    is_skipped = row.outcome is Outcome.SKIPPED and row.skipped
    if not is_skipped or not any(cell.strip() for cell in rows[row.row - FIRST_ROW]):
        return row
    return RowReport(row.row, Outcome.REJECTED, (Refusal(_NO_RECORD),))


def _digest(rows: Rows) -> str:
    text = json.dumps([list(row) for row in rows], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _name(declaration: Collection) -> str:
    return f"批量录入-{declaration.title}.csv"


@contextmanager
def _as_sheet(declaration: Collection, rows: Rows) -> Iterator[Path]:
    """Give the rows as the sheet that they would be in a workbook."""
    with tempfile.TemporaryDirectory(prefix="grid-") as folder:
        path = Path(folder) / "grid.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            stream.write("sep=,\r\n")  # which no cell may talk the reader out of
            writer = csv.writer(stream)
            writer.writerow([field.heading for field in columns_of(declaration)])
            writer.writerows([[guarded(cell) for cell in row] or [""] for row in rows])
        yield path
