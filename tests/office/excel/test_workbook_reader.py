"""Reading a workbook: the heading is found, the rows keep the sheet's own numbers, nothing harmful gets in."""

import csv
import datetime as dt
import io
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.excel.cell_texts import guarded
from office.excel.cells import parse
from office.excel.headings import find_heading
from office.excel.parsing_child import csv_rows
from office.excel.workbook_reader import Limits, ReadRow, read_workbook
from office.recognition.recognition import SheetChoice
from rules.errors import Refused, Unreadable
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS
from schema.tenant_companies import TENANT_COMPANIES

MakeFile = Callable[..., Path]

SPELLED = [column.spellings for column in TENANT_COMPANIES.exported]
HEADINGS = ["序号", "企业名称", "统一社会信用代码", "所属基地", "从业人员（人）", "入驻日期"]
DATA = [1, "甲公司", "91371502MANMLE23Q2", "某某园", 12, dt.date(2024, 5, 1)]


def rows_of(path: Path, sheet: Any = TENANT_COMPANIES, **options: Any) -> list[ReadRow]:
    with read_workbook(path, sheet, **options) as found:
        return list(found.rows)


def why_not(path: Path, **options: Any) -> str:
    with pytest.raises(Unreadable) as caught:
        read_workbook(path, TENANT_COMPANIES, **options)
    (reason,) = caught.value.refusals
    return str(reason)


def test_the_heading_is_found_below_titles_and_rows_keep_their_numbers(workbook: MakeFile) -> None:
    path = workbook(
        [["入驻企业"], ["单位：人、万元"], [], HEADINGS, DATA, [], [3, *DATA[1:]]], sheet="一季度"
    )
    with read_workbook(path, TENANT_COMPANIES) as found:
        assert (found.sheet, found.header_row, found.ignored) == ("一季度", 4, ())
        assert [column.key for column in found.columns.values()] == [
            "name",
            "uscc",
            "base",
            "people",
            "moved_in",
        ]
        rows = list(found.rows)
        assert rows == list(found.rows)  # they may be read again
    assert [(row.number, row.skipped) for row in rows] == [(5, ""), (6, "blank"), (7, "")]
    assert rows[0].cells == {
        "name": "甲公司",
        "uscc": "91371502MANMLE23Q2",
        "base": "某某园",
        "people": 12.0,
        "moved_in": dt.date(2024, 5, 1),
    }


SPELLINGS = [
    "企业名称 ",  # a space
    "企业\n名称",  # wrapped
    "*企业名称",  # marked as required
    "★ 企业名称（必填）",
    "企业名称（全称）",  # a remark in brackets
    "企业名称【必填】",
    "公司名称",  # another word
    "企业名称：",
]


@pytest.mark.parametrize("heading", SPELLINGS)
def test_a_heading_is_known_in_the_spellings_of_offices(heading: str) -> None:
    found = find_heading([["标题"], [heading, "信用代码", "基地"]], SPELLED)
    assert found is not None
    assert {place: TENANT_COMPANIES.exported[index].key for place, index in found.columns.items()}[
        0
    ] == "name"


UNITS: list[tuple[str, object, float]] = [
    ("营业收入（万元）", 2.0, 2.0),
    ("营业收入\n（亿元）", 2.0, 20000.0),  # the heading counts in another size
    ("营业收入/元", 20000.0, 2.0),
    ("2025年营业收入（元）", "20,000", 2.0),  # a year before, a text below
    ("营业收入", 2.0, 2.0),
    ("营业收入（元）", "2万元", 2.0),  # the cell's own unit comes first
]


@pytest.mark.parametrize(("heading", "value", "revenue"), UNITS)
def test_an_amount_is_converted_when_the_heading_counts_in_another_unit(
    workbook: MakeFile, heading: str, value: object, revenue: float
) -> None:
    (row,) = rows_of(workbook([["企业名称", "信用代码", "基地", heading], ["甲公司", "x", "某某园", value]]))
    assert parse(TENANT_COMPANIES.field("revenue"), row.cells["revenue"]) == revenue


