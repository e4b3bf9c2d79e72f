"""What was recognised in a workbook: shown, corrected, remembered for the sender's next file, over HTTP."""

import re
from collections import Counter
from io import BytesIO

import openpyxl
import pytest

from tests.page_reader import form, text_of
from tests.sample_office import SHEN, code

HEADING = ("序号", "公司的名字", "纳税人识别号", "入驻园区", "职工人数", "备忘")
OTHER_SHEET = ("企业全称", "统一社会信用代码", "所属基地")


def row(number, **more):
    cells = {"name": f"识别{number}号有限公司", "base": "清泉创业园", "people": 5} | more
    return (number, cells["name"], code(7500 + number), cells["base"], cells["people"], "自记")


def messy(*rows, hidden=(), filtered=False, second=()):
    """Return a county's own workbook: titles, headings of its own, a second sheet, hidden rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "一季度"
    for cells in (("冠县入驻企业",), HEADING, *rows):
        sheet.append(cells)
    for number in hidden:
        sheet.row_dimensions[number].hidden = True
    if filtered:
        sheet.auto_filter.ref = f"A2:F{len(rows) + 2}"
        sheet.auto_filter.add_filter_column(4, ["5"])
    if second:
        other = book.create_sheet("二季度")
        for cells in (OTHER_SHEET, *second):
            other.append(cells)
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def sent(browser, stream, name="冠县.xlsx", **more):
    return browser.send(
        "/admin/import/", {"kind": "tenant-companies", "file": (stream, name), "dry_run": "1", **more}
    )


def place_of(page):
    """Return the address of a trial that a page speaks of."""
    return re.search(r"/admin/import/trial/[0-9a-f]{24}", page)[0]


def chosen(page):
    """Return what each column of the page is taken as, by its heading."""
    rows = re.findall(
        r'<th scope="row"><span[^>]*>[A-Z]+</span> (.*?)</th><td>(.*?)</select>', page, re.DOTALL
    )
    return {
        heading: next(iter(re.findall(r'<option value="([^"]*)" selected', options)), "")
        for heading, options in rows
    }


def figures(page):
    """Return new, changed, unchanged, rejected, skipped and asked as a trial shows them."""
    return [int(text_of(one).split()[0]) for one in re.findall(r"<dd>(.*?)</dd>", page)[:6]]


def choose(browser, page, **columns):
    address = f"{place_of(page)}/reading"
    shown = browser.get(address).text
    typed = form(shown[shown.index('name="digest"') - 400 :], address)
    typed |= {name.replace("column_", "column."): key for name, key in columns.items()} | {"step": "columns"}
    return browser.send(address, typed)


@pytest.fixture
def guan(sign_in):
    """A clerk of 冠县."""
    return sign_in("guan")


def test_columns_are_shown_with_values_and_an_unknown_one_is_chosen(office, guan):
    page = sent(guan, messy(row(1), row(2)))
    assert page.status_code == 200
    # without the name's column no new company could be taken: each row says so
    assert figures(page.text)[3] == 2
    reading = guan.get(f"{place_of(page.text)}/reading").text
    assert chosen(reading) == {
        "序号": "", "公司的名字": "", "纳税人识别号": "uscc", "入驻园区": "base", "职工人数": "people", "备忘": "",
    }  # fmt: skip
    assert "识别1号有限公司 识别2号有限公司" in text_of(reading)
    before = office.db["tenant_companies"].count_documents({})
    answer = choose(guan, page.text, column_1="name")
    assert answer.status_code == 303
    trial = guan.get(answer.location).text
    assert figures(trial)[:4] == [2, 0, 0, 0]
    assert office.db["tenant_companies"].count_documents({}) == before
    written = guan.send("/admin/import/write", form(trial, "/admin/import/write"))
    assert written.status_code == 303
    assert office.db["tenant_companies"].find_one({"uscc": code(7501)})["name"] == "识别1号有限公司"


def test_what_was_chosen_is_remembered_for_the_senders_next_file_shown_and_forgotten(office, guan, sign_in):
    page = sent(guan, messy(row(1)))
    choose(guan, page.text, column_1="name")
    again = sent(guan, messy(row(2), row(3)))
    assert figures(again.text)[:4] == [2, 0, 0, 0]
    assert "已按记住的对应关系识别各列" in again.text
    reading = guan.get(f"{place_of(again.text)}/reading").text
    assert chosen(reading)["公司的名字"] == "name"
    assert "冠县甲 于" in reading
    # another sender's files are read as before
    assert figures(sent(sign_in("shen"), messy(row(2))).text)[3] == 1
    assert figures(sent(sign_in("city"), messy(row(2))).text)[3] == 1
    address = f"{place_of(again.text)}/reading"
    assert guan.send(address, {"step": "forget"}).status_code == 303
    assert figures(guan.get(place_of(again.text)).text)[3] == 2
    assert office.db["column_matches"].count_documents({}) == 0
    acts = [entry["action"] for entry in office.db["audit_entries"].find({"collection": "column_matches"})]
    assert acts == ["match-kept", "match-forgotten"]


def test_all_that_is_remembered_stands_on_one_page_and_is_forgotten_there_by_its_sender_alone(
    office, guan, sign_in
):
    page_of_all = "/admin/import/columns"
    assert page_of_all in guan.get("/admin/import/").text
    assert "尚未记住任何列对应" in guan.get(page_of_all).text
    for browser in (guan, sign_in("shen")):
        choose(browser, sent(browser, messy(row(1))).text, column_1="name")
    shown = guan.get(page_of_all).text
    assert "公司的名字 → 企业名称" in text_of(shown)
    assert "职工人数" in text_of(shown) and "冠县甲" in text_of(shown)
    assert "全部不再记住" not in shown, "of one match that would say the same"
    match = re.search(r'name="match" value="([^"]+)"', shown)[1]
    assert guan.send(page_of_all, {"match": "tenant-companies no-such"}).status_code == 303
    assert guan.send(page_of_all, {"match": "no-such-kind x"}).status_code == 404
    assert office.db["column_matches"].count_documents({}) == 2
    assert guan.send(page_of_all, {"match": match}).status_code == 303
    assert [one["sender"] for one in office.db["column_matches"].find({})] == [SHEN]
    assert figures(sent(guan, messy(row(2))).text)[3] == 1
    sign_in("shen").send(page_of_all, {"all": "1"})
    assert office.db["column_matches"].count_documents({}) == 0
    acts = Counter(
        entry["action"] for entry in office.db["audit_entries"].find({"collection": "column_matches"})
    )
    assert acts == {"match-kept": 2, "match-forgotten": 2}


def test_a_remembered_match_holds_for_a_file_that_is_not_tried_first(office, guan):
    choose(guan, sent(guan, messy(row(1))).text, column_1="name")
    answer = guan.send("/admin/import/", {"kind": "tenant-companies", "file": (messy(row(4)), "冠县.xlsx")})
    assert answer.status_code == 303
    assert office.db["tenant_companies"].find_one({"uscc": code(7504)})["name"] == "识别4号有限公司"


BAD_CHOICES = [
    ({"column_1": "uscc"}, "两列都选作了“统一社会信用代码”"),
    ({"column_1": "castle"}, "“castle”不是本名录的栏目"),
    ({"column_77": "name"}, "没有第 78 列"),
    ({"digest": "0" * 32, "column_1": "name"}, "表头行已有变动"),
]


@pytest.mark.parametrize(("columns", "said"), BAD_CHOICES)
def test_a_choice_that_cannot_be_is_refused_and_nothing_changes(office, guan, columns, said):
    page = sent(guan, messy(row(1))).text
    before = office.digest()
    answer = choose(guan, page, **columns)
    assert answer.status_code == 422
    assert said in text_of(answer.text)
    assert office.digest() == before
    if columns.get("column_1") == "uscc":
        assert chosen(answer.text)["公司的名字"] == "uscc", "what was chosen stays to be corrected"


def test_a_file_whose_headings_mean_nothing_shows_its_rows_to_choose_from(office, guan):
    book = openpyxl.Workbook()
    rows = (("名单",), ("公司的名字", "号码", "在哪里"), ("看不懂有限公司", code(7561), "清泉创业园"))
    for cells in rows:
        book.active.append(cells)
    stream = BytesIO()
    book.save(stream)
    answer = sent(guan, BytesIO(stream.getvalue()))
    assert answer.status_code == 422
    assert "前 20 行中没有找到表头" in text_of(answer.text)
    address = f"{place_of(answer.text)}/reading"
    assert guan.get(place_of(answer.text)).location.endswith("/reading"), "there is no trial yet"
    guan.send(address, {"step": "sheet", "header_row": "2", "hidden": "1"})
    shown = guan.get(address).text
    assert set(chosen(shown)) == {"公司的名字", "号码", "在哪里"}
    answer = choose(guan, shown, column_0="name", column_1="uscc", column_2="base")
    assert figures(guan.get(answer.location).text)[:4] == [1, 0, 0, 0]
    # and the next file is recognised by itself, though no heading of it is known
    assert figures(sent(guan, BytesIO(stream.getvalue())).text)[:4] == [1, 0, 0, 0]


def test_a_file_without_a_required_column_can_be_put_right_instead_of_being_refused(guan):
    book = openpyxl.Workbook()
    for cells in (("公司的名字", "所属基地", "从业人员（人）"), ("缺列有限公司", "清泉创业园", 3)):
        book.active.append(cells)
    stream = BytesIO()
    book.save(stream)
    answer = sent(guan, BytesIO(stream.getvalue()))
    assert answer.status_code == 422
    assert "没有“企业名称" in answer.text or "企业名称" in answer.text
    assert "公司的名字" in chosen(answer.text)


def test_another_sheet_is_named_and_taken_instead_or_too(office, guan):
    second = [("第二表有限公司", code(7571), "清泉创业园"), ("第三家有限公司", code(7572), "清泉创业园")]
    page = sent(guan, messy(row(1), second=second)).text
    choose(guan, page, column_1="name")
    trial = guan.get(place_of(page)).text
    assert "另有工作表未读取：二季度（2 行）" in text_of(trial)
    address = f"{place_of(page)}/reading"
    too = guan.send(address, {"step": "too", "sheet": "二季度"})
    assert too.status_code == 303 and place_of(too.location) != place_of(page)
    assert figures(guan.get(too.location).text)[:4] == [2, 0, 0, 0]
    assert figures(guan.get(place_of(page)).text)[:4] == [1, 0, 0, 0], "the first trial stands"
    guan.send(address, {"step": "sheet", "sheet": "二季度", "header_row": "2", "hidden": "1"})
    assert "读取工作表“二季度”，表头在第 1 行" in text_of(guan.get(place_of(page)).text)
    assert guan.send(address, {"step": "sheet", "sheet": "没有的表"}).status_code == 422
    assert guan.send(address, {"step": "too", "sheet": "没有的表"}).status_code == 404


@pytest.mark.parametrize("filtered", [False, True])
def test_hidden_rows_are_taken_and_said_and_left_where_the_clerk_says_so(guan, filtered):
    page = sent(guan, messy(row(1), row(2), row(3), hidden=(4, 5), filtered=filtered)).text
    choose(guan, page, column_1="name")
    trial = guan.get(place_of(page)).text
    assert figures(trial)[:5] == [3, 0, 0, 0, 0]
    assert (
        "有 2 行被筛选隐藏。已与其他行一并取用" if filtered else "有 2 行被隐藏。已与其他行一并取用"
    ) in text_of(trial)
    address = f"{place_of(page)}/reading"
    guan.send(address, {"step": "sheet", "sheet": "一季度", "header_row": "2", "hidden": ""})
    trial = guan.get(place_of(page)).text
    assert figures(trial)[:5] == [1, 0, 0, 0, 2]
    assert "隐藏行，未取用" in text_of(guan.get(f"{place_of(page)}?show=skipped").text)


def test_corrected_cells_stay_when_the_columns_are_chosen_again(office, guan):
    page = sent(guan, messy(row(1, base="没有这个园")))
    choose(guan, page.text, column_1="name")
    trial = guan.get(place_of(page.text)).text
    typed = form(trial, f"{place_of(trial)}/cells") | {"cell.3.base": "清泉创业园"}
    guan.send(f"{place_of(trial)}/cells", typed)
    assert figures(guan.get(place_of(trial)).text)[0] == 1
    choose(guan, trial, column_4="")
    assert figures(guan.get(place_of(trial)).text)[0] == 1
    guan.send("/admin/import/write", form(guan.get(place_of(trial)).text, "/admin/import/write"))
    stored = office.db["tenant_companies"].find_one({"uscc": code(7501)})
    assert stored["base"] == office.guan.base and "people" not in stored
