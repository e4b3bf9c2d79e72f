"""The sheets of small tables that come back: which text the cell of the list would have, if their rows stood in it.

So a table is merged as any other cell is: as exported, as stored now, as sent. Of a cell and a sheet the one that was
changed is taken; where both were, and differ, the clerk has to say.

Whose a row is its mark says, as long as the name and the code beside it are that record's: a row is copied and another
name typed into it, and a sheet that is sorted leaves its hidden column where it was.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from office.excel.cell_lists import ROW_SIGN, part_text
from office.excel.cell_texts import as_text, folded, one_line
from office.excel.cells import parse
from office.excel.row_marks import MarkHeading, canonical, cell_digest, read_mark
from office.excel.skipped_rows import EXAMPLE
from office.excel.small_tables.sheet_marks import (
    NUMBER_HEADING,
    naming_columns,
    read_table_heading,
    row_marked,
)
from rules.errors import Refused
from schema.collection import Tabular
from schema.field import ROW_SIGNS, Field, Kind, heading_key

_PARTING = re.compile(f"[|{ROW_SIGN}]")


class _Line(NamedTuple):
    number: float  # within its record
    place: int  # its row in the sheet
    texts: tuple[str, ...]  # of the sub-fields; "" for one without a column
    record: str  # by its mark; "" for none
    exported: int  # which row of that record it was, by its mark
    naming: tuple[Any, ...]  # what stands beside it in the naming columns


@dataclass
class TableRead:
    """The rows of one small table."""

    column: Field
    sheet: str
    missing: tuple[Field, ...] = ()  # sub-fields that the sheet has no column for
    lines: list[_Line] = field(default_factory=list)


class ListedRow(Protocol):
    """A row of the list, as `office.excel.workbook_reader` reads it."""

    @property
    def number(self) -> int:
        """Its row in the sheet."""

    @property
    def cells(self) -> Mapping[str, Any]:
        """Its cells by column; none where it is not taken."""

    @property
    def mark(self) -> object:
        """What it holds in the column of marks."""


class _Listed(NamedTuple):
    """What is known of a row of the list: its number, what names it, and the digests of that as it was exported."""

    number: int
    names: tuple[str, ...]
    exported: tuple[str | None, ...]


def table_read(
    sheet: Tabular, collection: str, name: str, first_row: int, rows: Iterable[Sequence[Any]]
) -> TableRead | None:
    """Return the table of a sheet called `name` whose rows begin with its heading, row `first_row` from 0.

    None where it is of another collection, or of no field of this one that an import sets.
    """
    below = iter(rows)
    headings = [one_line(cell) if cell not in ("", None) else "" for cell in next(below, ())]
    mark_place, said = next(
        ((place, found) for place, text in enumerate(headings) if (found := read_table_heading(text))),
        (0, None),
    )
    column = next((one for one in sheet.imported if said and one.key == said.key), None)
    if said is None or said.collection != collection or column is None or column.kind is not Kind.ROWS:
        return None
    left = {place: heading_key(text) for place, text in enumerate(headings) if text and place != mark_place}
    leading = [_taken(left, one.spellings) for one in naming_columns(sheet, sheet.exported)]
    number = _taken(left, {heading_key(NUMBER_HEADING)})
    places = [_taken(left, part.spellings) for part in column.parts]
    missing = tuple(part for part, at in zip(column.parts, places, strict=True) if at is None)
    table = TableRead(column, name, missing)
    for place, cells in enumerate(below, first_row + 2):
        texts = tuple(_text(part, _at(cells, at)) for part, at in zip(column.parts, places, strict=True))
        record, exported = row_marked(_at(cells, mark_place))
        says_nothing = not (missing and record)  # what it holds may be in a column that is not there
        if says_nothing and not any(texts):
            continue
        if as_text(_at(cells, 0)).strip().startswith(EXAMPLE):
            continue
        naming = tuple(_at(cells, at) for at in leading)
        table.lines.append(_Line(_number(_at(cells, number)), place, texts, record, exported, naming))
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
        self._naming = naming_columns(sheet, sheet.exported)
        self._marks = marks
        self._named: dict[str, int] = {}  # rows of the list by what names them; 0 where several are named so
        self._naming_filled: set[int] = set()  # naming columns that the list has
        self._records: dict[str, list[_Listed]] = {}  # rows of the list by the record that their mark names
        self._whose: dict[
            tuple[str, int], list[_Line]
        ] = {}  # by the key of the table and the row of the list

    def know(self, rows: Iterable[ListedRow]) -> list[tuple[str, int, str]]:
        """Learn whose row each one of a table is; `rows` are those of the list.

        Return those that are of no row of the list, or of more than one: sheet, row, the name there.
        """
        if not any(table.lines for table in self.tables):
            return []
        for row in rows:
            self._note(row)
        loose = []
        for table in self.tables:
            for line in table.lines:
                found = self._rows_of(line)
                for number in found:
                    self._whose.setdefault((table.column.key, number), []).append(line)
                if not found:
                    name = next(filter(None, map(_name, line.naming)), "")
                    loose.append((table.sheet, line.place, name))
        return loose

    def _note(self, row: ListedRow) -> None:
        names = tuple(_name(row.cells.get(column.key)) for column in self._naming)
        self._naming_filled.update(at for at, name in enumerate(names) if name)
        for name in {*names} - {""}:
            self._named[name] = 0 if name in self._named else row.number
        exported, record = self._exported(row.mark)
        if record:
            digests = tuple(exported.get(column.key) for column in self._naming)
            self._records.setdefault(record, []).append(_Listed(row.number, names, digests))

    def _rows_of(self, line: _Line) -> tuple[int, ...]:
        """Return the row of the list that a row of a table is of; of several one only where they have one mark."""
        filled = [(at, cell) for at, cell in enumerate(line.naming) if _name(cell)]
        marked = self._records.get(line.record, ()) if line.record else ()
        same = [row for row in marked if all(_name(cell) == row.names[at] for at, cell in filled)]
        same = same or [row for row in marked if all(self._fits(row, at, cell) for at, cell in filled)]
        if same:
            return tuple(row.number for row in same)
        other = [(at, cell) for at, cell in filled if not any(self._fits(row, at, cell) for row in marked)]
        return self._named_by(other or filled, strictly=bool(line.record))

    def _fits(self, row: _Listed, at: int, cell: Any) -> bool:
        """Tell whether a cell is what names a row of the list now, or named it when it was exported."""
        name, exported = row.names[at], row.exported[at]
        if exported is None and not name:
            return True  # nothing tells
        return _name(cell) == name or cell_digest(self._naming[at], cell) == exported

    def _named_by(self, cells: Sequence[tuple[int, Any]], *, strictly: bool) -> tuple[int, ...]:
        """Return the one row of the list with that name and code, of which the code tells more.

        A name that is another row's is never passed over; `strictly`, neither is one that no row has.
        """
        names = [(at, _name(cell)) for at, cell in reversed(cells)]
        found = [
            self._named.get(name) for at, name in names if at in self._naming_filled or name in self._named
        ]
        if not found or not found[0]:
            return ()
        allowed = {found[0], 0} if strictly else {found[0], 0, None}
        return (found[0],) if allowed.issuperset(found) else ()

    def lacking(self, rows: Iterable[ListedRow]) -> tuple[str, tuple[Field, ...]] | None:
        """Return a table whose sheet lacks columns without which nothing tells what it says, and these; or None."""
        tables = [table for table in self.tables if table.missing and table.lines]
        for row in rows if tables else ():
            for table in tables:
                lines = self._whose.get((table.column.key, row.number), [])
                if row.cells and self._sent(table, lines, row.cells.get(table.column.key), row) is None:
                    return table.sheet, table.missing
        return None

    def _sent(self, table: TableRead, lines: Iterable[_Line], cell: Any, row: ListedRow) -> str | None:
        """Return what the cell of a row of the list would be; None where columns are missing and nothing tells it."""
        lines = sorted(lines, key=lambda line: (line.number, line.place))
        if not table.missing or not lines:
            return _table_text(table.column, lines)
        _, record = self._exported(row.mark)
        return _text_over(table, lines, cell, record)

    def taken(self, row: ListedRow) -> tuple[Mapping[str, Any], tuple[str, ...]]:
        """Return the cells of a row of the list as its tables' sheets have them, and the keys that both changed."""
        cells = row.cells
        exported, _ = self._exported(row.mark)
        changed: dict[str, Any] = {}
        torn: list[str] = []
        for table in self.tables:
            column = table.column
            lines = self._whose.get((column.key, row.number), [])
            cell = cells.get(column.key)
            sent = self._sent(table, lines, cell, row)
            if sent is None:
                continue
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


