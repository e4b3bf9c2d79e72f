"""The expert review, entered by the city: each expert's scores on a page of their own, the check on site, the end."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.page import show_again
from admin_views.applications.sections import EXPERTS, innovations_section
from admin_views.applications.shared import (
    asked_application,
    attempt,
    crumbs,
    done,
    page_url,
)
from admin_views.applications.view_models import ExpertPage
from admin_views.shared.files import keep_uploads, remove_asked
from admin_views.shared.guard import current_actor
from admin_views.shared.papers import send_docx_bytes, send_review_pdf
from admin_views.shared.request_context import now, office_state, today, typed_version
from admin_views.shared.retry_state import RetryState
from documents.applications.application import COLLECTION, StoredApplication, StoredExpert
from forms.applications import SCORE, ConcludeForm, ExpertForm, expert_form
from forms.sentences import put_beside, sentence
from office.papers.expert_papers import (
    ReviewFacts,
    ReviewPaper,
    review_docx,
    review_opinion,
    score_sheet,
)
from rules.applications import Verb
from rules.errors import Missing, Refusal
from rules.materials import EXPERT_ON_SITE, SCORE_SHEETS
from rules.scoring import ScoreSheet
from rules.words import N_
from services.applications.expert_papers import review_facts
from services.applications.expert_review import (
    Expert,
    conclude,
    experts_of_round,
    put_expert,
    remove_expert,
    save_expert_on_site,
)
from services.applications.rounds import measures_of, read_round
from services.applications.steps import demand_step, read_application
from services.shared.files import files_by_slot

_SHEET, _JOINT = "专家评分表", "专家评审意见"


def save() -> ResponseReturnValue:
    """Save the check on site and the files, take an expert or a file away; or conclude, which saves all or nothing."""
    raw = asked_application()
    application_id, version, form = raw["_id"], typed_version(), ConcludeForm(request.form)
    refused_files, _ = keep_uploads(COLLECTION, application_id, (SCORE_SHEETS, EXPERT_ON_SITE))
    concluding = request.form.get("action") == "conclude"
    removed_place = request.form.get("drop", type=int)

    def work() -> None:
        nonlocal version
        if concluding:
            if not refused_files:
                conclude(
                    application_id, opinion=form.opinion.data or "", on_site=form.on_site(), version=version,
                    actor=current_actor(), now=now(),
                )  # fmt: skip
            return
        version += save_expert_on_site(
            application_id, form.on_site(), version=version, actor=current_actor(), now=now(), today=today()
        )
        remove_asked(COLLECTION, application_id)
        if removed_place is not None:
            remove_expert(application_id, removed_place, version=version, actor=current_actor(), now=now())
            version += 1

    is_readable = form.validate()
    refusals, is_stale = attempt(work) if is_readable else ((), False)
    others = put_beside(form, refusals)
    if refused_files or refusals or not is_readable:
        retry = RetryState(
            EXPERTS, form=form, refusals=(*others, *refused_files), version=None if is_stale else version,
            is_stale=is_stale,
        )  # fmt: skip
        return show_again(application_id, retry, 409 if is_stale else 422)
    if concluding:
        return done(application_id, gettext(N_("Concluded: the preliminary result can be decided.")))
    if form.opinion.data:  # it is saved when the review is concluded, not before: it stays in its box
        retry = RetryState(EXPERTS, form=form, version=version, message=gettext(N_("Saved.")))
        return show_again(application_id, retry, 200)
    return done(application_id, gettext(N_("Saved.")), EXPERTS)


def edit_expert() -> ResponseReturnValue:
    """Enter one expert's scores, or correct those that stand at a place."""
    raw = asked_application()
    demand_step(raw, Verb.CONCLUDE, current_actor())
    sheet, place = read_round(raw["round"]).sheet, request.args.get("place", type=int)
    experts = raw.get("experts", [])
    if place is not None and not 0 <= place < len(experts):
        raise Missing()
    if request.method == "GET":
        filled = _filled(experts[place]) if place is not None else {}
        return _expert_page(raw, sheet, place, expert_form(sheet, filled=filled), raw["version"])
    form, version, is_stale = expert_form(sheet, request.form), typed_version(), False
    if form.validate():
        expert = Expert(
            form.name.data or "", form.organization.data or "", form.scores(), form.opinion.data or ""
        )
        refusals, is_stale = attempt(
            partial(
                put_expert, raw["_id"], expert, place=place, version=version, actor=current_actor(), now=now()
            )
        )
        if not refusals:
            message = gettext(N_("The scores of %(name)s were kept."), name=expert.name)
            return done(raw["_id"], message, EXPERTS)
        others = put_beside(form, [_of_form(refusal, sheet) for refusal in refusals])
        form.form_errors += [sentence(refusal) for refusal in others]
    if is_stale:
        raw = read_application(raw["_id"], current_actor())
        version = raw["version"]
    return _expert_page(raw, sheet, place, form, version, 409 if is_stale else 422)


