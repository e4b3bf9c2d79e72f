"""How our workbooks look, said once for the writers and the template: rows above the table, widths, formats, paper."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from office.excel.rows import NUMBER_HEADING
from schema.collection import Tabular
from schema.field import Field, Kind

HEADING_ROW = 2  # from 0: the title and the unit line stand above it, as in the office's own workbooks
MOST_ROWS = 1_048_576 - HEADING_ROW - 1  # of one sheet
FROZEN_COLUMNS = 2  # the serial number and the name
NUMBER_WIDTH = 7
TITLE_HEIGHT, HEADING_HEIGHT = 30, 32
A4 = 9
FOOTER = "&C第 &P 页，共 &N 页"
_PAGE_WIDTH = 105  # characters that stand side by side on A4 landscape
_LEAST_SCALE = 70  # per cent: smaller print is not read at arm's length
_SCALE = 85  # of what goes over several pages
HEADING_FILL, HEADING_INK = "#E6ECF3", "#1D3557"
MARGINS: Mapping[str, float] = MappingProxyType(
    {"left": 0.5, "right": 0.5, "top": 0.6, "bottom": 0.6, "header": 0.3, "footer": 0.3}
)

# Only what needs one: formats on all numbers and texts cost a third of the writing time.
NUMBER_FORMATS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.DECIMAL: "#,##0.00",
        Kind.DATE: "yyyy-mm-dd",
        Kind.MOMENT: "yyyy-mm-dd hh:mm",
        Kind.CODE: "@",  # typed over by hand, a code stays a text
    }
)


@dataclass(frozen=True)
class Look:
    """One export: its columns, the title, the line under it and the sheet's name."""

    columns: tuple[Field, ...]
    title: str
    line: str
    sheet_name: str

    @property
    def headings(self) -> list[str]:
        """The headings in order, the serial number first."""
        return [NUMBER_HEADING, *(column.heading for column in self.columns)]

    @property
    def widths(self) -> list[float]:
        """The widths in characters, in the order of `headings`."""
        return [NUMBER_WIDTH, *(float(column.width) for column in self.columns)]

    @property
    def codes(self) -> list[str]:
        """The headings whose digits are text on purpose."""
        return [column.heading for column in self.columns if column.kind is Kind.CODE]

    def name_of(self, number: int) -> str:
        """Return the name of the n-th sheet, from 1."""
        return self.sheet_name if number == 1 else f"{self.sheet_name[:26]} ({number})"


def look_of(sheet: Tabular, columns: Sequence[Field] | None, title: str, note: str) -> Look:
    """Return the look of an export of `sheet`; `title` and `note` may be '' for the usual ones."""
    unit_line = sheet.unit_line
    return Look(
        columns=tuple(sheet.exported if columns is None else columns),
        title=title or (sheet.title if sheet.title.endswith(("台账", "一览表")) else f"{sheet.title}名录"),
        line="    ".join(part for part in (note, unit_line) if part),
        sheet_name=valid_sheet_name(sheet.title),
    )


def valid_sheet_name(name: str) -> str:
    r"""Return `name` as Excel takes it: without []:*?/\, no ' at the ends, 1 to 31 characters."""
    return re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).strip().strip("'")[:31] or "Sheet1"


def scale_of(widths: Sequence[float]) -> int:
    """Return the per cent at which columns go over several pages of A4 landscape; 0 where they fit on one."""
    return _SCALE if sum(widths) > _PAGE_WIDTH * 100 / _LEAST_SCALE else 0


def first_page_columns(widths: Sequence[float], scale: int, least: int) -> int:
    """Return how many columns stand on the first page, `least` at any rate."""
    room, count = _PAGE_WIDTH * 100 / scale, 0
    for width in widths:
        room -= width
        if room < 0:
            break
        count += 1
    return max(count, least)
