"""The snapshot of an application: what was frozen when it was handed in, the base's data, its assessment, Art. 6."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from admin_views.applications.view_models import AssessmentSection
from admin_views.assessment.indicator_lines import meter_of
from admin_views.assessment.labels import (
    actual_words,
    is_blank,
    lacking_words,
    met_word,
    missing_figure,
)
from admin_views.assessment.page import TONES
from admin_views.assessment.view_models import CheckLine, FunctionCard, IndicatorLine
from admin_views.shared.articles import article_of
from admin_views.shared.cells import shower
from admin_views.shared.request_context import office_state
from admin_views.shared.view_models import Item, figure
from documents.applications.application import (
    FrozenFigure,
    FrozenFunction,
    FrozenIndicator,
    StoredApplication,
)
from forms.sentences import article_label
from rules.assessment.checklist import CheckState, Condition
from rules.assessment.indicators import Indicator
from rules.assessment.registration import registration_of
from rules.choices import ServiceFunction
from rules.rule_sets.measure_lines import UNITS
from rules.rule_sets.measures import Figure, Measures
from rules.rule_sets.provisions import condition_key, function_key
from rules.words import N_
from schema.bases import BASES
from schema.field import Kind


def frozen_items(raw: StoredApplication) -> tuple[Item, ...]:
    """Return the base's data as they were handed in, () before that."""
    base = raw.get("submission", {}).get("base", {})
    state = office_state()
    items = []
    for column in BASES.fields:
        if column.source in base:
            value = shower(column, state, "bases", full=True)(base)
            unit = f" {gettext(column.unit)}" if column.unit and value else ""
            label, is_wide = gettext(column.label), column.kind is Kind.LONG_TEXT
            items.append(Item(label, f"{value}{unit}" if unit else value, is_wide))
    return tuple(items)


def assessment_section(raw: StoredApplication, round_year: int, measures: Measures) -> AssessmentSection:
    """Return the frozen assessment with the way to the live one; before handing in only the way.

    `round_year` is the year whose ledger the round assesses, `measures` what it is decided under.
    """
    submission = raw.get("submission", {})
    assessment = submission.get("assessment")
    year = assessment["year"] if assessment else round_year
    live_url = url_for("base_assessment.base", id=raw["base"], year=year)
    if not assessment:
        note = N_("The assessment of %(year)s is frozen when the application is handed in.")
        return AssessmentSection(gettext(note, year=round_year), live_url, frozen=False)
    base = submission.get("base", {})
    indicators = tuple(_indicator(line, base) for line in assessment["indicators"])
    failing = [line.label for line in indicators if not line.met]
    note = gettext(
        N_("%(title)s · ledger of %(year)s · counted on %(day)s"),
        title=assessment["rule_title"], year=year, day=f"{assessment['as_of']:%Y-%m-%d}",
    )  # fmt: skip
    not_met = N_("Not met: %(names)s")
    return AssessmentSection(
        note=note,
        live_url=live_url,
        meets=assessment["meets"],
        verdict=met_word(True) if assessment["meets"] else gettext(not_met, names="、".join(failing)),
        indicators=indicators,
        further=further_lines(assessment.get("further", ()), submission.get("base", {})),
        functions=tuple(_function(result, base, measures) for result in assessment["functions"]),
        functions_word=gettext(N_("%(count)s of 8 met"), count=assessment["functions_met"]),
        checks=_checks(submission.get("conditions", {}), measures),
        functions_article=article_of("functions", measures),
        checks_article=article_of("conditions", measures),
    )


def _indicator(line: FrozenIndicator, base: Mapping[str, Any]) -> IndicatorLine:
    indicator = Indicator(**line)
    if indicator.met:
        word = met_word(True)
    elif is_blank(indicator, base):
        word = met_word(False)
    else:
        word = lacking_words(missing_figure(indicator), indicator.unit)
    return IndicatorLine(
        label=gettext(indicator.label),
        required=figure(indicator.required),
        actual=actual_words(indicator, base),
        unit=gettext(indicator.unit) if indicator.unit != "%" else "%",
        met=indicator.met,
        word=word,
        article=article_label(indicator.article),
        meter=meter_of(indicator.actual or 0, indicator.required),
    )


def further_lines(lines: Iterable[FrozenIndicator], base: Mapping[str, Any]) -> tuple[IndicatorLine, ...]:
    """Return the indicators beside the seven as they were frozen; `base` has the values of that day."""
    return tuple(_further(line, base) for line in lines)


def _further(line: FrozenIndicator, base: Mapping[str, Any]) -> IndicatorLine:
    indicator = Indicator(**line)
    required, actual = figure(indicator.required), figure(indicator.actual)
    if indicator.key == "registered":
        registration = registration_of(base)
        required, actual = "", registration.place or registration.division
    return IndicatorLine(
        label=gettext(indicator.label),
        required=required,
        actual=actual,
        unit=gettext(indicator.unit) if indicator.unit not in ("", "%") else indicator.unit,
        met=indicator.met,
        word=gettext(indicator.finding) if indicator.finding else met_word(indicator.met),
        article=article_label(indicator.article),
        note="" if indicator.binding else gettext(N_("Not asked by this rule set")),
    )


def _function(result: FrozenFunction, base: Mapping[str, Any], measures: Measures) -> FunctionCard:
    function = next(function for function in ServiceFunction if function.value == result["function"])
    return FunctionCard(
        label=gettext(function.label),
        article=article_of(function_key(function), measures),
        met=result["met"],
        word=met_word(result["met"]),
        figures=tuple(_figure(line, base) for line in result["figures"]),
    )


def _figure(line: FrozenFigure, base: Mapping[str, Any]) -> IndicatorLine:
    kind = next(figure_ for figure_ in Figure if figure_.value == line["figure"])
    required, actual, met = line["required"], line["actual"], line["met"]
    if kind is Figure.ONLINE:
        yes, no = gettext(N_("In place")), gettext(N_("Not in place"))
        state = gettext(N_("Not filled in")) if base.get("online_system") is None else (yes if actual else no)
        return IndicatorLine(gettext(kind.label), yes if required else "", state, "", met, met_word(met))
    unit = UNITS[kind]
    word = met_word(True) if met else lacking_words(figure(required - actual), unit)
    return IndicatorLine(
        gettext(kind.label), figure(required) if required else "", figure(actual), gettext(unit), met, word,
        meter=meter_of(actual, required),
    )  # fmt: skip


def _checks(conditions: Mapping[str, str], measures: Measures) -> tuple[CheckLine, ...]:
    states = {state.value: state for state in CheckState}
    lines = []
    for condition in Condition:
        state = states.get(conditions.get(condition.value, ""), CheckState.UNKNOWN)
        article = article_of(condition_key(condition), measures)
        lines.append(CheckLine(gettext(condition.label), article, gettext(state.label), TONES[state]))
    return tuple(lines)
