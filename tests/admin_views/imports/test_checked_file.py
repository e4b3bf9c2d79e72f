"""The clerk's own workbook back from the trial: as it was, with what is at fault marked and a column of results."""

from io import BytesIO

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from tests.sample_office import code

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
    assert [cell.value for cell in sheet[2]] == [*map(str, GOOD), "可导入：新增"]
    assert sheet["F3"].value.startswith("退回：")


@pytest.mark.parametrize("name", ["guan", "shen"])
def test_another_clerks_trial_is_not_found(name, office, city, sign_in):
    answer = tried(city, own_workbook(), "莘县.xlsx")
    assert answer.status_code == 200
    (upload,) = {row["upload"] for row in office.db["import_trials"].find({})}
    assert sign_in(name).get(f"/admin/import/trial/{upload}/checked.xlsx").status_code == 404
