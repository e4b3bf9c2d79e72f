"""The preliminary result: what each application of a round scored and lacks, and the decisions on it (Art. 12)."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.publication.labels import application_url, board_link, kind_badge, missing_indicators
from admin_views.publication.preview import asked_round, ticked, versions_sent
from admin_views.publication.view_models import Decidable, DecisionPage, ResultGroup, ResultRow, ResultsPage
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, office_state, today
from admin_views.shared.view_models import Action, Empty, Text, badge
from documents.applications.application import StoredApplication
from forms.sentences import sentence
from rules.applications import MOST_OPINION, WITH_REASON, Stage, Verb, refusals_to_step
from rules.errors import Missing, Refusal, Refused, Stale
from rules.rule_sets.measures import Measures
from rules.scoring import refusals_to_select
from rules.shortfalls import MOST_FAILING_REASON, Shortfall, refusals_to_publish
from rules.words import N_
from services.applications.recommendation import chosen_applications
from services.applications.rounds import ApplicationRound, measures_of, read_round
from services.applications.shortfall import shortfall_of
from services.applications.steps import stage_of
from services.publication.announcement import candidates_of
from services.publication.board import at_stages
from services.publication.notice import ResultDraft, decide_together, reason_of_selection

_TITLE = N_("Preliminary result")
_BUTTONS: Mapping[Stage, tuple[tuple[Verb, str], ...]] = {
    Stage.SCORED: ((Verb.SELECT, "primary"), (Verb.RECONSIDER, "light"), (Verb.DECLINE, "danger")),
    Stage.SELECTED: ((Verb.RECONSIDER, "light"), (Verb.DECLINE, "danger")),
    Stage.ON_NOTICE: ((Verb.DECLINE, "danger"),),
}
# The page's groups: a heading and what is to be known.
_GROUPS = (
    (
        Stage.SCORED,
        N_("To be decided"),
        N_("By the experts' average, the highest first. Each decision asks before it acts."),
    ),
    (
        Stage.SELECTED,
        N_("Selected, not on notice yet"),
        N_("Until the notice opens a decision may be taken up again, with the reason."),
    ),
    (
        Stage.ON_NOTICE,
        N_("An objection was borne out"),
        N_("Held back from the announcement until it is decided against."),
    ),
)
_DONE = {
    Verb.SELECT: N_("%(name)s is to be certified: it waits for the public notice."),
    Verb.DECLINE: N_("%(name)s is not certified."),
    Verb.RECONSIDER: N_("%(name)s is taken up again."),
}
_ALL_DONE = {
    Verb.SELECT: N_("%(count)s bases are to be certified: they wait for the public notice."),
    Verb.DECLINE: N_("%(count)s bases are not certified."),
    Verb.RECONSIDER: N_("%(count)s bases are taken up again."),
}
_QUESTIONS = {
    Verb.SELECT: N_("Select these for the public notice: %(count)s bases?"),
    Verb.DECLINE: N_("Not certify these: %(count)s bases?"),
    Verb.RECONSIDER: N_("Take these up again: %(count)s bases?"),
}
_CONSEQUENCES = {
    Verb.SELECT: (
        N_("They stand on the next public notice; until it opens a decision may be taken up again."),
        N_("A base that misses a condition goes on only with its own reason, which the papers state."),
    ),
    Verb.DECLINE: (N_("Their applications end here; this cannot be taken back."),),
    Verb.RECONSIDER: (N_("They go one step back, and the reason stays with them."),),
}
_REASON, _FAILING = "reason-", "failing_reason-"


def results() -> ResponseReturnValue:
    """Show what is to be decided in a round, and what may still be taken up again."""
    return render_template("publication/results.html", page=_page(asked_round()))


def decide() -> ResponseReturnValue:
    """Ask before applications are selected, declined or taken up again; do it when the question was answered."""
    verb = next((verb for verb in _DONE if verb.value == request.form.get("verb")), None)
    chosen = ticked(request.form)
    if verb is None:
        raise Missing()
    applications = chosen_applications(chosen, current_actor())
    if not applications:
        return _nothing_chosen()
    if not request.form.get("confirmed"):
        return render_template("publication/confirm.html", page=_question(verb, applications))
    versions = versions_sent(request.form, chosen)
    drafts = {
        application_id: ResultDraft(
            version,
            request.form.get(f"{_REASON}{application_id}", ""),
            request.form.get(f"{_FAILING}{application_id}", ""),
        )
        for application_id, version in versions.items()
    }
    try:
        decide_together(verb, drafts, actor=current_actor(), now=now())
    except (Refused, Stale) as problem:
        page = _question(verb, chosen_applications(chosen, current_actor()), problem.refusals)
        code = 409 if isinstance(problem, Stale) else 422
        return render_template("publication/confirm.html", page=page), code
    if len(drafts) == 1:
        flash(gettext(_DONE[verb], name=applications[0]["base_name"]), "success")
    else:
        flash(gettext(_ALL_DONE[verb], count=len(drafts)), "success")
    return redirect(url_for("publication.results", round=applications[0]["round"]), 303)


def _nothing_chosen() -> ResponseReturnValue:
    problem = gettext(N_("Choose at least one application."))
    return render_template("publication/results.html", page=_page(asked_round(), (problem,))), 422


# --- The question --------------------------------------------------------------------------------


def _question(
    verb: Verb, applications: Sequence[StoredApplication], refusals: Sequence[Refusal] = ()
) -> DecisionPage:
    round_ = read_round(applications[0]["round"])
    assert round_.id is not None
    measures = measures_of(round_, today())
    in_order = sorted(applications, key=_rank)
    choices = tuple(_decidable(verb, raw, round_, measures, refusals) for raw in in_order)
    free = sum(not choice.held for choice in choices)
    failing = [raw["base_name"] for raw in in_order if shortfall_of(raw).missing]
    beside = {f"{prefix}{raw['_id']}" for raw in in_order for prefix in (_REASON, _FAILING)}
    on_top = [sentence(refusal) for refusal in refusals if refusal.field not in beside]
    return DecisionPage(
        title=gettext(verb.label),
        question=gettext(_QUESTIONS[verb], count=free),
        choices=choices,
        warning=_warning(verb, failing),
        consequences=tuple(gettext(text) for text in _CONSEQUENCES[verb]),
        problems=tuple(on_top),
        wrong=tuple(choice for choice in choices if choice.reason_problem or choice.failing_problem),
        action=url_for("publication.decide", round=round_.id),
        verb=verb.value,
        button=f"{gettext(verb.label)} {free}",
        danger=verb is not Verb.SELECT,
        free=free,
        cancel_url=url_for("publication.results", round=round_.id),
        most_reason=MOST_OPINION,
        most_failing=MOST_FAILING_REASON,
        crumbs=(board_link(round_.id),),
    )


def _warning(verb: Verb, failing: Sequence[str]) -> str:
    if verb is not Verb.SELECT or not failing:
        return ""
    sentence_ = N_("%(count)s of them miss a condition: %(names)s.")
    return gettext(sentence_, count=len(failing), names="、".join(failing))


def _decidable(
    verb: Verb,
    raw: StoredApplication,
    round_: ApplicationRound,
    measures: Measures,
    refusals: Sequence[Refusal],
) -> Decidable:
    application_id = str(raw["_id"])
    average = raw.get("conclusion", {}).get("average")
    below = verb is Verb.SELECT and bool(refusals_to_select(average, round_.sheet, ""))
    shortfall = shortfall_of(raw, measures)
    held = _held(verb, raw, shortfall, measures)
    needs_failing = verb is Verb.SELECT and bool(shortfall.missing) and not held
    return Decidable(
        id=application_id,
        version=raw["version"],
        name=raw["base_name"],
        url=application_url(raw["_id"]),
        county=office_state().county_names.get(raw["county"], raw["county"]),
        kind=kind_badge(raw["kind"]),
        average=_average(average),
        below=_below(average, round_),
        missing=missing_indicators(raw),
        held=held,
        must_reason=verb in WITH_REASON or below,
        reason=request.form.get(f"{_REASON}{application_id}", ""),
        reason_problem=_sentences(refusals, f"{_REASON}{application_id}"),
        needs_failing=needs_failing,
        failing=request.form.get(f"{_FAILING}{application_id}", ""),
        failing_problem=_sentences(refusals, f"{_FAILING}{application_id}"),
    )


def _held(verb: Verb, raw: StoredApplication, shortfall: Shortfall, measures: Measures) -> tuple[str, ...]:
    """Return why a base cannot be decided on like this, whatever is typed."""
    refusals = refusals_to_step(stage_of(raw), verb)
    if verb is Verb.SELECT and not measures.failing_may_be_announced:
        refusals += refusals_to_publish(shortfall, "", measures)
    return tuple(sentence(refusal) for refusal in refusals)


def _sentences(refusals: Sequence[Refusal], field: str) -> str:
    return " ".join(sentence(refusal) for refusal in refusals if refusal.field == field)


# --- The page ------------------------------------------------------------------------------------


def _page(round_: ApplicationRound, problems: Sequence[str] = ()) -> ResultsPage:
    assert round_.id is not None
    measures = measures_of(round_, today())
    applications = at_stages(round_.id, _BUTTONS, actor=current_actor())
    by_stage = {
        stage: sorted((raw for raw in applications if stage_of(raw) is stage), key=_rank)
        for stage in _BUTTONS
    }
    by_stage[Stage.ON_NOTICE] = _upheld(by_stage[Stage.ON_NOTICE], measures)
    groups = tuple(
        ResultGroup(
            gettext(title),
            gettext(help_),
            stage.value,
            tuple(_row(raw, round_) for raw in by_stage[stage]),
            _buttons(stage),
            stage is Stage.SCORED,
        )
        for stage, title, help_ in _GROUPS
        if by_stage[stage]
    )
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
        title=f"{gettext(_TITLE)} · {round_.name}", action=url_for("publication.decide", round=round_.id),
        groups=groups, problems=tuple(problems), next=action, empty=None if groups else empty,
        crumbs=(board_link(round_.id),),
    )  # fmt: skip


def _rank(raw: StoredApplication) -> float:
    """Return where an application stands in the order: the highest average first, none last."""
    average = raw.get("conclusion", {}).get("average")
    return -average if average is not None else 1.0


def _upheld(on_notice: list[StoredApplication], measures: Measures) -> list[StoredApplication]:
    """Return those on notice to which an objection was borne out."""
    upheld = set()
    for notice_id in {raw["notice"] for raw in on_notice}:
        listed = [raw for raw in on_notice if raw["notice"] == notice_id]
        candidates = candidates_of(notice_id, listed, measures=measures, today=today())
        upheld |= {key for key, candidate in candidates.items() if candidate.upheld_objections}
    return [raw for raw in on_notice if raw["_id"] in upheld]


def _buttons(stage: Stage) -> tuple[tuple[str, str, str], ...]:
    return tuple((verb.value, gettext(verb.label), style) for verb, style in _BUTTONS[stage])


def _row(raw: StoredApplication, round_: ApplicationRound) -> ResultRow:
    average = raw.get("conclusion", {}).get("average")
    decision = raw.get("decision", {}) if stage_of(raw) is not Stage.SCORED else {}
    notes = (decision.get("reason", ""), reason_of_selection(raw) if decision else "")
    return ResultRow(
        id=str(raw["_id"]), version=raw["version"], name=raw["base_name"], url=application_url(raw["_id"]),
        county=office_state().county_names.get(raw["county"], raw["county"]), kind=kind_badge(raw["kind"]),
        average=_average(average), below=_below(average, round_),
        meets=_meets(not shortfall_of(raw).missing), missing=missing_indicators(raw),
        county_opinion=raw.get("review", {}).get("opinion", ""),
        experts_opinion=raw.get("conclusion", {}).get("opinion", ""),
        note="\n".join(note for note in notes if note),
    )  # fmt: skip


def _average(average: float | None) -> str:
    return f"{average:.2f}" if average is not None else "—"


def _below(average: float | None, round_: ApplicationRound) -> str:
    line = round_.sheet.pass_score
    if average is None or line is None or average >= line:
        return ""
    return gettext(N_("below the line of %(line)s"), line=line)


def _meets(met: bool) -> Text:
    return badge(gettext(N_("All met")), "green") if met else badge(gettext(N_("Not all met")), "amber")
