"""An office's configuration as a file: fetched, compared, taken whole or not at all."""

import base64
import json
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest

from documents.assessment.rule_set import refresh_rule_sets
from documents.definitions.own_field import refresh_own_fields
from office.papers.default_templates import default_template
from rules.papers import PaperKind
from rules.rule_sets.measures import CITY_2021
from schema.definitions.configuration import EDITION, FORMAT
from schema.definitions.plain_values import plain_of
from schema.registry import REGISTRY
from services.desk.trail import verify
from tests.admin_views.definitions.test_own_collections import TYPED
from tests.admin_views.definitions.test_own_fields import _indexes_as_before as _indexes_as_before
from tests.admin_views.definitions.test_own_fields import add, key_of
from tests.page_reader import form as read_form
from tests.sample_office import PASSWORD

PAGE = "/admin/settings/configuration/"
PARTS = (
    "own_fields",
    "own_conditions",
    "own_collections",
    "statuses",
    "office_settings",
    "counties",
    "users",
    "rule_sets",
    "calendar_years",
    "paper_templates",
    "web_hooks",
)


@pytest.fixture
def boss(office, sign_in):
    return sign_in("boss")


def fetch(boss):
    answer = boss.get(f"{PAGE}file/")
    assert answer.status_code == 200
    return json.loads(answer.get_data())


def send(boss, whole):
    data = whole if isinstance(whole, bytes) else json.dumps(whole, ensure_ascii=False, indent=2).encode()
    return boss.send(PAGE, {"file": (BytesIO(data), "配置.json")})


def take(boss, preview, **more):
    sent = dict(read_form(preview.text, f"{PAGE}take/"))
    return boss.send(f"{PAGE}take/", {**sent, "own_password": PASSWORD, **more})


def stored(office):
    return {name: sorted(office.db[name].find({}), key=lambda row: str(row["_id"])) for name in PARTS}


def empty(**parts):
    return {"format": FORMAT, "edition": EDITION, **parts}


def test_what_was_fetched_changes_nothing_where_it_came_from(office, boss):
    add(boss, "专利数", "integer", filtered="y")
    whole, before = fetch(boss), stored(office)
    answer = send(boss, whole)
    assert answer.status_code == 200
    assert "没有变化" in answer.text
    assert stored(office) == before


def test_another_office_becomes_the_same(office, boss):
    add(boss, "产业链", "choice", **{"words-0-label": "化工", "words-1-label": "纺织"}, listed="y")
    whole = fetch(boss)
    whole["settings"]["lock_after"] = 9
    whole["counties"]["371525"]["aliases"] = ["冠州"]
    whole["views"] |= {"boss": {"bases": {"冠县": "?county=371525"}}, "nobody": {"bases": {"a": "?"}}}
    office.db["own_fields"].delete_many({})  # as the other office has it
    refresh_own_fields()
    preview = send(boss, whole)
    for words in ("新增", "产业链", "冠州", "5</del>", "9</ins>", "本系统没有该用户"):
        assert words in preview.text, words
    answer = take(boss, preview)
    assert answer.status_code == 303
    assert key_of(office, "产业链") in {field.key for field in REGISTRY["tenant_companies"].fields}
    again = fetch(boss)
    del whole["views"]["nobody"]
    assert again == whole
    told = office.db["audit_entries"].distinct("collection", {"actor_name": {"$regex": "boss|管理员"}})
    assert {"own_fields", "office_settings", "counties"} <= set(told)


