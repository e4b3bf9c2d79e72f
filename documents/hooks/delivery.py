"""What became of one attempt to deliver a web hook; forgotten after thirty days."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, TypedDict, cast

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import DateTimeField, IntField, ObjectIdField, StringField
from pymongo.collection import Collection

_KEPT_FOR = timedelta(days=30)


class StoredDelivery(TypedDict, total=False):
    """An attempt: the entries of the trail from `first` to `last`, `count` events, how it was answered.

    `status` is the answer's, 0 for none; `problem` a message id, "" where it went well.
    """

    _id: ObjectId
    hook: ObjectId
    at: datetime
    first: int
    last: int
    count: int
    status: int
    problem: str
    milliseconds: int


class WebHookDelivery(Document):
    """See the module."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "web_hook_deliveries",
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["hook", "-_id"], "name": "hook"},
            {"fields": ["at"], "name": "forgotten", "expireAfterSeconds": int(_KEPT_FOR.total_seconds())},
        ],
    }

    hook = ObjectIdField(required=True)
    at = DateTimeField(required=True)
    first = IntField(required=True)
    last = IntField(required=True)
    count = IntField(required=True)
    status = IntField(required=True)
    problem = StringField()
    milliseconds = IntField()

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection."""
        return cls._get_collection()

    @classmethod
    def keep(cls, delivery: StoredDelivery) -> None:
        """Note an attempt."""
        cls.collection().insert_one(dict(delivery))

    @classmethod
    def latest_of(cls, hook: ObjectId, most: int) -> list[StoredDelivery]:
        """Return the latest attempts of a hook, the newest first."""
        rows = cls.collection().find({"hook": hook}).sort("_id", -1).limit(most)
        return [cast("StoredDelivery", row) for row in rows]
