"""The form of Art. 6: what was found of each condition of a base in a year, with remark and evidence."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.labels import article_words, asked_year
from admin_views.assessment.page import asked_base
from admin_views.assessment.view_models import CheckField, ChecklistPage
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now
from admin_views.shared.view_models import Link
from forms.sentences import sentence
from rules.access import Permission
from rules.checklist import ARTICLES, CheckState, Condition
from rules.errors import Refusal, Refused, Stale
from rules.words import N_
from services.assessment.checklist import Item, Kept, keep_checklist, read_checklist
from services.shared.files import ENDINGS, add_file, files_of

checklist = Blueprint("checklist", __name__, url_prefix="/admin/assessment/checklist")
Items = Mapping[Condition, Item]


@checklist.route("/", methods=["GET", "POST"])
@needs(Permission.WRITE)
def edit() -> ResponseReturnValue:
    """Show the form; keep what was typed. A second saver sees what the first one saved, beside what was typed."""
    base, (year, said) = asked_base(), asked_year()
    kept = read_checklist(base["_id"], year)
    if request.method == "GET":
        hint = said
        if not kept.version and kept.year:
            hint = gettext(
                N_("Filled in from %(year)s: check it, then save it for %(this)s."), year=kept.year, this=year
            )
        return _shown(base, year, kept.items, kept.version, hint=hint)
    items, refusals = _typed(base["_id"])
    version = request.form.get("version", type=int) or 0
    if not refusals:
        try:
            changed = keep_checklist(
                base["_id"], year, items, version=version, actor=current_actor(), now=now()
            )
        except Stale as problem:
            return _shown(base, year, items, kept.version, refusals=problem.refusals, theirs=kept, status=409)
        except Refused as problem:
            refusals = list(problem.refusals)
        else:
            flash(gettext(N_("Saved.")) if changed else gettext(N_("Nothing was changed.")), "success")
            return redirect(url_for("base_assessment.base", id=base["_id"], year=year) + "#conditions", 303)
    return _shown(base, year, items, version, refusals=refusals, status=422)


def _typed(base: ObjectId) -> tuple[dict[Condition, Item], list[Refusal]]:
    """Return what the form holds; a file sent with it is kept with the base first, and ticked."""
    items, refusals = {}, []
    for condition in Condition:
        name = condition.value
        state = next(
            (one for one in CheckState if one.value == request.form.get(f"state-{name}")), CheckState.UNKNOWN
        )
        ticked = [ObjectId(one) for one in request.form.getlist(f"files-{name}") if ObjectId.is_valid(one)]
        for sent in request.files.getlist(f"new-{name}"):
            if not sent.filename:
                continue
            try:
                ticked.append(
                    add_file("bases", base, sent.filename, sent.stream, actor=current_actor(), now=now())
                )
            except Refused as problem:
                reason = problem.refusals[0]
                refusals.append(Refusal(reason.message, reason.params, field=name))
        remark = request.form.get(f"remark-{name}", "").replace("\r\n", "\n").strip()
        items[condition] = Item(state, remark, tuple(dict.fromkeys(ticked)))
    return items, refusals


def _shown(
    base: Mapping[str, Any], year: int, items: Items, version: int, *, refusals: Any = (),
    theirs: Kept | None = None, hint: str = "", status: int = 200,
) -> ResponseReturnValue:  # fmt: skip
    names = {one["_id"]: one["name"] for one in files_of("bases", base["_id"])}
    beside = {one.field: sentence(one) for one in refusals if one.field}
    on_top = [sentence(one) for one in refusals if not one.field]
    if theirs:
        on_top.append(
            gettext(N_("What %(who)s saved stands under each condition that differs. Save again to keep yours."),
                    who=theirs.who)
        )  # fmt: skip
    page = ChecklistPage(
        title=gettext(N_("Operating conditions (Art. 6)")),
        subtitle=f"{base['name']} · {year}",
        action=url_for("checklist.edit", id=base["_id"], year=year),
        cancel_url=url_for("base_assessment.base", id=base["_id"], year=year) + "#conditions",
        version=version,
        fields=tuple(_field(condition, items, names, beside, theirs) for condition in Condition),
        problems=tuple(on_top),
        hint=hint,
        file_hint=gettext(N_("PDF, pictures, Word, Excel, WPS; at most 20 MB each.")),
        accept=",".join(f".{ending}" for ending in ENDINGS),
        crumbs=(
            Link(gettext(N_("Assessment")), url_for("assessment.index", year=year)),
            Link(base["name"], url_for("base_assessment.base", id=base["_id"], year=year)),
        ),
    )
    return render_template("assessment/checklist.html", page=page), status


def _field(
    condition: Condition, items: Items, names: Mapping[ObjectId, str], beside: Mapping[str | None, str],
    theirs: Kept | None,
) -> CheckField:  # fmt: skip
    item = items.get(condition, Item())
    other = theirs.item(condition) if theirs else item
    return CheckField(
        name=condition.value,
        label=gettext(condition.label),
        article=article_words(ARTICLES[condition]),
        states=tuple((one.value, gettext(one.label), one is item.state) for one in CheckState),
        remark=item.remark,
        files=tuple((str(key), name, key in item.files) for key, name in names.items()),
        theirs="" if other == item else other.text or gettext(CheckState.UNKNOWN.label),
        problem=beside.get(condition.value, ""),
    )
