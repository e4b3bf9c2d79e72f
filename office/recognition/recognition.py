"""What was recognised in a workbook and what a clerk chose instead, as plain values that can be kept and shown."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from rules.choices import plain

Match = Mapping[int, str]  # the key of a column by its position from 0; "" where it is not taken


@dataclass(frozen=True)
class SheetChoice:
    """How a workbook is read where a clerk said so.

    `sheet` is its name ("": the one whose headings match best), `header_row` counts from 1 (0: the row that names most
    columns), `columns` says what each position holds (None: what its heading says; a position that is not in it is not
    taken). Rows that are hidden are taken unless `with_hidden` is False.
    """

    sheet: str = ""
    header_row: int = 0
    columns: Match | None = None
    with_hidden: bool = True

    def as_stored(self) -> dict[str, Any]:
        """Return the choice with texts as keys, as a database keeps it."""
        columns = None if self.columns is None else {str(place): key for place, key in self.columns.items()}
        return {**asdict(self), "columns": columns}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any] | None) -> Self:
        """Return the choice that was kept; without one what is chosen by itself."""
        if not stored:
            return cls()
        columns = stored["columns"]
        match = None if columns is None else {int(place): key for place, key in columns.items()}
        return cls(stored["sheet"], stored["header_row"], match, stored["with_hidden"])


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """A sheet of the workbook: how many rows hold something, counted up to a bound (`more`: beyond it)."""

    name: str
    rows: int
    more: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """A column of the sheet: position from 0, heading, the key that it is taken as ("": it is not), some values."""

    place: int
    heading: str
    key: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowSeen:
    """One of the first rows, by the sheet's number, and how it begins: what may be the heading."""

    row: int
    text: str


@dataclass(frozen=True)
class Recognition:
    """What was recognised. `header_row` counts from 1; 0 where no heading was found.

    `digest` stands for the heading, `remembered` tells that an earlier match of it is used. `hidden_rows` counts the
    rows below the heading that are hidden (`filtered`: by a filter), `with_hidden` says whether they are taken;
    `tells_hidden` is False for a kind of file of which it cannot be told. `filled` are the headings whose merged cells
    hold for each of their rows, `first_only` those whose merged cells count for the first row alone.
    """

    sheet: str
    header_row: int
    digest: str
    columns: tuple[ColumnSeen, ...]
    first_rows: tuple[RowSeen, ...]
    sheets: tuple[SheetSeen, ...]
    more_sheets: int
    hidden_rows: int
    filtered: bool
    tells_hidden: bool
    with_hidden: bool
    remembered: bool
    filled: tuple[str, ...]
    first_only: tuple[str, ...]

    @property
    def choice(self) -> SheetChoice:
        """The choice that reads the same workbook in the same way, whatever is remembered by then."""
        columns = {column.place: column.key for column in self.columns}
        return SheetChoice(self.sheet, self.header_row, columns, self.with_hidden)

    def as_stored(self) -> dict[str, Any]:
        """Return it as a database keeps it."""
        return asdict(self)

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Return what was kept."""
        return cls(
            **{
                **stored,
                "columns": tuple(
                    ColumnSeen(**{**one, "samples": tuple(one["samples"])}) for one in stored["columns"]
                ),
                "first_rows": tuple(RowSeen(**one) for one in stored["first_rows"]),
                "sheets": tuple(SheetSeen(**one) for one in stored["sheets"]),
                "filled": tuple(stored["filled"]),
                "first_only": tuple(stored["first_only"]),
            }
        )


def heading_digest(texts: Mapping[int, str]) -> str:
    """Return what stands for a heading: the same for the same words in the same columns."""
    words = [f"{place}:{plain(text)}" for place, text in sorted(texts.items()) if text]
    return hashlib.sha256("\n".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:32]
