"""Sign a decision on a title: base, applications, public list, papers and audit agree, or nothing is written."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from documents.desk.audit_entry import Change
from documents.publication.notice import COLLECTION as NOTICES
from documents.publication.notice import Notice
from documents.records.base import Base
from documents.records.county import County
from documents.records.fields import stored_day
from documents.revocation.decision import Decision
from documents.upward.recommendation import COLLECTION as UPWARD
from documents.upward.recommendation import UpwardRecommendation
from office.papers.decision_texts import DecisionFacts, decision_notice, decision_paper
from office.papers.paper_text import PaperText
from rules.access import Actor, Permission
from rules.applications import Verb
from rules.decisions import ARTICLES, TITLE_AFTER, DecisionKind, DecisionState, refusals_to_decide
from rules.errors import Missing, Refused, Stale
from rules.publication import NoticeKind
from rules.upward import UpwardOutcome
from rules.words import N_
from services.applications.recommendation import county_office
from services.applications.steps import take_step
from services.records.records import update_within
from services.records.references import References
from services.revocation.cases import (
    Raw,
    case_facts,
    grounds_of,
    keep_case,
    kind_of,
    open_case,
    read_case,
    state_of,
    title_facts,
)
from services.revocation.impact import Touched, touched_by
from services.shared.paper_register import claim, read_number, refusals_of_number
from services.shared.unit_of_work import UnitOfWork, in_one_transaction


@dataclass(frozen=True)
class DecisionPreview:
    """A decision exactly as it will read, what the public will read, and what it touches."""

    paper: PaperText
    public: PaperText
    touched: Touched

    @property
    def fingerprint(self) -> str:
        """What tells this preview from another: the words of both papers, and what the decision ends."""
        return _fingerprint(self.paper, self.public, self.touched)


def _fingerprint(paper: PaperText, public: PaperText, touched: Touched) -> str:
    ended = [str(one[0]) for one in (*touched.applications, *touched.upward)]
    plain = json.dumps([paper.stored(), public.stored(), ended], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def preview_decision(
    case_id: ObjectId, number: str, dated: date, *, actor: Actor, today: date
) -> DecisionPreview:
    """Return the decision as it would be signed. Raises what `decide` would."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(number)
    raw = read_case(case_id, actor)
    base = Base.collection().find_one({"_id": raw["base"]})
    if base is None:
        raise Missing()
    reasons = [*_refusals(raw, base, dated, today), *refusals_of_number(number)]
    if reasons:
        raise Refused(*reasons)
    facts = _facts(raw, base, number, dated)
    return DecisionPreview(decision_paper(facts), decision_notice(facts), touched_by(raw["base"], today))


