"""What became of every row of an imported workbook, in the shape that the command line prints."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bson import ObjectId

from office.recognition.recognition import Recognition
from rules.errors import Refusal
from schema.collection import Collection
from services.imports.matching import Question


class Outcome(StrEnum):
    """What becomes of a row; one that was good but is not to be written (strict, or decided so) is skipped.

    A conflict is a row whose record someone else saved after it was seen; it is not written.
    """

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    CONFLICT = "conflict"

    @property
    def counted_as(self) -> str:
        """The key under which such rows are counted."""
        return "conflicts" if self is Outcome.CONFLICT else self.value


class OnConflict(StrEnum):
    """What decides for every row whose record was saved since it was seen: the file, or what is stored."""

    FILE = "file"
    STORED = "stored"


@dataclass(frozen=True, slots=True)
class Seen:
    """The record that a row was held against, and its version then; None: there was none."""

    record: ObjectId | None = None
    version: int | None = None

    def is_still(self, raw: Mapping[str, Any] | None) -> bool:
        """Tell whether a stored record (None: there is none) is what was seen."""
        if raw is None or self.record is None:
            return raw is None and self.record is None
        return bool(raw["_id"] == self.record and raw["version"] == self.version)


class Answer(StrEnum):
    """What a clerk says of a row that was left.

    The file holds (a question: the row is that record), what is stored holds, or the row is a record of its own.
    """

    FILE = "file"
    STORED = "stored"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of one row, of its record as it was shown; `keep` are the keys whose stored values hold."""

    answer: Answer
    seen: Seen
    keep: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell of a row that differs from its record, both as a clerk reads them.

    `by` and `at` say who changed the record's since the export, where both did and nobody has decided.
    """

    heading: str
    key: str
    old: str
    new: str
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class RowReport:
    """One row of the sheet, by its own number: what became of it and, when rejected or a conflict, every reason.

    `seen` is the record that it is, as it stood before; None where the row was not held against any. `cells` are what a
    trial found changed, or both sides changed; `question` is what has to be answered before the row can be written;
    `warnings` are what a trial found doubtful about a row that can be written.
    """

    row: int
    outcome: Outcome
    reasons: tuple[Refusal, ...] = ()
    seen: Seen | None = None
    label: str = ""
    cells: tuple[CellChange, ...] = field(default=(), compare=False)
    question: Question | None = None
    warnings: tuple[Refusal, ...] = field(default=(), compare=False)
    skipped: str = ""  # why a row is no record, as the reader says, or that it was "taken" before


@dataclass(frozen=True)
class MissingRow:
    """A record that was exported and is in no row of the file; `reason` says why it cannot be deleted."""

    record: ObjectId
    version: int
    label: str
    saved_since: bool = False  # by somebody, after the export
    reason: Refusal | None = None


@dataclass(frozen=True)
class MissingRows:
    """The rows that are not in the file, as far as they are offered, and how many there are."""

    rows: tuple[MissingRow, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class ImportReport:
    """An import's result. `batch` is None when nothing was written: a dry run, or a strict one that failed.

    `recognition` is how the workbook was read.
    """

    layout: Collection
    sheet: str
    header_row: int
    batch: str | None
    rows: tuple[RowReport, ...]
    ignored: tuple[str, ...] = ()  # headings that no import sets
    rejected_cells: Mapping[int, Mapping[str, str]] = field(
        default_factory=dict
    )  # of a trial: what the sheet has
    recognition: Recognition | None = None
    missing: MissingRows = field(
        default_factory=MissingRows
    )  # of a trial: rows of the export that are not in the file
    counts: dict[str, int] = field(init=False)

    @property
    def taken(self) -> int:
        """How many rows were left out since an earlier import took them and they are as they were."""
        return sum(row.skipped == "taken" for row in self.rows)

    def __post_init__(self) -> None:
        found = Counter(row.outcome for row in self.rows)
        object.__setattr__(self, "counts", {outcome.counted_as: found[outcome] for outcome in Outcome})

    @property
    def rejected(self) -> int:
        """How many rows were rejected."""
        return self.counts[Outcome.REJECTED.counted_as]

    @property
    def conflicts(self) -> int:
        """How many rows were left because someone else saved their record."""
        return self.counts[Outcome.CONFLICT.counted_as]

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
