"""The beginning of an application: which base, in which round; what it applies for follows from its title."""

from typing import Any, cast

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.shared import crumbs, page_url
from admin_views.applications.view_models import SeveralPage
from admin_views.shared.beginning import asks_reason, ended_warnings
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, office_state, parse_object_id, today
from admin_views.shared.view_models import FormPage, FormSection
from documents.records.base import Base
from forms.applications import BeginForm, SeveralForm
from forms.sentences import put_beside, sentence, show_refusals
from rules.applications import kind_for, refusals_to_apply
from rules.errors import Refused
from rules.rule_sets.measures import Measures
from rules.words import N_
from services.applications.applicants import applicant_of, candidates
from services.applications.rounds import ApplicationRound, measures_of, rounds
from services.applications.submission import begin, begin_together
from services.assessment.rule_sets import set_shown

_LOOKUP_LENGTH = 20
_MOST_SEVERAL = 200


def look_up() -> ResponseReturnValue:
    """Answer a look-up by typing: the bases that may apply in the round, then, greyed, why the others may not."""
    open_rounds = [stored_round for stored_round in rounds() if stored_round.takes_applications(today())]
    asked = request.args.get("round", "")
    of_round = next((one for one in open_rounds if str(one.id) == asked), next(iter(open_rounds), None))
    if of_round is None:
        return {"results": [], "more": False}
    words = request.args.get("q", "")[:60].replace("\x00", "")
    found = candidates(words, of_round, actor=current_actor(), today=today(), most=_LOOKUP_LENGTH)
    counties = office_state().county_names
    results = [
        {
            "id": str(one.base["_id"]), "text": one.base["name"], "disabled": bool(one.refusals),
            "hint": sentence(one.refusals[0]) if one.refusals else counties.get(one.base["county"], ""),
        }
        for one in found.shown
    ]  # fmt: skip
    return {"results": results, "more": found.more}


def begin_application() -> ResponseReturnValue:
    """Begin an application of a base in a round."""
    open_rounds = [stored_round for stored_round in rounds() if stored_round.takes_applications(today())]
    if request.method == "GET":
        form = _with_choices(BeginForm(data=_asked(open_rounds)), open_rounds)
        return _form_page(form, _hints(form, open_rounds), open_rounds)
    form = _with_choices(BeginForm(request.form), open_rounds)
    if form.validate():
        try:
            base_id = cast("ObjectId", form.base.data)
            application_id = begin(
                base_id, _chosen_round(form, open_rounds), reason_to_begin=form.reason_to_begin.data or "",
                actor=current_actor(), now=now(), today=today(),
            )  # fmt: skip
        except Refused as problem:
            show_refusals(form, problem)
        else:
            flash(gettext(N_("Begun: bring the ten materials together.")), "success")
            return redirect(page_url(application_id), 303)
    return _form_page(form, (), open_rounds, 422)


def begin_several() -> ResponseReturnValue:
    """Begin an application for each base that is ticked, of those that may apply in a round."""
    open_rounds = [stored_round for stored_round in rounds() if stored_round.takes_applications(today())]
    asked = request.values.get("round", "")
    of_round = next((one for one in open_rounds if str(one.id) == asked), next(iter(open_rounds), None))
    if of_round is None or of_round.id is None:
        flash(gettext(N_("No round takes applications today.")), "warning")
        return redirect(url_for("publication.index"), 303)
    form = SeveralForm(request.form if request.method == "POST" else None)
    chosen = [parse_object_id(text) for text in request.form.getlist("bases")]
    problems: tuple[str, ...] = ()
    if request.method == "POST" and form.validate():
        try:
            begun = begin_together(
                chosen, of_round.id, reason_to_begin=form.reason_to_begin.data or "", actor=current_actor(),
                now=now(), today=today(),
            )  # fmt: skip
        except Refused as problem:
            problems = tuple(sentence(refusal) for refusal in put_beside(form, problem.refusals))
        else:
            flash(
                gettext(
                    N_("%(count)s applications are begun: bring the ten materials together."),
                    count=len(begun),
                ),
                "success",
            )
            return redirect(page_url(begun[0]), 303)
    return _several_page(of_round, form, chosen, problems)


