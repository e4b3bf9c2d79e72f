"""Rules and colours that an administrator sets: asked by everything that writes, shown in lists, without a restart."""

from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest

from rules.errors import Refused
from schema.definitions.own_fields import OwnField, OwnKind, OwnWord
from schema.registry import REGISTRY
from services.definitions.own_fields import add_own_field, change_own_field
from tests.admin_views.definitions.test_computed_fields import (
    COMPANIES,
    FIELDS,
    _indexes_as_before,
    add_plain,
    company,
    edit,
    read_form,
    stored,
)
from tests.sample_office import MADE_AT, code

CONDITIONS = "/admin/settings/conditions/"
NEW = f"{CONDITIONS}tenant-companies/new/"
fresh_indexes = _indexes_as_before


@pytest.fixture
def boss(office, sign_in):
    return sign_in("boss")


@pytest.fixture
def city(office, sign_in):
    return sign_in("city")


def add(boss, formula, sentence, purpose="must", expect=303, **more):
    sent = {"purpose": purpose, "formula": formula, "sentence": sentence, "at": "", "colour": "amber", **more}
    answer = boss.send(NEW, sent)
    assert answer.status_code == expect, answer.text
    return answer


def test_a_rule_refuses_forms_and_workbooks_with_its_sentence_at_its_field(office, boss, city):
    made = company(city, office, 72, revenue="10", people="5")
    add(boss, "营业收入 >= 从业人员", "营业收入不应少于从业人数", at="revenue")
    url = f"{COMPANIES}edit/?id={made['_id']}"
    sent = read_form(city.get(url).text) | {"revenue": "4"}
    answer = city.send(url, sent)
    assert answer.status_code == 422
    assert "营业收入不应少于从业人数" in answer.text.split('id="e-revenue"')[1][:200]
    assert stored(office, made) == made
    edit(city, made, revenue="6")
    edit(city, made, people="")  # not known: refuses nothing
    book = openpyxl.Workbook()
    book.active.append(["企业名称", "统一社会信用代码", "所属基地", "营业收入（万元）", "从业人员（人）"])
    base = office.db["bases"].find_one({"_id": office.shen.base})["name"]
    book.active.append(["甲公司", code(81), base, 3, 4])
    book.active.append(["乙公司", code(82), base, 5, 4])
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    city.send("/admin/import/", {"kind": "tenant-companies", "file": (stream, "企业.xlsx")})
    assert office.db["tenant_companies"].count_documents({"uscc": code(81)}) == 0
    assert office.db["tenant_companies"].count_documents({"uscc": code(82)}) == 1


def test_what_is_amiss_already_does_not_hold_up_another_field(office, boss, city):
    made = company(city, office, 72, revenue="4", people="5")
    add(boss, "营业收入 >= 从业人员", "营业收入不应少于从业人数", at="revenue")
    edit(city, made, legal_representative="李雷")
    assert stored(office, made)["legal_representative"] == "李雷"


def test_a_warning_asks_once(office, boss, city):
    made = company(city, office, 72, revenue="10", people="5")
    add(boss, "营业收入 >= 从业人员", "营业收入偏少", "warn", at="revenue")
    url = f"{COMPANIES}edit/?id={made['_id']}"
    answer = city.send(url, read_form(city.get(url).text) | {"revenue": "4"})
    assert answer.status_code == 422 and "营业收入偏少" in answer.text
    assert city.send(url, read_form(answer.text)).status_code == 303
    assert stored(office, made)["revenue"] == 4


def test_a_colour_marks_a_row_or_a_cell_in_the_words_of_what_it_stands_for(office, boss, city):
    company(city, office, 72, revenue="10", people="5")
    company(city, office, 73, revenue="500", people="5")
    add(boss, "营业收入 > 100", "规模较大", "colour", colour="green")
    add(boss, "营业收入 <= 100", "营收较低", "colour", colour="red", at="name")
    page = city.get(f"{COMPANIES}?search=燕塔精密").text
    assert '<tr class="c-green" title="规模较大">' in page
    assert '<th scope="row" class="c-red" title="营收较低">' in page
    assert page.count('title="规模较大"') == page.count('title="营收较低"') == 1
    listed = boss.get(CONDITIONS).text
    assert "营业收入 &gt; 100" in listed and "规模较大" in listed


