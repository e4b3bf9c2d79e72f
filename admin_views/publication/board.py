"""The publication desk: the board of a round by stage and county. The routes of its other pages come with it."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.publication import announce as notices_announce
from admin_views.publication import correct as notices_correct
from admin_views.publication import notice as notices
from admin_views.publication import objections
from admin_views.publication import open_notice as notices_open
from admin_views.publication import papers as publication_papers
from admin_views.publication.cards import board_columns, folded_columns
from admin_views.publication.results import results
from admin_views.publication.shared import PAPERS, TITLE, may_decide, publication
from admin_views.publication.view_models import BoardPage
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import Action, CountyPill, Empty, Option
from rules.access import Permission
from rules.words import N_
from services.applications.rounds import KeptRound, rounds
from services.publication.board import Board, read_board

__all__ = [
    "publication", "notices", "notices_announce", "notices_correct", "notices_open", "objections",
    "publication_papers", "results",
]  # fmt: skip


@publication.route("/")
@needs(Permission.READ)
def index() -> ResponseReturnValue:
    """Show the board of a round: the one asked for, else the latest that is open."""
    every = rounds()
    one = _chosen(every)
    if one is None or one.id is None:
        return render_template("publication/board.html", page=_no_round())
    actor, codes = current_actor(), {code for code, _, _ in office_state().counties}
    asked = request.args.get("county", "")
    county = actor.county or (asked if asked in codes else None)
    board = read_board(one.id, actor=actor, county=county)
    page = BoardPage(
        title=gettext(TITLE), rounds=tuple(Option(str(each.id), each.name, each.id == one.id) for each in every),
        note=_note(one), counties=_pills(board, one, county), county_fixed=actor.county is not None,
        columns=board_columns(board, one, county), folded=folded_columns(board, one, county),
        actions=_actions(), empty=None if sum(board.by_county().values()) else _empty(one),
        url=url_for("publication.index"),
    )  # fmt: skip
    return render_template("publication/board.html", page=page)


def _chosen(every: list[KeptRound]) -> KeptRound | None:
    asked = request.args.get("round", "")
    named = next((one for one in every if str(one.id) == asked), None)
    return named or next((one for one in every if not one.closed), every[0] if every else None)


def _note(one: KeptRound) -> str:
    days = gettext(
        N_("Applications from %(first)s to %(last)s"),
        first=one.apply_from.isoformat(),
        last=one.apply_until.isoformat(),
    )
    if one.closed:
        state = gettext(N_("closed"))
    else:
        state = gettext(N_("open today")) if one.takes_applications(today()) else ""
    return " · ".join(part for part in (days, state) if part)


def _pills(board: Board, one: KeptRound, county: str | None) -> tuple[CountyPill, ...]:
    state, counts, bound = office_state(), board.by_county(), current_actor().county
    url = url_for("publication.index", round=one.id)
    if bound is not None:
        return (CountyPill(state.county_names.get(bound, ""), url, counts.get(bound, 0), active=True),)
    whole = CountyPill(gettext(N_("Whole city")), url, sum(counts.values()), active=county is None)
    return (
        whole,
        *(
            CountyPill(
                short,
                url_for("publication.index", round=one.id, county=code),
                counts.get(code, 0),
                name,
                county == code,
            )
            for code, name, short in state.counties
        ),
    )


def _actions() -> tuple[Action, ...]:
    return (
        Action(gettext(N_("Rounds")), url_for("rounds.index"), icon="calendar"),
        Action(gettext(PAPERS), url_for("publication.papers"), icon="notice"),
    )


def _no_round() -> BoardPage:
    text = gettext(N_("The board shows the applications of a round from filling in to announcement."))
    actions: tuple[Action, ...] = ()
    if may_decide():
        text += gettext(N_("Begin with the round: the year's call, its days and its score sheet."))
        actions = (Action(gettext(N_("New round")), url_for("rounds.new"), "primary", "plus"),)
    empty = Empty(gettext(N_("No round yet")), text, actions)
    return BoardPage(
        gettext(TITLE), (), "", (), current_actor().county is not None, actions=_actions()[1:], empty=empty,
        url=url_for("publication.index"),
    )  # fmt: skip


def _empty(one: KeptRound) -> Empty:
    text = gettext(N_("Applications begin at a base: open it and choose to apply in this round."))
    bases = Action(gettext(N_("Bases")), url_for("bases.index_view"), "primary")
    actions = (bases,) if one.takes_applications(today()) else ()
    return Empty(gettext(N_("No application in this round yet")), text, actions)
