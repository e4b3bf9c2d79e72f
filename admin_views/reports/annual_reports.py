"""Yearly reports of Art. 14 and 15: a year's counties and bases, who is to be reminded, both as workbooks."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.reports.labels import (
    TITLE,
    asked_county,
    asked_year,
    base_row,
    crumbs,
    left_words,
    pills,
    short_county,
    state_badge,
    state_word,
    years,
)
from admin_views.reports.view_models import CountyReportRow, ReminderPage, ReminderRow, YearPage
from admin_views.shared.exporting import send_written
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import Action, Empty, Fact, Link, Option, figure, toned
from office.tables.annual_reports import county_row, write_reminder, write_year
from rules.access import Permission
from rules.annual_reports import Timeliness
from rules.words import N_
from services.reports.annual_reports import BaseLine, CountyLine, YearReports, reports_of_year

annual_reports = Blueprint("annual_reports", __name__, url_prefix="/admin/annual-reports")
_UNINSPECTED = "uninspected"
_ORDER = (Timeliness.ON_TIME, Timeliness.LATE, Timeliness.MISSING, Timeliness.NOT_DUE)


def _read(year: int) -> YearReports:
    return reports_of_year(year, today=today(), actor=current_actor())


def _codes(county: str) -> list[str]:
    return [county] if county else [code for code, _, _ in office_state().counties]


def _in_order(found: YearReports, county: str) -> list[BaseLine]:
    """Return the bases of a county or of all, in the office's order of counties."""
    order = {code: place for place, (code, _, _) in enumerate(office_state().counties)}
    own = [one for one in found.bases if not county or one.base["county"] == county]
    return sorted(own, key=lambda one: order.get(one.base["county"], len(order)))


# --- The year ------------------------------------------------------------------------------------


@annual_reports.route("/")
@needs(Permission.READ)
def index() -> ResponseReturnValue:
    """Show a year: the counties side by side, and the bases of one or of all."""
    year, county = asked_year(), asked_county()
    found, chosen = _read(year), request.args.get("state", "")
    lines = _in_order(found, county)
    rows = [one for one in lines if _shown(one, chosen)]
    counties = [found.county(code) for code in _codes(county)]
    counts = Counter(one.base["county"] for one in found.bases)
    page = YearPage(
        title=gettext(TITLE), year=year, years=years("annual_reports.index", year, county=county or None),
        note=gettext(
            N_("Bases hand their summary in by %(base)s, counties report to the city by %(county)s."),
            base=found.base_due.isoformat(), county=found.county_due.isoformat(),
        ),
        facts=_facts(lines, counties),
        counties=pills("annual_reports.index", year, county, counts),
        county_fixed=current_actor().county is not None,
        county_rows=tuple(_county_row(found, one) for one in counties),
        total=_total(found, counties) if len(counties) > 1 else None,
        states=_states(year, county, chosen, lines),
        rows=tuple(base_row(one, year, found.base_due) for one in rows),
        rows_title=gettext(N_("Bases that report on %(year)s"), year=year),
        actions=_actions(year, county),
        empty=None if rows else _empty(bool(lines), year, county),
        subtitle=office_state().county_names.get(county, ""),
    )  # fmt: skip
    return render_template("reports/annual_reports.html", page=page)


def _shown(one: BaseLine, chosen: str) -> bool:
    if chosen == _UNINSPECTED:
        return not one.inspected
    return chosen not in {state.value for state in Timeliness} or one.state.value == chosen


def _facts(lines: list[BaseLine], counties: list[CountyLine]) -> tuple[Fact, ...]:
    states = Counter(one.state for one in lines)
    reported = sum(one.submitted_on is not None for one in counties)
    owing = sum(one.state is not None for one in counties)
    received = states[Timeliness.ON_TIME] + states[Timeliness.LATE]
    missing = states[Timeliness.MISSING]
    return (
        Fact(gettext(N_("Bases that report")), figure(len(lines))),
        Fact(gettext(N_("Summaries received")), f"{received} / {len(lines)}"),
        Fact(gettext(N_("Overdue")), figure(missing), tone="due" if missing else ""),
        Fact(gettext(N_("Inspected")), f"{sum(one.inspected for one in lines)} / {len(lines)}"),
        Fact(gettext(N_("County reports")), f"{reported} / {owing}"),
    )


