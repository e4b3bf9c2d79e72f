"""Change what an own field holds: a trial, then a job whose effect is one batch that can be taken back.

A field of the other kind, hidden at first, takes the values of the present one, some records at a time, while pages and
lists go on with the present one; whatever is saved meanwhile follows at once (`services.records.followed_values`). The
last piece lets both change places, with everything that names the field. Taking it back is the same the other way.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from documents.batches.batch import Batch, BatchAct, StoredBatch
from documents.definitions.own_condition import OwnConditionRow
from documents.definitions.own_field import SHIPPED, OwnFieldRow, refresh_own_fields
from documents.desk.audit_entry import Change
from documents.desk.user import User
from documents.imports.column_match import ColumnMatch
from documents.jobs.job import ENDED, Job, JobState
from documents.kinds import RECORDS
from documents.records.own_indexes import build_own_indexes
from documents.records.status import Status
from documents.server.connection import patient, reachable
from office.recognition.converted_values import converted, said_by
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused, Stale
from rules.words import N_
from schema.definitions.conditions import OwnCondition, own_condition_of, stored_condition
from schema.definitions.kind_changes import as_kind, in_the_place_of, query_of, with_key
from schema.definitions.own_fields import (
    LONGEST_WORD,
    MOST_WORDS,
    OwnField,
    OwnWord,
    as_field,
    has_forbidden_sign,
    own_field_of,
)
from schema.expressions import ExpressionError, fields_read, read_stored
from schema.field import Field, heading_key
from schema.registry import REGISTRY
from services.definitions.formulas import (
    Draft,
    conditions_stored,
    demand_readable,
    fields_of_all,
    with_formula,
)
from services.definitions.own_fields import (
    demand_listed,
    demand_once,
    demand_own_field,
    follow_fields,
    holding,
    key_of,
    own_field_row,
    own_fields_in,
    refresh_fields,
    with_codes,
    write_own_field,
)
from services.jobs.pieces import pieces_of
from services.jobs.run import JobKind, JobRun
from services.records.followed_values import field_by_key, value_that_follows
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

COLLECTION = "record_batches"
_MOST_ROWS = 200  # records that a trial names
_MOST_KNOWN = 20_000  # different values whose conversion is remembered
_PARTING = frozenset(",，、;；")
_LONGEST_LEFT = 80
_HIDDEN = "***"

SOME_FAIL = N_("%(count)d values do not convert: nothing was changed.")
LEFT_EMPTY = N_("“%(value)s” does not convert: it was left empty, and the earlier value is kept.")
NOT_BACK = N_(
    "It was changed to “%(value)s” since, which does not convert back: what it was before stands again."
)
AMBIGUOUS = N_("A formula names a field of this key of two collections: change that formula first.")
CHANGE_AGAIN = N_("This gave a field its earlier kind back. To change it once more, change its kind again.")
_ENDED = N_("It has ended already.")
_RUNNING = N_("This batch is still being written: please wait until it has come to its end.")


@dataclass(frozen=True)
class FailedRow:
    """A record whose value does not convert: its id, its label, what stands there, and why not."""

    record_id: Any
    label: str
    value: str
    reason: Refusal


@dataclass(frozen=True)
class KindTrial:
    """What a change of kind would do: how many values there are, how many convert, and the first of those that do not.

    `refusals` say why the change is not possible at all.
    """

    filled: int
    fails: int
    rows: tuple[FailedRow, ...]
    refusals: tuple[Refusal, ...] = ()

    @property
    def converts(self) -> int:
        """How many values convert."""
        return self.filled - self.fails


# --- The trial ---------------------------------------------------------------------------------


def words_found(own: OwnField, *, actor: Actor) -> tuple[OwnWord, ...]:
    """Return the texts that records hold in a field as words of a list, the most frequent first.

    What can be no word is left out. Raises NotAllowed, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    field = as_field(own)
    counts: Counter[str] = Counter()
    with patient(), reachable():
        for raw in RECORDS[own.collection].shown_of(holding(field.source), [field.source]):
            text = str(said_by(field, raw) or "").strip()
            if 0 < len(text) <= LONGEST_WORD and (text in counts or len(counts) < _MOST_KNOWN):
                counts[text] += 1
    found: dict[str, OwnWord] = {}
    for text, _ in counts.most_common():
        if not has_forbidden_sign(text) and not _PARTING.intersection(text) and len(found) < MOST_WORDS:
            found.setdefault(heading_key(text), OwnWord("", text))
    return tuple(found.values())


