"""An application from its first line to the county's desk: apply, fill in, hand in, take back (Art. 9-11, 16)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.applications.application import COLLECTION, Application
from documents.desk.audit_entry import Change
from documents.records.base import Base
from documents.records.fields import stored_day
from rules.access import Actor, Permission
from rules.applications import Applicant, Stage, Verb, kind_for, refusals_of_text, refusals_to_apply
from rules.assessment import Assessment, assess
from rules.errors import Missing, Refused
from rules.materials import Submission, refusals_to_submit
from services.applications.rounds import KeptRound, read_round
from services.applications.steps import (
    Raw,
    at_version,
    count_files,
    demand_step,
    keep_changed,
    read_application,
    stage_of,
    take_step,
)
from services.assessment.assess import facts_of
from services.assessment.checklist import read_checklist
from services.assessment.rule_sets import read_edition
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

# What of a base is frozen with its application: what Art. 10 has the applicant declare.
_FROZEN = (
    "name", "operator", "uscc", "county", "base_type", "legal_representative", "address", "operating_since",
    "floor_area", "service_staff", "online_system", "status", "announced_on", "document_number",
    "title_first_day", "title_last_day",
)  # fmt: skip
_MOST_CASES = 20_000  # signs that are kept at all; how many count is the rule's


def applicant_of(base: Mapping[str, Any], session: Any = None) -> Applicant:
    """Return what decides whether a stored base may apply."""
    under_way = Application.collection().find_one({"base": base["_id"], "open": True}, session=session)
    clause = {"_id": {"$ne": base["_id"]}, "operator": base["operator"], "status": "certified"}
    other = Base.collection().find_one(clause, {"name": 1}, session=session)
    last = base.get("title_last_day")
    return Applicant(
        status=base["status"],
        title_last_day=last.date() if last else None,
        open_application=under_way["round_name"] if under_way else "",
        operator_certified=other["name"] if other else "",
    )


def begin(base_id: ObjectId, round_id: ObjectId, *, actor: Actor, now: datetime, today: date) -> ObjectId:
    """Begin an application of a base in a round, for the title or, where it has one, for its renewal; return its id.

    Raises Missing (base out of scope, no such round), Refused (Art. 16; a second one under way), NotAllowed.
    """
    actor.demand(Permission.WRITE)
    return in_one_transaction(lambda uow: _begin(uow, base_id, round_id, today), actor=actor, now=now)


def _begin(uow: UnitOfWork, base_id: ObjectId, round_id: ObjectId, today: date) -> ObjectId:
    base = uow.find(Base, base_id)
    one = read_round(round_id, uow.session)
    applicant = applicant_of(base, uow.session)
    kind = kind_for(applicant, today)
    reasons = refusals_to_apply(kind, applicant, round_open=one.takes_applications(today), today=today)
    if reasons:
        raise Refused(*reasons)
    raw: Raw = {
        "_id": ObjectId(), "base": base_id, "base_name": base["name"], "operator": base["operator"],
        "county": base["county"], "round": round_id, "round_name": one.name, "year": one.year,
        "kind": kind.value, "stage": Stage.DRAFT.value, "open": True, "since": uow.now, "cases": "",
        "sealed": False, "steps": [], "experts": [],
    }  # fmt: skip
    raw = uow.save(Application, None, raw)
    uow.record(
        "application-begun", COLLECTION, raw["_id"], Application.label_of(raw), counties=[raw["county"]],
        changes=[Change("kind", None, kind.zh)],
    )  # fmt: skip
    return raw["_id"]


def keep(
    application_id: ObjectId, *, cases: str, sealed: bool, version: int, actor: Actor, now: datetime
) -> bool:
    """Keep what was typed into an application that is being filled in; return False when nothing differs.

    A text that is still too long is kept: only handing it in is refused. Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.WRITE)
    text = cases.replace("\r\n", "\n").strip()
    reasons = refusals_of_text(text, "cases", most=_MOST_CASES)
    if reasons:
        raise Refused(*reasons)

    def work(uow: UnitOfWork) -> bool:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.SUBMIT, actor)
        fresh = {**raw, "cases": text, "sealed": sealed}
        changes = [
            Change(key, raw.get(key) or None, fresh[key] or None)
            for key in ("cases", "sealed")
            if (raw.get(key) or None) != (fresh[key] or None)
        ]
        if changes:
            keep_changed(uow, raw, fresh, action="changed", changes=changes)
        return bool(changes)

    return in_one_transaction(work, actor=actor, now=now)


