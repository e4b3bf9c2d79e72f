"""Tokens of the programming interface: made, taken away, and who asks by one.

A token does what its user may do, or less: it may only read, or know some collections alone. Its key has 256 random
bits, and only the key's SHA-256 is kept. It dies with its day, with its user's sessions where somebody else may hold
them, and with another role or county (`services.desk.users`).
"""

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bson import ObjectId

from documents.desk.audit_window import AuditWindow
from documents.desk.sign_in_failures import network_of
from documents.desk.user import NAME_LIMIT, SignedIn, StoredToken, TokenBearer, User
from documents.server.connection import reachable
from rules.access import Actor, Permission, Role
from rules.errors import Missing, Refusal, Refused
from rules.requests.origin import Origin, one_line
from rules.words import N_
from schema.registry import REGISTRY
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

PREFIX = "office_"
MOST_TOKENS = 20  # of one user
DAYS = (30, 90, 180, 366)  # how long a token may live
AGENT = "API"  # how the agent of what is done by a token begins
_KEY = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")
_MINUTE = timedelta(minutes=1)
_WRONG_WINDOW, _MOST_WRONG = timedelta(minutes=15), 30  # wrong tokens of one address

NO_NAME = N_("Please give the token a name, so that you know later what uses it.")
BAD_NAME = N_("The name has at most %(most)d characters, on one line.")
NO_DAYS = N_("Choose how long it is good for.")
NO_COLLECTION = N_("Choose from the list.")
TOO_MANY = N_("You have %(most)d tokens already: remove one that is no longer used first.")


class TooOften(Refused):
    """A token, or an address with wrong tokens, asks too often: it may ask again in `seconds`."""

    default = N_("Too many requests. Please wait %(seconds)s seconds.")

    def __init__(self, seconds: int) -> None:
        """Say how long to wait."""
        super().__init__(Refusal(self.default, {"seconds": seconds}))
        self.seconds = seconds


class NoToken(Missing):
    """There is no such token, or it is dead: the two are never told apart."""

    default = N_("The token is missing, wrong, out of date or revoked.")


@dataclass(frozen=True)
class NewToken:
    """What its user chose: `collections` are stored names, none: all; `days` one of `DAYS`."""

    name: str
    writes: bool
    collections: Collection[str]
    days: int


def make_token(signed_in: SignedIn, wanted: NewToken, *, now: datetime) -> str:
    """Return the key of a new token, to be shown once. Raises Refused, Missing."""
    name = wanted.name.strip()
    if refusals := _refusals(wanted, name, signed_in.actor):
        raise Refused(*refusals)
    key = PREFIX + secrets.token_urlsafe(32)
    token: StoredToken = {
        "id": ObjectId(), "key_hash": _hashed(key), "name": name, "writes": wanted.writes,
        "collections": [one.name for one in REGISTRY.listed if one.name in wanted.collections],
        "made_at": now, "expires_at": now + timedelta(days=wanted.days),
    }  # fmt: skip

    def work(uow: UnitOfWork) -> None:
        if len(User.tokens_of(signed_in.user_id, uow.session)) >= MOST_TOKENS:
            raise Refused(Refusal(TOO_MANY, {"most": MOST_TOKENS}, "name"))
        if not User.add_token(signed_in.user_id, token, uow.session):
            raise Missing()
        uow.record("api-token-made", "users", signed_in.user_id, signed_in.name, note=name)

    in_one_transaction(work, actor=signed_in.actor, now=now)
    return key


def _refusals(wanted: NewToken, name: str, actor: Actor) -> list[Refusal]:
    refusals = []
    if not name:
        refusals.append(Refusal(NO_NAME, field="name"))
    elif len(name) > NAME_LIMIT or one_line(name, NAME_LIMIT) != name:
        refusals.append(Refusal(BAD_NAME, {"most": NAME_LIMIT}, "name"))
    if wanted.days not in DAYS:
        refusals.append(Refusal(NO_DAYS, field="days"))
    if set(wanted.collections) - {one.name for one in REGISTRY.listed_for(actor)}:
        refusals.append(Refusal(NO_COLLECTION, field="collections"))
    return refusals


