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
from documents.records.base import Base
from documents.records.fields import stored_day
from documents.revocation.decision import Decision, StoredDecision
from documents.revocation.impact import Impact, impact_on
from documents.upward.recommendation import COLLECTION as UPWARD
from documents.upward.recommendation import UpwardRecommendation
from office.papers.decision_texts import DecisionFacts, Remedies, decision_notice, decision_paper
from office.papers.paper_text import PaperText
from rules.access import Actor, Permission
from rules.applications import Verb
from rules.counties import office_counties
from rules.decisions import TITLE_AFTER, DecisionState
from rules.errors import Missing, Refused, Stale
from rules.grounds import DecisionKind
from rules.publication import NoticeKind
from rules.release import NOTHING_DECIDED, Treatments
from rules.rule_sets.measures import Measures
from rules.titles import TitleMove, TitleMover
from rules.upward import UpwardOutcome
from rules.words import N_
from schema.settings import COURT, LAWSUIT_MONTHS, REVIEW_BODY, REVIEW_DAYS
from services.applications.recommendation import county_office
from services.applications.steps import take_step
from services.desk.settings import office_settings
from services.publication.release import release
from services.records.records import update_within
from services.records.references import References
from services.revocation.cases import (
    findings_in,
    grounds_of,
    kind_of,
    measures_of,
    open_case,
    outcome_of,
    overturning_of,
    read_case,
    refusals_of_decision,
    save_case,
    state_of,
)
from services.shared.office_day import day_of
from services.shared.paper_register import claim, read_number, refusals_of_number
from services.shared.unit_of_work import UnitOfWork, in_one_transaction


@dataclass(frozen=True)
class DecisionPreview:
    """A decision exactly as it will read, what the public will read, and what it touches."""

    paper: PaperText
    public: PaperText
    impact: Impact

    @property
    def fingerprint(self) -> str:
        """What tells this preview from another: the words of both papers, and what the decision ends."""
        ended = [str(record_id) for record_id in self.impact.ended]
        plain = json.dumps(
            [self.paper.stored(), self.public.stored(), ended], sort_keys=True, ensure_ascii=False
        )
        return hashlib.sha256(plain.encode()).hexdigest()


def preview_decision(
    case_id: ObjectId, number: str, dated: date, *, actor: Actor, today: date
) -> DecisionPreview:
    """Return the decision as it would be signed. Raises what `decide` would."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(number)
    case = read_case(case_id, actor)
    base = Decision.base_of(case)
    if base is None:
        raise Missing()
    refusals = [*refusals_of_decision(case, base, dated, today), *refusals_of_number(number)]
    if refusals:
        raise Refused(*refusals)
    facts = _decision_facts(case, base, number, dated, measures_of(case, today))
    return DecisionPreview(decision_paper(facts), decision_notice(facts), impact_on(case["base"], today))


def decide(
    case_id: ObjectId, number: str, dated: date, *, version: int, actor: Actor, now: datetime, today: date,
    seen: str | None = None, treatments: Treatments = NOTHING_DECIDED,
) -> ObjectId:  # fmt: skip
    """Sign the decision of a case; return the id of what is published.

    `seen` is the fingerprint of the preview that the clerk has read: were it different by now, it is Stale.
    `treatments` say what becomes of the personal numbers in what the public reads.

    The number is claimed, the base's title changes, its applications end, its upward recommendations too, the
    public reads of it: all in one transaction, exactly once. Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(number)

    def work(uow: UnitOfWork) -> ObjectId:
        case = open_case(uow, case_id, version)
        base = uow.find(Base, case["base"])
        refusals = refusals_of_decision(case, base, dated, today, uow.session)
        if refusals:
            raise Refused(*refusals)
        return _decide(uow, case, base, number, dated, today, seen, treatments)

    return in_one_transaction(work, actor=actor, now=now)


