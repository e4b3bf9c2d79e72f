"""Writes the stream of `office.excel.workbook_stream` to a file, which appears whole or not at all."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from office.excel.full_disk import written
from office.excel.rows import Row
from office.excel.workbook_look import MOST_ROWS, look_of
from office.excel.workbook_stream import Extras, stream_workbook
from schema.collection import Tabular
from schema.field import Field


def write_workbook(
    target: str | os.PathLike[str], sheet: Tabular, rows: Iterable[Row], *,
    columns: Sequence[Field] | None = None, title: str = "", note: str = "", extras: Extras | None = None,
    most_rows: int = MOST_ROWS,
) -> int:  # fmt: skip
    """Write the rows to `target` and return how many there were.

    `rows` come from `row_maker` of the same columns (by default `sheet.exported`), so their keys
    are 序号 and the headings in order; ValueError when the first row's are not. `title` stands in
    row 1, `note` and the unit line in row 2, the heading in row 3. The file appears whole or not at all.
    """
    target = Path(target)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    counts: list[int] = []
    try:
        with written(), part.open("wb") as file:
            look = look_of(sheet, columns, title, note)
            file.writelines(stream_workbook(look, rows, extras, most_rows=most_rows, counted=counts.append))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return counts[0]
