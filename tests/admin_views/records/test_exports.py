"""What leaves by the one door of lists: as filtered and sorted, with the columns chosen, sent while read, told."""

import re
import zipfile
from io import BytesIO

import openpyxl
import pytest

from office.excel.row_marks import PROPERTY, read_heading, read_mark
from tests.sample_office import cells

HOME = "/admin/tenant-companies/"


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
