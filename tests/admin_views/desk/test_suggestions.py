"""What the search box suggests while somebody types: in their scope, by their role, and never a write."""

import pytest

from admin_views.desk.suggestions import lookups
from documents.kinds import RECORDS
from tests.sample_office import GUAN, MARK, SHEN
from tests.services.assessment.test_assess import counted_commands


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch):
    """Let a machine that is busy take its time."""
    monkeypatch.setattr(lookups, "TIME", 60_000)


@pytest.fixture
def city(sign_in):
    """Give the browser of a clerk of the city."""
    return sign_in("city")


def suggested(browser, words="", recent=()):
    """Return the answer to what was typed."""
    answer = browser.get("/admin/search/suggest/", query_string={"q": words, "recent": list(recent)})
    assert answer.status_code == 200
    return answer.json


def lines(answer, key=None):
    """Return label and address of each line, or of those of one group."""
    return {
        item["label"]: item["url"]
        for group in answer["groups"]
        if key in (None, group["key"])
        for item in group["items"]
    }


@pytest.mark.parametrize("words", ["清泉", "清泉创业园", "qingquan", "qqcyy", "园 清泉"])
def test_a_record_is_suggested_by_its_name_its_pinyin_and_its_initials(words, office, city):
    found = lines(suggested(city, words), "bases")
    assert found["清泉创业园"] == f"/admin/bases/details/?id={office.guan.base}"


def test_records_of_every_collection_are_suggested(office, city):
    keys = {group["key"] for group in suggested(city, "清泉")["groups"]}
    assert {"bases", "tenant_companies", "service_partners", "ledger_entries"} <= keys


def test_why_a_record_was_found_stands_beside_it_where_a_person_was_typed(office, city):
    office.db["tenant_companies"].update_one(
        {"_id": office.guan.company}, {"$set": {"legal_representative": "欧阳修竹"}}
    )
    raw = office.one("tenant_companies", office.guan.company)
    fields = RECORDS["tenant_companies"].search_fields(raw)
    office.db["tenant_companies"].update_one({"_id": raw["_id"]}, {"$set": fields})
    for words in ("欧阳修竹", "oyxz"):
        group = next(one for one in suggested(city, words)["groups"] if one["key"] == "tenant_companies")
        assert "欧阳修竹" in group["items"][0]["hint"]


def test_nothing_of_another_county_is_suggested(office, sign_in):
    for words in (MARK, "yt", "ytcyy", f"新建台账 {MARK}", f"导出 {MARK}", f"{MARK}的企业"):
        found = lines(suggested(sign_in("guan"), words))
        assert not [label for label in found if MARK in label], words
    address = f"/admin/bases/details/?id={office.shen.base}"
    assert lines(suggested(sign_in("guan"), "", [address]), "recent") == {}
    assert list(lines(suggested(sign_in("shen"), "", [address]), "recent").values()) == [address]


def test_what_was_open_lately_stands_in_its_order_under_its_present_name(office, city):
    base, company = (
        f"/admin/bases/details/?id={office.guan.base}", f"/admin/tenant-companies/details/?id={office.guan.company}"
    )  # fmt: skip
    office.db["bases"].update_one({"_id": office.guan.base}, {"$set": {"name": "新名称创业园"}})
    found = lines(
        suggested(city, "", [company, base, "/admin/nowhere/?id=1", "javascript:alert(1)"]), "recent"
    )
    assert list(found.values()) == [company, base]
    assert "新名称创业园" in found


def test_pages_are_suggested_by_pinyin_and_only_those_that_one_may_open(office, city, sign_in):
    assert "/admin/recycle-bin/" in lines(suggested(city, "huishouzhan"), "pages").values()
    assert "/admin/users/" in lines(suggested(sign_in("boss"), "用户"), "pages").values()
    assert "/admin/users/" not in lines(suggested(city, "用户"), "pages").values()


