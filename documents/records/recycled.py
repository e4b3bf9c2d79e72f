"""The recycle bin: a deleted record is moved here whole, so that no other query has to know of deletion."""

from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, ListField, ObjectIdField, StringField

from documents.records.record import RecordQuerySet


class Recycled(Document):
    """One deleted record: where it was, who deleted it and when, and the document as it stood."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "recycled",
        "queryset_class": RecordQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["collection_name", "record_id"], "unique": True, "name": "record_unique"},
            {"fields": ["counties", "-deleted_at"], "name": "county"},
            {"fields": ["-deleted_at"], "name": "deleted_at"},
        ],
    }
    county_key: ClassVar[str] = "counties"

    collection_name = StringField(db_field="collection")
    record_id = ObjectIdField()
    label = StringField()
    counties = ListField(StringField())
    deleted_at = DateTimeField()
    deleted_by = StringField()
    deleted_by_name = StringField()
    document = DictField()
