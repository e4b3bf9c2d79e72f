"""Writing a workbook: typed cells, texts that stay texts, any number of rows, and what is written is read the same."""

import datetime as dt
import itertools
import re
import resource
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from office.excel.cells import Cooperation, parse, show
from office.excel.row_marks import PROPERTY, Marker
from office.excel.rows import row_maker, safe_text
from office.excel.workbook_look import look_of, valid_sheet_name
from office.excel.workbook_reader import read_workbook
from office.excel.workbook_stream import Extras, stream_workbook, write_workbook
from rules.choices import Industry, ServiceFunction
from rules.counties import SHIPPED
from schema.bases import BASES
from schema.collection import Listing
from schema.field import Field, Kind
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS
from schema.tenant_companies import TENANT_COMPANIES

COUNTY_NAMES = {county.code: county.name for county in SHIPPED}
STATUSES = {"housed": "在驻", "moved_out": "已迁出"}
SHEETS = (BASES, TENANT_COMPANIES, SERVICE_PARTNERS, LEDGER_ENTRIES)

COMPANY: dict[str, Any] = {
    "_id": 1,
    "name": "=1+1有限公司",
    "uscc": "91371502MANMLE23Q2",
    "base": 2,
    "base_name": "某某园（二期）",
    "county": "371522",
    "industry": "farming",
    "people": 1200,
    "revenue": 1234.5,
    "assets": 20.0,
    "size": "micro",
    "moved_in": dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
    "moved_out": None,
    "legal_representative": "@徐文",
    "phone": "18619244908",
    "status": "housed",
    "notes": "-第一行\n+第二行",
}


