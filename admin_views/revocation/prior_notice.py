"""Draw up the prior notice of a decision: previewed as it will read, issued once."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.revocation.labels import crumbs
from admin_views.revocation.page import (
    HEARING,
    PRIOR_NOTICE,
    asked_case,
    back_to_case,
    refused,
    render_case,
    reread,
)
from admin_views.revocation.view_models import PreviewedPaper, SignPage
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, today, typed_version
from admin_views.shared.view_models import Fact
from admin_views.shared.view_models.records import PersonalNumbers
from documents.revocation.decision import StoredDecision
from forms.revocation import PriorNoticeForm
from office.papers.paper_text import PaperText, in_chinese
from rules.errors import Problem, Refused, Stale
from rules.words import N_
from services.revocation.cases import kind_of
from services.revocation.prior_notice import (
    PriorNoticeDraft,
    fingerprint,
    issue_prior_notice,
    preview_prior_notice,
)


def preview() -> ResponseReturnValue:
    """Show the prior notice exactly as it will read."""
    case, form = asked_case(), PriorNoticeForm.typed(request.form)
    if typed_version() != case["version"]:
        return _refused(case, form, Stale())
    if not form.validate():
        return render_case(case, refused(PRIOR_NOTICE, form)), 422
    try:
        paper = preview_prior_notice(case["_id"], _draft(form), actor=current_actor(), today=today())
    except Refused as problem:
        return _refused(case, form, problem)
    return _notice_page(case, form, paper)


def issue() -> ResponseReturnValue:
    """Issue what was previewed: once."""
    case, form = asked_case(), PriorNoticeForm.typed(request.form)
    if not form.validate():
        return render_case(case, refused(PRIOR_NOTICE, form)), 422
    try:
        issue_prior_notice(
            case["_id"], _draft(form), seen=request.form.get("seen", ""), version=typed_version(),
            actor=current_actor(), now=now(),
        )  # fmt: skip
    except (Refused, Stale) as problem:
        return _refused(case, form, problem)
    message = gettext(N_("The prior notice is issued: serve it, then record here when and how."))
    return back_to_case(case["_id"], message, HEARING)


def _draft(form: PriorNoticeForm) -> PriorNoticeDraft:
    dated, until = form.typed_day("prior_dated"), form.typed_day("prior_until")
    assert dated is not None and until is not None  # a valid form has both
    return PriorNoticeDraft(form.typed_text("prior_number"), dated, until)


def _refused(case: StoredDecision, form: PriorNoticeForm, problem: Problem) -> ResponseReturnValue:
    status = 409 if isinstance(problem, Stale) else 422
    return render_case(reread(case), refused(PRIOR_NOTICE, form, problem)), status


def _notice_page(case: StoredDecision, form: PriorNoticeForm, paper: PaperText) -> str:
    draft, case_id = _draft(form), case["_id"]
    back_url = url_for(
        "revocation.case", id=case_id, prior_number=draft.number, prior_dated=draft.dated.isoformat(),
        prior_until=draft.statement_by.isoformat(),
    )  # fmt: skip
    typed = {
        "prior_number": draft.number, "prior_dated": draft.dated.isoformat(),
        "prior_until": draft.statement_by.isoformat(),
    }  # fmt: skip
    page = SignPage(
        title=gettext(N_("Preview of the prior notice")),
        question=gettext(N_("Issue the prior notice to %(name)s?"), name=case["operator"]),
        consequences=_consequences(case),
        facts=(
            Fact(gettext(N_("Number of the prior notice")), paper.number),
            Fact(gettext(N_("Statement until")), in_chinese(draft.statement_by)),
            Fact(gettext(N_("What is intended")), gettext(kind_of(case).label)),
        ),
        papers=(PreviewedPaper(gettext(N_("Prior notice of a decision")), paper),),
        action=url_for("revocation.notice_issue", id=case["_id"]),
        button=gettext(N_("Issue the prior notice")),
        back_url=f"{back_url}#{PRIOR_NOTICE}",
        hidden=(*typed.items(), ("version", str(case["version"])), ("seen", fingerprint(paper))),
        personal=PersonalNumbers(), danger=False, crumbs=crumbs(case),
    )  # fmt: skip
    return render_template("revocation/preview.html", page=page)


def _consequences(case: StoredDecision) -> tuple[str, ...]:
    told = [
        gettext(N_("Number and words are kept as they are; nothing of it becomes public.")),
        gettext(N_("The title stays as it is; the base may make its statement.")),
    ]
    if case.get("prior_number") or case.get("served_on"):
        sentence = N_(
            "The earlier notice stays on record with its service and statement; this one is served anew."
        )
        told.append(gettext(sentence))
    return tuple(told)
