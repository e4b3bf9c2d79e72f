"""One act on many records that is no import: a status set, a field changed, records deleted, or a batch undone.

A collection that is deleted with all its records is one too, as is a change of what a field holds.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self, TypedDict, cast

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import (
    BooleanField,
    DateTimeField,
    DictField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)
from pymongo.client_session import ClientSession

from documents.definitions.seen_collections import of_seen_collections
from documents.records.record import RecordQuerySet
from rules.access import Actor

MOST_LEFT_KEPT = 1000  # records that were left, with the reason: a document holds at most 16 MB


class BatchAct(StrEnum):
    """What a batch did."""

    STATUS = "status"
    EDIT = "edit"
    DELETE = "delete"
    UNDO = "undo"
    KIND = "kind"
    COLLECTION = "collection"


class StoredBatch(TypedDict, total=False):
    """A stored batch.

    `label` is a file's name, a status or what was changed, in words; `undoes` the batch that an undoing takes back.

    Of an undoing: `chosen` are the records that go back although they were edited since (`every` one: all of them), as
    long as nobody wrote to them after entry `seen` of the trail; `left` those that were left, each with its label, a
    message id and its parameters; `job` is the job that does it. Without `finished_at` it was cut short, or runs.
    Of a change of what a field holds, and of its undoing: `field` is the key before it, `becomes` the one after it.
    """

    _id: str
    act: str
    collection: str
    label: str
    undoes: str
    actor_id: str
    actor_name: str
    county: str | None
    started_at: datetime
    finished_at: datetime
    counts: Mapping[str, int]
    chosen: Sequence[ObjectId]
    every: bool
    seen: int
    left: Sequence[Mapping[str, Any]]
    job: ObjectId
    field: str
    becomes: str


class BatchQuerySet(RecordQuerySet):
    """Named queries over batches."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the batches of the actor's county; those of the city are the city's."""
        clause: dict[str, Any] = {"county": actor.county} if actor.county is not None else {}
        clause |= of_seen_collections(actor)
        return self.where_raw(clause) if clause else self

    def latest(self, most: int) -> list[StoredBatch]:
        """Return at most so many, the newest first, without what they left."""
        rows = self._document._get_collection().find(self.filters(), {"left": 0, "chosen": 0})
        return list(cast("Any", rows.sort("started_at", -1).limit(most)))

    def one(self, batch: str) -> StoredBatch | None:
        """Return the batch of an id, if it is among these."""
        return cast("StoredBatch | None", self.where_raw({"_id": batch}).as_pymongo().first())


class Batch(Document):
    """See the module. Its id stands as `batch` in every audit entry that it caused."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "record_batches",
        "queryset_class": BatchQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["county", "-started_at"], "name": "county"},
            {"fields": ["-started_at"], "name": "time"},
            {"fields": ["undoes"], "name": "undoes"},
        ],
    }

    batch = StringField(primary_key=True)
    act = StringField(required=True)
    collection_name = StringField(db_field="collection", required=True)
    label = StringField()
    undoes = StringField()
    actor_id = StringField(required=True)
    actor_name = StringField(required=True)
    county = StringField()
    started_at = DateTimeField(required=True)
    finished_at = DateTimeField()
    counts = DictField()
    chosen = ListField(ObjectIdField())
    every = BooleanField()
    seen = IntField()
    left = ListField(DictField())
    job = ObjectIdField()

    @staticmethod
    def new_id(now: datetime) -> str:
        """Return an id that no other batch has; an import is one and takes its id here too."""
        return f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"

    @classmethod
    def add(
        cls,
        batch: str,
        act: BatchAct,
        collection: str,
        actor: Actor,
        now: datetime,
        session: ClientSession,
        **more: Any,
    ) -> None:
        """Write a batch; `more` as `StoredBatch` has it."""
        row = {
            "_id": batch, "act": act.value, "collection": collection, "actor_id": actor.id, "actor_name": actor.name,
            "county": actor.county, "started_at": now, **more,
        }  # fmt: skip
        cls._get_collection().insert_one(row, session=session)

    @classmethod
    def stored(cls, batch: str, session: ClientSession | None = None) -> StoredBatch | None:
        """Return a batch; None when there is none."""
        return cast("StoredBatch | None", cls._get_collection().find_one({"_id": batch}, session=session))

    @classmethod
    def advance(
        cls,
        batch: str,
        counts: Mapping[str, int],
        left: Sequence[Mapping[str, Any]],
        *,
        session: ClientSession,
    ) -> None:
        """Count what a piece of an undoing did, and keep what it left, within the piece's transaction."""
        steps: dict[str, Any] = {}
        if found := {f"counts.{key}": number for key, number in counts.items() if number}:
            steps["$inc"] = found
        if left:
            steps["$push"] = {"left": {"$each": list(left), "$slice": MOST_LEFT_KEPT}}
        if steps:
            cls._get_collection().update_one({"_id": batch}, steps, session=session)

    @classmethod
    def set_job(cls, batch: str, job: ObjectId, session: ClientSession) -> None:
        """Note the job that does a batch."""
        cls._get_collection().update_one({"_id": batch}, {"$set": {"job": job}}, session=session)

    @classmethod
    def finish(cls, batch: str, now: datetime, session: ClientSession) -> None:
        """Note that a batch has come to its end."""
        cls._get_collection().update_one({"_id": batch}, {"$set": {"finished_at": now}}, session=session)

    @classmethod
    def undoing(cls, batches: Sequence[str], session: ClientSession | None = None) -> dict[str, list[str]]:
        """Return the undoings of each of these that came to their end, the oldest first."""
        found: dict[str, list[str]] = {}
        clause = {"undoes": {"$in": list(batches)}, "finished_at": {"$exists": True}}
        rows = cls._get_collection().find(clause, {"undoes": 1}, session=session)
        for row in rows.sort("started_at", 1):
            found.setdefault(row["undoes"], []).append(row["_id"])
        return found

    @classmethod
    def open_undoing(cls, batch: str, session: ClientSession) -> StoredBatch | None:
        """Return the undoing of a batch that has not come to its end; None when there is none."""
        clause = {"undoes": batch, "finished_at": {"$exists": False}}
        return cast("StoredBatch | None", cls._get_collection().find_one(clause, session=session))

    @classmethod
    def unfinished(cls, act: BatchAct, collection: str, session: ClientSession) -> list[StoredBatch]:
        """Return the batches of an act on a collection that have not come to their end."""
        clause = {"act": act.value, "collection": collection, "finished_at": {"$exists": False}}
        return list(cast("Any", cls._get_collection().find(clause, session=session)))

    @classmethod
    def undone_by(cls, batches: Sequence[str], session: ClientSession | None = None) -> dict[str, str]:
        """Return which batch each of these undoes, of those that undo one."""
        clause = {"_id": {"$in": list(batches)}, "undoes": {"$exists": True}}
        rows = cls._get_collection().find(clause, {"undoes": 1}, session=session)
        return {row["_id"]: row["undoes"] for row in rows}
