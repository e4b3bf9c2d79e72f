"""The rows with which a week's entries begin: those of the last week that has any, moved on to the same days.

What is entered for a week at a time, and for what, its declaration says (`Collection.by_week_of`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId

from documents.kinds import RECORDS
from documents.records.fields import stored_day
from documents.records.office_state import read_office_state
from documents.server.connection import reachable
from office.excel.cells import show
from rules.access import Actor, Permission
from schema.collection import Collection
from schema.field import Field, Kind
from schema.values import day_of
from services.desk.working_days import office_calendar
from services.records.recent import last_entered_by

MOST_ROWS = 200
_DAYS = 7
_LONG_AGO = date(1900, 1, 1)
Raw = Mapping[str, Any]


@dataclass(frozen=True)
class BegunWeek:
    """The rows of one week of one place, cells as texts in the order of the `columns`.

    `taken_from` is the Monday of the week that they are like, None where nothing was ever entered; `entered` of that
    week's rows are left out, since this week has their like already. `first_blank` is the column that is to be filled.
    """

    place: ObjectId
    name: str
    monday: date
    rows: tuple[tuple[str, ...], ...]
    taken_from: date | None
    entered: int
    first_blank: str


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def usual_place(declaration: Collection, *, actor: Actor) -> tuple[ObjectId, str] | None:
    """Return id and name of the place of what the actor entered last by hand, in scope. Raises Unavailable."""
    last = last_entered_by(actor, declaration.name)
    field = declaration.by_key[declaration.by_week_of]
    with reachable():
        found = RECORDS[declaration.name].by_ids([last] if last else [], actor).as_pymongo().first()
        place = found and RECORDS[field.refers_to].by_ids([found[field.key]], actor).as_pymongo().first()
    return (place["_id"], RECORDS[field.refers_to].label_of(place)) if place else None


def begin_week(
    declaration: Collection, columns: Sequence[Field], place: ObjectId, day: date, *, whole: bool, actor: Actor,
    today: date,
) -> BegunWeek:  # fmt: skip
    """Return the rows with which the entries of a place in the week of `day` begin.

    They have what a new entry takes over from the one before it; `whole`: also what it takes over where a clerk asks
    for it. Raises Missing where the place is not in the actor's scope, NotAllowed, Unavailable.
    """
    actor.demand(Permission.WRITE)
    week = _Week(declaration, columns, place, monday_of(day), whole=whole, actor=actor, today=today)
    with reachable():
        return week.begun()


class _Week:
    def __init__(
        self, declaration: Collection, columns: Sequence[Field], place: ObjectId, monday: date, *, whole: bool,
        actor: Actor, today: date,
    ) -> None:  # fmt: skip
        self._declaration, self._columns, self._monday, self._today = declaration, columns, monday, today
        self._field, self._day = declaration.by_key[declaration.by_week_of], declaration.asked_day
        self._place = RECORDS[self._field.refers_to].read(place, actor)
        self._taken = frozenset(declaration.carried_keys(asked=whole))
        found = RECORDS[declaration.name].objects.visible_to(actor)
        self._records = found.where_raw({self._field.key: place})
        self._state = read_office_state()

    def begun(self) -> BegunWeek:
        before = self._monday - timedelta(days=1)
        keys = {"_id", *(name for column in self._columns for name in (column.key, column.source))}
        order = ((self._day, 1), ("_id", 1))
        last = self._records.between(self._day, _LONG_AGO, before)
        latest = next(iter(last.rows((self._day,), ((self._day, -1),), limit=1)), None)
        monday = monday_of(latest[self._day].date()) if latest else None
        there = self._within(self._monday).rows(keys, order, limit=MOST_ROWS)
        if monday is None:
            made, entered = self._blank_days({day_of(raw.get(self._day)) for raw in there}), 0
        else:
            like = list(self._within(monday).rows(keys, order, limit=MOST_ROWS))
            moved = [self._moved(raw, self._monday - monday) for raw in like]
            made = list(self._without(moved, there))
            entered = len(moved) - len(made)
        rows = tuple(tuple(self._text(column, raw) for column in self._columns) for raw in made)
        return BegunWeek(
            self._place["_id"], RECORDS[self._field.refers_to].label_of(self._place), self._monday, rows, monday,
            entered, self._first_blank(),
        )  # fmt: skip

    def _within(self, monday: date) -> Any:
        return self._records.between(self._day, monday, monday + timedelta(days=_DAYS - 1))

    def _moved(self, raw: Raw, by: timedelta) -> dict[str, Any]:
        """Return what an entry hands on to its like of the new week."""
        fields = (column for column in self._columns if column.key in self._taken)
        names = {name for column in fields for name in (column.key, column.source)}
        values = {name: raw[name] for name in names if raw.get(name) is not None}
        day: datetime = raw[self._day]
        return {**values, self._day: day + by, "status": self._status(raw.get("status"), (day + by).date())}

    def _status(self, held: str | None, day: date) -> str:
        """Return the status of a new entry: never a final one, and none that says of a day to come that it is over."""
        declaration = self._declaration
        if not held or day > self._today:
            return declaration.default_status
        statuses = self._state.statuses.get(declaration.name, {})
        if held in statuses and not statuses[held].final:
            return held
        earlier = [one.code for one in declaration.statuses if not one.final]
        return earlier[-1] if earlier else declaration.default_status

    def _without(self, rows: Iterable[dict[str, Any]], there: Iterable[Raw]) -> Iterator[dict[str, Any]]:
        """Yield the rows that the week has no like of yet: of as many as are there, so many are left out."""
        told = [self._day, *(key for key in self._declaration.identity if key in self._taken)]
        left = Counter(tuple(raw.get(key) for key in told) for raw in there)
        for raw in rows:
            like = tuple(raw.get(key) for key in told)
            if left[like]:
                left[like] -= 1
            else:
                yield raw

    def _blank_days(self, there: set[date | None]) -> list[dict[str, Any]]:
        """Return a row for each working day of the week that has no entry yet."""
        calendar = office_calendar()
        days = (self._monday + timedelta(days=ahead) for ahead in range(_DAYS))
        given = {self._field.key: self._place["_id"], self._field.source: self._place.get("name", "")}
        return [
            {**given, self._day: stored_day(day), "status": self._declaration.default_status}
            for day in days
            if calendar.is_working(day) and day not in there
        ]

    def _text(self, column: Field, raw: Raw) -> str:
        value = raw.get(column.source)
        if column.kind is Kind.STATUS:
            return self._state.status_labels(self._declaration.name).get(str(value), "")
        if isinstance(value, datetime) and column.kind is Kind.DATE:
            value = value.date()
        return show(column, value)

    def _first_blank(self) -> str:
        return next((one.key for one in self._columns if one.key not in self._taken), self._columns[0].key)
