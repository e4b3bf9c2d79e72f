"""Yearly reports of bases: who owes one, how it stands; the summary received, the county's inspection (Art. 14, 15)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from documents.desk.audit_entry import Change
from documents.records.attachment import StoredAttachment
from documents.records.base import Base
from documents.records.fields import stored_day
from documents.reports.annual_report import (
    COLLECTION,
    SITUATION,
    AnnualReport,
    CountyReport,
    StoredAnnualReport,
    StoredCountyReport,
    StoredPoint,
)
from documents.revocation.decision import Decision
from office.excel.tables_writer import Table
from rules.access import Actor, Permission
from rules.annual_reports import (
    FIGURES,
    Finding,
    Inspection,
    Point,
    Term,
    Timeliness,
    base_summary_due,
    county_summary_due,
    owes_report,
    refusals_of_inspection,
    refusals_of_summary,
    timeliness,
    year_to_pursue,
)
from rules.applications import refusals_of_text
from rules.errors import Missing, Refusal, Refused, Stale
from rules.rule_sets.measures import Measures, in_force, of_term
from rules.words import N_
from schema.settings import FIRST_REPORT_YEAR, REMINDER_DAYS
from services.assessment.assess import facts_of
from services.assessment.rule_sets import rule_sets
from services.assessment.satisfaction import Satisfaction, satisfaction_of
from services.desk.settings import office_settings
from services.reports.situation import situation_of, summary_figures
from services.shared.files import GeneratedFile, attach_generated, stored_generated
from services.shared.office_day import day_of
from services.shared.table_files import as_workbook
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_BASE_KEYS = (
    "name", "operator", "county", "status", "title_first_day", "title_last_day", "earlier_terms", "contact_name",
    "contact_phone", "sort_key",
)  # fmt: skip


def year_measures(year: int) -> Measures:
    """Return the city's rule set that a year is reported by: the one in force at its end, or the last before."""
    return in_force(rule_sets(), date(year, 12, 31))[0]


def years_pursued(today: date) -> tuple[int, int]:
    """Return the years of which summaries may be pursued today: which of them, is for each base its own due day's."""
    return today.year - 2, today.year - 1


@dataclass(frozen=True)
class Pursued:
    """The year whose summary a base owed at last, overdue by more than the office's time of reminding, and its day."""

    year: int
    due: date


def summaries_pursued(
    bases: Iterable[Mapping[str, Any]], sets: tuple[Measures, ...], today: date
) -> dict[ObjectId, Pursued]:
    """Return of which year each of these certified bases' summary is pursued, received or not; none before the first.

    Each base by the due day of the rule set that its own title runs by. No command.
    """
    pursued = {base["_id"]: _pursued(base, sets, today) for base in bases}
    return {base_id: summary for base_id, summary in pursued.items() if summary}


def _pursued(base: Mapping[str, Any], sets: tuple[Measures, ...], today: date) -> Pursued | None:
    settings = office_settings()
    year = year_to_pursue(
        lambda year: summary_due(base, year, sets), reminder_days=settings[REMINDER_DAYS], today=today
    )
    due = summary_due(base, year, sets)
    owes = year >= settings[FIRST_REPORT_YEAR] and owes_report(terms_held(base), year, due)
    return Pursued(year, due) if owes else None


def summaries_missing(bases: Iterable[Mapping[str, Any]], today: date) -> dict[ObjectId, Pursued]:
    """Return which of these certified bases are pursued for a summary that nobody has received: three commands."""
    pursued = summaries_pursued(bases, rule_sets(), today)
    reports = {
        year: AnnualReport.by_base(year) for year in sorted({summary.year for summary in pursued.values()})
    }
    return {
        base: summary
        for base, summary in pursued.items()
        if not reports[summary.year].get(base, StoredAnnualReport()).get("received_on")
    }


@dataclass(frozen=True)
class BaseLine:
    """One base's year: the base, its report (None: nothing yet), and how the summary stands."""

    base: Mapping[str, Any]
    report: StoredAnnualReport | None
    state: Timeliness
    satisfaction: Satisfaction = field(default_factory=Satisfaction)

    @property
    def received_on(self) -> date | None:
        """The day on which the county received the summary."""
        return day_of(self.report.get("received_on")) if self.report else None

    @property
    def inspected(self) -> bool:
        """Whether the county has inspected the base for this year."""
        return bool(self.report and self.report.get("inspection", {}).get("checked_on"))


