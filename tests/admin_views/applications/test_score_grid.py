"""The grid of scores of a round: experts given bases at once, scores typed, pasted and read from Excel, concluded."""

import re
import zipfile
from io import BytesIO
from typing import Any

import docx
import openpyxl
import pytest

from rules.applications import Stage
from services.applications.score_grid import row_id
from tests import round_driver as driver
from tests.page_reader import form, on_top, text_of

pytestmark = pytest.mark.usefixtures("travel")
SHEET = ("operation", "ability", "effect", "novelty")
NAMES = ("赵教授", "钱研究员", "孙工程师")


@pytest.fixture
def two(office, round_id, travel):
    """Two bases of 冠县 and 莘县 that have come to the experts."""
    made = [
        driver.drive(base, round_id, to=Stage.RECOMMENDED) for base in (office.guan.spare, office.shen.spare)
    ]
    travel(driver.SCORED)
    return made


def grid(round_id: Any) -> str:
    return f"/admin/rounds/{round_id}/scores/"


def give(city, round_id, applications, names=NAMES):
    url = grid(round_id)
    data = form(city.get(url).text, "give")
    data |= {"experts": ["\n".join(f"{name}，聊城大学" for name in names)]}
    data |= {"applications": [str(one) for one in applications]}
    return city.send(f"/admin/rounds/{round_id}/experts/", data)


def typed(page: str, values: dict[str, str], **more: Any) -> dict[str, Any]:
    """Return the grid's form with these cells; `values` by the name of the cell."""
    data = form(page, "form")
    data.pop("conclude", None)
    return (
        data
        | {name: [value] for name, value in values.items()}
        | {key: [value] for key, value in more.items()}
    )


def cell(application, place, key):
    """Return the name of a cell: of the expert at a place of `NAMES`."""
    return f"{row_id(application, NAMES[place])}-{key}"


def scores_of(application, place, points, opinion="服务扎实。"):
    row = row_id(application, NAMES[place])
    return {f"{row}-{key}": str(points) for key in SHEET} | {f"{row}-opinion": opinion}


def test_three_experts_are_given_two_bases_at_once_score_and_both_are_concluded(sign_in, round_id, two):
    city = sign_in("city")
    assert give(city, round_id, two).status_code == 303
    page = city.get(grid(round_id)).text
    assert page.count("data-row") == 6
    values = {}
    for application in two:
        for place, points in enumerate((80, 82.5, 84)):
            values |= scores_of(application, place, points)
        values[f"opinion-{application}"] = "一致同意。"
    data = typed(page, values, action="conclude") | {"conclude": [str(one) for one in two]}
    answer = city.send(grid(round_id), data)
    assert answer.status_code == 303 and "/publication/results/" in answer.headers["Location"]
    for application in two:
        raw = driver.stored(application)
        assert (raw["stage"], raw["conclusion"]["average"]) == ("scored", 82.17)
        assert [expert["name"] for expert in raw["experts"]] == list(NAMES)
        assert raw["experts"][0]["organization"] == "聊城大学"


def test_what_is_wrong_saves_nothing_and_is_kept_as_typed(sign_in, round_id, two):
    city = sign_in("city")
    give(city, round_id, two)
    before = [driver.stored(one) for one in two]
    values = scores_of(two[0], 0, 80) | scores_of(two[1], 0, 80) | {cell(two[1], 0, "effect"): "一百二"}
    answer = city.send(grid(round_id), typed(city.get(grid(round_id)).text, values, action="save"))
    assert answer.status_code == 422 and 'value="一百二"' in answer.text
    values[cell(two[1], 0, "effect")] = "120"
    values[cell(two[1], 1, "effect")] = "7"  # the rest of this row is blank
    answer = city.send(grid(round_id), typed(answer.text, values, action="save"))
    said = on_top(answer.text)
    assert answer.status_code == 422 and "0 至 100" in said and "赵教授" in said
    assert [driver.stored(one) for one in two] == before


