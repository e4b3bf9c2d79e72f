"""A list counted by a field of it, or summed: one command, bounded in time."""

from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import ExecutionTimeout, NetworkTimeout

from documents.records.record import RecordQuerySet
from schema.narrowing.divisions import FORMATS

# What a group is told by: a word's code, a record's id, "2026-03", "2026"; None where nothing is said.
Value = str | ObjectId | bool | int | None
_OFFICE = "+08:00"
_MOST = 200


def grouped(
    records: RecordQuerySet, key: str, *, cut: str = "", measure: str = "", is_moment: bool = False,
    is_list: bool = False, name_key: str = "", milliseconds: int = 0,
) -> list[tuple[Value, float, str]] | None:  # fmt: skip
    """Return each value of a field with how many records have it, or with the sum of `measure` over them; and a name.

    None where the server needs longer than `milliseconds`, or than a page waits.

    `cut` is MONTH or YEAR for a day (`is_moment`: it is stored as a moment); the records of a list of values count
    under each of them; `name_key` is where a record that is referred to is named.
    """
    steps: list[dict[str, Any]] = [{"$match": records.filters()}]
    if is_list:
        steps.append({"$unwind": {"path": f"${key}", "preserveNullAndEmptyArrays": True}})
    group: Any = f"${key}"
    if cut:
        zone = {"timezone": _OFFICE} if is_moment else {}
        group = {"$dateToString": {"date": f"${key}", "format": FORMATS[cut], "onNull": None, **zone}}
    sums: dict[str, Any] = {"n": {"$sum": f"${measure}" if measure else 1}}
    if name_key:
        sums["name"] = {"$first": f"${name_key}"}
    steps += [{"$group": {"_id": group, **sums}}, {"$sort": {"n": -1, "_id": 1}}, {"$limit": _MOST}]
    bound = {"maxTimeMS": milliseconds} if milliseconds else {}
    try:
        rows = list(records._document.collection().aggregate(steps, **bound))
    except (ExecutionTimeout, NetworkTimeout):
        return None
    return [(_value(row.get("_id")), float(row["n"] or 0), str(row.get("name") or "")) for row in rows]


def _value(stored: Any) -> Value:
    return stored.isoformat() if isinstance(stored, datetime) else None if stored == "" else stored
