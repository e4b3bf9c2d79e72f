"""The yearly reports of all years as one list: filtered, sorted, with chosen columns, saved views and a workbook."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.shared.guard import current_actor
from admin_views.shared.list_query import FilterSpec, filters_of
from admin_views.shared.record_list import RecordList
from admin_views.shared.request_context import today
from admin_views.shared.view_models import Action, Empty
from documents.reports.annual_report import AnnualReport
from rules.access import Permission
from rules.words import N_
from schema.annual_reports import ANNUAL_REPORTS
from schema.settings import FIRST_REPORT_YEAR
from services.desk.settings import office_settings


def _years() -> list[tuple[str, str]]:
    first = office_settings()[FIRST_REPORT_YEAR]
    return [(str(year), str(year)) for year in range(today().year, first - 1, -1)]


def _derive(report: Mapping[str, Any]) -> dict[str, Any]:
    return {**report, "checked_on": (report.get("inspection") or {}).get("checked_on")}


REPORT_LIST = RecordList(
    ANNUAL_REPORTS,
    "annual_reports",
    lambda: AnnualReport.objects.visible_to(current_actor()),
    row_url=lambda row: url_for("annual_reports.show", base=row["base"], year=row["year"]),
    index="all_reports",
    title=N_("All reports"),
    search_hint=N_("Base, number or initials"),
    filters=(
        FilterSpec("year", "choice", N_("Year"), options=_years, is_number=True),
        *filters_of(ANNUAL_REPORTS),
    ),
    keys=("base", "year", "inspection.checked_on"),
    derive=_derive,
    special={"year": lambda row: str(row["year"])},
)


def index() -> ResponseReturnValue:
    """Show the list."""
    query, actions = REPORT_LIST.query(), []
    if current_actor().may(Permission.EXPORT):
        url = url_for("annual_reports.all_reports_export") + query.query()
        actions.append(Action(gettext(N_("Export")), url, icon="download"))
    by_year = Action(gettext(N_("By year and county")), url_for("annual_reports.index"), icon="calendar")
    empty = Empty(
        gettext(N_("No yearly report yet")),
        gettext(N_("Reports stand here once a summary was kept.")),
        (by_year,),
    )
    page = REPORT_LIST.page(query, actions=(by_year, *actions), empty=empty)
    return render_template("records/list.html", page=page)


def export() -> ResponseReturnValue:
    """Send the list as filtered, as a workbook."""
    return REPORT_LIST.send(REPORT_LIST.query())
