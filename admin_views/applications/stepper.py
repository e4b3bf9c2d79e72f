"""The stepper of an application, and every step that was taken with who, when and why."""

from collections.abc import Mapping
from typing import TypeVar

from flask import url_for
from flask_babel import gettext

from admin_views.applications.labels import BEFORE_RESULT, shows_result
from admin_views.applications.view_models import StepMark, StepTaken
from admin_views.shared.history import name_of
from admin_views.shared.request_context import shown_moment
from documents.applications.application import StoredApplication, StoredStep
from rules.applications import Stage, Verb
from rules.choices import Choice
from rules.materials import Material
from rules.words import N_
from services.applications.county_review import OTHER
from services.applications.steps import last_step, stage_of
from services.shared.office_day import office_day

T = TypeVar("T", bound=Choice)
# The steps when nothing turns an application back: each stage, and the step that leads on from it.
_STEPS: tuple[tuple[Stage, Verb, str], ...] = (
    (Stage.DRAFT, Verb.SUBMIT, N_("Handing in")),
    (Stage.SUBMITTED, Verb.PASS, N_("County review")),
    (Stage.REVIEWED, Verb.RECOMMEND, N_("Recommendation")),
    (Stage.RECOMMENDED, Verb.CONCLUDE, N_("Expert review")),
    (Stage.SCORED, Verb.SELECT, N_("Preliminary result")),
    (Stage.SELECTED, Verb.OPEN_NOTICE, N_("Public notice begins")),
    (Stage.ON_NOTICE, Verb.ANNOUNCE, N_("Publication of the result")),
)
_ENDINGS = {
    Stage.NOT_CERTIFIED: (Verb.FAIL, Verb.DECLINE),
    Stage.WITHDRAWN: (Verb.WITHDRAW,),
}
_TONES = {
    Verb.RETURN: "near", Verb.FAIL: "due", Verb.DECLINE: "due", Verb.WITHDRAW: "dim", Verb.ANNOUNCE: "met",
    Verb.RECONSIDER: "near",
}  # fmt: skip


def step_marks(raw: StoredApplication) -> tuple[StepMark, ...]:
    """Return the stepper: done with who and when, the present one, those to come; an ending where it fell."""
    stage = stage_of(raw)
    ending = last_step(raw, *_ENDINGS[stage]) if stage in _ENDINGS else None
    present = _place(_named(Stage, ending["from"]) if ending else stage)
    marks = []
    for place, (_, verb, label) in enumerate(_STEPS):
        if ending and place == present:
            marks.append(_mark(gettext(_named(Verb, ending["verb"]).label), "stopped", ending))
        elif place < present:
            marks.append(_mark(gettext(label), "done", last_step(raw, verb)))
        elif ending:
            marks.append(StepMark(gettext(label), "off"))
        else:
            marks.append(StepMark(gettext(label), "now" if place == present else "todo"))
    return tuple(marks)


def _named(terms: type[T], code: str) -> T:
    return next(term for term in terms if term.value == code)


def _place(stage: Stage) -> int:
    if stage is Stage.RETURNED:
        return 0
    return next((place for place, step in enumerate(_STEPS) if step[0] is stage), len(_STEPS))


def _mark(label: str, state: str, step: StoredStep | None) -> StepMark:
    if step is None:
        return StepMark(label, state)
    return StepMark(label, state, office_day(step["at"]).isoformat(), name_of(step.get("by_name")))


def steps_taken(raw: StoredApplication) -> tuple[StepTaken, ...]:
    """Return every step taken, the latest first; what the experts found only to whom it is shown."""
    result_shown = shows_result(raw)
    return tuple(_step_taken(step, raw, result_shown) for step in reversed(raw.get("steps", [])))


def _step_taken(step: StoredStep, raw: StoredApplication, result_shown: bool) -> StepTaken:
    verb = _named(Verb, step["verb"])
    notes = []
    if step.get("late"):
        notes.append(gettext(N_("late")))
    due = step.get("due")
    if due:
        notes.append(gettext(N_("to be corrected by %(day)s"), day=f"{due:%Y-%m-%d}"))
    letter = raw.get("letter") if verb is Verb.RECOMMEND else None
    return StepTaken(
        step=gettext(verb.label),
        tone=_TONES.get(verb, ""),
        when=shown_moment(step["at"]),
        who=name_of(step.get("by_name")),
        note=" · ".join(notes),
        opinion=step.get("opinion", "") if result_shown or verb not in BEFORE_RESULT else "",
        reasons=(*reasons_by_item(step.get("reasons", {})), *_failing_reason(step, verb, result_shown)),
        url=url_for("applications.letter", text=letter["id"]) if letter else "",
        url_label=step.get("number", ""),
    )


def _failing_reason(step: StoredStep, verb: Verb, result_shown: bool) -> tuple[tuple[str, str], ...]:
    reason = step.get("failing_reason", "") if result_shown or verb not in BEFORE_RESULT else ""
    return ((gettext(N_("Why it goes on although a condition is not met")), reason),) if reason else ()


def reasons_by_item(reasons: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return what was to be corrected, item by item, in the order of Art. 11; `reasons` has material codes as keys."""
    lines = [
        (f"{material.number} {gettext(material.label)}", reasons[material.value])
        for material in Material
        if reasons.get(material.value)
    ]
    if reasons.get(OTHER):
        lines.append((gettext(N_("Anything else")), reasons[OTHER]))
    return tuple(lines)
