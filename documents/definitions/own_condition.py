"""The conditions that an office sets on records, as they are stored, one document each."""

from typing import Any, ClassVar

from mongoengine.fields import BooleanField, DictField, StringField
from pymongo.client_session import ClientSession

from documents.versioned import Versioned
from rules.access import Actor
from rules.errors import Missing

COLLECTION = "own_conditions"


class OwnConditionRow(Versioned):
    """A condition: `_id` is `collection.key`, `condition` what `stored_condition` gives.

    One that was deleted stays as a row without a condition, so that every change moves the sum of the versions.
    """

    meta: ClassVar[dict[str, Any]] = {"collection": COLLECTION, "auto_create_index": False, "strict": False}

    key = StringField(primary_key=True)
    of = StringField()
    condition = DictField()
    deleted = BooleanField()

    @classmethod
    def read(cls, key: str, actor: Actor, session: ClientSession | None = None) -> dict[str, Any]:
        """Return the stored row of `collection.key`. Raises Missing, also for a deleted one."""
        raw = cls.collection().find_one({"_id": key, "deleted": {"$ne": True}}, session=session)
        if raw is None:
            raise Missing()
        return dict(raw)

    @classmethod
    def read_all(cls, session: ClientSession | None = None) -> list[dict[str, Any]]:
        """Return the stored rows in the order of their keys, deleted ones too."""
        return list(cls.collection().find({}, session=session).sort("_id", 1))
