"""The page of one application: head, the way, and a section for each thing that is handed in, found or decided."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.frozen import assessment_part, frozen_items
from admin_views.applications.labels import (
    is_citys_turn,
    is_late,
    kind_word,
    may_take,
    next_words,
    shows_result,
    stage_badge,
    waiting_words,
)
from admin_views.applications.scores import experts_part
from admin_views.applications.sections import (
    EXPERTS,
    MATERIALS,
    REVIEW,
    Files,
    decision_files,
    decision_items,
    letter_items,
    materials_part,
    review_part,
)
from admin_views.applications.shared import Again, asked_application, crumbs
from admin_views.applications.stepper import step_marks, way_lines
from admin_views.applications.view_models import ApplicationPage
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.history import history_entries
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import Action, Fact, Item, Link
from documents.applications.application import COLLECTION
from forms.sentences import sentence
from rules.access import Permission
from rules.applications import Stage, Verb
from rules.words import N_
from services.applications.rounds import KeptRound, read_round
from services.applications.steps import Raw, read_application, stage_of
from services.shared.files import files_by_slot

_HISTORY_ROWS = 12
_DATA, _ASSESSMENT, _LETTER, _DECISION = "data", "assessment", "letter", "decision"
_LABELS = {
    MATERIALS: N_("Materials"), REVIEW: N_("County review"), EXPERTS: N_("Expert review"), _DATA: N_("Data handed in"),
    _ASSESSMENT: N_("Assessment"), _LETTER: N_("Recommendation"), _DECISION: N_("Result"),
}  # fmt: skip
# The section where the next thing is done stands first.
_FIRST = {
    Stage.DRAFT: MATERIALS, Stage.RETURNED: MATERIALS, Stage.SUBMITTED: REVIEW, Stage.RECOMMENDED: EXPERTS,
    Stage.SCORED: EXPERTS, Stage.SELECTED: _DECISION, Stage.ON_NOTICE: _DECISION, Stage.ANNOUNCED: _DECISION,
    Stage.NOT_CERTIFIED: _DECISION,
}  # fmt: skip
_ORDER = (MATERIALS, REVIEW, _LETTER, EXPERTS, _DECISION, _ASSESSMENT, _DATA)


@needs(Permission.READ)
def details_view() -> ResponseReturnValue:
    """Show one application."""
    return render_template("applications/page.html", page=application_page(asked_application()))


def answered(application_id: ObjectId, again: Again, status: int) -> ResponseReturnValue:
    """Show the page again, with what was typed and what is wrong."""
    raw = read_application(application_id, current_actor())
    return render_template("applications/page.html", page=application_page(raw, again)), status


def application_page(raw: Raw, again: Again | None = None) -> ApplicationPage:
    """Return the page of a stored application in the actor's scope."""
    actor, one = current_actor(), read_round(raw["round"])
    files: Files = files_by_slot(COLLECTION, raw["_id"], actor)
    review, experts = review_part(raw, files, again), experts_part(raw, one.sheet, files, again)
    decision, letter, frozen = decision_items(raw), letter_items(raw), frozen_items(raw)
    there = {
        MATERIALS: True, REVIEW: review is not None, _LETTER: bool(letter), EXPERTS: experts is not None,
        _DECISION: bool(decision), _ASSESSMENT: True, _DATA: bool(frozen),
    }  # fmt: skip
    first = _FIRST.get(stage_of(raw))
    order = sorted((key for key in _ORDER if there[key]), key=lambda key: key != first)
    next_label, next_url = _next_step(raw)
    return ApplicationPage(
        kind=" · ".join((kind_word(raw), office_state().county_names.get(raw["county"], ""))),
        title=raw["base_name"],
        state=stage_badge(raw),
        subtitle=f"{raw['round_name']} · {raw['operator']}",
        facts=_facts(raw, one),
        next=next_words(raw),
        next_label=next_label,
        next_url=next_url,
        marks=step_marks(raw),
        parts=tuple((key, gettext(_LABELS[key])) for key in order),
        materials=materials_part(raw, files, again),
        assessment=assessment_part(raw, one.assessed_year),
        frozen=frozen,
        review=review,
        letter=letter,
        letter_url=url_for("applications.letter", text=raw["letter"]["id"]) if letter else "",
        experts=experts,
        decision=decision,
        decision_files=decision_files(files),
        way=way_lines(raw),
        actions=_actions(raw),
        problems=_problems(again),
        typed=_left_over(raw, again),
        notice=again.said if again else "",
        history=history_entries(COLLECTION, raw["_id"], most=_HISTORY_ROWS)
        if actor.may(Permission.READ_AUDIT) else (),
        history_url=url_for("audit.index", record=raw["_id"]) if actor.may(Permission.READ_AUDIT) else "",
        shows_history=actor.may(Permission.READ_AUDIT),
        crumbs=crumbs(),
    )  # fmt: skip


