"""The kept figures against the pipelines that count the same, in one run: what pages over all bases read.

Each row is asked for in turns; both columns must return the same. The data set with a tenth of the entries has the same
bases, partners and companies: what ten times the entries cost is what the entries alone cost.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from benchmarks.measuring import Cost, in_turns
from documents.assessment.kept_figures import KeptFigures
from documents.assessment.ledger_quality_counts import month_counts
from documents.desk.waiting import functions_in_ledger
from documents.records.base import Base
from documents.records.ledger_entry import LedgerEntry
from rules.access import SYSTEM
from services.assessment.assess import counted_facts_of, facts_of
from services.assessment.ledger_quality import counted_quality_of, months_of, quality_of

KEPT, COUNTED = "kept", "counted"
_YEAR, _TODAY = 2025, date(2025, 10, 17)  # within a month: its later days and later months are taken off
_LATER = date(2026, 6, 1)
_YEARS = range(2021, 2026)  # of a what-if


@dataclass(frozen=True)
class FigureRow:
    """What a page over all bases reads: from what is kept, and counted from the records."""

    name: str
    kept: Callable[[], Any]
    counted: Callable[[], Any]


def rows() -> tuple[FigureRow, ...]:
    """Return the rows: assessment and overview of a year that is over and of one that runs, what-if, 今日, quality."""
    # 今日 has read its bases before.
    bases = [row["_id"] for row in Base.objects.rows(("_id",), (("_id", 1),))]
    return (
        FigureRow(
            "assessment of a year", lambda: facts_of(_YEAR, today=_LATER, actor=SYSTEM),
            lambda: counted_facts_of(_YEAR, today=_LATER, actor=SYSTEM),
        ),
        FigureRow(
            "assessment up to today", lambda: facts_of(_YEAR, today=_TODAY, actor=SYSTEM),
            lambda: counted_facts_of(_YEAR, today=_TODAY, actor=SYSTEM),
        ),
        FigureRow(
            "what-if over five years", lambda: [facts_of(year, today=_LATER, actor=SYSTEM) for year in _YEARS],
            lambda: [counted_facts_of(year, today=_LATER, actor=SYSTEM) for year in _YEARS],
        ),
        FigureRow("functions on 今日", lambda: _functions_kept(bases), _functions_counted),
        FigureRow("faults of the ledgers", lambda: _faults(quality_of), lambda: _faults(counted_quality_of)),
        FigureRow("months of the ledgers", _months_kept, lambda: month_counts(LedgerEntry.objects, _YEAR)),
    )  # fmt: skip


def _functions_kept(bases: list[Any]) -> Mapping[Any, set[str]]:
    shown = KeptFigures.functions_on_day(_YEAR, _TODAY, bases, with_nameless=True)
    return {
        base: {function.value for function in functions} for base, functions in shown.items() if functions
    }


def _functions_counted() -> Mapping[Any, set[str]]:
    return functions_in_ledger(SYSTEM, date(_YEAR, 1, 1), _TODAY)


def _faults(of: Callable[..., Any]) -> dict[Any, Any]:
    return {quality.base["_id"]: quality for quality in of(_YEAR, today=_TODAY, actor=SYSTEM)}


def _months_kept() -> Mapping[Any, Mapping[tuple[int, str], int]]:
    return {months.base["_id"]: months.counts for months in months_of(_YEAR, actor=SYSTEM) if months.counts}


def measure(runs: int, *, counted: bool = True) -> dict[str, dict[str, Cost]]:
    """Return what each row costs from what is kept, and counted. Raises RuntimeError where the two differ."""
    measured = {}
    for row in rows():
        calls = {KEPT: _call(row.kept)}
        if counted:
            if row.kept() != row.counted():
                raise RuntimeError(f"{row.name}: what is kept is not what is counted")
            calls[COUNTED] = _call(row.counted)
        measured[row.name] = in_turns(calls, dict.fromkeys(calls, runs))
    return measured


def _call(read: Callable[[], Any]) -> Callable[[], tuple[int, int]]:
    def call() -> tuple[int, int]:
        read()
        return 200, 0

    return call
