"""The rule sets: what the Measures ask at each level, from when to when; a new edition is a new set.

A draft is entered as a copy of another set, changed, tried out, deleted or put in force; a set in force only ends
or is prolonged.
"""

from dataclasses import replace
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.rule_set_labels import (
    cell_groups,
    days_text,
    figure_groups,
    line_groups,
    state_badge,
)
from admin_views.assessment.rule_set_view_models import (
    RuleSetFormPage,
    RuleSetGroup,
    RuleSetPage,
    RuleSetRow,
    RuleSetsPage,
)
from admin_views.shared.guard import current_actor
from admin_views.shared.history import history_entries, name_of
from admin_views.shared.request_context import now, shown_moment, today, typed_version
from admin_views.shared.view_models import Action, ConfirmPage, Fact, FormPage, FormSection, Link
from forms.rule_sets import LastDayForm, RuleSetForm
from forms.sentences import sentence, show_refusals
from rules.access import Permission
from rules.errors import Missing, Refused, Stale
from rules.rule_sets.measure_lines import POLICIES, TRANSITIONS
from rules.rule_sets.measures import Level, Measures, refusals_of_measures
from rules.words import N_
from services.assessment import rule_sets as service
from services.assessment.rule_sets import (
    Edition,
    read_edition,
    read_editions,
    set_in_force,
    warnings,
)

_MOVED = N_("As the bureau ended or prolonged it by a paper; its figures stay as they are.")
_TITLE = N_("Rule sets")


def crumbs() -> tuple[Link, ...]:
    """Return the way to a page of the rule sets."""
    return (
        Link(gettext(N_("Settings")), url_for("settings.index")),
        Link(gettext(_TITLE), url_for("rule_sets.index")),
    )


def may_draft() -> bool:
    """Tell whether the clerk may draft rule sets."""
    return current_actor().may(Permission.DRAFT_RULES)


# --- Reading -----------------------------------------------------------------------------------


def index() -> ResponseReturnValue:
    """Show the rule sets of each level, the latest first, and what is amiss with them."""
    editions = [edition for edition in read_editions() if not edition.draft or may_draft()]
    in_force = tuple(edition.measures for edition in editions if not edition.draft)
    groups = tuple(
        RuleSetGroup(
            gettext(level.label),
            tuple(_row(edition) for edition in reversed(editions) if edition.measures.level is level),
            tuple(sentence(edition) for edition in warnings(in_force, level, today())),
        )
        for level in Level
    )
    actions: tuple[Action, ...] = ()
    if may_draft():
        actions = (
            Action(gettext(N_("What if")), url_for("what_if.index"), icon="columns"),
            Action(gettext(N_("New rule set")), url_for("rule_sets.new"), icon="plus"),
            Action(gettext(N_("Begin the successor")), url_for("succession.begin"), "primary", "plus"),
        )
    page = RuleSetsPage(groups, actions, crumbs()[:1])
    return render_template("assessment/rule_sets.html", page=page)


def _row(edition: Edition) -> RuleSetRow:
    measures = edition.measures
    number = measures.document_number if measures.document_number != measures.title else ""
    url = url_for("rule_sets.show", code=measures.code)
    return RuleSetRow(
        measures.title, url, days_text(measures), state_badge(edition, today()), number, measures.note
    )


def show(code: str) -> ResponseReturnValue:
    """Show one rule set: every figure with its article, beside the set before it."""
    edition = read_edition(code, current_actor())
    measures, earlier = edition.measures, earlier_set(edition)
    facts = [
        Fact(gettext(N_("Level")), gettext(measures.level.label)),
        Fact(gettext(N_("In force")), days_text(measures)),
        Fact(gettext(N_("Number of the paper")), measures.document_number or "—"),
    ]
    if edition.version:
        facts.append(
            Fact(gettext(N_("Entered by")), name_of(edition.made_by), note=shown_moment(edition.made_at))
        )
    page = RuleSetPage(
        measures.title, state_badge(edition, today()), tuple(facts), figure_groups(measures, earlier),
        compared=earlier.title if earlier else "", note=measures.note,
        warnings=_warnings_of(edition), actions=_actions(edition),
        history=history_entries(service.COLLECTION, code, most=20)
        if current_actor().may(Permission.READ_AUDIT) else (),
        crumbs=crumbs(),
    )  # fmt: skip
    return render_template("assessment/rule_set.html", page=page)


def earlier_set(edition: Edition) -> Measures | None:
    """Return the set in force of the same level that began last before this one."""
    measures = edition.measures
    earlier = [
        other.measures
        for other in read_editions()
        if not other.draft
        and other.measures.code != measures.code
        and other.measures.level is measures.level
        and other.measures.first_day <= measures.first_day
    ]
    return max(earlier, key=lambda other: other.first_day, default=None)


def _warnings_of(edition: Edition) -> tuple[str, ...]:
    measures = edition.measures
    in_force = tuple(other.measures for other in read_editions() if not other.draft)
    if edition.draft:
        return tuple(sentence(reason) for reason in refusals_of_measures(measures, in_force))
    is_current = measures.covers(today())
    return (
        tuple(sentence(reason) for reason in warnings(in_force, measures.level, today()))
        if is_current
        else ()
    )


