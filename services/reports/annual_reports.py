"""Yearly reports of bases: who owes one, how it stands; the summary received, the county's inspection (Art. 14, 15)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.desk.audit_entry import Change
from documents.records.base import Base
from documents.records.fields import stored_day
from documents.reports.annual_report import COLLECTION, AnnualReport, CountyReport
from documents.revocation.decision import Decision
from rules.access import Actor, Permission
from rules.annual_reports import (
    FIGURES,
    Finding,
    Inspection,
    Point,
    Timeliness,
    base_summary_due,
    county_summary_due,
    owes_report,
    refusals_of_inspection,
    refusals_of_summary,
    timeliness,
)
from rules.applications import refusals_of_text
from rules.assessment import assess
from rules.choices import ServiceFunction
from rules.decisions import DecisionKind, DecisionState
from rules.errors import Missing, Refused, Stale
from rules.measures import Measures, in_force
from services.assessment.assess import facts_of
from services.assessment.rule_sets import rule_sets
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

Raw = dict[str, Any]
Row = Mapping[str, Any]
_BASE_KEYS = (
    "name", "operator", "county", "status", "title_first_day", "title_last_day", "earlier_terms", "contact_name",
    "contact_phone", "sort_key",
)  # fmt: skip
_ENDING = (DecisionKind.REVOCATION.value, DecisionKind.CANCELLATION.value)


def year_measures(year: int) -> Measures:
    """Return the city's rule set that a year is reported by: the one in force at its end, or the last before."""
    return in_force(rule_sets(), date(year, 12, 31))[0]


@dataclass(frozen=True)
class BaseLine:
    """One base's year: the base, its report (None: nothing yet), and how the summary stands."""

    base: Row
    report: Row | None
    state: Timeliness

    @property
    def received_on(self) -> date | None:
        """The day on which the county received the summary."""
        return _day((self.report or {}).get("received_on"))

    @property
    def inspected(self) -> bool:
        """Whether the county has inspected the base for this year."""
        return bool((self.report or {}).get("inspection", {}).get("checked_on"))


@dataclass(frozen=True)
class CountyLine:
    """One county's year: its bases by how their summaries stand, how many it inspected, its report to the city."""

    code: str
    bases: int
    states: Mapping[Timeliness, int]
    inspected: int
    report: Row | None
    state: Timeliness | None  # None: it has no base, and nothing to report

    @property
    def submitted_on(self) -> date | None:
        """The day on which the report went to the city."""
        return _day((self.report or {}).get("submitted_on"))


@dataclass(frozen=True)
class YearReports:
    """A year's reports in the actor's scope."""

    year: int
    base_due: date
    county_due: date
    today: date
    bases: tuple[BaseLine, ...]
    county_reports: Mapping[str, Row] = field(default_factory=dict)

    def county(self, code: str) -> CountyLine:
        """Return one county's line."""
        own = [one for one in self.bases if one.base["county"] == code]
        report = self.county_reports.get(code)
        done = _day((report or {}).get("submitted_on"))
        owed = bool(own) or done is not None
        return CountyLine(
            code,
            len(own),
            Counter(one.state for one in own),
            sum(one.inspected for one in own),
            report,
            timeliness(done, self.county_due, self.today) if owed else None,
        )


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _terms(base: Row) -> list[tuple[date | None, date | None]]:
    every = [*(base.get("earlier_terms") or ()), base]
    return [(_day(one.get("title_first_day")), _day(one.get("title_last_day"))) for one in every]


def _ended(bases: Iterable[Row]) -> dict[ObjectId, date]:
    """Return when the titles that are cancelled or revoked ended; one without a decision here ended long ago."""
    gone = [one["_id"] for one in bases if one["status"] not in ("certified", "uncertified")]
    ended = dict.fromkeys(gone, date.min)
    if gone:
        clause = {"base": {"$in": gone}, "state": DecisionState.DECIDED.value, "kind": {"$in": list(_ENDING)}}
        keys = {"base": 1, "dated": 1}
        for row in Decision.collection().find(clause, keys).sort("dated", 1):
            ended[row["base"]] = _day(row["dated"]) or date.min
    return ended


