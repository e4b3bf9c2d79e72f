"""The rule sets: what the Measures ask at each level, from when to when; a new edition is a new set."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.rule_set_labels import days_text, figure_groups, standing
from admin_views.assessment.view_models_rule_sets import RuleSetGroup, RuleSetPage, RuleSetRow, RuleSetsPage
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.history import history_entries
from admin_views.shared.request_context import shown_moment, today
from admin_views.shared.view_models import Action, Fact, Link
from forms.sentences import sentence
from rules.access import Permission
from rules.measures import Level, Measures, refusals_of_measures
from rules.words import N_
from services.assessment import rule_set_changes
from services.assessment.rule_sets import KeptSet, kept_set, kept_sets, warnings

rule_sets = Blueprint("rule_sets", __name__, url_prefix="/admin/rule-sets")
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


@rule_sets.route("/")
@needs(Permission.READ)
def index() -> ResponseReturnValue:
    """Show the rule sets of each level, the latest first, and what is amiss with them."""
    kept = [one for one in kept_sets() if not one.draft or may_draft()]
    known = tuple(one.measures for one in kept if not one.draft)
    groups = tuple(
        RuleSetGroup(
            gettext(level.label),
            tuple(_row(one) for one in reversed(kept) if one.measures.level is level),
            tuple(sentence(one) for one in warnings(known, level, today())),
        )
        for level in Level
    )
    actions: tuple[Action, ...] = ()
    if may_draft():
        actions = (
            Action(gettext(N_("What if")), url_for("what_if.index"), icon="columns"),
            Action(gettext(N_("New rule set")), url_for("rule_sets.new"), "primary", "plus"),
        )
    page = RuleSetsPage(groups, actions, crumbs()[:1])
    return render_template("assessment/rule_sets.html", page=page)


def _row(kept: KeptSet) -> RuleSetRow:
    one = kept.measures
    number = one.document_number if one.document_number != one.title else ""
    url = url_for("rule_sets.show", code=one.code)
    return RuleSetRow(one.title, url, days_text(one), standing(kept, today()), number, one.note)


@rule_sets.route("/<code>/")
@needs(Permission.READ)
def show(code: str) -> ResponseReturnValue:
    """Show one rule set: every figure with its article, beside the set before it."""
    kept = kept_set(code, current_actor())
    one, earlier = kept.measures, before(kept)
    facts = [
        Fact(gettext(N_("Level")), gettext(one.level.label)),
        Fact(gettext(N_("In force")), days_text(one)),
        Fact(gettext(N_("Number of the paper")), one.document_number or "—"),
    ]
    if kept.version:
        facts.append(Fact(gettext(N_("Entered by")), kept.made_by, note=shown_moment(kept.made_at)))
    page = RuleSetPage(
        one.title, standing(kept, today()), tuple(facts), figure_groups(one, earlier),
        compared=earlier.title if earlier else "", note=one.note, warnings=_warnings_of(kept), actions=_actions(kept),
        history=history_entries(rule_set_changes.COLLECTION, code, most=20)
        if current_actor().may(Permission.READ_AUDIT) else (),
        crumbs=crumbs(),
    )  # fmt: skip
    return render_template("assessment/rule_set.html", page=page)


def before(kept: KeptSet) -> Measures | None:
    """Return the set in force of the same level that began last before this one."""
    one = kept.measures
    earlier = [
        other.measures
        for other in kept_sets()
        if not other.draft
        and other.measures.code != one.code
        and other.measures.level is one.level
        and other.measures.first_day <= one.first_day
    ]
    return max(earlier, key=lambda other: other.first_day, default=None)


def _warnings_of(kept: KeptSet) -> tuple[str, ...]:
    one = kept.measures
    known = tuple(other.measures for other in kept_sets() if not other.draft)
    if kept.draft:
        return tuple(sentence(reason) for reason in refusals_of_measures(one, known))
    mine = one.covers(today())
    return tuple(sentence(reason) for reason in warnings(known, one.level, today())) if mine else ()


def _actions(kept: KeptSet) -> tuple[Action, ...]:
    code, office = kept.measures.code, current_actor().may(Permission.MANAGE_OFFICE)
    if not may_draft():
        return ()
    copy = Action(gettext(N_("Copy to a new one")), url_for("rule_sets.new", start=code), icon="plus")
    if not kept.draft:
        move = Action(
            gettext(N_("Change the last day")), url_for("rule_sets.last_day", code=code), icon="calendar"
        )
        return (move, copy) if office else (copy,)
    actions = [
        Action(gettext(N_("What if")), url_for("what_if.index", draft=code), icon="columns"),
        Action(gettext(N_("Edit")), url_for("rule_sets.edit", code=code), icon="edit"),
        copy,
    ]
    if office:
        actions.append(Action(gettext(N_("Put in force")), url_for("rule_sets.begin", code=code), "primary"))
    actions.append(Action(gettext(N_("Delete")), url_for("rule_sets.delete", code=code), "danger", "bin"))
    return tuple(actions)
