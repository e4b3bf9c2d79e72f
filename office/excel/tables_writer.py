"""A workbook of a few small tables, a sheet each: typed cells, title and note above, ready to print.

For reports of many tables or of computed rows; the lists of records go out by `workbook_writer`.
"""

import datetime as dt
import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from office.excel.cell_texts import without_unseen
from office.excel.workbook_look import (
    A4,
    FOOTER,
    HEADING_FILL,
    HEADING_HEIGHT,
    HEADING_INK,
    HEADING_ROW,
    MARGINS,
    TITLE_HEIGHT,
    valid_sheet_name,
)

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_LONGEST = 32_767  # of a cell
_FIRST_DAY = dt.date(1900, 1, 1)  # before it Excel knows no days


@dataclass(frozen=True)
class Table:
    """One sheet: `heads` are (heading, width in characters); a row has a value for each, None for a blank.

    `total` stands under the rows in bold.
    """

    name: str
    title: str
    heads: tuple[tuple[str, float], ...]
    rows: Iterable[Sequence[Any]]
    note: str = ""
    frozen: int = 1
    total: Sequence[Any] | None = None


@dataclass(frozen=True)
class _Formats:
    decimal: Format
    day: Format
    text: Format
    total: Format


def write_tables(target: str | os.PathLike[str], tables: Iterable[Table]) -> int:
    """Write the tables to `target`, a sheet each, and return how many rows there were in all."""
    count = 0
    # Its temporary files go with their folder, whatever becomes of the workbook.
    with (
        TemporaryDirectory(prefix="tables-") as folder,
        Workbook(str(target), {**_OPTIONS, "tmpdir": folder}) as book,
    ):
        formats = _Formats(
            book.add_format({"num_format": "0.0", "valign": "top"}),
            book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}),
            book.add_format({"text_wrap": True, "valign": "top"}),
            book.add_format({"bold": True, "top": 1}),
        )
        for table in tables:
            count += _write_table(book, table, formats)
    return count


def _write_table(book: Workbook, table: Table, formats: _Formats) -> int:
    sheet = book.add_worksheet(valid_sheet_name(table.name))
    _head(book, sheet, table)
    line = HEADING_ROW
    for row in table.rows:
        line += 1
        for place, value in enumerate(row):
            _write_cell(sheet, line, place, value, formats)
    last = line
    if table.total is not None:
        for place, value in enumerate(table.total):
            sheet.write(last + 1, place, value, formats.total)
    sheet.autofilter(HEADING_ROW, 0, max(last, HEADING_ROW + 1), len(table.heads) - 1)
    sheet.freeze_panes(HEADING_ROW + 1, table.frozen)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW)
    sheet.set_margins(*(MARGINS[side] for side in ("left", "right", "top", "bottom")))
    sheet.set_footer(FOOTER)
    return last - HEADING_ROW


def _head(book: Workbook, sheet: Worksheet, table: Table) -> None:
    last = len(table.heads) - 1
    for place, (_, width) in enumerate(table.heads):
        sheet.set_column(place, place, width)
    sheet.set_row(0, TITLE_HEIGHT)
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    line = book.add_format({"align": "right", "font_color": "#5B6675"})
    sheet.merge_range(0, 0, 0, last, table.title, title)
    sheet.merge_range(1, 0, 1, last, table.note, line)
    heading = book.add_format(
        {"bold": True, "font_color": HEADING_INK, "bg_color": HEADING_FILL, "text_wrap": True, "align": "center",
         "valign": "vcenter", "bottom": 1, "bottom_color": HEADING_INK}
    )  # fmt: skip
    sheet.set_row(HEADING_ROW, HEADING_HEIGHT)
    for place, (text, _) in enumerate(table.heads):
        sheet.write_string(HEADING_ROW, place, text, heading)


def _write_cell(sheet: Worksheet, row: int, place: int, value: Any, formats: _Formats) -> None:
    if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
        return
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date) and value >= _FIRST_DAY:
        sheet.write_datetime(row, place, dt.datetime.combine(value, dt.time.min), formats.day)
    elif isinstance(value, float):
        sheet.write_number(row, place, value, formats.decimal)
    elif isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(row, place, value)
    else:
        text = without_unseen(str(value))[:_LONGEST]
        sheet.write_string(row, place, text, formats.text if len(text) > 12 else None)
