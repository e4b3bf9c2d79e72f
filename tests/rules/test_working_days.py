"""Working days by the State Council's calendar: change filings (Art. 15) and public notices."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.working_days import (
    OfficeCalendar,
    change_filing_due,
    notice_ends,
    nth_working_day,
    working_days_between,
)


def day(text: str) -> date:
    """Return a day written in ISO."""
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("changed_on", "due"),
    [
        ("2024-02-05", "2024-02-23"),  # over the Spring Festival and its make-up days
        ("2025-09-26", "2025-10-16"),  # over the National Day week
        ("2026-02-10", "2026-03-02"),
        ("2026-04-30", "2026-05-18"),
        ("2026-09-18", "2026-10-09"),
        ("2026-09-28", "2026-10-16"),
        ("2026-09-30", "2026-10-20"),
    ],
)
def test_a_change_is_filed_by_the_tenth_working_day_after_it(changed_on: str, due: str) -> None:
    found = change_filing_due(day(changed_on))
    assert found.day == day(due)
    assert not found.provisional


@pytest.mark.parametrize(
    ("first", "last"),
    [("2023-11-03", "2023-11-09"), ("2020-12-23", "2020-12-29"), ("2024-06-13", "2024-06-19")],
)
def test_a_public_notice_counts_its_first_day(first: str, last: str) -> None:
    assert notice_ends(day(first)).day == day(last)


def test_a_year_without_a_calendar_is_counted_monday_to_friday_and_marked_provisional() -> None:
    found = change_filing_due(day("2026-12-28"))
    assert (found.day, found.provisional, found.missing_years) == (day("2027-01-11"), True, (2027,))


def test_the_offices_own_calendar_of_a_year_makes_the_answer_certain() -> None:
    own = OfficeCalendar(own={day("2027-01-01"): False}, own_years=frozenset({2027}))
    found = change_filing_due(day("2026-12-28"), calendar=own)
    assert (found.day, found.provisional) == (day("2027-01-12"), False)


def test_a_make_up_saturday_entered_by_the_office_is_worked() -> None:
    own = OfficeCalendar(own={day("2027-01-02"): True}, own_years=frozenset({2027}))
    assert own.is_working(day("2027-01-02"))
    assert not own.is_working(day("2027-01-03"))


def test_a_period_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        notice_ends(day("2026-11-23"), 0)


@given(start=st.dates(date(2005, 1, 1), date(2030, 12, 31)), count=st.integers(1, 60))
def test_the_nth_working_day_is_worked_and_one_more_is_later(start: date, count: int) -> None:
    own = OfficeCalendar()
    found = nth_working_day(start, count, own, include_start=False)
    assert own.is_working(found.day)
    assert found.day > start
    assert nth_working_day(start, count + 1, own, include_start=False).day > found.day


def test_several_years_without_a_calendar_are_all_named() -> None:
    found = nth_working_day(day("2026-12-30"), 300, include_start=True)
    assert (found.provisional, found.missing_years) == (True, (2027, 2028))
    assert nth_working_day(day("2026-03-02"), 1, include_start=True).missing_years == ()


@pytest.mark.parametrize(("first_worked", "found"), [(0, True), (401, True), (402, False)])
def test_a_calendar_without_working_days_is_refused(first_worked: int, found: bool) -> None:
    start = day("2026-03-02")
    own = {start + timedelta(days=number): number == first_worked for number in range(500)}
    calendar = OfficeCalendar(own, frozenset({2026, 2027}))
    if found:
        worked = nth_working_day(start, 1, calendar, include_start=True)
        assert worked.day == start + timedelta(days=first_worked)
    else:
        with pytest.raises(ValueError, match="too few"):
            nth_working_day(start, 1, calendar, include_start=True)


@pytest.mark.parametrize(
    ("start", "include", "wanted"),
    [
        ("2026-03-02", True, "2026-03-02"),
        ("2026-03-02", False, "2026-03-03"),
        ("2026-03-06", False, "2026-03-09"),
        ("2026-03-07", True, "2026-03-09"),
        ("2027-03-05", False, "2027-03-08"),  # no calendar yet: a Friday, a Monday
        ("2027-03-05", True, "2027-03-05"),
        ("2027-03-06", True, "2027-03-08"),
    ],
)
def test_the_first_working_day(start: str, include: bool, wanted: str) -> None:
    assert nth_working_day(day(start), 1, include_start=include).day == day(wanted)


def test_a_year_is_known_when_it_is_published_or_entered() -> None:
    assert OfficeCalendar().knows(2026)
    assert not OfficeCalendar().knows(2035)
    assert OfficeCalendar(own_years=frozenset({2035})).knows(2035)
    assert OfficeCalendar({day("2026-03-02"): False}).is_working(day("2026-03-03"))
    assert not OfficeCalendar({day("2026-03-02"): False}).is_working(day("2026-03-02"))


def test_without_a_number_of_days_those_of_2021_count() -> None:
    assert change_filing_due(day("2026-03-02")).day == day("2026-03-16")
    assert notice_ends(day("2026-03-02")).day == day("2026-03-06")
    assert change_filing_due(day("2026-03-02"), 3).day == day("2026-03-05")
    assert notice_ends(day("2026-03-02"), 7).day == day("2026-03-10")
    with pytest.raises(ValueError, match="at least one"):
        nth_working_day(day("2026-03-02"), -1, include_start=True)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2026-03-02", "2026-03-02", 1),  # a Monday
        ("2026-03-07", "2026-03-08", 0),  # a weekend
        ("2026-03-02", "2026-03-03", 2),
        ("2026-03-02", "2026-03-08", 5),
        ("2026-03-02", "2026-03-09", 6),
        ("2026-02-13", "2026-02-24", 3),  # over the Spring Festival: 13, 14 (made up) and 24 February
        ("2026-03-03", "2026-03-02", 0),  # the wrong way round
        ("2026-03-09", "2026-03-02", 0),
    ],
)
def test_how_many_working_days_a_period_has(first: str, last: str, count: int) -> None:
    assert working_days_between(day(first), day(last)) == count


def test_the_offices_own_calendar_counts_in_a_period_too() -> None:
    own = OfficeCalendar({day("2026-03-03"): False, day("2026-03-07"): True})
    assert working_days_between(day("2026-03-02"), day("2026-03-08"), own) == 5
    assert working_days_between(day("2026-03-03"), day("2026-03-03"), own) == 0


@given(start=st.dates(date(2020, 1, 1), date(2026, 6, 1)), count=st.integers(1, 40))
def test_a_notice_has_as_many_working_days_as_it_was_given(start: date, count: int) -> None:
    assert working_days_between(start, notice_ends(start, count).day) == count


@pytest.mark.parametrize("count", [1, 8, 24, 40, 64, 100])
def test_a_count_runs_over_400_days_and_two_for_each_day_counted(count: int) -> None:
    start, last = day("2026-03-02"), 400 + 2 * count - 1
    for first_worked, found in ((last - count + 1, True), (last - count + 2, False)):
        own = {start + timedelta(days=number): number >= first_worked for number in range(700)}
        calendar = OfficeCalendar(own, frozenset({2026, 2027, 2028}))
        if found:
            due = nth_working_day(start, count, calendar, include_start=True)
            assert due.day == start + timedelta(days=last)
        else:
            with pytest.raises(ValueError, match="too few"):
                nth_working_day(start, count, calendar, include_start=True)
