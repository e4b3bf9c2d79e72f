"""The page of one application: head, the way, and a section for each thing that is handed in, found or decided."""

from bson import ObjectId
from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.labels import (
    is_citys_turn,
    is_late,
    kind_label,
    may_take,
    next_step_label,
    shows_result,
    stage_badge,
    waiting_label,
)
from admin_views.applications.sections import (
    EXPERTS,
    FORM,
    INNOVATIONS,
    MATERIALS,
    REVIEW,
    decision_files,
    decision_items,
    experts_section,
    form_section,
    innovations_section,
    letter_items,
    materials_section,
    review_section,
)
from admin_views.applications.shared import FilesBySlot, asked_application, crumbs
from admin_views.applications.snapshot import assessment_section, frozen_items
from admin_views.applications.stepper import step_marks, steps_taken
from admin_views.applications.view_models import ApplicationPage
from admin_views.shared.beginning import reason_facts
from admin_views.shared.comments import comments_box
from admin_views.shared.guard import current_actor
from admin_views.shared.history import shown_history
from admin_views.shared.request_context import now, office_state, today
from admin_views.shared.retry_state import RetryState
from admin_views.shared.view_models import Action, Fact, Item, Link
from documents.applications.application import COLLECTION, StoredApplication
from forms.applications import InnovationsForm
from forms.sentences import sentence
from rules.access import Permission
from rules.applications import Stage, Verb
from rules.words import N_
from services.applications.application_form import form_of
from services.applications.materials_lists import lists_of
from services.applications.rounds import ApplicationRound, measures_of, read_round
from services.applications.steps import FILLED_IN, read_application, stage_of
from services.comments.comments import comments_of
from services.desk.trail import history_and_comments
from services.shared.files import files_by_slot

_HISTORY_ROWS = 12
_DATA, _ASSESSMENT, _LETTER, _DECISION = "data", "assessment", "letter", "decision"
_LABELS = {
    MATERIALS: N_("Materials"), INNOVATIONS: N_("Innovations"), REVIEW: N_("County review"),
    EXPERTS: N_("Expert review"), _DATA: N_("Data handed in"),
    FORM: N_("Form"), _ASSESSMENT: N_("Assessment"), _LETTER: N_("Recommendation"), _DECISION: N_("Result"),
}  # fmt: skip
# The section where the next thing is done stands first.
_FIRST = {
    Stage.DRAFT: MATERIALS, Stage.RETURNED: MATERIALS, Stage.SUBMITTED: REVIEW, Stage.RECOMMENDED: EXPERTS,
    Stage.SCORED: EXPERTS, Stage.SELECTED: _DECISION, Stage.ON_NOTICE: _DECISION, Stage.ANNOUNCED: _DECISION,
    Stage.NOT_CERTIFIED: _DECISION,
}  # fmt: skip
_ORDER = (MATERIALS, INNOVATIONS, FORM, REVIEW, _LETTER, EXPERTS, _DECISION, _ASSESSMENT, _DATA)


def show() -> ResponseReturnValue:
    """Show one application."""
    return render_template("applications/page.html", page=_page(asked_application(), None))


def show_again(application_id: ObjectId, retry: RetryState, status: int) -> ResponseReturnValue:
    """Show the page again, with what was typed and what is wrong."""
    raw = read_application(application_id, current_actor())
    return render_template("applications/page.html", page=_page(raw, retry)), status


def _page(raw: StoredApplication, retry: RetryState | None) -> ApplicationPage:
    actor, of_round = current_actor(), read_round(raw["round"])
    files: FilesBySlot = files_by_slot(COLLECTION, raw["_id"], actor)
    measures = measures_of(of_round, today())
    review = review_section(raw, files, measures, of_round.assessed_year, retry)
    experts = experts_section(raw, of_round.sheet, files, measures, retry)
    # What was handed in holds its lists as files.
    lists = lists_of(raw, actor=actor, day=today()) if stage_of(raw) in FILLED_IN else {}
    facts_of_form = form_of(raw, actor=actor, now=now(), today=today())
    innovations = innovations_section(raw, files, measures)
    decision, letter, frozen = decision_items(raw), letter_items(raw), frozen_items(raw)
    is_shown = {
        MATERIALS: True, INNOVATIONS: innovations is not None, FORM: True, REVIEW: review is not None,
        _LETTER: bool(letter), EXPERTS: experts is not None, _DECISION: bool(decision), _ASSESSMENT: True,
        _DATA: bool(frozen),
    }  # fmt: skip
    first = _FIRST.get(stage_of(raw))
    order = sorted((key for key in _ORDER if is_shown[key]), key=lambda key: key != first)
    next_label, next_url = _next_step(raw)
    may_read_audit = actor.may(Permission.READ_AUDIT)
    entries, said = (
        history_and_comments(COLLECTION, raw["_id"], actor, most=_HISTORY_ROWS)
        if may_read_audit
        else ([], comments_of(raw["_id"], actor))
    )
    return ApplicationPage(
        kind=" · ".join((kind_label(raw), office_state().county_names.get(raw["county"], ""))),
        title=raw["base_name"],
        state=stage_badge(raw),
        subtitle=f"{raw['round_name']} · {raw['operator']}",
        facts=_facts(raw, of_round),
        next=next_step_label(raw),
        next_label=next_label,
        next_url=next_url,
        marks=step_marks(raw),
        sections=tuple((key, gettext(_LABELS[key])) for key in order),
        materials=materials_section(raw, files, lists, measures, retry),
        innovations=innovations,
        form=form_section(raw, facts_of_form, files, measures, retry),
        assessment=assessment_section(raw, of_round.assessed_year, measures),
        frozen=frozen,
        review=review,
        letter=letter,
        letter_url=url_for("applications.letter", text=raw["letter"]["id"]) if letter else "",
        experts=experts,
        decision=decision,
        decision_files=decision_files(files),
        steps_taken=steps_taken(raw),
        actions=_actions(raw),
        problems=_problems(raw, retry),
        left_over=_left_over(raw, retry),
        notice=retry.message if retry else "",
        history=shown_history(entries),
        comments=comments_box(COLLECTION, raw["_id"], said),
        history_url=url_for("audit.index", record=raw["_id"]) if may_read_audit else "",
        shows_history=may_read_audit,
        crumbs=crumbs(),
    )


