"""What a trial has shown is what is written: the versions it saw, kept beside the workbook; the rows that it left."""

from collections.abc import Sequence
from datetime import datetime

from bson import ObjectId

from documents.imports.import_batch import ImportBatch
from documents.imports.import_trial import ImportTrial
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Missing, Refused
from rules.words import N_
from schema.registry import REGISTRY
from services.imports.conflicts import Against
from services.imports.import_rows import import_workbook
from services.imports.report import Answer, Decision, ImportReport, Outcome, Seen
from services.imports.uploads import opened_upload

_NO_TRIAL = N_("The trial of this file is no longer kept: please choose the file again.")


def keep_trial(upload: ObjectId, report: ImportReport, *, actor: Actor, now: datetime) -> None:
    """Keep what each row of a kept workbook was held against when it was tried."""
    rows = (
        {
            "row": row.row, "outcome": row.outcome.value, "record": row.seen.record, "version": row.seen.version,
        }
        for row in report.rows
        if row.seen is not None
    )  # fmt: skip
    with reachable():
        ImportTrial.keep(upload, rows, kind=report.layout.slug, actor_id=actor.id, now=now)


def seen_in_trial(upload: ObjectId, *, actor: Actor) -> dict[int, Seen]:
    """Return what each row was held against; a row that the trial could not hold against anything has no record.

    Raises Missing when the workbook was not tried, or by somebody else.
    """
    actor.demand(Permission.IMPORT)
    with reachable():
        rows = ImportTrial.rows_of(upload, actor.id)
    if rows is None:
        raise Missing(_NO_TRIAL)
    return {row["row"]: Seen(row["record"], row["version"]) for row in rows}


def write_conflicts(batch: str, chosen: Sequence[str], *, actor: Actor, now: datetime) -> ImportReport:
    """Write rows that an import left, each over the version of its record that was shown, and report them.

    `chosen` are "ROW.VERSION"; version 0 stands for a record that is no more. What was saved since it was shown is
    a conflict again. Raises Refused when none is chosen, Missing.
    """
    actor.demand(Permission.IMPORT)
    with reachable():
        kept = ImportBatch.objects.visible_to(actor).where_raw({"_id": batch}).as_pymongo().first()
    if kept is None or not kept.get("upload"):
        raise Missing()
    shown = set(chosen)
    seen = {
        row["row"]: Seen(row["record"], row["version"])
        for row in kept.get("conflicts", ())
        if not row.get("settled") and f"{row['row']}.{row['version'] or 0}" in shown
    }
    if not seen:
        raise Refused(N_("Select at least one record."))
    declaration = next(one for one in REGISTRY.importable if one.slug == kept["kind"])
    decisions = {row: Decision(Answer.FILE, shown_at) for row, shown_at in seen.items()}
    with opened_upload(kept["upload"], actor=actor) as (path, name):
        report = import_workbook(
            path, declaration, actor=actor, now=now, file_name=name, upload=kept["upload"],
            against=Against(seen, decisions=decisions), only=frozenset(seen),
        )  # fmt: skip
    written = [row.row for row in report.rows if row.outcome is not Outcome.CONFLICT]
    with reachable():
        ImportBatch.settle(batch, written, report.batch or "")
    return report
