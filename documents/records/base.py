"""A demonstration base: a place run by a legal person, which holds the city's title or not."""

from collections.abc import Mapping
from typing import Any, ClassVar

from mongoengine.fields import BooleanField, ListField, StringField

from documents.records import search
from documents.records.fields import AmountField, CleanTextField, CountField, DayField
from documents.records.record import Record, RecordQuerySet, sort_indexes


class BaseQuerySet(RecordQuerySet):
    """Named queries over bases."""

    def expiring_by(self, day: Any) -> "BaseQuerySet":
        """Keep certified bases whose last valid day is on or before `day` (as stored)."""
        return self.where_raw({"status": "certified", "title_last_day": {"$lte": day}})


class Base(Record):
    """A demonstration base. `status` is the state of its title; the days and number are the announcement's."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "bases",
        "queryset_class": BaseQuerySet,
        "auto_create_index": False,
        "indexes": [
            {"fields": ["uscc"], "unique": True, "name": "uscc_unique"},
            {"fields": ["county", "name"], "unique": True, "name": "name_in_county_unique"},
            {"fields": ["document_number"], "sparse": True, "name": "document_number"},
            {"fields": ["earlier_terms.document_number"], "sparse": True, "name": "earlier_number"},
            {
                "fields": ["earlier_terms.certificate_number"],
                "sparse": True,
                "name": "earlier_certificate",
            },
            {"fields": ["certificate_number"], "sparse": True, "unique": True, "name": "certificate_unique"},
            {"fields": ["search_tokens", "sort_key", "county"], "name": "search"},
            *sort_indexes("sort_key", "status", "title_last_day", "announced_on", "service_staff"),
        ],
    }
    data_keys = (
        "name", "operator", "uscc", "county", "base_type", "legal_representative", "address",
        "operating_since", "floor_area", "service_staff", "online_system", "status", "announced_on",
        "document_number", "title_first_day", "title_last_day", "contact_name", "contact_phone",
        "contact_email", "notes",
    )  # fmt: skip
    referred_from = (
        ("tenant_companies", "base"),
        ("service_partners", "cooperations.base"),
        ("ledger_entries", "base"),
        ("applications", "base"),
        ("annual_reports", "base"),
        ("change_filings", "base"),
        ("decisions", "base"),
        ("upward_recommendations", "base"),
    )

    name = CleanTextField(required=True, max_length=100)
    operator = CleanTextField(required=True)
    uscc = StringField(required=True, max_length=18)
    county = StringField(required=True)
    base_type = StringField()
    legal_representative = CleanTextField(max_length=50)
    address = CleanTextField()
    operating_since = DayField()
    floor_area = AmountField()
    service_staff = CountField()
    online_system = BooleanField()
    status = StringField(required=True)
    announced_on = DayField()
    document_number = StringField(max_length=40)
    title_first_day = DayField()
    title_last_day = DayField()
    contact_name = CleanTextField(max_length=50)
    contact_phone = CleanTextField(max_length=40)
    contact_email = CleanTextField(max_length=100)
    notes = CleanTextField(max_length=2000)
    former_names = ListField(StringField())
    former_operators = ListField(StringField())  # by accepted change filings
    certificate_number = StringField(max_length=40)
    # Earlier terms of the title, the oldest first: announced_on, document_number, first and last day, certificate.
    earlier_terms = ListField()

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived search fields: name, former names, operator, code, people, number, place."""
        fields = search.index_fields(
            [
                raw.get("uscc"),
                raw.get("contact_phone"),
                raw.get("document_number"),
                raw.get("address"),
                raw.get("certificate_number"),
            ],
            names=[
                raw.get("name"),
                raw.get("operator"),
                *raw.get("former_names", []),
                *raw.get("former_operators", []),
            ],
            people=[raw.get("legal_representative"), raw.get("contact_name")],
            counties=[raw.get("county")],
        )
        return fields | {"sort_key": search.sort_key(raw.get("name", ""))}
