"""The people who sign in: role, county, password hash, open sessions; and the count of failed sign-ins."""

import ipaddress
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypedDict, cast

from bson import ObjectId
from mongoengine import Document, EmbeddedDocument
from mongoengine.fields import (
    BooleanField,
    DateTimeField,
    DictField,
    EmbeddedDocumentListField,
    IntField,
    StringField,
)
from mongoengine.queryset import QuerySet
from pymongo import WriteConcern
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from documents.desk.settings import STEPS, take_settings
from rules.access import Actor, Role
from rules.errors import Missing
from rules.origin import Origin

_ACTIVE = {"disabled": {"$ne": True}}
NAME_LIMIT = 40  # characters of a login name, and of a name on screen


def name_key(name: str) -> str:
    """Return a login name as it is compared: full width folded, lower case, no blanks around it."""
    clean = name.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be stored
    return unicodedata.normalize("NFKC", clean).strip().casefold()


def _not_locked(now: datetime) -> dict[str, Any]:
    return {"locked_until": {"$not": {"$gt": now}}}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user as one request sees them: read with the session in one command, and never written back."""

    user_id: ObjectId
    key_hash: str
    name: str
    display_name: str
    role: Role
    county: str | None
    must_change_password: bool
    session_created_at: datetime
    session_seen_at: datetime
    preferences: Mapping[str, Any] = field(default_factory=dict)
    saved_views: Mapping[str, Any] = field(default_factory=dict)
    origin: Origin = field(default=Origin(), compare=False)

    @property
    def actor(self) -> Actor:
        """The user as the rules know them."""
        return Actor(str(self.user_id), self.display_name or self.name, self.role, self.county, self.origin)

    @classmethod
    def from_stored(cls, raw: Mapping[str, Any]) -> Self:
        """Return the user of a stored document whose `sessions` holds just the session in question."""
        session = raw["sessions"][0]
        return cls(
            user_id=raw["_id"],
            key_hash=session["key_hash"],
            name=raw["name"],
            display_name=raw.get("display_name") or "",
            role=Role(raw["role"]),
            county=raw.get("county"),
            must_change_password=bool(raw.get("must_change_password")),
            session_created_at=session["created_at"],
            session_seen_at=session["seen_at"],
            preferences=raw.get("preferences") or {},
            saved_views=raw.get("saved_views") or {},
        )


class StoredSession(TypedDict):
    """One browser's sign-in as it is stored; moments are aware, in UTC."""

    key_hash: str  # SHA-256, hexadecimal
    created_at: datetime
    seen_at: datetime
    agent: str


class StoredUser(TypedDict, total=False):
    """A user as it is stored; `county` is a code, None for the whole city; moments are aware, in UTC."""

    _id: ObjectId
    name: str
    name_key: str
    display_name: str
    role: str
    county: str | None
    password_hash: str  # Argon2id, salt and parameters inside
    must_change_password: bool
    password_changed_at: datetime
    disabled: bool
    failed_attempts: int
    locked_until: datetime | None
    sessions: list[StoredSession]
    saved_views: dict[str, Any]
    preferences: dict[str, str]
    calendar_key_hash: str
    calendar_key_made_at: datetime
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class UserSession(EmbeddedDocument):
    """One browser's sign-in. Of the cookie's key only the SHA-256 is kept: a stolen database opens nothing."""

    key_hash = StringField(required=True)
    created_at = DateTimeField(required=True)
    seen_at = DateTimeField(required=True)
    agent = StringField(max_length=200)


class UserQuerySet(QuerySet):
    """Named queries over the users."""

    def named(self, name: str) -> Self:
        """Keep the user of this login name, however it was typed."""
        return self.filter(name_key=name_key(name))

    def in_order(self) -> Self:
        """Active users first, then by login name; without what nobody needs to see."""
        return self.exclude("password_hash").order_by("disabled", "name_key")


