"""The page of one case: steps, grounds, evidence, hearing, what it touches, the decision and what became of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.view_models import FilePlace
from admin_views.revocation.labels import (
    case_url,
    county_name,
    crumbs,
    impact_lines,
    may_decide,
    next_step,
    shown_day,
    state_badge,
    step_marks,
)
from admin_views.revocation.view_models import CasePage, GroundBox, GroundLine, NoticeLine
from admin_views.shared.articles import article_of
from admin_views.shared.beginning import reason_facts
from admin_views.shared.files import ACCEPT, HINT, form_items, send_slot_file
from admin_views.shared.guard import current_actor
from admin_views.shared.history import history_entries, name_of
from admin_views.shared.request_context import asked_id, office_state, shown_moment, today
from admin_views.shared.retry_state import RetryState
from admin_views.shared.view_models import Action, Fact, HistoryEntry, Item, Link
from documents.publication.notice import Notice
from documents.revocation.decision import (
    COLLECTION,
    EVIDENCE,
    NOTICE,
    STATEMENT,
    Decision,
    StoredDecision,
)
from documents.revocation.impact import impact_on
from forms.revocation import DecisionForm, GroundsForm, HearingForm, PriorNoticeForm
from forms.sentences import sentence
from office.papers.paper_text import PaperText
from rules.access import Permission
from rules.decisions import TITLE_AFTER, CaseFacts, DecisionState
from rules.errors import Problem, Refusal
from rules.grounds import DecisionKind, Ground, findings_of
from rules.prior_notice import untold
from rules.rule_sets.measures import Measures
from rules.rule_sets.provisions import ground_key
from rules.words import N_
from schema.bases import with_running_term
from services.revocation.cases import (
    case_facts,
    findings_in,
    grounds_of,
    is_open,
    issued_notice,
    kind_of,
    measures_of,
    outcome_of,
    overturning_of,
    read_case,
    refusals_of_decision,
    state_of,
)
from services.shared.files import files_by_slot

# The sections of the page that are sent by themselves.
GROUNDS, PRIOR_NOTICE, HEARING, DECISION = "grounds", "notice", "hearing", "decision"
_SLOTS: Mapping[str, str] = {
    EVIDENCE: N_("Evidence"), NOTICE: N_("Prior notice"), STATEMENT: N_("Statement of the base"),
}  # fmt: skip
_HISTORY_ROWS = 30


def show_case() -> ResponseReturnValue:
    """Show a case; coming back from a preview, number and dates stand as they were typed."""
    case = asked_case()
    if request.args.get("prior_number") or request.args.get("prior_dated"):
        return render_case(case, RetryState(PRIOR_NOTICE, PriorNoticeForm.typed(request.args)))
    if request.args.get("number") or request.args.get("dated"):
        return render_case(case, RetryState(DECISION, DecisionForm.typed(request.args)))
    return render_case(case)


def download_file() -> ResponseReturnValue:
    """Send a file of a case as a download, never shown inside a page."""
    return send_slot_file((COLLECTION,))


# --- What the views of a case share ----------------------------------------------------------------


def asked_case() -> StoredDecision:
    """Return the case that the address names, in the clerk's scope. Raises Missing."""
    return read_case(asked_id(), current_actor())


def reread(case: StoredDecision) -> StoredDecision:
    """Return a case as it stands by now."""
    return read_case(case["_id"], current_actor())


def back_to_case(case_id: ObjectId, message: str, section: str = "") -> ResponseReturnValue:
    """Say what was done and show the case."""
    flash(message, "success")
    return redirect(case_url(case_id, section), 303)


def refused(section: str, form: Any, problem: Problem | None = None) -> RetryState:
    """Return the form with what a service refused: beside its fields, or on top for what belongs to none."""
    on_top = []
    for refusal in problem.refusals if problem else ():
        field = form._fields.get(refusal.field or "")
        if field is None:
            on_top.append(Refusal(refusal.message, refusal.params))
        else:
            field.errors = [*field.errors, sentence(refusal)]
    return RetryState(section, form, refusals=tuple(on_top))


