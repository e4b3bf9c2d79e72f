"""Make, change, hide, delete and bring back the collections of the office's own; each change stands in the trail."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.batches.batch import Batch, BatchAct
from documents.definitions.own_collection import COLLECTION, OwnCollectionRow
from documents.definitions.own_field import OwnFieldRow, refresh_own_fields
from documents.desk.audit_entry import Change
from documents.indexes import build_indexes_of
from documents.kinds import RECORDS
from documents.records.search import sort_key
from documents.records.status import Status
from documents.server.connection import reachable
from documents.server.transactions import LONG
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused, Stale
from rules.words import N_
from schema.collection import Collection
from schema.definitions.configuration import of_entry
from schema.definitions.own_collections import (
    PREFIX,
    OwnCollection,
    OwnStatus,
    as_collection,
    own_collection_of,
    refusals_of_own_collection,
    stored_own_collection,
)
from schema.definitions.own_fields import REFERRING, SEEING, as_field, own_field_of, unseen_roles
from schema.field import Field
from schema.registry import REGISTRY
from schema.statuses import STATUSES
from services.definitions.own_fields import COLLECTION_GONE
from services.records import records
from services.shared.unit_of_work import UnitOfWork, after_commit, in_one_transaction

_WORD_LETTERS = 20
_ORDER_STEP = 10
MOST_DELETED = 1000  # records that go to the recycle bin together with their collection
REFERRED = N_("The field %(field)s refers to records of this collection: delete or hide it first.")
UNSEEN_TARGET_OF = N_("The field %(field)s would show records to a role that may not see them.")
DELETED_HERE = N_("The word %(word)s was deleted here, and a word is never given again.")
STAYS = N_("Scope, statuses, and whether names are unique stay as they are here.")
BAD_STATUSES = N_("The codes of its statuses are not as this program gives them.")
_FIXED = ("scope", "statuses", "unique")
HIDDEN = N_("It is hidden: show it again before it is deleted.")
NOT_CONFIRMED = N_("Type its name, %(name)s, to confirm that %(count)d records go to the recycle bin.")


@dataclass(frozen=True)
class StoredOwnCollection:
    """An own collection, the version that a save must name, how many records it has, and whether it was deleted."""

    own: OwnCollection
    version: int
    records: int = 0
    deleted: bool = False


def own_collections() -> list[StoredOwnCollection]:
    """Return all own collections, the oldest first, then hidden ones, deleted ones last. Raises Unavailable."""
    with reachable():
        rows = OwnCollectionRow.stored()
        found = [
            _stored(row) for row in sorted(rows, key=lambda row: (str(row.get("created_at")), row["_id"]))
        ]
    return sorted(found, key=lambda one: (one.deleted, one.own.hidden))


def read_own_collection(word: str, *, actor: Actor, deleted: bool = False) -> StoredOwnCollection:
    """Return an own collection, or a `deleted` one. Raises NotAllowed, Missing, Unavailable."""
    actor.demand(Permission.MANAGE_OFFICE)
    with reachable():
        return _stored(_row(word, deleted=deleted))


def add_own_collection(own: OwnCollection, *, actor: Actor, now: datetime) -> OwnCollection:
    """Make a collection; without a word it gets one made from its name. Return it as it is stored.

    Raises NotAllowed, Refused with a sentence for each part at fault, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> OwnCollection:
        uow.hold()  # two that are made at once must see one another
        rows = OwnCollectionRow.stored(uow.session)
        words = {row["_id"].removeprefix(PREFIX) for row in rows}
        coded = tuple(replace(one, code=f"s{n}") for n, one in enumerate(own.statuses, 1))
        added = replace(own, word=own.word or _word_of(own.label, words), statuses=coded)
        _demand(added, rows, is_new=True)
        _write(uow, None, added)
        for place, status in enumerate(coded, 1):
            _add_status(uow, added, status, place)
        return added

    added = in_one_transaction(work, actor=actor, now=now)
    _in_force(added)
    return added


def free_word(label: str, uow: UnitOfWork) -> str:
    """Return a word made from a name that was never given before."""
    rows = OwnCollectionRow.stored(uow.session)
    return _word_of(label, {row["_id"].removeprefix(PREFIX) for row in rows})


