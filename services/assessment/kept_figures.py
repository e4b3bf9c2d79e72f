"""The kept figures (`documents.assessment.kept_figures`): built anew from the records, and held against them.

Building takes one base after another, each in a transaction that no writer can cross, so it may run beside a server.
Comparing counts with the pipelines of `documents.assessment`, not with what builds: it is the independent judge.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import islice

from bson import ObjectId
from pymongo.client_session import ClientSession

from documents.assessment.assessment_counts import (
    DayFigures,
    LedgerFigures,
    TenantSteps,
    ledger_by_day,
    of_bases,
    tenant_steps,
)
from documents.assessment.kept_figures import (
    ALL_TENANTS,
    DOUBLE,
    WITH_FILES,
    KeptFigures,
    Place,
    added_by_company,
    added_by_entry,
    month_part,
    quality_part,
    quality_place,
    year_part,
)
from documents.assessment.ledger_quality_counts import (
    DraftDay,
    drafts_by_day,
    fault_counts,
    ledger_years,
    month_counts,
    of_year,
    with_files,
)
from documents.assessment.word_counts import Counted, moves_by_year, words_by_month
from documents.records.attachment import Attachment
from documents.records.base import Base
from documents.records.ledger_entry import LedgerEntry
from documents.records.tenant_company import TenantCompany
from documents.server.connection import reachable, snapshot
from documents.server.transactions import LONG
from rules.access import SYSTEM, Actor
from rules.assessment.kept_figures import (
    ALL,
    ANSWERS,
    ANSWERS_GIVEN,
    BLANK,
    COMPANY_TIMES,
    ENTRIES,
    FEES,
    LOW_FEE,
    MOVED_IN,
    MOVED_OUT_IN,
    NAMELESS,
    PEOPLE,
    SATISFIED_ANSWERS,
    TENANTS,
    figure_key,
    function_key,
)
from schema.ledger_entries import LEDGER_ENTRIES
from services.assessment.assess import ledger_facts
from services.shared.figure_changes import doubled_entries
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

# No draft had waited too long then: what is compared does not depend on the day.
_LONG_AGO = date(1970, 1, 1)
_AT_ONCE = 10  # bases whose figures are compared in one go
Figures = dict[Place, Counter[str]]


# --- Built -----------------------------------------------------------------------------------------


def ensure_figures(*, now: datetime) -> bool:
    """Build the figures unless those of this program are kept; tell whether they were built. Call it at start."""
    if KeptFigures.are_built():
        return False
    rebuild_figures(now=now)
    return True


def rebuild_figures(*, now: datetime, actor: Actor = SYSTEM) -> int:
    """Build the figures of every base from its records; return of how many. Raises Unavailable."""
    with reachable():
        bases = sorted(bases_with_figures())
        rebuild_figures_of(bases, now=now, actor=actor)
        in_one_transaction(note_figures_built, actor=actor, now=now, within=LONG)
        return len(bases)


def rebuild_figures_of(bases: Iterable[ObjectId], *, now: datetime, actor: Actor = SYSTEM) -> None:
    """Build the figures of some bases from their records. Raises Unavailable."""
    with reachable():
        for base in bases:
            in_one_transaction(partial(rebuild_figures_within, base=base), actor=actor, now=now, within=LONG)


def bases_with_figures() -> set[ObjectId]:
    """Return every base, and those that are gone but of which figures are kept still."""
    return {row["_id"] for row in Base.objects.rows(("_id",), (("_id", 1),))} | KeptFigures.bases()


def note_figures_built(uow: UnitOfWork) -> None:
    """Note that all figures mean what this program means by them."""
    KeptFigures.note_built(uow.session)


def rebuild_figures_within(uow: UnitOfWork, base: ObjectId) -> None:
    """Build the figures of one base from its records, within a transaction."""
    uow.hold()  # no record of the base is written meanwhile
    figures: Figures = {}
    entries = list(LedgerEntry.of_base(base, session=uow.session))
    for entry in entries:
        for part, key, amount in added_by_entry(entry):
            figures.setdefault((part, base), Counter())[key] += amount
    for place, doubles in doubled_entries(entries).items():
        figures[place][DOUBLE] += doubles
    files = Attachment.objects.of_records(LEDGER_ENTRIES.name, [entry["_id"] for entry in entries])
    with_file = files.by_record(uow.session)
    for entry in entries:
        place_of_faults = quality_place(entry)
        if entry["_id"] in with_file and place_of_faults is not None:
            figures[place_of_faults][WITH_FILES] += 1
    for company in TenantCompany.of_base(base, session=uow.session):
        for part, key, amount in added_by_company(company):
            figures.setdefault((part, base), Counter())[key] += amount
    KeptFigures.put(base, figures, uow.session)


# --- Compared --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One figure of one base that is not what counting the records gives; `part` and `key` as they are stored."""

    base: ObjectId
    part: str
    key: str
    kept: int
    counted: int


def differences() -> Iterator[Difference]:
    """Yield each kept figure that is not what counting gives, base by base. Raises Unavailable.

    What is kept and what is counted are read as they stood at one moment, so a server may go on writing.
    """
    with reachable():
        bases = iter(sorted(bases_with_figures()))
        while some := list(islice(bases, _AT_ONCE)):
            with snapshot() as session:
                kept, counted = KeptFigures.whole(some, session), _counted(some, session)
            yield from _between(kept, counted)


