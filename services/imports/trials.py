"""What a trial has shown is what is written: the versions it saw, kept beside the workbook; the rows that it left."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.imports.import_trial import ImportTrial
from documents.server.connection import reachable
from office.excel.workbook_reader import NotThisSheet
from office.recognition.recognition import Recognition, SheetChoice
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal
from rules.words import N_
from schema.collection import Collection
from schema.registry import REGISTRY
from services.imports.conflicts import Against
from services.imports.import_rows import import_workbook
from services.imports.parsing import Reading
from services.imports.report import (
    Answer,
    Decision,
    ImportReport,
    MissingRows,
    Outcome,
    RowReport,
    Seen,
    heading_of,
)
from services.imports.uploads import name_of_upload, opened_upload

_MOST_TYPED = 4000  # signs of a corrected cell
NO_TRIAL = N_("The trial of this file is no longer kept: please choose the file again.")


def keep_trial(
    upload: ObjectId, report: ImportReport, *, actor: Actor, now: datetime, strict: bool = False,
    clear_blanks: bool = False, corrections: Mapping[int, Mapping[str, str]] | None = None,
    answers: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Keep what became of each row of a kept workbook when it was tried, and what it was held against.

    `corrections` and `answers` are those of the trial before it that still hold.
    """
    recognition = report.recognition
    facts = {
        "sheet": report.sheet, "header_row": report.header_row, "ignored": list(report.ignored), "strict": strict,
        "clear_blanks": clear_blanks, "taken": report.taken, **_stored_missing(report.missing),
        **({"recognition": recognition.as_stored()} if recognition else {}),
    }  # fmt: skip
    rows = (_stored_row(report, row) for row in report.rows)
    head = {
        "facts": facts, "answers": dict(answers or {}),
        "corrections": {str(row): dict(cells) for row, cells in (corrections or {}).items()},
    }  # fmt: skip
    with reachable():
        ImportTrial.keep(upload, rows, kind=report.layout.slug, actor_id=actor.id, now=now, head=head)


def _stored_missing(missing: MissingRows) -> dict[str, Any]:
    if not missing.count:
        return {}
    rows = [
        {
            "record": row.record, "version": row.version, "label": row.label, "saved_since": row.saved_since,
            **({"message": row.reason.message, "params": _plain(row.reason.params)} if row.reason else {}),
        }
        for row in missing.rows
    ]  # fmt: skip
    return {"missing": rows, "missing_count": missing.count}


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    return {
        # A reason within a reason (`Refusal.as_param`) is plain as well once its params are.
        key: value if isinstance(value, int)
        else {"message": value["message"], "params": _plain(value["params"])} if isinstance(value, dict)
        else str(value)
        for key, value in params.items()
    }  # fmt: skip


def tick_missing(upload: ObjectId, records: Container[str], *, actor: Actor) -> None:
    """Note which rows that the file lacks are to be deleted when it is written; the others stay. Raises Missing."""
    actor.demand(Permission.IMPORT)
    with reachable():
        head = ImportTrial.head_of(upload, actor.id)
        if head is None:
            raise Missing(NO_TRIAL)
        offered = (head.get("facts") or {}).get("missing", ())
        ticked = [
            {"record": row["record"], "version": row["version"]}
            for row in offered
            if "message" not in row and str(row["record"]) in records
        ]
        ImportTrial.take(upload, {"deletions": ticked})


def keep_unread(
    upload: ObjectId, declaration: Collection, problem: NotThisSheet, *, actor: Actor, now: datetime, strict: bool,
    clear_blanks: bool,
) -> None:  # fmt: skip
    """Keep what was seen of a workbook whose columns must be chosen before it can be tried."""
    facts = {
        "strict": strict, "clear_blanks": clear_blanks, "recognition": problem.recognition.as_stored(),
        "problem": [{"message": one.message, "params": dict(one.params)} for one in problem.refusals],
    }  # fmt: skip
    with reachable():
        ImportTrial.keep(
            upload, (), kind=declaration.slug, actor_id=actor.id, now=now, head={"facts": facts}
        )  # fmt: skip


