"""Decide a case: preview both papers and what they touch, sign once; afterwards the papers to download."""

from collections.abc import Sequence
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.revocation.labels import crumbs, impact_lines
from admin_views.revocation.page import DECISION, asked_case, back_to_case, refused, render_case, reread
from admin_views.revocation.view_models import PreviewedPaper, SignPage
from admin_views.shared.guard import current_actor
from admin_views.shared.papers import send_docx, send_pdf
from admin_views.shared.personal import personal_numbers, treatments_sent
from admin_views.shared.request_context import now, today, typed_version
from admin_views.shared.view_models import Fact
from documents.publication.notice import Notice
from documents.revocation.decision import StoredDecision
from forms.revocation import DecisionForm
from office.papers.paper_text import PaperText
from rules.decisions import DecisionState
from rules.errors import Missing, Problem, Refusal, Refused, Stale
from rules.grounds import DecisionKind
from rules.release import refusals_to_release
from rules.words import N_
from services.publication.release import numbers_to_decide
from services.revocation.cases import kind_of, state_of
from services.revocation.decide import DecisionPreview, decide, preview_decision

# Whom a decision is about, as its question asks.
_QUESTIONS = {
    DecisionKind.REVOCATION: N_("Revoke the title of %(name)s?"),
    DecisionKind.CANCELLATION: N_("Cancel the title of %(name)s?"),
    DecisionKind.REVERSAL: N_("Restore the title of %(name)s?"),
}
_BUTTONS = {
    DecisionKind.REVOCATION: N_("Sign the revocation"),
    DecisionKind.CANCELLATION: N_("Sign the cancellation"),
    DecisionKind.REVERSAL: N_("Sign the restoration"),
}
_DONE = {
    DecisionKind.REVOCATION: N_("The title of %(name)s is revoked: base, applications and public list agree."),
    DecisionKind.CANCELLATION: N_("The title of %(name)s is cancelled: base, applications and public list agree."),
    DecisionKind.REVERSAL: N_("The title of %(name)s is restored with its old term: base and public list agree."),
}  # fmt: skip


def preview() -> ResponseReturnValue:
    """Show the decision and its public announcement exactly as they will read, and what they touch."""
    case, form = asked_case(), DecisionForm.typed(request.form)
    if typed_version() != case["version"]:
        return _refused(case, form, Stale())
    if not form.validate():
        return render_case(case, refused(DECISION, form)), 422
    try:
        decision = preview_decision(
            case["_id"], form.typed_text("number"), _dated(form), actor=current_actor(), today=today()
        )
    except Refused as problem:
        return _refused(case, form, problem)
    return _sign_page(case, form, decision)


def sign() -> ResponseReturnValue:
    """Sign what was previewed: once. Whoever comes second is told what was decided."""
    case, form = asked_case(), DecisionForm.typed(request.form)
    if not form.validate():
        return render_case(case, refused(DECISION, form)), 422
    seen = request.form.get("seen", "")
    try:
        decision = preview_decision(
            case["_id"], form.typed_text("number"), _dated(form), actor=current_actor(), today=today()
        )
        undecided = refusals_to_release(numbers_to_decide(decision.public), treatments_sent())
        if undecided and decision.fingerprint == seen and typed_version() == case["version"]:
            return _sign_page(case, form, decision, undecided), 422
        decide(
            case["_id"], form.typed_text("number"), _dated(form), version=typed_version(), actor=current_actor(),
            now=now(), today=today(), seen=seen, treatments=treatments_sent(),
        )  # fmt: skip
    except (Refused, Stale) as problem:
        return _refused(case, form, problem)
    return back_to_case(case["_id"], gettext(_DONE[kind_of(case)], name=case["base_name"]), DECISION)


def _dated(form: DecisionForm) -> date:
    dated = form.typed_day("dated")
    assert dated is not None  # a valid form has one
    return dated


