"""The trial of an import: what every row of a kept workbook was held against, at which version."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

_ROWS = 5000  # of one document: some 400 kB
_KEPT_FOR = 2 * 24 * 3600  # seconds; the workbook itself is kept for a day


class ImportTrial(Document):
    """Some rows of one trial, in the order of the sheet.

    `rows` are dicts: `row` (the sheet's number), `outcome`, and, where the row is a record, `record` (its id) and
    `version` as they stood when it was tried; both None where there was none yet. What each field held at that
    version stands in the record's history.
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": "import_trials",
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["upload", "first"], "unique": True, "name": "upload_unique"},
            {"fields": ["tried_at"], "expireAfterSeconds": _KEPT_FOR, "name": "expiry"},
        ],
    }

    upload = ObjectIdField(required=True)
    first = IntField(required=True)
    kind = StringField(required=True)
    actor_id = StringField(required=True)
    tried_at = DateTimeField(required=True)
    rows = ListField(DictField())

    @classmethod
    def keep(
        cls, upload: ObjectId, rows: Iterable[Mapping[str, Any]], *, kind: str, actor_id: str, now: datetime
    ) -> None:
        """Keep the rows of a trial in the place of those of an earlier one."""
        cls.drop(upload)
        collection = cls._get_collection()
        # First of all an empty part: a sheet without a good row was tried, too.
        for part in chain([()], _chunks(rows)):
            first = part[0]["row"] if part else 0
            collection.insert_one(_stored(upload, part, kind, actor_id, now, first))

    @classmethod
    def rows_of(cls, upload: ObjectId, actor_id: str) -> list[dict[str, Any]] | None:
        """Return the rows of the trial that this user made of a kept workbook; None when there was none."""
        found = list(cls._get_collection().find({"upload": upload, "actor_id": actor_id}).sort("first", 1))
        return [row for part in found for row in part["rows"]] if found else None

    @classmethod
    def drop(cls, upload: ObjectId) -> None:
        """Forget a trial."""
        cls._get_collection().delete_many({"upload": upload})


def _stored(
    upload: ObjectId, rows: Sequence[Mapping[str, Any]], kind: str, actor_id: str, now: datetime, first: int
) -> dict[str, Any]:
    return {
        "upload": upload, "first": first, "kind": kind, "actor_id": actor_id, "tried_at": now,
        "rows": [dict(row) for row in rows],
    }  # fmt: skip


def _chunks(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], ...]]:
    waiting = iter(rows)
    while some := tuple(islice(waiting, _ROWS)):
        yield some
