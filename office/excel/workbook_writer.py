"""Writes rows of `office.excel.rows.row_maker` to an .xlsx as a stream: any number of rows in constant memory.

Fast by rustpy-xlsxwriter; where that extension is missing, the same workbook by XlsxWriter.
Texts that begin with = + - @ are texts in both. Rows beyond what a sheet holds go to a second one.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from office.excel.full_disk import written
from office.excel.plain_writer import write_plainly
from office.excel.rows import Row
from office.excel.workbook_join import join_workbooks
from office.excel.workbook_look import (
    A4,
    FOOTER,
    FROZEN_COLUMNS,
    HEADING_FILL,
    HEADING_HEIGHT,
    HEADING_INK,
    HEADING_ROW,
    MARGINS,
    MOST_ROWS,
    NUMBER_FORMATS,
    TITLE_HEIGHT,
    Look,
    look_of,
)  # fmt: skip
from schema.collection import Tabular
from schema.field import Field

fast: Any
try:
    import rustpy_xlsxwriter as fast
except ImportError:  # no build of it for this machine
    fast = None


def write_workbook(
    target: str | os.PathLike[str], sheet: Tabular, rows: Iterable[Row], *,
    columns: Sequence[Field] | None = None, title: str = "", note: str = "", most_rows: int = MOST_ROWS,
) -> int:  # fmt: skip
    """Write the rows to `target` and return how many there were.

    `rows` come from `row_maker` of the same columns (by default `sheet.exported`), so their keys
    are 序号 and the headings in order; ValueError when the first row's are not. `title` stands in
    row 1, `note` and the unit line in row 2, the heading in row 3. The file appears whole or not at all.
    """
    look = look_of(sheet, columns, title, note)
    target = Path(target)
    parts: list[Path] = []
    try:
        with written():
            count = _write_parts(target, look, iter(rows), most_rows, parts)
            if len(parts) > 1:
                joined = _part_of(target, 0)
                parts.append(joined)
                join_workbooks(parts[:-1], joined)
                joined.replace(target)
            else:
                parts[0].replace(target)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
    return count


def _write_parts(target: Path, look: Look, rows: Iterator[Row], most_rows: int, parts: list[Path]) -> int:
    """Write one workbook of one sheet for every `most_rows` rows; the plain writer makes all sheets itself."""
    first = next(rows, None)
    if first is not None and list(first) != look.headings:
        raise ValueError(f"the rows have the keys {list(first)}, the columns {look.headings}")
    parts.append(_part_of(target, 1))
    if fast is None or first is None:  # the fast writer takes its headings from the first row
        return write_plainly(parts[0], look, rows if first is None else chain([first], rows), most_rows)
    count = 0
    while first is not None:
        if count:
            parts.append(_part_of(target, len(parts) + 1))
        counted = _Counted(islice(chain([first], rows), most_rows))
        fast.write_worksheet(counted, str(parts[-1]), **_options(look, look.name_of(len(parts))))
        count += counted.count
        first = next(rows, None)
    return count


def _part_of(target: Path, number: int) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}-{number}.part")


class _Counted:
    """An iterable that knows afterwards how much it gave."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self.rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for self.count, row in enumerate(self.rows, 1):  # noqa: B020 - the count is kept on purpose
            yield row


def _options(look: Look, sheet_name: str) -> dict[str, Any]:
    """Return what the fast writer is told about one sheet."""
    last = len(look.headings) - 1
    title = fast.Format().set_bold().set_font_size(16).set_align("center").set_align("vcenter")
    line = fast.Format().set_align("right").set_font_color("#5B6675")
    heading = (
        fast.Format().set_bold().set_font_color(HEADING_INK).set_background_color(HEADING_FILL).set_text_wrap()
        .set_align("center").set_align("vcenter").set_border_bottom("thin").set_border_bottom_color(HEADING_INK)
    )  # fmt: skip
    return {
        "sheet_name": sheet_name,
        "header_row": HEADING_ROW,
        "header_format": heading,
        "merge_ranges": [(0, 0, 0, last, look.title, title), (1, 0, 1, last, look.line, line)],
        "row_heights": {0: TITLE_HEIGHT, HEADING_ROW: HEADING_HEIGHT},
        "column_widths": look.widths,
        "column_formats": {
            column.heading: fast.Format().set_num_format(NUMBER_FORMATS[column.kind])
            for column in look.columns
            if column.kind in NUMBER_FORMATS
        },
        "freeze_row": HEADING_ROW + 1,
        "freeze_col": FROZEN_COLUMNS,
        "autofilter": True,
        "ignore_errors": look.codes,
        "page_setup": {
            "landscape": True, "paper_size": A4, "fit_to_pages": (1, 0), "repeat_rows": HEADING_ROW,
            "margins": dict(MARGINS), "footer": FOOTER,
        },
    }  # fmt: skip
