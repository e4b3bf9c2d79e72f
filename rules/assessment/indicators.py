"""Hold a base's figures against a rule set: each indicator with what is asked, what is there, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from rules.assessment.checklist import Checks, CheckState, Condition, count_of
from rules.assessment.registration import Registration
from rules.choices import ServiceFunction
from rules.rule_sets.measures import FIGURES, Figure, Level, Measures
from rules.titles import years_later
from rules.words import N_

FunctionFigures = Mapping[ServiceFunction, Mapping[Figure, int]]


@dataclass(frozen=True)
class LedgerFacts:
    """What some of a base's counted entries add up to; `satisfied` and `answered` are entries (Art. 15)."""

    entries: int = 0
    company_times: int = 0
    low_fee_company_times: int = 0
    satisfied: int = 0
    answered: int = 0
    functions: FunctionFigures = field(default_factory=dict)


# Up to how many times what is asked an indicator is near its limit.
NEAR = 1.1
# The indicators that the county verifies, of those beside the seven.
VERIFIED = ("registered", "conditions")


@dataclass(frozen=True)
class Facts:
    """What the records say of one base on the day `as_of`, counted as the office decided.

    Tenants and people of small and micro companies housed on that day; partners whose cooperation covers it;
    company-times of the year's submitted and verified entries up to it; the online system as the base's record has
    it. `staff` are the full-time people on the base's list where it has one (`staff_listed`), else the typed number
    (`staff_typed`; None: blank). Of `answered` entries so many were `satisfied` (Art. 15, 18(4)). `nameless` is the
    share of all this of the entries that name no company, which a rule set may leave out. `conditions` are the
    checks of Art. 6 for the year.
    """

    as_of: date
    operating_since: date | None = None
    tenants: int = 0
    people: int = 0
    staff: int = 0
    staff_listed: bool = False
    staff_typed: int | None = None
    partners: int = 0
    company_times: int = 0
    low_fee_company_times: int = 0
    functions: FunctionFigures = field(default_factory=dict)
    satisfied: int = 0
    answered: int = 0
    nameless: LedgerFacts = field(default_factory=LedgerFacts)
    registration: Registration = field(default_factory=Registration)
    conditions: Checks = field(default_factory=dict)

    @property
    def staff_differ(self) -> bool:
        """Whether the list of staff gives another number than the one that was typed."""
        return self.staff_listed and self.staff_typed is not None and self.staff_typed != self.staff

    @property
    def satisfaction_percent(self) -> float | None:
        """How many of 100 answered entries were satisfied; None where nobody answered."""
        return self.satisfied * 100 / self.answered if self.answered else None

    def counted_under(self, measures: Measures) -> "Facts":
        """Return the facts as a rule set counts them: with the entries that name no company, or without."""
        if measures.entries_without_company_count:
            return self
        without = self.nameless
        return replace(
            self,
            company_times=self.company_times - without.company_times,
            low_fee_company_times=self.low_fee_company_times - without.low_fee_company_times,
            satisfied=self.satisfied - without.satisfied,
            answered=self.answered - without.answered,
            functions={
                function: {
                    figure: amount - without.functions.get(function, {}).get(figure, 0)
                    for figure, amount in figures.items()
                }
                for function, figures in self.functions.items()
            },
        )

    def figure(self, function: ServiceFunction, figure: Figure) -> int:
        """Return one figure of one function; what no entry shows is 0."""
        return self.functions.get(function, {}).get(figure, 0)


@dataclass(frozen=True)
class Indicator:
    """One indicator: `key`, article ("" when the rule set names none), message id; `required` and `actual` in its unit.

    One that is not `binding` is shown and proposes; it never decides. `finding` is a message id that says what was
    found where figures cannot.
    """

    key: str
    article: str
    label: str
    unit: str
    required: float
    actual: float | None
    met: bool
    binding: bool = True
    finding: str = ""

    @property
    def is_near(self) -> bool:
        """Whether it is met, with less than a tenth to spare."""
        return self.met and bool(self.required) and (self.actual or 0) < self.required * NEAR

    @property
    def missing(self) -> float:
        """How much is missing; 0 when met."""
        return 0 if self.met else max(0, self.required - (self.actual or 0))


@dataclass(frozen=True)
class FunctionResult:
    """One service function of Art. 7: met when each of its figures is."""

    function: ServiceFunction
    figures: tuple[tuple[Figure, int, int, bool], ...]  # figure, required, actual, met
    met: bool


@dataclass(frozen=True)
class Assessment:
    """A base against a rule set: seven indicators and eight functions. `meets` when every indicator is met.

    `facts` are as the rule set counts them. `further` are those beside the seven: what a base `fails` of them stops
    it as well, where they are binding.
    """

    measures: Measures
    facts: Facts
    indicators: tuple[Indicator, ...]
    functions: tuple[FunctionResult, ...]
    further: tuple[Indicator, ...] = ()

    @property
    def failing(self) -> tuple[Indicator, ...]:
        """The binding indicators that are not met, the seven first."""
        return tuple(line for line in (*self.indicators, *self.further) if line.binding and not line.met)

    @property
    def meets(self) -> bool:
        """Whether every indicator is met."""
        return all(indicator.met for indicator in self.indicators)

    @property
    def functions_met(self) -> int:
        """How many functions meet their own figures."""
        return sum(result.met for result in self.functions)

    def indicator(self, key: str) -> Indicator:
        """Return one indicator by its key, of the seven or further; KeyError if there is none."""
        for indicator in (*self.indicators, *self.further):
            if indicator.key == key:
                return indicator
        raise KeyError(key)

    @property
    def gap(self) -> float:
        """How far the base is from meeting all, as the sum of missing shares; 0 when it meets all."""
        return sum(
            indicator.missing / indicator.required for indicator in self.indicators if indicator.required
        )

    @property
    def margin(self) -> float:
        """How close the base is to failing: the smallest surplus as a share of what is asked."""
        ratios = [
            ((indicator.actual or 0) - indicator.required) / indicator.required
            for indicator in self.indicators
            if indicator.required
        ]
        return min(ratios, default=0.0)