def _refused(case: StoredDecision, form: DecisionForm, problem: Problem) -> ResponseReturnValue:
    case = reread(case)
    if state_of(case) is DecisionState.DECIDED:
        sentence = N_("This case was decided already, by %(number)s.")
        problem = Stale(sentence, number=case["number"])
    status = 409 if isinstance(problem, Stale) else 422
    return render_case(case, refused(DECISION, form, problem)), status


def _sign_page(
    case: StoredDecision, form: DecisionForm, decision: DecisionPreview, undecided: Sequence[Refusal] = ()
) -> str:
    kind, number, dated = kind_of(case), form.typed_text("number"), _dated(form).isoformat()
    hidden = (
        ("version", str(case["version"])), ("number", number), ("dated", dated), ("seen", decision.fingerprint),
    )  # fmt: skip
    back_url = url_for("revocation.case", id=case["_id"], number=number, dated=dated)
    personal = personal_numbers(numbers_to_decide(decision.public), undecided)
    page = SignPage(
        title=gettext(N_("Preview of the decision")), question=gettext(_QUESTIONS[kind], name=case["base_name"]),
        consequences=_consequences(kind, decision),
        facts=(
            Fact(gettext(N_("Decision number")), decision.paper.number),
            Fact(gettext(N_("Date of the decision")), decision.paper.dated),
            Fact(gettext(N_("What is decided")), gettext(kind.label)),
        ),
        papers=(
            PreviewedPaper(gettext(N_("The decision")), decision.paper),
            PreviewedPaper(gettext(N_("Its public announcement")), decision.public, personal.written),
        ),
        impact=impact_lines(case["base"], decision.impact, kind, Notice.titles_naming(case["base"])),
        action=url_for("revocation.sign", id=case["_id"]), button=gettext(_BUTTONS[kind]),
        back_url=f"{back_url}#{DECISION}", hidden=hidden, danger=kind is not DecisionKind.REVERSAL,
        personal=personal, crumbs=crumbs(case),
    )  # fmt: skip
    return render_template("revocation/preview.html", page=page)


def _consequences(kind: DecisionKind, decision: DecisionPreview) -> tuple[str, ...]:
    if kind is DecisionKind.REVERSAL:
        return (
            gettext(N_("The base holds the title again, with its old term and certificate number.")),
            gettext(
                N_("The earlier decision stays on record and names this one; what it ended stays ended.")
            ),
            gettext(N_("The announcement is public at once and cannot be changed any more.")),
        )
    consequences = [
        gettext(N_("The title ends at once; the certificate is void, and the public list says so.")),
        gettext(N_("The base stays in the records for ever and can still be found.")),
    ]
    if decision.impact.ended:
        consequences.append(
            gettext(
                N_("%(applications)s applications and %(upward)s recommendations upward end."),
                applications=len(decision.impact.applications),
                upward=len(decision.impact.upward),
            )
        )
    consequences.append(gettext(N_("It cannot be taken back: only a new decision can overturn it.")))
    return tuple(consequences)


def download_paper() -> ResponseReturnValue:
    """Send the decision, its public announcement or a prior notice as .docx."""
    text = _text(asked_case(), request.args.get("what", ""))
    return send_docx(text, text.title)


def download_pdf() -> ResponseReturnValue:
    """Send the decision, its public announcement or a prior notice as PDF."""
    text = _text(asked_case(), request.args.get("what", ""))
    return send_pdf(text, text.title)


def _text(case: StoredDecision, what: str) -> PaperText:
    if what.startswith("prior"):
        return _prior_text(case, what)
    if state_of(case) is not DecisionState.DECIDED or what not in ("decision", "public"):
        raise Missing()
    text = case["text"] if what == "decision" else Notice.text_of(case["notice"])
    if text is None:
        raise Missing()
    return PaperText.from_stored(text)


def _prior_text(case: StoredDecision, what: str) -> PaperText:
    """Return the prior notice that stands ("prior"), or an earlier one by its place ("prior-0")."""
    texts = {f"prior-{place}": row.get("text") for place, row in enumerate(case.get("earlier_notices", ()))}
    text = (texts | {"prior": case.get("prior_text")}).get(what)
    if not text:
        raise Missing()
    return PaperText.from_stored(text)
