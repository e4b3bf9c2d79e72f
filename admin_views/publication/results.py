"""The preliminary result: what each application of a round scored and lacks, and the decision on each (Art. 12)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.publication.labels import application_url, board_link, kind_badge, missing_indicators
from admin_views.publication.preview import asked_round
from admin_views.publication.view_models import ResultRow, ResultsPage
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, office_state, parse_object_id, today
from admin_views.shared.view_models import Action, Empty, Text, badge
from documents.applications.application import StoredApplication
from forms.sentences import sentence
from rules.applications import Stage, Verb
from rules.errors import Missing, Refused, Stale
from rules.publication import AnnouncementCandidate
from rules.words import N_
from services.applications.rounds import ApplicationRound, read_round
from services.applications.steps import read_application, stage_of
from services.publication import notice as service
from services.publication.announcement import candidates_of
from services.publication.board import at_stages

_TITLE = N_("Preliminary result")
_BUTTONS: Mapping[Stage, tuple[tuple[Verb, str], ...]] = {
    Stage.SCORED: ((Verb.SELECT, "primary"), (Verb.RECONSIDER, "light"), (Verb.DECLINE, "danger")),
    Stage.SELECTED: ((Verb.RECONSIDER, "light"), (Verb.DECLINE, "danger")),
    Stage.ON_NOTICE: ((Verb.DECLINE, "danger"),),
}
# The page's groups: a heading and what is to be known.
_GROUPS = (
    (N_("To be decided"), N_("Below the line of the score sheet a reason is needed.")),
    (
        N_("Selected, not on notice yet"),
        N_("Until the notice opens a decision may be taken up again, with the reason."),
    ),
    (
        N_("An objection was borne out"),
        N_("Held back from the announcement until it is decided against."),
    ),
)
_DONE = {
    Verb.SELECT: N_("%(name)s is to be certified: it waits for the public notice."),
    Verb.DECLINE: N_("%(name)s is not certified."),
    Verb.RECONSIDER: N_("%(name)s is taken up again."),
}
_SERVICES = {Verb.SELECT: service.select, Verb.DECLINE: service.decline, Verb.RECONSIDER: service.reconsider}


def results() -> ResponseReturnValue:
    """Show what is to be decided in a round, and what may still be taken up again."""
    return render_template("publication/results.html", page=_page(asked_round()))


def decide() -> ResponseReturnValue:
    """Select, decline or take up again one application."""
    actor, form = current_actor(), request.form
    application_id = parse_object_id(form.get("id"))
    application = read_application(application_id, actor)
    verb = next((verb for verb in _SERVICES if verb.value == form.get("verb")), None)
    if verb is None:
        raise Missing()
    reason, version = form.get("reason", ""), form.get("version", type=int) or 0
    try:
        _SERVICES[verb](application_id, reason=reason, version=version, actor=actor, now=now())
    except (Refused, Stale) as problem:
        problems = tuple(sentence(refusal) for refusal in problem.refusals)
        page = _page(read_round(application["round"]), application_id, reason, problems)
        code = 409 if isinstance(problem, Stale) else 422
        return render_template("publication/results.html", page=page), code
    flash(gettext(_DONE[verb], name=application["base_name"]), "success")
    return redirect(url_for("publication.results", round=application["round"]), 303)


# --- The page ------------------------------------------------------------------------------------


def _page(
    round_: ApplicationRound, at_fault: ObjectId | None = None, reason: str = "", problems: Sequence[str] = ()
) -> ResultsPage:
    assert round_.id is not None
    applications = at_stages(round_.id, _BUTTONS, actor=current_actor())
    by_stage = {stage: [raw for raw in applications if stage_of(raw) is stage] for stage in _BUTTONS}
    members = (by_stage[Stage.SCORED], by_stage[Stage.SELECTED], _upheld(by_stage[Stage.ON_NOTICE]))
    groups = tuple(
        (
            gettext(title),
            gettext(help_),
            _with_fault([_row(raw, round_) for raw in raws], at_fault, reason, problems),
        )
        for (title, help_), raws in zip(_GROUPS, members, strict=True)
        if raws
    )
    wrong = next((row for _, _, rows in groups for row in rows if row.problems), None)
    action = None
    if by_stage[Stage.SELECTED]:
        action = Action(
            gettext(N_("Prepare the notice")),
            url_for("publication.choose", round=round_.id),
            "primary",
            "notice",
        )
    empty = Empty(
        gettext(N_("Nothing to decide")),
        gettext(N_("Applications come here when their expert review is concluded.")),
        (Action(gettext(N_("Back to the board")), url_for("publication.index", round=round_.id)),),
    )
    return ResultsPage(
        title=f"{gettext(_TITLE)} · {round_.name}", action=url_for("publication.decide"), groups=groups,
        problems=tuple(problems),
        at_fault=(f"reason-{wrong.id}", wrong.name) if wrong else ("", ""), next=action,
        empty=None if groups else empty, crumbs=(board_link(round_.id),),
    )  # fmt: skip


def _upheld(on_notice: list[StoredApplication]) -> list[StoredApplication]:
    """Return those on notice to which an objection was borne out."""
    candidates: dict[ObjectId, AnnouncementCandidate] = {}
    for notice_id in {raw["notice"] for raw in on_notice}:
        listed = [raw for raw in on_notice if raw["notice"] == notice_id]
        candidates |= candidates_of(notice_id, listed, today=today())
    return [raw for raw in on_notice if candidates[raw["_id"]].upheld_objections]


def _row(raw: StoredApplication, round_: ApplicationRound) -> ResultRow:
    stage = stage_of(raw)
    assessment = raw.get("submission", {}).get("assessment", {})
    average, line = raw.get("conclusion", {}).get("average"), round_.sheet.pass_score
    below = average is not None and line is not None and average < line
    decision = raw.get("decision", {}) if stage is not Stage.SCORED else {}
    return ResultRow(
        id=str(raw["_id"]), version=raw["version"], name=raw["base_name"], url=application_url(raw["_id"]),
        county=office_state().county_names.get(raw["county"], raw["county"]), kind=kind_badge(raw["kind"]),
        average=f"{average:.2f}" if average is not None else "—",
        below=gettext(N_("below the line of %(line)s"), line=line) if below else "",
        meets=_meets(bool(assessment.get("meets"))), missing=missing_indicators(raw),
        county_opinion=raw.get("review", {}).get("opinion", ""),
        experts_opinion=raw.get("conclusion", {}).get("opinion", ""),
        buttons=tuple((verb.value, gettext(verb.label), style) for verb, style in _BUTTONS[stage]),
        note=decision.get("reason", ""),
    )  # fmt: skip


def _meets(met: bool) -> Text:
    return badge(gettext(N_("All met")), "green") if met else badge(gettext(N_("Not all met")), "amber")


def _with_fault(
    rows: Sequence[ResultRow], at_fault: ObjectId | None, reason: str, problems: Sequence[str]
) -> tuple[ResultRow, ...]:
    return tuple(
        replace(row, reason=reason, problems=tuple(problems)) if row.id == str(at_fault) else row
        for row in rows
    )
