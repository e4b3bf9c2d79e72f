"""The same act on thousands of records, by a job in pieces: all that a list showed, as it stood when it was shown.

Which they are is kept as the list's own question, and asked again in the order of ids from where the last piece came
to, so that a job of any size holds a few thousand ids. What was saved since the list was shown is left and named; what
a rule refuses is left with its reason, and the others go on.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import bson
from bson import Binary, ObjectId
from bson.codec_options import CodecOptions

from documents.batches.batch import Batch, BatchAct, StoredBatch
from documents.desk.audit_entry import AuditEntry
from documents.jobs.job import ENDED, Job, JobState
from documents.kinds import RECORDS
from documents.records.record import RecordQuerySet
from documents.server.connection import patient, reachable
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused, Stale
from rules.words import N_
from schema.registry import REGISTRY
from schema.values import stored
from services.jobs.pieces import pieces_of
from services.jobs.run import JobKind, JobRun
from services.records.bulk_trial import Edit, demand_status
from services.records.denormalised_copies import follow_with_copies, is_copied
from services.records.records import delete_within, update_within
from services.records.references import References
from services.shared.office_day import office_moment
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

COLLECTION = "record_batches"
_SAVED = N_("%(who)s saved this record at %(when)s, after the list was shown.")
_ENDED = N_("It has ended already.")
_ANOTHERS = N_("Only who asked for it can finish it. What it changed can be undone.")


def ask_for_many(
    act: BatchAct, collection: str, records: RecordQuerySet, *, seen: int, status: str = "", edit: Edit | None = None,
    leaves_warned: bool = False, actor: Actor, now: datetime,
) -> str:  # fmt: skip
    """Let a job delete records, change fields of them (`edit`), or set their status; return the batch.

    `seen` is the entry of the audit trail at which the list was shown. `leaves_warned`: what the rules warn of is left
    as if they refused it. Raises NotAllowed, Refused, Unavailable.
    """
    actor.demand(Permission.WRITE)
    actor.demand(REGISTRY[collection].write_permission)
    batch, records = Batch.new_id(now), records.visible_to(actor)
    clause = records.filters()
    if act is BatchAct.STATUS:
        demand_status(collection, status)
    with patient(), reachable():
        total = records.count()
    args = {
        "batch": batch, "records": Binary(bson.encode({"clause": clause})), "seen": seen, "total": total,
        "leaves_warned": leaves_warned,
    }  # fmt: skip
    if edit is not None:
        given = {"values": edit.values, "fill": edit.fill}
        args["edit"] = Binary(bson.encode({name: _stored(values) for name, values in given.items()}))
    label = edit.label if edit is not None else status

    def work(uow: UnitOfWork) -> None:
        job = Job.add(MANY.name, args, actor, uow.now, uow.session)
        Batch.add(batch, act, collection, actor, uow.now, uow.session, label=label, counts={}, job=job)
        _told(uow, collection, batch, label)

    in_one_transaction(work, actor=actor, now=now)
    return batch


def ask_to_finish_many(batch: str, *, actor: Actor, now: datetime) -> ObjectId:
    """Let a job go on with an act that was cut short or stopped; return the job.

    Raises NotAllowed, Missing, Refused when it has ended or is somebody else's, Unavailable.
    """
    actor.demand(Permission.WRITE)
    with reachable():
        found = Batch.objects.visible_to(actor).one(batch)
    if found is None:
        raise Missing()
    if found["actor_id"] != actor.id:
        raise Refused(_ANOTHERS)

    def work(uow: UnitOfWork) -> ObjectId:
        last = Job.stored(found["job"], uow.session) if "job" in found else None
        if last is None or "finished_at" in found or JobState(last["state"]) not in ENDED:
            raise Refused(_ENDED)
        uow.hold()
        args = {**last["args"], "after": last.get("checkpoint", {}) or last["args"].get("after", {})}
        job = Job.add(MANY.name, args, actor, uow.now, uow.session)
        Batch.set_job(batch, job, uow.session)
        _told(uow, found["collection"], batch, found.get("label", ""))
        return job

    return in_one_transaction(work, actor=actor, now=now)


def _told(uow: UnitOfWork, collection: str, batch: str, label: str) -> None:
    uow.record(
        "many-asked", collection, batch, label, counties=[uow.actor.county] if uow.actor.county else []
    )


# --- The job -----------------------------------------------------------------------------------


def _run(run: JobRun) -> Mapping[str, Any]:
    batch = Batch.stored(run.args["batch"])
    if batch is None:
        raise Missing()
    if "finished_at" not in batch:
        run.actor.demand(REGISTRY[batch["collection"]].write_permission)
        _Many(run, batch).go()
    return {"batch": batch["_id"]}


class _Many:
    """One claim of the job that does an act on many records."""

    def __init__(self, run: JobRun, batch: StoredBatch) -> None:
        self._run = run
        self._id = batch["_id"]
        self._collection = batch["collection"]
        self._document = RECORDS[self._collection]
        self._act = BatchAct(batch["act"])
        self._label = batch.get("label", "")
        self._edit = _edit_of(run.args, self._label)
        self._seen = run.args["seen"]
        self._clause = bson.decode(run.args["records"])["clause"]
        self._at: Mapping[str, Any] = run.checkpoint or run.args.get("after", {})
        self._total = run.args["total"]
        self._leaves_warned = bool(run.args.get("leaves_warned"))

    def go(self) -> None:
        """Go on from the checkpoint to the end. Raises Cancelled, LeaseLost, NotAllowed, Unavailable."""
        for ids in self._pieces():
            self._piece(ids)
            if is_copied(self._collection):
                follow_with_copies(actor=self._run.actor, now=datetime.now(UTC))
        self._run.step(self._finish, self._at, done=self._at.get("done", 0), total=self._total)

    def _pieces(self) -> Iterator[list[ObjectId]]:
        """Yield the ids of the records that are left to do, some at a time, in their order."""
        records = self._document.objects.visible_to(self._run.actor).where_raw(self._clause)
        return pieces_of(records, lambda: self._at)

    def _piece(self, ids: Sequence[ObjectId]) -> None:
        """Do some records in one transaction; what the database refuses is left out by halves."""
        done = self._at.get("done", 0) + len(ids)
        at = {"last": ids[-1], "done": done}
        try:
            self._run.step(partial(self._do, ids), at, done=done, total=max(self._total, done))
        except (Refused, Stale) as problem:
            if len(ids) > 1:
                self._piece(ids[: len(ids) // 2])
                self._piece(ids[len(ids) // 2 :])
                return
            leave = partial(self._leave, ids[0], problem.refusals[0])
            self._run.step(leave, at, done=done, total=max(self._total, done))
        self._at = at

    def _do(self, ids: Sequence[ObjectId], uow: UnitOfWork) -> None:
        uow.batch, uow.refuses_warned = self._id, self._leaves_warned
        refs = References(uow.actor, uow.session)
        counts: Counter[str] = Counter()
        left: list[dict[str, Any]] = []
        saved_since = AuditEntry.written_since(self._collection, ids, self._seen)
        for raw in self._document.having_all({"_id": ids}, session=uow.session):
            if not self._document.is_visible(raw, uow.actor):
                counts["left"] += 1
            elif raw["_id"] in saved_since:
                counts["left"] += 1
                left.append(self._left_row(raw, _saved(raw)))
            else:
                try:
                    counts["changed" if self._one(uow, raw, refs) else "unchanged"] += 1
                except Refused as refused:
                    counts["not_done"] += 1
                    left.append(self._left_row(raw, refused.refusals[0]))
        Batch.advance(self._id, counts, left, session=uow.session)

    def _one(self, uow: UnitOfWork, raw: Mapping[str, Any], refs: References) -> bool:
        if self._act is BatchAct.DELETE:
            delete_within(uow, self._collection, raw["_id"], version=raw["version"])
            return True
        values = self._edit.of(raw)
        return update_within(uow, self._collection, raw["_id"], values, refs, version=raw["version"]) > 0

    def _leave(self, record_id: ObjectId, reason: Refusal, uow: UnitOfWork) -> None:
        raw = self._document.whole(record_id, session=uow.session)
        rows = [self._left_row(raw, reason)] if raw else []
        Batch.advance(self._id, {"not_done": 1}, rows, session=uow.session)

    def _left_row(self, raw: Mapping[str, Any], reason: Refusal) -> dict[str, Any]:
        params = {
            key: value if isinstance(value, str | int | float) else str(value)
            for key, value in reason.params.items()
        }
        label = self._document.label_of(raw)
        return {
            "record": raw["_id"], "label": label, "outcome": "left", "message": reason.message, "params": params
        }  # fmt: skip

    def _finish(self, uow: UnitOfWork) -> None:
        Batch.finish(self._id, uow.now, uow.session)
        _told_end(uow, self._collection, self._id, self._label)


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: stored(value) for key, value in values.items()}


def _edit_of(args: Mapping[str, Any], label: str) -> Edit:
    """Return what the records get; of an act that sets the status its label is the status."""
    if "edit" not in args:
        return Edit({"status": label})
    aware = CodecOptions[dict[str, Any]](tz_aware=True)
    given = bson.decode(args["edit"], codec_options=aware)
    return Edit(given["values"], given["fill"], label)


def _saved(raw: Mapping[str, Any]) -> Refusal:
    return Refusal(_SAVED, {"who": raw.get("updated_by") or "", "when": office_moment(raw["updated_at"])})


def _told_end(uow: UnitOfWork, collection: str, batch: str, label: str) -> None:
    counties = [uow.actor.county] if uow.actor.county else []
    uow.record("many-done", collection, batch, label, counties=counties, note=batch)


MANY = JobKind("many", N_("Act on many records"), Permission.WRITE, _run, apart=True)
