"""Denormalised copies: when a base or a partner is renamed or moves, what copies its name or county follows.

A base of full size has 1,300 records, whose search tokens outgrow one transaction on the embedded
database. So the first ones follow in the transaction of the change itself; for the others it leaves a
note there, and `follow_with_copies` takes them along in transactions of their own. Which copies are
still to follow is read from the copies, so a program killed in between loses nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from documents.kinds import FILED, RECORDS
from documents.records.pending_copies import PendingCopies
from documents.server.transactions import LONG, Patience
from rules.access import Actor
from rules.errors import Refusal, Refused
from rules.personal_numbers import masked
from rules.words import N_
from schema.collection import Collection
from schema.definitions.own_collections import OF_CITY
from schema.definitions.own_fields import is_name_key
from schema.field import Field, Kind
from schema.registry import REGISTRY
from schema.service_partners import counties_of
from schema.values import put_referred, referred_names
from services.shared.unit_of_work import UnitOfWork, after_commit, in_one_transaction

_AT_ONCE = 200
_log = structlog.get_logger()
_TAKEN_THERE = N_(
    "%(collection)s: records that move along have as %(field)s what others of that county have already, and each value"
    " may stand there once: %(values)s. Correct these first."
)
Raw = dict[str, Any]
# A collection, the filter for its copies that are still to follow, and how one of them is changed.
Copies = tuple[str, dict[str, Any], Callable[[Raw], None]]


def is_copied(collection: str) -> bool:
    """Tell whether names of this collection's records stand in other records."""
    return any(_copies(field) for _, field in REGISTRY.referring_to(collection))


def _copies(field: Field) -> bool:
    return bool(field.name_key) or field.kind is Kind.COOPERATIONS


