"""Every figure of a rule set as one line, with its article: what a form asks, a page shows and a trail records."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rules.assessment.indicators import Assessment
from rules.choices import ServiceFunction
from rules.errors import Refusal
from rules.rule_sets.articles import is_reference
from rules.rule_sets.measures import FIGURES, Figure, Measures
from rules.rule_sets.provisions import KEYS, function_key
from rules.words import N_

# What a figure of Art. 7 is counted in.
UNITS: Mapping[Figure, str] = {
    Figure.ONLINE: "",
    Figure.OFFLINE_COMPANY_TIMES: N_("company-times"),
    Figure.COMPANY_TIMES: N_("company-times"),
    Figure.PERSON_TIMES: N_("person-times"),
    Figure.ACTIVITIES: N_("times"),
    Figure.MEETINGS: N_("times"),
    Figure.EXHIBITIONS: N_("times"),
    Figure.MATCHMAKING: N_("times"),
}
_MOST = 1_000_000


@dataclass(frozen=True)
class MeasureLine:
    """One figure: `key` as stored, `provision` whose article asks it, `label`, `unit` message ids, `least` to `most`.

    Of a service function's figure `function` and `figure` are set; it may be left out of a rule set.
    """

    key: str
    provision: str
    label: str
    unit: str
    least: int = 0
    most: int = _MOST
    function: ServiceFunction | None = None
    figure: Figure | None = None
    zh: str = ""  # the office's word, for workbooks

    @property
    def name(self) -> str:
        """The line's name in a form."""
        return self.key.replace(".", "__").replace("-", "_")

    @property
    def yes_no(self) -> bool:
        """Whether the figure is asked for or not, without a number."""
        return self.figure is Figure.ONLINE

    def asked(self, measures: Measures) -> int | None:
        """Return what a rule set asks; None for a function's figure that it does not name."""
        if self.function is None or self.figure is None:
            return int(getattr(measures, self.key))
        return measures.functions.get(self.function, {}).get(self.figure)

    def actual(self, assessment: Assessment) -> float | None:
        """Return what a base has; None when it is not known, and for what no assessment counts."""
        if self.function is not None and self.figure is not None:
            return assessment.facts.figure(self.function, self.figure)
        key = INDICATORS.get(self.key)
        return assessment.indicator(key).actual if key else None


# The indicator of an assessment that a line is the threshold of.
INDICATORS: Mapping[str, str] = {
    "years_operated": "operated_one_year",
    "tenants": "tenants",
    "people": "people",
    "staff": "staff",
    "partners": "partners",
    "low_fee_percent": "low_fee_share",
    "functions_required": "functions",
}
CONDITIONS = (
    MeasureLine(
        "years_operated", "operated_one_year", N_("Years in operation"), N_("years"), most=100, zh="运营年限"
    ),
    MeasureLine("tenants", "tenants", N_("Small and micro tenants"), N_("companies"), zh="入驻小微企业"),
    MeasureLine("people", "people", N_("People employed"), N_("people"), zh="从业人员"),
    MeasureLine("staff", "staff", N_("Full-time service staff"), N_("people"), zh="专职服务人员"),
    MeasureLine("partners", "partners", N_("Service partners"), N_("partners"), zh="外部服务机构"),
    MeasureLine(
        "low_fee_percent",
        "low_fee_share",
        N_("Free or low-fee service"),
        "%",
        most=100,
        zh="公益低收费服务占比",
    ),
    MeasureLine(
        "functions_required",
        "functions",
        N_("Service functions met"),
        N_("functions"),
        most=len(ServiceFunction),
        zh="达标服务功能",
    ),
)
FUNCTION_LINES = tuple(
    MeasureLine(
        f"{function.value}.{figure.value}", function_key(function), figure.label, UNITS[figure],
        least=1, most=1 if figure is Figure.ONLINE else _MOST, function=function, figure=figure,
    )
    for function, figures in FIGURES.items()
    for figure in figures
)  # fmt: skip
PERIODS = (
    MeasureLine("years_of_validity", "validity", N_("Years of validity"), N_("years"), least=1, most=50),
    MeasureLine("notice_working_days", "notice", N_("Public notice"), N_("working days"), least=1, most=60),
    MeasureLine(
        "change_filing_working_days",
        "change_filing",
        N_("Change filing"),
        N_("working days"),
        least=1,
        most=250,
    ),
    MeasureLine(
        "case_characters",
        "cases",
        N_("Typical service cases, at most"),
        N_("characters"),
        least=1,
        most=100_000,
    ),
    MeasureLine("satisfaction_percent", "satisfaction", N_("Satisfaction is marked below"), "%", most=100),
)


