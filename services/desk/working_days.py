"""The office's working-day calendar: the published years, and those that the office entered by hand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pymongo.client_session import ClientSession

from documents.desk.audit_entry import Change
from documents.desk.calendar_year import CalendarYear, StoredCalendarYear
from documents.records.fields import stored_day
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused, Stale
from rules.words import N_
from rules.working_days import STANDARD, OfficeCalendar
from schema.definitions.configuration import of_entry
from schema.definitions.configured import WorkingYear
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

COLLECTION = "calendar_years"
_SATURDAY = 5
_YEAR = re.compile(r"(19|20|21)\d\d")
MOST_SOURCE = 100  # signs
NO_YEAR = N_("“%(name)s” is no year.")
LONG_SOURCE = N_("What a calendar is according to stands in one line of at most %(most)d characters.")


@dataclass(frozen=True)
class StoredYear:
    """A year as the office entered it: days off, worked Saturdays and Sundays, and the paper that says so."""

    year: int
    holidays: tuple[date, ...]
    workdays: tuple[date, ...]
    source: str = ""
    version: int = 0


def stored_years() -> dict[int, StoredYear]:
    """Return the years that the office entered."""
    with reachable():
        return {raw["_id"]: _of_stored(raw) for raw in CalendarYear.read_all()}


def _of_stored(raw: StoredCalendarYear) -> StoredYear:
    holidays = tuple(day.date() for day in raw.get("holidays") or ())
    workdays = tuple(day.date() for day in raw.get("workdays") or ())
    return StoredYear(raw["_id"], holidays, workdays, raw.get("source") or "", raw["version"])


def office_calendar() -> OfficeCalendar:
    """Return the calendar that every period of the office is counted by: one command."""
    return calendar_of(stored_years())


def calendar_of(years: Mapping[int, StoredYear]) -> OfficeCalendar:
    """Return the calendar with these years entered by the office."""
    off = {day: False for year in years.values() for day in year.holidays}
    worked = {day: True for year in years.values() for day in year.workdays}
    return OfficeCalendar({**off, **worked}, frozenset(years))


def published(year: int) -> StoredYear | None:
    """Return a year as it is published: the weekdays that are off, the week-ends that are worked; None if it is not."""
    if not STANDARD.knows(year):
        return None
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    of_year = [day for day in days if day.year == year]
    return StoredYear(
        year,
        tuple(day for day in of_year if day.weekday() < _SATURDAY and not STANDARD.is_working(day)),
        tuple(day for day in of_year if day.weekday() >= _SATURDAY and STANDARD.is_working(day)),
    )


def refusals_of_year(year: int, holidays: Sequence[date], workdays: Sequence[date]) -> tuple[Refusal, ...]:
    """Return why these days are no calendar of the year."""
    refusals = []
    for field, days in (("holidays", holidays), ("workdays", workdays)):
        for day in days:
            if day.year != year:
                params = {"day": day.isoformat(), "year": year}
                refusals.append(Refusal(N_("%(day)s is not in %(year)s."), params, field))
    if not holidays:
        refusals.append(Refusal(N_("Enter the days off of the whole year."), field="holidays"))
    for day in workdays:
        if day in set(holidays):
            refusals.append(
                Refusal(N_("%(day)s stands in both lists."), {"day": day.isoformat()}, "workdays")
            )
        elif day.weekday() < _SATURDAY:
            sentence = N_("%(day)s is worked anyway: only Saturdays and Sundays are made up.")
            refusals.append(Refusal(sentence, {"day": day.isoformat()}, "workdays"))
    return tuple(refusals)


def save_year(
    year: int, holidays: Sequence[date], workdays: Sequence[date], source: str, *,
    version: int, actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Keep a year of the office's own calendar; `version` 0 for a year not entered yet.

    Raises Refused, Stale, NotAllowed.
    """
    actor.demand(Permission.MANAGE_OFFICE)
    refusals = refusals_of_year(year, holidays, workdays)
    if refusals:
        raise Refused.because(refusals)
    after = StoredYear(year, tuple(sorted(set(holidays))), tuple(sorted(set(workdays))), source)

    def work(uow: UnitOfWork) -> None:
        before = _read(year, uow)
        if (before.version if before else 0) != version:
            raise Stale()
        _put(uow, before, after)

    in_one_transaction(work, actor=actor, now=now)


def years_configured(session: ClientSession | None = None) -> dict[str, WorkingYear]:
    """Return the years that the office entered, as a configuration's file has them."""
    years = sorted(map(_of_stored, CalendarYear.read_all(session)), key=lambda one: one.year)
    return {str(one.year): WorkingYear(one.holidays, one.workdays, one.source) for one in years}


def put_years(uow: UnitOfWork, years: Mapping[str, WorkingYear]) -> None:
    """Write those of these years that differ or are new, as a configuration's file has them. Raises Refused."""
    for name, given in years.items():
        if not _YEAR.fullmatch(name):
            raise Refused(NO_YEAR, name=name[:20])
        year, source = int(name), given.source.strip()
        refusals = refusals_of_year(year, given.holidays, given.workdays)
        if len(source) > MOST_SOURCE or source != " ".join(source.split()):
            refusals = (*refusals, Refusal(LONG_SOURCE, {"most": MOST_SOURCE}))
        if refusals:
            raise Refused(*of_entry(name, refusals))
        off, worked = (tuple(sorted(set(each))) for each in (given.holidays, given.workdays))
        _put(uow, _read(year, uow), StoredYear(year, off, worked, source))


def _put(uow: UnitOfWork, before: StoredYear | None, after: StoredYear) -> None:
    changes = _changes(before, after)
    if not changes:
        return
    fields = {
        "holidays": [stored_day(day) for day in after.holidays],
        "workdays": [stored_day(day) for day in after.workdays],
        "source": after.source,
    }
    held = {"_id": after.year, "version": before.version} if before else None
    uow.save(CalendarYear, held, {"_id": after.year, **fields})
    uow.record("changed" if before else "created", COLLECTION, after.year, str(after.year), changes=changes)


def drop_year(year: int, *, version: int, actor: Actor, now: datetime) -> None:
    """Take the office's own year away: the published one, if there is one, counts again. Raises Missing, Stale."""
    actor.demand(Permission.MANAGE_OFFICE)

    def work(uow: UnitOfWork) -> None:
        before = _read(year, uow)
        if before is None:
            raise Missing()
        if before.version != version:
            raise Stale()
        CalendarYear.drop(year, version, uow.session)
        uow.record("deleted", COLLECTION, year, str(year), changes=_changes(before, None))

    in_one_transaction(work, actor=actor, now=now)


def _read(year: int, uow: UnitOfWork) -> StoredYear | None:
    raw = CalendarYear.find(year, uow.session)
    return _of_stored(raw) if raw else None


def _changes(before: StoredYear | None, after: StoredYear | None) -> list[Change]:
    old, new = (_flat(year) if year else {} for year in (before, after))
    return [Change(key, old.get(key), new.get(key)) for key in old | new if old.get(key) != new.get(key)]


def _flat(year: StoredYear) -> dict[str, Any]:
    words = {
        key: "、".join(day.isoformat() for day in getattr(year, key)) for key in ("holidays", "workdays")
    }
    return {key: value or None for key, value in {**words, "source": year.source}.items()}
