"""What an assessment counts, for every base of a query set at once: one aggregation per collection.

Words: `rules.assessment.counting`. Each function returns its figures by base id. Those of the ledger and of the
companies are the independent count of what `documents.assessment.kept_figures` keeps: nothing but checks, tests and
measurements reads a whole ledger.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypedDict

from bson import ObjectId
from pymongo.client_session import ClientSession

from documents.records.fields import stored_day
from documents.records.record import RecordQuerySet
from documents.records.service_partner import ServicePartner
from documents.records.tenant_company import there_on
from rules.assessment.counting import COUNTED_SIZES, COUNTED_STATUSES, LOW_FEES, MOVED_OUT, STAFF_LEFT
from rules.choices import Employment, ServiceMode

_BASE_KEYS = (
    "name", "county", "status", "operating_since", "service_staff", "online_system", "sort_key", "title_last_day",
    "uscc", "registered_place", "registration_in_city", "registration_uscc", "registration_place",
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
    uscc: str
    registered_place: str
    registration_in_city: bool
    registration_uscc: str
    registration_place: str


class TenantFigures(TypedDict, total=False):
    """The small and micro companies that a base houses, and the people whom these employ."""

    _id: ObjectId
    tenants: int
    people: int


class LedgerFigures(TypedDict, total=False):
    """Counted entries of a base that are alike in all that a figure asks for, with their sums."""

    base: ObjectId
    function: str
    activity: str | None
    offline: bool
    low_fee: bool
    nameless: bool
    satisfaction: str | None
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


def _aggregate(
    records: RecordQuerySet, steps: list[dict[str, Any]], session: ClientSession | None = None
) -> list[Any]:
    found = records._document.collection().aggregate([{"$match": records.filters()}, *steps], session=session)
    return list(found)


def tenant_figures(companies: RecordQuerySet, day: date) -> dict[ObjectId, TenantFigures]:
    """Return `tenants` and `people` of each base on `day`."""
    on = stored_day(day)
    counted = {
        "moved_in": {"$lte": on},
        **there_on(day),
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


def staff_figures(members: RecordQuerySet, day: date) -> dict[ObjectId, int]:
    """Return how many full-time staff each base that lists any has on `day` (`counting.is_full_time_on`)."""
    on = stored_day(day)
    left = {"$ifNull": ["$left_on", None]}
    # A blank is less than any day.
    counts = {
        "$and": [
            {"$eq": ["$employment", Employment.FULL_TIME.value]},
            {"$lte": [{"$ifNull": ["$started_on", None]}, on]},
            {"$cond": [{"$eq": [left, None]}, {"$ne": ["$status", STAFF_LEFT]}, {"$gt": [left, on]}]},
        ]
    }
    group = {"_id": "$base", "staff": {"$sum": {"$cond": [counts, 1, 0]}}}
    return {row["_id"]: row["staff"] for row in _aggregate(members, [{"$group": group}])}


def ledger_figures(entries: RecordQuerySet, year: int, day: date) -> dict[ObjectId, list[LedgerFigures]]:
    """Return the sums of each base by function, mode, fee, activity and answer, over the counted entries of `year`."""
    counted = entries.where_raw(
        {"served_on": {"$gte": stored_day(date(year, 1, 1)), "$lte": stored_day(day)}}
    )
    sums_by_base: dict[ObjectId, list[LedgerFigures]] = {}
    for row in _ledger_sums(counted, {}):
        sums_by_base.setdefault(row["base"], []).append(row)
    return sums_by_base


class DayFigures(LedgerFigures, total=False):
    """Counted entries of one day that are alike, with their sums."""

    served_on: datetime


def ledger_by_day(entries: RecordQuerySet, session: ClientSession) -> list[DayFigures]:
    """Return the sums of each base and day over all its counted entries, as a session sees them."""
    return _ledger_sums(entries.where_raw({"served_on": {"$ne": None}}), {"served_on": "$served_on"}, session)


LEDGER_KEY: dict[str, Any] = {
    "base": "$base",
    "function": "$function",
    "activity": "$activity",
    "offline": {"$eq": ["$mode", ServiceMode.OFFLINE.value]},
    "low_fee": {"$in": ["$fee_kind", [fee.value for fee in LOW_FEES]]},
    "nameless": {"$eq": [{"$size": {"$ifNull": ["$companies", []]}}, 0]},
    "satisfaction": "$satisfaction",
}
LEDGER_SUMS: dict[str, Any] = {
    "entries": {"$sum": 1},
    "company_times": {"$sum": "$company_times"},
    "person_times": {"$sum": "$person_times"},
}


def _ledger_sums(
    entries: RecordQuerySet, more_keys: dict[str, Any], session: ClientSession | None = None
) -> list[Any]:
    counted = entries.where_raw({"status": {"$in": list(COUNTED_STATUSES)}})
    steps = [{"$group": {"_id": LEDGER_KEY | more_keys, **LEDGER_SUMS}}]
    rows: list[Any] = [{**row.pop("_id"), **row} for row in _aggregate(counted, steps, session)]
    return rows


class TenantSteps(TypedDict):
    """How many counted companies came to a base on one day, less those that left, and their people."""

    base: ObjectId
    day: datetime
    tenants: int
    people: int


def tenant_steps(companies: RecordQuerySet, session: ClientSession) -> list[TenantSteps]:
    """Return the comings and goings of counted companies by base and day; who left before coming left on coming."""
    counted = companies.where_raw(
        {
            "moved_in": {"$ne": None},
            "size": {"$in": [size.value for size in COUNTED_SIZES]},
            "$or": [{"moved_out": {"$ne": None}}, {"status": {"$ne": MOVED_OUT}}],
        }
    )
    comes = {"day": "$moved_in", "by": 1}
    goes = {"day": {"$max": ["$moved_in", "$moved_out"]}, "by": -1}
    gone = {"$ne": [{"$ifNull": ["$moved_out", None]}, None]}
    steps: list[dict[str, Any]] = [
        {
            "$project": {
                "base": 1,
                "people": {"$ifNull": ["$people", 0]},
                "step": {"$cond": [gone, [comes, goes], [comes]]},
            }
        },
        {"$unwind": "$step"},
        {
            "$group": {
                "_id": {"base": "$base", "day": "$step.day"},
                "tenants": {"$sum": "$step.by"},
                "people": {"$sum": {"$multiply": ["$people", "$step.by"]}},
            }
        },
    ]
    rows: list[Any] = [{**row.pop("_id"), **row} for row in _aggregate(counted, steps, session)]
    return rows