@dataclass(frozen=True)
class PolicyLine:
    """A yes or no that the Measures leave to the office: its key in `Measures`, its message id and what it means."""

    key: str
    label: str
    help: str


POLICIES = (
    PolicyLine(
        "registered_in_city",
        N_("The applicant must be registered in the city"),
        N_("Then the place of registration is an indicator of its own, confirmed by the county."),
    ),
    PolicyLine(
        "notice_may_be_shorter",
        N_("A public notice may be shorter than its working days"),
        N_("Off: the period is at least the number of working days above."),
    ),
    PolicyLine(
        "failing_may_be_announced",
        N_("A base that fails an indicator may be announced"),
        N_(
            "Off: the conditions are to be met together. On: only with a reason in writing, which the paper states."
        ),
    ),
    PolicyLine(
        "second_renewal_try",
        N_("Who failed may apply again in the same round"),
        N_("Off: the outcome of the first stands."),
    ),
    PolicyLine(
        "renewal_follows_term",
        N_("A renewed term begins the day after the old one ends"),
        N_("Off: it begins with its announcement and cuts the old one."),
    ),
    PolicyLine(
        "entries_without_company_count",
        N_("Ledger entries that name no company count"),
        N_("Off: they are listed as not counted, with that reason."),
    ),
    PolicyLine(
        "begins_after_end",
        N_("After its last day something may be begun under it, with a reason"),
        N_("Only while no other edition is in force. Off: nothing is begun under an edition that has ended."),
    ),
)


@dataclass(frozen=True)
class TransitionLine:
    """What was begun before an edition, and its key in `Measures`."""

    key: str
    label: str


TRANSITIONS = (
    TransitionLine("applications_begun_before", N_("Applications begun before it are decided by")),
    TransitionLine("terms_begun_before", N_("Titles that began before it run by")),
    TransitionLine("cases_begun_before", N_("Cases opened before it are decided by")),
)
ASSESSED = (*CONDITIONS, *FUNCTION_LINES)
LINES = (*ASSESSED, *PERIODS)


def with_figures(measures: Measures, asked: Mapping[str, int | None]) -> Measures:
    """Return the rule set with other figures, by the lines' keys; None takes a function's figure out."""
    plain: dict[str, Any] = {
        line.key: asked[line.key]
        for line in LINES
        if line.function is None and asked.get(line.key) is not None
    }
    functions = {function: dict(figures) for function, figures in measures.functions.items()}
    for line in FUNCTION_LINES:
        if line.key not in asked or line.function is None or line.figure is None:
            continue
        least = asked[line.key]
        own = functions.setdefault(line.function, {})
        own.pop(line.figure, None)
        if least is not None:
            own[line.figure] = least
    ordered = {
        function: {figure: functions[function][figure] for figure in figures if figure in functions[function]}
        for function, figures in FIGURES.items()
        if functions.get(function)
    }
    return replace(measures, **plain, functions=ordered)


def figures_of(measures: Measures) -> dict[str, int | None]:
    """Return every figure by the key of its line."""
    return {line.key: line.asked(measures) for line in LINES}


OUT_OF_RANGE = N_("%(line)s: between %(least)d and %(most)d.")
NOT_COUNTED = N_("“%(figure)s” is not counted of “%(function)s”.")
BAD_ARTICLE = N_("“%(article)s” cannot be the article of “%(key)s”.")
BAD_SUMMARY_DAY = N_("There is no day %(day)d of month %(month)d in every year.")


def refusals_of_figures(measures: Measures) -> tuple[Refusal, ...]:
    """Return what no form would have let in of a rule set that was not typed into one."""
    reasons = []
    for line in LINES:
        asked = line.asked(measures)
        if asked is not None and not line.least <= asked <= line.most:
            params = {"line": Refusal(line.label), "least": line.least, "most": line.most}
            reasons.append(Refusal(OUT_OF_RANGE, params))
    for function, figures in measures.functions.items():
        for figure in set(figures) - set(FIGURES[function]):
            named = {"function": Refusal(function.label), "figure": Refusal(figure.label)}
            reasons.append(Refusal(NOT_COUNTED, named))
    for key, reference in measures.articles.items():
        if key not in KEYS or not is_reference(reference):
            reasons.append(Refusal(BAD_ARTICLE, {"key": key[:40], "article": reference[:20]}))
    for month, day in (measures.base_summary_by, measures.county_summary_by):
        try:
            date(2023, month, day)  # of every year
        except (ValueError, OverflowError):
            reasons.append(Refusal(BAD_SUMMARY_DAY, {"month": month, "day": day}))
    return tuple(reasons)