def _decide(
    uow: UnitOfWork,
    case: StoredDecision,
    base: Mapping[str, Any],
    number: str,
    dated: date,
    today: date,
    seen: str | None,
    treatments: Treatments,
) -> ObjectId:
    measures = measures_of(case, today, uow.session)
    facts = _decision_facts(case, base, number, dated, measures, uow.session)
    impact = impact_on(case["base"], today, uow.session)
    preview = DecisionPreview(decision_paper(facts), decision_notice(facts), impact)
    if seen is not None and seen != preview.fingerprint:
        raise Stale(N_("The decision would read differently now: please look at it once more."))
    claim(uow, number, kind="decision", dated=dated, paper=case["_id"])
    title = {"status": TITLE_AFTER[facts.kind]}
    is_reversal = facts.kind is DecisionKind.REVERSAL
    mover = TitleMover.REVERSAL if is_reversal else TitleMover.DECISION
    refs = References(uow.actor, uow.session, title_move=TitleMove(mover, to=title["status"]))
    update_within(uow, "bases", case["base"], title, refs, version=base["version"], note=number)
    if facts.kind is not DecisionKind.REVERSAL:
        _end_applications(uow, impact, number)
        _end_recommendations(uow, impact, case, number)
    elif reversed_id := case.get("reverses"):
        Decision.mark_overturned(reversed_id, case["_id"], uow.session)
        uow.touch("decisions", reversed_id)
    notice_id = _publish(uow, case, facts, preview.public, treatments)
    values = {
        "state": DecisionState.DECIDED.value, "open": False, "number": number, "dated": stored_day(dated),
        "text": preview.paper.stored(), "decided_under": facts.measures.code, "notice": notice_id,
        "touched": impact.stored(), "decided_at": uow.now,
        "decided_by": uow.actor.name,
        # The base may have been renamed since the case was begun.
        "base_name": base["name"], "operator": base["operator"], "county": base["county"],
    }  # fmt: skip
    changes = [
        Change("state", state_of(case).zh, DecisionState.DECIDED.zh),
        Change("document_number", None, number),
        Change("dated", None, stored_day(dated)),
    ]
    save_case(uow, case, values, action=f"decided-{facts.kind.value}", changes=changes)
    return notice_id


def _end_applications(uow: UnitOfWork, impact: Impact, number: str) -> None:
    ids = [application_id for application_id, _, _ in impact.applications]
    for application in Application.of_ids(ids, uow.session):
        take_step(uow, application, Verb.TERMINATE, opinion=number, more={"number": number})


def _end_recommendations(uow: UnitOfWork, impact: Impact, case: StoredDecision, number: str) -> None:
    for recommendation_id, level, year in impact.upward:
        UpwardRecommendation.end(recommendation_id, uow.session)
        uow.touch(UPWARD, recommendation_id)
        changes = [Change("outcome", UpwardOutcome.PENDING.zh, UpwardOutcome.ENDED.zh)]
        uow.record(
            "changed", UPWARD, recommendation_id, f"{case['base_name']}（{year}）", counties=[case["county"]],
            changes=changes, note=f"{level} {number}",
        )  # fmt: skip


def _publish(
    uow: UnitOfWork, case: StoredDecision, facts: DecisionFacts, public: PaperText, treatments: Treatments
) -> ObjectId:
    kind = next(kind for kind in NoticeKind if kind.value == facts.kind.value)
    entry = {
        "base": case["base"], "base_name": facts.name, "operator": facts.operator, "county": case["county"],
    }  # fmt: skip
    notice = {
        "_id": ObjectId(), "kind": kind.value, "number": facts.number,
        "dated": stored_day(facts.dated), "first_day": stored_day(facts.dated), "decision": case["_id"],
        "rule_set": facts.measures.code,
        "entries": [entry], "published_at": uow.now, "published_by": uow.actor.name,
    }  # fmt: skip
    if case.get("reverses"):
        notice["overturns"] = Decision.overturned_by(case, uow.session).get("notice")
    released = release(uow, notice, public, treatments)
    uow.record(
        "published", NOTICES, notice["_id"], released.title, counties=[case["county"]], note=released.note
    )
    return notice["_id"]


def remedies() -> Remedies:
    """Return where a decision is fought, as the office's settings say."""
    settings = office_settings()
    return Remedies(settings[REVIEW_BODY], settings[REVIEW_DAYS], settings[COURT], settings[LAWSUIT_MONTHS])


def _decision_facts(
    case: StoredDecision,
    base: Mapping[str, Any],
    number: str,
    dated: date,
    measures: Measures,
    session: Any = None,
) -> DecisionFacts:
    county = office_counties().by_code.get(base["county"])
    county_name = county.name if county else base["county"]
    overturned = Decision.overturned_by(case, session)
    return DecisionFacts(
        kind=kind_of(case),
        measures=measures,
        number=number,
        name=base["name"],
        operator=base["operator"],
        county=county_name,
        county_office=county_office(base["county"], county_name),
        announced_on=base["announced_on"].date(),
        announced_number=base["document_number"],
        term_first=base["title_first_day"].date(),
        term_last=base["title_last_day"].date(),
        grounds=tuple(grounds_of(case).items()),
        dated=dated,
        served_on=day_of(case.get("served_on")),
        statement_by=day_of(case.get("statement_by")),
        statement_on=day_of(case.get("statement_on")),
        statement=case.get("statement") or "",
        statement_outcome=outcome_of(case),
        statement_answer=case.get("statement_answer") or "",
        findings=findings_in(case),
        remedies=remedies(),
        prior_number=case.get("prior_number") or "",
        overturning=overturning_of(case),
        reversed_number=overturned.get("number", ""),
        reversed_on=day_of(overturned.get("dated")),
    )