def test_the_unit_line_counts_where_the_heading_is_silent(workbook: MakeFile) -> None:
    head = ["企业名称", "信用代码", "基地", "营业收入", "资产总额（万元）", "从业人数"]
    path = workbook([["单位：人、元"], head, ["甲公司", "x", "某某园", 20000, 3, 7]])
    (row,) = rows_of(path)
    parsed = {
        key: parse(TENANT_COMPANIES.field(key), row.cells[key]) for key in ("revenue", "assets", "people")
    }
    assert parsed == {"revenue": 2.0, "assets": 3.0, "people": 7}


def test_an_amount_in_a_foreign_currency_is_refused_not_taken_for_ours(workbook: MakeFile) -> None:
    (row,) = rows_of(workbook([["企业名称", "信用代码", "基地", "营业收入（万美元）"], ["甲", "x", "某", 5]]))
    with pytest.raises(Refused, match="unit is not understood"):
        parse(TENANT_COMPANIES.field("revenue"), row.cells["revenue"])


SKIPPED = [
    (["合计", None, None, None, 60], "total"),
    (["合  计"], "total"),
    ([None, "总 计：", None, None, 60], "total"),  # below the names
    ([61, "小计"], "total"),
    (["共计12家"], "total"),
    (["填报人：张三", None, "审核人：李四"], "footer"),
    (["注：以上数据截至9月底。"], "footer"),
    (["填表日期：2026年9月30日"], "footer"),
    ([7], "blank"),  # nothing but its serial number
    ([" ", "\u3000"], "blank"),
    (HEADINGS, "heading"),  # pasted together from two pages
    ([2, "合计科技有限公司", "y", "某某园"], ""),  # a name that only begins so
    ([2, "注册登记服务公司", "y", "某某园"], ""),
]


def test_rows_that_are_no_records_are_skipped(workbook: MakeFile) -> None:
    rows = rows_of(workbook([HEADINGS, *[cells for cells, _ in SKIPPED], DATA]))
    assert [row.number for row in rows] == list(range(2, len(SKIPPED) + 3))
    for row, (cells, reason) in zip(rows, SKIPPED, strict=False):
        assert row.skipped == reason, cells


def test_rows_end_with_the_last_that_has_a_value(workbook: MakeFile) -> None:
    assert [row.number for row in rows_of(workbook([HEADINGS, DATA, [], [" "], ["\u3000", None, " "]]))] == [
        2
    ]
    assert [row.number for row in rows_of(workbook([HEADINGS, DATA, [], [9]]))] == [2, 3, 4]


def test_a_base_merged_over_several_rows_is_theirs_all_but_a_count_is_not(workbook: MakeFile) -> None:
    rows = [HEADINGS, DATA, [2, "乙公司", "y"], [3, "丙公司", "z"], [4, "丁公司", "w", "另一园", 5]]
    found = rows_of(workbook(rows, merged=["D2:D4", "E2:E3"]))
    assert [row.cells["base"] for row in found] == ["某某园", "某某园", "某某园", "另一园"]
    assert [row.cells["people"] for row in found] == [12.0, "", "", 5.0]


def test_a_row_is_blank_by_its_own_cells(workbook: MakeFile) -> None:
    found = rows_of(workbook([HEADINGS, DATA, [], [2, "乙公司", "y"]], merged=["D2:D4"]))
    assert [(row.skipped, row.cells.get("base")) for row in found] == [
        ("", "某某园"),
        ("blank", None),
        ("", "某某园"),
    ]


def test_a_heading_of_two_rows_is_read_as_one(workbook: MakeFile) -> None:
    upper = ["序号", "企业名称", "信用代码", "基地", "经营情况"]
    lower = [None, None, None, None, "营业收入（万元）", "资产总额（万元）"]
    merged = ["A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2"]
    with read_workbook(
        workbook([["统计表"], upper, lower, [1, "甲公司", "x", "某某园", 5, 6]], merged=merged),
        TENANT_COMPANIES,
    ) as found:
        (row,) = found.rows
    assert (found.header_row, row.number, row.cells["revenue"], row.cells["assets"]) == (2, 4, 5.0, 6.0)


