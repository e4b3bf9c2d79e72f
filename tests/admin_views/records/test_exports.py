"""What leaves by the one door of lists: as filtered and sorted, with the columns chosen, sent while read, told."""

import csv
import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO, StringIO

import openpyxl
import pytest

from office.excel.row_marks import PROPERTY, read_heading, read_mark
from services.records import records
from tests.sample_office import cells, code

HOME = "/admin/tenant-companies/"
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("columns", [("name", "people"), ("people", "notes", "status"), ("uscc",)])
def test_the_columns_of_the_address_alone_are_written_in_the_order_of_the_page(sign_in, columns):
    chosen = "&".join(f"columns={key}" for key in columns)
    heading = cells(sign_in("city").get(f"{HOME}export/xlsx/?{chosen}"))[2]
    marks = read_heading(heading[-1])
    assert marks.collection == "tenant_companies"
    assert set(marks.keys) == {"name", *columns}
    assert len(heading) == len(marks.keys) + 2  # the serial number and the marks
    page = sign_in("city").get(f"{HOME}?{chosen}").text
    (link,) = re.findall(r'href="[^"]*export/xlsx/\?([^"]*)"', page)
    assert {f"columns={key}" for key in columns} == set(link.replace("&amp;", "&").split("&"))


def test_each_row_carries_its_record_and_version(office, sign_in):
    answer = sign_in("city").get(f"{HOME}export/xlsx/")
    found = cells(answer)
    marks = read_heading(found[2][-1])
    stored = {str(raw["_id"]): raw for raw in office.db["tenant_companies"].find({})}
    for row in found[3:]:
        mark = read_mark(row[-1], marks)
        assert (stored[mark.record]["name"], stored[mark.record]["version"]) == (row[1], mark.version)
    assert len(found) - 3 == len(stored)
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).worksheets[0]
    assert sheet.column_dimensions[openpyxl.utils.get_column_letter(len(found[2]))].hidden


def test_the_workbook_says_what_it_is(office, sign_in):
    answer = sign_in("city").get(f"{HOME}export/xlsx/?county=371525&sort=-people")
    book = openpyxl.load_workbook(BytesIO(answer.data))
    about = dict(book["说明"].iter_rows(values_only=True))
    rows = office.db["tenant_companies"].count_documents({"county": "371525"})
    assert about["行数"].startswith(f"共 {rows} 行")
    assert "冠县" in about["筛选条件"]
    assert about["排序"] == "从业人员（人），降序"
    assert about["导出人"] == office.actor("city").name
    digest = about["数据指纹"].removeprefix("SHA-256 ")
    assert book.custom_doc_props[PROPERTY].value.endswith(f" {rows} {digest}")
    people = [row[6] for row in cells(answer)[3:]]
    assert people == sorted(people, key=lambda number: number or 0, reverse=True)


def test_a_row_leads_back_to_its_page_where_the_office_has_an_address(app, sign_in, monkeypatch):
    address = f"{HOME}export/xlsx/?county=371525"
    monkeypatch.setitem(app.config, "PUBLIC_URL", "")
    assert openpyxl.load_workbook(BytesIO(sign_in("city").get(address).data)).active["A4"].hyperlink is None
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://bases.example.gov.cn")
    answer = sign_in("city").get(address)
    link = openpyxl.load_workbook(BytesIO(answer.data)).active["A4"].hyperlink.target
    assert link == f"https://bases.example.gov.cn{HOME}details/?id={cells(answer)[3][-1][:24]}"


def test_text_has_the_same_rows_and_a_byte_order_mark(office, sign_in):
    browser = sign_in("guan")
    answer = browser.get(f"{HOME}export/csv/?columns=name")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    lines = answer.data.decode("utf-8-sig").splitlines()
    listed = cells(browser.get(f"{HOME}export/xlsx/?columns=name"))[2:]
    assert [line.split(",")[1] for line in lines] == [row[1] for row in listed]
    (first, _) = office.db["audit_entries"].find({"action": "exported"}).sort("_id", 1)
    counted = {change["field"]: change["new"] for change in first["changes"]}
    assert (
        counted["rows"]
        == len(lines) - 1
        == office.db["tenant_companies"].count_documents({"county": "371525"})
    )
    assert browser.get(f"{HOME}export/pdf/").status_code == 404


@pytest.mark.parametrize("by", ["counties", "bases"])
def test_a_package_has_a_workbook_for_each_part_in_scope(by, office, sign_in):
    answer = sign_in("guan").get(f"{HOME}export/{by}/?columns=people")
    stored = list(office.db["tenant_companies"].find({"county": "371525"}))
    with zipfile.ZipFile(BytesIO(answer.data)) as package:
        lists = {name: cells(package.read(name)) for name in package.namelist()}
    parts = {"冠县"} if by == "counties" else {raw["base_name"] for raw in stored}
    assert {name.removesuffix(".xlsx") for name in lists} == parts
    assert sorted(row[1] for rows in lists.values() for row in rows[3:]) == sorted(
        raw["name"] for raw in stored
    )
    assert {rows[2][2] for rows in lists.values()} == {"从业人员（人）"}
    assert sign_in("guan").get("/admin/bases/export/bases/").status_code == 404


