"""What one request knows: the office's state, read once, and the words for it in the clerk's language."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import get_locale

from documents.records.office_state import OfficeState, read_office_state
from documents.records.record import RecordQuerySet
from services.shared.office_day import office_today

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


def office_state(besides: Iterable[RecordQuerySet] = ()) -> OfficeState:
    """Return counters, counties and statuses, read in one command at the first call of a request.

    That call may ask for the names of a few records `besides`.
    """
    if "office_state" not in g:
        g.office_state = read_office_state(besides)
    return g.office_state


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


def in_chinese() -> bool:
    """Tell whether the page is shown in Chinese."""
    locale = get_locale()
    return locale is None or locale.language == "zh"
