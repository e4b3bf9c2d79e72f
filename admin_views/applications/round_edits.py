"""Enter, change, close and reopen a round."""

from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.rounds import asked_round, crumbs, done, rounds, span, typed_version
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, today
from admin_views.shared.view_models import ConfirmPage, FormPage, FormSection, Item
from forms.rounds import RoundForm
from forms.sentences import sentence, show_refusals
from rules.access import Permission
from rules.errors import Refused, Stale
from rules.measures import Level
from rules.scoring import STANDARD_SHEET
from rules.words import N_
from services.applications.rounds import KeptRound, save_round
from services.assessment.rule_sets import read_editions

_OWN = ("year", "name", "call_title", "call_number", "rule_set", "assessed_year")


@rounds.route("/new/", methods=["GET", "POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def new() -> ResponseReturnValue:
    """Enter a new round."""
    title = gettext(N_("New round"))
    if request.method == "GET":
        return _page(_filled(_start()), title, None)
    form = _typed()
    if form.validate():
        try:
            made = save_round(_round(form), actor=current_actor(), now=now())
        except Refused as problem:
            show_refusals(form, problem)
        else:
            return done(made, gettext(N_("Saved.")))
    return _page(form, title, None)


@rounds.route("/<text>/edit/", methods=["GET", "POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def edit(text: str) -> ResponseReturnValue:
    """Change a round."""
    one = asked_round(text)
    title = gettext(N_("Edit: %(name)s"), name=one.name)
    if request.method == "GET":
        return _page(_filled(one), title, one)
    form, version, status = _typed(), typed_version(), 422
    if form.validate():
        try:
            save_round(
                replace(_round(form), closed=one.closed), round_id=one.id, version=version, actor=current_actor(),
                now=now(),
            )  # fmt: skip
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
            if isinstance(problem, Stale):
                # Saved again it replaces what the other one saved: the page has said so.
                version, status = one.version, 409
        else:
            return done(one.id, gettext(N_("Saved.")))
    return _page(form, title, replace(one, version=version), status)


def _start() -> KeptRound:
    year = today().year
    code = max(
        (
            edition.measures
            for edition in read_editions()
            if not edition.draft and edition.measures.level is Level.CITY
        ),
        key=lambda one: one.first_day,
    ).code
    name = gettext(N_("Applications of %(year)s"), year=year)
    return KeptRound(year, name, today(), today(), code, STANDARD_SHEET, year - 1)


def _filled(one: KeptRound) -> RoundForm:
    given: dict[str, Any] = {name: getattr(one, name) for name in _OWN}
    given |= {name: getattr(one, name) for name in ("call_dated", "recommend_until")}
    if one.id:
        given |= {"apply_from": one.apply_from, "apply_until": one.apply_until}
    sheet = one.sheet
    given |= {name: getattr(sheet, name) for name in ("least_experts", "drop_from", "pass_score")}
    given["dimensions"] = [
        {"key": line.key, "label": line.label, "weight": line.weight} for line in sheet.dimensions
    ]
    return _offered(RoundForm(data=given))


def _typed() -> RoundForm:
    return _offered(RoundForm(formdata=request.form))


def _offered(form: RoundForm) -> RoundForm:
    sets = [edition.measures for edition in read_editions() if not edition.draft]
    sets.sort(key=lambda one: (one.level is not Level.CITY, one.level.value, -one.first_day.toordinal()))
    form.offer([(one.code, f"{one.title}（{gettext(one.level.label)}）") for one in sets])
    return form


def _round(form: RoundForm) -> KeptRound:
    own: dict[str, Any] = {name: form[name].data for name in _OWN}
    own |= {name: own[name] or "" for name in ("call_title", "call_number", "rule_set")}
    own |= form.days()
    return KeptRound(**own, sheet=form.sheet())


def _page(form: RoundForm, title: str, one: KeptRound | None, status: int = 422) -> ResponseReturnValue:
    sections = (
        FormSection(gettext(N_("The round")), (("year", "assessed_year"), ("name",), ("rule_set",))),
        FormSection(gettext(N_("The call")), (("call_title",), ("call_number", "call_dated"))),
        FormSection(gettext(N_("Days")), (("apply_from", "apply_until"), ("recommend_until",))),
        FormSection(
            gettext(N_("Score sheet")),
            (("dimensions",), ("least_experts", "drop_from"), ("pass_score",)),
            gettext(N_("Each expert gives 0 to 100 points in each dimension; the weights add up to 100.")),
        ),
    )
    page = FormPage(
        title=title,
        form=form,
        sections=sections,
        action=request.path,
        cancel_url=url_for("rounds.show", text=one.id) if one else url_for("rounds.index"),
        save_label=gettext(N_("Save")),
        version=one.version if one else None,
        crumbs=crumbs(),
    )
    wrong = form.errors or form.form_errors
    return render_template("applications/round_form.html", page=page), status if wrong else 200


@rounds.route("/<text>/close/", methods=["GET", "POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def close(text: str) -> ResponseReturnValue:
    """Close a round, or open a closed one again, after a question."""
    one, said = asked_round(text), ""
    if request.method == "POST":
        try:
            save_round(
                replace(one, closed=not one.closed), round_id=one.id, version=typed_version(), actor=current_actor(),
                now=now(),
            )  # fmt: skip
        except Stale as problem:
            said = sentence(problem.refusals[0])
        except Refused as problem:
            said = " ".join(sentence(reason) for reason in problem.refusals)
        else:
            words = N_("The round takes applications again.") if one.closed else N_("The round is closed.")
            return done(one.id, gettext(words))
    return render_template("shared/confirm.html", page=_question(one, said)), 409 if said else 200


def _question(one: KeptRound, refusal: str) -> ConfirmPage:
    button = gettext(N_("Reopen")) if one.closed else gettext(N_("Close"))
    question = (
        gettext(N_("Reopen the round “%(name)s”?"), name=one.name)
        if one.closed
        else gettext(N_("Close the round “%(name)s”?"), name=one.name)
    )
    consequences = (
        gettext(N_("Bases can apply in it again, until its last day."))
        if one.closed
        else gettext(N_("No further base can apply in it; applications under way go on.")),
    )
    return ConfirmPage(
        title=button,
        question=question,
        action=url_for("rounds.close", text=one.id),
        button=button,
        cancel_url=url_for("rounds.show", text=one.id),
        consequences=consequences,
        facts=(Item(gettext(N_("Application period")), span(one)),),
        refusal=refusal,
        hidden=(("version", str(one.version)),),
        danger=not one.closed,
        crumbs=crumbs(),
    )
