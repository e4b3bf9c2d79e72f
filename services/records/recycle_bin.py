"""Bring back what lies in the recycle bin: a record, or a file of one."""

from datetime import datetime

from bson import ObjectId

from documents.records.recycled import FILES, OWN_FIELDS, Recycled
from rules.access import Actor, Permission
from services.definitions.own_fields import restore_own_field
from services.records.field_files import is_of_field
from services.records.files_in_fields import restore_to_field
from services.records.merge import undo_merge
from services.records.records import restore
from services.shared.files import restore_file


def bring_back(recycled_id: ObjectId, *, actor: Actor, now: datetime) -> tuple[str, ObjectId]:
    """Bring back what was deleted in the actor's scope; return collection and id of the record, or of the file's one.

    Of a field its collection and its own id in the recycle bin are returned.

    Raises Missing, NotAllowed, Refused with why it cannot come back.
    """
    actor.demand(Permission.WRITE)
    entry = Recycled.read(recycled_id, actor)
    if entry["collection"] == FILES:
        bring = restore_to_field if is_of_field(entry["document"]) else restore_file
        return bring(recycled_id, actor=actor, now=now)
    if entry["collection"] == OWN_FIELDS:
        restore_own_field(recycled_id, actor=actor, now=now)
        return OWN_FIELDS, recycled_id
    return (undo_merge if entry.get("merge") else restore)(recycled_id, actor=actor, now=now)
