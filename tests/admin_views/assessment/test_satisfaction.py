"""Satisfaction as clerks meet it: a rate with the answers behind it, marked when low, deciding nothing (Art. 15)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine

from rules.access import Actor, Role
from rules.rule_sets.measures import CITY_2021
from services.assessment.assess import as_json, assess_bases
from services.assessment.rule_sets import create_draft, put_in_force
from services.records import records
from tests.page_reader import text_of

BOSS = Actor("b1", "管理员", Role.ADMIN)


@pytest.fixture(autouse=True)
def _a_monday_of_2026():
    with time_machine.travel(datetime(2026, 11, 23, 4, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def answers(office):
    """Give 清泉创业园 four more answered services of this year, one of them satisfied, and one without an answer."""
    for number, answer in enumerate(("very-good", "fair", "poor", "poor", None)):
        values = {
            "base": office.guan.base, "function": "consulting", "served_on": date(2026, 3, 1 + number),
            "status": "submitted", "company_times": 1, "request": f"咨询{number}", "satisfaction": answer,
            "companies": [{"name": "甲"}] if number else [],
        }  # fmt: skip
        records.create("ledger_entries", values, actor=office.actor("city"), now=datetime.now(UTC))
    return office


def words_of(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return text_of(answer.text)


def test_the_assessment_of_a_base_shows_the_rate_and_leads_to_the_answers(answers, sign_in):
    browser, base = sign_in("guan"), answers.guan.base
    html = browser.get(f"/admin/assessment/base/?id={base}&year=2026").text
    words = text_of(html)
    assert "40 %" in words
    assert "5 次评价中 2 次满意" in words
    assert "偏低，建议核查" in words
    assert "仅作提示，不作判定" in words
    assert "what=satisfaction#counted" in html.replace("&amp;", "&")
    behind = words_of(browser, f"/admin/assessment/counted/?id={base}&year=2026&what=satisfaction")
    assert "咨询0" in behind
    assert "未达到满意 3" in behind
    assert "未作评价" in behind


def test_a_low_rate_changes_no_verdict(answers):
    assessed = {
        base["name"]: assessment
        for base, assessment in assess_bases(
            2026, CITY_2021, today=date(2026, 11, 23), actor=answers.actor("city")
        )
    }
    shown = as_json([({"name": "清泉创业园", "county": "371525"}, assessed["清泉创业园"])])["清泉创业园"]
    assert shown["further"]["satisfaction"] == {"satisfied": 2, "answered": 5, "rate": 0.4}
    assert "satisfaction" not in shown["checks"]
    assert shown["meets"] is all(shown["checks"].values())


def test_the_page_of_the_base_shows_this_years_rate(answers, sign_in):
    words = words_of(sign_in("guan"), f"/admin/bases/details/?id={answers.guan.base}")
    assert "本年满意率" in words
    assert "40%" in words.replace(" ", "")


def test_the_countys_inspection_shows_the_rate_of_each_base(answers, sign_in):
    with time_machine.travel(datetime(2027, 1, 12, 4, tzinfo=UTC), tick=True):
        browser = sign_in("guan")
        county = browser.get("/admin/annual-reports/county/?county=371525&year=2026").text
        assert "40%（5 次评价，2 次满意）" in text_of(county)
        assert "what=satisfaction" in county
        own = browser.get(f"/admin/annual-reports/report/?base={answers.guan.base}&year=2026").text
        assert "台账统计 40%（5 次评价，2 次满意）" in text_of(own)


def test_entries_that_name_no_company_are_left_out_where_the_rule_set_says_so(answers, sign_in):
    browser, base = sign_in("city"), answers.guan.base
    path = f"/admin/assessment/base/?id={base}&year=2026"
    assert "按本办法计入统计" in words_of(browser, path)
    strict = replace(
        CITY_2021, code="", title="新办法", document_number="聊工信发〔2026〕90号", first_day=date(2026, 12, 4),
        last_day=None, entries_without_company_count=False,
    )  # fmt: skip
    moment = datetime.now(UTC)
    code = create_draft(strict, actor=BOSS, now=moment)
    put_in_force(code, version=1, actor=BOSS, now=moment)
    with time_machine.travel(datetime(2026, 12, 10, 4, tzinfo=UTC), tick=True):
        browser = sign_in("city")
        words = words_of(browser, path)
        assert "4 次评价中 1 次满意" in words
        assert "按本办法不计入统计" in words
        behind = words_of(browser, f"/admin/assessment/counted/?id={base}&year=2026&what=satisfaction")
        assert "未列明企业" in behind
        assert "按本办法，未列明参与企业的台账不计入" in behind