def test_columns_that_no_import_sets_are_named_as_ignored(workbook: MakeFile) -> None:
    path = workbook([[*HEADINGS, "所属县（市、区）", "幸运数字"], [*DATA, "莘县", 7]])
    with read_workbook(path, TENANT_COMPANIES) as found:
        assert found.ignored == ("所属县（市、区）", "幸运数字")


def test_a_missing_required_column_is_named(workbook: MakeFile) -> None:
    sentence = why_not(workbook([["企业名称", "从业人数"], ["甲", 1]], sheet="一季度"))
    assert "一季度" in sentence
    assert "统一社会信用代码、所属基地" in sentence


def test_two_headings_for_one_column_are_refused_an_exact_one_beats_a_loose_one(workbook: MakeFile) -> None:
    head = ["企业名称", "信用代码", "基地", "电话"]
    sentence = why_not(workbook([[*head, "手机"], ["甲", "x", "某", "1", "2"]]))
    assert "“电话” and “手机” both mean 联系电话" in sentence
    with read_workbook(
        workbook([[*head, "手机/微信"], ["甲", "x", "某", "1", "2"]]), TENANT_COMPANIES
    ) as found:
        assert found.ignored == ("手机/微信",)


def test_the_sheet_whose_heading_matches_best_is_read(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("说明").write(0, 0, "企业名称")
        for name, head in (("旧", HEADINGS[:4]), ("新", HEADINGS)):
            page = book.add_worksheet(name)
            page.write_row(0, 0, head)
            page.write_row(1, 0, DATA[:4])
        hidden = book.add_worksheet("藏")
        hidden.write_row(0, 0, HEADINGS)
        hidden.hide()
    with read_workbook(path, TENANT_COMPANIES) as found:
        assert found.sheet == "新"


def test_a_failed_formula_is_an_error_value_not_a_blank(tmp_path: Path) -> None:
    import openpyxl

    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    book.active.append([1, "甲", "x", "某", "#N/A"])
    book.active.append([2, "乙", "y", "某", "=1+1"])  # saved by a program that computes nothing
    book.save(path)
    assert [row.cells["people"] for row in rows_of(path)] == ["#N/A", "#FORMULA"]


def test_days_counted_from_1904_are_the_same_days(workbook: MakeFile) -> None:
    path = workbook([HEADINGS, DATA, [2, *DATA[1:5], 45653 - 1462]], date_1904=True)
    days = [parse(TENANT_COMPANIES.field("moved_in"), row.cells["moved_in"]) for row in rows_of(path)]
    assert days == [dt.date(2024, 5, 1), dt.date(2024, 12, 27)]


def test_a_table_may_begin_in_any_column_and_row(tmp_path: Path) -> None:
    import openpyxl

    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    for row, cells in enumerate((HEADINGS, DATA), 5):
        for column, cell in enumerate(cells, 4):
            book.active.cell(row, column, cell)
    book.save(path)
    (row,) = rows_of(path)
    assert (row.number, row.cells["name"]) == (6, "甲公司")


CSV = "\r\n".join([",".join(HEADINGS), '1,"甲\n公司",91371502MANMLE23Q2,某某园,12,2024年5月', "合计,,,,,"])


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", "\t"), ("gb18030", ","), ("utf-16", ";")]
)
def test_a_csv_file_is_read_in_the_encodings_of_offices(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    path = tmp_path / "book.csv"
    path.write_bytes(CSV.replace(",", delimiter).encode(encoding))
    first, total = rows_of(path)
    assert (first.number, parse(TENANT_COMPANIES.field("name"), first.cells["name"])) == (2, "甲公司")
    assert (first.cells["people"], total.skipped) == ("12", "total")


# What is no workbook at all: its name, its content, a word of the sentence.
NO_WORKBOOKS = [
    ("book.xlsx", b"", "empty"),
    ("book.xlsx", b"hello", "not an Excel workbook"),
    ("book.xlsx", b"PK\x03\x04" + b"\0" * 200, "not an Excel workbook"),
    ("book.xls", bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "not an Excel workbook"),
    ("book.xls", b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
    ("book.xls", b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "web page"),
    (
        "book.xlsx",
        bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 1016 + "EncryptedPackage".encode("utf-16-le"),
        "password",
    ),
    ("book.pdf", b"%PDF-1.7", "Please choose an .xlsx"),
    ("book.docx", b"PK\x03\x04", "Please choose an .xlsx"),
    ("book.csv", b"\xff\xff\x81\xff", "neither in UTF-8 nor in GB 18030"),
    ("book.csv", b"1,2,3\n4,5,6\n", "No row of headings"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), NO_WORKBOOKS)
def test_what_is_no_workbook_is_refused_with_one_sentence(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert sentence in why_not(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "not an Excel workbook" in why_not(tmp_path / "none.xlsx")


def test_the_clerk_s_file_name_decides_for_an_upload_without_one(workbook: MakeFile, tmp_path: Path) -> None:
    path = workbook([HEADINGS, DATA]).rename(tmp_path / "upload")
    assert len(rows_of(path, name="一季度.XLSX")) == 1
    assert len(rows_of(path)) == 1
    assert "一季度.doc" in why_not(path, name="一季度.doc")


def test_a_sheet_without_headings_says_which_it_wants(workbook: MakeFile) -> None:
    assert "企业名称、统一社会信用代码、所属基地" in why_not(workbook([[1, 2], [3, 4]]))
    assert "no sheet with anything in it" in why_not(workbook([]))


def repacked(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Write a copy of a workbook with one part changed."""
    target = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info.filename, change(data) if info.filename == part else data)
    return target


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "HZ3"])
def test_a_far_cell_in_a_small_file_is_refused_before_it_is_parsed(workbook: MakeFile, cell: str) -> None:
    far = f'<row r="1048576"><c r="{cell}"><v>1</v></c></row></sheetData>'.encode()
    path = repacked(workbook([HEADINGS, DATA]), SHEET, lambda xml: xml.replace(b"</sheetData>", far))
    assert cell in why_not(path)


def test_far_cells_that_are_only_formatted_do_no_harm(workbook: MakeFile) -> None:
    far = b'<row r="1048576"><c r="XFD1048576" s="1"/><c r="XFC1048576" s="1"></c></row></sheetData>'
    path = repacked(workbook([HEADINGS, DATA]), SHEET, lambda xml: xml.replace(b"</sheetData>", far))
    assert len(rows_of(path)) == 1


def test_a_far_cell_hidden_from_the_check_meets_the_memory_limit(workbook: MakeFile) -> None:
    far = b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row></sheetData>"
    path = repacked(workbook([HEADINGS, DATA]), SHEET, lambda xml: xml.replace(b"</sheetData>", far))
    assert "too large" in why_not(path)


def test_a_zip_bomb_is_refused_by_its_size(workbook: MakeFile) -> None:
    path = repacked(workbook([HEADINGS, DATA]), SHEET, lambda xml: xml + b" " * (30 << 20))
    assert path.stat().st_size < 100_000
    assert "too large" in why_not(path, limits=Limits(unpacked=20 << 20))


def test_a_file_too_large_is_not_opened(workbook: MakeFile) -> None:
    assert "too large" in why_not(workbook([HEADINGS, DATA]), limits=Limits(file_bytes=1000))


def test_too_many_rows_or_columns_are_refused(workbook: MakeFile) -> None:
    assert "at most 5 can be read" in why_not(workbook([HEADINGS, *[DATA] * 40]), limits=Limits(rows=5))
    assert "holds something in cell HA1" in why_not(workbook([[*HEADINGS, *["x"] * 210], DATA]))
    assert "has 31 columns" in why_not(workbook([[*HEADINGS, *["x"] * 25], DATA]), limits=Limits(columns=30))


def test_a_part_with_entities_is_refused(workbook: MakeFile) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb">]>'
    path = repacked(workbook([HEADINGS, DATA]), "xl/workbook.xml", lambda xml: bomb + xml)
    assert "not an Excel workbook" in why_not(path)


def test_a_workbook_cut_off_is_refused(workbook: MakeFile, tmp_path: Path) -> None:
    whole = workbook([HEADINGS, DATA]).read_bytes()
    for length in (100, len(whole) // 2, len(whole) - 10):
        (tmp_path / "cut.xlsx").write_bytes(whole[:length])
        assert "not an Excel workbook" in why_not(tmp_path / "cut.xlsx")


def test_a_zip_with_another_thing_inside_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert "not an Excel workbook" in why_not(tmp_path / "book.xlsx")


def test_reading_that_takes_too_long_is_ended(workbook: MakeFile) -> None:
    path = workbook([HEADINGS, *[DATA] * 20000])
    assert "took too long" in why_not(path, limits=Limits(seconds=0))


def test_the_child_process_starts_from_any_folder(workbook: MakeFile, tmp_path: Path) -> None:
    path = workbook([HEADINGS, DATA])
    root = Path(__file__).resolve().parents[3]
    program = (
        f"import sys; sys.path.insert(0, {str(root)!r})\n"
        "from office.excel.workbook_reader import read_workbook\n"
        "from schema.tenant_companies import TENANT_COMPANIES\n"
        f"with read_workbook({path.name!r}, TENANT_COMPANIES) as found: print(len(list(found.rows)))\n"
    )
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "1"


def test_partners_and_entries_find_their_columns_too(workbook: MakeFile) -> None:
    partner = workbook(
        [["机构名称", "统一社会信用代码", "服务功能", "合作基地"], ["甲所", "x", "专业服务", "某园"]]
    )
    assert rows_of(partner, SERVICE_PARTNERS)[0].cells["cooperations"] == "某园"
    entry = workbook(
        [
            ["所属基地", "服务时间", "服务功能", "服务企业数（家次）"],
            ["某园", "2025.1.2", "专业服务", "3家次"],
        ]
    )
    assert rows_of(entry, LEDGER_ENTRIES)[0].cells["company_times"] == "3家次"


def test_no_bytes_whatever_bring_a_trace(tmp_path: Path, workbook: MakeFile) -> None:
    whole = bytearray(workbook([HEADINGS, DATA]).read_bytes())
    for place in range(0, len(whole), len(whole) // 12):
        spoiled = bytes(whole[:place]) + struct.pack("<I", 0xDEADBEEF) + bytes(whole[place + 4 :])
        (tmp_path / "spoiled.xlsx").write_bytes(spoiled)
        try:
            rows_of(tmp_path / "spoiled.xlsx")
        except Unreadable as error:
            assert len(error.refusals) == 1


@given(
    st.lists(
        st.lists(st.text(alphabet="'=+-@\t\r\n\"，,;ab1 企\u2028\x85"), min_size=3, max_size=3), max_size=8
    )
)
def test_what_a_csv_guards_against_programs_is_read_as_it_was(rows):
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["序号", "名称", "备注"])
    writer.writerows([[guarded(cell) for cell in row] for row in rows])
    data = ("\ufeff" + buffer.getvalue()).encode()
    assert list(csv_rows(data, {"rows": 100, "columns": 10}))[1:] == rows
    assert not any(guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


def test_merged_cells_are_told_by_what_becomes_of_them(workbook: MakeFile) -> None:
    rows = [HEADINGS, DATA, [2, "乙公司", "y", None, None, None]]
    with read_workbook(workbook(rows, merged=("D2:D3", "E2:E3")), TENANT_COMPANIES) as found:
        assert found.recognition.filled == ("所属基地",)
        assert found.recognition.first_only == ("从业人员（人）",)


def test_a_column_without_a_heading_is_shown_with_its_values_and_can_be_taken(workbook: MakeFile) -> None:
    path = workbook([["企业名称", "信用代码", "基地", None], ["甲公司", "x", "某某园", 7]])
    with read_workbook(path, TENANT_COMPANIES) as found:
        last = found.recognition.columns[-1]
        assert (last.place, last.heading, last.key, last.samples) == (3, "", "", ("7",))
    choice = SheetChoice(columns={0: "name", 1: "uscc", 2: "base", 3: "people", 9: "phone", 4: "castle"})
    (row,) = rows_of(path, choice=choice)
    assert row.cells["people"] == 7
