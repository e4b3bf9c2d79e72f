"""The page that shows a user where they are signed in, and ends what they choose."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.desk.view_models import OwnSessionRow, OwnSessionsPage
from admin_views.shared.guard import current_signed_in, policy
from admin_views.shared.request_context import now, shown_moment
from documents.desk.user import SignedIn
from rules.errors import Missing
from rules.requests.origin import device_of
from rules.words import N_
from services.desk import own_sessions


def _signed_in() -> SignedIn:
    signed_in = current_signed_in()
    if signed_in is None:
        abort(401)
    return signed_in


def index() -> ResponseReturnValue:
    """Show where the user is signed in."""
    rows = tuple(
        OwnSessionRow(
            id=session.id,
            device=device_of(session.agent) or gettext(N_("Unknown device")),
            address=session.address,
            began=shown_moment(session.began_at),
            seen=shown_moment(session.seen_at),
            is_this=session.is_this,
            end_url="" if session.is_this else url_for("own_sessions.end", session_id=session.id),
        )
        for session in own_sessions.own_sessions(_signed_in(), now(), policy)
    )
    page = OwnSessionsPage(
        title=gettext(N_("Where I am signed in")),
        rows=rows,
        end_others_url=url_for("own_sessions.end_others"),
        password_url=url_for("account.password"),
    )
    return render_template("desk/own_sessions.html", page=page)


def end(session_id: str) -> ResponseReturnValue:
    """End one of them."""
    try:
        own_sessions.end_own_session(_signed_in(), session_id, now())
    except Missing:
        flash(gettext(N_("That one had ended already.")), "info")
    else:
        flash(gettext(N_("It has been signed out.")), "success")
    return redirect(url_for("own_sessions.index"), 303)


def end_others() -> ResponseReturnValue:
    """End all but this one, and the calendar link."""
    own_sessions.end_other_sessions(_signed_in(), now())
    flash(
        gettext(
            N_("Every other browser has been signed out; the calendar link and your tokens no longer work.")
        ),
        "success",
    )
    return redirect(url_for("own_sessions.index"), 303)
