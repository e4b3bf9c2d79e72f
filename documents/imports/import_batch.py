"""One import of a workbook: which file, by whom, what became of its rows, and the rows that were refused."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, cast

from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

from documents.definitions.seen_collections import of_seen_kinds
from documents.records.record import RecordQuerySet
from rules.access import Actor

_AT_WORK = timedelta(hours=6)  # an import that began earlier is not at work any more
_ALIVE = timedelta(minutes=2)  # nor one that has written nothing for so long


class ImportBatchQuerySet(RecordQuerySet):
    """Named queries over imports."""

    def visible_to(self, actor: Actor) -> "ImportBatchQuerySet":
        """Keep the imports of the actor's county; those of the city are the city's."""
        clause: dict[str, Any] = {"county": actor.county} if actor.county is not None else {}
        clause |= of_seen_kinds(actor)
        return self.where_raw(clause) if clause else self

    def newest(self, most: int) -> list[dict[str, Any]]:
        """Return at most so many, the newest first, without their rows."""
        rows = ImportBatch._get_collection().find(self.filters(), {"rejected": 0, "conflicts": 0})
        return list(rows.sort("started_at", -1).limit(most))

    def unfinished(self, since: datetime) -> "ImportBatchQuerySet":
        """Keep the imports begun since then that have not come to their end: they run, or were cut short."""
        return self.where_raw({"started_at": {"$gte": since}, "finished_at": None})


class ImportBatch(Document):
    """One import. Its id stands as the note of every audit entry it caused; without `finished_at` it was cut short.

    `rejected` holds, for at most so many rows as `services.imports.import_rows` says, the sheet's row number,
    the cells as text by column key, and the reasons (column, message id, parameters).
    `progress` counts the rows by outcome as each chunk writes them, in the chunk's own transaction, at `progress_at`.
    `conflicts` holds the rows that were left because their record was saved since the trial: row number, `record`
    and `version` that are there now (None: none is), label, columns, message id and parameters, and `settled`, the
    batch that wrote the row after all; `upload` is the workbook that they stand in. `job` is the job that does it,
    `source` the workbook that was read, by its upload, and `reading` what was chosen of its sheet and columns.
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": "import_batches",
        "queryset_class": ImportBatchQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["county", "-started_at"], "name": "county"},
            {"fields": ["-started_at"], "name": "time"},
            {"fields": ["source"], "sparse": True, "name": "source"},
        ],
    }

    batch = StringField(primary_key=True)
    kind = StringField(required=True)
    file_name = StringField()
    sha256 = StringField(required=True)
    sheet = StringField()
    header_row = IntField()
    actor_id = StringField(required=True)
    actor_name = StringField(required=True)
    county = StringField()
    started_at = DateTimeField(required=True)
    finished_at = DateTimeField()
    counts = DictField()
    rejected = ListField(DictField())
    progress = DictField()
    progress_at = DateTimeField()
    conflicts = ListField(DictField())
    upload = ObjectIdField()
    job = ObjectIdField()
    source = ObjectIdField()
    deleted = IntField()
    not_deleted = ListField(DictField())
    reading = DictField()
    taken = IntField()  # rows of the sheet that an earlier import had taken

    @classmethod
    def written_from(cls, upload: ObjectId, actor: Actor) -> dict[str, Any] | None:
        """Return the import of an uploaded workbook in an actor's scope, come to its end; None when there is none."""
        found = cls.objects.visible_to(actor).where_raw(
            {"source": upload, "finished_at": {"$exists": True}}
        )  # what was settled later has the same source
        return cast("dict[str, Any] | None", found.order_by("started_at").as_pymongo().first())

    @classmethod
    def conflicts_left(cls, batches: Iterable[str]) -> dict[str, int]:
        """Return how many rows each of these imports has left because their record was saved since the trial."""
        clause = {"_id": {"$in": list(batches)}, "conflicts.0": {"$exists": True}}
        count = {"$size": {"$filter": {"input": "$conflicts", "cond": {"$not": ["$$this.settled"]}}}}
        rows = cls._get_collection().aggregate([{"$match": clause}, {"$project": {"count": count}}])
        return {row["_id"]: row["count"] for row in rows if row["count"]}

    @classmethod
    def stored(cls, batch: str, session: Any = None) -> dict[str, Any] | None:
        """Return an import without its rows; None when there is none."""
        found: dict[str, Any] | None = cls._get_collection().find_one(
            {"_id": batch}, {"rejected": 0, "conflicts": 0}, session=session
        )
        return found

    @classmethod
    def begin(
        cls,
        batch: str,
        kind: str,
        file_name: str,
        sha256: str,
        actor: Actor,
        now: datetime,
        *,
        session: Any = None,
        **more: Any,
    ) -> None:
        """Note that an import begins: whatever was cut short is seen by its missing end."""
        row = {
            "_id": batch, "kind": kind, "file_name": file_name, "sha256": sha256, "actor_id": actor.id,
            "actor_name": actor.name, "county": actor.county, "started_at": now, **more,
        }  # fmt: skip
        cls._get_collection().insert_one(row, session=session)

    @classmethod
    def set_job(cls, batch: str, job: ObjectId, session: Any) -> None:
        """Note the job that goes on with an import."""
        cls._get_collection().update_one({"_id": batch}, {"$set": {"job": job}}, session=session)

    @classmethod
    def describe(cls, batch: str, sheet: str, header_row: int) -> None:
        """Note in which sheet and under which row the table of an import stands."""
        cls._get_collection().update_one({"_id": batch}, {"$set": {"sheet": sheet, "header_row": header_row}})

    @classmethod
    def begun_beside(cls, kind: str, now: datetime) -> datetime:
        """Return since when others' imports of this kind write that are still at work, `now` when none is.

        What they saved since is unknown to who sends a file now.
        """
        at_work = {"kind": kind, "finished_at": None, "started_at": {"$gte": now - _AT_WORK, "$lt": now}}
        alive = {"$or": [{"progress_at": {"$gte": now - _ALIVE}}, {"started_at": {"$gte": now - _ALIVE}}]}
        first = cls._get_collection().find_one(
            {**at_work, **alive}, {"started_at": 1}, sort=[("started_at", 1)]
        )
        if first is None:
            return now + timedelta(milliseconds=1)  # what was saved in this very moment was saved before
        moment: datetime = first["started_at"]
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    @classmethod
    def advance(cls, batch: str, counts: Mapping[str, int], *, now: datetime, session: Any) -> None:
        """Count what a chunk wrote, within its transaction."""
        steps = {f"progress.{outcome}": number for outcome, number in counts.items() if number}
        change: dict[str, Any] = {"$set": {"progress_at": now}} | ({"$inc": steps} if steps else {})
        cls._get_collection().update_one({"_id": batch}, change, session=session)

    @classmethod
    def settle(cls, batch: str, rows: list[int], by: str, *, session: Any = None) -> None:
        """Note that the conflicts of these rows were taken up by another batch."""
        cls._get_collection().update_one(
            {"_id": batch},
            {"$set": {"conflicts.$[one].settled": by}},
            array_filters=[{"one.row": {"$in": rows}}],
            session=session,
        )
