"""An upward recommendation: a certified base put forward to the province or the nation (Art. 17)."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from bson import ObjectId
from mongoengine.fields import DictField, IntField, ObjectIdField, StringField

from documents.records import search
from documents.records.fields import CleanTextField, DayField
from documents.records.record import Record, RecordQuerySet, sort_indexes

COLLECTION = "upward_recommendations"


class UpwardQuerySet(RecordQuerySet):
    """Named queries over upward recommendations."""

    def of_base(self, base: ObjectId) -> Self:
        """Keep one base's."""
        return self.where_raw({"base": base})


class UpwardRecommendation(Record):
    """One base, one level, one year; `assessment` is frozen beside it. `outcome`: `rules.upward.UpwardOutcome`."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "queryset_class": UpwardQuerySet,
        "auto_create_index": False,
        "indexes": [
            {"fields": ["base", "level", "year"], "unique": True, "name": "base_level_year_unique"},
            {"fields": ["outcome", "county"], "name": "outcome"},
            {"fields": ["search_tokens", "sort_key", "county"], "name": "search"},
            *sort_indexes("dated"),
        ],
    }

    base = ObjectIdField(required=True)
    base_name = CleanTextField(required=True, max_length=100)
    county = StringField(required=True)
    level = StringField(required=True)
    year = IntField(required=True)
    number = StringField(max_length=40)
    dated = DayField(required=True)
    remark = CleanTextField(max_length=2000)
    assessment = DictField()
    outcome = StringField(required=True)
    outcome_on = DayField()
    outcome_number = StringField(max_length=40)

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this recommendation."""
        return f"{raw.get('base_name', '')}（{raw.get('year', '')}）"

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived search fields: base and number."""
        fields = search.index_fields(
            [raw.get("number")], names=[raw.get("base_name")], counties=[raw.get("county")]
        )
        return fields | {"sort_key": search.sort_key(raw.get("base_name", ""))}
