"""One base through the years: its facts for each, and how many records each figure counts and leaves out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from documents.assessment.assessment_counts import BaseRow
from documents.assessment.base_years import (
    LedgerSums,
    PartnerRow,
    StaffRow,
    TenantRow,
    cooperations_of,
    ledger_by_year,
    staff_of,
    tenants_of,
)
from documents.assessment.checklist import Checklist, StoredChecklist
from rules.access import Actor
from rules.assessment.counting import (
    as_of,
    is_full_time_on,
    why_not_in_figure,
    why_not_satisfied,
    why_not_tenant,
)
from rules.assessment.indicators import Facts
from rules.rule_sets.measures import Measures
from services.assessment.assess import facts_from
from services.assessment.checklist import checks_from
from services.assessment.counted import (
    LOW_FEE,
    PARTNERS,
    SATISFIED,
    SERVICES,
    SUBJECTS,
    TENANTS,
    Subject,
    partner_on,
)

MOST_YEARS = 8


@dataclass(frozen=True)
class Sides:
    """How many records a figure counts, and how many it leaves out."""

    counted: int
    others: int


@dataclass(frozen=True)
class BaseYears:
    """What one base's records hold for every year; the ledger as sums (`documents.assessment.base_years`)."""

    base: BaseRow
    today: date
    tenants: list[TenantRow]
    partners: list[PartnerRow]
    staff: list[StaffRow]
    ledger: list[LedgerSums]
    checklists: Mapping[int, StoredChecklist]

    @property
    def years(self) -> tuple[int, ...]:
        """The years from the first counted entry to this one, the latest eight of them at most."""
        counted = (row.get("year") for row in self.ledger if row["submitted"] and row["in_time"])
        this = self.today.year
        first = min((year for year in counted if year and year <= this), default=this)
        return tuple(range(max(first, this - MOST_YEARS + 1), this + 1))

    def facts(self, year: int) -> Facts:
        """Return the facts for a year, as `services.assessment.assess.facts_of` counts them for all bases at once."""
        day, key = as_of(year, self.today), self.base["_id"]
        housed = self._housed(day)
        people = sum(company.get("people") or 0 for company in housed)
        return facts_from(
            self.base,
            day,
            {key: {"tenants": len(housed), "people": people}},
            {key: self._partners(day)},
            {key: sum(is_full_time_on(member, day) for member in self.staff)} if self.staff else {},
            {key: self._counted(year)},
            checks_from(self.checklists.get(year)),
        )

    def people_unknown(self, year: int) -> int:
        """Return how many counted companies say nothing of their employees."""
        return sum(company.get("people") is None for company in self._housed(as_of(year, self.today)))

    def sides(self, year: int, measures: Measures) -> dict[str, Sides]:
        """Return by subject how many records make its figure for a year under a rule set, and how many do not."""
        day = as_of(year, self.today)
        housed, partners = len(self._housed(day)), self._partners(day)
        sides = {
            TENANTS: Sides(housed, len(self.tenants) - housed),
            PARTNERS: Sides(partners, len(self.partners) - partners),
        }
        entries = [
            row
            for row in self._counted(year)
            if measures.entries_without_company_count or not row["nameless"]
        ]
        for code, subject in SUBJECTS.items():
            if subject.of_ledger:
                counted = sum(row["entries"] for row in entries if _makes(subject, row))
                sides[code] = Sides(counted, self._all_entries(subject) - counted)
        return sides

    def _all_entries(self, subject: Subject) -> int:
        wanted = subject.function
        rows = self.ledger
        return sum(row["entries"] for row in rows if wanted is None or row.get("function") == wanted)

    def _housed(self, day: date) -> list[TenantRow]:
        return [company for company in self.tenants if why_not_tenant(company, day) is None]

    def _partners(self, day: date) -> int:
        return sum(partner_on(partner, day)[1] is None for partner in self.partners)

    def _counted(self, year: int) -> list[LedgerSums]:
        return [row for row in self.ledger if row.get("year") == year and row["submitted"] and row["in_time"]]


def _makes(subject: Subject, row: LedgerSums) -> bool:
    if subject.function and subject.figure:
        own = row.get("function") == subject.function
        return own and why_not_in_figure(row, subject.function, subject.figure) is None
    if subject.code == SATISFIED:
        return why_not_satisfied(row) is None
    return bool(row["low_fee"]) if subject.code == LOW_FEE else subject.code == SERVICES


def years_of_base(base: BaseRow, *, today: date, actor: Actor) -> BaseYears:
    """Read what one base's records hold, in five commands; the caller has read the base in the actor's scope."""
    key = base["_id"]
    return BaseYears(
        base, today, tenants_of(key, actor), cooperations_of(key, actor), staff_of(key, actor),
        ledger_by_year(key, today, actor), Checklist.of_base(key),
    )  # fmt: skip
