"""A user's notifications: read, marked as read, and which kinds they want."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from documents.desk.audit_entry import AuditEntry
from documents.desk.user import SignedIn, User
from documents.notifications.notification import MOST_COUNTED, Notification, StoredNotification
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Missing
from rules.requests.notifications import NotificationKind, kinds_told, switched_off_by
from services.desk.trail import seen_by
from services.notifications.deriving import SWITCHED_OFF, entry_of
from services.shared.unit_of_work import UnitOfWork, in_one_transaction


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of notifications, the newest first; `total` how many there are, `unread` how many of all are so."""

    rows: tuple[StoredNotification, ...]
    total: int
    unread: int


def inbox(signed_in: SignedIn, *, unread: bool, page: int, size: int) -> InboxPage:
    """Return a page (from 0) of a user's notifications in their scope, only those not read where asked.

    Those of changes that the user may not see any more are forgotten.

    Raises NotAllowed, Unavailable.
    """
    actor, user = signed_in.actor, signed_in.user_id
    actor.demand(Permission.READ)
    with reachable():
        rows = Notification.latest_of(user, actor, unread=unread, skip=page * size, limit=size)
        while kept := _kept_from(actor, rows):
            Notification.forget(user, kept)
            rows = Notification.latest_of(user, actor, unread=unread, skip=page * size, limit=size)
        left = Notification.count_of(user, actor, unread=True)
        total = left if unread else Notification.count_of(user, actor, unread=False)
        shown = min(left, MOST_COUNTED)
        if shown != signed_in.unread:  # some were forgotten, or are out of scope by now
            User.set_unread(user, shown)
    return InboxPage(tuple(rows), total, left)


def read_one(signed_in: SignedIn, notification: ObjectId) -> StoredNotification:
    """Return one notification of a user's. Raises Missing, Unavailable."""
    actor = signed_in.actor
    with reachable():
        found = Notification.one_of(signed_in.user_id, actor, notification)
        if found is None or _kept_from(actor, [found]):
            raise Missing()
    return found


def _kept_from(actor: Actor, rows: Iterable[StoredNotification]) -> list[ObjectId]:
    """Return the ids of the notifications of changes that an actor may not see today."""
    told = {entry_of(row): row["_id"] for row in rows if row["action"] == "changed"}
    entries = AuditEntry.numbered(told) if told else []
    seen = {entry["_id"] for entry in seen_by(entries, actor)}
    return [told[entry["_id"]] for entry in entries if entry["_id"] not in seen]


def mark(signed_in: SignedIn, *, unread: bool, now: datetime, notification: ObjectId | None = None) -> None:
    """Mark one notification, or all, as read or as not read; the badge follows. Raises Unavailable."""

    def work(uow: UnitOfWork) -> None:
        user = signed_in.user_id
        Notification.mark(user, uow.session, unread=unread, notification=notification)
        User.set_unread(user, Notification.unread_of(user, uow.session), uow.session)

    in_one_transaction(work, actor=signed_in.actor, now=now)


def told_kinds(signed_in: SignedIn) -> frozenset[NotificationKind]:
    """Return the kinds that a user is told of."""
    return kinds_told(str(signed_in.preferences.get(SWITCHED_OFF, "")))


def choose_kinds(signed_in: SignedIn, told: Iterable[str]) -> None:
    """Tell a user of these kinds alone from now on. Raises Unavailable."""
    with reachable():
        User.set_preference(signed_in.user_id, SWITCHED_OFF, switched_off_by(told))
