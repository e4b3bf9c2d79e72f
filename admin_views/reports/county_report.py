"""One county's report on a year to the city, over its bases: shown, typed in, with its files (Art. 15)."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.reports.annual_labels import (
    asked_county,
    asked_year,
    base_row,
    crumbs,
    days_left,
    may_write,
    plain_text,
    state_badge,
)
from admin_views.reports.view_models import CountyReportPage, ReportPart
from admin_views.shared.files import ACCEPT, file_items, keep_sent, warn_of_lost_files
from admin_views.shared.guard import current_actor
from admin_views.shared.history import history_entries
from admin_views.shared.request_context import now, office_state, today, typed_version
from admin_views.shared.view_models import Fact, Item, toned
from documents.reports.annual_report import COUNTY_COLLECTION, REPORT
from forms.annual_reports import CountyReportForm
from forms.sentences import show_refusals
from rules.annual_reports import Timeliness
from rules.errors import Missing, Refused, Stale
from rules.words import N_
from services.reports.annual_reports import CountyLine, YearReports, reports_of_year
from services.reports.county_reports import read_county_report, save_county_report
from services.shared.files import files_by_slot

_HISTORY_ROWS = 20


def _asked_report_county() -> str:
    """Return the county in the address. Raises Missing for none, and for another one than the clerk's."""
    code = asked_county()
    if not code or request.args.get("county", code) != code:
        raise Missing()
    return code


def show_county_report() -> ResponseReturnValue:
    """Show a county's report on a year."""
    page = _page(_asked_report_county(), asked_year())
    return render_template("reports/county_report.html", page=page)


def save_county_form() -> ResponseReturnValue:
    """Keep a county's report on a year, with the files sent along."""
    code, year = _asked_report_county(), asked_year()
    form, version, status = CountyReportForm.typed(request.form), typed_version(), 422
    if form.validate():
        try:
            report_id = save_county_report(
                code, year, submitted_on=form.typed_day("submitted_on"), text=form.typed_text("text"), version=version,
                actor=current_actor(), now=now(), today=today(),
            )  # fmt: skip
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
            if isinstance(problem, Stale):
                # Saved again it replaces what the other one saved: the page says what that is.
                report = read_county_report(code, year, current_actor())
                version, status = report["version"] if report else 0, 409
                form.show_saved_meanwhile(CountyReportForm.of(report))
        else:
            keep_sent(COUNTY_COLLECTION, report_id, REPORT)
            flash(gettext(N_("Saved.")), "success")
            return redirect(url_for("annual_reports.county", county=code, year=year), 303)
    warn_of_lost_files(form)
    return render_template("reports/county_report.html", page=_page(code, year, form, version)), status


def _page(
    code: str, year: int, form: CountyReportForm | None = None, version: int | None = None
) -> CountyReportPage:
    """Return the page; a form that could not be saved comes back as it was typed, with its version."""
    reports = reports_of_year(year, today=today(), actor=current_actor(), county=code)
    line = reports.county(code)
    received = line.states.get(Timeliness.ON_TIME, 0) + line.states.get(Timeliness.LATE, 0)
    county, title = office_state().county_names.get(code, code), N_("County report %(year)s")
    report_id = line.report["_id"] if line.report else None
    return CountyReportPage(
        title=f"{county} · {gettext(title, year=year)}",
        state=toned(gettext(N_("No base reports")), "dim") if line.state is None else state_badge(line.state),
        facts=_facts(reports, line, received),
        part=_part(line, year, form, version),
        rows=tuple(base_row(base_line, year, reports.base_due) for base_line in reports.bases),
        warnings=_warnings(line.bases - received, line.bases - line.inspected),
        history=history_entries(COUNTY_COLLECTION, report_id, most=_HISTORY_ROWS) if report_id else (),
        crumbs=crumbs(year, code),
    )


def _facts(reports: YearReports, line: CountyLine, received: int) -> tuple[Fact, ...]:
    submitted = line.submitted_on
    left = plain_text(days_left(reports.county_due, submitted is not None))
    return (
        Fact(gettext(N_("Due by")), reports.county_due.isoformat(), note=left),
        Fact(gettext(N_("Submitted on")), submitted.isoformat() if submitted else "—"),
        Fact(gettext(N_("Summaries received")), f"{received} / {line.bases}"),
        Fact(gettext(N_("Inspected")), f"{line.inspected} / {line.bases}"),
    )


def _part(line: CountyLine, year: int, form: CountyReportForm | None, version: int | None) -> ReportPart:
    report, may = line.report, may_write()
    files = files_by_slot(COUNTY_COLLECTION, report["_id"], current_actor()) if report else {}
    if version is None:
        version = report["version"] if report else 0
    text = Item(gettext(N_("Main points of the report")), report.get("text") if report else None, wide=True)
    return ReportPart(
        title=gettext(N_("Report to the city")),
        files=file_items("annual_reports", files.get(REPORT, ()), removable=may),
        form=(form or CountyReportForm.of(report)) if may else None,
        action=url_for("annual_reports.keep_county", county=line.code, year=year),
        version=version,
        items=() if may else (text,),
        file_label=gettext(N_("Files of the report")),
        accept=ACCEPT,
    )


def _warnings(unreceived: int, uninspected: int) -> tuple[str, ...]:
    warnings = []
    if unreceived:
        warnings.append(gettext(N_("%(count)s bases have not handed in their summary."), count=unreceived))
    if uninspected:
        warnings.append(gettext(N_("%(count)s bases have not been inspected."), count=uninspected))
    return tuple(warnings)
