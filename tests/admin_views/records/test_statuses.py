"""The dictionary of statuses: words, colours and order are the office's, the codes of the Measures stay."""

import pytest

from schema.registry import REGISTRY
from tests.page_reader import form, on_top, problems
from tests.sample_office import cells

NEW = {"collection": "ledger_entries", "label": "待补充", "code": "to_fill", "order": "15", "colour": "amber"}

NEEDED = [(one.name, status.code) for one in REGISTRY.listed for status in one.statuses]


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def one(office, collection, code):
    return office.db["statuses"].find_one({"collection": collection, "code": code})


def test_every_status_that_the_measures_need_is_there(office):
    assert set(NEEDED) == {
        (raw["collection"], raw["code"]) for raw in office.db["statuses"].find({"needed": True})
    }


@pytest.mark.parametrize(("collection", "code"), NEEDED)
def test_a_needed_status_is_reworded_and_recoloured_but_neither_deleted_nor_recoded(
    collection, code, office, city
):
    raw = one(office, collection, code)
    path = f"/admin/statuses/edit/?id={raw['_id']}"
    sent = form(city.get(path).text)
    assert not {"code", "collection", "final"} & set(sent)
    forged = sent | {
        "label": ["新说法"],
        "colour": ["violet"],
        "order": ["77"],
        "code": ["other"],
        "collection": ["bases"],
    }
    assert city.send(path, forged).status_code == 303
    after = office.one("statuses", raw["_id"])
    assert (after["label"], after["colour"], after["order"]) == ("新说法", "violet", 77)
    assert (after["code"], after["collection"], after["final"]) == (code, collection, raw["final"])
    before = office.digest()
    assert "delete" not in city.get(f"/admin/statuses/details/?id={raw['_id']}").text
    assert city.send("/admin/statuses/delete/", {"id": str(raw["_id"]), "version": "1"}).status_code == 409
    city.send("/admin/statuses/action/", {"action": "delete", "id": f"{raw['_id']}.{raw['version']}"})
    assert office.digest() == before


def test_a_new_word_is_shown_everywhere(office, city):
    raw = one(office, "tenant_companies", "housed")
    path = f"/admin/statuses/edit/?id={raw['_id']}"
    city.send(path, form(city.get(path).text) | {"label": ["住园"], "colour": ["blue"]})
    listed = city.get("/admin/tenant-companies/").text
    assert '<span class="state s-blue">住园</span>' in listed
    assert "住园" in city.get(f"/admin/tenant-companies/details/?id={office.guan.company}").text
    assert "住园" in city.get("/admin/tenant-companies/new/").text
    exported = [cell for row in cells(city.get("/admin/tenant-companies/export/xlsx/")) for cell in row]
    assert "住园" in exported
    assert "在驻" not in exported


def test_an_own_status_is_made_used_and_kept_while_in_use(office, city):
    assert city.send("/admin/statuses/new/", NEW).status_code == 303
    raw = one(office, "ledger_entries", "to_fill")
    entry = f"/admin/ledger-entries/edit/?id={office.guan.entry}"
    assert city.send(entry, form(city.get(entry).text) | {"status": ["to_fill"]}).status_code == 303
    before = office.digest()
    answer = city.send("/admin/statuses/delete/", {"id": str(raw["_id"]), "version": "1"})
    assert answer.status_code == 409
    assert "1" in answer.text
    assert office.digest() == before
    assert city.send(entry, form(city.get(entry).text) | {"status": ["draft"]}).status_code == 303
    assert city.send("/admin/statuses/delete/", {"id": str(raw["_id"]), "version": "1"}).status_code == 303
    assert one(office, "ledger_entries", "to_fill") is None


def test_an_own_status_keeps_its_code(office, city):
    path = f"/admin/statuses/edit/?id={office.own_status}"
    sent = form(city.get(path).text) | {"code": ["changed"], "collection": ["ledger_entries"], "final": ["y"]}
    assert city.send(path, sent).status_code == 303
    after = office.one("statuses", office.own_status)
    assert (after["code"], after["collection"], after["final"]) == ("to_check", "tenant_companies", True)


def test_a_blank_code_is_made(office, city):
    assert city.send("/admin/statuses/new/", NEW | {"code": ""}).status_code == 303
    assert office.db["statuses"].find_one({"label": "待补充"})["code"].startswith("status_")


@pytest.mark.parametrize(
    "collection", ["tenant_companies", "service_partners", "staff_members", "ledger_entries"]
)
def test_one_code_and_one_label_for_each_kind(collection, office, city):
    assert city.send("/admin/statuses/new/", NEW | {"collection": collection}).status_code == 303
    again = city.send("/admin/statuses/new/", NEW | {"collection": collection, "label": "另一个"})
    assert "to_fill" in problems(again.text)["code"]
    again = city.send("/admin/statuses/new/", NEW | {"collection": collection, "code": "other"})
    assert "待补充" in problems(again.text)["label"]


def test_the_states_of_the_title_are_fixed(office, city):
    before = office.digest()
    answer = city.send("/admin/statuses/new/", NEW | {"collection": "bases"})
    assert answer.status_code == 422
    assert "collection" in problems(answer.text), on_top(answer.text)
    assert office.digest() == before
    assert "bases" not in form(city.get("/admin/statuses/new/").text)["collection"]


@pytest.mark.parametrize("name", ["guan", "reader", "guan_reader"])
def test_others_read_the_dictionary_and_change_nothing(name, office, sign_in):
    browser = sign_in(name)
    page = browser.get("/admin/statuses/")
    assert page.text.count("<tr>") > 11
    assert "/admin/statuses/new/" not in page.text
    assert "/admin/statuses/edit/" not in page.text
    assert browser.get("/admin/statuses/new/").status_code == 403
    before = office.digest()
    assert browser.send("/admin/statuses/new/", NEW).status_code == 403
    assert office.digest() == before


def test_the_order_of_the_dictionary_is_the_order_of_the_choices(office, city):
    path = f"/admin/statuses/edit/?id={one(office, 'ledger_entries', 'verified')['_id']}"
    city.send(path, form(city.get(path).text) | {"order": ["1"]})
    page = city.get("/admin/ledger-entries/new/").text.split('name="status"')[1].split("</select>")[0]
    assert page.index("已核验") < page.index("草稿") < page.index("已提交")
