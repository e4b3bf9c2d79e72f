"""Every figure of a rule set has its line: read, changed and put back without loss."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.assessment.indicators import Facts, assess
from rules.choices import ServiceFunction
from rules.rule_sets.measure_lines import (
    ASSESSED,
    CONDITIONS,
    FUNCTION_LINES,
    LINES,
    MeasureLine,
    figures_of,
    with_figures,
)
from rules.rule_sets.measures import CITY_2021, FIGURES, NATION_2016, Figure, Measures

FACTS = Facts(
    date(2025, 12, 31),
    tenants=24,
    people=400,
    functions={ServiceFunction.TRAINING: {Figure.PERSON_TIMES: 310}},
)


@pytest.mark.parametrize("measures", [CITY_2021, NATION_2016])
def test_figures_taken_out_and_put_back_are_the_same_rule_set(measures: Measures) -> None:
    assert with_figures(measures, figures_of(measures)) == measures
    blank = with_figures(measures, {line.key: None for line in FUNCTION_LINES})
    assert blank.functions == {}
    assert with_figures(blank, figures_of(measures)) == measures


def test_every_figure_of_every_function_has_a_line() -> None:
    assert [(line.function, line.figure) for line in FUNCTION_LINES] == [
        (function, figure) for function, figures in FIGURES.items() for figure in figures
    ]
    names = [line.name for line in LINES]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.key)
def test_one_figure_is_changed_alone(line) -> None:
    asked = figures_of(CITY_2021)
    wanted = 1 if line.yes_no else (asked[line.key] or 0) + 1
    changed = figures_of(with_figures(CITY_2021, {line.key: wanted}))
    assert changed == asked | {line.key: wanted}


def test_a_function_without_figures_cannot_be_met() -> None:
    one = with_figures(CITY_2021, {"training.person_times": None})
    assert ServiceFunction.TRAINING not in one.functions
    facts = replace(FACTS, functions={ServiceFunction.TRAINING: {Figure.PERSON_TIMES: 10**6}})
    assert assess(facts, CITY_2021).functions_met == 1
    assert assess(facts, one).functions_met == 0


@pytest.mark.parametrize(
    ("key", "actual"),
    [("tenants", 24), ("people", 400), ("training.person_times", 310), ("low_fee_percent", None)],
)
def test_a_line_knows_what_a_base_has(key: str, actual: float | None) -> None:
    line = next(line for line in ASSESSED if line.key == key)
    assert line.actual(assess(FACTS, CITY_2021)) == actual


@given(st.dictionaries(st.sampled_from([line.key for line in CONDITIONS]), st.integers(0, 7)))
def test_conditions_take_any_figure(asked: dict[str, int]) -> None:
    assert figures_of(with_figures(CITY_2021, dict(asked))) == figures_of(CITY_2021) | asked


# The least and the most that each figure can be; of the functions' figures a yes or no is 1.
BOUNDS = {
    "years_operated": (0, 100), "tenants": (0, 1_000_000), "people": (0, 1_000_000), "staff": (0, 1_000_000),
    "partners": (0, 1_000_000), "low_fee_percent": (0, 100), "functions_required": (0, 8),
    "years_of_validity": (1, 50), "notice_working_days": (1, 60), "change_filing_working_days": (1, 250),
    "case_characters": (1, 100_000), "satisfaction_percent": (0, 100),
}  # fmt: skip
YES_NO = {"information.online"}


def test_each_figure_has_its_bounds() -> None:
    of_functions = {line.key: (1, 1 if line.key in YES_NO else 1_000_000) for line in FUNCTION_LINES}
    assert {line.key: (line.least, line.most) for line in LINES} == BOUNDS | of_functions
    assert {line.key for line in LINES if line.yes_no} == YES_NO


@pytest.mark.parametrize("more", [{"figure": Figure.MEETINGS}, {"function": ServiceFunction.FINANCING}, {}])
def test_only_a_line_of_function_and_figure_is_a_functions(more: dict[str, object]) -> None:
    line = MeasureLine("tenants", "tenants", "Tenants", "companies", **more)  # type: ignore[arg-type]
    assert (line.asked(CITY_2021), line.actual(assess(FACTS, CITY_2021))) == (25, 24)
