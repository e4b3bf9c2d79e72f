"""Saved views of a list: shown, saved and deleted; each clerk's own."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.shared.guard import current_signed_in
from admin_views.shared.list_query import ListQuery
from admin_views.shared.request_context import now
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import SavedView
from forms.sentences import sentence
from rules.errors import Refused
from rules.words import N_
from services.desk.noted import note_view
from services.records.saved_views import drop_view, save_view


def shown_views(endpoint: str, collection: str, url: str, query: ListQuery) -> tuple[SavedView, ...]:
    """Return the clerk's views of a list."""
    signed_in = current_signed_in()
    views = (signed_in.saved_views if signed_in else {}).get(collection) or []
    present = query.query()
    return tuple(
        SavedView(
            view["name"],
            url + view["query"],
            url_for(f"{endpoint}.drop_view", name=view["name"]),
            active=view["query"] == present,
        )
        for view in views
    )


def keep_view(collection: str, url: str, query: str) -> ResponseReturnValue:
    """Keep the list that a query string shows under the name sent; then show it."""
    signed_in = current_signed_in()
    if signed_in:
        try:
            name = save_view(signed_in.user_id, collection, request.form.get("name", ""), query)
            note_view(signed_in, "view-saved", collection, name, now=now())
            flash(gettext(N_("The view was saved.")), "success")
        except Refused as problem:
            flash(sentence(problem.refusals[0]), "error")
    return redirect(url + query, 303)


def forget_view(collection: str, url: str) -> ResponseReturnValue:
    """Forget the view that the address names; then show the list."""
    signed_in = current_signed_in()
    if signed_in:
        name = request.args.get("name", "")
        if drop_view(signed_in.user_id, collection, name):
            note_view(signed_in, "view-deleted", collection, name, now=now())
    return redirect(url, 303)
