"""How many entries of each base have which fault, and how many each month has: one aggregation per collection.

Words: `rules.assessment.ledger_quality`; each function serves all bases of a query set at once. The counts are
the independent ones of what `documents.assessment.kept_figures` keeps.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, TypedDict

from bson import ObjectId
from pymongo.client_session import ClientSession

from documents.records.attachment import Attachment
from documents.records.fields import stored_day
from documents.records.ledger_entry import LedgerEntry, LedgerEntryQuerySet
from documents.records.record import RecordQuerySet
from rules.assessment.counting import COUNTED_STATUSES
from rules.assessment.kept_figures import ENTRIES
from rules.assessment.ledger_quality import SAME, SAME_WANTED, WANTED, Fault, waits_since
from rules.choices import FeeKind

_OFFICE = timezone(timedelta(hours=8))
_KEYS = (*SAME, *WANTED, "company_times", "fee_kind", "fee_amount", "status", "created_at", "base_name")


class QualityEntry(TypedDict, total=False):
    """A ledger entry with what its faults are told by (`rules.assessment.ledger_quality`); `fee_amount` in yuan."""

    _id: ObjectId
    base: ObjectId
    base_name: str
    served_on: datetime | None
    function: str
    request: str | None
    partner: ObjectId | None
    service_record: str | None
    place: str | None
    companies: list[dict[str, Any]]
    company_times: int | None
    person_times: int | None
    feedback: str | None
    fee_kind: str | None
    fee_amount: float | None
    status: str
    created_at: datetime


def of_year(entries: LedgerEntryQuerySet, year: int) -> LedgerEntryQuerySet:
    """Keep the entries of a year: served in it, or without a date and entered in it."""
    first, after = (datetime(new_year, 1, 1, tzinfo=_OFFICE).astimezone(UTC) for new_year in (year, year + 1))
    served = {"served_on": {"$gte": stored_day(date(year, 1, 1)), "$lte": stored_day(date(year, 12, 31))}}
    undated = {"served_on": None, "created_at": {"$gte": first, "$lt": after}}
    return entries.where_raw({"$or": [served, undated]})


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def _conditions(today: date) -> dict[str, Any]:
    """Return when an entry has which fault by itself."""
    blank = {"request", "service_record", "place", "feedback"}
    conditions: dict[str, Any] = {}
    for key, fault in WANTED.items():
        if key in blank:
            conditions[fault.value] = {"$in": [{"$ifNull": [f"${key}", ""]}, [""]]}
        elif key == "companies":
            conditions[fault.value] = {"$eq": [{"$size": {"$ifNull": ["$companies", []]}}, 0]}
        else:
            conditions[fault.value] = {"$in": [{"$ifNull": [f"${key}", 0]}, [0]]}
    named, times = {"$size": {"$ifNull": ["$companies", []]}}, {"$ifNull": ["$company_times", 0]}
    people = {"$ifNull": ["$person_times", 0]}
    conditions[Fault.MORE_NAMED.value] = {"$gt": [named, times]}
    conditions[Fault.FEWER_PEOPLE.value] = {"$and": [{"$gt": [people, 0]}, {"$lt": [people, times]}]}
    conditions[Fault.FREE_WITH_FEE.value] = {
        "$and": [
            {"$eq": ["$fee_kind", FeeKind.FREE.value]},
            {"$gt": [{"$ifNull": ["$fee_amount", 0]}, 0]},
        ]
    }
    waited = {"$lt": ["$created_at", _moment(waits_since(today))]}
    conditions[Fault.OLD_DRAFT.value] = {
        "$and": [{"$eq": ["$status", "draft"]}, {"$gt": ["$created_at", None]}, waited]
    }
    return conditions


def fault_counts(
    entries: RecordQuerySet, today: date, session: ClientSession | None = None
) -> dict[ObjectId, dict[str, int]]:
    """Return how many entries of each base have which fault (by its code), files apart, and ENTRIES in all."""
    conditions = _conditions(today)
    sums = {code: {"$sum": {"$cond": [condition, 1, 0]}} for code, condition in conditions.items()}
    key = {name: f"${name}" for name in SAME}
    alike = {"$and": [{"$gt": ["$entries", 1]}, *({"$gt": [f"$_id.{name}", None]} for name in SAME_WANTED)]}
    by_base = {code: {"$sum": f"${code}"} for code in (*conditions, ENTRIES)}
    steps = [
        {"$match": entries.filters()},
        {"$group": {"_id": key, **sums, ENTRIES: {"$sum": 1}}},
        {
            "$group": {
                "_id": "$_id.base",
                **by_base,
                Fault.DOUBLE.value: {"$sum": {"$cond": [alike, "$entries", 0]}},
            }
        },
    ]
    return _by_base(LedgerEntry.collection().aggregate(steps, allowDiskUse=True, session=session))


def with_files(
    entries: RecordQuerySet, files: RecordQuerySet, session: ClientSession | None = None
) -> dict[ObjectId, int]:
    """Return how many entries of each base have a file attached; `files` are those in the actor's scope."""
    steps: list[dict[str, Any]] = [
        {"$match": {"$and": [files.filters(), {"collection": "ledger_entries"}]}},
        {"$group": {"_id": "$record_id"}},
        {
            "$lookup": {
                "from": "ledger_entries",
                "localField": "_id",
                "foreignField": "_id",
                "pipeline": [{"$match": entries.filters()}, {"$project": {"base": 1}}],
                "as": "entry",
            }
        },
        {"$unwind": "$entry"},
        {"$group": {"_id": "$entry.base", ENTRIES: {"$sum": 1}}},
    ]
    counts = Attachment.collection().aggregate(steps, allowDiskUse=True, session=session)
    return {row["_id"]: row[ENTRIES] for row in counts}