def made(sheet: Listing, *records: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return map(row_maker(sheet.exported, county_names=COUNTY_NAMES, status_labels=STATUSES), records)


def made_of(records: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return map(row_maker(TENANT_COMPANIES.exported, county_names={}, status_labels={}), records)


def cells_of(path: Path, sheet: int = 0) -> list[list[Any]]:
    book = python_calamine.CalamineWorkbook.from_path(path)
    return book.get_sheet_by_index(sheet).to_python(skip_empty_area=False)


def test_cells_are_typed_and_texts_are_never_formulas(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    assert write_workbook(path, TENANT_COMPANIES, made(TENANT_COMPANIES, COMPANY)) == 1
    page = openpyxl.load_workbook(path).active
    cells = {page.cell(3, place).value: page.cell(4, place) for place in range(1, page.max_column + 1)}
    assert {heading: cell.value for heading, cell in cells.items()} == {
        "序号": 1,
        "企业名称": "=1+1有限公司",
        "统一社会信用代码": "91371502MANMLE23Q2",
        "所属基地": "某某园（二期）",
        "所属县（市、区）": "莘县",
        "所属行业": "农、林、牧、渔业",
        "从业人员（人）": 1200,
        "营业收入（万元）": 1234.5,
        "资产总额（万元）": 20,
        "企业规模": "微型",
        "入驻日期": dt.datetime(2020, 1, 1),
        "迁出日期": None,
        "法定代表人": "@徐文",
        "联系电话": "18619244908",
        "状态": "在驻",
        "备注": "-第一行\n+第二行",
    }
    assert cells["企业名称"].data_type in {"s", "inlineStr"}
    assert (cells["入驻日期"].number_format, cells["营业收入（万元）"].number_format) == (
        "yyyy-mm-dd",
        "#,##0.00",
    )
    assert (cells["联系电话"].data_type in {"s", "inlineStr"}, cells["联系电话"].number_format) == (True, "@")
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert re.search(r'<ignoredError sqref="C4(:C4)? N4(:N4)?" numberStoredAsText="1"', xml)


def test_the_sheet_is_ready_to_be_read_and_printed(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    rows = made(TENANT_COMPANIES, COMPANY, COMPANY)
    write_workbook(path, TENANT_COMPANIES, rows, title="莘县入驻企业名录", note="条件：莘县")
    page = openpyxl.load_workbook(path).active
    assert (page.title, page["A1"].value, page["A2"].value) == (
        "入驻企业",
        "莘县入驻企业名录",
        "条件：莘县    单位：人、万元",
    )
    assert (page.freeze_panes, page.auto_filter.ref, page.print_title_rows) == ("C4", "A3:P5", "$3:$3")
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    # Too wide for one page: at a size that is read, the other columns on further pages, each with number and name.
    assert page.print_title_cols == "$A:$B"
    assert (page.page_setup.scale, page.page_setup.pageOrder, page.page_setup.fitToHeight) == (
        85,
        "overThenDown",
        None,
    )
    assert all(merged.max_col < page.max_column for merged in page.merged_cells.ranges)
    assert page.oddFooter.center.text == "第 &P 页，共 &N 页"
    assert page["B3"].font.bold
    assert round(page.column_dimensions["B"].width) in {34, 35}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.slug)
def test_an_export_without_rows_has_its_heading(tmp_path: Path, sheet: Listing) -> None:
    path = tmp_path / "out.xlsx"
    assert write_workbook(path, sheet, iter(())) == 0
    assert cells_of(path)[2] == ["序号", *(column.heading for column in sheet.exported)]


def test_rows_beyond_one_sheet_go_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    records = ({**COMPANY, "name": f"公司{number}"} for number in range(1, 13))
    assert write_workbook(path, TENANT_COMPANIES, made(TENANT_COMPANIES, *records), most_rows=5) == 12
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["入驻企业", "入驻企业 (2)", "入驻企业 (3)"]
    found = [[(row[0], row[1]) for row in page.iter_rows(min_row=4, values_only=True)] for page in book]
    assert [len(rows) for rows in found] == [5, 5, 2]
    assert [row for rows in found for row in rows] == [(number, f"公司{number}") for number in range(1, 13)]
    for page in book:
        assert (page["A3"].value, page.freeze_panes, page.print_title_rows) == ("序号", "C4", "$3:$3")
        assert page["K4"].value == dt.datetime(2020, 1, 1)
    assert [page.sheet_view.tabSelected for page in book].count(True) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]


def test_whatever_a_record_holds_the_export_goes_on() -> None:
    odd = {
        "name": ["no", "text"],
        "uscc": "a\x00b\ud800",
        "industry": {"no": "code"},
        "county": "999999",
        "people": "many",
        "moved_in": "2020-01-01",
        "moved_out": dt.datetime(1850, 1, 1),
        "notes": "长" * 40_000,
    }
    first, second = made(TENANT_COMPANIES, odd, COMPANY)
    assert (first["统一社会信用代码"], first["所属县（市、区）"], first["从业人员（人）"]) == (
        "ab?",
        "999999",
        "many",
    )
    assert (first["入驻日期"], first["迁出日期"][:10]) == ("2020-01-01", "1850-01-01")
    assert len(first["备注"]) == 32_767
    assert first["备注"].endswith("（过长，已截断）")
    assert (second["序号"], second["企业名称"]) == (2, "=1+1有限公司")
    assert list(first) == list(second)


def test_a_cell_is_cut_where_excel_counts_two_for_one_character() -> None:
    assert len(safe_text("👍" * 20_000).encode("utf-16-le")) // 2 <= 32_767
    assert safe_text("👍" * 16_000) == "👍" * 16_000


def test_the_period_of_a_partner_stands_in_its_own_columns_when_all_share_it() -> None:
    first, last = dt.datetime(2024, 1, 1), dt.datetime(2025, 12, 31)
    one = {"base_name": "某园（二期）", "first_day": first, "last_day": last}
    other = {"base_name": "乙园", "first_day": first, "last_day": None}
    shared, own, none = made(
        SERVICE_PARTNERS,
        {"cooperations": [one, {**other, "last_day": last}]},
        {"cooperations": [one, other]},
        {},
    )
    keys = ("合作基地", "合作开始", "合作结束")
    assert [shared[key] for key in keys] == ["某园（二期）、乙园", first, last]
    assert [own[key] for key in keys] == [
        "某园（二期）（2024-01-01至2025-12-31）、乙园（2024-01-01起）",
        None,
        None,
    ]
    assert [none[key] for key in keys] == [None, None, None]


def test_rows_of_other_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the rows have the keys"):
        write_workbook(tmp_path / "out.xlsx", BASES, made(TENANT_COMPANIES, COMPANY))
    assert not list(tmp_path.iterdir())


def test_a_failure_midway_leaves_no_half_file_and_keeps_the_old_one(tmp_path: Path) -> None:
    def failing() -> Iterator[dict[str, Any]]:
        yield from made(TENANT_COMPANIES, COMPANY)
        raise ConnectionError("the database is gone")

    path = tmp_path / "out.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(ConnectionError):
        write_workbook(path, TENANT_COMPANIES, failing())
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]
    assert path.read_bytes() == b"old"


def test_only_the_columns_asked_for_are_written(tmp_path: Path) -> None:
    columns = [TENANT_COMPANIES.field(key) for key in ("name", "people")]
    make = row_maker(columns, county_names={}, status_labels={})
    write_workbook(tmp_path / "out.xlsx", TENANT_COMPANIES, map(make, [COMPANY]), columns=columns)
    assert cells_of(tmp_path / "out.xlsx")[2:] == [
        ["序号", "企业名称", "从业人员（人）"],
        [1, "=1+1有限公司", 1200],
    ]


@pytest.mark.parametrize(
    ("name", "valid"),
    [("入驻企业", "入驻企业"), ("a/b:c?", "a b c"), ("长" * 40, "长" * 31), ("''", "Sheet1")],
)
def test_the_name_of_a_sheet_is_one_that_excel_takes(name: str, valid: str) -> None:
    assert valid_sheet_name(name) == valid


@pytest.mark.slow
def test_a_long_export_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    def records() -> Iterator[dict[str, Any]]:
        for number in range(60_000):
            yield {**COMPANY, "name": f"公司{number}"}

    make = row_maker(TENANT_COMPANIES.exported, county_names=COUNTY_NAMES, status_labels=STATUSES)
    write_workbook(tmp_path / "warm.xlsx", TENANT_COMPANIES, made(TENANT_COMPANIES, COMPANY))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert write_workbook(tmp_path / "out.xlsx", TENANT_COMPANIES, map(make, records())) == 60_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KiB


# --- What is written is read the same -----------------------------------------------------------

DAYS = st.dates(dt.date(1900, 3, 1), dt.date(2200, 12, 31))
# Any character but those that are cleaned away, 、 and the brackets, which part names.
PARTING = "、，,;；（）()[]【】〔〕《》"
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters=PARTING),
    min_size=1,
    max_size=30,
).filter(lambda text: not text.startswith("#") and text.isprintable())
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: TEXT,
    Kind.LONG_TEXT: st.lists(TEXT, min_size=1, max_size=4).map("\n".join),
    Kind.REFERENCE: TEXT,
    Kind.STATUS: TEXT,
    Kind.INTEGER: st.integers(0, 10**15 - 1),
    Kind.DECIMAL: st.integers(0, 10**15 - 1).map(lambda number: number / 10_000),
    Kind.DATE: DAYS,
    Kind.YES_NO: st.booleans(),
    Kind.CHOICE: st.sampled_from([term.value for term in Industry]),
    Kind.CHOICES: st.lists(st.sampled_from([term.value for term in ServiceFunction]), min_size=1, unique=True),
    Kind.COUNTY: st.sampled_from(sorted(COUNTY_NAMES)),
    Kind.NAMES: st.lists(TEXT, min_size=1, max_size=5, unique=True),
    Kind.COOPERATIONS: st.lists(
        st.tuples(TEXT, st.none() | DAYS, st.none() | DAYS)
        .filter(lambda item: not (item[1] and item[2]) or item[1] <= item[2])
        .map(lambda item: Cooperation(*item)),
        min_size=1, max_size=4,
    ),
}  # fmt: skip
TERMS = {Kind.CHOICE: Industry, Kind.CHOICES: ServiceFunction}
COLUMNS = tuple(
    Field(kind.name.lower(), "x", f"列{place}", kind, choices=TERMS.get(kind), max_length=5000)
    for place, kind in enumerate(VALUES)
)
EVERYTHING = Listing(slug="everything", title="万物", fields=COLUMNS)
RECORDS = st.fixed_dictionaries({}, optional={column.key: VALUES[column.kind] for column in COLUMNS})