def send_score_sheet() -> ResponseReturnValue:
    """Send the score sheet of a base, to be signed, as a Word file."""
    text, name = _paper(score_sheet, _SHEET)
    return send_docx_bytes(review_docx(text), name)


def send_score_sheet_pdf() -> ResponseReturnValue:
    """Send it as PDF."""
    text, name = _paper(score_sheet, _SHEET)
    return send_review_pdf(text, name, today())


def send_opinion() -> ResponseReturnValue:
    """Send the opinion of the experts on a base, to be signed, as a Word file."""
    text, name = _paper(review_opinion, _JOINT)
    return send_docx_bytes(review_docx(text), name)


def send_opinion_pdf() -> ResponseReturnValue:
    """Send it as PDF."""
    text, name = _paper(review_opinion, _JOINT)
    return send_review_pdf(text, name, today())


def _paper(make: Callable[[ReviewFacts], ReviewPaper], name: str) -> tuple[ReviewPaper, str]:
    """Return a paper of the review and the name of its file. Raises Missing while nobody has scored."""
    raw = asked_application()
    facts = review_facts(raw, read_round(raw["round"]), office_state().county_names)
    if facts is None:
        raise Missing()
    return make(facts), f"{raw['base_name']}-{name}"


def _of_form(refusal: Refusal, sheet: ScoreSheet) -> Refusal:
    """Return a refusal of a dimension as one of the field that it has in the form."""
    if refusal.field in {line.key for line in sheet.dimensions}:
        return Refusal(refusal.message, refusal.params, f"{SCORE}{refusal.field}")
    return refusal


def _filled(expert: StoredExpert) -> dict[str, Any]:
    """Return the values of the form by field."""
    scores = {f"{SCORE}{key}": points for key, points in expert["scores"].items()}
    return {
        "name": expert["name"],
        "organization": expert.get("organization"),
        "opinion": expert.get("opinion"),
    } | scores


def _expert_page(
    raw: StoredApplication,
    sheet: ScoreSheet,
    place: int | None,
    form: ExpertForm,
    version: int,
    status: int = 200,
) -> ResponseReturnValue:
    measures = measures_of(read_round(raw["round"]), today())
    page = ExpertPage(
        title=gettext(N_("Expert's scores: %(name)s"), name=raw["base_name"]),
        form=form,
        action=url_for("applications.expert", id=raw["_id"], place=place),
        cancel_url=page_url(raw["_id"], EXPERTS),
        version=version,
        scores=tuple((f"{SCORE}{line.key}", line.weight, line.of_innovations) for line in sheet.dimensions),
        innovations=innovations_section(
            raw, files_by_slot(COLLECTION, raw["_id"], current_actor()), measures
        ),
        known=tuple(experts_of_round(raw["round"])),
        help=gettext(N_("0 to 100 points in each dimension; names of experts of this round are offered.")),
        crumbs=crumbs(raw),
    )
    return render_template("applications/expert.html", page=page), status
