"""A field that an administrator adds in the browser is as good as one that ships, in every place, without a restart."""

from io import BytesIO

import openpyxl
import pytest

from documents.definitions.own_field import put_own_fields_in_force
from documents.jobs.job import Job
from schema.definitions.own_fields import MOST_FIELDS, MOST_FILTERS, OwnField, OwnKind, stored_own_field
from schema.registry import REGISTRY
from services.jobs.kinds import KINDS
from services.jobs.worker import Worker
from tests.page_reader import form as read_form
from tests.page_reader import ids
from tests.sample_office import Browser, cells, code

FIELDS = "/admin/settings/fields/"
NEW = f"{FIELDS}tenant-companies/new/"
COMPANIES = "/admin/tenant-companies/"


@pytest.fixture(autouse=True)
def _indexes_as_before(db):
    """Take the indexes of own fields away again: what is put back after a test are rows."""
    yield
    for name in ("bases", "tenant_companies"):
        for index in db[name].index_information():
            if "own_" in index:
                db[name].drop_index(index)


@pytest.fixture
def boss(office, sign_in):
    return sign_in("boss")


@pytest.fixture
def city(office, sign_in):
    return sign_in("city")


def add(boss, label, kind="text", slug="tenant-companies", **more):
    sent = {"label": label, "kind": kind, "section": "own", "exported": "y", **more}
    answer = boss.send(f"{FIELDS}{slug}/new/", sent)
    assert answer.status_code == 303, answer.text
    return answer


def key_of(office, label):
    return office.db["own_fields"].find_one({"field.label": label})["field"]["key"]


def follow():
    """Do the jobs that wait, as the worker of a web process does."""
    worker = Worker(KINDS)
    while worker.work_once():
        pass


def company(city, office, **values):
    sent = {"name": "燕塔精密", "uscc": code(77), "base": str(office.shen.base), "status": "housed", **values}
    answer = city.send(f"{COMPANIES}new/", sent)
    return answer


def test_a_field_is_in_form_page_list_filter_order_search_export_template_and_history(office, boss, city):
    add(boss, "网址", "link", filtered="y", searched="y", aliases="官网、公司主页")
    key = key_of(office, "网址")
    assert key == "own_wangzhi"
    follow()
    page = city.get(f"{COMPANIES}new/").text
    assert f'name="{key}"' in page and "补充信息" in page
    wrong = company(city, office, **{key: "不是 网址"})
    assert wrong.status_code == 422
    assert "不是网址" in wrong.text and "不是 网址" in wrong.text, "what was typed is kept"
    answer = company(city, office, **{key: "www.yanta-precision.example/关于"})
    assert answer.status_code == 303, answer.text
    made = office.db["tenant_companies"].find_one({"uscc": code(77)})
    assert made[key] == "http://www.yanta-precision.example/关于"
    assert made[key] in city.get(answer.location).text
    made_id = str(made["_id"])
    assert ids(city.get(f"{COMPANIES}?search=yanta-prec").text) == [made_id]
    assert ids(city.get(f"{COMPANIES}?{key}=yes").text) == [made_id]
    assert ids(city.get(f"{COMPANIES}?sort=-{key}").text)[0] == made_id
    assert made[key] in city.get(f"{COMPANIES}?columns={key}").text
    rows = cells(city.get(f"{COMPANIES}export/xlsx/?search=yanta-prec"))
    assert any("网址" in row and made[key] in rows[place + 1] for place, row in enumerate(rows))
    assert any("网址" in row for row in cells(city.get("/admin/import/template/tenant-companies.xlsx")))
    edit = f"{COMPANIES}edit/?id={made_id}"
    typed = read_form(city.get(edit).text) | {key: "https://other.example"}
    assert city.send(edit, typed).status_code == 303
    history = city.get(f"{COMPANIES}details/?id={made_id}").text.split('id="history"')[1]
    assert "网址" in history and "https://other.example" in history
    assert {f"{key}__id", f"county_{key}__id"} <= office.db["tenant_companies"].index_information().keys()


