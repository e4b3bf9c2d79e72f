"""Reads a workbook that an office sends into rows of raw cells by column; `office.excel.cells.parse` does the rest.

The file is parsed by a process of its own under limits (`office.excel.parsing_child`): a workbook of a
few kilobytes can ask a parser for all the memory there is. Its rows pass through a temporary
file, so neither process holds them all and a problem is known before the first row is used.
"""

import json
import os
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Any, Self

from office.child_process import MEMORY, ChildLimits, Ending, run_child
from office.excel.cell_texts import as_text, shortened
from office.excel.file_problems import unreadable
from office.excel.headings import (
    FIRST_ROWS,
    Heading,
    Merge,
    checked_places,
    digest_at,
    find_heading,
    heading_at,
    remembered_at,
)
from office.excel.row_marks import ExportSaid, MarkHeading, is_mark_heading, read_heading
from office.excel.sheet_layout import SharedCells, SheetLayout
from office.excel.skipped_rows import is_blank, skipped_as
from office.excel.small_tables.table_reader import TableRead, TablesRead, table_read
from office.recognition.check_marks import checked_collection
from office.recognition.recognition import ColumnSeen, Match, Recognition, RowSeen, SheetChoice, SheetSeen
from office.recognition.table_shape import heading_row
from rules.errors import Unreadable
from schema.collection import Tabular
from schema.field import CodeOf, Field

ACCEPTED = frozenset(
    {".xlsx", ".xlsm", ".xls", ".et", ".csv", ".ods", ""}
)  # '': a temporary file without its name

_NO_EXPORT = ExportSaid()
_LOOKED_AT = 200  # rows that samples of the columns come from
_SAMPLES, _SAMPLE_SIGNS, _HEADING_SIGNS = 3, 24, 60
_ROW_CELLS, _ROW_SIGNS = 6, 48
# In Chinese, as headings are.
_TOO_LONG = "工作表“{table}”（行数过多）"
_UNKNOWN = "工作表“{table}”"


@dataclass(frozen=True)
class Limits:
    """How much a workbook may ask for: rows, columns, bytes packed and unpacked, memory, seconds."""

    rows: int = 500_000
    columns: int = 208
    file_bytes: int = 100 << 20
    unpacked: int = 640 << 20
    strings: int = 192 << 20  # unpacked bytes of the part that the parser holds whole
    memory: int = MEMORY
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row below the heading: the sheet's own number, its raw cells by column key, why it is no record ('').

    `mark` is what the row holds in the column of marks (`office.excel.row_marks`), unread; None where it has none.
    """

    number: int
    cells: Mapping[str, Any]
    skipped: str = ""
    mark: object = None
    check: object = None  # the same of `office.recognition.check_marks`
    torn: tuple[str, ...] = ()  # small tables that were changed both in their cell and on their sheet


class NotThisSheet(Unreadable):
    """A workbook whose sheet cannot be taken; `recognition` says what was seen of it, so that a clerk may say more."""

    def __init__(self, problem: Unreadable, recognition: Recognition) -> None:
        super().__init__(*problem.refusals)
        self.recognition = recognition


@dataclass
class ReadSheet:
    """A sheet whose heading is understood. `rows` may be read more than once, one reading at a time.

    `header_row` counts from 1. `columns` gives the column by position (from 0), `ignored` the
    headings that no import sets, the serial number apart. Close it, or use it in a `with`.
    """

    sheet: str
    header_row: int
    columns: Mapping[int, Field]
    ignored: tuple[str, ...]
    rows: "Rows"
    recognition: Recognition
    marks: MarkHeading | None = None  # what the heading of the column of marks says
    checked: str = ""  # the collection that a check of this workbook was of
    problem: Unreadable | None = None  # why its rows cannot be taken
    export: ExportSaid = _NO_EXPORT  # what the workbook says of its export

    def close(self) -> None:
        """Drop the temporary file."""
        self.rows.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_workbook(
    path: str | os.PathLike[str],
    sheet: Tabular,
    *,
    name: str | None = None,
    limits: Limits = Limits(),
    choice: SheetChoice | None = None,
    remembered: Mapping[str, Match] | None = None,
) -> ReadSheet:
    """Read the sheet of `path` whose heading matches the columns of `sheet` best.

    `name` is the file's name as the clerk knows it, when `path` is a temporary file. `choice` says how a clerk wants
    it read; where it is silent, a heading whose digest is among `remembered` is taken as that match says. Raises
    Unreadable with one sentence when the file is no workbook or too much, NotThisSheet when it is another's; Busy.
    """
    read = recognise_workbook(path, sheet, name=name, limits=limits, choice=choice, remembered=remembered)
    if read.problem is not None:
        read.close()
        raise NotThisSheet(read.problem, read.recognition)
    return read


def recognise_workbook(
    path: str | os.PathLike[str],
    sheet: Tabular,
    *,
    name: str | None = None,
    limits: Limits = Limits(),
    choice: SheetChoice | None = None,
    remembered: Mapping[str, Match] | None = None,
) -> ReadSheet:
    """Read a workbook as `read_workbook` does, but return what was recognised of a sheet that cannot be taken too.

    Its `problem` says why not. Raises Unreadable when the file is no workbook, or too much; Busy.
    """
    path = Path(path).absolute()
    choice, remembered = choice or SheetChoice(), remembered or {}
    known = remembered if not choice.sheet else {}
    suffix = _suffix(path, name, limits)
    store = _parsed(path, suffix, sheet.exported, limits, choice.sheet, known, tables=True)
    try:
        return _understood(store, sheet, choice, remembered)
    except BaseException:
        store.close()
        raise


@dataclass(frozen=True)
class UndeclaredSheet:
    """The first sheet of a workbook that no collection is declared for; `header_row` counts from 1.

    `rows` are the first ones below the heading, as they stand.
    """

    sheet: str
    header_row: int
    headings: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def look_into(
    path: str | os.PathLike[str], *, name: str | None = None, limits: Limits = Limits(), most_rows: int = 1000
) -> UndeclaredSheet:
    """Return headings and first rows of a workbook's first sheet. Raises Unreadable in a sentence, Busy."""
    path = Path(path).absolute()
    with _parsed(path, _suffix(path, name, limits), (), limits, "", ()) as store:
        store.seek(0)
        facts = json.loads(store.readline())
        rows = list(islice(_lines(store), most_rows + FIRST_ROWS))
    place = heading_row(rows)
    if place is None:
        raise unreadable("no-heading-at-all", rows=FIRST_ROWS)
    headings = tuple(" ".join(as_text(cell).split()) for cell in rows[place])
    filled = (tuple(row) for row in rows[place + 1 :] if any(cell not in ("", None) for cell in row))
    return UndeclaredSheet(facts["sheet"], place + 1, headings, tuple(islice(filled, most_rows)))