def _facts(raw: Raw, one: KeptRound) -> tuple[Fact, ...]:
    submission, conclusion = raw.get("submission", {}), raw.get("conclusion", {})
    made = [Fact(gettext(N_("Round")), one.name, url=url_for("rounds.show", text=raw["round"]))]
    if raw.get("open"):
        late = is_late(raw, today())
        made.append(
            Fact(gettext(N_("At this stage for")), waiting_words(raw), tone="due" if late else "",
                 note=gettext(N_("overdue")) if late else "")
        )  # fmt: skip
    if submission:
        made.append(Fact(gettext(N_("Handed in")), f"{submission['on']:%Y-%m-%d}"))
        meets = bool(submission["assessment"]["meets"])
        word = gettext(N_("Met")) if meets else gettext(N_("Not all met"))
        made.append(Fact(gettext(N_("Assessment")), word, tone="met" if meets else "near", url="#assessment"))
    if conclusion.get("average") is not None and shows_result(raw):
        made.append(Fact(gettext(N_("Average score")), f"{conclusion['average']:.2f}", gettext(N_("points"))))
    if raw.get("certificate_number"):
        made.append(Fact(gettext(N_("Certificate number")), raw["certificate_number"]))
    return tuple(made)


def _next_step(raw: Raw) -> tuple[str, str]:
    """Return the way to the step that the clerk may take now."""
    if may_take(raw, Verb.SUBMIT):
        return gettext(N_("To the materials")), "#materials"
    if may_take(raw, Verb.PASS):
        return gettext(N_("To the review")), "#review"
    if may_take(raw, Verb.RECOMMEND):
        where = {"round": raw["round"], "county": raw["county"]}
        return gettext(N_("Draw up the letter …")), url_for("applications.recommend", **where)
    if may_take(raw, Verb.CONCLUDE):
        return gettext(N_("To the expert review")), "#experts"
    decides = is_citys_turn(raw) and current_actor().may(Permission.DECIDE_APPLICATIONS)
    return (
        (gettext(N_("To the publication desk")), url_for("publication.index", round=raw["round"]))
        if decides
        else ("", "")
    )


def _actions(raw: Raw) -> tuple[Action, ...]:
    made = [
        Action(gettext(N_("The base's record")), url_for("bases.details_view", id=raw["base"]), icon="base")
    ]
    if may_take(raw, Verb.RETURN):
        where = url_for("applications.give_back", id=raw["_id"])
        made.append(Action(gettext(N_("Return for correction")), where, icon="restore"))
    if may_take(raw, Verb.WITHDRAW):
        where = url_for("applications.withdraw", id=raw["_id"])
        made.append(Action(gettext(N_("Withdraw")), where, "danger", "revoke"))
    return tuple(made)


def _problems(again: Again | None) -> tuple[Link, ...]:
    """Return every problem, each with the way to its field."""
    if again is None:
        return ()
    made = [Link(sentence(one), f"#{_anchor(one.field)}" if one.field else "") for one in again.refusals]
    for field in again.form or ():
        made += [Link(f"{field.label.text}：{error}", f"#{field.id}") for error in field.errors]
    return tuple(made)


def _anchor(field: str) -> str:
    return field if field in ("cases", "sealed") else f"place-{field}"


def _left_over(raw: Raw, again: Again | None) -> tuple[Item, ...]:
    """Return what was typed into a form that the page no longer has: someone else took the step."""
    verbs = {MATERIALS: Verb.SUBMIT, REVIEW: Verb.PASS, EXPERTS: Verb.CONCLUDE}
    if again is None or may_take(raw, verbs[again.part]):
        return ()
    given: Mapping[str, Any] = again.values
    if again.form is not None:
        given = {field.label.text: field._value() for field in again.form}
    return tuple(
        Item(str(label), str(value), wide=True) for label, value in given.items() if isinstance(value, str)
    )


ROUTES = (("/details/", "details_view", details_view, ("GET",)),)