STATUS = {"label": "待走访", "colour": "amber", "order": 30, "final": False, "public": False}
RULE_SET = replace(
    CITY_2021, code="city-2026", title="聊工信发〔2026〕9号", first_day=date(2026, 12, 4), last_day=None, tenants=30,
)  # fmt: skip
HOOK = {"name": "统计平台", "url": "https://stats.example.cn/hook", "of": "bases", "events": ["created"]}
WHOLE = {
    "working_years": {
        "2031": {"holidays": ["2031-01-01", "2031-01-02"], "workdays": ["2031-01-04"], "source": "国办发明电"}
    },
    "rule_sets": {
        "city-2026": {"measures": plain_of(RULE_SET, sparse=True)},
        "city-2032": {
            "measures": plain_of(replace(RULE_SET, code="city-2032", first_day=date(2032, 1, 1)), sparse=True),
            "draft": True, "source_text": "第一条 为了", "confirmed": ["tenants"],
        },
    },
    "moved_rule_sets": {"nation-2016": {"last_day": "2027-12-31"}},
    "statuses": {"tenant_companies": {"to_visit": STATUS}},
    "hooks": {"统计平台": HOOK},
}  # fmt: skip


def with_template(data=None):
    paper = default_template(PaperKind.CERTIFICATE) if data is None else data
    return {"certificate": {"name": "证书.docx", "data": base64.b64encode(paper).decode()}}


def test_all_that_can_be_set_goes_to_another_office_and_comes_back_the_same(office, boss):
    preview = send(boss, empty(**WHOLE, templates=with_template()))
    for words in (
        "工作日历", "2031", "聊工信发〔2026〕9号", "证书", "入驻企业：待走访", "统计平台", "随程序提供的规则组",
    ):  # fmt: skip
        assert words in preview.text, words
    assert take(boss, preview).status_code == 303
    assert verify() is None
    whole = fetch(boss)
    for part, entries in WHOLE.items():
        for key, entry in entries.items():
            assert entry.items() <= whole[part][key].items() or part == "statuses", (part, key)
    hook = office.db["web_hooks"].find_one({})
    assert hook["salt"]
    assert not hook["enabled"], "nobody here has switched it on"
    assert office.db["rule_sets"].find_one({"_id": "city-2032"})["draft"]
    for name in ("calendar_years", "rule_sets", "paper_templates", "web_hooks"):  # as the other office has it
        office.db[name].delete_many({})
    office.db["statuses"].delete_many({"code": "to_visit"})
    refresh_rule_sets()
    assert take(boss, send(boss, whole)).status_code == 303
    assert fetch(boss) == whole
    assert "没有变化" in send(boss, whole).text


def test_a_file_of_the_first_edition_is_still_read(office, boss):
    preview = send(boss, {"format": FORMAT, "edition": 1, "settings": {"lock_after": 9}})
    assert "9</ins>" in preview.text
    assert take(boss, preview).status_code == 303


def test_neither_the_secret_of_a_web_hook_nor_what_follows_its_address_leaves_the_office(office, boss):
    url = "https://robot.example.cn/send?access_token=f00"
    assert take(boss, send(boss, empty(hooks={"群": {**HOOK, "name": "群", "url": url}}))).status_code == 303
    office.db["web_hooks"].update_one({"name": "群"}, {"$set": {"enabled": True}})
    answer = boss.get(f"{PAGE}file/").get_data(as_text=True)
    hook = office.db["web_hooks"].find_one({"name": "群"})
    assert "f00" not in answer
    assert hook["salt"] not in answer
    whole = json.loads(answer)
    assert whole["hooks"]["群"]["url"] == "https://robot.example.cn/send"
    whole["hooks"]["群"]["events"] = ["created", "deleted"]
    assert take(boss, send(boss, whole)).status_code == 303
    after = office.db["web_hooks"].find_one({"name": "群"})
    assert (after["url"], after["salt"], after["enabled"]) == (url, hook["salt"], True)
    assert after["events"] == ["created", "deleted"]


def test_words_of_the_dictionary_may_change_their_names_among_one_another_and_say_how_many_have_them(
    office, boss
):
    assert (
        take(boss, send(boss, empty(statuses={"tenant_companies": {"to_visit": STATUS}}))).status_code == 303
    )
    words = fetch(boss)["statuses"]["tenant_companies"]
    words["to_visit"]["label"], words["housed"]["label"] = words["housed"]["label"], "待走访"
    preview = send(boss, empty(statuses={"tenant_companies": words}))
    count = office.db["tenant_companies"].count_documents({"status": "housed"})
    assert f"本系统有 {count} 条记录" in preview.text
    assert take(boss, preview).status_code == 303
    assert office.db["statuses"].find_one({"code": "housed"})["label"] == "待走访"
    assert fetch(boss)["statuses"]["tenant_companies"] == words


