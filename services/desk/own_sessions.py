"""One's own sessions: where one is signed in, and how to end what one does not know or no longer uses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from documents.desk.user import SignedIn, User
from documents.server.connection import reachable
from rules.errors import Missing
from services.desk.sign_in import Policy, policy_in_force
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_ID_LENGTH = 16  # of the hash of the key: enough to tell ten apart


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One browser in which a user is signed in; moments are in UTC. `agent` and `address` are as they signed in."""

    id: str
    agent: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


def own_sessions(
    signed_in: SignedIn, now: datetime, policy: Callable[[], Policy] = policy_in_force
) -> list[OwnSession]:
    """Return the user's live sessions, this one first, then the latest used. Raises: Unavailable."""
    with reachable():
        stored = User.sessions_of(signed_in.user_id)
    limits = policy()
    live = [
        OwnSession(
            session["key_hash"][:_ID_LENGTH], session.get("agent") or "", session.get("address") or "",
            session["created_at"], session["seen_at"], session["key_hash"] == signed_in.key_hash,
        )
        for session in stored
        if now - session["seen_at"] <= limits.idle and now - session["created_at"] <= limits.absolute
    ]  # fmt: skip
    return sorted(live, key=lambda session: (not session.is_this, -session.seen_at.timestamp()))


def end_own_session(signed_in: SignedIn, session_id: str, now: datetime) -> None:
    """End one session of the user's: its cookie is dead from here on. Raises: Missing when it is over already."""

    def work(uow: UnitOfWork) -> None:
        ended = [
            session["key_hash"]
            for session in User.sessions_of(signed_in.user_id, uow.session)
            if session["key_hash"][:_ID_LENGTH] == session_id
        ]
        if not ended:
            raise Missing()
        User.drop_sessions(signed_in.user_id, {"$in": ended}, uow.session)
        uow.record("session-ended", "users", signed_in.user_id, signed_in.name)

    in_one_transaction(work, actor=signed_in.actor, now=now)


def end_other_sessions(signed_in: SignedIn, now: datetime) -> None:
    """End every session but this one, the calendar link and the tokens: somebody else may hold any of them."""

    def work(uow: UnitOfWork) -> None:
        User.drop_sessions(signed_in.user_id, {"$ne": signed_in.key_hash}, uow.session, links=True)
        uow.record("other-sessions-ended", "users", signed_in.user_id, signed_in.name)

    in_one_transaction(work, actor=signed_in.actor, now=now)