def put_own_collections(
    uow: UnitOfWork, wanted: Iterable[OwnCollection], statuses: Mapping[str, Container[str]] = {}
) -> tuple[dict[str, Collection], dict[str, Collection]]:
    """Add and change these collections as they stand in a configuration's file, words and codes of statuses included.

    References from and to them are judged as they stand together afterwards. `statuses` are, by collection, the codes
    that are left of those that a new one begins with. Return the declarations, without own fields, of those that are
    new, and of those that are changed. Raises Refused.
    """
    uow.hold()
    new: dict[str, OwnCollection] = {}
    changed: dict[str, OwnCollection] = {}
    for own in wanted:
        with _as_entry(own):
            is_there = OwnCollectionRow.row(own.name, uow.session) is not None
            if _put(uow, own, statuses.get(own.name)):
                (changed if is_there else new)[own.name] = own
    together = {name: as_collection(own) for name, own in changed.items()}
    for own in changed.values():
        with _as_entry(own):
            _demand_references_kept(own, together)
    return {name: as_collection(own) for name, own in new.items()}, together


@contextmanager
def _as_entry(own: OwnCollection) -> Iterator[None]:
    """Let a refusal name the collection of a file that it is of."""
    try:
        yield
    except Refused as refused:
        raise Refused(*of_entry(own.label or own.word, refused.refusals)) from refused


def _put(uow: UnitOfWork, own: OwnCollection, left: Container[str] | None) -> bool:
    """Write a collection where it differs; tell whether it did."""
    row = OwnCollectionRow.row(own.name, uow.session)
    if row is not None and row.get("deleted"):
        raise Refused(DELETED_HERE, word=own.word)
    before = own_collection_of(row["collection"]) if row else None
    if own == before:
        return False
    if before is not None and any(getattr(own, name) != getattr(before, name) for name in _FIXED):
        raise Refused(STAYS)
    codes = [one.code for one in own.statuses]
    if codes != [f"s{n}" for n in range(1, len(codes) + 1)]:
        raise Refused(BAD_STATUSES)
    _demand(own, OwnCollectionRow.stored(uow.session), is_new=before is None)
    if before is not None and own.hidden and not before.hidden:
        _demand_not_referred(before)
    _write(uow, row, own)
    if before is None:
        for place, status in enumerate(own.statuses, 1):
            if left is None or status.code in left:
                _add_status(uow, own, status, place)
    return True


def follow_own_collections(names: Iterable[str]) -> None:
    """After a write of several: put them in force here, with the stored collections and indexes of new ones."""
    refresh_collections()
    with after_commit("indexes of own collections"), reachable():
        for name in names:
            if name in REGISTRY:
                build_indexes_of(RECORDS[name])


def change_own_collection(own: OwnCollection, *, version: int, actor: Actor, now: datetime) -> OwnCollection:
    """Change a collection but its scope, its statuses and whether names are unique. Return it as it is stored.

    Raises NotAllowed, Missing, Stale, Refused, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> OwnCollection:
        uow.hold()
        row = _row(own.word, uow, version=version)
        before = own_collection_of(row["collection"])
        changed = replace(own, scope=before.scope, statuses=before.statuses, unique=before.unique)
        _demand(changed, OwnCollectionRow.stored(uow.session), is_new=False)
        if changed.hidden and not before.hidden:
            _demand_not_referred(before)
        _demand_references_kept(changed)
        if changed != before:
            _write(uow, row, changed)
        return changed

    changed = in_one_transaction(work, actor=actor, now=now)
    _in_force(changed)
    return changed


def hide_own_collection(word: str, *, hidden: bool, version: int, actor: Actor, now: datetime) -> None:
    """Take a collection out of everything, its records kept as they are; or show it again.

    Raises NotAllowed, Missing, Stale, Refused, Unavailable.
    """
    stored = read_own_collection(word, actor=actor)
    change_own_collection(replace(stored.own, hidden=hidden), version=version, actor=actor, now=now)


def delete_own_collection(word: str, *, typed: str, version: int, actor: Actor, now: datetime) -> None:
    """Delete a collection in one transaction; its records go to the recycle bin, its word is never given again.

    `typed` must be its name where it has records: they are a batch, by whose undoing all of them come back. One with
    many is deleted by a job (`services.definitions.collection_deletion`). Raises NotAllowed, Missing, Stale, Refused,
    Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    batch = Batch.new_id(now)

    def work(uow: UnitOfWork) -> None:
        uow.hold()
        own = deletable(uow, word, typed=typed, version=version)
        if count := RECORDS[own.name].count_referring({}, session=uow.session):
            uow.batch = batch
            Batch.add(
                batch, BatchAct.COLLECTION, own.name, actor, uow.now, uow.session, label=own.label,
                counts={"changed": count}, finished_at=uow.now,
            )  # fmt: skip
        delete_within(uow, own)

    in_one_transaction(work, actor=actor, now=now, within=LONG)
    refresh_collections()