def rule_set(**changed):
    measures = plain_of(replace(RULE_SET, **changed), sparse=True)
    return {"rule_sets": {measures["code"]: {"measures": measures}}}


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"statuses": {"bases": {"mine": STATUS}}}, "由办法确定"),
        ({"statuses": {"users": {"mine": STATUS}}}, "没有使用状态的台账“users”"),
        ({"statuses": {"tenant_companies": {"Mine": STATUS}}}, "不能作为状态代码"),
        ({"statuses": {"tenant_companies": {"mine": {**STATUS, "label": "在驻"}}}}, "都将名为“在驻”"),
        ({"statuses": {"tenant_companies": {"mine": {**STATUS, "label": ""}}}}, "mine："),
        ({"statuses": {"tenant_companies": {"mine": {**STATUS, "order": -1}}}}, "排序"),
        ({"statuses": {"tenant_companies": {"housed": {**STATUS, "label": "在驻", "final": True}}}}, "终态"),
        ({"working_years": {"31": {"holidays": ["2031-01-01"]}}}, "“31”不是年份"),
        ({"working_years": {"2031": {"holidays": ["2030-01-01"]}}}, "2030-01-01"),
        ({"working_years": {"2031": {"holidays": ["01.01.2031"]}}}, "$.working_years.2031.holidays[1]"),
        (rule_set(first_day=date(2026, 6, 1)), "聊工信发〔2021〕133号"),
        (rule_set(low_fee_percent=101), "聊工信发〔2026〕9号："),
        (rule_set(tenants=-1), "入驻小型微型企业"),
        (rule_set(base_summary_by=(2, 30)), "2 月"),
        (rule_set(articles={"nothing": "5"}), "nothing"),
        (rule_set(code="mine"), "mine"),
        (rule_set(document_number=""), "文号"),
        ({"moved_rule_sets": {"city-1999": {}}}, "city-1999"),
        ({"moved_rule_sets": {"city-2021": {}}}, "聊工信发〔2021〕133号："),
        ({"templates": with_template(b"no paper")}, "证书："),
        ({"templates": {"poster": {"name": "a", "data": ""}}}, "$.templates"),
        ({"templates": {"certificate": {"name": "a", "data": "é"}}}, "$.templates.certificate.data"),
        ({"hooks": {"a": {**HOOK, "name": "a", "url": "http://localhost/"}}}, "a："),
        ({"hooks": {"a": {**HOOK, "name": "b"}}}, "名称"),
        ({"hooks": {"a": {**HOOK, "name": "a", "events": []}}}, "a："),
        ({"hooks": {"a": {**HOOK, "name": "a", "events": ["status"], "status": "x"}}}, "a："),
        ({"hooks": {f"h{n}": {**HOOK, "name": f"h{n}"} for n in range(21)}}, "20"),
    ],
)  # fmt: skip
def test_what_a_file_may_not_bring_is_named_with_its_entry_and_nothing_is_taken(office, boss, parts, says):
    before = stored(office)
    answer = send(boss, empty(**{"settings": {"lock_minutes": 20}} | parts))
    assert answer.status_code == 422
    assert says in answer.text
    assert stored(office) == before


def test_a_rule_set_that_is_in_force_here_keeps_its_figures_but_may_end_earlier(office, boss):
    assert take(boss, send(boss, empty(**rule_set()))).status_code == 303
    before = stored(office)
    answer = send(boss, empty(**rule_set(tenants=31)))
    assert (answer.status_code, stored(office)) == (422, before)
    assert "已施行" in answer.text
    preview = send(boss, empty(**rule_set(last_day=date(2031, 12, 3))))
    assert "失效日期" in preview.text
    assert take(boss, preview).status_code == 303
    assert fetch(boss)["rule_sets"]["city-2026"]["measures"]["last_day"] == "2031-12-03"


