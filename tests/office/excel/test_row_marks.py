"""The mark of an exported row: made, read, and the same cell digest however a program saved the cell."""

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from office.excel.row_marks import (
    MARK_HEADING,
    Marker,
    MarkHeading,
    RowMark,
    canonical,
    cell_digest,
    is_mark_heading,
    read_heading,
    read_mark,
)
from office.excel.rows import row_maker
from office.excel.workbook_reader import read_workbook
from office.excel.workbook_stream import Extras, write_workbook
from schema.field import Field, Kind
from schema.ledger_entries import LEDGER_ENTRIES
from schema.tenant_companies import TENANT_COMPANIES

TEXT, NOTES = Field("name", "x", "名称"), Field("notes", "x", "备注", Kind.LONG_TEXT, max_length=40_000)
CODE = Field("phone", "x", "电话", Kind.CODE)
PEOPLE, MONEY = (
    Field("people", "x", "人数（人）", Kind.INTEGER),
    Field("revenue", "x", "收入（万元）", Kind.DECIMAL),
)
DAY, MOMENT = Field("day", "x", "日期", Kind.DATE), Field("at", "x", "时间", Kind.MOMENT)

KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
HEADINGS = st.builds(MarkHeading, KEYS, st.lists(KEYS, min_size=1, max_size=9, unique=True).map(tuple))
IDS = st.binary(min_size=12, max_size=12).map(bytes.hex)
VERSIONS = st.integers(1, 999_999_999)


@given(heading=HEADINGS)
def test_a_heading_is_read_as_it_was_written(heading: MarkHeading) -> None:
    assert read_heading(str(heading)) == heading
    assert is_mark_heading(f" {heading}\n")


@given(heading=HEADINGS, record=IDS, version=VERSIONS, data=st.data())
def test_a_mark_is_read_as_it_was_written(
    heading: MarkHeading, record: str, version: int, data: st.DataObject
) -> None:
    signs = st.from_regex(r"[A-Za-z0-9_-]{4}", fullmatch=True)
    digests = data.draw(st.tuples(*(signs for _ in heading.keys)))
    mark = RowMark(record, version, digests)
    assert read_mark(str(mark), heading) == mark
    assert read_mark(f"  {mark}\n", heading) == mark


@settings(max_examples=300)
@given(text=st.text(max_size=80) | st.none() | st.floats() | st.booleans() | st.dates())
def test_whatever_else_stands_there_is_no_mark_and_no_heading(text: Any) -> None:
    assert read_mark(text, MarkHeading("bases", ("name",))) is None
    assert read_heading(text) is None


ID, HEADING = "0123456789abcdef01234567", MarkHeading("bases", ("name", "notes"))


@pytest.mark.parametrize(
    "text",
    [
        "", f"{ID}.3.AAAABBB", f"{ID}.3.AAAABBBBC", f"{ID}.3.", f"{ID}.x.AAAABBBB", f"{ID}.-1.AAAABBBB",
        f"{ID[1:]}.3.AAAABBBB", f"{ID.upper()}.3.AAAABBBB", f"{ID}.3.AAAA+BBB", f"{ID}.9999999999.AAAABBBB", ID,
        f"{ID}.3.AAAABBBB.x", "=1+1", f"{ID}.3.AAAABBBB" + " " * 40_000,
    ],
)  # fmt: skip
def test_a_malformed_mark_is_none(text: str) -> None:
    assert read_mark(text, HEADING) is None
    assert read_mark(f"{ID}.3.AAAABBBB", HEADING) is not None


@pytest.mark.parametrize(
    "text",
    [MARK_HEADING, f"{MARK_HEADING} bases", f"{MARK_HEADING} bases:", f"{MARK_HEADING} :name", "名称",
     f"{MARK_HEADING} bases:name,,notes", f"{MARK_HEADING} bases:name,name", f"{MARK_HEADING} Bases:name",
     f"{MARK_HEADING} bases:na me", f"{MARK_HEADING} bases:" + ",".join(f"k{n}" for n in range(400))],
)  # fmt: skip
def test_a_malformed_heading_is_none(text: str) -> None:
    assert read_heading(text) is None


