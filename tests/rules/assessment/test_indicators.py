"""A base against the rule set: exactly at, just below and well above each threshold of the 2021 Measures."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.assessment.indicators import (
    SATISFACTION,
    VERIFIED,
    Assessment,
    Facts,
    Indicator,
    LedgerFacts,
    assess,
    has_operated,
    is_satisfaction_low,
    share_met,
)
from rules.assessment.registration import Registration
from rules.choices import ServiceFunction
from rules.rule_sets.measures import (
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
        (201, 1000, True),
        (1000, 1000, True),
        (1, 1, True),
        (0, 1, False),
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
        (date(2024, 3, 1), date(2025, 3, 2), True),
        (date(2014, 3, 1), date(2025, 3, 1), True),
        (date(2026, 3, 1), date(2025, 3, 1), False),
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


# --- The figures themselves ------------------------------------------------------------------------


def test_what_nothing_is_known_of_counts_as_none() -> None:
    bare = Facts(AS_OF)
    assert (bare.tenants, bare.people, bare.staff, bare.partners) == (0, 0, 0, 0)
    assert (bare.company_times, bare.low_fee_company_times, bare.satisfied, bare.answered) == (0, 0, 0, 0)
    assert (bare.operating_since, bare.figure(S.TRAINING, Figure.PERSON_TIMES)) == (None, 0)
    assert bare.satisfaction_percent is None
    assert LedgerFacts() == LedgerFacts(0, 0, 0, 0, 0, {})
    found = assess(bare, CITY_2021)
    assert [line.actual for line in found.indicators] == [None, 0, 0, 0, 0, None, 0]
    assert [line.missing for line in found.indicators] == [1, 25, 400, 6, 4, 20, 4]
    assert all(not counted and not met for result in found.functions for _, _, counted, met in result.figures)


def test_each_indicator_stands_in_its_order_with_what_is_asked_and_what_is_there() -> None:
    facts = replace(ENOUGH, company_times=300, low_fee_company_times=100, tenants=31, partners=9)
    found = assess(facts, CITY_2021)
    assert [
        (line.key, line.article, line.unit, line.required, line.actual, line.binding)
        for line in found.indicators
    ] == [
        ("operated_one_year", "5(1)", "years", 1, 1, True),
        ("tenants", "5(2)", "companies", 25, 31, True),
        ("people", "5(2)", "people", 400, 400, True),
        ("staff", "5(3)", "people", 6, 6, True),
        ("partners", "5(3)", "partners", 4, 9, True),
        ("low_fee_share", "5(4)", "%", 20, 100 / 3, True),
        ("functions", "7", "functions", 4, 8, True),
    ]
    assert [(line.key, line.required, line.actual, line.met) for line in found.further] == [
        ("registered", 1, None, False), ("conditions", 9, 0, False), ("satisfaction", 60, None, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("since", "as_of", "years"),
    [
        ("2020-06-15", "2025-06-14", 4),
        ("2020-06-15", "2025-06-15", 5),
        ("2020-06-15", "2025-12-31", 5),
        ("2025-06-15", "2025-06-15", 0),
        ("2025-06-15", "2025-06-14", 0),  # begins tomorrow
        ("2027-01-01", "2025-06-14", 0),
        ("2026-03-01", "2025-06-14", 0),  # less than a year ahead
        ("2026-06-14", "2025-06-14", 0),
        ("2024-06-14", "2025-06-14", 1),
        ("2024-12-31", "2025-06-14", 0),
        ("2024-02-29", "2026-02-27", 1),
        ("2024-02-29", "2026-02-28", 2),
        (None, "2025-06-14", None),
    ],
)
def test_years_in_operation_are_whole_years(since: str | None, as_of: str, years: int | None) -> None:
    facts = Facts(date.fromisoformat(as_of), date.fromisoformat(since) if since else None)
    assert assess(facts, CITY_2021).indicator("operated_one_year").actual == years


@pytest.mark.parametrize(
    ("satisfied", "answered", "percent"),
    [(0, 0, None), (0, 4, 0), (1, 3, 100 / 3), (5, 8, 62.5), (2, 2, 100)],
)
def test_satisfaction_is_a_share_of_the_answers(satisfied: int, answered: int, percent: float | None) -> None:
    facts = Facts(AS_OF, satisfied=satisfied, answered=answered)
    assert facts.satisfaction_percent == percent
    assert assess(facts, CITY_2021).indicator(SATISFACTION).actual == percent


@pytest.mark.parametrize(
    ("change", "gap", "margin"),
    [
        ({}, 0, 0),
        ({"tenants": 20}, 0.2, -0.2),
        ({"tenants": 20, "staff": 3}, 0.7, -0.5),
        ({"operating_since": None}, 1, -1),
        ({"people": 0, "partners": 1}, 1.75, -1),
        ({"low_fee_company_times": 15}, 0.25, -0.25),
    ],
)
def test_how_far_from_meeting_and_how_close_to_failing(
    change: dict[str, Any], gap: float, margin: float
) -> None:
    found = assess(replace(ENOUGH, **change), CITY_2021)
    assert found.gap == pytest.approx(gap)
    assert found.margin == pytest.approx(margin)


def test_the_margin_is_the_smallest_surplus_and_what_asks_nothing_has_none() -> None:
    facts = replace(
        ENOUGH, operating_since=date(2020, 1, 1), tenants=50, people=500, staff=9, partners=9,
        low_fee_company_times=50,
    )  # fmt: skip
    assert assess(facts, CITY_2021).margin == pytest.approx(0.25)
    asking_nothing = replace(CITY_2021, people=0, tenants=1)
    assert assess(facts, asking_nothing).margin == pytest.approx(0.5)
    assert assess(replace(facts, tenants=0), asking_nothing).gap == 1
    empty = Assessment(CITY_2021, facts, (), ())
    assert (empty.gap, empty.margin) == (0, 0)


@pytest.mark.parametrize(
    ("required", "actual", "met", "missing"),
    [
        (25, 22, False, 3),
        (25, 25, True, 0),
        (25, 40, True, 0),
        (1, 1.0, False, 0),
        (1, 2, False, 0),
        (1, None, False, 1),
    ],
)
def test_what_is_missing_is_never_below_nothing(
    required: float, actual: float | None, met: bool, missing: float
) -> None:
    assert Indicator("a", "", "A", "", required, actual, met).missing == missing


def test_a_figure_that_a_set_does_not_ask_for_is_met_by_nothing() -> None:
    some = replace(CITY_2021, functions={S.MARKETING: {Figure.EXHIBITIONS: 2}})
    facts = replace(ENOUGH, functions={S.MARKETING: {Figure.EXHIBITIONS: 3}})
    by_function = {result.function: result for result in assess(facts, some).functions}
    assert by_function[S.MARKETING].figures == (
        (Figure.EXHIBITIONS, 2, 3, True), (Figure.MATCHMAKING, 0, 0, True),
    )  # fmt: skip
    assert by_function[S.MARKETING].met
    assert not by_function[S.TRAINING].met


@pytest.mark.parametrize(
    ("registration", "actual", "met"),
    [
        (Registration(), None, False),
        (Registration("91371525MA0000001X"), 0, False),
        (Registration("91371525MA0000001X", confirmed=True), 1, True),
        (Registration("91370102MA0000001X", confirmed=True), 0, False),
    ],
)
def test_the_place_of_registration_counts_once_it_is_confirmed(
    registration: Registration, actual: float | None, met: bool
) -> None:
    line = assess(replace(ENOUGH, registration=registration), CITY_2021).indicator("registered")
    assert (line.required, line.actual, line.met, line.binding) == (1, actual, met, True)
    assert VERIFIED == ("registered", "conditions")


def test_what_fails_is_told_the_seven_before_the_others() -> None:
    found = assess(replace(ENOUGH, tenants=1, partners=0), CITY_2021)
    assert [line.key for line in found.failing] == ["tenants", "partners", "registered", "conditions"]


def test_without_the_entries_that_name_no_company_only_their_part_is_left_out() -> None:
    strict = replace(CITY_2021, entries_without_company_count=False)
    facts = replace(ENOUGH, nameless=LedgerFacts(functions={S.TRAINING: {Figure.PERSON_TIMES: 7}}))
    counted = facts.counted_under(strict)
    assert counted.functions == {**JUST, S.TRAINING: {Figure.PERSON_TIMES: 293}}
    assert (counted.company_times, counted.low_fee_company_times) == (100, 20)


@pytest.mark.parametrize(("whole", "part"), [(10, 6), (9, 3), (12, 12), (5, 0), (8, 1)])
def test_each_sum_is_less_by_the_entries_that_name_no_company(whole: int, part: int) -> None:
    strict = replace(CITY_2021, entries_without_company_count=False)
    one = {S.TRAINING: {Figure.PERSON_TIMES: whole}}
    facts = Facts(
        AS_OF, company_times=whole, low_fee_company_times=whole, satisfied=whole, answered=whole, functions=one,
        nameless=LedgerFacts(
            company_times=part, low_fee_company_times=part, satisfied=part, answered=part,
            functions={S.TRAINING: {Figure.PERSON_TIMES: part}},
        ),
    )  # fmt: skip
    left = facts.counted_under(strict)
    sums = (left.company_times, left.low_fee_company_times, left.satisfied, left.answered)
    assert sums == (whole - part,) * 4
    assert left.figure(S.TRAINING, Figure.PERSON_TIMES) == whole - part


@pytest.mark.parametrize(
    ("listed", "typed", "differ"),
    [(True, 9, True), (True, 10, False), (True, 11, True), (True, 0, True), (True, None, False), (False, 11, False)],
)  # fmt: skip
def test_list_and_typed_number_of_staff_differ_either_way(
    listed: bool, typed: int | None, differ: bool
) -> None:
    facts = Facts(date(2025, 12, 31), staff=10, staff_listed=listed, staff_typed=typed)
    assert facts.staff_differ is differ
