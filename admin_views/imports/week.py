"""本周录入: the week of one base with which the grid begins, filled in as the last week's entries were."""

from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from admin_views.imports.view_models import WeekPart
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import parse_object_id, today
from office.excel.cell_dates import with_year
from office.excel.cells import parse
from rules.errors import Refused
from rules.words import N_
from schema.collection import Collection
from services.imports.grid import columns_of
from services.records.week import BegunWeek, begin_week, monday_of, usual_place

WEEK = N_("This week's entries")
_DAYS = 7


def week_part(declaration: Collection) -> WeekPart | None:
    """Return what the page of the grid says of the week; None of what is not entered by the week."""
    if not declaration.by_week_of or declaration.by_week_of not in declaration.by_key:
        return None
    field = declaration.by_key[declaration.by_week_of]
    day, problem = _day_asked(declaration)
    text, whole = request.args.get(field.key, ""), request.args.get("whole") == "1"
    begun = None
    if text and not problem:
        begun = begin_week(
            declaration, columns_of(declaration), parse_object_id(text), day, whole=whole, actor=current_actor(),
            today=today(),
        )  # fmt: skip
    place = (begun.place, begun.name) if begun else usual_place(declaration, actor=current_actor())
    more = set(declaration.carried_keys(asked=True)) - set(declaration.carried_keys())
    return WeekPart(
        action=url_for("imports.grid", kind=declaration.slug),
        key=field.key,
        label=gettext(field.label),
        lookup_url=url_for(f"{field.refers_to}.lookup_view"),
        chosen=(str(place[0]), place[1]) if place else None,
        week=request.args.get("week", "") if problem else monday_of(day).isoformat(),
        problem=problem,
        with_more="、".join(gettext(one.label) for one in declaration.fields if one.key in more),
        whole=whole or not text,
        begun={"rows": begun.rows, "begins": begun.first_blank} if begun else None,
        said=_said(begun) if begun else "",
    )


def week_address(declaration: Collection, place: Any = None) -> str:
    """Return the address of the grid with this week of a place, or where that is asked for; "" where there is none."""
    if not declaration.by_week_of:
        return ""
    where = {declaration.by_week_of: place, "whole": 1} if place else {"week": today().isoformat()}
    return url_for("imports.grid", kind=declaration.slug, **where)


def _day_asked(declaration: Collection) -> tuple[date, str]:
    """Return the day whose week is asked for, and what is wrong with what was typed."""
    typed = request.args.get("week", "").strip()
    if not typed:
        return today(), ""
    try:
        day = parse(declaration.by_key[declaration.asked_day], with_year(typed[:40], today()))
    except Refused:
        day = None
    if isinstance(day, date) and abs(day - today()) <= timedelta(days=3660):
        return day, ""
    return today(), gettext(
        N_("“%(text)s” is no day. Please give a day of the week, such as 2026-03-05."), text=typed[:40]
    )


def told_of_rows(declaration: Collection) -> tuple[str, ...]:
    """Return the columns by which a clerk knows a row while the others are out of sight: its day, and what it is of."""
    if not declaration.by_week_of:
        return ()
    keys = {field.key for field in columns_of(declaration)} - {declaration.by_week_of}
    return tuple(key for key in declaration.found_columns if key in keys)[:2]


def _said(begun: BegunWeek) -> str:
    days = {"first": begun.monday.isoformat(), "last": (begun.monday + timedelta(days=_DAYS - 1)).isoformat()}
    if begun.taken_from is None:
        said = N_(
            "%(name)s, %(first)s to %(last)s: nothing was entered earlier, so its working days stand here."
        )
        return gettext(said, name=begun.name, **days)
    given = {"count": len(begun.rows), "like": begun.taken_from.isoformat(), "name": begun.name, **days}
    text = gettext(
        N_(
            "%(name)s, %(first)s to %(last)s: %(count)d rows like those of the week of %(like)s. Fill in what differs."
        ),
        **given,
    )
    if begun.entered:
        text += gettext(N_(" %(count)d of them are entered already and left out."), count=begun.entered)
    return text
