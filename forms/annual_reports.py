"""What is typed of a yearly report: a base's summary, the county's inspection, the county's report to the city."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Form

from forms.fields import field_for
from office.tables.annual_reports import FIGURES
from rules.annual_reports import Finding, Inspection, Point
from rules.words import N_
from schema.field import Column, Kind
from services.reports.annual_reports import Summary

Raw = Mapping[str, Any]


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value


class _Typed(Form):
    class Meta:
        """Error messages are ours, already translated."""

        csrf = False
        locales = False

    @classmethod
    def filled(cls, values: Raw) -> Any:
        """Return the form with these values."""
        return cls(data=dict(values))

    @classmethod
    def typed(cls, given: MultiDict[str, str]) -> Any:
        """Return the form as it was sent."""
        return cls(formdata=given)


def _figure(key: str) -> Any:
    column = next(one for one in FIGURES if one.key == key)
    return field_for(replace(column, unit=""))  # the table says the unit


class SummaryForm(_Typed):
    """A base's summary: when it was received, its figures, its words."""

    received_on = field_for(
        Column("received_on", N_("Received on"), "", Kind.DATE),
        N_("Left blank while nothing has been received."),
    )
    tenants = _figure("tenants")
    people = _figure("people")
    staff = _figure("staff")
    partners = _figure("partners")
    company_times = _figure("company_times")
    person_times = _figure("person_times")
    low_fee_share = _figure("low_fee_share")
    functions_met = _figure("functions_met")
    summary = field_for(Column("summary", N_("Main points of the summary"), "", Kind.LONG_TEXT, most=5000))

    def given(self) -> Summary:
        """Return the summary as typed; call it when the form is valid."""
        figures = {column.key: self[column.key].data for column in FIGURES}
        return Summary(_day(self.received_on.data), self.summary.data or "", figures)


def _finding(point: Point) -> Any:
    return field_for(Column(f"{point.value}_finding", point.label, "", Kind.CHOICE, terms=Finding))


def _remark(point: Point) -> Any:
    return field_for(Column(f"{point.value}_remark", N_("Remark"), "", most=500))


class InspectionForm(_Typed):
    """A county's inspection of a base, point by point."""

    checked_on = field_for(Column("checked_on", N_("Day of the inspection"), "", Kind.DATE))
    ledger_finding, ledger_remark = _finding(Point.LEDGER), _remark(Point.LEDGER)
    quality_finding, quality_remark = _finding(Point.QUALITY), _remark(Point.QUALITY)
    fees_finding, fees_remark = _finding(Point.FEES), _remark(Point.FEES)
    satisfaction_finding, satisfaction_remark = _finding(Point.SATISFACTION), _remark(Point.SATISFACTION)

    @classmethod
    def kept(cls, inspection: Raw) -> "InspectionForm":
        """Return the form with an inspection as it is stored."""
        given: dict[str, Any] = {"checked_on": _day(inspection.get("checked_on"))}
        for point in Point:
            one = inspection.get(point.value) or {}
            given[f"{point.value}_finding"] = one.get("finding")
            given[f"{point.value}_remark"] = one.get("remark")
        return cls(data=given)

    def given(self) -> Inspection:
        """Return the inspection as typed; call it when the form is valid."""
        findings = {
            point: finding
            for point in Point
            for finding in Finding
            if finding.value == self[f"{point.value}_finding"].data
        }
        remarks = {point: self[f"{point.value}_remark"].data or "" for point in Point}
        return Inspection(_day(self.checked_on.data), findings, remarks)


class CountyReportForm(_Typed):
    """A county's report to the city."""

    submitted_on = field_for(
        Column("submitted_on", N_("Submitted on"), "", Kind.DATE), N_("Left blank until it is submitted.")
    )
    text = field_for(Column("text", N_("Main points of the report"), "", Kind.LONG_TEXT, most=5000))

    def day(self) -> date | None:
        """Return the day of submission."""
        return _day(self.submitted_on.data)
