"""Ask for a job, look at it, and ask to stop it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.jobs.job import ENDED, Job, JobState, StoredJob
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Missing, Refused
from rules.words import N_
from services.jobs.run import JobKind
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

COLLECTION = "jobs"
_MOST_SHOWN = 200


def ask(kind: JobKind, args: Mapping[str, Any], *, actor: Actor, now: datetime) -> ObjectId:
    """Let a job wait for a worker and return its id. Raises NotAllowed, Unavailable."""
    return in_one_transaction(lambda uow: ask_within(uow, kind, args), actor=actor, now=now)


def ask_within(uow: UnitOfWork, kind: JobKind, args: Mapping[str, Any]) -> ObjectId:
    """Do the same in a transaction under way: the job waits if and only if that is written. Raises NotAllowed."""
    uow.actor.demand(kind.permission)
    job_id = Job.add(kind.name, args, uow.actor, uow.now, uow.session)
    uow.record("job-asked", COLLECTION, job_id, kind.label, counties=_counties(uow.actor))
    return job_id


def ask_once(kind: JobKind, args: Mapping[str, Any], *, actor: Actor, now: datetime) -> ObjectId:
    """Do the same, unless a job of this kind is under way for the same county: then return that one's id."""
    actor.demand(kind.permission)

    def work(uow: UnitOfWork) -> ObjectId:
        open_job = Job.open_of_kind(kind.name, actor.county, uow.session)
        if open_job is not None:
            return open_job["_id"]
        uow.hold()
        job_id = Job.add(kind.name, args, actor, now, uow.session)
        uow.record("job-asked", COLLECTION, job_id, kind.label, counties=_counties(actor))
        return job_id

    return in_one_transaction(work, actor=actor, now=now)


def read_job(job_id: ObjectId, *, actor: Actor) -> StoredJob:
    """Return a job in the actor's scope. Raises Missing, Unavailable."""
    with reachable():
        stored = Job.stored(job_id)
    if stored is None or not (actor.county is None or stored.get("county") == actor.county):
        raise Missing()
    return stored


def jobs_of(actor: Actor, *, kind: str = "", most: int = _MOST_SHOWN) -> list[StoredJob]:
    """Return the jobs in the actor's scope, the newest first."""
    jobs = Job.objects.visible_to(actor)
    with reachable():
        return (jobs.of_kind(kind) if kind else jobs).latest(most)


def cancel(job_id: ObjectId, *, actor: Actor, now: datetime) -> None:
    """Ask to stop a job. Raises NotAllowed, Missing, Refused when it has ended, Unavailable."""
    actor.demand(Permission.WRITE)
    stored = read_job(job_id, actor=actor)

    def work(uow: UnitOfWork) -> None:
        if JobState(stored["state"]) in ENDED or not Job.ask_to_cancel(job_id, now, uow.session):
            raise Refused(N_("It has ended already."))
        uow.record("job-cancelled", COLLECTION, job_id, stored["kind"], counties=_counties(actor))

    in_one_transaction(work, actor=actor, now=now)


def _counties(actor: Actor) -> list[str]:
    return [actor.county] if actor.county else []
