"""The prior notice of a decision: previewed, then issued once under a number of the office, its words frozen."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from bson import ObjectId

from documents.desk.audit_entry import Change
from documents.records.base import Base
from documents.records.fields import stored_day
from documents.revocation.decision import Decision, StoredDecision, StoredPriorNotice
from office.papers.decision_texts import PriorNoticeFacts, prior_notice
from office.papers.paper_text import PaperText
from rules.access import Actor, Permission
from rules.counties import office_counties
from rules.decisions import DecisionState, refusals_to_begin
from rules.errors import Missing, Refusal, Refused, Stale
from rules.prior_notice import refusals_to_issue
from rules.words import N_
from schema.settings import ADDRESS, STATEMENT_DAYS, TELEPHONE
from services.desk.settings import office_settings
from services.revocation.cases import (
    case_facts,
    findings_in,
    grounds_of,
    issued_notice,
    kind_of,
    measures_of,
    open_case,
    outcome_of,
    read_case,
    save_case,
    state_of,
    title_facts,
)
from services.shared.office_day import office_day
from services.shared.paper_register import claim, read_number, refusals_of_number
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_NUMBER = "prior_number"
# What was recorded of the hearing under a notice: it goes with that notice when another takes its place.
_HEARING = (
    "served_on", "served_how", "statement_by", "statement_on", "statement", "statement_outcome", "statement_answer",
)  # fmt: skip


@dataclass(frozen=True)
class PriorNoticeDraft:
    """Number and date of a prior notice, and the last day for the base's statement."""

    number: str
    dated: date
    statement_by: date


def fingerprint(paper: PaperText) -> str:
    """Return what tells this paper from one that reads differently."""
    plain = json.dumps(paper.stored(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def preview_prior_notice(
    case_id: ObjectId, draft: PriorNoticeDraft, *, actor: Actor, today: date
) -> PaperText:
    """Return the prior notice as it would be issued. Raises what `issue_prior_notice` would."""
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number = read_number(draft.number, _NUMBER)
    case = read_case(case_id, actor)
    base = Decision.base_of(case)
    if base is None:
        raise Missing()
    refusals = [*_refusals(case, base, draft, today), *refusals_of_number(number, field=_NUMBER)]
    if refusals:
        raise Refused(*refusals)
    return _paper(case, base, number, draft, today)


def issue_prior_notice(
    case_id: ObjectId, draft: PriorNoticeDraft, *, seen: str, version: int, actor: Actor, now: datetime
) -> None:
    """Issue the prior notice of a case: its number is claimed and its words are frozen, in one transaction.

    An earlier one stays on record with what was recorded of its hearing. `seen` is the fingerprint of the preview
    that the clerk has read. Raises Missing, Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.DECIDE_APPLICATIONS)
    number, today = read_number(draft.number, _NUMBER), office_day(now)

    def work(uow: UnitOfWork) -> None:
        case = open_case(uow, case_id, version)
        base = uow.find(Base, case["base"])
        refusals = _refusals(case, base, draft, today, uow.session)
        if refusals:
            raise Refused(*refusals)
        paper = _paper(case, base, number, draft, today, uow.session)
        if seen != fingerprint(paper):
            raise Stale(N_("The prior notice would read differently now: please look at it once more."))
        claim(uow, number, kind="prior-notice", dated=draft.dated, paper=case_id, field=_NUMBER)
        issued: dict[str, Any] = {
            _NUMBER: number, "prior_dated": stored_day(draft.dated), "prior_until": stored_day(draft.statement_by),
        }  # fmt: skip
        state = DecisionState.PREPARED  # whatever was served before: this notice is not
        values = {
            **dict.fromkeys(_HEARING),
            **issued,
            "prior_text": paper.stored(),
            "prior_grounds": case["grounds"],
            "prior_findings": case.get("findings", []),
            "earlier_notices": _earlier(case) or None,
            "state": state.value,
        }
        shown = dict.fromkeys(key for key in _HEARING if case.get(key) is not None) | issued
        changes = [
            Change(key, _shown(case, key), value) for key, value in shown.items() if case.get(key) != value
        ]
        if state_of(case) is not state:
            changes.append(Change("state", state_of(case).zh, state.zh))
        save_case(uow, case, values, action="prior-notice-issued", changes=changes)

    in_one_transaction(work, actor=actor, now=now)


def _shown(case: StoredDecision, key: str) -> Any:
    outcome = outcome_of(case) if key == "statement_outcome" else None
    return outcome.zh if outcome else case.get(key)


def _earlier(case: StoredDecision) -> list[StoredPriorNotice]:
    """Return the notices that came before the one that is issued now, with what was recorded of each."""
    whole: Mapping[str, Any] = case
    replaced = {
        "number": whole.get(_NUMBER), "dated": whole.get("prior_dated"), "text": whole.get("prior_text"),
        **{key: whole.get(key) for key in _HEARING},
    }  # fmt: skip
    kept = {key: value for key, value in replaced.items() if value}
    return [*case.get("earlier_notices", []), *([cast("StoredPriorNotice", kept)] if kept else [])]


def _refusals(
    case: StoredDecision, base: Mapping[str, Any], draft: PriorNoticeDraft, today: date, session: Any = None
) -> list[Refusal]:
    facts = case_facts(case, session)
    return [
        *refusals_to_begin(facts.kind, title_facts(base, session, apart_from=case["_id"])),
        *refusals_to_issue(
            facts, issued_notice(case), draft.dated, draft.statement_by, today,
            begun_on=office_day(case["created_at"]), least_days=office_settings()[STATEMENT_DAYS],
        ),
    ]  # fmt: skip


def _paper(
    case: StoredDecision, base: Mapping[str, Any], number: str, draft: PriorNoticeDraft, today: date,
    session: Any = None,
) -> PaperText:  # fmt: skip
    county, settings = office_counties().by_code.get(base["county"]), office_settings()
    return prior_notice(
        PriorNoticeFacts(
            kind=kind_of(case),
            measures=measures_of(case, today, session),
            number=number,
            name=base["name"],
            operator=base["operator"],
            county=county.name if county else base["county"],
            announced_on=base["announced_on"].date(),
            announced_number=base["document_number"],
            term_first=base["title_first_day"].date(),
            term_last=base["title_last_day"].date(),
            grounds=tuple(grounds_of(case).items()),
            findings=findings_in(case),
            dated=draft.dated,
            statement_by=draft.statement_by,
            address=settings[ADDRESS],
            telephone=settings[TELEPHONE],
            replaces=case.get("prior_number") or "",
        )
    )
