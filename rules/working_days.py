"""Working days by the State Council's calendar, make-up days included; the office may enter a year by hand.

The calendar of a coming year is published each November. Where a year is missing, Monday to Friday
count, and the answer is marked provisional.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar import constants

_LONGEST = 400  # days that a count may run over


@dataclass(frozen=True)
class OfficeCalendar:
    """The published calendars, with the office's own.

    `own` says of a day whether it is worked; of a year in `own_years` it names every exception.
    """

    own: Mapping[date, bool] = field(default_factory=dict)
    own_years: frozenset[int] = frozenset()

    def knows(self, year: int) -> bool:
        """Tell whether the year's calendar is published or entered."""
        return year in self.own_years or year in _PUBLISHED

    def is_working(self, day: date) -> bool:
        """Tell whether `day` is worked; Monday to Friday where the year is not known."""
        if day in self.own:
            return self.own[day]
        if day.year in self.own_years or day.year not in _PUBLISHED:
            return day.weekday() < 5
        return bool(chinese_calendar.is_workday(day))


# The library covers whole years only.
_PUBLISHED = frozenset(day.year for day in constants.holidays)
STANDARD = OfficeCalendar()


@dataclass(frozen=True)
class DueDay:
    """The day something is due; `provisional` when a year on the way has no calendar yet."""

    day: date
    provisional: bool = False
    missing_years: tuple[int, ...] = ()


def nth_working_day(
    start: date, count: int, calendar: OfficeCalendar = STANDARD, *, include_start: bool
) -> DueDay:
    """Return the `count`-th working day from `start`.

    ValueError for a count below 1 or a calendar without working days.
    """
    if count < 1:
        raise ValueError("a period has at least one working day")
    day = start if include_start else start + timedelta(days=1)
    left = count
    for _ in range(_LONGEST + count * 2):
        left -= calendar.is_working(day)
        if left == 0:
            missing = tuple(year for year in range(start.year, day.year + 1) if not calendar.knows(year))
            return DueDay(day, bool(missing), missing)
        day += timedelta(days=1)
    raise ValueError("the calendar has too few working days")


def change_filing_due(
    changed_on: date, working_days: int = 10, calendar: OfficeCalendar = STANDARD
) -> DueDay:
    """Return the last day to file a change: the day of the change is not counted (Art. 15)."""
    return nth_working_day(changed_on, working_days, calendar, include_start=False)


def notice_ends(first_day: date, working_days: int = 5, calendar: OfficeCalendar = STANDARD) -> DueDay:
    """Return the last day of a public notice: the first day is counted (decision)."""
    return nth_working_day(first_day, working_days, calendar, include_start=True)


def working_days_between(first_day: date, last_day: date, calendar: OfficeCalendar = STANDARD) -> int:
    """Return how many working days there are from `first_day` to `last_day`, both included; 0 when none."""
    span = (last_day - first_day).days + 1
    return sum(calendar.is_working(first_day + timedelta(days=ahead)) for ahead in range(span))