def test_a_workbook_brings_it_by_each_of_its_headings_and_is_told_what_is_wrong(office, boss, city):
    add(boss, "专利数", "integer", unit="件", maximum="500", aliases="拥有专利")
    key = key_of(office, "专利数")
    base = office.db["bases"].find_one({"_id": office.shen.base})["name"]
    book = openpyxl.Workbook()
    book.active.append(["企业名称", "统一社会信用代码", "所属基地", "拥有专利"])
    for number, patents in ((81, "12件"), (82, 7), (83, 501), (84, "很多")):
        book.active.append([f"{number}号公司", code(number), base, patents])
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    sent = {"kind": "tenant-companies", "file": (stream, "企业.xlsx")}
    city.send("/admin/import/", sent)
    rows = (
        office.db["tenant_companies"].find({"uscc": {"$in": [code(n) for n in range(81, 85)]}}).sort("uscc")
    )
    assert [row.get(key) for row in rows] == [12, 7]


def test_the_words_of_a_list_are_added_renamed_and_retired_and_used_ones_stay(office, boss, city):
    words = {f"words-{n}-label": word for n, word in enumerate(("上游", "中游", "下游"))}
    add(boss, "产业链", "choice", filtered="y", english="Industrial chain", **words)
    key = key_of(office, "产业链")
    assert company(city, office, **{key: "w2"}).status_code == 303
    made = office.db["tenant_companies"].find_one({"uscc": code(77)})
    assert ids(city.get(f"{COMPANIES}?{key}=w2").text) == [str(made["_id"])]
    edit = f"{FIELDS}tenant-companies/{key}/"
    typed = read_form(boss.get(edit).text)
    without = {name: value for name, value in typed.items() if not name.startswith("words-1-")}
    refused = boss.send(edit, without)
    assert refused.status_code == 422
    assert "有 1 条记录使用“中游”一词" in refused.text
    renamed = typed | {
        "words-1-label": "中段",
        "words-0-retired": "y",
        "words-3-label": "配套",
        "words-3-code": "",
    }
    assert boss.send(edit, renamed).status_code == 303
    page = city.get(f"{COMPANIES}edit/?id={made['_id']}").text
    assert "中段" in page and "配套" in page and "上游" not in page
    assert 'value="w4"' in page, "a new word has a code that none had before"
    assert office.db["tenant_companies"].find_one(made["_id"])[key] == "w2"
    city.send("/account/language", {"locale": "en"})
    assert "Industrial chain" in city.get(f"{COMPANIES}new/").text


def test_a_hidden_field_is_nowhere_keeps_what_records_hold_and_comes_back(office, boss, city):
    add(boss, "内部评级", searched="y", filtered="y")
    key = key_of(office, "内部评级")
    follow()
    assert company(city, office, **{key: "甲等稳健"}).status_code == 303
    made = office.db["tenant_companies"].find_one({"uscc": code(77)})
    ask = f"{FIELDS}tenant-companies/{key}/hide/"
    assert "1 条记录中已填的内容予以保留" in boss.get(ask).text
    hide = {"version": str(office.db["own_fields"].find_one()["version"])}
    assert boss.send(ask, hide).status_code == 303
    follow()
    assert "内部评级" not in city.get(f"{COMPANIES}details/?id={made['_id']}").text.split('id="history"')[0]
    assert f'name="{key}"' not in city.get(f"{COMPANIES}edit/?id={made['_id']}").text
    assert ids(city.get(f"{COMPANIES}?search=甲等稳健").text) == []
    assert not [name for name in office.db["tenant_companies"].index_information() if key in name]
    # a save meanwhile loses nothing
    edit = f"{COMPANIES}edit/?id={made['_id']}"
    city.send(edit, read_form(city.get(edit).text) | {"notes": "改过"})
    assert office.db["tenant_companies"].find_one(made["_id"])[key] == "甲等稳健"
    show = {"version": str(office.db["own_fields"].find_one()["version"])}
    assert boss.send(f"{FIELDS}tenant-companies/{key}/show/", show).status_code == 303
    follow()
    assert ids(city.get(f"{COMPANIES}?search=甲等稳健").text) == [str(made["_id"])]


