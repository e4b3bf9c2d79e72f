"""Files that stand in fields of a record: each write that changes such a field moves the files along.

What the record holds decides: a file that it names no more goes to the recycle bin, one that it names again comes
back from there, and a new one is taken from those that were sent (`UnitOfWork.sent_files`). So an earlier version, an
undone batch and a restored record have their files again.
"""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from documents.records.attachment import Attachment, StoredAttachment
from documents.records.recycled import FILES, Recycled
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.collection import Collection
from schema.field import Field
from schema.file_places import MOST_FILES, TOO_MANY, PlaceRules, place_of
from schema.values import put
from services.shared.files import GONE, keep_in_field, put_into_bin, take_out_of_bin
from services.shared.unit_of_work import UnitOfWork

Raw = dict[str, Any]
TOO_MANY_HERE = N_("At most %(most)d files can stand here.")


def is_of_field(entry: Mapping[str, Any]) -> bool:
    """Tell whether a file stands, or stood, in a field of its record."""
    place = place_of(entry["collection"], entry.get("slot", ""))
    return place is not None and place.field is not None


def item_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a field holds of a file."""
    return {"file": entry["_id"], "name": entry["name"]}


def settle_files(
    uow: UnitOfWork, declaration: Collection, raw: Raw, before: Mapping[str, Any] | None, *, as_it_was: bool
) -> None:
    """Let the files of a record follow what its fields hold in `raw`, which is about to be written.

    A record that comes back `as_it_was` keeps those of its files that are still there. Raises Refused, at the field.
    """
    if uow.is_trial:
        return
    for field in declaration.file_fields:
        old = {} if before is None else {item["file"]: item for item in before.get(field.key) or ()}
        held = raw.get(field.key) or ()
        if before is not None and held == (before.get(field.key) or ()):
            continue
        items = _settled(uow, declaration, field, raw, old, as_it_was=as_it_was)
        put(raw, field.key, items or None)


def _settled(
    uow: UnitOfWork, declaration: Collection, field: Field, raw: Raw, old: Mapping[ObjectId, Any], *, as_it_was: bool
) -> list[dict[str, Any]]:  # fmt: skip
    """Move the files of one field; return what it holds of them then."""
    items: list[dict[str, Any]] = []
    held = {item["file"]: item for item in raw.get(field.key) or ()}
    place = PlaceRules(declaration.name, (field.key,), field=field)
    standing = {
        entry["_id"]: entry
        for entry in Attachment.in_place(declaration.name, raw["_id"], field.key, uow.session)
    }
    for file_id in old:
        if file_id not in held and file_id in standing:
            put_into_bin(uow, standing[file_id], raw, place)
    if come := [file_id for file_id in held if file_id not in old and file_id not in standing]:
        _demand_room(declaration.name, field, raw["_id"], len(held), len(come), uow)
    for file_id, item in held.items():
        entry = standing.get(file_id)
        if entry is None and file_id not in old:
            entry = _taken(uow, declaration.name, field, raw, file_id, item["name"], as_it_was=as_it_was)
        if entry is not None:
            items.append(item_of(entry))
    return items


def _taken(
    uow: UnitOfWork, collection: str, field: Field, raw: Raw, file_id: ObjectId, name: str, *, as_it_was: bool
) -> StoredAttachment | None:
    """Take a file from those that were sent, or from the recycle bin."""
    sent: StoredAttachment | None = uow.sent_files.get(file_id)
    if sent is not None and (sent["collection"], sent["slot"]) == (collection, field.key):
        keep_in_field(uow, sent, raw)
        return sent
    removed = Recycled.last_of(FILES, file_id, session=uow.session)
    entry: StoredAttachment | None = removed["document"] if removed else None
    if removed is not None and entry is not None and _is_there(entry, collection, raw["_id"], field.key):
        take_out_of_bin(uow, removed["_id"], entry, raw)
        return entry
    if as_it_was:
        return None
    raise Refused(Refusal(GONE, {"name": name}, field.key))


def _is_there(entry: StoredAttachment, collection: str, record_id: ObjectId, key: str) -> bool:
    return (entry["collection"], entry["record_id"], entry.get("slot")) == (collection, record_id, key)


def _demand_room(
    collection: str, field: Field, record_id: ObjectId, held: int, come: int, uow: UnitOfWork
) -> None:
    if held > field.most_files:
        raise Refused(Refusal(TOO_MANY_HERE, {"most": field.most_files}, field.key))
    if Attachment.objects.of_record(collection, record_id).total(uow.session) + come > MOST_FILES:
        raise Refused(Refusal(TOO_MANY, field=field.key))
