"""What became of a sent form: kept in the transaction that it caused, so that a second sending finds it."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

import bson
from bson import ObjectId
from mongoengine import Document
from mongoengine.fields import DateTimeField, DynamicField, StringField
from pymongo.client_session import ClientSession
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

KEPT_FOR = timedelta(days=2)
_MOST_RESULT = 4096  # bytes
_PLAIN = (ObjectId, str, int, bool, type(None))
_ONE = WriteConcern(1)


class SentFormOutcome(Document):
    """One transaction of a sent form, by its place; or, under the form's own key, where its answer led.

    `result` is what the transaction returned, where that is plain; forgotten after two days.
    """

    meta: ClassVar[dict[str, Any]] = {
        "collection": "sent_forms",
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["at"], "name": "forgotten", "expireAfterSeconds": int(KEPT_FOR.total_seconds())}
        ],
    }

    place = StringField(primary_key=True)
    actor_id = StringField()
    at = DateTimeField()
    result = DynamicField()
    location = StringField()

    @classmethod
    def keep(cls, place: str, actor_id: str, result: Any, now: datetime, session: ClientSession) -> None:
        """Keep what a transaction returns, within it. Raises DuplicateKeyError when it was done before."""
        stored = {"result": _stored(result)} if _is_plain(result) else {}
        row = {"_id": place, "actor_id": actor_id, "at": now, **stored}
        cls._get_collection().insert_one(row, session=session)

    @classmethod
    def is_done(cls, place: str, session: ClientSession) -> bool:
        """Tell whether a transaction was done before, as the one that is under way sees it."""
        return cls._get_collection().find_one({"_id": place}, {"_id": 1}, session=session) is not None

    @classmethod
    def find(cls, place: str, actor_id: str) -> dict[str, Any] | None:
        """Return what a majority holds of one transaction; None when it was not done, or is not done yet."""
        rows = cls._get_collection().with_options(read_concern=ReadConcern("majority"))
        row: dict[str, Any] | None = rows.find_one({"_id": place, "actor_id": actor_id})
        return row

    @classmethod
    def answer_of(cls, key: str, actor_id: str) -> str:
        """Return where the answer of a sent form led; "" where that is not known.

        It is noted after a majority has the form's writes, so that its own copies need not be waited for.
        """
        row = cls._get_collection().find_one({"_id": key, "actor_id": actor_id}) or {}
        return str(row.get("location") or "")

    @classmethod
    def count_written(cls, key: str, actor_id: str) -> int:
        """Return how many transactions of a sent form a majority holds."""
        rows = cls._get_collection().with_options(read_concern=ReadConcern("majority"))
        return int(rows.count_documents({"_id": {"$gt": f"{key}:", "$lt": f"{key};"}, "actor_id": actor_id}))

    @classmethod
    def note_answer(cls, key: str, actor_id: str, location: str, now: datetime) -> None:
        """Note where the answer of a form led. Nothing depends on it: it is not waited for."""
        row = {"_id": key, "actor_id": actor_id, "location": location, "at": now}
        cls._get_collection().with_options(write_concern=_ONE).replace_one({"_id": key}, row, upsert=True)


def _is_plain(value: Any) -> bool:
    """Tell whether a value can be kept and given back as it was."""
    return _is_plain_value(value) and len(bson.encode({"result": _stored(value)})) <= _MOST_RESULT


def _is_plain_value(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return all(map(_is_plain_value, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) for key in value) and all(map(_is_plain_value, value.values()))
    return type(value) in _PLAIN or isinstance(value, datetime)


def _stored(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