def _suffix(path: Path, name: str | None, limits: Limits) -> str:
    """Return how a file's name ends, after refusing one that is no workbook or too large."""
    suffix = Path(name).suffix.lower() if name is not None else path.suffix.lower()
    if suffix not in ACCEPTED:
        raise unreadable("extension", name=name or path.name)
    try:
        size = path.stat().st_size
    except OSError:
        raise unreadable("not-a-workbook") from None
    if size > limits.file_bytes:
        raise unreadable("too-large")
    return suffix


def _parsed(
    path: Path, suffix: str, columns: Iterable[Field], limits: Limits, chosen: str, remembered: Iterable[str],
    *, tables: bool = False,
) -> IO[bytes]:  # fmt: skip
    """Run the child process; return the temporary file it wrote, or raise Unreadable for its problem; Busy."""
    job = {
        "path": str(path), "stem": path.stem, "suffix": suffix, "rows": limits.rows, "columns": limits.columns,
        "unpacked": limits.unpacked, "strings": limits.strings,
        "spellings": [sorted(column.spellings) for column in columns], "sheet": chosen,
        "remembered": list(remembered), "tables": tables,
    }  # fmt: skip
    ended = run_child("office.excel.parsing_child", job, ChildLimits(limits.seconds, limits.memory, 1 << 30))
    if ended.ending is Ending.DONE:
        return ended.output
    with ended.output as output:
        if ended.ending is not Ending.PROBLEM:
            raise unreadable("not-a-workbook" if ended.ending is Ending.FAILED else ended.ending)
        *_, last = output
    problem = json.loads(last)
    raise unreadable(problem["problem"], **problem["params"])


