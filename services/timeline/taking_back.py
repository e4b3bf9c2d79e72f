"""Take back the save that was made just now: what a 撤销 beside it does."""

from collections.abc import Container
from datetime import datetime

from bson import ObjectId

from documents.desk.audit_entry import AuditEntry
from documents.server.connection import reachable
from rules.access import Actor
from rules.errors import Refused
from rules.words import N_
from schema.registry import REGISTRY
from services.records.records import delete
from services.timeline.versions import restore_version

_ANOTHERS = N_("This was not saved by you. Choose an earlier version in the history of the record.")


def take_back_save(
    collection: str,
    record_id: ObjectId,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    confirmed: Container[str] | None = None,
) -> bool:
    """Undo the actor's own last save of a record, which made it `version`; tell whether the record is still there.

    A new record goes to the recycle bin, a changed one gets its earlier values, by the same checks as any other save.
    Raises NotAllowed, Missing, Stale where it was saved since, Refused, Warned, Unavailable.
    """
    actor.demand(REGISTRY[collection].write_permission)
    with reachable():
        entries = AuditEntry.writes_of(collection, [record_id]).get(record_id, [])
    if not entries or entries[-1]["actor_id"] != actor.id:
        raise Refused(_ANOTHERS)
    if entries[-1]["action"] == "created":
        delete(collection, record_id, version=version, actor=actor, now=now)
        return False
    if len(entries) < 2:
        raise Refused(_ANOTHERS)
    changed = {change["field"] for change in entries[-1].get("changes", ())}
    by_source = {field.source: field.key for field in REGISTRY[collection].fields}
    keys = {by_source.get(name, name) for name in changed}
    restore_version(
        collection,
        record_id,
        entries[-2]["_id"],
        keys,
        version=version,
        actor=actor,
        now=now,
        confirmed=confirmed,
    )
    return True
