"""Editing where one looks: a cell of a list, what is said beside it, and 撤销 after every save."""

import json
import re

import pytest

from schema.field import EDITED_IN_PLACE
from schema.registry import REGISTRY
from tests.office_with_jobs import with_own_collection
from tests.page_reader import flashes, form
from tests.sample_office import SHEN

PATH = "/admin/tenant-companies"
JSON = {"Accept": "application/json"}


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def cell(browser, record_id, field, path=PATH):
    return browser.get(f"{path}/cell/?id={record_id}&field={field}")


def save(browser, record_id, field, value, *, version=1, path=PATH, **more):
    sent = {"id": str(record_id), "field": field, field: value, "version": str(version), **more}
    return browser.send(f"{path}/cell/", sent, headers=JSON)


def editable(page):
    return set(re.findall(r'data-edit="(\w+)"', page))


def test_the_list_says_which_cells_may_be_edited_and_to_whom(sign_in):
    page = (
        sign_in("city")
        .get(f"{PATH}/?columns=people&columns=phone&columns=status&columns=county&columns=base")
        .text
    )
    assert {"people", "phone", "status"} <= editable(page)
    assert not {"county", "base"} & editable(page)
    assert editable(sign_in("reader").get(f"{PATH}/").text) == set()
    assert "data-cell" not in sign_in("reader").get(f"{PATH}/").text


def test_the_title_of_a_base_is_not_edited_in_the_list(office, city):
    page = city.get("/admin/bases/?columns=status&columns=service_staff&columns=document_number").text
    assert editable(page) >= {"service_staff"}
    assert not {"status", "document_number"} & editable(page)
    before = office.digest()
    answer = save(city, office.shen.base, "status", "certified", path="/admin/bases")
    assert answer.status_code == 422
    assert office.digest() == before


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [("people", "1,234", 1234), ("status", "to_check", "to_check"), ("legal_representative", "新代表", "新代表"),
     ("phone", "13900001111", "13900001111")],
)  # fmt: skip
def test_a_cell_is_saved_as_its_form_would_save_it(office, city, field, typed, stored):
    company = office.shen.company
    assert f'name="{field}"' in cell(city, company, field).text
    answer = save(city, company, field, typed)
    assert answer.status_code == 200, answer.text
    after = office.one("tenant_companies", company)
    assert (after[field], after["version"]) == (stored, 2)
    assert f"{company}.2" in answer.json["row"]
    last = office.db["audit_entries"].find_one({"record_id": company}, sort=[("_id", -1)])
    assert last["changes"][0]["field"] == field


def test_a_day_is_typed_as_people_write_it(office, city):
    assert save(city, office.shen.company, "moved_in", "2024年3月5日").status_code == 200
    assert f"{office.one('tenant_companies', office.shen.company)['moved_in']:%Y-%m-%d}" == "2024-03-05"


@pytest.mark.parametrize(
    ("field", "typed"), [("people", "许多"), ("phone", "12"), ("status", "nonsense"), ("name", "")]
)
def test_what_is_wrong_is_said_beside_the_cell_and_nothing_is_saved(office, city, field, typed):
    before = office.digest()
    answer = save(city, office.shen.company, field, typed)
    assert answer.status_code == 422
    assert re.search("[一-鿿]", answer.json["problem"])
    assert office.digest() == before


def test_what_someone_else_saved_meanwhile_is_named_and_replaced_only_by_saving_again(office, city, sign_in):
    assert save(sign_in("boss"), office.shen.company, "people", "11").status_code == 200
    before = office.digest()
    answer = save(city, office.shen.company, "people", "12")
    assert answer.status_code == 409
    assert "“11”" in answer.json["problem"] and f"{office.shen.company}.2" in answer.json["row"]
    assert office.digest() == before
    assert save(city, office.shen.company, "people", "12", version=answer.json["version"]).status_code == 200
    assert office.one("tenant_companies", office.shen.company)["people"] == 12


ENTRIES = "/admin/ledger-entries"