def _understood(
    store: IO[bytes], sheet: Tabular, choice: SheetChoice, remembered: Mapping[str, Match]
) -> ReadSheet:
    store.seek(0)
    facts = json.loads(store.readline())
    merged: list[Merge] = [((a, b), (c, d)) for (a, b), (c, d) in facts["merged"]]
    tables, not_read = _tables(store, sheet, facts["tables"])
    start = store.tell()
    first = list(islice(_lines(store), _LOOKED_AT))
    heading, match, is_remembered = _heading_and_match(first, merged, sheet, choice, remembered)
    problem = None
    if heading is None:
        wanted = [column.heading for column in sheet.imported if column.required]
        problem = unreadable("no-heading", rows=FIRST_ROWS, headings="、".join(wanted))
        heading = Heading(-1, -1)
    if match is not None:
        _take_as(heading, match, sheet)
    columns = {position: sheet.exported[index] for position, index in sorted(heading.columns.items())}
    imported = {position: column for position, column in columns.items() if column.imported}
    layout = SheetLayout(heading, imported, merged, first, facts["date_1904"])
    marks = read_heading(_raw_heading(first, heading, layout.mark_place))
    if problem is None:
        problem = _problem_of(facts["sheet"], heading, columns, sheet, tells_apart=marks is not None)
    ignored = [
        text for place, text in heading.texts.items() if place not in imported and place not in layout.serial
    ]
    hidden = {
        row for start, end in facts["hidden"] for row in range(start, end + 1) if row > layout.first_row
    }
    own = layout.serial & (checked_places(heading.texts) | {layout.mark_place})
    recognition = Recognition(
        sheet=facts["sheet"], header_row=heading.row + 1,
        digest=digest_at(first, heading.row, merged) if heading.row >= 0 else "",
        columns=_columns_seen(first, heading, imported, own), first_rows=_first_rows(first),
        sheets=tuple(SheetSeen(**one) for one in facts["sheets"]), more_sheets=facts["more_sheets"],
        hidden_rows=len(hidden), filtered=facts["filtered"] and bool(hidden), tells_hidden=facts["tells_hidden"],
        with_hidden=choice.with_hidden, remembered=is_remembered, filled=layout.filled,
        first_only=layout.first_only,
    )  # fmt: skip
    small = TablesRead(sheet, tables, imported.values(), marks)
    rows = Rows(store, layout, frozenset() if choice.with_hidden else frozenset(hidden), start, small)
    read = {table.column.key for table in small.tables}
    not_read += [_UNKNOWN.format(table=table.sheet) for table in tables if table.column.key not in read]
    loose = small.know(rows.plain())
    ignored += not_read
    if problem is None and loose:
        table, number, name = loose[0]
        problem = unreadable("loose-table-row", table=table, row=number, name=name or "—", count=len(loose))
    if problem is None and (lacking := small.lacking(rows.plain())):
        table, parts = lacking
        problem = unreadable(
            "missing-columns", sheet=table, columns="、".join(part.heading for part in parts)
        )
    return ReadSheet(
        facts["sheet"],
        heading.row + 1,
        MappingProxyType(imported),
        tuple(ignored),
        rows,
        recognition,
        marks,
        checked_collection(heading.texts.get(-1 if layout.check_place is None else layout.check_place)),
        problem,
        ExportSaid(**facts.get("export", {})),
    )


def _heading_and_match(
    first: Sequence[Sequence[Any]], merged: Sequence[Merge], sheet: Tabular, choice: SheetChoice,
    remembered: Mapping[str, Match],
) -> tuple[Heading | None, Match | None, bool]:  # fmt: skip
    """Return the heading, what its columns are taken as (None: what they say), and whether that is remembered."""
    spellings = [column.spellings for column in sheet.exported]
    own = [column.heading for column in sheet.exported]
    chosen = choice.header_row - 1 if 0 < choice.header_row <= min(len(first), FIRST_ROWS) else None
    if chosen is not None:
        heading: Heading | None = heading_at(first, chosen, spellings, merged, own)
    else:
        heading = find_heading(first, spellings, merged, own)
    if choice.columns is not None or not remembered:
        return heading, choice.columns, False
    if chosen is not None:
        match = remembered.get(digest_at(first, chosen, merged))
        return heading, match, match is not None
    known = remembered_at(first, remembered, merged, heading.row if heading else None)
    if known is None:
        return heading, None, False
    return heading_at(first, known[0], spellings, merged, own), remembered[known[1]], True


def _take_as(heading: Heading, match: Match, sheet: Tabular) -> None:
    """Let the columns be what was chosen for them; a key that is no column any more is not taken."""
    indexes = {column.key: index for index, column in enumerate(sheet.exported) if column.imported}
    heading.columns = {place: indexes[key] for place, key in match.items() if key in indexes}
    heading.doubled = []


def _columns_seen(
    first: Sequence[Sequence[Any]], heading: Heading, columns: Mapping[int, Field], own: Container[int | None]
) -> tuple[ColumnSeen, ...]:
    """Return every column that has a heading or a value, our own columns apart, with some of its values."""
    samples: dict[int, list[str]] = {}
    for cells in first[heading.bottom + 1 :] if heading.row >= 0 else ():
        for place, cell in enumerate(cells):
            if cell not in ("", None) and len(texts := samples.setdefault(place, [])) < _SAMPLES:
                texts.append(shortened(as_text(cell), _SAMPLE_SIGNS))
    return tuple(
        ColumnSeen(
            place,
            shortened(heading.texts.get(place, ""), _HEADING_SIGNS),
            columns[place].key if place in columns else "",
            tuple(samples.get(place, ())),
        )
        for place in sorted({*heading.texts, *samples, *columns})
        if place not in own
    )


