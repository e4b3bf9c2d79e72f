"""Bytes in GridFS that nothing names any more: what a crash or a silent database left before their name was written."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bson import ObjectId
from mongoengine.connection import get_db
from pymongo.client_session import ClientSession

from documents.records.attachment import BUCKET as FILES
from documents.records.attachment import Attachment
from documents.records.recycled import Recycled

UPLOADS = "uploads"


def unnamed_bytes(*, before: datetime) -> list[tuple[str, ObjectId]]:
    """Return bucket and id of bytes begun before a moment that no file, removed file or kept workbook names.

    Three scans of ids: some tenths of a second at 100,000 files.
    """
    named = {FILES: set(_named_files()), UPLOADS: set(_workbooks())}
    return [
        (bucket, stored)
        for bucket in named
        for stored in _begun(bucket, before)
        if stored not in named[bucket]
    ]


def is_named(bucket: str, stored: ObjectId, session: ClientSession) -> bool:
    """Tell, as a transaction sees it, whether anything names these bytes."""
    if bucket == UPLOADS:
        return get_db()[f"{UPLOADS}.files"].find_one({"_id": stored}, session=session) is not None
    return (
        Attachment.collection().find_one({"stored": stored}, session=session) is not None
        or Recycled._get_collection().find_one({"document.stored": stored}, session=session) is not None
    )


def drop_bytes(bucket: str, stored: ObjectId, session: ClientSession) -> None:
    """Take bytes away within a transaction, whole or cut short."""
    # PyMongo's own bucket refuses transactions.
    database = get_db()
    database[f"{bucket}.files"].delete_one({"_id": stored}, session=session)
    database[f"{bucket}.chunks"].delete_many({"files_id": stored}, session=session)


def _begun(bucket: str, before: datetime) -> list[ObjectId]:
    """Return the ids of bytes begun before a moment, those cut short among them."""
    # Grouped by the first key of the collection's own index: each id is met once, not each piece.
    rows: Any = get_db()[f"{bucket}.chunks"].aggregate([{"$group": {"_id": "$files_id"}}])
    return [row["_id"] for row in rows if row["_id"].generation_time < before]


def _workbooks() -> Iterator[ObjectId]:
    """Yield the kept workbooks; an old one goes when its sender sends the next."""
    for row in get_db()[f"{UPLOADS}.files"].find({}, {"_id": 1}):
        yield row["_id"]


def _named_files() -> Iterator[ObjectId]:
    for row in Attachment.collection().find({}, {"_id": 0, "stored": 1}):
        yield row["stored"]
    for row in Recycled._get_collection().find(
        {"document.stored": {"$exists": True}}, {"document.stored": 1}
    ):
        yield row["document"]["stored"]
