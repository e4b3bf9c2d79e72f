"""Compare a row of an import with the record that it is: what it leaves blank, and whether it changes anything."""

from collections.abc import Iterable, Mapping
from typing import Any

from documents.records.status import DEFAULT_STATUS
from services.records.prepare import stored


def says_nothing_new(values: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Tell whether the stored record has all these values already."""
    return all(
        _comparable(key, stored(value)) == _comparable(key, before.get(key)) for key, value in values.items()
    )


def _comparable(key: str, value: Any) -> Any:
    """Return a value as a workbook can say it: a list of named companies or of cooperations without derived parts."""
    if key == "companies" and value:
        return [one.get("name") for one in value]
    if key == "cooperations" and value:
        return [(one.get("base"), one.get("first_day"), one.get("last_day")) for one in value]
    return value


def completed(collection: str, given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a row, completed by what the stored record says where the row says nothing."""
    values = dict(given)
    if "cooperations" in values:
        kept = before.get("cooperations") or []
        values["cooperations"] = [each for one in values["cooperations"] for each in _with_days(one, kept)]
    left = collection == "tenant_companies" and "moved_out" in values and "status" not in values
    if left and before.get("status") == DEFAULT_STATUS[collection] and not before.get("moved_out"):
        values["status"] = "moved_out"
    return values


def _with_days(one: Mapping[str, Any], kept: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a cooperation of a row with the days stored for it that the row leaves blank."""
    first, last = stored(one.get("first_day")), stored(one.get("last_day"))
    same = [old for old in kept if old["base"] == one["base"] and first in (None, old.get("first_day"))]
    if first is None and last is None and same:
        return [dict(old) for old in same]
    return [{**same[0], **one}] if len(same) == 1 else [dict(one)]
