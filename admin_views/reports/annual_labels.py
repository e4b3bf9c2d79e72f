"""What the pages of the yearly reports share: what was asked for, how something due stands, days left, a base's row."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bson import ObjectId
from flask import request, url_for
from flask_babel import gettext
from markupsafe import Markup

from admin_views.reports.view_models import BaseReportRow
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state, today
from admin_views.shared.view_models import CountyPill, Link, Option, Text, badge, figure, toned
from documents.reports.annual_report import StoredAnnualReport
from rules.access import Permission
from rules.annual_reports import Finding, Point, Timeliness
from rules.assessment.shares import floored
from rules.errors import Missing
from rules.words import N_
from schema.settings import FIRST_REPORT_YEAR
from services.assessment.counted import SATISFIED
from services.assessment.satisfaction import Satisfaction
from services.desk.settings import office_settings
from services.reports.annual_reports import BaseLine, YearReports, reports_of_year

TITLE = N_("Yearly reports")
_YEARS = 6
_COLOURS = {
    Timeliness.NOT_DUE: "grey", Timeliness.ON_TIME: "green", Timeliness.LATE: "amber", Timeliness.MISSING: "red",
}  # fmt: skip
# Shorter than the terms' own labels, which speak of anything that is due.
_LABELS = {
    Timeliness.NOT_DUE: N_("Not due yet"), Timeliness.ON_TIME: N_("Received in time"),
    Timeliness.LATE: N_("Received late"), Timeliness.MISSING: N_("Overdue, not received"),
}  # fmt: skip
FINDING_COLOURS = {Finding.GOOD: "green", Finding.FAIR: "amber", Finding.PROBLEM: "red"}


def asked_year() -> int:
    """Return the reported year in the address; last year's when it names none. Raises Missing for what is no year."""
    text, this = request.args.get("year", ""), today().year
    if not text:
        return this - 1
    year = int(text) if text.isdecimal() and len(text) == 4 else 0
    if not office_settings()[FIRST_REPORT_YEAR] <= year <= this:
        raise Missing()
    return year


def asked_county() -> str:
    """Return the county in the address or the clerk's own; "" for the whole city."""
    bound, asked = current_actor().county, request.args.get("county", "")
    return bound or (asked if asked in office_state().county_names else "")


def asked_reports() -> YearReports:
    """Return how the reports of the year in the address stand, in the clerk's scope. Raises Missing."""
    return reports_of_year(asked_year(), today=today(), actor=current_actor())


def county_codes(county: str) -> list[str]:
    """Return one county, or for "" all of them in the office's order."""
    return [county] if county else [code for code, _, _ in office_state().counties]


def bases_in_order(reports: YearReports, county: str) -> list[BaseLine]:
    """Return the bases of a county or of all, in the office's order of counties."""
    order = {code: place for place, (code, _, _) in enumerate(office_state().counties)}
    lines = [line for line in reports.bases if not county or line.base["county"] == county]
    return sorted(lines, key=lambda line: order.get(line.base["county"], len(order)))


def may_write() -> bool:
    """Tell whether the clerk may take reports down."""
    return current_actor().may(Permission.WRITE)


def plain_text(text: Text) -> str:
    """Return a text without its colours."""
    return text.striptags() if isinstance(text, Markup) else text


def years(endpoint: str, year: int, **more: Any) -> tuple[Option, ...]:
    """Return the years to choose from, the latest first."""
    this = today().year
    shown = sorted({year, *range(this - _YEARS + 1, this + 1)}, reverse=True)
    return tuple(
        Option(url_for(endpoint, year=choice, **more), str(choice), choice == year) for choice in shown
    )


def state_badge(state: Timeliness) -> Text:
    """Return how a summary or a report stands."""
    return badge(gettext(_LABELS[state]), _COLOURS[state])


def state_label(state: Timeliness) -> str:
    """Return the same without the badge."""
    return str(gettext(_LABELS[state]))


def days_left(due: date, done: bool) -> Text:
    """Return how many days are left or it is late by; "" once it is done."""
    if done:
        return ""
    left = (due - today()).days
    if left < 0:
        return toned(gettext(N_("%(days)s days late"), days=-left), "due")
    tone = "near" if left <= 10 else "dim"
    return toned(gettext(N_("%(days)s days left"), days=left), tone)


def short_county(code: str) -> str:
    """Return a county's short name."""
    return next((short for known, _, short in office_state().counties if known == code), code)


def crumbs(year: int, county: str = "") -> tuple[Link, ...]:
    """Return the way to a page of a year's reports."""
    narrowed = county if county and current_actor().county is None else None
    home = Link(gettext(TITLE), url_for("annual_reports.index"))
    return (home, Link(str(year), url_for("annual_reports.index", year=year, county=narrowed)))


def inspection_badge(report: StoredAnnualReport | None) -> Text:
    """Return the worst finding of an inspection; that there was none."""
    inspection = (report or {}).get("inspection") or {}
    if not inspection.get("checked_on"):
        return toned(gettext(N_("Not inspected")), "dim")
    findings = [(inspection.get(point.value) or {}).get("finding") for point in Point]
    worst = next((finding for finding in reversed(Finding) if finding.value in findings), Finding.GOOD)
    return badge(gettext(worst.label), FINDING_COLOURS[worst])


def satisfaction_url(base: ObjectId, year: int) -> str:
    """Return the address of the answers behind the satisfaction of a base in a year."""
    return url_for("counted.index", id=base, year=year, what=SATISFIED)


def satisfaction_text(satisfaction: Satisfaction) -> Text:
    """Return the rate with its answers, marked where it is low; a dash where nobody answered."""
    if satisfaction.percent is None:
        return toned("—", "dim")
    rate = f"{figure(floored(satisfaction.percent), 1)}%"
    words = gettext(
        N_("%(rate)s (%(satisfied)s of %(answered)s)"),
        rate=rate, satisfied=figure(satisfaction.satisfied), answered=figure(satisfaction.answered),
    )  # fmt: skip
    return toned(words, "near") if satisfaction.is_low else words


def base_row(line: BaseLine, year: int, due: date) -> BaseReportRow:
    """Return one base's line of a year."""
    base, received = line.base, line.received_on
    return BaseReportRow(
        name=base["name"],
        url=url_for("annual_reports.show", base=base["_id"], year=year),
        county=short_county(base["county"]),
        state=state_badge(line.state),
        received=received.isoformat() if received else "",
        inspected=inspection_badge(line.report),
        satisfaction=satisfaction_text(line.satisfaction),
        satisfaction_url=satisfaction_url(base["_id"], year),
        contact=base.get("contact_name") or "",
        phone=base.get("contact_phone") or "",
        left=days_left(due, received is not None),
    )


def pills(endpoint: str, year: int, county: str, counts: Mapping[str, int]) -> tuple[CountyPill, ...]:
    """Return the county bar; a clerk bound to a county sees that one alone."""
    state, bound = office_state(), current_actor().county
    if bound is not None:
        url = url_for(endpoint, year=year)
        return (CountyPill(state.county_names.get(bound, ""), url, counts.get(bound, 0), active=True),)
    whole = CountyPill(
        gettext(N_("Whole city")), url_for(endpoint, year=year), sum(counts.values()), active=not county
    )
    return (
        whole,
        *(
            CountyPill(
                short, url_for(endpoint, year=year, county=code), counts.get(code, 0), name, county == code
            )
            for code, name, short in state.counties
        ),
    )
