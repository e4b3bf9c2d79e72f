"""What is typed of a yearly report: a base's summary, the county's inspection, the county's report to the city."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Self

from documents.reports.annual_report import StoredAnnualReport, StoredCountyReport, StoredPoint
from forms.fields import field_for
from forms.plain_form import PlainForm
from office.tables.annual_reports import FIGURES
from rules.annual_reports import Finding, Inspection, Point
from rules.words import N_
from schema.field import Field, Kind
from services.reports.annual_reports import Summary
from services.shared.office_day import day_of


def _figure(key: str) -> Any:
    column = next(column for column in FIGURES if column.key == key)
    return field_for(replace(column, unit=""))  # the table says the unit


class SummaryForm(PlainForm):
    """A base's summary: when it was received, its figures, its words."""

    received_on = field_for(
        Field("received_on", N_("Received on"), "", Kind.DATE),
        N_("Today, where you do not say otherwise."),
    )
    tenants = _figure("tenants")
    people = _figure("people")
    staff = _figure("staff")
    partners = _figure("partners")
    company_times = _figure("company_times")
    person_times = _figure("person_times")
    low_fee_share = _figure("low_fee_share")
    functions_met = _figure("functions_met")
    summary = field_for(
        Field("summary", N_("Main points of the summary"), "", Kind.LONG_TEXT, max_length=5000)
    )

    @classmethod
    def of(
        cls,
        report: StoredAnnualReport | None,
        counted: Mapping[str, float | None],
        *,
        today: date | None = None,
    ) -> Self:
        """Return the form with a stored summary; figures that nobody has confirmed yet begin as they are counted.

        A summary that has not come yet is received `today`, where that is given.
        """
        report = report or {}
        figures = report.get("figures") or {
            key: number for key, number in counted.items() if number is not None
        }
        return cls(
            data={
                **figures,
                "received_on": day_of(report.get("received_on")) or today,
                "summary": report.get("summary"),
            }
        )

    def given(self) -> Summary:
        """Return the summary as typed; call it when the form is valid."""
        figures = {column.key: self[column.key].data for column in FIGURES}
        return Summary(self.typed_day("received_on"), self.typed_text("summary"), figures)


def _finding(point: Point) -> Any:
    return field_for(Field(f"{point.value}_finding", point.label, "", Kind.CHOICE, choices=Finding))


def _remark(point: Point) -> Any:
    return field_for(Field(f"{point.value}_remark", N_("Remark"), "", max_length=500))


class InspectionForm(PlainForm):
    """A county's inspection of a base, point by point."""

    checked_on = field_for(Field("checked_on", N_("Day of the inspection"), "", Kind.DATE))
    ledger_finding, ledger_remark = _finding(Point.LEDGER), _remark(Point.LEDGER)
    quality_finding, quality_remark = _finding(Point.QUALITY), _remark(Point.QUALITY)
    fees_finding, fees_remark = _finding(Point.FEES), _remark(Point.FEES)
    satisfaction_finding, satisfaction_remark = _finding(Point.SATISFACTION), _remark(Point.SATISFACTION)

    @classmethod
    def of(cls, report: StoredAnnualReport | None) -> Self:
        """Return the form with the inspection of a stored report."""
        inspection = (report or {}).get("inspection") or {}
        values: dict[str, Any] = {"checked_on": day_of(inspection.get("checked_on"))}
        for point in Point:
            at_point: StoredPoint = inspection.get(point.value, {})
            values[f"{point.value}_finding"] = at_point.get("finding")
            values[f"{point.value}_remark"] = at_point.get("remark")
        return cls(data=values)

    def given(self) -> Inspection:
        """Return the inspection as typed; call it when the form is valid."""
        findings = {
            point: finding
            for point in Point
            for finding in Finding
            if finding.value == self[f"{point.value}_finding"].data
        }
        remarks = {point: self.typed_text(f"{point.value}_remark") for point in Point}
        return Inspection(self.typed_day("checked_on"), findings, remarks)


class CountyReportForm(PlainForm):
    """A county's report to the city."""

    submitted_on = field_for(
        Field("submitted_on", N_("Submitted on"), "", Kind.DATE), N_("Left blank until it is submitted.")
    )
    text = field_for(Field("text", N_("Main points of the report"), "", Kind.LONG_TEXT, max_length=5000))

    @classmethod
    def of(cls, report: StoredCountyReport | None) -> Self:
        """Return the form with a stored report."""
        report = report or {}
        return cls(data={"submitted_on": day_of(report.get("submitted_on")), "text": report.get("text")})
