"""Take a batch back, record by record, by the trail's own before and after; what was edited since stays unless chosen.

An undoing is itself a batch, done by a job in pieces: what it created goes to the recycle bin, what it deleted comes
back, what it changed gets its earlier values, each through the same checks as any other save. A record that a rule
refuses is left and named with the reason.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from bson import ObjectId

from documents.batches.batch import Batch, BatchAct, StoredBatch
from documents.desk.audit_entry import AuditEntry, StoredChange
from documents.jobs.job import Job
from documents.kinds import RECORDS
from documents.records.recycled import Recycled
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Missing, Problem, Refusal, Refused, Unavailable
from rules.words import N_
from schema.field import Field
from schema.registry import REGISTRY
from services.batches.batches import BatchState, demand_there, read_batch
from services.batches.effects import Effect, Standing, effects_of
from services.definitions.kind_changes import ask_to_finish_kind, ask_to_take_kind_back, is_of_kind
from services.jobs.run import JobKind, JobRun
from services.records.denormalised_copies import follow_with_copies, is_copied
from services.records.records import delete_within, restore_within, update_within
from services.records.references import References
from services.shared.office_day import office_moment
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

CHUNK = 100  # records of one transaction
COLLECTION = "record_batches"
_EDITED = N_("%(who)s saved this record at %(when)s, after the batch.")
_GONE = N_("This record was deleted since. Bring it back from the recycle bin first.")
_NOT_IN_BIN = N_("This record is no longer in the recycle bin.")
_OUT_OF_SCOPE = N_("This record is not in your county any more.")
_UNTOLD = N_("The trail does not tell which record “%(value)s” was: please put it right by hand.")
_RUNNING = N_("This batch is still being written: please wait until it has come to its end.")
_UNDER_WAY = N_("This batch is being undone already.")


class Outcome(StrEnum):
    """What became of a record of a batch that is undone."""

    UNDONE = "undone"
    EDITED = "edited"
    REFUSED = "refused"
    BACK = "back"


@dataclass(frozen=True)
class Choice:
    """Which records go back although they were edited since: these, or `every` one.

    What was written after entry `seen` of the trail is left all the same: nobody has looked at that.
    """

    chosen: frozenset[ObjectId] = frozenset()
    every: bool = False
    seen: int = 0

    def includes(self, effect: Effect) -> bool:
        """Tell whether an edited record was chosen as it stands."""
        wanted = self.every or effect.record_id in self.chosen
        return wanted and effect.last_edit[2] <= self.seen


@dataclass(frozen=True)
class Asked:
    """An undoing that was asked for: its own batch, its job, and how many records the batch wrote."""

    batch: str
    job: ObjectId
    records: int


def ask_to_undo(batch: str, choice: Choice, *, actor: Actor, now: datetime) -> Asked:
    """Let a job undo a batch; the undoing is a batch too.

    Raises Missing, NotAllowed, Refused while the batch is written or undone, Unavailable.
    """
    actor.demand(Permission.WRITE)
    line = read_batch(batch, actor=actor, now=now)
    demand_there(line.collection)
    actor.demand(REGISTRY[line.collection].write_permission)
    if is_of_kind(batch):
        taken_back, job = ask_to_take_kind_back(batch, actor=actor, now=now)
        return Asked(taken_back, job, sum(line.counts.values()))
    if line.state is BatchState.RUNNING:
        raise Refused(_RUNNING)
    undoing = Batch.new_id(now)

    def work(uow: UnitOfWork) -> ObjectId:
        uow.hold()
        if Batch.open_undoing(batch, uow.session) is not None:
            raise Refused(_UNDER_WAY)
        Batch.add(
            undoing, BatchAct.UNDO, line.collection, actor, uow.now, uow.session, label=line.label, undoes=batch,
            chosen=sorted(choice.chosen), every=choice.every, seen=choice.seen, counts={},
        )  # fmt: skip
        job_id = Job.add(UNDO.name, {"batch": undoing}, actor, uow.now, uow.session)
        Batch.set_job(undoing, job_id, uow.session)
        uow.record(
            "undo-asked",
            line.collection,
            undoing,
            line.label,
            counties=[actor.county] if actor.county else [],
        )
        return job_id

    with reachable():
        records = len(AuditEntry.records_of_batch(batch, line.collection, actor))
    return Asked(undoing, in_one_transaction(work, actor=actor, now=now), records)


def ask_to_finish(undoing: str, *, actor: Actor, now: datetime) -> ObjectId:
    """Let a job go on with an undoing that was cut short or stopped; return the job. Raises Missing, Refused."""
    actor.demand(Permission.WRITE)
    line = read_batch(undoing, actor=actor, now=now)
    if is_of_kind(undoing):
        return ask_to_finish_kind(undoing, actor=actor, now=now)
    if not line.undoes or line.state is not BatchState.UNFINISHED:
        raise Refused(N_("It has ended already."))

    def work(uow: UnitOfWork) -> ObjectId:
        uow.hold()
        job_id = Job.add(UNDO.name, {"batch": undoing}, actor, uow.now, uow.session)
        Batch.set_job(undoing, job_id, uow.session)
        uow.record(
            "undo-asked",
            line.collection,
            undoing,
            line.label,
            counties=[actor.county] if actor.county else [],
        )
        return job_id

    return in_one_transaction(work, actor=actor, now=now)


def take_back(
    uow: UnitOfWork, batch: str, collection: str, effect: Effect, refs: References, *, choice: Choice, note: str
) -> bool:  # fmt: skip
    """Undo what a batch did to one record, within a transaction; tell whether anything was written.

    A record that it deleted brings those along that it names, as far as the same batch deleted them and they are to
    come back too. Raises Refused, NotAllowed, Missing.
    """
    document = RECORDS[collection]
    present = document.whole(effect.record_id, session=uow.session)
    if present is not None and not document.is_visible(present, uow.actor):
        raise Refused(_OUT_OF_SCOPE)
    if not effect.existed:
        if present is None:
            return False
        delete_within(uow, collection, effect.record_id, version=present["version"], note=note)
        return True
    if not effect.exists:
        if present is not None:
            return False
        entry = Recycled.last_of(collection, effect.record_id, session=uow.session)
        if entry is None:
            raise Refused(_NOT_IN_BIN)
        restore_within(
            uow, entry["_id"], note=note, with_named=partial(_comes_back, uow, batch, collection, choice)
        )
        return True
    if present is None:
        raise Refused(_GONE)
    values = earlier_values(collection, present, effect.changes, uow.actor, refs)
    saved = update_within(
        uow, collection, effect.record_id, values, refs, version=present["version"], note=note
    )
    return saved > 0


def _comes_back(uow: UnitOfWork, batch: str, collection: str, choice: Choice, record_id: Any) -> bool:
    """Tell whether undoing a batch brings this record back: one deleted by itself since stays unless chosen."""
    found = effects_of(
        batch, collection, [record_id], county=uow.actor.county, session=uow.session, brief=True
    )
    return any(
        effect.existed and not effect.exists
        and (effect.standing is Standing.AS_LEFT or (effect.standing is Standing.EDITED and choice.includes(effect)))
        for effect in found
    )  # fmt: skip


def earlier_values(
    collection: str, present: Mapping[str, Any], changes: Sequence[StoredChange], actor: Actor, refs: References
) -> dict[str, Any]:  # fmt: skip
    """Return the values that a record had before some changes, ids for copied names, as far as the actor may set them.

    Raises Refused when the trail does not tell which record a name was.
    """
    declaration = REGISTRY[collection]
    referring = (*declaration.references, *declaration.reference_lists)
    references = {field.name_key: field for field in referring if field.name_key}
    values: dict[str, Any] = {}
    for change in changes:
        field = references.get(change["field"])
        if field is None:
            values[change["field"]] = change["old"]
        elif change["old"] is None:
            values[field.key] = None
        else:
            values[field.key] = change.get("old_id") or _named(field, change["old"], actor, refs)
    seen = declaration.hooks.in_sight({**present, **values}, actor)
    return {key: seen.get(key) for key in values}


def _named(field: Field, name: str, actor: Actor, refs: References) -> Any:
    """Return the one record in scope of this name: older entries of the trail have names alone."""
    found = RECORDS[field.refers_to].objects.visible_to(actor).where_raw({"name": name})
    ids = [row["_id"] for row in found.rows(("_id",), (("_id", 1),), limit=2)]
    if len(ids) != 1:
        raise Refused(Refusal(_UNTOLD, {"value": name}, field=field.key))
    return ids[0]


# --- The job -----------------------------------------------------------------------------------


def _run(run: JobRun) -> Mapping[str, Any]:
    stored = Batch.stored(run.args["batch"])
    if stored is None:
        raise Missing()
    work = _Undoing(run, stored)
    work.go()
    return {"batch": stored["_id"]}


class _Undoing:
    """One claim of the job that undoes a batch."""

    def __init__(self, run: JobRun, stored: StoredBatch) -> None:
        self._run = run
        self._stored = stored
        self._id = stored["_id"]
        self._collection = stored["collection"]
        self._choice = Choice(
            frozenset(stored.get("chosen", ())), bool(stored.get("every")), stored.get("seen", 0)
        )
        with reachable():
            self._ids = AuditEntry.records_of_batch(stored["undoes"], self._collection, run.actor)

    def go(self) -> None:
        """Go on from the checkpoint to the end. Raises Cancelled, LeaseLost, Unavailable."""
        for begin in range(self._run.checkpoint.get("next", 0), len(self._ids), CHUNK):
            self._piece(begin, min(begin + CHUNK, len(self._ids)))
        self._run.step(self._finish, self._run.checkpoint, done=len(self._ids), total=len(self._ids))

    def _piece(self, begin: int, end: int) -> None:
        """Undo the records from `begin` on; what the database refuses is left out by halves."""
        begin = max(begin, self._run.checkpoint.get("next", 0))
        if begin >= end:
            return
        work = partial(self._take_back, self._ids[begin:end])
        try:
            self._run.step(work, {"next": end}, done=end, total=len(self._ids))
        except Refused as refused:
            if end - begin == 1:
                leave = partial(self._leave, self._ids[begin], refused)
                self._run.step(leave, {"next": end}, done=end, total=len(self._ids))
            else:
                half = (begin + end) // 2
                self._piece(begin, half)
                self._piece(half, end)
        if is_copied(self._collection):
            follow_with_copies(actor=self._run.actor, now=datetime.now(tz=self._stored["started_at"].tzinfo))

    def _take_back(self, ids: Sequence[Any], uow: UnitOfWork) -> None:
        uow.batch = self._id
        refs = References(uow.actor, uow.session, taking_back=True)
        effects = effects_of(
            self._stored["undoes"], self._collection, ids, county=uow.actor.county, session=uow.session
        )
        counts: Counter[str] = Counter()
        left: list[dict[str, Any]] = []
        for effect in effects:
            outcome, reason = self._one(uow, effect, refs)
            counts[outcome.value] += 1
            if reason is not None:
                left.append(_left_row(effect.record_id, effect.label, outcome, reason))
        Batch.advance(self._id, counts, left, session=uow.session)

    def _one(
        self, uow: UnitOfWork, effect: Effect, refs: References
    ) -> tuple[Outcome, Refusal | None]:  # fmt: skip
        if effect.standing is Standing.BACK:
            return Outcome.BACK, None
        if effect.standing is Standing.EDITED and not self._choice.includes(effect):
            return Outcome.EDITED, edited_since(effect)
        try:
            written = take_back(
                uow, self._stored["undoes"], self._collection, effect, refs, choice=self._choice, note=self._id
            )  # fmt: skip
        except Unavailable:
            raise
        except Problem as problem:
            return Outcome.REFUSED, problem.refusals[0]
        return (Outcome.UNDONE if written else Outcome.BACK), None

    def _leave(self, record_id: Any, refused: Refused, uow: UnitOfWork) -> None:
        effects = effects_of(self._stored["undoes"], self._collection, [record_id], session=uow.session)
        label = effects[0].label if effects else ""
        row = _left_row(record_id, label, Outcome.REFUSED, refused.refusals[0])
        Batch.advance(self._id, {Outcome.REFUSED.value: 1}, [row], session=uow.session)

    def _finish(self, uow: UnitOfWork) -> None:
        Batch.finish(self._id, uow.now, uow.session)
        uow.record(
            "undone", self._collection, self._id, self._stored.get("label", ""),
            counties=[uow.actor.county] if uow.actor.county else [], note=self._id,
        )  # fmt: skip


def edited_since(effect: Effect) -> Refusal:
    """Return the sentence that says who wrote to a record since, and when."""
    who, when, _ = effect.last_edit
    return Refusal(_EDITED, {"who": who, "when": office_moment(when)})


def _left_row(record_id: Any, label: str, outcome: Outcome, reason: Refusal) -> dict[str, Any]:
    params = {key: _plain(value) for key, value in reason.params.items()}
    return {
        "record": record_id, "label": label, "outcome": outcome.value, "message": reason.message, "params": params,
    }  # fmt: skip


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else str(value)


UNDO = JobKind("undo", N_("Undo a batch"), Permission.WRITE, _run, apart=True)
