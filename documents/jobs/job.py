"""A job: work that outlives a request and its process. Its lease says who does it now, its checkpoint how far it is.

A worker claims a job for some seconds and renews that while it works. When the worker is gone, the lease runs out and
another one claims the job with the next *fencing token*; whatever the first still tries to write under its older token
is refused. All moments of a lease are the database's own, so that no machine's clock matters.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self, TypedDict, cast

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import BooleanField, DateTimeField, DictField, IntField, StringField
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from documents.records.record import RecordQuerySet
from rules.access import Actor


class JobState(StrEnum):
    """Where a job stands. The last three are its end."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


class StoredJob(TypedDict, total=False):
    """A stored job. `done` of `total` is for the eye; `checkpoint` is what a worker goes on from."""

    _id: ObjectId
    kind: str
    state: str
    args: Mapping[str, Any]
    actor_id: str
    actor_name: str
    county: str | None
    asked_at: datetime
    started_at: datetime
    finished_at: datetime
    lease_until: datetime
    worker: str
    token: int  # the fencing token: how often it was claimed
    idle_claims: int  # claims since the checkpoint last moved
    checkpoint: Mapping[str, Any]
    done: int
    total: int
    cancel_asked: bool
    untold: bool  # it has ended, and who asked for it was not told yet
    result: Mapping[str, Any]
    problem: Mapping[str, Any]  # `message` (a message id) and its `params`


class JobQuerySet(RecordQuerySet):
    """Named queries over jobs."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the jobs that the actor's county asked for; the city sees all."""
        return self if actor.county is None else self.where_raw({"county": actor.county})

    def of_kind(self, kind: str) -> Self:
        """Keep the jobs of one kind."""
        return self.where_raw({"kind": kind})

    def latest(self, most: int) -> list[StoredJob]:
        """Return at most so many, the newest first."""
        rows = self._document._get_collection().find(self.filters()).sort("_id", -1).limit(most)
        return list(cast("Any", rows))