def decide(
    case_id: ObjectId, number: str, dated: date, *, version: int, actor: Actor, now: datetime, today: date,
    seen: str | None = None,
) -> ObjectId:  # fmt: skip
    """Sign the decision of a case; return the id of what is published.

    `seen` is the fingerprint of the preview that the clerk has read: were it different by now, it is Stale.

    The number is claimed, the base's title changes, its applications end, its upward recommendations too, the
    public reads of it: all in one transaction, exactly once. Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(number)

    def work(uow: UnitOfWork) -> ObjectId:
        raw = open_case(uow, case_id, version)
        base = uow.find(Base, raw["base"])
        reasons = _refusals(raw, base, dated, today, uow.session)
        if reasons:
            raise Refused(*reasons)
        return _decide(uow, raw, base, number, dated, today, seen)

    return in_one_transaction(work, actor=actor, now=now)


def _refusals(
    raw: Raw, base: Mapping[str, Any], dated: date | None, today: date, session: Any = None
) -> list[Any]:
    facts = title_facts(base, session, apart_from=raw["_id"])
    return list(refusals_to_decide(case_facts(raw, session), facts, dated=dated, today=today))


def _decide(
    uow: UnitOfWork,
    raw: Raw,
    base: Mapping[str, Any],
    number: str,
    dated: date,
    today: date,
    seen: str | None,
) -> ObjectId:
    facts, touched = _facts(raw, base, number, dated), touched_by(raw["base"], today, uow.session)
    paper, public, notice = decision_paper(facts), decision_notice(facts), ObjectId()
    if seen is not None and seen != _fingerprint(paper, public, touched):
        raise Stale(N_("The decision would read differently now: please look at it once more."))
    claim(uow, number, kind="decision", dated=dated, paper=raw["_id"])
    values = {"status": TITLE_AFTER[facts.kind]}
    refs = References(uow.actor, uow.session)
    update_within(uow, "bases", raw["base"], values, refs, version=None, note=number)
    if facts.kind is not DecisionKind.REVERSAL:
        _end_applications(uow, touched, number)
        _end_recommendations(uow, touched, raw, number)
    elif raw.get("reverses"):
        old = {"_id": raw["reverses"]}
        Decision.collection().update_one(old, {"$set": {"reversed_by": raw["_id"]}}, session=uow.session)
    _publish(uow, raw, facts, public, notice)
    fresh = {
        "state": DecisionState.DECIDED.value, "open": False, "number": number, "dated": stored_day(dated),
        "text": paper.stored(), "notice": notice, "touched": touched.stored(), "decided_at": uow.now,
        "decided_by": uow.actor.name,
        # The base may have been renamed since the case was begun.
        "base_name": base["name"], "operator": base["operator"], "county": base["county"],
    }  # fmt: skip
    changes = [
        Change("state", state_of(raw).zh, DecisionState.DECIDED.zh),
        Change("document_number", None, number),
        Change("dated", None, stored_day(dated)),
    ]
    keep_case(uow, raw, fresh, action=f"decided-{facts.kind.value}", changes=changes)
    return notice


def _end_applications(uow: UnitOfWork, touched: Touched, number: str) -> None:
    for one in Application.of_ids([one[0] for one in touched.applications], uow.session):
        take_step(uow, dict(one), Verb.TERMINATE, opinion=number, more={"number": number})


def _end_recommendations(uow: UnitOfWork, touched: Touched, raw: Raw, number: str) -> None:
    for key, level, year in touched.upward:
        ended = {"$set": {"outcome": UpwardOutcome.ENDED.value}, "$inc": {"version": 1}}
        UpwardRecommendation.collection().update_one({"_id": key}, ended, session=uow.session)
        changes = [Change("outcome", UpwardOutcome.PENDING.zh, UpwardOutcome.ENDED.zh)]
        uow.record(
            "changed", UPWARD, key, f"{raw['base_name']}（{year}）", counties=[raw["county"]], changes=changes,
            note=f"{level} {number}",
        )  # fmt: skip


def _publish(uow: UnitOfWork, raw: Raw, facts: DecisionFacts, public: PaperText, notice: ObjectId) -> None:
    kind = next(one for one in NoticeKind if one.value == facts.kind.value)
    row = {
        "_id": notice, "kind": kind.value, "title": public.title, "number": facts.number,
        "dated": stored_day(facts.dated), "first_day": stored_day(facts.dated), "decision": raw["_id"],
        "entries": [
            {"base": raw["base"], "base_name": facts.name, "operator": facts.operator, "county": raw["county"]}
        ],
        "text": public.stored(), "published_at": uow.now, "published_by": uow.actor.name,
    }  # fmt: skip
    if raw.get("reverses"):
        old = Decision.collection().find_one({"_id": raw["reverses"]}, {"notice": 1}, session=uow.session)
        row["overturns"] = (old or {}).get("notice")
    Notice.collection().insert_one(row, session=uow.session)
    uow.record("published", NOTICES, notice, public.title, counties=[raw["county"]])


def _facts(raw: Raw, base: Mapping[str, Any], number: str, dated: date) -> DecisionFacts:
    county = County._get_collection().find_one({"_id": base["county"]}) or {}
    name = str(county.get("name", base["county"]))
    old: Mapping[str, Any] = {}
    if raw.get("reverses"):
        old = Decision.collection().find_one({"_id": raw["reverses"]}, {"number": 1, "dated": 1}) or {}
    days: dict[str, Any] = {
        key: raw[key].date() if raw.get(key) else None
        for key in ("served_on", "statement_by", "statement_on")
    }
    return DecisionFacts(
        kind=kind_of(raw),
        number=number,
        name=base["name"],
        operator=base["operator"],
        county=name,
        county_office=county_office(base["county"], name),
        announced_on=base["announced_on"].date(),
        announced_number=base["document_number"],
        term_first=base["title_first_day"].date(),
        term_last=base["title_last_day"].date(),
        grounds=tuple((ARTICLES[ground], ground.zh, found) for ground, found in grounds_of(raw).items()),
        dated=dated,
        statement=raw.get("statement") or "",
        reversed_number=old.get("number", ""),
        reversed_on=old["dated"].date() if old.get("dated") else None,
        **days,
    )
