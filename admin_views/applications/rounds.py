"""The rounds: a year's call with its days, rule set and score sheet; entered by the city, read by everyone."""

from dataclasses import replace
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.labels import stage_badge_of
from admin_views.applications.view_models import DimensionRow, RoundPage, RoundRow, RoundsPage, StageCount
from admin_views.assessment.rule_set_labels import days_text
from admin_views.shared.beginning import asks_reason, ended_warnings, reason_facts
from admin_views.shared.exporting import send_archive
from admin_views.shared.guard import current_actor
from admin_views.shared.history import history_entries
from admin_views.shared.request_context import now, office_state, parse_object_id, today, typed_version
from admin_views.shared.view_models import (
    Action,
    ConfirmPage,
    Empty,
    Fact,
    FormPage,
    FormSection,
    Item,
    Link,
    Text,
    badge,
    figure,
)
from documents.applications.application import Application
from documents.applications.round import COLLECTION
from forms.rounds import RoundForm
from forms.sentences import sentence, show_refusals
from rules.access import Permission
from rules.applications import Stage
from rules.errors import Refused, Stale
from rules.rule_sets.measures import REASON_TO_BEGIN, Level, Measures, in_force
from rules.scoring import STANDARD_SHEET, ScoreSheet
from rules.words import N_
from services.applications.round_package import round_package
from services.applications.rounds import ApplicationRound, read_round, save_round
from services.applications.rounds import rounds as all_rounds
from services.assessment.rule_sets import read_editions, rule_sets
from services.shared.files import clean_name

TITLE = N_("Rounds")
_HISTORY_ROWS = 20
# What the form has of a round under the same name, beside its days and its score sheet.
_OWN = ("year", "name", "call_title", "call_number", "rule_set", "assessed_year", "reason_to_begin")


def _crumbs() -> tuple[Link, ...]:
    return (Link(gettext(TITLE), url_for("rounds.index")),)


def _may_decide() -> bool:
    """Tell whether the clerk may enter rounds."""
    return current_actor().may(Permission.DECIDE_APPLICATIONS)


def _asked_round(text: str) -> ApplicationRound:
    """Return the round that the address names. Raises Missing."""
    return read_round(parse_object_id(text))


# --- Reading them ----------------------------------------------------------------------------------


def index() -> ResponseReturnValue:
    """Show every round, the latest first."""
    rows = tuple(_row(stored_round) for stored_round in all_rounds())
    actions: tuple[Action, ...] = ()
    if _may_decide():
        actions = (Action(gettext(N_("New round")), url_for("rounds.new"), "primary", "plus"),)
    empty = Empty(
        gettext(N_("No round yet")),
        gettext(
            N_("A round is one year's call: its days, its rule set and its score sheet. Bases apply in it.")
        ),
        actions,
    )
    page = RoundsPage(rows, actions, None if rows else empty)
    return render_template("applications/rounds.html", page=page)


def _row(stored_round: ApplicationRound) -> RoundRow:
    recommend_until = stored_round.recommend_until
    return RoundRow(
        name=stored_round.name,
        url=url_for("rounds.show", text=stored_round.id),
        state=_state_badge(stored_round),
        span=_span(stored_round),
        recommend_until=recommend_until.isoformat() if recommend_until else "",
        count=figure(sum(_counts_by_stage(stored_round).values())),
        applications_url=url_for("applications.index_view", round=stored_round.id),
    )


def _counts_by_stage(stored_round: ApplicationRound) -> dict[str, int]:
    """Return how many applications in the actor's scope stand at each stage, by its code."""
    counts: dict[str, int] = {}
    applications = Application.objects.visible_to(current_actor()).in_round(stored_round.id)
    for row in applications.counts_by_stage():
        counts[row["stage"]] = counts.get(row["stage"], 0) + row["n"]
    return counts


def _span(stored_round: ApplicationRound) -> str:
    """Return the days between which a base may apply."""
    return f"{stored_round.apply_from.isoformat()} – {stored_round.apply_until.isoformat()}"


def _state_badge(stored_round: ApplicationRound) -> Text:
    """Return whether a round takes applications today."""
    if stored_round.closed:
        return badge(gettext(N_("Closed")), "grey")
    if today() < stored_round.apply_from:
        return badge(gettext(N_("Not begun")), "blue")
    if today() > stored_round.apply_until:
        return badge(gettext(N_("Application over")), "amber")
    return badge(gettext(N_("Taking applications")), "green")


def show(text: str) -> ResponseReturnValue:
    """Show one round: days, paper, score sheet, and how far its applications are."""
    stored_round = _asked_round(text)
    call_number = f"（{stored_round.call_number}）" if stored_round.call_number else ""
    call_dated = stored_round.call_dated
    page = RoundPage(
        title=stored_round.name,
        state=_state_badge(stored_round),
        facts=_facts(stored_round),
        call=" ".join(part for part in (stored_round.call_title, call_number) if part),
        call_dated=call_dated.isoformat() if call_dated else "",
        stages=_stages(stored_round),
        dimensions=tuple(
            DimensionRow(line.label, figure(line.weight), line.of_innovations)
            for line in stored_round.sheet.dimensions
        ),
        sheet_note=_sheet_note(stored_round.sheet),
        actions=_actions(stored_round),
        history=history_entries(COLLECTION, stored_round.id, most=_HISTORY_ROWS)
        if stored_round.id and current_actor().may(Permission.READ_AUDIT) else (),
        crumbs=_crumbs(),
    )  # fmt: skip
    return render_template("applications/round.html", page=page)


