"""The board of a round by stage and county: what each application waits for, and the one step that leads on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin_views.publication.labels import PAPERS, TITLE, application_url, kind_badge, may_decide, paper_url
from admin_views.publication.view_models import BoardCard, BoardColumn, BoardPage
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state, today
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Action, CountyPill, Empty, Option
from documents.publication.board import StoredCard
from rules.applications import Stage, Verb, steps_from
from rules.publication import Outcome, days_left
from rules.words import N_
from services.applications.rounds import ApplicationRound, rounds
from services.applications.steps import stage_of
from services.publication.board import Board, day_of, read_board
from services.shared.office_day import office_day

COUNTY, CITY, PUBLIC = N_("County"), N_("City bureau"), N_("Public")
# The columns in the order of the way: whose desk, and the stages in each.
COLUMNS: tuple[tuple[str, tuple[Stage, ...]], ...] = (
    (COUNTY, (Stage.DRAFT, Stage.RETURNED)),
    (COUNTY, (Stage.SUBMITTED,)),
    (COUNTY, (Stage.REVIEWED,)),
    (CITY, (Stage.RECOMMENDED,)),
    (CITY, (Stage.SCORED,)),
    (CITY, (Stage.SELECTED,)),
    (PUBLIC, (Stage.ON_NOTICE,)),
    (PUBLIC, (Stage.ANNOUNCED,)),
)
BEGIN_SEVERAL = N_("Begin applications")
FOLDED = (Stage.NOT_CERTIFIED, Stage.WITHDRAWN)
_LONG = 30  # days of waiting that are marked


@dataclass(frozen=True)
class _Step:
    """The step that leads on from a stage: its verb, and the word on the button."""

    verb: Verb
    label: str


_NEXT: Mapping[Stage, _Step] = {
    Stage.DRAFT: _Step(Verb.SUBMIT, N_("Fill in")),
    Stage.RETURNED: _Step(Verb.SUBMIT, N_("Make the corrections")),
    Stage.SUBMITTED: _Step(Verb.PASS, N_("Review")),
    Stage.REVIEWED: _Step(Verb.RECOMMEND, Verb.RECOMMEND.label),
    Stage.RECOMMENDED: _Step(Verb.CONCLUDE, N_("Enter the review")),
    Stage.SCORED: _Step(Verb.SELECT, N_("Decide")),
    Stage.SELECTED: _Step(Verb.OPEN_NOTICE, N_("To the notice")),
    Stage.ON_NOTICE: _Step(Verb.ANNOUNCE, Verb.ANNOUNCE.label),
}


def index() -> ResponseReturnValue:
    """Show the board of a round: the one asked for, else the latest that is open."""
    every_round = rounds()
    round_ = _chosen(every_round)
    if round_ is None or round_.id is None:
        return render_template("publication/board.html", page=_no_round())
    actor, codes = current_actor(), {code for code, _, _ in office_state().counties}
    code = request.args.get("county", "")
    county = actor.county or (code if code in codes else None)
    board = read_board(round_.id, actor=actor, county=county)
    page = BoardPage(
        title=gettext(TITLE),
        rounds=tuple(Option(str(each.id), each.name, each.id == round_.id) for each in every_round),
        note=_note(round_), counties=_pills(board, round_, county), county_fixed=actor.county is not None,
        columns=_columns(board, round_, county), folded=_folded_columns(board, round_, county),
        actions=_actions(round_), empty=None if sum(board.by_county().values()) else _empty(round_),
        url=url_for("publication.index"),
    )  # fmt: skip
    return render_template("publication/board.html", page=page)


def _chosen(every_round: list[ApplicationRound]) -> ApplicationRound | None:
    round_id = request.args.get("round", "")
    named = next((round_ for round_ in every_round if str(round_.id) == round_id), None)
    latest = every_round[0] if every_round else None
    return named or next((round_ for round_ in every_round if not round_.closed), latest)


def _note(round_: ApplicationRound) -> str:
    days = gettext(
        N_("Applications from %(first)s to %(last)s"),
        first=round_.apply_from.isoformat(),
        last=round_.apply_until.isoformat(),
    )
    if round_.closed:
        state = gettext(N_("closed"))
    else:
        state = gettext(N_("open today")) if round_.takes_applications(today()) else ""
    return " · ".join(part for part in (days, state) if part)


def _pills(board: Board, round_: ApplicationRound, county: str | None) -> tuple[CountyPill, ...]:
    state, counts, bound = office_state(), board.by_county(), current_actor().county
    url = url_for("publication.index", round=round_.id)
    if bound is not None:
        return (CountyPill(state.county_names.get(bound, ""), url, counts.get(bound, 0), active=True),)
    whole = CountyPill(gettext(N_("Whole city")), url, sum(counts.values()), active=county is None)
    return (
        whole,
        *(
            CountyPill(
                short,
                url_for("publication.index", round=round_.id, county=code),
                counts.get(code, 0),
                name,
                county == code,
            )
            for code, name, short in state.counties
        ),
    )


def _actions(round_: ApplicationRound | None = None) -> tuple[Action, ...]:
    begins: tuple[Action, ...] = ()
    if round_ and round_.takes_applications(today()) and _may(Verb.SUBMIT, Stage.DRAFT):
        begins = (
            Action(gettext(BEGIN_SEVERAL), url_for("applications.several", round=round_.id), icon="plus"),
        )
    return (
        *begins,
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


def _empty(round_: ApplicationRound) -> Empty:
    text = gettext(N_("Applications begin at a base: open it and choose to apply in this round."))
    several = Action(
        gettext(BEGIN_SEVERAL), url_for("applications.several", round=round_.id), "primary", "plus"
    )
    bases = Action(gettext(N_("Bases")), url_for("bases.index_view"))
    may_begin = round_.takes_applications(today()) and _may(Verb.SUBMIT, Stage.DRAFT)
    actions = (several, bases) if may_begin else ()
    return Empty(gettext(N_("No application in this round yet")), text, actions)


# --- Columns -------------------------------------------------------------------------------------


def _columns(board: Board, round_: ApplicationRound, county: str | None) -> tuple[BoardColumn, ...]:
    """Return the columns of the way, with the cards that were read."""
    counts = board.by_stage(county)
    return tuple(
        replace(_column(board, round_, stages, counts), whose=gettext(whose)) for whose, stages in COLUMNS
    )


def _folded_columns(board: Board, round_: ApplicationRound, county: str | None) -> tuple[BoardColumn, ...]:
    """Return what left the way."""
    counts = board.by_stage(county)
    return tuple(_column(board, round_, (stage,), counts) for stage in FOLDED if counts[stage])


def _column(
    board: Board, round_: ApplicationRound, stages: Sequence[Stage], counts: Mapping[Stage, int]
) -> BoardColumn:
    cards = [card for stage in reversed(stages) for card in board.cards.get(stage, ())]
    count = sum(counts[stage] for stage in stages)
    more = count - len(cards)
    return BoardColumn(
        title=" · ".join(gettext(stage.label) for stage in stages),
        count=count,
        cards=tuple(_card(card, stage_of(card), round_) for card in cards),
        more=gettext(N_("%(count)s more"), count=more) if more > 0 else "",
        action=_column_action(stages[0], round_) if count else None,
    )


def _may(verb: Verb, stage: Stage) -> bool:
    step = steps_from(stage).get(verb)
    return step is not None and current_actor().may(step.permission)


def _column_action(stage: Stage, round_: ApplicationRound) -> Action | None:
    """Return the button over a column, where one page deals with all of its cards."""
    if stage is Stage.SCORED and _may(Verb.SELECT, stage):
        return Action(gettext(N_("Decide on all")), url_for("publication.results", round=round_.id))
    if stage is Stage.REVIEWED and _may(Verb.RECOMMEND, stage):
        return Action(gettext(N_("Recommend together")), url_for("applications.recommend", round=round_.id))
    if stage is Stage.RECOMMENDED and _may(Verb.CONCLUDE, stage):
        return Action(gettext(N_("Experts and scores")), url_for("rounds.scores", text=round_.id))
    if stage is Stage.SELECTED and _may(Verb.OPEN_NOTICE, stage):
        return Action(gettext(N_("Prepare the notice")), url_for("publication.choose", round=round_.id))
    return None


# --- Cards -------------------------------------------------------------------------------------


def _card(card: StoredCard, stage: Stage, round_: ApplicationRound) -> BoardCard:
    state = office_state()
    shorts = {code: short for code, _, short in state.counties}
    days = (today() - office_day(card["since"])).days
    held, tone = _HELD[stage](card, round_) if stage in _HELD else ("", "")
    return BoardCard(
        name=card["base_name"],
        url=application_url(card["_id"]),
        county=shorts.get(card["county"]) or card["county"],
        kind=kind_badge(card["kind"]) if card["kind"] == "renewal" else "",
        waiting=_waiting(days, stage),
        held=held,
        tone=tone or ("near" if days >= _LONG and stage is not Stage.ANNOUNCED else ""),
        action=_action(card, stage),
    )


def _waiting(days: int, stage: Stage) -> str:
    if stage in (Stage.ANNOUNCED, Stage.NOT_CERTIFIED, Stage.WITHDRAWN):
        return gettext(N_("%(count)s days ago"), count=days) if days else gettext(N_("today"))
    return gettext(N_("%(count)s days"), count=days) if days else gettext(N_("since today"))


def _action(card: StoredCard, stage: Stage) -> Action | None:
    if stage is Stage.ANNOUNCED:
        return Action(gettext(N_("Announcement")), paper_url(card["announcement"]))
    if stage is Stage.ON_NOTICE:
        return _notice_action(card)
    step = _NEXT.get(stage)
    if step is None or not _may(step.verb, stage):
        return None
    if stage is Stage.SCORED:
        return Action(
            gettext(step.label),
            url_for("publication.results", round=card["round"]) + f"#a{card['_id']}",
            "primary",
        )
    if stage is Stage.SELECTED:
        return Action(gettext(step.label), url_for("publication.choose", round=card["round"]), "primary")
    return Action(gettext(step.label), application_url(card["_id"]), "primary")


def _notice_action(card: StoredCard) -> Action:
    page = paper_url(card["notice"])
    if not _may(Verb.ANNOUNCE, Stage.ON_NOTICE):
        return Action(gettext(N_("Public notice")), page)
    outcomes = _outcomes(card)
    if Outcome.OPEN.value in outcomes:
        return Action(gettext(N_("Handle the objection")), page + "#objections", "primary")
    if Outcome.UPHELD.value in outcomes:
        return Action(
            gettext(Verb.DECLINE.label),
            url_for("publication.results", round=card["round"]) + f"#a{card['_id']}",
            "primary",
        )
    last = _period(card, "last_day")
    if last is not None and today() > last:
        return Action(
            gettext(Verb.ANNOUNCE.label),
            url_for("publication.draft_announcement", id=card["notice"]),
            "primary",
        )
    return Action(gettext(N_("Public notice")), page)


def _outcomes(card: StoredCard) -> set[str]:
    """Return what became of the objections to a card's base; one that is late and open holds nothing back."""
    return {
        row["outcome"]
        for row in card.get("objections", ())
        if row["application"] == card["_id"]
        and not (row.get("late") and row["outcome"] == Outcome.OPEN.value)
    }


