"""A county's letter of recommendation: several applications under one document number (Art. 12)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, ListField, ObjectIdField, StringField
from pymongo.collection import Collection

from documents.records.fields import DayField
from documents.records.record import RecordQuerySet

COLLECTION = "letters"


class Letter(Document):
    """One letter. `entries` is its list as frozen; `text` the paper as it reads."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "queryset_class": RecordQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["round", "county"], "name": "round_county"}],
    }

    number = StringField(required=True, max_length=40)
    county = StringField(required=True)
    round = ObjectIdField(required=True)
    round_name = StringField()
    dated = DayField(required=True)
    entries = ListField()
    text = DictField()
    made_at = DateTimeField()
    made_by = StringField()

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection, on which services write."""
        return cls._get_collection()

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this letter."""
        return str(raw.get("number", ""))