def test_an_act_opens_its_form_with_the_base_that_was_named(office, city):
    found = lines(suggested(city, "新建台账 清泉"), "acts")
    assert f"/admin/ledger-entries/new/?base={office.guan.base}" in found.values()
    assert "/admin/ledger-entries/new/" in lines(suggested(city, "新建台账"), "acts").values()
    assert "/admin/service-partners/new/" in lines(suggested(city, "新建服务机构"), "acts").values()
    assert "/admin/publication/notices/new/" in lines(suggested(city, "公示"), "acts").values()


def test_who_may_not_write_is_offered_no_act_that_does(office, sign_in):
    reader = sign_in("reader")
    for words in ("", "新建台账", "导入 企业", "公示", "撤销"):
        assert lines(suggested(reader, words), "acts") == {}, words
    assert "/admin/publication/notices/new/" not in lines(suggested(sign_in("guan"), "公示"), "acts").values()


def test_nothing_is_written(office, city):
    before = office.digest()
    for words in ("", "清泉", "新建台账 清泉", "公示", "撤销 清泉"):
        suggested(city, words)
    assert office.digest() == before


@pytest.mark.parametrize("words", ["%", "\x00", "(((", "。" * 200, "$where", "a" * 300, "\ud800"[:0] + "🏭"])
def test_no_letters_are_too_strange(words, office, city):
    assert suggested(city, words)["whole"] is True


def test_lists_that_take_too_long_are_left_out_and_the_answer_says_so(office, city, monkeypatch):
    monkeypatch.setattr(lookups, "suggested", lambda *args, **kwargs: None)
    assert suggested(city, "清泉")["whole"] is False
    monkeypatch.undo()
    monkeypatch.setattr(lookups, "TIME", 0)
    answer = suggested(city, "回收站")
    assert answer["whole"] is False and "/admin/recycle-bin/" in lines(answer).values()


@pytest.mark.parametrize(
    "words", ["清泉", "qq", "冠县在驻企业", "新建台账 清泉", "清泉创业园的企业", "撤销 清泉", "有限公司"]
)
def test_a_keystroke_costs_four_commands_however_many_lists_there_are(words, office, city):
    with counted_commands(office.db) as sent:
        suggested(city, words)
    # The session, the office's state, the bases that the words name, and the records of all lists at once.
    assert sent == ["aggregate", "aggregate", "find", "aggregate"]


# --- Questions in plain words --------------------------------------------------------------------------------


def asked(browser, words):
    """Return the questions that were understood: chips, address, and what was not."""
    groups = [group for group in suggested(browser, words)["groups"] if group["key"].startswith("question")]
    return [
        (" · ".join(item["chips"]), item["url"], group["note"]) for group in groups for item in group["items"]
    ]


@pytest.mark.parametrize(
    ("words", "chips", "url"),
    [
        ("冠县在驻企业", "入驻企业 · 冠县 · 状态 在驻", f"/admin/tenant-companies/?county={GUAN}&status=housed"),
        (
            "从业人员超过50人的企业", "入驻企业 · 从业人员 ≥ 51 人", "/admin/tenant-companies/?people_from=51",
        ),
        (
            "没有电话的服务机构", "服务机构 · 联系电话 无", "/admin/service-partners/?contact_phone_filled=no",
        ),
        (
            "2026年1月没有台账的基地", "示范基地 · 没有服务台账 2026-01-01 – 2026-01-31",
            "/admin/bases/?without_ledger_entries=yes&without_ledger_entries_from=2026-01-01"
            "&without_ledger_entries_to=2026-01-31",
        ),
        ("莘县2026年还差什么", "达标评估 · 莘县 · 2026 · 未达标", f"/admin/assessment/?county={SHEN}&year=2026&met=no"),
        (
            "2025年没交年报的基地", "示范基地 · 没有年度报告 2025-01-01 – 2025-12-31",
            "/admin/annual-reports/?year=2025&state=missing",
        ),
        (
            "2026年被撤销的基地", "撤销与取消 · 决定日期 2026-01-01 – 2026-12-31 · 处理类型 撤销命名",
            "/admin/revocation/all/?dated_from=2026-01-01&dated_to=2026-12-31&kind=revocation",
        ),
    ],
)  # fmt: skip
def test_a_question_leads_to_a_list_with_filters_and_says_them_first(words, chips, url, office, city):
    assert asked(city, words) == [(chips, url, "")]
    assert city.get(url).status_code == 200


