"""The same workbook by XlsxWriter: slower, pure Python, also for what has no rows (the heading alone)."""

import datetime as dt
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from office.excel.rows import Row
from office.excel.workbook_look import (
    A4,
    FOOTER,
    FROZEN_COLUMNS,
    HEADING_FILL,
    HEADING_HEIGHT,
    HEADING_INK,
    HEADING_ROW,
    MARGINS,
    NUMBER_FORMATS,
    TITLE_HEIGHT,
    Look,
)  # fmt: skip
from schema.field import Field

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "remove_timezone": True,
}


def write_plainly(path: Path, look: Look, rows: Iterable[Row], most_rows: int) -> int:
    """Write the rows, a new sheet after every `most_rows`; return how many there were."""
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        formats = [None, *(column_format(book, column) for column in look.columns)]
        sheet, number, line = start_sheet(book, look, 1), 1, 0
        for row in rows:
            if line == most_rows:
                finish_sheet(sheet, look, line)
                number += 1
                sheet, line = start_sheet(book, look, number), 0
            line += 1
            for place, value in enumerate(row.values()):
                _write_cell(sheet, HEADING_ROW + line, place, value, formats[place])
        finish_sheet(sheet, look, line)
    return (number - 1) * most_rows + line


def _write_cell(sheet: Worksheet, row: int, place: int, value: Any, cell_format: Format | None) -> None:
    if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
        return
    if isinstance(value, str):
        sheet.write_string(row, place, value, cell_format)
    elif isinstance(value, bool):
        sheet.write_boolean(row, place, value, cell_format)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, place, value, cell_format)
    elif isinstance(value, (dt.datetime, dt.date)):
        sheet.write_datetime(row, place, value, cell_format)
    else:
        sheet.write_string(row, place, str(value), cell_format)


def column_format(book: Workbook, column: Field) -> Format | None:
    """Return the number format of a column's cells, None for the usual one."""
    number_format = NUMBER_FORMATS.get(column.kind)
    return book.add_format({"num_format": number_format}) if number_format else None


def start_sheet(book: Workbook, look: Look, number: int) -> Worksheet:
    """Add the n-th sheet with title, line and heading, ready for its rows."""
    sheet = book.add_worksheet(look.name_of(number))
    last = len(look.headings) - 1
    for place, width in enumerate(look.widths):
        sheet.set_column(place, place, width)
    sheet.set_row(0, TITLE_HEIGHT)
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    sheet.merge_range(0, 0, 0, last, look.title, title)
    sheet.merge_range(1, 0, 1, last, look.line, book.add_format({"align": "right", "font_color": "#5B6675"}))
    heading = book.add_format(
        {"bold": True, "font_color": HEADING_INK, "bg_color": HEADING_FILL, "text_wrap": True, "align": "center",
         "valign": "vcenter", "bottom": 1, "bottom_color": HEADING_INK}
    )  # fmt: skip
    sheet.set_row(HEADING_ROW, HEADING_HEIGHT)
    for place, text in enumerate(look.headings):
        sheet.write_string(HEADING_ROW, place, text, heading)
    return sheet


def finish_sheet(sheet: Worksheet, look: Look, rows: int) -> None:
    """Set what spans the rows: filter, frozen panes, codes that are text on purpose, paper."""
    last_row, last = HEADING_ROW + max(rows, 1), len(look.headings) - 1
    sheet.autofilter(HEADING_ROW, 0, last_row, last)
    sheet.freeze_panes(HEADING_ROW + 1, FROZEN_COLUMNS)
    if codes := [place for place, text in enumerate(look.headings) if text in look.codes]:
        areas = " ".join(
            f"{(name := xlsxwriter.utility.xl_col_to_name(place))}{HEADING_ROW + 2}:{name}{last_row + 1}"
            for place in codes
        )
        sheet.ignore_errors({"number_stored_as_text": areas})
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW)
    sheet.set_margins(*(MARGINS[side] for side in ("left", "right", "top", "bottom")))
    sheet.set_footer(FOOTER)
