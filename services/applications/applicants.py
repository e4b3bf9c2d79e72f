"""Who may apply: what decides of a base, and the bases that a clerk may choose in a round (Art. 5, 16)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from documents.records.base import Base
from rules.access import Actor
from rules.applications import Applicant, kind_for, refusals_to_apply
from rules.errors import Refusal
from services.applications.rounds import ApplicationRound, measures_of

_KEYS = ("name", "county", "operator", "status", "title_last_day")
_MOST_READ = 5000  # bases of one search


def applicant_of(
    base: Mapping[str, Any], session: Any = None, *, round_id: ObjectId | None = None
) -> Applicant:
    """Return what decides whether a stored base may apply, in a round where one is named."""
    return applicants_of([base], session, round_id=round_id)[base["_id"]]


def applicants_of(
    bases: Iterable[Mapping[str, Any]], session: Any = None, *, round_id: ObjectId | None = None
) -> dict[ObjectId, Applicant]:
    """Return the same of many stored bases, by their ids: three commands at most, however many they are."""
    rows = list(bases)
    ids = [base["_id"] for base in rows]
    under_way = Application.open_rounds_of(ids, session)
    certified = Base.certified_of([base["operator"] for base in rows], session)
    failed = Application.failed_in(ids, round_id, session) if round_id is not None else frozenset()
    return {base["_id"]: _applicant(base, under_way, certified, failed) for base in rows}


def _applicant(
    base: Mapping[str, Any],
    under_way: Mapping[ObjectId, str],
    certified: Mapping[str, list[tuple[ObjectId, str]]],
    failed: frozenset[ObjectId],
) -> Applicant:
    others = certified.get(base["operator"], ())
    last_day = base.get("title_last_day")
    return Applicant(
        status=base["status"],
        title_last_day=last_day.date() if last_day else None,
        open_application=under_way.get(base["_id"], ""),
        operator_certified=next((name for other, name in others if other != base["_id"]), ""),
        failed_in_round=base["_id"] in failed,
    )


@dataclass(frozen=True)
class Candidate:
    """A base that a clerk may look up; `refusals` say why it may not apply, () when it may."""

    base: Mapping[str, Any]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class Candidates:
    """What a search found: those that may apply, then those that may not; `more` than these were found."""

    shown: tuple[Candidate, ...]
    more: bool


def candidates(words: str, of_round: ApplicationRound, *, actor: Actor, today: date, most: int) -> Candidates:
    """Return the bases in scope that match `words`: at most so many that may apply in a round, and so many others.

    Four commands and those of the rule set, however many bases there are.
    """
    found = Base.objects.visible_to(actor).matching(words)
    bases = found.best_of(_KEYS, (("sort_key", 1), ("_id", 1)), limit=_MOST_READ)
    applicants, measures = applicants_of(bases, round_id=of_round.id), measures_of(of_round, today)
    is_open = of_round.takes_applications(today)
    allowed: list[Candidate] = []
    refused: list[Candidate] = []
    for base in bases:
        applicant = applicants[base["_id"]]
        refusals = refusals_to_apply(
            kind_for(applicant, today), applicant, measures, round_open=is_open, today=today
        )
        (refused if refusals else allowed).append(Candidate(base, refusals))
    shown = (*allowed[:most], *refused[:most])
    return Candidates(shown, len(shown) < len(bases))