def test_a_base_that_a_question_names_becomes_its_filter(office, city, sign_in):
    chips, url, note = asked(city, "清泉创业园的企业")[0]
    assert (chips, note) == ("入驻企业 · 示范基地 清泉创业园", "")
    assert url == f"/admin/tenant-companies/?base={office.guan.base}"
    assert asked(sign_in("shen"), "清泉创业园的企业") == [], "there is none in their scope"


def test_what_was_not_understood_is_named(office, city):
    ((chips, url, note),) = asked(city, "冠县在驻的蓝色企业")
    assert (chips, url) == (
        "入驻企业 · 冠县 · 状态 在驻", f"/admin/tenant-companies/?county={GUAN}&status=housed"
    )  # fmt: skip
    assert "“蓝色”" in note


def test_another_county_is_never_asked_for(office, sign_in):
    guan = sign_in("guan")
    groups = [one for one in suggested(guan, "莘县在驻企业")["groups"] if one["key"].startswith("question")]
    assert [(one["items"], "冠县" in one["note"]) for one in groups] == [([], True)]
    ((_, url, _),) = asked(guan, "在驻企业")
    assert MARK not in guan.get(url).text


def test_a_question_that_begins_with_export_leads_to_the_workbook(office, city):
    ((_, url, _),) = asked(city, "导出 莘县 企业")
    assert url == f"/admin/tenant-companies/export/xlsx/?county={SHEN}"


def test_questions_write_nothing(office, city):
    before = office.digest()
    for words in ("删除冠县企业", "冠县企业改为已迁出", "撤销所有基地", "把基地删了", "冠县在驻企业"):
        suggested(city, words)
    assert office.digest() == before


# --- What a list can be narrowed by beside its filters -------------------------------------------------------


def test_a_list_is_narrowed_by_a_number_by_what_is_blank_and_by_what_is_missing(office, city):
    people = office.one("tenant_companies", office.guan.company).get("people") or 0
    office.db["tenant_companies"].update_one({"_id": office.guan.company}, {"$set": {"people": 4321}})
    page = city.get("/admin/tenant-companies/?people_from=4321&people_to=4321").text
    assert str(office.guan.company) in page and str(office.shen.company) not in page
    assert "4321 – 4321" in page and people != 4321
    entries = f"/admin/bases/?without_ledger_entries=yes&without_ledger_entries_from={{}}&county={GUAN}"
    assert str(office.guan.base) in city.get(entries.format("2030-01-01")).text
    assert str(office.guan.base) not in city.get(entries.format("2000-01-01")).text
    office.db["tenant_companies"].update_one({"_id": office.guan.company}, {"$unset": {"phone": ""}})
    blank = city.get("/admin/tenant-companies/?phone_filled=no").text
    assert str(office.guan.company) in blank
    assert str(office.guan.company) not in city.get("/admin/tenant-companies/?phone_filled=yes").text


def test_a_list_says_nothing_of_filters_that_nobody_asked_for(office, city):
    page = city.get("/admin/tenant-companies/").text
    assert "people_from" not in page and "_filled" not in page
    strange = city.get(
        "/admin/bases/?people_from=nan&floor_area_from=inf&without_ledger_entries=no&without_x=yes"
    )
    assert strange.status_code == 200


def test_what_a_partner_does_elsewhere_is_not_told_by_what_is_blank(office, sign_in):
    """A county that entered a partner with which only others work is told of no cooperation."""
    shared = office.one("service_partners", office.shared)
    others = [one for one in shared["cooperations"] if one["county"] != GUAN]
    office.db["service_partners"].update_one({"_id": office.shared}, {"$set": {"cooperations": others}})
    guan = sign_in("guan")
    assert others and str(office.shared) in guan.get("/admin/service-partners/?cooperations_filled=no").text
    assert str(office.shared) not in guan.get("/admin/service-partners/?cooperations_filled=yes").text