def has_operated(since: date | None, years: int, as_of: date) -> bool:
    """Tell whether the `years`-th anniversary of `since` is on or before `as_of` (29 February: 28 February)."""
    return since is not None and years_later(since, years) <= as_of


def share_met(part: int, whole: int, percent: int) -> bool:
    """Tell whether `part` is at least `percent` of `whole`, exactly; a share of nothing is not met."""
    return whole > 0 and part * 100 >= percent * whole


SATISFACTION = "satisfaction"  # the key of the indicator and of its provision


def is_satisfaction_low(satisfied: int, answered: int, percent: int) -> bool:
    """Tell whether answers are marked: less than `percent` of those given are satisfied (Art. 18(4)); exactly.

    Where nobody answered nothing is marked.
    """
    return satisfied * 100 < percent * answered


def assess(facts: Facts, measures: Measures) -> Assessment:
    """Return the assessment of one base (Art. 5, 7)."""
    facts = facts.counted_under(measures)
    functions = tuple(_function(function, facts, measures) for function in ServiceFunction)
    met = sum(result.met for result in functions)
    percent = facts.low_fee_company_times * 100 / facts.company_times if facts.company_times else None
    years = _years_operated(facts)
    m = measures
    operated = has_operated(facts.operating_since, m.years_operated, facts.as_of)
    low_fee = share_met(facts.low_fee_company_times, facts.company_times, m.low_fee_percent)
    indicators = (
        _indicator(
            m, "operated_one_year", N_("Years in operation"), N_("years"), m.years_operated, years, operated
        ),
        _count(m, "tenants", N_("Small and micro tenants"), N_("companies"), m.tenants, facts.tenants),
        _count(m, "people", N_("People employed"), N_("people"), m.people, facts.people),
        _count(m, "staff", N_("Full-time service staff"), N_("people"), m.staff, facts.staff),
        _count(m, "partners", N_("Service partners"), N_("partners"), m.partners, facts.partners),
        _indicator(
            m, "low_fee_share", N_("Free or low-fee service"), "%", m.low_fee_percent, percent, low_fee
        ),
        _count(m, "functions", N_("Service functions met"), N_("functions"), m.functions_required, met),
    )
    return Assessment(
        measures, facts, indicators, functions, (*_further(facts, measures), _satisfaction(facts, measures))
    )


def _further(facts: Facts, measures: Measures) -> tuple[Indicator, ...]:
    """Return the indicators beside the seven: registered in the city (Art. 5(1)), the conditions of Art. 6."""
    registration = facts.registration
    in_city = None if registration.in_city is None else float(registration.met)
    fulfilled = count_of(facts.conditions, CheckState.MET)
    unverified, all_of = count_of(facts.conditions, CheckState.UNKNOWN), len(Condition)
    if fulfilled == all_of:
        finding = N_("All fulfilled")
    else:
        finding = N_("Not all verified") if unverified else N_("Not all fulfilled")
    return (
        Indicator(
            "registered", measures.articles.get("registered", ""), N_("Registered in the city"), "", 1, in_city,
            registration.met, measures.registered_in_city, registration.finding,
        ),
        Indicator(
            "conditions", measures.articles.get("conditions", ""), N_("Operating conditions"), N_("conditions"),
            all_of, fulfilled, fulfilled == all_of, measures.level is Level.CITY, finding,
        ),
    )  # fmt: skip


def _indicator(
    measures: Measures, key: str, label: str, unit: str, required: float, actual: float | None, met: bool
) -> Indicator:
    return Indicator(key, measures.articles.get(key, ""), label, unit, required, actual, met)


def _satisfaction(facts: Facts, measures: Measures) -> Indicator:
    """Return the satisfaction of the year, which proposes and never decides; without an answer nothing is marked."""
    percent = measures.satisfaction_percent
    enough = not is_satisfaction_low(facts.satisfied, facts.answered, percent)
    return Indicator(
        SATISFACTION, measures.articles.get(SATISFACTION, ""), N_("Satisfaction"), "%", percent,
        facts.satisfaction_percent, enough, binding=False,
    )  # fmt: skip


def _count(measures: Measures, key: str, label: str, unit: str, required: int, actual: int) -> Indicator:
    return _indicator(measures, key, label, unit, required, actual, actual >= required)


def _years_operated(facts: Facts) -> float | None:
    """Return the whole years since the start; None when it is not known."""
    since = facts.operating_since
    if since is None:
        return None
    years = facts.as_of.year - since.year
    return max(0, years if years_later(since, years) <= facts.as_of else years - 1)


def _function(function: ServiceFunction, facts: Facts, measures: Measures) -> FunctionResult:
    asked, held = measures.functions.get(function, {}), facts.functions.get(function, {})
    pairs = ((figure, asked.get(figure, 0), held.get(figure, 0)) for figure in FIGURES[function])
    figures = tuple((figure, required, actual, actual >= required) for figure, required, actual in pairs)
    # A function that a rule set does not name cannot be met under it.
    return FunctionResult(function, figures, bool(asked) and all(met for *_, met in figures))
