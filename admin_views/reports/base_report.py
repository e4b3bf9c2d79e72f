"""One base's yearly report: its summary and the county's inspection, shown and typed in, with files (Art. 14, 15)."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from bson import ObjectId
from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.reports.annual_labels import (
    FINDING_COLOURS,
    asked_year,
    crumbs,
    days_left,
    may_write,
    plain_text,
    satisfaction_text,
    satisfaction_url,
    state_badge,
    years,
)
from admin_views.reports.view_models import FigureRow, PointRow, ReportPage, ReportPart
from admin_views.shared.articles import article_of
from admin_views.shared.files import ACCEPT, file_items, keep_sent, warn_of_lost_files
from admin_views.shared.guard import current_actor
from admin_views.shared.history import history_entries
from admin_views.shared.request_context import asked_id, now, office_state, today, typed_version
from admin_views.shared.retry_state import RetryState
from admin_views.shared.view_models import Action, Fact, Item, Link, badge, figure, toned
from documents.records.attachment import StoredAttachment
from documents.reports.annual_report import COLLECTION, INSPECTION, SITUATION, SUMMARY, StoredPoint
from forms.annual_reports import InspectionForm, SummaryForm
from forms.sentences import sentence, show_refusals
from office.tables.annual_reports import FIGURES
from rules.annual_reports import Finding, Point, Timeliness, timeliness
from rules.errors import Problem, Refused, Stale
from rules.words import N_
from schema.field import Field
from services.reports.annual_reports import (
    BaseReport,
    carry_summary,
    read_report,
    save_inspection,
    save_summary,
    situation_table,
)
from services.shared.files import files_by_slot
from services.shared.table_files import MEDIA_TYPES, as_document, as_workbook

_HISTORY_ROWS = 20


def _asked_report() -> BaseReport:
    return read_report(asked_id("base"), asked_year(), today=today(), actor=current_actor())


def show_base_report() -> ResponseReturnValue:
    """Show one base's year: the summary and the inspection, as forms for who may write."""
    return render_template("reports/base_report.html", page=_page(_asked_report()))


def save_summary_form() -> ResponseReturnValue:
    """Keep a base's summary, with the files sent along."""
    report, form = _asked_report(), SummaryForm.typed(request.form)
    if not form.validate():
        return _brought_back(SUMMARY, form, None)
    try:
        report_id = save_summary(
            report.base["_id"], report.year, form.given(), version=typed_version(), actor=current_actor(), now=now(),
            today=today(),
        )  # fmt: skip
    except (Refused, Stale) as problem:
        return _brought_back(SUMMARY, form, problem)
    return _saved(report_id, SUMMARY, report)


def carry_last_years() -> ResponseReturnValue:
    """Begin the summary with last year's words."""
    report = _asked_report()
    try:
        carry_summary(
            report.base["_id"], report.year, version=typed_version(), actor=current_actor(), now=now()
        )
    except (Refused, Stale) as problem:
        flash(" ".join(sentence(refusal) for refusal in problem.refusals), "error")
    else:
        flash(gettext(N_("Last year's words are in place: go over them, then save.")), "success")
    url = url_for("annual_reports.show", base=report.base["_id"], year=report.year)
    return redirect(f"{url}#{SUMMARY}", 303)


def send_situation() -> ResponseReturnValue:
    """Send the year's table of the base, made from the records as of today."""
    base_id, year = asked_id("base"), asked_year()
    table = situation_table(base_id, year, today=today(), actor=current_actor())
    ending = "docx" if request.args.get("format") == "docx" else "xlsx"
    data = as_document([table]) if ending == "docx" else as_workbook([table])
    answer: Response = send_file(
        BytesIO(data),
        mimetype=MEDIA_TYPES[ending],
        as_attachment=True,
        download_name=f"{table.title}.{ending}",
    )
    return answer


def save_inspection_form() -> ResponseReturnValue:
    """Keep a county's inspection of a base, with the files sent along."""
    report, form = _asked_report(), InspectionForm.typed(request.form)
    if not form.validate():
        return _brought_back(INSPECTION, form, None)
    try:
        report_id = save_inspection(
            report.base["_id"], report.year, form.given(), version=typed_version(), actor=current_actor(), now=now(),
            today=today(),
        )  # fmt: skip
    except (Refused, Stale) as problem:
        return _brought_back(INSPECTION, form, problem)
    return _saved(report_id, INSPECTION, report)


