"""A comment on a record or an application, and whom it mentions."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, TypedDict, cast

from bson import ObjectId
from mongoengine.fields import DictField, ListField, ObjectIdField, StringField
from pymongo.client_session import ClientSession

from documents.desk.audit_entry import AuditEntry, AuditQuerySet, StoredAuditEntry
from documents.versioned import Versioned
from rules.access import Actor
from rules.errors import Missing
from rules.requests.comments import MOST_COMMENTS

COLLECTION = "comments"


class StoredComment(TypedDict, total=False):
    """A stored comment. `county` is its writer's, None for the city bureau's; `mentions` are names by user id.

    `newly` are the ids of those whom its last save mentioned first.
    """

    _id: ObjectId
    collection: str
    record_id: ObjectId
    text: str
    mentions: dict[str, str]
    newly: list[str]
    county: str | None
    by: str
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class Comment(Versioned):
    """See the module. Written by `services.comments`."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["record_id", "_id"], "name": "record"}],
    }

    shard_key: ClassVar[tuple[str, ...]] = ("record_id",)

    collection_name = StringField(db_field="collection")
    record_id = ObjectIdField()
    text = StringField()
    mentions = DictField()
    newly = ListField(StringField())
    county = StringField()
    by = StringField()

    @classmethod
    def read(cls, comment_id: ObjectId, actor: Actor, session: ClientSession | None = None) -> StoredComment:
        """Return a comment that the actor may read as far as its writer's county goes. Raises Missing."""
        raw = cls.collection().find_one({"_id": comment_id, **_told_to(actor)}, session=session)
        if raw is None:
            raise Missing()
        return cast("StoredComment", raw)

    @classmethod
    def count_of(cls, record_id: ObjectId, actor: Actor, session: ClientSession) -> int:
        """Return how many comments of a record the actor may read."""
        return cls.collection().count_documents({"record_id": record_id, **_told_to(actor)}, session=session)

    @classmethod
    def of_record(cls, record_id: ObjectId, actor: Actor) -> list[StoredComment]:
        """Return the latest comments of a record that the actor may read, the oldest first."""
        rows = cls.collection().find({"record_id": record_id, **_told_to(actor)}).sort("_id", -1)
        return [cast("StoredComment", row) for row in rows.limit(MOST_COMMENTS)][::-1]

    @classmethod
    def with_history(
        cls, record_id: ObjectId, actor: Actor, history: AuditQuerySet, most: int
    ) -> tuple[list[StoredComment], list[StoredAuditEntry]]:
        """Return the same, and with them the latest entries of the trail: one command."""
        mine = [
            {"$match": {"record_id": record_id, **_told_to(actor)}},
            {"$sort": {"_id": -1}},
            {"$limit": MOST_COMMENTS},
            {"$set": {"_is_comment": True}},
        ]
        steps: list[dict[str, Any]] = [
            {"$match": history.filters()},
            {"$sort": {"_id": -1}},
            {"$limit": most},
            {"$unionWith": {"coll": COLLECTION, "pipeline": mine}},
        ]
        comments, entries = [], []
        for row in AuditEntry._get_collection().aggregate(steps, batchSize=most + MOST_COMMENTS):
            if row.pop("_is_comment", False):
                comments.append(cast("StoredComment", row))
            else:
                entries.append(cast("StoredAuditEntry", row))
        return comments[::-1], entries

    @classmethod
    def of_records(cls, ids: Iterable[Any]) -> list[StoredComment]:
        """Return all comments of these records, whoever may read them: for those who are told of them."""
        rows = cls.collection().find({"record_id": {"$in": list(ids)}}, {"text": 0}).sort("_id", 1)
        return [cast("StoredComment", row) for row in rows]

    @classmethod
    def remove(cls, comment: StoredComment, session: ClientSession) -> bool:
        """Take a comment away where it has this version; tell whether it did."""
        clause = {key: comment[key] for key in ("_id", "record_id", "version")}
        return cls.collection().delete_one(clause, session=session).deleted_count == 1

    @classmethod
    def ids_of(cls, record_id: ObjectId, session: ClientSession) -> list[ObjectId]:
        """Return the ids of a record's comments."""
        return [
            row["_id"] for row in cls.collection().find({"record_id": record_id}, {"_id": 1}, session=session)
        ]

    @classmethod
    def move(
        cls, ids: Iterable[ObjectId], source: ObjectId, target: ObjectId, session: ClientSession
    ) -> None:
        """Let these comments of one record, as far as they are there, be another's."""
        clause = {"record_id": source, "_id": {"$in": list(ids)}}
        cls.collection().update_many(clause, {"$set": {"record_id": target}}, session=session)


def _told_to(actor: Actor) -> dict[str, Any]:
    """Return the filter of what an actor may read: of a record that counties share, each has its own and the city's."""
    return {} if actor.county is None else {"county": {"$in": [actor.county, None]}}
