"""Back to an earlier version: what differs is shown, what is ticked is set back in one save, over what was seen."""

import re

import pytest

from tests.page_reader import form, text_of
from tests.sample_office import MARK, SHEN

MOVED = {"version", "updated_at", "updated_by", "search_text", "search_tokens", "sort_key"}


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def edit(browser, office, record_id, **values):
    """Change fields of a company through its own form."""
    url = f"/admin/tenant-companies/edit/?id={record_id}"
    typed = form(browser.get(url).text)
    answer = browser.send(url, typed | values)
    assert answer.status_code == 303, text_of(answer.text)


def links(browser, record_id, slug="tenant-companies"):
    page = browser.get(f"/admin/{slug}/details/?id={record_id}").text
    return [one.replace("&amp;", "&") for one in re.findall(rf'href="(/admin/{slug}/version/[^"]+)"', page)]


def fields(page):
    return re.findall(r'name="field" value="(\w+)"', page)


def test_an_earlier_version_is_shown_field_by_field_and_set_back_in_one_save(office, city):
    company = office.shen.company
    before = office.one("tenant_companies", company)
    edit(city, office, company, people="77", phone="13800000000")
    edit(city, office, company, name=f"{MARK}改名有限公司")
    url = links(city, company)[-1]
    page = city.get(url).text
    assert set(fields(page)) == {"people", "phone", "name"}
    entries = office.db["audit_entries"].count_documents({})
    sent = {"version": str(office.one("tenant_companies", company)["version"]), "field": fields(page)}
    answer = city.send(url, sent)
    assert answer.status_code == 303
    after = office.one("tenant_companies", company)
    assert {key: after[key] for key in after if key not in MOVED} == {
        key: before[key] for key in before if key not in MOVED
    }
    assert office.db["audit_entries"].count_documents({}) == entries + 1
    assert "恢复为较早版本" in text_of(city.get(answer.location).text)
    assert "相同" in text_of(city.get(url).text)


def test_only_what_is_ticked_is_set_back(office, city):
    company = office.shen.company
    before = office.one("tenant_companies", company)
    edit(city, office, company, people="77", phone="13800000000")
    url = links(city, company)[0]
    city.send(url, {"version": "2", "field": "people"})
    after = office.one("tenant_companies", company)
    assert (after["people"], after["phone"]) == (before["people"], "13800000000")


def test_over_a_save_that_nobody_has_seen_nothing_is_set_back(office, city):
    company = office.shen.company
    edit(city, office, company, people="77")
    url = links(city, company)[0]
    edit(city, office, company, people="78")
    before = office.digest()
    answer = city.send(url, {"version": "2", "field": "people"})
    assert answer.status_code == 409
    assert office.digest() == before
    assert city.send(url, {"version": "3"}).status_code == 409
    assert office.digest() == before


def test_another_countys_record_and_an_entry_of_another_record_are_not_found(office, city, sign_in):
    company = office.shen.company
    edit(city, office, company, people="77")
    url, guan = links(city, company)[0], sign_in("guan")
    assert guan.get(url).status_code == 404
    assert guan.send(url, {"version": "2", "field": "people"}).status_code == 404
    foreign = office.db["audit_entries"].find_one({"record_id": office.guan.company})["_id"]
    assert city.get(f"/admin/tenant-companies/version/?id={company}&entry={foreign}").status_code == 404
    assert not links(sign_in("reader"), company)


def test_a_company_goes_back_to_its_base_with_name_and_county(office, city):
    company = office.shen.company
    before = office.one("tenant_companies", company)
    edit(city, office, company, base=str(office.guan.base))
    assert office.one("tenant_companies", company)["county"] != SHEN
    url = links(city, company)[0]
    assert before["base_name"] in city.get(url).text
    city.send(url, {"version": "2", "field": "base"})
    after = office.one("tenant_companies", company)
    assert [after[key] for key in ("base", "base_name", "county")] == [
        before[key] for key in ("base", "base_name", "county")
    ]