def reports_of_year(year: int, *, today: date, actor: Actor, county: str | None = None) -> YearReports:
    """Return how a year's reports stand, bases in the order of their names; of one county if asked: four commands."""
    measures = year_measures(year)
    due = base_summary_due(year, measures)
    scoped = Base.objects.visible_to(actor).in_county(county).where_raw({"status": {"$ne": "uncertified"}})
    found = list(scoped.rows(_BASE_KEYS, (("sort_key", 1), ("_id", 1))))
    reports = {row["base"]: row for row in AnnualReport.collection().find({"year": year})}
    ended = _ended(found)
    owing = [
        one for one in found if one["_id"] in reports or owes_report(_terms(one), year, due, ended.get(one["_id"]))
    ]  # fmt: skip
    lines = []
    for one in owing:
        report = reports.get(one["_id"])
        received = _day((report or {}).get("received_on"))
        lines.append(BaseLine(one, report, timeliness(received, due, today)))
    own = CountyReport.objects.visible_to(actor).in_county(county).of_year(year)
    return YearReports(
        year, due, county_summary_due(year, measures), today, tuple(lines),
        {row["county"]: row for row in CountyReport.collection().find(own.filters())},
    )  # fmt: skip


@dataclass(frozen=True)
class BaseReport:
    """One base's year as its page shows it; `before` is last year's report, `counted` what the records say now."""

    base: Row
    year: int
    due: date
    report: Row | None
    before: Row | None
    counted: Mapping[str, float | None]

    @property
    def version(self) -> int:
        """The version that a form goes on with; 0 while there is no report."""
        return int(self.report["version"]) if self.report else 0


def read_report(base_id: ObjectId, year: int, *, today: date, actor: Actor) -> BaseReport:
    """Return one base's year. Raises Missing when it is out of scope, or owes no report for that year."""
    base = Base.objects.visible_to(actor).where_raw({"_id": base_id}).as_pymongo().first()
    if base is None:
        raise Missing()
    report, due = _reporting(base, year)
    return BaseReport(
        base,
        year,
        due,
        report,
        AnnualReport.collection().find_one({"base": base_id, "year": year - 1}),
        counted_figures(base_id, year, today=today, actor=actor),
    )


def _reporting(base: Row, year: int, session: Any = None) -> tuple[Raw | None, date]:
    """Return a base's report of a year and when it is due. Raises Missing when the base owes none and has none."""
    due = base_summary_due(year, year_measures(year))
    report = AnnualReport.collection().find_one({"base": base["_id"], "year": year}, session=session)
    if report is None and not owes_report(_terms(base), year, due, _ended([base]).get(base["_id"])):
        raise Missing()
    return report, due


def counted_figures(base_id: ObjectId, year: int, *, today: date, actor: Actor) -> dict[str, float | None]:
    """Return what the records and the ledger say of a base for a year, by the keys of the summary's figures."""
    found = facts_of(year, today=today, actor=actor, bases=[base_id])
    if not found:
        return {}
    facts = found[0].facts
    share = facts.low_fee_company_times * 100 / facts.company_times if facts.company_times else None
    training = facts.functions.get(ServiceFunction.TRAINING, {})
    return {
        "tenants": facts.tenants, "people": facts.people, "staff": facts.staff, "partners": facts.partners,
        "company_times": facts.company_times, "person_times": sum(training.values()),
        "low_fee_share": None if share is None else round(share, 1),
        "functions_met": assess(facts, year_measures(year)).functions_met,
    }  # fmt: skip


# --- Writing -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Summary:
    """A base's summary as the clerk takes it down; `figures` as confirmed, by the keys of `rules.annual_reports`."""

    received_on: date | None = None
    text: str = ""
    figures: Mapping[str, float | None] = field(default_factory=dict)


Keep = Callable[[Raw], list[Change]]