def deletable(
    uow: UnitOfWork, word: str, *, typed: str | None = None, version: int | None = None
) -> OwnCollection:
    """Return a collection that may be deleted: it is shown, and nothing else refers to its records.

    `typed` must be its name where it has records; None: that was asked before. Raises Missing, Stale, Refused.
    """
    own = own_collection_of(_row(word, uow, version=version)["collection"])
    if own.hidden:
        raise Refused(HIDDEN)
    _demand_not_referred(own)
    count = RECORDS[own.name].count_referring({}, session=uow.session)
    if typed is not None and count and typed.strip() != own.label:
        raise Refused(Refusal(NOT_CONFIRMED, {"name": own.label, "count": count}, "confirmed_name"))
    return own


def delete_within(uow: UnitOfWork, own: OwnCollection) -> None:
    """Delete a collection with the records that it has still, within a transaction.

    Raises Refused where one cannot go, Stale where there are more than one transaction takes.
    """
    document = RECORDS[own.name]
    for raw in list(document.meeting({}, MOST_DELETED, session=uow.session)):
        records.delete_within(uow, own.name, raw["_id"], version=raw["version"], all_go=True)
    if document.count_referring({}, session=uow.session):
        raise Stale()
    row = _row(own.word, uow)
    uow.save(OwnCollectionRow, row, {**row, "deleted": True})
    uow.record("deleted", COLLECTION, row["_id"], own.label)


def bring_back_own_collection(word: str, *, version: int, actor: Actor, now: datetime) -> None:
    """Bring a deleted collection back with its fields; its records are brought back from the recycle bin one by one.

    Raises NotAllowed, Missing, Stale, Refused where another has its name by now or what its fields refer to is gone or
    kept from more roles, Unavailable.
    """
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> OwnCollection:
        uow.hold()
        row = _row(word, uow, version=version, deleted=True)
        own = own_collection_of(row["collection"])
        _demand(own, OwnCollectionRow.stored(uow.session), is_new=False)
        _demand_targets_there(uow, own)
        uow.save(OwnCollectionRow, row, {key: value for key, value in row.items() if key != "deleted"})
        uow.record("restored", COLLECTION, row["_id"], own.label)
        return own

    _in_force(in_one_transaction(work, actor=actor, now=now))


def _stored(row: Mapping[str, Any]) -> StoredOwnCollection:
    own, deleted = own_collection_of(row["collection"]), bool(row.get("deleted"))
    count = 0 if deleted or own.name not in REGISTRY else RECORDS[own.name].count_referring({})
    return StoredOwnCollection(own, row["version"], count, deleted)


def _row(
    word: str, uow: UnitOfWork | None = None, *, version: int | None = None, deleted: bool = False
) -> dict[str, Any]:
    row = OwnCollectionRow.row(PREFIX + word, uow.session if uow else None)
    if row is None or bool(row.get("deleted")) is not deleted:
        raise Missing()
    if version is not None and row["version"] != version:
        raise Stale()
    return row


def _word_of(label: str, taken: set[str]) -> str:
    letters = re.sub(r"[^a-z0-9]", "", sort_key(label).lower())[:_WORD_LETTERS]
    letters = letters if len(letters) > 1 and letters[0].isalpha() else f"list{letters}"
    words = (f"{letters}{number or ''}" for number in range(len(taken) + 2))
    return next(word for word in words if word not in taken)


def _demand(own: OwnCollection, rows: list[dict[str, Any]], *, is_new: bool) -> None:
    there = [row for row in rows if not row.get("deleted") and row["_id"] != own.name]
    taken = {name for one in REGISTRY if one.name != own.name for name in (one.title, one.label)}
    taken |= {own_collection_of(row["collection"]).label for row in there}
    words = {row["_id"].removeprefix(PREFIX) for row in rows}
    reasons = refusals_of_own_collection(own, taken, words=words, count=len(there), is_new=is_new)
    if reasons:
        raise Refused(*reasons)


