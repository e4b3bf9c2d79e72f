"""The columns of a list as a clerk likes them: which, in what order, how wide, and which stay in sight."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.records.core import RecordCore
from admin_views.shared.guard import current_signed_in
from admin_views.shared.translation import gettext
from rules.words import N_
from services.desk.habits import MOST_PINNED, WIDTHS, keep_columns


class ColumnRoutes(RecordCore):
    """Where columns are kept."""

    @expose("/columns/", methods=("POST",))
    def columns_view(self) -> ResponseReturnValue:
        """Keep the columns that were sent as the clerk's own, or forget them; then show the list."""
        back = redirect(self.records.url + self.records.query().query(columns=None), 303)
        signed_in, sent = current_signed_in(), request.form
        if signed_in is None:
            return back
        known = {column.key for column in self.declaration.exported}
        if sent.get("act") == "forget":
            keep_columns(signed_in, self.collection, (), {}, ())
            flash(gettext(N_("The columns are shown as for everybody.")), "success")
            return back
        keys = [key for key in sent.getlist("columns") if key in known]
        if sent.get("act") == "show":
            return redirect(self.records.url + self.records.query().query(columns=keys), 303)
        widths = {key: sent.get(f"width.{key}", 0, type=int) for key in known}
        pinned = [key for key in sent.getlist("pinned") if key in keys]
        if len(pinned) > MOST_PINNED:
            told = N_("No more than %(most)d columns can stay in sight: the first of them do.")
            flash(gettext(told, most=MOST_PINNED), "warning")
        kept = {key: width for key, width in widths.items() if width in WIDTHS}
        keep_columns(signed_in, self.collection, keys, kept, pinned)
        flash(gettext(N_("The columns are kept as yours.")), "success")
        return back