def _saved(report_id: ObjectId, section: str, report: BaseReport) -> ResponseReturnValue:
    keep_sent(COLLECTION, report_id, section)
    flash(gettext(N_("Saved.")), "success")
    page_url = url_for("annual_reports.show", base=report.base["_id"], year=report.year)
    return redirect(f"{page_url}#{section}", 303)


def _brought_back(
    section: str, form: SummaryForm | InspectionForm, problem: Problem | None
) -> ResponseReturnValue:
    """Show the page again with what was typed, what is wrong, and what another one saved meanwhile."""
    report, version = _asked_report(), typed_version()
    if problem is not None:
        show_refusals(form, problem)
    stale = isinstance(problem, Stale)
    if stale:
        # Saved again it replaces what the other one saved: the page says what that is.
        version = report.version
        stored = SummaryForm.of(report.report, {}) if section == SUMMARY else InspectionForm.of(report.report)
        form.show_saved_meanwhile(stored)
    warn_of_lost_files(form)
    page = _page(report, RetryState(section, form, version=version, is_stale=stale))
    return render_template("reports/base_report.html", page=page), 409 if stale else 422


# --- The page --------------------------------------------------------------------------------------


def _page(report: BaseReport, retry: RetryState | None = None) -> ReportPage:
    """Return the page of one base's year; a form that could not be saved comes back as it was typed."""
    base, stored = report.base, report.report
    state = timeliness(report.received_on, report.due, today())
    files = files_by_slot(COLLECTION, stored["_id"], current_actor()) if stored else {}
    due, tone = _due_line(report, state)
    county = office_state().county_names.get(base["county"], "")
    return ReportPage(
        title=base["name"],
        kind=" · ".join((gettext(N_("Yearly report %(year)s"), year=report.year), county)),
        state=state_badge(state),
        subtitle=base.get("operator") or "",
        year=report.year,
        years=years("annual_reports.show", report.year, base=base["_id"]),
        facts=_facts(report),
        due=due,
        due_tone=tone,
        summary=_summary_part(report, files.get(SUMMARY, ()), retry),
        inspection=_inspection_part(report, files.get(INSPECTION, ()), retry),
        before_text=(report.before or {}).get("summary") or "",
        carry_url=_carry_url(report),
        carried=_carried_note(report),
        situation=_situation_links(report),
        situation_files=file_items("annual_reports", files.get(SITUATION, ()), removable=False),
        actions=_actions(report),
        history=history_entries(COLLECTION, stored["_id"], most=_HISTORY_ROWS) if stored else (),
        crumbs=crumbs(report.year, base["county"]),
    )


def _carry_url(report: BaseReport) -> str:
    """Return where last year's words are taken over; "" where there are none, or this year's are there already."""
    if not may_write() or not (report.before or {}).get("summary") or (report.report or {}).get("summary"):
        return ""
    return url_for("annual_reports.carry", base=report.base["_id"], year=report.year)


def _carried_note(report: BaseReport) -> str:
    year = (report.report or {}).get("carried_from")
    return gettext(N_("Carried forward from %(year)s, not edited yet"), year=year) if year else ""


def _situation_links(report: BaseReport) -> tuple[Link, ...]:
    return tuple(
        Link(
            f".{ending}",
            url_for("annual_reports.situation", base=report.base["_id"], year=report.year, format=ending),
        )
        for ending in ("xlsx", "docx")
    )


def _due_line(report: BaseReport, state: Timeliness) -> tuple[str, str]:
    """Return what is said of a summary that has not come, and its tone."""
    day = report.due.isoformat()
    if state is Timeliness.MISSING:
        days_late = (today() - report.due).days
        sentence = N_("The summary was due on %(day)s and is %(days)d days late (%(article)s).")
        return gettext(sentence, day=day, days=days_late, article=article_of("summary")), "due"
    if state is Timeliness.NOT_DUE and today().year > report.year:
        return gettext(
            N_("The summary is due on %(day)s (%(article)s)."), day=day, article=article_of("summary")
        ), "near"
    return "", "near"


def _facts(report: BaseReport) -> tuple[Fact, ...]:
    base, received = report.base, report.received_on
    person = " ".join(part for part in (base.get("contact_name"), base.get("contact_phone")) if part)
    left = plain_text(days_left(report.due, received is not None))
    return (
        Fact(gettext(N_("Due by")), report.due.isoformat(), note=left),
        Fact(gettext(N_("Received on")), received.isoformat() if received else "—"),
        Fact(gettext(N_("Contact person")), person or "—"),
    )