class Job(Document):
    """See the module."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "jobs",
        "queryset_class": JobQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["state", "_id"], "name": "state"},
            {"fields": ["kind", "-_id"], "name": "kind"},
            {"fields": ["county", "-_id"], "name": "county"},
            {"fields": ["untold"], "sparse": True, "name": "untold"},
        ],
    }

    kind = StringField(required=True)
    state = StringField(required=True)
    args = DictField()
    actor_id = StringField(required=True)
    actor_name = StringField()
    county = StringField()
    asked_at = DateTimeField(required=True)
    started_at = DateTimeField()
    finished_at = DateTimeField()
    lease_until = DateTimeField()
    worker = StringField()
    token = IntField(default=0)
    idle_claims = IntField(default=0)
    checkpoint = DictField()
    done = IntField()
    total = IntField()
    cancel_asked = BooleanField(default=False)
    untold = BooleanField()
    result = DictField()
    problem = DictField()

    # --- Asked for -------------------------------------------------------------------------------

    @classmethod
    def add(
        cls, kind: str, args: Mapping[str, Any], actor: Actor, now: datetime, session: ClientSession
    ) -> ObjectId:
        """Write a job that waits, and return its id."""
        row = {
            "kind": kind, "state": JobState.WAITING, "args": dict(args), "actor_id": actor.id,
            "actor_name": actor.name, "county": actor.county, "asked_at": now, "token": 0, "idle_claims": 0,
            "checkpoint": {}, "done": 0, "total": 0, "cancel_asked": False,
        }  # fmt: skip
        return cast("ObjectId", cls._get_collection().insert_one(row, session=session).inserted_id)

    @classmethod
    def open_of_kind(
        cls, kind: str, county: str | None, session: ClientSession | None = None
    ) -> StoredJob | None:
        """Return a job of a kind that this county asked for and that has not ended."""
        clause = {"kind": kind, "county": county, "state": {"$nin": sorted(ENDED)}}
        return cast("StoredJob | None", cls._get_collection().find_one(clause, session=session))

    @classmethod
    def stored(cls, job_id: ObjectId, session: ClientSession | None = None) -> StoredJob | None:
        """Return a job; None when there is none."""
        return cast("StoredJob | None", cls._get_collection().find_one({"_id": job_id}, session=session))

    @classmethod
    def latest_of(cls, kind: str, args: Mapping[str, Any] | None = None) -> StoredJob | None:
        """Return the job of a kind that was asked for last, of those with these arguments; None when there is none."""
        clause = {"kind": kind, **{f"args.{key}": value for key, value in (args or {}).items()}}
        return cast("StoredJob | None", cls._get_collection().find_one(clause, sort=[("_id", -1)]))

    @classmethod
    def states_of(cls, ids: Sequence[ObjectId]) -> dict[ObjectId, str]:
        """Return where each of these jobs stands."""
        rows = cls._get_collection().find({"_id": {"$in": list(ids)}}, {"state": 1})
        return {row["_id"]: row["state"] for row in rows}

    @classmethod
    def ask_to_cancel(cls, job_id: ObjectId, now: datetime, session: ClientSession) -> bool:
        """Ask the worker to stop after the piece in hand; a job that waits ends at once. False when it has ended."""
        jobs = cls._get_collection()
        waiting = {"_id": job_id, "state": JobState.WAITING}
        ended = {"$set": {"state": JobState.CANCELLED, "finished_at": now, "cancel_asked": True}}
        if jobs.update_one(waiting, ended, session=session).matched_count:
            return True
        running = {"_id": job_id, "state": JobState.RUNNING}
        return jobs.update_one(running, {"$set": {"cancel_asked": True}}, session=session).matched_count == 1

    # --- Worked on -------------------------------------------------------------------------------

    @classmethod
    def claim(
        cls,
        worker: str,
        lease_seconds: float,
        kinds: Iterable[str] | None = None,
        job_id: ObjectId | None = None,
    ) -> StoredJob | None:
        """Take the oldest job that waits, or whose worker is gone, for so long; None when there is none.

        With `kinds` one of these: what only another version of the program knows is left to that. With `job_id` this
        one alone.
        """
        mine = {
            "state": JobState.RUNNING, "worker": worker, "lease_until": _later(lease_seconds),
            "token": {"$add": ["$token", 1]}, "idle_claims": {"$add": ["$idle_claims", 1]},
            "started_at": {"$ifNull": ["$started_at", "$$NOW"]},
        }  # fmt: skip
        named = {} if job_id is None else {"_id": job_id}
        found = cls._get_collection().find_one_and_update(
            {**_claimable(kinds), **named}, [{"$set": mine}],
            sort=[("_id", 1)], return_document=ReturnDocument.AFTER,
        )  # fmt: skip
        return cast("StoredJob | None", found)

    @classmethod
    def next_of(cls, kinds: Iterable[str]) -> StoredJob | None:
        """Return the job of these kinds that would be claimed now; None when there is none."""
        found = cls._get_collection().find_one(_claimable(kinds), {"kind": 1}, sort=[("_id", 1)])
        return cast("StoredJob | None", found)

    @classmethod
    def renew(cls, job_id: ObjectId, token: int, lease_seconds: float) -> StoredJob | None:
        """Prolong a lease and return the job as it stands; None when somebody else has it, or it has ended."""
        found = cls._get_collection().find_one_and_update(
            _held(job_id, token), [{"$set": {"lease_until": _later(lease_seconds)}}],
            {"cancel_asked": 1}, return_document=ReturnDocument.AFTER,
        )  # fmt: skip
        return cast("StoredJob | None", found)

    @classmethod
    def held(cls, job_id: ObjectId, token: int) -> StoredJob | None:
        """Return a job as it stands; None when somebody else has it, or it has ended."""
        found = cls._get_collection().find_one(_held(job_id, token), {"cancel_asked": 1})
        return cast("StoredJob | None", found)

    @classmethod
    def advance(
        cls,
        job_id: ObjectId,
        token: int,
        checkpoint: Mapping[str, Any],
        done: int,
        total: int,
        session: ClientSession,
        lease_seconds: float,
    ) -> bool:
        """Move the checkpoint within the transaction of the piece that was done; False when somebody else has it.

        The lease is prolonged along with it.
        """
        values: dict[str, Any] = {"checkpoint": dict(checkpoint), "done": done, "total": total}
        steps = {key: {"$literal": value} for key, value in (values | {"idle_claims": 0}).items()}
        steps["lease_until"] = _later(lease_seconds)
        moved = cls._get_collection().update_one(_held(job_id, token), [{"$set": steps}], session=session)
        return moved.matched_count == 1

    @classmethod
    def show(cls, job_id: ObjectId, token: int, done: int, total: int) -> None:
        """Show how far a job is that writes nothing."""
        cls._get_collection().update_one(_held(job_id, token), {"$set": {"done": done, "total": total}})

    @classmethod
    def end(cls, job_id: ObjectId, token: int, state: JobState, values: Mapping[str, Any]) -> bool:
        """End a job with `values` (its result or its problem); False when somebody else has it."""
        ended = {"$set": {**values, "state": state, "untold": True}, "$currentDate": {"finished_at": True}}
        return cls._get_collection().update_one(_held(job_id, token), ended).matched_count == 1

    @classmethod
    def not_told_yet(cls, most: int) -> list[StoredJob]:
        """Return jobs that have ended and of which nobody was told, the oldest first."""
        rows = cls._get_collection().find({"untold": True}, {"args": 0, "checkpoint": 0, "result": 0})
        return list(cast("Any", rows.sort("_id", 1).limit(most)))

    @classmethod
    def note_told(cls, ids: Sequence[ObjectId], session: ClientSession) -> int:
        """Note that of these jobs was told; return of how many nobody had been."""
        clause = {"_id": {"$in": list(ids)}, "untold": True}
        change = {"$unset": {"untold": ""}}
        return cls._get_collection().update_many(clause, change, session=session).modified_count

    @classmethod
    def give_back(cls, job_id: ObjectId, token: int) -> None:
        """Let a job wait again, for another worker or a better moment."""
        waiting = {"$set": {"state": JobState.WAITING}, "$inc": {"idle_claims": -1}}
        cls._get_collection().update_one(_held(job_id, token), waiting)


def _claimable(kinds: Iterable[str] | None) -> dict[str, Any]:
    """Return the filter of the jobs that wait, or whose worker is gone; of these kinds where they are given."""
    left = {"state": JobState.RUNNING, "$expr": {"$lt": ["$lease_until", "$$NOW"]}}
    of_kind = {} if kinds is None else {"kind": {"$in": sorted(kinds)}}
    return {"$or": [{"state": JobState.WAITING}, left], **of_kind}


def _later(seconds: float) -> dict[str, Any]:
    return {"$add": ["$$NOW", round(seconds * 1000)]}


def _held(job_id: ObjectId, token: int) -> dict[str, Any]:
    return {"_id": job_id, "token": token, "state": JobState.RUNNING}
