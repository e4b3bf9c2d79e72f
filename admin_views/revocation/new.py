"""Begin a case: the base, what is to be decided, the grounds with their facts."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.revocation.labels import county_name, crumbs, shown_day
from admin_views.revocation.page import back_to_case, ground_boxes
from admin_views.revocation.view_models import KindChoice, NewCasePage
from admin_views.shared.articles import article_of
from admin_views.shared.beginning import asks_reason, ended_warnings
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, office_state, today
from admin_views.shared.view_models import Item
from documents.records.base import Base
from forms.revocation import CaseForm
from forms.sentences import show_refusals
from rules.errors import Missing, Refusal, Refused
from rules.grounds import DecisionKind, Ground
from rules.rule_sets.measures import Measures
from rules.words import N_
from schema.bases import with_running_term
from services.assessment.rule_sets import set_shown
from services.revocation.cases import begin_case
from services.revocation.proposals import PROPOSED_FINDINGS, proposal_for

_HELP: Mapping[DecisionKind, str] = {
    DecisionKind.REVOCATION: N_("%(article)s: one or more of the grounds, proven."),
    DecisionKind.CANCELLATION: N_("%(article)s: the term ended without a renewal, or the renewal failed."),
    DecisionKind.REVERSAL: N_("An earlier decision is overturned: the title is restored with its old term."),
}
_PROVISIONS: Mapping[DecisionKind, str] = {
    DecisionKind.REVOCATION: "revocation",
    DecisionKind.CANCELLATION: "cancellation",
}


def new() -> ResponseReturnValue:
    """Begin a case; what the system proposes comes filled in."""
    if request.method == "GET":
        return _page(_asked_form())
    form = CaseForm.typed(request.form)
    base = _base(form.base.data)
    _show_chosen(form, base)
    if form.validate():
        try:
            if base is None:
                raise Refused(Refusal(N_("Choose the base."), field="base"))
            kind = form.chosen_kind
            case_id = begin_case(
                kind, base["_id"], form.given(kind), form.found(kind),
                reason_to_begin=form.typed_text("reason_to_begin"),
                actor=current_actor(), now=now(),
            )  # fmt: skip
        except (Refused, Missing) as problem:
            show_refusals(form, problem)
        else:
            message = gettext(N_("The case is begun: add the evidence, then serve the prior notice."))
            return back_to_case(case_id, message)
    return _page(form), 422


def _base(base_id: ObjectId | None) -> Mapping[str, Any] | None:
    """Return a base in the clerk's scope; None where there is none."""
    try:
        return Base.read(base_id, current_actor()) if base_id else None
    except Missing:
        return None


def _asked_form() -> CaseForm:
    """Return the form as the address asks for it: base and kind chosen, the system's grounds and facts filled in."""
    text = request.args.get("base", "")
    base = _base(ObjectId(text)) if ObjectId.is_valid(text) else None
    if text and base is None:
        raise Missing()
    kind = next((kind for kind in DecisionKind if kind.value == request.args.get("kind", "")), None)
    proposal = proposal_for(base["_id"], current_actor(), today=today(), kind=kind) if base else None
    if kind is None:
        kind = proposal.kind if proposal else _kind_for(base)
    grounds: dict[Ground, str] = {}
    if proposal and kind is proposal.kind:
        grounds = {proposal.ground: proposal.facts}
    elif kind is DecisionKind.REVERSAL:
        grounds = {Ground.OVERTURNED: ""}
    findings = (
        (PROPOSED_FINDINGS[proposal.ground],) if proposal and proposal.ground in PROPOSED_FINDINGS else ()
    )
    form = CaseForm.of(grounds, findings, base=base["_id"] if base else None, kind=kind.value)
    _show_chosen(form, base)
    return form


def _kind_for(base: Mapping[str, Any] | None) -> DecisionKind:
    lost = base is not None and base["status"] in ("revoked", "cancelled")
    return DecisionKind.REVERSAL if lost else DecisionKind.REVOCATION


def _show_chosen(form: CaseForm, base: Mapping[str, Any] | None) -> None:
    form.base.chosen = ((str(base["_id"]), base["name"]),) if base else ()
    form.base.render_kw = {"data-lookup": url_for("bases.lookup_view")}


def _help(kind: DecisionKind, measures: Measures) -> str:
    """Return what a kind of decision is for, with its article where the Measures know it."""
    provision = _PROVISIONS.get(kind)
    return str(gettext(_HELP[kind], article=article_of(provision, measures) if provision else ""))


def _page(form: CaseForm) -> str:
    base = _base(form.base.data)
    chosen, measures = form.chosen_kind, set_shown(today())
    page = NewCasePage(
        title=gettext(N_("New case")), form=form, action=url_for("revocation.new"),
        kinds=tuple(
            KindChoice(
                kind.value, gettext(kind.label), _help(kind, measures), ground_boxes(form, kind, measures),
                kind is chosen,
            )
            for kind in DecisionKind
        ),
        cancel_url=url_for("revocation.index"), base=_base_items(base) if base else (), crumbs=crumbs(),
        note=gettext(N_("The title itself is touched only by the decision at the end.")),
        asks_reason=asks_reason(form, measures),
        problems=() if form.errors or form.form_errors else ended_warnings(measures),
    )  # fmt: skip
    return render_template("revocation/new.html", page=page)


def _base_items(base: Mapping[str, Any]) -> tuple[Item, ...]:
    base = with_running_term(base, today())
    days = (base.get(key) for key in ("title_first_day", "title_last_day"))
    statuses = office_state().status_labels("bases")
    return (
        Item(gettext(N_("County")), county_name(base["county"])),
        Item(gettext(N_("Title now")), statuses.get(base["status"], base["status"])),
        Item(gettext(N_("Term")), " – ".join(shown_day(day) for day in days if day)),
    )
