"""The page of one case: head, steps, grounds, evidence, hearing, what it touches, the decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext

from admin_views.applications.view_models import FilePlace
from admin_views.assessment.labels import article_label
from admin_views.revocation.labels import next_words, notices_naming, step_marks, touch_lines
from admin_views.revocation.outcome import (
    case_actions,
    case_history,
    decision_items,
    downloads,
    overturned_words,
    public_text,
    related_cases,
    touched_note,
)
from admin_views.revocation.shared import (
    county_of,
    crumbs,
    file_places,
    is_open,
    may_decide,
    shown_day,
    state_badge,
)
from admin_views.revocation.view_models import CasePage, GroundBox, GroundLine
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state, shown_moment, today
from admin_views.shared.view_models import Fact, Item
from documents.records.base import Base
from forms.revocation import DecisionForm, GroundsForm, HearingForm
from forms.sentences import sentence
from office.papers.paper_text import PaperText
from rules.decisions import (
    ARTICLES,
    Case,
    DecisionKind,
    Ground,
    refusals_to_decide,
)
from rules.errors import Problem
from rules.words import N_
from services.revocation.cases import (
    Raw,
    case_facts,
    grounds_of,
    kind_of,
    read_case,
    title_facts,
)
from services.revocation.impact import touched_by

GROUNDS, HEARING, DECISION = "grounds", "hearing", "decision"


@dataclass(frozen=True)
class Again:
    """A form that could not be carried out: which one, as it was typed, what is wrong beside the places for files."""

    part: str
    form: Any
    said: tuple[str, ...] = ()
    places: Mapping[str, str] | None = None
    version: int | None = None


def refused(part: str, form: Any, problem: Problem | None = None) -> Again:
    """Return the form with what a service refused: beside its fields, or on top for what belongs to none."""
    said = []
    for one in problem.refusals if problem else ():
        field = form._fields.get(one.field or "")
        if field is None:
            said.append(sentence(one))
        else:
            field.errors = [*field.errors, sentence(one)]
    return Again(part, form, tuple(said))


def render_case(raw: Raw, again: Again | None = None) -> str:
    """Return the page of a case, with a form that is at fault as it was typed."""
    return render_template("revocation/case.html", page=_page(raw, again))


def _page(raw: Raw, again: Again | None) -> CasePage:
    base: Raw = Base.collection().find_one({"_id": raw["base"]}) or {}
    edits = is_open(raw) and may_decide() and bool(base)
    case = case_facts(raw)
    words, _tone = next_words(raw, case.evidence, today())
    kind, wrong = kind_of(raw), again.part if again else ""
    notices = notices_naming(raw["base"])
    return CasePage(
        kind=gettext(kind.label), title=raw["base_name"], state=state_badge(raw),
        county=county_of(raw), subtitle=raw.get("operator", ""),
        facts=_facts(raw, base), marks=step_marks(raw), version=(again.version if again else None) or raw["version"],
        grounds=_grounds(raw), evidence=_evidence(raw, edits, again), next=words, overturned=overturned_words(raw),
        touched=touch_lines(raw["base"], touched_by(raw["base"], today()), kind, notices),
        touched_note=touched_note(raw), related=related_cases(raw), actions=case_actions(raw, base, edits),
        has_hearing=kind is not DecisionKind.REVERSAL,
        decision=decision_items(raw), downloads=downloads(raw), wrong=wrong,
        paper=PaperText.from_stored(raw["text"]) if raw.get("text") else None, public=public_text(raw),
        problems=again.said if again else (), typed=() if edits or again is None else _typed(again),
        history=case_history(raw), crumbs=crumbs(), hearing=_hearing(raw),
        **(_forms(raw, base, case, again) if edits else {}),
        hearing_places=_hearing_places(raw, edits, again),
    )  # fmt: skip


def _typed(again: Again) -> tuple[Item, ...]:
    return tuple(
        Item(field.label.text, field._value(), wide=True)
        for field in again.form
        if hasattr(field, "_value") and field._value()
    )


def _facts(raw: Raw, base: Raw) -> tuple[Fact, ...]:
    term = "–"
    if base.get("title_first_day") and base.get("title_last_day"):
        term = f"{shown_day(base['title_first_day'])} – {shown_day(base['title_last_day'])}"
    status = office_state().status_labels("bases").get(base.get("status", ""), "—")
    made = [
        Fact(
            gettext(N_("Title now")),
            status,
            url=url_for("bases.details_view", id=raw["base"]) if base else "",
        ),
        Fact(gettext(N_("Term")), term),
        Fact(
            gettext(N_("Announced by")),
            base.get("document_number", "—"),
            note=shown_day(base.get("announced_on")),
        ),
        Fact(gettext(N_("Case begun")), shown_moment(raw["created_at"])[:10], note=raw.get("created_by", "")),
    ]
    if raw.get("number"):
        made.append(Fact(gettext(N_("Decision")), raw["number"], note=shown_day(raw.get("dated"))))
    return tuple(made)  # fmt: skip


def article_words(ground: Ground) -> str:
    """Return the article on which a ground stands; "" for none."""
    article = ARTICLES[ground]
    return article_label(article) if article else ""


def _grounds(raw: Raw) -> tuple[GroundLine, ...]:
    return tuple(
        GroundLine(gettext(ground.label), article_words(ground), facts)
        for ground, facts in grounds_of(raw).items()
    )


def ground_boxes(form: GroundsForm, kind: DecisionKind) -> tuple[GroundBox, ...]:
    """Return the grounds of a kind as they are chosen, each with the box for its facts."""
    return tuple(
        GroundBox(ground.value, gettext(ground.label), article_words(ground), field, chosen)
        for ground, field, chosen in form.boxes(kind)
    )


def _evidence(raw: Raw, edits: bool, again: Again | None) -> FilePlace | None:
    """Return the evidence, which may name who complained: the city's alone."""
    if current_actor().county is not None:
        return None
    return file_places(raw, ("evidence",), open_to=edits, problems=again.places if again else None)[0]


