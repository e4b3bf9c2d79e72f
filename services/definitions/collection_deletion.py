"""Delete a collection of the office's own that has many records: a job moves them to the recycle bin, some at a time.

The collection stays in use meanwhile; the last piece takes what was entered in between and deletes the collection. A
record that others of the same collection name goes after these; those that name one another go last.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from bson import ObjectId

from documents.batches.batch import Batch, BatchAct, StoredBatch
from documents.jobs.job import ENDED, Job, JobState
from documents.kinds import RECORDS
from documents.server.connection import patient, reachable
from rules.access import Actor, Permission
from rules.errors import Missing, Refused, Stale
from rules.words import N_
from schema.definitions.own_collections import PREFIX
from services.definitions import own_collections
from services.jobs.pieces import pieces_of
from services.jobs.run import JobKind, JobRun
from services.records.records import delete_within
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

UNDER_WAY = N_("It is being deleted already: see the batch.")
_ENDED = N_("It has ended already.")


def delete_with_records(word: str, *, typed: str, version: int, actor: Actor, now: datetime) -> str:
    """Delete a collection, a large one by a job; return the batch of that job, "" where all is done.

    `typed` must be its name where it has records. Raises NotAllowed, Missing, Stale, Refused, Unavailable.
    """
    stored = own_collections.read_own_collection(word, actor=actor)
    if stored.records <= own_collections.MOST_DELETED:
        own_collections.delete_own_collection(word, typed=typed, version=version, actor=actor, now=now)
        return ""
    batch = Batch.new_id(now)

    def work(uow: UnitOfWork) -> None:
        uow.hold()
        own = own_collections.deletable(uow, word, typed=typed, version=version)
        if any(_is_open(one, uow) for one in Batch.unfinished(BatchAct.COLLECTION, own.name, uow.session)):
            raise Refused(UNDER_WAY)
        job = Job.add(DELETION.name, {"batch": batch, "total": stored.records}, actor, uow.now, uow.session)
        Batch.add(
            batch, BatchAct.COLLECTION, own.name, actor, uow.now, uow.session, label=own.label, counts={}, job=job
        )  # fmt: skip
        uow.record("many-asked", own.name, batch, own.label)

    in_one_transaction(work, actor=actor, now=now)
    return batch


def ask_to_finish_deletion(batch: str, *, actor: Actor, now: datetime) -> ObjectId:
    """Let a job go on with a deletion that was cut short or stopped; return the job.

    Raises NotAllowed, Missing, Refused when it has ended or the collection may not be deleted any more, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> ObjectId:
        uow.hold()
        stored = Batch.stored(batch, uow.session)
        if stored is None or stored["act"] != BatchAct.COLLECTION:
            raise Missing()
        if "finished_at" in stored or _is_open(stored, uow):
            raise Refused(_ENDED)
        own = own_collections.deletable(uow, _word(stored))
        total = RECORDS[own.name].count_referring({}, session=uow.session)
        job = Job.add(DELETION.name, {"batch": batch, "total": total}, actor, uow.now, uow.session)
        Batch.set_job(batch, job, uow.session)
        uow.record("many-asked", own.name, batch, own.label)
        return job

    return in_one_transaction(work, actor=actor, now=now)


def _is_open(stored: StoredBatch, uow: UnitOfWork) -> bool:
    last = Job.stored(stored["job"], uow.session) if "job" in stored else None
    return last is not None and JobState(last["state"]) not in ENDED


def _word(stored: StoredBatch) -> str:
    return stored["collection"].removeprefix(PREFIX)


# --- The job -----------------------------------------------------------------------------------


def _run(run: JobRun) -> Mapping[str, Any]:
    with reachable():
        stored = Batch.stored(run.args["batch"])
    if stored is None:
        raise Missing()
    if "finished_at" not in stored:
        run.actor.demand(Permission.MANAGE_OFFICE)
        own_collections.refresh_collections()
        _Deletion(run, stored).go()
        own_collections.refresh_collections()
    return {"batch": stored["_id"]}


class _Deletion:
    """One claim of the job that deletes a collection with its records."""

    def __init__(self, run: JobRun, stored: StoredBatch) -> None:
        self._run = run
        self._id = stored["_id"]
        self._word = _word(stored)
        self._name = stored["collection"]
        self._label = stored.get("label", "")
        if self._name not in RECORDS:
            raise Missing()
        self._document = RECORDS[self._name]
        self._at: Mapping[str, Any] = run.checkpoint
        self._total = run.args["total"]
        self._all_go = False

    def go(self) -> None:
        """Go on from the checkpoint to the end. Raises Cancelled, LeaseLost, Refused, Unavailable."""
        is_whole = "last" not in self._at
        while self._left():
            gone = sum(self._piece(ids) for ids in pieces_of(self._document.objects, lambda: self._at))
            self._at = {
                "done": self._at.get("done", 0)
            }  # from the beginning, for what others named until now
            if is_whole and not gone:
                if self._all_go:
                    break
                self._all_go = True  # what is left names one another
            is_whole = True
        self._run.step(self._finish, self._at, done=self._at.get("done", 0), total=self._total)

    def _left(self) -> int:
        with patient(), reachable():
            return self._document.count_referring({})

    def _piece(self, ids: Sequence[ObjectId]) -> int:
        """Move some records in one transaction; what the database refuses is left out by halves."""
        before = self._at.get("done", 0)

        def done(gone: int) -> int:
            return int(before + gone)

        at = {"last": ids[-1], "done": before + len(ids)}
        try:
            gone = self._run.step(partial(self._move, ids), at, done=done, total=max(self._total, before))
        except (Refused, Stale):
            if len(ids) == 1:
                self._at = {**self._at, "last": ids[0]}
                return 0
            half = len(ids) // 2
            return self._piece(ids[:half]) + self._piece(ids[half:])
        self._at = {**at, "done": before + gone}
        return gone

    def _move(self, ids: Sequence[ObjectId], uow: UnitOfWork) -> int:
        uow.batch = self._id
        gone = 0
        for raw in self._document.having_all({"_id": ids}, session=uow.session):
            try:
                delete_within(uow, self._name, raw["_id"], version=raw["version"], all_go=self._all_go)
            except Refused:  # another record of the collection names it
                continue
            gone += 1
        Batch.advance(self._id, {"changed": gone}, (), session=uow.session)
        return gone

    def _finish(self, uow: UnitOfWork) -> None:
        """Delete the collection with what was entered in between. Raises Refused where a record cannot go."""
        uow.hold()
        uow.batch = self._id
        own = own_collections.deletable(uow, self._word)
        gone = self._document.count_referring({}, session=uow.session)
        own_collections.delete_within(uow, own)
        Batch.advance(self._id, {"changed": gone}, (), session=uow.session)
        Batch.finish(self._id, uow.now, uow.session)
        uow.record("many-done", self._name, self._id, self._label, note=self._id)


DELETION = JobKind(
    "collection-deletion",
    N_("Delete a collection with its records"),
    Permission.MANAGE_OFFICE,
    _run,
    apart=True,
)
