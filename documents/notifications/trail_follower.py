"""Up to which entry of the audit trail something that is derived from it has come, and who derives it now.

The trail is an outbox (decision 47): an act and its entry are one transaction, numbered without a gap. What follows it
costs no write anything.
"""

from datetime import datetime
from typing import Any, ClassVar, TypedDict, cast

from mongoengine import Document
from mongoengine.fields import DateTimeField, IntField, StringField
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

NOTIFICATIONS = "notifications"


class StoredFollower(TypedDict, total=False):
    """How far one is: `position` is the number of the last entry that was looked at."""

    _id: str
    position: int
    lease_until: datetime


class TrailFollower(Document):
    """See the module."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "trail_followers",
        "auto_create_index": False,
        "strict": False,
    }

    name = StringField(primary_key=True)
    position = IntField(required=True)
    lease_until = DateTimeField()

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection."""
        return cls._get_collection()

    @classmethod
    def begin(cls, name: str, head: int) -> None:
        """Let a follower begin at the trail's head, where it has not begun yet."""
        cls.collection().update_one({"_id": name}, {"$setOnInsert": {"position": head}}, upsert=True)

    @classmethod
    def claim(cls, name: str, head: int, now: datetime, lease_until: datetime) -> StoredFollower | None:
        """Take a follower that is not at the trail's head, for so long; None when it is, or somebody has it."""
        due = {
            "_id": name, "position": {"$ne": head},
            "$or": [{"lease_until": None}, {"lease_until": {"$lt": now}}],
        }  # fmt: skip
        found = cls.collection().find_one_and_update(
            due, {"$set": {"lease_until": lease_until}}, return_document=ReturnDocument.AFTER
        )
        return cast("StoredFollower | None", found)

    @classmethod
    def move(cls, follower: StoredFollower, position: int, session: ClientSession) -> bool:
        """Move a claimed follower and give it back, while the claim holds; tell whether it did."""
        held = {key: follower[key] for key in ("_id", "position", "lease_until")}
        change = {"$set": {"position": position}, "$unset": {"lease_until": ""}}
        return cls.collection().update_one(held, change, session=session).matched_count == 1
