"""The audit trail as a clerk reads it: what was done, by whom, field by field."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from flask import url_for

from admin_views.shared.cells import shown_change, shown_rows_change
from admin_views.shared.guard import current_actor
from admin_views.shared.history_labels import ACTIONS, LABELS_OF, OTHER_LABELS, PAGES, SUBJECTS
from admin_views.shared.request_context import office_state, shown_moment
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import FieldChange, HistoryEntry, Text
from documents.kinds import RECORDS
from forms.configuration import change_label
from rules.access import SYSTEM, Permission, Role
from rules.applications import Verb
from rules.requests.origin import COMMAND_LINE, device_of
from rules.words import N_
from schema.field import Field, Kind
from schema.registry import REGISTRY
from services.batches.effects import MADE
from services.desk import trail as audit_trail
from services.jobs.kinds import KINDS
from services.jobs.queue import COLLECTION as JOBS

_MOST_CHANGES = 40
_LONGEST_DEVICE = 40  # characters
_JOB_LABELS = {kind.name: kind.label for kind in KINDS}  # the trail has the one or the other
# Acts whose note says more: the file's name, the reason of a correction, the moment of the version, what was said.
_WITH_NOTE = ("file", "title-", "version-", "api-token-", "comment-")
_DIGEST = re.compile(r" sha256:([0-9a-f]{12})[0-9a-f]*")  # of a file; its beginning tells one from another
_ROLES = frozenset({"unseen_by", "unchanged_by"})  # of an own field: the roles from which it is kept
# What the experts found is the city's alone.
_CITYS_FIELDS = frozenset({"experts", "average"})
_CITYS_ACTIONS = frozenset(
    {f"application-{verb.value}" for verb in (Verb.CONCLUDE, Verb.SELECT, Verb.RECONSIDER)}
)


def history_entries(
    collection: str, record_id: Any, *, most: int, version_url: str = ""
) -> tuple[HistoryEntry, ...]:
    """Return the latest entries of one record; the caller has checked the record's scope.

    Each but the latest leads to the version that it left, at `version_url` with its number.
    """
    return shown_history(audit_trail.history(collection, record_id, current_actor(), most=most), version_url)


def shown_history(entries: Sequence[Mapping[str, Any]], version_url: str = "") -> tuple[HistoryEntry, ...]:
    """Return the latest entries of one record as they were read."""
    is_save = [bool(entry.get("changes")) or entry["action"] in MADE for entry in entries]
    return tuple(
        replace(shown_entry(entry), version_url=f"{version_url}{entry['_id']}")
        if version_url and saves and any(is_save[:number])
        else shown_entry(entry)
        for number, (entry, saves) in enumerate(zip(entries, is_save, strict=True))
    )


def shown_entries(
    entries: Iterable[Mapping[str, Any]], *, with_subject: bool = True
) -> tuple[HistoryEntry, ...]:
    """Return entries of many records."""
    return tuple(shown_entry(entry, with_subject=with_subject) for entry in entries)


def shown_entry(entry: Mapping[str, Any], *, with_subject: bool = False) -> HistoryEntry:
    """Return one entry in words."""
    names = office_state().county_names
    collection = entry.get("collection", "")
    action = gettext(ACTIONS.get(entry["action"], entry["action"]))
    note = _DIGEST.sub(r" SHA-256 \1", entry.get("note") or "")
    # Among many records a new one is named, not spelled out: its own page does that.
    brief = with_subject and entry["action"] == "created"
    return HistoryEntry(
        when=shown_moment(entry["at"]),
        who=name_of(entry.get("actor_name")),
        action=f"{action} {note}" if note and entry["action"].startswith(_WITH_NOTE) else action,
        changes=() if brief else tuple(_change(one, collection) for one in _in_sight(entry)[:_MOST_CHANGES]),
        subject=_subject(entry, collection) if with_subject else "",
        subject_url=_address(entry) if with_subject else "",
        county="、".join(names.get(code, code) for code in entry.get("counties", ())) if with_subject else "",
        **_origin(entry, with_subject=with_subject),
    )


def _subject(entry: Mapping[str, Any], collection: str) -> str:
    """Return the name of what an act was done to, of its kind for none; a job's is in the reader's language."""
    label = entry.get("label") or ""
    if collection == JOBS:
        return gettext(_JOB_LABELS.get(label, label))
    if label:
        return str(label)
    kind = REGISTRY.get(collection)
    return gettext(SUBJECTS.get(collection) or (kind.label if kind else ""))


def _origin(entry: Mapping[str, Any], *, with_subject: bool) -> dict[str, str]:
    """Return from where an act came, which the trail's own page alone tells."""
    if not with_subject:
        return {}
    told = {key: entry.get(key) or "" for key in ("address", "agent", "request_id")}
    return told | {"device": device_named(told["agent"])}


