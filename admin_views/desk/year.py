"""The bureau's year: the days by which the Measures want something, as a page and as a calendar file."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, today
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Link
from forms.sentences import article_label, sentence
from office.calendar_file import DayEvent, write_calendar
from rules.words import N_
from services.desk.year_days import YearDay, year_days

_BACK, _AHEAD = 5, 5  # years that can be asked for, before and after the present one
_TITLE = N_("The year %(year)s")
_UID = "@year.base-administration"
_WEEKDAYS = (N_("Mo"), N_("Tu"), N_("We"), N_("Th"), N_("Fr"), N_("Sa"), N_("Su"))


@dataclass(frozen=True, slots=True)
class DayLine:
    """A line of the year; `tone` "due" for today, "dim" for what is past."""

    day: str
    weekday: str
    what: str
    article: str
    bases: tuple[str, ...]
    tone: str = ""


@dataclass(frozen=True, slots=True)
class YearPage:
    """desk/year.html: the months that have a day, and the years before and after."""

    title: str
    months: tuple[tuple[str, tuple[DayLine, ...]], ...]
    file_url: str
    years: tuple[Link, ...]
    crumbs: tuple[Link, ...] = ()


def index() -> ResponseReturnValue:
    """Show the present year."""
    return _page(today().year)


def show(year: int) -> ResponseReturnValue:
    """Show a year."""
    return _page(_known(year))


def feed(year: int) -> ResponseReturnValue:
    """Send a year as a calendar file."""
    days = year_days(_known(year), actor=current_actor())
    events = [
        DayEvent(f"{year}-{place}{_UID}", one.day, sentence(one.what), "、".join(one.bases))
        for place, one in enumerate(days)
    ]
    data = write_calendar(gettext(_TITLE, year=str(year)), events, stamp=now())
    headers = {"Content-Disposition": f'attachment; filename="year-{year}.ics"'}
    return Response(data, headers=headers, content_type="text/calendar; charset=utf-8")


def _known(year: int) -> int:
    if not today().year - _BACK <= year <= today().year + _AHEAD:
        abort(404)
    return year


def _page(year: int) -> str:
    days = year_days(year, actor=current_actor())
    months = tuple(
        (gettext(N_("month %(months)s"), months=str(month)), tuple(_line(one, today()) for one in lines))
        for month, lines in groupby(days, lambda one: one.day.month)
    )
    near = [one for one in (year - 1, year + 1) if today().year - _BACK <= one <= today().year + _AHEAD]
    page = YearPage(
        title=gettext(_TITLE, year=str(year)),
        months=months,
        file_url=url_for("year.feed", year=year),
        years=tuple(Link(str(one), url_for("year.show", year=one)) for one in near),
        crumbs=(Link(gettext(N_("Today")), url_for("admin.index")),),
    )
    return render_template("desk/year.html", page=page)


def _line(one: YearDay, day: date) -> DayLine:
    return DayLine(
        day=one.day.isoformat(),
        weekday=gettext(_WEEKDAYS[one.day.weekday()]),
        what=sentence(one.what),
        article=article_label(one.article),
        bases=one.bases,
        tone="due" if one.day == day else "dim" if one.day < day else "",
    )
