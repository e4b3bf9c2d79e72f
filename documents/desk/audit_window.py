"""How often something happened within a window of time: so that what can be done over and over fills no trail."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import DateTimeField, IntField, StringField
from pymongo import ReturnDocument, WriteConcern
from pymongo.collection import Collection


class AuditWindow(Document):
    """A running window of one kind of act by one doer; the database forgets it by itself."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "audit_windows",
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["expires_at"], "expireAfterSeconds": 0, "name": "forget"}],
    }

    key = StringField(primary_key=True)
    count = IntField(default=0)
    expires_at = DateTimeField(required=True)

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection."""
        return cls._get_collection()

    @classmethod
    def count_one(cls, key: str, now: datetime, window: timedelta, *, durable: bool = True) -> int:
        """Count one more under `key`, of whatever length, and return how many the running window has.

        One that is not `durable` may be lost in a crash, and nobody waits for the journal.
        """
        running = {"$gt": ["$expires_at", now]}
        row = {
            "count": {"$cond": [running, {"$add": ["$count", 1]}, 1]},
            "expires_at": {"$cond": [running, "$expires_at", now + window]},
        }
        name = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
        after = ReturnDocument.AFTER
        rows = cls.collection()
        if not durable:
            rows = rows.with_options(write_concern=WriteConcern(w=1, j=False))
        found = rows.find_one_and_update({"_id": name}, [{"$set": row}], upsert=True, return_document=after)
        return int(found["count"]) if found else 0