def test_long_texts_references_and_lists_of_names_are_edited_in_their_cells(office, city):
    columns = ("partner", "request", "companies", "served_on", "function")
    page = city.get(f"{ENTRIES}/?" + "&".join(f"columns={key}" for key in ("base", *columns))).text
    assert editable(page) == set(columns)
    entry = office.shen.entry
    assert "<textarea" in cell(city, entry, "request", ENTRIES).text
    assert "data-lookup=" in cell(city, entry, "partner", ENTRIES).text
    # Companies are looked up in the base of the entry, which goes with the field.
    assert f'name="base" value="{office.shen.base}"' in cell(city, entry, "companies", ENTRIES).text
    text = "第一行\n第二行"
    assert save(city, entry, "request", text, path=ENTRIES).status_code == 200
    partner = office.db["service_partners"].find_one({"cooperations.base": office.shen.base})
    assert save(city, entry, "partner", str(partner["_id"]), version=2, path=ENTRIES).status_code == 200
    version = office.one("ledger_entries", entry)["version"]
    sent = {"version": version, "path": ENTRIES, "base": str(office.shen.base)}
    assert save(city, entry, "companies", ["甲公司"], **sent).status_code == 200
    after = office.one("ledger_entries", entry)
    assert (after["request"], after["partner_name"]) == (text, partner["name"])
    assert [one["name"] for one in after["companies"]] == ["甲公司"]
    told = {"id": str(entry), "version": str(version + 1)}
    assert city.send(f"{ENTRIES}/take-back/", told, headers=JSON).status_code == 200
    assert save(city, entry, "partner", "nonsense", version=version + 2, path=ENTRIES).status_code == 422


def test_a_session_that_ended_says_so_to_the_script_and_nothing_is_saved(office, client):
    before = office.digest()
    sent = {"id": str(office.shen.company), "field": "people", "people": "3", "version": "1"}
    assert client.post(f"{PATH}/cell/", data=sent, headers=JSON).status_code == 401
    assert office.digest() == before


def test_a_warning_asks_once_and_is_saved_all_the_same(office, city):
    answer = save(city, office.shen.company, "status", "moved_out")
    assert answer.status_code == 422
    confirm = answer.json["confirm"]
    assert save(city, office.shen.company, "status", "moved_out", confirmed=confirm).status_code == 200
    assert office.one("tenant_companies", office.shen.company)["status"] == "moved_out"


def test_a_field_that_a_list_does_not_edit_is_refused(office, city):
    before = office.digest()
    for field in ("base", "county", "version", "nonsense", "search_text"):
        assert save(city, office.shen.company, field, "x").status_code == 422
        assert cell(city, office.shen.company, field).status_code == 422
    assert office.digest() == before


def test_a_cell_of_another_county_is_not_there(office, sign_in):
    guan = sign_in("guan")
    before = office.digest()
    assert cell(guan, office.shen.company, "people").status_code == 404
    assert save(guan, office.shen.company, "people", "3").status_code == 404
    assert office.digest() == before


def test_an_own_collection_is_edited_by_its_declaration(office, sign_in):
    office = with_own_collection(office)
    office.reset()
    city = sign_in("city")
    assert city.get("/admin/c/visits/").status_code == 200  # a request makes the process know it
    keys = {one.key for one in REGISTRY["c_visits"].fields if one.is_edited_in_place}
    day = next(key for key in keys if key.startswith("own_"))
    assert REGISTRY["c_visits"].field(day).kind in EDITED_IN_PLACE
    visit = office.shen.visits.one
    assert save(city, visit, day, "2026.3.9", path="/admin/c/visits").status_code == 200
    assert f"{office.one('c_visits', visit)[day]:%Y-%m-%d}" == "2026-03-09"


# --- 撤销 ------------------------------------------------------------------------------------------


def undoing(page):
    """Return what the button 撤销 of a page sends, and where to."""
    found = re.search(r'<form action="([^"]+)" method="post">((?:(?!</form>).)*)data-undo', page, re.DOTALL)
    assert found, flashes(page)
    sent = dict(re.findall(r'<input type="hidden" name="(id|version|recycled)" value="([^"]*)"', found[2]))
    return found[1], sent


