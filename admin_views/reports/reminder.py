"""Whom to remind: who has not reported on a year yet, to print, to copy, or as a workbook (Art. 14, 15)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.reports.annual_labels import (
    asked_county,
    asked_reports,
    asked_year,
    bases_in_order,
    county_codes,
    crumbs,
    days_left,
    pills,
    plain_text,
    short_county,
)
from admin_views.reports.view_models import ReminderPage, ReminderRow
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import Action, Empty
from office.tables.annual_reports import reminder_table
from rules.access import Permission
from rules.words import N_
from services.reports.annual_reports import BaseLine, CountyLine, YearReports


def _waiting(reports: YearReports, county: str) -> list[tuple[BaseLine | CountyLine, date]]:
    """Return who has not reported: the bases, then the counties, each with its last day."""
    bases = [(line, reports.base_due) for line in bases_in_order(reports, county) if line.received_on is None]
    counties = [reports.county(code) for code in county_codes(county)]
    return [
        *bases,
        *(
            (line, reports.county_due)
            for line in counties
            if line.state is not None and line.submitted_on is None
        ),
    ]


def show_reminder() -> ResponseReturnValue:
    """Show who has not reported yet."""
    year, county, reports = asked_year(), asked_county(), asked_reports()
    rows = tuple(_row(line, due, year) for line, due in _waiting(reports, county))
    narrowed: dict[str, Any] = {"year": year} | ({"county": county} if county else {})
    export_url = url_for("annual_reports.reminder_export", **narrowed)
    actions = (Action(gettext(N_("Export")), export_url, icon="download"),)
    waiting_bases = (line for line, _ in _waiting(reports, "") if isinstance(line, BaseLine))
    counts = Counter(line.base["county"] for line in waiting_bases)
    page = ReminderPage(
        title=gettext(N_("Reminder list")),
        subtitle=gettext(
            N_("Reports on %(year)s that have not come by %(day)s"), year=year, day=today().isoformat()
        ),
        rows=rows,
        text=_text(rows, year),
        counties=pills("annual_reports.reminder", year, county, counts),
        county_fixed=current_actor().county is not None,
        actions=actions if current_actor().may(Permission.EXPORT) else (),
        empty=None if rows else Empty(gettext(N_("Everybody has reported")), ""),
        crumbs=crumbs(year, county),
    )
    return render_template("reports/reminder.html", page=page)


def _row(line: BaseLine | CountyLine, due: date, year: int) -> ReminderRow:
    if isinstance(line, BaseLine):
        base = line.base
        return ReminderRow(
            base["name"], url_for("annual_reports.show", base=base["_id"], year=year), short_county(base["county"]),
            gettext(N_("Yearly summary")), base.get("contact_name") or "", base.get("contact_phone") or "",
            due.isoformat(), days_left(due, False),
        )  # fmt: skip
    name = office_state().county_names.get(line.code, line.code)
    return ReminderRow(
        name, url_for("annual_reports.county", county=line.code, year=year), short_county(line.code),
        gettext(N_("County's report")), "", "", due.isoformat(), days_left(due, False),
    )  # fmt: skip


def _text(rows: Iterable[ReminderRow], year: int) -> str:
    """Return the list as plain text, to be pasted into a message."""
    lines = [
        gettext(
            N_("As of %(day)s these have not handed in their report on %(year)s:"),
            day=today().isoformat(),
            year=year,
        )
    ]
    for place, row in enumerate(rows, 1):
        person = f"{row.contact} {row.phone}".strip()
        by_day = gettext(N_("by %(day)s"), day=row.due)
        parts = (row.county, row.what, person, by_day, plain_text(row.left))
        lines.append(f"{place}. {row.name}（{'，'.join(part for part in parts if part)}）")
    return "\n".join(lines)


def export_reminder() -> ResponseReturnValue:
    """Send who has not reported yet as a workbook."""
    year, county, day, names = asked_year(), asked_county(), today(), office_state().county_names
    rows = []
    for line, due in _waiting(asked_reports(), county):
        days = (due - day).days
        if isinstance(line, BaseLine):
            base = line.base
            person = (base.get("contact_name"), base.get("contact_phone"))
            rows.append((base["name"], names.get(base["county"]), "年度工作总结", *person, due, days))
        else:
            name = names.get(line.code, line.code)
            rows.append((name, name, "县级总结和检查情况报告", None, None, due, days))
    return send_tables([reminder_table(year, day, rows)], f"催报清单-{year}.xlsx")
