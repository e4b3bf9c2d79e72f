"""A ledger entry: one service given, as Art. 6(3) wants it on record."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, TypedDict

from bson import ObjectId
from pymongo.client_session import ClientSession

from documents.records.declared import NamedCompany, declared
from documents.records.record import RecordQuerySet
from rules.assessment.ledger_quality import SAME
from schema.ledger_entries import LEDGER_ENTRIES

__all__ = ["LedgerEntry", "LedgerEntryQuerySet", "NamedCompany", "StoredEntry", "StoredNamedCompany"]


class StoredNamedCompany(TypedDict, total=False):
    """A company named in an entry: as written, and the tenant it is where that is known."""

    name: str
    company: ObjectId


class StoredEntry(TypedDict, total=False):
    """One service as it is stored. `fee_amount` in yuan; company-times and person-times are counted once a service."""

    _id: ObjectId
    base: ObjectId
    base_name: str
    county: str
    served_on: datetime
    place: str
    function: str
    activity: str
    mode: str
    partner: ObjectId
    partner_name: str
    request: str
    service_record: str
    companies: list[StoredNamedCompany]
    company_times: int
    person_times: int
    fee_kind: str
    fee_amount: float
    satisfaction: str
    feedback: str
    status: str
    notes: str
    number: str
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    search_text: str
    search_tokens: list[str]
    sort_key: str


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


class LedgerEntry(declared(LEDGER_ENTRIES)):  # type: ignore[misc]  # built from the declaration
    """One service given."""

    meta: ClassVar[dict[str, Any]] = {"queryset_class": LedgerEntryQuerySet}

    @classmethod
    def on_days_of(cls, services: Iterable[tuple[Any, ...]], session: ClientSession) -> Any:
        """Return what tells whether entries are one service (SAME) of all entries of these services' bases and days."""
        days: dict[ObjectId, set[datetime]] = {}
        for base, served_on, *_ in services:
            days.setdefault(base, set()).add(served_on)
        clauses = [{"base": base, "served_on": {"$in": list(on)}} for base, on in days.items()]
        return cls.collection().find({"$or": clauses}, dict.fromkeys(SAME, 1), session=session)
