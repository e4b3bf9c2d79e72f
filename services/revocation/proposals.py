"""What the system proposes to cancel (Art. 16): titles past their term, or whose renewal failed. A person decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from documents.records.base import Base
from documents.records.fields import stored_day
from documents.revocation.decision import Decision
from office.papers.decision_texts import ending_facts
from rules.access import Actor
from rules.grounds import Ground
from rules.titles import TitleState, title_state
from services.revocation.titles import titles_of
from services.shared.office_day import office_day

_KEYS = ("name", "operator", "county", "status", "title_first_day", "title_last_day")


@dataclass(frozen=True)
class Proposal:
    """One title that is due for cancellation; `facts` are the words that a case about it begins with."""

    base: ObjectId
    name: str
    operator: str
    county: str
    last_day: date
    ground: Ground
    facts: str
    failed_on: date | None = None


def proposals(
    actor: Actor, *, today: date, county: str | None = None, words: str = ""
) -> tuple[Proposal, ...]:
    """Return every title in the actor's scope that is due for cancellation and has no case yet, the longest due first.

    Four commands. A renewal is applied for in the year of expiry, so a later term cannot be due.
    """
    year_end = stored_day(date(today.year, 12, 31))
    ending = Base.objects.visible_to(actor).in_county(county).matching(words).expiring_by(year_end)
    bases = list(ending.rows(_KEYS, (("title_last_day", 1), ("_id", 1))))
    with_case = {case["base"] for case in Decision.objects.under_way().rows(("base",), (("_id", 1),))}
    return _proposals_of([base for base in bases if base["_id"] not in with_case], today)


def proposal_for(base_id: ObjectId, actor: Actor, *, today: date) -> Proposal | None:
    """Return what the system proposes about one base; None when its title is not due. Raises Missing."""
    return next(iter(_proposals_of([Base.read(base_id, actor)], today)), None)


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
