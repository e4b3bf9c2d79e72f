"""The sheet of a small table in an export: a row for each row of each record, with typed cells, beside the list.

While the list is written its rows are laid aside in a temporary file, since a workbook that is sent as it grows holds
one sheet after the other.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from office.excel import workbook_parts as parts
from office.excel.row_xml import is_wrapped, row_writer
from office.excel.rows import row_maker
from office.excel.sheet_frame import Frame, foot, head
from office.excel.small_tables.sheet_marks import NUMBER_HEADING, TableHeading, naming_columns
from office.excel.workbook_look import HEADING_ROW, MOST_ROWS, Look, valid_sheet_name
from schema.collection import Tabular
from schema.field import Field, Kind

_IN_MEMORY = 2 << 20
_BLOCK = 1 << 18
_LINE = "一行一条；可在此修改、增加或删除行后随名录一起导入"
_NUMBER = Field("row_number", NUMBER_HEADING, NUMBER_HEADING, Kind.INTEGER, width=7)
_WIDEST = 40


def table_look(sheet: Tabular, column: Field, columns: Sequence[Field]) -> Look:
    """Return the look of the sheet of a table: whose row, which row, its sub-fields."""
    leading = tuple(replace(one, width=min(one.width, _WIDEST)) for one in naming_columns(sheet, columns))
    return Look(
        (*leading, _NUMBER, *column.parts),
        f"{sheet.title}：{column.heading}", _LINE, valid_sheet_name(column.heading),
    )  # fmt: skip


class TableSheet:
    """The rows of one small table of an export."""

    def __init__(self, sheet: Tabular, collection: str, column: Field, columns: Sequence[Field]) -> None:
        """Begin with no row; `columns` are those of the export."""
        self.column = column
        self.heading = str(TableHeading(collection, column.key))
        self.look = table_look(sheet, column, columns)
        self._leading = [one.heading for one in naming_columns(sheet, columns)]
        self._make = row_maker(column.parts, county_names={}, status_labels={})
        self._xml = row_writer(self.look, marked=True, linked=False)
        self._rows = 0
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by `close`

    @property
    def fits(self) -> bool:
        """Whether its rows stand in one sheet; what does not is left out, and stands in the cells of the list."""
        return self._rows <= MOST_ROWS

    def add(self, record_id: object, listed: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
        """Lay the rows of a record aside; `listed` is its row in the list, the serial number first."""
        serial = next(iter(listed.values()))
        leading = [listed.get(heading) for heading in self._leading]
        for number, row in enumerate(rows, 1):
            self._rows += 1
            if not self.fits:
                return
            made = iter(self._make(row).values())
            next(made)  # a serial number of its own
            values = [serial, *leading, number, *made, f"{record_id}.{number}"]
            cells = {str(place): value for place, value in enumerate(values)}
            self._file.write(self._xml(HEADING_ROW + 1 + self._rows, cells).encode())

    def frame(self, name: str) -> Frame:
        """Return what stands around its rows, under the name of its sheet."""
        columns = self.look.columns
        styles = (parts.format_of(one.kind, wrapped=is_wrapped(one.kind)) for one in columns)
        return Frame(
            name=name, title=self.look.title, line=self.look.line, headings=tuple(self.look.headings),
            widths=tuple(self.look.widths), styles=(parts.PLAIN, *styles), frozen=2, hidden=self.heading,
            codes=tuple(place for place, one in enumerate(columns, 1) if one.kind is Kind.CODE),
        )  # fmt: skip

    @property
    def last_line(self) -> int:
        """The number of its last row in the sheet."""
        return HEADING_ROW + 1 + self._rows

    def xml(self, frame: Frame) -> Iterator[bytes]:
        """Yield the sheet."""
        yield head(frame, first=False).encode()
        self._file.seek(0)
        while block := self._file.read(_BLOCK):
            yield block
        yield foot(frame, self.last_line, 0).encode()

    def close(self) -> None:
        """Drop the temporary file."""
        self._file.close()
