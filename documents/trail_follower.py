"""What is told of the audit trail from outside the office: up to which entry, when again, and by which process now.

The trail is the outbox (decision 47): an act and its entry are one transaction, numbered without a gap. So no write
costs anything for the sake of who is told, and nothing is forgotten or told before it is committed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, TypedDict

from bson import ObjectId
from mongoengine.fields import BooleanField, DateTimeField, IntField, StringField
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from documents.versioned import Versioned
from rules.access import Actor
from rules.errors import Missing


class StoredFollower(TypedDict, total=False):
    """What every stored follower has. `failures` are those in a row; `lease_until` is there while one is claimed."""

    _id: ObjectId
    name: str
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


class TrailFollower(Versioned):
    """See the module. Who tells moves these fields by `settle`; `version` counts the saves of people alone."""

    meta: ClassVar[dict[str, Any]] = {
        "abstract": True,
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["enabled", "next_at"], "name": "due"}],
    }

    name = StringField(required=True)
    enabled = BooleanField(default=True)
    stopped_at = DateTimeField()
    position = IntField(required=True)
    failures = IntField(default=0)
    next_at = DateTimeField(required=True)
    lease_until = DateTimeField()

    @classmethod
    def read(cls, follower_id: Any, actor: Actor, session: ClientSession | None = None) -> dict[str, Any]:
        """Return a stored follower. Raises Missing."""
        raw = cls.collection().find_one({"_id": follower_id}, session=session)
        if raw is None:
            raise Missing()
        return dict(raw)

    @classmethod
    def in_order(cls, session: ClientSession | None = None) -> list[Any]:
        """Return all followers as they are stored, the oldest first."""
        return list(cls.collection().find({}, session=session).sort("_id", 1))

    @classmethod
    def remove(cls, follower_id: ObjectId, version: int, session: ClientSession) -> bool:
        """Take a follower away where it has this version; tell whether it did."""
        clause = {"_id": follower_id, "version": version}
        return cls.collection().delete_one(clause, session=session).deleted_count == 1

    @classmethod
    def switch_all_off(cls, session: ClientSession) -> None:
        """Let no follower be told anything until somebody switches it on."""
        cls.collection().update_many({}, {"$set": {"enabled": False}}, session=session)

    @classmethod
    def claim(cls, wanting: Mapping[str, Any], now: datetime, lease_until: datetime) -> Any:
        """Take a follower whose time has come and that meets `wanting`, for so long; None when there is none."""
        due = [
            {"enabled": True, "next_at": {"$lte": now}},
            {"$or": [{"lease_until": None}, {"lease_until": {"$lt": now}}]},
            dict(wanting),
        ]
        return cls.collection().find_one_and_update(
            {"$and": due},
            {"$set": {"lease_until": lease_until}},
            sort=[("next_at", 1)],
            return_document=ReturnDocument.AFTER,
        )

    @classmethod
    def settle(
        cls, follower: StoredFollower, values: Mapping[str, Any], session: ClientSession | None = None
    ) -> bool:
        """Give a claimed follower back with these values, while the claim holds; tell whether it did."""
        held = {"_id": follower["_id"], "lease_until": follower["lease_until"]}
        change = {"$set": dict(values), "$unset": {"lease_until": ""}}
        return bool(cls.collection().update_one(held, change, session=session).matched_count)
