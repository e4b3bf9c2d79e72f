"""Cases about a base's title: begun, prepared, heard; overturning one is a new one (Art. 16, 18)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.desk.audit_entry import Change
from documents.records.attachment import Attachment
from documents.records.base import Base
from documents.records.fields import stored_day
from documents.revocation.decision import COLLECTION, Decision
from rules.access import Actor, Permission
from rules.applications import refusals_of_text
from rules.decisions import (
    OPEN_STATES,
    Case,
    DecisionKind,
    DecisionState,
    Ground,
    TitleFacts,
    refusals_of_grounds,
    refusals_to_begin,
    refusals_to_notify,
)
from rules.errors import Missing, Refusal, Refused, Stale
from rules.words import N_
from schema.settings import STATEMENT_DAYS
from services.desk.settings import office_settings
from services.revocation.titles import titles_of
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

Raw = dict[str, Any]
MOST_FACTS = 2000
EVIDENCE = "evidence"


@dataclass(frozen=True)
class Hearing:
    """The prior notice and the base's statement; a day is None as long as it has not come."""

    served_on: date | None
    statement_by: date | None
    served_how: str = ""
    statement_on: date | None = None
    statement: str = ""


def kind_of(raw: Mapping[str, Any]) -> DecisionKind:
    """Return what a stored case is about."""
    return next(one for one in DecisionKind if one.value == raw["kind"])


def state_of(raw: Mapping[str, Any]) -> DecisionState:
    """Return where a stored case stands."""
    return next(one for one in DecisionState if one.value == raw["state"])


def grounds_of(raw: Mapping[str, Any]) -> dict[Ground, str]:
    """Return a stored case's grounds with the facts of each."""
    known = {ground.value: ground for ground in Ground}
    return {known[one["ground"]]: one["facts"] for one in raw.get("grounds", ())}


def title_facts(
    base: Mapping[str, Any], session: Any = None, *, apart_from: ObjectId | None = None
) -> TitleFacts:
    """Return what the records say of a base's title; `apart_from` is the case that asks."""
    clause = {"base": base["_id"], "open": True, "_id": {"$ne": apart_from}}
    case = Decision.collection().find_one(clause, {"_id": 1}, session=session)
    title = titles_of([base], session)[base["_id"]]
    announced = base.get("announced_on")
    return TitleFacts(
        status=base["status"],
        announced_on=announced.date() if announced else None,
        last_day=title.last_day,
        renewal_open=title.renewal_open,
        renewal_failed=title.renewal_failed,
        open_case=case is not None,
    )


def read_case(case_id: ObjectId, actor: Actor) -> Raw:
    """Return a case in the actor's scope. Raises Missing."""
    raw = Decision.collection().find_one({"_id": case_id})
    if raw is None or not Decision.is_visible(raw, actor):
        raise Missing()
    return dict(raw)


