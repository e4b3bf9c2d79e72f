"""An objection to one base of a public notice: who, how, what, and what became of it (Art. 12)."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from bson import ObjectId
from mongoengine.fields import DateTimeField, ObjectIdField, StringField

from documents.records import search
from documents.records.fields import CleanTextField, DayField
from documents.records.record import Record, RecordQuerySet

COLLECTION = "objections"


class ObjectionQuerySet(RecordQuerySet):
    """Named queries over objections."""

    def of_notice(self, notice: ObjectId) -> Self:
        """Keep those to one notice."""
        return self.where_raw({"notice": notice})


class Objection(Record):
    """One objection. Evidence files are attachments of it; the county is the base's."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "queryset_class": ObjectionQuerySet,
        "auto_create_index": False,
        "indexes": [
            {"fields": ["notice", "application", "outcome"], "name": "notice"},
            {"fields": ["outcome", "county"], "name": "outcome"},
        ],
    }

    notice = ObjectIdField(required=True)
    application = ObjectIdField(required=True)
    base = ObjectIdField(required=True)
    base_name = CleanTextField(required=True, max_length=100)
    county = StringField(required=True)
    received_on = DayField(required=True)
    received = StringField(required=True)
    objector_kind = StringField(required=True)
    objector = CleanTextField(required=True, max_length=100)
    objector_contact = CleanTextField(required=True, max_length=100)
    content = CleanTextField(required=True, max_length=2000)
    outcome = StringField(required=True)
    handling = CleanTextField(max_length=2000)
    decided_on = DayField()
    decided_at = DateTimeField()
    decided_by = StringField()

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this objection; never the objector's name."""
        return str(raw.get("base_name", ""))

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived search fields: the base's name."""
        fields = search.index_fields([], names=[raw.get("base_name")])
        return fields | {"sort_key": search.sort_key(raw.get("base_name", ""))}
