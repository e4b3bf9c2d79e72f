"""Rule sets, trying figures out and the working-day calendar as clerks meet them."""

import re
from datetime import date
from urllib.parse import urlencode

import pytest
import time_machine

from forms.rule_sets import sent_fields
from rules.measures import CITY_2021
from services.assessment.rule_sets import rule_sets
from tests.page_reader import flashes, form, on_top, problems, text_of
from tests.sample_office import MARK, SHEN, cells

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


# --- Rule sets --------------------------------------------------------------------------------


def test_the_list_shows_each_level_and_what_is_amiss(sign_in):
    page = text_of(sign_in("guan").get("/admin/rule-sets/").text)
    for word in ("市级", "省级", "国家级", "聊工信发〔2021〕133号", "2021-12-04 – 2026-12-03", "2026-12-03"):
        assert word in page
    assert "新建" not in page  # a county clerk only reads


def test_one_set_shows_every_figure_with_its_article(sign_in):
    page = text_of(sign_in("reader").get("/admin/rule-sets/city-2021/").text)
    for word in ("第五条第（二）项", "第七条第（八）项", "第十六条", "400", "300", "01-20"):
        assert word in page


def test_a_new_set_begins_as_a_copy_and_is_kept_as_a_draft(sign_in, office):
    boss = sign_in("boss")
    sent = {name: values[0] for name, values in form(boss.get(NEW).text).items() if name != "csrf_token"}
    assert sent["tenants"] == "25"
    assert sent["first_day"] == "2026-12-04"
    assert sent["information__online"] == "y"
    place = draft(boss, sent, title="二〇二六办法", tenants="３０", training__person_times="")
    assert "二〇二六办法" in boss.get(place).text
    stored = office.db["rule_sets"].find_one({"_id": "city-2026-2"})
    assert stored["draft"]
    assert stored["figures"]["tenants"] == 30
    assert "training" not in stored["figures"]["functions"]
    assert [one.code for one in rule_sets()] == ["city-2021", "nation-2016"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("tenants", "二十五"), ("tenants", "-1"), ("tenants", ""), ("tenants", "3.5"), ("low_fee_percent", "120"),
        ("functions_required", "9"), ("training__person_times", "0"), ("notice_working_days", "0"),
        ("first_day", "明年"), ("first_day", ""), ("last_day", "2026-12-03"), ("title", " "),
        ("base_summary_by", "2-29"), ("county_summary_by", "一月"), ("document_number", "133"),
    ],
)  # fmt: skip
def test_wrong_input_is_kept_with_its_sentence_beside_the_field(name, typed, sign_in, fields, office):
    answer = sign_in("city").send(NEW, fields | {name: typed})
    assert answer.status_code == 422
    assert list(problems(answer.text)) == [name]
    assert form(answer.text)[name] == [typed]
    assert form(answer.text)["people"] == ["400"]
    assert office.db["rule_sets"].count_documents({}) == 1


def test_a_draft_is_put_in_force_after_a_question_and_then_stays(sign_in, fields, office):
    boss = sign_in("boss")
    place = draft(boss, fields, begin="1")
    assert place.endswith("/put-in-force/")
    question = boss.get(place).text
    assert "新办法" in question
    assert "25 → 30" in text_of(question)
    sent = {name: values[0] for name, values in form(question, place).items()}
    answer = boss.send(place, sent)
    assert answer.status_code == 303
    assert flashes(boss.get(answer.location).text)
    for path in ("edit/", "delete/", "put-in-force/"):
        assert boss.get(f"/admin/rule-sets/city-2026-2/{path}").status_code == 409
    assert not office.db["rule_sets"].find_one({"_id": "city-2026-2"})["draft"]


def test_an_overlap_is_said_before_and_refused(sign_in, fields, office):
    boss = sign_in("boss")
    place = draft(boss, fields, first_day="2026-12-03")
    assert "聊工信发〔2021〕133号" in text_of(boss.get(place).text)
    question = boss.get(place + "put-in-force/")
    assert form(question.text, place + "put-in-force/") == {}  # no button
    assert boss.send(place + "put-in-force/", {"version": "1"}).status_code == 409
    assert office.db["rule_sets"].find_one({"_id": "city-2026-2"})["draft"]