def _facts(raw: StoredApplication, of_round: ApplicationRound) -> tuple[Fact, ...]:
    submission, average = raw.get("submission"), raw.get("conclusion", {}).get("average")
    facts = [Fact(gettext(N_("Round")), of_round.name, url=url_for("rounds.show", text=raw["round"]))]
    if raw.get("open"):
        late = is_late(raw, today())
        facts.append(
            Fact(gettext(N_("At this stage for")), waiting_label(raw), tone="due" if late else "",
                 note=gettext(N_("overdue")) if late else "")
        )  # fmt: skip
    if submission:
        facts.append(Fact(gettext(N_("Handed in")), f"{submission['on']:%Y-%m-%d}"))
        meets = submission["assessment"]["meets"]
        verdict = gettext(N_("Met")) if meets else gettext(N_("Not all met"))
        facts.append(
            Fact(gettext(N_("Assessment")), verdict, tone="met" if meets else "near", url="#assessment")
        )
    if average is not None and shows_result(raw):
        facts.append(Fact(gettext(N_("Average score")), f"{average:.2f}", gettext(N_("points"))))
    if raw.get("certificate_number"):
        facts.append(Fact(gettext(N_("Certificate number")), raw["certificate_number"]))
    facts += reason_facts(raw)
    return tuple(facts)


def _next_step(raw: StoredApplication) -> tuple[str, str]:
    """Return label and address of the step that the clerk may take now; blank ones for none."""
    if may_take(raw, Verb.SUBMIT):
        return gettext(N_("To the materials")), f"#{MATERIALS}"
    if may_take(raw, Verb.PASS):
        return gettext(N_("To the review")), f"#{REVIEW}"
    if may_take(raw, Verb.RECOMMEND):
        url = url_for("applications.recommend", round=raw["round"], county=raw["county"])
        return gettext(N_("Draw up the letter …")), url
    if may_take(raw, Verb.CONCLUDE):
        return gettext(N_("To the expert review")), f"#{EXPERTS}"
    if is_citys_turn(raw) and current_actor().may(Permission.DECIDE_APPLICATIONS):
        return gettext(N_("To the publication desk")), url_for("publication.index", round=raw["round"])
    return "", ""


def _actions(raw: StoredApplication) -> tuple[Action, ...]:
    base_url = url_for("bases.details_view", id=raw["base"])
    actions = [Action(gettext(N_("The base's record")), base_url, icon="base")]
    if may_take(raw, Verb.RETURN):
        url = url_for("applications.give_back", id=raw["_id"])
        actions.append(Action(gettext(N_("Return for correction")), url, icon="restore"))
    if may_take(raw, Verb.WITHDRAW):
        url = url_for("applications.withdraw", id=raw["_id"])
        actions.append(Action(gettext(N_("Withdraw")), url, "danger", "revoke"))
    return tuple(actions)


def _problems(raw: StoredApplication, retry: RetryState | None) -> tuple[Link, ...]:
    """Return every problem, each with the way to its field."""
    if retry is None:
        return ()
    links = [
        Link(sentence(refusal), _where(raw, refusal.field) if refusal.field else "")
        for refusal in retry.refusals
    ]
    for field in retry.form or ():
        links += [Link(f"{field.label.text}：{error}", f"#{field.id}") for error in field.errors]
    return tuple(links)


def _where(raw: StoredApplication, field: str) -> str:
    """Return where a field is filled in: on this page, or in the form of the base."""
    if field == "base_type":
        return f"{url_for('bases.edit_view', id=raw['base'])}#base_type"
    return f"#{_anchor(field)}"


def _anchor(field: str) -> str:
    return field if field in ("cases", "characteristics", "sealed") else f"place-{field}"


def _left_over(raw: StoredApplication, retry: RetryState | None) -> tuple[Item, ...]:
    """Return what was typed into a form that the page no longer has: someone else took the step."""
    verbs = {MATERIALS: Verb.SUBMIT, FORM: Verb.SUBMIT, REVIEW: Verb.PASS, EXPERTS: Verb.CONCLUDE}
    if retry is None or may_take(raw, verbs[retry.section]):
        return ()
    typed = retry.values
    if isinstance(retry.form, InnovationsForm):
        typed = {**typed, **retry.form.typed()}
    elif retry.form is not None:
        typed = {field.label.text: field._value() for field in retry.form}
    return tuple(
        Item(str(label), str(value), wide=True) for label, value in typed.items() if isinstance(value, str)
    )
