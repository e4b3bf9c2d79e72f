"""A kept workbook is tried: a small one at once, a large one by a job, whose page may be closed meanwhile."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from documents.imports.import_trial import ImportTrial
from documents.jobs.job import ENDED, Job, JobState, StoredJob
from documents.server.connection import reachable
from office.excel.workbook_reader import NotThisSheet
from office.recognition.recognition import SheetChoice
from rules.access import Actor, Permission
from rules.errors import Missing
from rules.words import N_
from schema.collection import Collection
from schema.registry import REGISTRY
from services.imports.import_rows import import_workbook
from services.imports.parsing import Reading
from services.imports.trials import (
    NO_TRIAL,
    correct_rows,
    decided,
    keep_trial,
    keep_unread,
    take_corrections,
    try_rows_again,
)
from services.imports.uploads import opened_upload, upload_size
from services.jobs.queue import ask
from services.jobs.run import JobKind, JobRun

MOST_AT_ONCE = (
    100 * 1024
)  # bytes of a workbook that a request tries or writes itself; a job takes what is larger


def try_or_ask(
    upload: ObjectId, declaration: Collection, *, strict: bool, reading: Reading, actor: Actor, now: datetime,
    earlier: Mapping[str, Any] | None = None,
) -> bool:  # fmt: skip
    """Try a kept workbook, or let a job try it where it is large; tell whether its columns must be chosen first.

    `earlier` is the first part of the trial before it, whose answers are kept where rows are still the same.
    Raises Unreadable, Missing, Busy, NotAllowed, Unavailable.
    """
    if upload_size(upload) <= MOST_AT_ONCE:
        return not _try(
            upload, declaration, strict=strict, reading=reading, actor=actor, now=now, earlier=earlier
        )
    facts = {
        **((earlier or {}).get("facts") or {}), "strict": strict, "clear_blanks": reading.clear_blanks,
        "waiting": True,
    }  # fmt: skip
    head = {
        "facts": facts, "answers": dict((earlier or {}).get("answers") or {}),
        "corrections": {str(row): dict(cells) for row, cells in reading.corrections.items()},
    }  # fmt: skip
    with reachable():
        ImportTrial.keep(upload, (), kind=declaration.slug, actor_id=actor.id, now=now, head=head)
    args = {
        "upload": upload, "again": earlier is not None,
        "choice": reading.choice.as_stored() if reading.choice else None,
        "remembered": {
            digest: {str(place): key for place, key in match.items()}
            for digest, match in reading.remembered.items()
        },
    }  # fmt: skip
    ask(TRIAL, args, actor=actor, now=now)
    return False


def correct_or_ask(
    upload: ObjectId, corrections: Mapping[int, Mapping[str, str]], *, actor: Actor, now: datetime
) -> None:
    """Take corrected cells and try their rows again, or let a job do so where the workbook is large.

    Raises Missing, Unreadable, Busy, NotAllowed, Unavailable.
    """
    if upload_size(upload) <= MOST_AT_ONCE or not corrections:
        correct_rows(upload, corrections, actor=actor, now=now)
        return
    take_corrections(upload, corrections, actor=actor, waiting=True)
    ask(TRIAL, {"upload": upload, "only": sorted(corrections)}, actor=actor, now=now)


def trial_under_way(upload: ObjectId, *, actor: Actor) -> StoredJob | None:
    """Return the job that is to try a kept workbook, as it stands, or ended without a trial; None when it is tried.

    Raises Missing when nothing of a trial is kept, Unavailable.
    """
    actor.demand(Permission.IMPORT)
    with reachable():
        head = ImportTrial.head_of(upload, actor.id)
        if head is None:
            raise Missing(NO_TRIAL)
        if not (head.get("facts") or {}).get("waiting"):
            return None
        job = Job.latest_of(TRIAL.name, {"upload": upload})
        if job is not None and job["state"] == JobState.DONE:  # between the two looks
            return None
        if job is not None and has_ended(job) and "only" in job.get("args", {}):
            # The rows stand as they were tried before; what was corrected in them is kept, and counts when written.
            ImportTrial.take(upload, {"facts.waiting": False})
            return None
    if job is None:
        raise Missing(NO_TRIAL)
    return job


def _try(
    upload: ObjectId, declaration: Collection, *, strict: bool, reading: Reading, actor: Actor, now: datetime,
    earlier: Mapping[str, Any] | None, job: JobRun | None = None,
) -> bool:  # fmt: skip
    """Try a kept workbook and keep the trial; False when its columns must be chosen first: what was seen is kept."""
    try:
        with opened_upload(upload, actor=actor) as (path, name):
            report = import_workbook(
                path, declaration, actor=actor, now=now, dry_run=True, strict=strict, file_name=name,
                upload=upload, reading=reading, against=decided(earlier or {}), progress=job.show if job else None,
            )  # fmt: skip
    except NotThisSheet as problem:
        keep_unread(
            upload,
            declaration,
            problem,
            actor=actor,
            now=now,
            strict=strict,
            clear_blanks=reading.clear_blanks,
        )
        return False
    keep_trial(
        upload, report, actor=actor, now=now, strict=strict, clear_blanks=reading.clear_blanks,
        corrections=reading.corrections, answers=(earlier or {}).get("answers"),
    )  # fmt: skip
    return True


def _run(job: JobRun) -> Mapping[str, Any]:
    upload = job.args["upload"]
    with reachable():
        head = ImportTrial.head_of(upload, job.actor.id)
    if head is None:
        raise Missing(NO_TRIAL)
    declaration = REGISTRY.importable_by(head["kind"], job.actor)
    facts = head.get("facts") or {}
    if "only" in job.args:
        if facts.get("waiting"):
            try_rows_again(upload, frozenset(job.args["only"]), actor=job.actor, now=datetime.now(UTC))
        return {"upload": upload}
    if facts.get("waiting"):  # else an earlier worker has come to the end
        reading = Reading(
            bool(facts.get("clear_blanks")),
            {int(row): dict(cells) for row, cells in (head.get("corrections") or {}).items()},
            SheetChoice.from_stored(job.args["choice"]),
            {
                digest: {int(place): key for place, key in match.items()}
                for digest, match in job.args["remembered"].items()
            },
        )
        _try(
            upload, declaration, strict=bool(facts.get("strict")), reading=reading, actor=job.actor,
            now=datetime.now(UTC), earlier=head if job.args["again"] else None, job=job,
        )  # fmt: skip
    return {"upload": upload}


def has_ended(job: StoredJob) -> bool:
    """Tell whether a job has come to its end."""
    return JobState(job["state"]) in ENDED


TRIAL = JobKind("trial", N_("Trial of an import"), Permission.IMPORT, _run, apart=True)
