"""The files of the yearly reports, of bases and of counties: sent, taken away."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from admin_views.shared.files import remove_slot_file, send_slot_file
from documents.reports.annual_report import COLLECTION, COUNTY_COLLECTION, AnnualReport, CountyReport
from rules.errors import Missing


def download_file() -> ResponseReturnValue:
    """Send a file of a report as a download."""
    return send_slot_file((COLLECTION, COUNTY_COLLECTION))


def remove_file() -> ResponseReturnValue:
    """Take a file from a report, and show that report."""
    report_id = remove_slot_file((COLLECTION, COUNTY_COLLECTION))
    base_report = AnnualReport.objects.with_id(report_id).first()
    if base_report is not None:
        return redirect(url_for("annual_reports.show", base=base_report.base, year=base_report.year), 303)
    county_report = CountyReport.objects.with_id(report_id).first()
    if county_report is None:
        raise Missing()
    return redirect(
        url_for("annual_reports.county", county=county_report.county, year=county_report.year), 303
    )
