"""Rows that an export held and that the file sent back lacks: offered, ticked one by one, deleted with care."""

import io
import re
from datetime import UTC, datetime

import openpyxl
import pytest

from services.records import records
from tests.admin_views.imports.test_trial import address
from tests.page_reader import form, text_of
from tests.sample_office import code

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
PATH = "/admin/tenant-companies"


@pytest.fixture
def three(office):
    """Make three companies of one base and give their ids."""
    names = ("甲缺有限公司", "乙缺有限公司", "丙缺有限公司")
    return [
        records.create(
            "tenant_companies",
            {"name": name, "uscc": code(7800 + number), "base": office.guan.base, "status": "housed"},
            actor=office.actor("boss"), now=NOW,
        )
        for number, name in enumerate(names)
    ]  # fmt: skip


def exported(browser, search="缺有限公司"):
    data = browser.get(f"{PATH}/export/xlsx/?search={search}").data
    return openpyxl.load_workbook(io.BytesIO(data))


def without(book, *names):
    """Return the workbook as a clerk saves it, rows of these companies deleted and the rest sorted the other way."""
    sheet = book.worksheets[0]
    for number in range(sheet.max_row, 0, -1):
        if any(cell.value in names for cell in sheet[number]):
            sheet.delete_rows(number)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def tried(browser, stream):
    answer = browser.send(
        "/admin/import/", {"kind": "tenant-companies", "file": (stream, "名录.xlsx"), "dry_run": "1"}
    )
    assert answer.status_code in (200, 303)
    return answer.text if answer.status_code == 200 else browser.get(answer.location).text


def written(browser, page):
    answer = browser.send("/admin/import/write", form(page, "/admin/import/write"))
    assert answer.status_code == 303
    return text_of(browser.get(answer.location).text)


def offered(page):
    return re.findall(r'name="record" value="(\w+)"', page)


def tick(browser, page, *ids):
    url = f"{address(page)}/missing"
    typed = form(page, url) | {"record": [str(one) for one in ids]}
    answer = browser.send(url, typed)
    assert answer.status_code == 303
    return browser.get(answer.location).text


def test_rows_that_the_file_lacks_are_offered_and_stay_unless_ticked(office, three, sign_in):
    city = sign_in("city")
    page = tried(city, without(exported(city), "甲缺有限公司", "丙缺有限公司"))
    assert offered(page) == [str(three[0]), str(three[2])]
    assert "导出时有、文件中已没有的行：2 行" in text_of(page)
    assert "/admin/import/write" not in page, "nothing is to be written yet"
    before = office.digest()
    page = tick(city, page, three[2])
    assert office.digest()["tenant_companies"] == before["tenant_companies"]
    assert "1 条记录已移入回收站" in written(city, page)
    assert office.db["tenant_companies"].count_documents({"_id": {"$in": three}}) == 2
    assert office.one("tenant_companies", three[0])
    assert office.db["recycled"].count_documents({"record_id": three[2]}) == 1


def test_what_was_saved_after_the_trial_or_is_referred_to_is_not_deleted(office, three, sign_in):
    city = sign_in("city")
    entry = {"base": office.guan.base, "function": "training", "companies": [{"name": "甲缺有限公司"}]}
    records.create("ledger_entries", entry, actor=office.actor("boss"), now=NOW)
    page = tried(city, without(exported(city), "甲缺有限公司", "乙缺有限公司"))
    assert f'value="{three[0]}"' in page and "disabled" in page.split(str(three[0]))[1].split(">")[0]
    page = tick(city, page, three[0], three[1])
    version = office.one("tenant_companies", three[1])["version"]
    records.update(
        "tenant_companies", three[1], {"people": 9}, version=version, actor=office.actor("boss"), now=NOW
    )
    said = written(city, page)
    assert "未删除的记录" in said and "乙缺有限公司" in said
    assert office.db["tenant_companies"].count_documents({"_id": {"$in": three}}) == 3


def test_the_deletion_is_undone_with_the_batch(office, three, sign_in):
    city = sign_in("city")
    page = tick(city, tried(city, without(exported(city), "甲缺有限公司")), three[0])
    written(city, page)
    batch = office.db["import_batches"].find_one({"deleted": 1})["_id"]
    url = f"/admin/batches/{batch}/undo/"
    page = city.get(url).text
    assert "甲缺有限公司" in text_of(page)
    assert city.send(url, form(page, url)).status_code == 303
    assert office.one("tenant_companies", three[0])["name"] == "甲缺有限公司"


def test_a_county_is_offered_its_own_alone_though_the_file_is_the_citys(office, three, sign_in):
    city, shen, guan = sign_in("city"), sign_in("shen"), sign_in("guan")
    for browser, number in ((shen, 0), (guan, 1)):
        stream = without(exported(city), "甲缺有限公司")
        assert len(offered(tried(browser, stream))) == number


@pytest.mark.parametrize("change", ["property", "digest", "other list"])
def test_nothing_is_offered_of_a_file_that_does_not_say_which_export_it_was(office, three, sign_in, change):
    city = sign_in("city")
    book = exported(city)
    if change == "property":
        del book.custom_doc_props["office-export"]
    elif change == "digest":
        book.custom_doc_props["office-export"].value = "tenant_companies 2026 甲 3 " + "0" * 64
    else:
        book.custom_doc_props["office-export"].value = (
            exported(city, "启程").custom_doc_props["office-export"].value
        )
    page = tried(city, without(book, "甲缺有限公司"))
    assert str(three[0]) not in offered(page)


def test_a_hidden_row_and_one_under_a_new_name_are_in_the_file(office, three, sign_in):
    city = sign_in("city")
    book = exported(city)
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == "乙缺有限公司":
                sheet.row_dimensions[cell.row].hidden = True
            if cell.value == "甲缺有限公司":
                cell.value = "甲新有限公司"
    assert offered(tried(city, without(book))) == []
