"""A figure that its cell shows as 50% is read as 50%, whatever program wrote the workbook."""

import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from office.excel.cells import parse
from office.excel.workbook_check import _place
from office.excel.workbook_reader import read_workbook
from office.recognition.binary_workbook import look_through
from office.recognition.percent_cells import (
    PercentCells,
    TooMany,
    look_through_block,
    of_open_document,
    styled_cells,
    times_shown,
)
from rules.errors import Refused
from schema.field import Field, Kind
from schema.tenant_companies import TENANT_COMPANIES
from tests.office.recognition.percent_workbooks import percent_workbook

FORMATS = [
    ("0%", 100), ("0.00%", 100), ("#,##0.0%;[Red]-0.0%", 100), ('0"号"%', 100), ("General", 0),
    ('0"%"', 1), (r"0\%", 1), ('0.0" 个%"', 1), ("0_%", 0), ("*%0", 0), ("[>1]0", 0), ('0"号"', 0), ("", 0),
]  # fmt: skip


@pytest.mark.parametrize(("number_format", "expected"), FORMATS)
def test_a_format_shows_a_hundred_times_the_value_or_the_value_itself_where_the_sign_is_a_text(
    number_format: str, expected: int
) -> None:
    assert times_shown(number_format) == expected


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_percentages_and_hidden_rows_are_told_of_every_kind_of_workbook(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"名录.{kind}"
    path.write_bytes(percent_workbook(kind))
    with read_workbook(path, TENANT_COMPANIES) as read:
        rows = [(row.cells["people"], row.cells["revenue"]) for row in read.rows]
        seen = read.recognition
    assert rows == [("50%", 12), (3, "12.5%"), (4, 5)]
    assert seen.columns[-1].samples == ("87.5%", "100%", "30%")
    assert (seen.hidden_rows, seen.tells_hidden) == (1, True)


COLUMNS = [
    (Field("a", "", "金额（万元）", Kind.DECIMAL, unit="万元"), "50%", "in 万元"),
    (Field("a", "", "数量", Kind.INTEGER), "50%", "the number itself"),
    (Field("a", "", "占比（%）", Kind.DECIMAL, unit="%"), "50%", 50.0),
    (Field("a", "", "占比（%）", Kind.INTEGER, unit="%"), "12.5%", "whole number"),
    (Field("a", "", "说明", Kind.TEXT), "50%", "50%"),
]


@pytest.mark.parametrize(("column", "shown", "expected"), COLUMNS)
def test_a_percentage_is_taken_by_a_column_of_percentages_and_refused_by_others(
    column: Field, shown: str, expected: object
) -> None:
    if isinstance(expected, str) and column.kind is not Kind.TEXT:
        with pytest.raises(Refused) as caught:
            parse(column, shown)
        assert expected in str(caught.value.refusals[0])
    else:
        assert parse(column, shown) == expected


def test_texts_and_other_cells_stay_as_they_are() -> None:
    cells = PercentCells()
    cells.add(0, 0, 1)
    cells.add(3, 0)
    cells.add(1, 2)
    cells.add(2, 1, times=1)
    cells.add(3, 1)
    rows = [[0.3, 7], ["a", 7, True], [0.3, 50], [1e-9, 0.5]]
    assert list(cells.shown(rows)) == [["30%", 7], ["a", 7, True], [0.3, "50%"], ["0.0000001%", "50%"]]


def test_percentages_scattered_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("office.recognition.percent_cells._MOST_SPANS", 3)
    cells = PercentCells()
    for row in (0, 2, 4):
        cells.add(row, 0)
    with pytest.raises(TooMany):
        cells.add(6, 0)


def test_an_old_workbook_cut_anywhere_is_not_understood_but_does_no_harm() -> None:
    data = percent_workbook("xls")
    assert look_through(data) is not None
    for size in range(0, len(data), 97):
        look_through(data[:size])


def seconds(blocks: Iterable[bytes]) -> float:
    begin = time.process_time()
    of_open_document(blocks, 500_000, 208)
    return time.process_time() - begin


@pytest.mark.parametrize("unit", [
    b"<table:table-cell", b' office:value-type="percentage"', b"<", b"<table:table ",
    b'<table:table-cell table:number-columns-repeated="99999" office:value-type="float"/>',
])  # fmt: skip
def test_a_document_made_to_stop_it_costs_no_more_than_a_few_ordinary_ones(unit: bytes) -> None:
    ordinary = b'<table:table-row table:style-name="r1"><table:table-cell/></table:table-row>'
    blocks = [[part * ((1 << 20) // len(part))] for part in (unit, ordinary)]
    assert seconds(blocks[0]) < 25 * seconds(blocks[1])


def test_cells_of_a_style_are_found_by_their_own_attributes_alone() -> None:
    styles = {3: 100, 12: 1}
    pattern = styled_cells(styles)
    assert pattern is not None
    found = PercentCells()
    block = b'<c r="A1" s="3"><v>1</v></c><x:c r="B2" t="n" s="12"/><c r="C3" s="1"/><c r="D4" s="33"/><c r="E5"/>'
    look_through_block(block, pattern, styles, found, _place)
    assert found.columns == {0: [[0, 0, 100]], 1: [[1, 1, 1]]}
