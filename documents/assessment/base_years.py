"""What one base's records show year by year: one command a collection, whatever other bases hold."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bson import ObjectId

from documents.records.fields import stored_day
from documents.records.ledger_entry import LedgerEntry
from documents.records.record import RecordQuerySet
from documents.records.service_partner import ServicePartner
from documents.records.tenant_company import TenantCompany
from rules.access import Actor
from rules.choices import ServiceMode
from rules.counting import COUNTED_STATUSES, LOW_FEES

Row = Mapping[str, Any]

TENANT_KEYS = ("name", "uscc", "industry", "people", "size", "moved_in", "moved_out", "status")
ENTRY_KEYS = (
    "served_on", "function", "activity", "mode", "partner_name", "request", "company_times", "person_times",
    "fee_kind", "status", "base_name",
)  # fmt: skip


def tenants_of(base: ObjectId, actor: Actor) -> list[dict[str, Any]]:
    """Return every company that the base ever housed, by name."""
    found = TenantCompany.objects.visible_to(actor).in_base(base)
    return list(found.rows(TENANT_KEYS, (("sort_key", 1), ("_id", 1))))


def cooperations_of(base: ObjectId, actor: Actor) -> list[dict[str, Any]]:
    """Return the partners that work or worked with the base, each with its `cooperations` with this one alone."""
    found = ServicePartner.objects.visible_to(actor).of_base(base)
    rows = found.rows(("name", "uscc", "functions", "status", "cooperations"), (("sort_key", 1), ("_id", 1)))
    return [
        {**row, "cooperations": [one for one in row["cooperations"] if one.get("base") == base]}
        for row in rows
    ]


def entries_of(base: ObjectId, actor: Actor, function: str | None = None) -> list[dict[str, Any]]:
    """Return the ledger entries of the base (of one function), the latest first."""
    found: RecordQuerySet = LedgerEntry.objects.visible_to(actor).in_base(base)
    if function is not None:
        found = found.having("function", [function])
    return list(found.rows(ENTRY_KEYS, (("served_on", -1), ("_id", -1))))


def first_year(actor: Actor) -> int | None:
    """Return the year of the earliest dated ledger entry in scope; None when there is none."""
    dated = LedgerEntry.objects.visible_to(actor).between("served_on", date(2000, 1, 1), None)
    found = next(iter(dated.rows(("served_on",), (("served_on", 1),), limit=1)), None)
    return found["served_on"].year if found else None


def ledger_by_year(base: ObjectId, today: date, actor: Actor) -> list[dict[str, Any]]:
    """Return the base's entries summed by year and by everything that decides whether they count.

    Each row has `year` (None: no date), `submitted`, `in_time` (not after the day on which its year is
    counted), `function`, `activity`, `mode`, `offline`, `fee_kind`, `low_fee`, and the sums `entries`,
    `company_times`, `person_times`.
    """
    # rules.counting.as_of: the year's last day, or today within it; of a year to come its first day.
    in_time = {
        "$or": [{"$lte": ["$served_on", stored_day(today)]}, {"$eq": [{"$dayOfYear": "$served_on"}, 1]}]
    }
    key = {
        "year": {"$year": "$served_on"},
        "in_time": in_time,
        "submitted": {"$in": ["$status", list(COUNTED_STATUSES)]},
        "function": "$function",
        "activity": "$activity",
        "mode": "$mode",
        "offline": {"$eq": ["$mode", ServiceMode.OFFLINE.value]},
        "fee_kind": "$fee_kind",
        "low_fee": {"$in": ["$fee_kind", [fee.value for fee in LOW_FEES]]},
    }
    sums = {
        "entries": {"$sum": 1},
        "company_times": {"$sum": "$company_times"},
        "person_times": {"$sum": "$person_times"},
    }
    scoped = LedgerEntry.objects.visible_to(actor).in_base(base)
    steps = [{"$match": scoped.filters()}, {"$group": {"_id": key, **sums}}]
    return [{**row.pop("_id"), **row} for row in LedgerEntry.collection().aggregate(steps)]
