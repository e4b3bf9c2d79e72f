"""Decide a case: preview both papers and what they touch, sign once; afterwards the papers to download."""

from datetime import date
from io import BytesIO

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.revocation.labels import notices_naming, touch_lines
from admin_views.revocation.page import DECISION, fresh_case, refused, render_case
from admin_views.revocation.shared import QUESTIONS, asked_case, back, crumbs, revocation, typed_version
from admin_views.revocation.view_models import SignPage
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, today
from admin_views.shared.view_models import Fact
from documents.publication.notice import Notice
from forms.revocation import DecisionForm
from office.papers.paper_text import PaperText
from office.papers.render import render_paper
from rules.access import Permission
from rules.decisions import DecisionKind, DecisionState
from rules.errors import Missing, Problem, Refused, Stale
from rules.words import N_
from services.publication.paper_templates import template_for
from services.revocation.cases import Raw, kind_of, state_of
from services.revocation.decide import DecisionPreview, decide, preview_decision

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
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


@revocation.route("/case/preview/", methods=["POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def preview() -> ResponseReturnValue:
    """Show the decision and its public announcement exactly as they will read, and what they touch."""
    raw, form = asked_case(), DecisionForm.typed(request.form)
    if typed_version() != raw["version"]:
        return _refused(raw, form, Stale())
    if not form.validate():
        return render_case(raw, refused(DECISION, form)), 422
    try:
        found = _preview(raw, form)
    except Refused as problem:
        return _refused(raw, form, problem)
    return _sign_page(raw, form, found)


@revocation.route("/case/sign/", methods=["POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def sign() -> ResponseReturnValue:
    """Sign what was previewed: once. Whoever comes second is told what was decided."""
    raw, form = asked_case(), DecisionForm.typed(request.form)
    if not form.validate():
        return render_case(raw, refused(DECISION, form)), 422
    try:
        decide(
            raw["_id"], form.text("number"), _dated(form), version=typed_version(), actor=current_actor(), now=now(),
            today=today(), seen=request.form.get("seen", ""),
        )  # fmt: skip
    except (Refused, Stale) as problem:
        return _refused(raw, form, problem)
    return back(raw["_id"], gettext(_DONE[kind_of(raw)], name=raw["base_name"]), DECISION)


def _dated(form: DecisionForm) -> date:
    dated = form.day("dated")
    assert dated is not None  # it is wanted
    return dated


def _preview(raw: Raw, form: DecisionForm) -> DecisionPreview:
    return preview_decision(
        raw["_id"], form.text("number"), _dated(form), actor=current_actor(), today=today()
    )


def _refused(raw: Raw, form: DecisionForm, problem: Problem) -> ResponseReturnValue:
    fresh = fresh_case(raw)
    if state_of(fresh) is DecisionState.DECIDED:
        sentence = N_("This case was decided already, by %(number)s.")
        problem = Stale(sentence, number=fresh["number"])
    status = 409 if isinstance(problem, Stale) else 422
    return render_case(fresh, refused(DECISION, form, problem)), status


def _sign_page(raw: Raw, form: DecisionForm, found: DecisionPreview) -> str:
    kind = kind_of(raw)
    hidden = (
        ("version", str(raw["version"])), ("number", form.text("number")), ("dated", _dated(form).isoformat()),
        ("seen", found.fingerprint),
    )  # fmt: skip
    page = SignPage(
        title=gettext(N_("Preview of the decision")), question=gettext(QUESTIONS[kind], name=raw["base_name"]),
        consequences=_consequences(kind, found),
        facts=(
            Fact(gettext(N_("Decision number")), found.paper.number),
            Fact(gettext(N_("Date of the decision")), found.paper.dated),
            Fact(gettext(N_("What is decided")), gettext(kind.label)),
        ),
        paper=found.paper, public=found.public,
        touched=touch_lines(raw["base"], found.touched, kind, notices_naming(raw["base"])),
        action=url_for("revocation.sign", id=raw["_id"]), button=gettext(_BUTTONS[kind]),
        back_url=url_for("revocation.case", id=raw["_id"], number=form.text("number"), dated=_dated(form).isoformat())
        + f"#{DECISION}",
        hidden=hidden, danger=kind is not DecisionKind.REVERSAL, crumbs=crumbs(raw),
    )  # fmt: skip
    return render_template("revocation/preview.html", page=page)


def _consequences(kind: DecisionKind, found: DecisionPreview) -> tuple[str, ...]:
    if kind is DecisionKind.REVERSAL:
        return (
            gettext(N_("The base holds the title again, with its old term and certificate number.")),
            gettext(
                N_("The earlier decision stays on record and names this one; what it ended stays ended.")
            ),
            gettext(N_("The announcement is public at once and cannot be changed any more.")),
        )
    said = [
        gettext(N_("The title ends at once; the certificate is void, and the public list says so.")),
        gettext(N_("The base stays in the records for ever and can still be found.")),
    ]
    touched = found.touched
    if touched.applications or touched.upward:
        said.append(
            gettext(
                N_("%(applications)s applications and %(upward)s recommendations upward end."),
                applications=len(touched.applications),
                upward=len(touched.upward),
            )
        )
    said.append(gettext(N_("It cannot be taken back: only a new decision can overturn it.")))
    return tuple(said)


@revocation.route("/case/paper/")
@needs(Permission.READ)
def paper() -> ResponseReturnValue:
    """Send the decision, or its public announcement, as .docx."""
    raw = asked_case()
    text = _text(raw, request.args.get("what", ""))
    data = render_paper(text, template_for(text.kind))
    name = f"{text.title}.docx"
    return send_file(BytesIO(data), mimetype=_DOCX, as_attachment=True, download_name=name)


def _text(raw: Raw, what: str) -> PaperText:
    if state_of(raw) is not DecisionState.DECIDED or what not in ("decision", "public"):
        raise Missing()
    if what == "decision":
        return PaperText.from_stored(raw["text"])
    notice = Notice.collection().find_one({"_id": raw["notice"]}, {"text": 1})
    if notice is None:
        raise Missing()
    return PaperText.from_stored(notice["text"])
