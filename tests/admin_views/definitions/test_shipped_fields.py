"""Fields that come with the program are renamed, moved, asked and hidden; what the Measures need stays."""

from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
import time_machine

from documents.definitions.own_field import refresh_own_fields
from rules.access import Role
from rules.choices import Industry
from schema.definitions.needed_fields import NEEDED, may_be_required
from schema.definitions.shipped_fields import unchanged
from schema.registry import REGISTRY
from services.definitions.own_fields import change_shipped_field
from services.jobs.kinds import KINDS
from services.jobs.worker import Worker
from services.records import records
from tests.admin_views.definitions.test_configuration import fetch, send, take
from tests.admin_views.test_leak_sweep import NOW, calls_of
from tests.page_reader import form as read_form
from tests.page_reader import ids
from tests.sample_office import MADE_AT, cells, code, workbook

FIELDS = "/admin/settings/fields/"
SHIPPED = f"{FIELDS}tenant-companies/shipped/"
COMPANIES = "/admin/tenant-companies/"


@pytest.fixture
def boss(office, sign_in):
    return sign_in("boss")


@pytest.fixture
def city(office, sign_in):
    return sign_in("city")


def change(boss, key, slug="tenant-companies", **values):
    url = f"{FIELDS}{slug}/shipped/{key}/"
    typed = read_form(boss.get(url).text)
    answer = boss.send(url, typed | values)
    assert answer.status_code == 303, answer.text
    return answer


def follow():
    worker = Worker(KINDS)
    while worker.work_once():
        pass


def test_a_new_name_is_in_form_list_export_and_template_and_old_workbooks_still_come_back(office, boss, city):
    old = cells(city.get(f"{COMPANIES}export/xlsx/"))
    old_book = city.get(f"{COMPANIES}export/xlsx/?county=371525").data
    change(boss, "people", label="用工人数", english="Headcount", help="年末在册人数")
    page = city.get(f"{COMPANIES}new/").text
    assert "用工人数" in page and "年末在册人数" in page and ">从业人员" not in page
    assert "用工人数" in city.get(COMPANIES).text
    new = cells(city.get(f"{COMPANIES}export/xlsx/"))
    assert any("从业人员（人）" in row for row in old) and not any("从业人员（人）" in row for row in new)
    assert any("用工人数（人）" in row for row in new)
    assert any(
        "用工人数（人）" in row for row in cells(city.get("/admin/import/template/tenant-companies.xlsx"))
    )
    city.send("/account/language", {"locale": "en"})
    assert "Headcount" in city.get(f"{COMPANIES}new/").text
    # An export of before, with one figure changed, comes back.
    book = openpyxl.load_workbook(BytesIO(old_book))
    sheet = book.worksheets[0]
    heads = {cell.value: (cell.row, cell.column) for row in sheet.iter_rows() for cell in row if cell.value}
    row, column = heads["从业人员（人）"]
    name = sheet.cell(row + 1, heads["统一社会信用代码"][1]).value
    sheet.cell(row + 1, column).value = 77
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    city.send("/admin/import/", {"kind": "tenant-companies", "file": (stream, "旧表.xlsx")})
    assert office.db["tenant_companies"].find_one({"uscc": name})["people"] == 77


@pytest.mark.parametrize("heading", ["从业人员（人）", "用工人数", "从业人数", "在岗人数"])
def test_each_heading_that_it_had_is_understood(office, boss, city, heading):
    change(boss, "people", label="用工人数", aliases="在岗人数")
    base = office.one("bases", office.guan.base)["name"]
    sheet = workbook(
        [["企业名称", "统一社会信用代码", "所属基地", heading], ["新来公司", code(85), base, 33]]
    )
    city.send("/admin/import/", {"kind": "tenant-companies", "file": (sheet, "企业.xlsx")})
    assert office.db["tenant_companies"].find_one({"uscc": code(85)})["people"] == 33


def test_fields_change_places_in_their_section_and_go_to_another(office, boss, city):
    def order(keys):
        page = city.get(f"{COMPANIES}new/").text
        return sorted(keys, key=lambda key: page.index(f'name="{key}"'))

    keys = ["industry", "people", "revenue", "assets"]
    assert order(keys) == keys
    assert boss.send(f"{SHIPPED}people/move/up/", {"version": "0"}).status_code == 303
    assert order(keys) == ["people", "industry", "revenue", "assets"]
    version = str(office.db["own_fields"].find_one({"_id": "tenant_companies.people"})["version"])
    assert boss.send(f"{SHIPPED}people/move/down/", {"version": version}).status_code == 303
    assert order(keys) == keys
    stale = office.digest()["own_fields"]
    assert boss.send(f"{SHIPPED}people/move/down/", {"version": version}).status_code in (409, 422)
    assert office.digest()["own_fields"] == stale
    change(boss, "people", section="tenancy")
    assert order(["people", "moved_in", "industry"]) == ["moved_in", "people", "industry"]


