"""A tenant company: a company housed in a base."""

from collections.abc import Mapping
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine.fields import ObjectIdField, StringField

from documents.records import search
from documents.records.fields import AmountField, CleanTextField, CountField, DayField
from documents.records.record import Record, RecordQuerySet, sort_indexes


class TenantCompanyQuerySet(RecordQuerySet):
    """Named queries over tenant companies."""

    def in_base(self, base: ObjectId) -> "TenantCompanyQuerySet":
        """Keep the companies housed in one base."""
        return self.where_raw({"base": base})


class TenantCompany(Record):
    """A company housed in a base. County and base name are copies, kept right when the base changes.

    `people` in persons, `revenue` and `assets` in 10,000 yuan a year.
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": "tenant_companies",
        "queryset_class": TenantCompanyQuerySet,
        "auto_create_index": False,
        "indexes": [
            {"fields": ["uscc"], "unique": True, "name": "uscc_unique"},
            {"fields": ["base", "sort_key"], "name": "base"},
            {"fields": ["search_tokens", "sort_key", "county"], "name": "search"},
            *sort_indexes("sort_key", "people", "revenue", "moved_in", "status", "size", "industry"),
        ],
    }
    data_keys = (
        "name", "uscc", "base", "industry", "people", "revenue", "assets", "size_override", "size_reason",
        "moved_in", "moved_out", "legal_representative", "phone", "status", "notes",
    )  # fmt: skip
    referred_from = (("ledger_entries", "companies.company"),)

    name = CleanTextField(required=True, max_length=100)
    uscc = StringField(required=True, max_length=18)
    base = ObjectIdField(required=True)
    base_name = StringField()
    county = StringField(required=True)
    industry = StringField()
    people = CountField()
    revenue = AmountField()
    assets = AmountField()
    size = StringField()
    size_computed = StringField()
    size_override = StringField()
    size_reason = CleanTextField(max_length=500)
    moved_in = DayField()
    moved_out = DayField()
    legal_representative = CleanTextField(max_length=50)
    phone = CleanTextField(max_length=40)
    status = StringField(required=True)
    notes = CleanTextField(max_length=2000)

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived search fields: name, code, base, county, legal representative, phone."""
        fields = search.index_fields(
            [raw.get("uscc"), raw.get("phone")],
            names=[raw.get("name"), raw.get("base_name")],
            people=[raw.get("legal_representative")],
            counties=[raw.get("county")],
        )
        return fields | {"sort_key": search.sort_key(raw.get("name", ""))}
