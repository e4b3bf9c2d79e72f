"""How well the ledgers are kept: faults of each base counted at once, the entries of one with theirs, its months."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bson import ObjectId

from documents.assessment.ledger_quality_counts import (
    ENTRIES,
    entries_of_base,
    fault_counts,
    ids_with_files,
    month_counts,
    of_year,
    with_files,
)
from documents.records.attachment import Attachment
from documents.records.base import Base
from documents.records.ledger_entry import LedgerEntry
from documents.records.office_state import OfficeState
from documents.records.record import RecordQuerySet
from documents.server.connection import reachable
from office.excel.rows import row_maker
from office.excel.workbook_writer import write_workbook
from office.tables import ledger_quality as sheets
from rules.access import Actor, Permission
from rules.choices import ServiceFunction
from rules.errors import Missing
from rules.ledger_quality import Fault, faults_of
from schema.field import Sheet

_BASE_KEYS = ("name", "county", "status", "sort_key")


@dataclass(frozen=True)
class BaseQuality:
    """One base: how many entries the year has, and how many of them have which fault."""

    base: Mapping[str, Any]
    entries: int
    faults: Mapping[Fault, int]

    @property
    def worst(self) -> int:
        """How many faults there are in all."""
        return sum(self.faults.values())


@dataclass(frozen=True)
class BaseMonths:
    """One base: its counted entries by month and function."""

    base: Mapping[str, Any]
    counts: Mapping[tuple[int, str], int]

    def count(self, month: int, function: str = "") -> int:
        """Return the entries of a month, of one function or of all."""
        return sum(
            number
            for (one, own), number in self.counts.items()
            if one == month and (not function or own == function)
        )


def _bases(actor: Actor, county: str | None, base: ObjectId | None = None) -> list[dict[str, Any]]:
    found = Base.objects.visible_to(actor).in_county(county)
    if base is not None:
        found = found.where_raw({"_id": base})
    return list(found.rows(_BASE_KEYS, (("sort_key", 1), ("_id", 1))))


def _entries(actor: Actor, county: str | None) -> RecordQuerySet:
    return LedgerEntry.objects.visible_to(actor).in_county(county)


def quality_of(year: int, *, today: date, actor: Actor, county: str | None = None) -> list[BaseQuality]:
    """Return every base in scope with its faults, the worst first: three commands for all of them."""
    entries = of_year(_entries(actor, county), year)
    with reachable():
        bases = _bases(actor, county)
        faults = fault_counts(entries, today)
        files = with_files(entries, Attachment.objects.visible_to(actor).in_county(county))
    made = [_quality(base, faults.get(base["_id"], {}), files.get(base["_id"], 0)) for base in bases]
    return sorted(made, key=lambda one: -one.worst)


def _quality(base: Mapping[str, Any], counted: Mapping[str, int], files: int) -> BaseQuality:
    total = counted.get(ENTRIES, 0)
    faults = {fault: counted.get(fault.value, 0) for fault in Fault}
    faults[Fault.NO_EVIDENCE] = total - files
    return BaseQuality(base, total, faults)


def entries_of(
    base: ObjectId, year: int, *, today: date, actor: Actor
) -> tuple[dict[str, Any], list[tuple[dict[str, Any], tuple[Fault, ...]]]]:
    """Return a base and its entries of a year, each with its faults, the latest first. Raises Missing."""
    with reachable():
        bases = _bases(actor, None, base)
        if not bases:
            raise Missing()
        found = entries_of_base(of_year(_entries(actor, None), year), base)
        files = ids_with_files([entry["_id"] for entry in found])
    faults = faults_of(found, with_files=files, today=today)
    return bases[0], [(entry, faults[entry["_id"]]) for entry in found]


def months_of(
    year: int, *, actor: Actor, county: str | None = None, base: ObjectId | None = None
) -> list[BaseMonths]:
    """Return every base in scope with its counted entries by month and function: two commands. Raises Missing."""
    entries = _entries(actor, county)
    with reachable():
        bases = _bases(actor, county, base)
        if base is not None:
            if not bases:
                raise Missing()
            entries = entries.where_raw({"base": base})
        counts = month_counts(entries, year)
    return [BaseMonths(one, counts.get(one["_id"], {})) for one in bases]


# --- Workbooks ---------------------------------------------------------------------------------


def write_faults(path: Path, found: list[BaseQuality], *, actor: Actor, state: OfficeState, note: str) -> int:
    """Write the faults of every base; return how many bases."""
    rows = [
        {"name": one.base["name"], "county": one.base["county"], "entries": one.entries}
        | {fault.value: count for fault, count in one.faults.items()}
        for one in found
    ]
    return _write(path, sheets.FAULTS, rows, actor, state, note)


def write_months(path: Path, found: list[BaseMonths], *, actor: Actor, state: OfficeState, note: str) -> int:
    """Write the counted entries of every base, function by function; return how many rows."""
    rows = []
    for one in found:
        for function in ServiceFunction:
            months = {f"month{month}": one.count(month, function.value) for month in range(1, 13)}
            own = {"name": one.base["name"], "county": one.base["county"], "function": function.value}
            rows.append(own | months | {"total": sum(months.values())})
    return _write(path, sheets.MONTHS, rows, actor, state, note)


def write_entries(
    path: Path, found: list[tuple[dict[str, Any], tuple[Fault, ...]]], *, actor: Actor, state: OfficeState, note: str
) -> int:  # fmt: skip
    """Write the entries of one base that have a fault; return how many."""
    rows = [entry | {"faults": "；".join(fault.zh for fault in faults)} for entry, faults in found if faults]
    return _write(path, sheets.ENTRIES, rows, actor, state, note)


def _write(
    path: Path, sheet: Sheet, rows: list[dict[str, Any]], actor: Actor, state: OfficeState, note: str
) -> int:
    actor.demand(Permission.EXPORT)
    make = row_maker(
        sheet.columns, county_names=state.county_names, status_labels=state.status_labels("ledger_entries")
    )
    return write_workbook(path, sheet, map(make, rows), title=sheet.title, note=note)
