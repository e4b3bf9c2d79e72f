"""Everything that happened to a base, in order: terms, steps, papers, objections, reports, changes, decisions, edits.

Each source is read once and turned into events by a function of its own; nothing here is written. Who objected is
never told; what only the city bureau may read is left out for the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bson import ObjectId

from documents.server.connection import reachable
from documents.timeline.history import base_history
from rules.access import Actor
from services.desk.trail import seen_by_role
from services.timeline.event import Event, ReadableFiles
from services.timeline.event_sources import (
    application_events,
    change_events,
    decision_events,
    objection_events,
    paper_events,
    record_events,
    report_events,
    title_events,
    upward_events,
)
from services.timeline.snapshot import read_base_ever


@dataclass(frozen=True)
class BaseHistory:
    """A base (`deleted`: it lies in the recycle bin) and its events, the latest first."""

    base: dict[str, Any]
    deleted: bool
    events: tuple[Event, ...]
    sources: Mapping[str, list[dict[str, Any]]]


def history_of(base_id: ObjectId, *, actor: Actor, today: date) -> BaseHistory:
    """Return a base with everything that happened to it, as far as the actor may read. Raises Missing."""
    base, deleted = read_base_ever(base_id, actor)
    with reachable():
        stored = base_history(base_id)
    stored["audit_entries"] = list(seen_by_role(stored["audit_entries"], actor))
    if actor.county is not None:  # a notice is nobody's to read before its first day
        stored["notices"] = [notice for notice in stored["notices"] if notice["first_day"].date() <= today]
    files = ReadableFiles(stored["attachments"], actor)
    events = [
        *title_events(base, stored["notices"], today),
        *application_events(stored["applications"], files, actor),
        *paper_events(stored["notices"]),
        *objection_events(stored["objections"], files, actor),
        *report_events(stored["annual_reports"], files),
        *change_events(stored["change_filings"], files),
        *decision_events(stored["decisions"], files),
        *upward_events(stored["upward_recommendations"], files),
        *record_events(stored["audit_entries"], files, base_id),
    ]
    ordered = sorted(events, key=lambda event: event.order, reverse=True)
    return BaseHistory(base, deleted, tuple(ordered), stored)