def begin_case(
    kind: DecisionKind, base_id: ObjectId, grounds: Mapping[Ground, str], *, actor: Actor, now: datetime
) -> ObjectId:
    """Begin a case about a base's title; return its id. The title itself is touched only by the decision.

    Raises Missing, Refused (no title, a case under way, grounds), NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    _demand_grounds(kind, grounds)

    def work(uow: UnitOfWork) -> ObjectId:
        base = uow.find(Base, base_id)
        reasons = refusals_to_begin(kind, title_facts(base, uow.session))
        if reasons:
            raise Refused(*reasons)
        raw: Raw = {
            "_id": ObjectId(), "base": base_id, "base_name": base["name"], "operator": base["operator"],
            "county": base["county"], "kind": kind.value, "state": DecisionState.PREPARED.value, "open": True,
            "grounds": _plain(grounds),
        }  # fmt: skip
        if kind is DecisionKind.REVERSAL:
            raw["reverses"] = _overturned(base_id, base["status"], uow)
        raw = uow.save(Decision, None, raw)
        uow.record(
            "case-begun", COLLECTION, raw["_id"], base["name"], counties=[base["county"]],
            changes=[Change("kind", None, kind.zh), *_said(None, grounds)],
        )  # fmt: skip
        return raw["_id"]

    return in_one_transaction(work, actor=actor, now=now)


def _overturned(base_id: ObjectId, status: str, uow: UnitOfWork) -> ObjectId | None:
    """Return the decision by which the base has lost its title; None where only the loss is on record."""
    kinds = {"revoked": DecisionKind.REVOCATION.value, "cancelled": DecisionKind.CANCELLATION.value}
    clause = {
        "base": base_id,
        "kind": kinds[status],
        "state": DecisionState.DECIDED.value,
        "reversed_by": None,
    }
    found = Decision.collection().find_one(clause, {"_id": 1}, sort=[("dated", -1)], session=uow.session)
    return found["_id"] if found else None


def _demand_grounds(kind: DecisionKind, grounds: Mapping[Ground, str]) -> None:
    reasons = list(refusals_of_grounds(kind, grounds))
    for ground, facts in grounds.items():
        reasons += refusals_of_text(facts, f"facts-{ground.value}", most=MOST_FACTS)
    if reasons:
        raise Refused(*reasons)


def _plain(grounds: Mapping[Ground, str]) -> list[dict[str, str]]:
    return [
        {"ground": ground.value, "facts": grounds[ground].strip()} for ground in Ground if ground in grounds
    ]


def _said(before: Mapping[Ground, str] | None, after: Mapping[Ground, str]) -> list[Change]:
    old, new = (
        {f"ground.{ground.value}": facts.strip() for ground, facts in (one or {}).items()}
        for one in (before, after)
    )
    return [Change(key, old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key)]


# --- Preparing ---------------------------------------------------------------------------------


def open_case(uow: UnitOfWork, case_id: ObjectId, version: int | None) -> Raw:
    """Return a case that is under way. Raises Missing, Stale, Refused when it is closed."""
    raw = uow.find(Decision, case_id)
    if state_of(raw) not in OPEN_STATES:
        raise Refused(N_("This case is closed."))
    if version is not None and raw["version"] != version:
        raise Stale()
    return raw


def keep_case(
    uow: UnitOfWork, before: Raw, values: Mapping[str, Any], *, action: str, changes: list[Change]
) -> Raw:
    """Write a case that was read as `before`, with its audit entry. Raises Stale."""
    given = {key: value for key, value in {**before, **values}.items() if value is not None}
    fresh = uow.save(Decision, before, given)
    uow.record(
        action, COLLECTION, before["_id"], before["base_name"], counties=[before["county"]], changes=changes
    )
    return fresh


def keep_grounds(
    case_id: ObjectId, grounds: Mapping[Ground, str], *, version: int, actor: Actor, now: datetime
) -> bool:
    """Change the grounds and facts of a case under way; False when nothing differs. Raises Missing, Stale, Refused."""
    actor.demand(Permission.DECIDE_APPLICATIONS)

    def work(uow: UnitOfWork) -> bool:
        raw = open_case(uow, case_id, version)
        _demand_grounds(kind_of(raw), grounds)
        changes = _said(grounds_of(raw), grounds)
        if changes:
            keep_case(uow, raw, {"grounds": _plain(grounds)}, action="changed", changes=changes)
        return bool(changes)

    return in_one_transaction(work, actor=actor, now=now)


def keep_hearing(
    case_id: ObjectId, hearing: Hearing, *, version: int, actor: Actor, now: datetime, today: date
) -> bool:
    """Record the prior notice, and the base's statement once it is made; False when nothing differs.

    Raises Missing, Stale, Refused (days out of order), NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    reasons = _refusals_of_hearing(hearing, today)
    if reasons:
        raise Refused(*reasons)

    def work(uow: UnitOfWork) -> bool:
        raw = open_case(uow, case_id, version)
        fresh: dict[str, Any] = {
            "served_on": _stored(hearing.served_on), "statement_by": _stored(hearing.statement_by),
            "served_how": hearing.served_how.strip() or None, "statement_on": _stored(hearing.statement_on),
            "statement": hearing.statement.strip() or None,
        }  # fmt: skip
        changes = [Change(key, raw.get(key), value) for key, value in fresh.items() if raw.get(key) != value]
        if changes:
            state = {"state": DecisionState.NOTIFIED.value}
            keep_case(uow, raw, fresh | state, action="changed", changes=changes)
        return bool(changes)

    return in_one_transaction(work, actor=actor, now=now)


