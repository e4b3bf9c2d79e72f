"""A file that belongs to a record: its particulars here, its bytes in GridFS; the record's scope is the file's."""

from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import Document
from mongoengine.connection import get_db
from mongoengine.fields import DateTimeField, IntField, ListField, ObjectIdField, StringField

from documents.records.record import RecordQuerySet

BUCKET = "files"


class AttachmentQuerySet(RecordQuerySet):
    """Named queries over attachments."""

    def of_record(self, collection: str, record_id: ObjectId) -> "AttachmentQuerySet":
        """Keep the files of one record."""
        return self.where_raw({"collection": collection, "record_id": record_id})


class Attachment(Document):
    """One file of one record. `size` in bytes; `media_type` is what the content showed, not what was claimed."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "attachments",
        "queryset_class": AttachmentQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["collection_name", "record_id", "uploaded_at"], "name": "record"}],
    }
    county_key: ClassVar[str] = "counties"

    collection_name = StringField(db_field="collection", required=True)
    record_id = ObjectIdField(required=True)
    slot = StringField()  # the place within the record, e.g. a material of an application
    counties = ListField(StringField())
    name = StringField(required=True)
    size = IntField(required=True)
    media_type = StringField(required=True)
    sha256 = StringField(required=True)
    stored = ObjectIdField(required=True)
    uploaded_at = DateTimeField()
    uploaded_by = StringField()
    uploaded_by_name = StringField()


def database() -> Any:
    """Return the database in which the GridFS bucket of the files stands."""
    return get_db()
