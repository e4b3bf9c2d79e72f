"""Yearly reports: when they are due, who owes one, what a report may say (Art. 14, 15)."""

from datetime import date

import pytest

from rules.annual_reports import (
    FIGURES,
    Finding,
    Inspection,
    Point,
    Timeliness,
    base_summary_due,
    county_summary_due,
    owes_report,
    refusals_of_county_report,
    refusals_of_inspection,
    refusals_of_summary,
    reports_for,
    timeliness,
    year_to_pursue,
)
from rules.rule_sets.measures import CITY_2021

DUE = date(2026, 1, 10)


def fields(refusals):
    return [one.field for one in refusals]


def test_summaries_are_due_on_10_and_20_january_of_the_next_year():
    assert base_summary_due(2025, CITY_2021) == date(2026, 1, 10)
    assert county_summary_due(2025, CITY_2021) == date(2026, 1, 20)


@pytest.mark.parametrize(
    ("done", "today", "state"),
    [
        (None, date(2026, 1, 9), Timeliness.NOT_DUE),
        (None, date(2026, 1, 10), Timeliness.NOT_DUE),  # the last day is included
        (None, date(2026, 1, 11), Timeliness.MISSING),
        (date(2026, 1, 10), date(2026, 3, 1), Timeliness.ON_TIME),
        (date(2026, 1, 2), date(2026, 1, 3), Timeliness.ON_TIME),
        (date(2026, 1, 11), date(2026, 3, 1), Timeliness.LATE),
    ],
)
def test_how_something_due_stands(done, today, state):
    assert timeliness(done, DUE, today) is state


@pytest.mark.parametrize(
    ("first", "last", "owes"),
    [
        (date(2020, 12, 20), date(2025, 12, 19), True),  # ended within the year
        (date(2020, 1, 1), date(2024, 12, 31), False),  # ended the day before it
        (date(2020, 1, 2), date(2025, 1, 1), True),  # its first day was the last valid one
        (date(2025, 12, 31), date(2030, 12, 30), True),  # announced on its last day
        (date(2026, 1, 1), date(2030, 12, 31), False),
        (None, None, False),
    ],
)
def test_a_base_reports_on_every_year_in_which_it_held_the_title(first, last, owes):
    assert reports_for(first, last, 2025) is owes
    assert owes_report([(first, last)], 2025, DUE) is owes


@pytest.mark.parametrize(
    ("ended", "owes"),
    [
        (date(2024, 12, 31), False),
        (date(2025, 6, 1), False),  # nobody reports for it any more
        (date(2026, 1, 10), False),
        (date(2026, 1, 11), True),  # it still held the title when the summary was due
        (None, True),
    ],
)
def test_a_title_that_was_taken_before_the_summary_was_due_asks_for_none(ended, owes):
    assert owes_report([(date(2022, 1, 1), date(2026, 12, 31))], 2025, DUE, ended) is owes


def test_an_earlier_term_counts_as_well():
    terms = [(date(2020, 6, 1), date(2025, 5, 31)), (date(2026, 2, 1), date(2031, 1, 31))]
    assert owes_report(terms, 2025, DUE)
    assert not owes_report(terms[1:], 2025, DUE)


@pytest.mark.parametrize(
    ("received", "figures", "wrong"),
    [
        (None, {}, []),
        (date(2026, 1, 9), {"tenants": 30, "low_fee_share": 100.0, "functions_met": 8}, []),
        (date(2025, 12, 28), {}, []),  # handed in before the year was out
        (date(2026, 2, 1), {}, ["received_on"]),  # in the future
        (date(2024, 12, 31), {}, ["received_on"]),
        (None, {"low_fee_share": 100.1, "functions_met": 9}, ["low_fee_share", "functions_met"]),
        (None, {"people": -1}, ["people"]),
        (None, {"low_fee_share": 18.5, "functions_met": 3, "tenants": 500}, []),
    ],
)  # fmt: skip
def test_what_a_summary_may_say(received, figures, wrong):
    assert fields(refusals_of_summary(received, figures, 2025, date(2026, 1, 31))) == wrong


