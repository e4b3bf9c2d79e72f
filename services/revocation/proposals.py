"""What the system proposes of titles (Art. 16, 18): a person decides.

Cancelled may be titles past their term, or whose renewal failed. Cases may be begun about bases whose yearly summary
never came, and about those whose companies are not satisfied: the last is a mark, no more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from documents.records.base import Base
from documents.records.fields import stored_day
from documents.revocation.decision import Decision
from office.papers.decision_texts import ending_facts, missing_report_facts, satisfaction_facts
from rules.access import Actor
from rules.assessment.shares import floored
from rules.grounds import DecisionKind, Finding, Ground
from rules.titles import TitleState, title_state
from schema.settings import FIRST_YEAR
from services.assessment.satisfaction import Satisfaction, satisfaction_of
from services.desk.settings import office_settings
from services.reports.annual_reports import summaries_missing, year_measures
from services.revocation.titles import states_of, titles_of
from services.shared.office_day import office_day

_KEYS = ("name", "operator", "county", "status", "title_first_day", "title_last_day", "earlier_terms")

# Which alternative of a ground the system proposes.
PROPOSED_FINDINGS: Mapping[Ground, Finding] = MappingProxyType(
    {Ground.NO_REPORTS: Finding.NO_SUMMARY, Ground.OTHER: Finding.LOW_SATISFACTION}
)


@dataclass(frozen=True)
class Proposal:
    """One title that a case is proposed about; `facts` are the words that the case begins with.

    `last_day` is the day that has passed: the title's last, that of the summary, or that of the year counted.
    """

    base: ObjectId
    name: str
    operator: str
    county: str
    last_day: date
    ground: Ground
    facts: str
    failed_on: date | None = None
    kind: DecisionKind = DecisionKind.CANCELLATION


def proposals(
    actor: Actor, *, today: date, county: str | None = None, words: str = ""
) -> tuple[Proposal, ...]:
    """Return every title in the actor's scope that is due for cancellation and has no case yet, the longest due first.

    Four commands. A renewal is applied for in the year of expiry, so a later term cannot be due.
    """
    year_end = stored_day(date(today.year, 12, 31))
    ending = Base.objects.visible_to(actor).in_county(county).matching(words).expiring_by(year_end)
    bases = list(ending.rows(_KEYS, (("title_last_day", 1), ("_id", 1))))
    return _proposals_of(_without_case(bases), today)


def revocation_proposals(
    actor: Actor, *, today: date, county: str | None = None, words: str = ""
) -> tuple[Proposal, ...]:
    """Return the titles in scope about which a case may be begun: without a summary, or with low satisfaction.

    Those that are due for cancellation are no part of it, nor those that have a case. In the order of the names.
    """
    scoped = Base.objects.visible_to(actor).in_county(county).matching(words).having("status", ["certified"])
    bases = _without_case(scoped.rows(_KEYS, (("sort_key", 1), ("_id", 1))))
    states = states_of(bases, today)
    standing = [base for base in bases if states[base["_id"]] is not TitleState.DUE_FOR_CANCELLATION]
    return tuple(_revocations_of(standing, today))


def proposal_for(
    base_id: ObjectId, actor: Actor, *, today: date, kind: DecisionKind | None = None
) -> Proposal | None:
    """Return what the system proposes about one base, of a kind where one is asked for; None for nothing.

    Raises Missing.
    """
    base = Base.read(base_id, actor)
    found = _proposals_of([base], today) if kind is not DecisionKind.REVOCATION else ()
    if not found and kind is not DecisionKind.CANCELLATION and base["status"] == "certified":
        found = tuple(_revocations_of([base], today))
    return next(iter(found), None)


def _without_case(bases: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    with_case = {case["base"] for case in Decision.objects.under_way().rows(("base",), (("_id", 1),))}
    return [base for base in bases if base["_id"] not in with_case]


def _revocations_of(bases: Sequence[Mapping[str, Any]], today: date) -> Iterator[Proposal]:
    if not bases:
        return
    missing = summaries_missing(bases, today)
    satisfaction = _satisfaction([base["_id"] for base in bases], today)
    for base in bases:
        named = (base["_id"], base["name"], base.get("operator", ""), base["county"])
        if summary := missing.get(base["_id"]):
            words = missing_report_facts(summary.year, summary.due, today)
            yield Proposal(*named, summary.due, Ground.NO_REPORTS, words, kind=DecisionKind.REVOCATION)
        elif (answers := satisfaction.get(base["_id"])) and answers.is_low and answers.percent is not None:
            last_day = date(today.year - 1, 12, 31)
            words = satisfaction_facts(
                last_day.year, answers.answered, answers.satisfied, f"{floored(answers.percent):.1f}",
                answers.threshold,
            )  # fmt: skip
            yield Proposal(*named, last_day, Ground.OTHER, words, kind=DecisionKind.REVOCATION)


def _satisfaction(bases: Sequence[ObjectId], today: date) -> Mapping[ObjectId, Satisfaction]:
    """Return how satisfied companies were in the last whole year, where that year is counted at all."""
    year = today.year - 1
    if year < office_settings()[FIRST_YEAR]:
        return {}
    return satisfaction_of(bases, year, year_measures(year), today=today)


def _proposals_of(bases: Iterable[Mapping[str, Any]], today: date) -> tuple[Proposal, ...]:
    with_term = [base for base in bases if base.get("title_last_day")]
    titles = titles_of(with_term)
    due = [
        base
        for base in with_term
        if title_state(titles[base["_id"]], today) is TitleState.DUE_FOR_CANCELLATION
    ]
    failed = [base["_id"] for base in due if titles[base["_id"]].renewal_failed]
    renewals = Application.latest_failed_renewals(failed)
    return tuple(_proposal(base, renewals.get(base["_id"])) for base in due)


def _proposal(base: Mapping[str, Any], failed_renewal: Mapping[str, Any] | None) -> Proposal:
    last = base["title_last_day"].date()
    failed_on = office_day(failed_renewal["since"]) if failed_renewal else None
    facts = ending_facts(last, failed_on, failed_renewal["round_name"] if failed_renewal else "")
    ground = Ground.RENEWAL_FAILED if failed_renewal else Ground.NO_RENEWAL
    return Proposal(
        base["_id"], base["name"], base.get("operator", ""), base["county"], last, ground, facts, failed_on
    )
