"""Sign in, keep a session, sign out; and what a password must be.

Guessing is answered three times over: argon2 makes a guess dear, a user is locked after a few failures, and
an address that fails often must wait. All of it is counted in the database, so any number of processes agree.
"""

import hashlib
import secrets
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from bson import ObjectId
from bson.errors import InvalidId
from zxcvbn import zxcvbn

from documents.desk.user import SignedIn, SignInFailures, User, name_key
from documents.server.connection import reachable
from rules.errors import Refusal, Refused
from rules.words import N_
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

PASSWORD_LEAST, PASSWORD_MOST = 10, 256  # characters
WRONG = N_(
    "The user name or the password is not right. After several wrong tries, please wait %(minutes)s minutes."
)

# OWASP's smallest setting for Argon2id: 19 MiB, two passes, one lane; about 25 ms.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# At most this many at once a process: a flood of sign-ins takes its turn instead of all the memory.
_HASHING = threading.BoundedSemaphore(4)
# What an unknown name is measured against, so that it costs what a known one costs.
_NOBODY = _HASHER.hash(secrets.token_hex(16))
# Words that anyone would guess first in this office.
_LOCAL_WORDS = ["liaocheng", "shandong", "gongxin", "gongxinju", "shuangchuang", "shifan", "jidi", "xiaowei"]


@dataclass(frozen=True)
class Policy:
    """How long things last and how many failures are forgiven; the office's settings."""

    idle: timedelta = timedelta(minutes=60)
    absolute: timedelta = timedelta(hours=12)
    lock_after: int = 5
    lock_for: timedelta = timedelta(minutes=15)
    address_failures: int = 30
    address_window: timedelta = timedelta(minutes=15)
    address_longest_wait: int = 30  # seconds
    sessions_kept: int = 10


STANDARD = Policy()


class SlowDown(Refused):
    """Too many failures from one client address: it may try again in `seconds`."""

    def __init__(self, seconds: int) -> None:
        """Say how long to wait."""
        sentence = N_("Too many failed sign-ins from this address. Please wait %(seconds)s seconds.")
        super().__init__(Refusal(sentence, {"seconds": seconds}))
        self.seconds = seconds


# --- Passwords ---------------------------------------------------------------------------------


