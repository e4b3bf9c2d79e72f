"""A demonstration base: a place run by a legal person, which holds the city's title or not."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, TypedDict

from bson import ObjectId
from mongoengine.fields import ListField

from documents.records.declared import declared
from documents.records.record import RecordQuerySet
from schema.bases import BASES

_AT_ONCE = 5000  # rows of one answer: the server would send its 102nd in a second one


class StoredTerm(TypedDict, total=False):
    """One term of a title: days as 00:00 UTC."""

    announced_on: datetime
    document_number: str
    title_first_day: datetime
    title_last_day: datetime
    certificate_number: str
    title_source: str


class StoredOperatorChange(TypedDict):
    """Another operator than before: the former one's name and code, when it ended (00:00 UTC), when it was accepted."""

    operator: str
    uscc: str
    changed_on: datetime
    accepted_at: datetime
    filing: ObjectId


class StoredBase(TypedDict, total=False):
    """A base as it is stored: days as 00:00 UTC, `floor_area` in square metres, `service_staff` in people."""

    _id: ObjectId
    name: str
    operator: str
    uscc: str
    county: str
    base_type: str
    legal_representative: str
    registered_place: str
    registration_in_city: bool
    registration_checked_on: datetime
    registration_checked_by: str
    registration_basis: str
    registration_uscc: str
    registration_place: str
    address: str
    operating_since: datetime
    floor_area: float
    service_staff: int
    online_system: bool
    status: str
    announced_on: datetime
    document_number: str
    title_first_day: datetime
    title_last_day: datetime
    contact_name: str
    contact_phone: str
    contact_email: str
    notes: str
    certificate_number: str
    title_source: str  # a code of `rules.titles.TitleSource`
    former_names: list[str]
    former_operators: list[str]
    earlier_terms: list[StoredTerm]
    operator_changes: list[StoredOperatorChange]
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    search_text: str
    search_tokens: list[str]
    sort_key: str


class BaseQuerySet(RecordQuerySet):
    """Named queries over bases."""

    def expiring_by(self, day: Any) -> "BaseQuerySet":
        """Keep certified bases whose last valid day is on or before `day` (as stored)."""
        return self.where_raw({"status": "certified", "title_last_day": {"$lte": day}})


class Base(declared(BASES)):  # type: ignore[misc]  # built from the declaration
    """A demonstration base. `status` is the state of its title; the days and number are the announcement's."""

    meta: ClassVar[dict[str, Any]] = {"queryset_class": BaseQuerySet}

    # Earlier terms of the title, the oldest first (`StoredTerm`).
    earlier_terms = ListField()
    # The operators before the present one, the oldest first (`StoredOperatorChange`).
    operator_changes = ListField()

    @classmethod
    def mark_title_sources(cls, source: str, certificate: Any) -> None:
        """Say of titles whose source is not stored, and whose certificate number meets the clause, that it is this."""
        unmarked = {"status": {"$ne": "uncertified"}, "title_source": None, "certificate_number": certificate}
        cls.collection().update_many(unmarked, {"$set": {"title_source": source}})

    @classmethod
    def certified_of(
        cls, operators: Iterable[str], session: Any = None
    ) -> dict[str, list[tuple[ObjectId, str]]]:
        """Return id and name of the certified bases of each operator, whatever their county, in one command."""
        clause = {"operator": {"$in": sorted(set(operators))}, "status": "certified"}
        rows = cls.collection().find(clause, {"operator": 1, "name": 1}, session=session)
        by_operator: dict[str, list[tuple[ObjectId, str]]] = {}
        for row in rows.batch_size(_AT_ONCE):
            by_operator.setdefault(row["operator"], []).append((row["_id"], row["name"]))
        return by_operator

    @classmethod
    def carries_number(cls, number: str, *, apart_from: Mapping[str, Any], session: Any = None) -> bool:
        """Tell whether another base has a document number, for its present or an earlier term."""
        clause = {
            "_id": {"$ne": apart_from["_id"]},
            "$or": [{"document_number": number}, {"earlier_terms.document_number": number}],
        }
        return cls.collection().find_one(clause, {"_id": 1}, session=session) is not None
