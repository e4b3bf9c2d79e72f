"""Cases about a base's title: begun, prepared, heard, dropped; overturning one is a new one (Art. 16, 18)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from bson import ObjectId

from documents.desk.audit_entry import Change
from documents.records.base import Base
from documents.records.fields import stored_day
from documents.revocation.decision import (
    COLLECTION,
    EVIDENCE,
    NOTICE,
    Decision,
    StoredDecision,
    StoredGround,
)
from rules.access import Actor, Permission
from rules.applications import refusals_of_text
from rules.decisions import (
    OPEN_STATES,
    CaseFacts,
    DecisionState,
    Overturning,
    TitleFacts,
    refusals_of_ending,
    refusals_of_grounds,
    refusals_to_begin,
    refusals_to_decide,
    refusals_to_notify,
)
from rules.errors import Refusal, Refused, Stale
from rules.grounds import DecisionKind, Finding, Ground, OverturnedBy, StatementOutcome, findings_of
from rules.prior_notice import IssuedNotice, refusals_of_service, refusals_without_notice
from rules.rule_sets.measures import Measures, in_force
from rules.words import N_
from schema.settings import STATEMENT_DAYS
from services.assessment.rule_sets import (
    deciding_set,
    reason_kept,
    recorded_set,
    refusals_to_begin_on,
    rule_sets,
)
from services.desk.settings import office_settings
from services.revocation.titles import titles_of
from services.shared.office_day import day_of, office_day
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

MOST_FACTS = 2000  # signs


@dataclass(frozen=True)
class Hearing:
    """The prior notice, the base's statement and what was found of it; a day is None as long as it has not come."""

    served_on: date | None
    statement_by: date | None
    served_how: str = ""
    statement_on: date | None = None
    statement: str = ""
    outcome: StatementOutcome | None = None
    answer: str = ""


# --- Reading -------------------------------------------------------------------------------------


def kind_of(case: StoredDecision) -> DecisionKind:
    """Return what a stored case is about."""
    return next(kind for kind in DecisionKind if kind.value == case["kind"])


def state_of(case: StoredDecision) -> DecisionState:
    """Return where a stored case stands."""
    return next(state for state in DecisionState if state.value == case["state"])


def is_open(case: StoredDecision) -> bool:
    """Tell whether a case is under way."""
    return state_of(case) in OPEN_STATES


def grounds_of(case: StoredDecision) -> dict[Ground, str]:
    """Return a stored case's grounds with the facts of each."""
    return _grounds_in(case.get("grounds", ()))


def _grounds_in(rows: Iterable[StoredGround]) -> dict[Ground, str]:
    known = {ground.value: ground for ground in Ground}
    return {known[row["ground"]]: row["facts"] for row in rows}


def findings_in(case: StoredDecision) -> tuple[Finding, ...]:
    """Return which alternatives were found, in the order of the grounds."""
    return _findings_of_codes(case.get("findings", ()))


def _findings_of_codes(codes: Collection[str]) -> tuple[Finding, ...]:
    return tuple(finding for finding in Finding if finding.value in codes)


def issued_notice(case: StoredDecision) -> IssuedNotice | None:
    """Return the prior notice that was issued here for a stored case, the latest; None for none."""
    dated, until = day_of(case.get("prior_dated")), day_of(case.get("prior_until"))
    if dated is None or until is None:
        return None
    return IssuedNotice(
        case["prior_number"], dated, until, _grounds_in(case.get("prior_grounds", ())),
        _findings_of_codes(case.get("prior_findings", ())),
    )  # fmt: skip


def outcome_of(case: StoredDecision) -> StatementOutcome | None:
    """Return what became of the base's statement; None as long as nobody said."""
    code = case.get("statement_outcome")
    return next((outcome for outcome in StatementOutcome if outcome.value == code), None)


def overturning_of(case: StoredDecision) -> Overturning:
    """Return on what a stored reversal stands."""
    code = case.get("basis")
    return Overturning(
        next((by for by in OverturnedBy if by.value == code), None),
        case.get("basis_body", ""),
        case.get("basis_number", ""),
        day_of(case.get("basis_dated")),
    )


def read_case(case_id: ObjectId, actor: Actor) -> StoredDecision:
    """Return a case in the actor's scope. Raises Missing."""
    return cast("StoredDecision", Decision.read(case_id, actor))


