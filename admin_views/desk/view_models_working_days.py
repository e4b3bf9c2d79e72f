"""What the pages of the working-day calendar show."""

from dataclasses import dataclass
from typing import Any

from admin_views.shared.view_models.components import Link, Text


@dataclass(frozen=True, slots=True)
class YearRow:
    """One year of the calendar."""

    year: int
    source: Text
    working_days: str
    holidays: str
    make_up: str
    url: str
    warning: str = ""


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """calendar.html."""

    rows: tuple[YearRow, ...]
    warnings: tuple[str, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of a month's grid; `kind` "work", "rest", "holiday", "make-up" or "" (a blank)."""

    day: int
    kind: str
    word: str = ""
    today: bool = False


@dataclass(frozen=True, slots=True)
class MonthGrid:
    """One month in weeks from Monday; `working` days."""

    title: str
    weeks: tuple[tuple[DayCell, ...], ...]
    working: int


@dataclass(frozen=True, slots=True)
class CalendarYearPage:
    """calendar_year.html; `form` is None for who may not change it."""

    title: str
    year: int
    source: Text
    months: tuple[MonthGrid, ...]
    note: str = ""
    warning: str = ""
    form: Any = None
    action: str = ""
    version: int = 0
    drop_url: str = ""
    previous_url: str = ""
    next_url: str = ""
    crumbs: tuple[Link, ...] = ()