def _demand_references_kept(own: OwnCollection, changed: Mapping[str, Collection] = {}) -> None:
    """Raise Refused where a reference from or to it would be seen by a role that may not see what it names.

    `changed` are collections that the same transaction changes.
    """
    mine, after = REGISTRY[own.name], as_collection(own)
    for other, field in REGISTRY.referring_to(own.name):
        _demand_seen(field, changed.get(other.name, other), after)
    for field in (*mine.references, *mine.reference_lists):
        _demand_seen(field, after, changed.get(field.refers_to) or REGISTRY[field.refers_to])


def _demand_seen(field: Field, of: Collection, target: Collection) -> None:
    """Raise Refused where a role would see a reference to what it may not see; a record of its own kind it may."""
    if of.name != target.name and unseen_roles(
        of, target, [role for role in SEEING if not field.is_seen_by(role)]
    ):
        raise Refused(Refusal(UNSEEN_TARGET_OF, {"field": f"{of.title} · {field.label}"}, "rights_city"))


def _demand_targets_there(uow: UnitOfWork, own: OwnCollection) -> None:
    """Raise Refused where a collection that comes back refers to one that is gone or kept from more roles by now."""
    after = as_collection(own)
    rows = [row for row in OwnFieldRow.of_collection(own.name, uow.session) if not row.get("deleted")]
    for one in (own_field_of(row["field"]) for row in rows):
        if one.kind not in REFERRING or one.recycled or one.refers_to == own.name:
            continue
        target = REGISTRY.get(one.refers_to)
        if target is None:
            raise Refused(COLLECTION_GONE)
        if one.hidden or one.replaced:  # shown again, it is judged as a new one
            continue
        if target.is_hidden:
            raise Refused(UNSEEN_TARGET_OF, field=f"{own.label} · {one.label}")
        _demand_seen(as_field(one), after, target)


def _demand_not_referred(own: OwnCollection) -> None:
    """Raise Refused while fields of other collections refer to its records."""
    for other, field in REGISTRY.referring_to(own.name):
        if other.name != own.name and not field.recycled:
            raise Refused(REFERRED, field=f"{other.title} · {field.label}")


def _write(uow: UnitOfWork, row: Mapping[str, Any] | None, own: OwnCollection) -> None:
    new, old = stored_own_collection(own), dict(row["collection"]) if row else {}
    before, after = _shown(old), _shown(new)
    uow.save(OwnCollectionRow, row, {**(row or {}), "_id": own.name, "collection": new})
    uow.record(
        "changed" if row else "created", COLLECTION, own.name, own.label,
        changes=[Change(key, before.get(key), value) for key, value in after.items() if before.get(key) != value],
    )  # fmt: skip


def _shown(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored collection as the trail keeps it: single values, a no as nothing."""
    shown = {key: value or None for key, value in stored.items() if key not in ("rights", "statuses")}
    if statuses := stored.get("statuses"):
        shown["statuses"] = "、".join(one["label"] for one in statuses)
    for role, acts in (stored.get("rights") or {}).items():
        shown[f"rights_{role}"] = "、".join(acts) or None
    return shown


def _add_status(uow: UnitOfWork, own: OwnCollection, status: OwnStatus, place: int) -> None:
    raw: dict[str, Any] = {
        "_id": ObjectId(), "collection": own.name, "code": status.code, "label": status.label,
        "colour": status.colour, "order": place * _ORDER_STEP, "final": status.final, "public": False,
        "needed": place == 1,
    }  # fmt: skip
    uow.save(Status, None, raw)
    uow.record("created", STATUSES.name, raw["_id"], status.label)


def _in_force(own: OwnCollection) -> None:
    """Put the definition in force here, with its stored collection and indexes."""
    refresh_collections()
    with after_commit("indexes of an own collection"), reachable():
        if own.name in REGISTRY:
            build_indexes_of(RECORDS[own.name])


def refresh_collections() -> None:
    """Put all definitions in force here, as they are stored."""
    with after_commit("own collections in force"), reachable():
        refresh_own_fields()