def device_named(agent: str) -> str:
    """Return a browser in the trail in two words; the command line as such, anything else by its own name."""
    if agent.startswith(COMMAND_LINE):
        return gettext(N_("Command line"))
    return device_of(agent) or agent[:_LONGEST_DEVICE]


def _in_sight(entry: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the changes that the clerk may read: of an expert review a county reads nothing."""
    changes: Sequence[Mapping[str, Any]] = entry.get("changes", ())
    if entry.get("collection") != "applications" or current_actor().county is None:
        return changes
    silent = _CITYS_FIELDS | ({"opinion"} if entry["action"] in _CITYS_ACTIONS else set())
    return [one for one in changes if one["field"] not in silent]


def name_of(actor_name: Any) -> str:
    """Return the name of who acted; the program itself has one in every language."""
    return gettext(N_("System")) if actor_name == SYSTEM.name else str(actor_name or "")


def shown_changes(changes: Iterable[Mapping[str, Any]], collection: str) -> tuple[FieldChange, ...]:
    """Return the changes of an act in words, no more than a page can show."""
    seen = audit_trail.changes_seen_by(current_actor(), collection, changes)
    return tuple(_change(one, collection) for one in seen[:_MOST_CHANGES])


def _change(change: Mapping[str, Any], collection: str) -> FieldChange:
    key = change["field"]
    column = _column(collection, key)
    label = (
        gettext(column.label)
        if column
        else change_label(collection, key)
        or gettext(LABELS_OF.get(collection, {}).get(key) or OTHER_LABELS.get(key, key))
    )
    if column is not None and column.kind is Kind.ROWS:
        return FieldChange(label, *shown_rows_change(column, change["old"], change["new"]))
    show = partial(_plain, key) if column is None else partial(_cell, column, collection)
    return FieldChange(label, show(change["old"]), show(change["new"]))


def _cell(column: Field, collection: str, value: Any) -> Text:
    return shown_change(column, value, office_state(), collection)


def _plain(key: str, value: Any) -> Text:
    """Return a value that no column of a sheet describes: a user's role or county, a yes or no."""
    if isinstance(value, datetime):  # a day, as it is stored
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool):
        return gettext(N_("Yes")) if value else gettext(N_("No"))
    if key == "role" and value:
        return gettext(Role(value).label)
    if key in _ROLES and value:
        return "、".join(gettext(Role(code).label) for code in str(value).split("、"))
    if key == "county":
        value = office_state().county_names.get(value, value)
    return shown_change(None, value, office_state(), "")


def _column(collection: str, key: str) -> Field | None:
    """Return the declared field whose value, or whose copied name, stands under a key."""
    declaration = REGISTRY.get(collection)
    if declaration is None or not declaration.listed:
        return None
    everything = (*declaration.fields, *declaration.hidden)
    return next((field for field in everything if key in (field.key, field.source)), None)


def _address(entry: Mapping[str, Any]) -> str:
    collection = entry.get("collection", "")
    actor = current_actor()
    if entry["action"] == "imported":
        return url_for("imports.result", batch=entry["record_id"]) if actor.may(Permission.IMPORT) else ""
    hidden = actor.county is not None and actor.county not in entry.get("counties", ())
    if hidden or entry["action"] == "deleted" or entry.get("record_id") is None:
        return ""
    if collection in PAGES:
        endpoint, argument = PAGES[collection]
        return url_for(endpoint, **{argument: entry["record_id"]})
    return url_for(f"{collection}.details_view", id=entry["record_id"]) if collection in RECORDS else ""
