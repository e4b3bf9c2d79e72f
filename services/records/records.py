"""The verbs of every record: create, update, delete, restore. Nothing else writes one.

Values come plain (days as `date`, references as ids). Each verb is one transaction with its audit entry.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.desk.audit_entry import Change
from documents.kinds import FILED, RECORDS
from documents.records.record import Record
from rules.access import Actor, Permission
from rules.errors import Missing, NotAllowed, Refusal, Refused, Stale
from rules.words import N_
from services.records.denormalised_copies import COPIED, finish_copies, update_copies
from services.records.prepare import prepare, stored
from services.records.references import References
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_BOOKKEEPING = {
    "_id", "version", "created_at", "created_by", "updated_at", "updated_by",
    "search_text", "search_tokens", "sort_key",
}  # fmt: skip
# An id says nothing to a reader: the copied name beside it does.
_SILENT = _BOOKKEEPING | {"base", "partner", "counties", "home_county", "earlier_terms"}


def create(collection: str, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> ObjectId:
    """Write a new record and return its id. Raises Refused, NotAllowed."""
    actor.demand(Permission.WRITE)
    return in_one_transaction(
        lambda uow: create_within(
            uow, collection, values, References(actor, uow.session), record_id=ObjectId()
        ),
        actor=actor,
        now=now,
    )


def create_within(
    uow: UnitOfWork,
    collection: str,
    values: Mapping[str, Any],
    refs: References,
    *,
    record_id: ObjectId,
    note: str = "",
) -> ObjectId:
    """Write a new record within a transaction that is under way."""
    raw = new_record(uow, collection, values, refs, record_id=record_id, note=note)
    RECORDS[collection].collection().insert_one(raw, session=uow.session)
    return record_id


def new_record(
    uow: UnitOfWork,
    collection: str,
    values: Mapping[str, Any],
    refs: References,
    *,
    record_id: ObjectId,
    note: str = "",
) -> dict[str, Any]:
    """Prepare, count and record a new record, and return it; the caller inserts it."""
    raw = {
        key: value for key, value in ((key, stored(one)) for key, one in values.items()) if value is not None
    }
    raw["_id"] = record_id
    prepare(collection, raw, None, uow.actor, refs)
    raw |= {"version": 1, "created_at": uow.now, "created_by": uow.actor.name}
    raw |= {"updated_at": uow.now, "updated_by": uow.actor.name}
    document = RECORDS[collection]
    counties = document.counties_of(raw)
    uow.count(collection, raw, counties, 1)
    uow.record(
        "created", collection, record_id, document.label_of(raw), counties=counties, changes=changes_between({}, raw),
        note=note,
    )  # fmt: skip
    return raw


def update(
    collection: str,
    record_id: ObjectId,
    values: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> bool:
    """Change the given keys of a record read at `version`; the others stay. Return False when nothing differs.

    Raises Missing (absent or out of scope), Stale (saved by someone else since), Refused, NotAllowed.
    """
    actor.demand(Permission.WRITE)
    changed = in_one_transaction(
        lambda uow: update_within(
            uow, collection, record_id, values, References(actor, uow.session), version=version
        ),
        actor=actor,
        now=now,
    )
    if changed and collection in COPIED:
        finish_copies(actor=actor, now=now)
    return changed


def update_within(
    uow: UnitOfWork,
    collection: str,
    record_id: ObjectId,
    values: Mapping[str, Any],
    refs: References,
    *,
    version: int | None,
    note: str = "",
) -> bool:
    """Change a record within a transaction that is under way; `version` None takes the one found there."""
    document = RECORDS[collection]
    before = uow.find(document, record_id)
    if version is not None and before["version"] != version:
        raise Stale()
    raw = changed_record(uow, collection, before, values, refs, note=note)
    if raw is None:
        return False
    replaced = document.collection().replace_one(
        {"_id": record_id, "version": before["version"]}, raw, session=uow.session
    )
    if replaced.matched_count != 1:
        raise Stale()
    update_copies(uow, collection, before, raw)
    return True


def changed_record(
    uow: UnitOfWork,
    collection: str,
    before: Mapping[str, Any],
    values: Mapping[str, Any],
    refs: References,
    *,
    note: str = "",
) -> dict[str, Any] | None:
    """Prepare, count and record a change of the record `before`, and return it; None when nothing differs.

    The caller replaces the record where it still has the version of `before`, then carries its copies.
    """
    document = RECORDS[collection]
    raw = dict(before)
    for key, value in values.items():
        new = stored(value)
        if new is None:
            raw.pop(key, None)
        else:
            raw[key] = new
    if collection == "bases":
        _follow_announcement(raw, before, values)
    prepare(collection, raw, before, uow.actor, refs)
    changes = changes_between(before, raw)
    if not changes:
        return None
    raw |= {"version": before["version"] + 1, "updated_at": uow.now, "updated_by": uow.actor.name}
    old, new = document.counties_of(before), document.counties_of(raw)
    uow.count(collection, before, old, -1)
    uow.count(collection, raw, new, 1)
    uow.record(
        "changed", collection, raw["_id"], document.label_of(raw),
        counties=sorted({*old, *new}), changes=changes, note=note,
    )  # fmt: skip
    return raw


def _follow_announcement(raw: dict[str, Any], before: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Let the computed term follow a corrected announcement, unless the term itself was typed."""
    moved = raw.get("announced_on") != before.get("announced_on")
    if moved and before.get("title_first_day") == before.get("announced_on"):
        for key in ("title_first_day", "title_last_day"):
            if values.get(key) is None or stored(values[key]) == before.get(key):
                raw.pop(key, None)


