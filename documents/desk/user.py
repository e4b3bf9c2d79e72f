"""The people who sign in: role, county, password hash, open sessions, and where they signed in before."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self, TypedDict, cast

from bson import ObjectId
from mongoengine import EmbeddedDocument
from mongoengine.fields import (
    BooleanField,
    DateTimeField,
    DictField,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)
from mongoengine.queryset import QuerySet
from pymongo import WriteConcern
from pymongo.client_session import ClientSession

from documents.desk.settings import STEPS, take_settings
from documents.desk.unchanged import state_at
from documents.records.office_state import OfficeState
from documents.server.connection import client
from documents.versioned import Versioned
from rules.access import Actor, Role
from rules.errors import Missing
from rules.requests.origin import Origin

_OF_SIGNED_IN = (
    "name", "display_name", "role", "county", "must_change_password", "preferences", "saved_views", "unread",
    "followed",
)  # fmt: skip
_ACTIVE = {"disabled": {"$ne": True}}
NAME_LIMIT = 40  # characters of a login name, and of a name on screen


def name_key(name: str) -> str:
    """Return a login name as it is compared: full width folded, lower case, no blanks around it."""
    clean = name.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be stored
    return unicodedata.normalize("NFKC", clean).strip().casefold()


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
    password_is_old: bool
    session_created_at: datetime
    session_seen_at: datetime
    preferences: Mapping[str, Any] = field(default_factory=dict)
    saved_views: Mapping[str, Any] = field(default_factory=dict)
    unread: int = 0  # notifications, counted no further than a badge shows
    followed: Mapping[str, str] = field(default_factory=dict)  # collections by the record's id
    origin: Origin = field(default=Origin(), compare=False)
    state: OfficeState | None = field(
        default=None, compare=False, repr=False
    )  # the office's, where it was asked for

    @property
    def actor(self) -> Actor:
        """The user as the rules know them."""
        return Actor(str(self.user_id), self.display_name or self.name, self.role, self.county, self.origin)

    @classmethod
    def from_stored(cls, raw: Mapping[str, Any], state: OfficeState | None = None) -> Self:
        """Return the user of a stored document whose `sessions` holds just the session in question."""
        session = raw["sessions"][0]
        return cls(
            state=state,
            user_id=raw["_id"],
            key_hash=session["key_hash"],
            name=raw["name"],
            display_name=raw.get("display_name") or "",
            role=Role(raw["role"]),
            county=raw.get("county"),
            must_change_password=bool(raw.get("must_change_password") or session.get("password_is_old")),
            password_is_old=bool(session.get("password_is_old")),
            session_created_at=session["created_at"],
            session_seen_at=session["seen_at"],
            preferences=raw.get("preferences") or {},
            saved_views=raw.get("saved_views") or {},
            unread=int(raw.get("unread") or 0),
            followed=raw.get("followed") or {},
        )


class StoredSession(TypedDict):
    """One browser's sign-in as it is stored; moments are aware, in UTC."""

    key_hash: str  # SHA-256, hexadecimal
    created_at: datetime
    seen_at: datetime
    agent: str
    address: str
    password_is_old: bool  # it must be changed before anything else


class StoredToken(TypedDict, total=False):
    """A token of the programming interface as it is stored; moments are aware, in UTC."""

    id: ObjectId
    key_hash: str  # SHA-256, hexadecimal
    name: str
    writes: bool  # else it only reads
    collections: list[str]  # their stored names; none: all of them
    made_at: datetime
    expires_at: datetime
    used_at: datetime  # once a minute at most
    used_from: str


@dataclass(frozen=True, slots=True)
class TokenBearer:
    """Who asks by a token, and what the token allows of what its user may do."""

    signed_in: SignedIn
    token: StoredToken


