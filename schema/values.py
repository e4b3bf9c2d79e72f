"""Values as they are stored: what the database keeps of a day, how a derived value is put, which day follows which."""

from collections.abc import Mapping, MutableMapping
from datetime import UTC, date, datetime, time
from typing import Any

from rules.errors import Refusal
from rules.words import N_

Stored = Mapping[str, Any]
TOO_MANY_REFERRED = N_("At most %(most)d records can be named here; there are %(count)d.")
_PLAIN = frozenset({int, float, bool, type(None)})


def stored(value: Any) -> Any:
    """Return a plain value as it is stored: days as 00:00 UTC, whatever the zone; empty texts and lists as None."""
    kind = type(value)
    if kind is str:  # most values by far
        return value or None
    if kind in _PLAIN:
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time.min, tzinfo=UTC)
    if isinstance(value, dict):
        return {key: stored(item) for key, item in value.items() if item not in (None, "")}
    if isinstance(value, list | tuple):
        return [stored(item) for item in value] or None
    return None if value == "" else value


def put(raw: MutableMapping[str, Any], key: str, value: Any) -> None:
    """Set a derived value, or leave no trace of it when there is none."""
    if value is None:
        raw.pop(key, None)
    else:
        raw[key] = value


def referred_names(raw: Mapping[str, Any], key: str, name_key: str) -> dict[Any, str]:
    """Return the copied names of a list of references by id, in its order; "" for one that is not to be seen."""
    ids, names = raw.get(key) or (), list(raw.get(name_key) or ())
    return {one: names[place] or "" if place < len(names) else "" for place, one in enumerate(ids)}


def put_referred(raw: MutableMapping[str, Any], key: str, name_key: str, names: Mapping[Any, str]) -> None:
    """Set a list of references with its copied names, or leave no trace of it when it is empty."""
    put(raw, key, list(names) or None)
    put(raw, name_key, list(names.values()) or None)


def in_order(values: Mapping[str, Any], first: str, last: str, message: str) -> list[Refusal]:
    """Return the refusal, at `last`, of a day that lies before the day it follows; both may be blank."""
    begins, ends = values.get(first), values.get(last)
    return [Refusal(message, field=last)] if begins and ends and ends < begins else []


def day_of(value: Any) -> date | None:
    """Return a day as it is stored, or as a form has it; None for none."""
    return value.date() if isinstance(value, datetime) else value
