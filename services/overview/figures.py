"""What the pictures show, in an actor's scope: read from kept figures and from the few records that bases are.

No ledger and no list of companies is read: what they show is counted with each write
(`documents.assessment.kept_figures`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from bson import ObjectId

from documents.applications.application import Application
from documents.assessment.assessment_counts import BaseRow
from documents.assessment.kept_figures import ALL_TENANTS, KeptFigures, year_part
from documents.records.base import Base
from documents.server.connection import reachable
from rules.access import Actor
from rules.applications import Stage
from rules.assessment.counting import as_of
from rules.assessment.indicators import Assessment, assess
from rules.assessment.kept_figures import (
    ALL,
    ANSWERS,
    ANSWERS_GIVEN,
    COMPANY_TIMES,
    ENTRIES,
    FEES,
    LOW_FEE,
    MOVED_IN,
    MOVED_OUT_IN,
    SATISFIED_ANSWERS,
)
from rules.rule_sets.measures import Level, in_force
from services.applications.rounds import ApplicationRound, rounds
from services.assessment.assess import facts_of
from services.assessment.rule_sets import rule_sets

# So many by month (1 to 12), or by year, and by the code of a word.
Words = Mapping[tuple[int, str], int]
Tallies = Mapping[ObjectId, Mapping[str, Mapping[str, Any]]]

# The way of an application, as a funnel sees it: who has come at least so far.
WAY: tuple[Stage, ...] = (
    Stage.SUBMITTED,
    Stage.REVIEWED,
    Stage.RECOMMENDED,
    Stage.SCORED,
    Stage.SELECTED,
    Stage.ON_NOTICE,
    Stage.ANNOUNCED,
)


@dataclass(frozen=True)
class LedgerSums:
    """What the counted entries of some bases in a year add up to; `entries`, `satisfied`, `answered` are entries."""

    entries: int = 0
    company_times: int = 0
    low_fee_company_times: int = 0
    satisfied: int = 0
    answered: int = 0

    @property
    def low_fee_percent(self) -> float | None:
        """The share of free or low-fee service; None where there is no service."""
        return self.low_fee_company_times * 100 / self.company_times if self.company_times else None

    @property
    def satisfied_percent(self) -> float | None:
        """The satisfied of 100 answers; None where nobody answered."""
        return self.satisfied * 100 / self.answered if self.answered else None


@dataclass(frozen=True)
class Shown:
    """The figures of some bases for a year: services, fees and answers by month, moves of companies by year."""

    year: int
    assessed: Sequence[tuple[BaseRow, Assessment]]
    tallies: Tallies

    @property
    def bases(self) -> list[BaseRow]:
        """The bases, in the order of their names."""
        return [base for base, _ in self.assessed]

    def functions(self) -> Words:
        """Return the counted entries of the year by month and function."""
        return self._by_month("months")

    def fees(self) -> Words:
        """Return the counted entries of the year by month and fee; BLANK where none is named."""
        return self._by_month(FEES)

    def answers(self) -> Words:
        """Return the answers of the year by month and word."""
        return self._by_month(ANSWERS_GIVEN)

    def moved_in(self) -> Words:
        """Return the companies that moved in by year and industry; BLANK where none is named."""
        return self._summed(ALL_TENANTS, MOVED_IN)

    def moved_out(self) -> Words:
        """Return the companies that moved out by year and industry."""
        return self._summed(ALL_TENANTS, MOVED_OUT_IN)

    def months_of(self, base: ObjectId, year: int | None = None) -> list[int]:
        """Return the counted entries of a base for each of twelve months."""
        months = self.tallies.get(base, {}).get(year_part(year or self.year), {}).get("months", {})
        return [sum(months.get(f"{month:02}", {}).values()) for month in range(1, 13)]

    def sums(self, year: int | None = None) -> LedgerSums:
        """Return what the counted entries of a year add up to."""
        part = year_part(year or self.year)
        parts: Counter[str] = Counter()
        for tally in self.tallies.values():
            parts.update(tally.get(part, {}).get(ALL, {}))
        return LedgerSums(
            parts[ENTRIES], parts[COMPANY_TIMES], parts[LOW_FEE], parts[SATISFIED_ANSWERS], parts[ANSWERS]
        )

    def within(self, county: str) -> "Shown":
        """Return the same of one county's bases alone; of all for ""."""
        if not county:
            return self
        assessed = [pair for pair in self.assessed if pair[0]["county"] == county]
        ids = {base["_id"] for base, _ in assessed}
        return Shown(self.year, assessed, {base: self.tallies[base] for base in ids & self.tallies.keys()})

    def _by_month(self, kept: str) -> Words:
        return self._summed(year_part(self.year), kept)

    def _summed(self, part: str, kept: str) -> Words:
        if (part, kept) not in self._sums:
            self._sums[part, kept] = summed(
                tally.get(part, {}).get(kept, {}) for tally in self.tallies.values()
            )
        return self._sums[part, kept]

    @cached_property
    def _sums(self) -> dict[tuple[str, str], Words]:
        return {}