def _actions(edition: Edition) -> tuple[Action, ...]:
    code, office = edition.measures.code, current_actor().may(Permission.MANAGE_OFFICE)
    if not may_draft():
        return ()
    copy = Action(gettext(N_("Copy to a new one")), url_for("rule_sets.new", start=code), icon="plus")
    if not edition.draft:
        move = Action(
            gettext(N_("Change the last day")), url_for("rule_sets.last_day", code=code), icon="calendar"
        )
        return (move, copy) if office else (copy,)
    actions = [
        Action(gettext(N_("What if")), url_for("what_if.index", draft=code), icon="columns"),
        Action(gettext(N_("Edit")), url_for("rule_sets.edit", code=code), icon="edit"),
        copy,
    ]
    if edition.measures.level is Level.CITY:
        steps = url_for("succession.text", code=code)
        actions.insert(0, Action(gettext(N_("Step by step")), steps, icon="columns"))
    if office:
        actions.append(Action(gettext(N_("Put in force")), url_for("rule_sets.begin", code=code), "primary"))
    actions.append(Action(gettext(N_("Delete")), url_for("rule_sets.delete", code=code), "danger", "bin"))
    return tuple(actions)


# --- Drafts ------------------------------------------------------------------------------------


def new() -> ResponseReturnValue:
    """Enter a new rule set, begun as a copy of another one."""
    start = _start(request.args.get("start", ""))
    if request.method == "GET":
        return _form_page(RuleSetForm.filled(copy_of(start)), start, gettext(N_("New rule set")))
    form = RuleSetForm.typed(request.form)
    if form.validate():
        try:
            code = service.create_draft(
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
    for edition in read_editions():
        if edition.measures.code == code and (not edition.draft or may_draft()):
            return edition.measures
    return set_in_force(today())[0]


def copy_of(start: Measures) -> Measures:
    """Return what a copy begins with: the figures, a title of its own, and the days that follow."""
    first = start.last_day + timedelta(days=1) if start.last_day else date(today().year + 1, 1, 1)
    title = gettext(N_("%(title)s (revised)"), title=start.title)
    return replace(
        start, code="", title=title, document_number="", first_day=first, last_day=None, superseded=False
    )


def edit(code: str) -> ResponseReturnValue:
    """Change a draft."""
    edition = draft_of(code)
    measures, title = edition.measures, gettext(N_("Edit: %(name)s"), name=edition.measures.title)
    if request.method == "GET":
        return _form_page(RuleSetForm.filled(measures), earlier_set(edition) or measures, title, edition)
    form = RuleSetForm.typed(request.form)
    version = typed_version()
    if form.validate():
        try:
            service.change_draft(form.measures(measures), version=version, actor=current_actor(), now=now())
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
        else:
            return _saved(code)
    return _form_page(form, earlier_set(edition) or measures, title, replace(edition, version=version))


def draft_of(code: str) -> Edition:
    """Return a draft. Raises Missing, Refused for one in force."""
    edition = read_edition(code, current_actor())
    if not edition.draft:
        raise Refused(service.IN_FORCE)
    return edition


def _form_page(
    form: RuleSetForm, start: Measures, title: str, edition: Edition | None = None
) -> ResponseReturnValue:
    page = RuleSetFormPage(
        title, form, cell_groups(line_groups(), start, form.figures()), request.full_path.rstrip("?"),
        url_for("rule_sets.show", code=edition.measures.code) if edition else url_for("rule_sets.index"),
        version=edition.version if edition else None, compared=start.title,
        policies=tuple(line.key for line in POLICIES), transitions=tuple(line.key for line in TRANSITIONS),
        may_put_in_force=current_actor().may(Permission.MANAGE_OFFICE), crumbs=crumbs(),
    )  # fmt: skip
    return render_template(
        "assessment/rule_set_form.html", page=page
    ), 422 if form.errors or form.form_errors else 200


def delete(code: str) -> ResponseReturnValue:
    """Ask, then delete a draft."""
    edition = draft_of(code)
    if request.method == "POST":
        service.delete_draft(code, version=typed_version(), actor=current_actor(), now=now())
        flash(gettext(N_("The draft was deleted.")), "success")
        return redirect(url_for("rule_sets.index"), 303)
    page = ConfirmPage(
        title=gettext(N_("Delete")),
        question=gettext(N_("Delete the draft “%(title)s”?"), title=edition.measures.title),
        action=url_for("rule_sets.delete", code=code),
        button=gettext(N_("Delete")),
        cancel_url=url_for("rule_sets.show", code=code),
        consequences=(gettext(N_("It cannot be brought back.")),),
        hidden=(("version", str(edition.version)),),
        crumbs=crumbs(),
    )
    return render_template("shared/confirm.html", page=page)


# --- In force ----------------------------------------------------------------------------------


def move_last_day(code: str) -> ResponseReturnValue:
    """End or prolong a rule set in force."""
    edition = read_edition(code, current_actor())
    if edition.draft:
        raise Missing()
    measures, version = edition.measures, edition.version
    form = LastDayForm(data={"last_day": measures.last_day, "begins_after_end": measures.begins_after_end})
    if request.method == "POST":
        form, version = LastDayForm(formdata=request.form), typed_version()
        if form.validate():
            try:
                service.move_last_day(
                    code, form.last_day.data, begins_after_end=form.begins_after_end.data, version=version,
                    today=today(), actor=current_actor(), now=now(),
                )  # fmt: skip
            except (Refused, Stale) as problem:
                show_refusals(form, problem)
            else:
                flash(gettext(N_("Saved.")), "success")
                return redirect(url_for("rule_sets.show", code=code), 303)
    page = FormPage(
        title=gettext(N_("Change the last day")), form=form,
        sections=(FormSection(measures.title, (("last_day",), ("begins_after_end",)), gettext(_MOVED)),),
        action=url_for("rule_sets.last_day", code=code), cancel_url=url_for("rule_sets.show", code=code),
        save_label=gettext(N_("Save")), version=version, crumbs=crumbs(),
    )  # fmt: skip
    return render_template("records/form.html", page=page), 422 if form.errors or form.form_errors else 200