def package(text: str) -> ResponseReturnValue:
    """Send the papers of a round as one zip: what bases handed in, letters, published papers, tables."""
    stored_round, actor = _asked_round(text), current_actor()
    parts = round_package(stored_round, county_names=office_state().county_names, actor=actor, today=today())
    files = ((part.path, part.pieces) for part in parts)
    count = sum(_counts_by_stage(stored_round).values())
    return send_archive(files, f"{clean_name(stored_round.name)}-全套材料.zip", count)


def _facts(stored_round: ApplicationRound) -> tuple[Fact, ...]:
    code, recommend_until = stored_round.rule_set, stored_round.recommend_until
    titles = {edition.measures.code: edition.measures.title for edition in read_editions()}
    return (
        Fact(gettext(N_("Application period")), _span(stored_round)),
        Fact(
            gettext(N_("Counties recommend until")), recommend_until.isoformat() if recommend_until else "—"
        ),
        Fact(gettext(N_("Assessed year")), str(stored_round.assessed_year)),
        Fact(gettext(N_("Rule set")), titles.get(code, code), url=url_for("rule_sets.show", code=code)),
        *reason_facts({REASON_TO_BEGIN: stored_round.reason_to_begin}),
    )


def _stages(stored_round: ApplicationRound) -> tuple[StageCount, ...]:
    counts = _counts_by_stage(stored_round)
    url = url_for("applications.index_view", round=stored_round.id)
    return tuple(
        StageCount(stage_badge_of(stage), figure(counts[stage.value]), f"{url}&stage={stage.value}")
        for stage in Stage
        if counts.get(stage.value)
    )


def _sheet_note(sheet: ScoreSheet) -> str:
    sentences = [
        gettext(N_("At least %(count)d experts."), count=sheet.least_experts),
        gettext(
            N_("From %(count)d experts on, one highest and one lowest total do not count."), count=sheet.drop_from
        ),
    ]  # fmt: skip
    if sheet.pass_score is not None:
        below = N_("Below %(line)d points, selecting a base needs a written reason.")
        sentences.append(gettext(below, line=sheet.pass_score))
    return " ".join(sentences)


def _actions(stored_round: ApplicationRound) -> tuple[Action, ...]:
    applications_url = url_for("applications.index_view", round=stored_round.id)
    actions = [Action(gettext(N_("Applications of this round")), applications_url, icon="ledger")]
    if current_actor().may(Permission.EXPORT):
        package_url = url_for("rounds.package", text=stored_round.id)
        actions.append(Action(gettext(N_("All papers (.zip)")), package_url, icon="download"))
    if _may_decide():
        close_label = gettext(N_("Reopen")) if stored_round.closed else gettext(N_("Close"))
        close_icon = "restore" if stored_round.closed else "revoke"
        actions += [
            Action(
                gettext(N_("Experts and scores")),
                url_for("rounds.scores", text=stored_round.id),
                icon="users",
            ),
            Action(close_label, url_for("rounds.close", text=stored_round.id), icon=close_icon),
            Action(gettext(N_("Edit")), url_for("rounds.edit", text=stored_round.id), "primary", "edit"),
        ]
    return tuple(actions)


# --- Entering and changing one -----------------------------------------------------------------------


def new() -> ResponseReturnValue:
    """Enter a new round."""
    title = gettext(N_("New round"))
    if request.method == "GET":
        return _form_page(_filled(_usual_round()), title, None)
    form = _sent_form()
    if form.validate():
        try:
            round_id = save_round(_entered(form), actor=current_actor(), now=now())
        except Refused as problem:
            show_refusals(form, problem)
        else:
            return _done(round_id, gettext(N_("Saved.")))
    return _form_page(form, title, None)


def edit(text: str) -> ResponseReturnValue:
    """Change a round."""
    stored_round = _asked_round(text)
    title = gettext(N_("Edit: %(name)s"), name=stored_round.name)
    if request.method == "GET":
        return _form_page(_filled(stored_round), title, stored_round)
    form, version, status = _sent_form(), typed_version(), 422
    if form.validate():
        entered = replace(_entered(form), closed=stored_round.closed)
        try:
            save_round(entered, round_id=stored_round.id, version=version, actor=current_actor(), now=now())
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
            if isinstance(problem, Stale):
                # Saved again it replaces what the other one saved: the page has said so.
                version, status = stored_round.version, 409
        else:
            return _done(stored_round.id, gettext(N_("Saved.")))
    return _form_page(form, title, replace(stored_round, version=version), status)


