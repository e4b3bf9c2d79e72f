"""Three-way merge of a row that was exported and comes back: as exported, as it is now, as sent.

Pure. Cells are compared by their digests (`office.excel.row_marks`), so nothing need be known of what was exported but
the marks. Columns that make one stored value together (a partner's cooperations and their days) are merged as one.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from schema.field import Field
from schema.service_partners import PERIOD_KEYS

Cells = Mapping[str, str]  # digest by column key


class Merge(StrEnum):
    """What becomes of a value: what is stored stays, the clerk's is taken, or both changed it and someone decides."""

    KEEP = "keep"
    TAKE = "take"
    CONFLICT = "conflict"


def merged(exported: object, now: object, sent: object) -> Merge:
    """Return what becomes of one value; the three are compared only for equality."""
    if sent in (exported, now):
        return Merge.KEEP
    return Merge.TAKE if now == exported else Merge.CONFLICT


def merged_row(exported: Cells, now: Cells, sent: Cells) -> dict[str, Merge]:
    """Return what becomes of each stored value of a row, by its key.

    A column that was not exported has no earlier value: what is sent is taken.
    """
    keys: dict[str, list[str]] = {}
    for column in sent:
        keys.setdefault(value_key(column), []).append(column)
    found: dict[str, Merge] = {}
    for key, columns in keys.items():
        known = [column for column in columns if column in exported]
        if not known:
            found[key] = Merge.TAKE
            continue
        found[key] = merged(
            *(tuple(side.get(column, "") for column in known) for side in (exported, now, sent))
        )
    return found


def changed_by_clerk(exported: Cells, sent: Cells) -> frozenset[str]:
    """Return the stored keys whose cells are not as they were exported."""
    return frozenset(value_key(column) for column in sent if exported.get(column) != sent[column])


def value_key(column: str) -> str:
    """Return the key under which a column's value is stored."""
    return "cooperations" if column in PERIOD_KEYS else column


def exported_columns(columns: Iterable[Field], keys: Iterable[str]) -> list[Field]:
    """Return the columns, of those of a sheet, that were exported."""
    wanted = set(keys)
    return [column for column in columns if column.key in wanted]