def test_rows_of_two_clerks_at_once_both_stay_and_only_the_same_row_is_asked_about(sign_in, round_id, two):
    one, other = sign_in("city"), sign_in("boss")
    give(one, round_id, two)
    page = one.get(grid(round_id)).text
    mine, theirs = (
        typed(page, scores_of(two[0], 0, 80), action="save"),
        typed(page, scores_of(two[0], 1, 70), action="save"),
    )
    assert one.send(grid(round_id), mine).status_code == 303
    assert other.send(grid(round_id), theirs | {"form_key": ["x" * 24]}).status_code == 303
    assert [expert["total"] for expert in driver.stored(two[0])["experts"]] == [80, 70]
    third = typed(page, scores_of(two[0], 0, 60), action="save") | {"form_key": ["y" * 24]}
    answer = other.send(grid(round_id), third)
    assert answer.status_code == 409 and "他人已修改此行" in answer.text
    assert [expert["total"] for expert in driver.stored(two[0])["experts"]] == [80, 70]
    again = form(answer.text, "form") | {"action": ["save"]}  # seen by now: it replaces the other's
    assert other.send(grid(round_id), again).status_code == 303
    assert sorted(expert["total"] for expert in driver.stored(two[0])["experts"]) == [60, 70]


@pytest.fixture
def changed_by_another(sign_in, round_id, two):
    """A clerk, and the page they opened with 60 points of 赵教授, who has 90 by now."""
    one, other = sign_in("city"), sign_in("boss")
    give(one, round_id, two)
    one.send(grid(round_id), typed(one.get(grid(round_id)).text, scores_of(two[0], 0, 60), action="save"))
    page = one.get(grid(round_id)).text
    fresh = other.get(grid(round_id)).text
    assert (
        other.send(grid(round_id), typed(fresh, scores_of(two[0], 0, 90), action="save")).status_code == 303
    )
    return one, page


def totals(application):
    return {expert["name"]: expert["total"] for expert in driver.stored(application)["experts"]}


def test_a_slip_in_one_row_never_brings_back_what_another_row_said_before(changed_by_another, round_id, two):
    clerk, page = changed_by_another
    slip = scores_of(two[0], 1, 70) | {cell(two[0], 1, "effect"): "7o"}
    answer = clerk.send(grid(round_id), typed(page, slip, action="save"))
    assert answer.status_code == 422 and 'value="90"' in answer.text and 'value="60"' not in answer.text
    mended = typed(answer.text, {cell(two[0], 1, "effect"): "70"}, action="save")
    assert clerk.send(grid(round_id), mended).status_code == 303
    assert totals(two[0]) == {"赵教授": 90, "钱研究员": 70}


def test_a_row_typed_beside_a_slip_is_still_asked_about_when_it_changed_meanwhile(
    changed_by_another, round_id, two
):
    clerk, page = changed_by_another
    slip = scores_of(two[0], 0, 65) | {cell(two[0], 1, "effect"): "7o"}
    answer = clerk.send(grid(round_id), typed(page, slip, action="save"))
    assert answer.status_code == 422
    answer = clerk.send(grid(round_id), typed(answer.text, {cell(two[0], 1, "effect"): ""}, action="save"))
    assert answer.status_code == 409 and totals(two[0]) == {"赵教授": 90}
    assert clerk.send(grid(round_id), typed(answer.text, {}, action="save")).status_code == 303
    assert totals(two[0]) == {"赵教授": 65}


def test_a_row_that_is_refused_and_changed_meanwhile_is_said_to_be_both(changed_by_another, round_id, two):
    clerk, page = changed_by_another
    values = scores_of(two[0], 0, 65) | {cell(two[0], 0, "effect"): "120"}
    answer = clerk.send(grid(round_id), typed(page, values, action="save"))
    said = on_top(answer.text)
    assert answer.status_code == 409 and "他人已修改此行" in said and "0 至 100" in said