@dataclass(frozen=True)
class CountyLine:
    """One county's year: its bases by how their summaries stand, how many it inspected, its report to the city."""

    code: str
    bases: int
    states: Mapping[Timeliness, int]
    inspected: int
    report: StoredCountyReport | None
    state: Timeliness | None  # None: it has no base, and nothing to report

    @property
    def submitted_on(self) -> date | None:
        """The day on which the report went to the city."""
        return day_of(self.report.get("submitted_on")) if self.report else None


@dataclass(frozen=True)
class YearReports:
    """A year's reports in the actor's scope."""

    year: int
    base_due: date
    county_due: date
    today: date
    bases: tuple[BaseLine, ...]
    county_reports: Mapping[str, StoredCountyReport] = field(default_factory=dict)

    def county(self, code: str) -> CountyLine:
        """Return one county's line."""
        lines = [line for line in self.bases if line.base["county"] == code]
        report = self.county_reports.get(code)
        submitted = day_of(report.get("submitted_on")) if report else None
        owed = bool(lines) or submitted is not None
        return CountyLine(
            code,
            len(lines),
            Counter(line.state for line in lines),
            sum(line.inspected for line in lines),
            report,
            timeliness(submitted, self.county_due, self.today) if owed else None,
        )


def terms_held(base: Mapping[str, Any]) -> list[Term]:
    """Return the first and last days of every title that a stored base held, its present one last."""
    terms = [*(base.get("earlier_terms") or ()), base]
    return [(day_of(term.get("title_first_day")), day_of(term.get("title_last_day"))) for term in terms]


def _ended(bases: Iterable[Mapping[str, Any]]) -> dict[ObjectId, date]:
    """Return when the titles that are cancelled or revoked ended; one without a decision here ended long ago."""
    lost = [base["_id"] for base in bases if base["status"] not in ("certified", "uncertified")]
    decided = Decision.latest_endings(lost)
    return {base_id: day_of(decided.get(base_id)) or date.min for base_id in lost}


def reports_of_year(year: int, *, today: date, actor: Actor, county: str | None = None) -> YearReports:
    """Return how a year's reports stand, bases in the order of their names; of one county if asked: five commands."""
    sets = rule_sets()
    measures = in_force(sets, date(year, 12, 31))[0]
    bases = list(
        AnnualReport.bases_that_may_owe(actor, county).rows(_BASE_KEYS, (("sort_key", 1), ("_id", 1)))
    )
    reports, ended = AnnualReport.by_base(year), _ended(bases)
    satisfaction = satisfaction_of([base["_id"] for base in bases], year, measures, today=today)
    lines = []
    for base in bases:
        report, due = reports.get(base["_id"]), summary_due(base, year, sets)
        if report or owes_report(terms_held(base), year, due, ended.get(base["_id"])):
            received = day_of(report.get("received_on")) if report else None
            lines.append(BaseLine(base, report, timeliness(received, due, today), satisfaction[base["_id"]]))
    return YearReports(
        year, base_summary_due(year, measures), county_summary_due(year, measures), today, tuple(lines),
        CountyReport.by_county(year, actor, county)
    )  # fmt: skip


@dataclass(frozen=True)
class BaseReport:
    """One base's year as its page shows it; `before` is last year's report, `counted` what the records say now."""

    base: Mapping[str, Any]
    year: int
    due: date
    report: StoredAnnualReport | None
    before: StoredAnnualReport | None
    counted: Mapping[str, float | None]
    satisfaction: Satisfaction = field(default_factory=Satisfaction)

    @property
    def version(self) -> int:
        """The version that a form goes on with; 0 while there is no report."""
        return self.report["version"] if self.report else 0

    @property
    def received_on(self) -> date | None:
        """The day on which the county received the summary."""
        return day_of(self.report.get("received_on")) if self.report else None


def read_report(base_id: ObjectId, year: int, *, today: date, actor: Actor) -> BaseReport:
    """Return one base's year. Raises Missing when it is out of scope, or owes no report for that year."""
    base = Base.read(base_id, actor)
    report, due = _report_and_due(base, year)
    return BaseReport(
        base,
        year,
        due,
        report,
        AnnualReport.of(base_id, year - 1),
        counted_figures(base_id, year, today=today, actor=actor),
        satisfaction_of([base_id], year, year_measures(year), today=today)[base_id],
    )


