"""An upward recommendation: a certified base put forward to the province or the nation (Art. 17)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Self, TypedDict, cast

from bson import ObjectId
from mongoengine.fields import DictField, IntField, ObjectIdField, StringField

from documents.applications.application import FrozenAssessment
from documents.records import search
from documents.records.fields import CleanTextField, DayField
from documents.records.record import Record, RecordQuerySet, sort_indexes
from rules.upward import UpwardOutcome

COLLECTION = "upward_recommendations"
LETTER, OUTCOME = "letter", "outcome"  # the slots of a recommendation's files


class StoredRecommendation(TypedDict, total=False):
    """A recommendation as it is stored. Days are moments at 00:00 UTC.

    `level` and `outcome` are codes of `measures.Level` and `rules.upward.UpwardOutcome`; `assessment` holds
    by level the base's figures as they were when it was put forward.
    """

    _id: ObjectId
    version: int
    base: ObjectId
    base_name: str
    operator: str  # as it was when the base was put forward
    county: str
    level: str
    year: int
    number: str
    dated: datetime
    remark: str
    assessment: dict[str, FrozenAssessment]
    outcome: str
    outcome_on: datetime
    outcome_number: str
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


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
    operator = CleanTextField(max_length=100)
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

    # --- Named queries -----------------------------------------------------------------------------

    @classmethod
    def by_base(cls, bases: Iterable[ObjectId]) -> dict[ObjectId, list[StoredRecommendation]]:
        """Return where each of these bases was put forward, the latest year first."""
        by_base: dict[ObjectId, list[StoredRecommendation]] = {}
        for row in cls.collection().find({"base": {"$in": list(bases)}}).sort("year", -1):
            by_base.setdefault(row["base"], []).append(cast("StoredRecommendation", row))
        return by_base

    @classmethod
    def pending_of(cls, base: ObjectId, session: Any = None) -> Sequence[StoredRecommendation]:
        """Return level and year of a base's recommendations that wait for their outcome."""
        clause = {"base": base, "outcome": UpwardOutcome.PENDING.value}
        rows = cls.collection().find(clause, {"level": 1, "year": 1}, session=session)
        return cast("list[StoredRecommendation]", list(rows))

    @classmethod
    def is_put_forward(
        cls, base: ObjectId, level: str, year: int, *, apart_from: ObjectId | None, session: Any
    ) -> bool:
        """Tell whether a base is put forward to a level in a year already."""
        clause = {"base": base, "level": level, "year": year, "_id": {"$ne": apart_from}}
        return cls.collection().find_one(clause, {"_id": 1}, session=session) is not None

    @classmethod
    def numbered(cls, number: str, session: Any = None) -> Sequence[StoredRecommendation]:
        """Return the recommendations that came by the letter of this number, whatever their county."""
        return cast(
            "list[StoredRecommendation]", list(cls.collection().find({"number": number}, session=session))
        )

    @classmethod
    def another_bears(cls, number: str | None, *, apart_from: ObjectId, session: Any) -> bool:
        """Tell whether another recommendation came by the letter of this number."""
        clause = {"number": number, "_id": {"$ne": apart_from}}
        return cls.collection().find_one(clause, {"_id": 1}, session=session) is not None

    @classmethod
    def end(cls, recommendation_id: ObjectId, session: Any) -> None:
        """End a recommendation with the city's title; who last edited it stays as it was."""
        ended = {"$set": {"outcome": UpwardOutcome.ENDED.value}, "$inc": {"version": 1}}
        cls.collection().update_one({"_id": recommendation_id}, ended, session=session)
