"""Merge two records that are one: what refers to the second refers to the first from then on, and all can be undone.

The second goes to the recycle bin with a note of what was changed with it (`MergeNote`), by which it comes back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from bson import ObjectId

from documents.comments.comment import Comment
from documents.kinds import FILED, RECORDS
from documents.records.attachment import Attachment
from documents.records.doubt import DoubtRow
from documents.records.recycled import Recycled
from documents.server.transactions import LONG
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused, Stale
from rules.words import N_
from schema.collection import Collection
from schema.definitions.own_fields import is_name_key
from schema.field import Field, Kind
from schema.registry import REGISTRY
from schema.tenant_companies import TENANT_COMPANIES
from schema.values import put, put_referred, referred_names
from services.records.denormalised_copies import update_copies
from services.records.records import changed_record, changes_between
from services.records.reference_lists import is_named_beside
from services.records.references import References
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

Raw = dict[str, Any]
COLLECTION = TENANT_COMPANIES.name
_OTHER_BASE = N_(
    "%(count)d records of the base %(base)s name one of the two: they would lose it when the company stands in another"
    " base. Choose that base, or correct them first."
)
_TWO_COUNTIES = N_("The two companies are in different counties: move one of them first.")
_SAME = N_("Choose two companies.")


class Relinked(TypedDict):
    """A record that referred to the merged one: under `key` stood `before`, and stands `after` since."""

    collection: str
    record: ObjectId
    key: str
    before: Any
    after: Any


class MergeNote(TypedDict):
    """What a merge changed: `into` is the record that stayed; `before` and `after` its values that were changed."""

    into: ObjectId
    before: Raw
    after: Raw
    relinked: list[Relinked]
    files: list[ObjectId]
    comments: list[ObjectId]  # merges of earlier programs have none


@dataclass(frozen=True)
class Preview:
    """Two companies side by side: the fields in which they differ, and what would refer to the first from then on."""

    first: Mapping[str, Any]
    second: Mapping[str, Any]
    fields: tuple[Field, ...]
    references: Mapping[str, int]
    files: int


def preview(first_id: ObjectId, second_id: ObjectId, *, actor: Actor) -> Preview:
    """Return what a merge of two companies in the actor's scope would ask and touch. Raises Missing, Refused."""
    document = RECORDS[COLLECTION]
    if first_id == second_id:
        raise Refused(_SAME)
    first, second = (document.read(record_id, actor) for record_id in (first_id, second_id))
    declaration = REGISTRY[COLLECTION].seen_by(actor)
    fields = tuple(
        field
        for field in declaration.fields
        if field.key in declaration.typed_keys
        and (first.get(field.key) or None) != (second.get(field.key) or None)
    )
    references = {
        other.name: FILED[other.name].count_referring({field.filter_key: second_id})
        for other, field in REGISTRY.referring_to(COLLECTION)
    }
    files = Attachment.objects.of_record(COLLECTION, second_id).total()
    return Preview(first, second, fields, {key: count for key, count in references.items() if count}, files)


def merge(
    first_id: ObjectId,
    second_id: ObjectId,
    from_second: Sequence[str],
    *,
    versions: Mapping[ObjectId, int],
    actor: Actor,
    now: datetime,
) -> None:
    """Merge the second company into the first, with the values of `from_second` (keys) taken from the second.

    Raises Missing, Stale when one was saved since it was seen at its version, Refused, NotAllowed.
    """
    actor.demand(Permission.WRITE)
    if first_id == second_id:
        raise Refused(_SAME)

    def work(uow: UnitOfWork) -> None:
        document = RECORDS[COLLECTION]
        first = uow.find(document, first_id, version=versions[first_id])
        second = uow.find(document, second_id, version=versions[second_id])
        if first["county"] != second["county"]:
            raise Refused(_TWO_COUNTIES)
        keys = set(from_second) & set(REGISTRY[COLLECTION].seen_by(actor).typed_keys)
        _demand_one_base(uow, first, second, second["base"] if "base" in keys else first["base"])
        _take_away(uow, second, _label(first))
        taken = [field.key for field in REGISTRY[COLLECTION].file_fields if field.key in keys]
        files = _move_files(uow, second_id, first_id, taken)
        after = _with_values(uow, first, {key: second.get(key) for key in keys}, _label(second))
        bin_entry = Recycled.last_of(COLLECTION, second_id, session=uow.session) or {}
        note: MergeNote = {
            "into": first_id,
            "before": {key: first.get(key) for key in keys},
            "after": {key: after.get(key) for key in keys},
            "relinked": list(_relink_all(uow, first, second, after)),
            "files": files,
            "comments": _move_comments(uow, second_id, first_id),
        }
        Recycled.note_merge(bin_entry["_id"], note, session=uow.session)
        DoubtRow.forget_of(second_id, uow.session)

    in_one_transaction(work, actor=actor, now=now, within=LONG)


def _label(raw: Mapping[str, Any]) -> str:
    return f"{raw.get('name', '')}（{raw.get('uscc', '')}）"


