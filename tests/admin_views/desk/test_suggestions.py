"""What the search box suggests while somebody types: in their scope, by their role, and never a write."""

import pytest

from admin_views.desk.suggestions import acts, records
from documents.kinds import RECORDS
from documents.records.record import RecordQuerySet
from tests.sample_office import MARK


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch):
    """Let a machine that is busy take its time."""
    monkeypatch.setattr(records, "TIME", 60_000)
    monkeypatch.setattr(acts, "_TIME", 60_000)


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


def test_a_list_that_takes_too_long_is_left_out_and_the_answer_says_so(office, city, monkeypatch):
    monkeypatch.setattr(RecordQuerySet, "suggested", lambda *args, **kwargs: None)
    assert suggested(city, "清泉")["whole"] is False
    monkeypatch.setattr(records, "TIME", 0)
    answer = suggested(city, "回收站")
    assert answer["whole"] is False and "/admin/recycle-bin/" in lines(answer).values()
