"""Saved views of a list: shown, saved and deleted; each clerk's own."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin_views.records.core import RecordCore
from admin_views.shared.guard import current_signed_in
from admin_views.shared.list_query import ListQuery
from admin_views.shared.view_models import SavedView
from forms.sentences import sentence
from rules.errors import Refused
from rules.words import N_
from services.records.saved_views import drop_view, save_view


def shown_views(endpoint: str, collection: str, url: str, query: ListQuery) -> tuple[SavedView, ...]:
    """Return the clerk's views of a list."""
    signed_in = current_signed_in()
    views = (signed_in.saved_views if signed_in else {}).get(collection) or []
    here = query.query()
    return tuple(
        SavedView(
            view["name"],
            url + view["query"],
            url_for(f"{endpoint}.drop_view", name=view["name"]),
            active=view["query"] == here,
        )
        for view in views
    )


class ViewRoutes(RecordCore):
    """Save and forget views."""

    @expose("/views/save/", methods=("POST",))
    def save_view(self) -> ResponseReturnValue:
        """Keep the present list under a name."""
        query = ListQuery.read(request.args, self.sheet, self.list_filters, bound=None).query()
        signed_in = current_signed_in()
        if signed_in:
            try:
                save_view(signed_in.user_id, self.collection, request.form.get("name", ""), query)
                flash(gettext(N_("The view was saved.")), "success")
            except Refused as problem:
                flash(sentence(problem.refusals[0]), "error")
        return redirect(url_for(f"{self.endpoint}.index_view") + query, 303)

    @expose("/views/delete/", methods=("POST",))
    def drop_view(self) -> ResponseReturnValue:
        """Forget one of the clerk's views."""
        signed_in = current_signed_in()
        if signed_in:
            drop_view(signed_in.user_id, self.collection, request.args.get("name", ""))
        return redirect(url_for(f"{self.endpoint}.index_view"), 303)
