"""The trial of an import: what every row of a kept workbook was held against, at which version."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

_ROWS = 250  # of one document, which holds 16 MB: a row with every cell changed takes some 40 kB
DOUBTFUL = "doubtful"  # beside the outcomes: rows that can be written, of which a rule warns
_KEPT_FOR = 2 * 24 * 3600  # seconds; the workbook itself is kept for a day


class ImportTrial(Document):
    """Some rows of one trial, in the order of the sheet.

    `rows` are dicts: `row` (the sheet's number), `outcome`, and, where the row is a record, `record` (its id) and
    `version` as they stood when it was tried; both None where there was none yet. Beside these `label` (the record's
    name), `skipped` (why it is no record), `errors` (`column`, `key`, `message`, `params`), `cells` (of a changed one
    `heading`, `key`, `old`, `new`, `by`, `at`; of a rejected one `key` and `new`, what the sheet has), `warnings` as
    `errors`, and `question`.
    The first part has no rows: its `answers` are what was said of rows that wait for an answer (row number as text:
    `answer`, `keep`, `record`, `version`), `deletions` the records (`record`, `version`) to be deleted, as rows of the
    export that the file lacks, `corrections` the cells that were corrected (row number: key: text), `facts`
    the file's name and how it is taken.
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
    answers = DictField()
    corrections = DictField()
    deletions = ListField(DictField())
    facts = DictField()

    @classmethod
    def keep(
        cls, upload: ObjectId, rows: Iterable[Mapping[str, Any]], *, kind: str, actor_id: str, now: datetime,
        head: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Keep the rows of a trial in the place of those of an earlier one; `head` are values of the first part."""
        cls.drop(upload)
        collection = cls._get_collection()
        # First of all an empty part: a sheet without a good row was tried, too.
        for part in chain([()], _chunks(rows)):
            first = part[0]["row"] if part else 0
            more = {} if part else {"facts": {}, "answers": {}, "corrections": {}, **(head or {})}
            collection.insert_one({**_stored(upload, part, kind, actor_id, now, first), **more})

    @classmethod
    def rows_of(cls, upload: ObjectId, actor_id: str) -> list[dict[str, Any]] | None:
        """Return the rows of the trial that this user made of a kept workbook; None when there was none."""
        found = list(cls._get_collection().find({"upload": upload, "actor_id": actor_id}).sort("first", 1))
        return [row for part in found for row in part["rows"]] if found else None

    @classmethod
    def head_of(cls, upload: ObjectId, actor_id: str) -> dict[str, Any] | None:
        """Return the first part of a user's trial: kind, facts, answers, corrections; None when there is none."""
        found: dict[str, Any] | None = cls._get_collection().find_one(
            {"upload": upload, "actor_id": actor_id, "first": 0}
        )
        return found

    @classmethod
    def tried(cls, uploads: Sequence[ObjectId], actor_id: str) -> set[ObjectId]:
        """Return of which of these workbooks a trial of this user is kept."""
        clause = {"upload": {"$in": list(uploads)}, "first": 0, "actor_id": actor_id}
        return {row["upload"] for row in cls._get_collection().find(clause, {"upload": 1})}

    @classmethod
    def counts_of(cls, upload: ObjectId) -> dict[str, int]:
        """Return how many rows of a trial there are of each outcome; of those that ask, under "questions" too.

        Those that can be written and are doubtful are counted under "doubtful" too.
        """
        key = {
            "outcome": "$rows.outcome", "asks": {"$gt": ["$rows.question", ""]},
            "warns": {"$isArray": "$rows.warnings"},
        }  # fmt: skip
        steps = [
            {"$match": {"upload": upload}},
            {"$unwind": "$rows"},
            {"$group": {"_id": key, "n": {"$sum": 1}}},
        ]
        counts: dict[str, int] = {"questions": 0, DOUBTFUL: 0}
        for group in cls._get_collection().aggregate(steps):
            outcome = group["_id"]["outcome"]
            counts[outcome] = counts.get(outcome, 0) + group["n"]
            counts["questions"] += group["n"] if group["_id"]["asks"] else 0
            counts[DOUBTFUL] += group["n"] if group["_id"]["warns"] else 0
        return counts

    @classmethod
    def page_of(cls, upload: ObjectId, outcome: str, *, skip: int, limit: int) -> list[dict[str, Any]]:
        """Return some rows of a trial in the order of the sheet, of one outcome, `DOUBTFUL`, or ("") of all."""
        steps: list[dict[str, Any]] = [
            {"$match": {"upload": upload}},
            {"$sort": {"first": 1}},
            {"$unwind": "$rows"},
        ]
        if outcome == DOUBTFUL:
            steps.append({"$match": {"rows.warnings": {"$exists": True}}})
        elif outcome:
            steps.append({"$match": {"rows.outcome": outcome}})
        steps += [{"$skip": skip}, {"$limit": limit}, {"$replaceRoot": {"newRoot": "$rows"}}]
        return list(cls._get_collection().aggregate(steps))

    @classmethod
    def take(cls, upload: ObjectId, head: Mapping[str, Any], rows: Iterable[Mapping[str, Any]] = ()) -> None:
        """Set values of the first part by their dotted keys, and put these rows in the place of those they were."""
        collection = cls._get_collection()
        if head:
            collection.update_one({"upload": upload, "first": 0}, {"$set": dict(head)})
        for row in rows:
            collection.update_one({"upload": upload, "rows.row": row["row"]}, {"$set": {"rows.$": dict(row)}})

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
