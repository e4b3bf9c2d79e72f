"""Experts' scores: weights, the extremes dropped, the average to the hundredth."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.scoring import (
    FULL_WEIGHT,
    MOST_POINTS,
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


def test_the_shipped_sheet_weighs_as_the_office_decided() -> None:
    assert [(one.key, one.weight) for one in SHEET.dimensions] == [
        ("operation", 25), ("ability", 30), ("effect", 30), ("novelty", 15),
    ]  # fmt: skip
    assert (SHEET.least_experts, SHEET.drop_from, SHEET.pass_score) == (3, 5, None)
    assert (FULL_WEIGHT, MOST_POINTS) == (100, 100)


@pytest.mark.parametrize(
    ("points", "exact"),
    [
        ((80, 0, 0, 0), F(20)),
        ((0, 80, 0, 0), F(24)),
        ((0, 0, 0, 80), F(12)),
        ((80.5, 70, 60, 50), F("66.625")),
        ((0, 0, 0, 0), F(0)),
    ],
)
def test_a_total_is_exact(points: tuple[float, ...], exact: Fraction) -> None:
    scores = dict(zip((one.key for one in SHEET.dimensions), points, strict=True))
    assert total(scores, SHEET) == exact


@pytest.mark.parametrize(
    ("sheet", "fields"),
    [
        (replace(SHEET, dimensions=(Dimension("a", "一", 50), Dimension("b", "二", 51))), ["dimensions"]),
        (replace(SHEET, dimensions=(Dimension("a", "一", 101), Dimension("b", "二", -1))), ["dimensions"]),
        (replace(SHEET, dimensions=(Dimension("a", "一", 99), Dimension("b", "二", 1))), []),
        (replace(SHEET, dimensions=(Dimension("a", "一", 100),)), []),
        (replace(SHEET, least_experts=1), []),
        (replace(SHEET, drop_from=3), []),
        (replace(SHEET, pass_score=100), []),
        (replace(SHEET, pass_score=-1), ["pass_score"]),
    ],
)
def test_a_sheet_at_its_limits(sheet: ScoreSheet, fields: list[str]) -> None:
    assert [one.field for one in refusals_of_sheet(sheet)] == fields


def test_what_the_weights_make_is_said() -> None:
    (refusal,) = refusals_of_sheet(
        replace(SHEET, dimensions=(Dimension("a", "一", 60), Dimension("b", "二", 49)))
    )
    assert refusal.params == {"sum": 109}


def test_points_that_are_missing_are_asked_for_by_name() -> None:
    (refusal,) = refusals_of_scores({**FULL, "effect": None}, SHEET)
    assert (refusal.field, refusal.params) == ("effect", {"name": "服务绩效"})


@pytest.mark.parametrize(("experts", "refused"), [(0, True), (2, True), (3, False), (4, False), (9, False)])
def test_so_many_experts_it_takes(experts: int, refused: bool) -> None:
    found = refusals_to_conclude(experts, SHEET)
    assert [one.params for one in found] == ([{"least": 3, "count": experts}] if refused else [])


@pytest.mark.parametrize(
    ("score", "reason", "refused"),
    [
        (59.99, "", True),
        (60, "", False),
        (61, "", False),
        (60.01, "", False),
        (None, "", False),
        (0, "特色", False),
    ],
)
def test_the_line_itself_is_reached(score: float | None, reason: str, refused: bool) -> None:
    found = refusals_to_select(score, replace(SHEET, pass_score=60), reason)
    assert [(one.field, one.params) for one in found] == (
        [("reason", {"score": f"{score:g}", "line": 60})] if refused else []
    )


@pytest.mark.parametrize(
    ("totals", "value", "dropped"),
    [
        ([70, 90, 80, 60, 100, 50], 75, (4, 5)),
        ([F("80.005")], 80.01, ()),
        ([F("80.0049")], 80, ()),
        ([F(200, 3)], 66.67, ()),
        ([0], 0, ()),
    ],
)
def test_the_average_to_the_hundredth(totals: list[Fraction], value: float, dropped: tuple[int, ...]) -> None:
    found = average([F(one) for one in totals], SHEET)
    assert found is not None
    assert (found.value, found.counted, found.dropped) == (value, len(totals) - len(dropped), dropped)
