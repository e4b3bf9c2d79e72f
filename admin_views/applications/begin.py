"""The beginning of an application: which base, in which round; what it applies for follows from its title."""

from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.shared import crumbs, page_url
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, today
from admin_views.shared.view_models import FormPage, FormSection
from documents.records.base import Base
from forms.applications import BeginForm
from forms.sentences import sentence, show_refusals
from rules.access import Permission
from rules.applications import kind_for, refusals_to_apply
from rules.errors import Missing, Refused
from rules.words import N_
from services.applications.applications import applicant_of, begin
from services.applications.rounds import KeptRound, rounds


@needs(Permission.WRITE)
def new_view() -> ResponseReturnValue:
    """Begin an application of a base in a round."""
    offered = [one for one in rounds() if one.takes_applications(today())]
    if request.method == "GET":
        form = _linked(BeginForm(data=_asked(offered)), offered)
        return _begin_page(form, _hints(form, offered), offered)
    form = _linked(BeginForm(request.form), offered)
    if form.validate():
        try:
            made = begin(
                _the_base(form), _the_round(form, offered), actor=current_actor(), now=now(), today=today()
            )
        except Refused as problem:
            show_refusals(form, problem)
        else:
            flash(gettext(N_("Begun: bring the ten materials together.")), "success")
            return redirect(page_url(made), 303)
    return _begin_page(form, (), offered, 422)


def _asked(offered: list[KeptRound]) -> dict[str, Any]:
    text, round_id = request.args.get("base", ""), request.args.get("round", "")
    first = next((one for one in offered if str(one.id) == round_id), offered[0] if offered else None)
    return {
        "base": ObjectId(text) if ObjectId.is_valid(text) else None,
        "round": str(first.id) if first else "",
    }


def _linked(form: BeginForm, offered: list[KeptRound]) -> BeginForm:
    form.round.choices = [(str(one.id), one.name) for one in offered]
    form.base.render_kw = {**form.base.render_kw, "data-lookup": url_for("bases.lookup_view")}
    if form.base.data is not None:
        found = Base.by_ids([form.base.data], current_actor()).as_pymongo().first()
        if found is None:
            raise Missing()
        form.base.chosen = ((str(found["_id"]), found["name"]),)
        form.base.record = found
    return form


def _the_base(form: BeginForm) -> ObjectId:
    found: ObjectId = form.base.data
    return found


def _the_round(form: BeginForm, offered: list[KeptRound]) -> ObjectId:
    found = next((one.id for one in offered if str(one.id) == form.round.data), None)
    if found is None:
        raise Refused(N_("No round takes applications today."))
    return found


def _hints(form: BeginForm, offered: list[KeptRound]) -> tuple[str, ...]:
    """Return why the base that the address names could not apply today."""
    if form.base.data is None or not offered:
        return ()
    applicant = applicant_of(form.base.record)
    reasons = refusals_to_apply(kind_for(applicant, today()), applicant, round_open=True, today=today())
    return tuple(sentence(one) for one in reasons)


def _begin_page(
    form: BeginForm, problems: tuple[str, ...], offered: list[KeptRound], status: int = 200
) -> ResponseReturnValue:
    help_ = N_(
        "A base without the title applies for certification; one whose title ends this year, for its renewal."
    )
    if not offered:
        problems = (*problems, gettext(N_("No round takes applications today.")))
    page = FormPage(
        title=gettext(N_("New application")),
        form=form,
        sections=(FormSection(gettext(N_("Who applies where")), (("base",), ("round",)), gettext(help_)),),
        action=url_for("applications.new_view"),
        cancel_url=url_for("applications.index_view"),
        save_label=gettext(N_("Begin the application")),
        problems=problems,
        crumbs=crumbs(),
    )
    return render_template("records/form.html", page=page), status


ROUTES = (("/new/", "new_view", new_view, ("GET", "POST")),)
