"""Add, change, switch off and delete the conditions that an office sets on records; each change stands in the trail."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from documents.definitions.own_condition import COLLECTION, OwnConditionRow
from documents.definitions.own_field import SHIPPED, refresh_own_fields
from documents.desk.audit_entry import Change
from documents.records.status import Status
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Missing, Refused, Stale
from rules.words import N_
from schema.collection import Collection
from schema.definitions.conditions import (
    OwnCondition,
    own_condition_of,
    refusals_of_condition,
    stored_condition,
)
from schema.definitions.configuration import of_entry
from schema.expressions import stored_text
from schema.expressions.types import BOOLEAN
from services.definitions.formulas import Draft, conditions_stored, draft_now, fields_of_all
from services.definitions.own_fields import NO_COLLECTION
from services.shared.unit_of_work import UnitOfWork, after_commit, in_one_transaction

_KEY = re.compile(r"rule[1-9][0-9]{0,5}")
BAD_KEY = N_(
    "Its key or formula is none that this program gives, or a condition of this key was deleted here."
)


@dataclass(frozen=True)
class StoredCondition:
    """A condition, its formula as a person reads it, and the version that a save must name."""

    condition: OwnCondition
    shown: str
    version: int


def conditions_of_all(*, actor: Actor) -> list[StoredCondition]:
    """Return every collection's conditions in the order they were made. Raises NotAllowed, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    with reachable():
        draft, rows = draft_now(), OwnConditionRow.read_all()
    made = [(own_condition_of(row["condition"]), row["version"]) for row in rows if not row.get("deleted")]
    return [StoredCondition(one, draft.shown(one.collection, one.formula), version) for one, version in made]


