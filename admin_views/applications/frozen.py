"""What was frozen when an application was handed in: the base's data, the assessment, Art. 6 - in words."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from admin_views.applications.view_models import AssessmentPart
from admin_views.assessment.indicator_lines import meter_of
from admin_views.assessment.labels import (
    actual_words,
    article_label,
    is_blank,
    lacking_words,
    met_word,
    missing_figure,
)
from admin_views.assessment.page import TONES
from admin_views.assessment.view_models import CheckLine, FunctionCard, IndicatorLine
from admin_views.shared.cells import shower
from admin_views.shared.request_context import office_state
from admin_views.shared.view_models import Item, figure
from rules.assessment import Indicator
from rules.checklist import ARTICLES, CheckState, Condition
from rules.choices import ServiceFunction
from rules.measure_lines import UNITS
from rules.measures import Figure
from rules.words import N_
from schema.bases import BASES
from schema.field import Kind

Raw = Mapping[str, Any]


def frozen_items(raw: Raw) -> tuple[Item, ...]:
    """Return the base's data as they were handed in, () before that."""
    base = raw.get("submission", {}).get("base", {})
    state = office_state()
    made = []
    for column in BASES.columns:
        if column.source in base:
            value = shower(column, state, "bases", full=True)(base)
            unit = f" {gettext(column.unit)}" if column.unit and value else ""
            made.append(
                Item(
                    gettext(column.label), f"{value}{unit}" if unit else value, column.kind is Kind.LONG_TEXT
                )
            )
    return tuple(made)


def assessment_part(raw: Raw, round_year: int) -> AssessmentPart:
    """Return the frozen assessment with the way to the live one; before handing in only the way."""
    submission = raw.get("submission", {})
    one = submission.get("assessment")
    live = url_for("base_assessment.base", id=raw["base"], year=one["year"] if one else round_year)
    if not one:
        note = N_("The assessment of %(year)s is frozen when the application is handed in.")
        return AssessmentPart(gettext(note, year=round_year), live, frozen=False)
    base = submission.get("base", {})
    indicators = tuple(_indicator(line, base) for line in one["indicators"])
    failing = [line.label for line in indicators if not line.met]
    note = gettext(
        N_("%(title)s · ledger of %(year)s · counted on %(day)s"),
        title=one["rule_title"], year=one["year"], day=f"{one['as_of']:%Y-%m-%d}",
    )  # fmt: skip
    verdict = met_word(True) if one["meets"] else gettext(N_("Not met: %(names)s"), names="、".join(failing))
    return AssessmentPart(
        note=note,
        live_url=live,
        meets=one["meets"],
        verdict=verdict,
        indicators=indicators,
        functions=tuple(_function(result, base) for result in one["functions"]),
        functions_word=gettext(N_("%(count)s of 8 met"), count=one["functions_met"]),
        checks=_checks(submission.get("conditions", {})),
    )


def _indicator(line: Raw, base: Raw) -> IndicatorLine:
    item = Indicator(
        line["key"],
        line["article"],
        line["label"],
        line["unit"],
        line["required"],
        line["actual"],
        line["met"],
    )
    if item.met:
        word = met_word(True)
    else:
        word = met_word(False) if is_blank(item, base) else lacking_words(missing_figure(item), item.unit)
    return IndicatorLine(
        label=gettext(item.label),
        required=figure(item.required),
        actual=actual_words(item, base),
        unit=gettext(item.unit) if item.unit != "%" else "%",
        met=item.met,
        word=word,
        article=article_label(item.article),
        meter=meter_of(item.actual or 0, item.required),
    )


def _function(result: Raw, base: Raw) -> FunctionCard:
    function = next(one for one in ServiceFunction if one.value == result["function"])
    place = list(ServiceFunction).index(function) + 1
    return FunctionCard(
        label=gettext(function.label),
        article=article_label(f"7({place})"),
        met=result["met"],
        word=met_word(result["met"]),
        figures=tuple(_figure(one, base) for one in result["figures"]),
    )


def _figure(one: Raw, base: Raw) -> IndicatorLine:
    kind = next(figure_ for figure_ in Figure if figure_.value == one["figure"])
    required, actual, met = one["required"], one["actual"], one["met"]
    if kind is Figure.ONLINE:
        yes, no = gettext(N_("In place")), gettext(N_("Not in place"))
        there = gettext(N_("Not filled in")) if base.get("online_system") is None else (yes if actual else no)
        return IndicatorLine(gettext(kind.label), yes if required else "", there, "", met, met_word(met))
    unit = UNITS[kind]
    word = met_word(True) if met else lacking_words(figure(required - actual), unit)
    return IndicatorLine(
        gettext(kind.label), figure(required) if required else "", figure(actual), gettext(unit), met, word,
        meter=meter_of(actual, required),
    )  # fmt: skip


def _checks(conditions: Mapping[str, str]) -> tuple[CheckLine, ...]:
    made = []
    for condition in Condition:
        state = next(
            (one for one in CheckState if one.value == conditions.get(condition.value)), CheckState.UNKNOWN
        )
        made.append(
            CheckLine(
                gettext(condition.label),
                article_label(ARTICLES[condition]),
                gettext(state.label),
                TONES[state],
            )
        )
    return tuple(made)