@pytest.mark.parametrize(
    ("inspection", "wrong"),
    [
        (Inspection(), []),
        (Inspection(date(2025, 11, 3), {Point.LEDGER: Finding.GOOD}), []),
        (Inspection(None, {Point.LEDGER: Finding.GOOD}), ["checked_on"]),
        (Inspection(date(2025, 11, 3)), ["ledger_finding"]),
        (Inspection(date(2025, 11, 3), {Point.FEES: Finding.PROBLEM}), ["fees_remark"]),
        (Inspection(date(2025, 11, 3), {Point.FEES: Finding.PROBLEM}, {Point.FEES: "未公示收费标准"}), []),
        (
            Inspection(date(2025, 11, 3), {Point.FEES: Finding.GOOD}, {Point.LEDGER: "缺页"}),
            ["ledger_finding"],
        ),
        (Inspection(date(2027, 1, 1), {Point.FEES: Finding.GOOD}), ["checked_on"]),
        (Inspection(date(2024, 1, 1), {Point.FEES: Finding.GOOD}), ["checked_on"]),
    ],
)
def test_what_an_inspection_may_say(inspection, wrong):
    assert fields(refusals_of_inspection(inspection, 2025, date(2026, 1, 31))) == wrong


def test_a_county_report_needs_its_day():
    today = date(2026, 1, 31)
    assert refusals_of_county_report(None, "", 2025, today) == ()
    assert refusals_of_county_report(date(2026, 1, 20), "", 2025, today) == ()
    assert fields(refusals_of_county_report(None, "全县概况", 2025, today)) == ["submitted_on"]
    assert fields(refusals_of_county_report(date(2026, 2, 1), "", 2025, today)) == ["submitted_on"]


@pytest.mark.parametrize(
    ("today", "days", "year"),
    [
        (date(2026, 2, 9), 30, 2024),  # 30 days after 10 January are not over
        (date(2026, 2, 10), 30, 2025),
        (date(2026, 1, 10), 0, 2024),
        (date(2026, 1, 11), 0, 2025),
        (date(2026, 12, 31), 30, 2025),
        (date(2026, 1, 1), 30, 2024),
        (date(2027, 1, 9), 0, 2025),
        (date(2027, 1, 11), 0, 2026),
        (date(2027, 2, 1), 30, 2025),
    ],
)
def test_which_years_summaries_were_reminded_of_in_vain(today, days, year):
    assert year_to_pursue(lambda y: date(y + 1, 1, 10), reminder_days=days, today=today) == year


def test_the_figures_of_a_summary_have_their_bounds():
    assert FIGURES == {
        "tenants": None, "people": None, "staff": None, "partners": None, "company_times": None, "person_times": None,
        "low_fee_share": 100, "functions_met": 8,
    }  # fmt: skip


@pytest.mark.parametrize("key", FIGURES)
def test_no_figure_of_a_summary_is_below_zero(key):
    (refusal,) = refusals_of_summary(None, {key: -0.5}, 2025, date(2026, 1, 31))
    assert (refusal.field, str(refusal)) == (key, "A figure cannot be below zero.")
    assert refusals_of_summary(None, {key: 0}, 2025, date(2026, 1, 31)) == ()
    assert refusals_of_summary(None, {key: None}, 2025, date(2026, 1, 31)) == ()


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2024, 12, 31), "began"),
        (date(2025, 1, 1), None),
        (date(2026, 1, 31), None),
        (date(2026, 2, 1), "future"),
    ],
)
def test_the_days_of_reports_lie_between_the_year_and_today(day, sentence):
    today = date(2026, 1, 31)
    for refusals in (
        refusals_of_summary(day, {}, 2025, today),
        refusals_of_inspection(Inspection(day, {Point.FEES: Finding.GOOD}), 2025, today),
        refusals_of_county_report(day, "", 2025, today),
    ):
        assert len(refusals) == (sentence is not None)
        assert all(sentence in str(refusal) for refusal in refusals)


def test_an_inspection_of_which_nothing_is_said_is_blank():
    assert Inspection().blank
    assert Inspection(remarks={Point.FEES: ""}).blank
    assert not Inspection(remarks={Point.FEES: "缺"}).blank
    assert not Inspection(date(2025, 1, 1)).blank
    assert not Inspection(findings={Point.FEES: Finding.GOOD}).blank


@pytest.mark.parametrize(("first", "last"), [(None, date(2025, 6, 1)), (date(2025, 6, 1), None)])
def test_a_term_without_both_its_days_is_none(first, last):
    assert not reports_for(first, last, 2025)


@pytest.mark.parametrize(
    ("finding", "remark", "wrong"),
    [
        (Finding.PROBLEM, " ", ["quality_remark"]),
        (Finding.FAIR, "", []),
        (Finding.GOOD, "好", []),
        (None, "好", ["quality_finding"]),
    ],
)
def test_a_problem_is_said_in_words_and_a_remark_has_its_finding(finding, remark, wrong):
    findings = {Point.LEDGER: Finding.GOOD} | ({Point.QUALITY: finding} if finding else {})
    inspection = Inspection(date(2025, 11, 3), findings, {Point.QUALITY: remark})
    assert fields(refusals_of_inspection(inspection, 2025, date(2026, 1, 31))) == wrong
