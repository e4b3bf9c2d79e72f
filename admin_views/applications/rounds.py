"""The rounds: a year's call with its days, rule set and score sheet; entered by the city, read by everyone."""

from bson import ObjectId
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.labels import stage_badge_of
from admin_views.applications.view_models import DimensionRow, RoundPage, RoundRow, RoundsPage, StageCount
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.history import history_entries
from admin_views.shared.request_context import today
from admin_views.shared.view_models import Action, Empty, Fact, Link, Text, badge, figure
from documents.applications.application import Application
from rules.access import Permission
from rules.applications import Stage
from rules.errors import Missing
from rules.words import N_
from services.applications.rounds import COLLECTION, KeptRound, read_round
from services.applications.rounds import rounds as all_rounds
from services.assessment.rule_sets import read_editions

rounds = Blueprint("rounds", __name__, url_prefix="/admin/rounds")
TITLE = N_("Rounds")
_HISTORY_ROWS = 20


def crumbs() -> tuple[Link, ...]:
    """Return the way to a round."""
    return (Link(gettext(TITLE), url_for("rounds.index")),)


def may_decide() -> bool:
    """Tell whether the clerk may enter rounds."""
    return current_actor().may(Permission.DECIDE_APPLICATIONS)


def asked_round(text: str) -> KeptRound:
    """Return the round that the address names; Missing when there is none."""
    if not ObjectId.is_valid(text):
        raise Missing()
    return read_round(ObjectId(text))


@rounds.route("/")
@needs(Permission.READ)
def index() -> ResponseReturnValue:
    """Show every round, the latest first."""
    found = all_rounds()
    actions: tuple[Action, ...] = ()
    if may_decide():
        actions = (Action(gettext(N_("New round")), url_for("rounds.new"), "primary", "plus"),)
    empty = Empty(
        gettext(N_("No round yet")),
        gettext(
            N_("A round is one year's call: its days, its rule set and its score sheet. Bases apply in it.")
        ),
        actions,
    )
    page = RoundsPage(tuple(_row(one) for one in found), actions, None if found else empty)
    return render_template("applications/rounds.html", page=page)


def _row(one: KeptRound) -> RoundRow:
    counts = Application.objects.visible_to(current_actor()).in_round(one.id).counts_by_stage()
    return RoundRow(
        one.name,
        url_for("rounds.show", text=one.id),
        state_of(one),
        span(one),
        one.recommend_until.isoformat() if one.recommend_until else "",
        figure(sum(row["n"] for row in counts)),
        url_for("applications.index_view", round=one.id),
    )


def span(one: KeptRound) -> str:
    """Return the days between which a base may apply."""
    return f"{one.apply_from.isoformat()} – {one.apply_until.isoformat()}"


def state_of(one: KeptRound) -> Text:
    """Return whether a round takes applications today."""
    day = today()
    if one.closed:
        return badge(gettext(N_("Closed")), "grey")
    if day < one.apply_from:
        return badge(gettext(N_("Not begun")), "blue")
    if day > one.apply_until:
        return badge(gettext(N_("Application over")), "amber")
    return badge(gettext(N_("Taking applications")), "green")


@rounds.route("/<text>/")
@needs(Permission.READ)
def show(text: str) -> ResponseReturnValue:
    """Show one round: days, paper, score sheet, and how far its applications are."""
    one = asked_round(text)
    title = next(
        (edition.measures.title for edition in read_editions() if edition.measures.code == one.rule_set),
        one.rule_set,
    )
    call = " ".join(
        part for part in (one.call_title, f"（{one.call_number}）" if one.call_number else "") if part
    )
    facts = (
        Fact(gettext(N_("Application period")), span(one)),
        Fact(
            gettext(N_("Counties recommend until")), one.recommend_until.isoformat() if one.recommend_until else "—"
        ),
        Fact(gettext(N_("Assessed year")), str(one.assessed_year)),
        Fact(gettext(N_("Rule set")), title, url=url_for("rule_sets.show", code=one.rule_set)),
    )  # fmt: skip
    page = RoundPage(
        title=one.name,
        state=state_of(one),
        facts=facts,
        call=call,
        call_dated=one.call_dated.isoformat() if one.call_dated else "",
        stages=_stages(one),
        dimensions=tuple(DimensionRow(line.label, figure(line.weight)) for line in one.sheet.dimensions),
        sheet_note=_sheet_note(one),
        actions=_actions(one),
        history=history_entries(COLLECTION, one.id, most=_HISTORY_ROWS)
        if one.id and current_actor().may(Permission.READ_AUDIT) else (),
        crumbs=crumbs(),
    )  # fmt: skip
    return render_template("applications/round.html", page=page)


def _stages(one: KeptRound) -> tuple[StageCount, ...]:
    counts: dict[str, int] = {}
    for row in Application.objects.visible_to(current_actor()).in_round(one.id).counts_by_stage():
        counts[row["stage"]] = counts.get(row["stage"], 0) + row["n"]
    url = url_for("applications.index_view", round=one.id)
    return tuple(
        StageCount(stage_badge_of(stage), figure(counts[stage.value]), f"{url}&stage={stage.value}")
        for stage in Stage
        if counts.get(stage.value)
    )


def _sheet_note(one: KeptRound) -> str:
    sheet = one.sheet
    said = [
        gettext(N_("At least %(count)d experts."), count=sheet.least_experts),
        gettext(
            N_("From %(count)d experts on, one highest and one lowest total do not count."), count=sheet.drop_from
        ),
    ]  # fmt: skip
    if sheet.pass_score is not None:
        said.append(
            gettext(
                N_("Below %(line)d points, selecting a base needs a written reason."), line=sheet.pass_score
            )
        )
    return " ".join(said)


def _actions(one: KeptRound) -> tuple[Action, ...]:
    listed = url_for("applications.index_view", round=one.id)
    made = [Action(gettext(N_("Applications of this round")), listed, icon="ledger")]
    if may_decide():
        said = gettext(N_("Reopen")) if one.closed else gettext(N_("Close"))
        made += [
            Action(said, url_for("rounds.close", text=one.id), icon="restore" if one.closed else "revoke"),
            Action(gettext(N_("Edit")), url_for("rounds.edit", text=one.id), "primary", "edit"),
        ]
    return tuple(made)


def typed_version() -> int:
    """Return the version that the form was read at."""
    return request.form.get("version", type=int) or 0


def done(text: object, said: str) -> ResponseReturnValue:
    """Say that it is done and show the round."""
    flash(said, "success")
    return redirect(url_for("rounds.show", text=text), 303)
