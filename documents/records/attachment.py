"""A file that belongs to a record: its particulars here, its bytes in GridFS; the record's scope is the file's."""

from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any, ClassVar, Self, TypedDict, cast

from bson import ObjectId
from gridfs import GridFSBucket
from mongoengine import Document
from mongoengine.connection import get_db
from mongoengine.fields import BooleanField, DateTimeField, IntField, ListField, ObjectIdField, StringField
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from documents.records.record import RecordQuerySet
from rules.errors import Missing

BUCKET = "files"
_WAITS = "waits_for"


class StoredAttachment(TypedDict, total=False):
    """The particulars of a file. `size` in bytes; `slot` is missing for a file of the record as a whole.

    `owning_county` stands with a file of a record of several counties: whose it is; None: the city bureau's.
    """

    _id: ObjectId
    collection: str
    record_id: ObjectId
    slot: str
    counties: list[str]
    owning_county: str | None
    name: str
    size: int
    media_type: str
    sha256: str
    stored: ObjectId  # of the bytes in GridFS
    characters: int  # of its text, in a place that counts them
    not_counted: str  # why they could not be counted, a message
    generated: bool  # made by the system from the records, as they were then
    uploaded_at: datetime
    uploaded_by: str
    uploaded_by_name: str


class AttachmentQuerySet(RecordQuerySet):
    """Named queries over attachments."""

    def of_record(self, collection: str, record_id: ObjectId) -> Self:
        """Keep the files of one record."""
        return self.where_raw({"collection": collection, "record_id": record_id})

    def of_records(self, collection: str, record_ids: Iterable[ObjectId]) -> Self:
        """Keep the files of these records."""
        return self.where_raw({"collection": collection, "record_id": {"$in": list(record_ids)}})

    def in_slot(self, slot: str) -> Self:
        """Keep the files of one place."""
        return self.where_raw({"slot": slot})

    def owned_by(self, county: str | None) -> Self:
        """Keep the files of one county's part of a record of several; for None the city bureau's."""
        return self.where_raw({"owning_county": county})

    def among(self, ids: Iterable[ObjectId]) -> Self:
        """Keep those of these ids."""
        return self.where_raw({"_id": {"$in": list(ids)}})

    def oldest_first(self, session: ClientSession | None = None) -> list[StoredAttachment]:
        """Return the particulars of the files, as a transaction sees them."""
        rows = self._document.collection().find(self.filters(), session=session).sort("uploaded_at", 1)
        return [cast("StoredAttachment", row) for row in rows]

    def total(self, session: ClientSession | None = None) -> int:
        """Return how many files there are, as a transaction sees them."""
        return self._document.collection().count_documents(self.filters(), session=session)

    def total_bytes(self, session: ClientSession | None = None) -> int:
        """Return how many bytes the files hold together."""
        steps = [{"$match": self.filters()}, {"$group": {"_id": None, "n": {"$sum": "$size"}}}]
        found = list(self._document.collection().aggregate(steps, session=session))
        return int(found[0]["n"]) if found else 0

    def by_slot(self, session: ClientSession | None = None) -> dict[str, int]:
        """Return how many files stand in each place."""
        return self._counts({"$ifNull": ["$slot", ""]}, session)

    def by_record(self, session: ClientSession | None = None) -> dict[ObjectId, int]:
        """Return how many files each record has; one without any is not named."""
        return self._counts("$record_id", session)

    def _counts(self, key: Any, session: ClientSession | None) -> dict[Any, int]:
        steps = [{"$match": self.filters()}, {"$group": {"_id": key, "n": {"$sum": 1}}}]
        return {row["_id"]: row["n"] for row in self._document.collection().aggregate(steps, session=session)}