def _stored(day: date | None) -> datetime | None:
    return stored_day(day) if day else None


def _refusals_of_hearing(hearing: Hearing, today: date) -> list[Refusal]:
    least_days = office_settings()[STATEMENT_DAYS]
    found = list(refusals_to_notify(hearing.served_on, hearing.statement_by, today, least_days=least_days))
    found += refusals_of_text(hearing.served_how, "served_how", most=200)
    if hearing.statement_on is None:
        if hearing.statement.strip():
            found.append(Refusal(N_("Enter the day of the statement."), field="statement_on"))
    else:
        found += refusals_of_text(
            hearing.statement,
            "statement",
            wanted=N_("Enter what the base stated, in short."),
            most=MOST_FACTS,
        )
        if hearing.statement_on > today:
            found.append(Refusal(N_("The statement lies in the future."), field="statement_on"))
        elif hearing.served_on is not None and hearing.statement_on < hearing.served_on:
            found.append(
                Refusal(N_("The statement cannot come before the prior notice."), field="statement_on")
            )
    return found


def drop_case(case_id: ObjectId, *, reason: str, version: int, actor: Actor, now: datetime) -> None:
    """Close a case without a decision, and say why. Raises Missing, Stale, Refused, NotAllowed."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    reasons = refusals_of_text(reason, "reason", wanted=N_("Give the reason."))
    if reasons:
        raise Refused(*reasons)

    def work(uow: UnitOfWork) -> None:
        raw = open_case(uow, case_id, version)
        values = {"state": DecisionState.DROPPED.value, "open": False, "closed_reason": reason.strip()}
        changes = [
            Change("state", state_of(raw).zh, DecisionState.DROPPED.zh),
            Change("reason", None, reason.strip()),
        ]
        keep_case(uow, raw, values, action="case-dropped", changes=changes)

    in_one_transaction(work, actor=actor, now=now)


def case_facts(raw: Mapping[str, Any], session: Any = None) -> Case:
    """Return a stored case as the rules ask about it."""
    clause = {"collection": COLLECTION, "record_id": raw["_id"], "slot": EVIDENCE}
    before = None
    if raw.get("reverses"):
        old = Decision.collection().find_one({"_id": raw["reverses"]}, {"dated": 1}, session=session)
        before = old["dated"].date() if old else None
    days = {
        key: raw[key].date() if raw.get(key) else None
        for key in ("served_on", "statement_by", "statement_on")
    }
    return Case(
        kind=kind_of(raw),
        state=state_of(raw),
        grounds=grounds_of(raw),
        evidence=Attachment._get_collection().count_documents(clause, session=session),
        decided_before=before,
        **days,
    )


def evidence_counts(cases: Iterable[ObjectId]) -> dict[ObjectId, int]:
    """Return how many files of evidence each of these cases has, in one command; the caller has checked the scope."""
    clause = {"collection": COLLECTION, "record_id": {"$in": list(cases)}, "slot": EVIDENCE}
    steps = [{"$match": clause}, {"$group": {"_id": "$record_id", "n": {"$sum": 1}}}]
    return {row["_id"]: row["n"] for row in Attachment._get_collection().aggregate(steps)}


def numbers_of(decisions: Iterable[ObjectId]) -> dict[ObjectId, str]:
    """Return the document numbers of decisions."""
    clause = {"_id": {"$in": list(decisions)}}
    found = Decision.collection().find(clause, {"number": 1})
    return {row["_id"]: row.get("number", "") for row in found}