def render_case(case: StoredDecision, retry: RetryState | None = None) -> str:
    """Return the page of a case, with a form that is at fault as it was typed.

    The refusals of `retry` that name a slot stand beside its files, the others on top of the section.
    """
    return render_template("revocation/page.html", page=_page(case, retry))


# --- The page --------------------------------------------------------------------------------------


def _page(case: StoredDecision, retry: RetryState | None) -> CasePage:
    base: Mapping[str, Any] = Decision.base_of(case) or {}
    editable = is_open(case) and may_decide() and bool(base)
    facts, kind, measures = case_facts(case), kind_of(case), measures_of(case, today())
    next_label, _tone = next_step(case, facts.evidence, today())
    impact = impact_on(case["base"], today(), county=current_actor().county)
    return CasePage(
        kind=gettext(kind.label), title=case["base_name"], state=state_badge(case),
        county=county_name(case["county"]), subtitle=case.get("operator", ""),
        facts=_facts(case, base), marks=step_marks(case), version=(retry.version if retry else None) or case["version"],
        grounds=_ground_lines(case, measures), evidence=_evidence(case, editable, retry), next=next_label,
        overturned=_overturned(case),
        impact=impact_lines(case["base"], impact, kind, Notice.titles_naming(case["base"])),
        impact_note=_impact_note(case), related=_related_cases(case), actions=_actions(case, base, editable),
        has_hearing=kind is not DecisionKind.REVERSAL,
        decision=_outcome(case), downloads=_downloads(case), wrong=retry.section if retry else "",
        paper=_paper(case.get("text")), public=_paper(Notice.text_of(case.get("notice"))),
        problems=_problems(retry), typed=() if editable or retry is None else _typed(retry.form),
        history=_history(case), crumbs=crumbs(), hearing=_hearing(case), notices=_notices(case),
        **(_forms(case, base, facts, measures, retry) if editable else {}),
        hearing_places=_hearing_slots(case, editable, retry),
    )  # fmt: skip


def _problems(retry: RetryState | None) -> tuple[str, ...]:
    """Return what is said on top: what belongs to no field and to no slot."""
    if retry is None:
        return ()
    sentences = [sentence(refusal) for refusal in retry.refusals if refusal.field not in _SLOTS]
    return (*sentences, retry.message) if retry.message else tuple(sentences)


def _typed(form: Any) -> tuple[Item, ...]:
    return tuple(
        Item(field.label.text, field._value(), wide=True)
        for field in form
        if hasattr(field, "_value") and field._value()
    )


def _facts(case: StoredDecision, base: Mapping[str, Any]) -> tuple[Fact, ...]:
    base = with_running_term(base, today())
    term = "–"
    if base.get("title_first_day") and base.get("title_last_day"):
        term = f"{shown_day(base['title_first_day'])} – {shown_day(base['title_last_day'])}"
    status = office_state().status_labels("bases").get(base.get("status", ""), "—")
    facts = [
        Fact(
            gettext(N_("Title now")),
            status,
            url=url_for("bases.details_view", id=case["base"]) if base else "",
        ),
        Fact(gettext(N_("Term")), term),
        Fact(
            gettext(N_("Announced by")),
            base.get("document_number", "—"),
            note=shown_day(base.get("announced_on")),
        ),
        Fact(
            gettext(N_("Case begun")),
            shown_moment(case["created_at"])[:10],
            note=name_of(case.get("created_by")),
        ),
    ]
    if case.get("number"):
        facts.append(Fact(gettext(N_("Decision")), case["number"], note=shown_day(case.get("dated"))))
    facts += reason_facts(case)
    return tuple(facts)


# --- Grounds, evidence, hearing --------------------------------------------------------------------


def _article_label(ground: Ground, measures: Measures) -> str:
    """Return the article on which a ground stands; "" for the one that no article names."""
    return "" if ground is Ground.OVERTURNED else article_of(ground_key(ground), measures)


def _ground_lines(case: StoredDecision, measures: Measures) -> tuple[GroundLine, ...]:
    return tuple(
        GroundLine(_found_label(case, ground), _article_label(ground, measures), facts)
        for ground, facts in grounds_of(case).items()
    )


def _found_label(case: StoredDecision, ground: Ground) -> str:
    """Return which alternatives of a ground were found, else the ground itself."""
    found = findings_of(ground, findings_in(case))
    return "、".join(gettext(finding.label) for finding in found) or gettext(ground.label)