def test_a_review_is_not_concluded_over_scores_that_the_page_has_not_shown(sign_in, round_id, two):
    city = sign_in("city")
    give(city, round_id, two)
    values = {}
    for place in range(3):
        values |= scores_of(two[0], place, 80)
    city.send(grid(round_id), typed(city.get(grid(round_id)).text, values, action="save"))
    page = city.get(grid(round_id)).text
    changed = typed(page, scores_of(two[0], 2, 50), action="save")
    city.send(grid(round_id), changed)
    data = typed(page, {f"opinion-{two[0]}": "同意。"}, action="conclude") | {"conclude": [str(two[0])]}
    answer = city.send(grid(round_id), data | {"form_key": ["z" * 24]})
    assert answer.status_code == 409 and driver.stored(two[0])["stage"] == "recommended"


def test_the_grid_goes_out_as_a_workbook_and_comes_back_filled_in(sign_in, round_id, two):
    city = sign_in("city")
    give(city, round_id, two)
    book = openpyxl.load_workbook(BytesIO(city.get(f"{grid(round_id)}xlsx/").data))
    sheet = book.active
    head = next(number for number, row in enumerate(sheet.values, 1) if "专家姓名" in row)
    for line in range(head + 1, sheet.max_row + 1):
        for column in range(5, 9):
            sheet.cell(line, column, 77)
    sheet.cell(head + 1, 10, "特色明显。")
    sheet.cell(sheet.max_row + 1, 1, "无此基地")
    kept = BytesIO()
    book.save(kept)
    before = [driver.stored(one) for one in two]
    data = form(city.get(grid(round_id)).text, "read-back") | {"action": ["read"]}
    data["file"] = [(BytesIO(kept.getvalue()), "评分表.xlsx")]
    page = city.send(grid(round_id), data).text
    assert page.count('value="77"') == 24 and "特色明显。" in page and "无此基地" in text_of(page)
    assert [driver.stored(one) for one in two] == before
    assert city.send(grid(round_id), typed(page, {}, action="save")).status_code == 303
    assert [len(driver.stored(one)["experts"]) for one in two] == [3, 3]


def test_a_workbook_of_yesterday_does_not_bring_back_its_scores_over_those_of_today(
    changed_by_another, sign_in, round_id, two
):
    clerk, _ = changed_by_another
    book = openpyxl.load_workbook(BytesIO(clerk.get(f"{grid(round_id)}xlsx/").data))
    sheet = book.active
    assert sheet.column_dimensions["K"].hidden
    head = next(number for number, row in enumerate(sheet.values, 1) if "专家姓名" in row)
    lines = {
        sheet.cell(line, 3).value: line
        for line in range(head + 1, sheet.max_row + 1)
        if sheet.cell(line, 1).value == driver.stored(two[0])["base_name"]
    }
    for column in range(5, 9):
        sheet.cell(lines["钱研究员"], column, 77)
    kept = BytesIO()
    book.save(kept)
    later = scores_of(two[0], 0, 95)
    clerk.send(grid(round_id), typed(clerk.get(grid(round_id)).text, later, action="save"))

    def read_back():
        data = form(clerk.get(grid(round_id)).text, "read-back") | {"action": ["read"]}
        return clerk.send(grid(round_id), data | {"file": [(BytesIO(kept.getvalue()), "评分表.xlsx")]}).text

    assert clerk.send(grid(round_id), typed(read_back(), {}, action="save")).status_code == 303
    assert totals(two[0]) == {"赵教授": 95, "钱研究员": 77}
    for column in range(5, 9):
        sheet.cell(lines["赵教授"], column, 66)
    kept = BytesIO()
    book.save(kept)
    assert clerk.send(grid(round_id), typed(read_back(), {}, action="save")).status_code == 409
    assert totals(two[0]) == {"赵教授": 95, "钱研究员": 77}


def test_another_workbook_is_refused_in_a_sentence(sign_in, round_id, two):
    city = sign_in("city")
    data = form(city.get(grid(round_id)).text, "read-back") | {"action": ["read"]}
    book, kept = openpyxl.Workbook(), BytesIO()
    book.active.append(["企业名称", "统一社会信用代码"])
    book.active.append(["甲", "乙"])
    book.save(kept)
    answer = city.send(grid(round_id), data | {"file": [(BytesIO(kept.getvalue()), "企业.xlsx")]})
    assert answer.status_code == 422 and "不是本批次的评分表" in answer.text


