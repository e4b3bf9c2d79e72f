"""What a user is told of: one row a user and act, unread at first; forgotten after a quarter of a year."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypedDict, cast

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import (
    BooleanField,
    DateTimeField,
    DictField,
    DynamicField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from documents.definitions.seen_collections import of_seen_collections
from rules.access import Actor
from rules.requests.notifications import KEPT_DAYS

MOST_COUNTED = 100  # unread ones; a badge says no more than "99+"


class StoredNotification(TypedDict, total=False):
    """One stored notification.

    `key` names what it is told of, once for each user. `action`, `collection`, `record_id`, `label` and `counties` are
    those of the trail's entry, `count` says how many acts of the same kind it stands for, `more` what its sentence
    needs beside that.
    """

    _id: ObjectId
    user: ObjectId
    key: str
    kind: str
    at: datetime
    actor_name: str
    action: str
    collection: str
    record_id: Any
    label: str
    counties: list[str]
    count: int
    more: dict[str, Any]
    unread: bool


class Notification(Document):
    """See the module. Written by `services.notifications`; only `unread` changes."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "notifications",
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["user", "key"], "unique": True, "name": "told_once"},
            {"fields": ["user", "-_id"], "name": "user"},
            {
                "fields": ["user", "unread", "-_id"],
                "name": "unread",
                "partialFilterExpression": {"unread": True},
            },
            {
                "fields": ["at"],
                "name": "forgotten",
                "expireAfterSeconds": int(timedelta(days=KEPT_DAYS).total_seconds()),
            },
        ],
    }

    shard_key: ClassVar[tuple[str, ...]] = ("user",)

    user = ObjectIdField(required=True)
    key = StringField(required=True)
    kind = StringField(required=True)
    at = DateTimeField(required=True)
    actor_name = StringField()
    action = StringField()
    collection_name = StringField(db_field="collection")
    record_id = DynamicField()
    label = StringField()
    counties = ListField(StringField())
    count = IntField(default=1)
    more = DictField()
    unread = BooleanField(default=True)

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection."""
        return cls._get_collection()

    @classmethod
    def add(cls, rows: Iterable[Mapping[str, Any]], session: ClientSession) -> None:
        """Store new notifications."""
        if found := [dict(row) for row in rows]:
            cls.collection().insert_many(found, session=session)

    @classmethod
    def unread_of(cls, user: ObjectId, session: ClientSession) -> int:
        """Return how many a user has not read, counted no further than a badge shows."""
        return cls.collection().count_documents(
            {"user": user, "unread": True}, limit=MOST_COUNTED, session=session
        )

    @classmethod
    def latest_of(
        cls, user: ObjectId, actor: Actor, *, unread: bool, skip: int, limit: int
    ) -> list[StoredNotification]:
        """Return a user's notifications that are in their scope of today, the newest first."""
        rows = cls.collection().find(_in_scope(user, actor, unread=unread))
        return [cast("StoredNotification", row) for row in rows.sort("_id", -1).skip(skip).limit(limit)]

    @classmethod
    def count_of(cls, user: ObjectId, actor: Actor, *, unread: bool) -> int:
        """Return how many those are."""
        return cls.collection().count_documents(_in_scope(user, actor, unread=unread))

    @classmethod
    def one_of(cls, user: ObjectId, actor: Actor, notification: ObjectId) -> StoredNotification | None:
        """Return one of a user's that is in their scope of today; None when there is none."""
        clause = {**_in_scope(user, actor, unread=False), "_id": notification}
        return cast("StoredNotification | None", cls.collection().find_one(clause))

    @classmethod
    def forget(cls, user: ObjectId, ids: Iterable[ObjectId]) -> None:
        """Take some of a user's away."""
        cls.collection().delete_many({"user": user, "_id": {"$in": list(ids)}})

    @classmethod
    def mark(
        cls, user: ObjectId, session: ClientSession, *, unread: bool, notification: ObjectId | None = None
    ) -> None:
        """Mark one of a user's, or all, as read or as not read."""
        clause: dict[str, Any] = {"user": user, "unread": not unread}
        if notification is not None:
            clause["_id"] = notification
        cls.collection().update_many(clause, {"$set": {"unread": unread}}, session=session)


def _in_scope(user: ObjectId, actor: Actor, *, unread: bool) -> dict[str, Any]:
    clause: dict[str, Any] = {"user": user}
    if unread:
        clause["unread"] = True
    if actor.county is not None:
        clause["counties"] = actor.county
    return clause | of_seen_collections(actor)
