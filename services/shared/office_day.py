"""The office's day of a moment: days are dates in Asia/Shanghai, moments are stored in UTC."""

from datetime import UTC, date, datetime

from office.excel.cell_dates import OFFICE_TIME


def office_today() -> date:
    """Return the office's day of this moment."""
    return office_day(datetime.now(UTC))


def office_clock(moment: datetime) -> datetime:
    """Return a moment as the office's clock has it."""
    return moment.astimezone(OFFICE_TIME)


def office_day(moment: datetime) -> date:
    """Return the day that a moment falls on in the office; a naive one is in UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(OFFICE_TIME).date()


def office_moment(moment: datetime | None) -> str:
    """Return a moment as sentences write it, in the office's time, "" for none; a naive one is in UTC."""
    if moment is None:
        return ""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"{aware.astimezone(OFFICE_TIME):%Y-%m-%d %H:%M}"


def day_of(stored: datetime | None) -> date | None:
    """Return a stored day (00:00 UTC of it, or naive) as a day; None for none."""
    return stored.date() if stored else None
