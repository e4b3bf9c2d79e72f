"""Sign in, keep a session, sign out; and what a password must be.

Guessing is answered four times over: argon2 makes a guess dear, a few failures lock a name for the address they came
from, failures of a name from addresses that its owner never used slow all such addresses, and an address that fails
often must wait. None of it keeps out an owner who comes from where they signed in before.
"""

import hashlib
import secrets
import threading
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from bson import ObjectId
from bson.errors import InvalidId
from zxcvbn import zxcvbn

from documents.desk.settings import refresh_settings, settings_in_force
from documents.desk.sign_in_failures import NOBODY, SignInFailures, network_of, row_of_name, row_of_pair
from documents.desk.user import KnownNetwork, SignedIn, StoredSession, StoredUser, User, name_key
from documents.server.connection import reachable
from rules.access import SYSTEM, Actor
from rules.errors import Missing, Refusal, Refused, UnderMaintenance
from rules.words import N_
from schema.settings import (
    ADDRESS_FAILURES,
    LOCK_AFTER,
    LOCK_MINUTES,
    ONE_TIME_HOURS,
    PASSWORD_DAYS,
    SESSION_ABSOLUTE,
    SESSION_IDLE,
    SettingValues,
)
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

T = TypeVar("T")
_log = structlog.get_logger()

PASSWORD_LEAST, PASSWORD_MOST = 10, 256  # characters
WRONG = N_(
    "The user name or the password is not right. After several wrong tries, please wait %(minutes)s minutes."
)
WRONG_OWN = N_("Your own password is not right. After several wrong tries, please wait %(minutes)s minutes.")

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
    one_time_for: timedelta
    password_age: timedelta | None  # None: as long as one likes
    address_window: timedelta = timedelta(minutes=15)
    address_longest_wait: int = 30  # seconds
    name_window: timedelta = timedelta(hours=1)
    name_longest_wait: int = 60  # seconds
    sessions_kept: int = 10
    networks_kept: int = 20
    network_known_for: timedelta = timedelta(days=180)