def ground_boxes(form: GroundsForm, kind: DecisionKind, measures: Measures) -> tuple[GroundBox, ...]:
    """Return the grounds of a kind as they are chosen, each with its article and the box for its facts."""
    return tuple(
        GroundBox(
            ground.value,
            gettext(ground.label),
            _article_label(ground, measures),
            field,
            chosen,
            form.alternatives(ground),
        )
        for ground, field, chosen in form.boxes(kind)
    )


def _evidence(case: StoredDecision, editable: bool, retry: RetryState | None) -> FilePlace | None:
    """Return the evidence, which may name who complained: the city's alone."""
    if current_actor().county is not None:
        return None
    return _file_slots(case, (EVIDENCE,), editable, retry)[0]


def _hearing_slots(case: StoredDecision, editable: bool, retry: RetryState | None) -> tuple[FilePlace, ...]:
    if kind_of(case) is DecisionKind.REVERSAL:
        return ()
    return _file_slots(case, (NOTICE, STATEMENT), editable, retry)


def _file_slots(
    case: StoredDecision, slots: Iterable[str], editable: bool, retry: RetryState | None
) -> tuple[FilePlace, ...]:
    """Return slots of a case with the files that the clerk may read, and why a file sent there was refused."""
    files = files_by_slot(COLLECTION, case["_id"], current_actor())
    return tuple(
        FilePlace(
            slot=slot, label=gettext(_SLOTS[slot]),
            files=form_items("revocation", files.get(slot, ()), removable=editable),
            name=f"file-{slot}" if editable else "", accept=ACCEPT, hint=gettext(HINT),
            problem=" ".join(sentence(refusal) for refusal in retry.beside(slot)) if retry else "",
        )
        for slot in slots
    )  # fmt: skip


def _hearing(case: StoredDecision) -> tuple[Item, ...]:
    if kind_of(case) is DecisionKind.REVERSAL:
        return ()
    outcome = outcome_of(case)
    return (
        Item(gettext(N_("Prior notice served on")), shown_day(case.get("served_on"))),
        Item(gettext(N_("How it was served")), case.get("served_how")),
        Item(gettext(N_("Statement until")), shown_day(case.get("statement_by"))),
        Item(gettext(N_("Statement made on")), shown_day(case.get("statement_on"))),
        Item(gettext(N_("What the base stated, in short")), case.get("statement"), wide=True),
        Item(gettext(N_("What became of the statement")), gettext(outcome.label) if outcome else ""),
        Item(gettext(N_("Why it was accepted or not")), case.get("statement_answer"), wide=True),
    )


def _notice_note(case: StoredDecision) -> str:
    """Return what a clerk is told before drawing up a prior notice, where one is issued already."""
    notice = issued_notice(case)
    if notice is None:
        return ""
    if untold(notice, grounds_of(case), findings_in(case)):
        sentence = N_(
            "The grounds are others than those of the prior notice %(number)s: issue and serve it anew."
        )
        return gettext(sentence, number=notice.number)
    if case.get("served_on"):
        sentence = N_("The prior notice %(number)s is served, and the grounds are those that it tells.")
        return gettext(sentence, number=notice.number)
    return gettext(
        N_("Another one takes the place of %(number)s, which stays on record."), number=notice.number
    )


def _notices(case: StoredDecision) -> tuple[NoticeLine, ...]:
    """Return the prior notices that were issued here, the one that stands first, then the earlier, the latest first."""
    lines = []
    if case.get("prior_text"):
        served = shown_day(case.get("served_on"))
        note = gettext(N_("Served on %(day)s"), day=served) if served else gettext(N_("Not served yet"))
        lines.append(
            NoticeLine(
                case["prior_number"], shown_day(case["prior_dated"]), shown_day(case["prior_until"]), note,
                _notice_downloads(case, "prior"),
            )
        )  # fmt: skip
    for place, earlier in reversed(tuple(enumerate(case.get("earlier_notices", ())))):
        served = shown_day(earlier.get("served_on"))
        parts = [gettext(N_("Replaced"))]
        if served:
            parts.append(gettext(N_("Served on %(day)s"), day=served))
        if earlier.get("statement"):
            parts.append(gettext(N_("the base stated: %(words)s"), words=earlier["statement"]))
        lines.append(
            NoticeLine(
                earlier.get("number", ""), shown_day(earlier.get("dated")), shown_day(earlier.get("statement_by")),
                "；".join(parts), _notice_downloads(case, f"prior-{place}") if earlier.get("text") else (),
            )
        )  # fmt: skip
    return tuple(lines)


