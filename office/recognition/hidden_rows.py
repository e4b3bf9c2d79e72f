"""Which rows of a sheet are hidden, by hand or by a filter: looked up in the packed XML, in linear time.

Each pattern looks at a stretch between two angle brackets once and never gives back what it took.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_PREFIX = rb"(?:\w{1,20}+:)?"
_HIDDEN_ROW = re.compile(
    rb"<" + _PREFIX + rb'row(?=[ \t\r\n])(?=[^<>]*? hidden="(?:1|true)")(?=[^<>]*? r="(\d{1,7})")[^<>]*+>'
)
_FILTER = re.compile(rb"<" + _PREFIX + rb"filterColumn(?=[ />])")

_LONGEST_TAG = 1 << 20
_TABLE = rb"<table:table(?=[ >])[^<>]*+>"
_ROW = rb"<table:table-row(?=[ />])[^<>]*+>"
_TABLES_AND_ROWS = re.compile(rb"(" + _TABLE + rb")|(" + _ROW + rb")")
_NAME = re.compile(rb' table:name="([^"<>]*+)"')
_REPEATED = re.compile(rb' table:number-rows-repeated="(\d{1,7})"')
_VISIBILITY = re.compile(rb' table:visibility="(collapse|filter)"')


@dataclass
class HiddenRows:
    """The hidden rows of one sheet, by its own numbers from 1; `filtered` when a filter hides some."""

    rows: set[int] = field(default_factory=set)
    filtered: bool = False

    def spans(self) -> list[list[int]]:
        """Return the rows as pairs of the first and the last of each stretch."""
        spans: list[list[int]] = []
        for row in sorted(self.rows):
            if spans and row == spans[-1][1] + 1:
                spans[-1][1] = row
            else:
                spans.append([row, row])
        return spans


def look_through_block(block: bytes, hidden: HiddenRows, most_rows: int) -> None:
    """Note the hidden rows of a stretch of an .xlsx sheet that ends between two rows."""
    if b' hidden="' in block:
        numbers = (int(found[1]) for found in _HIDDEN_ROW.finditer(block))
        hidden.rows.update(number for number in numbers if number <= most_rows)
    if not hidden.filtered and b"filterColumn" in block:
        hidden.filtered = _FILTER.search(block) is not None


def of_open_document(blocks: Iterable[bytes], most_rows: int) -> dict[bytes, HiddenRows]:
    """Return the hidden rows of an .ods by the sheet's name as it stands in the XML, escaped."""
    sheets: dict[bytes, HiddenRows] = {}
    hidden, row = HiddenRows(), 0
    for block in whole_tags(blocks):
        for found in _TABLES_AND_ROWS.finditer(block):
            table, tag = found.groups()
            if table is not None:
                name = _NAME.search(table)
                hidden, row = HiddenRows(), 0
                sheets[name[1] if name else b""] = hidden
                continue
            repeated = _REPEATED.search(tag)
            count = int(repeated[1]) if repeated else 1
            seen = _VISIBILITY.search(tag)
            if seen is not None:
                hidden.rows.update(range(row + 1, min(row + count, most_rows) + 1))
                hidden.filtered = hidden.filtered or seen[1] == b"filter"
            row = min(row + count, most_rows)
    return sheets


def whole_tags(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut the blocks between two tags."""
    rest = b""
    for block in blocks:
        rest += block
        cut = rest.rfind(b"<")
        if cut <= 0 and len(rest) > _LONGEST_TAG:
            cut = len(rest)
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
    yield rest