def policy_of(values: SettingValues) -> Policy:
    """Return the policy that the office's settings make."""
    return Policy(
        idle=timedelta(minutes=values[SESSION_IDLE]),
        absolute=timedelta(hours=values[SESSION_ABSOLUTE]),
        lock_after=values[LOCK_AFTER],
        lock_for=timedelta(minutes=values[LOCK_MINUTES]),
        address_failures=values[ADDRESS_FAILURES],
        one_time_for=timedelta(hours=values[ONE_TIME_HOURS]),
        password_age=timedelta(days=values[PASSWORD_DAYS]) if values[PASSWORD_DAYS] else None,
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
            # One that is too long costs what the others do, and is not taken for its own beginning.
            return (
                _HASHER.verify(stored_hash, _typed(password[:PASSWORD_MOST]))
                and len(password) <= PASSWORD_MOST
            )
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

    Raises: Refused with one and the same sentence for a wrong name, a wrong password, one that is slowed or locked
    here, a disabled user and a one-time password out of date; SlowDown when the client address has failed too often;
    Unavailable.
    """
    with reachable():
        policy = policy or policy_of(refresh_settings())
        _let_in(address, now, policy)
        name = name[:200]
        user = User.find_named(name)
        known = user is not None and _knows(user, address, now, policy)
        heard = _may_guess(name, address, now, policy, known=known)
        # Whoever is not heard pays the same: nothing tells them that their guess was not even looked at.
        right = password_is_right(user["password_hash"] if user and heard else _NOBODY, password)
        if user and right and not user.get("disabled") and not _is_out_of_date(user, now, policy):
            signed_in = _open_at_sign_in(user, password, address, agent, now, policy)
            if signed_in:
                return signed_in
        SignInFailures.count_one(network_of(address), now, policy.address_window)
        if heard:
            count_failure(name, address, user, now, policy)
        # Each answer costs as many writes as the others, whatever there was to count.
        SignInFailures.count_one(
            row_of_name(name) if heard and not known else NOBODY, now, policy.name_window
        )
        if not heard:
            SignInFailures.count_one(NOBODY, now, policy.name_window)
    raise Refused(Refusal(WRONG, {"minutes": _locked_minutes(policy)}))


def wrong_own_password(policy: Policy, field: str) -> Refused:
    """Return the one sentence, beside `field`, for who is signed in and gives a wrong password, or is locked."""
    return Refused(Refusal(WRONG_OWN, {"minutes": _locked_minutes(policy)}, field))


def _locked_minutes(policy: Policy) -> int:
    return int(policy.lock_for.total_seconds() // 60)


def _knows(user: StoredUser, address: str, now: datetime, policy: Policy) -> bool:
    """Tell whether a user signed in from this network before, and not too long ago."""
    network, since = network_of(address), now - policy.network_known_for
    return any(
        known["network"] == network and known["seen_at"] >= since
        for known in user.get("known_networks") or ()
    )


def _may_guess(name: str, address: str, now: datetime, policy: Policy, *, known: bool) -> bool:
    """Tell whether a password for this name is looked at: not where it is locked, nor out of turn where it is slowed.

    Where its owner signed in before nothing slows it, so that guesses from elsewhere never shut the owner out.
    """
    if SignInFailures.is_locked(row_of_pair(name, address), now):
        return False
    beyond = SignInFailures.count_of(row_of_name(name), now) - policy.lock_after
    if known or beyond < 0:
        return True
    wait = timedelta(seconds=min(2 ** min(beyond, 10), policy.name_longest_wait))
    return SignInFailures.take_turn(row_of_name(name), now, wait)


def _is_out_of_date(user: StoredUser, now: datetime, policy: Policy) -> bool:
    """Tell whether a user still has a one-time password and it was given too long ago."""
    given = user.get("password_changed_at")
    return bool(user.get("must_change_password")) and given is not None and now - given > policy.one_time_for


def _is_old(user: StoredUser, now: datetime, policy: Policy) -> bool:
    """Tell whether a password is older than the office allows."""
    changed = user.get("password_changed_at") or user.get("created_at")
    return policy.password_age is not None and changed is not None and now - changed > policy.password_age


def _open_at_sign_in(
    user: StoredUser, password: str, address: str, agent: str, now: datetime, policy: Policy
) -> tuple[SignedIn, str] | None:
    """Open a session unless the name was locked here, or the user disabled or given another password meanwhile."""
    change: dict[str, Any] = {"known_networks": _with_network(user, address, now, policy)}
    if _HASHER.check_needs_rehash(user["password_hash"]):
        change["password_hash"] = hash_password(password)
    key, session = new_session(address, agent, now, password_is_old=_is_old(user, now, policy))
    # The oldest give way: a user who never signs out does not grow for ever.
    push = {"$each": [session], "$sort": {"seen_at": 1}, "$slice": -policy.sessions_kept}

    def work(uow: UnitOfWork) -> bool:
        if not SignInFailures.forgive(row_of_pair(user["name"], address), now, uow.session):
            return False
        if "password_hash" in change:
            uow.touch("users", user["_id"], User.read(user["_id"], uow.actor, uow.session))
        opened = User.write_as_read(user, {"$set": change, "$push": {"sessions": push}}, uow.session)
        if opened:
            uow.record("signed-in", "users", user["_id"], user["name"])
        return opened

    def unrecorded() -> bool:
        own = {"$set": {"known_networks": change["known_networks"]}, "$push": {"sessions": push}}
        free = SignInFailures.forgive(row_of_pair(user["name"], address), now, None)
        return free and User.write_as_read(user, own, None)

    if not _even_under_maintenance("signed-in", work, unrecorded, actor=User.actor_of(user), now=now):
        return None
    return SignedIn.from_stored({**user, "sessions": [session]}), key


def _with_network(user: StoredUser, address: str, now: datetime, policy: Policy) -> list[KnownNetwork]:
    """Return the networks that a user is known from once they have signed in from this one, the latest first."""
    network = network_of(address)
    others = [known for known in user.get("known_networks") or () if known["network"] != network]
    return [KnownNetwork(network=network, seen_at=now), *others[: policy.networks_kept - 1]]


def count_failure(name: str, address: str, user: StoredUser | None, now: datetime, policy: Policy) -> None:
    """Count a wrong password for a name from an address, and lock the name for that address at the last one forgiven.

    Each step is one conditional write: of any number of guesses at once exactly `lock_after` are counted,
    and none succeeds after them. A name that is nobody's (`user` None) is counted and locked like any other.
    """
    row, most, until = row_of_pair(name, address), policy.lock_after - 1, now + policy.lock_for
    if not SignInFailures.count_below(row, now, policy.lock_for, most=most):
        return

    def work(uow: UnitOfWork) -> None:
        if not SignInFailures.lock(row, now, until=until, most=most, session=uow.session):
            return
        if user:
            uow.record("locked-out", "users", user["_id"], user["name"])
        else:
            uow.hold()

    def unrecorded() -> None:
        SignInFailures.lock(row, now, until=until, most=most, session=None)

    actor = User.actor_of(user) if user else SYSTEM
    _even_under_maintenance("locked-out", work, unrecorded, actor=actor, now=now)


def _even_under_maintenance(
    action: str, work: Callable[[UnitOfWork], T], unrecorded: Callable[[], T], *, actor: Actor, now: datetime
) -> T:
    """Do `work`; while writes are held back do it `unrecorded`, so that people can sign in to read, and out again.

    A session is no record of the office. The trail, which nothing may be added to then, misses the entry: the
    program's log says so.
    """
    try:
        return in_one_transaction(work, actor=actor, now=now)
    except UnderMaintenance:
        _log.error("the trail misses an entry", action=action, label=actor.name, cause="maintenance")
        return unrecorded()


def confirm_password(
    signed_in: SignedIn,
    password: str,
    *,
    field: str,
    address: str,
    now: datetime,
    policy: Policy | None = None,
) -> StoredUser:
    """Return the stored user when `password` is their own: asked for before what must not be done by a passer-by.

    Raises: Refused beside `field`, counted like a failed sign-in from this address; Missing; Unavailable.
    """
    policy = policy or policy_in_force()
    row = row_of_pair(signed_in.name, address)
    with reachable():
        user = User.find_active(signed_in.user_id)
        if user is None:
            raise Missing()
        right = password_is_right(user["password_hash"], password)
        if not right:
            count_failure(signed_in.name, address, user, now, policy)
        if not right or SignInFailures.is_locked(row, now):
            raise wrong_own_password(policy, field)
    return user


def _let_in(address: str, now: datetime, policy: Policy) -> None:
    """Raise SlowDown when this address has failed often and comes again too soon.

    It is slowed, never shut out: a whole county office may stand behind one address.
    """
    network = network_of(address)
    beyond = SignInFailures.count_of(network, now) - policy.address_failures
    if beyond >= 0:
        wait = min(2 ** min(beyond, 10), policy.address_longest_wait)
        if not SignInFailures.take_turn(network, now, timedelta(seconds=wait)):
            raise SlowDown(wait)


# --- Sessions ----------------------------------------------------------------------------------


def _hash_key(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def new_session(
    address: str, agent: str, now: datetime, *, password_is_old: bool = False
) -> tuple[str, StoredSession]:
    """Return a new random key of 256 bits and the session as it is stored, with the key's hash only."""
    key = secrets.token_urlsafe(32)
    agent = agent.encode("utf-8", "replace").decode("utf-8")[:200]
    return key, {
        "key_hash": _hash_key(key), "created_at": now, "seen_at": now, "agent": agent, "address": address[:64],
        "password_is_old": password_is_old,
    }  # fmt: skip


def load_session(
    user_id: str,
    key: str,
    now: datetime,
    policy: Callable[[], Policy] = policy_in_force,
    *,
    with_state: bool = False,
) -> SignedIn | None:
    """Return the user of a live session, in one command; None when it has ended, for whatever reason.

    `policy` is asked after that command, which reads the settings too. `with_state` gives the office's state along with
    the user, in two commands, or in one while nothing is written.

    That it was used is written once a minute at most.
    """
    try:
        wanted = ObjectId(user_id)
    except InvalidId:
        return None
    with reachable():
        signed_in = User.find_signed_in(wanted, _hash_key(key), with_state=with_state)
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

    def unrecorded() -> None:
        User.drop_session(signed_in)

    _even_under_maintenance("signed-out", work, unrecorded, actor=signed_in.actor, now=now)
