"""A channel by which messages leave the office, and up to which entry of the audit trail it has told.

The trail is its outbox, as it is a web hook's (decision 47).
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

COLLECTION = "message_channels"


class StoredChannel(TypedDict, total=False):
    """A stored channel. `secret`, `url` and `signing` are sealed; `digest_week` is the last one that was sent."""

    _id: ObjectId
    name: str
    kind: str
    enabled: bool
    county: str
    events: list[str]
    digest: bool
    digest_week: str
    host: str
    port: int
    security: str
    authority: str
    user: str
    sender: str
    recipients: list[str]
    secret: str
    url: str
    shown_host: str
    signing: str
    position: int
    failures: int
    next_at: datetime
    lease_until: datetime
    stopped_at: datetime
    told_at: datetime
    problem: str
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class MessageChannel(Versioned):
    """See the module. Who sends moves `position`, `digest_week` and what follows; `version` counts saves alone."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["enabled", "next_at"], "name": "due"}],
    }

    name = StringField(required=True)
    kind = StringField(required=True)
    enabled = BooleanField(default=True)
    county = StringField()
    events = ListField(StringField())
    digest = BooleanField(default=False)
    digest_week = StringField()
    host = StringField()
    port = IntField()
    security = StringField()
    authority = StringField()
    user = StringField()
    sender = StringField()
    recipients = ListField(StringField())
    secret = StringField()
    url = StringField()
    shown_host = StringField()
    signing = StringField()
    position = IntField(required=True)
    failures = IntField(default=0)
    next_at = DateTimeField(required=True)
    lease_until = DateTimeField()
    stopped_at = DateTimeField()
    told_at = DateTimeField()
    problem = StringField()

    @classmethod
    def read(cls, channel_id: Any, actor: Actor, session: ClientSession | None = None) -> dict[str, Any]:
        """Return a stored channel. Raises Missing."""
        raw = cls.collection().find_one({"_id": channel_id}, session=session)
        if raw is None:
            raise Missing()
        return dict(raw)

    @classmethod
    def in_order(cls, session: ClientSession | None = None) -> list[StoredChannel]:
        """Return all channels, the oldest first."""
        return [
            cast("StoredChannel", raw) for raw in cls.collection().find({}, session=session).sort("_id", 1)
        ]

    @classmethod
    def remove(cls, channel_id: ObjectId, version: int, session: ClientSession) -> bool:
        """Take a channel away where it has this version; tell whether it did."""
        clause = {"_id": channel_id, "version": version}
        return cls.collection().delete_one(clause, session=session).deleted_count == 1

    @classmethod
    def switch_all_off(cls, session: ClientSession) -> None:
        """Let no channel tell anything until somebody switches it on."""
        cls.collection().update_many({}, {"$set": {"enabled": False}}, session=session)

    @classmethod
    def claim(cls, head: int, week: str, now: datetime, lease_until: datetime) -> StoredChannel | None:
        """Take a channel that is due: behind the trail's head, or without this week's digest; None for none."""
        due = {
            "enabled": True, "next_at": {"$lte": now},
            "$and": [
                {"$or": [{"position": {"$lt": head}}, {"digest": True, "digest_week": {"$ne": week}}]},
                {"$or": [{"lease_until": None}, {"lease_until": {"$lt": now}}]},
            ],
        }  # fmt: skip
        found = cls.collection().find_one_and_update(
            due,
            {"$set": {"lease_until": lease_until}},
            sort=[("next_at", 1)],
            return_document=ReturnDocument.AFTER,
        )
        return cast("StoredChannel | None", found)

    @classmethod
    def settle(
        cls, channel: StoredChannel, values: Mapping[str, Any], session: ClientSession | None = None
    ) -> bool:
        """Give a claimed channel back with these values, while the claim holds; tell whether it did."""
        held = {"_id": channel["_id"], "lease_until": channel["lease_until"]}
        change = {"$set": dict(values), "$unset": {"lease_until": ""}}
        return bool(cls.collection().update_one(held, change, session=session).matched_count)