def title_facts(
    base: Mapping[str, Any], session: Any = None, *, apart_from: ObjectId | None = None
) -> TitleFacts:
    """Return what the records say of a base's title; `apart_from` is the case that asks."""
    title = titles_of([base], session)[base["_id"]]
    return TitleFacts(
        status=base["status"],
        announced_on=day_of(base.get("announced_on")),
        last_day=title.last_day,
        renewal_open=title.renewal_open,
        renewal_failed=title.renewal_failed,
        open_case=Decision.has_open_case(base["_id"], apart_from=apart_from, session=session),
    )


def case_facts(case: StoredDecision, session: Any = None) -> CaseFacts:
    """Return a stored case as the rules ask about it."""
    files = Decision.slot_counts(case["_id"], session)
    return CaseFacts(
        kind=kind_of(case),
        state=state_of(case),
        grounds=grounds_of(case),
        evidence=files.get(EVIDENCE, 0),
        own_papers=files.get(NOTICE, 0),
        decided_before=day_of(Decision.overturned_by(case, session).get("dated")),
        served_on=day_of(case.get("served_on")),
        statement_by=day_of(case.get("statement_by")),
        statement_on=day_of(case.get("statement_on")),
        findings=findings_in(case),
        statement_outcome=outcome_of(case),
        statement_answer=case.get("statement_answer", ""),
        overturning=overturning_of(case),
    )


def refusals_of_decision(
    case: StoredDecision, base: Mapping[str, Any], dated: date | None, today: date, session: Any = None
) -> list[Refusal]:
    """Return why a stored case cannot be decided with a paper of this date."""
    facts, title = case_facts(case, session), title_facts(base, session, apart_from=case["_id"])
    return [
        *refusals_without_notice(facts, issued_notice(case)),
        *refusals_to_decide(facts, title, dated=dated, today=today),
    ]


def measures_of(case: StoredDecision, day: date, session: Any = None) -> Measures:
    """Return the rule set that a case is decided under on `day`, or was, when it is decided already."""
    begun_on = office_day(case["created_at"])
    if decided_under := case.get("decided_under"):
        return recorded_set(decided_under, begun_on, session)
    return deciding_set(case.get("rule_set"), begun_on, day, "cases_begun_before", session)


# --- Beginning -----------------------------------------------------------------------------------


