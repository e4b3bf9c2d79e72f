"""Keep copied names and counties right: when a base or a partner is renamed or moves, its copies follow.

A base of full size has 1,300 records, whose search tokens outgrow one transaction on the embedded
database. So the first ones follow in the transaction of the change itself; for the others it leaves a
note there, and `finish_copies` takes them along in transactions of their own. Which copies are
still to follow is read from the copies, so a program killed in between loses nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from pymongo import UpdateOne

from documents.kinds import FILED, RECORDS
from documents.records.pending_copies import PendingCopies
from rules.access import Actor
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_AT_ONCE = 200
COPIED = ("bases", "service_partners")  # the collections whose names stand in other records
Raw = dict[str, Any]
# A collection, the filter for its copies that are still to follow, and how one of them is changed.
Copies = tuple[str, dict[str, Any], Callable[[Raw], None]]


def update_copies(
    uow: UnitOfWork, collection: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Let the copies of a changed base or partner follow, in the same transaction; note it where more are left.

    Call `finish_copies` once the transaction is done.
    """
    if all(before.get(key) == after.get(key) for key in ("name", "county")):
        return
    if not _update_some(uow, collection, after):
        note = {"_id": after["_id"], "collection": collection}
        PendingCopies._get_collection().replace_one(
            {"_id": after["_id"]}, note, upsert=True, session=uow.session
        )


def finish_copies(*, actor: Actor, now: datetime) -> int:
    """Let all copies follow that are still to; return in how many steps. Call it at start as well."""
    steps = 0
    while note := PendingCopies._get_collection().find_one({}):
        in_one_transaction(partial(_finish_noted, note=note), actor=actor, now=now)
        steps += 1
    return steps


def _finish_noted(uow: UnitOfWork, note: Mapping[str, Any]) -> None:
    uow.hold()  # the base may be renamed again by another process just now
    raw = RECORDS[note["collection"]].collection().find_one({"_id": note["_id"]}, session=uow.session)
    if raw is None or _update_some(uow, note["collection"], raw):
        PendingCopies._get_collection().delete_one({"_id": note["_id"]}, session=uow.session)


def _update_some(uow: UnitOfWork, collection: str, raw: Mapping[str, Any]) -> bool:
    """Let some copies follow; tell whether these were the last."""
    left = _AT_ONCE
    for other, clause, change in _copies_of(collection, raw):
        left -= _rewrite(uow, other, clause, change, left)
        if left == 0:
            return False
    return True


def _copies_of(collection: str, raw: Mapping[str, Any]) -> Iterator[Copies]:
    record_id = raw["_id"]
    if collection == "bases":
        copies = {"base_name": raw["name"], "county": raw["county"]}
        differs = {"$or": [{key: {"$ne": value}} for key, value in copies.items()]}
        for other in ("tenant_companies", "ledger_entries", "annual_reports"):
            yield other, {"base": record_id, **differs}, lambda one: one.update(copies)
        # One that is at an end stays as it was decided.
        yield "applications", {"base": record_id, "open": True, **differs}, lambda one: one.update(copies)
        for other, open_ones in (
            ("change_filings", {"state": "filed"}),
            ("upward_recommendations", {"outcome": "pending"}),
            ("decisions", {"open": True}),
        ):
            yield other, {"base": record_id, **open_ones, **differs}, lambda one: one.update(copies)
        clause = {"cooperations": {"$elemMatch": {"base": record_id, **differs}}}
        yield "service_partners", clause, lambda one: _renew_cooperations(one, record_id, copies)
    if collection == "service_partners":
        named = {"partner_name": raw["name"]}
        clause = {"partner": record_id, "partner_name": {"$ne": raw["name"]}}
        yield "ledger_entries", clause, lambda one: one.update(named)


def _renew_cooperations(raw: Raw, base_id: Any, copies: Mapping[str, Any]) -> None:
    raw["cooperations"] = [
        {**one, **copies} if one["base"] == base_id else one for one in raw.get("cooperations") or []
    ]
    counties = {one["county"] for one in raw["cooperations"]}
    raw["counties"] = sorted(counties | ({raw["home_county"]} if raw.get("home_county") else set()))


def _rewrite(
    uow: UnitOfWork, collection: str, clause: Mapping[str, Any], change: Callable[[Raw], None], most: int
) -> int:
    """Apply `change` to at most so many records that meet `clause`; search fields and counters follow.

    Return how many they were. The version stays: a copy is nothing that a clerk could have typed over.
    """
    document = FILED[collection]
    steps: list[UpdateOne] = []
    for raw in document.collection().find(clause, session=uow.session).limit(most):
        kept = dict(raw)
        change(raw)
        raw.update(document.search_fields(raw))
        uow.count(collection, kept, document.counties_of(kept), -1)
        uow.count(collection, raw, document.counties_of(raw), 1)
        fresh = {key: value for key, value in raw.items() if kept.get(key) != value}
        steps.append(UpdateOne({"_id": raw["_id"]}, {"$set": fresh}))
    if steps:
        document.collection().bulk_write(steps, ordered=False, session=uow.session)
    return len(steps)