def _between(
    kept: Mapping[Place, Mapping[str, int]], counted: Mapping[Place, Mapping[str, int]]
) -> Iterator[Difference]:
    for place in sorted(kept.keys() | counted.keys()):
        stored, own = kept.get(place, {}), counted.get(place, {})
        for key in sorted(stored.keys() | own.keys()):
            if stored.get(key, 0) != own.get(key, 0):
                part, base = place
                yield Difference(base, part, key, stored.get(key, 0), own.get(key, 0))


def _counted(bases: Sequence[ObjectId], session: ClientSession) -> Figures:
    """Return every figure of these bases as the pipelines count it."""
    counted = _Counted()
    entries = of_bases(LedgerEntry.objects, bases)
    counted.take_ledger(ledger_by_day(entries, session))
    companies = of_bases(TenantCompany.objects, bases)
    counted.take_companies(tenant_steps(companies, session))
    for move, day in ((MOVED_IN, "moved_in"), (MOVED_OUT_IN, "moved_out")):
        counted.take_moves(move, moves_by_year(companies, day, session))
    for kept, key in ((FEES, "fee_kind"), (ANSWERS_GIVEN, "satisfaction")):
        counted.take_words(kept, words_by_month(entries, key, session))
    for year in ledger_years(entries, session):
        counted.take_months(year, month_counts(entries, year, session))
        own = of_year(entries, year)
        counted.take_faults(
            year, fault_counts(own, _LONG_AGO, session), with_files(own, Attachment.objects, session)
        )
    counted.take_drafts(drafts_by_day(entries, session))
    return counted.figures


class _Counted:
    """Figures put together from what the pipelines count."""

    def __init__(self) -> None:
        self.figures: Figures = {}

    def _add(self, part: str, base: ObjectId, key: str, amount: int) -> None:
        self.figures.setdefault((part, base), Counter())[key] += amount

    def _add_on(self, day: date, base: ObjectId, key: str, amount: int) -> None:
        month = month_part(day.year, day.month)
        self._add(year_part(day.year), base, f"by_month.{day.month:02}.{key}", amount)
        self._add(month, base, f"blocks.{(day.day - 1) // 6}.{key}", amount)
        self._add(month, base, f"days.{day.day:02}.{key}", amount)

    def take_ledger(self, rows: Sequence[DayFigures]) -> None:
        by_day: dict[tuple[ObjectId, date], list[LedgerFigures]] = {}
        for row in rows:
            by_day.setdefault((row["base"], row["served_on"].date()), []).append(row)
        for (base, day), of_day in by_day.items():
            nameless = [row for row in of_day if row["nameless"]]
            for name, alike in ((ALL, of_day), (NAMELESS, nameless)):
                for key, amount in _amounts(alike):
                    self._add(year_part(day.year), base, f"{name}.{key}", amount)
                    self._add_on(day, base, f"{name}.{key}", amount)

    def take_companies(self, steps: Sequence[TenantSteps]) -> None:
        for step in steps:
            day, base = step["day"].date(), step["base"]
            for key, amount in ((TENANTS, step["tenants"]), (PEOPLE, step["people"])):
                self._add(ALL_TENANTS, base, f"years.{day.year:04}.{key}", amount)
                self._add_on(day, base, f"{ALL}.{key}", amount)

    def take_months(self, year: int, months: Mapping[ObjectId, Mapping[tuple[int, str], int]]) -> None:
        for base, counts in months.items():
            for (month, function), count in counts.items():
                self._add(year_part(year), base, f"months.{month:02}.{function}", count)

    def take_words(self, kept: str, rows: Iterable[Counted]) -> None:
        for base, year, month, word, count in rows:
            if word or kept == FEES:  # who gave no answer is not counted among the answers
                self._add(year_part(year), base, f"{kept}.{month:02}.{word or BLANK}", count)

    def take_moves(self, kept: str, rows: Iterable[Counted]) -> None:
        for base, year, _, industry, count in rows:
            self._add(ALL_TENANTS, base, f"{kept}.{year:04}.{industry or BLANK}", count)

    def take_faults(
        self, year: int, faults: Mapping[ObjectId, Mapping[str, int]], files: Mapping[ObjectId, int]
    ) -> None:
        for base, counts in faults.items():
            for code, count in counts.items():
                self._add(quality_part(year), base, code if code == ENTRIES else f"faults.{code}", count)
        for base, count in files.items():
            self._add(quality_part(year), base, WITH_FILES, count)

    def take_drafts(self, rows: Sequence[DraftDay]) -> None:
        for row in rows:
            part = quality_part(row["year"])
            self._add(part, row["base"], f"drafts.{row['day'][:7]}", row["drafts"])
            self._add(part, row["base"], f"draft_days.{row['day']}", row["drafts"])


def _amounts(rows: Sequence[LedgerFigures]) -> Iterator[tuple[str, int]]:
    """Yield what sums of alike entries come to, by the keys under which it is kept."""
    facts = ledger_facts(rows)
    yield ENTRIES, facts.entries
    yield COMPANY_TIMES, facts.company_times
    yield LOW_FEE, facts.low_fee_company_times
    yield SATISFIED_ANSWERS, facts.satisfied
    yield ANSWERS, facts.answered
    for function, figures in facts.functions.items():
        yield function_key(function), sum(row["entries"] for row in rows if row["function"] == function)
        for figure, amount in figures.items():
            yield figure_key(function, figure), amount
