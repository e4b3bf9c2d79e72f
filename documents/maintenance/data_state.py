"""One document on the data as a whole: which schema it has, and whether writes are held back just now.

Every transaction reads it first. It is in no backup and outlives a restore. Moments are the database server's own,
so that two machines whose clocks differ agree on whether maintenance has lapsed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.connection import get_db
from mongoengine.fields import DictField, IntField, StringField

COLLECTION = "data_state"
_ID = "office"

# The schema that this program writes: the number of the last migration in services/maintenance/migrations/.
SCHEMA = 6

_LAPSED = {"$lte": [{"$ifNull": ["$work.until", "$$NOW"]}, "$$NOW"]}
_UNENDING = {"$eq": ["$work.until", "unending"]}
_WORKING = {"$and": [{"$ne": [{"$type": "$work"}, "missing"]}, {"$or": [_UNENDING, {"$not": [_LAPSED]}]}]}


@dataclass(frozen=True)
class Maintenance:
    """Why writes are held back: `reason` is a message id, or the words of who holds them back by command.

    `holder` names the piece of work that alone may write; "" for the command.
    """

    reason: str
    by: str
    since: datetime | None
    holder: str = ""


class DataState(Document):
    """The one document: `migrated` is the schema of the data, `needs` the oldest schema that may still write to it.

    `manual` (reason, by, since) is set and taken away by a command. `work` (holder, reason, by, since, until) is a
    piece of work that holds writes back itself; it lapses at `until` unless its process renews it, or never while
    that is "unending". `kinds` counts the changes of the office's own definitions: fields, rules, collections.
    """

    meta: ClassVar[dict[str, Any]] = {"collection": COLLECTION, "auto_create_index": False, "strict": False}

    key = StringField(primary_key=True)
    migrated = IntField()
    needs = IntField()
    manual = DictField()
    work = DictField()
    kinds = IntField()

    @classmethod
    def schema(cls, session: Any = None) -> int | None:
        """Return the schema of the data; None where none was ever noted."""
        state = get_db()[COLLECTION].find_one({"_id": _ID}, {"migrated": 1}, session=session) or {}
        number = state.get("migrated")
        return None if number is None else int(number)

    @classmethod
    def note_schema(cls, number: int, needs: int) -> None:
        """Note that the data has this schema, and which program may still write to it."""
        get_db()[COLLECTION].update_one(
            {"_id": _ID}, {"$set": {"migrated": number}, "$max": {"needs": needs}}, upsert=True
        )

    @classmethod
    def note_restored(cls, number: int) -> None:
        """Note that other data has taken the place of what was there, with a schema of its own."""
        change = {
            "$set": {"migrated": number, "needs": 0},
            "$inc": {"kinds": 1},
        }  # other definitions came with it
        get_db()[COLLECTION].update_one({"_id": _ID}, change, upsert=True)

    @classmethod
    def read(cls, session: Any = None) -> tuple[int, Maintenance | None]:
        """Return the oldest schema that may write, and why writes are held back, if they are."""
        return cls.read_with_kinds(session)[:2]

    @classmethod
    def read_with_kinds(cls, session: Any = None) -> tuple[int, Maintenance | None, int]:
        """Return the same, and how often the office's definitions have been changed (`note_kinds`)."""
        keys = {"needs": 1, "manual": 1, "work": 1, "kinds": 1, "working": _WORKING}
        row = get_db()[COLLECTION].find_one({"_id": _ID}, keys, session=session) or {}
        return (*state_of(row), int(row.get("kinds") or 0))

    @classmethod
    def kinds_now(cls) -> int:
        """Return how often the office's definitions have been changed until now."""
        row = get_db()[COLLECTION].find_one({"_id": _ID}, {"kinds": 1}) or {}
        return int(row.get("kinds") or 0)

    @classmethod
    def note_kinds(cls, session: Any) -> None:
        """Note that a definition of the office's is changed: whoever writes next reads the definitions."""
        get_db()[COLLECTION].update_one({"_id": _ID}, {"$inc": {"kinds": 1}}, upsert=True, session=session)

    @classmethod
    def hold_by_command(cls, reason: str, by: str, now: datetime, *, session: Any) -> None:
        """Hold writes back until `end_by_command`."""
        manual = {"reason": reason, "by": by, "since": now}
        get_db()[COLLECTION].update_one(
            {"_id": _ID}, {"$set": {"manual": manual}}, upsert=True, session=session
        )

    @classmethod
    def end_by_command(cls, *, session: Any) -> bool:
        """Let writes through again; tell whether they were held back by a command."""
        ended = get_db()[COLLECTION].update_one(
            {"_id": _ID, "manual": {"$exists": True}}, {"$unset": {"manual": ""}}, session=session
        )
        return ended.modified_count == 1

    @classmethod
    def hold_for_work(cls, work: Maintenance, seconds: int, *, session: Any) -> bool:
        """Hold writes back for a piece of work, for so long at most unless renewed; tell whether none other does."""
        free = {"_id": _ID, "$expr": {"$not": [_WORKING]}}
        return bool(
            get_db()[COLLECTION].update_one(free, [_held(work, seconds)], session=session).matched_count
        )

    @classmethod
    def take_over(cls, work: Maintenance, seconds: int) -> None:
        """Go on with a piece of work whose process was killed, in its place."""
        cls.be_there()
        get_db()[COLLECTION].update_one({"_id": _ID}, [_held(work, seconds)])

    @classmethod
    def renew(cls, holder: str, seconds: int) -> bool:
        """Let a piece of work go on for so long from now; False when it has lapsed: others have written since."""
        step = {"$set": {"work.until": {"$cond": [_UNENDING, "unending", _in(seconds)]}}}
        return get_db()[COLLECTION].update_one(_held_by(holder), [step]).matched_count == 1

    @classmethod
    def never_lapse(cls, holder: str, session: Any = None) -> bool:
        """Hold writes back until the work is ended, even when its process is killed; False when it has lapsed."""
        step = {"$set": {"work.until": "unending"}}
        return get_db()[COLLECTION].update_one(_held_by(holder), step, session=session).matched_count == 1

    @classmethod
    def end_work(cls, holder: str, session: Any = None) -> bool:
        """End a piece of work; tell whether it held writes back until now."""
        rows, step = get_db()[COLLECTION], {"$unset": {"work": ""}}
        if rows.update_one(_held_by(holder), step, session=session).matched_count:
            return True
        rows.update_one({"_id": _ID, "work.holder": holder}, step, session=session)
        return False

    @classmethod
    def be_there(cls) -> None:
        """Make the document, if it is not there: before a transaction that is to change it."""
        get_db()[COLLECTION].update_one({"_id": _ID}, {"$setOnInsert": {"_id": _ID}}, upsert=True)


