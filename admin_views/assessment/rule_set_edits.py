"""Draft, change, delete rule sets; put one in force, and end or prolong it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.rule_set_labels import cell_groups, days_text, figure_groups, line_groups
from admin_views.assessment.rule_sets import before, crumbs, may_draft, rule_sets
from admin_views.assessment.view_models_rule_sets import RuleSetFormPage
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, today
from admin_views.shared.view_models import ConfirmPage, FormPage, FormSection, Item
from forms.rule_sets import LastDayForm, RuleSetForm
from forms.sentences import sentence, show_refusals
from rules.access import Permission
from rules.errors import Missing, Refusal, Refused, Stale
from rules.measures import Level, Measures
from rules.words import N_
from services.assessment import rule_set_changes
from services.assessment.rule_sets import KeptSet, kept_set, kept_sets, refusals_to_keep

_MOVED = N_("As the bureau ended or prolonged it by a paper; its figures stay as they are.")


@rule_sets.route("/new/", methods=["GET", "POST"])
@needs(Permission.DRAFT_RULES)
def new() -> ResponseReturnValue:
    """Enter a new rule set, begun as a copy of another one."""
    start = _start(request.args.get("start", ""))
    if request.method == "GET":
        return _form_page(RuleSetForm.filled(copy_of(start)), start, gettext(N_("New rule set")))
    form = RuleSetForm.typed(request.form)
    if form.validate():
        try:
            code = rule_set_changes.create_draft(
                replace(form.measures(start), code="", superseded=False), actor=current_actor(), now=now()
            )
        except Refused as problem:
            show_refusals(form, problem)
        else:
            return _saved(code)
    return _form_page(form, start, gettext(N_("New rule set")))


def _saved(code: str) -> ResponseReturnValue:
    flash(gettext(N_("Kept as a draft: it is not in force.")), "success")
    if request.form.get("back") == "what-if":
        return redirect(url_for("what_if.index", draft=code), 303)
    target = "rule_sets.begin" if request.form.get("begin") else "rule_sets.show"
    return redirect(url_for(target, code=code), 303)


def _start(code: str) -> Measures:
    """Return the rule set to begin from: the one named, else the city's in force."""
    kept = kept_sets()
    for one in kept:
        if one.measures.code == code and (not one.draft or may_draft()):
            return one.measures
    city = [one.measures for one in kept if not one.draft and one.measures.level is Level.CITY]
    return max(
        (one for one in city if one.first_day <= today()), key=lambda one: one.first_day, default=city[0]
    )


def copy_of(start: Measures) -> Measures:
    """Return what a copy begins with: the figures, a title of its own, and the days that follow."""
    first = start.last_day + timedelta(days=1) if start.last_day else date(today().year + 1, 1, 1)
    title = gettext(N_("%(title)s (revised)"), title=start.title)
    return replace(
        start, code="", title=title, document_number="", first_day=first, last_day=None, superseded=False
    )


@rule_sets.route("/<code>/edit/", methods=["GET", "POST"])
@needs(Permission.DRAFT_RULES)
def edit(code: str) -> ResponseReturnValue:
    """Change a draft."""
    kept = _draft(code)
    one, title = kept.measures, gettext(N_("Edit: %(name)s"), name=kept.measures.title)
    if request.method == "GET":
        return _form_page(RuleSetForm.filled(one), before(kept) or one, title, kept)
    form = RuleSetForm.typed(request.form)
    version = request.form.get("version", type=int) or 0
    if form.validate():
        try:
            rule_set_changes.change_draft(
                form.measures(one), version=version, actor=current_actor(), now=now()
            )
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
        else:
            return _saved(code)
    return _form_page(form, before(kept) or one, title, replace(kept, version=version))


def _draft(code: str) -> KeptSet:
    kept = kept_set(code, current_actor())
    if not kept.draft:
        raise Refused(rule_set_changes.IN_FORCE)
    return kept


def _form_page(
    form: RuleSetForm, start: Measures, title: str, kept: KeptSet | None = None
) -> ResponseReturnValue:
    page = RuleSetFormPage(
        title, form, cell_groups(line_groups(), start, form.figures()), request.full_path.rstrip("?"),
        url_for("rule_sets.show", code=kept.measures.code) if kept else url_for("rule_sets.index"),
        version=kept.version if kept else None, compared=start.title,
        may_put_in_force=current_actor().may(Permission.MANAGE_OFFICE), crumbs=crumbs(),
    )  # fmt: skip
    return render_template(
        "assessment/rule_set_form.html", page=page
    ), 422 if form.errors or form.form_errors else 200


