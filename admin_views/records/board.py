"""Two more views of a list: a board with a column for each status, and a calendar by one of its days."""

import calendar
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.records.core import RecordCore
from admin_views.records.view_models import (
    BoardCard,
    CalendarDay,
    CalendarPage,
    StatusBoardPage,
    StatusColumn,
)
from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import ListQuery
from admin_views.shared.request_context import now, office_state, today, typed_version
from admin_views.shared.requests.undoing import flash_saved
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Link, ListLayout, Option
from documents.records.fields import stored_day
from forms.sentences import sentence, warnings_of
from rules.access import Act
from rules.errors import Missing, NotAllowed, Refused, Stale, Warned
from rules.words import N_
from schema.field import Field, Kind
from services.records import records

_MOST_CARDS = 50  # of one status
_MOST_OF_MONTH = 500
_MOST_OF_DAY = 6
_FIRST_YEAR, _LAST_YEAR = 1950, 2100
_WEEK = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


class BoardRoutes(RecordCore):
    """The board and the calendar of a list."""

    @property
    def days(self) -> tuple[Field, ...]:
        """The days by which a calendar can show the records: those that have an index, of few records any."""
        declaration = self.declaration
        return tuple(
            field
            for field in declaration.fields
            if field.kind is Kind.DATE
            and field.stored
            and field.exported
            and (field.indexed or declaration.few)
        )

    def layouts(self, query: ListQuery, present: str) -> tuple[ListLayout, ...]:
        """Return how the list can be shown, the present filters kept; () where a table is the only way."""
        kept = query.query()
        found = [ListLayout(gettext(N_("Table")), self.records.url + kept, "columns", present == "table")]
        if self.declaration.has_status:
            address = url_for(f"{self.endpoint}.board_view") + kept
            found.append(ListLayout(gettext(N_("Board by status")), address, "status", present == "board"))
        if self.days:
            address = url_for(f"{self.endpoint}.calendar_view") + kept
            found.append(
                ListLayout(gettext(N_("Calendar by day")), address, "calendar", present == "calendar")
            )
        return tuple(found) if len(found) > 1 else ()

    def _may_move(self) -> bool:
        """Tell whether a card may be given another status here: not where that takes more than one choice."""
        return self.may_write() and self.declaration.bulk_status and self.declaration.field("status").editable

    @expose("/board/")
    def board_view(self) -> ResponseReturnValue:
        """Show a column for each status, with the first records of it."""
        if not self.declaration.has_status:
            raise Missing()
        query, words = self.records.query(), office_state().statuses.get(self.collection, {})
        asked = self.records.narrowed(query)
        options = tuple(Option(code, word.label) for code, word in words.items())
        columns = []
        for code, word in words.items():
            found = asked.where_raw({"status": code})
            rows = list(found.rows(self._card_keys(), self.declaration.default_order, limit=_MOST_CARDS + 1))
            cards = tuple(self._card(raw) for raw in rows[:_MOST_CARDS])
            more = self.records.url + query.query(status=[code]) if len(rows) > _MOST_CARDS else ""
            columns.append(StatusColumn(code, word.label, word.colour, cards, more))
        page = StatusBoardPage(
            title=f"{gettext(self.declaration.label)} · {gettext(N_('Board by status'))}",
            columns=tuple(columns), options=options if self._may_move() else (),
            move_url=url_for(f"{self.endpoint}.move_view") + query.query(),
            layouts=self.layouts(query, "board"), narrowed=self.records.in_words(query), crumbs=self.crumbs(),
            first=self._first(query),
        )  # fmt: skip
        return render_template("records/board.html", page=page)

    def _first(self, query: ListQuery) -> Link | None:
        """Return what leads on from a board without a card."""
        if query.narrowed:
            return Link(gettext(N_("Remove all filters")), url_for(f"{self.endpoint}.board_view"))
        if not self.may_write(Act.CREATE):
            return None
        return Link(gettext(N_("New")), url_for(f"{self.endpoint}.create_view"))

    def _card_keys(self) -> tuple[str, ...]:
        return ("version", "county", *self.declaration.name_keys, *self._references)

    @property
    def _references(self) -> tuple[str, ...]:
        return tuple(field.name_key for field in self.declaration.references if field.scopes)

    def _card(self, raw: Mapping[str, Any]) -> BoardCard:
        county = office_state().county_names.get(raw.get("county") or "", "")
        line = " · ".join(
            text for text in (*(raw.get(key) or "" for key in self._references), county) if text
        )
        url = url_for(f"{self.endpoint}.details_view", id=raw["_id"])
        return BoardCard(str(raw["_id"]), raw["version"], self.document.label_of(raw), url, line)

    @expose("/board/move/", methods=("POST",))
    def move_view(self) -> ResponseReturnValue:
        """Give a record another status, as the board has shown it."""
        current_actor().demand(self.declaration.write_permission)
        text, query = request.form.get("id", ""), self.records.query()
        if not self.declaration.has_status or not ObjectId.is_valid(text):
            raise Missing()
        if not self._may_move():
            raise NotAllowed()
        values = {"status": request.form.get("status", "")}
        try:
            saved = records.update(
                self.collection,
                ObjectId(text),
                values,
                version=typed_version(),
                actor=current_actor(),
                now=now(),
                confirmed=(),
            )
        except Warned as problem:  # what there is to think about is asked in the form
            flash(" ".join(warnings_of(problem)[0]), "warning")
            return redirect(url_for(f"{self.endpoint}.edit_view", id=text), 303)
        except (Refused, Stale) as problem:
            flash(" ".join(sentence(reason) for reason in problem.refusals), "error")
        else:
            if saved:
                flash_saved(self.endpoint, ObjectId(text), saved)
        return redirect(url_for(f"{self.endpoint}.board_view") + query.query(), 303)

    @expose("/calendar/")
    def calendar_view(self) -> ResponseReturnValue:
        """Show a month's records by one of their days."""
        days = {field.key: field for field in self.days}
        by = days.get(request.args.get("by", "")) or next(iter(days.values()), None)
        if by is None:
            raise Missing()
        query, first = self.records.query(), _month(request.args.get("month", ""))
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        within = {by.key: {"$gte": stored_day(first), "$lt": stored_day(last + timedelta(days=1))}}
        found = self.records.narrowed(query).where_raw(within)
        keys = (by.key, *self._card_keys())
        rows = list(found.rows(keys, [(by.key, 1), ("_id", 1)], limit=_MOST_OF_MONTH))
        of_day: dict[date, list[Link]] = {}
        for raw in rows:
            link = Link(self.document.label_of(raw), url_for(f"{self.endpoint}.details_view", id=raw["_id"]))
            of_day.setdefault(raw[by.key].date(), []).append(link)
        weeks = tuple(
            tuple(self._day(day, first, by, of_day.get(day, []), query) for day in week)
            for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
        )
        here = url_for(f"{self.endpoint}.calendar_view")
        page = CalendarPage(
            title=f"{gettext(self.declaration.label)} · {gettext(N_('Calendar by day'))}",
            month=f"{first:%Y-%m}", weeks=weeks, heads=tuple(gettext(word) for word in _WEEK),
            url=here, earlier=f"{first - timedelta(days=1):%Y-%m}", later=f"{last + timedelta(days=1):%Y-%m}",
            days=tuple(Option(key, gettext(field.label), field is by) for key, field in days.items()),
            arguments=tuple(pair for pair in query.pairs() if pair[0] not in ("by", "month")),
            total=len(rows), more=len(rows) == _MOST_OF_MONTH,
            layouts=self.layouts(query, "calendar"), narrowed=self.records.in_words(query), crumbs=self.crumbs(),
        )  # fmt: skip
        return render_template("records/calendar.html", page=page)

    def _day(self, day: date, first: date, by: Field, links: list[Link], query: ListQuery) -> CalendarDay:
        more = ""
        if len(links) > _MOST_OF_DAY and by.filter:
            more = f"{self.records.url}?{by.key}_from={day.isoformat()}&{by.key}_to={day.isoformat()}"
        left = len(links) - _MOST_OF_DAY
        return CalendarDay(
            day.isoformat(), day.day, day.month == first.month, day == today(), tuple(links[:_MOST_OF_DAY]),
            max(left, 0), more,
        )  # fmt: skip


def _month(text: str) -> date:
    """Return the first day of a month such as 2026-03; of this one for what is none."""
    try:
        first = datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return today().replace(day=1)
    return first if _FIRST_YEAR <= first.year <= _LAST_YEAR else today().replace(day=1)
