"""A service partner: an outside professional organisation, brought in by bases or allied with them."""

from datetime import datetime
from typing import Any, ClassVar, TypedDict

from bson import ObjectId

from documents.records.declared import Cooperation, declared
from documents.records.record import RecordQuerySet
from schema.service_partners import SERVICE_PARTNERS

__all__ = ["Cooperation", "ServicePartner", "ServicePartnerQuerySet", "StoredCooperation", "StoredPartner"]


class StoredCooperation(TypedDict, total=False):
    """One cooperation: days as 00:00 UTC; without a last day it goes on."""

    base: ObjectId
    base_name: str
    county: str
    first_day: datetime
    last_day: datetime


class StoredPartner(TypedDict, total=False):
    """A service partner as it is stored; `counties` are those of its cooperations and its `home_county`."""

    _id: ObjectId
    name: str
    uscc: str
    functions: list[str]
    cooperations: list[StoredCooperation]
    counties: list[str]
    home_county: str
    contact_name: str
    contact_phone: str
    status: str
    notes: str
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    search_text: str
    search_tokens: list[str]
    county_texts: list[str]
    county_tokens: list[str]
    sort_key: str


class ServicePartnerQuerySet(RecordQuerySet):
    """Named queries over service partners."""

    def of_base(self, base: ObjectId) -> "ServicePartnerQuerySet":
        """Keep the partners that have or had a cooperation with one base."""
        partners: ServicePartnerQuerySet = self.having("cooperations.base", [base])
        return partners


class ServicePartner(declared(SERVICE_PARTNERS)):  # type: ignore[misc]  # built from the declaration
    """A service partner. It belongs to the counties of the bases it works with (and where it was entered)."""

    meta: ClassVar[dict[str, Any]] = {"queryset_class": ServicePartnerQuerySet}
