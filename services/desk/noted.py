"""Let the audit trail tell of what changes no record: failed sign-ins, denials, exports, files read, views saved.

What anyone can do over and over is bounded: of the same thing within a quarter of an hour the 1st, 10th, 100th, …
leaves an entry that says how many there were, and of different things no more than so many of one doer, and of all.
A read is not refused because it cannot be told of just now: the program's log says what the trail misses.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId
from pymongo.errors import PyMongoError

from documents.desk.audit_entry import Change
from documents.desk.audit_window import AuditWindow
from documents.desk.user import SignedIn, name_key
from documents.server.connection import reachable
from rules.access import Actor, Role
from rules.errors import Problem
from rules.requests.origin import Origin, one_line
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_log = structlog.get_logger()
_WINDOW = timedelta(minutes=15)
_MOST_OF_ONE = 20  # entries of different things by one doer in a window
_MOST_OF_ALL = 200  # entries of failed sign-ins in a window, whoever tried
_LABEL = 200  # characters
_NAME = 40


def note_failed_sign_in(name: str, *, origin: Origin, now: datetime) -> None:
    """Tell of a sign-in that failed, with the name that was tried, and how often within the window."""
    tried = one_line(name, _NAME).strip()
    limits = ((f"sign-in address {origin.address}", _MOST_OF_ONE), ("sign-in", _MOST_OF_ALL))
    nobody = Actor("", "", Role.READER, None, origin)

    def note() -> None:
        count = _count_worth_telling(f"sign-in {name_key(tried)} {origin.address}", now, limits)
        if count:
            _record("sign-in-failed", "users", None, tried, actor=nobody, now=now, changes=_tries(count))

    _told("sign-in-failed", tried, note)


def note_refused_password(signed_in: SignedIn, *, now: datetime) -> None:
    """Tell that who is signed in gave a wrong present password."""

    def note() -> None:
        count = _count_worth_telling(f"password {signed_in.user_id}", now)
        if count:
            _record(
                "password-refused", "users", signed_in.user_id, signed_in.name, actor=signed_in.actor, now=now,
                changes=_tries(count),
            )  # fmt: skip

    _told("password-refused", signed_in.name, note)


def note_denial(actor: Actor, what: str, code: int, *, now: datetime) -> None:
    """Tell that who is signed in was refused a route (`what`: method and path) with 403 or 404."""
    label = one_line(what, _LABEL)

    def note() -> None:
        count = _count_worth_telling(
            f"denied {actor.id} {code} {label}", now, ((f"denied {actor.id}", _MOST_OF_ONE),)
        )
        if count:
            changes = [Change("code", None, code), *_tries(count)]
            _record("denied", "", None, label, actor=actor, now=now, changes=changes)

    _told("denied", label, note)


def note_export(actor: Actor, *, title: str, filters: str, rows: int | None, now: datetime) -> None:
    """Tell that a list was exported: its title, what it was filtered by in plain words, and how many rows it had."""
    given = {"filter": one_line(filters, _LABEL), "rows": rows}
    changes = [Change(key, None, value) for key, value in given.items() if value not in ("", None)]
    counties = [actor.county] if actor.county else []
    _told(
        "exported", title,
        lambda: _record(
            "exported", "", None, one_line(title, _LABEL), actor=actor, now=now, changes=changes, counties=counties
        ),
    )  # fmt: skip


def note_walk(actor: Actor, *, title: str, filters: str, now: datetime) -> None:
    """Tell that a program reads a list beyond its first page: the 1st, 10th, 100th, … page within the window."""

    def note() -> None:
        # A page that a crash forgets to count is no harm: each walk counts anew.
        count = AuditWindow.count_one(f"walk {actor.id} {title} {filters}", now, _WINDOW, durable=False)
        if not _is_round(count):
            return
        given = {"filter": one_line(filters, _LABEL), "pages": count + 1}
        changes = [Change(key, None, value) for key, value in given.items() if value]
        counties = [actor.county] if actor.county else []
        _record(
            "exported",
            "",
            None,
            one_line(title, _LABEL),
            actor=actor,
            now=now,
            changes=changes,
            counties=counties,
        )

    _told("exported", title, note)


def note_file_read(
    actor: Actor, name: str, *, now: datetime, collection: str = "", record_id: ObjectId | None = None,
    label: str = "", counties: Sequence[str] = (),
) -> None:  # fmt: skip
    """Tell that a file, or a paper made on the spot (then of no record), was read or downloaded."""
    _told(
        "file-read", name,
        lambda: _record(
            "file-read", collection, record_id, one_line(label or name, _LABEL), actor=actor, now=now,
            counties=counties, note=one_line(name, _LABEL),
        ),
    )  # fmt: skip


def note_personal_shown(
    actor: Actor, collection: str, record_id: ObjectId, label: str, fields: Sequence[str], *, now: datetime,
    counties: Sequence[str] = (),
) -> None:  # fmt: skip
    """Tell that somebody asked for the whole of what a record's page hides: the labels of the fields."""
    _told(
        "personal-shown", label,
        lambda: _record(
            "personal-shown", collection, record_id, one_line(label, _LABEL), actor=actor, now=now,
            counties=counties, note=one_line("、".join(fields), _LABEL),
        ),
    )  # fmt: skip


def note_view(signed_in: SignedIn, action: str, collection: str, name: str, *, now: datetime) -> None:
    """Tell that a view of a list was saved or deleted; `action` says which."""
    _told(
        action, name,
        lambda: _record(action, collection, None, one_line(name, _LABEL), actor=signed_in.actor, now=now),
    )  # fmt: skip


def _tries(count: int) -> list[Change]:
    return [Change("tries", None, count)] if count > 1 else []


def _count_worth_telling(key: str, now: datetime, limits: Sequence[tuple[str, int]] = ()) -> int:
    """Count one more of the same, and return how many there were when that is to be told; else 0.

    Something new counts against each of the `limits` as well; beyond one only its 10th, 100th, … is told.
    """
    count = AuditWindow.count_one(key, now, _WINDOW)
    if not _is_round(count):
        return 0
    if count == 1:
        for other, most in limits:
            number = AuditWindow.count_one(other, now, _WINDOW)
            if number > most:
                return number if _is_round(number) else 0
    return count


def _is_round(count: int) -> bool:
    return count == 10 ** (len(str(count)) - 1)


def _record(
    action: str, collection: str, record_id: Any, label: str, *, actor: Actor, now: datetime,
    changes: Sequence[Change] = (), counties: Sequence[str] = (), note: str = "",
) -> None:  # fmt: skip
    def work(uow: UnitOfWork) -> None:
        uow.record(action, collection, record_id, label, counties=counties, changes=changes, note=note)

    in_one_transaction(work, actor=actor, now=now)


def _told(action: str, label: str, note: Callable[[], None]) -> None:
    try:
        with reachable():
            note()
    except (Problem, PyMongoError) as problem:
        _log.error("the trail misses an entry", action=action, label=label, cause=str(problem))
