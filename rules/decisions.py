"""Losing the title: cancellation (Art. 16) and revocation (Art. 18), and what a decision needs before it is signed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from rules.choices import Choice
from rules.errors import Refusal
from rules.grounds import (
    FINDINGS,
    GROUNDS,
    DecisionKind,
    Finding,
    Ground,
    OverturnedBy,
    StatementOutcome,
    findings_of,
)
from rules.words import N_

# The state of the base's title after each decision.
TITLE_AFTER: Mapping[DecisionKind, str] = MappingProxyType(
    {
        DecisionKind.REVOCATION: "revoked",
        DecisionKind.CANCELLATION: "cancelled",
        DecisionKind.REVERSAL: "certified",
    }
)


class DecisionState(Choice):
    """Where a case stands."""

    PREPARED = "prepared", N_("Being prepared"), "立案核查"
    NOTIFIED = "notified", N_("Prior notice served"), "已事先告知"
    DECIDED = "decided", N_("Decided"), "已决定"
    DROPPED = "dropped", N_("Dropped"), "不予处理"


OPEN_STATES = frozenset({DecisionState.PREPARED, DecisionState.NOTIFIED})


@dataclass(frozen=True)
class TitleFacts:
    """What the records say of the base whose title is at stake.

    `renewal_failed`: its latest renewal application was decided against; `renewal_open`: one is under way.
    """

    status: str
    announced_on: date | None = None
    last_day: date | None = None
    renewal_open: bool = False
    renewal_failed: bool = False
    open_case: bool = False


def refusals_to_begin(kind: DecisionKind, facts: TitleFacts) -> tuple[Refusal, ...]:
    """Return why a case cannot be begun: no title to lose, or none to restore; a case under way."""
    refusals = []
    if facts.open_case:
        refusals.append(Refusal(N_("A case about this base's title is under way already."), field="base"))
    if kind is DecisionKind.REVERSAL:
        if facts.status not in ("revoked", "cancelled"):
            refusals.append(
                Refusal(N_("Only a title that was revoked or cancelled can be restored."), field="base")
            )
    elif facts.status == "revoked":
        refusals.append(Refusal(N_("The base's title is revoked already."), field="base"))
    elif facts.status == "cancelled":
        refusals.append(Refusal(N_("The base's title is cancelled already."), field="base"))
    elif facts.status != "certified":
        refusals.append(Refusal(N_("The base holds no title."), field="base"))
    return tuple(refusals)


def refusals_of_grounds(kind: DecisionKind, grounds: Mapping[Ground, str]) -> tuple[Refusal, ...]:
    """Return why these grounds are not enough: at least one, all of this kind, each with its facts."""
    refusals = []
    if not grounds:
        refusals.append(Refusal(N_("Choose at least one ground."), field="grounds"))
    for ground, facts in grounds.items():
        if ground not in GROUNDS[kind]:
            refusals.append(
                Refusal(N_("“%(ground)s” is no ground for this decision."), {"ground": ground}, "grounds")
            )
        elif not facts.strip():
            refusals.append(
                Refusal(N_("Enter the facts for “%(ground)s”."), {"ground": ground}, f"facts-{ground.value}")
            )
    return tuple(refusals)


def refusals_of_findings(grounds: Collection[Ground], findings: Collection[Finding]) -> tuple[Refusal, ...]:
    """Return of which grounds nobody said which alternative was found: a decision names that, and not all of them."""
    sentence = N_("Say which of the alternatives was found: “%(ground)s”.")
    return tuple(
        Refusal(sentence, {"ground": ground}, f"findings-{ground.value}")
        for ground in Ground
        if ground in grounds and ground in FINDINGS and not findings_of(ground, findings)
    )


@dataclass(frozen=True)
class Overturning:
    """On what a title is restored: another authority's decision or judgment, or the office's own correction.

    `body`, `number`, `dated` name that paper; the reason of the office's own stands with the ground's facts.
    """

    by: OverturnedBy | None = None
    body: str = ""
    number: str = ""
    dated: date | None = None


NO_BASIS = Overturning()


def refusals_to_overturn(
    overturning: Overturning, findings: Collection[Finding], decided_before: date | None, today: date
) -> tuple[Refusal, ...]:
    """Return why a title cannot be restored: nothing, or nothing whole, on which its restoration stands."""
    if overturning.by is None:
        return (Refusal(N_("Say on what the restoration stands."), field="basis"),)
    own = overturning.by is OverturnedBy.OWN
    refusals = []
    if findings and own is not (Finding.CORRECTED in findings):
        sentence = N_("What became of the earlier decision does not go with what the restoration stands on.")
        refusals.append(Refusal(sentence, field=f"findings-{Ground.OVERTURNED.value}"))
    if own:
        return tuple(refusals)
    if not overturning.body.strip():
        refusals.append(Refusal(N_("Enter who decided on the review, or which court."), field="basis_body"))
    if not overturning.number.strip():
        refusals.append(Refusal(N_("Enter the number of that paper."), field="basis_number"))
    if overturning.dated is None:
        refusals.append(Refusal(N_("Enter the date of that paper."), field="basis_dated"))
    elif overturning.dated > today:
        refusals.append(Refusal(N_("That paper is dated in the future."), field="basis_dated"))
    elif decided_before is not None and overturning.dated < decided_before:
        sentence = N_("That paper is dated before the decision that it overturns, of %(day)s.")
        refusals.append(Refusal(sentence, {"day": decided_before.isoformat()}, field="basis_dated"))
    return tuple(refusals)


def refusals_of_ending(grounds: Collection[Ground], facts: TitleFacts, today: date) -> tuple[Refusal, ...]:
    """Return why a ground of Art. 16 does not hold: the term runs, a renewal is under way, one or none has failed.

    A renewal that failed cancels the title whenever it failed; one that was never applied for, only after the term.
    """
    refusals = []
    if Ground.NO_RENEWAL in grounds:
        if facts.last_day is None or today <= facts.last_day:
            day = facts.last_day.isoformat() if facts.last_day else "—"
            refusals.append(
                Refusal(N_("The title runs until %(day)s: cancel it after that."), {"day": day}, "grounds")
            )
        if facts.renewal_open:
            refusals.append(Refusal(N_("Its renewal is under way: wait for the outcome."), field="grounds"))
        elif facts.renewal_failed:
            sentence = N_("Its renewal was applied for and has failed: that is the ground.")
            refusals.append(Refusal(sentence, field="grounds"))
    if Ground.RENEWAL_FAILED in grounds and not facts.renewal_failed:
        refusals.append(Refusal(N_("No renewal review of this title has failed."), field="grounds"))
    return tuple(refusals)


def refusals_to_notify(
    served_on: date | None, statement_by: date | None, today: date, *, begun_on: date, least_days: int
) -> tuple[Refusal, ...]:
    """Return why a prior notice cannot be recorded: its day, or too short a time for the base's statement.

    `begun_on` is the day on which the case was opened: nothing of it was served before. `least_days`, calendar days,
    is the office's setting.
    """
    refusals = []
    if served_on is None:
        refusals.append(Refusal(N_("Enter the day on which the prior notice was served."), field="served_on"))
    elif served_on > today:
        refusals.append(Refusal(N_("The prior notice cannot be served in the future."), field="served_on"))
    elif served_on < begun_on:
        sentence = N_("The prior notice cannot have been served before the case was opened, on %(day)s.")
        refusals.append(Refusal(sentence, {"day": begun_on.isoformat()}, field="served_on"))
    if statement_by is None:
        refusals.append(
            Refusal(N_("Enter the day until which the base may make its statement."), field="statement_by")
        )
    elif served_on is not None and (statement_by - served_on).days < least_days:
        params = {"days": least_days}
        sentence = N_("The base has at least %(days)d days for its statement.")
        refusals.append(Refusal(sentence, params, field="statement_by"))
    return tuple(refusals)


@dataclass(frozen=True)
class CaseFacts:
    """A case as a decision finds it; `decided_before` dates the decision overturned.

    `evidence` counts files, `own_papers` those of a prior notice that was made elsewhere.
    """

    kind: DecisionKind
    state: DecisionState
    grounds: Mapping[Ground, str]
    evidence: int
    served_on: date | None = None
    statement_by: date | None = None
    statement_on: date | None = None
    decided_before: date | None = None
    findings: Collection[Finding] = ()
    statement_outcome: StatementOutcome | None = None
    statement_answer: str = ""
    overturning: Overturning = NO_BASIS
    own_papers: int = 0


def refusals_to_decide(
    case: CaseFacts, facts: TitleFacts, *, dated: date | None, today: date
) -> tuple[Refusal, ...]:
    """Return why a decision cannot be signed: no ground, no evidence, no hearing, dates out of order, no such title."""
    refusals = list(refusals_to_begin(case.kind, _without_case(facts)))
    if case.state not in OPEN_STATES:
        refusals.append(Refusal(N_("This case is closed.")))
    refusals += refusals_of_grounds(case.kind, case.grounds)
    refusals += refusals_of_findings(case.grounds, case.findings)
    if case.kind is DecisionKind.CANCELLATION:
        refusals += refusals_of_ending(case.grounds, facts, today)
    if case.kind is DecisionKind.REVERSAL:
        refusals += refusals_to_overturn(case.overturning, case.findings, case.decided_before, today)
    if not case.evidence:
        refusals.append(Refusal(N_("Add at least one file as evidence."), field="evidence"))
    refusals += _hearing(case, today)
    refusals += _dates(case, facts, dated, today)
    return tuple(refusals)


def _without_case(facts: TitleFacts) -> TitleFacts:
    return TitleFacts(
        facts.status, facts.announced_on, facts.last_day, facts.renewal_open, facts.renewal_failed
    )


def _hearing(case: CaseFacts, today: date) -> list[Refusal]:
    """The base is told beforehand and may state its case; restoring a title burdens nobody and needs neither."""
    if case.kind is DecisionKind.REVERSAL:
        return []
    if case.served_on is None or case.statement_by is None:
        return [Refusal(N_("Serve the prior notice on the base first."), field="served_on")]
    if case.statement_on is None and today <= case.statement_by:
        params = {"day": case.statement_by.isoformat()}
        sentence = N_("The base may make its statement until %(day)s: record it, or decide after that.")
        return [Refusal(sentence, params, field="statement_on")]
    if case.statement_on is not None and (
        case.statement_outcome is None or not case.statement_answer.strip()
    ):
        sentence = N_("Say whether the base's statement was accepted, and why: the decision answers it.")
        return [Refusal(sentence, field="statement_answer")]
    return []


def _dates(case: CaseFacts, facts: TitleFacts, dated: date | None, today: date) -> list[Refusal]:
    if dated is None:
        return [Refusal(N_("Enter the date of the decision."), field="dated")]
    refusals = []
    if dated > today:
        refusals.append(Refusal(N_("The decision cannot be dated in the future."), field="dated"))
    for day, sentence in (
        (facts.announced_on, N_("The decision cannot be dated before the announcement of %(day)s.")),
        (case.served_on, N_("The decision cannot be dated before the prior notice of %(day)s.")),
        (
            _first_without_statement(case),
            N_("The time for the statement runs: the decision is dated %(day)s or later."),
        ),
        (_first_after_term(case, facts), N_("The title runs on: the decision is dated %(day)s or later.")),
        (case.statement_on, N_("The decision cannot be dated before the statement of %(day)s.")),
        (case.decided_before, N_("The decision cannot be dated before the one it overturns, of %(day)s.")),
        (
            case.overturning.dated,
            N_("The decision cannot be dated before the paper that it stands on, of %(day)s."),
        ),
    ):
        if day is not None and dated < day:
            refusals.append(Refusal(sentence, {"day": day.isoformat()}, field="dated"))
    return refusals


def _first_without_statement(case: CaseFacts) -> date | None:
    """Return the first day after the time for a statement that was never made."""
    if case.kind is DecisionKind.REVERSAL or case.statement_on is not None or case.statement_by is None:
        return None
    return case.statement_by + timedelta(days=1)


def _first_after_term(case: CaseFacts, facts: TitleFacts) -> date | None:
    """Return the first day after the term, where the title is cancelled because the term has ended (Art. 16)."""
    if Ground.NO_RENEWAL not in case.grounds or facts.last_day is None:
        return None
    return facts.last_day + timedelta(days=1)
