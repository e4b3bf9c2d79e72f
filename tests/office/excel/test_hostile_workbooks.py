"""Workbooks made to stop a machine: looked through in a time that grows as they do, refused by their sizes at once."""

import io
import struct
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from office.excel.cells import parse
from office.excel.file_problems import SheetProblem
from office.excel.parsing_child import csv_rows
from office.excel.workbook_check import Most, check_workbook
from office.excel.workbook_reader import read_workbook
from rules.errors import Refused, Unreadable
from schema.field import Field
from schema.tenant_companies import TENANT_COMPANIES

MOST = Most(unpacked=640 << 20, strings=192 << 20, rows=500_000, columns=208)
BOOK = (
    b'<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    b'<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
)
ORDINARY = (
    b'<row r="7"><c r="A7" t="s"><v>12</v></c><c r="B7"><f>A7+1</f><v>13</v></c><c r="C7" s="2"/></row>'
)
SIZE = 3 << 20


def packed(sheet: bytes, **others: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in others.items():
            archive.writestr(f"xl/{name}.xml", content)
    return file


def seconds_to_check(unit: bytes) -> float:
    """Return the processor's time for a sheet of SIZE made of `unit` alone, the best of three."""
    file = packed(unit * (SIZE // len(unit)))
    spent = []
    for _ in range(3):
        begin = time.process_time()
        with suppress(SheetProblem):
            check_workbook(file, MOST)
        spent.append(time.process_time() - begin)
    return min(spent)


@pytest.mark.parametrize(
    "unit",
    [
        b'<c r="A1" t="e">', b'<c r="A1" t="e"> ', b'<c r="A1" t="e" t="e" ', b'<c r="A1" ', b'<c r="A1">',
        b' r="AAA1"', b' r="AAA1">', b' t="e"', b'<c r="A1"><f ', b'<c r="A1"><f>', b'<c r="A1"><f/',
        b'<c r="A1" t="e"><f>1', b"<", b'<aaaaaaaaa:c r="A1"', b"<f", b'<c r="A1" t="e"><f a="1"/>',
        b'<c r="A1" t="e"><v>1',
        b'<c r="A1"><f></f><v>', b'<row hidden="1"', b'<row r="1" hidden="1">', b'<row  hidden="1" hidden="1" ',
        b'<x:row hidden="true" r="9999999"/>', b' hidden="1"', b"<filterColumn", b"<a:filterColumn",
    ],
)  # fmt: skip
def test_a_sheet_made_to_stop_the_check_costs_no_more_than_a_few_ordinary_ones(unit: bytes) -> None:
    # On the same machine at the same time: no limit by the clock.
    assert seconds_to_check(unit) < 25 * seconds_to_check(ORDINARY)


@pytest.mark.parametrize(
    "head", [b'<row r="1"><c r="A1"', b'<row r="1"><c r="A1" t="e"', b'<c r="A1"><f', b"<row "]
)
@pytest.mark.parametrize("tail", [b' t="e"', b' hidden="1"', b' r="AAA1"', b" ", b"/", b"a"])
def test_one_tag_without_an_end_costs_no_more(head: bytes, tail: bytes) -> None:
    assert seconds_to_check(head + tail * ((SIZE - 100) // len(tail))) < 25 * seconds_to_check(ORDINARY)


def test_failed_formulas_are_still_seen_in_every_way_of_writing_them() -> None:
    sheet = (
        b'<row r="1"><c r="A1" s="3" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B1" t="e"><v>#N/A</v></c>'
        b'<x:c r="C1" t="e"><x:f t="shared" si="0"/><x:v>#REF!</x:v></x:c><c r="D1"><f>A1</f></c>'
        b'<c r="E1"><f>A1</f><v></v></c><c r="F1" t="str"><f>A1</f><v></v></c><c r="G1"><f a="1"/></c>'
        b'<c r="H1"><f>A1</f><v>1</v></c></row>'
    )
    assert check_workbook(packed(sheet), MOST).marks["xl/worksheets/sheet1.xml"] == {
        (0, 0): "#DIV/0!", (0, 1): "#N/A", (0, 2): "#REF!", (0, 3): "#FORMULA", (0, 4): "#FORMULA", (0, 6): "#FORMULA",
    }  # fmt: skip


def why_not(path: Path) -> str:
    with pytest.raises(Unreadable) as problem:
        read_workbook(path, TENANT_COMPANIES)
    return str(problem.value)


def with_strings(path: Path, megabytes: int, *, said: int | None = None) -> Path:
    """Write a workbook whose shared texts unpack to so many megabytes, whatever it says of them in bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/worksheets/sheet1.xml", ORDINARY)
        with archive.open("xl/sharedStrings.xml", "w") as part:
            for _ in range(megabytes):
                part.write(b"<si><t>a</t></si>" * (1 << 16))
    if said is not None:
        data = bytearray(path.read_bytes())
        at = data.rindex(b"PK\x01\x02")
        data[at + 24 : at + 28] = struct.pack("<I", said)
        path.write_bytes(bytes(data))
    return path


def test_hundreds_of_megabytes_of_shared_texts_are_refused_without_being_unpacked(tmp_path: Path) -> None:
    begin = time.process_time()
    with zipfile.ZipFile(with_strings(tmp_path / "a.xlsx", 60), "a"):
        packing = time.process_time() - begin
    file = tmp_path / "declared.xlsx"
    data = bytearray((tmp_path / "a.xlsx").read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 900 << 20)
    file.write_bytes(bytes(data))
    begin = time.process_time()
    assert "too large" in why_not(file)
    assert time.process_time() - begin < max(packing, 1)


def test_a_part_that_unpacks_to_more_than_it_says_is_refused(tmp_path: Path) -> None:
    assert "too large" in why_not(with_strings(tmp_path / "a.xlsx", 8, said=1000))


def test_what_is_packed_tighter_than_a_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(ORDINARY, sharedStrings=b" " * (40 << 20)).getvalue())
    assert "too large" in why_not(path)


LONG = 20_000


@pytest.mark.parametrize("text", [
    "1" * LONG, "1," * LONG, "年" * LONG, " \n" * LONG, "中 \n" * LONG, "中" + "\n" * LONG, "a/" * LONG, "—" * LONG,
    "（" * LONG, "某园（" * LONG, "2024" * LONG, "2024-01-01 " + " " * LONG + "x", "自" * LONG, "其他、" * LONG,
    "-" * LONG, "1 " * LONG, "\u3000" * LONG + "x", "至2024" * LONG,
], ids=range(18))  # fmt: skip
def test_one_cell_costs_no_more_than_its_length(text: str) -> None:
    """A text twice as long takes about twice the time, in every kind of column."""
    for column in TENANT_COMPANIES.imported:
        short, whole = seconds_to_parse(text[: len(text) // 4], column), seconds_to_parse(text, column)
        assert whole < max(10 * short, 0.05), (column.key, short, whole)


def seconds_to_parse(text: str, column: Field) -> float:
    spent = []
    for _ in range(3):
        begin = time.process_time()
        with suppress(Refused):
            parse(column, text)
        spent.append(time.process_time() - begin)
    return min(spent)


def problem_of(sheet: bytes, most: Most) -> str:
    with pytest.raises(SheetProblem) as caught:
        check_workbook(packed(sheet), most)
    return caught.value.word


def test_a_table_that_is_too_long_is_told_so_and_a_single_cell_below_it_as_that() -> None:
    few = Most(unpacked=640 << 20, strings=192 << 20, rows=100_010, columns=208)
    last = b'<row r="100011"><c r="A100011"><v>1</v></c></row>'
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 100_011))
    assert problem_of(rows + last, few) == "more-rows"
    assert problem_of(rows[:1000] + last, few) == "far-cell"


def test_a_row_without_end_is_refused_before_it_is_parsed_though_its_cells_say_no_place() -> None:
    assert problem_of(b'<row r="1">' + b"<c><v>1</v></c>" * 300_000 + b"</row>", MOST) == "more-columns"
    assert problem_of(b'<x:row r="1">' + b"<x:c><x:v>1</x:v></x:c>" * 300_000, MOST) == "more-columns"
    check_workbook(packed((b"<row>" + b"<c><v>1</v></c>" * 208 + b"</row>") * 500), MOST)


def test_a_text_of_too_many_rows_is_told_so() -> None:
    with pytest.raises(SheetProblem) as caught:
        list(csv_rows("甲,乙\n".encode() * 40, {"rows": 10, "columns": 5}))
    assert (caught.value.word, caught.value.params) == ("more-rows", {"most": 10})