def stored(kind: Kind, value: Any) -> Any:
    """Return the value as the driver would hand it out."""
    if kind is Kind.DATE:
        return dt.datetime.combine(value, dt.time(), dt.UTC)
    if kind is Kind.NAMES:
        return [{"name": name, "company": None} for name in value]
    if kind is Kind.COOPERATIONS:
        return [{"base_name": item.base, "first_day": item.first, "last_day": item.last} for item in value]
    return value


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(records=st.lists(RECORDS, min_size=1, max_size=12))
def test_what_is_written_is_read_the_same(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    raw = [{c.key: stored(c.kind, record[c.key]) for c in COLUMNS if c.key in record} for record in records]
    make = row_maker(COLUMNS, county_names=COUNTY_NAMES, status_labels={})
    path = tmp_path / "out.xlsx"
    write_workbook(path, EVERYTHING, map(make, raw))
    with read_workbook(path, EVERYTHING) as found:
        back = {
            row.number - 4: {column.key: parse(column, row.cells[column.key]) for column in COLUMNS}
            for row in found.rows
            if not row.skipped
        }
    for place, record in enumerate(records):
        periods = {item[1:] for item in record.get("cooperations", ())}
        if len(periods) == 1:  # it stands in columns of its own, which this sheet has not
            record = {
                **record,
                "cooperations": [Cooperation(item.base) for item in record["cooperations"]],
            }
        assert back.get(place, {}) == (
            {column.key: record.get(column.key) for column in COLUMNS} if record else {}
        )


@pytest.mark.parametrize(
    "column", [c for c in COLUMNS if c.kind is not Kind.STATUS], ids=lambda column: column.kind
)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_shown_is_parsed_the_same(column: Field, data: st.DataObject) -> None:
    value = data.draw(VALUES[column.kind])
    assert parse(column, show(column, value)) == value


def test_a_narrow_list_is_fitted_to_the_width_of_a_page(tmp_path: Path) -> None:
    columns = [TENANT_COMPANIES.field(key) for key in ("name", "people")]
    make = row_maker(columns, county_names={}, status_labels={})
    write_workbook(tmp_path / "out.xlsx", TENANT_COMPANIES, map(make, [COMPANY]), columns=columns)
    page = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToHeight, page.page_setup.scale) == (0, None)


