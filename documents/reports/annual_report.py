"""Yearly reports: a base's summary, the county's inspection of it and its own report to the city (Art. 14, 15)."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from bson import ObjectId
from mongoengine.fields import DateTimeField, DictField, IntField, ObjectIdField, StringField

from documents.records import search
from documents.records.fields import CleanTextField, DayField
from documents.records.record import Record, RecordQuerySet

COLLECTION, COUNTY_COLLECTION = "annual_reports", "county_reports"


class ReportQuerySet(RecordQuerySet):
    """Named queries over yearly reports."""

    def of_year(self, year: int) -> Self:
        """Keep one year's."""
        return self.where_raw({"year": year})

    def of_base(self, base: ObjectId) -> Self:
        """Keep one base's."""
        return self.where_raw({"base": base})


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