def _period(card: StoredCard, key: str) -> date | None:
    return day_of(card["period"][0], key) if card.get("period") else None


# --- What a card waits for ------------------------------------------------------------------------


def _of_returned(card: StoredCard, round_: ApplicationRound) -> tuple[str, str]:
    due = day_of(card, "due")
    if due is None:
        return gettext(N_("Returned for correction")), "near"
    if due < today():
        return gettext(N_("Correction was due on %(day)s"), day=due.isoformat()), "due"
    return gettext(N_("To be corrected by %(day)s"), day=due.isoformat()), "near"


def _of_draft(card: StoredCard, round_: ApplicationRound) -> tuple[str, str]:
    left = (round_.apply_until - today()).days
    if left < 0:
        return gettext(N_("The round closed on %(day)s"), day=round_.apply_until.isoformat()), "due"
    return gettext(
        N_("To be handed in by %(day)s"), day=round_.apply_until.isoformat()
    ), "near" if left < 8 else ""


def _of_submitted(card: StoredCard, round_: ApplicationRound) -> tuple[str, str]:
    checked = day_of(card, "checked_on")
    if checked is None:
        return gettext(N_("No on-site check yet")), ""
    return gettext(N_("Checked on site on %(day)s"), day=checked.isoformat()), ""


def _of_reviewed(card: StoredCard, round_: ApplicationRound) -> tuple[str, str]:
    last = round_.recommend_until
    if last is None:
        return gettext(N_("Passed the county review")), ""
    tone = "due" if last < today() else "near" if (last - today()).days < 8 else ""
    return gettext(N_("To be recommended by %(day)s"), day=last.isoformat()), tone