def _notice_downloads(case: StoredDecision, what: str) -> tuple[Link, ...]:
    docx, pdf = (url_for(f"revocation.{name}", id=case["_id"], what=what) for name in ("paper", "paper_pdf"))
    return (
        Link(gettext(N_("Prior notice (.docx)")), docx, icon="download"),
        Link(gettext(N_("Prior notice (.pdf)")), pdf, icon="download"),
    )


# --- The forms of an open case -----------------------------------------------------------------------


def _forms(
    case: StoredDecision,
    base: Mapping[str, Any],
    facts: CaseFacts,
    measures: Measures,
    retry: RetryState | None,
) -> dict[str, Any]:
    """Return the forms of an open case: as typed for the one at fault, as stored for the others."""
    typed = {retry.section: retry.form} if retry else {}
    grounds = typed.get(GROUNDS) or GroundsForm.of(
        grounds_of(case), findings_in(case),
        **{key: case.get(key) for key in ("basis", "basis_body", "basis_number", "basis_dated")},
    )  # fmt: skip
    forms: dict[str, Any] = {
        "grounds_form": grounds, "boxes": ground_boxes(grounds, facts.kind, measures),
        "grounds_url": url_for("revocation.grounds", id=case["_id"]),
        "decision_form": typed.get(DECISION) or DecisionForm.filled({"dated": today()}),
        "preview_url": url_for("revocation.preview", id=case["_id"]), "missing": _missing(case, base),
    }  # fmt: skip
    if case.get("served_on"):
        forms["grounds_note"] = gettext(
            N_("The prior notice has told the base these grounds: serve it again when they change.")
        )
    if facts.kind is not DecisionKind.REVERSAL:
        forms["notice_form"] = typed.get(PRIOR_NOTICE) or PriorNoticeForm.filled({"prior_dated": today()})
        forms["notice_url"] = url_for("revocation.notice_preview", id=case["_id"])
        forms["notice_note"] = _notice_note(case)
        forms["hearing_form"] = typed.get(HEARING) or HearingForm.of(case)
        forms["hearing_url"] = url_for("revocation.hearing", id=case["_id"])
    return forms


