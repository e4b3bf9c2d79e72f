"""Which records a workbook held when it left, by its fingerprint: so that a row that is gone from it can be told."""

import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from bson import Binary, ObjectId
from mongoengine import Document
from mongoengine.fields import BinaryField, DateTimeField, IntField, StringField

MOST_RECORDS = 300_000
_KEPT_FOR = 90 * 24 * 3600  # seconds
_MOST_OF_ONE = 100  # exports of one user
_ID_BYTES, _VERSION_BYTES = 12, 4
MOST_BYTES = MOST_RECORDS * (_ID_BYTES + _VERSION_BYTES)


class ExportedRecords(Document):
    """The records of one exported workbook; `_id` is the digest of all its marks.

    `records` are the ids and versions, 16 bytes each, packed by zlib. Two exports with one digest held the same.
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": "exported_records",
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["exported_at"], "expireAfterSeconds": _KEPT_FOR, "name": "expiry"},
            {"fields": ["actor_id", "-exported_at"], "name": "actor"},
        ],
    }

    digest = StringField(primary_key=True)
    kind = StringField(required=True)  # the collection's stored name
    actor_id = StringField(required=True)
    exported_at = DateTimeField(required=True)
    count = IntField()
    records = BinaryField()

    @classmethod
    def keep(cls, digest: str, kind: str, packed: bytes, *, actor_id: str, now: datetime) -> None:
        """Keep the records of an export (`packed` as `pack` makes them), and forget a user's oldest ones."""
        count = len(packed) // (_ID_BYTES + _VERSION_BYTES)
        kept = {
            "kind": kind, "actor_id": actor_id, "exported_at": now, "count": count,
            "records": Binary(zlib.compress(packed, 1)),
        }  # fmt: skip
        collection = cls._get_collection()
        collection.update_one({"_id": digest}, {"$set": kept}, upsert=True)
        old = collection.find({"actor_id": actor_id}, {"_id": 1}).sort("exported_at", -1).skip(_MOST_OF_ONE)
        if ids := [row["_id"] for row in old]:
            collection.delete_many({"_id": {"$in": ids}})

    @classmethod
    def moment_of(cls, digest: str, kind: str) -> datetime | None:
        """Return when an export was made, the latest of those with one digest; None where it is not known any more."""
        found = cls._get_collection().find_one({"_id": digest, "kind": kind}, {"exported_at": 1})
        return found["exported_at"] if found else None

    @classmethod
    def of(cls, digest: str, kind: str) -> dict[ObjectId, int] | None:
        """Return the version of each record that an export held, by id; None where it is not known any more."""
        found = cls._get_collection().find_one({"_id": digest, "kind": kind})
        if found is None:
            return None
        packed = zlib.decompressobj().decompress(found["records"], MOST_BYTES)
        step = _ID_BYTES + _VERSION_BYTES
        return {
            ObjectId(packed[at : at + _ID_BYTES]): int.from_bytes(packed[at + _ID_BYTES : at + step], "big")
            for at in range(0, len(packed), step)
        }


def pack(records: Iterable[tuple[ObjectId, int]]) -> bytes:
    """Return ids and versions as they are kept."""
    return b"".join(record.binary + version.to_bytes(_VERSION_BYTES, "big") for record, version in records)