def test_a_second_saver_of_a_draft_keeps_what_was_typed(sign_in, fields):
    city, boss = sign_in("city"), sign_in("boss")
    place = draft(city, fields)
    assert boss.send(place + "edit/", fields | {"version": "1", "people": "500"}).status_code == 303
    answer = city.send(place + "edit/", fields | {"version": "1", "people": "600"})
    assert answer.status_code == 422
    assert on_top(answer.text)
    assert form(answer.text)["people"] == ["600"]
    assert form(answer.text)["version"] == ["1"]


def test_a_draft_is_the_citys_alone(sign_in, fields):
    place = draft(sign_in("city"), fields)
    for name in ("guan", "reader"):
        browser = sign_in(name)
        assert browser.get(place).status_code == 404
        assert "新办法" not in browser.get("/admin/rule-sets/").text
        assert browser.get("/admin/what-if/").status_code == 403


def test_the_last_day_is_moved_by_an_administrator(sign_in, office):
    boss, path = sign_in("boss"), "/admin/rule-sets/city-2021/last-day/"
    assert form(boss.get(path).text)["last_day"] == ["2026-12-03"]
    answer = boss.send(path, {"last_day": "2026-11-01", "version": "0"})
    assert answer.status_code == 422
    assert list(problems(answer.text)) == ["last_day"]
    assert boss.send(path, {"last_day": "2027年12月3日", "version": "0"}).status_code == 303
    assert "2027-12-03" in boss.get("/admin/rule-sets/").text
    assert sign_in("city").get(path).status_code == 403


def test_the_trail_tells_what_was_changed_in_the_offices_words(sign_in, fields):
    boss = sign_in("boss")
    place = draft(boss, fields)
    assert (
        boss.send(place + "edit/", fields | {"version": "1", "training__person_times": "350"}).status_code
        == 303
    )
    page = text_of(boss.get("/admin/audit/").text)
    assert "人员培训 · " in page
    assert "350" in page


# --- What if ----------------------------------------------------------------------------------


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


# --- Calendar ---------------------------------------------------------------------------------

SPRING = {
    "holidays": "2027年1月1日至3日\n2月5日至11日",
    "workdays": "1月31日（周日）",
    "source": "通知",
    "version": "0",
}


def test_the_calendar_says_which_years_are_published_and_which_missing(sign_in):
    page = sign_in("reader").get("/admin/calendar/").text
    found = dict(
        re.findall(r'<a href="/admin/calendar/(\d+)/">.*?<span class="state s-(\w+)">', page, re.DOTALL)
    )
    assert found == {"2027": "amber", "2026": "green", "2025": "green", "2024": "green", "2023": "green"}
    assert len(re.findall("due-line near", page)) == 1


def test_a_year_is_shown_by_month_with_its_days_off(sign_in):
    page = sign_in("guan").get("/admin/calendar/2026/").text
    assert len(re.findall('<table class="month">', page)) == 12
    assert '<td class="d-make-up">14' in page  # 14 February 2026
    assert '<td class="d-holiday">16' in page
    assert "<textarea" not in page