def test_a_hidden_field_keeps_its_values_is_nowhere_and_comes_back(office, boss, city):
    follow()
    one = office.guan.company
    office.db["tenant_companies"].update_one({"_id": one}, {"$set": {"phone": "13906351122"}})
    assert "13906351122" in city.get(f"{COMPANIES}details/?id={one}").text
    change(boss, "phone", hidden="y")
    follow()
    assert "13906351122" not in city.get(f"{COMPANIES}details/?id={one}").text.split('id="history"')[0]
    edit = f"{COMPANIES}edit/?id={one}"
    typed = read_form(city.get(edit).text)
    assert "phone" not in typed
    assert city.send(edit, typed | {"notes": "改过"}).status_code == 303
    assert office.one("tenant_companies", one)["phone"] == "13906351122"
    assert not any("联系电话" in row for row in cells(city.get(f"{COMPANIES}export/xlsx/")))
    assert ids(city.get(f"{COMPANIES}?search=13906351122").text) == []
    typed = read_form(boss.get(f"{SHIPPED}phone/").text)
    del typed["hidden"]
    assert boss.send(f"{SHIPPED}phone/", typed).status_code == 303
    follow()
    assert ids(city.get(f"{COMPANIES}?search=13906351122").text) == [str(one)]


def test_what_the_measures_need_stays_and_says_why(office, boss):
    page = boss.get(f"{SHIPPED}people/").text
    assert 'name="hidden"' not in page and "第五条第（二）项" in page
    typed = read_form(page)
    refused = boss.send(f"{SHIPPED}people/", typed | {"hidden": "y"})
    assert refused.status_code == 303, "what is not offered is not taken"
    assert office.db["own_fields"].count_documents({"field.hidden": True}) == 0
    assert "第五条第（二）项" in boss.get(SHIPPED).text


def test_a_field_made_required_is_asked_of_new_records_and_of_old_ones_when_edited(office, boss, city):
    change(boss, "industry", required="y")
    new = {"name": "新公司", "uscc": code(86), "base": str(office.guan.base), "status": "housed"}
    assert city.send(f"{COMPANIES}new/", new).status_code == 422
    assert city.send(f"{COMPANIES}new/", new | {"industry": next(iter(Industry)).value}).status_code == 303
    one = office.guan.left_company
    office.db["tenant_companies"].update_one({"_id": one}, {"$unset": {"industry": ""}})
    edit = f"{COMPANIES}edit/?id={one}"
    assert city.send(edit, read_form(city.get(edit).text)).status_code == 422
    typed = read_form(boss.get(f"{SHIPPED}moved_out/").text)
    assert "required" not in typed
    assert 'name="required"' not in boss.get(f"{SHIPPED}moved_out/").text


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("企业名称", "已有的列名重复"), ("营业收入", "已有的列名重复"), ("<b>", "等符号"), ("长" * 31, "30"),
        ("", "请填写"), ("{{ 7*7 }}", "等符号"), ("\x00", ""),
    ],
)  # fmt: skip
def test_a_bad_name_is_refused_and_kept_as_typed(office, boss, label, said):
    typed = read_form(boss.get(f"{SHIPPED}people/").text)
    answer = boss.send(f"{SHIPPED}people/", typed | {"label": label})
    assert answer.status_code == 422 and said in answer.text
    assert office.db["own_fields"].count_documents({}) == 0


def test_a_name_that_an_own_field_has_is_refused_and_the_other_way_round(office, boss):
    own = {"kind": "text", "section": "own", "exported": "y"}
    assert boss.send(f"{FIELDS}tenant-companies/new/", own | {"label": "用工人数"}).status_code == 303
    typed = read_form(boss.get(f"{SHIPPED}people/").text)
    assert boss.send(f"{SHIPPED}people/", typed | {"label": "用工人数"}).status_code == 422
    change(boss, "people", label="职工总数")
    again = boss.send(f"{FIELDS}tenant-companies/new/", own | {"label": "职工总数"})
    assert again.status_code == 422 and "已有的列名重复" in again.text


