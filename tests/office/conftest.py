"""Small workbooks made on the spot."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

MakeFile = Callable[..., Path]


@pytest.fixture
def workbook(tmp_path: Path) -> MakeFile:
    """Give a function that writes rows of cells, as they stand, to a workbook; `merged` are Excel's areas."""

    def write(
        rows: Iterable[Sequence[Any]],
        name: str = "book.xlsx",
        *,
        merged: Iterable[str] = (),
        sheet: str = "表",
        **options: Any,
    ) -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, **options}) as book:
            page = book.add_worksheet(sheet)
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            for area in merged:
                page.merge_range(area, "")
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, dt.date):
                        page.write_datetime(row, column, cell, day)
                    elif cell is not None:
                        page.write(row, column, cell)
        return path

    return write
