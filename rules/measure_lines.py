"""Every figure of a rule set as one line, with its article: what a form asks, a page shows and a trail records."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from rules.assessment import Assessment
from rules.choices import ServiceFunction
from rules.measures import FIGURES, Figure, Measures
from rules.words import N_

# The paragraph of Art. 7 on each function.
FUNCTION_ARTICLES: Mapping[ServiceFunction, str] = {
    function: f"7({number})" for number, function in enumerate(ServiceFunction, 1)
}
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
    """One figure: `key` as stored, `label` and `unit` message ids, from `least` to `most`.

    Of a service function's figure `function` and `figure` are set; it may be left out of a rule set.
    """

    key: str
    article: str
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
    MeasureLine("years_operated", "5(1)", N_("Years in operation"), N_("years"), most=100, zh="运营年限"),
    MeasureLine("tenants", "5(2)", N_("Small and micro tenants"), N_("companies"), zh="入驻小微企业"),
    MeasureLine("people", "5(2)", N_("People employed"), N_("people"), zh="从业人员"),
    MeasureLine("staff", "5(3)", N_("Full-time service staff"), N_("people"), zh="专职服务人员"),
    MeasureLine("partners", "5(3)", N_("Service partners"), N_("partners"), zh="外部服务机构"),
    MeasureLine(
        "low_fee_percent", "5(4)", N_("Free or low-fee service"), "%", most=100, zh="公益低收费服务占比"
    ),
    MeasureLine(
        "functions_required",
        "7",
        N_("Service functions met"),
        N_("functions"),
        most=len(ServiceFunction),
        zh="达标服务功能",
    ),
)
FUNCTION_LINES = tuple(
    MeasureLine(
        f"{function.value}.{figure.value}", FUNCTION_ARTICLES[function], figure.label, UNITS[figure],
        least=1, most=1 if figure is Figure.ONLINE else _MOST, function=function, figure=figure,
    )
    for function, figures in FIGURES.items()
    for figure in figures
)  # fmt: skip
PERIODS = (
    MeasureLine("years_of_validity", "16", N_("Years of validity"), N_("years"), least=1, most=50),
    MeasureLine("notice_working_days", "12", N_("Public notice"), N_("working days"), least=1, most=60),
    MeasureLine(
        "change_filing_working_days", "15", N_("Change filing"), N_("working days"), least=1, most=250
    ),
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
