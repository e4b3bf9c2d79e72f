"""The rows that an import refused beyond those that its batch keeps itself: every one can be had back."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, IntField, ListField, StringField

_ROWS = 250  # of one document, which holds 16 MB
_KEPT_FOR = 400 * 24 * 3600  # seconds


class RejectedRows(Document):
    """Some refused rows of one batch, as `ImportBatch.rejected` holds its own; `first` is the first one's number."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "rejected_rows",
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["batch", "first"], "unique": True, "name": "batch_unique"},
            {"fields": ["kept_at"], "expireAfterSeconds": _KEPT_FOR, "name": "expiry"},
        ],
    }

    batch = StringField(required=True)
    first = IntField(required=True)
    rows = ListField(DictField())
    kept_at = DateTimeField(required=True)

    @classmethod
    def keep(cls, batch: str, rows: Iterable[Mapping[str, Any]], now: datetime) -> None:
        """Keep the rows of a batch; kept a second time they stay as they are."""
        waiting = iter(rows)
        while part := list(islice(waiting, _ROWS)):
            key = {"batch": batch, "first": part[0]["row"]}
            values = {"rows": part, "kept_at": now}
            cls._get_collection().update_one(key, {"$set": values}, upsert=True)

    @classmethod
    def of(cls, batch: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a batch in the order of the sheet."""
        for part in cls._get_collection().find({"batch": batch}).sort("first", 1):
            yield from part["rows"]

    @classmethod
    def numbers_of(cls, batch: str) -> set[int]:
        """Return the numbers of the rows."""
        parts = cls._get_collection().find({"batch": batch}, {"rows.row": 1})
        return {row["row"] for part in parts for row in part["rows"]}