class User(Document):
    """A user; written by `services.desk.users` and `services.desk.sign_in`. `version` counts administrators' saves."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "users",
        "queryset_class": UserQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["name_key"], "unique": True, "name": "one_name"},
            {"fields": ["calendar_key_hash"], "sparse": True, "name": "calendar_key"},
        ],
    }

    name = StringField(required=True, max_length=NAME_LIMIT)
    name_key = StringField(required=True)
    display_name = StringField(max_length=NAME_LIMIT)
    role = StringField(required=True, choices=[role.value for role in Role])
    county = StringField()
    password_hash = StringField(required=True)
    must_change_password = BooleanField(default=False)
    password_changed_at = DateTimeField()
    disabled = BooleanField(default=False)
    failed_attempts = IntField(default=0)
    locked_until = DateTimeField()
    sessions = EmbeddedDocumentListField(UserSession)
    saved_views = DictField()
    preferences = DictField()
    # Of the private calendar link only the SHA-256 of its key is kept, as of a session.
    calendar_key_hash = StringField()
    calendar_key_made_at = DateTimeField()
    version = IntField(default=1)
    created_at = DateTimeField()
    created_by = StringField()
    updated_at = DateTimeField()
    updated_by = StringField()

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection, on which services write."""
        return cls._get_collection()

    @classmethod
    def find_signed_in(cls, user_id: ObjectId, key_hash: str) -> SignedIn | None:
        """Return the active user who holds this session; None if either is gone.

        The same command reads the office's settings and puts them in force (`documents.desk.settings`).
        """
        fields = dict.fromkeys(
            ("name", "display_name", "role", "county", "must_change_password", "preferences", "saved_views"),
            1,
        )
        session = {"$filter": {"input": "$sessions", "cond": {"$eq": ["$$this.key_hash", key_hash]}}}
        rows = cls.collection().aggregate(
            [
                {"$match": {"_id": user_id, **_ACTIVE, "sessions.key_hash": key_hash}},
                {"$project": {**fields, "sessions": session}},
                *STEPS,
            ]
        )
        users = take_settings(rows)
        return SignedIn.from_stored(users[0]) if users else None

    @classmethod
    def read(cls, user_id: ObjectId, actor: Actor, session: ClientSession | None = None) -> dict[str, Any]:
        """Return a stored user. Raises Missing when there is none."""
        raw = cls.collection().find_one({"_id": user_id}, session=session)
        if raw is None:
            raise Missing()
        return raw

    @classmethod
    def find_named(cls, name: str, session: ClientSession | None = None) -> StoredUser | None:
        """Return the stored user of a login name, however it was typed."""
        return cast(
            "StoredUser | None", cls.collection().find_one({"name_key": name_key(name)}, session=session)
        )

    @classmethod
    def find_active(cls, user_id: ObjectId) -> StoredUser | None:
        """Return a stored user who is not disabled."""
        return cast("StoredUser | None", cls.collection().find_one({"_id": user_id, **_ACTIVE}))

    @classmethod
    def is_anyone_there(cls, session: ClientSession | None = None) -> bool:
        """Tell whether there is a user at all, active or not."""
        return cls.collection().find_one({}, {"_id": 1}, session=session) is not None

    @classmethod
    def has_administrator_beside(cls, user_id: ObjectId, session: ClientSession) -> bool:
        """Tell whether somebody else is an active administrator."""
        others = {"_id": {"$ne": user_id}, "role": Role.ADMIN.value, **_ACTIVE}
        return cls.collection().find_one(others, {"_id": 1}, session=session) is not None

    @classmethod
    def write_as_read(
        cls,
        user: StoredUser,
        change: Mapping[str, Any],
        session: ClientSession,
        *,
        now: datetime | None = None,
    ) -> bool:
        """Write a MongoDB update while the user is active and has the password that was read; False otherwise.

        With `now` the user must not be locked at that moment either.
        """
        clause = {"_id": user["_id"], "password_hash": user["password_hash"], **_ACTIVE}
        if now is not None:
            clause |= _not_locked(now)
        return bool(cls.collection().update_one(clause, change, session=session).matched_count)

    @classmethod
    def count_failure(cls, user_id: ObjectId, now: datetime, *, most: int) -> bool:
        """Count a wrong password while fewer than `most` are counted and the user is not locked; False otherwise."""
        below = {"_id": user_id, **_not_locked(now), "failed_attempts": {"$not": {"$gte": most}}}
        return bool(cls.collection().update_one(below, {"$inc": {"failed_attempts": 1}}).matched_count)

    @classmethod
    def lock(
        cls, user_id: ObjectId, now: datetime, *, until: datetime, most: int, session: ClientSession
    ) -> bool:
        """Lock a user for whom `most` failures are counted and who is not locked yet; False otherwise."""
        full = {"_id": user_id, **_not_locked(now), "failed_attempts": {"$gte": most}}
        change = {"$set": {"failed_attempts": 0, "locked_until": until}}
        return bool(cls.collection().update_one(full, change, session=session).matched_count)

    @classmethod
    def set_preference(cls, user_id: ObjectId, key: str, value: str) -> None:
        """Remember a taste of a user's."""
        cls.collection().update_one({"_id": user_id}, {"$set": {f"preferences.{key}": value}})

    @classmethod
    def write_calendar_key(cls, user_id: ObjectId, change: Mapping[str, Any], session: ClientSession) -> bool:
        """Write a MongoDB update of the calendar link's keys; False when the user is gone or disabled."""
        return bool(
            cls.collection().update_one({"_id": user_id, **_ACTIVE}, change, session=session).matched_count
        )

    @classmethod
    def calendar_link_made_at(cls, user_id: ObjectId) -> datetime | None:
        """Return when a user's calendar link was made; None when there is none."""
        raw = cls.collection().find_one({"_id": user_id}, {"calendar_key_made_at": 1})
        return raw.get("calendar_key_made_at") if raw else None

    @classmethod
    def find_by_calendar_key(cls, key_hash: str) -> StoredUser | None:
        """Return the stored user of a private calendar link, in one command; None when the link is dead.

        A disabled user's is, and one's who has yet to change a one-time password.
        """
        live = {**_ACTIVE, "must_change_password": {"$ne": True}}
        fields = dict.fromkeys(("name", "display_name", "role", "county", "preferences"), 1)
        return cast(
            "StoredUser | None", cls.collection().find_one({"calendar_key_hash": key_hash, **live}, fields)
        )

    @classmethod
    def note_use(cls, signed_in: SignedIn, now: datetime) -> None:
        """Note that a session was used."""
        # Lost in a crash, it costs nobody more than a minute of idle time: no need to wait for the journal.
        users = cls.collection().with_options(write_concern=WriteConcern(w=1, j=False))
        mine = {"_id": signed_in.user_id, "sessions.key_hash": signed_in.key_hash}
        users.update_one(mine, {"$max": {"sessions.$.seen_at": now}})

    @classmethod
    def drop_session(cls, signed_in: SignedIn, session: ClientSession | None = None) -> bool:
        """Forget one session; False when it was gone already."""
        forget = {"$pull": {"sessions": {"key_hash": signed_in.key_hash}}}
        return bool(
            cls.collection().update_one({"_id": signed_in.user_id}, forget, session=session).modified_count
        )

    @classmethod
    def actor_of(cls, raw: StoredUser) -> Actor:
        """Return the user of a stored document as the rules know them."""
        return Actor(
            str(raw["_id"]), raw.get("display_name") or raw["name"], Role(raw["role"]), raw.get("county")
        )

    def to_actor(self) -> Actor:
        """Return the user as the rules know them."""
        return Actor(str(self.pk), self.display_name or self.name, Role(self.role), self.county)


