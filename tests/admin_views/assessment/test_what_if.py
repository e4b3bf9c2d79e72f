"""Trying figures out as the city's clerks do it: who would turn, and the figures kept as a draft."""

from datetime import date
from urllib.parse import urlencode

import pytest
import time_machine

from forms.rule_sets import sent_fields
from rules.rule_sets.measures import CITY_2021
from tests.page_reader import form, on_top, problems, text_of
from tests.sample_office import MARK, cells

NEW = "/admin/rule-sets/new/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(date(2026, 11, 24), tick=True):
        yield


@pytest.fixture
def fields(app):
    with app.test_request_context():
        return sent_fields(CITY_2021) | {
            "title": "新办法",
            "first_day": "2026-12-04",
            "last_day": "",
            "tenants": "30",
        }


def draft(browser, fields, **changed):
    answer = browser.send(NEW, fields | changed)
    assert answer.status_code == 303, on_top(answer.text)
    return answer.location


def trial(browser, **asked):
    return browser.get("/admin/what-if/?" + urlencode({"year": "2026"} | asked))


def test_the_trial_shows_the_figures_and_who_turns(sign_in, office, fields):
    # 清泉 meets its figure of one person; asked for thousands, nobody does.
    city = sign_in("city")
    page = trial(city).text
    assert form(page, "trial")["tenants"] == ["25"]
    loose = dict.fromkeys(
        ("tenants", "people", "staff", "partners", "low_fee_percent", "functions_required"), "0"
    )
    page = trial(city, of="city-2021", **fields | loose).text
    assert "清泉创业园" in page
    assert f"{MARK}创业园" in page
    assert "0 → 2" in text_of(page)
    # and back: the loose figures as a draft, the strict ones tried against them
    sent = {name: values[0] for name, values in form(page, "save").items() if name != "csrf_token"}
    place = city.send("/admin/rule-sets/new/?start=city-2021", sent | {"title": "宽松稿"}).location
    assert "/what-if/?draft=city-2026-2" in place
    assert form(city.get(place).text, "trial")["tenants"] == ["0"]
    assert office.db["rule_sets"].find_one({"_id": "city-2026-2"})["figures"]["years_operated"] == 1


def test_figures_tried_on_a_draft_are_kept_in_the_draft(sign_in, fields, office):
    city = sign_in("city")
    draft(city, fields)
    page = trial(city, draft="city-2026-2", of="city-2026-2", **fields | {"tenants": "33"}).text
    sent = {name: values[0] for name, values in form(page, "save").items() if name != "csrf_token"}
    assert city.send("/admin/rule-sets/city-2026-2/edit/", sent).status_code == 303
    stored = office.db["rule_sets"].find_one({"_id": "city-2026-2"})
    assert (stored["title"], stored["figures"]["tenants"], stored["version"]) == ("新办法", 33, 2)


def test_another_rule_set_brings_its_own_figures(sign_in, fields):
    city = sign_in("city")
    page = trial(city, draft="nation-2016", of="city-2021", **fields | {"tenants": "33"}).text
    assert form(page, "trial")["tenants"] == ["80"]


@pytest.mark.parametrize("typed", ["abc", "", "-3"])
def test_a_wrong_figure_is_said_and_kept(typed, sign_in, fields):
    answer = trial(sign_in("city"), of="city-2021", **fields | {"tenants": typed})
    assert answer.status_code == 422
    assert list(problems(answer.text)) == ["tenants"]
    assert form(answer.text, "trial")["tenants"] == [typed]


@pytest.mark.parametrize(
    "asked", [{"year": "x"}, {"year": "99999"}, {"start": "zz", "draft": "zz"}, {"of": "zz", "tenants": "x"}]
)
def test_a_strange_address_shows_the_page(asked, sign_in):
    assert trial(sign_in("city"), **asked).status_code == 200


def test_the_trial_is_exported(sign_in, fields):
    loose = dict.fromkeys(
        ("tenants", "people", "staff", "partners", "low_fee_percent", "functions_required"), "0"
    )
    answer = sign_in("city").get(
        "/admin/what-if/export/?" + urlencode({"year": "2026", "of": "city-2021"} | fields | loose)
    )
    assert answer.status_code == 200
    rows = cells(answer)
    assert any("新达标" in row for row in rows)
    assert any("清泉创业园" in row for row in rows)
