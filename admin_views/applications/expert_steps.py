"""The steps of the expert review: enter each expert's scores, keep the check on site, conclude (city only)."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.page import answered
from admin_views.applications.sections import EXPERTS
from admin_views.applications.shared import (
    Again,
    asked_application,
    attempt,
    back,
    crumbs,
    page_url,
    put_beside,
    typed_version,
)
from admin_views.applications.view_models import ExpertPage
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, today
from admin_views.shared.slot_files import keep_uploads, remove_asked
from documents.applications.application import COLLECTION
from forms.applications import SCORE, ConcludeForm, expert_form
from forms.sentences import sentence
from rules.access import Permission
from rules.applications import Verb
from rules.errors import Missing, Refusal
from rules.materials import EXPERT_ON_SITE, SCORE_SHEETS
from rules.scoring import ScoreSheet
from rules.words import N_
from services.applications.expert_review import (
    Expert,
    conclude,
    experts_of_round,
    keep_expert_on_site,
    put_expert,
    remove_expert,
)
from services.applications.rounds import read_round
from services.applications.steps import Raw, demand_step, read_application


@needs(Permission.DECIDE_APPLICATIONS)
def experts() -> ResponseReturnValue:
    """Keep the check on site and the files; take an expert or a file away, or conclude, where that was asked for."""
    raw = asked_application()
    application, version, form = raw["_id"], typed_version(), ConcludeForm(request.form)
    refused, _ = keep_uploads(COLLECTION, application, (SCORE_SHEETS, EXPERT_ON_SITE))
    concluding = request.form.get("action") == "conclude"
    place = request.form.get("drop", type=int)

    def work() -> None:
        nonlocal version
        version += keep_expert_on_site(
            application, form.on_site(), version=version, actor=current_actor(), now=now(), today=today()
        )
        remove_asked(COLLECTION, application)
        if place is not None:
            remove_expert(application, place, version=version, actor=current_actor(), now=now())
            version += 1
        if concluding and not refused:
            conclude(
                application,
                opinion=form.opinion.data or "",
                version=version,
                actor=current_actor(),
                now=now(),
            )

    readable = form.validate()
    reasons, stale = attempt(work) if readable else ((), False)
    rest = put_beside(form, reasons)
    if refused or reasons or not readable:
        again = Again(
            EXPERTS, form=form, refusals=(*rest, *refused), version=None if stale else version, stale=stale
        )
        return answered(application, again, 409 if stale else 422)
    if concluding:
        return back(application, gettext(N_("Concluded: the preliminary result can be decided.")))
    if form.opinion.data:  # it is kept when the review is concluded, not before: it stays in its box
        again = Again(EXPERTS, form=form, version=version, said=gettext(N_("Saved.")))
        return answered(application, again, 200)
    return back(application, gettext(N_("Saved.")), EXPERTS)


@needs(Permission.DECIDE_APPLICATIONS)
def expert() -> ResponseReturnValue:
    """Enter one expert's scores, or correct those that stand at a place."""
    raw = asked_application()
    demand_step(raw, Verb.CONCLUDE, current_actor())
    sheet, place = read_round(raw["round"]).sheet, request.args.get("place", type=int)
    rows = raw.get("experts", [])
    if place is not None and not 0 <= place < len(rows):
        raise Missing()
    if request.method == "GET":
        filled = _filled(rows[place]) if place is not None else {}
        return _expert_page(raw, sheet, place, expert_form(sheet, filled=filled), raw["version"])
    form, version, stale = expert_form(sheet, request.form), typed_version(), False
    if form.validate():
        typed = Expert(
            form["name"].data or "", form.organization.data or "", form.scores(), form.opinion.data or ""
        )
        reasons, stale = attempt(
            lambda: put_expert(
                raw["_id"], typed, place=place, version=version, actor=current_actor(), now=now()
            )
        )  # fmt: skip
        if not reasons:
            return back(raw["_id"], gettext(_KEPT, name=typed.name), EXPERTS)
        keys = {line.key for line in sheet.dimensions}
        named = [
            Refusal(one.message, one.params, f"{SCORE}{one.field}") if one.field in keys else one
            for one in reasons
        ]
        form.form_errors += [sentence(one) for one in put_beside(form, named)]
    if stale:
        raw = read_application(raw["_id"], current_actor())
        version = raw["version"]
    return _expert_page(raw, sheet, place, form, version, 409 if stale else 422)


_KEPT = N_("The scores of %(name)s were kept.")


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    scores = {f"{SCORE}{key}": points for key, points in row["scores"].items()}
    return {
        "name": row["name"],
        "organization": row.get("organization"),
        "opinion": row.get("opinion"),
    } | scores


def _expert_page(
    raw: Raw, sheet: ScoreSheet, place: int | None, form: Any, version: int, status: int = 200
) -> ResponseReturnValue:
    title = N_("Expert's scores: %(name)s")
    page = ExpertPage(
        title=gettext(title, name=raw["base_name"]),
        form=form,
        action=url_for("applications.expert", id=raw["_id"], place=place),
        cancel_url=page_url(raw["_id"], EXPERTS),
        version=version,
        scores=tuple((f"{SCORE}{line.key}", line.weight) for line in sheet.dimensions),
        known=tuple(experts_of_round(raw["round"])),
        help=gettext(N_("0 to 100 points in each dimension; names of experts of this round are offered.")),
        crumbs=crumbs(raw),
    )
    return render_template("applications/expert.html", page=page), status


ROUTES = (
    ("/experts/", "experts", experts, ("POST",)),
    ("/expert/", "expert", expert, ("GET", "POST")),
)