def summed(trees: Iterable[Mapping[str, Mapping[str, int]]]) -> Words:
    """Return the sums of kept numbers by month or year and word; what adds up to nothing is left out."""
    sums: dict[str, dict[str, int]] = {}
    for tree in trees:
        for number, words in tree.items():
            of_number = sums.setdefault(number, {})
            for word, count in words.items():
                of_number[word] = of_number.get(word, 0) + count
    return {
        (int(number), word): count for number, words in sums.items() for word, count in words.items() if count
    }


MOST_KEPT = 8  # figures of a year and place that a process remembers
_KEPT: dict[tuple[Any, ...], Shown] = {}


def figures_of(
    year: int, *, actor: Actor, today: date, county: str = "", years: Iterable[int] = (), base: ObjectId | None = None,
    version: tuple[Any, ...] = (),
) -> Shown:  # fmt: skip
    """Return the figures of the bases in scope, of a county or of one base alone, for a year.

    The entries of further `years` are read with them. Those read at a `version` of the office's state are given again
    for as long as that stays: every write moves it. Raises Unavailable.
    """
    years = tuple(years)
    key = (version, year, today, actor.county, actor.role, county, years, base)
    if version and (known := _KEPT.get(key)) is not None:
        return known
    shown = _read_figures(year, actor=actor, today=today, county=county, years=years, base=base)
    if version and MOST_KEPT:
        while len(_KEPT) >= MOST_KEPT and (oldest := next(iter(list(_KEPT)), None)):
            _KEPT.pop(oldest, None)  # another thread may have been first
        _KEPT[key] = shown
    return shown


def _read_figures(
    year: int, *, actor: Actor, today: date, county: str, years: tuple[int, ...], base: ObjectId | None
) -> Shown:
    with reachable():
        measures, _ = in_force(rule_sets(), as_of(year, today), Level.CITY)
        ids = [base] if base is not None else _ids_of(county, actor) if county else None
        known = facts_of(year, today=today, actor=actor, bases=ids)
        tallies = KeptFigures.tallies({year, *years}, [one.base["_id"] for one in known])
    return Shown(year, [(one.base, assess(one.facts, measures)) for one in known], tallies)


def tallies_of(years: Sequence[int], *, actor: Actor, county: str = "") -> Shown:
    """Return what is counted of several years, of the bases in scope or of a county; none of them is assessed."""
    with reachable():
        return Shown(years[-1], (), KeptFigures.tallies(years, _ids_of(county, actor)))


def _ids_of(county: str, actor: Actor) -> list[ObjectId]:
    bases = Base.objects.visible_to(actor).in_county(county or None)
    return [row["_id"] for row in bases.rows(("_id",), (("_id", 1),))]


# --- The round -------------------------------------------------------------------------------------


def round_of(year: int) -> ApplicationRound | None:
    """Return the round of a year, the latest of several; else the latest before it; None where there is none."""
    entered = sorted(rounds(), key=lambda one: (one.year, one.apply_from))
    before = [one for one in entered if one.year <= year]
    return before[-1] if before else None


def stages_of(round_id: ObjectId, *, actor: Actor, county: str = "") -> Counter[Stage]:
    """Return how many applications of a round stand at which stage, in the actor's scope and a county."""
    known = {stage.value: stage for stage in Stage}
    counts: Counter[Stage] = Counter()
    for row in Application.objects.visible_to(actor).in_round(round_id).counts_by_stage():
        if row["stage"] in known and county in ("", row["county"]):
            counts[known[row["stage"]]] += row["n"]
    return counts


def funnel_stages() -> tuple[tuple[Stage | None, tuple[Stage, ...]], ...]:
    """Return the steps of the funnel: None for all that were begun, then each stage with those that lie behind it.

    One that was returned has been handed in; one that ended without the title counts among all alone.
    """
    steps: list[tuple[Stage | None, tuple[Stage, ...]]] = [(None, tuple(Stage))]
    for place, stage in enumerate(WAY):
        more = (Stage.RETURNED,) if place == 0 else ()
        steps.append((stage, (*more, *WAY[place:])))
    return tuple(steps)
