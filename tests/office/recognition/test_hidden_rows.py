"""Hidden rows of a sheet are found however a program writes them, in time that grows as the file does."""

import time
from collections.abc import Iterable

import pytest

from office.recognition.hidden_rows import HiddenRows, look_through_block, of_open_document

WAYS = [
    (b'<row r="3" hidden="1">', {3}),
    (b'<row hidden="true" spans="1:9" r="12"/>', {12}),
    (b'<x:row r="4" customHeight="1" hidden="1">', {4}),
    (b'<row r="3" hidden="0"><row r="4" hidden="1">', {4}),
    (b'<row r="3">hidden="1"', set()),
    (b'<rowBreaks hidden="1" r="3">', set()),
    (b'<row r="600000" hidden="1">', set()),  # beyond what is read
]


@pytest.mark.parametrize(("block", "rows"), WAYS)
def test_hidden_rows_are_seen_in_every_way_of_writing_them(block: bytes, rows: set[int]) -> None:
    hidden = HiddenRows()
    look_through_block(block, hidden, 500_000)
    assert (hidden.rows, hidden.filtered) == (rows, False)


def test_a_filter_with_a_condition_hides_one_without_does_not() -> None:
    for block, filtered in (
        (b'<autoFilter ref="A1:C9"/>', False),
        (b'<autoFilter ref="A1:C9"><filterColumn colId="0"><filters/></filterColumn></autoFilter>', True),
    ):
        hidden = HiddenRows()
        look_through_block(block, hidden, 500_000)
        assert hidden.filtered is filtered


def test_stretches_of_hidden_rows_are_told_by_their_ends() -> None:
    assert HiddenRows({9, 2, 3, 4, 11}).spans() == [[2, 4], [9, 9], [11, 11]]


DOCUMENT = (
    b'<table:table table:name="a&amp;b"><table:table-row/><table:table-row table:number-rows-repeated="3" '
    b'table:visibility="collapse"><x/></table:table-row><table:table-row-group/><table:table-row '
    b'table:visibility="filter"/></table:table><table:table table:name="c"><table:table-row/></table:table>'
)


@pytest.mark.parametrize("size", [7, 64, 1 << 20])
def test_an_open_document_tells_its_hidden_rows_by_sheet_wherever_it_is_cut(size: int) -> None:
    blocks = [DOCUMENT[at : at + size] for at in range(0, len(DOCUMENT), size)]
    found = of_open_document(blocks, 500_000)
    assert (found[b"a&amp;b"].rows, found[b"a&amp;b"].filtered) == ({2, 3, 4, 5}, True)
    assert found[b"c"].rows == set()


def seconds(blocks: Iterable[bytes]) -> float:
    begin = time.process_time()
    of_open_document(blocks, 500_000)
    return time.process_time() - begin


@pytest.mark.parametrize(
    "unit", [b"<table:table-row", b"<table:table ", b' table:visibility="collapse"', b"a", b"<",
             b'<table:table-row table:number-rows-repeated="9999999" table:visibility="collapse"/>'],
)  # fmt: skip
def test_a_document_made_to_stop_it_costs_no_more_than_a_few_ordinary_ones(unit: bytes) -> None:
    ordinary = b'<table:table-row table:style-name="r1"><table:table-cell/></table:table-row>'
    blocks = [[part * ((1 << 20) // len(part))] * 3 for part in (unit, ordinary)]
    assert seconds(blocks[0]) < 25 * seconds(blocks[1])