def test_a_long_note_is_wrapped_and_its_row_no_higher_than_a_few_lines(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    records = ({**COMPANY, "notes": notes} for notes in ("短", "长" * 3000, "甲\n乙"))
    write_workbook(path, TENANT_COMPANIES, made(TENANT_COMPANIES, *records))
    page = openpyxl.load_workbook(path).active
    assert page["P5"].alignment.wrap_text
    assert [page.row_dimensions[line].height for line in (4, 5, 6)] == [None, 60, 30]


def test_what_only_the_end_knows_stands_on_a_sheet_of_its_own_and_in_a_property(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    marker = Marker("tenant_companies", TENANT_COMPANIES.exported)
    heading = str(marker.heading)

    def rows() -> Iterator[dict[str, Any]]:
        for row in made(TENANT_COMPANIES, COMPANY, {**COMPANY, "name": "a & <b> _x0041_"}):
            yield {**row, heading: marker.mark("a" * 24, 3, list(row.values())[1:])}

    extras = Extras(
        mark_heading=heading, link=lambda row: f"https://x.example/?id={row[heading][:24]}",
        about=lambda count: [("行数", f"共 {count} 行")], properties=lambda count: [(PROPERTY, marker.digest)],
    )  # fmt: skip
    assert write_workbook(path, TENANT_COMPANIES, rows(), extras=extras) == 2
    book = openpyxl.load_workbook(path)
    page, about = book.worksheets
    assert (book.sheetnames, about["B1"].value) == (["入驻企业", "说明"], "共 2 行")
    assert book.custom_doc_props[PROPERTY].value == marker.digest
    assert (page["Q3"].value, page.column_dimensions["Q"].hidden) == (heading, True)
    assert cells_of(path)[4][:2] == [2, "a & <b> _x0041_"]
    assert page["A5"].hyperlink.target == "https://x.example/?id=" + "a" * 24
    assert page.auto_filter.ref == "A3:Q5"  # sorting by it takes the marks along


def test_the_first_bytes_leave_before_the_last_row_is_read() -> None:
    read = []

    def records() -> Iterator[dict[str, Any]]:
        for number in range(50_000):
            read.append(number)
            yield COMPANY

    parts = stream_workbook(look_of(TENANT_COMPANIES, None, "", ""), made_of(records()))
    assert next(parts).startswith(b"PK")
    assert len(read) < 1000
    parts.close()


def test_who_leaves_in_the_middle_of_a_stream_leaves_no_thread_behind() -> None:
    parts = stream_workbook(look_of(TENANT_COMPANIES, None, "", ""), made_of(itertools.repeat(COMPANY)))
    for _ in range(4):
        next(parts)
    parts.close()
    assert not [one.name for one in threading.enumerate() if one.name.startswith("packing")]


def test_rows_that_fail_behind_packed_ones_stop_the_stream_with_their_own_error() -> None:
    def records() -> Iterator[dict[str, Any]]:
        yield from itertools.repeat(COMPANY, 1_200)
        raise KeyError("gone")

    with pytest.raises(KeyError, match="gone"):
        list(stream_workbook(look_of(TENANT_COMPANIES, None, "", ""), made_of(records())))
    assert not [one.name for one in threading.enumerate() if one.name.startswith("packing")]
