"""Which cells of a sheet are shown as percentages: a parser gives 0.5, or 50, where the clerk sees 50%.

A format shows a hundred times the value with a percent sign, or the value itself where the sign is a text like others.

Each pattern looks at a stretch between two angle brackets once and never gives back what it took.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from xml.etree.ElementTree import Element

from office.recognition.hidden_rows import whole_tags

_BUILT_IN = {9: 100, 10: 100}  # 0% and 0.00%
# What of a format is not shown as it stands: quoted words, escaped signs, [colours].
_LITERAL = re.compile(r'"[^"]*+"|\\.|_.|\*.|\[[^\]]*+\]')
_QUOTED = re.compile(r'"([^"]*+)"|\\(.)|_.|\*.|\[[^\]]*+\]')
_MOST_SPANS = 500_000

_TABLES_ROWS_CELLS = re.compile(
    rb"<(?:(table:table)(?=[ >])|(table:table-row)(?=[ />])|table:(?:covered-)?table-cell(?=[ />]))([^<>]*+)>"
)
_NAME = re.compile(rb' table:name="([^"<>]*+)"')
_ROWS_REPEATED = re.compile(rb' table:number-rows-repeated="(\d{1,7})"')
_COLUMNS_REPEATED = re.compile(rb' table:number-columns-repeated="(\d{1,5})"')
_PERCENTAGE = b' office:value-type="percentage"'


class TooMany(ValueError):
    """A sheet whose percentages are scattered so that no table looks like it."""


@dataclass
class PercentCells:
    """The cells of one sheet that are shown as percentages, by column.

    A stretch is its first and last row, from 0, and how many times its values are what is shown.
    """

    columns: dict[int, list[list[int]]] = field(default_factory=dict)
    _count: int = 0

    def add(self, row: int, column: int, last_row: int | None = None, times: int = 100) -> None:
        """Note a cell that shows so many times its value, or those down to `last_row`. Raises TooMany."""
        last = row if last_row is None else last_row
        spans = self.columns.setdefault(column, [])
        if spans and spans[-1][0] <= row <= spans[-1][1] + 1 and spans[-1][2] == times:
            spans[-1][1] = max(spans[-1][1], last)
            return
        self._count += 1
        if self._count > _MOST_SPANS:
            raise TooMany
        spans.append([row, last, times])

    def shown(self, rows: Iterable[list[object]]) -> Iterator[list[object]]:
        """Yield the rows of the sheet, from its first, with the figures of these cells as texts like 50%."""
        left = {column: iter(sorted(spans)) for column, spans in self.columns.items()}
        spans = {column: next(rest) for column, rest in left.items()}
        for number, cells in enumerate(rows):
            for column in list(spans):
                span: list[int] | None = spans[column]
                while span is not None and span[1] < number:
                    span = next(left[column], None)
                if span is None:
                    del spans[column]
                    continue
                spans[column] = span
                if span[0] <= number and column < len(cells):
                    cells[column] = _percentage(cells[column], span[2])
            yield cells


def _percentage(value: object, times: int) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e30:
        return value
    shown = (Decimal(repr(value)) * times).normalize()
    return f"{shown:f}%" if shown.is_finite() else value


def times_shown(number_format: str) -> int:
    """Return how many times the value a number format, as a workbook keeps it, shows with a percent sign.

    0 where it shows none.
    """
    if "%" in _LITERAL.sub("", number_format):
        return 100
    return int(any("%" in "".join(text) for text in _QUOTED.findall(number_format)))


def percent_formats(formats: Iterable[tuple[int, str]]) -> dict[int, int]:
    """Return `times_shown` by number of those formats, of a workbook's own, that show percentages."""
    own = dict(formats)
    shown = _BUILT_IN | {number: times_shown(code) for number, code in own.items()}
    return {number: times for number, times in shown.items() if times}


def percent_styles(root: Element | None) -> dict[int, int]:
    """Return `times_shown` by place of those cell styles of an xl/styles.xml that show percentages."""
    if root is None:
        return {}
    formats = percent_formats(
        (_number(node.get("numFmtId")), node.get("formatCode") or "")
        for node in root.iter()
        if node.tag.endswith("}numFmt")
    )
    styles = next((node for node in root if node.tag.endswith("}cellXfs")), ())
    numbers = ((place, _number(style.get("numFmtId"))) for place, style in enumerate(styles))
    return {place: formats[number] for place, number in numbers if number in formats}


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 10 else 0


def styled_cells(styles: Iterable[int]) -> "re.Pattern[bytes] | None":
    """Return a pattern that finds place (B12) and style of each cell with one of these styles in a sheet's XML."""
    places = "|".join(map(str, sorted(styles)))
    if not places:
        return None
    return re.compile(
        rb'<(?:\w{1,20}+:)?c r="([A-Z]{1,3}\d{1,7})"(?=[^<>]*? s="(' + places.encode() + rb')")'
    )


def look_through_block(
    block: bytes,
    cells: "re.Pattern[bytes]",
    styles: Mapping[int, int],
    found: PercentCells,
    place_of: Callable[[bytes], tuple[int, int]],
) -> None:
    """Note the cells of a stretch of an .xlsx sheet; `place_of` gives (row, column) of B12. Raises TooMany."""
    for match in cells.finditer(block):
        found.add(*place_of(match[1]), times=styles[int(match[2])])


def of_open_document(blocks: Iterable[bytes], most_rows: int, most_columns: int) -> dict[bytes, PercentCells]:
    """Return the percentages of an .ods by the sheet's name as it stands in the XML, escaped. Raises TooMany."""
    sheets: dict[bytes, PercentCells] = {}
    found, row, after, column = PercentCells(), 0, 0, 0
    for block in whole_tags(blocks):
        for match in _TABLES_ROWS_CELLS.finditer(block):
            table, is_row, said = match.groups()
            if table is not None:
                name = _NAME.search(said)
                found, after = PercentCells(), 0
                sheets[name[1] if name else b""] = found
            elif is_row is not None:
                row, column = after, 0
                after = row + _times(_ROWS_REPEATED, said)
            else:
                count = _times(_COLUMNS_REPEATED, said)
                if _PERCENTAGE in said and row < most_rows:
                    for place in range(column, min(column + count, most_columns)):
                        found.add(row, place, min(after, most_rows) - 1)
                column += count
    return {name: cells for name, cells in sheets.items() if cells.columns}


def _times(pattern: "re.Pattern[bytes]", said: bytes) -> int:
    repeated = pattern.search(said)
    return int(repeated[1]) if repeated else 1
