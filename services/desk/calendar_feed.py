"""A user's private calendar link: made, made anew, taken away; whose tasks it shows.

The link is all that a calendar program has to show. Its key has 256 random bits, and only the key's SHA-256 is
kept: whoever reads the database cannot read the calendar. Made anew, the old link is dead at once.
"""

import hashlib
import re
import secrets
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.desk.user import SignedIn, User
from documents.server.connection import reachable
from rules.access import Actor
from rules.errors import Missing
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_HASH, _MADE = "calendar_key_hash", "calendar_key_made_at"


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def made_at(user_id: ObjectId) -> datetime | None:
    """Return when the user's present link was made; None when there is none."""
    with reachable():
        return User.calendar_link_made_at(user_id)


def make_key(signed_in: SignedIn, now: datetime) -> str:
    """Return the key of a new link, to be shown once; the one before is dead. Raises Missing."""
    key = secrets.token_urlsafe(32)
    _write(signed_in, {"$set": {_HASH: _hashed(key), _MADE: now}}, "calendar-link-made", now)
    return key


def drop_key(signed_in: SignedIn, now: datetime) -> None:
    """Take the user's link away. Raises Missing."""
    _write(signed_in, {"$unset": {_HASH: "", _MADE: ""}}, "calendar-link-dropped", now)


def _write(signed_in: SignedIn, change: dict[str, Any], action: str, now: datetime) -> None:
    def work(uow: UnitOfWork) -> None:
        if not User.write_calendar_key(signed_in.user_id, change, uow.session):
            raise Missing()
        uow.record(action, "users", signed_in.user_id, signed_in.name)

    in_one_transaction(work, actor=signed_in.actor, now=now)


def reader_of(key: str) -> tuple[Actor, str]:
    """Return whose tasks a link shows, as their role and county are now, and their language.

    Raises Missing for a link that is wrong, made anew since, or whose user is shut out: the three are never told apart.
    """
    if not _KEY.fullmatch(key):
        raise Missing()
    with reachable():
        user = User.find_by_calendar_key(_hashed(key))
    if user is None:
        raise Missing()
    return User.actor_of(user), str((user.get("preferences") or {}).get("language") or "")
