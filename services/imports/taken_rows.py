"""Which rows of a checked workbook an earlier import has taken: looked up by the workbook that was tried."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from documents.batches.batch import Batch
from documents.imports.import_batch import ImportBatch
from documents.imports.rejected_rows import RejectedRows
from office.recognition.check_marks import SAME, CheckMark
from rules.access import Actor

_MOST_WORKBOOKS = 50  # that one sheet's marks may name; further ones hold nothing


class TakenRows:
    """What became of the workbooks that the marks of a sheet name, in an actor's scope."""

    def __init__(self, actor: Actor) -> None:
        """Begin with none looked up."""
        self._actor = actor
        self._left: dict[str, frozenset[int] | None] = {}

    def holds(self, mark: CheckMark) -> bool:
        """Tell whether the row that a mark names was taken: it was the same as what is stored, or was written."""
        if mark.outcome == SAME:
            return True
        left = self._left_of(mark.upload)
        return left is not None and mark.row not in left

    def _left_of(self, upload: str) -> frozenset[int] | None:
        """Return the rows that the import of a workbook left; None where it was not written, or was taken back."""
        if upload not in self._left and len(self._left) < _MOST_WORKBOOKS:
            batch = ImportBatch.written_from(ObjectId(upload), self._actor)
            self._left[upload] = _left(batch) if batch and not Batch.undoing([batch["_id"]]) else None
        return self._left.get(upload)


def _left(batch: Mapping[str, Any]) -> frozenset[int] | None:
    rows = {row["row"] for row in (*batch.get("rejected", ()), *batch.get("conflicts", ()))}
    counts = batch.get("counts") or {}
    left = counts.get("rejected", 0) + counts.get("conflicts", 0)
    if len(rows) < left:
        rows |= RejectedRows.numbers_of(batch["_id"])
    return frozenset(rows) if len(rows) == left else None