def _first_rows(first: Sequence[Sequence[Any]]) -> tuple[RowSeen, ...]:
    rows = []
    for number, cells in enumerate(first[:FIRST_ROWS], 1):
        texts = [as_text(cell).strip() for cell in cells if cell not in ("", None)]
        if any(texts):
            rows.append(RowSeen(number, shortened("　".join(texts[:_ROW_CELLS]), _ROW_SIGNS)))
    return tuple(rows)


def _raw_heading(first: Sequence[Sequence[Any]], heading: Heading, place: int | None) -> object:
    """Return the cell above the column of marks as it stands in the sheet."""
    if place is None:
        return None
    rows = (cells for cells in first[heading.row : heading.bottom + 1] if place < len(cells))
    return next((cells[place] for cells in rows if is_mark_heading(cells[place])), None)


def _problem_of(
    name: str, heading: Heading, columns: Mapping[int, Field], sheet: Tabular, *, tells_apart: bool
) -> Unreadable | None:
    """Return what is wrong with a heading that claims a column twice, or that tells of no row which record it is.

    A new record needs every required column; those that are on record need what tells them apart.
    """
    for first, second in heading.doubled:
        column = columns[first] if first in columns else columns[second]
        if column.imported:
            return unreadable(
                "doubled-columns", sheet=name, column=column.heading,
                first=heading.texts[first], second=heading.texts[second],
            )  # fmt: skip
    missing = [
        column.heading for column in sheet.imported if column.required and column not in columns.values()
    ]
    code = next((column for column in sheet.imported if column.code is CodeOf.USCC), None)
    has_code = code is not None and code in columns.values()
    if missing and not tells_apart and not (has_code and len(columns) > 1):
        return unreadable("missing-columns", sheet=name, columns="、".join(missing))
    return None


@dataclass
class Rows:
    """The rows below the heading, down to the last that has a value, read from the temporary file each time."""

    _store: IO[bytes]
    _layout: SheetLayout
    _left: frozenset[int]  # rows that are hidden and not to be taken
    _start: int  # where they begin in the file
    _tables: TablesRead

    def __iter__(self) -> Iterator[ReadRow]:
        if not self._tables.tables:
            return self.plain()
        return map(self._with_tables, self.plain())

    def _with_tables(self, row: ReadRow) -> ReadRow:
        if row.skipped:
            return row
        cells, torn = self._tables.taken(row)
        return replace(row, cells=cells, torn=torn)

    def plain(self) -> Iterator[ReadRow]:
        """Yield each row as its own cells say."""
        self._store.seek(self._start)
        layout, shared = self._layout, SharedCells(self._layout.merged_down)
        blank: list[int] = []  # held back: they count only when a row with a value follows
        for place, cells in enumerate(_lines(self._store)):
            if place < layout.first_row:
                continue
            if is_blank(cells):  # by its own cells, before one merged with the row above is filled in
                blank.append(place + 1)
                continue
            cells = shared.filled(place, cells)
            yield from (ReadRow(number, {}, "blank") for number in blank)
            blank.clear()
            if place + 1 in self._left:
                yield ReadRow(place + 1, {}, "hidden", layout.mark_of(cells))
                continue
            reason = skipped_as(
                cells,
                serial=layout.serial,
                headings=layout.headings,
                read=layout.read,
                name=layout.name_place,
            )
            yield ReadRow(
                place + 1,
                {} if reason else layout.values(shared.filled(place, cells)),
                reason,
                layout.mark_of(cells),
                layout.check_of(cells),
            )

    def close(self) -> None:
        """Drop the temporary file."""
        self._store.close()


def _lines(store: IO[bytes]) -> Iterator[list[Any]]:
    """Yield the rows up to the end, or to a line `null`. It is read line by line, so that its place can be told."""
    while (line := store.readline()) and (rows := json.loads(line, object_hook=_day)) is not None:
        yield from rows


def _tables(store: IO[bytes], sheet: Tabular, count: int) -> tuple[list[TableRead], list[str]]:
    """Read the small tables that stand before the rows; return them, and what is said of those that are not read."""
    tables: list[TableRead] = []
    not_read: list[str] = []
    for _ in range(count):
        facts = json.loads(store.readline())
        rows = _lines(store)
        table = table_read(sheet, getattr(sheet, "name", ""), facts["table"], facts["row"], rows)
        for _row in rows:  # to the end of its rows, whatever it is
            pass
        if facts["left_out"]:
            not_read.append(_TOO_LONG.format(table=facts["table"]))
        elif table is not None and all(table.column is not one.column for one in tables):
            tables.append(table)
        else:
            not_read.append(_UNKNOWN.format(table=facts["table"]))
    return tables, not_read


def _day(tagged: dict[str, str]) -> date | datetime | str:
    if "d" in tagged:
        return date.fromisoformat(tagged["d"])
    return datetime.fromisoformat(tagged["m"])
