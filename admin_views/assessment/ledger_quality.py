"""How well the service ledgers are kept: what is missing or cannot be, and which months are empty."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from bson import ObjectId
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.assessment.view_models import (
    FaultyEntryLine,
    MonthCell,
    MonthRow,
    QualityCell,
    QualityPage,
    QualityRow,
)
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.list_page import simple_pager
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import Action, CountyPill, Empty, Link, Option, badge, figure
from documents.records.office_state import StatusWord
from forms.sentences import sentence
from rules.access import Permission
from rules.assessment.ledger_quality import Fault, FaultGroup, explanation, is_hole, level_of
from rules.choices import ServiceFunction
from rules.errors import Missing
from rules.words import N_
from services.assessment import ledger_quality as quality
from services.assessment.ledger_quality import BaseMonths, BaseQuality

_COLOURS = {FaultGroup.IMPOSSIBLE: "red", FaultGroup.DOUBLE: "violet", FaultGroup.EVIDENCE: "grey"}
_MONTHS = range(1, 13)
Url = Callable[..., str]
_TITLE = N_("Ledger quality")
_YEARS = 6
_SIZE = 50


@dataclass(frozen=True)
class LedgerQualityQuery:
    """What the address asks for."""

    year: int
    county: str
    base: ObjectId | None
    tab: str
    function: str
    fault: str

    def url(self, **changed: Any) -> str:
        """Return the address of this page with some of it changed."""
        given = {
            "year": self.year, "county": self.county, "base": self.base, "view": self.tab,
            "function": self.function, "fault": self.fault,
        } | changed  # fmt: skip
        arguments = {
            key: value for key, value in given.items() if value and (key, value) != ("view", "faults")
        }
        return url_for("ledger_quality.index") + "?" + urlencode(arguments)


def _read() -> LedgerQualityQuery:
    args, actor = request.args, current_actor()
    base = args.get("base", "")
    if base and not ObjectId.is_valid(base):
        raise Missing()
    codes = {code for code, _, _ in office_state().counties}
    year = args.get("year", type=int) or today().year
    return LedgerQualityQuery(
        min(max(year, today().year - _YEARS + 1), today().year),
        actor.county or (args.get("county", "") if args.get("county") in codes else ""),
        ObjectId(base) if base else None,
        "months" if args.get("view") == "months" else "faults",
        args.get("function", "") if args.get("function") in set(ServiceFunction) else "",
        args.get("fault", "") if args.get("fault") in set(Fault) else "",
    )  # fmt: skip


def index() -> ResponseReturnValue:
    """Show all bases or one: faults, or months."""
    query = _read()
    if query.base is None:
        page = _all_months(query) if query.tab == "months" else _all_faults(query)
    else:
        page = _base_months(query) if query.tab == "months" else _base_faults(query)
    return render_template("assessment/ledger_quality.html", page=page)


def _page(query: LedgerQualityQuery, title: str, note: str, **more: Any) -> QualityPage:
    tabs = ((N_("Faults"), "faults"), (N_("Months"), "months"))
    export = url_for("ledger_quality.export") + "?" + query.url().partition("?")[2]
    actions = (Action(gettext(N_("Export")), export, icon="download"),)
    crumbs = (Link(gettext(_TITLE), query.url(base=None, fault="", function="")),) if query.base else ()
    return QualityPage(
        title=title, url=url_for("ledger_quality.index"), year=query.year,
        years=tuple(
            Option(query.url(year=year), str(year), year == query.year)
            for year in range(today().year, today().year - _YEARS, -1)
        ),
        tabs=tuple(Link(gettext(label), query.url(view=tab, fault="", function="")) for label, tab in tabs),
        tab=query.tab, counties=() if query.base else _pills(query),
        county_fixed=current_actor().county is not None, note=note,
        actions=actions if current_actor().may(Permission.EXPORT) else (),
        subtitle=f"{query.year}", arguments=tuple(request.args.items(multi=True)), crumbs=crumbs, **more,
    )  # fmt: skip


def _pills(query: LedgerQualityQuery) -> tuple[CountyPill, ...]:
    state, bound = office_state(), current_actor().county
    if bound is not None:
        return (CountyPill(state.county_names.get(bound, ""), query.url(), None, active=True),)
    whole = CountyPill(gettext(N_("Whole city")), query.url(county=""), None, active=not query.county)
    return (
        whole,
        *(
            CountyPill(short, query.url(county=code), None, name, query.county == code)
            for code, name, short in state.counties
        ),
    )


def _all_faults(query: LedgerQualityQuery) -> QualityPage:
    qualities = quality.quality_of(
        query.year, today=today(), actor=current_actor(), county=query.county or None
    )
    groups, heads = fault_heads()
    note = gettext(N_("Drafts are counted too. Each number leads to the entries behind it."))
    rows = [quality_row(base_quality, query.url) for base_quality in qualities]
    return _page(
        query, gettext(_TITLE), note, groups=groups, heads=heads, rows=tuple(rows),
        total=total_row(qualities) if len(qualities) > 1 else None, empty=None if qualities else _empty(),
    )  # fmt: skip


def _empty() -> Empty:
    return Empty(gettext(N_("Nothing here yet")), gettext(N_("There is no base here.")))


def _functions(query: LedgerQualityQuery) -> tuple[Link, ...]:
    every = Link(gettext(N_("All functions")), query.url(function=""))
    return (
        every,
        *(Link(gettext(function.label), query.url(function=function.value)) for function in ServiceFunction),
    )


def _function_word(query: LedgerQualityQuery) -> str:
    word = next(
        (function.label for function in ServiceFunction if function.value == query.function),
        N_("All functions"),
    )
    return gettext(word)


def _all_months(query: LedgerQualityQuery) -> QualityPage:
    months = quality.months_of(query.year, actor=current_actor(), county=query.county or None)
    rows = base_month_rows(months, query.year, today(), query.function, query.url)
    note = gettext(
        N_("Submitted and verified entries by month of service; a month that passed without any is marked.")
    )
    return _page(
        query, gettext(_TITLE), note, months=rows, choices=_functions(query), chosen=_function_word(query),
        empty=None if months else _empty(),
    )  # fmt: skip


def _base_months(query: LedgerQualityQuery) -> QualityPage:
    (months,) = quality.months_of(query.year, actor=current_actor(), base=query.base)
    note = gettext(
        N_("Submitted and verified entries by month of service; a month that passed without any is marked.")
    )
    return _page(query, months.base["name"], note, months=month_rows(months, query.year, today()))


def _base_faults(query: LedgerQualityQuery) -> QualityPage:
    assert query.base is not None
    base, entries = quality.entries_of(query.base, query.year, today=today(), actor=current_actor())
    faulty = [(entry, faults) for entry, faults in entries if faults]
    counts = {fault: sum(fault in faults for _, faults in faulty) for fault in Fault}
    chips = [chip(gettext(N_("All with a fault")), len(faulty), query.url(fault=""))]
    chips += [
        chip(gettext(fault.label), counts[fault], query.url(fault=fault.value))
        for fault in Fault
        if counts[fault]
    ]
    chosen = next((gettext(fault.label) for fault in Fault if fault.value == query.fault), chips[0].label)
    chosen_entries = [(entry, faults) for entry, faults in faulty if not query.fault or query.fault in faults]
    pager = simple_pager(len(chosen_entries), request.args, url_for("ledger_quality.index"))
    start = max(pager.first - 1, 0)
    labels, may_edit = (
        office_state().statuses.get("ledger_entries", {}),
        current_actor().may(Permission.WRITE),
    )
    note = gettext(
        N_("%(faulty)s of %(total)s entries of %(year)s have a fault."),
        faulty=len(faulty),
        total=len(entries),
        year=query.year,
    )
    empty = Empty(
        gettext(N_("No entry has this fault")),
        gettext(
            N_(
                "Entries of %(year)s: %(total)s.",
            ),
            year=query.year,
            total=len(entries),
        ),
    )
    return _page(
        query, base["name"], note, choices=tuple(chips), chosen=chosen, pager=pager,
        entries=tuple(faulty_entry(entry, faults, labels, may_edit=may_edit)
            for entry, faults in chosen_entries[start : start + _SIZE]
        ),
        empty=None if chosen_entries else empty,
    )  # fmt: skip


def export() -> ResponseReturnValue:
    """Send what the page shows as a workbook."""
    query, actor, state = _read(), current_actor(), office_state()
    note = f"{query.year}年度"
    county = query.county or None
    if query.tab == "months":
        months = quality.months_of(
            query.year, actor=actor, county=None if query.base else county, base=query.base
        )
        return send_tables(
            [quality.months_table(months, actor=actor, state=state, note=note)],
            f"台账逐月-{query.year}.xlsx",
        )
    if query.base is not None:
        base, entries = quality.entries_of(query.base, query.year, today=today(), actor=actor)
        chosen_entries = [
            (entry, faults) for entry, faults in entries if not query.fault or query.fault in faults
        ]
        return send_tables(
            [quality.entries_table(chosen_entries, actor=actor, state=state, note=note)],
            f"问题台账-{base['name']}-{query.year}.xlsx",
        )
    qualities = quality.quality_of(query.year, today=today(), actor=actor, county=county)
    return send_tables(
        [quality.faults_table(qualities, actor=actor, state=state, note=note)],
        f"台账质量-{query.year}.xlsx",
    )


# --- The rows ----------------------------------------------------------------------------------


def fault_heads() -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
    """Return the headings over the faults: the kinds with their widths, and each fault."""
    groups = tuple(
        (gettext(group.label), len(list(faults)))
        for group, faults in groupby(Fault, lambda fault: fault.group)
    )
    return groups, tuple(gettext(fault.label) for fault in Fault)


def quality_row(base_quality: BaseQuality, url: Url) -> QualityRow:
    """Return one base with its faults; each count leads to the entries behind it."""
    base = base_quality.base["_id"]
    cells = tuple(
        QualityCell(
            base_quality.faults[fault],
            url(base=base, county="", fault=fault.value) if base_quality.faults[fault] else "",
        )
        for fault in Fault
    )
    return QualityRow(
        base_quality.base["name"],
        url(base=base, county=""),
        _short(base_quality.base["county"]),
        QualityCell(base_quality.entries),
        cells,
    )


def total_row(qualities: Iterable[BaseQuality]) -> QualityRow:
    """Return the sums of all bases shown."""
    rows = list(qualities)
    cells = tuple(QualityCell(sum(base_quality.faults[fault] for base_quality in rows)) for fault in Fault)
    return QualityRow(
        gettext(N_("Total")), "", "", QualityCell(sum(base_quality.entries for base_quality in rows)), cells
    )


def _short(county: str) -> str:
    return next((short for code, _, short in office_state().counties if code == county), county)


def base_month_rows(
    months_by_base: Sequence[BaseMonths], year: int, today: date, function: str, url: Url
) -> tuple[MonthRow, ...]:
    """Return the months of every base, by county in the office's order; of one function or of all."""
    counts = {
        base_months.base["_id"]: [base_months.count(month, function) for month in _MONTHS]
        for base_months in months_by_base
    }
    most = max((count for row in counts.values() for count in row), default=0)
    order = {code: number for number, (code, _, _) in enumerate(office_state().counties)}
    rows = []
    for base_months in sorted(
        months_by_base, key=lambda base_months: order.get(base_months.base["county"], len(order))
    ):
        base, row = base_months.base["_id"], counts[base_months.base["_id"]]
        cells = tuple(
            _cell(month, count, most, year, today, base, function, _functions_of(base_months, month))
            for month, count in zip(_MONTHS, row, strict=True)
        )
        address = url(base=base, county="", function="")
        rows.append(
            MonthRow(
                base_months.base["name"],
                address,
                cells,
                figure(sum(row)),
                _short(base_months.base["county"]),
                _holes(cells),
            )
        )
    return tuple(rows)


def _functions_of(base_months: BaseMonths, month: int) -> str:
    names = [function.label for function in ServiceFunction if base_months.count(month, function.value)]
    return "、".join(gettext(name) for name in names)


def month_rows(base_months: BaseMonths, year: int, today: date) -> tuple[MonthRow, ...]:
    """Return the months of one base, function by function, and all together."""
    most = max((count for count in base_months.counts.values()), default=0)
    rows = []
    for function in ServiceFunction:
        row = [base_months.count(month, function.value) for month in _MONTHS]
        rows.append(_month_row(base_months, gettext(function.label), row, most, year, today, function.value))
    row = [base_months.count(month) for month in _MONTHS]
    rows.append(_month_row(base_months, gettext(N_("All functions")), row, max(row), year, today, ""))
    return tuple(rows)


def _month_row(
    base_months: BaseMonths, name: str, row: list[int], most: int, year: int, today: date, function: str
) -> MonthRow:
    base = base_months.base["_id"]
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
) -> FaultyEntryLine:
    """Return one entry with what is wrong with it."""
    status = labels.get(entry.get("status", ""))
    function = next((term.label for term in ServiceFunction if term.value == entry.get("function")), "")
    served = entry.get("served_on")
    return FaultyEntryLine(
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