def _actions(report: BaseReport) -> tuple[Action, ...]:
    base_id = report.base["_id"]
    assessment_url = url_for("base_assessment.base", id=base_id, year=report.year)
    return (
        Action(gettext(N_("The base's record")), url_for("bases.details_view", id=base_id), icon="base"),
        Action(gettext(N_("Assessment")), assessment_url, icon="status"),
    )


def _typed_form(section: str, retry: RetryState | None) -> tuple[Any, int | None]:
    """Return the form of a section as it was typed, with its version; (None, None) for one that was not sent."""
    return (retry.form, retry.version) if retry and retry.section == section else (None, None)


# --- The summary -----------------------------------------------------------------------------------


def _summary_part(
    report: BaseReport, files: Sequence[StoredAttachment], retry: RetryState | None
) -> ReportPart:
    stored, may = report.report or {}, may_write()
    form, version = _typed_form(SUMMARY, retry)
    if form is None and may:
        form = SummaryForm.of(report.report, report.counted, today=today())
    text = Item(gettext(N_("Main points of the summary")), stored.get("summary"), wide=True)
    return ReportPart(
        title=gettext(N_("Summary of the base")),
        files=file_items("annual_reports", files, removable=may),
        form=form,
        action=url_for("annual_reports.summary", base=report.base["_id"], year=report.year),
        version=report.version if version is None else version,
        items=() if may else (text,),
        figures=tuple(_figure_row(column, report, form if may else None) for column in FIGURES),
        file_label=gettext(N_("Files of the summary")),
        accept=ACCEPT,
        note=_figure_note(report),
    )


def _figure_note(report: BaseReport) -> str:
    if (report.report or {}).get("figures"):
        return gettext(N_("As confirmed; what the records count now stands beside."))
    return gettext(
        N_("Nobody has confirmed these yet: they are what the records count. Correct them, then save.")
    )


def _figure_row(column: Field, report: BaseReport, form: SummaryForm | None) -> FigureRow:
    confirmed = ((report.report or {}).get("figures") or {}).get(column.key)
    before = ((report.before or {}).get("figures") or {}).get(column.key)
    counted = report.counted.get(column.key)
    return FigureRow(
        label=gettext(column.label),
        unit=gettext(column.unit) if column.unit != "%" else "%",
        before=_shown(before),
        counted=_shown(counted),
        field=form[column.key] if form is not None else None,
        value=_shown(confirmed),
        differs=confirmed is not None and counted is not None and confirmed != counted,
    )


def _shown(value: float | None) -> str:
    return "" if value is None else figure(value, 1)


# --- The inspection --------------------------------------------------------------------------------


def _inspection_part(
    report: BaseReport, files: Sequence[StoredAttachment], retry: RetryState | None
) -> ReportPart:
    inspection, may = (report.report or {}).get("inspection") or {}, may_write()
    form, version = _typed_form(INSPECTION, retry)
    if form is None and may:
        form = InspectionForm.of(report.report)
    day = inspection.get("checked_on")
    day_item = Item(gettext(N_("Day of the inspection")), f"{day:%Y-%m-%d}" if day else "")
    return ReportPart(
        title=gettext(N_("Inspection by the county")),
        files=file_items("annual_reports", files, removable=may),
        form=form,
        action=url_for("annual_reports.inspection", base=report.base["_id"], year=report.year),
        version=report.version if version is None else version,
        items=() if may else (day_item,),
        points=tuple(
            _point_row(point, inspection.get(point.value, {}), form if may else None, report)
            for point in Point
        ),
        file_label=gettext(N_("Files of the inspection")),
        accept=ACCEPT,
    )


def _point_row(
    point: Point, stored: StoredPoint, form: InspectionForm | None, report: BaseReport
) -> PointRow:
    finding = next((finding for finding in Finding if finding.value == stored.get("finding")), None)
    counts = point is Point.SATISFACTION
    return PointRow(
        label=gettext(point.label),
        finding=form[f"{point.value}_finding"] if form is not None else None,
        remark=form[f"{point.value}_remark"] if form is not None else None,
        result=badge(gettext(finding.label), FINDING_COLOURS[finding]) if finding else toned("—", "dim"),
        remark_text=stored.get("remark") or "",
        counted=satisfaction_text(report.satisfaction) if counts else "",
        counted_url=satisfaction_url(report.base["_id"], report.year) if counts else "",
    )
