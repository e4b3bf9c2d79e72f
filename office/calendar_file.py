"""Tasks as a calendar file (RFC 5545) that calendar programs subscribe to: all-day events, folded and escaped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

_PRODUCT = "-//Liaocheng base administration//Tasks//ZH"
_REFRESH = timedelta(hours=6)


@dataclass(frozen=True)
class DayEvent:
    """One all-day event. `uid` stays the same as long as it is the same event; `url` leads to it."""

    uid: str
    day: date
    title: str
    text: str = ""
    url: str = ""


def write_calendar(name: str, events: Iterable[DayEvent], *, stamp: datetime) -> bytes:
    """Return a calendar of these events; `stamp` is the moment at which it is made."""
    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT6H")
    for one in events:
        made.add_component(_event(one, stamp))
    return bytes(made.to_ical())


def _event(one: DayEvent, stamp: datetime) -> Event:
    made = Event()
    made.add("uid", one.uid)
    made.add("dtstamp", stamp)
    made.add("dtstart", one.day)
    made.add("dtend", one.day + timedelta(days=1))  # the end is not included
    made.add("summary", one.title)
    if one.text:
        made.add("description", one.text)
    if one.url:
        made.add("url", one.url)
    made.add("transp", "TRANSPARENT")  # a task does not make anybody busy
    return made