def _demand_one_base(uow: UnitOfWork, first: Raw, second: Raw, base: Any) -> None:
    """Refuse when records of a base name a company that would stand in another one: their next save would lose it."""
    for raw in (first, second):
        if raw["base"] == base:
            continue
        for other, field in REGISTRY.referring_to(COLLECTION):
            if not field.depends_on:
                continue
            clause = {field.filter_key: raw["_id"], field.depends_on: {"$ne": base}}
            count = FILED[other.name].count_referring(clause, session=uow.session)
            if count:
                raise Refused(
                    Refusal(_OTHER_BASE, {"count": count, "base": raw.get("base_name", "")}, field="base")
                )


def _take_away(uow: UnitOfWork, raw: Raw, into: str) -> None:
    """Move a record to the recycle bin although others refer to it: they are re-linked in the same transaction."""
    document = RECORDS[COLLECTION]
    uow.touch(COLLECTION, raw["_id"], raw)
    counties, label = document.counties_of(raw), document.label_of(raw)
    entry = {
        "collection": COLLECTION, "record_id": raw["_id"], "label": label, "counties": counties,
        "deleted_at": uow.now, "deleted_by": uow.actor.id, "deleted_by_name": uow.actor.name, "document": raw,
    }  # fmt: skip
    Recycled.keep(entry, session=uow.session)
    if not document.remove(raw, session=uow.session):
        raise Stale()
    uow.count(COLLECTION, raw, counties, -1)
    uow.record("deleted", COLLECTION, raw["_id"], label, counties=counties, note=f"→ {into}")


def _with_values(uow: UnitOfWork, first: Raw, values: Raw, second: str) -> Raw:
    """Give the record that stays the chosen values, and tell the trail with what it was merged."""
    document, refs = RECORDS[COLLECTION], References(uow.actor, uow.session)
    after = changed_record(uow, COLLECTION, first, values, refs, note=second, action="merged")
    if after is None:
        after = uow.stamped(document, first, first)
        counties = document.counties_of(first)
        uow.record(
            "merged", COLLECTION, first["_id"], document.label_of(first), counties=counties, note=second
        )
    if document.replace([(first, after)], session=uow.session) != 1:
        raise Stale()
    update_copies(uow, COLLECTION, first, after)
    return after


# --- What refers to them --------------------------------------------------------------------------


def _relink_all(uow: UnitOfWork, first: Raw, second: Raw, after: Raw) -> Iterator[Relinked]:
    for other, field in REGISTRY.referring_to(COLLECTION):
        document = FILED[other.name]
        found = document.meeting(_referring(field, first, second, after), 0, session=uow.session)
        for raw in list(found):
            value = _linked_value(field, raw.get(field.key), first, second, after)
            if value == raw.get(field.key):
                continue
            _put(uow, other, field, raw, value, after, "relinked")
            yield {
                "collection": other.name, "record": raw["_id"], "key": field.key, "before": raw.get(field.key),
                "after": value,
            }  # fmt: skip


def _referring(field: Field, first: Raw, second: Raw, after: Raw) -> Raw:
    """Return the filter of what refers to one of the two, or names one of them in its base and could not tell which."""
    ids = [first["_id"], second["_id"]]
    if field.kind is not Kind.NAMES:
        return {field.key: second["_id"]}
    named = {"$elemMatch": {"name": {"$in": _names(first, second, after)}, "company": None}}
    unlinked = {field.key: named, **({field.depends_on: after["base"]} if field.depends_on else {})}
    return {"$or": [{field.filter_key: {"$in": ids}}, unlinked]}


def _names(*companies: Raw) -> list[str]:
    return sorted({company.get("name", "") for company in companies})


def _linked_value(field: Field, value: Any, first: Raw, second: Raw, after: Raw) -> Any:
    """Return what stands in a reference once the two are one: in a list of names once, by the name that stays."""
    if field.kind is Kind.REFERENCES:
        return list(dict.fromkeys(first["_id"] if one == second["_id"] else one for one in value or ()))
    if field.kind is not Kind.NAMES:
        return first["_id"]
    ids, names = {first["_id"], second["_id"]}, _names(first, second, after)
    linked: list[Raw] = []
    is_there = False
    for item in value or ():
        if item.get("company") in ids or (item.get("company") is None and item.get("name") in names):
            if not is_there:
                linked.append({"name": after["name"], "company": first["_id"]})
            is_there = True
        else:
            linked.append(item)
    return linked


def _put(
    uow: UnitOfWork, other: Collection, field: Field, raw: Raw, value: Any, named: Raw, action: str
) -> None:
    """Write a reference as it is to stand, whatever the rules of the record say by now."""
    document, name = FILED[other.name], named.get("name", "")
    changed = dict(raw)
    put(changed, field.key, value)
    # An own field's copied name stands in records of the county alone that the company is in.
    shown = (
        name if not is_name_key(field.name_key) or is_named_beside(field, named, raw.get("county")) else ""
    )
    if field.kind is Kind.REFERENCES:
        names = {**referred_names(raw, field.key, field.name_key), named["_id"]: shown}
        put_referred(changed, field.key, field.name_key, {one: names.get(one, "") for one in value or ()})
    elif field.name_key:
        put(changed, field.name_key, shown or None)
    changed.update(document.derived_fields(changed, uow.today))
    after = uow.stamped(document, raw, changed)
    if document.replace([(raw, after)], session=uow.session) != 1:
        raise Stale()
    counties = document.counties_of(raw)
    uow.count(other.name, raw, counties, -1)
    uow.count(other.name, after, counties, 1)
    uow.record(
        action, other.name, raw["_id"], document.label_of(after), counties=counties, note=name,
        changes=changes_between(other.name, raw, after),
    )  # fmt: skip


