"""What one base's records show year by year: one command a collection, whatever other bases hold."""

from datetime import date, datetime
from typing import Any, TypedDict

from bson import ObjectId

from documents.assessment.assessment_counts import LEDGER_KEY, LEDGER_SUMS, LedgerFigures
from documents.desk.settings import settings_in_force
from documents.records.fields import stored_day
from documents.records.ledger_entry import LedgerEntry
from documents.records.record import RecordQuerySet
from documents.records.service_partner import ServicePartner
from documents.records.staff_member import StaffMember
from documents.records.tenant_company import TenantCompany
from rules.access import Actor
from rules.assessment.counting import COUNTED_STATUSES
from schema.settings import FIRST_YEAR


class TenantRow(TypedDict, total=False):
    """A company of the base: what decides whether it counts, and what its line shows."""

    _id: ObjectId
    name: str
    uscc: str
    industry: str
    people: int | None
    size: str | None
    moved_in: datetime | None
    moved_out: datetime | None
    status: str


class CooperationRow(TypedDict, total=False):
    """One cooperation of a partner with the base; no `last_day`: it has no end yet."""

    base: ObjectId
    first_day: datetime | None
    last_day: datetime | None


class PartnerRow(TypedDict, total=False):
    """A partner of the base; `cooperation` is the one that was picked to be counted or shown."""

    _id: ObjectId
    name: str
    uscc: str
    functions: list[str]
    status: str
    cooperations: list[CooperationRow]
    cooperation: CooperationRow


class StaffRow(TypedDict, total=False):
    """A member of the base's staff, without the phone."""

    _id: ObjectId
    name: str
    duty: str
    position: str
    employment: str
    qualification: str
    started_on: datetime | None
    left_on: datetime | None
    status: str


class EntryRow(TypedDict, total=False):
    """A ledger entry of the base: what decides whether it counts, and what its line shows."""

    _id: ObjectId
    served_on: datetime | None
    function: str
    activity: str | None
    mode: str | None
    partner_name: str | None
    request: str | None
    companies: list[dict[str, Any]]
    company_times: int | None
    person_times: int | None
    fee_kind: str | None
    satisfaction: str | None
    status: str
    base_name: str


class LedgerSums(LedgerFigures, total=False):
    """Entries of one year that are alike in everything that decides whether they count, with their sums.

    `year` is None without a date; `in_time`: not after the day on which the year is counted.
    """

    year: int | None
    in_time: bool
    submitted: bool
    mode: str | None
    fee_kind: str | None


TENANT_KEYS = ("name", "uscc", "industry", "people", "size", "moved_in", "moved_out", "status")
PARTNER_KEYS = ("name", "uscc", "functions", "status", "cooperations")
STAFF_KEYS = ("name", "duty", "position", "employment", "qualification", "started_on", "left_on", "status")
ENTRY_KEYS = (
    "served_on", "function", "activity", "mode", "partner_name", "request", "companies", "company_times",
    "person_times", "fee_kind", "satisfaction", "status", "base_name",
)  # fmt: skip


def tenants_of(base: ObjectId, actor: Actor) -> list[TenantRow]:
    """Return every company that the base ever housed, by name."""
    companies = TenantCompany.objects.visible_to(actor).in_base(base)
    return list(companies.rows(TENANT_KEYS, (("sort_key", 1), ("_id", 1))))


def cooperations_of(base: ObjectId, actor: Actor) -> list[PartnerRow]:
    """Return the partners that work or worked with the base, each with its `cooperations` with this one alone."""
    partners = ServicePartner.objects.visible_to(actor).of_base(base)
    rows: list[PartnerRow] = list(partners.rows(PARTNER_KEYS, (("sort_key", 1), ("_id", 1))))
    for row in rows:
        row["cooperations"] = [term for term in row["cooperations"] if term.get("base") == base]
    return rows


def staff_of(base: ObjectId, actor: Actor) -> list[StaffRow]:
    """Return everyone on the base's list of staff, those who left too, by name."""
    members = StaffMember.objects.visible_to(actor).in_base(base)
    return list(members.rows(STAFF_KEYS, (("sort_key", 1), ("_id", 1))))


def entries_of(base: ObjectId, actor: Actor, function: str | None = None) -> list[EntryRow]:
    """Return the ledger entries of the base (of one function), the latest first."""
    entries: RecordQuerySet = LedgerEntry.objects.visible_to(actor).in_base(base)
    if function is not None:
        entries = entries.having("function", [function])
    return list(entries.rows(ENTRY_KEYS, (("served_on", -1), ("_id", -1))))


def first_year(actor: Actor) -> int | None:
    """Return the year of the earliest dated ledger entry in scope; None when there is none."""
    begins = date(settings_in_force()[FIRST_YEAR], 1, 1)
    dated = LedgerEntry.objects.visible_to(actor).between("served_on", begins, None)
    earliest = next(iter(dated.rows(("served_on",), (("served_on", 1),), limit=1)), None)
    return earliest["served_on"].year if earliest else None


def ledger_by_year(base: ObjectId, today: date, actor: Actor) -> list[LedgerSums]:
    """Return the base's entries summed by year and by everything that decides whether they count."""
    # rules.assessment.counting.as_of: the year's last day, or today within it; of a year to come its first day.
    in_time = {
        "$or": [{"$lte": ["$served_on", stored_day(today)]}, {"$eq": [{"$dayOfYear": "$served_on"}, 1]}]
    }
    key = {
        "year": {"$year": "$served_on"},
        "in_time": in_time,
        "submitted": {"$in": ["$status", list(COUNTED_STATUSES)]},
        "mode": "$mode",
        "fee_kind": "$fee_kind",
        **LEDGER_KEY,
    }
    scoped = LedgerEntry.objects.visible_to(actor).in_base(base)
    steps = [{"$match": scoped.filters()}, {"$group": {"_id": key, **LEDGER_SUMS}}]
    rows: list[Any] = [{**row.pop("_id"), **row} for row in LedgerEntry.collection().aggregate(steps)]
    return rows
