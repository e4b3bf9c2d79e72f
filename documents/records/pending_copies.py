"""Bases and partners whose copied names and counties have not all followed yet, for a program that was killed."""

from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import ObjectIdField, StringField


class PendingCopies(Document):
    """One base or partner, by its id. What its copies should say stands in the record itself."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "pending_copies",
        "auto_create_index": False,
        "strict": False,
    }

    record_id = ObjectIdField(primary_key=True)
    collection_name = StringField(required=True, db_field="collection")

    @classmethod
    def note(cls, record_id: Any, collection: str, *, session: Any) -> None:
        """Note that copies of a record are still to follow."""
        row = {"_id": record_id, "collection": collection}
        cls._get_collection().replace_one({"_id": record_id}, row, upsert=True, session=session)

    @classmethod
    def next_note(cls) -> dict[str, Any] | None:
        """Return one record whose copies are still to follow; None when there is none."""
        found: dict[str, Any] | None = cls._get_collection().find_one({})
        return found

    @classmethod
    def done(cls, record_id: Any, *, session: Any) -> None:
        """Take the note away: all copies have followed."""
        cls._get_collection().delete_one({"_id": record_id}, session=session)
