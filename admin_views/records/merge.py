"""Merge two companies that are one: side by side, with what would be changed, before it is done."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.records.view_models import MergeField, MergePage
from admin_views.shared.cells import shown_change
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import asked_id, now, office_state, typed_versions
from admin_views.shared.requests.undoing import flash_binned
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Link
from forms.sentences import sentence
from rules.errors import Refused, Stale
from rules.words import N_
from schema.field import Field
from schema.registry import REGISTRY
from services.records import merge as service
from services.records.merge import COLLECTION, Preview

_VERSIONS = ("version", "second_version")


def merge() -> ResponseReturnValue:
    """Show what a merge would do, and do it."""
    first, second = asked_id("first"), asked_id("second")
    preview = service.preview(first, second, actor=current_actor())
    problems: tuple[str, ...] = ()
    status = 200
    if request.method == "POST":
        versions = dict(zip((first, second), typed_versions(*_VERSIONS), strict=True))
        try:
            service.merge(first, second, _chosen(), versions=versions, actor=current_actor(), now=now())
        except (Refused, Stale) as problem:
            problems = tuple(sentence(refusal) for refusal in problem.refusals)
            status = 409 if isinstance(problem, Stale) else 422
        else:
            done = N_("Merged. The other record lies in the recycle bin: restoring it undoes all of this.")
            flash_binned(gettext(done), COLLECTION, second)
            return redirect(url_for(f"{COLLECTION}.details_view", id=first), 303)
    return render_template("records/merge.html", page=_page(preview, problems)), status


def _chosen() -> list[str]:
    """Return the keys whose value is taken from the second."""
    prefix = "choose-"
    return [
        name.removeprefix(prefix)
        for name, value in request.form.items()
        if name.startswith(prefix) and value == "second"
    ]


def _page(preview: Preview, problems: tuple[str, ...]) -> MergePage:
    first, second = preview.first, preview.second
    details = f"{COLLECTION}.details_view"
    where = {"first": first["_id"], "second": second["_id"]}
    return MergePage(
        title=gettext(N_("Merge two companies")), action=url_for("doubts.merge", **where),
        first=Link(first["name"], url_for(details, id=first["_id"]), first.get("uscc", "")),
        second=Link(second["name"], url_for(details, id=second["_id"]), second.get("uscc", "")),
        fields=tuple(_field(preview, field) for field in preview.fields),
        versions=(first["version"], second["version"]), consequences=_consequences(preview), problems=problems,
        swap_url=url_for("doubts.merge", first=second["_id"], second=first["_id"]),
        cancel_url=url_for("doubts.index"),
        crumbs=(Link(gettext(N_("Check of the records")), url_for("doubts.index")),),
    )  # fmt: skip


def _field(preview: Preview, field: Field) -> MergeField:
    first, second = preview.first, preview.second
    is_blank = first.get(field.key) in (None, "", [])
    chosen = request.form.get(f"choose-{field.key}", "second" if is_blank else "first")
    return MergeField(
        field.key, gettext(field.label), _shown(field, first), _shown(field, second), chosen == "second"
    )


def _shown(field: Field, raw: Any) -> Any:
    return shown_change(field, raw.get(field.source), office_state(), COLLECTION)


def _consequences(preview: Preview) -> tuple[str, ...]:
    refer = N_(
        "%(count)s records of “%(collection)s” refer to the company that stays, by its name, from then on."
    )
    told = [
        gettext(refer, count=f"{count:,}", collection=gettext(REGISTRY[name].label))
        for name, count in preview.references.items()
    ]
    if preview.files:
        told.append(gettext(N_("%(count)s files go with it."), count=preview.files))
    told.append(
        gettext(
            N_("“%(name)s” goes to the recycle bin; restoring it there undoes all of this."),
            name=preview.second["name"],
        )
    )
    return tuple(told)