def summary_due(base: Mapping[str, Any], year: int, sets: tuple[Measures, ...]) -> date:
    """Return when a base's summary of a year is due: by the rule set that its title runs by at the year's end."""
    return base_summary_due(year, of_term(sets, day_of(base.get("title_first_day")), date(year, 12, 31)))


def _report_and_due(
    base: Mapping[str, Any], year: int, session: Any = None
) -> tuple[StoredAnnualReport | None, date]:
    """Return a base's report of a year and when it is due. Raises Missing when the base owes none and has none."""
    due = summary_due(base, year, rule_sets(session))
    report = AnnualReport.of(base["_id"], year, session)
    if report is None and not owes_report(terms_held(base), year, due, _ended([base]).get(base["_id"])):
        raise Missing()
    return report, due


def counted_figures(base_id: ObjectId, year: int, *, today: date, actor: Actor) -> dict[str, float | None]:
    """Return what the records and the ledger say of a base for a year, by the keys of the summary's figures.

    {} when the base is out of scope. The low-fee share is in percent, None while no company was served.
    """
    assessed = facts_of(year, today=today, actor=actor, bases=[base_id])
    if not assessed:
        return {}
    return summary_figures(assessed[0].facts, year_measures(year))


def situation_table(base_id: ObjectId, year: int, *, today: date, actor: Actor) -> Table:
    """Return a base's 《基地情况汇总表》 of a year as of today. Raises Missing as `read_report` does."""
    base = Base.read(base_id, actor)
    report, _ = _report_and_due(base, year)
    confirmed = (report or {}).get("figures") or {}
    return situation_of(base, year, _both_years(year), confirmed=confirmed, today=today, actor=actor)


def _both_years(year: int) -> dict[int, Measures]:
    """Return the rule sets of a year and of the one before, which the table of the situation shows side by side."""
    return {each: year_measures(each) for each in (year, year - 1)}


# --- Writing -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Summary:
    """A base's summary as the clerk takes it down; `figures` as confirmed, by the keys of `rules.annual_reports`."""

    received_on: date | None = None
    text: str = ""
    figures: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def figures_given(self) -> bool:
        """Whether any figure was confirmed."""
        return any(figure is not None for figure in self.figures.values())


# Puts what was typed into a report, and returns what it changed, the same values among it.
Edit = Callable[[StoredAnnualReport], list[Change]]


def save_summary(
    base_id: ObjectId, year: int, summary: Summary, *, version: int, actor: Actor, now: datetime, today: date
) -> ObjectId:
    """Keep a base's summary and return the report's id, to which its files belong.

    What is taken down was received today where no day is given. `version` 0 stands for no report yet. Raises Missing,
    Stale, Refused, NotAllowed.
    """
    text = summary.text.replace("\r\n", "\n").strip()
    if summary.received_on is None and (text or summary.figures_given):
        summary = replace(summary, received_on=today)
    refusals = [
        *refusals_of_summary(summary.received_on, summary.figures, year, today),
        *refusals_of_text(text, "summary", most=5000),
    ]
    if refusals:
        raise Refused(*refusals)
    figures = {key: figure for key in FIGURES if (figure := summary.figures.get(key)) is not None}
    received = stored_day(summary.received_on) if summary.received_on else None

    def edit(report: StoredAnnualReport) -> list[Change]:
        before = report.get("figures", {})
        changes = [
            Change("received_on", report.get("received_on"), received),
            Change("summary", report.get("summary") or None, text or None),
            *(Change(f"figures.{key}", before.get(key), figures.get(key)) for key in FIGURES),
        ]
        report.pop("received_on", None)
        if received:
            report["received_on"] = received
        if text != (report.get("summary") or ""):
            report.pop("carried_from", None)  # edited: the words are this year's
        report["summary"], report["figures"] = text, figures
        return changes

    files = _situation_files(base_id, year, received, figures, today=today, actor=actor)
    return _save(base_id, year, version, "summary-kept", edit, actor, now, files)


def _situation_files(
    base_id: ObjectId,
    year: int,
    received: datetime | None,
    figures: Mapping[str, float],
    *,
    today: date,
    actor: Actor,
) -> list[GeneratedFile]:
    """Return the year's table to be kept with a summary that has just been received; [] where none has."""
    report = AnnualReport.of(base_id, year)
    if received is None or (report and day_of(report.get("received_on")) == received.date()):
        return []
    base = Base.read(base_id, actor)
    table = situation_of(base, year, _both_years(year), confirmed=figures, today=today, actor=actor)
    return [
        GeneratedFile(SITUATION, f"{year}年度{table.name}（{today.isoformat()}）.xlsx", as_workbook([table]))
    ]


