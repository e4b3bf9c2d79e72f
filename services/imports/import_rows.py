"""Import a workbook: good rows are written, bad ones reported with every reason, by row and column.

A row is the record with its identity (`Collection.identity`): the code for bases, companies and partners;
a ledger has none, so there the n-th row with the same base, day, function, activity, request and
partner is the n-th such record. The same file twice changes nothing. A blank cell leaves what is
stored; the cooperations of a partner's row are the whole list (for a county clerk: its county's part).

Written in chunks, each one transaction: a program killed between two leaves whole chunks, and the
same file imported again finishes the work.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Collection as Container
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bson import ObjectId

from documents.batches.batch import Batch
from documents.imports.import_batch import ImportBatch
from documents.imports.rejected_rows import RejectedRows
from documents.server.connection import patient, reachable
from office.excel.cell_texts import as_text, shortened
from office.excel.row_marks import read_mark
from office.excel.workbook_reader import ReadRow, ReadSheet, read_workbook
from rules.access import Act, Actor, Permission
from rules.errors import Refusal
from schema.collection import Collection
from services.imports.chunks import CHUNK, ChunkWriter
from services.imports.conflicts import Against, seen_by
from services.imports.import_run import ImportRun, finish_within
from services.imports.missing_rows import delete_ticked, missing_rows, moment_of_export
from services.imports.parsing import ParsedRow, Parser, Reading, told_apart
from services.imports.report import ImportReport, MissingRows, Outcome, RowReport, heading_of
from services.shared.office_day import office_day
from services.shared.spool import Spool
from services.shared.unit_of_work import in_one_transaction

# So many rejected rows stand in the batch itself, each cell cut: a document holds at most 16 MB.
MOST_REJECTED_KEPT = 1000
_MOST_CELL = 300


def import_workbook(
    path: str | Path,
    sheet: Collection,
    *,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
    strict: bool = False,
    file_name: str | None = None,
    against: Against | None = None,
    only: Container[int] | None = None,
    upload: ObjectId | None = None,
    reading: Reading | None = None,
    run: ImportRun | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ImportReport:
    """Import the workbook at `path` and report what became of every row.

    `dry_run` writes nothing but reports the same; `strict` writes nothing when one row is bad, and then
    reports the good ones as skipped. `file_name` is the file's name as the clerk knows it.
    `against` says at which version each row's record was seen: what was saved since is a conflict and is left.
    `reading` says how cells are taken and what was corrected in them.
    `only` takes these rows of the sheet alone; `upload` is where the workbook is kept, noted with conflicts.
    `run` is the job that does it: it goes on after the rows that an earlier worker of it has written.
    `progress` is told how many rows have been tried, of how many.
    Raises Unreadable (no such workbook), NotAllowed, Unavailable (whole chunks may stand by then).
    """
    actor.demand(Permission.IMPORT)
    sheet.demand(actor, Act.CREATE)
    sheet.demand(actor, Act.CHANGE)
    sheet = sheet.seen_by(actor)
    how = reading or Reading()
    opened = read_workbook(path, sheet, name=file_name, choice=how.choice, remembered=how.remembered)
    with patient(), reachable(), opened as read, Spool() as spool:
        parser = Parser(sheet, read, actor, reading, today=office_day(now))
        rows = told_apart(sheet, [_laid_aside(row, sheet, spool) for row in parser.parsed(iter(read.rows))])
        if only is not None:
            rows = [row for row in rows if isinstance(row, ParsedRow) and row.row in only]
        against = against or Against()
        if against.seen is None and not dry_run:  # a trial shows each record as it is now
            against = replace(against, since=ImportBatch.begun_beside(sheet.slug, now))
        exported_at = moment_of_export(sheet, read.export)
        good = [row for row in rows if isinstance(row, ParsedRow) and not row.faults]
        reports = dict(_settled(rows))
        bad = any(report.outcome is Outcome.REJECTED for report in reports.values())
        if dry_run or (strict and not (run and run.written)):
            trial = _write_all(
                good,
                spool,
                ChunkWriter(
                    sheet, actor=actor, now=now, note="", trial=True, against=against, exported_at=exported_at
                ),
                progress=progress,
            )
            bad = bad or any(report.outcome in (Outcome.REJECTED, Outcome.CONFLICT) for report in trial)
            if strict and bad:
                trial = [_not_written(report) for report in trial]
            if dry_run or bad:
                if run is not None:
                    report = _report(sheet, read, run.batch, reports, trial)
                    run.finish(_done(report, read, run.batch, now))
                tried = _report(sheet, read, None, reports, trial)
                gone = _missing(sheet, read, rows, tried, actor) if only is None else MissingRows()
                return replace(tried, rejected_cells=_rejected_cells(tried, read.rows), missing=gone)
            against = replace(against, seen={**seen_by(trial), **(against.seen or {})})
        batch = run.batch if run else _begin(path, sheet, read, actor, now, file_name, upload)
        writer = ChunkWriter(
            sheet, actor=actor, now=now, note=batch, against=against, run=run, exported_at=exported_at
        )
        if run is not None:
            run.begin(read.sheet, read.header_row, rows=len(good))
        written = _write_all(good, spool, writer, run)
        report = _report(sheet, read, batch, reports, written)
        done = _done(report, read, batch, now)
        done |= delete_ticked(sheet, against.deletions, batch, actor=actor, now=now, run=run)
        if upload is not None and report.conflicts:
            done["upload"] = upload
        if run is not None:
            run.finish(done)
        else:
            _finish(report, done, actor, now, file_name or Path(path).name)
        return report


def _missing(
    sheet: Collection,
    read: ReadSheet,
    rows: Iterable[ParsedRow | ReadRow],
    report: ImportReport,
    actor: Actor,
) -> MissingRows:
    """Return the records of the export that no row of the file is, whether it is taken or not."""
    if not read.export.digest or read.marks is None or read.marks.collection != sheet.name:
        return MissingRows()
    present = {row.seen.record for row in report.rows if row.seen is not None and row.seen.record is not None}
    for row in rows:
        if isinstance(row, ParsedRow):
            mark = row.mark.record if row.mark is not None else None
        else:
            read_one = read_mark(row.mark, read.marks) if row.mark else None
            mark = ObjectId(read_one.record) if read_one is not None else None
        if mark is not None:
            present.add(mark)
    return missing_rows(sheet, read.export.digest, present, actor=actor)


def _done(report: ImportReport, read: ReadSheet, batch: str, now: datetime) -> dict[str, Any]:
    """Return what the batch keeps of a report; further rejected rows are kept beside it."""
    rejected = _rejected_rows(report, read.rows)
    first = list(islice(rejected, MOST_REJECTED_KEPT))
    RejectedRows.keep(batch, rejected, now)
    return {
        "counts": report.counts,
        "rejected": first,
        "conflicts": _conflicts(report),
        "taken": report.taken,
        "reading": read.recognition.choice.as_stored(),
    }


def _settled(rows: Iterable[ParsedRow | ReadRow]) -> Iterator[tuple[int, RowReport]]:
    """Return the reports of the rows that need no writing: those that are no records, and those at fault."""
    for row in rows:
        if isinstance(row, ReadRow):
            yield row.number, RowReport(row.number, Outcome.SKIPPED, skipped=row.skipped)
        elif row.faults:
            yield row.row, RowReport(row.row, Outcome.REJECTED, row.faults)


def _write_all(
    good: list[ParsedRow], spool: Spool, writer: ChunkWriter, run: ImportRun | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[RowReport]:  # fmt: skip
    ordered = writer.in_order(good)
    reports: list[RowReport] = []
    if run is not None:
        done = [row for row in ordered if row.row in run.written]
        for start in range(0, len(done), CHUNK):
            writer.count_written(_taken_up(done[start : start + CHUNK], spool), run.written)
        reports += run.written.values()
        ordered = [row for row in ordered if row.row not in run.written]
    for start in range(0, len(ordered), CHUNK):
        if progress is not None:
            progress(start, len(ordered))
        reports += writer.write(_taken_up(ordered[start : start + CHUNK], spool))
    return reports


def _laid_aside(row: ParsedRow | ReadRow, sheet: Collection, spool: Spool) -> ParsedRow | ReadRow:
    """Return a row whose values wait in the spool; what is no record, or at fault, as it is."""
    if not isinstance(row, ParsedRow) or row.faults:
        return row
    return replace(row, values={}, order=sheet.order_of_writing(row.values), kept_at=spool.keep(row.values))


def _taken_up(rows: Iterable[ParsedRow], spool: Spool) -> list[ParsedRow]:
    """Return rows with their values."""
    return [
        replace(row, values=spool.kept(row.kept_at), kept_at=None) if row.kept_at else row for row in rows
    ]


def _not_written(report: RowReport) -> RowReport:
    written = report.outcome in (Outcome.CREATED, Outcome.UPDATED)
    return RowReport(report.row, Outcome.SKIPPED) if written else report


def _report(
    sheet: Collection,
    read: ReadSheet,
    batch: str | None,
    settled: Mapping[int, RowReport],
    rest: Sequence[RowReport],
) -> ImportReport:
    rows = {**settled, **{report.row: report for report in rest}}
    return ImportReport(
        sheet,
        read.sheet,
        read.header_row,
        batch,
        tuple(rows[number] for number in sorted(rows)),
        read.ignored,
        recognition=read.recognition,
    )


def _begin(
    path: str | Path, sheet: Collection, read: ReadSheet, actor: Actor, now: datetime, file_name: str | None,
    upload: ObjectId | None,
) -> str:  # fmt: skip
    """Note that an import begins, and return its id: whatever was cut short is seen by its missing end."""
    batch = Batch.new_id(now)
    with Path(path).open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    ImportBatch._get_collection().insert_one(
        {
            "_id": batch, "kind": sheet.slug, "file_name": file_name or Path(path).name, "sha256": digest,
            "sheet": read.sheet, "header_row": read.header_row, "actor_id": actor.id, "actor_name": actor.name,
            "county": actor.county, "started_at": now, **({"source": upload} if upload else {}),
        }
    )  # fmt: skip
    return batch


def _finish(
    report: ImportReport, done: Mapping[str, Any], actor: Actor, now: datetime, file_name: str
) -> None:
    in_one_transaction(
        lambda uow: finish_within(uow, report.batch or "", report.layout, file_name, done),
        actor=actor,
        now=now,
    )


def _rejected_cells(report: ImportReport, rows: Iterable[ReadRow]) -> dict[int, dict[str, str]]:
    """Return the cells of the rejected rows of a trial as text, cut, by row number and column key."""
    wanted = {row.row for row in report.rows if row.outcome is Outcome.REJECTED}
    return {row.number: _as_texts(row) for row in rows if row.number in wanted} if wanted else {}


def _as_texts(row: ReadRow) -> dict[str, str]:
    return {
        key: shortened(as_text(cell), _MOST_CELL) for key, cell in row.cells.items() if cell not in ("", None)
    }


def _rejected_rows(report: ImportReport, rows: Iterable[ReadRow]) -> Iterator[dict[str, Any]]:
    """Yield the rejected rows as the batch keeps them: number, cells as text, reasons."""
    wanted = {row.row: row.reasons for row in report.rows if row.outcome is Outcome.REJECTED}
    for row in rows if wanted else ():
        if row.number in wanted:
            yield {
                "row": row.number,
                "cells": _as_texts(row),
                "errors": _reasons(report.layout, wanted[row.number]),
            }


def _conflicts(report: ImportReport) -> list[dict[str, Any]]:
    """Return the rows that were left, as the batch keeps them."""
    rows = [row for row in report.rows if row.outcome is Outcome.CONFLICT]
    return [
        {
            "row": row.row, "record": row.seen.record if row.seen else None,
            "version": row.seen.version if row.seen else None, "label": row.label,
            "columns": [heading_of(report.layout, reason.field) for reason in row.reasons],
            "message": row.reasons[0].message, "params": dict(row.reasons[0].params),
        }
        for row in rows[:MOST_REJECTED_KEPT]
    ]  # fmt: skip


def _reasons(sheet: Collection, reasons: Iterable[Refusal]) -> list[dict[str, Any]]:
    return [
        {"column": heading_of(sheet, reason.field), "message": reason.message, "params": dict(reason.params)}
        for reason in reasons
    ]
