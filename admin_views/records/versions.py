"""Back to an earlier version of a record: what differs today, ticked field by field, then one save."""

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.records.core import RecordCore
from admin_views.records.view_models import VersionPage, VersionRow
from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of, shown_changes
from admin_views.shared.request_context import confirmed, now, shown_moment, typed_version
from admin_views.shared.requests.undoing import flash_with_undo
from admin_views.shared.translation import gettext
from forms.sentences import sentence, warnings_of
from rules.errors import Problem, Refused, Stale, Warned
from rules.words import N_
from services.timeline.versions import EarlierVersion, earlier_version, restore_version


class VersionRoutes(RecordCore):
    """The page of an earlier version."""

    @expose("/version/", methods=("GET", "POST"))
    def version_view(self) -> ResponseReturnValue:
        """Show how a record differs from an earlier version of it, then set the ticked fields back."""
        current_actor().demand(self.declaration.write_permission)
        raw = self.one_raw(request.values.get("id"))
        entry = request.values.get("entry", 0, type=int)
        problem: Problem | None = None
        warned: Warned | None = None
        if request.method == "POST":
            keys = request.form.getlist("field")
            try:
                changed = restore_version(
                    self.collection, raw["_id"], entry, keys, version=typed_version(), actor=current_actor(), now=now(),
                    confirmed=confirmed(),
                )  # fmt: skip
            except Warned as problem_to_confirm:
                warned = problem_to_confirm
            except (Refused, Stale) as refused:
                problem = refused
            else:
                self._tell_restored(raw["_id"], typed_version() + 1 if changed else 0)
                return redirect(url_for(f"{self.endpoint}.details_view", id=raw["_id"]), 303)
        earlier = earlier_version(self.collection, raw["_id"], entry, actor=current_actor(), now=now())
        page = self._version_page(earlier, problem, warned)
        status = 409 if problem else 422 if warned else 200
        return render_template("records/version.html", page=page), status

    def _tell_restored(self, record_id: ObjectId, version: int) -> None:
        if not version:
            flash(gettext(N_("Nothing was changed.")), "success")
            return
        done = gettext(N_("The earlier version is in force again."))
        flash_with_undo(done, url_for(f"{self.endpoint}.take_back_view"), id=record_id, version=version)

    def _version_page(
        self, earlier: EarlierVersion, problem: Problem | None, warned: Warned | None
    ) -> VersionPage:
        warnings, tokens = warnings_of(warned) if warned else ((), ())
        raw, entry = earlier.raw, earlier.entry
        shown = shown_changes([one.change for one in earlier.differences], self.collection)
        chosen = set(request.form.getlist("field")) if request.method == "POST" else None
        return VersionPage(
            title=gettext(N_("Back to an earlier version")),
            name=self.document.label_of(raw),
            when=shown_moment(entry["at"]),
            who=name_of(entry.get("actor_name")),
            rows=tuple(
                VersionRow(
                    one.key,
                    change,
                    sentence(one.reason) if one.reason else "",
                    one.reason is None and (chosen is None or one.key in chosen),
                )
                for one, change in zip(earlier.differences, shown, strict=False)
            ),
            action=url_for(f"{self.endpoint}.version_view"),
            cancel_url=url_for(f"{self.endpoint}.details_view", id=raw["_id"]),
            hidden=(
                ("id", str(raw["_id"])),
                ("entry", str(entry["_id"])),
                ("version", str(earlier.version)),
                *tokens,
            ),
            warnings=warnings,
            may_restore=earlier.may_be_restored,
            problem=sentence(problem.refusals[0]) if problem else "",
            crumbs=self.crumbs(),
        )