def _held_by(holder: str) -> dict[str, Any]:
    return {"_id": _ID, "work.holder": holder, "$expr": _WORKING}


def _in(seconds: int) -> dict[str, Any]:
    return {"$dateAdd": {"startDate": "$$NOW", "unit": "second", "amount": seconds}}


def _held(work: Maintenance, seconds: int) -> dict[str, Any]:
    """Return the step of an update that lets `work` hold writes back."""
    held = {
        "holder": {"$literal": work.holder}, "reason": {"$literal": work.reason}, "by": {"$literal": work.by},
        "since": "$$NOW", "until": _in(seconds),
    }  # fmt: skip
    return {"$set": {"work": held}}


def state_of(row: Mapping[str, Any]) -> tuple[int, Maintenance | None]:
    """Return what a read state says: the oldest schema that may write, and why writes are held back."""
    needs = int(row.get("needs") or 0)
    work, manual = row.get("work"), row.get("manual")
    if row.get("working") and work:
        return needs, Maintenance(work["reason"], work["by"], work["since"], work["holder"])
    if manual:
        return needs, Maintenance(manual["reason"], manual["by"], manual["since"])
    return needs, None


def with_working() -> list[dict[str, Any]]:
    """Return the steps of an aggregation that reads the state as `state_of` takes it."""
    return [{"$match": {"_id": _ID}}, {"$set": {"working": _WORKING}}]
