"""Assess bases for a year: the figures kept for all of them, the rules for the rest.

`counted_facts_of` counts the same from the records: the independent count, for checks, tests and measurements.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from bson import ObjectId

from documents.assessment.assessment_counts import (
    BaseRow,
    LedgerFigures,
    TenantFigures,
    base_rows,
    ledger_figures,
    of_bases,
    partner_figures,
    staff_figures,
    tenant_figures,
)
from documents.assessment.checklist import Checklist
from documents.assessment.kept_figures import KeptFigures, KeptOnDay
from documents.records.base import Base
from documents.records.ledger_entry import LedgerEntry
from documents.records.service_partner import ServicePartner
from documents.records.staff_member import StaffMember
from documents.records.tenant_company import TenantCompany
from rules.access import Actor
from rules.assessment.checklist import Checks
from rules.assessment.counting import SUMMED, as_of, is_satisfied
from rules.assessment.indicators import Assessment, Facts, Indicator, LedgerFacts, assess
from rules.assessment.kept_figures import (
    ANSWERS,
    COMPANY_TIMES,
    ENTRIES,
    LOW_FEE,
    PEOPLE,
    SATISFIED_ANSWERS,
    TENANTS,
    figure_key,
)
from rules.assessment.registration import registration_of
from rules.choices import ServiceFunction
from rules.counties import office_counties
from rules.rule_sets.measures import ACTIVITIES, COUNTED_FIGURES, FIGURES, Figure, Measures
from services.assessment.checklist import checks_from


@dataclass(frozen=True)
class BaseFacts:
    """A base (the keys an overview shows) with its facts."""

    base: BaseRow
    facts: Facts


def facts_of(
    year: int, *, today: date, actor: Actor, bases: Iterable[ObjectId] | None = None
) -> list[BaseFacts]:
    """Return the facts of the bases in scope (or of some of them), in the order of their names: five commands."""
    day = as_of(year, today)
    ids = list(bases) if bases is not None else None
    rows = _rows(ids, actor)
    partners = partner_figures(of_bases(ServicePartner.objects.visible_to(actor), ids), day)
    staff = staff_figures(of_bases(StaffMember.objects.visible_to(actor), ids), day)
    kept = KeptFigures.on_day(year, day, [row["_id"] for row in rows])
    checks = _checks_of(year, ids)
    return [
        BaseFacts(
            row,
            _facts_kept(
                row, day, kept.get(row["_id"], KeptOnDay()), partners, staff, checks.get(row["_id"], {})
            ),
        )
        for row in rows
    ]


def counted_facts_of(
    year: int, *, today: date, actor: Actor, bases: Iterable[ObjectId] | None = None
) -> list[BaseFacts]:
    """Return what `facts_of` returns, counted from the records in six commands."""
    day = as_of(year, today)
    ids = list(bases) if bases is not None else None
    tenants = tenant_figures(of_bases(TenantCompany.objects.visible_to(actor), ids), day)
    partners = partner_figures(of_bases(ServicePartner.objects.visible_to(actor), ids), day)
    staff = staff_figures(of_bases(StaffMember.objects.visible_to(actor), ids), day)
    ledger = ledger_figures(of_bases(LedgerEntry.objects.visible_to(actor), ids), year, day)
    checks = _checks_of(year, ids)
    return [
        BaseFacts(row, facts_from(row, day, tenants, partners, staff, ledger, checks.get(row["_id"], {})))
        for row in _rows(ids, actor)
    ]


def _checks_of(year: int, ids: list[ObjectId] | None) -> dict[ObjectId, Checks]:
    return {base: checks_from(raw) for base, raw in Checklist.of_bases(year, ids).items()}


def _rows(ids: list[ObjectId] | None, actor: Actor) -> list[BaseRow]:
    return base_rows(Base.objects.visible_to(actor) if ids is None else Base.by_ids(ids, actor))


def assess_bases(
    year: int, measures: Measures, *, today: date, actor: Actor, bases: Iterable[ObjectId] | None = None
) -> list[tuple[BaseRow, Assessment]]:
    """Return each base in scope with its assessment for a year under a rule set."""
    known = facts_of(year, today=today, actor=actor, bases=bases)
    return [(base_facts.base, assess(base_facts.facts, measures)) for base_facts in known]


def facts_from(
    base: BaseRow,
    day: date,
    tenants: Mapping[ObjectId, TenantFigures],
    partners: Mapping[ObjectId, int],
    staff: Mapping[ObjectId, int],
    ledger: Mapping[ObjectId, Sequence[LedgerFigures]],
    conditions: Checks,
) -> Facts:
    """Return the facts of a base from its record and the figures by base id, as `assessment_counts` has them.

    `staff` has the bases that list their staff; of the others the typed number stands.
    """
    rows = ledger.get(base["_id"], [])
    housed: TenantFigures = tenants.get(base["_id"], {})
    return _facts(
        base, day, housed.get("tenants", 0), housed.get("people", 0), partners.get(base["_id"], 0),
        staff.get(base["_id"]), ledger_facts(rows), ledger_facts([row for row in rows if row["nameless"]]),
        conditions,
    )  # fmt: skip


def _facts(
    base: BaseRow, day: date, tenants: int, people: int, partners: int, listed_staff: int | None, ledger: LedgerFacts,
    nameless: LedgerFacts, conditions: Checks,
) -> Facts:  # fmt: skip
    since, typed_staff = base.get("operating_since"), base.get("service_staff")
    online = {Figure.ONLINE: int(bool(base.get("online_system")))}
    return Facts(
        as_of=day,
        operating_since=since.date() if since else None,
        tenants=tenants,
        people=people,
        staff=(typed_staff or 0) if listed_staff is None else listed_staff,
        staff_listed=listed_staff is not None,
        staff_typed=typed_staff,
        partners=partners,
        company_times=ledger.company_times,
        low_fee_company_times=ledger.low_fee_company_times,
        functions={
            function: {**online, **figures} if Figure.ONLINE in FIGURES[function] else figures
            for function, figures in ledger.functions.items()
        },
        satisfied=ledger.satisfied,
        answered=ledger.answered,
        nameless=nameless,
        registration=registration_of(base),
        conditions=conditions,
    )


def _facts_kept(
    base: BaseRow,
    day: date,
    kept: KeptOnDay,
    partners: Mapping[ObjectId, int],
    staff: Mapping[ObjectId, int],
    conditions: Checks,
) -> Facts:
    return _facts(
        base, day, kept.all.get(TENANTS, 0), kept.all.get(PEOPLE, 0), partners.get(base["_id"], 0),
        staff.get(base["_id"]), _ledger_kept(kept.all), _ledger_kept(kept.nameless), conditions,
    )  # fmt: skip


def _ledger_kept(amounts: Mapping[str, int]) -> LedgerFacts:
    return LedgerFacts(
        entries=amounts.get(ENTRIES, 0),
        company_times=amounts.get(COMPANY_TIMES, 0),
        low_fee_company_times=amounts.get(LOW_FEE, 0),
        satisfied=amounts.get(SATISFIED_ANSWERS, 0),
        answered=amounts.get(ANSWERS, 0),
        functions={
            function: {figure: amounts.get(key, 0) for figure, key in keys}
            for function, keys in _FIGURE_KEYS.items()
        },
    )


_FIGURE_KEYS: Mapping[ServiceFunction, tuple[tuple[Figure, str], ...]] = {
    function: tuple((figure, figure_key(function, figure)) for figure in figures)
    for function, figures in COUNTED_FIGURES.items()
}


def ledger_facts(rows: Sequence[LedgerFigures]) -> LedgerFacts:
    """Return what sums of alike entries, as the database groups them, come to."""
    return LedgerFacts(
        entries=sum(row["entries"] for row in rows),
        company_times=sum(row["company_times"] for row in rows),
        low_fee_company_times=sum(row["company_times"] for row in rows if row["low_fee"]),
        satisfied=sum(row["entries"] for row in rows if is_satisfied(row)),
        answered=sum(row["entries"] for row in rows if is_satisfied(row) is not None),
        functions={
            function: {figure: _figure(function, figure, rows) for figure in figures}
            for function, figures in COUNTED_FIGURES.items()
        },
    )


def _figure(function: ServiceFunction, figure: Figure, rows: Sequence[LedgerFigures]) -> int:
    own = [row for row in rows if row["function"] == function]
    if figure is Figure.OFFLINE_COMPANY_TIMES:
        own = [row for row in own if row["offline"]]
    activities = ACTIVITIES.get((function, figure))
    if activities is not None:
        own = [row for row in own if row.get("activity") in activities]
    key: Literal["entries", "company_times", "person_times"] = SUMMED.get(figure, "entries")
    return sum(row[key] for row in own)


# --- For the command line --------------------------------------------------------------------------


def as_json(assessed: Iterable[tuple[BaseRow, Assessment]]) -> dict[str, Any]:
    """Return the assessments by base name, with the counts, the checks and whether all are met."""
    return {base["name"]: _base_as_json(base, assessment) for base, assessment in assessed}


def _base_as_json(base: BaseRow, assessment: Assessment) -> dict[str, Any]:
    """Return one base's assessment as plain values."""
    facts = assessment.facts
    county = office_counties().by_code.get(base["county"])
    return {
        "county": county.name if county else base["county"],
        "tenants": facts.tenants,
        "people": facts.people,
        "staff": facts.staff,
        "partners": facts.partners,
        "company_times": facts.company_times,
        "low_fee_company_times": facts.low_fee_company_times,
        "functions": {
            result.function.zh: {
                figure.value: bool(actual) if figure is Figure.ONLINE else actual
                for figure, _, actual, _ in result.figures
            }
            for result in assessment.functions
        },
        "functions_met": assessment.functions_met,
        "checks": {indicator.key: indicator.met for indicator in assessment.indicators},
        "meets": assessment.meets,
        "further": {
            **{indicator.key: _further_as_json(indicator) for indicator in assessment.further},
            "satisfaction": {
                "satisfied": facts.satisfied, "answered": facts.answered, "rate": satisfaction_rate(facts)
            },
        },
    }  # fmt: skip


def _further_as_json(indicator: Indicator) -> dict[str, Any]:
    """Return one indicator beside the seven: what is asked, what is there (None: unknown), whether it binds."""
    return {
        "required": indicator.required,
        "actual": indicator.actual,
        "met": indicator.met,
        "binding": indicator.binding,
    }


def satisfaction_rate(facts: Facts) -> float | None:
    """Return the satisfied share of the answered entries, 0 to 1 (Art. 15); None where nobody answered."""
    return facts.satisfied / facts.answered if facts.answered else None
