"""今日 by role and day: the clock of the Measures, its notices and titles."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from documents.records.fields import stored_day
from documents.reports.annual_report import AnnualReport, CountyReport
from rules.access import Actor
from rules.applications import Stage
from rules.grounds import DecisionKind, Ground
from rules.rule_sets.measures import CITY_2021
from rules.waiting import Task, TaskKind, Urgency, urgency, waiting_for
from services.assessment.rule_sets import create_draft, put_in_force
from services.desk.today import all_tasks
from services.desk.working_days import save_year
from services.publication.announcement import AnnouncementDraft, announce
from services.revocation.cases import begin_case
from tests.commands_asked import commands_asked
from tests.round_driver import (
    NOTICE_LAST,
    drive,
    make_base,
    make_renewable,
    make_round,
    moment,
    object_to,
    stored,
    versions_of,
)

SHEN, GUAN, YANG = "371522", "371525", "371521"
K = TaskKind


def tasks_of(actor: Actor, day: date) -> list[Task]:
    return waiting_for(all_tasks(actor, day), city=actor.county is None)


def kinds(actor: Actor, day: date, *apart: TaskKind) -> list[TaskKind]:
    """The kinds of tasks, those apart left out, in the order of their kinds."""
    return sorted(
        (one.kind for one in tasks_of(actor, day) if one.kind not in apart), key=list(TaskKind).index
    )


def of_kind(actor: Actor, day: date, kind: TaskKind) -> list[Task]:
    return [one for one in tasks_of(actor, day) if one.kind is kind]


BUREAU = (K.CALL, K.RULES, K.CALENDAR, K.LEDGER, K.SUMMARY, K.COUNTY_REPORT, K.NO_REPORTS)


# --- Applications, step by step ------------------------------------------------------------------

STEP_DAY = date(2026, 3, 13)


@pytest.mark.parametrize(
    ("stage", "county", "city"),
    [
        (Stage.DRAFT, [], []),
        (Stage.SUBMITTED, [K.REVIEW], []),
        (Stage.RETURNED, [K.CORRECT], []),  # to be corrected by 10 March
        (Stage.REVIEWED, [K.RECOMMEND], []),
        (Stage.RECOMMENDED, [], [K.EXPERTS]),
        (Stage.SCORED, [], [K.RESULT]),
        (Stage.SELECTED, [], [K.NOTICE]),
        (Stage.NOT_CERTIFIED, [], []),
        (Stage.WITHDRAWN, [], []),
    ],
)
def test_an_application_waits_for_whoever_takes_its_next_step(office, stage, county, city):
    drive(make_base(SHEN, "新园"), make_round(), to=stage)
    assert kinds(office.shen, STEP_DAY, *BUREAU) == county
    assert kinds(office.city, STEP_DAY, *BUREAU) == city
    assert (
        kinds(office.reader, STEP_DAY, *BUREAU) == city
    )  # a reader of the whole city sees what the city does
    assert kinds(office.guan, STEP_DAY, *BUREAU) == []


def test_a_countys_step_is_due_when_the_round_says_so(office):
    round_id = make_round(recommend_until=date(2026, 4, 30))
    drive(make_base(SHEN, "甲园"), round_id, to=Stage.SUBMITTED)
    drive(make_base(SHEN, "乙园"), round_id, to=Stage.REVIEWED)
    assert {one.name: (one.kind, one.due) for one in of_kind(office.shen, STEP_DAY, K.REVIEW)} == {
        "甲园": (K.REVIEW, date(2026, 4, 30))
    }
    (one,) = of_kind(office.shen, date(2026, 5, 1), K.RECOMMEND)
    assert urgency(one, date(2026, 5, 1)) is Urgency.OVERDUE
    assert one.since == date(2026, 3, 5)


def test_a_returned_application_is_the_countys_from_three_days_before_its_day(office):
    drive(make_base(SHEN, "新园"), make_round(), to=Stage.RETURNED)
    assert of_kind(office.shen, date(2026, 3, 6), K.CORRECT) == []
    (one,) = of_kind(office.shen, date(2026, 3, 10), K.CORRECT)
    assert urgency(one, date(2026, 3, 10)) is Urgency.TODAY
    assert urgency(one, date(2026, 3, 11)) is Urgency.OVERDUE


def test_a_notice_is_pointed_at_before_it_ends_and_waits_for_its_announcement_afterwards(office):
    application = drive(make_base(SHEN, "新园"), make_round(), to=Stage.ON_NOTICE)
    assert kinds(office.city, date(2026, 3, 16), *BUREAU) == []
    (ends,) = of_kind(office.city, NOTICE_LAST, K.NOTICE_ENDS)
    assert urgency(ends, NOTICE_LAST) is Urgency.TODAY
    (over,) = of_kind(office.city, date(2026, 3, 23), K.ANNOUNCE)
    assert (over.due, over.since, over.count) == (None, date(2026, 3, 21), 1)
    assert kinds(office.shen, date(2026, 3, 23), *BUREAU) == []
    draft = AnnouncementDraft(
        stored(application)["notice"],
        "聊工信发〔2026〕90号",
        date(2026, 3, 23),
        reasons={application: "成效突出。"},
    )
    announce(
        draft,
        versions_of([application]),
        actor=office.city,
        now=moment(date(2026, 3, 23)),
        today=date(2026, 3, 23),
    )
    assert kinds(office.city, date(2026, 3, 24), *BUREAU) == []


def test_an_objection_waits_for_those_who_handle_it_alone(office):
    application = drive(make_base(SHEN, "新园"), make_round(), to=Stage.ON_NOTICE)
    object_to(application)
    (one,) = of_kind(office.city, NOTICE_LAST, K.OBJECTION)
    assert (one.name, one.since) == ("新园", date(2026, 3, 16))
    (over,) = of_kind(office.city, date(2026, 3, 23), K.ANNOUNCE)
    assert over.detail is not None
    assert over.detail.params == {"count": 1, "held": 1}
    for actor in (office.reader, office.shen, Actor("x", "x", office.reader.role, SHEN)):
        assert of_kind(actor, NOTICE_LAST, K.OBJECTION) == []


# --- Titles --------------------------------------------------------------------------------------


def certified(office: Any, name: str, announced: date, county: str = SHEN) -> Any:
    number = f"聊工信发〔{announced.year}〕{announced.month}{announced.day}号"
    return office.base(name, county, status="certified", announced_on=announced, document_number=number)


def test_a_title_in_its_year_of_expiry_asks_for_its_renewal_then_for_its_cancellation(office):
    base = certified(office, "老园", date(2021, 12, 20))  # to 2026-12-19
    day = date(2026, 12, 4)
    for actor in (office.shen, office.city, office.reader):
        (one,) = of_kind(actor, day, K.RENEW)
        assert (one.key, one.due, urgency(one, day)) == (str(base), date(2026, 12, 19), Urgency.MONTH)
    assert of_kind(office.guan, day, K.RENEW) == []
    assert of_kind(office.city, date(2025, 12, 31), K.RENEW) == []  # the year before
    assert urgency(of_kind(office.city, date(2026, 1, 1), K.RENEW)[0], date(2026, 1, 1)) is Urgency.LATER
    assert of_kind(office.city, date(2026, 12, 19), K.CANCEL) == []  # its last day
    (over,) = of_kind(office.city, date(2026, 12, 20), K.CANCEL)
    assert over.due == date(2026, 12, 19)
    assert of_kind(office.city, date(2026, 12, 20), K.RENEW) == []
    assert kinds(office.shen, date(2026, 12, 20), *BUREAU) == [K.TITLE_OVER]


def test_over_a_leap_day(office):
    certified(office, "闰园", date(2024, 2, 29))  # to 2029-02-28
    certified(office, "平园", date(2023, 3, 1), GUAN)  # to 2028-02-29
    assert [one.name for one in of_kind(office.city, date(2028, 2, 28), K.RENEW)] == ["平园"]
    (one,) = of_kind(office.city, date(2028, 2, 29), K.RENEW)
    assert urgency(one, date(2028, 2, 29)) is Urgency.TODAY
    assert [each.name for each in of_kind(office.city, date(2028, 3, 1), K.CANCEL)] == ["平园"]
    (leap,) = of_kind(office.city, date(2029, 2, 28), K.RENEW)
    assert (leap.name, urgency(leap, date(2029, 2, 28))) == ("闰园", Urgency.TODAY)
    assert {each.name for each in of_kind(office.city, date(2029, 3, 1), K.CANCEL)} == {"平园", "闰园"}


def test_a_renewal_under_way_asks_for_nothing_of_the_title_and_a_failed_one_for_its_cancellation(office):
    round_id = make_round()
    under_way, failed, draft = (make_renewable(SHEN, name) for name in ("在审园", "未过园", "草稿园"))
    drive(under_way, round_id, to=Stage.RECOMMENDED)
    drive(failed, round_id, to=Stage.NOT_CERTIFIED)
    application = drive(draft, round_id, to=Stage.DRAFT)
    day = date(2026, 3, 20)
    (begun,) = of_kind(office.city, day, K.RENEW)
    assert (begun.name, begun.within) == ("草稿园", str(application))
    (one,) = of_kind(office.city, day, K.CANCEL)
    assert (one.name, one.due) == ("未过园", None)  # its term still runs
    assert {each.name for each in of_kind(office.city, date(2026, 12, 20), K.CANCEL)} == {"未过园", "草稿园"}


def test_a_case_that_is_under_way_takes_the_place_of_the_proposal(office):
    base = certified(office, "老园", date(2021, 3, 1))  # to 2026-02-28
    day = date(2026, 3, 10)
    assert kinds(office.city, day, *BUREAU) == [K.CANCEL]
    begin_case(
        DecisionKind.CANCELLATION,
        base,
        {Ground.NO_RENEWAL: "期满未申请复核。"},
        actor=office.city,
        now=moment(day),
    )
    assert kinds(office.city, day, *BUREAU) == [K.CASE]
    assert kinds(office.shen, day, *BUREAU) == [K.TITLE_OVER]


# --- Yearly reports ------------------------------------------------------------------------------


def hand_in(office: Any, base: Any, county: str, year: int, day: date) -> None:
    row = {
        "base": base,
        "base_name": "x",
        "county": county,
        "year": year,
        "received_on": stored_day(day),
        "version": 1,
    }
    AnnualReport.collection().insert_one(row)


def report(county: str, year: int, day: date) -> None:
    CountyReport.collection().insert_one(
        {"county": county, "year": year, "submitted_on": stored_day(day), "version": 1}
    )


@pytest.fixture
def three_bases(office):
    return [
        certified(office, "甲园", date(2024, 3, 1)), certified(office, "乙园", date(2024, 3, 2)),
        certified(office, "丙园", date(2025, 3, 3), GUAN),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "summary", "county_report"),
    [
        (date(2026, 12, 4), Urgency.OVERDUE, Urgency.OVERDUE),  # those of 2025 still
        (date(2026, 12, 15), Urgency.LATER, Urgency.LATER),  # those of 2026
        (date(2027, 1, 3), Urgency.WEEK, Urgency.MONTH),
        (date(2027, 1, 10), Urgency.TODAY, Urgency.MONTH),
        (date(2027, 1, 11), Urgency.OVERDUE, Urgency.MONTH),
        (date(2027, 1, 13), Urgency.OVERDUE, Urgency.WEEK),
        (date(2027, 1, 20), Urgency.OVERDUE, Urgency.TODAY),
        (date(2027, 1, 21), Urgency.OVERDUE, Urgency.OVERDUE),
    ],
)
def test_summaries_are_due_on_10_january_and_the_counties_reports_on_the_20th(
    office, three_bases, day, summary, county_report
):
    for actor, bases, counties in (
        (office.shen, 2, 1),
        (office.guan, 1, 1),
        (office.city, 3, 2),
        (office.reader, 3, 2),
    ):
        (one,) = of_kind(actor, day, K.SUMMARY)
        (two,) = of_kind(actor, day, K.COUNTY_REPORT)
        assert (one.count, two.count) == (bases, counties)
        assert urgency(one, day) is summary
        assert urgency(two, day) is county_report


def test_what_has_come_is_no_task_any_more(office, three_bases):
    day = date(2027, 1, 11)
    hand_in(office, three_bases[0], SHEN, 2026, date(2027, 1, 9))
    assert of_kind(office.shen, day, K.SUMMARY)[0].count == 1
    hand_in(office, three_bases[1], SHEN, 2026, date(2027, 1, 11))
    assert of_kind(office.shen, day, K.SUMMARY) == []
    report(SHEN, 2026, date(2027, 1, 11))
    assert of_kind(office.shen, day, K.COUNTY_REPORT) == []
    assert [one.count for one in of_kind(office.city, day, K.COUNTY_REPORT)] == [1]


def test_only_bases_that_held_the_title_report(office):
    certified(office, "新园", date(2027, 1, 5))
    office.base("未认定园")
    assert of_kind(office.city, date(2027, 1, 11), K.SUMMARY) == []


# --- Filings, ledger, rules, calendar ------------------------------------------------------------


def test_a_change_filing_waits_for_the_city_and_says_whether_it_came_late(office, db):
    days = {"completed_on": date(2026, 2, 10), "filed_on": date(2026, 3, 3), "due": date(2026, 3, 2)}
    row = {"base": office.base("老园"), "base_name": "老园", "county": SHEN, "state": "filed", "version": 1}
    db["change_filings"].insert_one(row | {key: stored_day(day) for key, day in days.items()})
    (one,) = of_kind(office.city, date(2026, 3, 10), K.FILING)
    assert (one.since, one.worst) == (date(2026, 3, 3), 1)
    assert of_kind(office.shen, date(2026, 3, 10), K.FILING) == []


def test_holes_of_the_ledger_are_counted_by_base_and_by_what_is_asked(office):
    full, poor = certified(office, "全园", date(2024, 3, 1)), certified(office, "缺园", date(2024, 3, 2))
    office.base("未认定园")
    functions = (
        "information", "start-up", "innovation", "training", "marketing", "financing", "consulting", "professional",
    )  # fmt: skip
    for function in functions:
        values = {
            "function": function,
            "served_on": date(2026, 5, 6),
            "company_times": 1,
            "status": "submitted",
        }
        office.entry(full, **values)
    office.entry(poor, function="training", served_on=date(2026, 5, 6), status="draft")
    assert of_kind(office.city, date(2026, 6, 30), K.LEDGER) == []
    (one,) = of_kind(office.shen, date(2026, 12, 4), K.LEDGER)
    assert (one.count, one.worst, one.due) == (1, 1, date(2026, 12, 31))


def test_the_bureau_hears_of_the_end_of_its_rules_and_of_a_missing_calendar(office):
    before, after = date(2026, 12, 3), date(2026, 12, 4)
    (rules,) = of_kind(office.city, before, K.RULES)
    assert urgency(rules, before) is Urgency.TODAY
    assert urgency(of_kind(office.city, after, K.RULES)[0], after) is Urgency.OVERDUE
    (calendar,) = of_kind(office.city, after, K.CALENDAR)
    assert (calendar.key, calendar.due) == ("2027", date(2026, 12, 31))
    assert (
        urgency(of_kind(office.city, date(2027, 1, 10), K.CALENDAR)[0], date(2027, 1, 10)) is Urgency.OVERDUE
    )
    assert kinds(office.shen, after) == []
    boss = office.system
    save_year(2027, [date(2027, 1, 1)], [], "", version=0, actor=boss, now=office.now)
    assert of_kind(office.city, date(2027, 1, 10), K.CALENDAR) == []
    after_it = replace(CITY_2021, title="下一部办法", first_day=date(2026, 12, 4), last_day=None)
    code = create_draft(after_it, actor=boss, now=office.now)
    put_in_force(code, version=1, actor=boss, now=office.now)
    assert of_kind(office.city, after, K.RULES) == []


def test_an_empty_county_has_nothing_to_do(office):
    for day in (date(2026, 12, 4), date(2027, 1, 10), date(2028, 2, 29)):
        assert all_tasks(office.guan, day) == []


# --- Scope and cost ------------------------------------------------------------------------------


def test_a_bound_clerk_learns_nothing_of_another_county(office):
    certified(office, "冠县园", date(2021, 12, 20), GUAN)
    drive(make_base(GUAN, "冠县新园"), make_round(), to=Stage.SUBMITTED)
    for day in (date(2026, 3, 10), date(2026, 12, 20), date(2027, 1, 21)):
        assert all_tasks(office.shen, day) == []


def test_however_many_bases_there_are_it_takes_as_many_commands(office, db):
    many, first, last = [], datetime(2021, 12, 20, tzinfo=UTC), datetime(2026, 12, 19, tzinfo=UTC)
    for number in range(300):
        many.append(
            {
                "name": f"园{number}", "operator": "x", "uscc": office.code(), "county": SHEN, "status": "certified",
                "announced_on": first, "title_first_day": first, "title_last_day": last,
                "version": 1, "sort_key": str(number),
            }
        )  # fmt: skip
    db["bases"].insert_many(many)
    found: list[Any] = []
    asked = commands_asked(db, lambda: found.extend(all_tasks(office.city, date(2026, 12, 20))))
    assert 0 < asked <= 10
    assert len([one for one in found if one.kind is K.CANCEL]) == 300