def try_kind(own: OwnField, typed: OwnField, *, actor: Actor) -> KindTrial:
    """Tell what becomes of every value of a field with another kind.

    Raises NotAllowed, Missing, Refused for a kind that cannot follow, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    demand_listed(own.collection)
    wanted = with_codes(as_kind(own, replace(typed, last_word=own.last_word)), own)
    refusals: list[Refusal] = []
    with reachable():
        rows = OwnFieldRow.of_collection(own.collection)
        taken = {row["_id"].partition(".")[2] for row in rows}
        wanted = replace(wanted, key=key_of(wanted, taken))
        try:
            demand_own_field(wanted, [one for one in own_fields_in(rows) if one.key != own.key])
            _Places(own, replace(wanted, follows=own.key)).demand_readable()
        except Refused as refused:
            refusals += refused.refusals
    if any(one.field in ("words", "mask", "minimum", "maximum") for one in refusals):
        return KindTrial(0, 0, (), tuple(refusals))
    filled, fails, failed = _tried(own, as_field(own), as_field(wanted))
    return KindTrial(filled, fails, failed, tuple(refusals))


def _tried(own: OwnField, old: Field, new: Field) -> tuple[int, int, tuple[FailedRow, ...]]:
    document, declaration = RECORDS[own.collection], REGISTRY[own.collection]
    known: dict[Any, Refusal | None] = {}
    filled, fails = 0, 0
    failed: list[FailedRow] = []
    keys = {old.source, *declaration.name_keys}
    with patient(), reachable():
        for raw in document.shown_of(holding(old.source), keys):
            said = said_by(old, raw)
            if said not in known:
                if len(known) >= _MOST_KNOWN:
                    known.clear()
                known[said] = _why_not(old, new, raw)
            filled += 1
            if reason := known[said]:
                fails += 1
                if len(failed) < _MOST_ROWS:
                    shown = _masked(old, str(said))
                    failed.append(FailedRow(raw["_id"], document.label_of(raw), shown, reason))
    return filled, fails, tuple(failed)


def _why_not(old: Field, new: Field, raw: Mapping[str, Any]) -> Refusal | None:
    try:
        converted(old, new, raw)
    except Refused as refused:
        reason = refused.refusals[0]
        if old.personal and "value" in reason.params:  # the sentence would say what the row does not
            return replace(reason, params={**reason.params, "value": _HIDDEN})
        return reason
    return None


# --- What names the field ----------------------------------------------------------------------


class _Places:
    """The definitions as they are once one field has taken another one's place."""

    def __init__(self, before: OwnField, after: OwnField, session: ClientSession | None = None) -> None:
        """Read them; `after` is in force with its final name and place."""
        self.before, self.after, self._session = before, after, session
        self._statuses = Status.words_of_all(session)
        self.fields, self.conditions = fields_of_all(session), conditions_stored(session)
        self._now = Draft(self.fields, self._statuses, self.conditions)
        self._renamed = [self._with_formula(own) for own in self.fields]
        self._renamed_conditions = [self._with_condition(one) for one in self.conditions]

    def _formula(self, collection: str, formula: str) -> str:
        """Return a stored formula that reads the field by its new key; another one as it is."""
        mine = (self.before.collection, self.before.key)
        try:
            read = fields_read(read_stored(formula, self._now.scope(collection)), collection)
        except ExpressionError:
            return formula
        if mine not in read:
            return formula
        if any(key == self.before.key and of != self.before.collection for of, key in read):
            raise Refused(AMBIGUOUS)
        return with_key(formula, self.before.key, self.after.key)

    def _with_formula(self, own: OwnField) -> OwnField:
        if (own.collection, own.key) == (self.before.collection, self.before.key):
            return replace(own, hidden=True, replaced=True, changing="")
        if (own.collection, own.key) == (self.after.collection, self.after.key):
            return self.after
        return replace(own, formula=self._formula(own.collection, own.formula)) if own.is_computed else own

    def _with_condition(self, one: OwnCondition) -> OwnCondition:
        formula = self._formula(one.collection, one.formula)
        named = one.collection == self.before.collection and one.at == self.before.key
        return replace(one, formula=formula, at=self.after.key if named else one.at)

    def demand_readable(self) -> list[OwnField]:
        """Return the computed fields that read it, as they are then; refuse it where one could not be read any more."""
        known = {(one.collection, one.key) for one in self._renamed}
        fields = list(self._renamed)
        if (self.after.collection, self.after.key) not in known:
            fields.append(self.after)
        demand_readable(self._now, fields, self._statuses, conditions=self._renamed_conditions)
        together, found = Draft(fields, self._statuses), []
        for own, was in zip(self._renamed, self.fields, strict=True):
            if own.is_computed and own.formula != was.formula and not own.hidden:
                found.append(with_formula(own, together, is_stored=True))
        return found

    def moved_conditions(self) -> list[OwnCondition]:
        """Return the conditions that name the field, as they are then."""
        pairs = zip(self._renamed_conditions, self.conditions, strict=True)
        return [one for one, was in pairs if one != was]


