"""Failed sign-ins, counted in the database so that any number of processes agree; it forgets them by itself.

Three counts: of an address, of a name from one address (which locks that name for that address), and of a name from
addresses where its owner never signed in (which slows them). Of the name that was typed only a SHA-256 is kept: it may
be nobody's name, or a password in the wrong field.
"""

import hashlib
import ipaddress
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import Document
from mongoengine.fields import DateTimeField, IntField, StringField
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from documents.desk.user import name_key

NOBODY = "nobody"  # the row that is counted where nothing else is, so that every answer costs the same writes


def network_of(address: str) -> str:
    """Return what counts as one client address: an IPv4 address, or the /64 network of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    # Whoever has one IPv6 address has 2^64 of them.
    return str(parsed if parsed.version == 4 else ipaddress.ip_network((parsed, 64), strict=False))


def _digest(name: str) -> str:
    return hashlib.sha256(name_key(name).encode()).hexdigest()


def row_of_name(name: str) -> str:
    """Return the id of the row that counts a name's failures from addresses unknown to its owner."""
    return f"name:{_digest(name)}"


def row_of_pair(name: str, address: str) -> str:
    """Return the id of the row that counts, and locks, a name from one address."""
    return f"pair:{_digest(name)}:{network_of(address)}"


def _not_locked(now: datetime) -> dict[str, Any]:
    return {"locked_until": {"$not": {"$gt": now}}}


class SignInFailures(Document):
    """The failures of one count within a window of time. `_id` is a network, or what `row_of_...` returns."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "sign_in_failures",
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["expires_at"], "expireAfterSeconds": 0, "name": "forget"}],
    }

    key = StringField(primary_key=True)
    count = IntField(default=0)
    next_at = DateTimeField()
    locked_until = DateTimeField()
    expires_at = DateTimeField(required=True)

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection."""
        return cls._get_collection()

    @classmethod
    def count_of(cls, row: str, now: datetime) -> int:
        """Return how many failures stand in a row's running window."""
        stored = cls.collection().find_one({"_id": row, "expires_at": {"$gt": now}})
        return int(stored["count"]) if stored else 0

    @classmethod
    def count_one(cls, row: str, now: datetime, window: timedelta) -> None:
        """Count a failure; the first one, and the first after its window has run out, opens a window."""
        running = {"$gt": ["$expires_at", now]}
        step = {
            "count": {"$cond": [running, {"$add": ["$count", 1]}, 1]},
            "expires_at": {"$cond": [running, "$expires_at", now + window]},
        }
        cls.collection().update_one({"_id": row}, [{"$set": step}], upsert=True)

    @classmethod
    def take_turn(cls, row: str, now: datetime, wait: timedelta) -> bool:
        """Let one try pass and have the next one wait; False when this one came too early."""
        due = {"_id": row, "next_at": {"$not": {"$gt": now}}}
        return bool(cls.collection().update_one(due, {"$set": {"next_at": now + wait}}).matched_count)

    @classmethod
    def is_locked(cls, row: str, now: datetime, session: ClientSession | None = None) -> bool:
        """Tell whether a row is locked at this moment."""
        locked = {"_id": row, "locked_until": {"$gt": now}}
        return cls.collection().find_one(locked, {"_id": 1}, session=session) is not None

    @classmethod
    def count_below(cls, row: str, now: datetime, window: timedelta, *, most: int) -> bool:
        """Count a failure while fewer than `most` are counted; True when the row is full and not locked yet."""
        running = {"$gt": ["$expires_at", now]}
        full = {"$and": [running, {"$gte": ["$count", most]}]}
        idle = {"$or": [{"$gt": ["$locked_until", now]}, full]}
        step = {
            "count": {"$cond": [idle, "$count", {"$cond": [running, {"$add": ["$count", 1]}, 1]}]},
            "expires_at": {"$cond": [running, "$expires_at", now + window]},
        }
        before = cls.collection().find_one_and_update({"_id": row}, [{"$set": step}], upsert=True)
        if before is None or before["expires_at"] <= now or before["count"] < most:
            return False
        return not (before.get("locked_until") and before["locked_until"] > now)

    @classmethod
    def lock(
        cls, row: str, now: datetime, *, until: datetime, most: int, session: ClientSession | None
    ) -> bool:
        """Lock a row in which `most` failures are counted and which is not locked yet; False otherwise."""
        full = {"_id": row, **_not_locked(now), "count": {"$gte": most}}
        change = {"$set": {"count": 0, "locked_until": until, "expires_at": until}}
        return bool(cls.collection().update_one(full, change, session=session).matched_count)

    @classmethod
    def forgive(cls, row: str, now: datetime, session: ClientSession | None) -> bool:
        """Forget a row unless it is locked; False when it is. A lock that is set meanwhile conflicts with this."""
        if cls.is_locked(row, now, session):
            return False
        cls.collection().delete_one({"_id": row}, session=session)
        return True

    @classmethod
    def forget_name(cls, name: str, session: ClientSession) -> None:
        """Forget every failure and every lock of a name, from wherever they came."""
        pairs = {"$regex": f"^pair:{_digest(name)}:"}
        cls.collection().delete_many({"$or": [{"_id": row_of_name(name)}, {"_id": pairs}]}, session=session)

    @classmethod
    def locked_among(cls, names: Iterable[str], now: datetime) -> dict[str, int]:
        """Return, of these names, those that are locked, each with the number of addresses they are locked for."""
        digests = {_digest(name): name for name in names}
        pairs = [re.compile(f"^pair:{digest}:") for digest in digests]
        locked: dict[str, int] = {}
        for row in cls.collection().find({"_id": {"$in": pairs}, "locked_until": {"$gt": now}}, {"_id": 1}):
            name = digests[row["_id"].split(":")[1]]
            locked[name] = locked.get(name, 0) + 1
        return locked