def _missing(case: StoredDecision, base: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what still stands against a decision dated today."""
    refusals = refusals_of_decision(case, base, today(), today())
    return tuple(dict.fromkeys(sentence(refusal) for refusal in refusals))


# --- What became of it -------------------------------------------------------------------------------


def _impact_note(case: StoredDecision) -> str:
    """Return what the decision touched when it was signed; "" before."""
    if state_of(case) is not DecisionState.DECIDED:
        return ""
    stored: Mapping[str, Any] = case.get("touched") or {}
    return gettext(
        N_("When it was decided: %(tenants)s tenants, %(partners)s partners, %(entries)s entries of the year, "
           "%(applications)s applications and %(upward)s recommendations ended. Below: today."),
        tenants=stored.get("tenants", 0), partners=stored.get("partners", 0),
        entries=stored.get("entries_this_year", 0), applications=len(stored.get("applications", ())),
        upward=len(stored.get("upward", ())),
    )  # fmt: skip


def _outcome(case: StoredDecision) -> tuple[Item, ...]:
    """Return how a closed case ended."""
    state = state_of(case)
    if state is DecisionState.DROPPED:
        return (
            Item(gettext(N_("Why it was dropped")), case.get("closed_reason"), wide=True),
            Item(
                gettext(N_("Dropped by")),
                f"{name_of(case.get('updated_by'))} {shown_moment(case['updated_at'])}",
            ),
        )
    if state is not DecisionState.DECIDED:
        return ()
    overturning = overturning_of(case)
    cited = (overturning.body, overturning.number, shown_day(case.get("basis_dated")))
    basis = (
        (Item(gettext(N_("On what the restoration stands")), " ".join(
            part for part in (gettext(overturning.by.label), *cited) if part)),)
        if overturning.by else ()
    )  # fmt: skip
    return (
        *basis,
        Item(gettext(N_("Decision number")), case["number"]),
        Item(gettext(N_("Date of the decision")), shown_day(case["dated"])),
        Item(
            gettext(N_("Signed by")),
            f"{name_of(case.get('decided_by'))} {shown_moment(case.get('decided_at'))}",
        ),
    )


def _paper(text: Mapping[str, Any] | None) -> PaperText | None:
    return PaperText.from_stored(text) if text else None


def _downloads(case: StoredDecision) -> tuple[Link, ...]:
    """Return the papers of a decision and its public page."""
    if not case.get("notice"):
        return ()
    decision, public, decision_pdf, public_pdf = (
        url_for(f"revocation.{endpoint}", id=case["_id"], what=what)
        for endpoint in ("paper", "paper_pdf")
        for what in ("decision", "public")
    )
    return (
        Link(gettext(N_("Decision (.docx)")), decision, icon="download"),
        Link(gettext(N_("Decision (.pdf)")), decision_pdf, icon="download"),
        Link(gettext(N_("Public announcement (.docx)")), public, icon="download"),
        Link(gettext(N_("Public announcement (.pdf)")), public_pdf, icon="download"),
        Link(gettext(N_("Public page")), url_for("public.notice", paper_id=case["notice"]), icon="notice"),
    )


def _related_cases(case: StoredDecision) -> tuple[Link, ...]:
    """Return the other cases about this base, the latest first, each with what it was."""
    keys = ("kind", "state", "number", "dated", "reverses")
    cases: list[StoredDecision] = Decision.objects.of_base(case["base"]).rows(keys, (("created_at", -1),))
    links = []
    for other in cases:
        if other["_id"] == case["_id"]:
            continue
        label = " ".join(
            part
            for part in (gettext(kind_of(other).label), other.get("number"), shown_day(other.get("dated")))
            if part
        )
        hint = _relation(case, other) or gettext(state_of(other).label)
        links.append(Link(label, case_url(other["_id"]), hint))
    return tuple(links)


def _overturned(case: StoredDecision) -> str:
    """Return by which decision this one was overturned; "" where it stands."""
    if not case.get("reversed_by"):
        return ""
    number = Decision.numbers([case["reversed_by"]]).get(case["reversed_by"], "")
    return gettext(N_("Overturned by %(number)s"), number=number)


def _relation(case: StoredDecision, other: StoredDecision) -> str:
    if other["_id"] == case.get("reverses"):
        return gettext(N_("the decision that this case overturns"))
    if other["_id"] == case.get("reversed_by"):
        return gettext(N_("the decision that overturned this one"))
    return ""


def _actions(case: StoredDecision, base: Mapping[str, Any], editable: bool) -> tuple[Action, ...]:
    actions = []
    if case.get("notice"):
        public_page = url_for("public.notice", paper_id=case["notice"])
        actions.append(Action(gettext(N_("Public page")), public_page, icon="notice"))
    if editable:
        actions.append(
            Action(gettext(N_("Drop the case")), url_for("revocation.drop", id=case["_id"]), "danger")
        )
    if may_decide() and _can_be_overturned(case, base):
        begin = url_for("revocation.new", kind=DecisionKind.REVERSAL.value, base=case["base"])
        actions.append(Action(gettext(N_("Overturn this decision")), begin, icon="restore"))
    return tuple(actions)


def _can_be_overturned(case: StoredDecision, base: Mapping[str, Any]) -> bool:
    kind = kind_of(case)
    lost = kind is not DecisionKind.REVERSAL and base.get("status") == TITLE_AFTER[kind]
    return state_of(case) is DecisionState.DECIDED and lost and not case.get("reversed_by")


def _history(case: StoredDecision) -> tuple[HistoryEntry, ...] | None:
    """Return who did what with a case, for those who may read the trail; None for others."""
    if not current_actor().may(Permission.READ_AUDIT):
        return None
    return history_entries(COLLECTION, case["_id"], most=_HISTORY_ROWS)
