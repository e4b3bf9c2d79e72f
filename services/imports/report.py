"""What became of every row of an imported workbook, in the shape that the command line prints."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rules.errors import Refusal
from schema.collection import Collection


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

    layout: Collection
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
            "kind": self.layout.slug,
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


def heading_of(sheet: Collection, key: str | None) -> str:
    """Return the heading of the column at fault; a key without a column is shown at the nearest sensible one."""
    by_key = {field.key: field for field in sheet.fields} | {
        field.name_key: field for field in sheet.fields if field.name_key
    }
    field = by_key.get(key or "")
    if field is not None and not field.exported:
        field = by_key.get(field.reported_at)
    shown = field if field is not None and field.exported else sheet.exported[0]
    return shown.heading
