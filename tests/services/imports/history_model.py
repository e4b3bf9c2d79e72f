"""A model of exports, edits on both sides and imports: plain dictionaries, and what an import may do to them.

It knows nothing of marks, digests, chunks or transactions. A record is its values by key; a sheet holds, for each row,
what was exported and what stands in it now.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any

CLEARED = "清空"
Values = dict[str, Any]


class Mode(Enum):
    """What is decided of the cells that both sides changed: nothing yet, the file, or what is stored."""

    LEFT = None
    FILE = "file"
    STORED = "stored"


class Became(StrEnum):
    """What became of a row."""

    UNCHANGED = "unchanged"
    UPDATED = "updated"
    CONFLICT = "conflict"
    SKIPPED = "skipped"
    CREATED = "created"
    REJECTED = "rejected"


@dataclass
class SheetRow:
    """One row: the record that it was exported from (None: it was inserted), as exported, and as it stands."""

    record: Any
    exported: Values
    sent: Values
    mark: str = ""
    is_copy: bool = False


@dataclass
class Model:
    """What the office should hold: the records by id, and those in the recycle bin."""

    records: dict[Any, Values] = field(default_factory=dict)
    deleted: dict[Any, Values] = field(default_factory=dict)


def imported(row: SheetRow, now: Values | None, mode: Mode, columns: frozenset[str]) -> tuple[Became, Values]:
    """Return what becomes of one exported row, and the values that it writes; `now` is its record (None: deleted)."""
    changed = {
        key: text
        for key, text in row.sent.items()
        if key in columns and text != row.exported[key] and (text or row.exported[key])
    }
    if now is None:
        return (Became.CONFLICT if changed else Became.SKIPPED), {}
    written: Values = {}
    disputed = False
    for key, text in changed.items():
        wanted = None if text == CLEARED else text
        if text in (None, "") or wanted == now[key]:
            continue  # a blank cell says nothing
        if now[key] == row.exported[key] or mode is Mode.FILE:
            written[key] = wanted
        elif mode is Mode.LEFT:
            disputed = True
    if disputed:
        return Became.CONFLICT, {}
    return (Became.UPDATED if written else Became.UNCHANGED), written


def after(values: Values, written: Mapping[str, Any]) -> Values:
    """Return a record after an import wrote these values."""
    return {**values, **written}