def _hearing_places(raw: Raw, edits: bool, again: Again | None) -> tuple[FilePlace, ...]:
    if kind_of(raw) is DecisionKind.REVERSAL:
        return ()
    return file_places(raw, ("notice", "statement"), open_to=edits, problems=again.places if again else None)


def _hearing(raw: Raw) -> tuple[Item, ...]:
    if kind_of(raw) is DecisionKind.REVERSAL:
        return ()
    return (
        Item(gettext(N_("Prior notice served on")), shown_day(raw.get("served_on"))),
        Item(gettext(N_("How it was served")), raw.get("served_how")),
        Item(gettext(N_("Statement until")), shown_day(raw.get("statement_by"))),
        Item(gettext(N_("Statement made on")), shown_day(raw.get("statement_on"))),
        Item(gettext(N_("What the base stated, in short")), raw.get("statement"), wide=True),
    )


def _forms(raw: Raw, base: Raw, case: Case, again: Again | None) -> dict[str, Any]:
    """Return the forms of an open case: as typed for the one at fault, as stored for the others."""
    typed = {again.part: again.form} if again else {}
    grounds = typed.get(GROUNDS) or GroundsForm.of(grounds_of(raw))
    made: dict[str, Any] = {
        "grounds_form": grounds, "boxes": ground_boxes(grounds, case.kind),
        "grounds_url": url_for("revocation.grounds", id=raw["_id"]),
        "decision_form": typed.get(DECISION) or DecisionForm(data={"dated": today()}),
        "preview_url": url_for("revocation.preview", id=raw["_id"]), "missing": _missing(raw, base, case),
    }  # fmt: skip
    if raw.get("served_on"):
        made["grounds_note"] = gettext(
            N_("The prior notice has told the base these grounds: serve it again when they change.")
        )
    if case.kind is not DecisionKind.REVERSAL:
        made["hearing_form"] = typed.get(HEARING) or HearingForm.of(raw)
        made["hearing_url"] = url_for("revocation.hearing", id=raw["_id"])
    return made


def _missing(raw: Raw, base: Raw, case: Case) -> tuple[str, ...]:
    """Return what still stands against a decision dated today."""
    facts = title_facts(base, apart_from=raw["_id"])
    reasons = refusals_to_decide(case, facts, dated=today(), today=today())
    return tuple(dict.fromkeys(sentence(one) for one in reasons))


def fresh_case(raw: Raw) -> Raw:
    """Return a case as it stands by now."""
    return read_case(raw["_id"], current_actor())