@pytest.mark.parametrize(
    ("formula", "sentence", "said"),
    [
        ("营业收入", "营收", "此处的公式须为条件"),
        ("营业收入 > 从业人口", "营收", "没有这个字段"),
        ("营业收入 > 1", "", "提示语"),
        ("营业收入 > 1", "<b>", "不能使用"),
    ],
)
def test_what_is_no_condition_is_refused_and_kept_as_typed(office, boss, formula, sentence, said):
    answer = add(boss, formula, sentence, expect=422)
    assert said in answer.text
    assert read_form(answer.text)["formula"] == formula
    assert office.db["own_conditions"].count_documents({}) == 0


def test_it_is_changed_switched_off_and_deleted_by_the_version_that_was_read(office, boss, city):
    add(boss, "营业收入 > 1", "营业收入应大于一")
    url = f"{CONDITIONS}tenant-companies/rule1/"
    typed = read_form(boss.get(url).text)
    assert typed["formula"] == "营业收入 > 1"
    assert boss.send(url, typed | {"resting": "y"}).status_code == 303
    assert boss.send(url, typed | {"sentence": "另一句"}).status_code == 422, "somebody else saved meanwhile"
    assert company(city, office, 72, revenue="0.5")["revenue"] == 0.5
    assert [one.key for one in REGISTRY["tenant_companies"].rules if one.key.startswith("rule")] == []
    assert boss.send(f"{url}delete/", {"version": "2"}).status_code == 303
    assert office.db["own_conditions"].find_one({"_id": "tenant_companies.rule1"})["deleted"] is True
    assert boss.get(url).status_code == 404
    add(boss, "营业收入 > 2", "营业收入应大于二")
    assert office.db["own_conditions"].find_one({"_id": "tenant_companies.rule2"})["version"] == 1


def test_a_field_that_a_condition_asks_is_neither_hidden_nor_deleted(office, boss):
    add_plain(boss, "专利")
    add(boss, "专利 >= 0", "专利数不应为负")
    for act in ("hide", "delete"):
        answer = boss.send(f"{FIELDS}tenant-companies/own_zhuanli/{act}/", {"version": "1"})
        assert answer.status_code in (409, 422) and "专利数不应为负" in answer.text


@pytest.mark.parametrize("kind", ["formula", "condition"])
def test_a_status_that_a_formula_or_condition_names_is_not_deleted(office, sign_in, kind):
    boss = sign_in("boss")
    status = office.one("statuses", office.own_status)
    text = f'状态 == "{status["label"]}"'
    if kind == "formula":
        own = OwnField("tenant_companies", "", OwnKind.COMPUTED, "是否待定", formula=text)
        add_own_field(own, actor=office.actor("boss"), now=MADE_AT)
    else:
        add(boss, text, "是否待定", "colour")
    before = office.digest()
    sent = {"id": str(status["_id"]), "version": str(status["version"])}
    answer = boss.send("/admin/statuses/delete/", sent)
    told = boss.get(answer.location).text if answer.status_code in (302, 303) else answer.text
    assert "是否待定" in told and status["label"] in told
    assert office.digest()["statuses"] == before["statuses"]


def test_a_word_that_a_formula_names_is_not_removed(office, sign_in):
    boss = office.actor("boss")
    words = (OwnWord("", "上游"), OwnWord("", "下游"))
    chain = OwnField("tenant_companies", "", OwnKind.CHOICE, "产业链", words=words)
    made = add_own_field(chain, actor=boss, now=MADE_AT)
    own = OwnField("tenant_companies", "", OwnKind.COMPUTED, "居下游", formula='产业链 == "下游"')
    add_own_field(own, actor=boss, now=MADE_AT)
    before = office.digest()
    with pytest.raises(Refused) as refused:
        change_own_field(replace(made, words=made.words[:1]), version=1, actor=boss, now=MADE_AT)
    assert "居下游" in str(refused.value.refusals[0])
    assert office.digest() == before
