"""Begin a case: the base, what is to be decided, the grounds with their facts."""

from collections.abc import Sequence

from bson import ObjectId
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.revocation.page import ground_boxes
from admin_views.revocation.shared import back, county_of, crumbs, revocation, shown_day
from admin_views.revocation.view_models import KindChoice, NewCasePage
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, office_state, today
from admin_views.shared.view_models import Item
from documents.records.base import Base
from forms.revocation import CaseForm
from forms.sentences import show_refusals
from rules.access import Permission
from rules.decisions import DecisionKind, Ground
from rules.errors import Missing, Refusal, Refused
from rules.words import N_
from services.revocation.cases import Raw, begin_case
from services.revocation.proposals import Proposal, proposal_for

_HELP = {
    DecisionKind.REVOCATION: N_("Art. 18: one or more of the four grounds, proven."),
    DecisionKind.CANCELLATION: N_("Art. 16: the term ended without a renewal, or the renewal failed."),
    DecisionKind.REVERSAL: N_("An earlier decision is overturned: the title is restored with its old term."),
}


@revocation.route("/new/", methods=["GET", "POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def new() -> ResponseReturnValue:
    """Begin a case; what the system proposes comes filled in."""
    if request.method == "GET":
        return _page(_begun())
    form = CaseForm.typed(request.form)
    base = _base(form.base.data)
    _show_chosen(form, base)
    if form.validate():
        try:
            if base is None:
                raise Refused(Refusal(N_("Choose the base."), field="base"))
            kind = form.chosen_kind
            made = begin_case(kind, base["_id"], form.given(kind), actor=current_actor(), now=now())
        except (Refused, Missing) as problem:
            show_refusals(form, problem)
        else:
            return back(
                made, gettext(N_("The case is begun: add the evidence, then serve the prior notice."))
            )
    return _page(form), 422


def _base(base_id: ObjectId | None) -> Raw | None:
    raw = Base.collection().find_one({"_id": base_id}) if base_id else None
    return raw if raw and Base.is_visible(raw, current_actor()) else None


def _begun() -> CaseForm:
    """Return the form as the address asks for it: base and kind chosen, the system's grounds and facts filled in."""
    text = request.args.get("base", "")
    base = _base(ObjectId(text)) if ObjectId.is_valid(text) else None
    if text and base is None:
        raise Missing()
    asked = request.args.get("kind", "")
    kind = next((one for one in DecisionKind if one.value == asked), None)
    due: Proposal | None = proposal_for(base["_id"], current_actor(), today=today()) if base else None
    if kind is None:
        kind = DecisionKind.CANCELLATION if due else _kind_for(base)
    grounds: dict[Ground, str] = {}
    if kind is DecisionKind.CANCELLATION and due:
        grounds = {due.ground: due.facts}
    elif kind is DecisionKind.REVERSAL:
        grounds = {Ground.OVERTURNED: ""}
    form: CaseForm = CaseForm.of(grounds, base=base["_id"] if base else None, kind=kind.value)
    _show_chosen(form, base)
    return form


def _kind_for(base: Raw | None) -> DecisionKind:
    lost = base is not None and base["status"] in ("revoked", "cancelled")
    return DecisionKind.REVERSAL if lost else DecisionKind.REVOCATION


def _show_chosen(form: CaseForm, base: Raw | None) -> None:
    form.base.chosen = ((str(base["_id"]), base["name"]),) if base else ()
    form.base.render_kw = {"data-lookup": url_for("bases.lookup_view")}


def _page(form: CaseForm) -> str:
    base = _base(form.base.data)
    chosen = form.chosen_kind
    page = NewCasePage(
        title=gettext(N_("New case")), form=form, action=url_for("revocation.new"),
        kinds=tuple(
            KindChoice(kind.value, gettext(kind.label), gettext(_HELP[kind]), ground_boxes(form, kind), kind is chosen)
            for kind in DecisionKind
        ),
        cancel_url=url_for("revocation.index"), base=tuple(_about(base)) if base else (), crumbs=crumbs(),
        note=gettext(N_("The title itself is touched only by the decision at the end.")),
    )  # fmt: skip
    return render_template("revocation/new.html", page=page)


def _about(base: Raw) -> Sequence[Item]:
    term = " – ".join(
        shown_day(base.get(key)) for key in ("title_first_day", "title_last_day") if base.get(key)
    )
    return (
        Item(gettext(N_("County")), county_of(base)),
        Item(
            gettext(N_("Title now")),
            office_state().status_labels("bases").get(base["status"], base["status"]),
        ),
        Item(gettext(N_("Term")), term),
    )