class KnownNetwork(TypedDict):
    """A network from which a user signed in; `network` as `documents.desk.sign_in_failures.network_of` writes it."""

    network: str
    seen_at: datetime


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
    sessions: list[StoredSession]
    known_networks: list[KnownNetwork]
    saved_views: dict[str, Any]
    preferences: dict[str, str]
    unread: int
    followed: dict[str, str]
    calendar_key_hash: str
    calendar_key_made_at: datetime
    api_tokens: list[StoredToken]
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
    address = StringField(max_length=64)
    password_is_old = BooleanField()


class UserNetwork(EmbeddedDocument):
    """A network from which the user signed in: guesses from elsewhere never slow those who come from it."""

    network = StringField(required=True)
    seen_at = DateTimeField(required=True)


class UserToken(EmbeddedDocument):
    """A token of the programming interface; as of a session only the SHA-256 of its key is kept."""

    id = ObjectIdField(required=True)
    key_hash = StringField(required=True)
    name = StringField(required=True, max_length=NAME_LIMIT)
    writes = BooleanField()
    collections = ListField(StringField())
    made_at = DateTimeField(required=True)
    expires_at = DateTimeField(required=True)
    used_at = DateTimeField()
    used_from = StringField(max_length=64)


class UserQuerySet(QuerySet):
    """Named queries over the users."""

    def named(self, name: str) -> Self:
        """Keep the user of this login name, however it was typed."""
        return self.filter(name_key=name_key(name))

    def in_order(self) -> Self:
        """Active users first, then by login name; without what nobody needs to see."""
        return self.exclude("password_hash").order_by("disabled", "name_key")