def test_nobody_judges_a_base_of_their_own_organisation(sign_in, round_id, two):
    city = sign_in("city")
    operator = driver.stored(two[0])["operator"]
    url = grid(round_id)
    data = form(city.get(url).text, "give") | {"experts": [f"李某，{operator}"]}
    answer = city.send(
        f"/admin/rounds/{round_id}/experts/", data | {"applications": [str(one) for one in two]}
    )
    assert answer.status_code == 422 and "应当回避" in answer.text and f"李某，{operator}" in answer.text
    assert give(city, round_id, two[1:], names=("李某",)).status_code == 303


def test_a_county_and_a_reader_have_no_grid(sign_in, round_id, two):
    for name in ("guan", "reader"):
        assert sign_in(name).get(grid(round_id)).status_code == 403


def words_of_paper(data: bytes) -> str:
    paper = docx.Document(BytesIO(data))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


def test_the_score_sheet_and_the_opinion_are_papers_on_the_page_and_in_the_round_s_package(
    office, sign_in, round_id
):
    one = driver.drive(office.guan.spare, round_id, to=Stage.SCORED)
    city, name = sign_in("city"), driver.stored(one)["base_name"]
    page = city.get(f"/admin/applications/details/?id={one}").text
    links = re.findall(r'href="(/admin/applications/experts/[^"]*docx[^"]*)"', page)
    pdfs = [city.get(link.replace(".docx", ".pdf")) for link in links]
    assert {answer.mimetype for answer in pdfs} == {"application/pdf"}
    assert all(answer.data.startswith(b"%PDF") for answer in pdfs)
    assert all(link.replace(".docx", ".pdf") in page for link in links)
    sheet, opinion = (words_of_paper(city.get(link).data) for link in links)
    assert name in sheet and "服务绩效（30%）" in sheet and "86.00" in sheet and "赵教授" in sheet
    assert "专家组一致认为达到认定条件。" in opinion and "服务扎实，特色明显。" in opinion
    archive = zipfile.ZipFile(BytesIO(city.get(f"/admin/rounds/{round_id}/package.zip").data))
    names = archive.namelist()
    assert {
        f"专家评审/001-{name}-评分表.docx",
        f"专家评审/001-{name}-评审意见.docx",
        f"专家评审/001-{name}-评分表.pdf",
        f"专家评审/001-{name}-评审意见.pdf",
        "专家评分表.xlsx",
    } <= set(names)
    of_county = zipfile.ZipFile(
        BytesIO(sign_in("guan").get(f"/admin/rounds/{round_id}/package.zip").data)
    ).namelist()
    assert not [path for path in of_county if "专家评" in path]
    of_reader = sign_in("reader").get(f"/admin/applications/details/?id={one}").text
    assert not re.search(r'href="[^"]*experts/[^"]*docx', of_reader)


def test_several_applications_are_begun_at_once_or_none(office, sign_in, round_id, travel):
    travel(driver.OPENED)
    guan = sign_in("guan")
    url = f"/admin/applications/new/several/?round={round_id}"
    page = guan.get(url).text
    assert str(office.shen.spare) not in page and str(office.guan.spare) in page
    other = driver.make_base("371525", "冠县另一众创空间")
    wrong = form(page, "form") | {"bases": [str(other), str(office.shen.spare)]}
    before = office.db["applications"].count_documents({})
    assert guan.send(url, wrong).status_code == 404  # another county's is as good as absent
    assert guan.send(url, form(page, "form")).status_code == 422
    assert office.db["applications"].count_documents({}) == before
    both = form(page, "form") | {"bases": [str(other), str(office.guan.spare)]}
    answer = guan.send(url, both)
    assert answer.status_code == 303 and "/details/" in answer.headers["Location"]
    again = guan.send(url, both | {"form_key": ["w" * 24]})
    assert again.status_code == 422 and "冠县另一众创空间：" in again.text
    assert office.db["applications"].count_documents({}) == before + 2
