"""What an assessment counts, for every base of a query set at once: one aggregation per collection.

The words are those of `rules.counting`. Each function returns its figures by base id.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypedDict

from bson import ObjectId

from documents.records.fields import stored_day
from documents.records.record import RecordQuerySet
from documents.records.service_partner import ServicePartner
from rules.choices import ServiceMode
from rules.counting import COUNTED_SIZES, COUNTED_STATUSES, LOW_FEES

_BASE_KEYS = (
    "name", "county", "status", "operating_since", "service_staff", "online_system", "sort_key", "title_last_day",
)  # fmt: skip


class BaseRow(TypedDict, total=False):
    """A base as an assessment reads it; its page reads the whole record. Days are midnights, blanks have no key."""

    _id: ObjectId
    name: str
    county: str
    status: str
    operating_since: datetime | None
    service_staff: int | None
    online_system: bool | None
    sort_key: str
    title_last_day: datetime | None


class TenantFigures(TypedDict, total=False):
    """The small and micro companies that a base houses, and the people whom these employ."""

    _id: ObjectId
    tenants: int
    people: int


class LedgerFigures(TypedDict, total=False):
    """Counted entries of a base that are alike in function, activity, mode and fee, with their sums."""

    base: ObjectId
    function: str
    activity: str | None
    offline: bool
    low_fee: bool
    entries: int
    company_times: int
    person_times: int


def base_rows(bases: RecordQuerySet) -> list[BaseRow]:
    """Return the bases in the order of their names."""
    return list(bases.rows(_BASE_KEYS, (("sort_key", 1), ("_id", 1))))


def of_bases(records: RecordQuerySet, bases: Sequence[ObjectId] | None) -> RecordQuerySet:
    """Keep the records that belong to these bases (a partner: that works with one); all of them for None."""
    key = "cooperations.base" if records._document is ServicePartner else "base"
    return records if bases is None else records.where_raw({key: {"$in": list(bases)}})


def _aggregate(records: RecordQuerySet, steps: list[dict[str, Any]]) -> list[Any]:
    return list(records._document.collection().aggregate([{"$match": records.filters()}, *steps]))


def tenant_figures(companies: RecordQuerySet, day: date) -> dict[ObjectId, TenantFigures]:
    """Return `tenants` and `people` of each base on `day`."""
    on = stored_day(day)
    counted = {
        "moved_in": {"$lte": on},
        "$or": [{"moved_out": None}, {"moved_out": {"$gt": on}}],
        "size": {"$in": [size.value for size in COUNTED_SIZES]},
    }
    group = {"_id": "$base", "tenants": {"$sum": 1}, "people": {"$sum": "$people"}}
    return {row["_id"]: row for row in _aggregate(companies.where_raw(counted), [{"$group": group}])}


def partner_figures(partners: RecordQuerySet, day: date) -> dict[ObjectId, int]:
    """Return how many partners have a cooperation with each base that covers `day`."""
    on = stored_day(day)
    covers = {
        "cooperations.first_day": {"$lte": on},
        "$or": [{"cooperations.last_day": None}, {"cooperations.last_day": {"$gte": on}}],
    }
    steps: list[dict[str, Any]] = [
        {"$project": {"cooperations": 1}},
        {"$unwind": "$cooperations"},
        {"$match": covers},
        {"$group": {"_id": {"base": "$cooperations.base", "partner": "$_id"}}},
        {"$group": {"_id": "$_id.base", "partners": {"$sum": 1}}},
    ]
    return {row["_id"]: row["partners"] for row in _aggregate(partners, steps)}


def ledger_figures(entries: RecordQuerySet, year: int, day: date) -> dict[ObjectId, list[LedgerFigures]]:
    """Return the sums of each base by function, mode, fee and activity, over the counted entries of `year`."""
    counted = {
        "status": {"$in": list(COUNTED_STATUSES)},
        "served_on": {"$gte": stored_day(date(year, 1, 1)), "$lte": stored_day(day)},
    }
    key = {
        "base": "$base",
        "function": "$function",
        "activity": "$activity",
        "offline": {"$eq": ["$mode", ServiceMode.OFFLINE.value]},
        "low_fee": {"$in": ["$fee_kind", [fee.value for fee in LOW_FEES]]},
    }
    sums = {
        "entries": {"$sum": 1},
        "company_times": {"$sum": "$company_times"},
        "person_times": {"$sum": "$person_times"},
    }
    sums_by_base: dict[ObjectId, list[LedgerFigures]] = {}
    for row in _aggregate(entries.where_raw(counted), [{"$group": {"_id": key, **sums}}]):
        group = row.pop("_id")
        figures: Any = {**group, **row}
        sums_by_base.setdefault(group["base"], []).append(figures)
    return sums_by_base
