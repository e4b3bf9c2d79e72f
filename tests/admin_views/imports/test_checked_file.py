"""The clerk's own workbook back from the trial: as it was, with what is at fault marked and a column of results."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import unquote

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from rules.access import SYSTEM
from services.batches.undo import Choice, ask_to_undo
from services.jobs.kinds import KINDS
from services.jobs.worker import Worker
from services.records import records
from tests.admin_views.imports.old_workbook import old_workbook
from tests.page_reader import text_of
from tests.sample_office import code

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HEADING = ("企业名称", "统一社会信用代码", "所属基地", "所属行业", "从业人员（人）")
GOOD = ("好企业", code(7301), "清泉创业园", "工业", 12)
BAD = ("坏企业", "12345", "清泉创业园", "工业", "十几个")


@pytest.fixture
def city(sign_in):
    """The city's clerk, signed in."""
    return sign_in("city")


def own_workbook():
    """Return a county's own workbook: a width, a colour, a further sheet of its own."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "一季度"
    for row in (HEADING, GOOD, BAD):
        sheet.append(row)
    sheet.column_dimensions["A"].width = 41
    sheet["A2"].fill = PatternFill("solid", start_color="FF00B0F0")
    book.create_sheet("自留备忘")["A1"] = "勿动"
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def tried(browser, file, name):
    answer = browser.send(
        "/admin/import/", {"kind": "tenant-companies", "file": (file, name), "dry_run": "1"}
    )
    page = answer if answer.status_code == 200 else browser.get(answer.location)
    (_, _, rest) = page.text.partition('href="/admin/import/trial/')
    return browser.get(
        "/admin/import/trial/" + rest.partition('"')[0].partition("/")[0].partition("?")[0] + "/checked.xlsx"
    )


def test_what_is_at_fault_is_marked_and_the_rest_is_as_it_was(office, city):
    answer = tried(city, own_workbook(), "莘县.xlsx")
    book = openpyxl.load_workbook(BytesIO(answer.data))
    sheet = book["一季度"]
    assert book.sheetnames == ["一季度", "自留备忘"]
    assert sheet.column_dimensions["A"].width == 41
    assert sheet["A2"].fill.start_color.rgb == "FF00B0F0"
    assert [cell.value for cell in sheet["F"]][:2] == ["结果", "可导入：新增"]
    assert sheet["F3"].value.startswith("退回：")
    for place in ("B3", "E3"):
        assert sheet[place].fill.start_color.rgb == "FFF4C7C3"
        assert "应填：" in sheet[place].comment.text
    assert sheet["A3"].comment is None
    assert sheet["B3"].value == "12345"
    lists = {
        area.coord: rule.formula1
        for rule in sheet.data_validations.dataValidation
        for area in rule.sqref.ranges
    }
    assert "工业" in lists["D2:D3"]


def test_the_marked_workbook_comes_back_once_it_is_corrected(office, city):
    book = openpyxl.load_workbook(BytesIO(tried(city, own_workbook(), "莘县.xlsx").data))
    book["一季度"]["B3"], book["一季度"]["E3"] = code(7302), 15
    stream = BytesIO()
    book.save(stream)
    again = openpyxl.load_workbook(
        BytesIO(tried(city, BytesIO(stream.getvalue()), "莘县-检查结果.xlsx").data)
    )
    assert [cell.value for cell in again["一季度"]["F"]] == ["结果", "可导入：新增", "可导入：新增"]
    assert again["一季度"].max_column == 7, "the results and, hidden, the marks: one of each, however often"
    assert again["一季度"].column_dimensions["G"].hidden


def test_a_text_file_comes_back_as_a_workbook_of_the_same_rows(office, city):
    text = "\n".join(",".join(map(str, row)) for row in (HEADING, GOOD, BAD)).encode("gb18030")
    answer = tried(city, BytesIO(text), "莘县.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    assert [cell.value for cell in sheet[2]][:6] == [*map(str, GOOD), "可导入：新增"]
    assert sheet["F3"].value.startswith("退回：")


@pytest.mark.parametrize("name", ["guan", "shen"])
def test_another_clerks_trial_is_not_found(name, office, city, sign_in):
    answer = tried(city, own_workbook(), "莘县.xlsx")
    assert answer.status_code == 200
    (upload,) = {row["upload"] for row in office.db["import_trials"].find({})}
    assert sign_in(name).get(f"/admin/import/trial/{upload}/checked.xlsx").status_code == 404


def marked_after_writing(city):
    """Write the good row of the workbook; return the workbook that was marked before, openable."""
    answer = city.send(
        "/admin/import/", {"kind": "tenant-companies", "file": (own_workbook(), "莘县.xlsx"), "dry_run": "1"}
    )
    upload = answer.text.partition('href="/admin/import/trial/')[2][:24]
    marked = city.get(f"/admin/import/trial/{upload}/checked.xlsx")
    written = city.send("/admin/import/write", {"kind": "tenant-companies", "upload": upload})
    assert written.status_code == 303
    return openpyxl.load_workbook(BytesIO(marked.data)), written.location


def sent_again(city, book, name="莘县-检查结果.xlsx", **more):
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    return city.send("/admin/import/", {"kind": "tenant-companies", "file": (stream, name), **more})


def test_sent_again_only_what_was_not_taken_is_taken(office, city):
    book, _ = marked_after_writing(city)
    stored = office.db["tenant_companies"].find_one({"uscc": code(7301)})
    records.update(
        "tenant_companies", stored["_id"], {"people": 99}, version=stored["version"], actor=office.actor("boss"),
        now=NOW,
    )  # fmt: skip
    before = office.one("tenant_companies", stored["_id"])
    book["一季度"]["B3"], book["一季度"]["E3"] = code(7302), 15
    trial = sent_again(city, book, dry_run="1").text
    assert "有 1 行此前已导入且未再改动，本次不再取用" in trial
    answer = sent_again(city, book)
    assert "有 1 行此前已导入且未再改动" in city.get(answer.location).text
    assert office.one("tenant_companies", stored["_id"]) == before, "a colleague's edit since stands"
    assert office.db["tenant_companies"].find_one({"uscc": code(7302)})["people"] == 15
    again = openpyxl.load_workbook(BytesIO(tried(city, saved(book), "莘县-检查结果.xlsx").data))
    assert again["一季度"]["F2"].value == "此前已导入，未再改动，本次不再取用"


def saved(book):
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def test_a_row_that_was_changed_since_is_taken_again_and_one_that_was_moved_is_not(office, city):
    book, _ = marked_after_writing(city)
    book["一季度"].insert_rows(2, 3)
    assert "有 1 行此前已导入且未再改动" in city.get(sent_again(city, book).location).text
    book["一季度"]["E5"] = 13
    assert "此前已导入" not in city.get(sent_again(city, book).location).text
    assert office.db["tenant_companies"].find_one({"uscc": code(7301)})["people"] == 13


def test_what_was_undone_is_no_longer_taken(office, city):
    book, location = marked_after_writing(city)
    asked = ask_to_undo(location.rpartition("/")[2], Choice(), actor=SYSTEM, now=datetime.now(UTC))
    assert Worker(KINDS).work_on(asked.job)
    assert office.db["tenant_companies"].find_one({"uscc": code(7301)}) is None
    answer = sent_again(city, book)
    assert "此前已导入" not in city.get(answer.location).text
    assert office.db["tenant_companies"].find_one({"uscc": code(7301)})["people"] == 12


def test_before_it_is_written_nothing_counts_as_taken_but_what_is_stored_already(office, city):
    book = openpyxl.load_workbook(BytesIO(tried(city, own_workbook(), "莘县.xlsx").data))
    answer = sent_again(city, book)
    assert "此前已导入" not in city.get(answer.location).text
    assert office.db["tenant_companies"].find_one({"uscc": code(7301)})["people"] == 12


def test_a_forged_mark_takes_nothing_of_anybody_else(office, city):
    book, _ = marked_after_writing(city)
    for forged in ("=1+1", "x" * 40_000, f"{'0' * 24}.n.2.{'A' * 16}", f"{'0' * 24}.s.9999999.{'A' * 16}"):
        book["一季度"]["G2"] = forged
        answer = sent_again(city, book)
        assert answer.status_code == 303
        assert "此前已导入" not in city.get(answer.location).text


def test_a_cell_corrected_in_the_page_stands_corrected_in_the_workbook(office, city):
    answer = city.send(
        "/admin/import/", {"kind": "tenant-companies", "file": (own_workbook(), "莘县.xlsx"), "dry_run": "1"}
    )
    address = "/admin/import/trial/" + answer.text.partition('href="/admin/import/trial/')[2][:24]
    city.send(f"{address}/cells", {"cell.3.uscc": code(7302), "cell.3.people": "=15"})
    city.send(f"{address}/cells", {"cell.3.people": "15"})
    sheet = openpyxl.load_workbook(BytesIO(city.get(f"{address}/checked.xlsx").data))["一季度"]
    assert [cell.value for cell in sheet[3]][1:6] == [code(7302), "清泉创业园", "工业", "15", "可导入：新增"]
    assert "原为：12345" in sheet["B3"].comment.text


def open_document(*rows, hidden=()):
    """Return an .ods of these rows, as LibreOffice writes it."""
    written = "".join(
        f"<table:table-row{' table:visibility=' + chr(34) + 'collapse' + chr(34) if number in hidden else ''}>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in cells
        )
        + "</table:table-row>"
        for number, cells in enumerate(rows, 1)
    )
    spaces = " ".join(
        f'xmlns:{word}="urn:oasis:names:tc:opendocument:xmlns:{word}:1.0"'
        for word in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="一季度">{written}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    stream.seek(0)
    return stream


def test_an_open_document_comes_back_as_a_workbook_of_the_same_rows_and_can_be_sent_again(office, city):
    answer = tried(city, open_document(HEADING, GOOD, BAD, hidden=(2,)), "莘县.ods")
    assert "莘县-检查结果.xlsx" in unquote(answer.headers["Content-Disposition"])
    book = openpyxl.load_workbook(BytesIO(answer.data))
    sheet = book.active
    assert (sheet.title, [cell.value for cell in sheet[2]][:2]) == ("一季度", ["好企业", code(7301)])
    assert sheet["F3"].value.startswith("退回：")
    sheet["B3"], sheet["E3"] = code(7302), "15"
    page = city.get(sent_again(city, book).location).text
    assert (
        "没有" not in text_of(page)
        and office.db["tenant_companies"].count_documents({"uscc": code(7302)}) == 1
    )
    assert office.db["tenant_companies"].count_documents({"uscc": code(7301)}) == 1


def test_an_old_workbook_comes_back_as_one_of_today_and_its_hidden_row_is_named(office, city):
    answer = city.send(
        "/admin/import/",
        {"kind": "tenant-companies", "file": (BytesIO(old_workbook()), "莘县.xls"), "dry_run": "1"},
    )
    assert "1 行" in answer.text and "隐藏" in answer.text and "无法辨别" not in answer.text
    answer = tried(city, BytesIO(old_workbook()), "莘县.xls")
    assert "莘县-检查结果.xlsx" in unquote(answer.headers["Content-Disposition"])
    book = openpyxl.load_workbook(BytesIO(answer.data))
    sheet = book.active
    assert (sheet.title, sheet["A2"].value, sheet["F2"].value) == ("一季度", "好企业", "可导入：新增")
    assert sheet["B3"].fill.start_color.rgb == "FFF4C7C3"
    sheet["B3"], sheet["E3"] = code(7302), 15
    sent_again(city, book)
    assert office.db["tenant_companies"].count_documents({"uscc": {"$in": [code(7301), code(7302)]}}) == 2
