"""How well the ledgers are kept: faults of each base counted at once, the entries of one with theirs, its months."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bson import ObjectId

from documents.assessment.assessment_counts import BaseRow, base_rows
from documents.assessment.kept_figures import WITH_FILES, KeptFigures
from documents.assessment.ledger_quality_counts import (
    QualityEntry,
    entries_of_base,
    fault_counts,
    ids_with_files,
    of_year,
    with_files,
)
from documents.records.attachment import Attachment
from documents.records.base import Base
from documents.records.ledger_entry import LedgerEntry, LedgerEntryQuerySet
from documents.records.office_state import OfficeState
from documents.server.connection import reachable
from office.excel.rows import row_maker
from office.excel.tables_writer import Table
from office.tables import ledger_quality as sheets
from rules.access import Actor, Permission
from rules.assessment.kept_figures import ENTRIES
from rules.assessment.ledger_quality import Fault, faults_of
from rules.choices import ServiceFunction
from rules.errors import Missing
from schema.collection import Listing

# An entry, and what is wrong with it.
FaultyEntry = tuple[QualityEntry, tuple[Fault, ...]]


@dataclass(frozen=True)
class BaseQuality:
    """One base: how many entries the year has, and how many of them have which fault."""

    base: BaseRow
    entries: int
    faults: Mapping[Fault, int]

    @property
    def worst(self) -> int:
        """How many faults there are in all."""
        return sum(self.faults.values())


@dataclass(frozen=True)
class BaseMonths:
    """One base: its counted entries by month and function."""

    base: BaseRow
    counts: Mapping[tuple[int, str], int]

    def count(self, month: int, function: str = "") -> int:
        """Return the entries of a month, of one function or of all."""
        return sum(
            number
            for (counted_month, counted_function), number in self.counts.items()
            if counted_month == month and (not function or counted_function == function)
        )


def _bases(actor: Actor, county: str | None, base: ObjectId | None = None) -> list[BaseRow]:
    bases = Base.objects.visible_to(actor) if base is None else Base.by_ids([base], actor)
    return base_rows(bases.in_county(county))


def _entries(actor: Actor, county: str | None) -> LedgerEntryQuerySet:
    entries: LedgerEntryQuerySet = LedgerEntry.objects.visible_to(actor).in_county(county)
    return entries


def quality_of(year: int, *, today: date, actor: Actor, county: str | None = None) -> list[BaseQuality]:
    """Return every base in scope with its faults, the worst first: two commands for all of them."""
    with reachable():
        bases = _bases(actor, county)
        kept = KeptFigures.quality(year, today, [base["_id"] for base in bases])
    qualities = [_quality(base, kept.get(base["_id"], {})) for base in bases]
    return sorted(qualities, key=lambda quality: -quality.worst)


def counted_quality_of(
    year: int, *, today: date, actor: Actor, county: str | None = None
) -> list[BaseQuality]:
    """Return what `quality_of` returns, counted from the records: the independent count."""
    entries = of_year(_entries(actor, county), year)
    bases = _bases(actor, county)
    faults = fault_counts(entries, today)
    files = with_files(entries, Attachment.objects.visible_to(actor).in_county(county))
    counted = {base: {**counts, WITH_FILES: files.get(base, 0)} for base, counts in faults.items()}
    qualities = [_quality(base, counted.get(base["_id"], {})) for base in bases]
    return sorted(qualities, key=lambda quality: -quality.worst)


def _quality(base: BaseRow, counted: Mapping[str, int]) -> BaseQuality:
    total = counted.get(ENTRIES, 0)
    faults = {fault: counted.get(fault.value, 0) for fault in Fault}
    faults[Fault.NO_EVIDENCE] = total - counted.get(WITH_FILES, 0)
    return BaseQuality(base, total, faults)


def entries_of(base: ObjectId, year: int, *, today: date, actor: Actor) -> tuple[BaseRow, list[FaultyEntry]]:
    """Return a base and its entries of a year, each with its faults, the latest first. Raises Missing."""
    with reachable():
        bases = _bases(actor, None, base)
        if not bases:
            raise Missing()
        entries = entries_of_base(of_year(_entries(actor, None), year), base)
        files = ids_with_files([entry["_id"] for entry in entries])
    faults = faults_of(entries, with_files=files, today=today)
    return bases[0], [(entry, faults[entry["_id"]]) for entry in entries]


def months_of(
    year: int, *, actor: Actor, county: str | None = None, base: ObjectId | None = None
) -> list[BaseMonths]:
    """Return every base in scope with its counted entries by month and function: two commands. Raises Missing."""
    with reachable():
        bases = _bases(actor, county, base)
        if base is not None and not bases:
            raise Missing()
        counts = KeptFigures.months(year, [row["_id"] for row in bases])
    return [BaseMonths(row, counts.get(row["_id"], {})) for row in bases]


# --- Workbooks ---------------------------------------------------------------------------------


def faults_table(qualities: list[BaseQuality], *, actor: Actor, state: OfficeState, note: str) -> Table:
    """Return the faults of every base as a sheet."""
    rows = [
        {"name": quality.base["name"], "county": quality.base["county"], "entries": quality.entries}
        | {fault.value: count for fault, count in quality.faults.items()}
        for quality in qualities
    ]
    return _table(sheets.FAULTS, rows, actor, state, note)


def months_table(months_by_base: list[BaseMonths], *, actor: Actor, state: OfficeState, note: str) -> Table:
    """Return the counted entries of every base as a sheet, function by function."""
    rows = []
    for base_months in months_by_base:
        for function in ServiceFunction:
            months = {f"month{month}": base_months.count(month, function.value) for month in range(1, 13)}
            identity = {
                "name": base_months.base["name"],
                "county": base_months.base["county"],
                "function": function.value,
            }
            rows.append(identity | months | {"total": sum(months.values())})
    return _table(sheets.MONTHS, rows, actor, state, note)


def entries_table(
    entries: list[FaultyEntry], *, actor: Actor, state: OfficeState, note: str
) -> Table:  # fmt: skip
    """Return the entries of one base that have a fault as a sheet."""
    rows = [
        {**entry, "faults": "；".join(fault.zh for fault in faults)} for entry, faults in entries if faults
    ]
    return _table(sheets.ENTRIES, rows, actor, state, note)


def _table(sheet: Listing, rows: list[dict[str, Any]], actor: Actor, state: OfficeState, note: str) -> Table:
    actor.demand(Permission.EXPORT)
    make = row_maker(
        sheet.fields, county_names=state.county_names, status_labels=state.status_labels("ledger_entries")
    )
    return Table.of(sheet, [make(row) for row in rows], title=sheet.title, note=note)
