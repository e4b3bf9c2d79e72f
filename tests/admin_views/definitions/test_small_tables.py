"""A small table is a field as good as any other: form, page, list, search, workbooks, history, bin, programs, undo."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import quote

import openpyxl
import pytest

from documents.definitions.own_field import refresh_own_fields
from forms.sentences import sentence
from office.excel.cells import parse, show
from rules.errors import Refused
from schema.definitions.own_fields import OwnField, OwnKind, as_field, own_field_of, stored_own_field
from schema.definitions.own_parts import MOST_ROWS, OwnPart, PartKind, PartWord
from services.batches.undo import Choice, ask_to_undo
from services.jobs.at_once import work_at_once
from tests.admin_views.definitions.test_configuration import fetch, send, take
from tests.admin_views.definitions.test_own_fields import COMPANIES, FIELDS, add, company, follow, key_of
from tests.page_reader import form as read_form
from tests.page_reader import ids, problems
from tests.sample_office import cells, code

PARTS = [
    ("产品", "text"),
    ("年产量", "decimal"),
    ("投产日期", "date"),
    ("出口", "yes-no"),
    ("等级", "choice"),
]
SENT = {f"parts-{n}-label": label for n, (label, _) in enumerate(PARTS)}
SENT |= {f"parts-{n}-kind": kind for n, (_, kind) in enumerate(PARTS)}
SENT |= {"parts-0-required": "y", "parts-1-unit": "万套", "parts-4-words": "国标、部标"}
HEAD = "产品｜年产量（万套）｜投产日期｜出口｜等级"
WRITTEN = f"{HEAD}\n轴承｜12.5｜2024-05-01｜有｜国标\n齿轮｜｜｜无｜"


def row(number, key, *values):
    names = ("p1", "p2", "p3", "p4", "p5")
    return {f"{key}-{number}-{name}": value for name, value in zip(names, values, strict=False) if value}


@pytest.fixture
def boss(office, sign_in):
    return sign_in("boss")


@pytest.fixture
def city(office, sign_in):
    return sign_in("city")


@pytest.fixture
def table(office, boss):
    """Return the key of a small table of companies, which the search finds."""
    add(boss, "主要产品", "rows", searched="y", listed="y", **SENT)
    return key_of(office, "主要产品")


@pytest.fixture
def made(office, city, table):
    """Return the id of a company with two rows, typed in its form."""
    sent = row(0, table, "轴承", "12.5", "2024年5月1日", "yes", "w1") | row(1, table, "齿轮", "", "", "no")
    # What stands in no row is none.
    answer = company(city, office, **sent, **{f"{table}-2-p1": " "})
    assert answer.status_code == 303, answer.text
    return office.db["tenant_companies"].find_one({"uscc": code(77)})


def own_table(**more):
    parts = (
        OwnPart("p1", "产品", required=True), OwnPart("p2", "年产量", PartKind.DECIMAL, unit="万套"),
        OwnPart("p3", "投产日期", PartKind.DATE), OwnPart("p4", "出口", PartKind.YES_NO),
        OwnPart("p5", "等级", PartKind.CHOICE, words=(PartWord("w1", "国标"), PartWord("w2", "部标")), last_word=2),
    )  # fmt: skip
    own = OwnField(
        "tenant_companies", "own_zhuyaochanpin", OwnKind.ROWS, "主要产品", parts=parts, last_part=5
    )
    return own if not more else OwnField(**{**own.__dict__, **more})


def test_rows_stand_in_form_page_list_search_export_and_template(office, city, table, made):
    assert [sorted(one) for one in made[table]] == [["p1", "p2", "p3", "p4", "p5"], ["p1", "p4"]]
    assert (made[table][0]["p2"], made[table][1]["p4"]) == (12.5, False)
    page = city.get(f"{COMPANIES}details/?id={made['_id']}").text
    assert "年产量" in page and "万套" in page and "2024-05-01" in page and "国标" in page
    assert ids(city.get(f"{COMPANIES}?search=齿轮").text) == [str(made["_id"])]
    assert "轴承、齿轮" in city.get(f"{COMPANIES}?search=齿轮").text
    exported = cells(city.get(f"{COMPANIES}export/xlsx/?search=齿轮"))
    assert any(WRITTEN in line for line in exported)
    template = cells(city.get("/admin/import/template/tenant-companies.xlsx"))
    assert any("主要产品" in line for line in template)
    form = read_form(city.get(f"{COMPANIES}edit/?id={made['_id']}").text)
    assert (form[f"{table}-0-p2"], form[f"{table}-1-p1"], form[f"{table}-1-p4"]) == (
        ["12.5"],
        ["齿轮"],
        ["no"],
    )


def test_what_is_wrong_in_a_row_is_said_there_and_nothing_typed_is_lost(office, city, table):
    before = office.digest()
    sent = row(0, table, "轴承", "很多") | row(1, table, "", "5") | row(2, table, "甲｜乙")
    answer = company(city, office, **sent)
    assert answer.status_code == 422
    said = problems(answer.text)
    assert said[f"{table}-0-p2"] and said[f"{table}-1-p1"] == "请填写此项。" and "｜" in said[f"{table}-2-p1"]
    typed = [read_form(answer.text)[f"{table}-{n}"] for n in ("0-p1", "0-p2", "1-p2", "2-p1")]
    assert typed == [["轴承"], ["很多"], ["5"], ["甲｜乙"]]
    many = {f"{table}-{n}-p1": f"产品{n}" for n in range(MOST_ROWS + 1)}
    assert f"最多可填 {MOST_ROWS} 行" in company(city, office, **many).text
    assert office.digest() == before


def test_the_history_tells_which_rows_were_changed_and_an_earlier_version_comes_back(
    office, city, table, made
):
    edit = f"{COMPANIES}edit/?id={made['_id']}"
    typed = read_form(city.get(edit).text)
    assert city.send(edit, typed | {f"{table}-1-p1": "蜗轮", f"{table}-1-p2": "3"}).status_code == 303
    history = city.get(f"{COMPANIES}details/?id={made['_id']}").text.split('id="history"')[1]
    latest = history.split("</li>")[0]
    assert "第 2 行：产品：齿轮" in latest and "第 2 行：产品：蜗轮；年产量：3" in latest
    assert "第 1 行" not in latest
    again = city.send(edit, read_form(city.get(edit).text))
    assert again.status_code == 303
    assert office.db["tenant_companies"].find_one(made["_id"])["version"] == 2, "the same rows are no change"


def test_a_workbook_goes_out_comes_back_and_changes_the_rows(office, city, table, made):
    export = city.get(f"{COMPANIES}export/xlsx/?search=齿轮")
    book = openpyxl.load_workbook(BytesIO(export.data))
    sheet = book.active
    place = next(cell for line in sheet.iter_rows() for cell in line if cell.value == "主要产品")
    target = sheet.cell(place.row + 1, place.column)

    def bring(text):
        target.value = text
        stream = BytesIO()
        book.save(stream)
        stream.seek(0)
        return city.send("/admin/import/", {"kind": "tenant-companies", "file": (stream, "企业.xlsx")})

    bring(WRITTEN)
    assert office.db["tenant_companies"].find_one(made["_id"])["version"] == 1, "as it was exported"
    refused = bring(f"{HEAD}\n轴承｜很多")
    assert "第 1 行“年产量”" in city.get(refused.location).text
    assert office.db["tenant_companies"].find_one(made["_id"])[table] == made[table]
    bring("出口｜产品\n有｜轴承\n无｜蜗轮")  # a heading of its own says the order
    rows = office.db["tenant_companies"].find_one(made["_id"])[table]
    assert rows == [{"p4": True, "p1": "轴承"}, {"p4": False, "p1": "蜗轮"}]
    changed = {"record_id": made["_id"], "action": "changed"}
    batch = office.db["audit_entries"].find_one(changed, sort=[("_id", -1)])["batch"]
    now = datetime.now(UTC)
    work_at_once(ask_to_undo(batch, Choice(), actor=office.actor("city"), now=now).job)
    assert office.db["tenant_companies"].find_one(made["_id"])[table] == made[table], "the import is undone"


def exported(city, words="齿轮"):
    return openpyxl.load_workbook(BytesIO(city.get(f"{COMPANIES}export/xlsx/?search={words}").data))


def bring(city, book, **more):
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    return city.send("/admin/import/", {"kind": "tenant-companies", "file": (stream, "企业.xlsx"), **more})


def lines_of(sheet):
    return [[cell.value for cell in line] for line in sheet.iter_rows(min_row=3)]


def test_an_export_has_a_sheet_of_its_own_for_the_table_with_typed_cells(office, city, table, made):
    book = exported(city)
    assert book.sheetnames == ["入驻企业", "主要产品", "说明"]
    head, *rows = lines_of(book["主要产品"])
    assert head == [
        "序号", "企业名称", "统一社会信用代码", "行号", "产品", "年产量（万套）", "投产日期", "出口", "等级",
        f"记录标识 tenant_companies.{table}",
    ]  # fmt: skip
    assert [row[3:9] for row in rows] == [
        [1, "轴承", 12.5, datetime(2024, 5, 1), "有", "国标"],
        [2, "齿轮", None, None, "无", None],
    ]
    assert {row[2] for row in rows} == {code(77)} and rows[0][9] == f"{made['_id']}.1"
    assert any("主要产品" in str(line[0]) for line in book["说明"].iter_rows(values_only=True))
    chosen = city.get(f"{COMPANIES}export/xlsx/?search=齿轮&columns=name").data
    assert "主要产品" not in openpyxl.load_workbook(BytesIO(chosen)).sheetnames


def test_the_sheet_of_a_table_comes_back_and_only_what_was_changed_in_it_is_written(
    office, city, table, made
):
    def stored():
        return office.db["tenant_companies"].find_one(made["_id"])

    bring(city, exported(city))
    assert stored()["version"] == 1, "as it was exported"
    book = exported(city)
    sheet = book["主要产品"]
    sheet["F4"], sheet["G4"] = 13, "2024年6月"
    sheet.append([None, None, code(77), None, "蜗轮", None, None, "有"])  # by the code, without a mark
    bring(city, book)
    assert [(one["p1"], one.get("p2")) for one in stored()[table]] == [
        ("轴承", 13),
        ("齿轮", None),
        ("蜗轮", None),
    ]
    assert f"{stored()[table][0]['p3']:%Y-%m-%d}" == "2024-06-01"
    book = exported(city)
    book["主要产品"].delete_rows(5)
    bring(city, book)
    assert [one["p1"] for one in stored()[table]] == ["轴承", "蜗轮"]
    book = exported(city)
    book["主要产品"].delete_rows(4, 2)
    bring(city, book)
    assert len(stored()[table]) == 2, "a table without a row says nothing, as a blank cell does"


def test_a_table_that_a_colleague_changed_meanwhile_is_asked_about_and_other_cells_are_taken(
    office, city, table, made
):
    book = exported(city)
    edit = f"{COMPANIES}edit/?id={made['_id']}"
    assert city.send(edit, read_form(city.get(edit).text) | {f"{table}-1-p1": "蜗轮"}).status_code == 303
    bring(city, book)
    assert office.db["tenant_companies"].find_one(made["_id"])[table][1]["p1"] == "蜗轮", (
        "the file changed nothing"
    )
    book["主要产品"]["E4"] = "滚子轴承"
    answer = bring(city, book)
    assert office.db["tenant_companies"].find_one(made["_id"])[table][0]["p1"] == "轴承"
    assert "主要产品" in city.get(answer.location).text


def test_what_is_wrong_on_the_sheet_of_a_table_is_said_and_nothing_is_lost(office, city, table, made):
    before = office.db["tenant_companies"].find_one(made["_id"])
    book = exported(city)
    book["主要产品"]["F5"] = "很多"
    assert "第 2 行“年产量”：“很多”" in city.get(bring(city, book).location).text
    book = exported(city)
    book["主要产品"]["E4"] = "滚子轴承"
    place = next(cell for line in book["入驻企业"].iter_rows() for cell in line if cell.value == "主要产品")
    book["入驻企业"].cell(place.row + 1, place.column).value = f"{HEAD}\n别的"
    assert "请只修改其中一处" in city.get(bring(city, book).location).text
    book = exported(city)
    book["主要产品"].append([None, "没有这家公司", None, None, "蜗轮"])
    assert "第 6 行“没有这家公司”" in bring(city, book).text
    assert office.db["tenant_companies"].find_one(made["_id"]) == before


@pytest.fixture
def two(office, city, table, made):
    """Return the ids of two companies with rows of the table, which a search for 燕塔 finds."""
    sent = row(0, table, "螺栓", "3") | {"name": "燕塔紧固件", "uscc": code(79)}
    assert company(city, office, **sent).status_code == 303
    return made["_id"], office.db["tenant_companies"].find_one({"uscc": code(79)})["_id"]


def products(office, table, ids):
    return [[one["p1"] for one in office.db["tenant_companies"].find_one(each)[table]] for each in ids]


def test_a_copied_row_and_a_sorted_sheet_belong_to_the_company_that_stands_beside(office, city, table, two):
    book = exported(city, "燕塔")
    sheet = book["主要产品"]
    first, second, third = lines_of(sheet)[1:]
    names = {line[1] for line in (first, second, third)}
    assert names == {"燕塔精密", "燕塔紧固件"}
    for place, line in enumerate(reversed((first, second, third)), 4):
        for column, value in enumerate(line[:-1], 1):  # all but the hidden one
            sheet.cell(place, column).value = value
    bring(city, book)
    assert products(office, table, two) == [["轴承", "齿轮"], ["螺栓"]], "sorted without its hidden column"
    assert {office.db["tenant_companies"].find_one(each)["version"] for each in two} == {1}

    book = exported(city, "燕塔")
    copied = next(line for line in lines_of(book["主要产品"]) if line[4] == "齿轮")
    typed = [
        None,
        "燕塔紧固件",
        *copied[2:4],
        "垫圈",
        *copied[5:],
    ]  # with the code of the one it was copied from
    book["主要产品"].append(typed)
    bring(city, book)
    assert products(office, table, two) == [["轴承", "齿轮"], ["螺栓", "垫圈"]]
    book["主要产品"].append([None, "燕塔没有的公司", *copied[2:4], "垫片", *copied[5:]])
    assert "第 8 行“燕塔没有的公司”" in bring(city, book).text
    assert products(office, table, two) == [["轴承", "齿轮"], ["螺栓", "垫圈"]]


def test_a_name_that_is_corrected_in_the_list_leaves_the_rows_of_its_table_where_they_are(
    office, city, table, two
):
    book = exported(city, "燕塔")
    listed = book["入驻企业"]
    cell = next(cell for line in listed.iter_rows() for cell in line if cell.value == "燕塔紧固件")
    cell.value = "燕塔标准件"
    line = next(line for line in book["主要产品"].iter_rows(min_row=4) if line[4].value == "螺栓")
    line[4].value = "螺母"
    bring(city, book)
    assert office.db["tenant_companies"].find_one(two[1])["name"] == "燕塔标准件"
    assert products(office, table, two) == [["轴承", "齿轮"], ["螺母"]]


def test_rows_of_a_table_whose_record_is_not_in_the_list_by_its_mark_are_found_by_name_or_said(
    office, city, table, two
):
    def without_marks():
        book = exported(city, "燕塔")
        listed = book["入驻企业"]
        marks = next(
            cell for line in listed.iter_rows() for cell in line if str(cell.value).startswith("记录标识")
        )
        listed.delete_cols(marks.column)
        return book

    bring(city, without_marks())
    assert {office.db["tenant_companies"].find_one(each)["version"] for each in two} == {1}
    book = without_marks()
    line = next(line for line in book["主要产品"].iter_rows(min_row=4) if line[4].value == "螺栓")
    line[4].value = "螺母"
    assert "请只修改其中一处" in city.get(bring(city, book).location).text
    place = next(cell for line in book["入驻企业"].iter_rows() for cell in line if cell.value == "主要产品")
    for number in range(1, book["入驻企业"].max_row - place.row + 1):
        book["入驻企业"].cell(place.row + number, place.column).value = None
    bring(city, book)
    assert products(office, table, two) == [["轴承", "齿轮"], ["螺母"]]
    book = exported(city, "燕塔")
    gone = next(cell for line in book["入驻企业"].iter_rows() for cell in line if cell.value == "燕塔紧固件")
    book["入驻企业"].delete_rows(gone.row)
    assert "行“燕塔紧固件”" in bring(city, book).text


def test_a_column_that_a_sheet_of_a_table_lacks_leaves_what_it_holds(office, boss, city, table, made):
    def stored():
        return office.db["tenant_companies"].find_one(made["_id"])

    def without_grade():
        book = exported(city)
        book["主要产品"]["I3"] = "备考"  # of 等级, which nobody knows
        return book

    book = without_grade()
    book["主要产品"].delete_cols(8)  # 出口
    bring(city, book)
    assert stored()["version"] == 1
    book = without_grade()
    book["主要产品"]["F4"] = 13
    copied = [cell.value for cell in book["主要产品"][4]]
    book["主要产品"].append([*copied[:4], "蜗轮", *copied[5:]])
    bring(city, book)
    first, new, second = stored()[table]
    assert first == made[table][0] | {"p2": 13} and second == made[table][1]
    assert (new["p1"], new.get("p5")) == ("蜗轮", None), "a copy is a new row"
    book = without_grade()
    book["主要产品"].delete_rows(5)
    bring(city, book)
    assert stored()[table] == [first, second]
    book = without_grade()
    book["主要产品"]["D4"], book["主要产品"]["D5"] = 2, 1
    assert "等级" in (said := bring(city, book).text) and "主要产品" in said, "whose 等级 it is nothing tells"
    assert stored()[table] == [first, second]

    book = exported(city)
    edit = f"{FIELDS}tenant-companies/{table}/"
    more = {"parts-5-label": "商标", "parts-5-kind": "text", "parts-5-code": ""}
    assert boss.send(edit, read_form(boss.get(edit).text) | more).status_code == 303
    page = f"{COMPANIES}edit/?id={made['_id']}"
    assert city.send(page, read_form(city.get(page).text) | {f"{table}-0-p6": "燕"}).status_code == 303
    answer = bring(city, book)
    assert stored()[table][0]["p6"] == "燕" and "全部合格" in city.get(answer.location).text


def test_a_sheet_of_a_table_whose_column_the_list_lacks_is_said_not_to_be_read(office, city, table, made):
    book = exported(city)
    place = next(cell for line in book["入驻企业"].iter_rows() for cell in line if cell.value == "主要产品")
    place.value = None
    book["主要产品"]["E4"] = "滚子轴承"
    assert "工作表“主要产品”" in bring(city, book, dry_run="1").text


def test_the_template_has_a_sheet_for_the_table_and_new_records_take_their_rows_from_it(
    office, city, table, made
):
    book = openpyxl.load_workbook(BytesIO(city.get("/admin/import/template/tenant-companies.xlsx").data))
    assert book.sheetnames == ["入驻企业", "主要产品", "填写说明"]
    listed = book["入驻企业"]
    places = {cell.value: cell.column for cell in listed[3]}
    base = office.db["bases"].find_one({"_id": made["base"]})
    values = {"企业名称": "新来企业", "统一社会信用代码": code(78), "所属基地": base["name"]}
    for heading, value in values.items():
        listed.cell(6, places[heading]).value = value
    for line, product in enumerate(("轴承", "齿轮"), 6):
        book["主要产品"].cell(line, 2).value = "新来企业"
        book["主要产品"].cell(line, 5).value = product
    bring(city, book)
    new = office.db["tenant_companies"].find_one({"uscc": code(78)})
    assert [one["p1"] for one in new[table]] == ["轴承", "齿轮"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("轴承｜12｜昨天", "第 1 行“投产日期”"),
        ("轴承\n｜5", "第 2 行“产品”"),
        ("轴承｜1｜｜｜国标｜多余", "应依次为"),
        ("轴承｜1｜｜｜省标", "第 1 行“等级”"),
        ("长" * 91, "第 1 行“产品”"),
        ("\n".join(["轴承"] * (MOST_ROWS + 1)), "最多可填"),
    ],
)
def test_a_wrong_text_is_refused_with_row_and_sub_field(app, text, said):
    with app.test_request_context(headers={"Accept-Language": "zh"}), pytest.raises(Refused) as refused:
        parse(as_field(own_table()), text)
    with app.test_request_context():
        assert said in sentence(refused.value.refusals[0])


@pytest.mark.parametrize(
    "text",
    [
        WRITTEN,
        f"{HEAD}\n轴承｜0｜｜｜部标",
        f"{HEAD}\n" + "\n".join([f"产品{n}｜{n}.25｜｜｜" for n in range(MOST_ROWS)]),
    ],
)
def test_the_text_of_a_cell_is_read_as_it_was_written(text):
    column = as_field(own_table())
    assert show(column, parse(column, text)) == text
    assert parse(column, text.replace("｜", " | ")) == parse(column, text), "an ordinary bar serves too"
    assert own_field_of(stored_own_field(own_table())) == own_table()


def test_the_largest_table_fits_into_one_cell():
    column = as_field(own_table(parts=tuple(OwnPart(f"p{n}", "长" * 20, unit="万" * 8) for n in range(1, 9))))
    rows = [{f"p{n}": "字" * 90 for n in range(1, 9)}] * MOST_ROWS
    assert len(show(column, rows)) <= 32_767


def test_programs_read_and_write_rows_as_objects_of_the_schema(office, city, table, made):
    address = f"/api/v1/tenant-companies/{made['_id']}"
    answer = city.ask(address).json
    assert answer[table][0] == {"p1": "轴承", "p2": 12.5, "p3": "2024-05-01", "p4": True, "p5": "w1"}
    document = city.ask("/api/v1/openapi.json").json["components"]["schemas"]
    shape = next(
        one for name, one in document.items() if name.endswith("_change") and table in one["properties"]
    )
    items = shape["properties"][table]["items"]
    assert items["required"] == ["p1"] and items["properties"]["p2"]["title"] == "年产量"
    before = office.digest()
    for wrong, said in (
        ([{"p1": "a", "p9": 1}], "p1, p2"), ([{"p2": 5}], "第 1 行“产品”"),
        ([{"p1": "a", "p2": "5"}], "第 1 行“年产量”"), ("轴承", "p1, p2"), ([{"p1": "a", "p5": "w9"}], "第 1 行“等级”"),
    ):  # fmt: skip
        refused = city.ask(address, "PATCH", json={"version": answer["version"], table: wrong})
        assert refused.status_code == 422 and said in str(refused.json), refused.json
    assert office.digest() == before
    rows = [{"p1": "齿轮", "p3": "2025-01-31", "p4": None}]
    assert city.ask(address, "PATCH", json={"version": answer["version"], table: rows}).status_code == 200
    assert city.ask(address).json[table] == [{"p1": "齿轮", "p3": "2025-01-31"}]
    assert city.ask(address, "PATCH", json={"version": answer["version"] + 1, table: []}).status_code == 200
    assert city.ask(address).json[table] is None


def test_rows_go_to_the_recycle_bin_and_come_back(office, city, table, made):
    version = office.db["tenant_companies"].find_one(made["_id"])["version"]
    assert (
        city.send(f"{COMPANIES}delete/", {"id": str(made["_id"]), "version": str(version)}).status_code == 303
    )
    entry = office.db["recycled"].find_one({"record_id": made["_id"]})
    assert city.send(f"/admin/recycle-bin/restore?recycled={entry['_id']}").status_code == 303
    assert office.db["tenant_companies"].find_one(made["_id"])[table] == made[table]


def test_sub_fields_are_added_and_renamed_and_used_ones_stay(office, boss, city, table, made):
    edit = f"{FIELDS}tenant-companies/{table}/"
    typed = read_form(boss.get(edit).text)
    without = {name: value for name, value in typed.items() if not name.startswith("parts-1-")}
    refused = boss.send(edit, without)
    assert refused.status_code == 422 and "1 条记录已填写子字段“年产量”" in refused.text
    other = boss.send(edit, typed | {"parts-1-kind": "text"})
    assert other.status_code == 422 and "类型不能更改" in other.text
    more = {"parts-5-label": "商标", "parts-5-kind": "text", "parts-5-code": "", "parts-0-label": "产品名称"}
    assert boss.send(edit, typed | more | {"parts-4-words": "部标、企标"}).status_code == 303
    field = own_field_of(office.db["own_fields"].find_one({"field.label": "主要产品"})["field"])
    assert [part.code for part in field.parts] == ["p1", "p2", "p3", "p4", "p5", "p6"]
    assert [(word.code, word.label, word.retired) for word in field.parts[4].words] == [
        ("w2", "部标", False), ("w3", "企标", False), ("w1", "国标", True),
    ]  # fmt: skip
    page = city.get(f"{COMPANIES}details/?id={made['_id']}").text
    assert "产品名称" in page and "国标" in page, "a retired word stays where it is"
    shown = city.get(f"{COMPANIES}new/").text
    assert "企标" in shown and "国标" not in shown.split("<template>")[-1]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, "至少要有一个子字段"),
        (
            {
                "parts-0-label": "产品",
                "parts-0-kind": "text",
                "parts-1-label": "产品",
                "parts-1-kind": "date",
            },
            "重复",
        ),
        ({"parts-0-label": "产品", "parts-0-kind": "choice"}, "请填写可选内容"),
        ({"parts-0-label": "甲｜乙", "parts-0-kind": "text"}, "不能含"),
        ({"parts-0-label": "<b>", "parts-0-kind": "text"}, "不能含"),
        ({"parts-0-label": "长" * 21, "parts-0-kind": "text"}, "20"),
    ],
)
def test_sub_fields_of_a_nasty_kind_are_refused(office, boss, parts, said):
    before = office.digest()
    sent = {"label": "主要产品", "kind": "rows", "section": "own", **parts}
    answer = boss.send(f"{FIELDS}tenant-companies/new/", sent)
    assert answer.status_code == 422 and said in answer.text
    assert office.digest() == before


def test_whoever_may_not_see_it_finds_no_row_of_it(office, boss, city, table, made, sign_in):
    edit = f"{FIELDS}tenant-companies/{table}/"
    kept = {name: value for name, value in read_form(boss.get(edit).text).items() if name != "searched"}
    assert boss.send(edit, kept | {"unseen_county": "y"}).status_code == 303
    shen = sign_in("shen")
    for address in (f"{COMPANIES}details/?id={made['_id']}", f"{COMPANIES}edit/?id={made['_id']}", COMPANIES):
        assert "轴承" not in shen.get(address).text and "轴承" in boss.get(address).text
    assert "轴承" not in str(cells(shen.get(f"{COMPANIES}export/xlsx/")))
    assert table not in shen.ask(f"/api/v1/tenant-companies/{made['_id']}").json


def test_the_configuration_file_carries_sub_fields_and_refuses_codes_that_are_not_ours(office, boss, table):
    whole = fetch(boss)
    office.db["own_fields"].delete_many({})
    refresh_own_fields()
    wrong = deepcopy(whole)
    wrong["fields"]["tenant_companies"][table]["parts"][1]["code"] = "p1"
    before = office.digest()
    assert "代码不是本系统给定的形式" in send(boss, wrong).text
    after = office.digest()
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert changed <= {"uploads.files", "uploads.chunks"}, "the file that was sent waits, and nothing else"
    assert take(boss, send(boss, whole)).status_code == 303
    assert fetch(boss) == whole
    moved = deepcopy(whole)
    moved["fields"]["tenant_companies"][table]["parts"][1]["kind"] = "date"
    assert "类型不能更改" in send(boss, moved).text


def test_formulas_count_add_up_and_ask_the_rows_of_a_table(office, boss, city, table, made):
    formulas = {
        "产品数": "计数(主要产品)",
        "总产量": "合计(主要产品.年产量)",
        "有国标": '包含(主要产品·等级, "国标")',
        "产品清单长": "长度(主要产品·产品)",
    }
    for label, formula in formulas.items():
        add(boss, label, "computed", formula=formula)
    follow()
    found = office.db["tenant_companies"].find_one(made["_id"])
    assert [found[key_of(office, label)] for label in formulas] == [2, 12.5, True, 2]
    shown = read_form(boss.get(f"{FIELDS}tenant-companies/{key_of(office, '总产量')}/").text)
    assert shown["formula"] == ["列合计(主要产品·年产量)"]
    edit = f"{COMPANIES}edit/?id={made['_id']}"
    typed = read_form(city.get(edit).text)
    assert city.send(edit, typed | {f"{table}-1-p2": "3", f"{table}-0-p5": "w2"}).status_code == 303
    found = office.db["tenant_companies"].find_one(made["_id"])
    assert [found[key_of(office, label)] for label in formulas] == [2, 15.5, False, 2]
    parts = read_form(boss.get(f"{FIELDS}tenant-companies/{table}/").text)
    without = {name: value for name, value in parts.items() if not name.startswith("parts-4-")}
    assert city.send(edit, read_form(city.get(edit).text) | {f"{table}-0-p5": ""}).status_code == 303
    refused = boss.send(f"{FIELDS}tenant-companies/{table}/", without)
    assert refused.status_code == 422 and "有国标" in refused.text, "a sub-field that a formula asks stays"


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("主要产品 + 1", "数"),
        ("合计(主要产品.投产日期)", "没有"),
        ("合计(主要产品.产品)", ""),
        ("列合计(从业人员)", "子字段"),
        ('包含(主要产品·等级, "省标")', "国标"),
        ("主要产品·年产量", "多个"),
    ],
)
def test_a_formula_that_misreads_a_table_is_refused_with_its_place(office, boss, table, formula, said):
    before = office.digest()
    sent = {"label": "试算", "kind": "computed", "section": "own", "formula": formula}
    answer = boss.send(f"{FIELDS}tenant-companies/new/", sent)
    assert answer.status_code == 422 and said in problems(answer.text)["formula"]
    assert "第" in problems(answer.text)["formula"] or "公式" in problems(answer.text)["formula"]
    assert office.digest() == before


def test_conditions_of_a_list_ask_the_rows_of_a_table_and_one_row_must_meet_each(
    office, boss, city, table, made, sign_in
):
    others = {str(row["_id"]) for row in office.db["tenant_companies"].find({"_id": {"$ne": made["_id"]}})}
    one = {str(made["_id"])}
    for asked, wanted in (
        (["p5", "in", "w1"], one), (["p5", "out", "w1"], others), (["p2", "between", "12", "13"], one),
        (["p2", "between", "10", "11"], set()), (["p1", "has", "齿"], one), (["p1", "is", "轴承"], one),
        (["p3", "on", "2024-05-01"], one), (["p4", "in", "no"], one), (["p3", "blank"], others),
    ):  # fmt: skip
        group = ["all", [f"{table}__{asked[0]}", *asked[1:]]]
        page = city.get(f"{COMPANIES}?size=200&where={quote(json.dumps(group))}").text
        assert set(ids(page)) == wanted, asked
    rows = ["all", [table, "filled"]]
    assert set(ids(city.get(f"{COMPANIES}?where={quote(json.dumps(rows))}").text)) == one
    assert "主要产品·等级" in city.get(f"{COMPANIES}conditions/").text
    edit = f"{FIELDS}tenant-companies/{table}/"
    kept = {name: value for name, value in read_form(boss.get(edit).text).items() if name != "searched"}
    assert boss.send(edit, kept | {"unseen_county": "y"}).status_code == 303
    hidden = quote(json.dumps(["all", [f"{table}__p5", "in", "w1"]]))
    shen = sign_in("shen")
    assert ids(shen.get(f"{COMPANIES}?where={hidden}").text) == []
    assert "主要产品" not in shen.get(f"{COMPANIES}conditions/").text


def test_an_earlier_version_brings_rows_back_and_english_pages_call_them_so(office, boss, city, table, made):
    edit = f"{FIELDS}tenant-companies/{table}/"
    english = {"english": "Main products", "parts-0-english": "Product", "parts-1-english": "Output"}
    assert boss.send(edit, read_form(boss.get(edit).text) | english).status_code == 303
    record = f"{COMPANIES}edit/?id={made['_id']}"
    typed = read_form(city.get(record).text)
    assert city.send(record, typed | {f"{table}-0-p1": "", f"{table}-0-p2": "", f"{table}-0-p3": "",
                                      f"{table}-0-p4": "", f"{table}-0-p5": ""}).status_code == 303  # fmt: skip
    assert len(office.db["tenant_companies"].find_one(made["_id"])[table]) == 1
    entry = office.db["audit_entries"].find_one({"record_id": made["_id"], "action": "created"})["_id"]
    asked = {"id": str(made["_id"]), "entry": str(entry), "version": "2", "field": table}
    assert city.send(f"{COMPANIES}version/", asked).status_code == 303
    assert office.db["tenant_companies"].find_one(made["_id"])[table] == made[table]
    city.send("/account/language", {"locale": "en"})
    page = city.get(f"{COMPANIES}details/?id={made['_id']}").text
    assert "Main products" in page and "Product" in page and "Output" in page
