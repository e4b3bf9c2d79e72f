"""A ledger entry: one service given, as Art. 6(3) wants it on record."""

from collections.abc import Mapping
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import EmbeddedDocument
from mongoengine.fields import EmbeddedDocumentListField, ObjectIdField, StringField

from documents.records import search
from documents.records.fields import AmountField, CleanTextField, CountField, DayField
from documents.records.record import Record, RecordQuerySet, sort_indexes


class NamedCompany(EmbeddedDocument):
    """A company named in an entry: its name as written, and the tenant it is, where that is known."""

    name = CleanTextField(required=True, max_length=200)
    company = ObjectIdField()


class LedgerEntryQuerySet(RecordQuerySet):
    """Named queries over the service ledger."""

    def in_base(self, base: ObjectId) -> "LedgerEntryQuerySet":
        """Keep the entries of one base."""
        return self.where_raw({"base": base})

    def by_partner(self, partner: ObjectId) -> "LedgerEntryQuerySet":
        """Keep the services that one partner gave."""
        return self.where_raw({"partner": partner})

    def naming(self, company: ObjectId) -> "LedgerEntryQuerySet":
        """Keep the entries that name one tenant company."""
        return self.where_raw({"companies.company": company})


class LedgerEntry(Record):
    """One service given. `fee_amount` in yuan; company-times and person-times are counted once a service."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "ledger_entries",
        "queryset_class": LedgerEntryQuerySet,
        "auto_create_index": False,
        "indexes": [
            {"fields": ["base", "-served_on"], "name": "base"},
            {"fields": ["partner", "-served_on"], "name": "partner"},
            {"fields": ["companies.company"], "name": "companies"},
            {"fields": ["search_tokens", "served_on", "county"], "name": "search"},
            *sort_indexes("served_on", "status", "function", "company_times", "person_times"),
        ],
    }
    data_keys = (
        "base", "served_on", "place", "function", "activity", "mode", "partner", "request", "service_record",
        "companies", "company_times", "person_times", "fee_kind", "fee_amount", "satisfaction", "feedback",
        "status", "notes",
    )  # fmt: skip

    base = ObjectIdField(required=True)
    base_name = StringField()
    county = StringField(required=True)
    served_on = DayField()
    place = CleanTextField()
    function = StringField(required=True)
    activity = StringField()
    mode = StringField()
    partner = ObjectIdField()
    partner_name = StringField()
    request = CleanTextField(max_length=2000)
    service_record = CleanTextField(max_length=4000)
    companies = EmbeddedDocumentListField(NamedCompany)
    company_times = CountField()
    person_times = CountField()
    fee_kind = StringField()
    fee_amount = AmountField()
    satisfaction = StringField()
    feedback = CleanTextField(max_length=2000)
    status = StringField(required=True)
    notes = CleanTextField(max_length=2000)

    @classmethod
    def label_of(cls, raw: Mapping[str, Any]) -> str:
        """Return base, day and request: a ledger entry has no name of its own."""
        day = raw.get("served_on")
        parts = [raw.get("base_name"), f"{day:%Y-%m-%d}" if day else None, (raw.get("request") or "")[:40]]
        return " ".join(part for part in parts if part)

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived search fields: base, county, partner, request, place and companies named."""
        named = [one.get("name") for one in raw.get("companies", [])]
        fields = search.index_fields(
            [raw.get("request"), raw.get("place"), *named[:30]],
            names=[raw.get("base_name"), raw.get("partner_name")],
            counties=[raw.get("county")],
        )
        return fields | {"sort_key": search.sort_key(raw.get("base_name", ""))}
