"""Stored values as what JSON can hold, as answers and web hooks give them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from bson import ObjectId

# What JSON holds as it is: most of what is answered, and told by its very type.
AS_IT_IS = frozenset({str, int, float, bool, type(None)})


def plain(value: Any) -> Any:
    """Return a stored value of any shape as JSON: moments in UTC, ids as text; a moment at 00:00 of lists is a day."""
    if type(value) in AS_IT_IS:
        return value
    if isinstance(value, ObjectId):
        return str(value)
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _day_of(key, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _day_of(key: str, value: Any) -> Any:
    is_day = key.endswith("_day") and isinstance(value, datetime)
    return value.strftime("%Y-%m-%d") if is_day else plain(value)
