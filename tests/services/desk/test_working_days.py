"""The office's own calendar: a year entered by hand counts, a missing one is said, two savers never mix."""

from datetime import date

import pytest

from rules.access import Actor, Role
from rules.errors import Missing, NotAllowed, Refused, Stale
from rules.working_days import STANDARD, change_filing_due
from services.desk.trail import verify
from services.desk.working_days import (
    calendar_of,
    drop_year,
    office_calendar,
    published,
    refusals_of_year,
    save_year,
    stored_years,
)

BOSS = Actor("b1", "管理员", Role.ADMIN)
SPRING = [date(2027, 2, day) for day in range(5, 12)]
WORKED = [date(2027, 1, 31)]  # a Sunday


@pytest.fixture
def save(office):
    def saved(year=2027, holidays=SPRING, workdays=WORKED, source="", version=0, actor=BOSS):
        save_year(year, holidays, workdays, source, version=version, actor=actor, now=office.now)

    return saved


def test_a_year_entered_by_hand_is_counted_and_no_longer_provisional(save):
    before = change_filing_due(date(2027, 1, 28), calendar=office_calendar())
    assert (before.day, before.missing_years) == (date(2027, 2, 11), (2027,))
    save()
    after = change_filing_due(date(2027, 1, 28), calendar=office_calendar())
    # 29 and 31 January, 1 to 4 February, 12, 15, 16 and 17 February
    assert (after.day, after.provisional) == (date(2027, 2, 17), False)


def test_the_days_are_kept_sorted_and_once_and_stand_in_the_trail(save, office):
    save(holidays=[*reversed(SPRING), SPRING[0]], source="国办发明电〔2026〕7号")
    kept = stored_years()[2027]
    assert kept.holidays == tuple(SPRING)
    assert kept.workdays == tuple(WORKED)
    entry = office.db["audit_entries"].find_one({"collection": "calendar_years"})
    assert [row["field"] for row in entry["changes"]] == ["holidays", "workdays", "source"]
    assert verify() is None


def test_an_own_year_stands_in_the_place_of_the_published_one(save, office):
    save(2026, [date(2026, 1, 1)], [])
    calendar = office_calendar()
    assert calendar.is_working(date(2026, 2, 16))  # published as the first day of Spring Festival
    assert not calendar.is_working(date(2026, 2, 14))  # published as a make-up day
    drop_year(2026, version=1, actor=BOSS, now=office.now)
    assert not office_calendar().is_working(date(2026, 2, 16))


@pytest.mark.parametrize("year", [2021, 2024, 2025, 2026])
def test_a_published_year_written_out_by_hand_is_the_same_calendar(year):
    own = published(year)
    copy = calendar_of({year: own})
    days = [
        date.fromordinal(number)
        for number in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
    ]
    assert [copy.is_working(day) for day in days] == [STANDARD.is_working(day) for day in days]


def test_an_unpublished_year_is_none():
    assert published(2040) is None


@pytest.mark.parametrize(
    ("holidays", "workdays", "field"),
    [
        ([], [], "holidays"),
        ([date(2026, 12, 31)], [], "holidays"),
        (SPRING, [date(2028, 1, 1)], "workdays"),
        (SPRING, [date(2027, 2, 6)], "workdays"),  # in both lists
        (SPRING, [date(2027, 2, 1)], "workdays"),  # a Monday
    ],
)
def test_days_that_are_no_calendar_of_the_year_are_refused(holidays, workdays, field, save, office):
    assert [one.field for one in refusals_of_year(2027, holidays, workdays)] == [field]
    with pytest.raises(Refused):
        save(holidays=holidays, workdays=workdays)
    assert office.db["calendar_years"].count_documents({}) == 0


def test_a_second_saver_is_told(save, office):
    save()
    with pytest.raises(Stale):
        save(workdays=[])
    save(workdays=[], version=1)
    with pytest.raises(Stale):
        drop_year(2027, version=1, actor=BOSS, now=office.now)
    drop_year(2027, version=2, actor=BOSS, now=office.now)
    with pytest.raises(Missing):
        drop_year(2027, version=3, actor=BOSS, now=office.now)
    assert stored_years() == {}


def test_saving_the_same_writes_nothing(save, office):
    save()
    save(version=1)
    assert stored_years()[2027].version == 1
    assert office.db["audit_entries"].count_documents({"collection": "calendar_years"}) == 1


def test_only_an_administrator_enters_a_year(save, office):
    for actor in (office.city, office.guan, office.reader):
        with pytest.raises(NotAllowed):
            save(actor=actor)
        with pytest.raises(NotAllowed):
            drop_year(2027, version=1, actor=actor, now=office.now)
