"""The form of an application, filled in from what the office knows (Art. 10, 16): what is known is not asked again."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from documents.applications.application import FrozenAssessment, StoredApplication
from documents.records.base import Base
from office.application_forms.form_text import FormFacts
from rules.access import Actor
from rules.applications import ApplicationKind
from rules.assessment.indicators import Assessment, assess
from rules.assessment.shares import floored
from rules.errors import Missing
from rules.rule_sets.measure_lines import CONDITIONS, FUNCTION_LINES, INDICATORS
from rules.rule_sets.measures import Figure
from schema.application_form import FIGURE, FormField, FormMark, Source, form_kind
from services.applications.innovations import innovations_text, shown_innovations
from services.applications.rounds import ApplicationRound, measures_of, read_round
from services.applications.steps import FILLED_IN, kind_of, stage_of
from services.assessment.assess import facts_of

_BY_FIGURE = {
    **{line.key: FIGURE + line.name for line in CONDITIONS},
    **{line.key: FIGURE + line.name for line in FUNCTION_LINES if line.figure is not Figure.ONLINE},
}


def form_of(
    raw: StoredApplication, *, actor: Actor, now: datetime, today: date, assessment: Assessment | None = None
) -> FormFacts:
    """Return the form of an application in the actor's scope, filled in. Raises Missing.

    `assessment` is the base's as of today, where the caller has it already.
    """
    base, of_round = Base.read(raw["base"], actor), read_round(raw["round"])
    submission = raw.get("submission")
    if stage_of(raw) in FILLED_IN or not submission:
        known = figures_of_assessment(assessment) if assessment else None
        figures = known or counted_figures(base, of_round, actor, today)
    else:
        base = {**base, **submission["base"]}
        figures = frozen_figures(submission["assessment"])
    kind = kind_of(raw)
    mark = FormMark(str(raw["_id"]), raw["version"], base["version"], now.replace(microsecond=0))
    own = {"characteristics": characteristics_of(raw)}
    opinion = raw.get("review", {}).get("opinion")
    values = {**form_values(base, of_round, kind, figures), **own, "county_opinion": opinion}
    return FormFacts(form_kind(kind), mark, values, today)


def characteristics_of(raw: StoredApplication) -> str | None:
    """Return what the form says under characteristics: the named innovations where there are any, else the text."""
    return innovations_text(shown_innovations(raw)) or raw.get("characteristics")


def form_values(
    base: Mapping[str, Any], of_round: ApplicationRound, kind: ApplicationKind, figures: Mapping[str, Any]
) -> dict[str, Any]:
    """Return every value of the form that is known of a stored base in a round, by the key of its field."""
    return {
        **{key: value for key, value in base.items() if not key.startswith("_")},
        **figures,
        "round": of_round.name,
        "kind": kind.value,
        "assessed_year": of_round.assessed_year,
    }


def counted_figures(
    base: Mapping[str, Any], of_round: ApplicationRound, actor: Actor, today: date
) -> dict[str, Any]:
    """Return the figures that the records show for the round's year, by the key of the form's field."""
    assessed = facts_of(of_round.assessed_year, today=today, actor=actor, bases=[base["_id"]])
    if not assessed:
        raise Missing()
    return figures_of_assessment(assess(assessed[0].facts, measures_of(of_round, today)))


def figures_of_assessment(assessment: Assessment) -> dict[str, Any]:
    """Return the figures of an assessment by the key of the form's field; the share in percent, cut to one decimal."""
    actual = {line.key: line.actual(assessment) for line in (*CONDITIONS, *FUNCTION_LINES)}
    return {FIGURE + "company_times": assessment.facts.company_times, **_by_field(actual)}


def frozen_figures(assessment: FrozenAssessment) -> dict[str, Any]:
    """Return the figures as they were frozen when the application was handed in."""
    by_indicator = {line["key"]: line["actual"] for line in assessment["indicators"]}
    actual: dict[str, float | None] = {line: by_indicator.get(key) for line, key in INDICATORS.items()}
    for result in assessment["functions"]:
        for figure in result["figures"]:
            actual[f"{result['function']}.{figure['figure']}"] = figure["actual"]
    return _by_field(actual)


def _by_field(actual: Mapping[str, float | None]) -> dict[str, Any]:
    return {_BY_FIGURE[key]: _plain(value) for key, value in actual.items() if key in _BY_FIGURE}


def _plain(value: float | None) -> float | None:
    if value is None:
        return None
    return int(value) if float(value).is_integer() else floored(value)


def asked_fields(facts: FormFacts) -> list[FormField]:
    """Return what an applicant would have to write: all but the boxes for the offices' opinions."""
    return [field for field in facts.fields if field.source is not Source.OPINION]


def is_filled(facts: FormFacts, field: FormField) -> bool:
    """Tell whether a field is filled in: a figure of nought is known, a blank is not."""
    return facts.values.get(field.key) not in (None, "", [])


def share_filled(facts: FormFacts) -> float:
    """Return the share, from 0 to 1, of the fields asked that are filled in."""
    asked = asked_fields(facts)
    return sum(is_filled(facts, field) for field in asked) / len(asked)
