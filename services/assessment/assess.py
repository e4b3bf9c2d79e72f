"""Assess bases for a year: one aggregation per collection for all of them, the rules for the rest."""

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
    tenant_figures,
)
from documents.records.base import Base
from documents.records.ledger_entry import LedgerEntry
from documents.records.service_partner import ServicePartner
from documents.records.tenant_company import TenantCompany
from rules.access import Actor
from rules.assessment import Assessment, Facts, assess
from rules.choices import ServiceFunction
from rules.counties import office_counties
from rules.counting import SUMMED, as_of
from rules.measures import ACTIVITIES, FIGURES, Figure, Measures


@dataclass(frozen=True)
class BaseFacts:
    """A base (the keys an overview shows) with its facts."""

    base: BaseRow
    facts: Facts


def facts_of(
    year: int, *, today: date, actor: Actor, bases: Iterable[ObjectId] | None = None
) -> list[BaseFacts]:
    """Return the facts of the bases in scope (or of some of them), in the order of their names: four commands."""
    day = as_of(year, today)
    ids = list(bases) if bases is not None else None
    tenants = tenant_figures(of_bases(TenantCompany.objects.visible_to(actor), ids), day)
    partners = partner_figures(of_bases(ServicePartner.objects.visible_to(actor), ids), day)
    ledger = ledger_figures(of_bases(LedgerEntry.objects.visible_to(actor), ids), year, day)
    rows = base_rows(Base.objects.visible_to(actor) if ids is None else Base.by_ids(ids, actor))
    return [BaseFacts(row, facts_from(row, day, tenants, partners, ledger)) for row in rows]


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
    ledger: Mapping[ObjectId, Sequence[LedgerFigures]],
) -> Facts:
    """Return the facts of a base from its record and the figures by base id, as `assessment_counts` has them."""
    key, since = base["_id"], base.get("operating_since")
    housed: TenantFigures = tenants.get(key, {})
    rows = ledger.get(key, [])
    return Facts(
        as_of=day,
        operating_since=since.date() if since else None,
        tenants=housed.get("tenants", 0),
        people=housed.get("people", 0),
        staff=base.get("service_staff") or 0,
        partners=partners.get(key, 0),
        company_times=sum(row["company_times"] for row in rows),
        low_fee_company_times=sum(row["company_times"] for row in rows if row["low_fee"]),
        functions={
            function: {figure: _figure(function, figure, base, rows) for figure in figures}
            for function, figures in FIGURES.items()
        },
    )


def _figure(function: ServiceFunction, figure: Figure, base: BaseRow, rows: Sequence[LedgerFigures]) -> int:
    if figure is Figure.ONLINE:
        return int(bool(base.get("online_system")))
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
    }