def test_a_file_that_is_no_longer_kept_is_chosen_again(office, boss):
    preview = send(boss, empty(settings={"lock_after": 9}))
    answer = take(boss, preview, upload="6b08ceb51619b5da81d00aa2")
    assert answer.status_code == 422
    assert "请重新选择" in answer.text


def test_a_computed_field_comes_with_its_formula_and_a_formula_that_cannot_be_read_here_is_refused(
    office, boss
):
    add(boss, "人均营收", "computed", formula="营业收入 / 从业人员", filtered="y")
    whole, key = fetch(boss), "own_computed_renjunyingshou"
    office.db["own_fields"].delete_many({})
    refresh_own_fields()
    fields = whole["fields"]["tenant_companies"]
    wrong = whole | {"fields": {"tenant_companies": {key: fields[key] | {"formula": "revenue / nothing"}}}}
    before = stored(office)
    answer = send(boss, wrong)
    assert "没有这个字段" in answer.text and "人均营收" in answer.text
    assert stored(office) == before
    assert take(boss, send(boss, whole)).status_code == 303
    assert [one.key for one in REGISTRY["tenant_companies"].computed] == [key]
    assert fetch(boss) == whole


def test_a_second_administrator_in_between_is_seen_and_nothing_is_overwritten(office, boss, sign_in):
    whole = fetch(boss)
    whole["settings"]["lock_after"] = 9
    preview = send(boss, whole)
    add(boss, "网址", "link")
    before = stored(office)
    answer = take(boss, preview)
    assert answer.status_code == 422
    assert "期间" in answer.text
    assert stored(office) == before
    assert take(boss, answer).status_code == 303, "what it would change now was shown"
    assert key_of(office, "网址"), "a field that the file does not know of stays"


def test_it_is_taken_with_ones_own_password_alone(office, boss):
    preview = send(boss, empty(settings={"lock_after": 9}))
    before = stored(office)
    answer = take(boss, preview, own_password="wrong")
    assert answer.status_code == 422
    assert stored(office)["office_settings"] == before["office_settings"]


FIELD = {
    "collection": "tenant_companies", "key": "own_chanyelian", "kind": "choice", "label": "产业链",
    "words": [{"code": "w1", "label": "化工"}, {"code": "w2", "label": "纺织"}], "last_word": 2,
}  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"settings": {"lock_after": 1}}, "锁定前允许输错："),
        ({"settings": {"colour": 1}}, "没有“colour”这项设置"),
        ({"counties": {"x1": {"code": "x1", "name": "冠县", "short": "甲", "order": 3}}}, "冠县："),
        ({"fields": {"users": {"own_a": {**FIELD, "collection": "users", "key": "own_a"}}}}, "users"),
        ({"views": {"boss": {"bases": {f"v{n}": "?" for n in range(31)}}}}, "30"),
        ({"views": {"boss": {"$where": {"a": "?"}}}}, "$where"),
    ],
)  # fmt: skip
def test_what_may_not_stand_here_is_named_and_nothing_is_taken(office, boss, parts, says):
    before = stored(office)
    answer = send(boss, empty(**{"settings": {"lock_minutes": 20}} | parts))
    assert answer.status_code == 422
    assert says in answer.text
    assert "Traceback" not in answer.text
    assert stored(office) == before


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"kind": "text", "words": []}, "类型不能更改"),
        ({"label": "统一社会信用代码"}, "统一社会信用代码"),
        ({"words": [{"code": "w1", "label": "化工"}, {"code": "w1", "label": "纺织"}]}, "选项的代码"),
        ({"last_word": 1}, "选项的代码"),
        ({"words": [{"code": "w2", "label": "纺织"}]}, "1 条记录"),
        ({"key": "own_Chanyelian"}, "其键不是"),
        ({"label": "a<b"}, "引号"),
    ],
)
def test_a_field_of_a_file_is_judged_as_one_that_is_typed(office, boss, changed, says):
    add(boss, "产业链", "choice", **{"words-0-label": "化工", "words-1-label": "纺织"})
    company = office.db["tenant_companies"].find_one({})
    office.db["tenant_companies"].update_one({"_id": company["_id"]}, {"$set": {"own_chanyelian": "w1"}})
    before = stored(office)
    own = {**FIELD, **changed}
    answer = send(boss, empty(fields={"tenant_companies": {own["key"]: own}}))
    assert answer.status_code == 422
    assert says in answer.text
    assert stored(office) == before