class Attachment(Document):
    """One file of one record. `size` in bytes; `media_type` is what the content showed, not what was claimed."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "attachments",
        "queryset_class": AttachmentQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["collection_name", "record_id", "uploaded_at"], "name": "record"}],
    }
    county_key: ClassVar[str] = "counties"
    shard_key: ClassVar[tuple[str, ...]] = ("_id",)

    collection_name = StringField(db_field="collection", required=True)
    record_id = ObjectIdField(required=True)
    slot = (
        StringField()
    )  # the place within the record, e.g. a material of an application (`schema.file_places`)
    counties = ListField(StringField())
    owning_county = StringField()
    name = StringField(required=True)
    size = IntField(required=True)
    media_type = StringField(required=True)
    sha256 = StringField(required=True)
    stored = ObjectIdField(required=True)
    characters = IntField()
    not_counted = StringField()
    generated = BooleanField()
    uploaded_at = DateTimeField()
    uploaded_by = StringField()
    uploaded_by_name = StringField()

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection, on which services write."""
        return cls._get_collection()

    @classmethod
    def move(cls, ids: Iterable[ObjectId], record_id: ObjectId, *, session: ClientSession) -> None:
        """Give files to another record of the same collection and county."""
        clause = {"_id": {"$in": list(ids)}}
        cls.collection().update_many(clause, {"$set": {"record_id": record_id}}, session=session)

    @classmethod
    def read(cls, file_id: ObjectId, session: ClientSession | None = None) -> StoredAttachment:
        """Return the particulars of a file, whosever it is. Raises Missing."""
        entry = cls.collection().find_one({"_id": file_id}, session=session)
        if entry is None:
            raise Missing()
        return cast("StoredAttachment", entry)

    @classmethod
    def find(cls, file_id: ObjectId, session: ClientSession | None = None) -> StoredAttachment | None:
        """Return the particulars of a file, whosever it is; None for none."""
        return cast("StoredAttachment | None", cls.collection().find_one({"_id": file_id}, session=session))

    @classmethod
    def same_file(cls, entry: StoredAttachment, session: ClientSession) -> StoredAttachment | None:
        """Return the file of the same name, content and county that stands in the same place of the record.

        None for none.
        """
        keys = ("collection", "record_id", "name", "sha256")
        clause = {key: entry[key] for key in keys}  # type: ignore[literal-required]
        clause |= {"slot": entry.get("slot"), "owning_county": entry.get("owning_county")}
        return cast("StoredAttachment | None", cls.collection().find_one(clause, session=session))

    @classmethod
    def in_place(
        cls, collection: str, record_id: ObjectId, slot: str, session: ClientSession | None = None
    ) -> list[StoredAttachment]:
        """Return the particulars of the files in one place of a record, the oldest first."""
        in_slot: AttachmentQuerySet = cls.objects.of_record(collection, record_id).in_slot(slot)
        return in_slot.oldest_first(session)

    @classmethod
    def in_places(
        cls, collection: str, record_id: ObjectId, slots: Iterable[str], session: ClientSession | None = None
    ) -> dict[str, list[StoredAttachment]]:
        """Return the particulars of the files in these places of a record by place, the oldest first: one command."""
        by_slot: dict[str, list[StoredAttachment]] = {slot: [] for slot in slots}
        of_record: AttachmentQuerySet = cls.objects.of_record(collection, record_id)
        for entry in of_record.where_raw({"slot": {"$in": list(by_slot)}}).oldest_first(session):
            by_slot[entry["slot"]].append(entry)
        return by_slot

    @classmethod
    def insert(cls, entry: StoredAttachment, session: ClientSession) -> ObjectId:
        """Write the particulars of a new file and return its id."""
        row = {"_id": ObjectId(), **entry}
        cls.collection().insert_one(row, session=session)
        return cast("ObjectId", row["_id"])

    @classmethod
    def remove(cls, file_id: ObjectId, session: ClientSession) -> None:
        """Take the particulars of a file away; its bytes are `delete_bytes`'."""
        cls.collection().delete_one({"_id": file_id}, session=session)


# --- Bytes ---------------------------------------------------------------------------------------


def store_bytes(name: str, content: IO[bytes], *, waits_for: str = "") -> ObjectId:
    """Keep the rest of a stream in GridFS, outside any transaction; return the id of the bytes.

    `waits_for` is the user who is to save a record that takes them, if any (`waiting_bytes`).
    Each piece has the connection's bound, not the whole. Bytes that a silent database cuts short stay unnamed.
    """
    upload = _bucket().open_upload_stream(name, metadata={_WAITS: waits_for} if waits_for else None)
    upload.write(content)
    upload.close()
    return cast("ObjectId", upload._id)


def open_bytes(stored: ObjectId) -> IO[bytes]:
    """Return kept bytes to be read."""
    return cast("IO[bytes]", _bucket().open_download_stream(stored))


def are_kept(stored: ObjectId, session: ClientSession) -> bool:
    """Tell, as a transaction sees it, whether bytes are kept."""
    found = database()[f"{BUCKET}.files"].find_one({"_id": stored}, {"_id": 1}, session=session)
    return found is not None


def waiting_bytes(user: str, since: datetime) -> tuple[int, int]:
    """Return how many files of a user, sent from a moment on, wait for a record to take them, and their bytes."""
    clause = {"_id": {"$gte": ObjectId.from_datetime(since)}, f"metadata.{_WAITS}": user}
    sizes = [row.get("length", 0) for row in database()[f"{BUCKET}.files"].find(clause, {"length": 1})]
    return len(sizes), sum(sizes)


def wait_no_longer(stored: ObjectId, session: ClientSession) -> None:
    """Note that a record has taken bytes that waited."""
    clause, taken = {"_id": stored}, {"$unset": {f"metadata.{_WAITS}": ""}}
    database()[f"{BUCKET}.files"].update_one(clause, taken, session=session)


def delete_bytes(stored: ObjectId) -> None:
    """Forget kept bytes."""
    _bucket().delete(stored)


def _bucket() -> GridFSBucket:
    return GridFSBucket(database(), bucket_name=BUCKET)


def database() -> Any:
    """Return the database in which the GridFS bucket of the files stands."""
    return get_db()
