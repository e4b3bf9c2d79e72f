"""Who may sign in: make, change, disable and enable users, and give and change passwords.

Whatever takes rights away (disablement, another role or county, a new password) ends the user's sessions in
the same write, and the tokens and the calendar link where somebody else may hold them. The last active
administrator stays one: every write conflicts with every other one (see `services.shared.unit_of_work`), so
what is counted inside the transaction still holds when it commits.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId
from bson.errors import InvalidId

from documents.desk.audit_entry import Change
from documents.desk.sign_in_failures import SignInFailures, row_of_pair
from documents.desk.user import NAME_LIMIT, SignedIn, User, name_key
from documents.server.connection import reachable
from rules.access import SYSTEM, Actor, Permission, Role
from rules.counties import office_counties
from rules.errors import Missing, Refusal, Refused, Stale
from rules.words import N_
from services.desk.sign_in import (
    Policy,
    confirm_password,
    hash_password,
    new_session,
    policy_in_force,
    refusals_to_password,
    wrong_own_password,
)
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

FIRST_ADMINISTRATOR = "admin"  # where the start names no other
# What a stored preference may say; the first is the default.
PREFERENCES: Mapping[str, tuple[str, ...]] = {
    "language": ("zh_Hans_CN", "en"),
    "theme": ("light", "dark"),
    "rail": ("open", "folded"),
    "tour": ("due", "seen"),
}
_NAME = re.compile(rf"[\w.@-]{{2,{NAME_LIMIT}}}")
# Without letters and digits that are mistaken for one another when read aloud or copied by hand.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
# Signed in nowhere any more, and no link that reads without signing in.
_NOWHERE: Mapping[str, Any] = {
    "sessions": [], "calendar_key_hash": None, "calendar_key_made_at": None, "api_tokens": [],
}  # fmt: skip
_TAKEN = N_("The user name %(name)s is already taken.")


@dataclass(frozen=True)
class NewUser:
    """A user just made; `one_time_password` is None when the caller gave a password."""

    id: ObjectId
    one_time_password: str | None


def one_time_password() -> str:
    """Return a random password of 79 bits in four groups, easy to copy by hand."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


# --- Reading -----------------------------------------------------------------------------------


def list_users(actor: Actor) -> list[User]:
    """Return all users, the active ones first; an office has some dozens of them."""
    actor.demand(Permission.MANAGE_USERS)
    with reachable():
        return list(User.objects.in_order())


def get_user(user_id: str, actor: Actor) -> User:
    """Return one user. Raises: Missing."""
    actor.demand(Permission.MANAGE_USERS)
    with reachable():
        user = User.objects.in_order().filter(pk=_object_id(user_id)).first()
    if user is None:
        raise Missing()
    return user


# --- Making and changing -----------------------------------------------------------------------


def create_user(
    name: str,
    *,
    role: str,
    county: str | None = None,
    display_name: str = "",
    password: str | None = None,
    actor: Actor,
    now: datetime,
) -> NewUser:
    """Make a user: with a one-time password that must be changed, or with `password`, which need not be.

    Raises: Refused (name taken or malformed, role and county do not fit, password too weak), NotAllowed.
    """
    actor.demand(Permission.MANAGE_USERS)
    name = _clean_name(name)
    refusals = _refusals_to_name(name) + _refusals_to_place(role, county)
    if password is not None:
        refusals += refusals_to_password(password, own_words=[name, display_name], old_hash=None)
    if refusals:
        raise Refused.because(refusals)
    once = one_time_password() if password is None else None
    stored = _fresh(name, display_name, role, county, password or once or "", actor, now)
    stored["must_change_password"] = once is not None

    def work(uow: UnitOfWork) -> None:
        if User.find_named(name, uow.session):
            raise Refused(Refusal(_TAKEN, {"name": name}, "username"))
        _insert(uow, stored)

    in_one_transaction(work, actor=actor, now=now)
    return NewUser(stored["_id"], once)