def submission_of(raw: Mapping[str, Any], files: Mapping[str, int]) -> Submission:
    """Return what an application holds of the ten materials; `files` counts them by place."""
    return Submission(files, raw.get("cases") or "", bool(raw.get("sealed")))


def submit(application_id: ObjectId, *, version: int, actor: Actor, now: datetime, today: date) -> None:
    """Hand an application in: the ten materials are complete, the facts are frozen with the assessment beside them.

    One that was returned may come back after the round's last day; after the day it was returned for it is
    marked late. Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.WRITE)
    raw = read_application(application_id, actor)
    one = read_round(raw["round"])
    frozen = _assessed(raw["base"], one, actor, today)

    def work(uow: UnitOfWork) -> None:
        raw = at_version(uow, application_id, version)
        demand_step(raw, Verb.SUBMIT, actor)
        returned = stage_of(raw) is Stage.RETURNED
        base = uow.find(Base, raw["base"])
        reasons = list(refusals_to_submit(submission_of(raw, count_files(application_id, uow))))
        if not returned:
            applicant = applicant_of(base, uow.session)
            own = Applicant(applicant.status, applicant.title_last_day, "", applicant.operator_certified)
            open_now = read_round(raw["round"], uow.session).takes_applications(today)
            reasons += refusals_to_apply(kind_for(own, today), own, round_open=open_now, today=today)
        if reasons:
            raise Refused(*reasons)
        due = raw.get("returned", {}).get("due")
        late = bool(returned and due and today > due.date())
        submission = {
            "on": stored_day(today), "base": {key: base[key] for key in _FROZEN if base.get(key) is not None}, **frozen
        }  # fmt: skip
        values = {"submission": submission, "base_name": base["name"], "operator": base["operator"]}
        take_step(uow, raw, Verb.SUBMIT, values=values, more={"late": True} if late else None)

    in_one_transaction(work, actor=actor, now=now)


def _assessed(base_id: ObjectId, one: KeptRound, actor: Actor, today: date) -> dict[str, Any]:
    """Return the assessment of a base for the round's year under its rule set, and Art. 6, as plain values."""
    measures = read_edition(one.rule_set, actor).measures
    found = facts_of(one.assessed_year, today=today, actor=actor, bases=[base_id])
    if not found:
        raise Missing()
    checks = read_checklist(base_id, one.assessed_year)
    conditions = {condition.value: item.state.value for condition, item in checks.items.items()}
    return {
        "assessment": plain_assessment(assess(found[0].facts, measures), one.assessed_year),
        "conditions": conditions,
    }


def plain_assessment(one: Assessment, year: int) -> dict[str, Any]:
    """Return an assessment as plain values, to be frozen beside a decision."""
    return {
        "rule_set": one.measures.code,
        "rule_title": one.measures.title,
        "year": year,
        "as_of": stored_day(one.facts.as_of),
        "meets": one.meets,
        "functions_met": one.functions_met,
        "indicators": [
            {
                "key": line.key, "article": line.article, "label": line.label, "unit": line.unit,
                "required": line.required, "actual": line.actual, "met": line.met,
            }
            for line in one.indicators
        ],
        "functions": [
            {
                "function": result.function.value,
                "met": result.met,
                "figures": [
                    {"figure": figure.value, "required": required, "actual": actual, "met": met}
                    for figure, required, actual, met in result.figures
                ],
            }
            for result in one.functions
        ],
    }  # fmt: skip


def withdraw(application_id: ObjectId, *, reason: str, version: int, actor: Actor, now: datetime) -> None:
    """Record that the applicant takes the application back. Raises Missing, Stale, Refused, NotAllowed."""
    in_one_transaction(
        lambda uow: take_step(uow, at_version(uow, application_id, version), Verb.WITHDRAW, opinion=reason),
        actor=actor,
        now=now,
    )
