"""The words of an assessment on screen: figures, verdicts, what is missing, articles, what not to rely on."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext

from admin_views.shared.request_context import today
from admin_views.shared.view_models import figure
from office.tables.assessment import RECORD_FIELDS, actual_of
from rules.assessment.counting import as_of
from rules.assessment.indicators import Assessment, Indicator
from rules.assessment.shares import floored
from rules.rule_sets.measures import Level, Measures, in_force
from rules.titles import years_later
from rules.words import N_
from schema.settings import FIRST_YEAR
from services.assessment.rule_sets import rule_sets
from services.desk.settings import office_settings

LAST_YEAR = 2200
_NEAR_DAYS = 90  # a rule set that ends within them is spoken of
# Headings shorter than the indicators' own names.
SHORT_LABELS: Mapping[str, str] = {
    "operated_one_year": N_("In operation"),
    "tenants": N_("Tenants"),
    "people": N_("Employed"),
    "staff": N_("Staff"),
    "partners": N_("Partners"),
    "low_fee_share": N_("Low-fee share"),
    "functions": N_("Functions"),
}


def asked_year() -> tuple[int, str]:
    """Return the year in the address, this year when it names none, with a sentence about what was no year."""
    text, this = request.args.get("year", ""), today().year
    first_year = office_settings()[FIRST_YEAR]
    if not text:
        return this, ""
    if text.isdecimal() and len(text) == 4 and first_year <= int(text) <= LAST_YEAR:
        return int(text), ""
    return this, gettext(
        N_("The address named no year between %(first)s and %(last)s: %(year)s is shown."),
        first=first_year, last=LAST_YEAR, year=this,
    )  # fmt: skip


def asked_level() -> Level:
    """Return the level in the address; the city's when it names none."""
    return next((level for level in Level if level.value == request.args.get("level")), Level.CITY)


def sets_by_level(year: int) -> dict[Level, tuple[Measures, bool] | None]:
    """Return the rule set of each level for a year and whether it is in force; None where there is none."""
    sets, day = rule_sets(), as_of(year, today())
    by_level: dict[Level, tuple[Measures, bool] | None] = {}
    for level in Level:
        known = any(measures.level is level for measures in sets)
        by_level[level] = in_force(sets, day, level) if known else None
    return by_level


def set_warnings(rule_set: tuple[Measures, bool], year: int) -> tuple[str, ...]:
    """Return what must be known of a rule set before its verdicts are relied on."""
    measures, is_in_force = rule_set
    day, warnings = as_of(year, today()), []
    if not is_in_force:
        warnings.append(_not_in_force(measures, day))
    elif measures.last_day and year == today().year and (measures.last_day - today()).days <= _NEAR_DAYS:
        sentence = N_("%(title)s is in force until %(last)s: after that day a new rule set is needed.")
        warnings.append(gettext(sentence, title=measures.title, last=measures.last_day.isoformat()))
    if measures.superseded:
        warnings.append(
            gettext(N_("The figures of %(title)s may be out of date: check them."), title=measures.title)
        )
    return tuple(warnings)


def _not_in_force(measures: Measures, day: date) -> str:
    if day < measures.first_day:
        sentence = N_(
            "No rule set is in force on %(day)s: %(title)s begins on %(edge)s. Its figures are used all the same."
        )
        edge = measures.first_day
    else:
        sentence = N_(
            "No rule set is in force on %(day)s: %(title)s ended on %(edge)s. Its figures are used all the same."
        )
        edge = measures.last_day or measures.first_day
    return str(gettext(sentence, day=day.isoformat(), title=measures.title, edge=edge.isoformat()))


def set_line(measures: Measures, day: date) -> str:
    """Return by which rule set and on which day something was counted."""
    return str(gettext(N_("%(title)s · counted on %(day)s"), title=measures.title, day=day.isoformat()))


def level_label(level: Level) -> str:
    """Return a level in words."""
    return str(gettext(level.label))


def is_blank(indicator: Indicator, base: Mapping[str, Any]) -> bool:
    """Tell whether the base's record does not say what the indicator needs."""
    key = RECORD_FIELDS.get(indicator.key)
    return key is not None and base.get(key) is None and not indicator.actual


def actual_words(indicator: Indicator, base: Mapping[str, Any]) -> str:
    """Return what is there: a number without its unit, or that it was not filled in or that there is nothing."""
    if is_blank(indicator, base):
        return str(gettext(N_("Not filled in")))
    value = actual_of(indicator, base)
    return str(gettext(N_("No service"))) if value is None else figure(value, 1)


def amount_words(value: float | None, unit: str) -> str:
    """Return what there is or what is asked, with its unit: a share as 18%, cut to one decimal; None: no service."""
    if value is None:
        return str(gettext(N_("No service")))
    if unit == "%":
        return f"{figure(floored(value), 1)}%"
    return f"{figure(value, 1)} {gettext(unit)}" if unit else figure(value, 1)


def missing_figure(indicator: Indicator) -> str:
    """Return how much is missing, rounded up: what is filled in by that much is surely enough."""
    if indicator.key == "low_fee_share":
        return figure(math.ceil(round(indicator.missing * 10, 6)) / 10, 1)
    return figure(max(1, math.ceil(indicator.missing)))


def met_word(met: bool) -> str:
    """Return the verdict in a word."""
    return str(gettext(N_("Met")) if met else gettext(N_("Not met")))


def short_word(indicator: Indicator, base: Mapping[str, Any]) -> str:
    """Return the verdict for a cell: met, or how much is missing."""
    if indicator.met:
        return met_word(True)
    if is_blank(indicator, base):
        return met_word(False)
    percent = "%" if indicator.key == "low_fee_share" else ""
    return str(gettext(N_("%(count)s short"), count=missing_figure(indicator) + percent))


def lacking_words(count: str, unit: str) -> str:
    """Return what is missing in full: 还差 3 家."""
    return str(gettext(N_("%(count)s %(unit)s short"), count=count, unit=gettext(unit)).strip())


def indicator_word(indicator: Indicator, assessment: Assessment, base: Mapping[str, Any]) -> tuple[str, str]:
    """Return the verdict on one indicator and a remark that says how to read it."""
    if indicator.met:
        return met_word(True), ""
    facts, measures = assessment.facts, assessment.measures
    if is_blank(indicator, base):
        return met_word(False), ""
    word = lacking_words(missing_figure(indicator), indicator.unit)
    if indicator.key == "operated_one_year" and facts.operating_since:
        day = years_later(facts.operating_since, measures.years_operated)
        return word, gettext(N_("met from %(day)s on"), day=day.isoformat())
    if indicator.key == "low_fee_share":
        more = low_fee_needed(facts.low_fee_company_times, facts.company_times, measures.low_fee_percent)
        if more is None:
            return word, ""
        return word, gettext(N_("%(count)s more free or low-fee company-times would do"), count=figure(more))
    return word, ""


def low_fee_needed(part: int, whole: int, percent: int) -> int | None:
    """Return how many more low-fee company-times bring the share to `percent`; None when none can."""
    if percent >= 100:
        return None
    lacking = percent * whole - 100 * part
    return max(-(-lacking // (100 - percent)), 0 if whole else 1)


def counting_note() -> str:
    """Return how the figures are counted, for those who compare them with paper."""
    return str(
        gettext(
            N_(
                "Tenants: small and micro companies housed on the day of counting. Services: submitted and verified "
                "ledger entries of the year, not drafts."
            )
        )
    )