def _several_page(
    of_round: ApplicationRound, form: SeveralForm, chosen: list[ObjectId], problems: tuple[str, ...]
) -> ResponseReturnValue:
    words = request.args.get("q", "")[:60].replace("\x00", "")
    found = candidates(words, of_round, actor=current_actor(), today=today(), most=_MOST_SEVERAL)
    counties, measures = office_state().county_names, measures_of(of_round, today())
    allowed = [one.base for one in found.shown if not one.refusals]
    page = SeveralPage(
        title=gettext(N_("Begin applications")),
        round=of_round.name,
        action=url_for("applications.several", round=of_round.id),
        form=form,
        bases=tuple(
            (str(base["_id"]), base["name"], base["operator"], counties.get(base["county"], ""), base["_id"] in chosen)
            for base in allowed
        ),
        search=words,
        more=found.more and len(allowed) == _MOST_SEVERAL,
        reason=asks_reason(form, measures),
        problems=problems,
        warnings=() if form.errors or problems else ended_warnings(measures),
        cancel_url=url_for("publication.index", round=of_round.id),
        crumbs=crumbs(),
    )  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render_template("applications/begin_several.html", page=page), status


def _asked(open_rounds: list[ApplicationRound]) -> dict[str, Any]:
    """Return base and round that the address names; without a round that is open, the first that is."""
    base_text, round_text = request.args.get("base", ""), request.args.get("round", "")
    asked = [stored_round for stored_round in open_rounds if str(stored_round.id) == round_text]
    first = next(iter([*asked, *open_rounds]), None)
    return {
        "base": ObjectId(base_text) if ObjectId.is_valid(base_text) else None,
        "round": str(first.id) if first else "",
    }


def _with_choices(form: BeginForm, open_rounds: list[ApplicationRound]) -> BeginForm:
    form.round.choices = [(str(stored_round.id), stored_round.name) for stored_round in open_rounds]
    form.base.render_kw = {
        **form.base.render_kw,
        "data-lookup": url_for("applications.lookup"),
        "data-depends": "round",
    }
    if form.base.data is not None:
        base = Base.read(form.base.data, current_actor())
        form.base.chosen = ((str(base["_id"]), base["name"]),)
        form.base.record = base
    return form


def _chosen_round(form: BeginForm, open_rounds: list[ApplicationRound]) -> ObjectId:
    ids = {str(stored_round.id): stored_round.id for stored_round in open_rounds}
    chosen = ids.get(form.round.data)
    if chosen is None:
        raise Refused(N_("No round takes applications today."))
    return chosen


def _hints(form: BeginForm, open_rounds: list[ApplicationRound]) -> tuple[str, ...]:
    """Return why the base that the address names could not apply today."""
    if form.base.data is None or not open_rounds:
        return ()
    applicant = applicant_of(form.base.record)
    kind, measures = kind_for(applicant, today()), set_shown(today())
    refusals = refusals_to_apply(kind, applicant, measures, round_open=True, today=today())
    return tuple(sentence(refusal) for refusal in refusals)


def _measures_of(form: BeginForm, open_rounds: list[ApplicationRound]) -> Measures | None:
    """Return the rule set that an application in the round chosen would be decided under."""
    chosen = [stored_round for stored_round in open_rounds if str(stored_round.id) == form.round.data]
    return measures_of(chosen[0], today()) if chosen else None


def _form_page(
    form: BeginForm, problems: tuple[str, ...], open_rounds: list[ApplicationRound], status: int = 200
) -> ResponseReturnValue:
    help_ = N_(
        "A base without the title applies for certification; one whose title ends this year, for its renewal."
    )
    if not open_rounds:
        problems = (*problems, gettext(N_("No round takes applications today.")))
    rows: tuple[tuple[str, ...], ...] = (("base",), ("round",))
    measures = _measures_of(form, open_rounds)
    if measures and asks_reason(form, measures):
        rows = (*rows, ("reason_to_begin",))
    if measures and status == 200:
        problems = (*problems, *ended_warnings(measures))
    page = FormPage(
        title=gettext(N_("New application")),
        form=form,
        sections=(FormSection(gettext(N_("Who applies where")), rows, gettext(help_)),),
        action=url_for("applications.new_view"),
        cancel_url=url_for("applications.index_view"),
        save_label=gettext(N_("Begin the application")),
        problems=problems,
        crumbs=crumbs(),
    )
    return render_template("records/form.html", page=page), status
