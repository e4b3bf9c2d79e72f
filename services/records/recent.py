"""What a user entered last."""

from bson import ObjectId

from documents.desk.audit_entry import AuditEntry
from documents.server.connection import reachable
from rules.access import Actor


def last_entered_by(actor: Actor, collection: str) -> ObjectId | None:
    """Return the record of a collection that an actor entered last by hand; None for none. Raises Unavailable.

    It may be out of scope or deleted by now: whoever shows it reads it in the actor's scope.
    """
    with reachable():
        found: ObjectId | None = AuditEntry.last_made_by(actor.id, collection)
    return found