def _done(round_id: ObjectId | None, message: str) -> ResponseReturnValue:
    """Say that it is done and show the round."""
    flash(message, "success")
    return redirect(url_for("rounds.show", text=round_id), 303)


def _usual_round() -> ApplicationRound:
    """Return what the form of a new round begins with: this year, the rule set in force, the standard score sheet."""
    year = today().year
    usual = in_force(_city_sets(), today(), Level.CITY)[0]
    name = gettext(N_("Applications of %(year)s"), year=year)
    return ApplicationRound(year, name, today(), today(), usual.code, STANDARD_SHEET, year - 1)


def _city_sets() -> tuple[Measures, ...]:
    return tuple(measures for measures in rule_sets() if measures.level is Level.CITY)


def _filled(stored_round: ApplicationRound) -> RoundForm:
    names = (*_OWN, "call_dated", "recommend_until")
    values: dict[str, Any] = {name: getattr(stored_round, name) for name in names}
    if stored_round.id:
        values |= {"apply_from": stored_round.apply_from, "apply_until": stored_round.apply_until}
    sheet = stored_round.sheet
    values |= {name: getattr(sheet, name) for name in ("least_experts", "drop_from", "pass_score")}
    values["dimensions"] = [
        {
            "key": line.key,
            "label": line.label,
            "weight": line.weight,
            "of_innovations": line.of_innovations,
        }
        for line in sheet.dimensions
    ]
    return _with_rule_sets(RoundForm(data=values))


def _sent_form() -> RoundForm:
    return _with_rule_sets(RoundForm(formdata=request.form))


def _with_rule_sets(form: RoundForm) -> RoundForm:
    """Offer the city's rule sets that are no drafts, the latest first."""
    measures = sorted(_city_sets(), key=lambda offered: offered.first_day, reverse=True)
    form.offer([(offered.code, f"{offered.title}（{days_text(offered)}）") for offered in measures])
    return form


def _entered(form: RoundForm) -> ApplicationRound:
    values: dict[str, Any] = {name: form[name].data for name in _OWN}
    values |= {
        name: values[name] or "" for name in ("call_title", "call_number", "rule_set", "reason_to_begin")
    }
    return ApplicationRound(**values | form.days(), sheet=form.sheet())


def _form_page(
    form: RoundForm, title: str, stored_round: ApplicationRound | None, status: int = 422
) -> ResponseReturnValue:
    named: tuple[tuple[str, ...], ...] = (("year", "assessed_year"), ("name",), ("rule_set",))
    chosen = next((measures for measures in _city_sets() if measures.code == form.rule_set.data), None)
    if chosen and asks_reason(form, chosen):
        named = (*named, ("reason_to_begin",))
    is_new_without_errors = stored_round is None and not (form.errors or form.form_errors)
    sections = (
        FormSection(gettext(N_("The round")), named),
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
        cancel_url=url_for("rounds.show", text=stored_round.id) if stored_round else url_for("rounds.index"),
        save_label=gettext(N_("Save")),
        version=stored_round.version if stored_round else None,
        problems=ended_warnings(chosen) if chosen and is_new_without_errors else (),
        crumbs=_crumbs(),
    )
    is_refused = form.errors or form.form_errors
    return render_template("applications/round_form.html", page=page), status if is_refused else 200


# --- Closing and reopening one -----------------------------------------------------------------------


def close(text: str) -> ResponseReturnValue:
    """Close a round, or open a closed one again, after a question."""
    stored_round, refusal = _asked_round(text), ""
    if request.method == "POST":
        entered = replace(stored_round, closed=not stored_round.closed)
        try:
            save_round(
                entered, round_id=stored_round.id, version=typed_version(), actor=current_actor(), now=now()
            )
        except Stale as problem:
            refusal = sentence(problem.refusals[0])
        except Refused as problem:
            refusal = " ".join(sentence(reason) for reason in problem.refusals)
        else:
            reopened, closed = N_("The round takes applications again."), N_("The round is closed.")
            return _done(stored_round.id, gettext(reopened if stored_round.closed else closed))
    page = _question(stored_round, refusal)
    return render_template("shared/confirm.html", page=page), 409 if refusal else 200


def _question(stored_round: ApplicationRound, refusal: str) -> ConfirmPage:
    if stored_round.closed:
        button = gettext(N_("Reopen"))
        question = gettext(N_("Reopen the round “%(name)s”?"), name=stored_round.name)
        consequence = gettext(N_("Bases can apply in it again, until its last day."))
    else:
        button = gettext(N_("Close"))
        question = gettext(N_("Close the round “%(name)s”?"), name=stored_round.name)
        consequence = gettext(N_("No further base can apply in it; applications under way go on."))
    return ConfirmPage(
        title=button,
        question=question,
        action=url_for("rounds.close", text=stored_round.id),
        button=button,
        cancel_url=url_for("rounds.show", text=stored_round.id),
        consequences=(consequence,),
        facts=(Item(gettext(N_("Application period")), _span(stored_round)),),
        refusal=refusal,
        hidden=(("version", str(stored_round.version)),),
        danger=not stored_round.closed,
        crumbs=_crumbs(),
    )
