"""A stored value of one field as a value of another: read as if a clerk had typed what the first one shows."""

from datetime import datetime
from typing import Any

from office.excel.cells import parse, show
from rules.errors import Refused
from rules.words import N_
from schema.field import Field, Kind
from schema.values import Stored, stored

NO_REFERENCE = N_("“%(value)s” is a text: which record it names has to be chosen.")

_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
_DAY = len("2026-11-23")


def converted(old: Field, new: Field, raw: Stored) -> Any:
    """Return what a record's value of `old` is as a value of `new`, as it is stored; None for a blank.

    Raises Refused with the reason where it is none, and for a reference, which no text can name for certain.
    """
    said = said_by(old, raw)
    if new.kind in (Kind.REFERENCE, Kind.REFERENCES) and said not in (None, ""):
        raise Refused(NO_REFERENCE, value=said)
    if old.kind is Kind.MOMENT and new.kind is Kind.DATE and said:
        said = said[:_DAY]  # the office's day of the moment
    return None if said in (None, "") else stored(parse(new, said))


def said_by(field: Field, raw: Stored) -> Any:
    """Return what a field of a stored record says: a number, a day, or a text as it is read; None for a blank."""
    value = raw.get(field.source)
    if value is None or value in ("", []):
        return None
    if field.kind in _NUMBERS:
        return _plain_number(value)
    if field.kind is Kind.DATE and isinstance(value, datetime):
        return value.date().isoformat()
    return show(field, value)


def _plain_number(value: Any) -> str:
    """Return a number without marks between thousands."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
