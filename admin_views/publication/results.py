"""The preliminary result: what each application of a round scored and lacks, and the decision on each (Art. 12)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.labels import SHORT_LABELS
from admin_views.publication.shared import (
    application_url,
    asked_round,
    board_link,
    kind_badge,
    publication,
)
from admin_views.publication.view_models import ResultRow, ResultsPage
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, office_state, today
from admin_views.shared.slot_files import parse_object_id
from admin_views.shared.view_models import Action, Empty, Text, badge
from forms.sentences import sentence
from rules.access import Permission
from rules.applications import Stage, Verb
from rules.errors import Missing, Refused, Stale
from rules.publication import Candidate
from rules.words import N_
from services.applications.rounds import KeptRound, read_round
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
_ACTS = {Verb.SELECT: service.select, Verb.DECLINE: service.decline, Verb.RECONSIDER: service.reconsider}


@publication.route("/results/")
@needs(Permission.DECIDE_APPLICATIONS)
def results() -> ResponseReturnValue:
    """Show what is to be decided in a round, and what may still be taken up again."""
    return render_template("publication/results.html", page=_page(asked_round()))


@publication.route("/results/decide/", methods=["POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def decide() -> ResponseReturnValue:
    """Select, decline or take up again one application."""
    actor, form = current_actor(), request.form
    application = parse_object_id(form.get("id"))
    raw = read_application(application, actor)
    verb = next((one for one in _ACTS if one.value == form.get("verb")), None)
    if verb is None:
        raise Missing()
    reason, version = form.get("reason", ""), form.get("version", type=int) or 0
    try:
        _ACTS[verb](application, reason=reason, version=version, actor=actor, now=now())
    except (Refused, Stale) as problem:
        said = tuple(sentence(one) for one in problem.refusals)
        page = _page(read_round(raw["round"]), application, reason, said)
        code = 409 if isinstance(problem, Stale) else 422
        return render_template("publication/results.html", page=page), code
    flash(gettext(_DONE[verb], name=raw["base_name"]), "success")
    return redirect(url_for("publication.results", round=raw["round"]), 303)


# --- The page ------------------------------------------------------------------------------------


def _page(
    one: KeptRound, at_fault: ObjectId | None = None, reason: str = "", said: Sequence[str] = ()
) -> ResultsPage:
    assert one.id is not None
    found = at_stages(one.id, _BUTTONS, actor=current_actor())
    rows = {stage: [raw for raw in found if stage_of(raw) is stage] for stage in _BUTTONS}
    upheld = _upheld(rows[Stage.ON_NOTICE])
    groups = tuple(
        (gettext(title), gettext(help_), _with_fault(_rows(raws, one), at_fault, reason, said))
        for (title, help_), raws in zip(
            _GROUPS, (rows[Stage.SCORED], rows[Stage.SELECTED], upheld), strict=True
        )
        if raws
    )
    wrong = next((row for _, _, shown in groups for row in shown if row.problems), None)
    action = None
    if rows[Stage.SELECTED]:
        action = Action(
            gettext(N_("Prepare the notice")),
            url_for("publication.choose", round=one.id),
            "primary",
            "notice",
        )
    empty = Empty(
        gettext(N_("Nothing to decide")),
        gettext(N_("Applications come here when their expert review is concluded.")),
        (Action(gettext(N_("Back to the board")), url_for("publication.index", round=one.id)),),
    )
    return ResultsPage(
        title=f"{gettext(_TITLE)} · {one.name}", action=url_for("publication.decide"), groups=groups,
        problems=tuple(said),
        at_fault=(f"reason-{wrong.id}", wrong.name) if wrong else ("", ""), next=action,
        empty=None if groups else empty, crumbs=(board_link(one.id),),
    )  # fmt: skip


def _upheld(raws: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return those on notice to which an objection was borne out."""
    found: dict[ObjectId, Candidate] = {}
    for notice in {raw["notice"] for raw in raws}:
        on_it = [dict(raw) for raw in raws if raw["notice"] == notice]
        found |= candidates_of({"_id": notice}, on_it, today=today())
    return [raw for raw in raws if found[raw["_id"]].upheld_objections]


def _rows(raws: Sequence[Mapping[str, Any]], one: KeptRound) -> tuple[ResultRow, ...]:
    return tuple(_row(raw, one) for raw in raws)


def _row(raw: Mapping[str, Any], one: KeptRound) -> ResultRow:
    stage = stage_of(raw)
    assessment = raw.get("submission", {}).get("assessment", {})
    average, line = raw.get("conclusion", {}).get("average"), one.sheet.pass_score
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


def missing_indicators(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which indicators the frozen assessment of an application misses, each with its figures."""
    lines = raw.get("submission", {}).get("assessment", {}).get("indicators", ())
    return tuple(_missing(line) for line in lines if not line["met"])


def _missing(line: Mapping[str, Any]) -> str:
    label = gettext(SHORT_LABELS.get(line["key"], line["label"]))
    if line["key"] == "operated_one_year":
        return str(gettext(N_("less than a year in operation")))
    return f"{label} {_figure(line['actual'])} / {_figure(line['required'])}"


def _figure(value: Any) -> str:
    if value is None:
        return "—"
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _with_fault(
    rows: Sequence[ResultRow], at_fault: ObjectId | None, reason: str, said: Sequence[str]
) -> tuple[ResultRow, ...]:
    return tuple(
        replace(row, reason=reason, problems=tuple(said)) if row.id == str(at_fault) else row for row in rows
    )
