"""Many like records after one another: what the next form begins with, copies, and the same one twice."""

import re
from datetime import UTC, date, datetime

import pytest

from schema.registry import REGISTRY
from services.records import records
from tests.page_reader import flashes, form, text_of
from tests.sample_office import code

NOW = datetime(2026, 3, 3, tzinfo=UTC)
PATH = "/admin/ledger-entries"


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def entry(office, **values):
    return {
        "base": str(office.guan.base), "served_on": "2026-03-05", "function": "consulting-none", "status": "submitted",
        **values,
    }  # fmt: skip


def typed_entry(office, **values):
    given = {"place": "二楼会议室", "function": "training", "mode": "", "activity": "", "fee_kind": "free"}
    return entry(office, **given | values)


def following(city, office, **values):
    """Return the form that follows an entry which was saved with 保存并继续新建, and its page."""
    answer = city.send(f"{PATH}/new/", typed_entry(office, again="1", **values))
    assert answer.status_code == 303
    page = city.get(answer.location)
    return form(page.text), page.text


def first(value):
    return value[0] if isinstance(value, list) else value


def test_the_next_entry_keeps_base_place_function_way_fee_and_day_and_nothing_else(office, city):
    mode = REGISTRY["ledger_entries"].field("mode").choices
    way = next(iter(mode)).value
    sent = {"mode": way, "request": "贷款", "companies": "某公司", "company_times": "1", "feedback": "好"}
    values, page = following(city, office, **sent)
    kept = {
        key: first(values.get(key, ""))
        for key in ("base", "served_on", "place", "function", "mode", "fee_kind")
    }
    assert kept == {
        "base": str(office.guan.base), "served_on": "2026-03-05", "place": "二楼会议室", "function": "training",
        "mode": way, "fee_kind": "free",
    }  # fmt: skip
    assert first(values["status"]) == "submitted"
    assert [first(values.get(key, "")) for key in ("request", "companies", "company_times", "feedback")] == [
        ""
    ] * 4
    # The script sets the focus on the first field that is neither filled nor kept.
    assert "data-first" in page and "base served_on" in page


def test_request_and_record_are_kept_where_the_clerk_asks_for_it_and_the_tick_stays(office, city):
    values, page = following(city, office, request="贷款", service_record="陪同办理", whole="1")
    assert (first(values["request"]), first(values["service_record"])) == ("贷款", "陪同办理")
    assert first(values["whole"]) == "1"
    assert "连同服务诉求、服务记录" in text_of(page)


def test_what_the_last_entry_left_blank_stays_blank(office, city):
    draft = typed_entry(office, again="1", served_on="", status="draft")
    answer = city.send(f"{PATH}/new/", draft)
    assert first(form(city.get(answer.location).text)["served_on"]) == ""


def test_a_form_opened_from_a_base_keeps_it_and_so_does_a_company(office, city):
    base = str(office.guan.base)
    sent = {"name": "后续企业", "uscc": code(5302), "base": base, "status": "housed", "again": "1"}
    answer = city.send(f"/admin/tenant-companies/new/?base={base}", sent)
    values = form(city.get(answer.location).text)
    assert (first(values["base"]), first(values["name"]), first(values["uscc"])) == (base, "", "")


def test_an_entry_of_another_county_gives_the_next_form_nothing(office, sign_in):
    page = sign_in("guan").get(f"{PATH}/new/?after={office.shen.entry}")
    assert page.status_code == 200
    assert first(form(page.text)["base"]) == ""
    assert sign_in("guan").get(f"{PATH}/new/?copy={office.shen.entry}").status_code == 404


def test_a_copy_has_what_was_typed_and_its_own_number(office, city):
    stored = office.db["ledger_entries"].find_one({"_id": office.shen.entry})
    page = city.get(f"{PATH}/new/?copy={office.shen.entry}")
    values = form(page.text)
    assert first(values["base"]) == str(office.shen.base)
    assert first(values.get("request", "")) == stored.get("request", "")
    assert "副本" in text_of(page.text)
    values |= {"served_on": "2026-02-02"}
    assert city.send(f"{PATH}/new/", values).status_code == 303
    made = office.db["ledger_entries"].find_one({"served_on": datetime(2026, 2, 2, tzinfo=UTC)})
    assert made["number"] != stored["number"]
    assert made["base"] == stored["base"]


def test_list_and_page_offer_the_copy_and_a_base_is_never_copied(office, city):
    address = f"{PATH}/new/?copy={office.shen.entry}"
    assert address in city.get(f"{PATH}/").text
    assert address in city.get(f"{PATH}/details/?id={office.shen.entry}").text
    assert "copy=" not in city.get("/admin/bases/").text
    assert "copy=" not in city.get(f"/admin/bases/details/?id={office.shen.base}").text
    page = city.get(f"/admin/bases/new/?copy={office.shen.base}")
    assert first(form(page.text)["name"]) == ""


