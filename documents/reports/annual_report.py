"""Yearly reports: a base's summary, the county's inspection of it and its own report to the city (Art. 14, 15)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self, TypedDict, cast

from bson import ObjectId
from mongoengine.fields import DateTimeField, DictField, IntField, ObjectIdField, StringField

from documents.records import search
from documents.records.base import Base
from documents.records.fields import CleanTextField, DayField
from documents.records.record import Record, RecordQuerySet
from rules.access import Actor

COLLECTION, COUNTY_COLLECTION = "annual_reports", "county_reports"
# The slots of their files; the last is a county's. The table of a base's situation is the system's.
SUMMARY, INSPECTION, SITUATION, REPORT = "summary", "inspection", "situation", "report"


class StoredPoint(TypedDict, total=False):
    """What an inspection found at one point: a code of `rules.annual_reports.Finding`, and a remark."""

    finding: str
    remark: str


class StoredAnnualReport(TypedDict, total=False):
    """One base's year as it is stored. Days are moments at 00:00 UTC.

    `carried_from` is the year whose words the summary began with, as long as nobody has edited them.
    `figures` are numbers by the keys of `rules.annual_reports.FIGURES`, the low-fee share in percent. `inspection`
    holds `checked_on` and, by the code of a `rules.annual_reports.Point`, a `StoredPoint`.
    """

    _id: ObjectId
    version: int
    base: ObjectId
    base_name: str
    county: str
    year: int
    received_on: datetime
    summary: str
    carried_from: int
    figures: dict[str, float]
    inspection: dict[str, Any]


class StoredCountyReport(TypedDict, total=False):
    """One county's report as it is stored: `submitted_on` is a day at 00:00 UTC, `submitted_at` when that was typed."""

    _id: ObjectId
    version: int
    county: str
    year: int
    submitted_on: datetime
    submitted_at: datetime
    text: str


class ReportQuerySet(RecordQuerySet):
    """Named queries over yearly reports."""

    def of_year(self, year: int) -> Self:
        """Keep one year's."""
        return self.where_raw({"year": year})

    def of_base(self, base: ObjectId) -> Self:
        """Keep one base's."""
        return self.where_raw({"base": base})

    def with_id(self, report_id: ObjectId) -> Self:
        """Keep one report; none where the id is another collection's."""
        return self.where_raw({"_id": report_id})


class AnnualReport(Record):
    """One base's year. `figures` are as the clerk confirmed them; files stand in the slots `summary` and `inspection`.

    `inspection` holds, by point (ledger, quality, fees, satisfaction), a finding and a remark, and `checked_on`.
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": COLLECTION,
        "queryset_class": ReportQuerySet,
        "auto_create_index": False,
        "indexes": [
            {"fields": ["base", "year"], "unique": True, "name": "base_year_unique"},
            {"fields": ["year", "county"], "name": "year_county"},
        ],
    }

    base = ObjectIdField(required=True)
    base_name = CleanTextField(required=True, max_length=100)
    county = StringField(required=True)
    year = IntField(required=True)
    received_on = DayField()
    summary = CleanTextField(max_length=5000)
    carried_from = IntField()
    figures = DictField()
    inspection = DictField()

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this report."""
        return f"{raw.get('base_name', '')}（{raw.get('year', '')}）"

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived search fields: the base's name."""
        fields = search.index_fields([], names=[raw.get("base_name")], counties=[raw.get("county")])
        return fields | {"sort_key": search.sort_key(raw.get("base_name", ""))}

    # --- Named queries -----------------------------------------------------------------------------

    @classmethod
    def of(cls, base: ObjectId, year: int, session: Any = None) -> StoredAnnualReport | None:
        """Return a base's report on a year; None while there is none. The caller has checked the scope."""
        report = cls.collection().find_one({"base": base, "year": year}, session=session)
        return cast("StoredAnnualReport | None", report)

    @classmethod
    def by_base(cls, year: int) -> dict[ObjectId, StoredAnnualReport]:
        """Return a year's reports by base, of all counties."""
        return {row["base"]: cast("StoredAnnualReport", row) for row in cls.collection().find({"year": year})}

    @classmethod
    def bases_that_may_owe(cls, actor: Actor, county: str | None) -> RecordQuerySet:
        """Return the query set of the bases in scope that hold the title or have lost it."""
        scoped: RecordQuerySet = Base.objects.visible_to(actor).in_county(county)
        return scoped.where_raw({"status": {"$ne": "uncertified"}})


class CountyReport(Record):
    """One county's report on a year to the city; its files stand in the slot `report`."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": COUNTY_COLLECTION,
        "queryset_class": ReportQuerySet,
        "auto_create_index": False,
        "indexes": [{"fields": ["county", "year"], "unique": True, "name": "county_year_unique"}],
    }

    county = StringField(required=True)
    year = IntField(required=True)
    submitted_on = DayField()
    text = CleanTextField(max_length=5000)
    submitted_at = DateTimeField()

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return the words by which a clerk knows this report."""
        return f"{raw.get('county', '')} {raw.get('year', '')}"

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived search fields: the county."""
        fields = search.index_fields([], names=[], counties=[raw.get("county")])
        return fields | {"sort_key": str(raw.get("county", ""))}

    # --- Named queries -----------------------------------------------------------------------------

    @classmethod
    def of(cls, county: str, year: int, session: Any = None) -> StoredCountyReport | None:
        """Return a county's report on a year; None while there is none. The caller has checked the scope."""
        report = cls.collection().find_one({"county": county, "year": year}, session=session)
        return cast("StoredCountyReport | None", report)

    @classmethod
    def by_county(cls, year: int, actor: Actor, county: str | None) -> dict[str, StoredCountyReport]:
        """Return a year's reports in the actor's scope by county; of one county if asked."""
        scoped = cls.objects.visible_to(actor).in_county(county).of_year(year)
        return {row["county"]: cast("StoredCountyReport", row) for row in scoped.as_pymongo()}