def test_a_cell_is_taken_back(office, city):
    before = office.one("tenant_companies", office.shen.company)["people"]
    told = save(city, office.shen.company, "people", "321").json
    sent = {"id": str(office.shen.company), "version": str(told["version"])}
    answer = city.send(f"{PATH}/take-back/", sent, headers=JSON)
    assert answer.status_code == 200
    after = office.one("tenant_companies", office.shen.company)
    assert (after.get("people"), after["version"]) == (before, 3)
    assert json.loads(answer.text)["row"]


def test_after_a_form_was_saved_one_button_takes_it_back(office, city):
    url = f"{PATH}/edit/?id={office.shen.company}"
    before = office.one("tenant_companies", office.shen.company)["people"]
    answer = city.send(url, form(city.get(url).text) | {"people": "99"})
    address, sent = undoing(city.get(answer.location).text)
    assert city.send(address, sent).status_code == 303
    assert office.one("tenant_companies", office.shen.company).get("people") == before


def test_a_new_record_goes_to_the_bin_again(office, city):
    sent = {"base": str(office.shen.base), "function": "training", "status": "draft", "request": "待撤销"}
    answer = city.send("/admin/ledger-entries/new/", sent)
    address, sent = undoing(city.get(answer.location).text)
    answer = city.send(address, sent)
    assert answer.location.endswith("/admin/ledger-entries/")
    assert office.db["ledger_entries"].find_one({"request": "待撤销"}) is None


def test_a_deletion_is_taken_back(office, city):
    spare = office.shen.left_company
    answer = city.send(f"{PATH}/delete/", {"id": str(spare), "version": "1"})
    address, sent = undoing(city.get(answer.location).text)
    assert city.send(address, sent).status_code == 303
    assert office.one("tenant_companies", spare)["county"] == SHEN


def test_a_record_that_was_restored_goes_to_the_bin_again(office, city):
    spare = office.shen.left_company
    answer = city.send(f"{PATH}/delete/", {"id": str(spare), "version": "1"})
    address, sent = undoing(city.get(answer.location).text)
    answer = city.send(address, sent)
    address, sent = undoing(city.get(answer.location).text)
    assert sent["id"] == str(spare)
    assert city.send(address, sent).status_code == 303
    assert office.db["tenant_companies"].find_one({"_id": spare}) is None


def test_a_card_that_was_moved_goes_back_and_so_does_an_earlier_version(office, city):
    company = office.shen.company
    move = {"id": str(company), "status": "to_check", "version": "1"}
    answer = city.send(f"{PATH}/board/move/", move)
    address, sent = undoing(city.get(answer.location).text)
    assert city.send(address, sent).status_code == 303
    assert office.one("tenant_companies", company)["status"] == "housed"
    # Back to the version with the card moved, and from there again.
    moved = office.db["audit_entries"].find_one({"record_id": company, "changes.new": "to_check"})["_id"]
    restored = {"id": str(company), "entry": str(moved), "version": "3", "field": "status"}
    answer = city.send(f"{PATH}/version/", restored)
    assert office.one("tenant_companies", company)["status"] == "to_check"
    address, sent = undoing(city.get(answer.location).text)
    assert city.send(address, sent).status_code == 303
    assert office.one("tenant_companies", company)["status"] == "housed"


def test_what_was_saved_since_or_by_another_is_not_taken_back(office, city, sign_in):
    told = save(city, office.shen.company, "people", "321").json
    assert save(sign_in("boss"), office.shen.company, "people", "322", version=2).status_code == 200
    before = office.digest()
    sent = {"id": str(office.shen.company), "version": str(told["version"])}
    assert city.send(f"{PATH}/take-back/", sent, headers=JSON).status_code == 409
    sent["version"] = "3"
    assert city.send(f"{PATH}/take-back/", sent, headers=JSON).status_code == 409
    assert office.digest() == before


# --- Beside the list -------------------------------------------------------------------------------


def test_a_record_beside_the_list_is_in_scope_and_masked_as_its_page_is(office, sign_in):
    page = sign_in("reader").get(f"{PATH}/details/?beside=1&id={office.shen.company}").text
    assert office.one("tenant_companies", office.shen.company)["name"] in page
    assert "<form" not in page and "<script" not in page and "style=" not in page
    assert sign_in("guan").get(f"{PATH}/details/?beside=1&id={office.shen.company}").status_code == 404
