"""The year's 《基地情况汇总表》 made from the records (Art. 18(3)): sent at any time, kept with the summary."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from office.excel.tables_writer import Table
from office.tables.situation import situation_table
from rules.access import Actor
from rules.assessment.indicators import Assessment, Facts, assess
from rules.assessment.shares import floored
from rules.choices import ServiceFunction
from rules.counties import office_counties
from rules.rule_sets.measure_lines import FUNCTION_LINES
from rules.rule_sets.measures import Measures
from services.assessment.assess import facts_of


def summary_figures(facts: Facts, measures: Measures) -> dict[str, float | None]:
    """Return what the records say of a year, as its rule set counts them, by the keys of the summary's figures.

    The low-fee share is in percent, cut to one decimal, None while no company was served.
    """
    return _figures_of(assess(facts, measures))


def _figures_of(assessment: Assessment) -> dict[str, float | None]:
    facts, share = assessment.facts, assessment.indicator("low_fee_share").actual
    training = facts.functions.get(ServiceFunction.TRAINING, {})
    return {
        "tenants": facts.tenants, "people": facts.people, "staff": facts.staff, "partners": facts.partners,
        "company_times": facts.company_times, "person_times": sum(training.values()),
        "low_fee_share": None if share is None else floored(share),
        "functions_met": assessment.functions_met,
    }  # fmt: skip


def situation_of(
    base: Mapping[str, Any],
    year: int,
    measures: Mapping[int, Measures],
    *,
    confirmed: Mapping[str, Any],
    today: date,
    actor: Actor,
) -> Table:
    """Return the table of a stored base in the actor's scope for a year, with the year before: eight commands.

    `measures` has the rule set of each of the two years.
    """
    counted, before = (_figures(base, each, measures[each], today, actor) for each in (year, year - 1))
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
    assessment = assess(assessed[0].facts, measures)
    of_functions = {
        line.key: assessment.facts.figure(line.function, line.figure)
        for line in FUNCTION_LINES
        if line.function is not None and line.figure is not None
    }
    return {**_figures_of(assessment), **of_functions}