def test_a_collection_comes_with_its_statuses_and_fields_computed_ones_too_and_works_at_once(office, boss):
    assert boss.send("/admin/settings/collections/new/", TYPED).status_code == 303
    add(boss, "走访人数", "integer", "c-visits", filtered="y")
    add(boss, "人次合计", "computed", "c-visits", formula="走访人数 * 2")
    add(boss, "上次走访", "reference", "c-visits", refers_to="c_visits")
    add(boss, "最近走访", "reference", refers_to="c_visits")
    rule = {"purpose": "warn", "formula": "走访人数 > 0", "sentence": "走访人数应大于零"}
    assert boss.send("/admin/settings/conditions/c-visits/new/", rule).status_code == 303
    whole = fetch(boss)
    for name in ("own_fields", "own_collections", "own_conditions"):  # as the other office has it
        office.db[name].delete_many({})
    office.db["statuses"].delete_many({"collection": "c_visits"})
    refresh_own_fields()
    assert boss.get("/admin/c/visits/").status_code == 404
    preview = send(boss, whole)
    assert preview.status_code == 200, preview.text
    for words in (
        "走访记录",
        "走访记录：走访人数",
        "走访记录：人次合计",
        "入驻企业：最近走访",
        "走访人数应大于零",
    ):
        assert words in preview.text, words
    assert boss.get("/admin/c/visits/").status_code == 404, "a comparison makes nothing"
    assert take(boss, preview).status_code == 303
    page = boss.get("/admin/c/visits/new/").text
    assert "走访人数" in page
    assert "已走访" in page
    assert fetch(boss) == whole
    assert office.db["c_visits"].index_information().keys() > {"search"}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"formula": "people >"}, "从业人员应大于零："),
        ({"formula": "nothing > 0"}, "从业人员应大于零："),
        ({"sentence": ""}, "rule1："),
        ({"collection": "users"}, "不一致"),
        ({"at": "nothing"}, "从业人员应大于零："),
    ],
)
def test_a_condition_of_a_file_is_judged_as_one_that_is_typed(office, boss, changed, says):
    rule = {"purpose": "warn", "formula": "从业人员 > 0", "sentence": "从业人员应大于零"}
    assert boss.send("/admin/settings/conditions/tenant-companies/new/", rule).status_code == 303
    one = {**fetch(boss)["conditions"]["tenant_companies"]["rule1"], **changed}
    before = stored(office)
    answer = send(boss, empty(conditions={"tenant_companies": {"rule1": one}}))
    assert answer.status_code == 422
    assert says in answer.text
    assert stored(office) == before


def test_what_stays_of_a_collection_stays_and_a_word_that_was_deleted_is_not_given_again(office, boss):
    assert boss.send("/admin/settings/collections/new/", TYPED).status_code == 303
    whole = fetch(boss)
    visits = whole["collections"]["visits"]
    before = stored(office)
    for changed, says in (
        ({"scope": "county"}, "建立后不能更改"),
        ({"unique": True}, "建立后不能更改"),
        ({"label": "入驻企业"}, "入驻企业"),
        ({"label": "a%b"}, "引号"),
        ({"rights": {"county": ["change"]}}, "走访记录："),
        ({"rights": {"nobody": ["see"]}}, "不符合要求"),
        ({"icon": 5}, "icon"),
        ({"icon": "skull"}, "图标"),
    ):
        answer = send(boss, empty(collections={"visits": {**visits, **changed}}))
        assert answer.status_code == 422, changed
        assert says in answer.text, changed
        assert stored(office) == before
    assert boss.send("/admin/settings/collections/visits/delete/", {"version": "1"}).status_code == 303
    assert "不会再次使用" in send(boss, whole).text


