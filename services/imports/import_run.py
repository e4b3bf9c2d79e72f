"""An import that a job does: each chunk is written together with what became of its rows, under the job's token.

Killed at any point, it is gone on with by the next worker: the rows that are written are known by their number, so
that each row is written exactly once, and reported as if there had been one worker.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.imports.import_batch import ImportBatch
from documents.imports.import_chunk import ImportChunk
from documents.server.connection import reachable
from rules.errors import Refusal
from schema.collection import Collection
from schema.registry import REGISTRY
from services.imports.report import Outcome, RowReport, Seen
from services.jobs.run import JobRun
from services.shared.unit_of_work import UnitOfWork


class ImportRun:
    """One claim of the job that does an import. `written` are the reports of rows that are written, by row number."""

    def __init__(self, job: JobRun, batch: str, now: datetime, *, settles: str = "") -> None:
        """Read what earlier claims have written; all rows are written as of `now`, when it was asked for.

        `settles` is the import whose left rows these are: as they are written they are settled there.
        Raises Unavailable.
        """
        self.now = now
        self.batch = batch
        self._settles = settles
        self._job = job
        with reachable():
            stored = (_report_of(row) for row in ImportChunk.rows_of(batch))
            self.written: Mapping[int, RowReport] = {report.row: report for report in stored}
        self._total = job.total

    def begin(self, sheet: str, header_row: int, *, rows: int) -> None:
        """Note what was found in the workbook. Raises Cancelled, LeaseLost."""
        self._total = rows
        with reachable():
            ImportBatch.describe(self.batch, sheet, header_row)
            self._job.show(len(self.written), rows)

    def commit(self, work: Callable[[UnitOfWork], list[RowReport]]) -> list[RowReport]:
        """Write some rows in one transaction with what became of them.

        Raises what `work` raises, Refused, Cancelled, LeaseLost, Unavailable.
        """

        def kept(uow: UnitOfWork) -> list[RowReport]:
            reports = work(uow)
            ImportChunk.keep(self.batch, map(_stored, reports), session=uow.session)
            if self._settles:
                written = [report.row for report in reports if report.outcome is not Outcome.CONFLICT]
                ImportBatch.settle(self._settles, written, self.batch, session=uow.session)
            return reports

        before = self._job.done
        return self._job.step(
            kept,
            {"batch": self.batch},
            done=lambda reports: before + len(reports),
            total=self._total,
            now=self.now,
        )

    def finish(self, done: Mapping[str, Any]) -> None:
        """Note that the import has come to its end, with what the batch keeps of it."""
        stored = ImportBatch.stored(self.batch) or {}
        declaration = REGISTRY.by_slug(stored["kind"])
        if declaration is None or "finished_at" in stored:
            return

        def work(uow: UnitOfWork) -> None:
            finish_within(uow, self.batch, declaration, stored["file_name"], done)
            if self._settles:
                left = {row["row"] for row in done["conflicts"]}
                written = [row["row"] for row in self._job.args["decided"] if row["row"] not in left]
                ImportBatch.settle(self._settles, written, self.batch, session=uow.session)

        self._job.step(work, {"batch": self.batch}, done=self._total, total=self._total)


def finish_within(
    uow: UnitOfWork, batch: str, declaration: Collection, file_name: str, done: Mapping[str, Any]
) -> None:
    """Note that an import has come to its end, with what the batch keeps of it."""
    ended = {"finished_at": uow.now, **done}
    ImportBatch._get_collection().update_one({"_id": batch}, {"$set": ended}, session=uow.session)
    county = uow.actor.county
    uow.record(
        "imported", declaration.name, batch, file_name, counties=[county] if county else [], note=batch
    )


def _stored(report: RowReport) -> dict[str, Any]:
    seen = report.seen
    return {
        "row": report.row,
        "outcome": report.outcome.value,
        "reasons": [
            {"message": one.message, "params": dict(one.params), "field": one.field} for one in report.reasons
        ],
        "seen": None if seen is None else {"record": seen.record, "version": seen.version},
        "label": report.label,
    }


def _report_of(row: Mapping[str, Any]) -> RowReport:
    seen = row["seen"]
    record: ObjectId | None = seen["record"] if seen else None
    return RowReport(
        row["row"],
        Outcome(row["outcome"]),
        tuple(Refusal(one["message"], _params(one["params"]), one["field"]) for one in row["reasons"]),
        Seen(record, seen["version"]) if seen else None,
        row["label"],
    )


def _params(params: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in params.items()}