def _switch(uow: UnitOfWork, collection: str, before_key: str, after_key: str) -> None:
    """Let a field take another one's place, with everything that names it. Raises Refused, Missing."""
    uow.hold()
    rows = {row["_id"].partition(".")[2]: row for row in OwnFieldRow.of_collection(collection, uow.session)}
    before, after = (own_field_of(rows[key]["field"]) for key in (before_key, after_key))
    new = in_the_place_of(before, after)
    demand_own_field(new, [one for one in own_fields_in(list(rows.values())) if one.key != before_key])
    demand_once(after, new, uow)  # two values may have become one
    places = _Places(before, new, uow.session)
    computed = places.demand_readable()
    write_own_field(uow, rows[before_key], replace(before, hidden=True, replaced=True, changing=""))
    write_own_field(uow, rows[after_key], new)
    for own in computed:
        row = OwnFieldRow.read(f"{own.collection}.{own.key}", uow.actor, uow.session)
        write_own_field(uow, row, own)
    for one in places.moved_conditions():
        row = OwnConditionRow.read(f"{one.collection}.{one.key}", uow.actor, uow.session)
        uow.save(
            OwnConditionRow,
            row,
            {"_id": row["_id"], "of": one.collection, "condition": stored_condition(one)},
        )
        uow.record("changed", "own_conditions", row["_id"], own_condition_of(row["condition"]).sentence)
    _rename_in_views(uow, before, new)
    ColumnMatch.rename(SHIPPED[collection].slug, before_key, after_key, uow.session)
    was = replace(before, hidden=False)
    follow_fields(uow, (was, replace(before, hidden=True)), *((None, own) for own in computed))


def _rename_in_views(uow: UnitOfWork, before: OwnField, after: OwnField) -> None:
    for name, lists in User.views_by_name(uow.session).items():
        views = lists.get(before.collection, {})
        renamed = {view: query_of(query, before, after)[0] for view, query in views.items()}
        found = User.find_named(name, uow.session) if renamed != views else None
        if found is not None:
            kept = [{"name": view, "query": query} for view, query in renamed.items()]
            User.keep_views(found["_id"], before.collection, kept, uow.session)
            uow.record("view-saved", before.collection, None, name)


# --- Asked for ---------------------------------------------------------------------------------


