"""A base against the rule set: exactly at, just below and well above each threshold of the 2021 Measures."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.assessment import (
    SATISFACTION,
    Facts,
    LedgerFacts,
    assess,
    has_operated,
    is_satisfaction_low,
    share_met,
)
from rules.choices import ServiceFunction
from rules.measures import (
    CITY_2021,
    FIGURES,
    NATION_2016,
    Figure,
    Level,
    Measures,
    in_force,
    refusals_of_measures,
)

S, F = ServiceFunction, Figure
AS_OF = date(2025, 12, 31)
JUST = {function: dict(figures) for function, figures in CITY_2021.functions.items()}
ENOUGH = Facts(
    as_of=AS_OF, operating_since=date(2024, 12, 31), tenants=25, people=400, staff=6, partners=4,
    company_times=100, low_fee_company_times=20, functions=JUST,
)  # fmt: skip


def test_a_base_exactly_at_every_threshold_meets_the_measures() -> None:
    found = assess(ENOUGH, CITY_2021)
    assert found.meets
    assert found.functions_met == 8


@pytest.mark.parametrize(
    ("fact", "value", "failing"),
    [
        ("tenants", 24, "tenants"),  # Art. 5(2)
        ("people", 399, "people"),
        ("staff", 5, "staff"),  # Art. 5(3)
        ("partners", 3, "partners"),
        ("low_fee_company_times", 19, "low_fee_share"),  # Art. 5(4)
        ("operating_since", date(2025, 1, 1), "operated_one_year"),  # Art. 5(1), a day short
        ("operating_since", None, "operated_one_year"),
        ("company_times", 101, "low_fee_share"),  # 20 of 101
        ("functions", {}, "functions"),  # Art. 7
    ],
)
def test_one_below_a_threshold_fails_that_indicator_alone(fact: str, value: Any, failing: str) -> None:
    found = assess(replace(ENOUGH, **{fact: value}), CITY_2021)
    assert [one.key for one in found.indicators if not one.met] == [failing]
    assert not found.meets


@pytest.mark.parametrize(
    ("function", "figure"),
    [(function, figure) for function, figures in FIGURES.items() for figure in figures],
)
def test_a_function_one_short_in_any_figure_is_not_met(function: ServiceFunction, figure: Figure) -> None:
    least = JUST[function][figure]
    short = {**JUST, function: {**JUST[function], figure: least - 1}}
    found = assess(replace(ENOUGH, functions=short), CITY_2021)
    assert [one.function for one in found.functions if not one.met] == [function]
    assert found.functions_met == 7


@pytest.mark.parametrize(("count", "met"), [(3, False), (4, True), (8, True)])
def test_four_functions_of_eight_are_enough(count: int, met: bool) -> None:
    some = dict(list(JUST.items())[:count])
    assert assess(replace(ENOUGH, functions=some), CITY_2021).indicator("functions").met is met


@pytest.mark.parametrize(
    ("part", "whole", "met"),
    [
        (0, 0, False),  # no service at all
        (1, 5, True),  # exactly 20 %
        (199, 1000, False),
        (200, 1000, True),
    ],
)
def test_the_share_is_exact_and_a_share_of_nothing_is_not_met(part: int, whole: int, met: bool) -> None:
    assert share_met(part, whole, 20) is met


@pytest.mark.parametrize(
    ("since", "as_of", "met"),
    [
        (date(2024, 2, 29), date(2025, 2, 27), False),
        (date(2024, 2, 29), date(2025, 2, 28), True),  # 29 February: 28 February
        (date(2024, 3, 1), date(2025, 2, 28), False),
        (date(2024, 3, 1), date(2025, 3, 1), True),
    ],
)
def test_a_year_of_operation_is_complete_on_its_anniversary(since: date, as_of: date, met: bool) -> None:
    assert has_operated(since, 1, as_of) is met


def test_what_is_missing_is_said_in_the_indicators_unit() -> None:
    found = assess(replace(ENOUGH, tenants=22), CITY_2021)
    assert found.indicator("tenants").missing == 3


COUNTS = st.integers(0, 2000)
FACTS = st.builds(
    Facts, as_of=st.just(AS_OF), operating_since=st.dates(date(2000, 1, 1), AS_OF) | st.none(), tenants=COUNTS,
    people=COUNTS, staff=COUNTS, partners=COUNTS, company_times=COUNTS, low_fee_company_times=st.just(0),
    functions=st.fixed_dictionaries(
        {function: st.fixed_dictionaries(dict.fromkeys(figures, COUNTS)) for function, figures in FIGURES.items()}
    ),
)  # fmt: skip
STRICTER = (
    "years_operated", "tenants", "people", "staff", "partners", "low_fee_percent", "functions_required",
)  # fmt: skip


@given(facts=FACTS, key=st.sampled_from(STRICTER), more=st.integers(1, 50))
def test_a_stricter_set_never_passes_more(facts: Facts, key: str, more: int) -> None:
    stricter = replace(CITY_2021, **{key: getattr(CITY_2021, key) + more})
    assert assess(facts, CITY_2021).meets or not assess(facts, stricter).meets


@given(facts=FACTS, function=st.sampled_from(list(S)), more=st.integers(1, 100))
def test_more_of_a_counted_figure_never_fails_what_was_met(facts: Facts, function: S, more: int) -> None:
    figures = {figure: count + more for figure, count in facts.functions[function].items()}
    richer = replace(facts, functions={**facts.functions, function: figures})
    before, after = assess(facts, CITY_2021), assess(richer, CITY_2021)
    assert after.functions_met >= before.functions_met


def test_the_measures_are_in_force_on_their_first_and_last_day() -> None:
    assert in_force((CITY_2021,), date(2021, 12, 4)) == (CITY_2021, True)
    assert in_force((CITY_2021,), date(2026, 12, 3)) == (CITY_2021, True)


def test_after_their_last_day_they_go_on_being_used_but_said_to_have_ended() -> None:
    assert in_force((CITY_2021,), date(2026, 12, 4)) == (CITY_2021, False)


def test_a_successor_takes_over_on_its_first_day() -> None:
    successor = replace(CITY_2021, code="city-2026", first_day=date(2026, 12, 4), last_day=None, tenants=30)
    sets = (CITY_2021, successor, NATION_2016)
    assert in_force(sets, date(2026, 12, 3))[0] is CITY_2021
    assert in_force(sets, date(2026, 12, 4))[0] is successor
    assert in_force(sets, date(2026, 12, 4), Level.NATION)[0] is NATION_2016


def test_a_rule_set_survives_being_stored() -> None:
    for one in (CITY_2021, NATION_2016):
        assert Measures.from_stored(one.stored()) == one


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"first_day": date(2026, 12, 3)}, "first_day"),  # a day in force twice
        ({"first_day": date(2027, 1, 2), "last_day": date(2027, 1, 1)}, "last_day"),
        ({"first_day": date(2027, 1, 1), "low_fee_percent": 101}, "low_fee_percent"),
        ({"first_day": date(2027, 1, 1), "functions_required": 9}, "functions_required"),
    ],
)
def test_a_rule_set_that_cannot_be_is_refused(change: dict[str, Any], field: str) -> None:
    new = replace(CITY_2021, **{"code": "city-new", "last_day": None, **change})
    assert [one.field for one in refusals_of_measures(new, (CITY_2021,))] == [field]


@pytest.mark.parametrize(
    ("satisfied", "answered", "percent", "low"),
    [
        (0, 0, 60, False),  # nobody answered: nothing can be said
        (59, 100, 60, True),
        (60, 100, 60, False),  # 60 is not below 60
        (3, 5, 60, False),
        (2, 3, 67, True),
        (2, 3, 66, False),
        (0, 9, 0, False),  # no threshold
        (0, 1, 1, True),
    ],
)
def test_satisfaction_is_marked_below_its_threshold_alone(
    satisfied: int, answered: int, percent: int, low: bool
) -> None:
    assert is_satisfaction_low(satisfied, answered, percent) is low
    facts = replace(ENOUGH, satisfied=satisfied, answered=answered)
    assessment = assess(facts, replace(CITY_2021, satisfaction_percent=percent))
    assert assessment.indicator(SATISFACTION).met is not low
    assert assessment.meets, "it proposes and never decides"
    assert SATISFACTION not in {line.key for line in assessment.failing}


def test_a_rule_set_may_leave_out_the_entries_that_name_no_company() -> None:
    without = LedgerFacts(2, 7, 3, 1, 2, {S.CONSULTING: {Figure.COMPANY_TIMES: 5}})
    facts = replace(
        ENOUGH, company_times=100, low_fee_company_times=50, satisfied=4, answered=6, nameless=without
    )
    strict = replace(CITY_2021, entries_without_company_count=False)
    counted, left = assess(facts, CITY_2021).facts, assess(facts, strict).facts
    assert counted == facts
    assert (left.company_times, left.low_fee_company_times, left.satisfied, left.answered) == (93, 47, 3, 4)
    assert (
        left.figure(S.CONSULTING, Figure.COMPANY_TIMES)
        == facts.figure(S.CONSULTING, Figure.COMPANY_TIMES) - 5
    )
    assert left.figure(S.TRAINING, Figure.PERSON_TIMES) == facts.figure(S.TRAINING, Figure.PERSON_TIMES)
