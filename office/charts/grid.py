"""A grid of numbers: what a chart draws, what stands as text beside it, and what goes out as a sheet."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """One number and where it leads; `value` None is none, `words` say it where the number alone does not."""

    value: float | None
    url: str = ""
    words: str = ""

    @property
    def text(self) -> str:
        """The number as pages write it."""
        if self.words:
            return self.words
        if self.value is None:
            return "—"
        return f"{self.value:,.0f}" if float(self.value).is_integer() else f"{self.value:,.1f}"


@dataclass(frozen=True)
class Grid:
    """Rows and columns with their labels; `row_urls` where the rows' labels lead, "" for nowhere."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    row_urls: tuple[str, ...] = ()

    def value(self, row: int, column: int) -> float:
        """Return a number; 0 for none."""
        return self.cells[row][column].value or 0

    def row_sum(self, row: int) -> float:
        """Return what a row adds up to."""
        return sum(cell.value or 0 for cell in self.cells[row])

    def column_sum(self, column: int) -> float:
        """Return what a column adds up to."""
        return sum(self.value(row, column) for row in range(len(self.rows)))

    @property
    def most(self) -> float:
        """The largest number; 0 where there is none."""
        return max((cell.value or 0 for cells in self.cells for cell in cells), default=0)

    @property
    def is_empty(self) -> bool:
        """Whether no number is above 0."""
        return self.most <= 0


def text_width(text: str, size: float = 12) -> float:
    """Return about how wide a text is set, in pixels: a Chinese sign is as wide as high, a Latin one a good half."""
    return round(sum(1 if ord(sign) > 0x2E7F else 0.56 for sign in text) * size, 1)


def shortened(text: str, width: float, size: float = 12) -> str:
    """Return a text that fits into a width, cut with an ellipsis where it does not."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


def level(value: float, most: float, steps: int = 5) -> int:
    """Return the step of a heat map: 0 for nothing, else 1 to `steps` by the share of the largest number."""
    if value <= 0 or most <= 0:
        return 0
    return min(steps, max(1, math.ceil(value / most * steps)))


def label_width(labels: Sequence[str], most: float) -> float:
    """Return how wide the column of labels is: as the longest of them, at most `most`."""
    return min(most, max((text_width(label) for label in labels), default=0)) + 8
