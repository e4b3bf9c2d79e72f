"""One field of many records: value and records are named before, what a status needs is asked for, undone after."""

import re

import pytest

from tests.page_reader import flashes, form, text_of
from tests.sample_office import SHEN

PATH = "/admin/tenant-companies"
ACTION = f"{PATH}/action/"


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def begun(browser, ids, field, path=PATH, **more):
    """Return the page that asks for the value."""
    seen = re.search(r'name="seen" value="(\d+)"', browser.get(f"{path}/").text)[1]
    sent = {"action": "edit", "value-edit": field, "seen": seen, "id": [f"{one}.1" for one in ids], **more}
    return browser.send(f"{path}/action/", sent)


def asked(browser, ids, field, value):
    """Return the page that asks before anything is changed."""
    return browser.send(ACTION, form(begun(browser, ids, field).text) | {field: value})


def sent_from(page):
    return form(page.text) | {"foreseen": "1"}


def test_the_list_offers_the_safe_fields_and_the_status_first(sign_in):
    page = sign_in("city").get(f"{PATH}/").text
    offered = re.findall(
        r'<option value="(\w+)"', re.search(r'name="value-edit".*?</select>', page, re.DOTALL)[0]
    )
    assert offered[0] == "status"
    assert {"industry", "moved_out", "people"} <= set(offered)
    assert not {"name", "uscc", "base", "county", "phone"} & set(offered)
    assert "value-edit" not in sign_in("reader").get(f"{PATH}/").text
    bases = re.search(r'name="value-edit".*?</select>', sign_in("city").get("/admin/bases/").text, re.DOTALL)[
        0
    ]
    assert 'value="status"' not in bases and 'value="announced_on"' not in bases


def test_value_and_records_are_named_before_anything_is_changed(office, city):
    ids = [office.shen.company, office.guan.company]
    before = office.digest()
    page = asked(city, ids, "industry", "software")
    assert page.status_code == 200
    words = text_of(page.text)
    assert re.search("将 2 条入驻企业的“.*?”改为“软件", words), words
    assert office.one("tenant_companies", office.shen.company)["name"] in words
    assert office.digest() == before
    answer = city.send(ACTION, sent_from(page))
    assert answer.status_code == 303
    assert [office.one("tenant_companies", one)["industry"] for one in ids] == ["software", "software"]


def test_a_partner_and_a_long_text_are_given_to_many_and_shown_by_name_and_beginning(office, city):
    path, ids = "/admin/ledger-entries", [office.shen.entry]
    partner = office.db["service_partners"].find_one({"cooperations.base": office.shen.base})

    def changed(field, value):
        page = city.send(f"{path}/action/", form(begun(city, ids, field, path).text) | {field: value})
        words = text_of(page.text)
        answer = city.send(f"{path}/action/", sent_from(page) | {"warned": "do"})
        assert answer.status_code == 303, text_of(answer.text)
        return words

    assert f"改为“{partner['name']}”" in changed("partner", str(partner["_id"]))
    long = "很长的反馈意见" * 30
    assert f"{long[:60]}…”" in changed("feedback", long)
    for one in ids:
        after = office.one("ledger_entries", one)
        assert (after["partner_name"], after["feedback"]) == (partner["name"], long)


def test_the_day_that_a_status_needs_is_asked_for_and_filled_in_where_there_is_none(office, city):
    company = office.shen.company
    page = asked(city, [company], "status", "moved_out")
    assert 'name="moved_out"' in page.text and "改为“已迁出”" in text_of(page.text)
    answer = city.send(ACTION, sent_from(page) | {"moved_out": "2026.2.28"})
    assert answer.status_code == 303
    after = office.one("tenant_companies", company)
    assert (after["status"], f"{after['moved_out']:%Y-%m-%d}") == ("moved_out", "2026-02-28")


def test_who_is_still_warned_of_is_left_and_named_unless_it_is_done_all_the_same(office, city):
    company = office.shen.company
    page = asked(city, [company], "status", "moved_out")
    answer = city.send(ACTION, sent_from(page) | {"warned": "leave"})
    assert office.one("tenant_companies", company)["status"] == "housed"
    assert any("未作改动" in text for text in flashes(city.get(answer.location).text))
    page = asked(city, [company], "status", "moved_out")
    city.send(ACTION, sent_from(page) | {"warned": "do"})
    assert office.one("tenant_companies", company)["status"] == "moved_out"


def test_one_button_takes_it_back(office, city):
    ids = [office.shen.company, office.guan.company]
    before = [office.one("tenant_companies", one).get("industry") for one in ids]
    answer = city.send(ACTION, sent_from(asked(city, ids, "industry", "software")))
    page = city.get(answer.location).text
    undo = re.search(r'<form action="(/admin/[^"]+/undo/)" method="post">', page)[1]
    assert city.send(undo).status_code == 303
    assert [office.one("tenant_companies", one).get("industry") for one in ids] == before


def test_a_value_that_the_form_refuses_is_refused_beside_its_field(office, city):
    before = office.digest()
    page = asked(city, [office.shen.company], "people", "许多")
    assert page.status_code == 422
    assert form(page.text)["people"] == ["许多"]
    assert office.digest() == before


def test_a_form_without_its_value_asks_for_it_again(office, city):
    sent = form(begun(city, [office.shen.company], "people").text)
    page = city.send(ACTION, {key: value for key, value in sent.items() if key != "people"})
    assert page.status_code == 422
    assert "people" in form(page.text)


def test_what_was_saved_after_the_list_was_shown_is_left(office, city, sign_in):
    page = asked(city, [office.shen.company], "people", "12")
    boss = sign_in("boss")
    url = f"{PATH}/edit/?id={office.shen.company}"
    boss.send(url, form(boss.get(url).text) | {"people": "99"})
    city.send(ACTION, sent_from(page))
    assert office.one("tenant_companies", office.shen.company)["people"] == 99


def test_a_county_changes_its_own_records_alone(office, sign_in):
    guan = sign_in("guan")
    before = office.one("tenant_companies", office.shen.company)
    page = asked(guan, [office.guan.company], "people", "12")
    sent = sent_from(page) | {"id": [f"{office.guan.company}.1", f"{office.shen.company}.1"]}
    guan.send(ACTION, sent)
    assert office.one("tenant_companies", office.guan.company)["people"] == 12
    assert office.one("tenant_companies", office.shen.company) == before
    assert before["county"] == SHEN


def test_a_field_that_is_not_offered_is_refused(office, city):
    before = office.digest()
    for field in ("uscc", "base", "county", "phone", "nonsense"):
        assert begun(city, [office.shen.company], field).status_code == 409
    assert office.digest() == before


def test_all_that_a_filter_shows_is_changed(office, city):
    page = begun(city, [], "people", everything="1", id=[])
    page = city.send(f"{ACTION}?county={SHEN}", form(page.text) | {"people": "57"})
    count = office.db["tenant_companies"].count_documents({"county": SHEN})
    assert f"将 {count} 条" in text_of(page.text)
    city.send(f"{ACTION}?county={SHEN}", sent_from(page))
    assert office.db["tenant_companies"].count_documents({"people": 57, "county": SHEN}) == count
    assert office.db["tenant_companies"].count_documents({"people": 57, "county": {"$ne": SHEN}}) == 0