def _typed(password: str) -> bytes:
    # One look, one password: input methods differ in how they compose a character (RFC 8265).
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password, its salt and parameters inside."""
    with _HASHING:
        return _HASHER.hash(_typed(password))


def password_is_right(stored_hash: str, password: str) -> bool:
    """Tell whether `password` is the one of `stored_hash`; costs the same whatever the answer."""
    with _HASHING:
        try:
            return _HASHER.verify(stored_hash, _typed(password[:PASSWORD_MOST]))
        except (VerificationError, InvalidHashError):
            return False


def refusals_to_password(password: str, *, own_words: Sequence[str], old_hash: str | None) -> list[Refusal]:
    """Return why this cannot be the new password of the user known by `own_words`; nothing if it can."""
    field = "new_password"
    if len(password) < PASSWORD_LEAST:
        sentence = N_("The password needs at least %(least)s characters.")
        return [Refusal(sentence, {"least": PASSWORD_LEAST}, field)]
    if len(password) > PASSWORD_MOST:
        sentence = N_("The password is longer than %(most)s characters.")
        return [Refusal(sentence, {"most": PASSWORD_MOST}, field)]
    if name_key(password) in {name_key(word) for word in own_words}:
        return [Refusal(N_("The password must not be the user name."), field=field)]
    if old_hash is not None and password_is_right(old_hash, password):
        return [Refusal(N_("The new password must differ from the old one."), field=field)]
    # zxcvbn takes time that grows steeply with the length, and 72 characters say enough.
    guessed = zxcvbn(password[:72], user_inputs=[*own_words, *_LOCAL_WORDS])
    if guessed["score"] < 3:
        sentence = N_("This password is easy to guess. Take a longer one, or several unrelated words.")
        return [Refusal(sentence, field=field)]
    return []


# --- Sign-in -----------------------------------------------------------------------------------


def sign_in(
    name: str, password: str, *, address: str, agent: str, now: datetime, policy: Policy = STANDARD
) -> tuple[SignedIn, str]:
    """Return the user and the key of a new session, which only the user's cookie holds.

    Raises: Refused with one and the same sentence for a wrong name, a wrong password, a locked and a disabled
    user; SlowDown when the client address has failed too often; Unavailable.
    """
    with reachable():
        _let_in(address, now, policy)
        user = User.collection().find_one({"name_key": name_key(name[:200])})
        right = password_is_right(user["password_hash"] if user else _NOBODY, password)
        if user and right and not user.get("disabled"):
            opened = _open_at_sign_in(user, password, agent, now, policy)
            if opened:
                return opened
        SignInFailures.count_one(address, now, policy.address_window)
        if not (user and not right and count_failure(user, now, policy)):
            # Nothing was counted for this name: one write like it keeps the answer as slow as the others.
            SignInFailures.count_one("nobody", now, policy.address_window)
    raise Refused(Refusal(WRONG, {"minutes": int(policy.lock_for.total_seconds() // 60)}))


def _open_at_sign_in(
    user: dict[str, Any], password: str, agent: str, now: datetime, policy: Policy
) -> tuple[SignedIn, str] | None:
    """Open a session unless the user was locked, disabled or given another password meanwhile."""
    change: dict[str, Any] = {"failed_attempts": 0, "locked_until": None}
    if _HASHER.check_needs_rehash(user["password_hash"]):
        change["password_hash"] = hash_password(password)
    key, session = new_session(agent, now)
    unchanged = {"_id": user["_id"], "password_hash": user["password_hash"], "disabled": {"$ne": True}}
    # The oldest give way: a user who never signs out does not grow for ever.
    push = {"$each": [session], "$sort": {"seen_at": 1}, "$slice": -policy.sessions_kept}

    def work(uow: UnitOfWork) -> bool:
        done = User.collection().update_one(
            {**unchanged, **_not_locked(now)},
            {"$set": change, "$push": {"sessions": push}},
            session=uow.session,
        )
        if done.matched_count:
            uow.record("signed-in", "users", user["_id"], user["name"])
        return bool(done.matched_count)

    if not in_one_transaction(work, actor=User.actor_of(user), now=now):
        return None
    return SignedIn.from_stored({**user, "sessions": [session]}), key


def count_failure(user: dict[str, Any], now: datetime, policy: Policy = STANDARD) -> bool:
    """Count a wrong password against a user and lock at the last one forgiven; False when locked already.

    Each step is one conditional write: of any number of guesses at once exactly `lock_after` are counted,
    and none succeeds after them.
    """
    users, last = User.collection(), policy.lock_after - 1
    open_user = {"_id": user["_id"], **_not_locked(now)}
    if users.update_one(
        {**open_user, "failed_attempts": {"$not": {"$gte": last}}}, {"$inc": {"failed_attempts": 1}}
    ).matched_count:
        return True

    def work(uow: UnitOfWork) -> bool:
        lock = {"$set": {"failed_attempts": 0, "locked_until": now + policy.lock_for}}
        locked = users.update_one(
            {**open_user, "failed_attempts": {"$gte": last}}, lock, session=uow.session
        ).matched_count
        if locked:
            uow.record("locked-out", "users", user["_id"], user["name"])
        return bool(locked)

    return in_one_transaction(work, actor=User.actor_of(user), now=now)


def _not_locked(now: datetime) -> dict[str, Any]:
    return {"locked_until": {"$not": {"$gt": now}}}


def _let_in(address: str, now: datetime, policy: Policy) -> None:
    """Raise SlowDown when this address has failed often and comes again too soon.

    It is slowed, never shut out: a whole county office may stand behind one address.
    """
    beyond = SignInFailures.count_of(address, now) - policy.address_failures
    if beyond >= 0:
        wait = min(2 ** min(beyond, 10), policy.address_longest_wait)
        if not SignInFailures.take_turn(address, now, timedelta(seconds=wait)):
            raise SlowDown(wait)


# --- Sessions ----------------------------------------------------------------------------------


def _hash_key(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def new_session(agent: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """Return a new random key of 256 bits and the session as it is stored, with the key's hash only."""
    key = secrets.token_urlsafe(32)
    agent = agent.encode("utf-8", "replace").decode("utf-8")[:200]
    return key, {"key_hash": _hash_key(key), "created_at": now, "seen_at": now, "agent": agent}


def load_session(user_id: str, key: str, now: datetime, policy: Policy = STANDARD) -> SignedIn | None:
    """Return the user of a live session, in one command; None when it has ended, for whatever reason.

    That it was used is written once a minute at most.
    """
    try:
        wanted = ObjectId(user_id)
    except InvalidId:
        return None
    with reachable():
        signed_in = User.find_signed_in(wanted, _hash_key(key))
        if signed_in is None:
            return None
        idle, age = now - signed_in.session_seen_at, now - signed_in.session_created_at
        if idle > policy.idle or age > policy.absolute:
            User.drop_session(signed_in)
            return None
        if idle >= timedelta(minutes=1):
            User.note_use(signed_in, now)
    return signed_in


def sign_out(signed_in: SignedIn, now: datetime) -> None:
    """End this session: its cookie is dead from here on, wherever a copy of it lies."""

    def work(uow: UnitOfWork) -> None:
        if User.drop_session(signed_in, uow.session):
            uow.record("signed-out", "users", signed_in.user_id, signed_in.name)

    in_one_transaction(work, actor=signed_in.actor, now=now)
