"""What became of every row of an imported workbook, in the shape that the command line prints."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rules.errors import Refusal
from schema.field import Sheet

# Where the reason for a key that has no column of its own is shown.
_NEAREST = {
    "size_computed": "size", "size_override": "size", "size_reason": "size", "base_name": "base",
    "partner_name": "partner", "counties": "cooperations", "home_county": "cooperations", "county": "base",
    "former_names": "name",
}  # fmt: skip


class Outcome(StrEnum):
    """What becomes of a row; a row of a strict import that was good but not written is skipped."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class RowReport:
    """One row of the sheet, by its own number: what became of it and, when rejected, every reason."""

    row: int
    outcome: Outcome
    reasons: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """An import's result. `batch` is None when nothing was written: a dry run, or a strict one that failed."""

    layout: Sheet
    sheet: str
    header_row: int
    batch: str | None
    rows: tuple[RowReport, ...]
    counts: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        found = Counter(row.outcome.value for row in self.rows)
        object.__setattr__(self, "counts", {outcome.value: found[outcome.value] for outcome in Outcome})

    @property
    def rejected(self) -> int:
        """How many rows were rejected."""
        return self.counts[Outcome.REJECTED.value]

    def as_json(self, translate: Callable[[Refusal], str] = str) -> dict[str, Any]:
        """Return the report as plain values; `translate` turns a reason into the reader's language."""
        return {
            "kind": self.layout.kind,
            "sheet": self.sheet,
            "header_row": self.header_row,
            **self.counts,
            "batch": self.batch,
            "rows": [
                {
                    "row": row.row,
                    "outcome": row.outcome.value,
                    "errors": [
                        {"column": heading_of(self.layout, reason.field), "message": translate(reason)}
                        for reason in row.reasons
                    ],
                }
                for row in self.rows
            ],
        }


def heading_of(sheet: Sheet, key: str | None) -> str:
    """Return the heading of the column at fault; a key without a column is shown at the nearest sensible one."""
    headings = {column.key: column.heading for column in sheet.columns}
    for one in (key, _NEAREST.get(key or "")):
        if one in headings:
            return headings[one]
    return sheet.columns[0].heading