def revoke_own_token(signed_in: SignedIn, token_id: ObjectId, *, now: datetime) -> None:
    """Take one of one's own tokens away. Raises Missing when it is gone already."""
    _revoke(signed_in.user_id, token_id, signed_in.actor, now)


def revoke_token(user_id: ObjectId, token_id: ObjectId, *, actor: Actor, now: datetime) -> None:
    """Take anyone's token away. Raises NotAllowed, Missing when it is gone already."""
    actor.demand(Permission.MANAGE_USERS)
    _revoke(user_id, token_id, actor, now)


def _revoke(user_id: ObjectId, token_id: ObjectId, actor: Actor, now: datetime) -> None:
    def work(uow: UnitOfWork) -> None:
        user = User.read(user_id, actor, uow.session)
        names = {token["id"]: token["name"] for token in user.get("api_tokens") or ()}
        if not User.drop_token(user_id, token_id, uow.session):
            raise Missing()
        uow.record("api-token-revoked", "users", user_id, user["name"], note=names.get(token_id, ""))

    in_one_transaction(work, actor=actor, now=now)


def own_tokens(user_id: ObjectId) -> list[StoredToken]:
    """Return a user's tokens, the newest first."""
    with reachable():
        return sorted(User.tokens_of(user_id), key=lambda token: token["made_at"], reverse=True)


def all_tokens(actor: Actor) -> list[tuple[ObjectId, str, StoredToken]]:
    """Return every token with its user's id and name. Raises NotAllowed."""
    actor.demand(Permission.MANAGE_USERS)
    with reachable():
        users = User.with_tokens()
    return [
        (user["_id"], user.get("display_name") or user["name"], token)
        for user in users
        for token in user.get("api_tokens") or ()
    ]


# --- Asking by one -------------------------------------------------------------------------------


def bearer_of(key: str, *, origin: Origin, now: datetime) -> TokenBearer:
    """Return who asks by a token; what they do is told as done by it. Two commands, seldom three.

    Raises NoToken; TooOften for an address that has sent many wrong ones.
    """
    address = origin.address
    with reachable():
        user = User.find_by_token(_hashed(key), now) if _KEY.fullmatch(key) else None
        if user is None:
            _count_wrong(address, now)
            raise NoToken()
        token = user["api_tokens"][0]
        if "used_at" not in token or now - token["used_at"] >= _MINUTE:
            User.note_token_use(user["_id"], token["id"], now, address)
    told = Origin.of(address, f"{AGENT} {token['name']} {origin.agent}", origin.request_id)
    signed_in = SignedIn(
        user_id=user["_id"], key_hash="", name=user["name"], display_name=user.get("display_name") or "",
        role=Role(user["role"]), county=user.get("county"), must_change_password=False, password_is_old=False,
        session_created_at=token["made_at"], session_seen_at=now, origin=told,
    )  # fmt: skip
    return TokenBearer(signed_in, token)


def _count_wrong(address: str, now: datetime) -> None:
    count = AuditWindow.count_one(f"wrong token {network_of(address)}", now, _WRONG_WINDOW, durable=False)
    if count > _MOST_WRONG:
        raise TooOften(60)


def take_turn(bearer: TokenBearer, most: int, now: datetime) -> None:
    """Count one request of a token, whichever process answers it. Raises TooOften beyond so many a minute."""
    with reachable():
        count = AuditWindow.count_one(f"token {bearer.token['id']}", now, _MINUTE, durable=False)
    if count > most:
        raise TooOften(60)


def may_ask(token: StoredToken, collection: str) -> bool:
    """Tell whether a token knows a collection."""
    return not token["collections"] or collection in token["collections"]


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
