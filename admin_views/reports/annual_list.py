"""A year's reports: counties side by side, bases of one or of all; on the screen and as a workbook (Art. 14, 15)."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.reports.annual_labels import (
    TITLE,
    asked_county,
    asked_reports,
    asked_year,
    base_row,
    bases_in_order,
    county_codes,
    days_left,
    pills,
    state_badge,
    state_label,
    years,
)
from admin_views.reports.view_models import CountyReportRow, YearPage
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state
from admin_views.shared.view_models import Action, Empty, Fact, Link, Option, figure, toned
from office.tables.annual_reports import county_row, year_tables
from rules.access import Permission
from rules.annual_reports import Timeliness
from rules.words import N_
from services.reports.annual_reports import BaseLine, CountyLine, YearReports

_UNINSPECTED = "uninspected"
_STATES = (Timeliness.ON_TIME, Timeliness.LATE, Timeliness.MISSING, Timeliness.NOT_DUE)


# --- The year ------------------------------------------------------------------------------------


def index() -> ResponseReturnValue:
    """Show a year: the counties side by side, and the bases of one or of all."""
    year, county, chosen = asked_year(), asked_county(), request.args.get("state", "")
    reports = asked_reports()
    lines = bases_in_order(reports, county)
    shown = [line for line in lines if _is_shown(line, chosen)]
    counties = [reports.county(code) for code in county_codes(county)]
    counts = Counter(line.base["county"] for line in reports.bases)
    page = YearPage(
        title=gettext(TITLE), year=year, years=years("annual_reports.index", year, county=county or None),
        note=gettext(
            N_("Bases hand their summary in by %(base)s, counties report to the city by %(county)s."),
            base=reports.base_due.isoformat(), county=reports.county_due.isoformat(),
        ),
        facts=_facts(lines, counties),
        counties=pills("annual_reports.index", year, county, counts),
        county_fixed=current_actor().county is not None,
        county_rows=tuple(_county_row(reports, line) for line in counties),
        total=_total(counties) if len(counties) > 1 else None,
        states=_state_choices(year, county, chosen, lines),
        rows=tuple(base_row(line, year, reports.base_due) for line in shown),
        rows_title=gettext(N_("Bases that report on %(year)s"), year=year),
        actions=_actions(year, county),
        empty=None if shown else _empty(bool(lines), year, county),
        subtitle=office_state().county_names.get(county, ""),
    )  # fmt: skip
    return render_template("reports/annual_list.html", page=page)


def _is_shown(line: BaseLine, chosen: str) -> bool:
    if chosen == _UNINSPECTED:
        return not line.inspected
    return chosen not in {state.value for state in Timeliness} or line.state.value == chosen


def _facts(lines: Sequence[BaseLine], counties: Sequence[CountyLine]) -> tuple[Fact, ...]:
    states = Counter(line.state for line in lines)
    reported = sum(county.submitted_on is not None for county in counties)
    owing = sum(county.state is not None for county in counties)
    received = states[Timeliness.ON_TIME] + states[Timeliness.LATE]
    missing = states[Timeliness.MISSING]
    return (
        Fact(gettext(N_("Bases that report")), figure(len(lines))),
        Fact(gettext(N_("Summaries received")), f"{received} / {len(lines)}"),
        Fact(gettext(N_("Overdue")), figure(missing), tone="due" if missing else ""),
        Fact(gettext(N_("Inspected")), f"{sum(line.inspected for line in lines)} / {len(lines)}"),
        Fact(gettext(N_("County reports")), f"{reported} / {owing}"),
    )


def _state_choices(year: int, county: str, chosen: str, lines: Sequence[BaseLine]) -> tuple[Option, ...]:
    known = {*(state.value for state in Timeliness), _UNINSPECTED}
    counts = Counter(line.state for line in lines)
    choices = [("", gettext(N_("All")), len(lines))]
    choices += [(state.value, state_label(state), counts[state]) for state in _STATES if counts[state]]
    uninspected = sum(not line.inspected for line in lines)
    choices.append((_UNINSPECTED, gettext(N_("Not inspected")), uninspected))
    return tuple(
        Option(
            url_for("annual_reports.index", year=year, county=county or None, state=code or None), f"{label} {count}",
            code == chosen or (not code and chosen not in known),
        )
        for code, label, count in choices
    )  # fmt: skip


def _county_row(reports: YearReports, line: CountyLine) -> CountyReportRow:
    bases_url = url_for("annual_reports.index", year=reports.year, county=line.code)
    cells = [Link(figure(line.bases), bases_url if line.bases else "")]
    for state in _STATES:
        count = line.states.get(state, 0)
        tone = "due" if state is Timeliness.MISSING and count else ""
        cells.append(Link(figure(count), f"{bases_url}&state={state.value}" if count else "", hint=tone))
    cells.append(Link(figure(line.inspected), ""))
    no_base, submitted = line.state is None, line.submitted_on
    return CountyReportRow(
        name=office_state().county_names.get(line.code, line.code),
        url=bases_url,
        cells=tuple(cells),
        state=toned(gettext(N_("No base reports")), "dim") if line.state is None else state_badge(line.state),
        submitted=submitted.isoformat() if submitted else "",
        report_url="" if no_base else url_for("annual_reports.county", year=reports.year, county=line.code),
        note="" if no_base else str(days_left(reports.county_due, submitted is not None)),
    )


def _total(counties: Sequence[CountyLine]) -> CountyReportRow:
    counts = [sum(line.bases for line in counties)]
    counts += [sum(line.states.get(state, 0) for line in counties) for state in _STATES]
    counts.append(sum(line.inspected for line in counties))
    submitted = sum(line.submitted_on is not None for line in counties)
    state = gettext(N_("%(count)s submitted"), count=submitted)
    return CountyReportRow(
        gettext(N_("Total")), "", tuple(Link(figure(count), "") for count in counts), state, "", ""
    )


def _actions(year: int, county: str) -> tuple[Action, ...]:
    narrowed: dict[str, Any] = {"year": year} | ({"county": county} if county else {})
    reminder_url = url_for("annual_reports.reminder", **narrowed)
    actions = [
        Action(gettext(N_("All reports")), url_for("annual_reports.all_reports"), icon="sheet"),
        Action(gettext(N_("Reminder list")), reminder_url, icon="alert"),
    ]
    if current_actor().may(Permission.EXPORT):
        export_url = url_for("annual_reports.export", **narrowed)
        actions.append(Action(gettext(N_("Export")), export_url, icon="download"))
    return tuple(actions)


def _empty(any_base: bool, year: int, county: str) -> Empty:
    if any_base:
        show_all = Action(
            gettext(N_("Show all")), url_for("annual_reports.index", year=year, county=county or None)
        )
        return Empty(gettext(N_("No base stands like this")), "", (show_all,))
    return Empty(
        gettext(N_("No base reports on %(year)s"), year=year),
        gettext(N_("Who held the title within the year hands a summary in; none did here.")),
    )


def export() -> ResponseReturnValue:
    """Send a year's counties and bases as a workbook."""
    year, county, reports = asked_year(), asked_county(), asked_reports()
    names = office_state().county_names
    bases = [
        {
            "name": line.base["name"], "operator": line.base.get("operator"),
            "county": names.get(line.base["county"], ""), "state": line.state, "received_on": line.received_on,
            "figures": (line.report or {}).get("figures") or {},
            "inspection": (line.report or {}).get("inspection") or {},
        }
        for line in bases_in_order(reports, county)
    ]  # fmt: skip
    rows = [
        county_row(
            names.get(line.code, line.code), line.bases, line.states, line.inspected,
            line.state.zh if line.state else "无应报基地", line.submitted_on,
        )
        for line in (reports.county(code) for code in county_codes(county))
    ]  # fmt: skip
    total = (
        ("", "合计", *(sum(row[place] for row in rows) for place in range(1, 7)), "", "")
        if len(rows) > 1
        else None
    )
    due = (reports.base_due, reports.county_due)
    return send_tables(year_tables(year, due, bases, rows, total=total), f"年度报告-{year}.xlsx")
