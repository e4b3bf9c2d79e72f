"""The rows of the ledger's quality: a base with its faults, a base or a function with its months, a faulty entry."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import gettext

from admin_views.assessment.view_models_ledger_quality import (
    FaultyEntry,
    MonthCell,
    MonthRow,
    QualityCell,
    QualityRow,
)
from admin_views.shared.request_context import office_state
from admin_views.shared.view_models import Link, badge, figure
from documents.records.office_state import StatusWord
from forms.sentences import sentence
from rules.choices import ServiceFunction
from rules.ledger_quality import Fault, FaultGroup, explanation, is_hole, level_of
from rules.words import N_
from services.assessment.ledger_quality import BaseMonths, BaseQuality

_COLOURS = {FaultGroup.IMPOSSIBLE: "red", FaultGroup.DOUBLE: "violet", FaultGroup.EVIDENCE: "grey"}
_MONTHS = range(1, 13)
Url = Callable[..., str]


def fault_heads() -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
    """Return the headings over the faults: the kinds with their widths, and each fault."""
    groups = tuple(
        (gettext(group.label), len(list(own))) for group, own in groupby(Fault, lambda one: one.group)
    )
    return groups, tuple(gettext(fault.label) for fault in Fault)


def quality_row(one: BaseQuality, url: Url) -> QualityRow:
    """Return one base with its faults; each count leads to the entries behind it."""
    base = one.base["_id"]
    cells = tuple(
        QualityCell(
            one.faults[fault], url(base=base, county="", fault=fault.value) if one.faults[fault] else ""
        )
        for fault in Fault
    )
    return QualityRow(
        one.base["name"],
        url(base=base, county=""),
        _short(one.base["county"]),
        QualityCell(one.entries),
        cells,
    )


def total_row(found: Iterable[BaseQuality]) -> QualityRow:
    """Return the sums of all bases shown."""
    rows = list(found)
    cells = tuple(QualityCell(sum(one.faults[fault] for one in rows)) for fault in Fault)
    return QualityRow(gettext(N_("Total")), "", "", QualityCell(sum(one.entries for one in rows)), cells)


def _short(county: str) -> str:
    return next((short for code, _, short in office_state().counties if code == county), county)


def base_month_rows(
    found: Sequence[BaseMonths], year: int, today: date, function: str, url: Url
) -> tuple[MonthRow, ...]:
    """Return the months of every base, by county in the office's order; of one function or of all."""
    counts = {one.base["_id"]: [one.count(month, function) for month in _MONTHS] for one in found}
    most = max((count for row in counts.values() for count in row), default=0)
    order = {code: number for number, (code, _, _) in enumerate(office_state().counties)}
    made = []
    for one in sorted(found, key=lambda one: order.get(one.base["county"], len(order))):
        base, row = one.base["_id"], counts[one.base["_id"]]
        cells = tuple(
            _cell(month, count, most, year, today, base, function, _functions_of(one, month))
            for month, count in zip(_MONTHS, row, strict=True)
        )
        address = url(base=base, county="", function="")
        made.append(
            MonthRow(
                one.base["name"], address, cells, figure(sum(row)), _short(one.base["county"]), _holes(cells)
            )
        )
    return tuple(made)


def _functions_of(one: BaseMonths, month: int) -> str:
    names = [function.label for function in ServiceFunction if one.count(month, function.value)]
    return "、".join(gettext(name) for name in names)


def month_rows(one: BaseMonths, year: int, today: date) -> tuple[MonthRow, ...]:
    """Return the months of one base, function by function, and all together."""
    most = max((count for count in one.counts.values()), default=0)
    made = []
    for function in ServiceFunction:
        row = [one.count(month, function.value) for month in _MONTHS]
        made.append(_month_row(one, gettext(function.label), row, most, year, today, function.value))
    row = [one.count(month) for month in _MONTHS]
    made.append(_month_row(one, gettext(N_("All functions")), row, max(row), year, today, ""))
    return tuple(made)


def _month_row(
    one: BaseMonths, name: str, row: list[int], most: int, year: int, today: date, function: str
) -> MonthRow:
    base = one.base["_id"]
    cells = tuple(
        _cell(month, count, most, year, today, base, function, "")
        for month, count in zip(_MONTHS, row, strict=True)
    )
    return MonthRow(name, "", cells, figure(sum(row)), "", _holes(cells))


def _cell(
    month: int, count: int, most: int, year: int, today: date, base: Any, function: str, hint: str
) -> MonthCell:
    if not count:
        hole = is_hole(month, count, year, today)
        return MonthCell(gettext(N_("none")) if hole else "", 0, hole)
    first = date(year, month, 1)
    last = date(year, 12, 31) if month == 12 else date.fromordinal(date(year, month + 1, 1).toordinal() - 1)
    address = url_for(
        "ledger_entries.index_view", base=base, served_on_from=first.isoformat(), served_on_to=last.isoformat(),
        function=function or None, status=["submitted", "verified"],
    )  # fmt: skip
    return MonthCell(figure(count), level_of(count, most), False, hint, address)


def _holes(cells: Sequence[MonthCell]) -> str:
    empty = [str(month) for month, cell in zip(_MONTHS, cells, strict=True) if cell.hole]
    return gettext(N_("month %(months)s"), months="、".join(empty)) if empty else ""


def chip(label: str, count: int, url: str) -> Link:
    """Return one choice over the entries, with how many there are."""
    return Link(label, url, figure(count))


def faulty_entry(
    entry: Mapping[str, Any], faults: Sequence[Fault], labels: Mapping[str, StatusWord], *, may_edit: bool
) -> FaultyEntry:
    """Return one entry with what is wrong with it."""
    status = labels.get(entry.get("status", ""))
    function = next((term.label for term in ServiceFunction if term.value == entry.get("function")), "")
    served = entry.get("served_on")
    return FaultyEntry(
        f"{served:%Y-%m-%d}" if served else gettext(N_("(no date)")),
        url_for("ledger_entries.details_view", id=entry["_id"]),
        url_for("ledger_entries.edit_view", id=entry["_id"]) if may_edit else "",
        gettext(function) if function else "",
        entry.get("request") or "",
        badge(status.label, status.colour) if status else "",
        tuple(
            badge(sentence(explanation(fault, entry)), _COLOURS.get(fault.group, "amber")) for fault in faults
        ),
    )
