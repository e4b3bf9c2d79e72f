"""The sheets of small tables that come back: which text the cell of the list would have, if their rows stood in it.

So a table is merged as any other cell is: as exported, as stored now, as sent. Of a cell and a sheet the one that was
changed is taken; where both were, and differ, the clerk has to say.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from office.excel.cell_lists import ROW_SIGN, part_text
from office.excel.cell_texts import as_text, folded, one_line
from office.excel.cells import parse
from office.excel.row_marks import MarkHeading, canonical, cell_digest, read_mark
from office.excel.skipped_rows import EXAMPLE
from office.excel.small_tables.sheet_marks import (
    NUMBER_HEADING,
    naming_columns,
    read_table_heading,
    record_marked,
)
from rules.errors import Refused
from schema.collection import Tabular
from schema.field import ROW_SIGNS, Field, Kind, heading_key

_Line = tuple[float, int, str]  # its number within the record, its row in the sheet, its text


@dataclass
class TableRead:
    """The rows of one small table: by the id of their record, and by what names it where a row has no mark."""

    column: Field
    sheet: str
    marked: dict[str, list[_Line]] = field(default_factory=dict)
    named: dict[str, list[_Line]] = field(default_factory=dict)


def table_read(
    sheet: Tabular, collection: str, name: str, first_row: int, rows: Iterable[Sequence[Any]]
) -> TableRead | None:
    """Return the table of a sheet called `name` whose rows begin with its heading, row `first_row` from 0.

    None where it is of another collection, or of no field of this one that an import sets.
    """
    below = iter(rows)
    texts = [one_line(cell) if cell not in ("", None) else "" for cell in next(below, ())]
    mark_place, said = next(
        ((place, found) for place, text in enumerate(texts) if (found := read_table_heading(text))), (0, None)
    )
    column = next((one for one in sheet.imported if said and one.key == said.key), None)
    if said is None or said.collection != collection or column is None or column.kind is not Kind.ROWS:
        return None
    left = {place: heading_key(text) for place, text in enumerate(texts) if text and place != mark_place}
    leading = [_taken(left, one.spellings) for one in naming_columns(sheet, sheet.exported)]
    number = _taken(left, {heading_key(NUMBER_HEADING)})
    places = [_taken(left, part.spellings) for part in column.parts]
    table = TableRead(column, name)
    for place, cells in enumerate(below, first_row + 2):
        texts_of_parts = [_text(part, _at(cells, at)) for part, at in zip(column.parts, places, strict=True)]
        if not any(texts_of_parts) or as_text(_at(cells, 0)).strip().startswith(EXAMPLE):
            continue
        line = (_number(_at(cells, number)), place, ROW_SIGN.join(texts_of_parts))
        if record := record_marked(_at(cells, mark_place)):
            table.marked.setdefault(record, []).append(line)
        else:
            names = [_name(_at(cells, at)) for at in reversed(leading)]  # the code tells more than the name
            table.named.setdefault(next(filter(None, names), ""), []).append(line)
    return table


def _taken(left: dict[int, str], spellings: Iterable[str]) -> int | None:
    place = next((place for place, text in left.items() if text in spellings), None)
    if place is not None:
        del left[place]
    return place


def _at(cells: Sequence[Any], place: int | None) -> Any:
    return cells[place] if place is not None and place < len(cells) else ""


def _name(cell: Any) -> str:
    return "" if cell in ("", None) else folded(cell)


def _number(cell: Any) -> float:
    text = as_text(cell).strip() if cell not in ("", None) else ""
    return float(text) if text.isascii() and text.isdigit() else math.inf


def _text(part: Field, cell: Any) -> str:
    """Return what a cell says as the cell of the list would hold it; what cannot be read as it stands."""
    if cell in ("", None):
        return ""
    try:
        return part_text(parse(part, cell), part)
    except Refused:
        return ROW_SIGNS.sub(" ", one_line(as_text(cell)))


class TablesRead:
    """All small tables of a workbook, beside the rows of its list."""

    def __init__(
        self,
        sheet: Tabular,
        tables: Iterable[TableRead],
        columns: Iterable[Field],
        marks: MarkHeading | None,
    ) -> None:
        """`columns` are those of the list that are taken; `marks` says what its column of marks holds."""
        taken = {column.key for column in columns}
        self.tables = [table for table in tables if table.column.key in taken]
        self._naming = [column.key for column in naming_columns(sheet, sheet.exported)]
        self._marks = marks
        self._named: Counter[str] = Counter()
        self._whose: dict[str, set[str]] = {}

    @property
    def asks_names(self) -> bool:
        """Whether a row of a table says by a name alone whose it is."""
        return any(table.named for table in self.tables)

    def note(self, cells: Mapping[str, Any]) -> None:
        """Know a row of the list by what names it."""
        self._named.update({_name(cells.get(key)) for key in self._naming} - {""})

    @property
    def loose(self) -> list[tuple[str, int, str]]:
        """The rows of tables that are of no row of the list, or of more than one: sheet, row, the name there."""
        return [
            (table.sheet, line[1], name)
            for table in self.tables
            for name, lines in table.named.items()
            if self._named[name] != 1
            for line in lines
        ]

    def taken(self, cells: Mapping[str, Any], mark: object) -> tuple[Mapping[str, Any], tuple[str, ...]]:
        """Return the cells of a row of the list as its tables' sheets have them, and the keys that both changed."""
        exported, record = self._exported(mark)
        changed: dict[str, Any] = {}
        torn: list[str] = []
        names = [name for key in self._naming if (name := _name(cells.get(key)))]
        for table in self.tables:
            column = table.column
            lines = list(table.marked.get(record, ()))
            lines += [line for name in names if self._named[name] == 1 for line in table.named.get(name, ())]
            sent = _table_text(column, lines)
            cell = cells.get(column.key)
            if column.key in exported:
                before = exported[column.key]
                if cell_digest(column, sent) in (before, cell_digest(column, cell)):
                    continue
                if cell_digest(column, cell) != before:
                    torn.append(column.key)
                    continue
            elif not lines or canonical(column, sent) == canonical(column, cell):
                continue
            elif canonical(column, cell):
                torn.append(column.key)
                continue
            changed[column.key] = sent
        return ({**cells, **changed} if changed else cells), tuple(torn)

    def _exported(self, mark: object) -> tuple[Mapping[str, str], str]:
        """Return the digests of the cells as they were exported, by column, and the record's id."""
        said = read_mark(mark, self._marks) if self._marks is not None and mark else None
        if said is None or self._marks is None:
            return {}, ""
        return dict(zip(self._marks.keys, said.digests, strict=True)), said.record


def _table_text(column: Field, lines: Iterable[_Line]) -> str:
    texts = [text for _, _, text in sorted(lines)]
    return "\n".join([ROW_SIGN.join(part.heading for part in column.parts), *texts]) if texts else ""
