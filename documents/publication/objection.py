"""An objection to one base of a public notice: who, how, what, and what became of it (Art. 12)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Self, TypedDict, cast

from bson import ObjectId
from mongoengine.fields import BooleanField, DateTimeField, ObjectIdField, StringField

from documents.records import search
from documents.records.fields import CleanTextField, DayField
from documents.records.record import Record, RecordQuerySet
from rules.publication import Outcome

COLLECTION = "objections"


class StoredObjection(TypedDict, total=False):
    """An objection as it is stored; days are moments: 00:00 in UTC of that day.

    `received`, `objector_kind` and `outcome` are codes of `rules.publication`.
    """

    _id: ObjectId
    notice: ObjectId
    application: ObjectId
    base: ObjectId
    base_name: str
    county: str
    received_on: datetime
    late: bool  # received after the period of the notice
    received: str
    objector_kind: str
    objector: str
    objector_contact: str
    content: str
    outcome: str
    handling: str
    decided_on: datetime
    decided_at: datetime
    decided_by: str
    version: int
    created_at: datetime
    created_by: str


class ObjectionQuerySet(RecordQuerySet):
    """Named queries over objections."""

    def of_notice(self, notice: ObjectId) -> Self:
        """Keep those to one notice."""
        return self.where_raw({"notice": notice})

    def to_applications(self, applications: Iterable[ObjectId]) -> Self:
        """Keep those to the bases of these applications."""
        return self.where_raw({"application": {"$in": list(applications)}})

    def being_handled(self) -> Self:
        """Keep those that nobody has decided."""
        return self.where_raw({"outcome": Outcome.OPEN.value})

    def in_period(self) -> Self:
        """Keep those that were received in the period of their notice."""
        return self.where_raw({"late": {"$ne": True}})

    def total(self) -> int:
        """Return how many objections there are."""
        return Objection.collection().count_documents(self.filters())

    def latest_first(self) -> list[StoredObjection]:
        """Return whole objections, the one received last first."""
        rows = Objection.collection().find(self.filters()).sort([("received_on", -1), ("_id", -1)])
        return cast("list[StoredObjection]", list(rows))

    def counts(self, session: Any = None) -> dict[tuple[ObjectId, str, bool], int]:
        """Return how many there are by application, outcome and whether they were late, as a transaction sees them."""
        keys = {"application": 1, "outcome": 1, "late": 1}
        counts: dict[tuple[ObjectId, str, bool], int] = {}
        for row in Objection.collection().find(self.filters(), keys, session=session):
            key = (row["application"], row["outcome"], bool(row.get("late")))
            counts[key] = counts.get(key, 0) + 1
        return counts


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
    late = BooleanField()
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
