"""A case about a base's title: revocation, cancellation, or a title restored (Art. 16, 18)."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from bson import ObjectId
from mongoengine.fields import BooleanField, DateTimeField, DictField, ListField, ObjectIdField, StringField

from documents.records import search
from documents.records.fields import CleanTextField, DayField
from documents.records.record import Record, RecordQuerySet, sort_indexes

COLLECTION = "decisions"


class DecisionQuerySet(RecordQuerySet):
    """Named queries over cases and decisions."""

    def of_base(self, base: ObjectId) -> Self:
        """Keep one base's."""
        return self.where_raw({"base": base})

    def under_way(self) -> Self:
        """Keep the cases that are not closed."""
        return self.where_raw({"open": True})


class Decision(Record):
    """One case. `grounds` hold ground and facts; files stand in the slots `evidence`, `notice` and `statement`.

    Once decided: `number`, `dated`, `text` (the paper), `notice` (what is public), `touched` (what it changed), and
    for a reversal `reverses`; a decision that was overturned bears `reversed_by`.
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "queryset_class": DecisionQuerySet,
        "auto_create_index": False,
        "indexes": [
            {
                "fields": ["base"],
                "unique": True,
                "partialFilterExpression": {"open": True},
                "name": "one_open_case",
            },
            {"fields": ["base", "-created_at"], "name": "base"},
            {"fields": ["open", "county"], "name": "open"},
            {"fields": ["search_tokens", "sort_key", "county"], "name": "search"},
            *sort_indexes("created_at"),
        ],
    }

    base = ObjectIdField(required=True)
    base_name = CleanTextField(required=True, max_length=100)
    operator = CleanTextField()
    county = StringField(required=True)
    kind = StringField(required=True)
    state = StringField(required=True)
    open = BooleanField(required=True)
    grounds = ListField()
    served_on = DayField()
    served_how = CleanTextField()
    statement_by = DayField()
    statement_on = DayField()
    statement = CleanTextField(max_length=2000)
    number = StringField(max_length=40)
    dated = DayField()
    text = DictField()
    notice = ObjectIdField()
    touched = DictField()
    reverses = ObjectIdField()
    reversed_by = ObjectIdField()
    closed_reason = CleanTextField(max_length=2000)
    decided_at = DateTimeField()
    decided_by = StringField()

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this case."""
        return str(raw.get("base_name", ""))

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived search fields: base, operator, number."""
        names = [raw.get("base_name"), raw.get("operator")]
        fields = search.index_fields([raw.get("number")], names=names, counties=[raw.get("county")])
        return fields | {"sort_key": search.sort_key(raw.get("base_name", ""))}
