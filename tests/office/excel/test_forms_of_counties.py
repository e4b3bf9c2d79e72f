"""Workbooks of the office's forms as other counties fill them in: other words, brackets, signs and orders."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from office.excel.cell_dates import with_year
from office.excel.cells import parse
from office.excel.headings import find_heading
from office.excel.parsing_child import csv_rows
from office.excel.sheet_layout import SheetLayout
from office.excel.skipped_rows import skipped_as
from office.excel.workbook_reader import ReadRow, read_workbook, recognise_workbook
from rules.errors import Refused
from schema.bases import BASES
from schema.ledger_entries import LEDGER_ENTRIES
from schema.registry import REGISTRY
from schema.service_partners import SERVICE_PARTNERS
from schema.tenant_companies import TENANT_COMPANIES

MakeFile = Callable[..., Path]
HEADINGS = ["企业名称", "统一社会信用代码", "所属基地", "从业人员（人）", "营业收入（万元）", "入驻日期"]
DATA = ["甲公司", "91371502MANMLE23Q2", "某某园", 12, 1000.5, dt.date(2024, 5, 1)]


def read(path: Path, sheet: Any = TENANT_COMPANIES) -> tuple[list[str], tuple[str, ...], list[ReadRow]]:
    with read_workbook(path, sheet) as found:
        return [column.key for column in found.columns.values()], found.ignored, list(found.rows)


WORDS = {
    TENANT_COMPANIES: {
        "name": ["企业全称", "公司", "企业（单位）名称", "在园企业名称"],
        "uscc": ["纳税人识别号", "统一代码", "统一社会信用码", "企业统一社会信用代码", "统一社会信用代码（18位）"],
        "base": ["入驻园区", "所在基地名称", "示范基地", "入驻孵化器"],
        "people": ["职工总数", "员工数", "从业人员（单位：人）", "从业人员/人", "从业人员 人", "2025年从业人员"],
        "revenue": ["营业额", "营业收入「万元」", "营业收入｛万元｝", "营业收入 万元", "营业收入\n万元"],
        "moved_in": ["入园时间", "入驻年月", "入孵日期"],
        "moved_out": ["退园时间", "搬离日期"],
        "legal_representative": ["法人姓名", "法定代表人\n姓名"],
        "phone": ["联系方式", "手机号码", "联系人电话"],
        "status": ["企业状态", "入驻状态"],
    },
    BASES: {
        "operator": ["运营单位名称"], "uscc": ["统一代码", "纳税人识别号"], "county": ["所在县区", "县（市、区）"],
        "floor_area": ["总建筑面积(㎡)"], "announced_on": ["认定时间"],
    },
    SERVICE_PARTNERS: {"cooperations": ["合作园区"], "cooperation_last_day": ["合作截止日期"]},
    LEDGER_ENTRIES: {"served_on": ["活动日期"], "companies": ["服务对象"], "fee_amount": ["费用（元）"]},
}  # fmt: skip


@pytest.mark.parametrize("sheet", WORDS, ids=lambda sheet: sheet.slug)
def test_a_column_is_known_by_the_words_of_other_offices(sheet: Any) -> None:
    spellings = [column.spellings for column in sheet.exported]
    for key, words in WORDS[sheet].items():
        for word in words:
            heading = find_heading([[word, "备注", "无关的栏"]], spellings)
            assert heading is not None, word
            assert sheet.exported[heading.columns[0]].key == key, word


def test_no_two_columns_of_a_list_share_a_word() -> None:
    for declaration in REGISTRY.importable:
        met: dict[str, str] = {}
        for field in declaration.exported:
            for word in field.spellings:
                assert met.setdefault(word, field.key) == field.key, (declaration.slug, word)


def test_what_others_call_a_column_gives_way_to_the_column_s_own_heading(workbook: MakeFile) -> None:
    keys, ignored, rows = read(workbook([["手机号", *HEADINGS, "联系电话"], ["1", *DATA, "0635-8288888"]]))
    assert ignored == ("手机号",)
    assert rows[0].cells["phone"] == "0635-8288888"
    assert keys[-1] == "phone"


def read_in(heading: str, amount: object) -> Any:
    """Return what an amount below a heading is."""
    rows = [[heading, "企业名称"], [amount, "甲"]]
    found = find_heading(rows, [one.spellings for one in TENANT_COMPANIES.exported])
    assert found is not None
    columns = {place: TENANT_COMPANIES.exported[index] for place, index in found.columns.items()}
    values = SheetLayout(found, columns, (), rows, False).values(rows[1])
    return parse(column("revenue"), values["revenue"])


@pytest.mark.parametrize(
    "heading",
    [
        "营业收入「元」",
        "营业收入{元}",
        "营业收入 元",
        "营业收入（以元计）",
        "营业收入(单位为元)",
        "营业收入_元",
        "营业收入（2025年）元",
        "营业收入（期末数）/元",
        "营业收入（2025年）单位：元",
        "营业收入（元",
    ],
)
def test_an_amount_in_yuan_is_told_by_any_sign(heading: str) -> None:
    assert read_in(heading, 10_005_000) == 1000.5


def test_the_sign_of_a_currency_in_a_heading_goes_with_its_unit() -> None:
    assert read_in("营业收入（￥万元）", "¥500") == read_in("营业收入（人民币万元）", 500) == 500.0


def heading_of(text: str) -> Any:
    columns = TENANT_COMPANIES.exported
    return find_heading(
        [[text, "所属基地", "备注"]], [one.spellings for one in columns], (), [one.heading for one in columns]
    )


@pytest.mark.parametrize(
    "heading",
    [
        "营业收入（2025年）同比", "营业收入（同比增长）", "营业收入（%）", "营业收入（万元）元",
        "营业收入（2025年）美元",
        "法定代表人（负责人）身份证号", "法人（身份证号）", "法定代表人（姓名、电话）",
        "法定代表人/身份证号", "法定代表人：证件号码",
        "统一社会信用代码（开户账号）", "从业人员（其中大专以上）", "企业名称（地址）", "法定代表人（电子邮箱）",
    ],
)  # fmt: skip
def test_a_heading_that_says_something_more_is_not_that_column(heading: str) -> None:
    found = heading_of(heading)
    assert found is not None and 0 not in found.columns


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("法定代表人（负责人）", "legal_representative"), ("法定代表人（负责人）姓名", "legal_representative"),
        ("企业（单位）法人", "legal_representative"),
        ("*企业（单位）名称：", "name"), ("营业收入（万元）2025年", "revenue"), ("联系电话（手机号码）", "phone"),
        ("统一社会信用代码（营业执照号）", "uscc"), ("统一社会信用代码（18位）*", "uscc"),
        ("联系人（负责人）电话", "phone"),
        ("从业人员（期末）（人）", "people"), ("入驻日期（格式：2026-01-01）", "moved_in"),
    ],
)  # fmt: skip
def test_a_heading_with_a_note_stays_its_column(heading: str, key: str) -> None:
    found = heading_of(heading)
    assert found is not None and TENANT_COMPANIES.exported[found.columns[0]].key == key


def test_a_number_below_a_person_is_not_the_person(workbook: MakeFile) -> None:
    head = [["企业名称", "所属基地", "法定代表人", ""], ["", "", "身份证号", "姓名"]]
    path = workbook(
        [*head, ["甲公司", "某某园", "372500199001010000", "张三"]], merged=["A1:A2", "B1:B2", "C1:D1"]
    )
    with recognise_workbook(path, TENANT_COMPANIES) as found:
        assert found.columns.get(2) is None


def test_a_heading_of_two_rows_is_read_with_what_stands_above_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["基地名称", "运营主体", None, "所属县（市、区）", "联系人", None])
    sheet.append([None, "名称", "统一社会信用代码", None, "姓名", "电话"])
    for area in ("A1:A2", "B1:C1", "D1:D2", "E1:F1"):
        sheet.merge_cells(area)
    sheet.append(["某某园", "甲公司", "91371502MANMLE23Q2", "莘县", "张三", "0635-8288888"])
    book.save(tmp_path / "two.xlsx")
    keys, ignored, rows = read(tmp_path / "two.xlsx", BASES)
    assert keys == ["name", "operator", "uscc", "county", "contact_name", "contact_phone"]
    assert ignored == ()
    assert rows[0].cells["operator"] == "甲公司"


def column(key: str) -> Any:
    return next(one for one in TENANT_COMPANIES.exported if one.key == key)


FEB = dt.date(2021, 2, 26)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        *(("moved_in", text, FEB) for text in (
            "2021。2。26", "2021，2，26", "2021\\2\\26", "2021_2_26", "2021 2 26", "2021·2·26", "26-Feb-2021",
            "Feb 26, 2021", "2021-Feb-26", "26 February 2021", "‘2021-02-26", "2021.02.26日",
        )),
        *(("moved_out", text, None) for text in ("至今", "在驻", "未迁出", "空", "NULL", "(空白)", "无。", "…")),
        *(("revenue", text, 1234.5) for text in (
            "RMB 1,234.5万元", "人民币1234.5万元", "1234.5万元人民币", "1234.5（万元）", "1234.5w",
        )),
        *(("moved_in", text, FEB) for text in ("2021 2 26 10:00", "2021 2 26 8:30:00", "Feb 26, 2021 10:00")),
        ("moved_in", "2021 1 2 10:00", dt.date(2021, 1, 2)),
        ("revenue", "人民币500万", 500.0),
        ("moved_in", "2021 2", dt.date(2021, 2, 1)),  # not Excel's day 20212
        ("revenue", "1千万", 1000.0),
        ("people", "100（人）", 100),
        ("phone", "138-6346-1234", "13863461234"),
        ("uscc", "‘91371502MANMLE23Q2", "91371502MANMLE23Q2"),
        *(("industry", text, "other") for text in ("其它", "其他行业", "其它未列明行业")),
        *(("industry", text, "leasing") for text in ("租赁与商务服务业", "租赁商务服务业")),
        ("industry", "批发", "wholesale"),
        ("industry", "农林牧渔", "farming"),
        ("industry", "采矿业", "manufacturing"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_a_clerk_would(key: str, text: str, value: object) -> None:
    assert parse(column(key), text) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("moved_in", "2021 13"), ("moved_in", "至今"), ("moved_in", "Foo 26, 2021"), ("moved_in", "2021,2,30"),
        *(("moved_in", text) for text in (
            "2021.1 2", "2021-1 2", "2021年1 2", "2021 1.2", "20 21-01-02", "二〇二一年十 二月",
        )),
        *(("revenue", text) for text in ("人民币5000000", "RMB 500000", "¥500000", "￥5", "$5", "US$5")),
        ("people", "¥12"), ("people", "¥12人"),
        ("revenue", "1234.5（万美元）"), ("revenue", "RMB"), ("people", "100w人"), ("industry", "批发和零售业"),
        ("industry", "业"), ("phone", "138-6346-123"),
    ],
)  # fmt: skip
def test_what_nobody_can_know_is_still_refused(key: str, text: str) -> None:
    with pytest.raises(Refused):
        parse(column(key), text)


def test_a_currency_without_a_unit_is_yuan_only_in_a_column_of_yuan() -> None:
    assert parse(LEDGER_ENTRIES.field("fee_amount"), "￥1,500") == 1500.0
    with pytest.raises(Refused, match="元 or in 万元"):
        parse(column("revenue"), "¥5000000")
    assert with_year("1 2.5", dt.date(2026, 11, 27)) == "1 2.5"  # not 5 December


@pytest.mark.parametrize("title", ["", "入驻企业统计表\n", "入驻企业统计表,2026年\n", "sep=SIGN\n"])
@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_a_text_is_parted_by_the_sign_of_its_headings(sign: str, title: str) -> None:
    lines = [sign.join(str(cell) for cell in cells) for cells in (HEADINGS, DATA)]
    text = title.replace("SIGN", sign) + "\r\n".join(lines) + "\x1a"
    *_, head, row = csv_rows(text.encode("gb18030"), {"rows": 100, "columns": 10})
    assert (head, row[0]) == (HEADINGS, "甲公司")


def test_signs_within_the_values_do_not_part_a_narrow_text() -> None:
    lines = "名称,备注\n甲公司,电话1|2|3\n".encode()
    job = {"rows": 100, "columns": 10}
    assert list(csv_rows(lines, job))[1] == ["甲公司", "电话1|2|3"]
    known = "企业名单,2026年,截至9月\n企业名称|所属基地\n甲,乙,丙|某园\n".encode()
    spellings = [sorted(one.spellings) for one in TENANT_COMPANIES.exported]
    assert list(csv_rows(known, job | {"spellings": spellings}))[1:] == [
        ["企业名称", "所属基地"],
        ["甲,乙,丙", "某园"],
    ]
    alone = "企业名称\n甲公司|乙|丙\n".encode()
    assert list(csv_rows(alone, job | {"spellings": spellings})) == [["企业名称"], ["甲公司|乙|丙"]]


def test_a_column_whose_own_heading_names_two_facts_is_known_by_it() -> None:
    both = replace(column("legal_representative"), heading="负责人（电话）")
    found = find_heading([["负责人（电话）", "企业名称"], []], [both.spellings, column("name").spellings])
    assert found is not None and found.columns[0] == 0


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_a_text_of_two_bytes_a_sign_is_read_with_and_without_its_mark(encoding: str) -> None:
    text = "\n".join(",".join(map(str, row)) for row in (HEADINGS, DATA))
    head, row = csv_rows(text.encode(encoding), {"rows": 100, "columns": 10})
    assert (head, row[0]) == (HEADINGS, "甲公司")


def test_a_number_that_another_program_kept_as_text_is_that_text() -> None:
    [row] = csv_rows(b'="91371502MANMLE23Q2",="06358288888"', {"rows": 100, "columns": 10})
    assert row == ["91371502MANMLE23Q2", "06358288888"]


SKIPPED = [
    (["茌平区合计", None, None, None, 12, 1000.5], "total"),
    ([None, None, None, "本月合计：", 12, 1000.5], "total"),  # in the column of the bases
    ([None, "某某园（二期）小计", None, None, "12", "1,000.5"], "total"),
    (["计", None, None, None, 12], "total"),
    (["平均", None, None, None, 12.5], "total"),
    ([None, "—— 以下空白 ——"], "footer"),
    ([None, "审核人签字："], "footer"),
    ([None, "数据来源：市场监管局"], "footer"),
    ([None, "第1页 共1页"], "footer"),
    ([None, "2026年9月30日"], "footer"),
    (["填表人：", "张三", "填表日期", dt.date(2026, 9, 30)], "footer"),
    (["（盖章）", None, "2026年9月30日"], "footer"),
    (["共计：12家", None, None, None, 12], "total"),
    (["合计", "12家", "某某园", None, 12], "total"),
    (["甲", "乙", "丙", "丁", "1", "2", "3"], "heading"),
    ([1, 2, 3, 4, 5, 6, 7], "heading"),
]


@pytest.mark.parametrize(("cells", "reason"), SKIPPED)
def test_what_stands_around_the_records_is_none(cells: list[object], reason: str) -> None:
    assert skipped_as(cells, serial={0}, headings={}) == reason


@pytest.mark.parametrize("name", ["聊城审计", "某某汇总", "合计科技有限公司"])
def test_a_record_is_no_sum_for_a_word_in_its_name(name: str) -> None:
    assert skipped_as([1, name, *DATA[1:]], serial={0}, headings={}) == ""


@pytest.mark.parametrize(
    "cells",
    [
        ["2026年3月5日", "某某创业园", "法律咨询", 3], ["*聊城某某有限公司", "91371502MANMLE23Q2"],
        ["※甲公司", "x", "某某园"],
        ["注：已迁出", "甲公司", "x"], ["备注：", 1, 2, "甲公司"], ["2026年9月30日", None, 12],
        ["共计12家", "某某园", "2026-03-05"],
        ["某某园", "2026年3月5日", "合计"], ["其中文化有限公司", "913715021234567890", 12], ["某某汇总", 13800000000.0],
        ["计", "91371502MANMLE23Q2"], ["平均", "13800000000"], ["数据来源：市场监管局", "甲公司", "y"],
        ["第1页", "甲公司", "y"],
    ],
)  # fmt: skip
def test_a_record_is_no_footer_for_what_its_first_cell_holds(cells: list[object]) -> None:
    assert skipped_as(cells, serial=set(), headings={}) == ""


def test_a_long_number_behind_a_sum_takes_no_time() -> None:
    began = time.process_time()
    assert skipped_as([f"合计{'1' * 60}x", "甲"], serial=set(), headings={}) == ""
    assert time.process_time() - began < 1


def test_a_subtotal_may_stand_among_the_names() -> None:
    assert skipped_as([1, "某某园", "小计", 12], serial={0}, headings={}, name=2) == "total"
    assert skipped_as([1, "某某园", "小计科技有限公司", 12], serial={0}, headings={}, name=2) == ""


def test_what_stands_in_a_column_that_is_not_read_makes_no_record() -> None:
    cells = ["2026年3月5日", "某某创业园"]
    assert skipped_as(cells, serial=set(), headings={}, read={0}) == "footer"
    assert skipped_as(cells, serial=set(), headings={}, read={1}) == ""


def test_a_row_of_units_below_the_heading_counts_for_it(workbook: MakeFile) -> None:
    head = ["企业名称", "统一社会信用代码", "所属基地", "从业人员", "营业收入", "入驻日期"]
    units = [None, None, None, "人", "（元）"]
    _, _, (told, row) = read(workbook([head, units, [*DATA[:4], 10_005_000, DATA[5]]]))
    assert (told.number, told.skipped) == (2, "heading")
    assert parse(column("revenue"), row.cells["revenue"]) == 1000.5


def test_a_unit_line_may_part_its_units_by_spaces(workbook: MakeFile) -> None:
    head = [text.partition("（")[0] for text in HEADINGS]
    _, _, (row,) = read(workbook([["单位: 人 元"], head, [*DATA[:4], 10_005_000, DATA[5]]]))
    assert parse(column("revenue"), row.cells["revenue"]) == 1000.5


def test_dollars_are_refused() -> None:
    with pytest.raises(Refused):
        read_in("营业收入（$）", 5)


def test_an_export_of_one_column_is_known_by_its_mark(workbook: MakeFile) -> None:
    mark = "记录标识 tenant_companies:name,people"
    keys, _, rows = read(workbook([["入驻企业名录"], ["从业人员（人）", mark], [12, "x"]]))
    assert keys == ["people"]
    assert rows[0].mark == "x"
