"""The audit trail: who did what, when, to which record, field by field; each entry seals the one before it."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NotRequired, TypedDict, cast

import bson
from bson.raw_bson import RawBSONDocument
from mongoengine import Document
from mongoengine.connection import get_db
from mongoengine.fields import DateTimeField, DynamicField, IntField, ListField, StringField
from pymongo.client_session import ClientSession

from documents.definitions.seen_collections import of_seen_collections
from documents.records.record import RecordQuerySet
from rules.access import Actor

GENESIS = "0" * 64
HEAD = "head"
SAVES = (
    "changed",
    "restored",
    "version-restored",
    "title-entered",
    "title-corrected",
)  # the acts that move a record's version
# What wrote a record: it changed something of it, made it, or took it away.
_WROTE = [{"changes.0": {"$exists": True}}, {"action": {"$in": ["created", "restored", "deleted"]}}]
_STATED = "stated"
# What changes nothing: no record's history and no list of the latest acts tells of it, the trail's own page does.
READING = frozenset(
    {
        "sign-in-failed", "password-refused", "denied", "exported", "file-read", "view-saved", "view-deleted",
        "states-taken", "personal-shown",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One field's change: its stored key, the old value and the new one (None: there was or is none).

    Of a copied name `old_id` and `new_id` are the records that it named, so that the change can be taken back.
    """

    field: str
    old: Any
    new: Any
    old_id: Any = None
    new_id: Any = None

    def stored(self) -> dict[str, Any]:
        """Return the change as it is stored."""
        stored = {"field": self.field, "old": self.old, "new": self.new}
        if self.old_id is not None:
            stored["old_id"] = self.old_id
        if self.new_id is not None:
            stored["new_id"] = self.new_id
        return stored


_LATEST_ACTS = 2_000
# What was tried in vain.
REFUSED = frozenset({"sign-in-failed", "password-refused", "locked-out", "denied"})


class StoredChange(TypedDict):
    """One field's change as it is stored (see `Change`)."""

    field: str
    old: Any
    new: Any
    old_id: NotRequired[Any]
    new_id: NotRequired[Any]


class StoredAuditEntry(TypedDict, total=False):
    """One act as it is stored; `_id` is its number from 1, `at` an aware moment in UTC, `counties` codes.

    `address`, `agent` and `request_id` tell from where (see `rules.requests.origin.Origin`); older entries have none.
    `previous` and `hash` are SHA-256, hexadecimal: of the entry before and of this one. `mac` is the HMAC of `hash`
    under the key named `key`, which is not in the database; entries of earlier programs have neither.
    `batch` is the id of the import, of the act on many records or of the undoing that the act belongs to, if any.
    """

    _id: int
    at: datetime
    actor_id: str
    actor_name: str
    action: str
    collection: str
    record_id: Any
    label: str
    counties: list[str]
    changes: list[StoredChange]
    note: str
    batch: str
    address: str
    agent: str
    request_id: str
    states: list["StoredState"]
    previous: str
    key: str
    hash: str
    mac: str


class StoredState(TypedDict, total=False):
    """What a record was after an act: its collection, its id and its state (see `documents.states`), "" when gone.

    `was` is the state that the act found, where it read the record before.
    """

    collection: str
    id: Any
    state: str
    was: str


class StoredHead(TypedDict, total=False):
    """The end of the chain: the number and the hash of the last entry."""

    _id: str
    seq: int
    hash: str


class StoredProgress(TypedDict, total=False):
    """How far the states of the records that are older than states were taken (see `services.desk.trail_upkeep`).

    `collection` is the one whose turn it is, `after` the last id taken of it; `whole` says that all were, and `seeds`
    which records that came with the program are among them.
    """

    collection: str
    after: Any
    whole: bool
    seeds: list[str]


