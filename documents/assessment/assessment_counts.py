"""What an assessment counts, for every base of a query set at once: one aggregation per collection.

The words are those of `rules.counting`. Each function returns its figures by base id.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bson import ObjectId

from documents.records.fields import stored_day
from documents.records.record import RecordQuerySet
from rules.choices import ServiceMode
from rules.counting import COUNTED_SIZES, COUNTED_STATUSES, LOW_FEES

Figures = dict[ObjectId, dict[str, Any]]


def _aggregate(records: RecordQuerySet, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(records._document.collection().aggregate([{"$match": records.filters()}, *steps]))


def tenant_figures(companies: RecordQuerySet, day: date) -> Figures:
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


def ledger_figures(entries: RecordQuerySet, year: int, day: date) -> dict[ObjectId, list[Mapping[str, Any]]]:
    """Return the sums of each base by function, mode, fee and activity, over the counted entries of `year`.

    Each row has `function`, `activity`, `offline`, `low_fee`, `entries`, `company_times`, `person_times`.
    """
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
    found: dict[ObjectId, list[Mapping[str, Any]]] = {}
    for row in _aggregate(entries.where_raw(counted), [{"$group": {"_id": key, **sums}}]):
        found.setdefault(row["_id"]["base"], []).append({**row["_id"], **{name: row[name] for name in sums}})
    return found
