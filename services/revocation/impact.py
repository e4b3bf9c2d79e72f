"""What a decision on a base's title touches, gathered before it is signed and kept with it (Art. 16, 18)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from documents.publication.notice import Notice
from documents.records.fields import stored_day
from documents.records.ledger_entry import LedgerEntry
from documents.records.service_partner import ServicePartner
from documents.records.tenant_company import TenantCompany
from documents.upward.recommendation import UpwardRecommendation
from rules.applications import Stage
from rules.upward import UpwardOutcome


@dataclass(frozen=True)
class Touched:
    """Counts of what belongs to a base, and the few things that end or show with its title, by name."""

    tenants: int
    partners: int
    lone_partners: tuple[str, ...]  # partners that work with no other base
    entries_this_year: int
    applications: tuple[tuple[ObjectId, str, Stage], ...]  # under way: id, round, stage
    upward: tuple[tuple[ObjectId, str, int], ...]  # waiting for their outcome: id, level, year
    public_entries: int  # published lists that name the base; they stay as they are

    def stored(self) -> dict[str, Any]:
        """Return the counts, to be kept with the decision."""
        return {
            "tenants": self.tenants,
            "partners": self.partners,
            "lone_partners": list(self.lone_partners),
            "entries_this_year": self.entries_this_year,
            "applications": [one[0] for one in self.applications],
            "upward": [one[0] for one in self.upward],
            "public_entries": self.public_entries,
        }


def touched_by(base: ObjectId, today: date, session: Any = None) -> Touched:
    """Return what a decision on this base's title touches, as of today: six commands."""
    housed = {"base": base, "$or": [{"moved_out": None}, {"moved_out": {"$gt": stored_day(today)}}]}
    partners = list(
        ServicePartner.collection().find(
            {"cooperations.base": base}, {"name": 1, "cooperations.base": 1}, session=session
        )
    )
    year = {"$gte": datetime(today.year, 1, 1), "$lt": datetime(today.year + 1, 1, 1)}  # days have no zone
    under_way = Application.collection().find(
        {"base": base, "open": True}, {"round_name": 1, "stage": 1}, session=session
    )
    waiting = UpwardRecommendation.collection().find(
        {"base": base, "outcome": UpwardOutcome.PENDING.value}, {"level": 1, "year": 1}, session=session
    )
    return Touched(
        tenants=TenantCompany.collection().count_documents(housed, session=session),
        partners=len(partners),
        lone_partners=tuple(
            one["name"] for one in partners if {c["base"] for c in one["cooperations"]} == {base}
        ),
        entries_this_year=LedgerEntry.collection().count_documents(
            {"base": base, "served_on": year}, session=session
        ),
        applications=tuple(
            (one["_id"], one["round_name"], next(stage for stage in Stage if stage.value == one["stage"]))
            for one in under_way
        ),
        upward=tuple((one["_id"], one["level"], one["year"]) for one in waiting),
        public_entries=Notice.collection().count_documents({"entries.base": base}, session=session),
    )