def ask_to_change_kind(
    collection: str,
    key: str,
    typed: OwnField,
    *,
    version: int,
    stops: bool,
    actor: Actor,
    now: datetime,
) -> str:
    """Let a job change what a field holds to what `typed` says; return the batch.

    With `stops` a value that does not convert stops it; else such a value is left empty and named. Raises NotAllowed,
    Missing, Stale, Refused, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    demand_listed(collection)
    with reachable():
        own = own_field_of(OwnFieldRow.read(f"{collection}.{key}", actor)["field"])
    trial = try_kind(own, typed, actor=actor)
    if trial.refusals:
        raise Refused(*trial.refusals)
    if stops and trial.fails:
        raise Refused(SOME_FAIL, count=trial.fails)
    batch = Batch.new_id(now)

    def work(uow: UnitOfWork) -> str:
        uow.hold()
        row = own_field_row(uow, replace(typed, collection=collection, key=key), version)
        before = own_field_of(row["field"])
        taken = {one["_id"].partition(".")[2] for one in OwnFieldRow.of_collection(collection, uow.session)}
        wanted = with_codes(as_kind(before, replace(typed, last_word=before.last_word)), before)
        after = replace(
            wanted, key=key_of(wanted, taken), hidden=True, replaced=True, follows=key, changing="", unique="",
        )  # fmt: skip
        write_own_field(uow, row, replace(before, changing=batch))
        write_own_field(uow, None, after)
        label = f"{before.label}：{before.kind.zh}→{after.kind.zh}"
        args = {"batch": batch, "stops": stops, "total": trial.filled}
        _begin(uow, batch, BatchAct.KIND, collection, label, args, field=key, becomes=after.key)
        return after.key

    in_one_transaction(work, actor=actor, now=now)
    refresh_fields()
    return batch


def _begin(
    uow: UnitOfWork, batch: str, act: BatchAct, collection: str, label: str, args: Mapping[str, Any], **more: Any
) -> ObjectId:  # fmt: skip
    job = Job.add(KIND.name, args, uow.actor, uow.now, uow.session)
    Batch.add(
        batch, act, collection, uow.actor, uow.now, uow.session, label=label, counts={}, job=job, **more
    )
    uow.record("kind-asked", collection, batch, label)
    return job


def ask_to_take_kind_back(batch: str, *, actor: Actor, now: datetime) -> tuple[str, ObjectId]:
    """Let a job give a field its earlier kind and values back; return the batch of that, and its job.

    A change that did not come to its end is given up at once. Raises NotAllowed, Missing, Refused, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    stored = _stored_of(batch)
    if stored["act"] != BatchAct.KIND:
        raise Refused(CHANGE_AGAIN)
    undoing = Batch.new_id(now)

    def work(uow: UnitOfWork) -> ObjectId:
        uow.hold()
        collection, before_key, after_key = stored["collection"], stored["field"], stored["becomes"]
        if Batch.open_undoing(batch, uow.session) is not None or _is_open(stored, uow.session):
            raise Refused(_RUNNING)
        before_row, after_row = (_row(collection, key, uow) for key in (before_key, after_key))
        before, after = own_field_of(before_row["field"]), own_field_of(after_row["field"])
        label = stored.get("label", "")
        if before.changing == batch:  # the field of the other kind never took its place
            write_own_field(uow, before_row, replace(before, changing=""))
            write_own_field(uow, after_row, replace(after, follows=""))
            Batch.add(
                undoing, BatchAct.UNDO, collection, actor, uow.now, uow.session, label=label, undoes=batch, counts={},
                field=after_key, becomes=before_key, finished_at=uow.now, job=stored["job"],
            )  # fmt: skip
            Batch.finish(batch, uow.now, uow.session)
            uow.record("undone", collection, undoing, label, note=undoing)
            return stored["job"]
        if after.changing or after.replaced:
            raise Refused(_ENDED)
        write_own_field(uow, after_row, replace(after, changing=undoing, follows=""))
        write_own_field(uow, before_row, replace(before, follows=after_key))
        args = {"batch": undoing, "stops": False, "total": 0}
        return _begin(
            uow, undoing, BatchAct.UNDO, collection, label, args, undoes=batch, field=after_key, becomes=before_key
        )  # fmt: skip

    job = in_one_transaction(work, actor=actor, now=now)
    refresh_fields()
    return undoing, job