def test_two_administrators_at_once_do_not_overwrite_one_another(office, boss):
    first = read_form(boss.get(f"{SHIPPED}people/").text)
    assert boss.send(f"{SHIPPED}people/", first | {"help": "甲"}).status_code == 303
    assert boss.send(f"{SHIPPED}people/", first | {"help": "乙"}).status_code == 422
    assert office.db["own_fields"].find_one()["field"]["help"] == "甲"


def test_the_trail_tells_it_and_own_fields_are_apart(office, boss):
    change(boss, "people", label="用工人数")
    page = boss.get("/admin/audit/").text
    assert "入驻企业字段“从业人员”" in page and "用工人数" in page
    assert "用工人数" not in boss.get(FIELDS).text
    for act in ("hide", "show", "delete"):
        assert boss.get(f"{FIELDS}tenant-companies/people/{act}/").status_code == 404
        assert boss.send(f"{FIELDS}tenant-companies/people/{act}/", {"version": "1"}).status_code == 404


def test_the_table_of_what_stays_names_fields_that_there_are():
    for name, keys in NEEDED.items():
        assert set(keys) <= set(REGISTRY[name].by_key), name
        left = [
            one
            for one in REGISTRY[name].fields
            if one.key not in keys and not may_be_required(REGISTRY[name], one)
        ]
        assert left == [], "what is neither needed nor a clerk's to type"


@pytest.mark.parametrize(
    "group", ["tenant_companies", "bases", "ledger_entries", "staff_members", "service_partners"]
)
def test_every_page_opens_with_all_hidden_that_may_be(office, sign_in, group):
    declaration = REGISTRY[group]
    free = [one.key for one in declaration.fields if one.key not in NEEDED[group]]
    assert free
    with time_machine.travel(NOW, tick=True):
        browser = sign_in("boss")
        for key in free:
            change(browser, key, slug=declaration.slug, hidden="y", label=f"改名{key}"[:30])
        calls = [call for _, call in calls_of(group, office, published=False) if call.data is None]
        broken = [call.path for call in calls if browser.get(call.path).status_code >= 500]
    assert broken == []


def test_another_office_takes_changes_and_rights_with_the_configuration(office, boss):
    change(boss, "people", label="用工人数", required="y")
    kept = {"label": "评语", "kind": "text", "section": "own", "exported": "y", "unseen_county": "y"}
    assert boss.send(f"{FIELDS}tenant-companies/new/", kept).status_code == 303
    whole = fetch(boss)
    office.db["own_fields"].delete_many({})
    refresh_own_fields()
    assert take(boss, send(boss, whole)).status_code in (200, 303)
    assert fetch(boss) == whole
    declared = REGISTRY["tenant_companies"]
    assert (declared.by_key["people"].label, declared.by_key["people"].required) == ("用工人数", True)
    assert Role.COUNTY not in (declared.fields[-1].seen_by or ())
    wrong = {**whole, "fields": {"tenant_companies": {**whole["fields"]["tenant_companies"]}}}
    change_of_none = {**wrong["fields"]["tenant_companies"].pop("people"), "key": "nothing"}
    wrong["fields"]["tenant_companies"]["nothing"] = change_of_none
    assert "没有随程序提供的字段" in send(boss, wrong).text


def test_what_is_kept_from_a_role_leaves_the_search_of_all_until_it_is_open_again(office, sign_in):
    boss, raw = sign_in("boss"), office.one("tenant_companies", office.guan.company)
    boss_actor = office.actor("boss")
    records.update(
        "tenant_companies", raw["_id"], {"legal_representative": "欧阳牧云"}, version=raw["version"], actor=boss_actor,
        now=MADE_AT,
    )  # fmt: skip
    search = "/admin/tenant-companies/?search=欧阳牧云"
    assert ids(boss.get(search).text) == [str(raw["_id"])]
    kept = replace(unchanged("tenant_companies", "legal_representative"), unseen_by=(Role.READER,))
    change_shipped_field(kept, version=0, actor=boss_actor, now=MADE_AT)
    follow()
    assert ids(boss.get(search).text) == []
    assert "欧阳牧云" in sign_in("guan").get(f"/admin/tenant-companies/details/?id={raw['_id']}").text
    assert "欧阳牧云" not in sign_in("reader").get(f"/admin/tenant-companies/details/?id={raw['_id']}").text
    change_shipped_field(replace(kept, unseen_by=()), version=1, actor=boss_actor, now=MADE_AT)
    follow()
    assert ids(boss.get(search).text) == [str(raw["_id"])]