@pytest.mark.parametrize(
    ("column", "spellings"),
    [
        (PEOPLE, [1200, 1200.0, "1200", "1,200", " 1200 "]),
        (MONEY, [1234.5, "1234.5", "1,234.50", 1234.50000001]),
        (MONEY, [20, 20.0, "20", "20.00"]),
        (MONEY, [0, 0.0, -0.0, "0"]),
        (DAY, [dt.date(2024, 2, 29), dt.datetime(2024, 2, 29), "2024-02-29", "2024/2/29", 45351.0]),
        (MOMENT, [dt.datetime(2024, 2, 29, 9, 30), "2024-02-29 09:30", "2024-02-29T09:30:00"]),
        (CODE, ["18449038930", 18449038930, 18449038930.0, " 18449038930"]),
        (NOTES, ["甲\n乙", "甲\r\n乙", "甲 \n乙 ", "甲_x000D_\n乙".replace("_x000D_", "\r")]),
        (TEXT, ["莘县 创业园", " 莘县  创业园 ", "莘县\u200b 创业园"]),
        (TEXT, [None, "", "  "]),
        (DAY, [None, ""]),
    ],
)  # fmt: skip
def test_a_cell_is_the_same_however_a_program_saved_it(column: Field, spellings: list[Any]) -> None:
    assert len({canonical(column, cell) for cell in spellings}) == 1
    assert len({cell_digest(column, cell) for cell in spellings}) == 1


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [(PEOPLE, 12, 13), (MONEY, 1.2345, 1.2346), (DAY, dt.date(2024, 1, 1), dt.date(2024, 1, 2)), (TEXT, "甲", "乙"),
     (NOTES, "甲乙", "甲\n乙"), (CODE, "018", "18"), (PEOPLE, 0, None), (TEXT, "甲", None), (PEOPLE, "十二", 12)],
)  # fmt: skip
def test_another_value_is_another_digest(column: Field, one: Any, other: Any) -> None:
    assert cell_digest(column, one) != cell_digest(column, other)


CELLS = (
    st.none() | st.text(max_size=20) | st.integers(0, 10**9) | st.floats(0, 1e9).map(lambda x: round(x, 4))
)
CELLS |= st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1))


@given(cells=st.lists(st.tuples(*(CELLS for _ in range(7))), max_size=5), record=IDS, version=VERSIONS)
def test_the_marks_of_an_export_hold_the_digest_of_each_cell(
    cells: list[tuple[Any, ...]], record: str, version: int
) -> None:
    columns = (TEXT, NOTES, CODE, PEOPLE, MONEY, DAY, MOMENT)
    marker, again = Marker("bases", columns), Marker("bases", columns)
    for row in cells:
        mark = read_mark(marker.mark(record, version, iter(row)), marker.heading)
        assert mark is not None
        assert (mark.record, mark.version) == (record, version)
        assert mark.digests == tuple(map(cell_digest, columns, row))
        again.mark(record, version, row)
    assert (marker.count, marker.digest) == (len(cells), again.digest)


@given(cell=st.text(max_size=40))
def test_what_is_canonical_stays_so(cell: str) -> None:
    for column in (TEXT, NOTES):
        assert canonical(column, canonical(column, cell)) == canonical(column, cell)


def test_the_keys_of_every_declared_column_can_stand_in_a_heading() -> None:
    for sheet in (TENANT_COMPANIES, LEDGER_ENTRIES):
        heading = Marker(sheet.name, sheet.exported).heading
        assert read_heading(str(heading)) == heading
        assert heading.keys == tuple(column.key for column in sheet.exported)


def test_marks_go_with_their_rows_whatever_a_clerk_does_and_another_program_saves(tmp_path: Path) -> None:
    """Sorted, filtered, deleted, inserted and copied rows, saved by another library than wrote them."""
    path, marker = tmp_path / "list.xlsx", Marker("tenant_companies", TENANT_COMPANIES.exported)
    make, heading = (
        row_maker(TENANT_COMPANIES.exported, county_names={}, status_labels={}),
        str(marker.heading),
    )
    rows = []
    for number in range(6):
        row = make({"name": f"企业{number}", "people": number, "moved_in": dt.datetime(2024, 1, 1 + number)})
        rows.append({**row, heading: marker.mark(f"{number:024x}", number + 1, list(row.values())[1:])})
    write_workbook(path, TENANT_COMPANIES, rows, extras=Extras(mark_heading=heading))
    book = openpyxl.load_workbook(path)
    page = book.active
    lines = [[cell.value for cell in line] for line in page.iter_rows(min_row=4)]
    page.delete_rows(4, len(lines))
    inserted = [None, "新企业", *[None] * (len(lines[0]) - 2)]
    for line in (
        *reversed(lines[:2]),
        inserted,
        *lines[3:],
        lines[5],
    ):  # the third is deleted, the last copied
        page.append(line)
    page.auto_filter.add_filter_column(1, ["企业4"])
    page.row_dimensions[5].hidden = True
    book.save(path)
    with read_workbook(path, TENANT_COMPANIES) as found:
        assert found.marks == marker.heading
        read = [(row.cells["name"], read_mark(row.mark, marker.heading), row.cells) for row in found.rows]
    assert [(name, mark and int(mark.record, 16)) for name, mark, _ in read] == [
        ("企业1", 1), ("企业0", 0), ("新企业", None), ("企业3", 3), ("企业4", 4), ("企业5", 5), ("企业5", 5),
    ]  # fmt: skip
    for _, mark, cells in read:
        for column, digest in zip(
            TENANT_COMPANIES.exported, mark.digests if mark else (), strict=mark is not None
        ):
            assert column.key not in cells or cell_digest(column, cells[column.key]) == digest
