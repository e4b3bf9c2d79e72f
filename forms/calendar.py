"""What is typed of a year's calendar: its days off and the week-ends worked, in any spelling, spans too."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext
from wtforms import Form, TextAreaField

from forms.fields import field_for
from forms.sentences import sentence
from office.excel.cell_dates import day_of
from rules.errors import Refused
from rules.words import N_
from schema.field import Field

_PARTS = re.compile(r"[\s,，、;；。]+")
_TO = re.compile(r"\s*(?:至|到|~|～|—+|–)\s*")
_SHORT = re.compile(r"(?:(\d{1,2})[-./月])?(\d{1,2})[日号]?")
_WEEKDAY = re.compile(r"[（(](?:星期|周)[一二三四五六日天][）)]")
_LONGEST = 40  # days of one span: more is a slip of the keyboard
_MOST_TEXT = 5000


def days_in(text: str, year: int) -> list[date]:
    """Return the days that a text names: 2027-02-06, 2月6日至12日, 1月1日（周五）…; without a year it is `year`.

    Raises Refused with one sentence that quotes what is no day.
    """
    days: list[date] = []
    for part in _PARTS.split(_TO.sub("至", _WEEKDAY.sub("", text))):
        if part:
            days += _span(part, year)
    return sorted(set(days))


def _span(part: str, year: int) -> Iterator[date]:
    ends = part.split("至")
    if len(ends) > 2 or not all(ends):
        raise Refused(N_("“%(value)s” is not a day; write 2027-02-06 or 2月6日至12日."), value=part[:40])
    first = _day(ends[0], year, None)
    last = _day(ends[-1], year, first.month) if len(ends) == 2 else first
    if not 0 <= (last - first).days <= _LONGEST:
        raise Refused(N_("“%(value)s” ends before it begins, or is too long."), value=part[:40])
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _day(text: str, year: int, month: int | None) -> date:
    short = _SHORT.fullmatch(text)
    if short and (short[1] or month):
        try:
            return date(year, int(short[1] or month or 0), int(short[2]))
        except ValueError:
            raise Refused(N_("“%(value)s” is a day that does not exist."), value=text[:40]) from None
    day = None if text.isdigit() and len(text) < 8 else day_of(text)
    if day is None:
        raise Refused(N_("“%(value)s” is not a day; write 2027-02-06 or 2月6日至12日."), value=text[:40])
    return day


def days_text(days: tuple[date, ...]) -> str:
    """Return days as a form shows them: spans of days that follow one another, a line each."""
    spans: list[list[date]] = []
    for day in days:
        if spans and (day - spans[-1][-1]).days == 1:
            spans[-1].append(day)
        else:
            spans.append([day])
    return "\n".join(
        span[0].isoformat() if len(span) == 1 else f"{span[0].isoformat()}至{span[-1].isoformat()}"
        for span in spans
    )


class DaysField(TextAreaField):
    """A list of days."""

    year: int = 0

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the days; what cannot be read is kept as typed."""
        self.typed = valuelist[0][:_MOST_TEXT] if valuelist else ""
        try:
            self.data = tuple(days_in(self.typed, self.year))
        except Refused as problem:
            self.data = ()
            raise ValueError(sentence(problem.refusals[0])) from problem

    def _value(self) -> str:
        typed = getattr(self, "typed", None)
        return typed if typed is not None else days_text(tuple(self.data or ()))


class CalendarForm(Form):
    """One year: days off, week-ends worked, and where that stands written."""

    class Meta:
        """Error messages are ours, already translated."""

        csrf = False
        locales = False

    holidays = DaysField(
        lazy_gettext(N_("Days off")),
        description=lazy_gettext(N_("Whole spans, like 2月6日至12日; week-ends may be among them.")),
        render_kw={"rows": "8"},
    )  # fmt: skip
    workdays = DaysField(
        lazy_gettext(N_("Week-ends that are worked")),
        description=lazy_gettext(N_("The make-up days, one by one.")),
        render_kw={"rows": "4"},
    )
    source = field_for(Field("source", N_("According to"), max_length=100), N_("The notice and its number."))

    @classmethod
    def filled(cls, values: dict[str, Any]) -> "CalendarForm":
        """Return the form with a year's values."""
        return cls(data=values)

    @classmethod
    def typed(cls, given: Any, year: int) -> "CalendarForm":
        """Return the form as it was sent, for a year."""
        form = cls()
        for name in ("holidays", "workdays"):
            form._fields[name].year = year
        form.process(given)
        return form
