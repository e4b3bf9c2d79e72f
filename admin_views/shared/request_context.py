"""What one request knows: the office's state, read once, the moment, and the version that its form was read at."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from bson import ObjectId
from flask import g, request
from flask_babel import get_locale

from documents.records.office_state import OfficeState, read_office_state, with_names
from documents.records.record import RecordQuerySet
from rules.errors import Missing, Refused, Stale
from services.shared.office_day import office_today

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")

_MOST_CONFIRMED = 100


def office_state(besides: Iterable[RecordQuerySet] = ()) -> OfficeState:
    """Return counters, counties and statuses, as they came with the session, or read in one command at the first call.

    That call may ask for the names of a few records `besides`.
    """
    if "office_state" not in g:
        state = g.pop("state_of_session", None)
        g.office_state = read_office_state(besides) if state is None else with_names(state, besides)
    return cast("OfficeState", g.office_state)


def take_office_state(state: OfficeState | None) -> None:
    """Let this request know the office's state as it came with the session."""
    g.state_of_session = state


def parse_object_id(text: str | None) -> ObjectId:
    """Return an id that an address or a form names. Raises Missing for anything else."""
    if not text or not ObjectId.is_valid(text):
        raise Missing()
    return ObjectId(text)


def asked_id(name: str = "id") -> ObjectId:
    """Return an id of the address. Raises Missing for what is none."""
    return parse_object_id(request.args.get(name))


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the office's day."""
    return office_today()


def shown_moment(moment: datetime | None) -> str:
    """Return a stored moment as the office writes it: 2026-11-23 09:30."""
    if moment is None:
        return ""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"{aware.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"


def typed_version() -> int:
    """Return the version that the form was read at; 0, which no record has, where it was not sent."""
    return request.form.get("version", type=int) or 0


def confirmed() -> frozenset[str]:
    """Return the tokens of the warnings that the form was sent in spite of."""
    return frozenset(request.form.getlist("confirmed")[:_MOST_CONFIRMED])


def confirmed_tokens() -> frozenset[str]:
    """Return the same where the address names them."""
    return frozenset(request.args.getlist("confirm")[:_MOST_CONFIRMED])


def typed_versions(*names: str) -> tuple[int, ...]:
    """Return the versions that the form was read at of several records, by the names of its fields; 0 for none sent."""
    return tuple(request.form.get(name, type=int) or 0 for name in names)


def after_refusal(problem: Refused | Stale, stored_version: Callable[[], int]) -> tuple[int, int]:
    """Return the version and the status of a form that is shown again.

    A form that was refused keeps the version that it was read at, so that what another one saves meanwhile is not
    overwritten; after Stale, when the page has told of it, the stored version counts.
    """
    if isinstance(problem, Stale):
        return stored_version(), 409
    return typed_version(), 422


def in_chinese() -> bool:
    """Tell whether the page is shown in Chinese."""
    locale = get_locale()
    return locale is None or locale.language == "zh"
