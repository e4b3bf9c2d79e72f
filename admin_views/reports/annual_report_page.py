"""Build the pages of one base's year and of one county's report: what is kept, as a form or as text."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from admin_views.reports.labels import (
    FINDING_COLOURS,
    base_row,
    crumbs,
    left_words,
    state_badge,
    years,
)
from admin_views.reports.view_models import (
    CountyReportPage,
    FigureRow,
    PointRow,
    ReportPage,
    ReportPart,
)
from admin_views.shared.guard import current_actor
from admin_views.shared.history import history_entries
from admin_views.shared.request_context import office_state, today
from admin_views.shared.slot_files import ACCEPT, file_items
from admin_views.shared.view_models import Action, Fact, Item, Text, badge, figure, toned
from documents.reports.annual_report import COLLECTION, COUNTY_COLLECTION
from forms.annual_reports import CountyReportForm, InspectionForm, SummaryForm
from office.tables.annual_reports import FIGURES
from rules.access import Permission
from rules.annual_reports import Finding, Point, Timeliness, timeliness
from rules.words import N_
from schema.field import Column
from services.reports.annual_reports import BaseReport, reports_of_year
from services.reports.county_reports import read_county_report
from services.shared.files import files_by_slot

_HISTORY_ROWS = 20
Raw = Mapping[str, Any]


def _may_write() -> bool:
    return current_actor().may(Permission.WRITE)


def _shown(value: Any) -> str:
    return "" if value is None else figure(value, 1)


# --- One base's year -------------------------------------------------------------------------------


def report_page(
    one: BaseReport, *, summary: Any = None, inspection: Any = None, summary_version: int | None = None,
    inspection_version: int | None = None,
) -> ReportPage:  # fmt: skip
    """Return the page of one base's year; a form that could not be kept comes back as it was typed."""
    base, report = one.base, one.report or {}
    received = report["received_on"].date() if report.get("received_on") else None
    state = timeliness(received, one.due, today())
    files = files_by_slot(COLLECTION, report["_id"], current_actor()) if one.report else {}
    due, tone = _due_line(one, state)
    said = office_state().county_names.get(base["county"], "")
    return ReportPage(
        title=base["name"],
        kind=" · ".join((gettext(N_("Yearly report %(year)s"), year=one.year), said)),
        state=state_badge(state),
        subtitle=base.get("operator") or "",
        year=one.year,
        years=years("annual_reports.show", one.year, base=base["_id"]),
        facts=_facts(one, received),
        due=due,
        due_tone=tone,
        summary=_summary_part(one, files.get("summary", ()), summary, summary_version),
        inspection=_inspection_part(one, files.get("inspection", ()), inspection, inspection_version),
        before_text=(one.before or {}).get("summary") or "",
        actions=_actions(one),
        history=history_entries(COLLECTION, report["_id"], most=_HISTORY_ROWS) if one.report else (),
        crumbs=crumbs(one.year, base["county"]),
    )


def _due_line(one: BaseReport, state: Timeliness) -> tuple[str, str]:
    day = one.due.isoformat()
    if state is Timeliness.MISSING:
        late = (today() - one.due).days
        sentence = N_("The summary was due on %(day)s and is %(days)d days late (Art. 14).")
        return gettext(sentence, day=day, days=late), "due"
    if state is Timeliness.NOT_DUE and today().year > one.year:
        return gettext(N_("The summary is due on %(day)s (Art. 14)."), day=day), "near"
    return "", "near"


def _facts(one: BaseReport, received: Any) -> tuple[Fact, ...]:
    base = one.base
    person = " ".join(part for part in (base.get("contact_name"), base.get("contact_phone")) if part)
    return (
        Fact(
            gettext(N_("Due by")), one.due.isoformat(), note=_plain(left_words(one.due, received is not None))
        ),
        Fact(gettext(N_("Received on")), received.isoformat() if received else "—"),
        Fact(gettext(N_("Contact person")), person or "—"),
    )


def _plain(text: Text) -> str:
    return text.striptags() if hasattr(text, "striptags") else str(text)


def _actions(one: BaseReport) -> tuple[Action, ...]:
    identity = one.base["_id"]
    return (
        Action(gettext(N_("The base's record")), url_for("bases.details_view", id=identity), icon="base"),
        Action(
            gettext(N_("Assessment")), url_for("base_assessment.base", id=identity, year=one.year), icon="status"
        ),
    )  # fmt: skip


def _summary_part(one: BaseReport, files: Any, form: Any, version: int | None) -> ReportPart:
    report, may = one.report or {}, _may_write()
    if form is None and may:
        form = _summary_form(one)
    kept = report.get("figures") or {}
    items = () if may else (
        Item(gettext(N_("Main points of the summary")), report.get("summary"), wide=True),
    )  # fmt: skip
    return ReportPart(
        title=gettext(N_("Summary of the base")),
        files=file_items("annual_reports", files, removable=may),
        form=form,
        action=url_for("annual_reports.summary", base=one.base["_id"], year=one.year),
        version=one.version if version is None else version,
        items=items,
        figures=tuple(_figure_row(column, one, kept, form if may else None) for column in FIGURES),
        file_label=gettext(N_("Files of the summary")),
        accept=ACCEPT,
        note=_figure_note(one),
    )