def read_condition(collection: str, key: str, *, actor: Actor) -> StoredCondition:
    """Return a condition. Raises NotAllowed, Missing, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    with reachable():
        row = OwnConditionRow.read(f"{collection}.{key}", actor)
        one = own_condition_of(row["condition"])
        return StoredCondition(one, draft_now().shown(collection, one.formula), row["version"])


def add_condition(one: OwnCondition, *, actor: Actor, now: datetime) -> OwnCondition:
    """Add a condition, whose key is given here and whose formula is as a person types it; return it as stored.

    Raises NotAllowed, Missing, Refused with a sentence for each part at fault, Unavailable.
    """
    return _put(one, None, actor, now)


def change_condition(one: OwnCondition, *, version: int, actor: Actor, now: datetime) -> OwnCondition:
    """Change a condition, whose formula is as a person types it. Raises as `add_condition` does, and Stale."""
    return _put(one, version, actor, now)


def _put(one: OwnCondition, version: int | None, actor: Actor, now: datetime) -> OwnCondition:
    actor.demand(Permission.MANAGE_OFFICE)
    shipped = SHIPPED.get(one.collection)
    if shipped is None or not shipped.listed or not shipped.importable:
        raise Missing()

    def work(uow: UnitOfWork) -> OwnCondition:
        uow.hold()  # two that are saved at once must see one another
        rows = [row for row in OwnConditionRow.read_all(uow.session) if row["of"] == one.collection]
        row = None if version is None else _row(uow, one, version)
        key = one.key if row is not None else f"rule{len(rows) + 1}"
        others = [own_condition_of(each["condition"]) for each in rows if not each.get("deleted")]
        draft = draft_now(uow.session)
        reasons = list(
            refusals_of_condition(
                one, draft.registry[one.collection], [each for each in others if each.key != key]
            )
        )
        try:
            tree = draft.tree(one.collection, one.formula, BOOLEAN)
        except Refused as problem:
            raise Refused(*problem.refusals, *reasons) from problem
        if reasons:
            raise Refused(*reasons)
        whole = replace(one, key=key, formula=stored_text(tree))
        if row is None or own_condition_of(row["condition"]) != whole:
            _write(uow, row, whole)
        return whole

    written = in_one_transaction(work, actor=actor, now=now)
    _refresh()
    return written


def put_conditions(
    uow: UnitOfWork, wanted: Iterable[OwnCondition], new: Mapping[str, Collection] = {}
) -> None:
    """Add and change these conditions as they stand in a configuration's file, keys and stored formulas included.

    The fields that they read are written before; `new` are the own collections that the same transaction makes or
    changes. Those that are the same are left alone. Raises Refused.
    """
    uow.hold()
    statuses, stored = Status.words_of_all(uow.session), conditions_stored(uow.session)
    draft = Draft(fields_of_all(uow.session), statuses, stored, new)
    rows = {row["_id"]: row for row in OwnConditionRow.read_all(uow.session)}
    for one in wanted:
        row = rows.get(f"{one.collection}.{one.key}")
        if row is not None and not row.get("deleted") and own_condition_of(row["condition"]) == one:
            continue
        try:
            _demand_taken(one, draft, stored, deleted=row is not None and bool(row.get("deleted")))
        except Refused as refused:
            raise Refused(*of_entry(one.sentence or one.key, refused.refusals)) from refused
        _write(uow, row, one, draft.registry[one.collection].title)


def _demand_taken(one: OwnCondition, draft: Draft, stored: Sequence[OwnCondition], *, deleted: bool) -> None:
    declared = draft.registry.get(one.collection)
    if declared is None or not declared.listed or not declared.importable:
        raise Refused(NO_COLLECTION, collection=one.collection[:40])
    if not _KEY.fullmatch(one.key) or deleted:
        raise Refused(BAD_KEY)
    others = [each for each in stored if each.collection == one.collection and each.key != one.key]
    reasons = list(refusals_of_condition(one, declared, others))
    if stored_text(draft.tree(one.collection, one.formula, BOOLEAN, is_stored=True)) != one.formula:
        raise Refused(BAD_KEY)
    if reasons:
        raise Refused(*reasons)


def delete_condition(collection: str, key: str, *, version: int, actor: Actor, now: datetime) -> None:
    """Delete a condition; no record changes. Raises NotAllowed, Missing, Stale, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> None:
        uow.hold()
        row = OwnConditionRow.read(f"{collection}.{key}", actor, uow.session)
        if row["version"] != version:
            raise Stale()
        gone = own_condition_of(row["condition"])
        uow.save(OwnConditionRow, row, {"_id": row["_id"], "of": collection, "deleted": True})
        uow.record("deleted", COLLECTION, row["_id"], _label(gone))

    in_one_transaction(work, actor=actor, now=now)
    _refresh()


def _row(uow: UnitOfWork, one: OwnCondition, version: int) -> dict[str, Any]:
    row = OwnConditionRow.read(f"{one.collection}.{one.key}", uow.actor, uow.session)
    if row["version"] != version:
        raise Stale()
    return row


def _write(
    uow: UnitOfWork, row: Mapping[str, Any] | None, one: OwnCondition, title: str | None = None
) -> None:
    name = f"{one.collection}.{one.key}"
    new, old = stored_condition(one), dict(row["condition"]) if row else {}
    changes = [Change(key, _shown(old.get(key)), _shown(value)) for key, value in new.items()]
    uow.save(OwnConditionRow, row, {"_id": name, "of": one.collection, "condition": new})
    uow.record(
        "changed" if row else "created", COLLECTION, name, _label(one, title),
        changes=[
            change for change in changes if change.old != change.new and change.field not in ("collection", "key")
        ],
    )  # fmt: skip


def _shown(value: Any) -> Any:
    return None if value in ("", False) else value


def _label(one: OwnCondition, title: str | None = None) -> str:
    return f"{title or SHIPPED[one.collection].title}条件“{one.sentence}”"


def _refresh() -> None:
    with after_commit("conditions in force"), reachable():
        refresh_own_fields()