def test_a_file_shows_no_role_by_a_reference_what_it_takes_away_or_shows_elsewhere(office, boss):
    own = {"name_label": "名称", "scope": "county"}
    sent = {name: value for name, value in TYPED.items() if not name.startswith(("statuses", "referred"))}
    for word, label in (("tutors", "创业导师"), ("lessons", "创业课程")):
        typed = {**sent, **own, "word": word, "label": label}
        assert boss.send("/admin/settings/collections/new/", typed).status_code == 303
    add(boss, "授课导师", "reference", "c-lessons", refers_to="c_tutors")
    whole = fetch(boss)
    field, key = whole["fields"]["c_lessons"], key_of(office, "授课导师")
    boss.send(f"/admin/settings/fields/c-lessons/{key}/delete/", {"version": "1"})
    office.db["own_fields"].delete_many({})  # as it is where there never was one
    refresh_own_fields()
    tutors, lessons = whole["collections"]["tutors"], whole["collections"]["lessons"]
    shut = {"city": ["see", "create", "change", "delete"], "county": [], "reader": ["see"]}
    before = stored(office)
    for changed in ({"rights": shut}, {"hidden": True}):
        parts = {"collections": {"tutors": {**tutors, **changed}}, "fields": {"c_lessons": field}}
        answer = send(boss, empty(**parts))
        assert answer.status_code == 422 and "授课导师" in answer.text, changed
        assert stored(office) == before
    # Nor where the field stands here already, and the file moves the rights on both sides of it.
    narrow = {"lessons": {**lessons, "rights": shut}}
    assert take(boss, send(boss, empty(collections=narrow))).status_code == 303
    assert take(boss, send(boss, empty(fields={"c_lessons": field}))).status_code == 303
    before = stored(office)
    crossed = {"lessons": lessons, "tutors": {**tutors, "rights": shut}}
    for order in (("lessons", "tutors"), ("tutors", "lessons")):
        answer = send(boss, empty(collections={word: crossed[word] for word in order}))
        assert answer.status_code == 422 and "授课导师" in answer.text, order
        assert stored(office) == before


def test_two_fields_may_change_their_names_in_one_file(office, boss):
    add(boss, "甲数", "integer")
    add(boss, "乙数", "integer")
    whole = fetch(boss)
    fields = whole["fields"]["tenant_companies"]
    first, second = key_of(office, "甲数"), key_of(office, "乙数")
    fields[first]["label"], fields[second]["label"] = "乙数", "甲数"
    answer = take(boss, send(boss, whole))
    assert answer.status_code == 303, answer.text
    assert (key_of(office, "乙数"), key_of(office, "甲数")) == (first, second)


def test_a_key_that_was_deleted_here_is_not_given_again(office, boss):
    add(boss, "网址", "link")
    whole, key = fetch(boss), key_of(office, "网址")
    boss.send(f"/admin/settings/fields/tenant-companies/{key}/delete/", {"version": "1"})
    answer = send(boss, whole)
    assert answer.status_code == 422
    assert "曾删除同一键的字段" in answer.text


@pytest.mark.parametrize("data", [b"\xff\xfe", b"PK\x03\x04", b"{", b"null", b""])
def test_what_is_no_configuration_is_refused_in_a_sentence(office, boss, data):
    answer = send(boss, data)
    assert answer.status_code == 422
    assert "没有任何更改" in answer.text


def test_no_file_is_told(office, boss):
    assert "请选择文件" in boss.send(PAGE, {}).text
