"""A change filing: a base's new name, operator, address or legal representative, reported to the city (Art. 15)."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from bson import ObjectId
from mongoengine.fields import BooleanField, DateTimeField, ListField, ObjectIdField, StringField

from documents.records import search
from documents.records.fields import CleanTextField, DayField
from documents.records.record import Record, RecordQuerySet, sort_indexes

COLLECTION = "change_filings"


class ChangeFilingQuerySet(RecordQuerySet):
    """Named queries over change filings."""

    def of_base(self, base: ObjectId) -> Self:
        """Keep one base's."""
        return self.where_raw({"base": base})

    def waiting(self) -> Self:
        """Keep those that nobody has decided on."""
        return self.where_raw({"state": "filed"})


class ChangeFiling(Record):
    """One filing. `changes` hold field, old and new; proof stands in the slot `proof`; `due` is counted when filed."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "queryset_class": ChangeFilingQuerySet,
        "auto_create_index": False,
        "indexes": [
            {"fields": ["base", "-completed_on"], "name": "base"},
            {"fields": ["state", "county"], "name": "state"},
            {"fields": ["search_tokens", "sort_key", "county"], "name": "search"},
            *sort_indexes("filed_on"),
        ],
    }

    base = ObjectIdField(required=True)
    base_name = CleanTextField(required=True, max_length=100)
    county = StringField(required=True)
    changes = ListField()
    completed_on = DayField(required=True)
    filed_on = DayField(required=True)
    due = DayField(required=True)
    provisional = BooleanField()  # `due` was counted over a year whose calendar was not published
    late = BooleanField()
    state = StringField(required=True)
    remark = CleanTextField(max_length=2000)
    reason = CleanTextField(max_length=2000)  # why it was not accepted
    decided_at = DateTimeField()
    decided_by = StringField()

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this filing."""
        return str(raw.get("base_name", ""))

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived search fields: the base's old and new names."""
        given = [one.get(key) for one in raw.get("changes", ()) for key in ("old", "new")]
        names = [raw.get("base_name"), *given]
        fields = search.index_fields([], names=names, counties=[raw.get("county")])
        return fields | {"sort_key": search.sort_key(raw.get("base_name", ""))}
