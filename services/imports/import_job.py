"""Import a kept workbook by a job: whoever sent it need not wait, and a kill costs no row and doubles none."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bson import ObjectId

from documents.batches.batch import Batch
from documents.imports.import_batch import ImportBatch
from documents.imports.import_chunk import ImportChunk
from documents.jobs.job import ENDED, Job, JobState
from documents.server.connection import reachable
from office.recognition.recognition import Match
from rules.access import Actor, Permission
from rules.errors import Missing, Refused
from rules.words import N_
from schema.collection import Collection
from schema.registry import REGISTRY
from services.imports.conflicts import Against
from services.imports.import_rows import import_workbook
from services.imports.import_run import ImportRun
from services.imports.parsing import Reading
from services.imports.report import Answer, Decision, Seen
from services.imports.trials import against_trial, demand_trial, reading_of_batch
from services.imports.uploads import drop_upload, hold_upload, opened_upload
from services.jobs.queue import COLLECTION as JOBS
from services.jobs.run import JobKind, JobRun
from services.shared.unit_of_work import UnitOfWork, after_commit, in_one_transaction

_MOST_SPANS = 10
_ENDED = N_("It has ended already.")
_ANOTHERS = N_("Only who sent the workbook can finish its import. What it wrote can be undone.")


def ask_to_import(
    upload: ObjectId,
    declaration: Collection,
    *,
    strict: bool,
    tried: bool,
    clear_blanks: bool = False,
    remembered: Mapping[str, Match] | None = None,
    actor: Actor,
    now: datetime,
) -> str:
    """Let a job import a kept workbook, and return the id of the batch.

    `tried`: the rows are held against what its trial saw, with what was corrected and answered there; else
    `clear_blanks` says whether a blank cell clears what is stored, and `remembered` what the sender's headings mean.
    Raises NotAllowed, Missing, Unavailable.
    """
    actor.demand(Permission.IMPORT)
    if tried:
        demand_trial(upload, actor=actor)
    args: dict[str, Any] = {"strict": strict, "tried": tried, "clear_blanks": clear_blanks}
    if remembered:
        args["remembered"] = {
            digest: {str(place): key for place, key in match.items()} for digest, match in remembered.items()
        }
    return _ask(upload, declaration, args, actor=actor, now=now)


def ask_to_settle(batch: str, chosen: Sequence[str], *, actor: Actor, now: datetime) -> str:
    """Let a job write rows that an import left, each over the version of its record that was shown; return its batch.

    `chosen` are "ROW.VERSION"; version 0 stands for a record that is no more. What was saved since it was shown is
    a conflict again. Raises Refused when none is chosen, NotAllowed, Missing, Unavailable.
    """
    actor.demand(Permission.IMPORT)
    with reachable():
        kept = ImportBatch.objects.visible_to(actor).where_raw({"_id": batch}).as_pymongo().first()
    if kept is None or not kept.get("upload"):
        raise Missing()
    shown = set(chosen)
    decided = [
        {"row": row["row"], "record": row["record"], "version": row["version"]}
        for row in kept.get("conflicts", ())
        if not row.get("settled") and f"{row['row']}.{row['version'] or 0}" in shown
    ]
    if not decided:
        raise Refused(N_("Select at least one record."))
    args = {"strict": False, "tried": False, "clear_blanks": False, "settles": batch, "decided": decided}
    declaration = REGISTRY.importable_by(kept["kind"], actor)
    return _ask(kept["upload"], declaration, args, actor=actor, now=now)


def _ask(
    upload: ObjectId, declaration: Collection, more: Mapping[str, Any], *, actor: Actor, now: datetime
) -> str:
    """Add the job of an import and its batch, and return the batch."""
    batch = Batch.new_id(now)
    with opened_upload(upload, actor=actor) as (path, name):
        digest = _digest(path)
    hold_upload(upload)
    args = {"batch": batch, "upload": upload, **more}

    def work(uow: UnitOfWork) -> None:
        job = Job.add(IMPORT.name, args, actor, uow.now, uow.session)
        ImportBatch.begin(
            batch, declaration.slug, name, digest, actor, uow.now, job=job, source=upload, session=uow.session
        )  # fmt: skip
        uow.record("job-asked", JOBS, job, IMPORT.label, counties=[actor.county] if actor.county else [])

    in_one_transaction(work, actor=actor, now=now)
    return batch


def ask_to_finish_import(batch: str, *, actor: Actor, now: datetime) -> ObjectId:
    """Let a job go on with an import that was cut short or stopped; return the job.

    Raises NotAllowed, Missing, Refused, Unavailable.
    """
    actor.demand(Permission.IMPORT)
    with reachable():
        found = ImportBatch.objects.visible_to(actor).where_raw({"_id": batch}).newest(1)
    if not found:
        raise Missing()
    stored = found[0]
    if stored["actor_id"] != actor.id:
        raise Refused(_ANOTHERS)

    def work(uow: UnitOfWork) -> ObjectId:
        last = Job.stored(stored["job"], uow.session) if "job" in stored else None
        if last is None or "finished_at" in stored or JobState(last["state"]) not in ENDED:
            raise Refused(_ENDED)
        uow.hold()
        job = Job.add(IMPORT.name, last["args"], actor, uow.now, uow.session)
        ImportBatch.set_job(batch, job, uow.session)
        uow.record("job-asked", JOBS, job, IMPORT.label, counties=[actor.county] if actor.county else [])
        return job

    return in_one_transaction(work, actor=actor, now=now)


def written_rows(batch: str) -> str:
    """Return the rows of the sheet that an import cut short has dealt with, as "5–204、301"; "" for none."""
    with reachable():
        numbers = sorted(row["row"] for row in ImportChunk.rows_of(batch))
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    shown = [f"{first:,}–{last:,}" if last > first else f"{first:,}" for first, last in spans[:_MOST_SPANS]]
    return "、".join(shown) + ("…" if len(spans) > _MOST_SPANS else "")


def _run(job: JobRun) -> Mapping[str, Any]:
    batch, upload = job.args["batch"], job.args["upload"]
    stored = ImportBatch.stored(batch)
    if stored is None:
        raise Missing()
    declaration = REGISTRY.importable_by(stored["kind"], job.actor)
    if "finished_at" not in stored:
        asked_at = stored["started_at"]
        now = asked_at if asked_at.tzinfo else asked_at.replace(tzinfo=UTC)
        against: Against | None = None
        reading = Reading(clear_blanks=job.args["clear_blanks"], remembered=_remembered(job.args))
        only: frozenset[int] | None = None
        settles = job.args.get("settles", "")
        if settles:
            against, reading = _decided(job)
            only = frozenset(against.seen or ())
        elif job.args["tried"]:
            against, reading = against_trial(upload, actor=job.actor)
        with opened_upload(upload, actor=job.actor) as (path, name):
            report = import_workbook(
                path, declaration, actor=job.actor, now=now, strict=job.args["strict"], file_name=name,
                against=against, reading=reading, only=only, upload=upload,
                run=ImportRun(job, batch, now, settles=settles),
            )  # fmt: skip
        if not report.conflicts and not settles:  # others of its rows may still be to be settled
            drop_upload(upload)
    with after_commit("rows of an import"):
        ImportChunk.forget(batch)
    return {"batch": batch}


def _decided(job: JobRun) -> tuple[Against, Reading]:
    """Return what was decided of the rows that an import left, and how its workbook is read."""
    seen = {row["row"]: Seen(row["record"], row["version"]) for row in job.args["decided"]}
    stored = ImportBatch.stored(job.args["settles"])
    if stored is None:
        raise Missing()
    decisions = {row: Decision(Answer.FILE, shown) for row, shown in seen.items()}
    return Against(seen, decisions=decisions), reading_of_batch(stored, actor=job.actor)


def _remembered(args: Mapping[str, Any]) -> dict[str, Match]:
    """Return what the sender's headings meant when the import was asked for."""
    stored = args.get("remembered") or {}
    return {digest: {int(place): key for place, key in match.items()} for digest, match in stored.items()}


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


IMPORT = JobKind("import", N_("Import"), Permission.IMPORT, _run, apart=True)