def seal(entry: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an entry (without its own `hash` and `mac`) in BSON, keys in their stored order."""
    sealed = {key: entry[key] for key in entry if key not in ("hash", "mac")}
    return hashlib.sha256(bson.encode(sealed)).hexdigest()


def sealed(entry: Mapping[str, Any], mac_of: Callable[[str], str]) -> tuple[str, RawBSONDocument]:
    """Return the seal of an entry that has none yet, and the entry in BSON with it and its MAC: encoded once."""
    encoded = bson.encode(entry)
    digest = hashlib.sha256(encoded).hexdigest()
    ending = bson.encode({"hash": digest, "mac": mac_of(digest)})
    # A document is its length, its elements and a zero byte: those of both after one another are one document.
    length = len(encoded) - 1 + len(ending) - 4
    return digest, RawBSONDocument(length.to_bytes(4, "little") + encoded[4:-1] + ending[4:])


def read_head() -> tuple[int, str]:
    """Return number and hash of the latest entry, which every write of the office moves; (0, "") before the first."""
    head = get_db()["audit_head"].find_one({"_id": HEAD}, {"seq": 1, "hash": 1}) or {}
    return int(head.get("seq", 0)), str(head.get("hash", ""))


class AuditQuerySet(RecordQuerySet):
    """Named queries over the audit trail."""

    def of_record(self, collection: str, record_id: Any) -> "AuditQuerySet":
        """Keep the history of one record."""
        return self.where_raw({"collection": collection, "record_id": record_id})

    def visible_to(self, actor: Actor) -> "AuditQuerySet":
        """Keep the entries of the actor's county; those of no county are the city's."""
        clause: dict[str, Any] = {"counties": actor.county} if actor.county is not None else {}
        clause |= of_seen_collections(actor)
        return self.where_raw(clause) if clause else self

    def acted(self, since: datetime | None, before: datetime | None) -> "AuditQuerySet":
        """Keep what was done from `since` on and before `before`; None leaves an end open."""
        limits = {sign: moment for sign, moment in (("$gte", since), ("$lt", before)) if moment}
        return self.where_raw({"at": limits}) if limits else self

    def naming(self, words: str) -> "AuditQuerySet":
        """Keep the entries in whose person's or record's name, address or request id these words stand."""
        part = {"$regex": re.escape(words)}
        keys = ("actor_name", "label", "address", "request_id")
        return self.where_raw({"$or": [{key: part} for key in keys]}) if words else self

    def acts(self) -> "AuditQuerySet":
        """Keep what changed something, or somebody's sign-in."""
        return self.where_raw({"action": {"$nin": sorted(READING)}})

    def saves(self) -> "AuditQuerySet":
        """Keep the acts that move a record's version; a file added is none."""
        return self.where_raw({"action": {"$in": SAVES}})

    def latest(
        self, *, skip: int = 0, limit: int, session: ClientSession | None = None
    ) -> Iterator[StoredAuditEntry]:
        """Yield the entries as they are stored, the latest first."""
        found = AuditEntry._get_collection().find(self.filters(), session=session)
        cursor = found.sort("_id", -1).skip(skip).limit(limit)
        return (cast("StoredAuditEntry", dict(entry)) for entry in cursor)

    def count_up_to(self, most: int) -> int:
        """Count the entries, no further than one more than `most`."""
        return int(AuditEntry._get_collection().count_documents(self.filters(), limit=most + 1))


class AuditEntry(Document):
    """One act. Written only by `services.shared.unit_of_work`, never changed."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "audit_entries",
        "queryset_class": AuditQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["collection_name", "record_id", "-_id"], "name": "record"},
            {"fields": ["counties", "-_id"], "name": "county"},
            {"fields": ["actor_id", "-_id"], "name": "actor"},
            {
                "fields": ["batch", "_id"],
                "name": "batch",
                "partialFilterExpression": {"batch": {"$exists": True}},
            },
        ],
    }

    shard_key: ClassVar[tuple[str, ...]] = ("_id",)

    seq = IntField(primary_key=True)
    at = DateTimeField()
    actor_id = StringField()
    actor_name = StringField()
    action = StringField()
    collection_name = StringField(db_field="collection")
    record_id = DynamicField()
    label = StringField()
    batch = StringField()
    counties = ListField(StringField())
    previous = StringField()
    hash = StringField()

    @classmethod
    def last_to_change(
        cls, collection: str, record_id: Any, fields: Sequence[str], session: Any = None
    ) -> StoredAuditEntry | None:
        """Return the last entry that changed one of these stored keys of a record; None when none tells of it."""
        clause = {"collection": collection, "record_id": record_id, "changes.field": {"$in": list(fields)}}
        found = cls._get_collection().find_one(clause, sort=[("_id", -1)], session=session)
        return cast("StoredAuditEntry | None", found)

    @classmethod
    def last_made_by(cls, actor_id: str, collection: str) -> Any:
        """Return the id of the record that a user entered last by hand, of their latest 2,000 acts; None for none."""
        steps: list[dict[str, Any]] = [
            {"$match": {"actor_id": actor_id}},
            {"$sort": {"_id": -1}},
            {"$limit": _LATEST_ACTS},
            {"$match": {"collection": collection, "action": "created", "batch": {"$exists": False}}},
            {"$limit": 1},
            {"$project": {"record_id": 1}},
        ]
        return next((row["record_id"] for row in cls._get_collection().aggregate(steps)), None)

    @classmethod
    def actors_of(cls, collection: str, ids: Iterable[Any], actions: Sequence[str]) -> dict[Any, set[str]]:
        """Return who did one of these acts on each of these records, by the records' ids."""
        clause = {"collection": collection, "record_id": {"$in": list(ids)}, "action": {"$in": list(actions)}}
        found: dict[Any, set[str]] = {}
        for entry in cls._get_collection().find(clause, {"record_id": 1, "actor_id": 1}):
            found.setdefault(entry["record_id"], set()).add(entry["actor_id"])
        return found

    @classmethod
    def last_number(cls) -> int:
        """Return the number of the last entry; 0 when there is none."""
        last = cls._get_collection().find_one({}, {"_id": 1}, sort=[("_id", -1)])
        return int(last["_id"]) if last else 0

    @classmethod
    def numbered(cls, numbers: Iterable[int]) -> list[StoredAuditEntry]:
        """Return the entries of these numbers, without the states that they keep."""
        found = cls._get_collection().find({"_id": {"$in": list(numbers)}}, {"states": 0})
        return [cast("StoredAuditEntry", entry) for entry in found]

    @classmethod
    def written_since(cls, collection: str, ids: Sequence[Any], seq: int) -> set[Any]:
        """Return which of these records were written after entry `seq`; what was only read of them does not count."""
        wrote = [{"changes.0": {"$exists": True}}, {"action": {"$in": ["created", "restored"]}}]
        clause = {
            "_id": {"$gt": seq},
            "collection": collection,
            "record_id": {"$in": list(ids)},
            "$or": wrote,
        }
        return {entry["record_id"] for entry in cls._get_collection().find(clause, {"record_id": 1})}

    @classmethod
    def batch_clause(cls, batch: str) -> dict[str, Any]:
        """Return the filter for the entries of a batch; those of imports by earlier programs bear it as their note."""
        marked = cls._get_collection().find_one({"batch": batch}, {"_id": 1})
        return {"batch": batch} if marked else {"note": batch}

    @classmethod
    def records_of_batch(cls, batch: str, collection: str, actor: Actor) -> list[Any]:
        """Return the ids of the records in the actor's scope that a batch wrote, the one that it wrote last first."""
        scope = {} if actor.county is None else {"counties": actor.county}
        clause = {**scope, **cls.batch_clause(batch), "collection": collection, "$or": _WROTE}
        steps: list[dict[str, Any]] = [
            {"$match": clause},
            {"$group": {"_id": "$record_id", "last": {"$max": "$_id"}}},
            {"$sort": {"last": -1}},
        ]
        return [row["_id"] for row in cls._get_collection().aggregate(steps, allowDiskUse=True)]

    @classmethod
    def writes_of(
        cls, collection: str, ids: Sequence[Any], session: ClientSession | None = None, *, brief: bool = False
    ) -> dict[Any, list[StoredAuditEntry]]:
        """Return the entries that changed each of these records, the oldest first; `brief` ones without the changes."""
        clause = {"collection": collection, "record_id": {"$in": list(ids)}, "$or": _WROTE}
        found: dict[Any, list[StoredAuditEntry]] = {}
        shown = {"changes": 0, "states": 0} if brief else {"states": 0}
        for entry in cls._get_collection().find(clause, shown, session=session).sort("_id", 1):
            found.setdefault(entry["record_id"], []).append(cast("StoredAuditEntry", entry))
        return found

    @classmethod
    def head(cls) -> StoredHead:
        """Return the end of the chain as the last write left it."""
        head = cls._get_db()["audit_head"].find_one({"_id": HEAD})
        return cast("StoredHead", head or {"seq": 0, "hash": GENESIS})

    @classmethod
    @contextmanager
    def chain(cls, until: int, *, batch_size: int) -> Iterator[Iterator[StoredAuditEntry]]:
        """Give the entries up to number `until` in their order, read in batches."""
        with (
            cls._get_collection()
            .find({"_id": {"$lte": until}}, batch_size=batch_size)
            .sort("_id", 1) as entries
        ):
            yield entries

    @classmethod
    def hash_of(cls, seq: int) -> str:
        """Return the hash of the entry of a number; "" when there is none."""
        return str((cls._get_collection().find_one({"_id": seq}, {"hash": 1}) or {}).get("hash", ""))

    @classmethod
    def progress(cls, session: Any = None) -> StoredProgress:
        """Return how far the states of older records were taken."""
        found = cls._get_db()["audit_head"].find_one({"_id": _STATED}, {"_id": 0}, session=session)
        return cast("StoredProgress", found or {})

    @classmethod
    def set_progress(cls, progress: StoredProgress, session: Any) -> None:
        """Note how far the states of older records were taken."""
        cls._get_db()["audit_head"].replace_one(
            {"_id": _STATED}, dict(progress), upsert=True, session=session
        )

    @classmethod
    def states_after(cls, seq: int, session: Any = None) -> Iterator[tuple[int, StoredState]]:
        """Yield the states that entries after number `seq` keep, with their entry's number, in their order."""
        clause = {"_id": {"$gt": seq}}
        for entry in cls._get_collection().find(clause, {"states": 1}, session=session).sort("_id", 1):
            for state in entry.get("states", ()):
                yield entry["_id"], state
