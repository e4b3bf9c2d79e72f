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
from rules.applications import ApplicationKind, Stage
from rules.decisions import Ground
from rules.errors import Missing
from rules.titles import TitleState, title_state
from services.revocation.titles import titles_of
from services.shared.office_day import office_day

Raw = Mapping[str, Any]
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
    year_end = {"status": "certified", "title_last_day": {"$lte": stored_day(date(today.year, 12, 31))}}
    found = Base.objects.visible_to(actor).in_county(county).matching(words).where_raw(year_end)
    bases = list(found.rows(_KEYS, (("title_last_day", 1), ("_id", 1))))
    with_case = {row["base"] for row in Decision.objects.under_way().rows(("base",), (("_id", 1),))}
    return _of([base for base in bases if base["_id"] not in with_case], today)


def proposal_for(base_id: ObjectId, actor: Actor, *, today: date) -> Proposal | None:
    """Return what the system proposes about one base; None when its title is not due. Raises Missing."""
    raw = Base.collection().find_one({"_id": base_id})
    if raw is None or not Base.is_visible(raw, actor):
        raise Missing()
    return next(iter(_of([raw], today)), None)


def _of(bases: Iterable[Raw], today: date) -> tuple[Proposal, ...]:
    rows = [base for base in bases if base.get("title_last_day")]
    titles = titles_of(rows)
    due = [
        base for base in rows if title_state(titles[base["_id"]], today) is TitleState.DUE_FOR_CANCELLATION
    ]
    failures = _failures([base["_id"] for base in due if titles[base["_id"]].renewal_failed])
    return tuple(_proposal(base, failures.get(base["_id"])) for base in due)


def _failures(bases: list[ObjectId]) -> dict[ObjectId, Raw]:
    """Return each base's latest renewal that failed."""
    clause = {
        "base": {"$in": bases},
        "kind": ApplicationKind.RENEWAL.value,
        "stage": Stage.NOT_CERTIFIED.value,
    }
    keys = {"base": 1, "round_name": 1, "since": 1}
    found = Application.collection().find(clause, keys).sort("created_at", 1) if bases else ()
    return {row["base"]: row for row in found}


def _proposal(base: Raw, failure: Raw | None) -> Proposal:
    last = base["title_last_day"].date()
    failed_on = office_day(failure["since"]) if failure else None
    facts = ending_facts(last, failed_on, failure["round_name"] if failure else "")
    ground = Ground.RENEWAL_FAILED if failure else Ground.NO_RENEWAL
    return Proposal(
        base["_id"], base["name"], base.get("operator", ""), base["county"], last, ground, facts, failed_on
    )
