"""A round: one year's call for applications (Art. 9), its days, rule set and score sheet."""

from collections.abc import Mapping
from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import BooleanField, DateTimeField, IntField, ListField, StringField
from pymongo.collection import Collection

from documents.records.fields import CleanTextField, DayField
from documents.records.record import RecordQuerySet


class Round(Document):
    """One call. Every clerk reads it; `dimensions` hold key, label and weight of each line of the score sheet."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "rounds",
        "queryset_class": RecordQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["name"], "unique": True, "name": "round_name_unique"}],
    }

    year = IntField(required=True)
    name = CleanTextField(required=True, max_length=100)
    call_title = CleanTextField(max_length=200)
    call_number = StringField(max_length=40)
    call_dated = DayField()
    apply_from = DayField(required=True)
    apply_until = DayField(required=True)
    recommend_until = DayField()
    rule_set = StringField(required=True)
    assessed_year = IntField(required=True)
    dimensions = ListField()
    least_experts = IntField(required=True)
    drop_from = IntField(required=True)
    pass_score = IntField()
    closed = BooleanField(default=False)
    version = IntField(required=True, default=1)
    updated_at = DateTimeField()
    updated_by = StringField()

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection, on which services write."""
        return cls._get_collection()

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this round."""
        return str(raw.get("name", ""))
