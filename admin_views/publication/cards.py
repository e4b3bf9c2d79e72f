"""The board's columns and cards: what each application waits for, and the one step that leads on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from admin_views.publication.shared import application_url, kind_badge, paper_url
from admin_views.publication.view_models import BoardCard, BoardColumn
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state, today
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Action
from rules.applications import Stage, Verb, steps_from
from rules.publication import Outcome, days_left
from rules.words import N_
from services.applications.rounds import KeptRound
from services.publication.board import Board, day_of
from services.shared.office_day import office_day

Raw = Mapping[str, Any]
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


def board_columns(board: Board, one: KeptRound, county: str | None) -> tuple[BoardColumn, ...]:
    """Return the columns of the way, with the cards that were read."""
    counts = board.by_stage(county)
    found = []
    for whose, stages in COLUMNS:
        column = _column(board, one, stages, counts, county)
        found.append(BoardColumn(**_fields(column), whose=gettext(whose)))
    return tuple(found)


def folded_columns(board: Board, one: KeptRound, county: str | None) -> tuple[BoardColumn, ...]:
    """Return what left the way."""
    counts = board.by_stage(county)
    return tuple(_column(board, one, (stage,), counts, county) for stage in FOLDED if counts[stage])


def _fields(column: BoardColumn) -> dict[str, Any]:
    return {name: getattr(column, name) for name in ("title", "count", "cards", "more", "action")}


def _column(
    board: Board, one: KeptRound, stages: Sequence[Stage], counts: Mapping[Stage, int], county: str | None
) -> BoardColumn:
    raws = [raw for stage in reversed(stages) for raw in board.cards.get(stage, ())]
    count = sum(counts[stage] for stage in stages)
    more = count - len(raws)
    return BoardColumn(
        title=" · ".join(gettext(stage.label) for stage in stages),
        count=count,
        cards=tuple(_card(raw, _stage(raw), one) for raw in raws),
        more=gettext(N_("%(count)s more"), count=more) if more > 0 else "",
        action=_column_action(stages[0], one) if count else None,
    )


def _stage(raw: Raw) -> Stage:
    return next(stage for stage in Stage if stage.value == raw["stage"])


def _may(verb: Verb, stage: Stage) -> bool:
    step = steps_from(stage).get(verb)
    return step is not None and current_actor().may(step.permission)


def _column_action(stage: Stage, one: KeptRound) -> Action | None:
    """Return the button over a column, where one page deals with all of its cards."""
    if stage is Stage.SCORED and _may(Verb.SELECT, stage):
        return Action(gettext(N_("Decide on all")), url_for("publication.results", round=one.id))
    if stage is Stage.SELECTED and _may(Verb.OPEN_NOTICE, stage):
        return Action(gettext(N_("Prepare the notice")), url_for("publication.choose", round=one.id))
    return None


# --- Cards -------------------------------------------------------------------------------------


def _card(raw: Raw, stage: Stage, one: KeptRound) -> BoardCard:
    state = office_state()
    shorts = {code: short for code, _, short in state.counties}
    days = (today() - office_day(raw["since"])).days
    held, tone = _HELD[stage](raw, one) if stage in _HELD else ("", "")
    return BoardCard(
        name=raw["base_name"],
        url=application_url(raw["_id"]),
        county=shorts.get(raw["county"], raw["county"]),
        kind=kind_badge(raw["kind"]) if raw["kind"] == "renewal" else "",
        waiting=_waiting(days, stage),
        held=held,
        tone=tone or ("near" if days >= _LONG and stage is not Stage.ANNOUNCED else ""),
        action=_action(raw, stage),
    )


def _waiting(days: int, stage: Stage) -> str:
    if stage in (Stage.ANNOUNCED, Stage.NOT_CERTIFIED, Stage.WITHDRAWN):
        return gettext(N_("%(count)s days ago"), count=days) if days else gettext(N_("today"))
    return gettext(N_("%(count)s days"), count=days) if days else gettext(N_("since today"))


def _action(raw: Raw, stage: Stage) -> Action | None:
    if stage is Stage.ANNOUNCED:
        return Action(gettext(N_("Announcement")), paper_url(raw["announcement"]))
    if stage is Stage.ON_NOTICE:
        return _notice_action(raw)
    step = _NEXT.get(stage)
    if step is None or not _may(step.verb, stage):
        return None
    if stage is Stage.SCORED:
        return Action(
            gettext(step.label),
            url_for("publication.results", round=_round(raw)) + f"#a{raw['_id']}",
            "primary",
        )
    if stage is Stage.SELECTED:
        return Action(gettext(step.label), url_for("publication.choose", round=_round(raw)), "primary")
    return Action(gettext(step.label), application_url(raw["_id"]), "primary")


def _round(raw: Raw) -> Any:
    return raw["round"]


def _notice_action(raw: Raw) -> Action:
    page = paper_url(raw["notice"])
    if not _may(Verb.ANNOUNCE, Stage.ON_NOTICE):
        return Action(gettext(N_("Public notice")), page)
    outcomes = _outcomes(raw)
    if Outcome.OPEN.value in outcomes:
        return Action(gettext(N_("Handle the objection")), page + "#objections", "primary")
    if Outcome.UPHELD.value in outcomes:
        return Action(
            gettext(Verb.DECLINE.label),
            url_for("publication.results", round=_round(raw)) + f"#a{raw['_id']}",
            "primary",
        )
    last = _period(raw, "last_day")
    if last is not None and today() > last:
        return Action(
            gettext(Verb.ANNOUNCE.label),
            url_for("publication.draft_announcement", id=raw["notice"]),
            "primary",
        )
    return Action(gettext(N_("Public notice")), page)


def _outcomes(raw: Raw) -> set[str]:
    return {row["outcome"] for row in raw.get("objections", ()) if row["application"] == raw["_id"]}


def _period(raw: Raw, key: str) -> date | None:
    return day_of(raw["period"][0], key) if raw.get("period") else None


# --- What a card waits for ------------------------------------------------------------------------


def _of_returned(raw: Raw, one: KeptRound) -> tuple[str, str]:
    due = day_of(raw, "due")
    if due is None:
        return gettext(N_("Returned for correction")), "near"
    if due < today():
        return gettext(N_("Correction was due on %(day)s"), day=due.isoformat()), "due"
    return gettext(N_("To be corrected by %(day)s"), day=due.isoformat()), "near"


def _of_draft(raw: Raw, one: KeptRound) -> tuple[str, str]:
    left = (one.apply_until - today()).days
    if left < 0:
        return gettext(N_("The round closed on %(day)s"), day=one.apply_until.isoformat()), "due"
    return gettext(
        N_("To be handed in by %(day)s"), day=one.apply_until.isoformat()
    ), "near" if left < 8 else ""


def _of_submitted(raw: Raw, one: KeptRound) -> tuple[str, str]:
    checked = day_of(raw, "checked_on")
    if checked is None:
        return gettext(N_("No on-site check yet")), ""
    return gettext(N_("Checked on site on %(day)s"), day=checked.isoformat()), ""


def _of_reviewed(raw: Raw, one: KeptRound) -> tuple[str, str]:
    last = one.recommend_until
    if last is None:
        return gettext(N_("Passed the county review")), ""
    tone = "due" if last < today() else "near" if (last - today()).days < 8 else ""
    return gettext(N_("To be recommended by %(day)s"), day=last.isoformat()), tone


def _of_recommended(raw: Raw, one: KeptRound) -> tuple[str, str]:
    return gettext(
        N_("Experts: %(count)s of at least %(least)s"), count=raw["experts"], least=one.sheet.least_experts
    ), ""


def _of_scored(raw: Raw, one: KeptRound) -> tuple[str, str]:
    if current_actor().county is not None:  # how the experts scored is the city bureau's until the result
        return gettext(N_("The expert review is concluded")), ""
    average, line = raw.get("average"), one.sheet.pass_score
    said = gettext(N_("Average %(score)s"), score=f"{average:g}" if average is not None else "—")
    if line is not None and average is not None and average < line:
        below = gettext(N_("below the line of %(line)s"), line=line)
        return f"{said} · {below}", "near"
    return _with_assessment(said, raw)


def _of_selected(raw: Raw, one: KeptRound) -> tuple[str, str]:
    return _with_assessment(gettext(N_("Selected, not on notice yet")), raw)


def _with_assessment(said: str, raw: Raw) -> tuple[str, str]:
    if raw.get("meets") is False:
        missed = gettext(N_("not every indicator met"))
        return f"{said} · {missed}", "near"
    return said, ""


def _of_on_notice(raw: Raw, one: KeptRound) -> tuple[str, str]:
    outcomes = _outcomes(raw)
    if Outcome.OPEN.value in outcomes:
        return gettext(N_("Held back: an objection is being handled")), "due"
    if Outcome.UPHELD.value in outcomes:
        return gettext(N_("Held back: an objection was borne out")), "due"
    first, last = _period(raw, "first_day"), _period(raw, "last_day")
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


def _of_announced(raw: Raw, one: KeptRound) -> tuple[str, str]:
    return raw.get("certificate_number") or "", ""


def _of_ended(raw: Raw, one: KeptRound) -> tuple[str, str]:
    return (raw.get("said") or "")[:60], ""


_HELD: Mapping[Stage, Callable[[Raw, KeptRound], tuple[str, str]]] = {
    Stage.DRAFT: _of_draft, Stage.RETURNED: _of_returned, Stage.SUBMITTED: _of_submitted,
    Stage.REVIEWED: _of_reviewed, Stage.RECOMMENDED: _of_recommended, Stage.SCORED: _of_scored,
    Stage.SELECTED: _of_selected, Stage.ON_NOTICE: _of_on_notice, Stage.ANNOUNCED: _of_announced,
    Stage.NOT_CERTIFIED: _of_ended, Stage.WITHDRAWN: _of_ended,
}  # fmt: skip