def _states(year: int, county: str, chosen: str, lines: list[BaseLine]) -> tuple[Option, ...]:
    known = {*(one.value for one in Timeliness), _UNINSPECTED}
    states = Counter(one.state for one in lines)
    words = [("", gettext(N_("All")), len(lines))]
    words += [(one.value, state_word(one), states[one]) for one in _ORDER if states[one]]
    words.append((_UNINSPECTED, gettext(N_("Not inspected")), sum(not one.inspected for one in lines)))
    return tuple(
        Option(
            url_for("annual_reports.index", year=year, county=county or None, state=code or None), f"{word} {count}",
            code == chosen or (not code and chosen not in known),
        )
        for code, word, count in words
    )  # fmt: skip


def _county_row(found: YearReports, one: CountyLine) -> CountyReportRow:
    bases = url_for("annual_reports.index", year=found.year, county=one.code)
    cells = [Link(figure(one.bases), bases if one.bases else "")]
    for state in _ORDER:
        count = one.states.get(state, 0)
        tone = "due" if state is Timeliness.MISSING and count else ""
        cells.append(Link(figure(count), f"{bases}&state={state.value}" if count else "", hint=tone))
    cells.append(Link(figure(one.inspected), ""))
    no_base = one.state is None
    said = toned(gettext(N_("No base reports")), "dim") if one.state is None else state_badge(one.state)
    return CountyReportRow(
        name=office_state().county_names.get(one.code, one.code),
        url=bases,
        cells=tuple(cells),
        state=said,
        submitted=one.submitted_on.isoformat() if one.submitted_on else "",
        report_url="" if no_base else url_for("annual_reports.county", year=found.year, county=one.code),
        note="" if no_base else str(left_words(found.county_due, one.submitted_on is not None)),
    )


def _total(found: YearReports, counties: list[CountyLine]) -> CountyReportRow:
    counts = [sum(one.bases for one in counties)]
    counts += [sum(one.states.get(state, 0) for one in counties) for state in _ORDER]
    counts.append(sum(one.inspected for one in counties))
    reported = sum(one.submitted_on is not None for one in counties)
    said = gettext(N_("%(count)s submitted"), count=reported)
    return CountyReportRow(
        gettext(N_("Total")), "", tuple(Link(figure(count), "") for count in counts), said, "", ""
    )


def _actions(year: int, county: str) -> tuple[Action, ...]:
    where: dict[str, Any] = {"year": year} | ({"county": county} if county else {})
    made = [Action(gettext(N_("Reminder list")), url_for("annual_reports.reminder", **where), icon="alert")]
    if current_actor().may(Permission.EXPORT):
        made.append(Action(gettext(N_("Export")), url_for("annual_reports.export", **where), icon="download"))
    return tuple(made)


def _empty(any_base: bool, year: int, county: str) -> Empty:
    if any_base:
        every = Action(
            gettext(N_("Show all")), url_for("annual_reports.index", year=year, county=county or None)
        )
        return Empty(gettext(N_("No base stands like this")), "", (every,))
    return Empty(
        gettext(N_("No base reports on %(year)s"), year=year),
        gettext(N_("Who held the title within the year hands a summary in; none did here.")),
    )


@annual_reports.route("/export/xlsx/")
@needs(Permission.EXPORT)
def export() -> ResponseReturnValue:
    """Send a year's counties and bases as a workbook."""
    year, county = asked_year(), asked_county()
    found, names = _read(year), office_state().county_names
    bases = [
        {
            "name": one.base["name"], "operator": one.base.get("operator"), "county": names.get(one.base["county"], ""),
            "state": one.state, "received_on": one.received_on, "figures": (one.report or {}).get("figures") or {},
            "inspection": (one.report or {}).get("inspection") or {},
        }
        for one in _in_order(found, county)
    ]  # fmt: skip
    lines = [found.county(code) for code in _codes(county)]
    rows = [
        county_row(
            names.get(one.code, one.code), one.bases, one.states, one.inspected,
            one.state.zh if one.state else "无应报基地", one.submitted_on,
        )
        for one in lines
    ]  # fmt: skip
    total = (
        ("", "合计", *(sum(row[place] for row in rows) for place in range(1, 7)), "", "")
        if len(rows) > 1
        else None
    )
    due = (found.base_due, found.county_due)
    return send_written(
        lambda path: write_year(path, year, due, bases, rows, total=total), f"年度报告-{year}.xlsx"
    )