def update_copies(
    uow: UnitOfWork, collection: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Let the copies of a changed record follow, in the same transaction; note it where more are left.

    Call `follow_with_copies` once the transaction is done.
    """
    if not is_copied(collection):
        return
    said = FILED[collection].reference_name
    if before.get("county") == after.get("county") and said(before) == said(after):
        return
    if before.get("county") != after.get("county") and after.get("county"):
        _demand_once_there(uow, collection, [after["_id"]], after["county"])
    if not _update_some(uow, collection, after):
        PendingCopies.note(after["_id"], collection, session=uow.session)


def _demand_once_there(uow: UnitOfWork, collection: str, ids: Sequence[Any], county: str) -> None:
    """Refuse a move to another county where what moves along has a value that may stand there once, and does.

    Asked before anything moves: the first records follow at once, the others in transactions of their own.
    """
    for other, field in REGISTRY.referring_to(collection):
        if not field.scopes or field.kind is not Kind.REFERENCE or other.name not in RECORDS:
            continue
        document, moved = RECORDS[other.name], {field.key: {"$in": list(ids)}}
        for index in other.indexes:
            if not index.unique or index.keys[:1] != ("county",) or len(index.keys) != 2:
                continue
            taken = document.values_taken_in(county, index.keys[1], moved, session=uow.session)
            if taken:
                one = other.by_key[index.field or index.keys[1]]
                shown = "、".join(masked(str(value)) if one.personal else str(value) for value in taken)
                params = {"collection": other.title, "field": one.label, "values": shown}
                raise Refused(Refusal(_TAKEN_THERE, params))
        if any(each.scopes for _, each in REGISTRY.referring_to(other.name)):
            below = [raw["_id"] for raw in document.shown_of(moved, ["_id"], session=uow.session)]
            if below:
                _demand_once_there(uow, other.name, below, county)


def finish_copies(*, actor: Actor, now: datetime, within: Patience | None = LONG) -> int:
    """Let all copies follow that are still to; return in how many steps. Upkeep calls it, and every start.

    `within` is what each step may take. Raises Unavailable.
    """
    actor = replace(actor, sent_form=None)  # what follows is no part of a form: it goes on where it was left
    steps = 0
    while note := PendingCopies.next_note():
        try:
            in_one_transaction(partial(_finish_noted, note=note), actor=actor, now=now, within=within)
        except Refused as refused:  # what was entered meanwhile stands where it may stand once
            _log.error(
                "copies wait", collection=note["collection"], record=str(note["_id"]), cause=str(refused)
            )
            break
        steps += 1
    return steps


def follow_with_copies(*, actor: Actor, now: datetime) -> None:
    """Let copies follow a change that is committed, as far as the database allows; upkeep finishes the rest."""
    with after_commit("copied names"):
        finish_copies(actor=actor, now=now, within=None)  # somebody waits


def _finish_noted(uow: UnitOfWork, note: Mapping[str, Any]) -> None:
    uow.hold()  # the base may be renamed again by another process just now
    raw = RECORDS[note["collection"]].whole(note["_id"], session=uow.session)
    if raw is None or _update_some(uow, note["collection"], raw):
        PendingCopies.done(note["_id"], session=uow.session)


def _update_some(uow: UnitOfWork, collection: str, raw: Mapping[str, Any]) -> bool:
    """Let some copies follow; tell whether these were the last."""
    left = _AT_ONCE
    for other, clause, change in _copies_of(collection, raw):
        left -= _rewrite(uow, other, clause, change, left)
        if left == 0:
            return False
    return True


def _copies_of(collection: str, raw: Mapping[str, Any]) -> Iterator[Copies]:
    raw = {**raw, "name": FILED[collection].reference_name(raw)}
    for other, field in REGISTRY.referring_to(collection):
        if field.kind is Kind.COOPERATIONS:
            copies = {"base_name": raw["name"], "county": raw["county"]}
            clause = {field.key: {"$elemMatch": {"base": raw["_id"], **_differing(copies)}}}
            yield other.name, clause, partial(_renew_cooperations, base_id=raw["_id"], copies=copies)
        elif is_name_key(field.name_key):
            yield from _copies_of_own(other, field, collection, raw)
        elif field.name_key:
            copies = _copied(other, field, raw)
            clause = {field.key: raw["_id"], **dict(field.copied_while), **_differing(copies)}
            yield other.name, clause, partial(_renew, copies=copies)


def _copies_of_own(
    other: Collection, field: Field, collection: str, raw: Mapping[str, Any]
) -> Iterator[Copies]:
    """Yield the copies by an own field: the name stands only where the record is of the county of what it names."""
    counties = [*FILED[collection].counties_of(raw), OF_CITY]
    if field.kind is Kind.REFERENCES:
        find = partial(FILED[other.name].in_list_under, field.key, field.name_key, raw["_id"])
        renewed = partial(_renew_in_list, field=field, record_id=raw["_id"])
        here = find([raw["name"]], but=True)
        yield other.name, {**here, "county": {"$in": counties}}, partial(renewed, name=raw["name"])
        elsewhere = find([""], but=True)
        yield other.name, {**elsewhere, "county": {"$nin": counties}}, partial(renewed, name="")
        return
    copies, named = {field.name_key: raw["name"]}, {field.key: raw["_id"]}
    within: dict[str, Any] = {"county": {"$in": counties}}
    yield other.name, {**named, **within, **_differing(copies)}, partial(_renew, copies=copies)
    elsewhere = {**named, "county": {"$nin": counties}, field.name_key: {"$nin": [None, ""]}}
    yield other.name, elsewhere, partial(_leave_out, key=field.name_key)


def _renew_in_list(raw: Raw, field: Field, record_id: Any, name: str) -> None:
    names = referred_names(raw, field.key, field.name_key)
    put_referred(raw, field.key, field.name_key, {**names, record_id: name})


def _leave_out(raw: Raw, key: str) -> None:
    raw.pop(key, None)


def _copied(other: Collection, field: Field, raw: Mapping[str, Any]) -> Raw:
    copies = {field.name_key: raw["name"]}
    return copies | {other.county_key: raw["county"]} if field.scopes else copies


def _differing(copies: Mapping[str, Any]) -> Raw:
    return {"$or": [{key: {"$ne": value}} for key, value in copies.items()]}


def _renew(raw: Raw, copies: Mapping[str, Any]) -> None:
    raw.update(copies)


def _renew_cooperations(raw: Raw, base_id: Any, copies: Mapping[str, Any]) -> None:
    raw["cooperations"] = [
        {**cooperation, **copies} if cooperation["base"] == base_id else cooperation
        for cooperation in raw.get("cooperations") or []
    ]
    raw["counties"] = counties_of(raw)


def _rewrite(
    uow: UnitOfWork, collection: str, clause: Mapping[str, Any], change: Callable[[Raw], None], most: int
) -> int:
    """Apply `change` to at most so many records that meet `clause`; search fields and counters follow.

    Return how many they were. The version stays: a copy is nothing that a clerk could have typed over.
    """
    document = FILED[collection]
    changed: dict[Any, Raw] = {}
    moved: list[tuple[Mapping[str, Any], Raw]] = []
    for before in document.meeting(clause, most, session=uow.session):
        raw = dict(before)
        change(raw)
        if raw.get("county") != before.get("county"):
            for key in filter(is_name_key, before):
                raw.pop(key, None)  # what it names may be of the county that it has left
        raw.update(document.derived_fields(raw, uow.today))
        uow.count(collection, before, document.counties_of(before), -1)
        uow.count(collection, raw, document.counties_of(raw), 1)
        moved.append((before, raw))
        changed[raw["_id"]] = {key: value for key, value in raw.items() if before.get(key) != value}
        # What is left out is kept as nothing.
        changed[raw["_id"]] |= dict.fromkeys(before.keys() - raw.keys())
    document.set_fields(changed, session=uow.session)
    for before, raw in moved:
        update_copies(uow, collection, before, raw)  # what copies these in turn
    return len(changed)
