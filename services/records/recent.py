"""What a user entered last, and where a record went that was deleted just now."""

from bson import ObjectId

from documents.desk.audit_entry import AuditEntry
from documents.records.recycled import Recycled
from documents.server.connection import reachable
from rules.access import Actor


def last_entered_by(actor: Actor, collection: str) -> ObjectId | None:
    """Return the record of a collection that an actor entered last by hand; None for none. Raises Unavailable.

    It may be out of scope or deleted by now: whoever shows it reads it in the actor's scope.
    """
    with reachable():
        found: ObjectId | None = AuditEntry.last_made_by(actor.id, collection)
    return found


def last_in_bin(collection: str, record_id: ObjectId, *, actor: Actor) -> ObjectId | None:
    """Return the entry of the recycle bin that holds a record, where it is the actor's own act; None for none."""
    with reachable():
        entry = Recycled.last_of(collection, record_id, session=None) or {}
    return entry["_id"] if entry.get("deleted_by") == actor.id else None
