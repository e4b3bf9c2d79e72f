"""The labels of an application wherever it is shown: stage, days waiting, what is next, and who may take a step."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for
from markupsafe import Markup

from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import today
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Action, badge
from documents.applications.application import StoredApplication
from rules.access import Actor, Permission
from rules.applications import TRANSITIONS, ApplicationKind, Stage, Verb, kind_for, refusals_to_apply
from rules.words import N_
from services.applications.applicants import applicant_of
from services.applications.steps import kind_of, stage_of
from services.assessment.rule_sets import set_shown
from services.shared.office_day import office_day

_COLOURS: Mapping[Stage, str] = {
    Stage.DRAFT: "grey", Stage.SUBMITTED: "blue", Stage.RETURNED: "amber", Stage.REVIEWED: "teal",
    Stage.RECOMMENDED: "violet", Stage.SCORED: "violet", Stage.SELECTED: "blue", Stage.ON_NOTICE: "amber",
    Stage.ANNOUNCED: "green", Stage.NOT_CERTIFIED: "red", Stage.WITHDRAWN: "grey",
}  # fmt: skip
_NEXT: Mapping[Stage, str] = {
    Stage.DRAFT: N_("Bring the ten materials together, then submit to the county review."),
    Stage.RETURNED: N_("Correct what was returned, then submit again."),
    Stage.SUBMITTED: N_("The county checks on site, then passes it, does not pass it, or returns it."),
    Stage.REVIEWED: N_("The county recommends it to the city by a letter."),
    Stage.RECOMMENDED: N_("The city has experts review it."),
    Stage.SCORED: N_("The city decides the preliminary result."),
    Stage.SELECTED: N_("The city puts it on public notice."),
    Stage.ON_NOTICE: N_("After the period of the notice it is announced, unless an objection holds it back."),
}
# Whose turn it is.
_TURN_OF_THE_CITY = frozenset({Stage.RECOMMENDED, Stage.SCORED, Stage.SELECTED, Stage.ON_NOTICE})
# What the experts found, and what was decided on it, is the city's alone until it is public or at an end.
_PUBLIC_RESULT = frozenset({Stage.ON_NOTICE, Stage.ANNOUNCED, Stage.NOT_CERTIFIED, Stage.WITHDRAWN})
BEFORE_RESULT = frozenset({Verb.CONCLUDE, Verb.SELECT, Verb.RECONSIDER})


def stage_badge_of(stage: Stage) -> Markup:
    """Return a stage as a badge."""
    return badge(gettext(stage.label), _COLOURS[stage])


def stage_badge(raw: StoredApplication) -> Markup:
    """Return the stage of a stored application as a badge."""
    return stage_badge_of(stage_of(raw))


def kind_label(raw: StoredApplication) -> str:
    """Return what a stored application is for."""
    return gettext(kind_of(raw).label)


def days_waiting(raw: StoredApplication, day: date) -> int | None:
    """Return for how many days an application has stood at its stage; None when it is at an end."""
    return (day - office_day(raw["since"])).days if raw.get("open") else None


def waiting_label(raw: StoredApplication) -> str:
    """Return how long an application has stood at its stage: since today, or for 3 days."""
    days = days_waiting(raw, today())
    if days is None:
        return ""
    return gettext(N_("since today")) if days <= 0 else gettext(N_("for %(days)s days"), days=days)


def next_step_label(raw: StoredApplication) -> str:
    """Return what comes next for an application, "" when it is at an end."""
    stage = stage_of(raw)
    due = raw.get("returned", {}).get("due")
    if stage is Stage.RETURNED and due:
        return gettext(N_("Correct what was returned by %(day)s, then submit again."), day=f"{due:%Y-%m-%d}")
    return gettext(_NEXT[stage]) if stage in _NEXT else ""


def is_citys_turn(raw: StoredApplication) -> bool:
    """Tell whether the next step is the city's."""
    return stage_of(raw) in _TURN_OF_THE_CITY


def is_late(raw: StoredApplication, day: date) -> bool:
    """Tell whether a returned application has not come back by its day."""
    due = raw.get("returned", {}).get("due")
    return stage_of(raw) is Stage.RETURNED and due is not None and day > due.date()


def may_take(raw: StoredApplication, verb: Verb, actor: Actor | None = None) -> bool:
    """Tell whether a step leads on from where an application stands, and the actor's role allows it."""
    transition = TRANSITIONS.get((stage_of(raw), verb))
    return transition is not None and (actor or current_actor()).may(transition.permission)


def shows_result(raw: StoredApplication, actor: Actor | None = None) -> bool:
    """Tell whether the experts' average and opinion are the actor's to read."""
    return (actor or current_actor()).county is None or stage_of(raw) in _PUBLIC_RESULT


def begin_action(base: Mapping[str, Any]) -> Action | None:
    """Return the button on a base's page that begins its application; None where Art. 16 or the role bars it."""
    if not current_actor().may(Permission.WRITE):
        return None
    applicant = applicant_of(base)
    kind = kind_for(applicant, today())
    if refusals_to_apply(kind, applicant, set_shown(today()), round_open=True, today=today()):
        return None
    renewal = kind is ApplicationKind.RENEWAL
    label = gettext(N_("Apply for renewal")) if renewal else gettext(N_("Apply for certification"))
    return Action(label, url_for("applications.new_view", base=base["_id"]), icon="plus")
