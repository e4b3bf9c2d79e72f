"""The form of Art. 6: what was found of each condition of a base in a year, with remark and evidence."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.labels import asked_year
from admin_views.assessment.page import asked_base
from admin_views.assessment.view_models import CheckField, ChecklistPage
from admin_views.shared.articles import article_of
from admin_views.shared.files import ACCEPT, HINT, add_each, shown_name
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, typed_version
from admin_views.shared.view_models import Link
from documents.assessment.assessment_counts import BaseRow
from forms.checklist import read_items
from forms.sentences import sentence
from rules.assessment.checklist import CheckState, Condition
from rules.errors import Refusal, Refused, Stale
from rules.rule_sets.provisions import condition_key
from rules.words import N_
from services.assessment.checklist import ChecklistOfYear, Item, read_checklist, save_checklist
from services.shared.files import files_of

Items = Mapping[Condition, Item]


def edit() -> ResponseReturnValue:
    """Show the form; keep what was typed. A second saver sees what the first one saved, beside what was typed."""
    base, (year, year_note) = asked_base(), asked_year()
    stored = read_checklist(base["_id"], year)
    if request.method == "GET":
        hint = year_note
        if not stored.version and stored.year:
            hint = gettext(
                N_("Filled in from %(year)s: check it, then save it for %(this)s."),
                year=stored.year,
                this=year,
            )
        return _shown(base, year, stored.items, stored.version, hint=hint)
    items, refusals = _typed(base["_id"])
    version = typed_version()
    if not refusals:
        try:
            changed = save_checklist(
                base["_id"], year, items, version=version, actor=current_actor(), now=now()
            )
        except Stale as problem:
            return _shown(
                base, year, items, stored.version, refusals=problem.refusals, theirs=stored, status=409
            )
        except Refused as problem:
            refusals = list(problem.refusals)
        else:
            flash(gettext(N_("Saved.")) if changed else gettext(N_("Nothing was changed.")), "success")
            return redirect(url_for("base_assessment.base", id=base["_id"], year=year) + "#conditions", 303)
    return _shown(base, year, items, version, refusals=refusals, status=422)


def _typed(base: ObjectId) -> tuple[dict[Condition, Item], list[Refusal]]:
    """Return what the form holds; a file sent with it is kept with the base first, and ticked."""
    items = read_items(request.form)
    refusals: list[Refusal] = []
    for condition, item in items.items():
        added, refused = add_each("bases", base, f"new-{condition.value}")
        refusals += [Refusal(refusal.message, refusal.params, condition.value) for refusal in refused]
        items[condition] = replace(item, files=tuple(dict.fromkeys((*item.files, *added))))
    return items, refusals


def _shown(
    base: BaseRow, year: int, items: Items, version: int, *, refusals: Any = (),
    theirs: ChecklistOfYear | None = None, hint: str = "", status: int = 200,
) -> ResponseReturnValue:  # fmt: skip
    names = {file["_id"]: shown_name(file) for file in files_of("bases", base["_id"], current_actor())}
    beside = {refusal.field: sentence(refusal) for refusal in refusals if refusal.field}
    on_top = [sentence(refusal) for refusal in refusals if not refusal.field]
    if theirs:
        on_top.append(
            gettext(N_("What %(who)s saved stands under each condition that differs. Save again to keep yours."),
                    who=theirs.who)
        )  # fmt: skip
    page = ChecklistPage(
        title=gettext(N_("Operating conditions (%(article)s)"), article=article_of("conditions")),
        subtitle=f"{base['name']} · {year}",
        action=url_for("checklist.edit", id=base["_id"], year=year),
        cancel_url=url_for("base_assessment.base", id=base["_id"], year=year) + "#conditions",
        version=version,
        fields=tuple(_field(condition, items, names, beside, theirs) for condition in Condition),
        problems=tuple(on_top),
        hint=hint,
        file_hint=gettext(HINT),
        accept=ACCEPT,
        crumbs=(
            Link(gettext(N_("Assessment")), url_for("assessment.index", year=year)),
            Link(base["name"], url_for("base_assessment.base", id=base["_id"], year=year)),
        ),
    )
    return render_template("assessment/checklist.html", page=page), status


def _field(
    condition: Condition, items: Items, names: Mapping[ObjectId, str], beside: Mapping[str | None, str],
    theirs: ChecklistOfYear | None,
) -> CheckField:  # fmt: skip
    item = items.get(condition, Item())
    saved = theirs.item(condition) if theirs else item
    return CheckField(
        name=condition.value,
        label=gettext(condition.label),
        article=article_of(condition_key(condition)),
        states=tuple((state.value, gettext(state.label), state is item.state) for state in CheckState),
        remark=item.remark,
        files=tuple((str(key), name, key in item.files) for key, name in names.items()),
        theirs="" if saved == item else saved.text or gettext(CheckState.UNKNOWN.label),
        problem=beside.get(condition.value, ""),
    )