def begin_case(
    kind: DecisionKind, base_id: ObjectId, grounds: Mapping[Ground, str], findings: Collection[Finding] = (),
    *, reason_to_begin: str = "", actor: Actor, now: datetime,
) -> ObjectId:  # fmt: skip
    """Begin a case about a base's title; return its id. The title itself is touched only by the decision.

    `findings` are those of the grounds' alternatives that are known by now.

    Raises Missing, Refused (no title, a case under way, grounds, a title whose term runs), NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    _demand_grounds(kind, grounds)

    def work(uow: UnitOfWork) -> ObjectId:
        base = uow.find(Base, base_id)
        facts, today = title_facts(base, uow.session), office_day(now)
        measures = in_force(rule_sets(uow.session), today)[0]
        refusals = list(refusals_to_begin(kind, facts) or refusals_of_ending(grounds, facts, today))
        if kind is not DecisionKind.REVERSAL:  # another authority's decision is its basis, not the Measures
            refusals += refusals_to_begin_on(
                measures, today, reason_to_begin, today=today, session=uow.session
            )
        if refusals:
            raise Refused(*refusals)
        kept = reason_kept(measures, today, reason_to_begin)
        case: StoredDecision = {
            "_id": ObjectId(), "base": base_id, "base_name": base["name"], "operator": base["operator"],
            "county": base["county"], "kind": kind.value, "state": DecisionState.PREPARED.value, "open": True,
            "grounds": _stored_grounds(grounds), "findings": _stored_findings(grounds, findings),
            "rule_set": measures.code,
        }  # fmt: skip
        changes = [Change("kind", None, kind.zh), *_changed_grounds({}, grounds)]
        if kept:
            case["reason_to_begin"] = kept
            changes.append(Change("reason_to_begin", None, kept))
        if kind is DecisionKind.REVERSAL:
            lost_by = {"revoked": DecisionKind.REVOCATION, "cancelled": DecisionKind.CANCELLATION}
            # None where only the loss is on record, not its decision.
            case["reverses"] = Decision.latest_standing(base_id, lost_by[base["status"]], uow.session)
        uow.save(Decision, None, case)
        uow.record(
            "case-begun", COLLECTION, case["_id"], base["name"], counties=[base["county"]],
            changes=changes,
        )  # fmt: skip
        return case["_id"]

    return in_one_transaction(work, actor=actor, now=now)


def _demand_grounds(kind: DecisionKind, grounds: Mapping[Ground, str]) -> None:
    refusals = list(refusals_of_grounds(kind, grounds))
    for ground, facts in grounds.items():
        refusals += refusals_of_text(facts, f"facts-{ground.value}", most=MOST_FACTS)
    if refusals:
        raise Refused(*refusals)


def _stored_grounds(grounds: Mapping[Ground, str]) -> list[StoredGround]:
    return [
        {"ground": ground.value, "facts": grounds[ground].strip()} for ground in Ground if ground in grounds
    ]


def _stored_findings(grounds: Collection[Ground], findings: Collection[Finding]) -> list[str]:
    return [
        finding.value for ground in Ground if ground in grounds for finding in findings_of(ground, findings)
    ]


def _finding_words(codes: Collection[str]) -> str | None:
    return "、".join(finding.zh for finding in Finding if finding.value in codes) or None


def _changed_grounds(before: Mapping[Ground, str], after: Mapping[Ground, str]) -> list[Change]:
    old, new = (
        {f"ground.{ground.value}": facts.strip() for ground, facts in grounds.items()}
        for grounds in (before, after)
    )
    return [Change(key, old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key)]


# --- Preparing ---------------------------------------------------------------------------------


def open_case(uow: UnitOfWork, case_id: ObjectId, version: int) -> StoredDecision:
    """Return a case that is under way. Raises Missing, Stale, Refused when it is closed."""
    case = cast("StoredDecision", uow.find(Decision, case_id))
    # First of all: whoever comes after the decision is told that, not that the version is another.
    if not is_open(case):
        raise Refused(N_("This case is closed."))
    if case["version"] != version:
        raise Stale()
    return case


def save_case(
    uow: UnitOfWork, before: StoredDecision, values: Mapping[str, Any], *, action: str, changes: list[Change]
) -> None:
    """Write a case that was read as `before`, with its audit entry; a value None takes the key away. Raises Stale."""
    after = {key: value for key, value in {**before, **values}.items() if value is not None}
    uow.save(Decision, before, after)
    uow.record(
        action, COLLECTION, before["_id"], before["base_name"], counties=[before["county"]], changes=changes
    )


def save_grounds(
    case_id: ObjectId, grounds: Mapping[Ground, str], findings: Collection[Finding] | None = None,
    overturning: Overturning | None = None, *, version: int, actor: Actor, now: datetime,
) -> bool:  # fmt: skip
    """Change grounds, facts and findings of a case under way, and on what a reversal stands; False for no difference.

    What is None stays as it is. Raises Missing, Stale, Refused.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)

    def work(uow: UnitOfWork) -> bool:
        case = open_case(uow, case_id, version)
        _demand_grounds(kind_of(case), grounds)
        title = title_facts(uow.find(Base, case["base"]), uow.session, apart_from=case_id)
        if refusals := refusals_of_ending(grounds, title, office_day(now)):
            raise Refused(*refusals)
        changes = _changed_grounds(grounds_of(case), grounds)
        found = _stored_findings(grounds, findings_in(case) if findings is None else findings)
        old = case.get("findings") or []
        if found != old:
            changes.append(Change("findings", _finding_words(old), _finding_words(found)))
        values: dict[str, Any] = {"grounds": _stored_grounds(grounds), "findings": found}
        if overturning is not None:
            _demand_texts(overturning)
            stands_on = _stored_overturning(overturning)
            changes += [
                Change(key, _shown_basis(key, case.get(key)), _shown_basis(key, value))
                for key, value in stands_on.items()
                if case.get(key) != value
            ]
            values |= stands_on
        if changes:
            save_case(uow, case, values, action="changed", changes=changes)
        return bool(changes)

    return in_one_transaction(work, actor=actor, now=now)


def _demand_texts(overturning: Overturning) -> None:
    refusals = [
        *refusals_of_text(overturning.body, "basis_body", most=100),
        *refusals_of_text(overturning.number, "basis_number", most=60),
    ]
    if refusals:
        raise Refused(*refusals)