def company(office, number, name, **values):
    given = {"name": name, "uscc": code(number), "base": office.guan.base, "status": "housed", **values}
    return records.create("tenant_companies", given, actor=office.actor("boss"), now=NOW)


@pytest.mark.parametrize("more_than_are_ranked", [False, True])
def test_a_searched_list_leaves_in_the_order_in_which_it_is_shown(
    more_than_are_ranked, office, sign_in, monkeypatch
):
    """By name 安恒越 stands first; what is named 恒越 itself is what was looked for."""
    monkeypatch.setattr("documents.records.record.MOST_RANKED", 1 if more_than_are_ranked else 1000)
    picked = [
        str(company(office, 7401 + n, name, people=n))
        for n, name in enumerate(("安恒越电子有限公司", "恒越机械有限公司", "北恒越商贸有限公司"))
    ]
    shown = ["恒越机械有限公司", "安恒越电子有限公司", "北恒越商贸有限公司"]
    browser = sign_in("city")
    if not more_than_are_ranked:
        page = browser.get(f"{HOME}?search=恒越").text
        assert sorted(shown, key=page.index) == shown
    answer = browser.get(f"{HOME}export/xlsx/?search=恒越")
    assert [row[1] for row in cells(answer)[3:]] == shown
    about = dict(openpyxl.load_workbook(BytesIO(answer.data))["说明"].iter_rows(values_only=True))
    assert about["排序"] == "与搜索词最相符的在前"
    chosen = browser.send(f"{HOME}action/?search=恒越", {"action": "export", "id": picked})
    assert [row[1] for row in cells(chosen)[3:]] == shown
    by_people = browser.get(f"{HOME}export/xlsx/?search=恒越&sort=-people")
    assert [row[1] for row in cells(by_people)[3:]] == [shown[2], shown[0], shown[1]]


def test_the_selected_leave_as_text_and_as_a_package_too(office, sign_in):
    browser = sign_in("city")
    picked = [office.guan.company, office.shen.company]
    raws = office.db["tenant_companies"].find({"_id": {"$in": picked}})
    stored = {raw["name"]: raw["base_name"] for raw in raws}
    data = {"action": "export", "id": [str(one) for one in picked]}
    answer = browser.send(f"{HOME}action/", data | {"value-export": "csv"})
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))
    assert sorted(row[1] for row in rows[1:]) == sorted(stored)
    answer = browser.send(f"{HOME}action/", data | {"value-export": "bases"})
    with zipfile.ZipFile(BytesIO(answer.data)) as package:
        lists = {name.removesuffix(".xlsx"): cells(package.read(name))[3:] for name in package.namelist()}
    assert {row[1]: base for base, rows in lists.items() for row in rows} == stored
    assert cells(browser.send(f"{HOME}action/", data | {"value-export": "none of these"}))[2][0] == "序号"


def test_a_text_that_looks_like_a_formula_comes_back_from_csv_as_it_was(office, sign_in):
    texts = ("=1+1", "'=1+1", "''@a", "-5 折", "+86 635 8212345", "@某某", "'引号", "a'=1", "'")
    for number, text in enumerate(texts):
        company(office, 7501 + number, f"第{number}家有限公司", notes=text, address=text)
    browser = sign_in("city")
    answer = browser.get(f"{HOME}export/csv/?search=家有限公司")
    assert b",'=1+1," in answer.data
    assert not re.search(rb"(^|,)[=+@]", answer.data)
    before = list(office.db["tenant_companies"].find({}).sort("_id", 1))
    sent = {"kind": "tenant-companies", "file": (BytesIO(answer.data), "名录.csv")}
    browser.send("/admin/import/", sent)
    (batch,) = office.db["import_batches"].find({}).sort("started_at", -1).limit(1)
    assert (batch["counts"]["unchanged"], batch["counts"]["rejected"]) == (len(texts), 0)
    assert list(office.db["tenant_companies"].find({}).sort("_id", 1)) == before


@pytest.mark.parametrize(
    ("address", "condition"),
    [
        ("/admin/assessment/export/xlsx/?county=371525&met=no", "县（市、区） 冠县；结论 未达标"),
        ("/admin/revocation/export/xlsx/?kind=revocation", "撤销命名"),
        ("/admin/doubts/export/xlsx/?county=371525", "冠县；待处理"),
        ("/admin/ledger-quality/export/?year=2026&tab=months", "2026"),
    ],
)
def test_a_report_says_its_conditions_in_chinese_with_the_rows_that_it_has(address, condition, sign_in):
    answer = sign_in("city").get(address)
    book = openpyxl.load_workbook(BytesIO(answer.data))
    about = dict(book["说明"].iter_rows(values_only=True))
    assert condition in about["筛选条件"]
    assert not re.search("[a-z]{3}", about["筛选条件"])
    assert about["行数"].startswith(f"共 {len(cells(answer)) - 3} 行")
    assert len(about["数据指纹"]) == len("SHA-256 ") + 64