def _of_recommended(card: StoredCard, round_: ApplicationRound) -> tuple[str, str]:
    return gettext(
        N_("Experts: %(count)s of at least %(least)s"),
        count=card["experts"],
        least=round_.sheet.least_experts,
    ), ""


def _of_scored(card: StoredCard, round_: ApplicationRound) -> tuple[str, str]:
    if current_actor().county is not None:  # how the experts scored is the city bureau's until the result
        return gettext(N_("The expert review is concluded")), ""
    average, line = card.get("average"), round_.sheet.pass_score
    scored = gettext(N_("Average %(score)s"), score=f"{average:g}" if average is not None else "—")
    if line is not None and average is not None and average < line:
        below = gettext(N_("below the line of %(line)s"), line=line)
        return f"{scored} · {below}", "near"
    return _with_assessment(scored, card)


def _of_selected(card: StoredCard, round_: ApplicationRound) -> tuple[str, str]:
    return _with_assessment(gettext(N_("Selected, not on notice yet")), card)


def _with_assessment(sentence: str, card: StoredCard) -> tuple[str, str]:
    if card.get("meets") is False:
        missed = gettext(N_("not every indicator met"))
        return f"{sentence} · {missed}", "near"
    return sentence, ""


def _of_on_notice(card: StoredCard, round_: ApplicationRound) -> tuple[str, str]:
    outcomes = _outcomes(card)
    if Outcome.OPEN.value in outcomes:
        return gettext(N_("Held back: an objection is being handled")), "due"
    if Outcome.UPHELD.value in outcomes:
        return gettext(N_("Held back: an objection was borne out")), "due"
    first, last = _period(card, "first_day"), _period(card, "last_day")
    if first is None or last is None:
        return "", ""
    if today() < first:
        return gettext(N_("The notice begins on %(day)s"), day=first.isoformat()), ""
    left = days_left(last, today())
    if left:
        return gettext(
            N_("On notice until %(day)s, %(count)s days left"), day=last.isoformat(), count=left
        ), ""
    return gettext(N_("The notice is over: to be announced")), "near"


def _of_announced(card: StoredCard, round_: ApplicationRound) -> tuple[str, str]:
    return card.get("certificate_number") or "", ""


def _of_ended(card: StoredCard, round_: ApplicationRound) -> tuple[str, str]:
    return (card.get("latest_opinion") or "")[:60], ""


_HELD: Mapping[Stage, Callable[[StoredCard, ApplicationRound], tuple[str, str]]] = {
    Stage.DRAFT: _of_draft, Stage.RETURNED: _of_returned, Stage.SUBMITTED: _of_submitted,
    Stage.REVIEWED: _of_reviewed, Stage.RECOMMENDED: _of_recommended, Stage.SCORED: _of_scored,
    Stage.SELECTED: _of_selected, Stage.ON_NOTICE: _of_on_notice, Stage.ANNOUNCED: _of_announced,
    Stage.NOT_CERTIFIED: _of_ended, Stage.WITHDRAWN: _of_ended,
}  # fmt: skip
