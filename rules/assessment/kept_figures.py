"""What one record adds to the figures that are kept beside the records, so that nobody counts a whole ledger again.

Keys stand within the figures of one base and one year, month or day; amounts are numbers of records, companies or
people. What counts, and how much, is said by `rules.assessment.counting` and `rules.assessment.ledger_quality` alone.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from rules.assessment.counting import (
    COUNTED_SIZES,
    COUNTED_STATUSES,
    LOW_FEES,
    MOVED_OUT,
    SATISFIED,
    amount_in,
    is_satisfied,
    names_no_company,
    why_not_in_figure,
    why_not_low_fee,
)
from rules.assessment.ledger_quality import SAME, SAME_WANTED, WANTED, Fault, lasting_faults
from rules.choices import ServiceFunction
from rules.rule_sets.measures import ACTIVITIES, COUNTED_FIGURES, FIGURES, Figure

ENTRIES, COMPANY_TIMES, LOW_FEE = "entries", "company_times", "low_fee_company_times"
SATISFIED_ANSWERS, ANSWERS = "satisfied", "answered"
TENANTS, PEOPLE = "tenants", "people"
# The figures of everything that counts, and of that part of it that names no company.
ALL, NAMELESS = "all", "nameless"
# Of a year: its entries that count, by month and fee, and by month and answer; of all years: companies of any size that
# moved in or out, by year and industry. What says nothing of it stands under BLANK.
FEES, ANSWERS_GIVEN, MOVED_IN, MOVED_OUT_IN = "fees", "answers", "moved_in", "moved_out"
BLANK = "none"
# To be raised when the shape of what is kept changes.
_SHAPE = 3
_FUNCTIONS: Mapping[str, ServiceFunction] = {function.value: function for function in ServiceFunction}


def function_key(function: ServiceFunction) -> str:
    """Return the key of the number of entries of one function."""
    return f"functions/{function.value}"


def figure_key(function: ServiceFunction, figure: Figure) -> str:
    """Return the key of one figure of one function (Art. 7)."""
    return f"figures/{function.value}/{figure.value}"


def meaning() -> str:
    """Return what differs when figures kept by an earlier program would mean something else: they are built anew."""
    words = (
        _SHAPE, COUNTED_STATUSES, _codes(LOW_FEES), _codes(SATISFIED), _codes(COUNTED_SIZES),
        [(function.value, _codes(figures)) for function, figures in FIGURES.items()],
        [(function.value, figure.value, sorted(_codes(kinds))) for (function, figure), kinds in ACTIVITIES.items()],
        _codes(Fault), [(key, fault.value) for key, fault in WANTED.items()], SAME, SAME_WANTED, MOVED_OUT,
    )  # fmt: skip
    return hashlib.sha256(repr(words).encode()).hexdigest()


def _codes(words: Any) -> list[str]:
    return [word.value for word in words]


def counted_day(entry: Mapping[str, Any]) -> date | None:
    """Return the day on which an entry counts; None for one that counts in no year."""
    served = entry.get("served_on")
    if served is None or entry.get("status") not in COUNTED_STATUSES:
        return None
    return _day(served)


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def counted_amounts(entry: Mapping[str, Any]) -> dict[str, int]:
    """Return what an entry that counts adds to which figure of Art. 5(4), 7 and 15."""
    company_times = amount_in(entry, Figure.COMPANY_TIMES)
    amounts = {ENTRIES: 1, COMPANY_TIMES: company_times}
    if why_not_low_fee(entry) is None:
        amounts[LOW_FEE] = company_times
    satisfied = is_satisfied(entry)
    if satisfied is not None:
        amounts[ANSWERS] = 1
        amounts[SATISFIED_ANSWERS] = int(satisfied)
    function = _FUNCTIONS.get(entry.get("function", ""))
    if function is not None:
        amounts[function_key(function)] = 1
        for figure in COUNTED_FIGURES[function]:
            if why_not_in_figure(entry, function, figure) is None:
                amounts[figure_key(function, figure)] = amount_in(entry, figure)
    return {key: amount for key, amount in amounts.items() if amount}


def counted_parts(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return to which figures an entry that counts is added: of all, and of those that name no company."""
    return (ALL, NAMELESS) if names_no_company(entry) else (ALL,)


def quality_amounts(entry: Mapping[str, Any]) -> dict[str, int]:
    """Return what an entry adds to the faults of its ledger, whatever the day is and the other entries are."""
    return {ENTRIES: 1, **{fault_key(fault): 1 for fault in lasting_faults(entry)}}


def fault_key(fault: Fault) -> str:
    """Return the key of the number of entries that have one fault."""
    return f"faults.{fault.value}"


def steps_of_company(company: Mapping[str, Any]) -> tuple[tuple[date, dict[str, int]], ...]:
    """Return by which day a company is housed and counted, and from which no more, with what that adds (Art. 5(2))."""
    moved_in = company.get("moved_in")
    if moved_in is None or company.get("size") not in COUNTED_SIZES:
        return ()
    first, moved_out = _day(moved_in), company.get("moved_out")
    if moved_out is None and company.get("status") == MOVED_OUT:
        return ()  # on no known day: left out of every day
    people = company.get("people") or 0
    begins = (first, _company(1, people))
    # One that left before it came was never there.
    return (begins,) if moved_out is None else (begins, (max(first, _day(moved_out)), _company(-1, -people)))


def counted_words(entry: Mapping[str, Any], day: date) -> tuple[str, ...]:
    """Return under which keys of its year an entry that counts is one more: its fee and its answer, by month."""
    month = f"{day.month:02}"
    fee = f"{FEES}.{month}.{entry.get('fee_kind') or BLANK}"
    answer = entry.get("satisfaction")
    return (fee, f"{ANSWERS_GIVEN}.{month}.{answer}") if answer else (fee,)


def moves_of_company(company: Mapping[str, Any]) -> tuple[str, ...]:
    """Return under which keys a company, whatever its size, is one more: the years of its moves, and its industry."""
    industry = company.get("industry") or BLANK
    moves = ((MOVED_IN, company.get("moved_in")), (MOVED_OUT_IN, company.get("moved_out")))
    return tuple(f"{move}.{_day(moment).year:04}.{industry}" for move, moment in moves if moment is not None)


def _company(number: int, people: int) -> dict[str, int]:
    return {TENANTS: number, PEOPLE: people} if people else {TENANTS: number}