# --- Whom to remind ----------------------------------------------------------------------------------


def _waiting(found: YearReports, county: str) -> list[tuple[BaseLine | CountyLine, date]]:
    """Return who has not reported: the bases, then the counties, each with its last day."""
    bases = [(one, found.base_due) for one in _in_order(found, county) if one.received_on is None]
    counties = [found.county(code) for code in _codes(county)]
    late = [(one, found.county_due) for one in counties if one.state is not None and one.submitted_on is None]
    return [*bases, *late]


@annual_reports.route("/reminder/")
@needs(Permission.READ)
def reminder() -> ResponseReturnValue:
    """Show who has not reported yet, to print or to copy."""
    year, county = asked_year(), asked_county()
    found = _read(year)
    rows = tuple(_reminder_row(one, due, year) for one, due in _waiting(found, county))
    where: dict[str, Any] = {"year": year} | ({"county": county} if county else {})
    actions = (
        Action(gettext(N_("Export")), url_for("annual_reports.reminder_export", **where), icon="download"),
    )
    counts = Counter(one.base["county"] for one, _ in _waiting(found, "") if isinstance(one, BaseLine))
    page = ReminderPage(
        title=gettext(N_("Reminder list")),
        subtitle=gettext(
            N_("Reports on %(year)s that have not come by %(day)s"), year=year, day=today().isoformat()
        ),
        rows=rows,
        text=_text(rows, found),
        counties=pills("annual_reports.reminder", year, county, counts),
        county_fixed=current_actor().county is not None,
        actions=actions if current_actor().may(Permission.EXPORT) else (),
        empty=None if rows else Empty(gettext(N_("Everybody has reported")), ""),
        crumbs=crumbs(year, county),
    )
    return render_template("reports/reminder.html", page=page)


def _reminder_row(one: BaseLine | CountyLine, due: date, year: int) -> ReminderRow:
    if isinstance(one, BaseLine):
        base = one.base
        return ReminderRow(
            base["name"], url_for("annual_reports.show", base=base["_id"], year=year), short_county(base["county"]),
            gettext(N_("Yearly summary")), base.get("contact_name") or "", base.get("contact_phone") or "",
            due.isoformat(), left_words(due, False),
        )  # fmt: skip
    name = office_state().county_names.get(one.code, one.code)
    return ReminderRow(
        name, url_for("annual_reports.county", county=one.code, year=year), short_county(one.code),
        gettext(N_("County's report")), "", "", due.isoformat(), left_words(due, False),
    )  # fmt: skip


def _text(rows: Iterable[ReminderRow], found: YearReports) -> str:
    """Return the list as plain text, to be pasted into a message."""
    head = gettext(
        N_("As of %(day)s these have not handed in their report on %(year)s:"),
        day=today().isoformat(),
        year=found.year,
    )
    lines = []
    for place, row in enumerate(rows, 1):
        left = row.left.striptags() if hasattr(row.left, "striptags") else row.left
        parts = (
            row.county,
            row.what,
            f"{row.contact} {row.phone}".strip(),
            gettext(N_("by %(day)s"), day=row.due),
            left,
        )
        lines.append(f"{place}. {row.name}（{'，'.join(part for part in parts if part)}）")
    return "\n".join([head, *lines])


@annual_reports.route("/reminder/export/xlsx/")
@needs(Permission.EXPORT)
def reminder_export() -> ResponseReturnValue:
    """Send who has not reported yet as a workbook."""
    year, county, day, names = asked_year(), asked_county(), today(), office_state().county_names
    rows = []
    for one, due in _waiting(_read(year), county):
        left = (due - day).days
        if isinstance(one, BaseLine):
            base = one.base
            person = (base.get("contact_name"), base.get("contact_phone"))
            rows.append((base["name"], names.get(base["county"]), "年度工作总结", *person, due, left))
        else:
            name = names.get(one.code, one.code)
            rows.append((name, name, "县级总结和检查情况报告", None, None, due, left))
    return send_written(lambda path: write_reminder(path, year, day, rows), f"催报清单-{year}.xlsx")
