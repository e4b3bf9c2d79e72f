"""Let the audit trail tell of what was sent and of what was refused, whatever route did it.

Every download that a signed-in user gets is told of in one place: the view may say more exactly what it was
(`tell_export`, `tell_file`), and what says nothing is told by its file name.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.http import parse_options_header

from admin_views.shared.guard import current_actor, current_signed_in, is_public
from admin_views.shared.request_context import now, office_state
from admin_views.shared.translation import gettext
from documents.kinds import FILE_OWNERS
from documents.records.attachment import StoredAttachment
from rules.errors import Unavailable
from rules.requests.origin import masked_path
from rules.words import N_
from services.desk.noted import note_denial, note_export, note_file_read, note_walk
from services.shared.files import told_name

_HOW_SHOWN = frozenset(
    {"page", "sort", "desc", "columns", "size", "format", "limit", "cursor"}
)  # arguments that filter nothing
_IDS = ("id", "file", "base")  # arguments that say what was asked for
_WORDS: Mapping[str, str] = {"search": N_("Search"), "county": N_("County"), "year": N_("Year")}


def init_told(app: Flask) -> None:
    """Tell of every download of an application."""
    app.after_request(_tell_download)


def tell_export(title: str, rows: Any, filters: str | None = None) -> None:
    """Say that the answer is a list: its title, its rows (told where they are a number) and, in words, its filters."""
    words = filters_in_words() if filters is None else filters
    g.told = partial(note_export, title=title, filters=words, rows=rows if isinstance(rows, int) else None)


def tell_walk(title: str) -> None:
    """Tell that the answer is a further page of a list that a program reads as a whole."""
    note_walk(current_actor(), title=title, filters=filters_in_words(), now=now())


def tell_file(entry: StoredAttachment) -> None:
    """Say that the answer is the file of a record."""
    owner = FILE_OWNERS[entry["collection"]]
    raw = owner.read(entry["record_id"], current_actor())
    g.told = partial(
        note_file_read, name=told_name(entry), collection=entry["collection"], record_id=entry["record_id"],
        label=owner.label_of(raw), counties=owner.counties_of(raw),
    )  # fmt: skip


def tell_denial(code: int) -> None:
    """Tell that who is signed in was answered 403 or 404 by a route that there is."""
    if code not in (403, 404) or request.endpoint is None or is_public(request.endpoint):
        return
    try:
        signed_in = current_signed_in()
    except Unavailable:
        return
    if signed_in is None:
        return
    asked = "&".join(f"{key}={request.args[key][:40]}" for key in _IDS if key in request.args)
    path = masked_path(request.path)
    what = f"{request.method} {path}{'?' if asked else ''}{asked}"
    note_denial(signed_in.actor, what, code, now=now())


def _tell_download(response: Response) -> Response:
    kind, options = parse_options_header(response.headers.get("Content-Disposition", ""))
    sent = kind == "attachment" and response.status_code in (200, 206) and request.method != "HEAD"
    if not sent or request.endpoint is None or is_public(request.endpoint):
        return response
    signed_in = current_signed_in()
    if signed_in is not None:
        name = str(options.get("filename", ""))
        note: Callable[..., None] = g.get("told") or partial(note_file_read, name=name)
        note(signed_in.actor, now=now())
    return response


def filters_in_words(*, plain: bool = False) -> str:
    """Return what the present address filters by; `plain`: only as far as there are words for it."""
    names = office_state().county_names
    shown = []
    for key, value in request.args.items(multi=True):
        if value and key not in _HOW_SHOWN and (key in _WORDS or not plain):
            label = gettext(_WORDS[key]) if key in _WORDS else key
            shown.append(f"{label} {names.get(value, value)}")
    return "；".join(shown)
