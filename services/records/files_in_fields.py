"""Single files of a record's fields: one added, one removed, one brought back, each a change of the record."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from bson import ObjectId

from documents.kinds import RECORDS
from documents.records.attachment import Attachment, StoredAttachment
from documents.records.recycled import Recycled
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused
from rules.words import N_
from schema.field import Field
from schema.file_places import place_of
from services.records.field_files import item_of
from services.records.records import SentFiles, update_within
from services.records.references import References
from services.shared.files import SentFile, may_read, sent_to_field
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

MUST_STAY = N_("A file must stand here: put another one in its place first.")
_Items = Sequence[Mapping[str, Any]]


def add_to_field(
    collection: str, record_id: ObjectId, key: str, file: SentFile, *, actor: Actor, now: datetime
) -> ObjectId:
    """Put a file into a field of a record; return its id. Raises Missing, NotAllowed, Refused, Unavailable."""
    actor.demand(Permission.WRITE)
    field = _field(collection, key)
    if field is None or not field.is_seen_by(actor.role):
        raise Missing()
    entry = sent_to_field(collection, key, file, actor=actor, now=now)
    sent = {entry["_id"]: entry}
    _change(collection, record_id, key, lambda held: [*held, item_of(entry)], sent, actor=actor, now=now)
    return entry["_id"]


def remove_from_field(file_id: ObjectId, *, actor: Actor, now: datetime) -> None:
    """Take a file out of its field, into the recycle bin. Raises Missing, NotAllowed, Refused, Unavailable."""
    actor.demand(Permission.WRITE)
    entry = Attachment.read(file_id)
    field = _field_of(entry, actor)

    def without(held: _Items) -> list[Mapping[str, Any]]:
        rest = [item for item in held if item["file"] != file_id]
        if field.required and not rest:
            raise Refused(Refusal(MUST_STAY, field=field.key))
        return rest

    _change(entry["collection"], entry["record_id"], field.key, without, {}, actor=actor, now=now)


def restore_to_field(recycled_id: ObjectId, *, actor: Actor, now: datetime) -> tuple[str, ObjectId]:
    """Bring a removed file back to its field; return the collection and the id of its record.

    Raises Missing (out of scope, or its field is gone), NotAllowed, Refused (its record is gone, no room), Unavailable.
    """
    actor.demand(Permission.WRITE)
    entry = cast("StoredAttachment", Recycled.read(recycled_id, actor)["document"])
    field = _field_of(entry, actor)
    collection, record_id = entry["collection"], entry["record_id"]
    try:
        RECORDS[collection].read(record_id, actor)
    except Missing as problem:
        raise Refused(Refusal(N_("The record of this file is gone: restore it first."))) from problem
    _change(collection, record_id, field.key, lambda held: [*held, item_of(entry)], {}, actor=actor, now=now)
    return collection, record_id


def _change(
    collection: str, record_id: ObjectId, key: str, changed: Callable[[_Items], _Items], sent: SentFiles, *,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Change what a field holds of the record as it stands now: who adds a file disturbs nobody else's."""

    def work(uow: UnitOfWork) -> None:
        uow.sent_files = sent
        raw = uow.find(RECORDS[collection], record_id)
        values = {key: [dict(item) for item in changed(raw.get(key) or ())]}
        refs = References(actor, uow.session)
        update_within(uow, collection, record_id, values, refs, version=raw["version"])

    in_one_transaction(work, actor=actor, now=now)


def _field_of(entry: StoredAttachment, actor: Actor) -> Field:
    field = _field(entry["collection"], entry.get("slot", ""))
    if field is None or not may_read(entry, actor):
        raise Missing()
    return field


def _field(collection: str, key: str) -> Field | None:
    place = place_of(collection, key)
    return place.field if place is not None else None
