"""A service partner: an outside professional organisation, brought in by bases or allied with them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import EmbeddedDocument
from mongoengine.fields import EmbeddedDocumentListField, ListField, ObjectIdField, StringField

from documents.records import search
from documents.records.fields import CleanTextField, DayField
from documents.records.record import Record, RecordQuerySet, sort_indexes


class Cooperation(EmbeddedDocument):
    """One cooperation with one base; without a last day it goes on. Base name and county are copies."""

    base = ObjectIdField(required=True)
    base_name = StringField()
    county = StringField()
    first_day = DayField()
    last_day = DayField()


class ServicePartnerQuerySet(RecordQuerySet):
    """Named queries over service partners."""

    def of_base(self, base: ObjectId) -> "ServicePartnerQuerySet":
        """Keep the partners that have or had a cooperation with one base."""
        return self.where_raw({"cooperations.base": base})


class ServicePartner(Record):
    """A service partner. It belongs to the counties of the bases it works with (and where it was entered)."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "service_partners",
        "queryset_class": ServicePartnerQuerySet,
        "auto_create_index": False,
        "indexes": [
            {"fields": ["uscc"], "unique": True, "name": "uscc_unique"},
            {"fields": ["cooperations.base"], "name": "cooperations_base"},
            {"fields": ["search_tokens", "sort_key"], "name": "search"},
            *sort_indexes("sort_key", "status", county_key="counties"),
        ],
    }
    county_key = "counties"
    data_keys = (
        "name", "uscc", "functions", "cooperations", "contact_name", "contact_phone", "status", "notes",
    )  # fmt: skip
    referred_from = (("ledger_entries", "partner"),)

    name = CleanTextField(required=True, max_length=100)
    uscc = StringField(required=True, max_length=18)
    functions = ListField(StringField())
    cooperations = EmbeddedDocumentListField(Cooperation)
    counties = ListField(StringField())
    home_county = (
        StringField()
    )  # where a county clerk entered it; keeps it in sight before the first cooperation
    contact_name = CleanTextField(max_length=50)
    contact_phone = CleanTextField(max_length=40)
    status = StringField(required=True)
    notes = CleanTextField(max_length=2000)

    @classmethod
    def counties_of(cls, raw: Mapping[str, Any]) -> list[str]:
        """Return the county codes that this partner works in."""
        return list(raw.get("counties") or [])

    @classmethod
    def search_fields(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the derived search fields: name, code, contact, bases, counties."""
        fields = search.index_fields(
            [raw.get("uscc"), raw.get("contact_phone")],
            names=[raw.get("name"), *(one.get("base_name") for one in raw.get("cooperations", []))],
            people=[raw.get("contact_name")],
            counties=raw.get("counties") or [],
        )
        return fields | {"sort_key": search.sort_key(raw.get("name", ""))}
