"""What is drawn where: the geometry of each kind of chart, from a grid of numbers."""

import pytest

from office.charts import charts
from office.charts.grid import Cell, Grid, label_width, level, shortened, text_width


def grid(*numbers: tuple[float, ...], urls: bool = False) -> Grid:
    """Return a grid of these rows of numbers."""
    cells = tuple(tuple(Cell(one, f"/list?n={one:g}" if urls else "") for one in row) for row in numbers)
    columns = tuple(f"{place + 1}月" for place in range(len(numbers[0])))
    return Grid(tuple("甲乙丙丁戊己庚辛壬癸子"[: len(numbers)]), columns, cells)


@pytest.mark.parametrize(
    ("value", "most", "step"),
    [(0, 10, 0), (1, 10, 1), (2, 10, 1), (3, 10, 2), (10, 10, 5), (5, 0, 0), (-1, 10, 0)],
)
def test_the_step_of_a_heat_map_is_the_share_of_the_largest(value: float, most: float, step: int) -> None:
    assert level(value, most) == step


@pytest.mark.parametrize(("text", "width"), [("", 0), ("莘县", 24), ("ab", 13.4), ("莘a", 18.7)])
def test_a_chinese_sign_is_as_wide_as_high(text: str, width: float) -> None:
    assert text_width(text) == width


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [("创业辅导", 48, "创业辅导"), ("创业辅导", 40, "创业…"), ("创业辅导", 0, "…")],
)
def test_a_label_that_is_too_long_is_cut(text: str, width: float, shown: str) -> None:
    assert shortened(text, width) == shown


def test_the_column_of_labels_is_as_wide_as_the_longest_up_to_a_limit() -> None:
    assert (label_width(["莘县", "东昌府"], 150), label_width(["示" * 40], 150), label_width([], 150)) == (
        44,
        158,
        8,
    )


def test_a_heat_map_has_a_box_a_number_each_in_its_place_and_tone() -> None:
    drawn = charts.heat(grid((0, 5), (10, 1), urls=True), total="合计")
    assert [(box.x, box.y, box.tone, box.label, box.url) for box in drawn.boxes] == [
        (20, 20, "h0", "", "/list?n=0"),
        (50, 20, "h3", "5", "/list?n=5"),
        (20, 44, "h5", "10", "/list?n=10"),
        (50, 44, "h1", "1", "/list?n=1"),
    ]
    assert drawn.boxes[2].words == "乙 1月 10"
    assert [word.text for word in drawn.words if word.tone == "sum"] == ["5", "11"]


def test_rows_that_are_sums_have_no_tone_and_decide_on_none() -> None:
    drawn = charts.heat(grid((5,), (500,)), plain=1)
    assert [box.tone for box in drawn.boxes] == ["h5", "total"]


def test_small_numbers_are_pale() -> None:
    assert [box.tone for box in charts.heat(grid((1, 2))).boxes] == ["h1", "h2"]


def test_a_cell_is_as_wide_as_its_largest_number() -> None:
    narrow, wide = (charts.heat(grid((number, 1))).boxes[0].width for number in (9, 123456))
    assert (narrow, wide) == (28, 53)


def test_stacked_columns_stand_on_the_ground_and_do_not_overlap() -> None:
    drawn = charts.columns(grid((30, 0), (10, 20)), ("c1", "c2"), high=100)
    assert [(box.tone, box.y, box.height) for box in drawn.boxes] == [
        ("c1", 43, 75), ("c2", 18, 25), ("c2", 68, 50),
    ]  # fmt: skip
    assert [word.text for word in drawn.words if word.tone == "sum"] == ["40", "20"]


def test_a_column_of_one_series_says_its_number_once() -> None:
    drawn = charts.columns(Grid(("%",), ("甲", "乙"), ((Cell(68.2), Cell(None)),)), ("c1",))
    assert [box.label for box in drawn.boxes] == [""]
    assert [word.text for word in drawn.words if word.tone == "sum"] == ["68.2", "—"]


def test_bars_share_one_scale_and_say_their_sum() -> None:
    drawn = charts.bars(grid((1, 1), (2, 2)), ("c1", "c2"), long=200)
    assert [(box.x, box.width) for box in drawn.boxes] == [(20, 49), (70, 49), (20, 99), (120, 99)]
    assert [word.text for word in drawn.words if word.tone == "sum"] == ["2", "4"]


def test_the_funnel_is_in_the_middle_and_says_the_share_of_the_first() -> None:
    drawn = charts.funnel(grid((10,), (5,), (0,)), long=200)
    assert [(box.x, box.width) for box in drawn.boxes] == [(20, 200), (70, 100)]
    assert [word.text for word in drawn.words if word.tone == "sum"] == ["100%", "50%", "0 · 0%"]


def test_a_funnel_of_nothing_draws_nothing() -> None:
    assert charts.funnel(grid((0,), (0,))).boxes == ()


def test_a_bar_of_what_is_asked_ends_at_twice_as_much() -> None:
    drawn = charts.targets(grid((50,), (100,), (900,)), ("c4", "c3", "c1"), long=200)
    assert [(box.tone, box.width) for box in drawn.boxes] == [("c4", 50), ("c3", 100), ("c1", 200)]
    (mark,) = drawn.over
    assert {x for x, _ in mark.points} == {20 + 100}


def test_a_small_line_goes_from_the_ground_to_its_own_largest() -> None:
    (drawn,) = charts.sparklines(grid((0, 5, 10)), long=100, urls=["/list"])
    assert drawn.lines[1].points == ((20, 21), (70, 12), (120, 3))
    assert [(box.label, box.url) for box in drawn.boxes] == [("15", "/list")]


def test_small_lines_are_divided_into_drawings() -> None:
    parts = charts.sparklines(grid(*[(1, 2)] * 7), across=3)
    assert [len(part.boxes) for part in parts] == [3, 3, 1]


@pytest.mark.parametrize("number", [0, 1])
def test_no_chart_falls_over_what_is_empty_or_single(number: int) -> None:
    for draw in (charts.heat, charts.funnel, charts.sparklines):
        draw(grid((number,)))
    for stacked in (charts.columns, charts.bars, charts.targets):
        stacked(grid((number,)), ("c1",))
    charts.heat(Grid((), (), ()))
    charts.sparklines(Grid((), (), ()))


def test_every_unit_has_a_tile_of_its_own_those_that_the_map_does_not_know_too() -> None:
    codes = [*charts._PLACES, *(f"new-{number}" for number in range(5))]
    places = charts.tile_places(codes)
    assert set(places) == set(codes)
    assert len(set(places.values())) == len(codes)
    drawn = charts.tiles(Grid(tuple(codes), ("已认定",), tuple((Cell(1),) for _ in codes)), codes)
    assert len(drawn.boxes) == len(codes)
    assert max(box.y + box.height for box in drawn.boxes) <= drawn.height
