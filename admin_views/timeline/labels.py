"""Events of a timeline in words: where each leads, which files stand with it, what was changed."""

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from flask import current_app, url_for

from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of, shown_entry
from admin_views.shared.request_context import OFFICE_ZONE
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import FieldChange, Link
from admin_views.timeline.view_models import EventLine, EventYear
from documents.timeline.history import FileRow
from forms.sentences import sentence
from rules.access import Permission
from services.timeline.event import Event, EventKind

_Arguments = Callable[[str], Mapping[str, Any]]


def _report(key: str) -> Mapping[str, Any]:
    base, _, year = key.partition("-")
    return {"base": base, "year": year}


_ID: _Arguments = lambda key: {"id": key}  # noqa: E731 - a name for what most places ask
_READ, _DECIDE = Permission.READ, Permission.DECIDE_APPLICATIONS
_TARGETS: Mapping[str, tuple[str, Permission, _Arguments]] = {
    "application": ("applications.details_view", _READ, _ID),
    "notice": ("publication.notice", _READ, _ID),
    "objection": ("publication.objection", _DECIDE, _ID),
    "report": ("annual_reports.show", _READ, _report),
    "filing": ("change_filings.show", _READ, _ID),
    "case": ("revocation.case", _READ, _ID),
    "upward": ("upward.show", _READ, _ID),
}
_FILES: Mapping[str, str] = {
    "bases": "bases.file_view", "applications": "applications.file", "objections": "publication.evidence",
    "annual_reports": "annual_reports.file", "change_filings": "change_filings.file", "decisions": "revocation.file",
    "upward_recommendations": "upward.file",
}  # fmt: skip
MOST_FILES = 12  # with one event; the record's own page shows them all


def target_url(target: tuple[str, str]) -> str:
    """Return the address that an event leads to; "" where there is none for this clerk."""
    kind, key = target
    if kind not in _TARGETS:
        return ""
    endpoint, permission, arguments = _TARGETS[kind]
    if endpoint not in current_app.view_functions or not current_actor().may(permission):
        return ""
    return url_for(endpoint, **arguments(key))


def file_link(file: FileRow) -> Link:
    """Return a file as a link that sends it; only its name where its page is not there."""
    endpoint = _FILES[file.collection]
    is_there = endpoint in current_app.view_functions
    return Link(file.name, url_for(endpoint, file=file.id) if is_there else "")


def what_of(event: Event) -> str:
    """Return what an event was, in words."""
    if event.entry is not None:
        return shown_entry(event.entry).action
    return sentence(event.what)


def changes_of(event: Event) -> tuple[FieldChange, ...]:
    """Return what an edit changed, field by field; a new record's own page tells what it began with."""
    if event.entry is None or event.entry["action"] == "created":
        return ()
    return shown_entry(event.entry).changes


def event_line(event: Event) -> EventLine:
    """Return one event as the page shows it."""
    hour = f"{event.at.astimezone(OFFICE_ZONE):%H:%M}" if event.at else ""
    return EventLine(
        day=event.day.isoformat(),
        hour=hour,
        kind=gettext(event.kind.label),
        what=what_of(event),
        url=target_url(event.target),
        who=name_of(event.who) if event.who else "",
        details=" · ".join(sentence(item) for item in event.details),
        text=event.text,
        changes=changes_of(event),
        files=tuple(file_link(item) for item in event.files[:MOST_FILES]),
    )


def event_years(events: Iterable[Event]) -> tuple[EventYear, ...]:
    """Return events, the latest first, by year."""
    return tuple(
        EventYear(str(year), tuple(event_line(event) for event in of_year))
        for year, of_year in groupby(events, key=lambda event: event.day.year)
    )


def counts_by_kind(events: Iterable[Event]) -> dict[EventKind, int]:
    """Return how many events there are of each kind that has any, in the order of the kinds."""
    counts = dict.fromkeys(EventKind, 0)
    for event in events:
        counts[event.kind] += 1
    return {kind: count for kind, count in counts.items() if count}
