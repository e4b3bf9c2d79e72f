"""A county's report on a year to the city: when it was submitted, and its words (Art. 15)."""

from datetime import date, datetime

from bson import ObjectId

from documents.desk.audit_entry import Change
from documents.records.fields import stored_day
from documents.reports.annual_report import COUNTY_COLLECTION, CountyReport, StoredCountyReport
from rules.access import Actor, Permission
from rules.annual_reports import refusals_of_county_report
from rules.applications import refusals_of_text
from rules.counties import office_counties
from rules.errors import Missing, Refused, Stale
from services.shared.unit_of_work import UnitOfWork, in_one_transaction


def read_county_report(county: str, year: int, actor: Actor) -> StoredCountyReport | None:
    """Return a county's report on a year; None while there is none. Raises Missing when it is out of scope."""
    if county not in office_counties().by_code:
        raise Missing()
    actor.demand_county(county)
    return CountyReport.of(county, year)


def save_county_report(
    county: str, year: int, *, submitted_on: date | None, text: str, version: int, actor: Actor, now: datetime,
    today: date,
) -> ObjectId:  # fmt: skip
    """Keep a county's report on a year and return its id, to which its files belong; `version` 0: none yet.

    Raises Missing (another county), Stale, Refused, NotAllowed.
    """
    actor.demand(Permission.WRITE)
    if county not in office_counties().by_code:
        raise Missing()
    actor.demand_county(county)
    text = text.replace("\r\n", "\n").strip()
    refusals = [
        *refusals_of_county_report(submitted_on, text, year, today),
        *refusals_of_text(text, "text", most=5000),
    ]
    if refusals:
        raise Refused(*refusals)

    def work(uow: UnitOfWork) -> ObjectId:
        before = CountyReport.of(county, year, uow.session)
        if (before["version"] if before else 0) != version:
            raise Stale()
        report: StoredCountyReport = (
            before.copy() if before else {"_id": ObjectId(), "county": county, "year": year}
        )
        submitted = stored_day(submitted_on) if submitted_on else None
        changes = [
            Change("submitted_on", report.get("submitted_on"), submitted),
            Change("report_text", report.get("text") or None, text or None),
        ]
        changes = [change for change in changes if change.old != change.new]
        if before and not changes:
            return report["_id"]
        report["text"] = text
        if submitted is None:
            report.pop("submitted_on", None)
            report.pop("submitted_at", None)
        else:
            report["submitted_on"] = submitted
            report.setdefault("submitted_at", uow.now)
        uow.save(CountyReport, before, report)
        label = f"{office_counties().by_code[county].name}（{year}）"
        uow.record(
            "county-report-kept", COUNTY_COLLECTION, report["_id"], label, counties=[county], changes=changes
        )
        return report["_id"]

    return in_one_transaction(work, actor=actor, now=now)
