"""How the cells of a row become values by column key: places, units of the heading, merged cells, calendar."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from office.excel.cell_numbers import knows_unit, other_unit, unit_of
from office.excel.cell_texts import as_text
from office.excel.headings import Heading, Merge, checked_places, plain_headings, units_in, units_of_heading
from office.excel.row_marks import is_mark_heading
from office.recognition.check_marks import is_check_heading
from rules.choices import plain
from schema.field import Field, Kind

_SERIAL_HEADINGS = frozenset({"序号", "编号", "no", "no."})
_DAYS_FROM_1900_TO_1904 = 1462
# What neighbouring rows may rightly share in one merged cell; a shared count or code would be counted twice.
_FILLED_DOWN = frozenset(
    {
        Kind.REFERENCE,
        Kind.REFERENCES,
        Kind.COUNTY,
        Kind.CHOICE,
        Kind.CHOICES,
        Kind.STATUS,
        Kind.DATE,
        Kind.MOMENT,
        Kind.YES_NO,
        Kind.COOPERATIONS,
    }
)
_TIMES = (Kind.DATE, Kind.MOMENT)
_LIKE_A_UNIT = ("元", "米", "亩", "公里", "$", "usd", "eur", "hkd")


class SheetLayout:
    """How the cells of a row become values by column key: places, units of the heading, merged cells, calendar."""

    def __init__(
        self, heading: Heading, columns: Mapping[int, Field], merged: Sequence[Merge],
        first: Sequence[Sequence[object]], date_1904: bool,
    ) -> None:  # fmt: skip
        self.first_row = heading.bottom + 1  # from 0
        self.headings = plain_headings(heading)
        self.mark_place = next((p for p, text in heading.texts.items() if is_mark_heading(text)), None)
        self.serial = {place for place, text in self.headings.items() if text in _SERIAL_HEADINGS}
        if self.mark_place is not None:  # a row that holds nothing but its mark is blank
            self.serial.add(self.mark_place)
        self.check_place = next((p for p, text in heading.texts.items() if is_check_heading(text)), None)
        self.serial |= checked_places(heading.texts)
        self.places = [(place, column.key) for place, column in columns.items()]
        self.read = frozenset(columns)
        self.name_place = next((place for place, column in columns.items() if column.key == "name"), None)
        self.units = _foreign_units(heading, columns, first)
        self.days = {c.key: c.kind for c in columns.values() if c.kind in _TIMES} if date_1904 else {}
        below = [area for area in merged if area[0][0] >= self.first_row and area[0][1] in columns]
        self.merged_down = {
            (row, left): top
            for (top, left), (bottom, _) in below
            if columns[left].kind in _FILLED_DOWN
            for row in range(top + 1, bottom + 1)
        }
        self.filled = _headings_of(columns, {left for _, left in self.merged_down})
        self.first_only = _headings_of(
            columns, {left for (_, left), _ in below if columns[left].kind not in _FILLED_DOWN}
        )

    def mark_of(self, cells: Sequence[object]) -> object:
        """Return what a row holds in the column of marks."""
        place = self.mark_place
        return cells[place] if place is not None and place < len(cells) else None

    def check_of(self, cells: Sequence[object]) -> object:
        """Return what a row holds in the column of marks of a check."""
        place = self.check_place
        return cells[place] if place is not None and place < len(cells) else None

    def values(self, cells: Sequence[object]) -> dict[str, Any]:
        """Return the raw cells by column key."""
        has = len(cells)
        values: dict[str, Any] = {key: cells[place] if place < has else "" for place, key in self.places}
        for key, unit in self.units.items():
            if (text := as_text(values[key]).strip())[-1:].isdigit():
                values[key] = (
                    text + unit
                )  # so that it is converted, or refused, as if the cell itself said so
        for key, kind in self.days.items():
            # A fraction is a time of day, which a day has none of.
            if (
                isinstance(day := values[key], float)
                and day < 1e5
                and (day.is_integer() or kind is Kind.MOMENT)
            ):
                values[key] = day + _DAYS_FROM_1900_TO_1904
        return values


def _headings_of(columns: Mapping[int, Field], places: Iterable[int]) -> tuple[str, ...]:
    return tuple(columns[place].heading for place in sorted(places))


def _foreign_units(
    heading: Heading, columns: Mapping[int, Field], first: Sequence[Sequence[object]]
) -> dict[str, str]:
    """Return the unit by column key where the heading, else the line above it, counts in another size than ours.

    A unit that is none of ours (万美元) is kept too, so that its cells are refused, not taken for 万元.
    """
    above = [
        unit
        for cells in first[: heading.row]
        for cell in cells
        if isinstance(cell, str) and "单位" in cell
        for unit in units_in(cell)
    ]
    found: dict[str, str] = {}
    for place, column in columns.items():
        words = units_of_heading(heading.texts.get(place, "")) if unit_of(column) else []
        strange = next(
            (word for word in words if word.endswith(_LIKE_A_UNIT) and not knows_unit(column, word)), ""
        )
        known = [word for word in words if knows_unit(column, word)] or [
            w for w in above if knows_unit(column, w)
        ]
        if unit := strange or (other_unit(column, known[0]) if known else ""):
            found[column.key] = unit
        elif known and words and "¥" in plain(heading.texts[place]):  # ￥万元: ¥500 below it are 500万元
            found[column.key] = known[0]
    return found


class SharedCells:
    """Fills a cell that is merged with the one above it; made anew for each reading of the rows."""

    def __init__(self, merged_down: Mapping[tuple[int, int], int]) -> None:
        self._top = merged_down
        self._sources = {(top, place) for (_, place), top in merged_down.items()}
        self._places = sorted({place for _, place in merged_down})
        self._kept: dict[tuple[int, int], Any] = {}

    def filled(self, row: int, cells: list[Any]) -> list[Any]:
        """Return the cells of `row` (from 0) with the merged ones filled from their first row."""
        for place in self._places:
            if (row, place) in self._sources and place < len(cells):
                self._kept[row, place] = cells[place]
            elif (top := self._top.get((row, place))) is not None:
                cells = cells + [""] * (place + 1 - len(cells))
                cells[place] = cells[place] or self._kept.get((top, place), "")
        return cells
