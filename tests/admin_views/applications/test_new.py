"""The beginning of an application: which base, in which round, and who is told no."""

import time
from datetime import date

import pytest
from bson import ObjectId

from tests.admin_views.applications.application_pages import HOME, buttons
from tests.commands_asked import commands_asked
from tests.page_reader import form, on_top, problems

pytestmark = pytest.mark.usefixtures("travel")


def test_a_clerk_begins_an_application_of_a_base_of_the_county(office, sign_in, round_id):
    guan = sign_in("guan")
    page = guan.get(f"{HOME}new/?base={office.guan.spare}").text
    data = form(page)
    assert data["base"] == [str(office.guan.spare)]
    answer = guan.send(HOME + "new/", data)
    assert answer.status_code == 303
    page = guan.get(answer.location).text
    assert "清泉孵化器" in page
    assert buttons(page) == {"submit", "withdraw"}
    again = guan.send(HOME + "new/", data)
    assert again.status_code == 422
    assert "base" in problems(again.text)
    assert form(again.text)["base"] == [str(office.guan.spare)]


def test_a_certified_base_is_told_at_once_that_it_cannot_apply_anew(office, sign_in, round_id):
    guan = sign_in("guan")
    assert "2028-12-19" in on_top(guan.get(f"{HOME}new/?base={office.guan.base}").text)
    answer = guan.send(HOME + "new/", {"base": str(office.guan.base), "round": str(round_id)})
    assert answer.status_code == 422
    assert "2028-12-19" in problems(answer.text)["base"]


def test_a_base_of_another_county_does_not_exist(office, sign_in, round_id):
    before = office.digest()
    guan = sign_in("guan")
    assert guan.get(f"{HOME}new/?base={office.shen.spare}").status_code == 404
    assert (
        guan.send(HOME + "new/", {"base": str(office.shen.spare), "round": str(round_id)}).status_code == 404
    )
    office.db["users"].update_many({}, {"$set": {"sessions": []}})
    assert office.digest() == before


def test_without_an_open_round_nobody_begins(office, sign_in, round_id, travel):
    travel(date(2026, 7, 1))
    guan = sign_in("guan")
    assert on_top(guan.get(HOME + "new/").text)
    answer = guan.send(HOME + "new/", {"base": str(office.guan.spare), "round": str(round_id)})
    assert answer.status_code == 422


def test_the_look_up_offers_whoever_may_apply_and_greys_the_others_with_the_reason(office, sign_in, round_id):
    guan = sign_in("guan")
    found = guan.get(f"{HOME}new/lookup/?round={round_id}").json["results"]
    assert [(one["text"], one["disabled"]) for one in found] == [
        ("清泉孵化器", False),
        ("清泉创业园", True),
    ]
    assert "2028-12-19" in found[1]["hint"] and found[0]["hint"] == "冠县"
    guan.send(HOME + "new/", {"base": str(office.guan.spare), "round": str(round_id)})
    found = guan.get(f"{HOME}new/lookup/?round={round_id}&q=孵化").json["results"]
    assert [(one["text"], one["disabled"]) for one in found] == [("清泉孵化器", True)]
    assert "2026年度申报" in found[0]["hint"]


def test_without_an_open_round_the_look_up_offers_nobody(office, sign_in, round_id, travel):
    travel(date(2026, 7, 1))
    assert sign_in("guan").get(HOME + "new/lookup/").json == {"results": [], "more": False}


def test_the_look_up_asks_as_many_commands_for_a_thousand_bases_as_for_two(office, sign_in, round_id):
    guan = sign_in("guan")
    guan.get(f"{HOME}new/lookup/")
    few = commands_asked(office.db, lambda: guan.get(f"{HOME}new/lookup/"))
    model = office.one("bases", office.guan.spare)
    office.db["bases"].insert_many(
        {
            **model,
            "_id": ObjectId(),
            "name": f"新园{number}",
            "uscc": f"X{number}",
            "operator": f"运营{number}",
        }
        for number in range(1000)
    )
    assert commands_asked(office.db, lambda: guan.get(f"{HOME}new/lookup/")) == few
    began = time.perf_counter()
    found = guan.get(f"{HOME}new/lookup/").json
    took = time.perf_counter() - began
    assert found["more"] and len([one for one in found["results"] if not one["disabled"]]) == 20
    assert took < 2