def keep_summary(
    base_id: ObjectId, year: int, given: Summary, *, version: int, actor: Actor, now: datetime, today: date
) -> ObjectId:
    """Keep a base's summary and return the report's id, to which its files belong.

    `version` 0 stands for no report yet. Raises Missing, Stale, Refused, NotAllowed.
    """
    text = given.text.replace("\r\n", "\n").strip()
    reasons = [
        *refusals_of_summary(given.received_on, given.figures, year, today),
        *refusals_of_text(text, "summary", most=5000),
    ]
    if reasons:
        raise Refused(*reasons)
    figures = {key: given.figures[key] for key in FIGURES if given.figures.get(key) is not None}
    received = {"received_on": stored_day(given.received_on)} if given.received_on else {}

    def change(raw: Raw) -> list[Change]:
        before = raw.get("figures", {})
        changes = [
            Change("received_on", raw.get("received_on"), received.get("received_on")),
            Change("summary", raw.get("summary") or None, text or None),
            *(Change(f"figures.{key}", before.get(key), figures.get(key)) for key in FIGURES),
        ]
        raw.pop("received_on", None)
        raw.update({**received, "summary": text, "figures": figures})
        return changes

    return _keep(base_id, year, version, "summary-kept", change, actor, now)


def keep_inspection(
    base_id: ObjectId, year: int, given: Inspection, *, version: int, actor: Actor, now: datetime, today: date
) -> ObjectId:
    """Keep what a county found in a base; a blank one takes it away. As `keep_summary`."""
    reasons = [
        *refusals_of_inspection(given, year, today),
        *(
            reason
            for point in Point
            for reason in refusals_of_text(given.remarks.get(point, ""), f"{point.value}_remark", most=500)
        ),
    ]
    if reasons:
        raise Refused(*reasons)
    fresh: Raw = {"checked_on": stored_day(given.checked_on)} if given.checked_on else {}
    for point in Point:
        finding, remark = given.findings.get(point), given.remarks.get(point, "").strip()
        kept = ({"finding": finding.value} if finding else {}) | ({"remark": remark} if remark else {})
        if kept:
            fresh[point.value] = kept

    def change(raw: Raw) -> list[Change]:
        before = raw.get("inspection", {})
        changes = [Change("checked_on", before.get("checked_on"), fresh.get("checked_on"))]
        changes += [
            Change(f"inspection.{point.value}", _words(before, point), _words(fresh, point))
            for point in Point
        ]
        raw["inspection"] = fresh
        return changes

    return _keep(base_id, year, version, "inspection-kept", change, actor, now)


def _words(inspection: Row, point: Point) -> str | None:
    kept = inspection.get(point.value) or {}
    finding = next((one.zh for one in Finding if one.value == kept.get("finding")), "")
    return "；".join(part for part in (finding, kept.get("remark", "")) if part) or None


def _keep(
    base_id: ObjectId, year: int, version: int, action: str, change: Keep, actor: Actor, now: datetime
) -> ObjectId:
    actor.demand(Permission.WRITE)
    return in_one_transaction(
        lambda uow: _keep_within(uow, base_id, year, version, action, change), actor=actor, now=now
    )


def _keep_within(
    uow: UnitOfWork, base_id: ObjectId, year: int, version: int, action: str, change: Keep
) -> ObjectId:
    base = uow.find(Base, base_id)
    before, _ = _reporting(base, year, uow.session)
    if (before["version"] if before else 0) != version:
        raise Stale()
    raw: Raw = dict(before) if before else {"_id": ObjectId(), "base": base_id, "year": year}
    changes = [one for one in change(raw) if one.old != one.new]
    if before and not changes:
        return raw["_id"]
    raw = uow.save(AnnualReport, before, {**raw, "base_name": base["name"], "county": base["county"]})
    label = AnnualReport.label_of(raw)
    uow.record(action, COLLECTION, raw["_id"], label, counties=[raw["county"]], changes=changes)
    return raw["_id"]
