"""What a user wants to be told, and which records they follow."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.notifications.view_models import ChoicesView, FollowedRow, KindChoice
from admin_views.shared.guard import safe_next, signed_in_user
from admin_views.shared.request_context import parse_object_id
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Link
from forms.sentences import sentence
from rules.errors import Refused
from rules.requests.notifications import NotificationKind
from rules.words import N_
from schema.registry import REGISTRY
from services.notifications import follows, inbox


def choose() -> ResponseReturnValue:
    """Show which kinds are told and what is followed; take the choice."""
    signed_in = signed_in_user()
    if request.method == "POST":
        inbox.choose_kinds(signed_in, request.form.getlist("kinds"))
        flash(gettext(N_("Saved.")), "success")
        return redirect(url_for("notifications.choices"), 303)
    told = inbox.told_kinds(signed_in)
    page = ChoicesView(
        title=gettext(N_("What I am told")),
        kinds=tuple(KindChoice(kind.value, gettext(kind.label), kind in told) for kind in NotificationKind),
        followed=tuple(_followed(one) for one in follows.followed_by(signed_in)),
        url=url_for("notifications.choices"),
        unfollow_url=url_for("notifications.unfollow"),
        crumbs=(Link(gettext(N_("Notifications")), url_for("notifications.index")),),
    )
    return render_template("notifications/choices.html", page=page)


def _followed(one: follows.Followed) -> FollowedRow:
    declaration = REGISTRY.get(one.collection)
    return FollowedRow(
        id=str(one.id),
        kind=gettext(declaration.one) if declaration else "",
        label=one.label or gettext(N_("No longer there")),
        url=url_for(f"{one.collection}.details_view", id=one.id) if one.label else "",
    )


def follow() -> ResponseReturnValue:
    """Follow a record, and go back to its page."""
    try:
        name = follows.follow(
            signed_in_user(), request.form.get("collection", ""), parse_object_id(request.form.get("record"))
        )
        flash(
            gettext(N_("You follow “%(name)s”: you are told when somebody changes it."), name=name), "success"
        )
    except Refused as problem:
        flash(sentence(problem.refusals[0]), "error")
    return redirect(_back(), 303)


def unfollow() -> ResponseReturnValue:
    """Follow a record no longer, and go back."""
    follows.stop_following(signed_in_user(), parse_object_id(request.form.get("record")))
    flash(gettext(N_("You no longer follow it.")), "info")
    return redirect(_back(), 303)


def _back() -> str:
    return safe_next(request.form.get("next")) or url_for("notifications.choices")