def test_a_copy_of_a_company_leaves_its_code_to_be_typed(office, city):
    values = form(city.get(f"/admin/tenant-companies/new/?copy={office.shen.company}").text)
    stored = office.db["tenant_companies"].find_one({"_id": office.shen.company})
    assert first(values["uscc"]) == ""
    assert first(values["name"]) == stored["name"]


def test_the_last_one_is_the_clerks_own_and_repeats_all_that_was_typed(office, city, sign_in):
    city.send(f"{PATH}/new/", typed_entry(office, request="贷款", companies="某公司"))
    sign_in("boss").send(f"{PATH}/new/", typed_entry(office, request="他人录入"))
    assert f"{PATH}/new/?repeat=1" in city.get(f"{PATH}/").text
    values = form(city.get(f"{PATH}/new/?repeat=1").text)
    assert (first(values["request"]), first(values["companies"])) == ("贷款", "某公司")


def test_who_entered_nothing_yet_repeats_nothing(city):
    page = city.get(f"{PATH}/new/?repeat=1")
    assert page.status_code == 200
    assert first(form(page.text)["base"]) == ""


# --- Days ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["3.5", "3-5", "3/5", "3月5日", "３．５", "20260305", "2026.3.5", "2026年3月5日"]
)
def test_a_day_is_taken_as_people_write_it(office, city, text, monkeypatch):
    monkeypatch.setattr("forms.fields.office_today", lambda: date(2026, 7, 1))
    assert city.send(f"{PATH}/new/", typed_entry(office, served_on=text)).status_code == 303
    assert office.db["ledger_entries"].find_one({"served_on": datetime(2026, 3, 5, tzinfo=UTC)})


def test_a_day_that_cannot_be_read_stays_as_it_was_typed(office, city):
    before = office.digest()
    answer = city.send(f"{PATH}/new/", typed_entry(office, served_on="2.30"))
    assert answer.status_code == 422
    assert first(form(answer.text)["served_on"]) == "2.30"
    assert office.digest() == before


# --- The same one twice ----------------------------------------------------------------------------


def test_the_same_entry_asks_with_a_link_to_the_other_and_is_saved_all_the_same(office, city):
    same = typed_entry(office, request="贷款", companies="某公司")
    assert city.send(f"{PATH}/new/", same).status_code == 303
    other = office.db["ledger_entries"].find_one({"request": "贷款"})
    before = office.digest()
    answer = city.send(f"{PATH}/new/", same)
    assert answer.status_code == 422
    assert office.digest() == before
    assert other["number"] in text_of(answer.text)
    assert f'href="{PATH}/details/?id={other["_id"]}"' in answer.text
    assert city.send(f"{PATH}/new/", form(answer.text)).status_code == 303


@pytest.mark.parametrize(
    "different",
    [
        {"companies": "另一公司"},
        {"request": "别的诉求"},
        {"served_on": "2026-03-06"},
        {"function": "information"},
    ],
)
def test_another_company_request_day_or_function_is_another_entry(office, city, different):
    same = typed_entry(office, request="贷款", companies="某公司")
    assert city.send(f"{PATH}/new/", same).status_code == 303
    assert city.send(f"{PATH}/new/", same | different).status_code == 303


def test_another_way_or_place_does_not_make_it_another_entry(office, city):
    same = typed_entry(office, request="贷款", companies="某公司")
    assert city.send(f"{PATH}/new/", same).status_code == 303
    assert city.send(f"{PATH}/new/", same | {"place": "线上", "fee_kind": "low"}).status_code == 422


def test_a_program_is_told_which_record_is_there_already(office, city):
    values = {
        "base": office.guan.base, "served_on": date(2026, 3, 5), "function": "training", "request": "贷款",
        "status": "draft",
    }  # fmt: skip
    there = records.create("ledger_entries", values, actor=office.actor("city"), now=NOW)
    sent = {**values, "base": str(office.guan.base), "served_on": "2026-03-05"}
    answer = city.ask("/api/v1/ledger-entries", "POST", json=sent)
    assert answer.status_code == 422
    assert answer.json["existing"] == [{"collection": "ledger-entries", "id": str(there)}]
    confirm = answer.json["confirm"][0]
    assert city.ask(f"/api/v1/ledger-entries?confirm={confirm}", "POST", json=sent).status_code == 201


def test_the_flash_after_it_says_saved(office, city):
    answer = city.send(f"{PATH}/new/", typed_entry(office, again="1"))
    assert any("已保存" in text for text in flashes(city.get(answer.location).text))
    assert re.search(r"after=[0-9a-f]{24}", answer.location)
