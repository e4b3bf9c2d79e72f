"""An earlier version of a record, wound back through the trail, and the way back to it."""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.desk.audit_entry import AuditEntry, StoredAuditEntry, StoredChange
from documents.kinds import RECORDS
from documents.server.connection import reachable
from rules.access import Actor
from rules.errors import Missing, NotAllowed, Problem, Refusal, Refused, Unavailable
from rules.words import N_
from schema.registry import REGISTRY
from services.batches.effects import MADE, folded_changes
from services.batches.undo import earlier_values
from services.desk.trail import changes_in_sight
from services.records.denormalised_copies import follow_with_copies, is_copied
from services.records.records import update_within
from services.records.references import References
from services.shared.office_day import office_moment
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_NOTHING_CHOSEN = N_("Nothing of that version is chosen.")


@dataclass(frozen=True)
class Difference:
    """One field that reads otherwise today: its key, today's value and the earlier one, as a page shows them.

    `reason` says why the earlier value cannot be set again.
    """

    key: str
    change: StoredChange
    reason: Refusal | None = None


@dataclass(frozen=True)
class EarlierVersion:
    """A record as entry `entry` of the trail left it, and how it differs from the stored one of `version`."""

    entry: StoredAuditEntry
    raw: Mapping[str, Any]
    version: int
    differences: tuple[Difference, ...]

    @property
    def may_be_restored(self) -> bool:
        """Whether any field can be set back."""
        return any(difference.reason is None for difference in self.differences)


class _Tried(Exception):
    """Leads out of the transaction of a trial, which is not kept."""


def earlier_version(
    collection: str, record_id: ObjectId, entry: int, *, actor: Actor, now: datetime
) -> EarlierVersion:
    """Return a record as an entry of its history left it. Raises NotAllowed, Missing, Unavailable."""
    actor.demand(REGISTRY[collection].write_permission)
    with reachable():
        raw = RECORDS[collection].read(record_id, actor)
        entries = AuditEntry.writes_of(collection, [record_id]).get(record_id, [])
    own = next((one for one in entries if one["_id"] == entry), None)
    if own is None or own["action"] == "deleted" or not _is_in_sight(own, actor):
        raise Missing()
    changes = folded_changes(_seen_by(actor, one) for one in entries if one["_id"] > entry)
    differences = _differences(collection, raw, changes, actor)
    judged = _judged(collection, raw, differences, actor, now)
    return EarlierVersion(own, raw, raw["version"], judged)


def restore_version(
    collection: str,
    record_id: ObjectId,
    entry: int,
    keys: Collection[str],
    *,
    version: int,
    actor: Actor,
    now: datetime,
    confirmed: Container[str] | None = None,
) -> bool:
    """Set these fields back to what they were after an entry of the history, over the `version` that was seen.

    `confirmed` are the tokens of the warnings that were read; None: nobody is asked. Return False when nothing
    differs. Raises NotAllowed, Missing, Stale, Refused, Warned, Unavailable.
    """
    earlier = earlier_version(collection, record_id, entry, actor=actor, now=now)
    chosen = [one for one in earlier.differences if one.key in keys]
    if not chosen:
        raise Refused(_NOTHING_CHOSEN)

    def work(uow: UnitOfWork) -> bool:
        refs = References(uow.actor, uow.session)
        values = _values(collection, uow.find(RECORDS[collection], record_id), chosen, uow.actor, refs)
        uow.looks_for_warnings = confirmed is not None
        saved = update_within(
            uow, collection, record_id, values, refs, version=version, action="version-restored",
            note=office_moment(earlier.entry["at"]),
        )  # fmt: skip
        uow.demand_confirmed(confirmed)
        return saved > 0

    changed = in_one_transaction(work, actor=actor, now=now)
    if changed and is_copied(collection):
        follow_with_copies(actor=actor, now=now)
    return changed


def _is_in_sight(entry: StoredAuditEntry, actor: Actor) -> bool:
    """Tell whether the history that the actor sees has this entry."""
    if actor.county is None:
        return True
    own = actor.county in entry.get("counties", ())
    return own and (entry["action"] in MADE or bool(changes_in_sight(entry, actor.county)))


def _seen_by(actor: Actor, entry: StoredAuditEntry) -> StoredAuditEntry:
    """Return an entry with what the actor may know of it: not what a partner does in other counties."""
    return entry if actor.county is None else {**entry, "changes": changes_in_sight(entry, actor.county)}


def _differences(
    collection: str, raw: Mapping[str, Any], changes: Sequence[StoredChange], actor: Actor
) -> tuple[Difference, ...]:
    """Return what a clerk could set back, as far as it is the actor's to see; what is derived follows by itself."""
    declaration = REGISTRY[collection].seen_by(actor)
    keys = {field.source: field.key for field in declaration.fields}
    typed = set(declaration.typed_keys)
    seen_now = declaration.hooks.in_sight(raw, actor)
    seen_then = declaration.hooks.in_sight({**raw, **{one["field"]: one["old"] for one in changes}}, actor)
    found = []
    for change in changes:
        name = change["field"]
        key = keys.get(name, name)
        shown: StoredChange = {**change, "old": seen_now.get(name), "new": seen_then.get(name)}
        differs = shown["old"] != shown["new"] or change.get("old_id") != change.get("new_id")
        if key in typed and differs:
            found.append(Difference(key, shown))
    return tuple(found)


def _values(
    collection: str, raw: Mapping[str, Any], differences: Sequence[Difference], actor: Actor, refs: References
) -> dict[str, Any]:  # fmt: skip
    changes: list[StoredChange] = [{**one.change, "old": one.change["new"]} for one in differences]
    return earlier_values(collection, raw, changes, actor, refs)


def _judged(
    collection: str, raw: Mapping[str, Any], differences: Sequence[Difference], actor: Actor, now: datetime
) -> tuple[Difference, ...]:
    """Try to set all of it back, and say of each field that the rules refuse why; nothing is kept."""
    reasons: dict[str, Refusal] = {}

    def work(uow: UnitOfWork) -> None:
        while wanted := [one for one in differences if one.key not in reasons]:
            refs = References(uow.actor, uow.session)
            try:
                values = _values(collection, raw, wanted, uow.actor, refs)
                update_within(uow, collection, raw["_id"], values, refs, version=raw["version"])
            except (Refused, NotAllowed) as problem:
                keys = {one.key for one in wanted}
                named = {reason.field: reason for reason in problem.refusals if reason.field in keys}
                reasons.update(named or dict.fromkeys(keys, problem.refusals[0]))
            else:
                break
        raise _Tried

    try:
        in_one_transaction(work, actor=replace(actor, sent_form=None), now=now)
    except _Tried:
        pass
    except Unavailable:
        raise
    except Problem as problem:  # what only the database refuses, as a code that another record has by now
        named = next((one for one in differences if one.key == problem.refusals[0].field), None)
        if named is not None:
            reasons[named.key] = problem.refusals[0]
    return tuple(replace(one, reason=reasons.get(one.key)) for one in differences)
