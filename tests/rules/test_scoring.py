"""Experts' scores: weights, the extremes dropped, the average to the hundredth."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.scoring import (
    STANDARD_SHEET,
    Dimension,
    ScoreSheet,
    average,
    refusals_of_scores,
    refusals_of_sheet,
    refusals_to_conclude,
    refusals_to_select,
    total,
)

SHEET = STANDARD_SHEET
FULL = dict.fromkeys((one.key for one in SHEET.dimensions), 100.0)
F = Fraction


def test_the_shipped_sheet_is_sound() -> None:
    assert refusals_of_sheet(SHEET) == ()
    assert total(FULL, SHEET) == 100


@pytest.mark.parametrize(
    ("sheet", "fields"),
    [
        (replace(SHEET, dimensions=()), ["dimensions", "dimensions"]),  # none, and no weight
        (replace(SHEET, dimensions=(Dimension("a", "一", 50), Dimension("b", "二", 49))), ["dimensions"]),
        (replace(SHEET, dimensions=(Dimension("a", "一", 100), Dimension("b", "二", 0))), ["dimensions"]),
        (replace(SHEET, dimensions=(Dimension("a", "一", 50), Dimension("b", "一", 50))), ["dimensions"]),
        (replace(SHEET, dimensions=(Dimension("a", " ", 100),)), ["dimensions"]),
        (replace(SHEET, least_experts=0), ["least_experts"]),
        (replace(SHEET, drop_from=2), ["drop_from"]),
        (replace(SHEET, pass_score=101), ["pass_score"]),
        (replace(SHEET, pass_score=0), []),
    ],
)
def test_a_sheet_that_cannot_be_used_says_where(sheet: ScoreSheet, fields: list[str]) -> None:
    assert [one.field for one in refusals_of_sheet(sheet)] == fields


@pytest.mark.parametrize(
    ("points", "refused"), [(0, False), (100, False), (-0.5, True), (100.5, True), (None, True)]
)
def test_points_lie_between_0_and_100(points: float | None, refused: bool) -> None:
    assert bool(refusals_of_scores({**FULL, "effect": points}, SHEET)) == refused


@pytest.mark.parametrize(
    ("totals", "value", "counted", "dropped"),
    [
        ([80], 80, 1, ()),
        ([80, 90, 70, 60], 75, 4, ()),  # four: nobody is dropped
        ([80, 90, 70, 60, 100], 80, 3, (3, 4)),
        ([80, 80, 80, 80, 80], 80, 3, (0, 4)),  # one highest and one lowest, however many are alike
        ([F(1, 3), F(1, 3), F(1, 3)], 0.33, 3, ()),
        ([F("80.125"), F("80.125"), F("80.125")], 80.13, 3, ()),  # the half rounded up
    ],
)
def test_the_average(totals: list[Fraction], value: float, counted: int, dropped: tuple[int, ...]) -> None:
    found = average([F(one) for one in totals], SHEET)
    assert found is not None
    assert (found.value, found.counted, found.dropped) == (value, counted, dropped)


def test_without_experts_there_is_no_average() -> None:
    assert average([], SHEET) is None
    assert refusals_to_conclude(2, SHEET)
    assert not refusals_to_conclude(3, SHEET)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=12), st.integers(0, 11))
def test_a_higher_score_never_lowers_the_average(totals: list[int], place: int) -> None:
    place %= len(totals)
    higher = [min(100, one + 7) if number == place else one for number, one in enumerate(totals)]
    before, after = (average([F(one) for one in some], SHEET) for some in (totals, higher))
    assert before is not None and after is not None
    assert after.value >= before.value
    assert min(totals) <= before.value <= max(totals)


@given(st.lists(st.integers(0, 100), min_size=5, max_size=12), st.randoms())
def test_the_order_of_the_experts_says_nothing(totals: list[int], random: object) -> None:
    shuffled = list(totals)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = (average([F(one) for one in some], SHEET) for some in (totals, shuffled))
    assert first is not None and second is not None
    assert first.value == second.value


def test_below_the_line_only_with_a_reason() -> None:
    sheet = replace(SHEET, pass_score=60)
    assert not refusals_to_select(60, sheet, "")
    assert refusals_to_select(59.99, sheet, " ")
    assert not refusals_to_select(59.99, sheet, "产业特色突出")
    assert not refusals_to_select(10, SHEET, "")  # no line set
