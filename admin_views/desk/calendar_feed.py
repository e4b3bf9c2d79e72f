"""The private calendar link: the page on which it is made, and the file that calendar programs fetch."""

from datetime import date

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from admin_views.desk.tasks import county_of, name_of, note_of, place_of
from admin_views.desk.view_models import FeedPage
from admin_views.shared.addresses import public_address
from admin_views.shared.guard import current_signed_in
from admin_views.shared.request_context import now, office_state, shown_moment, today
from admin_views.shared.translation import chosen_language
from documents.desk.user import SignedIn
from office.calendar_file import DayEvent, write_calendar
from rules.access import Actor
from rules.errors import Missing, Unavailable
from rules.waiting import Task, in_order, waiting_for
from rules.words import N_
from services.desk.calendar_feed import drop_key, made_at, make_key, reader_of
from services.desk.today import all_tasks
from services.desk.users import PREFERENCES

_UID = (
    "@tasks.base-administration"  # no host of ours: an entry stays itself when the office's address changes
)
_TYPE = "text/calendar; charset=utf-8"


def _signed_in() -> SignedIn:
    signed_in = current_signed_in()
    if signed_in is None:
        abort(401)
    return signed_in


def index() -> ResponseReturnValue:
    """Tell whether there is a link, and let the user make one or take it away."""
    return _page("")


def _page(link: str) -> str:
    link_made_at = made_at(_signed_in().user_id)
    page = FeedPage(
        title=gettext(N_("Subscribe in a calendar")),
        made=shown_moment(link_made_at),
        link=link,
        reset_url=url_for("calendar_feed.reset"),
        drop_url=url_for("calendar_feed.drop") if link_made_at else "",
    )
    return render_template("desk/calendar_feed.html", page=page)


def reset() -> ResponseReturnValue:
    """Make a link and show it, this once; the one before is dead."""
    key = make_key(_signed_in(), now())
    return _page(public_address(url_for("calendar_feed.feed", key=key)))


def drop() -> ResponseReturnValue:
    """Take the link away."""
    drop_key(_signed_in(), now())
    flash(gettext(N_("The calendar link no longer works.")), "success")
    return redirect(url_for("calendar_feed.index"), 303)


def feed(key: str) -> ResponseReturnValue:
    """Send the tasks of the link's user that have a due day. Whoever has the link may fetch it."""
    try:
        actor, language = reader_of(key)
        tasks = all_tasks(actor, today())
    except Missing:
        abort(404)
    except Unavailable:  # said here: the log of a failed page names its address, and this one is a secret
        return Response("", 503, {"Retry-After": "300", "Cache-Control": "private, no-store"})
    locale = language if language in PREFERENCES["language"] else chosen_language()
    with force_locale(locale):
        data = write_calendar(
            gettext(N_("Base administration: due days")), _events(tasks, actor, today()), stamp=now()
        )
    headers = {
        "Cache-Control": "private, no-store", "X-Robots-Tag": "noindex",
        "Content-Disposition": 'inline; filename="tasks.ics"',
    }  # fmt: skip
    return Response(data, headers=headers, content_type=_TYPE)


def _events(tasks: list[Task], actor: Actor, day: date) -> list[DayEvent]:
    shorts = {code: short for code, _, short in office_state().counties} if actor.county is None else {}
    events = []
    for task in in_order(waiting_for(tasks, city=actor.county is None), day):
        if task.due is None:
            continue
        where = county_of(task, shorts)
        title = gettext(N_("%(what)s: %(name)s"), what=gettext(task.kind.label), name=name_of(task))
        events.append(
            DayEvent(
                task.uid + _UID, task.due, f"{title}（{where}）" if where else title, note_of(task),
                _address(task, actor),
            )
        )  # fmt: skip
    return events


def _address(task: Task, actor: Actor) -> str:
    path = place_of(task, actor)
    return public_address(path) if path else ""