def _summary_form(one: BaseReport) -> SummaryForm:
    """Return the form as it is kept; figures that nobody has confirmed yet begin as the records have them."""
    report = one.report or {}
    kept = report.get("figures") or {}
    day = report.get("received_on")
    given = dict(kept) if kept else {key: value for key, value in one.counted.items() if value is not None}
    return SummaryForm.filled(
        {**given, "received_on": day.date() if day else None, "summary": report.get("summary")}
    )


def _figure_note(one: BaseReport) -> str:
    if (one.report or {}).get("figures"):
        return gettext(N_("As confirmed; what the records count now stands beside."))
    return gettext(
        N_("Nobody has confirmed these yet: they are what the records count. Correct them, then save.")
    )


def _figure_row(column: Column, one: BaseReport, kept: Raw, form: Any) -> FigureRow:
    before = (one.before or {}).get("figures") or {}
    counted, value = one.counted.get(column.key), kept.get(column.key)
    return FigureRow(
        label=gettext(column.label),
        unit=gettext(column.unit) if column.unit != "%" else "%",
        before=_shown(before.get(column.key)),
        counted=_shown(counted),
        field=form[column.key] if form is not None else None,
        value=_shown(value),
        differs=value is not None and counted is not None and value != counted,
    )


def _inspection_part(one: BaseReport, files: Any, form: Any, version: int | None) -> ReportPart:
    kept, may = (one.report or {}).get("inspection") or {}, _may_write()
    if form is None and may:
        form = InspectionForm.kept(kept)
    day = kept.get("checked_on")
    items = () if may else (Item(gettext(N_("Day of the inspection")), f"{day:%Y-%m-%d}" if day else ""),)
    return ReportPart(
        title=gettext(N_("Inspection by the county")),
        files=file_items("annual_reports", files, removable=may),
        form=form,
        action=url_for("annual_reports.inspection", base=one.base["_id"], year=one.year),
        version=one.version if version is None else version,
        items=items,
        points=tuple(_point_row(point, kept, form if may else None) for point in Point),
        file_label=gettext(N_("Files of the inspection")),
        accept=ACCEPT,
    )


def _point_row(point: Point, kept: Raw, form: Any) -> PointRow:
    one = kept.get(point.value) or {}
    finding = next((each for each in Finding if each.value == one.get("finding")), None)
    found = badge(gettext(finding.label), FINDING_COLOURS[finding]) if finding else toned("—", "dim")
    return PointRow(
        label=gettext(point.label),
        finding=form[f"{point.value}_finding"] if form is not None else None,
        remark=form[f"{point.value}_remark"] if form is not None else None,
        found=found,
        said=one.get("remark") or "",
    )


# --- One county's report -----------------------------------------------------------------------------


def county_page(code: str, year: int, form: Any = None, version: int | None = None) -> CountyReportPage:
    """Return the page of a county's report on a year."""
    actor, may = current_actor(), _may_write()
    found = reports_of_year(year, today=today(), actor=actor, county=code)
    line, raw = found.county(code), read_county_report(code, year, actor)
    kept: Raw = raw or {}
    if form is None and may:
        form = CountyReportForm.filled({"submitted_on": line.submitted_on, "text": kept.get("text")})
    files = files_by_slot(COUNTY_COLLECTION, kept["_id"], actor) if raw else {}
    name, titled = (
        office_state().county_names.get(code, code),
        gettext(N_("County report %(year)s"), year=year),
    )
    state = toned(gettext(N_("No base reports")), "dim") if line.state is None else state_badge(line.state)
    part = ReportPart(
        title=gettext(N_("Report to the city")),
        files=file_items("annual_reports", files.get("report", ()), removable=may),
        form=form if may else None,
        action=url_for("annual_reports.keep_county", county=code, year=year),
        version=int(kept.get("version", 0)) if version is None else version,
        items=() if may else (Item(gettext(N_("Main points of the report")), kept.get("text"), wide=True),),
        file_label=gettext(N_("Files of the report")),
        accept=ACCEPT,
    )
    submitted = line.submitted_on
    left = _plain(left_words(found.county_due, submitted is not None))
    received = line.states.get(Timeliness.ON_TIME, 0) + line.states.get(Timeliness.LATE, 0)
    return CountyReportPage(
        title=f"{name} · {titled}",
        state=state,
        facts=(
            Fact(gettext(N_("Due by")), found.county_due.isoformat(), note=left),
            Fact(gettext(N_("Submitted on")), submitted.isoformat() if submitted else "—"),
            Fact(gettext(N_("Summaries received")), f"{received} / {line.bases}"),
            Fact(gettext(N_("Inspected")), f"{line.inspected} / {line.bases}"),
        ),
        part=part,
        rows=tuple(base_row(one, year, found.base_due) for one in found.bases),
        warnings=_warnings(line.bases - received, line.bases - line.inspected),
        history=history_entries(COUNTY_COLLECTION, kept["_id"], most=_HISTORY_ROWS) if raw else (),
        crumbs=crumbs(year, code),
    )


def _warnings(unreceived: int, uninspected: int) -> tuple[str, ...]:
    found = []
    if unreceived:
        found.append(gettext(N_("%(count)s bases have not handed in their summary."), count=unreceived))
    if uninspected:
        found.append(gettext(N_("%(count)s bases have not been inspected."), count=uninspected))
    return tuple(found)