class User(Versioned):
    """A user; written by `services.desk.users` and `services.desk.sign_in`. `version` counts administrators' saves."""

    meta: ClassVar[dict[str, Any]] = {
        "collection": "users",
        "queryset_class": UserQuerySet,
        "auto_create_index": False,
        "strict": False,
        "indexes": [
            {"fields": ["name_key"], "unique": True, "name": "one_name"},
            {"fields": ["calendar_key_hash"], "sparse": True, "name": "calendar_key"},
            {"fields": ["api_tokens.key_hash"], "sparse": True, "name": "api_token"},
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
    sessions = EmbeddedDocumentListField(UserSession)
    known_networks = EmbeddedDocumentListField(UserNetwork)
    saved_views = DictField()
    preferences = DictField()
    unread = IntField()
    followed = DictField()
    # Of the private calendar link only the SHA-256 of its key is kept, as of a session.
    calendar_key_hash = StringField()
    calendar_key_made_at = DateTimeField()
    api_tokens = EmbeddedDocumentListField(UserToken)

    @classmethod
    def find_signed_in(cls, user_id: ObjectId, key_hash: str, *, with_state: bool = False) -> SignedIn | None:
        """Return the active user who holds this session; None if either is gone.

        The same command reads the office's settings and puts them in force (`documents.desk.settings`). `with_state`
        gives the office's state along with the user, for a page that shows it: both are read by two commands, or by one
        where nothing was written since this process last read the state (`documents.desk.unchanged`).
        """
        session = {"$filter": {"input": "$sessions", "cond": {"$eq": ["$$this.key_hash", key_hash]}}}
        steps: list[dict[str, Any]] = [
            {"$match": {"_id": user_id, **_ACTIVE, "sessions.key_hash": key_hash}},
            {"$project": {**dict.fromkeys(_OF_SIGNED_IN, 1), "sessions": session}},
        ]
        if not with_state:
            users = take_settings(cls.collection().aggregate([*steps, *STEPS]))
            return SignedIn.from_stored(users[0]) if users else None
        with client().start_session(causal_consistency=False) as asked:
            found = list(cls.collection().aggregate(steps, session=asked))
            return SignedIn.from_stored(found[0], state_at(asked)) if found else None

    @classmethod
    def read(cls, user_id: ObjectId, actor: Actor, session: ClientSession | None = None) -> dict[str, Any]:
        """Return a stored user. Raises Missing when there is none."""
        raw = cls.collection().find_one({"_id": user_id}, session=session)
        if raw is None:
            raise Missing()
        return raw

    @classmethod
    def county_of(cls, user_id: Any, session: ClientSession | None = None) -> str | None:
        """Return the county that a user is bound to; None for the city bureau, the program and who is unknown."""
        if not ObjectId.is_valid(str(user_id)):
            return None
        found = cls.collection().find_one({"_id": ObjectId(str(user_id))}, {"county": 1}, session=session)
        return (found or {}).get("county")

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
        session: ClientSession | None,
    ) -> bool:
        """Write a MongoDB update while the user is active and has the password that was read; False otherwise."""
        clause = {"_id": user["_id"], "password_hash": user["password_hash"], **_ACTIVE}
        return bool(cls.collection().update_one(clause, change, session=session).matched_count)

    @classmethod
    def set_preference(cls, user_id: ObjectId, key: str, value: str) -> None:
        """Remember a taste of a user's."""
        cls.collection().update_one({"_id": user_id}, {"$set": {f"preferences.{key}": value}})

    @classmethod
    def set_preferences(cls, user_id: ObjectId, values: Mapping[str, Any]) -> None:
        """Remember several tastes of a user's; None forgets one."""
        change: dict[str, dict[str, Any]] = {}
        for key, value in values.items():
            change.setdefault("$unset" if value is None else "$set", {})[f"preferences.{key}"] = value
        cls.collection().update_one({"_id": user_id}, change)

    @classmethod
    def told(cls, session: ClientSession | None = None) -> list[StoredUser]:
        """Return the active users with what they are told of."""
        fields = dict.fromkeys(("name", "display_name", "role", "county", "preferences", "followed"), 1)
        return [cast("StoredUser", raw) for raw in cls.collection().find(_ACTIVE, fields, session=session)]

    @classmethod
    def set_unread(cls, user_id: ObjectId, unread: int, session: ClientSession | None = None) -> None:
        """Keep how many notifications a user has not read."""
        cls.collection().update_one({"_id": user_id}, {"$set": {"unread": unread}}, session=session)

    @classmethod
    def follow(cls, user_id: ObjectId, record: str, collection: str) -> None:
        """Let a user follow a record."""
        cls.collection().update_one({"_id": user_id}, {"$set": {f"followed.{record}": collection}})

    @classmethod
    def stop_following(cls, user_id: ObjectId, record: str) -> None:
        """Let a user follow a record no longer."""
        cls.collection().update_one({"_id": user_id}, {"$unset": {f"followed.{record}": ""}})

    @classmethod
    def keep_views(
        cls,
        user_id: ObjectId,
        collection: str,
        views: list[dict[str, Any]],
        session: ClientSession | None = None,
    ) -> None:
        """Keep a user's views of one list in the place of those that were there."""
        change = {"$set": {f"saved_views.{collection}": views}}
        cls.collection().update_one({"_id": user_id}, change, session=session)

    @classmethod
    def views_by_name(cls, session: ClientSession | None = None) -> dict[str, dict[str, dict[str, str]]]:
        """Return everybody's saved views: query strings by login name, list and name of the view."""
        rows = cls.collection().find(
            {"saved_views": {"$nin": [None, {}]}}, {"name": 1, "saved_views": 1}, session=session
        )
        found = {
            row["name"]: {
                collection: {view["name"]: view["query"] for view in views}
                for collection, views in row["saved_views"].items()
                if views
            }
            for row in rows.sort("name_key", 1)
        }
        return {name: lists for name, lists in found.items() if lists}

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
    def find_by_token(cls, key_hash: str, now: datetime) -> StoredUser | None:
        """Return the stored user of a live token, with that token alone; None when it is dead.

        It is dead with its day, its user's disablement, and as long as a one-time password has to be changed. The same
        command reads the office's settings and puts them in force (`documents.desk.settings`).
        """
        live = {"key_hash": key_hash, "expires_at": {"$gt": now}}
        fields = dict.fromkeys(("name", "display_name", "role", "county"), 1)
        token = {"$filter": {"input": "$api_tokens", "cond": {"$eq": ["$$this.key_hash", key_hash]}}}
        rows = cls.collection().aggregate(
            [
                {
                    "$match": {
                        "api_tokens": {"$elemMatch": live},
                        **_ACTIVE,
                        "must_change_password": {"$ne": True},
                    }
                },
                {"$project": {**fields, "api_tokens": token}},
                *STEPS,
            ]
        )
        users = take_settings(rows)
        return cast("StoredUser", users[0]) if users else None

    @classmethod
    def note_token_use(cls, user_id: ObjectId, token_id: ObjectId, now: datetime, address: str) -> None:
        """Note that a token was used, and from where."""
        users = cls.collection().with_options(write_concern=WriteConcern(w=1, j=False))  # as of a session
        step = {"$set": {"api_tokens.$.used_at": now, "api_tokens.$.used_from": address}}
        users.update_one({"_id": user_id, "api_tokens.id": token_id}, step)

    @classmethod
    def tokens_of(cls, user_id: ObjectId, session: ClientSession | None = None) -> list[StoredToken]:
        """Return a user's stored tokens, those whose day is over too."""
        raw = cls.collection().find_one({"_id": user_id}, {"api_tokens": 1}, session=session)
        return list(raw.get("api_tokens") or ()) if raw else []

    @classmethod
    def add_token(cls, user_id: ObjectId, token: StoredToken, session: ClientSession) -> bool:
        """Give a user a token; False when the user is gone or disabled."""
        change = {"$push": {"api_tokens": token}}
        return bool(
            cls.collection().update_one({"_id": user_id, **_ACTIVE}, change, session=session).matched_count
        )

    @classmethod
    def drop_token(cls, user_id: ObjectId, token_id: ObjectId, session: ClientSession) -> bool:
        """Forget one token; False when it was gone already."""
        change = {"$pull": {"api_tokens": {"id": token_id}}}
        return bool(cls.collection().update_one({"_id": user_id}, change, session=session).modified_count)

    @classmethod
    def with_tokens(cls) -> list[StoredUser]:
        """Return name and tokens of every user who has any, by name."""
        fields = dict.fromkeys(("name", "display_name", "api_tokens"), 1)
        rows = cls.collection().find({"api_tokens.key_hash": {"$exists": True}}, fields).sort("name_key", 1)
        return [cast("StoredUser", row) for row in rows]

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
    def sessions_of(cls, user_id: ObjectId, session: ClientSession | None = None) -> list[StoredSession]:
        """Return a user's stored sessions, those that have run out too."""
        raw = cls.collection().find_one({"_id": user_id}, {"sessions": 1}, session=session)
        return list(raw.get("sessions") or ()) if raw else []

    @classmethod
    def drop_sessions(
        cls,
        user_id: ObjectId,
        key_hashes: Mapping[str, Any],
        session: ClientSession,
        *,
        links: bool = False,
    ) -> None:
        """Forget the sessions whose key's hash fits a MongoDB condition; with `links` calendar link and tokens too."""
        change: dict[str, Any] = {"$pull": {"sessions": {"key_hash": key_hashes}}}
        if links:
            change["$unset"] = {"calendar_key_hash": "", "calendar_key_made_at": "", "api_tokens": ""}
        cls.collection().update_one({"_id": user_id}, change, session=session)

    @classmethod
    def actor_of(cls, raw: StoredUser) -> Actor:
        """Return the user of a stored document as the rules know them."""
        return Actor(
            str(raw["_id"]), raw.get("display_name") or raw["name"], Role(raw["role"]), raw.get("county")
        )

    def to_actor(self) -> Actor:
        """Return the user as the rules know them."""
        return Actor(str(self.pk), self.display_name or self.name, Role(self.role), self.county)
