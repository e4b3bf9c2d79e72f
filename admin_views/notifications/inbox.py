"""The bell: what it drops down, and its page; what a user is told is opened and marked."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.jobs.labels import state_of
from admin_views.notifications.view_models import InboxView, LatestView, NotificationRow
from admin_views.shared.guard import current_actor, signed_in_user
from admin_views.shared.history import shown_entry
from admin_views.shared.layout import count_shown
from admin_views.shared.list_page import SIZE, simple_pager
from admin_views.shared.request_context import now, parse_object_id
from admin_views.shared.translation import gettext
from documents.notifications.notification import StoredNotification
from rules.access import Permission
from rules.requests.notifications import NotificationKind
from rules.words import N_
from services.notifications import inbox
from services.notifications.deriving import JOBS

_LATEST = 8  # of what the bell drops down
_LABELS = {kind.value: kind.label for kind in NotificationKind}


def index() -> ResponseReturnValue:
    """Show what a user is told: what is not read yet, or all; with `latest` the part that the bell drops down."""
    if request.args.get("latest") == "1":
        return _latest()
    shows_all, url = request.args.get("all") == "1", url_for("notifications.index")
    asked = request.args.get("page", "1")
    number = int(asked) - 1 if asked.isdecimal() and len(asked) < 5 else 0
    found = inbox.inbox(signed_in_user(), unread=not shows_all, page=max(number, 0), size=SIZE)
    pager = simple_pager(found.total, request.args, url)
    if found.total and not found.rows:  # the address named a page behind the last
        found = inbox.inbox(signed_in_user(), unread=not shows_all, page=pager.page - 1, size=SIZE)
    page = InboxView(
        title=gettext(N_("Notifications")),
        rows=tuple(_row(one) for one in found.rows),
        pager=pager,
        url=url,
        shows_all=shows_all,
        unread=found.unread,
        read_all_url=url_for("notifications.read_all"),
        choices_url=url_for("notifications.choices"),
    )
    return render_template("notifications/inbox.html", page=page)


def _latest() -> str:
    url = url_for("notifications.index")
    found = inbox.inbox(signed_in_user(), unread=False, page=0, size=_LATEST)
    page = LatestView(
        rows=tuple(_row(one) for one in found.rows),
        unread=count_shown(found.unread),
        url=f"{url}?all=1" if found.total else url,
        read_all_url=url_for("notifications.read_all"),
        choices_url=url_for("notifications.choices"),
    )
    return render_template("notifications/latest.html", page=page)


def _row(one: StoredNotification) -> NotificationRow:
    shown = shown_entry(_as_entry(one), with_subject=True)
    action = gettext(state_of(one["action"])) if one["collection"] == JOBS else shown.action
    return NotificationRow(
        kind=gettext(_LABELS.get(one["kind"], one["kind"])),
        who=shown.who if one["actor_name"] else "",
        action=action,
        subject=str(shown.subject),
        note=_note(one),
        when=shown.when,
        unread=one["unread"],
        open_url=url_for("notifications.open", notification_id=one["_id"]),
        mark_url=url_for("notifications.mark", notification_id=one["_id"]),
    )


def _as_entry(one: StoredNotification) -> Mapping[str, Any]:
    """Return a notification as the entry of the trail that it tells of."""
    return {**one, "changes": (), "note": ""}


def _note(one: StoredNotification) -> str:
    notes = []
    if left := one.get("more", {}).get("conflicts"):
        notes.append(gettext(N_("%(count)s rows are left to be settled"), count=left))
    if one.get("count", 1) > 1:
        notes.append(gettext(N_("%(count)s times"), count=one["count"]))
    return " · ".join(notes)


def _place_of(one: StoredNotification) -> str:
    """Return the page of what a notification tells of; the bell's own where that is gone or has none."""
    record = one.get("record_id")
    if one["collection"] == JOBS:
        return url_for("jobs.show", job_id=record)
    if one["collection"] == "objections" and current_actor().may(Permission.DECIDE_APPLICATIONS):
        return url_for("publication.objection", id=record)
    return shown_entry(_as_entry(one), with_subject=True).subject_url or url_for("notifications.index")


def open_one(notification_id: str) -> ResponseReturnValue:
    """Mark one as read, and go to what it tells of."""
    signed_in = signed_in_user()
    one = inbox.read_one(signed_in, parse_object_id(notification_id))
    if one["unread"]:
        inbox.mark(signed_in, unread=False, now=now(), notification=one["_id"])
    return redirect(_place_of(one), 303)


def mark_one(notification_id: str) -> ResponseReturnValue:
    """Mark one as read, or as not read."""
    signed_in = signed_in_user()
    one = inbox.read_one(signed_in, parse_object_id(notification_id))
    inbox.mark(signed_in, unread=request.form.get("unread") == "1", now=now(), notification=one["_id"])
    return redirect(_back(), 303)


def read_all() -> ResponseReturnValue:
    """Mark all as read."""
    inbox.mark(signed_in_user(), unread=False, now=now())
    return redirect(_back(), 303)


def _back() -> str:
    if request.form.get("latest") == "1":
        return url_for("notifications.index", latest="1")
    return url_for("notifications.index", all="1" if request.form.get("all") == "1" else None)