def _stored_overturning(overturning: Overturning) -> dict[str, Any]:
    own = overturning.by is OverturnedBy.OWN
    return {
        "basis": overturning.by.value if overturning.by else None,
        "basis_body": None if own else overturning.body.strip() or None,
        "basis_number": None if own else overturning.number.strip() or None,
        "basis_dated": None if own else _stored(overturning.dated),
    }


def _shown_basis(key: str, value: Any) -> Any:
    return next((by.zh for by in OverturnedBy if key == "basis" and by.value == value), value)


def save_hearing(
    case_id: ObjectId, hearing: Hearing, *, version: int, actor: Actor, now: datetime, today: date
) -> bool:
    """Record the prior notice, and the base's statement once it is made; False when nothing differs.

    Raises Missing, Stale, Refused (days out of order), NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)

    def work(uow: UnitOfWork) -> bool:
        case = open_case(uow, case_id, version)
        if refusals := _refusals_of_hearing(case, hearing, today):
            raise Refused(*refusals)
        values: dict[str, Any] = {
            "served_on": _stored(hearing.served_on), "statement_by": _stored(hearing.statement_by),
            "served_how": hearing.served_how.strip() or None, "statement_on": _stored(hearing.statement_on),
            "statement": hearing.statement.strip() or None,
            "statement_outcome": hearing.outcome.value if hearing.outcome else None,
            "statement_answer": hearing.answer.strip() or None,
        }  # fmt: skip
        changes = [
            Change(key, _shown_outcome(key, case.get(key)), _shown_outcome(key, value))
            for key, value in values.items()
            if case.get(key) != value
        ]
        if changes:
            notified = {"state": DecisionState.NOTIFIED.value}
            save_case(uow, case, values | notified, action="changed", changes=changes)
        return bool(changes)

    return in_one_transaction(work, actor=actor, now=now)


def _shown_outcome(key: str, value: Any) -> Any:
    outcomes = StatementOutcome if key == "statement_outcome" else ()
    return next((outcome.zh for outcome in outcomes if outcome.value == value), value)


def _stored(day: date | None) -> datetime | None:
    return stored_day(day) if day else None


def _refusals_of_hearing(case: StoredDecision, hearing: Hearing, today: date) -> list[Refusal]:
    begun_on, least_days = office_day(case["created_at"]), office_settings()[STATEMENT_DAYS]
    refusals = list(
        refusals_to_notify(
            hearing.served_on, hearing.statement_by, today, begun_on=begun_on, least_days=least_days
        )
    )
    if notice := issued_notice(case):
        refusals += refusals_of_service(notice, hearing.served_on, hearing.statement_by)
    refusals += refusals_of_text(hearing.served_how, "served_how", most=200)
    refusals += refusals_of_text(hearing.answer, "statement_answer", most=MOST_FACTS)
    if hearing.statement_on is None:
        if hearing.statement.strip():
            refusals.append(Refusal(N_("Enter the day of the statement."), field="statement_on"))
        if hearing.outcome is not None or hearing.answer.strip():
            sentence = N_("Without a statement there is nothing to answer.")
            refusals.append(Refusal(sentence, field="statement_answer"))
    else:
        refusals += refusals_of_text(
            hearing.statement,
            "statement",
            wanted=N_("Enter what the base stated, in short."),
            most=MOST_FACTS,
        )
        if hearing.statement_on > today:
            refusals.append(Refusal(N_("The statement lies in the future."), field="statement_on"))
        elif hearing.served_on is not None and hearing.statement_on < hearing.served_on:
            refusals.append(
                Refusal(N_("The statement cannot come before the prior notice."), field="statement_on")
            )
    return refusals


def drop_case(case_id: ObjectId, *, reason: str, version: int, actor: Actor, now: datetime) -> None:
    """Close a case without a decision, and say why. Raises Missing, Stale, Refused, NotAllowed."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    refusals = refusals_of_text(reason, "reason", wanted=N_("Give the reason."))
    if refusals:
        raise Refused(*refusals)

    def work(uow: UnitOfWork) -> None:
        case = open_case(uow, case_id, version)
        values = {"state": DecisionState.DROPPED.value, "open": False, "closed_reason": reason.strip()}
        changes = [
            Change("state", state_of(case).zh, DecisionState.DROPPED.zh),
            Change("reason", None, reason.strip()),
        ]
        save_case(uow, case, values, action="case-dropped", changes=changes)

    in_one_transaction(work, actor=actor, now=now)