@rule_sets.route("/<code>/delete/", methods=["GET", "POST"])
@needs(Permission.DRAFT_RULES)
def delete(code: str) -> ResponseReturnValue:
    """Ask, then delete a draft."""
    kept = _draft(code)
    if request.method == "POST":
        version = request.form.get("version", type=int) or 0
        rule_set_changes.delete_draft(code, version=version, actor=current_actor(), now=now())
        flash(gettext(N_("The draft was deleted.")), "success")
        return redirect(url_for("rule_sets.index"), 303)
    page = ConfirmPage(
        title=gettext(N_("Delete")),
        question=gettext(N_("Delete the draft “%(title)s”?"), title=kept.measures.title),
        action=url_for("rule_sets.delete", code=code),
        button=gettext(N_("Delete")),
        cancel_url=url_for("rule_sets.show", code=code),
        consequences=(gettext(N_("It cannot be brought back.")),),
        hidden=(("version", str(kept.version)),),
        crumbs=crumbs(),
    )
    return render_template("shared/confirm.html", page=page)


# --- In force ----------------------------------------------------------------------------------


@rule_sets.route("/<code>/put-in-force/", methods=["GET", "POST"])
@needs(Permission.MANAGE_OFFICE)
def begin(code: str) -> ResponseReturnValue:
    """Ask, then put a draft in force from its first day."""
    kept, problem = _draft(code), None
    if request.method == "POST":
        version = request.form.get("version", type=int) or 0
        try:
            rule_set_changes.put_in_force(code, version=version, actor=current_actor(), now=now())
        except (Refused, Stale) as refused:
            problem = refused
        else:
            flash(gettext(N_("The rule set is in force from its first day.")), "success")
            return redirect(url_for("rule_sets.show", code=code), 303)
    reasons = problem.refusals if problem else refusals_to_keep(kept.measures)
    return render_template("shared/confirm.html", page=_begin_page(kept, reasons)), 409 if problem else 200


def _begin_page(kept: KeptSet, reasons: Sequence[Refusal]) -> ConfirmPage:
    one = kept.measures
    changed = [row for group in figure_groups(one, before(kept)) for row in group.rows if row.changed]
    facts = [
        Item(gettext(N_("In force")), days_text(one)),
        Item(gettext(N_("Level")), gettext(one.level.label)),
    ]
    facts += [
        Item(f"{row.article} {row.label}".strip(), f"{row.other} → {row.value} {row.unit}".strip())
        for row in changed
    ]
    return ConfirmPage(
        title=gettext(N_("Put in force")),
        question=gettext(
            N_("Put “%(title)s” in force from %(day)s?"), title=one.title, day=one.first_day.isoformat()
        ),
        action=url_for("rule_sets.begin", code=one.code),
        button=gettext(N_("Put in force")),
        cancel_url=url_for("rule_sets.show", code=one.code),
        consequences=(
            gettext(N_("From then on its figures can no longer be changed, nor can it be deleted.")),
            gettext(N_("Assessments for days from %(day)s on go by it."), day=one.first_day.isoformat()),
        ),
        facts=tuple(facts),
        refusal=" ".join(sentence(reason) for reason in reasons),
        hidden=(("version", str(kept.version)),),
        crumbs=crumbs(),
    )


@rule_sets.route("/<code>/last-day/", methods=["GET", "POST"])
@needs(Permission.MANAGE_OFFICE)
def last_day(code: str) -> ResponseReturnValue:
    """End or prolong a rule set in force."""
    kept = kept_set(code, current_actor())
    if kept.draft:
        raise Missing()
    one, version = kept.measures, kept.version
    form = LastDayForm(data={"last_day": one.last_day})
    if request.method == "POST":
        form, version = LastDayForm(formdata=request.form), request.form.get("version", type=int) or 0
        if form.validate():
            try:
                rule_set_changes.move_last_day(
                    code, form.last_day.data, version=version, today=today(), actor=current_actor(), now=now()
                )
            except (Refused, Stale) as problem:
                show_refusals(form, problem)
            else:
                flash(gettext(N_("Saved.")), "success")
                return redirect(url_for("rule_sets.show", code=code), 303)
    page = FormPage(
        title=gettext(N_("Change the last day")), form=form,
        sections=(FormSection(one.title, (("last_day",),), gettext(_MOVED)),),
        action=url_for("rule_sets.last_day", code=code), cancel_url=url_for("rule_sets.show", code=code),
        save_label=gettext(N_("Save")), version=version, crumbs=crumbs(),
    )  # fmt: skip
    return render_template("records/form.html", page=page), 422 if form.errors or form.form_errors else 200
