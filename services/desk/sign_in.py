"""Sign in, keep a session, sign out; and what a password must be.

Guessing is answered three times over: argon2 makes a guess dear, a user is locked after a few failures, and
an address that fails often must wait. All of it is counted in the database, so any number of processes agree.
"""

import hashlib
import secrets
import threading
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from bson import ObjectId
from bson.errors import InvalidId
from zxcvbn import zxcvbn

from documents.desk.settings import refresh_settings, settings_in_force
from documents.desk.user import SignedIn, SignInFailures, StoredSession, StoredUser, User, name_key
from documents.server.connection import reachable
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.settings import (
    ADDRESS_FAILURES,
    LOCK_AFTER,
    LOCK_MINUTES,
    SESSION_ABSOLUTE,
    SESSION_IDLE,
    SettingValues,
)
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
    """How long things last and how many failures are forgiven: the office's settings and a few limits."""

    idle: timedelta
    absolute: timedelta
    lock_after: int
    lock_for: timedelta
    address_failures: int
    address_window: timedelta = timedelta(minutes=15)
    address_longest_wait: int = 30  # seconds
    sessions_kept: int = 10


def policy_of(values: SettingValues) -> Policy:
    """Return the policy that the office's settings make."""
    return Policy(
        idle=timedelta(minutes=values[SESSION_IDLE]),
        absolute=timedelta(hours=values[SESSION_ABSOLUTE]),
        lock_after=values[LOCK_AFTER],
        lock_for=timedelta(minutes=values[LOCK_MINUTES]),
        address_failures=values[ADDRESS_FAILURES],
    )


STANDARD = policy_of(SettingValues())


def policy_in_force() -> Policy:
    """Return the policy of the settings as this process last read them."""
    return policy_of(settings_in_force())


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
    name: str, password: str, *, address: str, agent: str, now: datetime, policy: Policy | None = None
) -> tuple[SignedIn, str]:
    """Return the user and the key of a new session, which only the user's cookie holds.

    Without a `policy` the office's settings are read for it, fresh: nobody's session has read them yet.

    Raises: Refused with one and the same sentence for a wrong name, a wrong password, a locked and a disabled
    user; SlowDown when the client address has failed too often; Unavailable.
    """
    with reachable():
        policy = policy or policy_of(refresh_settings())
        _let_in(address, now, policy)
        user = User.find_named(name[:200])
        right = password_is_right(user["password_hash"] if user else _NOBODY, password)
        if user and right and not user.get("disabled"):
            signed_in = _open_at_sign_in(user, password, agent, now, policy)
            if signed_in:
                return signed_in
        SignInFailures.count_one(address, now, policy.address_window)
        if not (user and not right and count_failure(user, now, policy)):
            # Nothing was counted for this name: one write like it keeps the answer as slow as the others.
            SignInFailures.count_one("nobody", now, policy.address_window)
    raise Refused(Refusal(WRONG, {"minutes": int(policy.lock_for.total_seconds() // 60)}))


def _open_at_sign_in(
    user: StoredUser, password: str, agent: str, now: datetime, policy: Policy
) -> tuple[SignedIn, str] | None:
    """Open a session unless the user was locked, disabled or given another password meanwhile."""
    change: dict[str, Any] = {"failed_attempts": 0, "locked_until": None}
    if _HASHER.check_needs_rehash(user["password_hash"]):
        change["password_hash"] = hash_password(password)
    key, session = new_session(agent, now)
    # The oldest give way: a user who never signs out does not grow for ever.
    push = {"$each": [session], "$sort": {"seen_at": 1}, "$slice": -policy.sessions_kept}

    def work(uow: UnitOfWork) -> bool:
        opened = User.write_as_read(user, {"$set": change, "$push": {"sessions": push}}, uow.session, now=now)
        if opened:
            uow.record("signed-in", "users", user["_id"], user["name"])
        return opened

    if not in_one_transaction(work, actor=User.actor_of(user), now=now):
        return None
    return SignedIn.from_stored({**user, "sessions": [session]}), key


def count_failure(user: StoredUser, now: datetime, policy: Policy) -> bool:
    """Count a wrong password against a user and lock at the last one forgiven; False when locked already.

    Each step is one conditional write: of any number of guesses at once exactly `lock_after` are counted,
    and none succeeds after them.
    """
    most = policy.lock_after - 1
    if User.count_failure(user["_id"], now, most=most):
        return True

    def work(uow: UnitOfWork) -> bool:
        until = now + policy.lock_for
        locked = User.lock(user["_id"], now, until=until, most=most, session=uow.session)
        if locked:
            uow.record("locked-out", "users", user["_id"], user["name"])
        return locked

    return in_one_transaction(work, actor=User.actor_of(user), now=now)


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


def new_session(agent: str, now: datetime) -> tuple[str, StoredSession]:
    """Return a new random key of 256 bits and the session as it is stored, with the key's hash only."""
    key = secrets.token_urlsafe(32)
    agent = agent.encode("utf-8", "replace").decode("utf-8")[:200]
    return key, {"key_hash": _hash_key(key), "created_at": now, "seen_at": now, "agent": agent}


def load_session(
    user_id: str, key: str, now: datetime, policy: Callable[[], Policy] = policy_in_force
) -> SignedIn | None:
    """Return the user of a live session, in one command; None when it has ended, for whatever reason.

    `policy` is asked after that command, which reads the settings too.

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
        limits = policy()
        if idle > limits.idle or age > limits.absolute:
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