def is_of_kind(batch: str) -> bool:
    """Tell whether a batch is a change of what a field holds, or takes one back."""
    with reachable():
        return "becomes" in (Batch.stored(batch) or {})


def ask_to_finish_kind(batch: str, *, actor: Actor, now: datetime) -> ObjectId:
    """Let a job go on with a change of kind, or with taking one back, that was cut short; return the job.

    Raises NotAllowed, Missing, Refused when it has ended, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    stored = _stored_of(batch)

    def work(uow: UnitOfWork) -> ObjectId:
        uow.hold()
        last = Job.stored(stored["job"], uow.session) if "job" in stored else None
        field = own_field_of(_row(stored["collection"], stored["field"], uow)["field"])
        if (
            last is None
            or "finished_at" in stored
            or _is_open(stored, uow.session)
            or field.changing != batch
        ):
            raise Refused(_ENDED)
        args = {**last["args"], "after": last.get("checkpoint", {}) or last["args"].get("after", {})}
        job = Job.add(KIND.name, args, uow.actor, uow.now, uow.session)
        Batch.set_job(batch, job, uow.session)
        uow.record("kind-asked", stored["collection"], batch, stored.get("label", ""))
        return job

    return in_one_transaction(work, actor=actor, now=now)


def _stored_of(batch: str) -> StoredBatch:
    with reachable():
        stored = Batch.stored(batch)
    if stored is None or "becomes" not in stored:
        raise Missing()
    return stored


def _is_open(stored: StoredBatch, session: ClientSession) -> bool:
    last = Job.stored(stored["job"], session) if "job" in stored else None
    return last is not None and JobState(last["state"]) not in ENDED


def _row(collection: str, key: str, uow: UnitOfWork) -> dict[str, Any]:
    return OwnFieldRow.read(f"{collection}.{key}", uow.actor, uow.session)


# --- The job -----------------------------------------------------------------------------------


def _run(run: JobRun) -> Mapping[str, Any]:
    with reachable():
        stored = Batch.stored(run.args["batch"])
    if stored is None:
        raise Missing()
    if "finished_at" not in stored:
        _KindChange(run, stored).go()
    return {"batch": stored["_id"]}


class _KindChange:
    """One claim of the job that changes what a field holds, or takes that back."""

    def __init__(self, run: JobRun, stored: StoredBatch) -> None:
        self._run, self._id, self._collection = run, stored["_id"], stored["collection"]
        self._before, self._after = stored["field"], stored["becomes"]
        self._is_undoing = stored["act"] == BatchAct.UNDO
        self._document = RECORDS[self._collection]
        self._at: Mapping[str, Any] = run.checkpoint or run.args.get("after", {})
        self._total = run.args["total"]
        self._label = stored.get("label", "")

    def go(self) -> None:
        """Go on from the checkpoint to the end. Raises Cancelled, LeaseLost, Refused, Unavailable."""
        refresh_own_fields()
        self._read_fields()
        for ids in self._pieces():
            done = self._at.get("done", 0) + len(ids)
            at = {"last": ids[-1], "done": done}
            self._run.step(partial(self._convert, ids), at, done=done, total=max(self._total, done))
            self._at = at
        with patient(), reachable():
            row = OwnFieldRow.read(f"{self._collection}.{self._before}", self._run.actor)
            also = [self._after] if own_field_of(row["field"]).filtered else []
            with suppress(Refused):  # of another field's values, which the job that follows tells of
                build_own_indexes(SHIPPED[self._collection], self._document, also)
        self._run.step(self._finish, self._at, done=self._at.get("done", 0), total=self._total)
        refresh_fields()

    def _read_fields(self) -> tuple[Field, Field]:
        """Return both fields as they are declared now. Raises Missing where one is not there any more."""
        known = field_by_key(REGISTRY[self._collection]) if self._collection in REGISTRY else {}
        if self._before not in known or self._after not in known:
            raise Missing()
        return known[self._before], known[self._after]

    def _pieces(self) -> Iterator[list[ObjectId]]:
        old, new = self._read_fields()
        held = (
            {"$or": [holding(old.source), holding(new.source)]} if self._is_undoing else holding(old.source)
        )
        records = self._document.objects.where_raw(held)
        return pieces_of(records, lambda: self._at)

    def _convert(self, ids: Sequence[ObjectId], uow: UnitOfWork) -> None:
        uow.batch = self._id
        old, new = self._read_fields()
        counts: Counter[str] = Counter()
        left: list[dict[str, Any]] = []
        values: dict[Any, dict[str, Any]] = {}
        for raw in self._document.having_all({"_id": ids}, session=uow.session):
            value = raw.get(new.key)
            try:
                value = self._value_back(old, new, raw) if self._is_undoing else converted(old, new, raw)
            except Refused as refused:
                if self._run.args["stops"]:
                    raise Refused(SOME_FAIL, count=1) from refused
                said = _unhidden(old, str(said_by(old, raw)))[:_LONGEST_LEFT]
                left.append(_left_row(raw, self._document.label_of(raw), said, back=self._is_undoing))
                counts["not_converted"] += 1
                value = raw.get(new.key)
            if value == raw.get(new.key):
                counts["back" if self._is_undoing else "unchanged"] += 1
                continue
            self._write(uow, raw, new, value)
            # A reference is only ever kept or emptied here, and its copied name with it.
            values[raw["_id"]] = {new.key: value} | ({new.source: None} if new.name_key else {})
            counts["undone" if self._is_undoing else "changed"] += 1
        self._document.set_fields(values, session=uow.session)
        if not self._is_undoing:
            counts["unchanged"] -= counts["not_converted"]
        else:
            counts["back"] -= counts["not_converted"]
        Batch.advance(self._id, counts, left, session=uow.session)

    def _value_back(self, old: Field, new: Field, raw: Mapping[str, Any]) -> Any:
        """Return what a record's earlier field holds again: as it was, unless the later one was changed since."""
        if value_that_follows(new, old, raw) == raw.get(old.key):
            return raw.get(new.key)
        return converted(old, new, raw)

    def _write(self, uow: UnitOfWork, raw: Mapping[str, Any], new: Field, value: Any) -> None:
        """Tell the trail; the version stays, since the field is in no form yet that somebody may have open."""
        counties = self._document.counties_of(raw)
        uow.touch(self._collection, raw["_id"], raw)
        uow.record(
            "changed", self._collection, raw["_id"], self._document.label_of(raw), counties=counties,
            changes=[
                Change(new.source, raw.get(new.source), None, raw.get(new.key), None)
                if new.name_key
                else Change(new.key, raw.get(new.key), value)
            ],
        )  # fmt: skip

    def _finish(self, uow: UnitOfWork) -> None:
        row = _row(self._collection, self._before, uow)
        if own_field_of(row["field"]).changing != self._id:
            raise Stale()
        uow.batch = self._id
        _switch(uow, self._collection, self._before, self._after)
        Batch.finish(self._id, uow.now, uow.session)
        uow.record("undone" if self._is_undoing else "kind-changed", self._collection, self._id, self._label,
                   note=self._id if self._is_undoing else "")  # fmt: skip


def _masked(field: Field, said: str) -> str:
    return _HIDDEN if field.personal else said


def _unhidden(field: Field, said: str) -> str:
    """Return what may stand in a batch, which more roles read than this field."""
    return _HIDDEN if field.personal or field.seen_by is not None else said


def _left_row(raw: Mapping[str, Any], label: str, said: str, *, back: bool) -> dict[str, Any]:
    message = NOT_BACK if back else LEFT_EMPTY
    return {
        "record": raw["_id"],
        "label": label,
        "outcome": "left",
        "message": message,
        "params": {"value": said},
    }


KIND = JobKind("field-kind", N_("Change what a field holds"), Permission.MANAGE_OFFICE, _run)
