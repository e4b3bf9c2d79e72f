"""The records that what was typed finds, a few of each list."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId

from admin_views.desk.suggestions.lookups import LookUps, people_of
from admin_views.desk.suggestions.suggested import Suggestion, SuggestionGroup, meets
from admin_views.desk.suggestions.tables import SuggestedTable
from admin_views.shared.request_context import office_state
from admin_views.shared.translation import gettext


def found_records(
    words: str, asked: Sequence[SuggestedTable], looked_up: LookUps
) -> tuple[SuggestionGroup, ...]:
    """Return the first records of each list that hold the words."""
    groups = []
    for table in asked:
        rows = looked_up.rows(table, words)
        if rows:
            items = tuple(_suggestion(table, row, words) for row in rows)
            groups.append(SuggestionGroup(table.declaration.name, gettext(table.declaration.label), items))
    return tuple(groups)


def _suggestion(table: SuggestedTable, row: Mapping[str, Any], words: str) -> Suggestion:
    label = str(table.label_of(row))
    parts = [_place(table, row), _status(table, row)]
    if not meets(words, label):  # why it was found, where its name does not say it
        for field in people_of(table):
            if meets(words, str(row.get(field.key) or "")):
                parts.insert(0, f"{gettext(field.label)} {row[field.key]}")
                break
    hint = " · ".join(part for part in parts if part)
    return Suggestion(
        label or gettext(table.declaration.one), table.row_url(row), table.declaration.icon, hint
    )


def _place(table: SuggestedTable, row: Mapping[str, Any]) -> str:
    if table.declaration.county_key != "county":
        return ""
    county = row.get("county") or ""
    return next((short for code, _, short in office_state().counties if code == county), "")


def _status(table: SuggestedTable, row: Mapping[str, Any]) -> str:
    if not table.is_kept_by_hand or "status" not in table.declaration.by_key:
        return ""
    return office_state().status_labels(table.declaration.name).get(row.get("status") or "", "")


def recent_records(addresses: Sequence[str], asked: Sequence[SuggestedTable]) -> tuple[Suggestion, ...]:
    """Return the records whose pages were open lately, as far as they are in scope: named anew each time.

    The browser remembers addresses alone, never a name.
    """
    wanted = [_parted(address) for address in addresses]
    found: dict[str, Suggestion] = {}
    for table in asked:
        if not table.is_kept_by_hand:
            continue
        path = table.row_url({"_id": ""}).partition("?")[0]
        ids = [record_id for place, record_id in wanted if place == path]
        if not ids:
            continue
        records = table.records().where_raw({"_id": {"$in": ids}})
        for row in records.rows(table.keys, (("_id", 1),), limit=len(ids)):
            found[table.row_url(row)] = _suggestion(table, row, "")
    return tuple(found[address] for address in addresses if address in found)


def _parted(address: str) -> tuple[str, Any]:
    path, _, query = address.partition("?")
    text = query.removeprefix("id=")
    return path, ObjectId(text) if ObjectId.is_valid(text) else None