def delete(collection: str, record_id: ObjectId, *, version: int | None, actor: Actor, now: datetime) -> None:
    """Move a record to the recycle bin. Refused while something refers to it; Missing; Stale."""
    actor.demand(Permission.WRITE)
    in_one_transaction(
        lambda uow: delete_within(uow, collection, record_id, version=version), actor=actor, now=now
    )


def delete_within(uow: UnitOfWork, collection: str, record_id: ObjectId, *, version: int | None) -> None:
    """Move a record to the recycle bin within a transaction that is under way."""
    document = RECORDS[collection]
    before = uow.find(document, record_id)
    if version is not None and before["version"] != version:
        raise Stale()
    if collection == "statuses":
        uow.actor.demand(Permission.EDIT_STATUSES)
    _demand_whole_in_scope(document, before, uow.actor)
    if (
        collection == "bases"
        and before["status"] != "uncertified"
        and not uow.actor.may(Permission.RECORD_TITLES)
    ):
        raise NotAllowed(N_("Only the city bureau may delete a base that has or had the title."))
    reasons = refusals_to_delete(collection, before, session=uow.session)
    if reasons:
        raise Refused(*reasons)
    if collection == "bases":
        # What stands for no base any more may be another announcement's number.
        References(uow.actor, uow.session).claim_number({"_id": record_id}, before)
    counties, label = document.counties_of(before), document.label_of(before)
    bin_entry = {
        "collection": collection, "record_id": record_id, "label": label, "counties": counties,
        "deleted_at": uow.now, "deleted_by": uow.actor.id, "deleted_by_name": uow.actor.name,
        "document": before,
    }  # fmt: skip
    document._get_db()["recycled"].insert_one(bin_entry, session=uow.session)
    removed = document.collection().delete_one(
        {"_id": record_id, "version": before["version"]}, session=uow.session
    )
    if removed.deleted_count != 1:
        raise Stale()
    uow.count(collection, before, counties, -1)
    uow.record("deleted", collection, record_id, label, counties=counties)


def _demand_whole_in_scope(document: type[Record], raw: Mapping[str, Any], actor: Actor) -> None:
    others = set(document.counties_of(raw)) - {actor.county}
    if actor.county is not None and others:
        raise Refused(N_("This partner works in other counties too: only the city bureau may delete it."))


def refusals_to_delete(
    collection: str, raw: Mapping[str, Any], *, session: Any = None
) -> tuple[Refusal, ...]:
    """Return why a record cannot be deleted: it is needed by the rules, or so many records refer to it."""
    if raw.get("needed"):
        return (Refusal(N_("The Measures need this status: it can be re-worded, not deleted.")),)
    document = RECORDS[collection]
    found = []
    for other, clause in referring(collection, raw).items():
        count = FILED[other].collection().count_documents(clause, session=session)
        if count:
            params = {"count": count, "label": document.label_of(raw)}
            found.append(Refusal(_REFERRED[other], params, field=other))
    return tuple(found)


def referring(collection: str, raw: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return, by collection, the filter of the records that refer to this one."""
    if collection == "statuses":
        return {raw["collection"]: {"status": raw["code"]}}
    return {other: {key: raw["_id"]} for other, key in RECORDS[collection].referred_from}


_REFERRED = {
    "bases": N_("%(count)d bases refer to %(label)s."),
    "tenant_companies": N_("%(count)d tenant companies refer to %(label)s."),
    "service_partners": N_("%(count)d service partners refer to %(label)s."),
    "ledger_entries": N_("%(count)d ledger entries refer to %(label)s."),
    "applications": N_("%(count)d applications refer to %(label)s."),
    "annual_reports": N_("%(count)d yearly reports refer to %(label)s."),
    "change_filings": N_("%(count)d change filings refer to %(label)s."),
    "decisions": N_("%(count)d cases about the title refer to %(label)s."),
    "upward_recommendations": N_("%(count)d upward recommendations refer to %(label)s."),
}


def restore(recycled_id: ObjectId, *, actor: Actor, now: datetime) -> tuple[str, ObjectId]:
    """Bring a record back from the recycle bin; return its collection and id.

    Refused when its code is taken by now, or a record it refers to is gone.
    """
    actor.demand(Permission.WRITE)
    return in_one_transaction(lambda uow: _restore_within(uow, recycled_id), actor=actor, now=now)


def _restore_within(uow: UnitOfWork, recycled_id: ObjectId) -> tuple[str, ObjectId]:
    bins = Record._get_db()["recycled"]
    kept = bins.find_one({"_id": recycled_id}, session=uow.session)
    actor = uow.actor
    if kept is None or (actor.county is not None and actor.county not in kept["counties"]):
        raise Missing()
    collection, raw = kept["collection"], dict(kept["document"])
    # Its title was recorded by one who might; bringing it back changes nothing of it.
    prepare(collection, raw, raw if collection == "bases" else None, actor, References(actor, uow.session))
    raw |= {"version": raw["version"] + 1, "updated_at": uow.now, "updated_by": actor.name}
    document = RECORDS[collection]
    document.collection().insert_one(raw, session=uow.session)
    bins.delete_one({"_id": recycled_id}, session=uow.session)
    counties = document.counties_of(raw)
    uow.count(collection, raw, counties, 1)
    uow.record("restored", collection, raw["_id"], document.label_of(raw), counties=counties)
    return collection, raw["_id"]


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return what differs, field by field, bookkeeping and mere copies apart."""
    keys = [key for key in {**before, **after} if key not in _SILENT]
    pairs = [(key, _given(before.get(key)), _given(after.get(key))) for key in keys]
    return [Change(key, old, new) for key, old, new in pairs if old != new]


def _given(value: Any) -> Any:
    return None if value in ("", []) else value
