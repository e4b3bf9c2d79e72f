"""Assess bases for a year: one aggregation per collection for all of them, the rules for the rest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bson import ObjectId

from documents.assessment.assessment_counts import ledger_figures, partner_figures, tenant_figures
from documents.records.base import Base
from documents.records.ledger_entry import LedgerEntry
from documents.records.record import RecordQuerySet
from documents.records.service_partner import ServicePartner
from documents.records.tenant_company import TenantCompany
from rules.access import Actor
from rules.assessment import Assessment, Facts, assess
from rules.choices import ServiceFunction
from rules.counting import as_of
from rules.figure_entries import SUMMED
from rules.measures import ACTIVITIES, FIGURES, Figure, Measures

_BASE_KEYS = (
    "name",
    "county",
    "status",
    "operating_since",
    "service_staff",
    "online_system",
    "sort_key",
    "title_last_day",
)


@dataclass(frozen=True)
class BaseFacts:
    """A base (the keys an overview shows) with its facts."""

    base: Mapping[str, Any]
    facts: Facts


def facts_of(
    year: int, *, today: date, actor: Actor, bases: Iterable[ObjectId] | None = None
) -> list[BaseFacts]:
    """Return the facts of the bases in scope (or of some of them), in the order of their names: four commands."""
    day = as_of(year, today)
    scoped = Base.objects.visible_to(actor)
    wanted = list(bases) if bases is not None else None
    if wanted is not None:
        scoped = scoped.where_raw({"_id": {"$in": wanted}})
    tenants = tenant_figures(_of(TenantCompany.objects.visible_to(actor), "base", wanted), day)
    partners = partner_figures(
        _of(ServicePartner.objects.visible_to(actor), "cooperations.base", wanted), day
    )
    ledger = ledger_figures(_of(LedgerEntry.objects.visible_to(actor), "base", wanted), year, day)
    rows = scoped.rows(_BASE_KEYS, (("sort_key", 1), ("_id", 1)))
    return [BaseFacts(row, facts_from(row, day, tenants, partners, ledger)) for row in rows]


def assess_bases(
    year: int, measures: Measures, *, today: date, actor: Actor, bases: Iterable[ObjectId] | None = None
) -> list[tuple[Mapping[str, Any], Assessment]]:
    """Return each base in scope with its assessment for a year under a rule set."""
    found = facts_of(year, today=today, actor=actor, bases=bases)
    return [(one.base, assess(one.facts, measures)) for one in found]


def _of(records: RecordQuerySet, key: str, bases: list[ObjectId] | None) -> RecordQuerySet:
    return records if bases is None else records.where_raw({key: {"$in": bases}})


def facts_from(
    base: Mapping[str, Any],
    day: date,
    tenants: Mapping[ObjectId, Mapping[str, Any]],
    partners: Mapping[ObjectId, int],
    ledger: Mapping[ObjectId, Sequence[Mapping[str, Any]]],
) -> Facts:
    """Return the facts of a base from its record and the figures by base id, as `assessment_counts` has them."""
    key, since = base["_id"], base.get("operating_since")
    housed, rows = tenants.get(key, {}), ledger.get(key, [])
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


def _figure(
    function: ServiceFunction, figure: Figure, base: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> int:
    if figure is Figure.ONLINE:
        return int(bool(base.get("online_system")))
    own = [row for row in rows if row["function"] == function]
    if figure is Figure.OFFLINE_COMPANY_TIMES:
        own = [row for row in own if row["offline"]]
    activities = ACTIVITIES.get((function, figure))
    if activities is not None:
        own = [row for row in own if row.get("activity") in activities]
    return int(sum(row[SUMMED.get(figure, "entries")] for row in own))