def test_a_field_is_deleted_unasked_only_when_it_is_empty_and_its_key_is_never_given_again(
    office, boss, city
):
    add(boss, "临时")
    key = key_of(office, "临时")
    company(city, office, **{key: "有内容"})
    ask = f"{FIELDS}tenant-companies/{key}/delete/"
    assert "1 条记录中的内容将随字段移入回收站" in boss.get(ask).text
    version = office.db["own_fields"].find_one()["version"]
    assert boss.send(ask, {"version": str(version)}).status_code in (409, 422)
    assert office.db["own_fields"].count_documents({"deleted": True}) == 0
    office.db["tenant_companies"].update_one({"uscc": code(77)}, {"$unset": {key: ""}})
    assert boss.send(ask, {"version": str(version)}).status_code == 303
    add(boss, "临时")
    again = office.db["own_fields"].find_one({"field.label": "临时"})["field"]["key"]
    assert again not in (key, "")
    assert key not in REGISTRY["tenant_companies"].by_key


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"label": "企业名称"}, "已有的列名重复"),
        ({"label": "法人"}, "已有的列名重复"),
        ({"label": "<script>alert(1)</script>"}, "等符号"),
        ({"label": "{{ 7 * 7 }}"}, "等符号"),
        ({"label": "长" * 31}, "30"),
        ({"label": ""}, "请填写"),
        ({"label": "规模", "kind": "choice"}, "至少填写一个可选的选项"),
        ({"label": "规模", "kind": "choice", "words-0-label": "大、小"}, "不能有逗号、顿号或分号"),
        ({"label": "规模", "kind": "choice", "words-0-label": "大", "words-1-label": "大"}, "选项“大”重复"),
        ({"label": "专利数", "kind": "integer", "minimum": "5", "maximum": "1"}, "最小值不能大于最大值"),
        ({"label": "编号甲", "kind": "code", "mask": "(((("}, ""),
        ({"label": "编号甲", "kind": "code", "mask": "[a-z]+"}, "格式只能由"),
        ({"label": "甲", "kind": "nonsense"}, "要登记什么内容"),
        ({"label": "甲", "kind": "shipped"}, "要登记什么内容"),
        ({"label": "甲", "section": "nowhere"}, "请选择一个栏目"),
    ],
)  # fmt: skip
def test_what_a_field_may_not_be_is_said_beside_what_was_typed(office, boss, typed, said):
    sent = {"kind": "text", "section": "own", "exported": "y", **typed}
    answer = boss.send(NEW, sent)
    if not said:
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert said in answer.text
    assert "<script>alert" not in answer.text
    assert office.db["own_fields"].count_documents({}) == 0


def test_two_administrators_at_once_do_not_overwrite_one_another(office, boss, sign_in):
    add(boss, "网址")
    edit = f"{FIELDS}tenant-companies/{key_of(office, '网址')}/"
    first = read_form(boss.get(edit).text)
    assert boss.send(edit, first | {"help": "企业官网"}).status_code == 303
    late = boss.send(edit, first | {"help": "别的"})
    assert late.status_code == 422
    assert office.db["own_fields"].find_one()["field"]["help"] == "企业官网"


def test_fields_are_moved_among_one_another(office, boss, city):
    for label in ("甲项", "乙项", "丙项"):
        add(boss, label, listed="y")
    move = f"{FIELDS}tenant-companies/{key_of(office, '丙项')}/move/up/"
    assert boss.send(move, {"version": "1"}).status_code == 303
    page = city.get(COMPANIES).text
    assert page.index("甲项") < page.index("丙项") < page.index("乙项")


def test_a_field_passes_a_hidden_neighbour_and_gaps_in_the_order(office, boss, city):
    for label in ("甲项", "乙项", "丙项", "丁项"):
        add(boss, label, listed="y")
    for label, act in (("甲项", "delete"), ("丙项", "hide")):
        ask = f"{FIELDS}tenant-companies/{key_of(office, label)}/{act}/"
        assert boss.send(ask, {"version": "1"}).status_code == 303
    move = f"{FIELDS}tenant-companies/{key_of(office, '丁项')}/move/up/"
    assert boss.send(move, {"version": "1"}).status_code == 303
    page = city.get(COMPANIES).text
    assert page.index("丁项") < page.index("乙项")


