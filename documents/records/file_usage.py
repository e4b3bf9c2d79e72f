"""How many bytes of files are kept: a row for the office and one for each user, moved with every file."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypedDict, cast

from mongoengine import Document
from mongoengine.fields import IntField, StringField
from pymongo.client_session import ClientSession

from documents.records.attachment import Attachment
from documents.records.recycled import FILES, Recycled

OFFICE = "office"


class StoredUsage(TypedDict, total=False):
    """Bytes in all; of a user also those sent on `day` (ISO, the last one on which any were)."""

    _id: str
    bytes: int
    day: str
    day_bytes: int


class FileUsage(Document):
    """Bytes kept in files: `office`, or `user:` and the user's id. Those in the recycle bin are kept as well."""

    meta: ClassVar[dict[str, Any]] = {"collection": "file_usage", "auto_create_index": False, "strict": False}

    id = StringField(primary_key=True)
    bytes = IntField()
    day = StringField()
    day_bytes = IntField()

    @classmethod
    def rows(cls, user: str, session: ClientSession | None = None) -> tuple[StoredUsage, StoredUsage]:
        """Return the row of a user and that of the office; empty ones where nothing is kept yet."""
        keys = [_of(user), OFFICE]
        found = {
            row["_id"]: row for row in cls._get_collection().find({"_id": {"$in": keys}}, session=session)
        }
        of_user, office = (cast("StoredUsage", found.get(key, {})) for key in keys)
        return of_user, office

    @classmethod
    def add(cls, user: str, size: int, day: str, session: ClientSession) -> None:
        """Count a new file; one that is not of this `day` ("" for one that was kept before) counts in all alone."""
        rows = cls._get_collection()
        cls._count_all_where_nothing_was(session)
        of_user, _ = cls.rows(user, session)
        change: dict[str, Any] = {"$inc": {"bytes": size}}
        if day:
            today = of_user.get("day_bytes", 0) if of_user.get("day") == day else 0
            change["$set"] = {"day": day, "day_bytes": today + size}
        rows.update_one({"_id": _of(user)}, change, upsert=True, session=session)
        rows.update_one({"_id": OFFICE}, {"$inc": {"bytes": size}}, upsert=True, session=session)

    @classmethod
    def take_away(cls, user: str, size: int, session: ClientSession) -> None:
        """Count a file out whose bytes are forgotten."""
        cls._count_all_where_nothing_was(session)
        for key in (_of(user), OFFICE):
            cls._get_collection().update_one({"_id": key}, {"$inc": {"bytes": -size}}, session=session)

    @classmethod
    def _count_all_where_nothing_was(cls, session: ClientSession) -> None:
        """Begin with what an office keeps already: once, when the first file comes after these rows came in."""
        rows = cls._get_collection()
        if rows.find_one({"_id": OFFICE}, {"_id": 1}, session=session):
            return
        by_user = cls.counted(session)
        rows.insert_many(
            [
                {"_id": OFFICE, "bytes": sum(by_user.values())},
                *({"_id": _of(user), "bytes": size} for user, size in by_user.items()),
            ],
            session=session,
        )

    @classmethod
    def counted(cls, session: ClientSession | None = None) -> Mapping[str, int]:
        """Return the bytes of every user's files as they stand, those in the recycle bin among them: all are read."""
        by_user: dict[str, int] = {}
        kept = Attachment.collection().aggregate(_sums("", {}), session=session)
        removed = Recycled._get_collection().aggregate(
            _sums("document.", {"collection": FILES}), session=session
        )
        for rows in (kept, removed):
            _add_up(by_user, rows)
        return by_user


def _of(user: str) -> str:
    return f"user:{user}"


def _sums(part: str, match: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"$match": match},
        {"$group": {"_id": f"${part}uploaded_by", "bytes": {"$sum": f"${part}size"}}},
    ]


def _add_up(by_user: dict[str, int], rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        user = str(row["_id"] or "")
        by_user[user] = by_user.get(user, 0) + row["bytes"]