def test_a_year_is_entered_by_hand_in_any_spelling(sign_in, office):
    boss = sign_in("boss")
    assert boss.send("/admin/calendar/2027/save", SPRING).status_code == 303
    stored = office.db["calendar_years"].find_one({"_id": 2027})
    assert [f"{day:%m-%d}" for day in stored["holidays"]] == [
        "01-01",
        "01-02",
        "01-03",
        *(f"02-{day:02}" for day in range(5, 12)),
    ]
    page = boss.get("/admin/calendar/2027/").text
    assert "2027-02-05至2027-02-11" in page
    assert '<td class="d-make-up">31' in page
    sent = {name: values[0] for name, values in form(page).items()}
    assert sent["version"] == "1"
    assert boss.send("/admin/calendar/2027/drop", {"version": "1"}).status_code == 303
    assert office.db["calendar_years"].count_documents({}) == 0


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("holidays", ""), ("holidays", "春节"), ("holidays", "2月30日"), ("holidays", "2026-01-01"),
        ("holidays", "2月12日至2月6日"), ("workdays", "2月1日"), ("workdays", "2月6日"), ("workdays", "31"),
    ],
)  # fmt: skip
def test_wrong_days_are_kept_with_their_sentence(name, typed, sign_in, office):
    answer = sign_in("boss").send("/admin/calendar/2027/save", SPRING | {name: typed})
    assert answer.status_code == 422
    assert list(problems(answer.text)) == [name]
    assert form(answer.text)[name] == [typed]
    assert office.db["calendar_years"].count_documents({}) == 0


def test_only_an_administrator_enters_a_year_and_a_second_one_is_told(sign_in):
    assert sign_in("city").send("/admin/calendar/2027/save", SPRING).status_code == 403
    boss = sign_in("boss")
    boss.send("/admin/calendar/2027/save", SPRING)
    answer = boss.send("/admin/calendar/2027/save", SPRING | {"workdays": ""})
    assert answer.status_code == 422
    assert on_top(answer.text)


@pytest.mark.parametrize("year", [1999, 2100])
def test_years_far_away_are_not_there(year, sign_in):
    assert sign_in("boss").get(f"/admin/calendar/{year}/").status_code == 404


# --- Ledger quality ---------------------------------------------------------------------------


def test_the_quality_page_counts_each_base_and_leads_to_its_entries(sign_in, office):
    city = sign_in("city")
    page = city.get("/admin/ledger-quality/?year=2026").text
    assert "清泉创业园" in page
    address = f"/admin/ledger-quality/?year=2026&base={office.guan.base}&fault=no-place"
    assert address.replace("&", "&amp;") in page
    shown = city.get(address).text
    assert f"details/?id={office.guan.draft}" in shown
    assert f"details/?id={office.guan.entry}" not in shown


def test_the_months_show_a_hole_in_words(sign_in, office):
    city = sign_in("city")
    for query in (
        "year=2026&view=months",
        f"year=2026&view=months&base={office.guan.base}",
        "year=2026&view=months&function=training",
    ):
        page = city.get(f"/admin/ledger-quality/?{query}").text
        assert 'hole">无<' in page
        assert "served_on_from=2026-02-01" in page


def test_a_county_clerk_sees_the_countys_ledgers_alone(sign_in, office):
    browser = sign_in("guan")
    for query in ("", f"?county={SHEN}", "?view=months"):
        page = browser.get(f"/admin/ledger-quality/{query}").text
        assert "清泉创业园" in page
        assert MARK not in page
    for path in ("", "export/"):
        assert browser.get(f"/admin/ledger-quality/{path}?base={office.shen.base}").status_code == 404
    assert MARK not in str(cells(browser.get(f"/admin/ledger-quality/export/?county={SHEN}")))


@pytest.mark.parametrize(
    "query",
    ["view=faults", "view=months", "base={base}", "base={base}&view=months", "base={base}&fault=no-file"],
)
def test_what_is_shown_is_exported(query, sign_in, office):
    answer = sign_in("city").get(
        "/admin/ledger-quality/export/?year=2026&" + query.format(base=office.guan.base)
    )
    assert answer.status_code == 200
    assert "清泉创业园" in str(cells(answer))


@pytest.mark.parametrize(
    "query", ["year=x", "year=1", "county=zz", "fault=zz", "view=zz", "function=zz", "page=99999"]
)
def test_a_strange_question_shows_the_page(query, sign_in, office):
    assert sign_in("city").get(f"/admin/ledger-quality/?{query}").status_code == 200
    assert sign_in("city").get(f"/admin/ledger-quality/?base={office.guan.base}&{query}").status_code == 200


def test_a_base_that_is_none_is_not_there(sign_in):
    assert sign_in("city").get("/admin/ledger-quality/?base=zz").status_code == 404
