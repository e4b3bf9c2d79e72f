"""The audit trail: who did what, when, to which record, field by field; each entry seals the one before it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import bson
from mongoengine import Document
from mongoengine.connection import get_db
from mongoengine.fields import DateTimeField, DynamicField, IntField, ListField, StringField

from documents.records.record import RecordQuerySet
from rules.access import Actor

GENESIS = "0" * 64
HEAD = "head"


@dataclass(frozen=True)
class Change:
    """One field's change: its stored key, the old value and the new one (None: there was or is none)."""

    field: str
    old: Any
    new: Any

    def stored(self) -> dict[str, Any]:
        """Return the change as it is stored."""
        return {"field": self.field, "old": self.old, "new": self.new}


def seal(entry: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an entry (without its own `hash`) in BSON, keys in their stored order."""
    return hashlib.sha256(bson.encode({key: entry[key] for key in entry if key != "hash"})).hexdigest()


def read_head() -> tuple[int, str]:
    """Return number and hash of the latest entry, which every write of the office moves; (0, "") before the first."""
    head = get_db()["audit_head"].find_one({"_id": HEAD}, {"seq": 1, "hash": 1}) or {}
    return int(head.get("seq", 0)), str(head.get("hash", ""))


class AuditQuerySet(RecordQuerySet):
    """Named queries over the audit trail."""

    def of_record(self, collection: str, record_id: Any) -> "AuditQuerySet":
        """Keep the history of one record."""
        return self.where_raw({"collection": collection, "record_id": record_id})

    def visible_to(self, actor: Actor) -> "AuditQuerySet":
        """Keep the entries of the actor's county; those of no county are the city's."""
        return self if actor.county is None else self.where_raw({"counties": actor.county})


class AuditEntry(Document):
    """One act. Written only by `services.shared.unit_of_work`, never changed."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "audit_entries",
        "queryset_class": AuditQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["collection_name", "record_id", "-_id"], "name": "record"},
            {"fields": ["counties", "-_id"], "name": "county"},
            {"fields": ["actor_id", "-_id"], "name": "actor"},
        ],
    }

    seq = IntField(primary_key=True)
    at = DateTimeField()
    actor_id = StringField()
    actor_name = StringField()
    action = StringField()
    collection_name = StringField(db_field="collection")
    record_id = DynamicField()
    label = StringField()
    counties = ListField(StringField())
    previous = StringField()
    hash = StringField()
