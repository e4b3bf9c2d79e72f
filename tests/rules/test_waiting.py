from dataclasses import replace
from datetime import date

import pytest

from rules.titles import TitleState
from rules.waiting import (
    NOTICE_DAYS,
    OF_BOTH,
    OF_CITY,
    OF_COUNTY,
    RETURN_DAYS,
    RULES_DAYS,
    SOON_DAYS,
    SUMMED,
    CountyLine,
    Task,
    TaskGroup,
    TaskKind,
    Urgency,
    by_county,
    calendar_due,
    call_due,
    counts_holes,
    days_left,
    grouped,
    in_order,
    is_correction_near,
    notice_task,
    reported_year,
    rules_due,
    summed,
    title_tasks,
    urgency,
    waiting_for,
)

TODAY = date(2026, 12, 4)


def task(due: date | None = None, kind: TaskKind = TaskKind.RENEW, county: str = "371522", **more) -> Task:
    return Task(kind, county, due=due, **more)


@pytest.mark.parametrize(
    ("due", "today", "group"),
    [
        (date(2026, 12, 3), TODAY, Urgency.OVERDUE),
        (date(2026, 12, 4), TODAY, Urgency.TODAY),
        (date(2026, 12, 5), TODAY, Urgency.WEEK),
        (date(2026, 12, 11), TODAY, Urgency.WEEK),  # the seventh day is within 7 days
        (date(2026, 12, 12), TODAY, Urgency.MONTH),
        (date(2026, 12, 31), TODAY, Urgency.MONTH),
        (date(2027, 1, 1), TODAY, Urgency.LATER),
        (date(2027, 12, 12), TODAY, Urgency.LATER),  # the same month of another year is not this one
        (None, TODAY, Urgency.OPEN),
        (date(2027, 1, 2), date(2026, 12, 30), Urgency.WEEK),  # over the end of the year
        (date(2028, 2, 29), date(2028, 2, 28), Urgency.WEEK),
        (date(2028, 2, 29), date(2028, 2, 29), Urgency.TODAY),
        (date(2028, 2, 29), date(2028, 3, 1), Urgency.OVERDUE),
    ],
)
def test_how_urgent_a_task_is(due, today, group):
    assert urgency(task(due), today) is group


def test_days_are_counted_over_the_leap_day():
    assert days_left(date(2028, 3, 1), date(2028, 2, 28)) == 2
    assert days_left(date(2027, 3, 1), date(2027, 2, 28)) == 1
    assert days_left(date(2026, 12, 3), TODAY) == -1


def test_the_most_urgent_comes_first_and_what_has_waited_longest_before_what_came_today():
    late, soon = task(date(2026, 12, 1), name="b"), task(date(2026, 12, 9), name="a")
    old = task(kind=TaskKind.EXPERTS, since=date(2026, 10, 1), name="z")
    new = task(kind=TaskKind.REVIEW, since=date(2026, 12, 3), name="y")
    assert in_order([new, soon, old, late], TODAY) == [late, soon, old, new]
    assert list(grouped([new, soon, old, late], TODAY)) == [Urgency.OVERDUE, Urgency.WEEK, Urgency.OPEN]


def test_every_kind_is_somebodys_and_about_something():
    assert frozenset(TaskKind) == OF_CITY | OF_COUNTY | OF_BOTH
    assert not (OF_CITY & OF_COUNTY or OF_CITY & OF_BOTH or OF_COUNTY & OF_BOTH)
    assert {kind.group for kind in TaskKind} == set(TaskGroup)


def test_the_city_reads_the_sums_of_its_counties_in_one_line():
    due = date(2027, 1, 10)
    one = task(due, TaskKind.SUMMARY, "371522", count=3, key="371522-2026")
    two = task(due, TaskKind.SUMMARY, "371525", count=2, key="371525-2026")
    other = task(date(2028, 1, 10), TaskKind.SUMMARY, "371525", count=1)
    review = task(kind=TaskKind.REVIEW)
    found = waiting_for([one, two, other, review], city=True)
    assert [(each.count, each.county, each.counties) for each in found] == [
        (5, "", ("371522", "371525")),
        (1, "371525", ("371525",)),
    ]
    assert found[0].uid == "summary-all-2027"
    assert waiting_for([one, review], city=False) == [one, review]


def test_the_name_of_a_calendar_entry_does_not_follow_its_due_day():
    assert task(date(2026, 12, 4), key="5").uid == task(date(2026, 12, 9), key="5").uid == "renew-5"


def test_the_table_of_counties_counts_whoever_is_to_do_it():
    tasks = [
        task(date(2026, 12, 1), TaskKind.SUMMARY, count=3),
        task(kind=TaskKind.REVIEW),
        task(kind=TaskKind.EXPERTS),
        task(date(2026, 11, 1), TaskKind.RULES, county=""),
    ]
    assert by_county(tasks, TODAY) == {
        "371522": CountyLine({TaskGroup.REPORTS: 3, TaskGroup.APPLICATIONS: 2}, overdue=3)
    }
    assert by_county(tasks, TODAY)["371522"].total == 5


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (date(2026, 12, 14), 2025),
        (date(2026, 12, 15), 2026),  # from mid-December on the running year
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 1), 2026),
        (date(2027, 12, 14), 2026),
    ],
)
def test_which_years_summaries_are_due(today, year):
    assert reported_year(today) == year