def ensure_first_administrator(now: datetime, name: str = FIRST_ADMINISTRATOR) -> str | None:
    """Make the first administrator when there is no user at all; return the one-time password, else None.

    Of several processes that start at once one makes it.

    Raises: Refused for a name that cannot be one; Unavailable.
    """
    with reachable():
        if User.is_anyone_there():
            return None
    name = _clean_name(name)
    refusals = _refusals_to_name(name)
    if refusals:
        raise Refused.because(refusals)
    once = one_time_password()
    stored = _fresh(name, "", Role.ADMIN, None, once, SYSTEM, now)

    def work(uow: UnitOfWork) -> bool:
        if User.is_anyone_there(uow.session):
            return False
        _insert(uow, {**stored, "must_change_password": True})
        return True

    return once if in_one_transaction(work, actor=SYSTEM, now=now) else None


def change_user(
    user_id: str,
    *,
    display_name: str,
    role: str,
    county: str | None,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a user's name on screen, role and county; another role or county ends the sessions and tokens.

    Raises: Refused, Stale, Missing, NotAllowed.
    """
    refusals = _refusals_to_place(role, county)
    if refusals:
        raise Refused.because(refusals)
    fields = {"display_name": display_name.strip()[:NAME_LIMIT], "role": role, "county": county or None}

    def changes(user: Mapping[str, Any]) -> dict[str, Any]:
        if user["version"] != version:
            raise Stale()
        moved = user["role"] != role or user.get("county") != fields["county"]
        return {**fields, "sessions": [], "api_tokens": []} if moved else fields

    _write("updated", user_id, changes, actor, now)


def disable_user(user_id: str, *, actor: Actor, now: datetime) -> None:
    """Shut a user out, end the sessions, tokens and the calendar link; what the user did stays on record."""
    _write("disabled", user_id, lambda user: {"disabled": True, **_NOWHERE}, actor, now)


def enable_user(user_id: str, *, actor: Actor, now: datetime) -> None:
    """Let a disabled user in again, with the old password."""
    _write("enabled", user_id, lambda user: {"disabled": False}, actor, now, forgives=True)


def unlock_user(user_id: str, *, actor: Actor, now: datetime) -> None:
    """Forget every wrong password of a user, and the locks that came of them. Raises: Missing, NotAllowed."""
    _write("unlocked", user_id, lambda user: {}, actor, now, forgives=True)


def id_of(name: str, actor: Actor) -> str:
    """Return the id of the user of a login name. Raises: Missing, NotAllowed."""
    actor.demand(Permission.MANAGE_USERS)
    with reachable():
        user = User.find_named(name)
    if user is None:
        raise Missing(N_("There is no user named %(name)s."), name=name)
    return str(user["_id"])


def locked_users(users: Sequence[User], now: datetime) -> Mapping[str, int]:
    """Return the names, of these users, that wrong passwords have locked, each with the number of addresses."""
    with reachable():
        return SignInFailures.locked_among([user.name for user in users], now)


def end_sessions(user_id: str, *, actor: Actor, now: datetime) -> None:
    """Sign a user out of every browser, and end the tokens and the calendar link."""
    _write("sessions-ended", user_id, lambda user: dict(_NOWHERE), actor, now)


def reset_password(user_id: str, *, actor: Actor, now: datetime) -> str:
    """Give a user a one-time password and return it, to be shown once.

    Ends the sessions, the tokens, the calendar link and every lock.
    """
    once = one_time_password()
    fields = {"password_hash": hash_password(once), "must_change_password": True, "password_changed_at": now}
    _write("password-reset", user_id, lambda user: {**fields, **_NOWHERE}, actor, now, forgives=True)
    return once


def change_password(
    signed_in: SignedIn,
    old: str,
    new: str,
    *,
    address: str,
    agent: str,
    now: datetime,
    policy: Policy | None = None,
) -> str:
    """Change one's own password; every session ends, and the key of a new one for this browser is returned.

    Raises: Refused; a wrong old password counts as a failed sign-in.
    """
    policy = policy or policy_in_force()
    user = confirm_password(signed_in, old, field="old_password", address=address, now=now, policy=policy)
    own_words = [user["name"], user.get("display_name") or ""]
    refusals = refusals_to_password(new, own_words=own_words, old_hash=user["password_hash"])
    if refusals:
        raise Refused.because(refusals)
    key, session = new_session(address, agent, now)
    fields = {"password_hash": hash_password(new), "must_change_password": False, "password_changed_at": now}
    fields |= {"sessions": [session]}

    def work(uow: UnitOfWork) -> None:
        if not SignInFailures.forgive(row_of_pair(user["name"], address), now, uow.session):
            raise wrong_own_password(policy, "old_password")
        uow.touch("users", user["_id"], User.read(user["_id"], uow.actor, uow.session))
        if not User.write_as_read(user, {"$set": fields}, uow.session):
            raise Stale()
        uow.record("password-changed", "users", user["_id"], user["name"])

    in_one_transaction(work, actor=signed_in.actor, now=now)
    return key


def set_preference(signed_in: SignedIn, key: str, value: str) -> None:
    """Remember a taste of this user's: language, theme or rail. Raises: Refused for anything else."""
    if value not in PREFERENCES.get(key, ()):
        raise Refused()
    with reachable():
        User.set_preference(signed_in.user_id, key, value)


# --- How ---------------------------------------------------------------------------------------


def _object_id(user_id: str) -> ObjectId:
    try:
        return ObjectId(user_id)
    except InvalidId as error:
        raise Missing() from error


def _clean_name(name: str) -> str:
    return unicodedata.normalize("NFKC", name.encode("utf-8", "replace").decode()).strip()


def _refusals_to_name(name: str) -> list[Refusal]:
    if _NAME.fullmatch(name):
        return []
    sentence = N_(
        "A user name is 2 to %(most)s letters, digits, dots, hyphens or underscores, without blanks."
    )
    return [Refusal(sentence, {"most": NAME_LIMIT}, "username")]


def _refusals_to_place(role: str, county: str | None) -> list[Refusal]:
    if role not in set(Role):
        return [Refusal(N_("There is no such role."), field="role")]
    if county and county not in office_counties().by_code:
        return [Refusal(N_("There is no such county."), field="county")]
    if role == Role.COUNTY and not county:
        return [Refusal(N_("A county clerk needs a county."), field="county")]
    if role in (Role.ADMIN, Role.CITY) and county:
        return [Refusal(N_("This role is for the whole city: leave the county empty."), field="county")]
    return []


def _fresh(
    name: str, display_name: str, role: str, county: str | None, password: str, actor: Actor, now: datetime
) -> dict[str, Any]:
    user = User(
        id=ObjectId(), name=name, name_key=name_key(name), display_name=display_name.strip()[:NAME_LIMIT]
    )
    user.role, user.county, user.password_hash = str(role), county or None, hash_password(password)
    user.created_at = user.updated_at = user.password_changed_at = now
    user.created_by = user.updated_by = actor.name
    user.validate()
    return dict(user.to_mongo())


def _insert(uow: UnitOfWork, stored: dict[str, Any]) -> None:
    uow.save(User, None, stored)
    told = ("name", "display_name", "role", "county")
    shown = [Change(key, None, stored[key]) for key in told if stored.get(key)]
    uow.record("created", "users", stored["_id"], stored["name"], changes=shown)


def _write(
    action: str,
    user_id: str,
    changes: Callable[[Mapping[str, Any]], dict[str, Any]],
    actor: Actor,
    now: datetime,
    *,
    forgives: bool = False,
) -> None:
    """Write what `changes` makes of the stored user, and the record of it, in one transaction.

    With `forgives` the user's wrong passwords and locks are forgotten along with it.
    """
    actor.demand(Permission.MANAGE_USERS)
    wanted = _object_id(user_id)

    def work(uow: UnitOfWork) -> None:
        user = User.read(wanted, actor, uow.session)
        fields = changes(user)
        _keep_an_administrator(user, fields, uow)
        uow.save(User, user, {**user, **fields})
        if forgives:
            SignInFailures.forget_name(user["name"], uow.session)
        shown = ("display_name", "role", "county", "disabled")  # never a hash, never a session
        moved = [key for key in shown if key in fields and user.get(key) != fields[key]]
        seen = [Change(key, user.get(key), fields[key]) for key in moved]
        uow.record(action, "users", user["_id"], user["name"], changes=seen)

    in_one_transaction(work, actor=actor, now=now)


def _keep_an_administrator(user: Mapping[str, Any], fields: Mapping[str, Any], uow: UnitOfWork) -> None:
    after = {**user, **fields}
    if user["role"] != Role.ADMIN or user.get("disabled"):
        return
    if after["role"] == Role.ADMIN and not after.get("disabled"):
        return
    if not User.has_administrator_beside(user["_id"], uow.session):
        raise Refused(N_("This is the last active administrator: appoint another one first."))
