"""A change filing: a base's new name, operator, address or legal representative, reported to the city (Art. 15)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Self, TypedDict, cast

from bson import ObjectId
from mongoengine.fields import BooleanField, DateTimeField, ListField, ObjectIdField, StringField

from documents.records import search
from documents.records.base import Base
from documents.records.fields import CleanTextField, DayField
from documents.records.record import Record, RecordQuerySet, sort_indexes
from rules.change_filings import FilingState, OperatorChange

COLLECTION = "change_filings"
PROOF, LICENCE = "proof", "licence"  # the slots of a filing's files


class StoredChange(TypedDict):
    """One changed value: `field` is one of `rules.change_filings.CHANGEABLE`, `old` what the record held ("": none)."""

    field: str
    old: str
    new: str


class StoredChangeFiling(TypedDict, total=False):
    """A filing as it is stored. Days are moments at 00:00 UTC; `state` is a code of `FilingState`.

    `due` is the last day to file, `provisional` whether it was counted over a year without a calendar.
    """

    _id: ObjectId
    version: int
    base: ObjectId
    base_name: str
    county: str
    changes: list[StoredChange]
    completed_on: datetime
    filed_on: datetime
    due: datetime
    provisional: bool
    late: bool
    state: str
    operator_change: str  # a code of `rules.change_filings.OperatorChange`, where the operator changed
    title_kept: str  # a code of `TitleKept`, once the city has decided
    title_reason: str
    title_decided_at: datetime
    title_decided_by: str
    remark: str
    reason: str
    decided_at: datetime
    decided_by: str
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class ChangeFilingQuerySet(RecordQuerySet):
    """Named queries over change filings."""

    def of_base(self, base: ObjectId) -> Self:
        """Keep one base's."""
        return self.where_raw({"base": base})

    def waiting(self) -> Self:
        """Keep those that nobody has decided on."""
        return self.where_raw({"state": FilingState.FILED.value})


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
    operator_change = StringField()
    title_kept = StringField()
    title_reason = CleanTextField(max_length=2000)
    title_decided_at = DateTimeField()
    title_decided_by = StringField()
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
        values = [change.get(key) for change in raw.get("changes", ()) for key in ("old", "new")]
        names = [raw.get("base_name"), *values]
        fields = search.index_fields([], names=names, counties=[raw.get("county")])
        return fields | {"sort_key": search.sort_key(raw.get("base_name", ""))}

    # --- Named queries -----------------------------------------------------------------------------

    @classmethod
    def waiting_about(
        cls, base: ObjectId, *, apart_from: ObjectId | None, session: Any
    ) -> Sequence[StoredChangeFiling]:
        """Return the changes of a base's filings that nobody has decided on."""
        clause = {"base": base, "state": FilingState.FILED.value, "_id": {"$ne": apart_from}}
        return cast(
            "list[StoredChangeFiling]", list(cls.collection().find(clause, {"changes": 1}, session=session))
        )

    @classmethod
    def latest_of_new_operator(cls, base: ObjectId) -> StoredChangeFiling | None:
        """Return the latest accepted filing by which another legal person runs a base; None when there is none."""
        clause = {
            "base": base,
            "state": FilingState.ACCEPTED.value,
            "changes.field": "operator",
            # An old filing says nothing of it: another legal person, then, as `brings_operator` has it.
            "operator_change": {"$ne": OperatorChange.RENAMED.value},
        }
        row = cls.collection().find_one(clause, sort=[("decided_at", -1)])
        return cast("StoredChangeFiling | None", row)

    @classmethod
    def code_is_taken(cls, uscc: str, base: Mapping[str, Any], session: Any) -> bool:
        """Tell whether another base has the code that a base files."""
        clause = {"_id": {"$ne": base["_id"]}, "uscc": uscc}
        return Base.collection().find_one(clause, {"_id": 1}, session=session) is not None

    @classmethod
    def name_is_taken(cls, name: str, base: Mapping[str, Any], session: Any) -> bool:
        """Tell whether another base of the same county bears the name that a base files."""
        clause = {"_id": {"$ne": base["_id"]}, "county": base["county"], "name": name}
        return Base.collection().find_one(clause, {"_id": 1}, session=session) is not None
