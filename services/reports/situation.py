"""The year's 《基地情况汇总表》 made from the records (Art. 18(3)): sent at any time, kept with the summary."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from office.excel.tables_writer import Table
from office.tables.situation import situation_table
from rules.access import Actor
from rules.assessment.indicators import Facts, assess
from rules.assessment.shares import floored
from rules.choices import ServiceFunction
from rules.counties import office_counties
from rules.rule_sets.measure_lines import FUNCTION_LINES
from rules.rule_sets.measures import Measures
from services.assessment.assess import facts_of


def summary_figures(facts: Facts, measures: Measures) -> dict[str, float | None]:
    """Return what the records say of a year by the keys of the summary's figures.

    The low-fee share is in percent, cut to one decimal, None while no company was served.
    """
    share = facts.low_fee_company_times * 100 / facts.company_times if facts.company_times else None
    training = facts.functions.get(ServiceFunction.TRAINING, {})
    return {
        "tenants": facts.tenants, "people": facts.people, "staff": facts.staff, "partners": facts.partners,
        "company_times": facts.company_times, "person_times": sum(training.values()),
        "low_fee_share": None if share is None else floored(share),
        "functions_met": assess(facts, measures).functions_met,
    }  # fmt: skip


def situation_of(
    base: Mapping[str, Any],
    year: int,
    measures: Measures,
    *,
    confirmed: Mapping[str, Any],
    today: date,
    actor: Actor,
) -> Table:
    """Return the table of a stored base in the actor's scope for a year, with the year before: eight commands."""
    counted, before = (_figures(base, each, measures, today, actor) for each in (year, year - 1))
    county = office_counties().by_code.get(base["county"])
    return situation_table(
        base["name"], county.name if county else "", year, today, counted, before, confirmed
    )


def _figures(
    base: Mapping[str, Any], year: int, measures: Measures, today: date, actor: Actor
) -> dict[str, float | None]:
    assessed = facts_of(year, today=today, actor=actor, bases=[base["_id"]])
    if not assessed:
        return {}
    facts = assessed[0].facts
    of_functions = {
        line.key: facts.figure(line.function, line.figure)
        for line in FUNCTION_LINES
        if line.function is not None and line.figure is not None
    }
    return {**summary_figures(facts, measures), **of_functions}