def carry_summary(base_id: ObjectId, year: int, *, version: int, actor: Actor, now: datetime) -> ObjectId:
    """Begin a year's summary with last year's words, marked as such until they are edited; return the report's id.

    Raises Refused (nothing to carry, or words that are there already), Missing, Stale, NotAllowed.
    """
    before = AnnualReport.of(base_id, year - 1)
    text = (before or {}).get("summary") or ""

    def edit(report: StoredAnnualReport) -> list[Change]:
        if not text:
            raise Refused(Refusal(N_("Last year's report has no words to go on from.")))
        if report.get("summary"):
            raise Refused(Refusal(N_("This year's summary has words already: they stay as they are.")))
        report["summary"], report["carried_from"] = text, year - 1
        return [Change("summary", None, text), Change("carried_from", None, year - 1)]

    return _save(base_id, year, version, "summary-carried", edit, actor, now)


def save_inspection(
    base_id: ObjectId,
    year: int,
    inspection: Inspection,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    today: date,
) -> ObjectId:
    """Keep what a county found in a base; a blank one takes it away. As `save_summary`."""
    refusals = [
        *refusals_of_inspection(inspection, year, today),
        *(
            refusal
            for point in Point
            for refusal in refusals_of_text(
                inspection.remarks.get(point, ""), f"{point.value}_remark", most=500
            )
        ),
    ]
    if refusals:
        raise Refused(*refusals)
    stored = _stored_inspection(inspection)

    def edit(report: StoredAnnualReport) -> list[Change]:
        before = report.get("inspection", {})
        changes = [Change("checked_on", before.get("checked_on"), stored.get("checked_on"))]
        changes += [
            Change(f"inspection.{point.value}", _point_text(before, point), _point_text(stored, point))
            for point in Point
        ]
        report["inspection"] = stored
        return changes

    return _save(base_id, year, version, "inspection-kept", edit, actor, now)


def _stored_inspection(inspection: Inspection) -> dict[str, Any]:
    stored: dict[str, Any] = {}
    if inspection.checked_on:
        stored["checked_on"] = stored_day(inspection.checked_on)
    for point in Point:
        at_point: StoredPoint = {}
        if finding := inspection.findings.get(point):
            at_point["finding"] = finding.value
        if remark := inspection.remarks.get(point, "").strip():
            at_point["remark"] = remark
        if at_point:
            stored[point.value] = at_point
    return stored


def _point_text(inspection: Mapping[str, Any], point: Point) -> str | None:
    stored: StoredPoint = inspection.get(point.value, {})
    finding = next((finding.zh for finding in Finding if finding.value == stored.get("finding")), "")
    return "；".join(part for part in (finding, stored.get("remark", "")) if part) or None


def _save(
    base_id: ObjectId,
    year: int,
    version: int,
    action: str,
    edit: Edit,
    actor: Actor,
    now: datetime,
    files: Sequence[GeneratedFile] = (),
) -> ObjectId:
    """Write what `edit` changes of a report, with the files that the system makes for it, in one transaction."""
    actor.demand(Permission.WRITE)

    def work(uow: UnitOfWork, generated: Sequence[StoredAttachment]) -> ObjectId:
        base = uow.find(Base, base_id)
        before, _ = _report_and_due(base, year, uow.session)
        if (before["version"] if before else 0) != version:
            raise Stale()
        report: StoredAnnualReport = (
            before.copy() if before else {"_id": ObjectId(), "base": base_id, "year": year}
        )
        changes = [change for change in edit(report) if change.old != change.new]
        if before and not changes:
            return report["_id"]
        report["base_name"], report["county"] = base["name"], base["county"]
        uow.save(AnnualReport, before, report)
        label = AnnualReport.label_of(report)
        uow.record(action, COLLECTION, report["_id"], label, counties=[report["county"]], changes=changes)
        attach_generated(uow, report, generated)
        return report["_id"]

    with stored_generated(COLLECTION, files) as generated:
        return in_one_transaction(lambda uow: work(uow, generated), actor=actor, now=now)
