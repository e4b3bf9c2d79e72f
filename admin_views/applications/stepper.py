"""The way of an application: the bar of its steps, and every step that was taken with who, when and why."""

from collections.abc import Mapping
from typing import Any, TypeVar

from flask import url_for
from flask_babel import gettext

from admin_views.applications.labels import BEFORE_RESULT, shows_result
from admin_views.applications.view_models import StepMark, WayLine
from admin_views.shared.request_context import shown_moment
from rules.applications import Stage, Verb
from rules.choices import Choice
from rules.materials import Material
from rules.words import N_
from services.applications.county_review import OTHER
from services.applications.steps import stage_of, step_line
from services.shared.office_day import office_day

Raw = Mapping[str, Any]
T = TypeVar("T", bound=Choice)
# The way when nothing turns it: each stage, and the step that leads on from it.
_WAY: tuple[tuple[Stage, Verb, str], ...] = (
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


def step_marks(raw: Raw) -> tuple[StepMark, ...]:
    """Return the bar of steps: done with who and when, the present one, those to come; an ending where it fell."""
    stage = stage_of(raw)
    ended = step_line(raw, *_ENDINGS[stage]) if stage in _ENDINGS else None
    standing = _place(_named(Stage, ended["from"]) if ended else stage)
    marks = []
    for place, (_, verb, label) in enumerate(_WAY):
        line = step_line(raw, verb)
        if ended and place == standing:
            marks.append(_mark(gettext(_named(Verb, ended["verb"]).label), "stopped", ended))
        elif place < standing:
            marks.append(_mark(gettext(label), "done", line))
        elif ended:
            marks.append(StepMark(gettext(label), "off"))
        else:
            marks.append(StepMark(gettext(label), "now" if place == standing else "todo"))
    return tuple(marks)


def _named(terms: type[T], code: str) -> T:
    return next(one for one in terms if one.value == code)


def _place(stage: Stage) -> int:
    if stage is Stage.RETURNED:
        return 0
    return next((place for place, (here, _, _) in enumerate(_WAY) if here is stage), len(_WAY))


def _mark(label: str, state: str, line: Raw | None) -> StepMark:
    if line is None:
        return StepMark(label, state)
    return StepMark(label, state, office_day(line["at"]).isoformat(), line.get("by_name", ""))


def way_lines(raw: Raw) -> tuple[WayLine, ...]:
    """Return every step taken, the latest first; what the experts found only to whom it is shown."""
    shown = shows_result(raw)
    return tuple(_line(line, raw, shown) for line in reversed(raw.get("steps", ())))


def _line(line: Raw, raw: Raw, shown: bool) -> WayLine:
    verb = _named(Verb, line["verb"])
    notes = []
    if line.get("late"):
        notes.append(gettext(N_("late")))
    if line.get("due"):
        notes.append(gettext(N_("to be corrected by %(day)s"), day=f"{line['due']:%Y-%m-%d}"))
    letter = raw.get("letter", {}) if verb is Verb.RECOMMEND else {}
    return WayLine(
        step=gettext(verb.label),
        tone=_TONES.get(verb, ""),
        when=shown_moment(line["at"]),
        who=line.get("by_name", ""),
        note=" · ".join(notes),
        opinion=line.get("opinion", "") if shown or verb not in BEFORE_RESULT else "",
        reasons=reason_lines(line.get("reasons", {})),
        url=url_for("applications.letter", text=letter["id"]) if letter.get("id") else "",
        url_label=line.get("number", ""),
    )


def reason_lines(reasons: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return what was to be corrected, item by item, in the order of Art. 11."""
    found = [
        (f"{one.number} {gettext(one.label)}", reasons[one.value])
        for one in Material
        if reasons.get(one.value)
    ]
    if reasons.get(OTHER):
        found.append((gettext(N_("Anything else")), reasons[OTHER]))
    return tuple(found)