def _table_text(column: Field, lines: Sequence[_Line]) -> str:
    texts = [ROW_SIGN.join(line.texts) for line in lines]
    return "\n".join([ROW_SIGN.join(part.heading for part in column.parts), *texts]) if texts else ""


def _text_over(table: TableRead, lines: Sequence[_Line], cell: Any, record: str) -> str | None:
    """Return the text of a table whose sheet lacks columns: what these hold is as the cell of the list has it.

    A row is that of the cell whose number its mark says; of several with one mark the others are copies, and new. None
    where that does not tell: the cell has no such row, or the mark is not of that record (`record`; "" for any).
    """
    there = [(at, part) for at, part in enumerate(table.column.parts) if part not in table.missing]
    text = canonical(table.column, cell)
    heading, *rows = [line for line in text.split("\n") if line.strip()] or [""]
    headings = _PARTING.split(heading) if heading else []
    keys = [heading_key(one) for one in headings]
    known = [part for key in keys for part in table.column.parts if key in part.spellings]
    records = {line.record for line in lines} | {record}
    if (headings and not known) or len(records - {""}) > 1:  # rows without a heading; a row of another record
        return None
    places: dict[int, int] = {}  # of a sub-field that has a column, in a row of the cell
    for at, part in there:
        place = next((place for place, key in enumerate(keys) if key in part.spellings), None)
        places[at] = len(headings) if place is None else place
        headings += [part.heading] if place is None else []
    made = [ROW_SIGN.join(headings)]
    seen: set[int] = set()
    for line in lines:
        texts: list[str] = []
        if line.record and line.exported not in seen:
            seen.add(line.exported)
            if not 0 < line.exported <= len(rows) or line.number not in (line.exported, math.inf):
                return None
            texts = _PARTING.split(rows[line.exported - 1])
        texts += [""] * (len(headings) - len(texts))
        for at, place in places.items():
            texts[place] = line.texts[at]
        made.append(ROW_SIGN.join(texts))
    sent = "\n".join(made)
    is_known = len(known) == len(keys)
    return sent if is_known or canonical(table.column, sent) == text else None
