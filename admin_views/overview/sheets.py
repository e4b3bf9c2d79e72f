"""The numbers of pictures as a workbook, a sheet each."""

from collections.abc import Sequence

from admin_views.overview.view_models import Picture
from office.excel.tables_writer import Table

_HEAD_WIDTH, _WIDTH = 24.0, 9.0  # of a sheet's columns, in characters


def sheets(found: Sequence[Picture]) -> list[Table]:
    """Return the numbers of pictures, a sheet each."""
    return [
        Table(
            one.title, one.title, ((one.head, _HEAD_WIDTH), *((label, _WIDTH) for label in one.grid.columns)),
            [
                (label, *(cell.words or cell.value for cell in cells))
                for label, cells in zip(one.grid.rows, one.grid.cells, strict=True)
            ],
            note=one.note,
        )
        for one in found
    ]  # fmt: skip
