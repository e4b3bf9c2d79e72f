"""The collections that an office has made, as they are stored, one document each."""

from typing import Any, ClassVar

from mongoengine.fields import BooleanField, DictField, StringField
from pymongo.client_session import ClientSession

from documents.versioned import Versioned

COLLECTION = "own_collections"


class OwnCollectionRow(Versioned):
    """An own collection: `_id` is its stored name, `collection` what `stored_own_collection` gives.

    One that was deleted stays as a row, so that its word is never given again, every change moves the sum of the
    versions, and it can be brought back.
    """

    meta: ClassVar[dict[str, Any]] = {"collection": COLLECTION, "auto_create_index": False, "strict": False}

    key = StringField(primary_key=True)
    declared = DictField(db_field="collection")
    deleted = BooleanField()

    @classmethod
    def row(cls, key: str, session: ClientSession | None = None) -> dict[str, Any] | None:
        """Return the row of a collection's name, also of a deleted one; None where there is none."""
        raw = cls.collection().find_one({"_id": key}, session=session)
        return dict(raw) if raw is not None else None

    @classmethod
    def stored(cls, session: ClientSession | None = None) -> list[dict[str, Any]]:
        """Return all rows, deleted ones too."""
        return list(cls.collection().find({}, session=session).sort("_id", 1))