def _move_files(uow: UnitOfWork, source: ObjectId, target: ObjectId, taken: Sequence[str]) -> list[ObjectId]:
    """Give a record's files to another one, of fields those that are `taken` along; return their ids."""
    left = {field.key for field in REGISTRY[COLLECTION].file_fields} - set(taken)
    files = [
        file["_id"]
        for file in Attachment.objects.of_record(COLLECTION, source).oldest_first(uow.session)
        if file.get("slot") not in left
    ]
    Attachment.move(files, target, session=uow.session)
    return files


def _move_comments(uow: UnitOfWork, source: ObjectId, target: ObjectId) -> list[ObjectId]:
    comments = Comment.ids_of(source, uow.session)
    Comment.move(comments, source, target, uow.session)
    return comments


# --- The way back ---------------------------------------------------------------------------------


def undo_merge(recycled_id: ObjectId, *, actor: Actor, now: datetime) -> tuple[str, ObjectId]:
    """Bring back the company that was merged away, and all that was changed with it; return its collection and id.

    What somebody has changed since stays as it is. Raises Missing, Refused when its code is taken, NotAllowed.
    """
    actor.demand(Permission.WRITE)
    return in_one_transaction(lambda uow: _undo(uow, recycled_id), actor=actor, now=now, within=LONG)


def _undo(uow: UnitOfWork, recycled_id: ObjectId) -> tuple[str, ObjectId]:
    entry = Recycled.read(recycled_id, uow.actor, session=uow.session)
    note: MergeNote | None = entry.get("merge")
    if note is None:
        raise Missing()
    document, second = RECORDS[COLLECTION], dict(entry["document"])
    _give_files_back(uow, note, second)
    name = _take_values_back(uow, note, second)
    uow.touch(COLLECTION, second["_id"], entry["document"])
    second = uow.stamped(document, second, second)
    second.update(document.derived_fields(second, uow.today))
    document.insert([second], session=uow.session)
    Recycled.remove(recycled_id, session=uow.session)
    counties = document.counties_of(second)
    uow.count(COLLECTION, second, counties, 1)
    uow.record(
        "merge-undone", COLLECTION, second["_id"], document.label_of(second), counties=counties, note=name
    )
    for link in note["relinked"]:
        _link_back(uow, link, second)
    Comment.move(note.get("comments", ()), note["into"], second["_id"], uow.session)
    return COLLECTION, second["_id"]


def _give_files_back(uow: UnitOfWork, note: MergeNote, second: Raw) -> None:
    """Give the second record its files again; those of a field that was changed since stay where they are."""
    first = RECORDS[COLLECTION].whole(note["into"], session=uow.session) or {}
    fields = [field.key for field in REGISTRY[COLLECTION].file_fields]
    stay = {key for key in fields if first.get(key) != note["after"].get(key, first.get(key))}
    present = (
        Attachment.objects.of_record(COLLECTION, note["into"]).among(note["files"]).oldest_first(uow.session)
    )
    moved = [file["_id"] for file in present if file.get("slot") not in stay]
    Attachment.move(moved, second["_id"], session=uow.session)
    here = {
        file["_id"]
        for file in Attachment.objects.of_record(COLLECTION, second["_id"]).oldest_first(uow.session)
    }
    for key in fields:
        put(second, key, [item for item in second.get(key) or () if item["file"] in here] or None)


def _take_values_back(uow: UnitOfWork, note: MergeNote, second: Raw) -> str:
    """Give the record that stayed the values that the merge took from it, where they still stand; return its name."""
    document = RECORDS[COLLECTION]
    first = document.whole(note["into"], session=uow.session)
    if first is None:
        return ""
    values = {key: old for key, old in note["before"].items() if first.get(key) == note["after"].get(key)}
    refs = References(uow.actor, uow.session)
    after = changed_record(uow, COLLECTION, first, values, refs, note=_label(second), action="merge-undone")
    if after is not None:
        if document.replace([(first, after)], session=uow.session) != 1:
            raise Stale()
        update_copies(uow, COLLECTION, first, after)
    return _label(after or first)


def _link_back(uow: UnitOfWork, link: Relinked, second: Raw) -> None:
    other = REGISTRY[link["collection"]]
    field = other.field(link["key"])
    raw = FILED[link["collection"]].whole(link["record"], session=uow.session)
    if raw is not None and raw.get(link["key"]) == link["after"]:
        _put(uow, other, field, raw, link["before"], second, "relinked-back")
