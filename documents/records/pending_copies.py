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
