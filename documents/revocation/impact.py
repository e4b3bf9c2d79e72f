"""What a decision on a base's title touches, gathered before it is signed and kept with it (Art. 16, 18)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.applications.application import Application, StoredApplication
from documents.publication.notice import Notice
from documents.records.ledger_entry import LedgerEntry
from documents.records.service_partner import ServicePartner
from documents.records.tenant_company import TenantCompany, there_on
from documents.revocation.decision import StoredImpact
from documents.upward.recommendation import UpwardRecommendation
from rules.applications import Stage


@dataclass(frozen=True)
class Impact:
    """Counts of what belongs to a base, and the few things that end or show with its title, by name."""

    tenants: int
    partners: int
    lone_partners: tuple[str, ...]  # partners that work with no other base (that the reader sees)
    entries_this_year: int
    applications: tuple[tuple[ObjectId, str, Stage], ...]  # under way: id, round, stage
    upward: tuple[tuple[ObjectId, str, int], ...]  # waiting for their outcome: id, level, year
    public_entries: int  # published lists that name the base; they stay as they are

    @property
    def ended(self) -> tuple[ObjectId, ...]:
        """The ids of the applications and recommendations that end with the title."""
        return tuple(row[0] for row in (*self.applications, *self.upward))

    def stored(self) -> StoredImpact:
        """Return the counts, to be kept with the decision."""
        return {
            "tenants": self.tenants,
            "partners": self.partners,
            "lone_partners": list(self.lone_partners),
            "entries_this_year": self.entries_this_year,
            "applications": [row[0] for row in self.applications],
            "upward": [row[0] for row in self.upward],
            "public_entries": self.public_entries,
        }


def impact_on(base: ObjectId, today: date, session: Any = None, *, county: str | None = None) -> Impact:
    """Return what a decision on this base's title touches, as of today: six commands.

    For a reader bound to a `county` of the partners' other cooperations only those in it count.
    """
    housed = {"base": base, **there_on(today)}
    keys = {"name": 1, "cooperations.base": 1, "cooperations.county": 1}
    partners = list(ServicePartner.collection().find({"cooperations.base": base}, keys, session=session))
    year = {"$gte": datetime(today.year, 1, 1), "$lt": datetime(today.year + 1, 1, 1)}  # days have no zone
    application = Application.open_of_base(base, session)
    return Impact(
        tenants=TenantCompany.collection().count_documents(housed, session=session),
        partners=len(partners),
        lone_partners=tuple(
            partner["name"]
            for partner in partners
            if {
                cooperation["base"]
                for cooperation in partner["cooperations"]
                if county in (None, cooperation.get("county"))
            }
            <= {base}
        ),
        entries_this_year=LedgerEntry.collection().count_documents(
            {"base": base, "served_on": year}, session=session
        ),
        applications=((application["_id"], application["round_name"], _stage(application)),)
        if application
        else (),
        upward=tuple(
            (recommendation["_id"], recommendation["level"], recommendation["year"])
            for recommendation in UpwardRecommendation.pending_of(base, session)
        ),
        public_entries=Notice.count_naming(base, session),
    )


def _stage(application: StoredApplication) -> Stage:
    return next(stage for stage in Stage if stage.value == application["stage"])
