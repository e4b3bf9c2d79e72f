"""A web hook: where it goes, what it tells of, and up to which entry of the audit trail it has been told.

The trail is its outbox: an act and its entry are one transaction, numbered without a gap. So no write costs anything
for the sake of a hook, and none is forgotten or told before it is committed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, TypedDict, cast

from bson import ObjectId
from mongoengine.fields import BooleanField, DateTimeField, IntField, ListField, StringField
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from documents.versioned import Versioned
from rules.access import Actor
from rules.errors import Missing

COLLECTION = "web_hooks"


class StoredHook(TypedDict, total=False):
    """A stored web hook. `salt` and the office's key make its secret; `failures` are those in a row."""

    _id: ObjectId
    name: str
    url: str
    of: str
    events: list[str]
    status: str
    salt: str
    enabled: bool
    stopped_at: datetime
    position: int
    failures: int
    next_at: datetime
    lease_until: datetime
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class WebHook(Versioned):
    """See the module. `position`, `failures`, `next_at` and `lease_until` are moved by who delivers; not `version`."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["enabled", "next_at"], "name": "due"}],
    }

    name = StringField(required=True)
    url = StringField(required=True)
    of = StringField(required=True)
    events = ListField(StringField())
    status = StringField()
    salt = StringField(required=True)
    enabled = BooleanField(default=True)
    stopped_at = DateTimeField()
    position = IntField(required=True)
    failures = IntField(default=0)
    next_at = DateTimeField(required=True)
    lease_until = DateTimeField()

    @classmethod
    def read(cls, hook_id: Any, actor: Actor, session: ClientSession | None = None) -> dict[str, Any]:
        """Return a stored hook. Raises Missing."""
        raw = cls.collection().find_one({"_id": hook_id}, session=session)
        if raw is None:
            raise Missing()
        return dict(raw)

    @classmethod
    def in_order(cls, session: ClientSession | None = None) -> list[StoredHook]:
        """Return all hooks, the oldest first."""
        return [cast("StoredHook", raw) for raw in cls.collection().find({}, session=session).sort("_id", 1)]

    @classmethod
    def remove(cls, hook_id: ObjectId, version: int, session: ClientSession) -> bool:
        """Take a hook away where it has this version; tell whether it did."""
        clause = {"_id": hook_id, "version": version}
        return cls.collection().delete_one(clause, session=session).deleted_count == 1

    @classmethod
    def switch_all_off(cls, session: ClientSession) -> None:
        """Let no hook tell anything until somebody switches it on."""
        cls.collection().update_many({}, {"$set": {"enabled": False}}, session=session)

    @classmethod
    def claim(cls, head: int, now: datetime, lease_until: datetime) -> StoredHook | None:
        """Take a hook that is due and behind the trail's head, for so long; None when there is none."""
        due = {
            "enabled": True, "next_at": {"$lte": now}, "position": {"$lt": head},
            "$or": [{"lease_until": None}, {"lease_until": {"$lt": now}}],
        }  # fmt: skip
        found = cls.collection().find_one_and_update(
            due,
            {"$set": {"lease_until": lease_until}},
            sort=[("next_at", 1)],
            return_document=ReturnDocument.AFTER,
        )
        return cast("StoredHook | None", found)

    @classmethod
    def settle(
        cls, hook: StoredHook, values: Mapping[str, Any], session: ClientSession | None = None
    ) -> bool:
        """Give a claimed hook back with these values, while the claim holds; tell whether it did."""
        held = {"_id": hook["_id"], "lease_until": hook["lease_until"]}
        change = {"$set": dict(values), "$unset": {"lease_until": ""}}
        return bool(cls.collection().update_one(held, change, session=session).matched_count)
