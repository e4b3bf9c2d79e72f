"""The working-day calendar as clerks meet it: published years, and years entered by hand."""

import re
from datetime import date

import pytest
import time_machine

from tests.page_reader import form, on_top, problems


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(date(2026, 11, 24), tick=True):
        yield


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
