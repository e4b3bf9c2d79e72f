"""What counts, and why something does not: the words that rules, pages and database share."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from rules.assessment.counting import (
    NotCounted,
    NotInFigure,
    NotSatisfied,
    amount_in,
    as_of,
    is_full_time_on,
    is_on_staff,
    is_satisfied,
    names_no_company,
    why_not_entry,
    why_not_in_figure,
    why_not_low_fee,
    why_not_partner,
    why_not_satisfied,
    why_not_tenant,
)
from rules.choices import Employment, ServiceFunction
from rules.rule_sets.measures import Figure

DAY = date(2025, 12, 31)
TENANT = {"moved_in": date(2025, 1, 1), "moved_out": None, "size": "small"}
ENTRY = {"status": "submitted", "served_on": date(2025, 6, 1)}


@pytest.mark.parametrize(
    ("year", "today", "day"),
    [
        (2025, date(2026, 11, 23), date(2025, 12, 31)),  # a past year: its last day
        (2026, date(2026, 11, 23), date(2026, 11, 23)),  # this year: today
        (2026, date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_a_year_is_counted_on_its_last_day_or_today(year: int, today: date, day: date) -> None:
    assert as_of(year, today) == day


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"size": "micro"}, None),
        ({"moved_in": DAY}, None),  # moved in on the very day
        ({"moved_in": date(2026, 1, 1)}, NotCounted.LATER),
        ({"moved_in": None}, NotCounted.NO_DATE),
        ({"moved_out": DAY}, NotCounted.MOVED_OUT),  # moved out by that day
        ({"moved_out": date(2025, 12, 31)}, NotCounted.MOVED_OUT),
        ({"moved_out": date(2025, 12, 30)}, NotCounted.MOVED_OUT),
        ({"moved_out": date(2025, 3, 1)}, NotCounted.MOVED_OUT),
        ({"moved_out": date(2026, 1, 1)}, None),
        ({"moved_out": date(2026, 1, 1), "status": "moved_out"}, None),  # the day says it
        ({"status": "moved_out"}, NotCounted.MOVED_OUT),  # on no known day
        ({"moved_out": DAY, "status": "housed"}, NotCounted.MOVED_OUT),
        ({"status": "of_the_office"}, None),
        ({"size": "medium"}, NotCounted.TOO_LARGE),
        ({"size": "large"}, NotCounted.TOO_LARGE),
        ({"size": None}, NotCounted.NO_SIZE),
    ],
)
def test_tenants_are_small_or_micro_and_housed_on_the_day(
    change: dict[str, Any], reason: NotCounted | None
) -> None:
    assert why_not_tenant({**TENANT, **change}, DAY) == reason


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (date(2025, 1, 1), None, None),
        (DAY, DAY, None),  # begins and ends on the day
        (date(2024, 1, 1), date(2025, 12, 31), None),
        (date(2024, 1, 1), date(2026, 1, 1), None),
        (date(2024, 1, 1), date(2030, 1, 1), None),
        (date(2026, 1, 1), None, NotCounted.NOT_YET),
        (date(2024, 1, 1), date(2025, 12, 30), NotCounted.ENDED),
        (None, None, NotCounted.NO_DATE),
    ],
)
def test_a_partner_counts_while_its_cooperation_covers_the_day(
    first: date | None, last: date | None, reason: NotCounted | None
) -> None:
    assert why_not_partner({"first_day": first, "last_day": last}, DAY) == reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"status": "verified"}, None),
        ({"status": "draft"}, NotCounted.DRAFT),
        ({"status": "of_the_office"}, NotCounted.DRAFT),
        ({"served_on": None}, NotCounted.NO_DATE),
        ({"served_on": date(2024, 12, 31)}, NotCounted.OTHER_YEAR),
        ({"served_on": date(2026, 1, 1)}, NotCounted.OTHER_YEAR),
        ({"served_on": date(2025, 1, 1)}, None),
        ({"served_on": DAY}, None),
    ],
)
def test_an_entry_counts_when_submitted_and_dated_within_the_year(
    change: dict[str, Any], reason: NotCounted | None
) -> None:
    assert why_not_entry({**ENTRY, **change}, 2025, DAY) == reason


def test_an_entry_after_the_day_of_counting_does_not_count() -> None:
    assert (
        why_not_entry({**ENTRY, "served_on": date(2025, 6, 2)}, 2025, date(2025, 6, 1)) == NotCounted.FUTURE
    )


@pytest.mark.parametrize(
    ("entry", "function", "figure", "reason"),
    [
        ({"mode": "offline"}, "information", Figure.OFFLINE_COMPANY_TIMES, None),
        ({"mode": "online"}, "information", Figure.OFFLINE_COMPANY_TIMES, NotInFigure.NOT_ON_SITE),
        ({}, "information", Figure.OFFLINE_COMPANY_TIMES, NotInFigure.NO_MODE),
        ({"mode": "by-mail"}, "information", Figure.OFFLINE_COMPANY_TIMES, NotInFigure.NOT_ON_SITE),
        ({"activity": "service-event"}, "information", Figure.ACTIVITIES, None),
        ({"activity": "advice"}, "information", Figure.ACTIVITIES, NotInFigure.OTHER_ACTIVITY),
        ({"activity": ""}, "information", Figure.ACTIVITIES, NotInFigure.NO_ACTIVITY),
        ({}, "training", Figure.PERSON_TIMES, None),  # any training adds its people
    ],
)
def test_a_figure_of_a_function_says_which_entries_it_sums(
    entry: dict[str, Any], function: str, figure: Figure, reason: NotInFigure | None
) -> None:
    named = next(one for one in ServiceFunction if one.value == function)
    assert why_not_in_figure(entry, named, figure) == reason


@pytest.mark.parametrize(
    ("fee", "reason"),
    [
        ("free", None),
        ("low", None),
        ("market", NotInFigure.FULL_PRICE),
        (None, NotInFigure.NO_FEE_KIND),
    ],
)
def test_free_and_low_fee_services_are_told_by_their_fee(fee: str | None, reason: NotInFigure | None) -> None:
    assert why_not_low_fee({"fee_kind": fee}) == reason


@pytest.mark.parametrize(
    ("figure", "amount"),
    [
        (Figure.COMPANY_TIMES, 3),
        (Figure.OFFLINE_COMPANY_TIMES, 3),
        (Figure.PERSON_TIMES, 0),  # left blank
        (Figure.MEETINGS, 1),
    ],
)
def test_an_entry_adds_its_company_times_its_person_times_or_itself(figure: Figure, amount: int) -> None:
    assert amount_in({"company_times": 3, "person_times": None}, figure) == amount


@pytest.mark.parametrize(
    ("year", "today", "day"),
    [
        (2027, date(2026, 11, 23), date(2027, 1, 1)),  # a year to come: its first day
        (2026, date(2026, 1, 1), date(2026, 1, 1)),
        (2025, date(2026, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_year_that_has_not_begun_is_counted_on_its_first_day(year: int, today: date, day: date) -> None:
    assert as_of(year, today) == day


@pytest.mark.parametrize(
    ("companies", "with_nameless", "reason"),
    [
        ([{"name": "甲"}], False, None),
        ([], True, None),
        ([], False, NotCounted.NO_COMPANY),
        (None, False, NotCounted.NO_COMPANY),
    ],
)
def test_an_entry_that_names_no_company_counts_as_the_rule_set_says(
    companies: list[dict[str, str]] | None, with_nameless: bool, reason: NotCounted | None
) -> None:
    entry = {**ENTRY, "companies": companies}
    assert why_not_entry(entry, 2025, DAY, with_nameless=with_nameless) == reason
    assert names_no_company(entry) is (not companies)
    assert why_not_entry(entry, 2025, DAY) is None


@pytest.mark.parametrize(
    ("answer", "satisfied", "reason"),
    [
        ("very-good", True, None),
        ("good", True, None),
        ("fair", False, NotSatisfied.DISSATISFIED),
        ("poor", False, NotSatisfied.DISSATISFIED),
        ("", None, NotSatisfied.NO_ANSWER),
        (None, None, NotSatisfied.NO_ANSWER),
    ],
)
def test_which_answers_are_satisfied(
    answer: str | None, satisfied: bool | None, reason: NotSatisfied | None
) -> None:
    assert is_satisfied({"satisfaction": answer}) is satisfied
    assert why_not_satisfied({"satisfaction": answer}) is reason


def test_stored_moments_count_as_their_days() -> None:
    moments = {"moved_in": datetime(2025, 12, 31, tzinfo=UTC), "moved_out": datetime(2026, 1, 1, tzinfo=UTC)}
    assert why_not_tenant({**moments, "size": "small"}, DAY) is None
    assert why_not_partner({"first_day": datetime(2025, 12, 31, tzinfo=UTC)}, DAY) is None
    assert why_not_entry({**ENTRY, "served_on": datetime(2025, 6, 1, tzinfo=UTC)}, 2025, DAY) is None


@pytest.mark.parametrize(
    ("entry", "figure", "amount"),
    [
        ({}, Figure.COMPANY_TIMES, 0),
        ({}, Figure.ACTIVITIES, 1),
        ({"person_times": 7}, Figure.PERSON_TIMES, 7),
        ({"company_times": 0}, Figure.OFFLINE_COMPANY_TIMES, 0),
    ],
)
def test_what_is_blank_adds_nothing(entry: dict[str, int], figure: Figure, amount: int) -> None:
    assert amount_in(entry, figure) == amount


BEFORE, AFTER = date(2025, 12, 30), date(2026, 1, 1)


@pytest.mark.parametrize(
    ("member", "there"),
    [
        ({}, True),  # nothing is known: it has always been so
        ({"status": "on_staff", "started_on": BEFORE}, True),
        ({"status": "on_staff", "started_on": DAY}, True),
        ({"status": "on_staff", "started_on": AFTER}, False),
        ({"status": "left", "left_on": BEFORE}, False),
        ({"status": "left", "left_on": DAY}, False),  # the first day without the person
        ({"status": "left", "left_on": AFTER}, True),
        ({"status": "left", "left_on": datetime(2025, 12, 31, tzinfo=UTC)}, False),
        ({"status": "left"}, False),  # on no known day
        ({"status": "left", "left_on": None, "started_on": BEFORE}, False),
        ({"status": "at_home"}, True),  # a status of the office's own
        ({"status": "on_leave"}, True),
        ({"status": "on_staff", "left_on": BEFORE}, False),
        ({"started_on": BEFORE, "left_on": AFTER}, True),
        ({"started_on": AFTER, "left_on": date(2026, 2, 1)}, False),
    ],
)
def test_who_works_for_a_base_on_a_day(member: dict[str, Any], there: bool) -> None:
    assert is_on_staff(member, DAY) is there
    for employment in Employment:
        full_time = there and employment is Employment.FULL_TIME
        assert is_full_time_on(member | {"employment": employment.value}, DAY) is full_time
    for employment in (None, "all", "zz"):
        assert is_full_time_on(member | {"employment": employment}, DAY) is False
