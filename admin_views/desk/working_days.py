"""The working-day calendar: which years are published, which the office entered, which are missing."""

from calendar import monthcalendar
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, today, typed_version
from admin_views.shared.view_models import Link, Text, badge, figure
from forms.calendar import CalendarForm
from forms.sentences import sentence, show_refusals
from rules.access import Permission
from rules.errors import Missing, Refused, Stale
from rules.words import N_
from rules.working_days import STANDARD, OfficeCalendar
from services.desk import working_days as service
from services.desk.working_days import StoredYear

_TITLE = N_("Working days")
_BACK, _AHEAD = 3, 1  # years shown before and after the present one
_FIRST, _FURTHEST = 2004, 5
# What a day of the grid says beside its number.
_WORDS = {"holiday": N_("off"), "make-up": N_("worked")}


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
    """desk/working_days.html."""

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
    """desk/working_days_year.html; `form` is None for who may not change it."""

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


def _crumbs() -> tuple[Link, ...]:
    return (Link(gettext(N_("Settings")), url_for("settings.index")),)


def index() -> ResponseReturnValue:
    """Show the years around the present one, and where each has its calendar from."""
    own = service.stored_years()
    years = {*range(today().year - _BACK, today().year + _AHEAD + 1), *own}
    rows = tuple(_row(year, own) for year in sorted(years, reverse=True))
    page = CalendarPage(rows, tuple(row.warning for row in rows if row.warning), _crumbs())
    return render_template("desk/working_days.html", page=page)


def _row(year: int, own: dict[int, StoredYear]) -> YearRow:
    days = own.get(year) or service.published(year)
    working = sum(cell for cell in _working(year, service.calendar_of(own)))
    return YearRow(
        year,
        _source(year, own),
        figure(working),
        figure(len(days.holidays)) if days else "",
        figure(len(days.workdays)) if days else "",
        url_for("calendar.show", text=year),
        _warning(year, own),
    )


def _working(year: int, known: OfficeCalendar) -> list[bool]:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return [known.is_working(date.fromordinal(number)) for number in range(first, last + 1)]


def _source(year: int, own: dict[int, StoredYear]) -> Text:
    if year in own:
        return badge(gettext(N_("Entered by the office")), "blue")
    if STANDARD.knows(year):
        return badge(gettext(N_("Published")), "green")
    return badge(gettext(N_("Missing")), "amber")


def _warning(year: int, own: dict[int, StoredYear]) -> str:
    if year in own or STANDARD.knows(year):
        return ""
    missing = N_(
        "There is no calendar of %(year)s yet: Monday to Friday are counted, and days are provisional."
    )
    return gettext(missing, year=year)


def show(text: str) -> ResponseReturnValue:
    """Show a year month by month, with the form for who manages the office."""
    year = _year(text)
    own, form = service.stored_years(), None
    if current_actor().may(Permission.MANAGE_OFFICE):
        start = own.get(year) or service.published(year) or StoredYear(year, (), ())
        form = CalendarForm.filled(
            {"holidays": start.holidays, "workdays": start.workdays, "source": start.source}
        )
    return render_template("desk/working_days_year.html", page=_page(year, own, form))


def save(text: str) -> ResponseReturnValue:
    """Keep a year as it was entered."""
    year = _year(text)
    form, version = CalendarForm.typed(request.form, year), typed_version()
    if form.validate() and _save(year, form, version):
        flash(gettext(N_("Saved.")), "success")
        return redirect(url_for("calendar.show", text=year), 303)
    page = _page(year, service.stored_years(), form, version)
    return render_template("desk/working_days_year.html", page=page), 422


def _page(
    year: int, own: dict[int, StoredYear], form: CalendarForm | None, version: int | None = None
) -> CalendarYearPage:
    entered = own.get(year)
    stored_version = entered.version if entered else 0
    may_manage = current_actor().may(Permission.MANAGE_OFFICE)
    return CalendarYearPage(
        title=gettext(N_("Working days of %(year)s"), year=year), year=year, source=_source(year, own),
        months=_months(year, service.calendar_of(own)), note=entered.source if entered else "",
        warning=_warning(year, own), form=form, action=url_for("calendar.save", text=year),
        # The version that was read stays: a save after the correction must still see another's.
        version=stored_version if version is None else version,
        drop_url=url_for("calendar.drop", text=year) if may_manage and entered else "",
        previous_url=url_for("calendar.show", text=year - 1) if year > _FIRST else "",
        next_url=url_for("calendar.show", text=year + 1) if year < today().year + _FURTHEST else "",
        crumbs=(*_crumbs(), Link(gettext(_TITLE), url_for("calendar.index"))),
    )  # fmt: skip


def _year(text: str) -> int:
    year = int(text) if text.isdecimal() and len(text) == 4 else 0
    if not _FIRST <= year <= today().year + _FURTHEST:
        abort(404)
    return year


def _save(year: int, form: CalendarForm, version: int) -> bool:
    try:
        service.save_year(
            year, form.holidays.data, form.workdays.data, form.source.data or "", version=version,
            actor=current_actor(), now=now(),
        )  # fmt: skip
    except (Refused, Stale) as problem:
        show_refusals(form, problem)
        return False
    return True


def drop(text: str) -> ResponseReturnValue:
    """Take the office's own year away; the published one counts again."""
    year = _year(text)
    version = typed_version()
    try:
        service.drop_year(year, version=version, actor=current_actor(), now=now())
    except (Missing, Stale) as problem:
        flash(sentence(problem.refusals[0]), "error")
    else:
        flash(gettext(N_("The office's own calendar of %(year)s was taken away."), year=year), "success")
    return redirect(url_for("calendar.show", text=year), 303)


def _months(year: int, known: OfficeCalendar) -> tuple[MonthGrid, ...]:
    return tuple(_month(year, month, known) for month in range(1, 13))


def _month(year: int, month: int, known: OfficeCalendar) -> MonthGrid:
    weeks = tuple(
        tuple(_cell(date(year, month, day), known) if day else DayCell(0, "") for day in week)
        for week in monthcalendar(year, month)
    )
    working = sum(cell.kind in ("work", "make-up") for week in weeks for cell in week)
    return MonthGrid(gettext(N_("month %(months)s"), months=month), weeks, working)


def _cell(day: date, known: OfficeCalendar) -> DayCell:
    weekday, working = day.weekday() < 5, known.is_working(day)
    kind = ("work" if weekday else "make-up") if working else ("holiday" if weekday else "rest")
    return DayCell(day.day, kind, gettext(_WORDS[kind]) if kind in _WORDS else "", day == today())
