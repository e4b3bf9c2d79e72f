"""What a sender's headings mean: the columns that a clerk chose for a heading, for the next file with the same."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypedDict, cast

from mongoengine import Document
from mongoengine.fields import DateTimeField, DictField, IntField, ListField, StringField
from pymongo.client_session import ClientSession

MOST_KEPT = 100  # of one sender and kind; the oldest gives way


class StoredMatch(TypedDict):
    """A stored match. `columns` are keys by the position from 0 as text, "" where a column is not taken."""

    _id: str
    version: int
    sender: str
    kind: str
    digest: str
    headings: Sequence[str]
    columns: Mapping[str, str]
    actor_name: str
    matched_at: datetime


class ColumnMatch(Document):
    """The match of one heading of one sender: a county, or a user of the city. `_id` names sender, kind and heading."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "column_matches",
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["sender", "kind", "-matched_at"], "name": "sender"}],
    }

    id = StringField(primary_key=True)
    version = IntField()
    sender = StringField(required=True)
    kind = StringField(required=True)
    digest = StringField(required=True)
    headings = ListField(StringField())
    columns = DictField()
    actor_name = StringField()
    matched_at = DateTimeField(required=True)

    @classmethod
    def of(cls, sender: str, kind: str) -> list[StoredMatch]:
        """Return the matches of a sender for one kind of import, the newest first."""
        rows = cls._get_collection().find({"sender": sender, "kind": kind}).sort("matched_at", -1)
        return cast("list[StoredMatch]", list(rows.limit(MOST_KEPT)))

    @classmethod
    def of_sender(cls, sender: str) -> list[StoredMatch]:
        """Return the matches of a sender for all kinds, by kind, of each the newest first."""
        rows = cls._get_collection().find({"sender": sender}).sort([("kind", 1), ("matched_at", -1)])
        return cast("list[StoredMatch]", list(rows))

    @classmethod
    def one(
        cls, sender: str, kind: str, digest: str, session: ClientSession | None = None
    ) -> StoredMatch | None:
        """Return the match of one heading; None where none is kept."""
        found = cls._get_collection().find_one({"_id": _id(sender, kind, digest)}, session=session)
        return cast("StoredMatch | None", found)

    @classmethod
    def keep(
        cls, sender: str, kind: str, digest: str, columns: Mapping[str, str], headings: Sequence[str], *,
        who: str, now: datetime, session: ClientSession,
    ) -> str:  # fmt: skip
        """Keep a match in the place of an earlier one of the same heading; return its id."""
        match_id = _id(sender, kind, digest)
        values = {
            "sender": sender, "kind": kind, "digest": digest, "headings": list(headings), "columns": dict(columns),
            "actor_name": who, "matched_at": now,
        }  # fmt: skip
        matches = cls._get_collection()
        matches.update_one(
            {"_id": match_id}, {"$set": values, "$inc": {"version": 1}}, upsert=True, session=session
        )
        of_sender = {"sender": sender, "kind": kind}
        old = matches.find(of_sender, {"_id": 1}, session=session).sort("matched_at", -1).skip(MOST_KEPT)
        if ids := [row["_id"] for row in old]:
            matches.delete_many({"_id": {"$in": ids}}, session=session)
        return match_id

    @classmethod
    def of_kind(cls, kind: str, session: ClientSession | None = None) -> list[StoredMatch]:
        """Return the matches of one kind of import, of every sender."""
        return [
            cast("StoredMatch", row) for row in cls._get_collection().find({"kind": kind}, session=session)
        ]

    @classmethod
    def naming(cls, kind: str, key: str, session: ClientSession | None = None) -> list[StoredMatch]:
        """Return the matches of one kind of import, of every sender, that lead to a column."""
        return [row for row in cls.of_kind(kind, session) if key in (row.get("columns") or {}).values()]

    @classmethod
    def rename(cls, kind: str, old: str, new: str, session: ClientSession) -> int:
        """Let what leads to one column lead to another; return how many matches those were."""
        found = cls.naming(kind, old, session)
        for row in found:
            columns = {place: new if key == old else key for place, key in row["columns"].items()}
            step = {"$set": {"columns": columns}, "$inc": {"version": 1}}
            cls._get_collection().update_one({"_id": row["_id"]}, step, session=session)
        return len(found)

    @classmethod
    def forget(cls, sender: str, kind: str, digest: str, session: ClientSession) -> bool:
        """Forget a match; tell whether there was one."""
        return bool(
            cls._get_collection()
            .delete_one({"_id": _id(sender, kind, digest)}, session=session)
            .deleted_count
        )

    @classmethod
    def forget_all(cls, sender: str, session: ClientSession) -> list[str]:
        """Forget all matches of a sender; return their ids."""
        ids = [
            row["_id"] for row in cls._get_collection().find({"sender": sender}, {"_id": 1}, session=session)
        ]
        cls._get_collection().delete_many({"_id": {"$in": ids}}, session=session)
        return ids


def _id(sender: str, kind: str, digest: str) -> str:
    return f"{sender} {kind} {digest}"