class SignInFailures(Document):
    """Failed sign-ins of one client address within a window of time; the database forgets it by itself."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "sign_in_failures",
        "auto_create_index": False,
        "strict": False,
        "indexes": [{"fields": ["expires_at"], "expireAfterSeconds": 0, "name": "forget"}],
    }

    key = StringField(primary_key=True)
    count = IntField(default=0)
    next_at = DateTimeField()
    expires_at = DateTimeField(required=True)

    @classmethod
    def collection(cls) -> "Collection[dict[str, Any]]":
        """Return the PyMongo collection."""
        return cls._get_collection()

    @classmethod
    def count_of(cls, address: str, now: datetime) -> int:
        """Return how many failures of an address stand in its running window."""
        row = cls.collection().find_one({"_id": _address_key(address), "expires_at": {"$gt": now}})
        return int(row["count"]) if row else 0

    @classmethod
    def count_one(cls, address: str, now: datetime, window: timedelta) -> None:
        """Count a failure; the first one, and the first after its window has run out, opens a window."""
        running = {"$gt": ["$expires_at", now]}
        row = {
            "count": {"$cond": [running, {"$add": ["$count", 1]}, 1]},
            "expires_at": {"$cond": [running, "$expires_at", now + window]},
        }
        cls.collection().update_one({"_id": _address_key(address)}, [{"$set": row}], upsert=True)

    @classmethod
    def take_turn(cls, address: str, now: datetime, wait: timedelta) -> bool:
        """Let one try pass and have the next one wait; False when this one came too early."""
        due = {"_id": _address_key(address), "next_at": {"$not": {"$gt": now}}}
        return bool(cls.collection().update_one(due, {"$set": {"next_at": now + wait}}).matched_count)


def _address_key(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    # Whoever has one IPv6 address has 2^64 of them.
    return str(parsed if parsed.version == 4 else ipaddress.ip_network((parsed, 64), strict=False))