def month_counts(
    entries: RecordQuerySet, year: int, session: ClientSession | None = None
) -> dict[ObjectId, dict[tuple[int, str], int]]:
    """Return the counted entries of a year for each base by month and function."""
    days = {"$gte": stored_day(date(year, 1, 1)), "$lte": stored_day(date(year, 12, 31))}
    counted = entries.where_raw({"served_on": days, "status": {"$in": list(COUNTED_STATUSES)}})
    key = {"base": "$base", "month": {"$month": "$served_on"}, "function": "$function"}
    steps = [{"$match": counted.filters()}, {"$group": {"_id": key, "n": {"$sum": 1}}}]
    counts_by_base: dict[ObjectId, dict[tuple[int, str], int]] = {}
    for row in LedgerEntry.collection().aggregate(steps, session=session):
        group = row["_id"]
        counts_by_base.setdefault(group["base"], {})[group["month"], group["function"]] = row["n"]
    return counts_by_base


class DraftDay(TypedDict):
    """How many drafts of one base and ledger year were entered on one day (UTC)."""

    base: ObjectId
    year: int
    day: str
    drafts: int


def drafts_by_day(entries: RecordQuerySet, session: ClientSession) -> list[DraftDay]:
    """Return the drafts of each base by the year of the ledger and the day on which they were entered."""
    drafts = entries.where_raw({"status": "draft", "created_at": {"$ne": None}})
    entered = {"$year": {"date": "$created_at", "timezone": "+08:00"}}
    key = {
        "base": "$base",
        "year": {"$ifNull": [{"$year": "$served_on"}, entered]},
        "day": {"$dateToString": {"date": "$created_at", "format": "%Y-%m-%d"}},
    }
    steps = [{"$match": drafts.filters()}, {"$group": {"_id": key, "drafts": {"$sum": 1}}}]
    found = LedgerEntry.collection().aggregate(steps, session=session)
    rows: list[Any] = [{**row["_id"], "drafts": row["drafts"]} for row in found]
    return rows


def ledger_years(entries: RecordQuerySet, session: ClientSession) -> list[int]:
    """Return the years of which there is a ledger, earliest first."""
    entered = {"$year": {"date": "$created_at", "timezone": "+08:00"}}
    year = {"$ifNull": [{"$year": "$served_on"}, entered]}
    steps = [{"$match": entries.filters()}, {"$group": {"_id": year}}, {"$sort": {"_id": 1}}]
    rows = LedgerEntry.collection().aggregate(steps, session=session)
    return [row["_id"] for row in rows if row["_id"] is not None]


def entries_of_base(entries: LedgerEntryQuerySet, base: ObjectId) -> list[QualityEntry]:
    """Return the entries of one base, the latest first."""
    return list(entries.in_base(base).rows(_KEYS, (("served_on", -1), ("_id", -1))))


def ids_with_files(ids: Iterable[ObjectId]) -> set[ObjectId]:
    """Return which of these entries have a file attached."""
    wanted = {"collection": "ledger_entries", "record_id": {"$in": list(ids)}}
    return set(Attachment._get_collection().distinct("record_id", wanted))


def _by_base(rows: Iterable[dict[str, Any]]) -> dict[ObjectId, dict[str, int]]:
    return {row.pop("_id"): row for row in (dict(row) for row in rows)}