def _stored_row(report: ImportReport, row: RowReport) -> dict[str, Any]:
    stored: dict[str, Any] = {
        "row": row.row, "outcome": row.outcome.value, "record": row.seen.record if row.seen else None,
        "version": row.seen.version if row.seen else None, "held": row.seen is not None, "label": row.label,
    }  # fmt: skip
    if row.reasons:
        stored["errors"] = _stored_reasons(report, row.reasons)
    if row.warnings:
        stored["warnings"] = _stored_reasons(report, row.warnings)
    if row.outcome is Outcome.REJECTED:
        sent = report.rejected_cells.get(row.row, {})
        stored["cells"] = [{"key": key, "new": text} for key, text in sent.items()]
    elif row.cells:
        stored["cells"] = [asdict(cell) for cell in row.cells]
    if row.question is not None:
        stored["question"] = row.question.value
    if row.skipped:
        stored["skipped"] = row.skipped
    return stored


def _stored_reasons(report: ImportReport, reasons: Iterable[Refusal]) -> list[dict[str, Any]]:
    return [
        {
            "column": heading_of(report.layout, reason.field), "key": reason.field or "", "message": reason.message,
            "params": {
                key: value if isinstance(value, int) else str(value) for key, value in reason.params.items()
            },
        }
        for reason in reasons
    ]  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """A trial as its page needs it: the file's kind, facts, answers and counts, and the rows of one page of it."""

    kind: str
    name: str
    facts: Mapping[str, Any]
    answers: Mapping[str, Any]
    counts: Mapping[str, int]
    rows: Sequence[Mapping[str, Any]]
    deletions: Sequence[Mapping[str, Any]] = ()


def read_trial(
    upload: ObjectId, *, actor: Actor, outcome: str = "", skip: int = 0, limit: int = 100
) -> Trial:
    """Return some rows of a user's trial, of one outcome or ("") of all. Raises Missing when it is no longer kept."""
    actor.demand(Permission.IMPORT)
    with reachable():
        head = ImportTrial.head_of(upload, actor.id)
        if head is None:
            raise Missing(NO_TRIAL)
        counts = ImportTrial.counts_of(upload)
        rows = ImportTrial.page_of(upload, outcome, skip=skip, limit=limit)
    answers, facts = head.get("answers") or {}, head.get("facts") or {}
    return Trial(
        head["kind"], name_of_upload(upload), facts, answers, counts, rows, head.get("deletions", ())
    )


def answer_rows(
    upload: ObjectId, answers: Mapping[int, str], keep: Mapping[int, Sequence[str]], *, actor: Actor
) -> None:
    """Note what a clerk says of rows that wait for an answer, each of its record as the trial has shown it.

    `keep` are the keys of a row whose stored values hold. Raises Missing.
    """
    actor.demand(Permission.IMPORT)
    with reachable():
        rows = ImportTrial.rows_of(upload, actor.id)
        if rows is None:
            raise Missing(NO_TRIAL)
        said: dict[str, Any] = {}
        for row in rows:
            answer = answers.get(row["row"], answers.get(0))
            if row["outcome"] == Outcome.CONFLICT and answer in set(Answer):
                said[f"answers.{row['row']}"] = {
                    "answer": answer, "keep": list(keep.get(row["row"], ())), "record": row["record"],
                    "version": row["version"],
                }  # fmt: skip
        ImportTrial.take(upload, said)


def correct_rows(
    upload: ObjectId, corrections: Mapping[int, Mapping[str, str]], *, actor: Actor, now: datetime
) -> None:
    """Take corrected cells of a tried workbook, and try their rows again. Raises Missing, Unreadable."""
    take_corrections(upload, corrections, actor=actor)
    try_rows_again(upload, frozenset(corrections), actor=actor, now=now)


