"""A workbook of a few tables, a sheet each: typed cells, title and note above, ready to print.

For reports of many tables or of computed rows; the lists of records go out by `workbook_stream`. Both are streams, and
nothing is written to a disk.
"""

import datetime as dt
import hashlib
import math
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self

from office.excel import workbook_parts as parts
from office.excel.full_disk import write_whole
from office.excel.row_xml import LINE_HEIGHT, letters, lines_of, row_writer, text_cell
from office.excel.rows import Row
from office.excel.sheet_frame import Frame, defined_names, foot, head
from office.excel.workbook_look import HEADING_ROW, Look, look_of, valid_sheet_name
from office.excel.workbook_stream import LEVEL, Sink, frame_of, write_rest
from schema.collection import Tabular
from schema.field import Field

_BLOCK = 200  # rows that are packed at once
_MOST_LINES = 20  # of a row, so that none fills a page
_UNSEEN_WIDTH = 255  # of a hidden column, so that it makes no row higher
_FIRST_DAY = dt.date(1900, 1, 1)  # before it Excel knows no days
_EPOCH_DAY = dt.date(1899, 12, 30).toordinal()

# From the number of rows and the digest of all of them to the lines of the sheet 说明.
About = Callable[[int, str], Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Table:
    """One sheet: `heads` are (heading, width in characters); a row has a value for each, None for a blank.

    With `hidden`, the heading of one more column that nobody sees, a row has its value last.
    `total` stands under the rows in bold. The first `frozen` columns stay in sight. With `look` the columns are
    declared ones, and so formatted, and the rows come from `row_maker`.
    """

    name: str
    title: str
    heads: tuple[tuple[str, float], ...]
    rows: Iterable[Any]
    note: str = ""
    frozen: int = 1
    total: Sequence[Any] | None = None
    look: Look | None = None
    hidden: str = ""

    @classmethod
    def of(
        cls, sheet: Tabular, rows: Iterable[Row], *, columns: Sequence[Field] | None = None, title: str = "",
        note: str = "",
    ) -> Self:  # fmt: skip
        """Return the table of a sheet of declared columns; `rows` come from `row_maker` of the same."""
        look = look_of(sheet, columns, title, note)
        heads = tuple(zip(look.headings, look.widths, strict=True))
        return cls(look.name_of(1), look.title, heads, rows, look.line, look=look)

    @property
    def frame(self) -> Frame:
        """What stands around its rows."""
        if self.look is not None:
            return frame_of(self.look)
        return Frame(
            name=valid_sheet_name(self.name), title=self.title, line=self.note,
            headings=tuple(heading for heading, _ in self.heads), widths=tuple(width for _, width in self.heads),
            styles=(parts.PLAIN,) * len(self.heads), frozen=self.frozen,
            hidden=self.hidden,
        )  # fmt: skip


def stream_tables(tables: Iterable[Table], about: About | None = None) -> Iterator[bytes]:
    """Yield a workbook of these tables in parts, the first of them as soon as its rows are there.

    `about` is asked for the lines of a sheet 说明 when all rows are written.
    """
    yield from _stream(tables, about, lambda count: None)


def write_tables(target: str | os.PathLike[str], tables: Iterable[Table]) -> int:
    """Write the tables to `target`, a sheet each, and return how many rows there were in all.

    The file appears whole or not at all. Raises NotWritten.
    """
    counts: list[int] = []
    write_whole(target, _stream(tables, None, counts.append))
    return counts[0]


def _stream(tables: Iterable[Table], about: About | None, counted: Callable[[int], None]) -> Iterator[bytes]:
    sink, count, digest = Sink(), 0, hashlib.sha256()
    names: list[str] = []
    defined: list[str] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:  # type: ignore[call-overload]
        for number, table in enumerate(tables, 1):
            frame, line = table.frame, HEADING_ROW + 1
            write_row = _row_writer(table)
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                part.write(head(frame, first=number == 1).encode())
                rows = iter(table.rows)
                while block := list(islice(rows, _BLOCK)):
                    xml = "".join([write_row(line + place, row) for place, row in enumerate(block, 1)])
                    part.write(data := xml.encode())
                    digest.update(data)
                    line += len(block)
                    yield sink.taken()
                if table.total is not None:
                    part.write(_total(line + 1, table.total).encode())
                part.write(foot(frame, line, 0).encode())
            count += line - HEADING_ROW - 1
            names.append(frame.name)
            defined += defined_names(frame, number, line)
        write_rest(archive, names, defined, about(count, digest.hexdigest()) if about else ())
    counted(count)
    yield sink.taken()


def _row_writer(table: Table) -> Callable[[int, Any], str]:
    if table.look is not None:
        return row_writer(table.look, marked=False, linked=False)
    widths = [int(width) for _, width in table.heads] + ([_UNSEEN_WIDTH] if table.hidden else [])
    columns = [(letters(place), width) for place, width in enumerate(widths)]

    def write(line: int, row: Sequence[Any]) -> str:
        most, cells = 1, []
        for (letter, width), value in zip(columns, row, strict=True):
            high = _lines(value, width)
            most = max(most, high)
            cells.append(_cell(f"{letter}{line}", value, wrapped=high > 1))
        height = f' ht="{min(most, _MOST_LINES) * LINE_HEIGHT}" customHeight="1"' if most > 1 else ""
        return f'<row r="{line}"{height}>{"".join(cells)}</row>'

    return write


def _lines(value: Any, width: int) -> int:
    """Return how many lines a value takes; a short one is not looked at."""
    if not isinstance(value, str) or (len(value) * 2 < width and "\n" not in value):
        return 1
    return lines_of(value, width)


def _cell(place: str, value: Any, *, wrapped: bool) -> str:
    if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date) and value >= _FIRST_DAY:
        return f'<c r="{place}" s="{parts.TABLE_DAY}"><v>{value.toordinal() - _EPOCH_DAY}</v></c>'
    if isinstance(value, float):
        return f'<c r="{place}" s="{parts.TABLE_DECIMAL}"><v>{value!r}</v></c>'
    if isinstance(value, int) and not isinstance(value, bool):
        return f'<c r="{place}" s="{parts.TABLE_PLAIN}"><v>{value}</v></c>'
    return text_cell(place, parts.TABLE_TEXT if wrapped else parts.TABLE_PLAIN, str(value))


def _total(line: int, values: Sequence[Any]) -> str:
    cells = []
    for place, value in enumerate(values):
        name = f"{letters(place)}{line}"
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            cells.append(f'<c r="{name}" s="{parts.TABLE_TOTAL}"><v>{value!r}</v></c>')
        else:
            cells.append(text_cell(name, parts.TABLE_TOTAL, "" if value is None else str(value)))
    return f'<row r="{line}">{"".join(cells)}</row>'