@pytest.mark.parametrize(
    ("today", "near"),
    [
        (date(2026, 3, 6), False),
        (date(2026, 3, 7), True),
        (date(2026, 3, 10), True),
        (date(2026, 3, 11), True),
    ],
)
def test_a_returned_application_is_pointed_at_when_its_day_is_near(today, near):
    assert is_correction_near(date(2026, 3, 10), today) is near
    assert not is_correction_near(None, today)


@pytest.mark.parametrize(
    ("today", "kind"),
    [
        (date(2026, 3, 16), None),
        (date(2026, 3, 17), TaskKind.NOTICE_ENDS),
        (date(2026, 3, 20), TaskKind.NOTICE_ENDS),  # its last day
        (date(2026, 3, 21), TaskKind.ANNOUNCE),
    ],
)
def test_what_a_notice_asks_for(today, kind):
    assert notice_task(date(2026, 3, 20), today) is kind


def test_what_a_title_asks_for():
    assert title_tasks(TitleState.EXPIRING) == (TaskKind.RENEW,)
    assert title_tasks(TitleState.DUE_FOR_CANCELLATION) == (TaskKind.CANCEL, TaskKind.TITLE_OVER)
    for state in TitleState:
        if state not in (TitleState.EXPIRING, TitleState.DUE_FOR_CANCELLATION):
            assert title_tasks(state) == ()


@pytest.mark.parametrize(
    ("followed", "really", "today", "due"),
    [
        (False, True, date(2025, 12, 3), date(2026, 12, 3)),  # 365 days before its end
        (False, True, date(2025, 12, 2), None),
        (False, False, date(2026, 12, 4), date(2026, 12, 3)),  # ended yesterday
        (True, True, date(2026, 12, 1), None),
    ],
)
def test_when_a_rule_set_that_ends_is_pointed_at(followed, really, today, due):
    assert rules_due(date(2026, 12, 3), followed=followed, really=really, today=today) == due


def test_a_rule_set_without_an_end_is_not_pointed_at():
    assert rules_due(None, followed=False, really=True, today=TODAY) is None


@pytest.mark.parametrize(
    ("known", "today", "missing"),
    [
        ({2026}, date(2026, 10, 31), None),
        ({2026}, date(2026, 11, 1), (2027, date(2026, 12, 31))),
        ({2026, 2027}, date(2026, 12, 31), None),
        ({2026}, date(2027, 1, 1), (2027, date(2026, 12, 31))),  # begun without one: overdue
        ({2027}, date(2027, 10, 31), None),
        ({2027}, date(2027, 11, 1), (2028, date(2027, 12, 31))),
        ({2027}, date(2027, 12, 31), (2028, date(2027, 12, 31))),
        ({2027, 2028}, date(2027, 11, 1), None),
    ],
)
def test_when_a_calendar_that_is_missing_is_pointed_at(known, today, missing):
    assert calendar_due(known, today) == missing


def test_ledger_holes_count_from_the_middle_of_the_year():
    assert not counts_holes(date(2026, 6, 30))
    assert counts_holes(date(2026, 7, 1))
    assert counts_holes(date(2026, 7, 2))
    assert counts_holes(date(2026, 12, 31))
    assert not counts_holes(date(2026, 1, 1))
    assert not counts_holes(date(2027, 5, 31))


# --- Order and limits --------------------------------------------------------------------------------


def test_a_task_stands_for_one_and_none_is_worst_until_it_is_said():
    bare = Task(TaskKind.CALL, "")
    assert (bare.count, bare.worst, bare.uid) == (1, 0, "call-office")
    assert Task(TaskKind.RENEW, "371522").uid == "renew-371522"
    assert (SOON_DAYS, NOTICE_DAYS, RETURN_DAYS, RULES_DAYS) == (7, 3, 3, 365)


def test_the_groups_stand_in_their_order():
    days = [
        date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 8), None, date(2026, 12, 20), date(2027, 3, 1),
    ]  # fmt: skip
    tasks = [task(day) for day in days]
    assert in_order(reversed(tasks), TODAY) == tasks
    assert list(grouped(reversed(tasks), TODAY)) == [
        Urgency.OVERDUE, Urgency.TODAY, Urgency.WEEK, Urgency.OPEN, Urgency.MONTH, Urgency.LATER,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (task(date(2026, 12, 1), since=date(2026, 11, 9)), task(date(2026, 12, 2), since=date(2026, 1, 1))),
        (task(date(2026, 12, 1), since=date(2026, 1, 1)), task(date(2026, 12, 1), since=date(2026, 1, 2))),
        (task(date(2026, 12, 1), since=date(2026, 1, 1)), task(date(2026, 12, 1))),
        (
            task(kind=TaskKind.REVIEW, since=date(2026, 1, 2)),
            task(kind=TaskKind.CORRECT, since=date(2026, 1, 2)),
        ),
        (task(kind=TaskKind.REVIEW), task(kind=TaskKind.CALENDAR)),
        (task(county="371521", name="b"), task(county="371522", name="a")),
        (task(name="a"), task(name="b")),
    ],
)
def test_within_a_group_by_day_then_wait_then_kind_county_and_name(first, second):
    assert in_order([second, first], TODAY) == in_order([first, second], TODAY) == [first, second]


