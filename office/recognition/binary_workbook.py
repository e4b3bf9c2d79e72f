"""What an old .xls says of its rows and cells beside their values: which are hidden, which are percentages.

The parser gives values alone. Records as [MS-XLS] has them (BIFF8); an older workbook is not told about.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO

import olefile

from office.recognition.hidden_rows import HiddenRows
from office.recognition.percent_cells import PercentCells, percent_formats

_BOF, _EOF, _PASSWORD = 0x0809, 0x000A, 0x002F
_SHEET, _FORMAT, _STYLE = 0x0085, 0x041E, 0x00E0
_ROW, _FILTERED = 0x0208, 0x009B
_ONE_CELL = frozenset({0x0006, 0x0203, 0x027E})  # a formula, a number, a number packed
_MANY_CELLS = 0x00BD
_BIFF8 = 0x0600
_HIDDEN = 0x20
_MOST_BYTES = 256 << 20
_PLACE = struct.Struct("<HHH")  # row, column, style
_MOST_STYLES = 10_000


@dataclass
class SheetSaid:
    """What is known of one sheet."""

    hidden: HiddenRows = field(default_factory=HiddenRows)
    percents: PercentCells = field(default_factory=PercentCells)


def look_through(data: bytes) -> dict[str, SheetSaid] | None:
    """Return what an .xls says, by sheet name; None when it is too old, or not understood. Raises TooMany."""
    try:
        with olefile.OleFileIO(BytesIO(data)) as compound:
            if not compound.exists("Workbook") or compound.get_size("Workbook") > _MOST_BYTES:
                return None
            return _of_stream(compound.openstream("Workbook").read())
    except (OSError, struct.error, IndexError, UnicodeDecodeError):
        return None


def _of_stream(stream: bytes) -> dict[str, SheetSaid] | None:
    records = _records(stream, 0)
    first, begin, _ = next(records)
    if first != _BOF or struct.unpack_from("<H", stream, begin)[0] != _BIFF8:
        return None
    sheets: dict[str, int] = {}
    formats: list[tuple[int, str]] = []
    styles: list[int] = []
    for kind, at, _ in records:
        if kind == _EOF:
            break
        if kind == _PASSWORD:
            return None
        if kind == _SHEET:
            (offset,) = struct.unpack_from("<I", stream, at)
            sheets[_text(stream, at + 7, stream[at + 6])] = offset
        elif kind == _FORMAT and len(formats) < _MOST_STYLES:
            number, length = struct.unpack_from("<HH", stream, at)
            formats.append((number, _text(stream, at + 4, length)))
        elif kind == _STYLE and len(styles) < _MOST_STYLES:
            styles.append(struct.unpack_from("<H", stream, at + 2)[0])
    percents = percent_formats(formats)
    places = {place: percents[number] for place, number in enumerate(styles) if number in percents}
    return {name: _of_sheet(stream, offset, places) for name, offset in sheets.items()}


def _of_sheet(stream: bytes, offset: int, percents: Mapping[int, int]) -> SheetSaid:
    said = SheetSaid()
    depth = 0  # a chart on the sheet is a part within it
    for kind, at, length in _records(stream, offset):
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif kind == _ROW:
            if stream[at + 12] & _HIDDEN:
                said.hidden.rows.add(struct.unpack_from("<H", stream, at)[0] + 1)
        elif kind == _FILTERED:
            said.hidden.filtered = True
        else:
            for row, column, style in _cells_of(stream, kind, at, length):
                if style in percents:
                    said.percents.add(row, column, times=percents[style])
    return said


def _cells_of(stream: bytes, kind: int, at: int, length: int) -> Iterator[tuple[int, int, int]]:
    """Yield row, column and style of each figure that a record holds."""
    if kind in _ONE_CELL:
        yield _PLACE.unpack_from(stream, at)
    elif kind == _MANY_CELLS:
        row, column = struct.unpack_from("<HH", stream, at)
        for place in range((length - 6) // 6):
            yield row, column + place, struct.unpack_from("<H", stream, at + 4 + 6 * place)[0]


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, int, int]]:
    """Yield each record from `offset` on: its kind, where its content begins, how many bytes that has."""
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        offset += 4
        if offset + length > len(stream):
            return
        yield kind, offset, length
        offset += length


def _text(stream: bytes, at: int, length: int) -> str:
    if stream[at] & 1:
        return stream[at + 1 : at + 1 + 2 * length].decode("utf-16-le")
    return stream[at + 1 : at + 1 + length].decode("latin-1")