def take_corrections(
    upload: ObjectId, corrections: Mapping[int, Mapping[str, str]], *, actor: Actor, waiting: bool = False
) -> None:
    """Take corrected cells of a tried workbook; `waiting` says that a job will try their rows again.

    Raises Missing, also while a job tries the workbook.
    """
    actor.demand(Permission.IMPORT)
    with reachable():
        head = ImportTrial.head_of(upload, actor.id)
    if head is None or (head.get("facts") or {}).get("waiting"):
        raise Missing(NO_TRIAL)
    known = {column.key for column in _declared(head, actor).imported}
    cells: dict[str, Any] = {
        f"corrections.{row}.{key}": text[:_MOST_TYPED]
        for row, typed in corrections.items() for key, text in typed.items() if key in known and row > 0
    }  # fmt: skip
    with reachable():
        ImportTrial.take(upload, cells | ({"facts.waiting": True} if waiting else {}))


def try_rows_again(upload: ObjectId, rows: frozenset[int], *, actor: Actor, now: datetime) -> None:
    """Try some rows of a tried workbook again, with what was corrected in them. Raises Missing, Unreadable."""
    actor.demand(Permission.IMPORT)
    with reachable():
        head = ImportTrial.head_of(upload, actor.id)
    if head is None:
        raise Missing(NO_TRIAL)
    with opened_upload(upload, actor=actor) as (path, name):
        report = import_workbook(
            path, _declared(head, actor), actor=actor, now=now, dry_run=True, file_name=name, only=rows,
            reading=reading_of(head), against=decided(head),
        )  # fmt: skip
    with reachable():
        ImportTrial.take(upload, {"facts.waiting": False}, [_stored_row(report, row) for row in report.rows])


def _declared(head: Mapping[str, Any], actor: Actor) -> Collection:
    return REGISTRY.importable_by(head["kind"], actor)


def reading_of(head: Mapping[str, Any]) -> Reading:
    """Return how a workbook is read, as the first part of its trial keeps it."""
    corrections = {int(row): dict(cells) for row, cells in (head.get("corrections") or {}).items()}
    facts = head.get("facts") or {}
    stored = facts.get("recognition")
    choice = Recognition.from_stored(stored).choice if stored else None
    return Reading(bool(facts.get("clear_blanks")), corrections, choice)


def decided(head: Mapping[str, Any], seen: Mapping[int, Seen] | None = None) -> Against:
    """Return what the answers kept in the first part of a trial say, and what each row was held against."""
    decisions = {
        int(row): Decision(
            Answer(said["answer"]), Seen(said["record"], said["version"]), frozenset(said["keep"])
        )
        for row, said in (head.get("answers") or {}).items()
    }
    return Against(seen, decisions=decisions)


def against_trial(upload: ObjectId, *, actor: Actor) -> tuple[Against, Reading]:
    """Return what a tried workbook is written against, and how its cells are taken. Raises Missing."""
    seen = seen_in_trial(upload, actor=actor)
    with reachable():
        head = ImportTrial.head_of(upload, actor.id) or {}
    deletions = {row["record"]: row["version"] for row in head.get("deletions", ())}
    return replace(decided(head, seen), deletions=deletions), reading_of(head)


def reading_of_batch(batch: Mapping[str, Any], *, actor: Actor) -> Reading:
    """Return how the workbook of a batch was read: as its trial said where that is still kept."""
    head = ImportTrial.head_of(batch["source"], actor.id)
    return reading_of(head) if head else Reading(choice=SheetChoice.from_stored(batch.get("reading")))


def demand_trial(upload: ObjectId, *, actor: Actor) -> None:
    """Raise Missing when a kept workbook was not tried to the end, or by somebody else; no row of the trial is read."""
    actor.demand(Permission.IMPORT)
    with reachable():
        head = ImportTrial.head_of(upload, actor.id)
    if head is None or (head.get("facts") or {}).get("waiting"):
        raise Missing(NO_TRIAL)


def seen_in_trial(upload: ObjectId, *, actor: Actor) -> dict[int, Seen]:
    """Return what each row was held against; a row that the trial could not hold against anything has no record.

    Raises Missing when the workbook was not tried, or by somebody else.
    """
    actor.demand(Permission.IMPORT)
    with reachable():
        head, rows = ImportTrial.head_of(upload, actor.id), ImportTrial.rows_of(upload, actor.id)
    if head is None or rows is None or (head.get("facts") or {}).get("waiting"):
        raise Missing(NO_TRIAL)
    return {row["row"]: Seen(row["record"], row["version"]) for row in rows if row.get("held", True)}