def test_codes_of_words_are_the_programs_whatever_is_sent(office, boss):
    forged = {"words-0-label": "甲", "words-0-code": "<b>", "words-1-label": "乙", "words-1-code": "w9"}
    add(boss, "评级", "choice", **forged)
    field = office.db["own_fields"].find_one({"field.label": "评级"})["field"]
    assert [word["code"] for word in field["words"]] == ["w1", "w2"]
    edit = f"{FIELDS}tenant-companies/{field['key']}/"
    typed = read_form(boss.get(edit).text)
    assert boss.send(edit, typed | {"words-1-code": "w1"}).status_code == 303, "one code for two words"
    field = office.db["own_fields"].find_one({"field.label": "评级"})["field"]
    assert [word["code"] for word in field["words"]] == ["w1", "w3"], "the second is a new one"


def test_only_an_administrator_may(office, city):
    assert city.get(FIELDS).status_code == 403
    assert city.send(NEW, {"label": "网址", "kind": "text"}).status_code == 403


def test_a_public_field_of_a_base_stands_on_its_certificate_page(office, boss, app):
    add(boss, "园区网址", "link", slug="bases", public="y")
    key = key_of(office, "园区网址")
    office.db["bases"].update_one(
        {"_id": office.shen.base},
        {"$set": {"status": "certified", "certificate_number": "LCSJ-2024-001", key: "http://park.example"}},
    )
    assert "http://park.example" in Browser(app).get("/bases/LCSJ-2024-001").text


def test_another_process_knows_it_with_its_next_request(office, boss, city):
    add(boss, "网址")
    key = key_of(office, "网址")
    put_own_fields_in_force([])  # as a process that has read nothing since
    assert f'name="{key}"' in city.get(f"{COMPANIES}new/").text


def test_the_trail_tells_what_was_changed(office, boss):
    add(boss, "网址")
    edit = f"{FIELDS}tenant-companies/{key_of(office, '网址')}/"
    boss.send(edit, read_form(boss.get(edit).text) | {"help": "企业官网"})
    entries = office.db["audit_entries"].find({"collection": "own_fields"}).sort("_id", 1)
    assert [(entry["action"], entry["label"]) for entry in entries] == [
        ("created", "入驻企业字段“网址”"), ("changed", "入驻企业字段“网址”"),
    ]  # fmt: skip
    page = boss.get("/admin/audit/").text
    assert "入驻企业字段“网址”" in page and "填写说明" in page and "企业官网" in page


def test_a_kill_between_field_and_what_follows_leaves_a_job_that_finishes(office, boss, city):
    company(city, office)
    add(boss, "网址", searched="y", filtered="y")
    key = key_of(office, "网址")
    [job] = office.db["jobs"].find({"kind": "own-fields"})
    assert job["state"] == "waiting"
    office.db["tenant_companies"].update_one({"uscc": code(77)}, {"$set": {key: "http://kept.example"}})
    follow()
    assert Job.stored(job["_id"])["state"] == "done"
    assert len(ids(city.get(f"{COMPANIES}?search=kept.example").text)) == 1


def test_no_more_than_a_hundred_fields_and_ten_filters_are_taken_and_it_is_said(office, boss):
    rows = [
        {
            "_id": f"tenant_companies.own_f{number}", "of": "tenant_companies", "version": 1,
            "field": stored_own_field(
                OwnField(
                    "tenant_companies", f"own_f{number}", OwnKind.TEXT, f"第{number}项", order=number,
                    filtered=number < MOST_FILTERS,
                )
            ),
        }
        for number in range(MOST_FIELDS)
    ]  # fmt: skip
    office.db["own_fields"].insert_many(rows[:-1])
    sent = {"label": "再一项", "kind": "text", "section": "own", "exported": "y"}
    answer = boss.send(NEW, sent | {"filtered": "y"})
    assert answer.status_code == 422 and "10" in answer.text
    assert boss.send(NEW, sent).status_code == 303
    refused = boss.send(NEW, sent | {"label": "又一项"})
    assert refused.status_code == 422 and "100" in refused.text
    assert office.db["own_fields"].count_documents({}) == MOST_FIELDS
    assert boss.get(COMPANIES).status_code == boss.get(f"{COMPANIES}new/").status_code == 200