def test_the_kinds_are_whose_and_about_what_they_are():
    kinds, groups = TaskKind, TaskGroup
    assert {kinds.REVIEW, kinds.CORRECT, kinds.RECOMMEND, kinds.TITLE_OVER} == OF_COUNTY
    assert {kinds.RENEW, kinds.SUMMARY, kinds.COUNTY_REPORT, kinds.LEDGER} == OF_BOTH
    assert {kinds.NO_REPORTS, kinds.SUMMARY, kinds.COUNTY_REPORT, kinds.LEDGER} == SUMMED
    assert {kind: kind.group for kind in kinds if kind.group is not groups.APPLICATIONS} == {
        kinds.CASE: groups.TITLES, kinds.CANCEL: groups.TITLES, kinds.NO_REPORTS: groups.TITLES,
        kinds.TITLE_OVER: groups.TITLES, kinds.RENEW: groups.TITLES, kinds.SUMMARY: groups.REPORTS,
        kinds.COUNTY_REPORT: groups.REPORTS, kinds.FILING: groups.CHANGES, kinds.LEDGER: groups.LEDGER,
        kinds.CALL: groups.OFFICE, kinds.RULES: groups.OFFICE, kinds.CALENDAR: groups.OFFICE,
    }  # fmt: skip


def test_a_line_of_several_counties_adds_up_all_of_them():
    tasks = [
        task(None, TaskKind.LEDGER, county, count=count, worst=worst, name="台账")
        for county, count, worst in (("371521", 3, 1), ("371522", 3, 1), ("371525", 1, 1))
    ]
    (line,) = summed(tasks)
    assert (line.count, line.worst, line.county, line.uid) == (7, 3, "", "ledger-all-")
    assert line.counties == ("371521", "371522", "371525")
    (alone,) = summed(tasks[:1])
    assert (alone.count, alone.worst, alone.county, alone.counties) == (3, 1, "371521", ("371521",))


def test_sums_stand_where_the_first_of_them_stood():
    review, ledger = task(kind=TaskKind.REVIEW), task(kind=TaskKind.LEDGER)
    other, case = replace(ledger, county="371525"), task(kind=TaskKind.CASE)
    assert [found.kind for found in summed([review, ledger, case, other])] == [
        TaskKind.REVIEW, TaskKind.LEDGER, TaskKind.CASE,
    ]  # fmt: skip


def test_a_county_counts_each_group_and_what_is_late():
    late = date(2026, 12, 1)
    tasks = [
        task(late, TaskKind.SUMMARY), task(late, TaskKind.SUMMARY), task(late, TaskKind.SUMMARY, count=3),
        task(TODAY, TaskKind.SUMMARY, count=9), task(late, TaskKind.CASE), task(late, TaskKind.CASE, "371525"),
    ]  # fmt: skip
    assert by_county(tasks, TODAY) == {
        "371522": CountyLine({TaskGroup.REPORTS: 14, TaskGroup.TITLES: 1}, overdue=6),
        "371525": CountyLine({TaskGroup.TITLES: 1}, overdue=1),
    }


@pytest.mark.parametrize(
    ("last", "really", "today", "due"),
    [
        ("2026-12-03", False, "2030-01-01", "2026-12-03"),  # ended long ago
        ("2026-12-03", True, "2026-12-03", "2026-12-03"),
        ("2026-12-03", False, "2020-01-01", "2026-12-03"),  # not begun, and used all the same
        ("2026-12-03", True, "2020-01-01", None),
    ],
)
def test_a_rule_set_that_is_not_in_force_is_always_pointed_at(last, really, today, due):
    found = rules_due(
        date.fromisoformat(last), followed=False, really=really, today=date.fromisoformat(today)
    )
    assert found == (date.fromisoformat(due) if due else None)


def test_the_years_call_is_due_by_the_end_of_the_year():
    assert call_due(False, TODAY) == date(2026, 12, 31)
    assert call_due(True, TODAY) is None


@pytest.mark.parametrize(
    ("known", "today", "missing"),
    [
        ({2027}, date(2026, 12, 4), (2026, date(2025, 12, 31))),
        ({2026, 2028}, date(2026, 12, 4), (2027, date(2026, 12, 31))),
        ({2026, 2025}, date(2026, 12, 4), (2027, date(2026, 12, 31))),
        ((), date(2026, 12, 4), (2026, date(2025, 12, 31))),
    ],
)
def test_the_present_years_calendar_is_asked_for_first(known, today, missing):
    assert calendar_due(known, today) == missing
