"""What tells the sheet of a small table: the heading of its hidden last column, and the mark of each of its rows.

The heading is `记录标识 <collection>.<field>`, a row's mark `<24 hexadecimal digits of the record>.<row>`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from office.excel.row_marks import MARK_HEADING
from schema.collection import Tabular
from schema.field import CodeOf, Field

NUMBER_HEADING = "行号"  # of a row within its record
_HEADING = re.compile(rf"\s*{MARK_HEADING}\s+([a-z][a-z0-9_]{{0,59}})\.([a-z][a-z0-9_]{{0,99}})\s*")
_MARK = re.compile(r"\s*([0-9a-f]{24})\.([0-9]{1,3})\s*")


@dataclass(frozen=True, slots=True)
class TableHeading:
    """What the heading says: the collection's stored name and the key of its field."""

    collection: str
    key: str

    def __str__(self) -> str:
        return f"{MARK_HEADING} {self.collection}.{self.key}"


def read_table_heading(text: object) -> TableHeading | None:
    """Return what the heading of such a column says; None where it is none."""
    found = _HEADING.fullmatch(text) if isinstance(text, str) and len(text) <= 300 else None
    return TableHeading(found[1], found[2]) if found else None


def table_heading_in(rows: Sequence[Sequence[object]]) -> tuple[int, int, TableHeading] | None:
    """Return row and place (from 0) of such a heading among the first rows of a sheet, and what it says."""
    for number, cells in enumerate(rows):
        for place in range(len(cells) - 1, -1, -1):
            if (heading := read_table_heading(cells[place])) is not None:
                return number, place, heading
    return None


def row_marked(text: object) -> tuple[str, int]:
    """Return the id of the record that a mark names, and the number of its row; "" and 0 where it is none."""
    found = _MARK.fullmatch(text) if isinstance(text, str) and len(text) <= 60 else None
    return (found[1], int(found[2])) if found else ("", 0)


def naming_columns(sheet: Tabular, columns: Sequence[Field]) -> tuple[Field, ...]:
    """Return the columns that say in the sheet of a table whose row it is: the name, and a code where one tells."""
    keys = [*getattr(sheet, "name_keys", ()), getattr(sheet, "number_key", "")]
    name = next((column for key in keys for column in columns if column.key == key), None) or columns[0]
    code = next((column for column in columns if column.code is CodeOf.USCC), None)
    return (name,) if code is None or code is name else (name, code)
