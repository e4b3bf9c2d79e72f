"""One base's year and one county's report: shown, typed in, with their files (Art. 14, 15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.reports.annual_report_page import county_page, report_page
from admin_views.reports.annual_reports import annual_reports
from admin_views.reports.labels import asked_county, asked_year
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, today
from admin_views.shared.slot_files import asked_id, keep_sent, remove_slot_file, send_slot_file, sent_files
from documents.reports.annual_report import COLLECTION, COUNTY_COLLECTION, AnnualReport, CountyReport
from forms.annual_reports import CountyReportForm, InspectionForm, SummaryForm
from forms.sentences import show_refusals
from rules.access import Permission
from rules.errors import Missing, Problem, Refused, Stale
from rules.words import N_
from services.reports.annual_reports import BaseReport, keep_inspection, keep_summary, read_report
from services.reports.county_reports import keep_county_report, read_county_report

__all__ = ["annual_reports"]
_NOT_KEPT = N_("The files you chose were not kept: please choose them again.")


@dataclass(frozen=True)
class Again:
    """A form that could not be kept, brought back with what was typed."""

    part: str
    form: Any
    version: int | None = None  # None: the present one


def _asked_report() -> BaseReport:
    return read_report(asked_id("base"), asked_year(), today=today(), actor=current_actor())


def _version() -> int:
    return request.form.get("version", type=int) or 0


@annual_reports.route("/report/")
@needs(Permission.READ)
def show() -> ResponseReturnValue:
    """Show one base's year: the summary and the inspection, as forms for who may write."""
    return render_template("reports/annual_report.html", page=report_page(_asked_report()))


@annual_reports.route("/report/summary/", methods=["POST"])
@needs(Permission.WRITE)
def summary() -> ResponseReturnValue:
    """Keep a base's summary, with the files sent along."""
    one, form = _asked_report(), SummaryForm.typed(request.form)
    if form.validate():
        try:
            made = keep_summary(
                one.base["_id"], one.year, form.given(), version=_version(), actor=current_actor(), now=now(),
                today=today(),
            )  # fmt: skip
        except (Refused, Stale) as problem:
            return _again("summary", form, problem)
        return _kept(made, "summary", one)
    return _again("summary", form, None)


@annual_reports.route("/report/inspection/", methods=["POST"])
@needs(Permission.WRITE)
def inspection() -> ResponseReturnValue:
    """Keep a county's inspection of a base, with the files sent along."""
    one, form = _asked_report(), InspectionForm.typed(request.form)
    if form.validate():
        try:
            made = keep_inspection(
                one.base["_id"], one.year, form.given(), version=_version(), actor=current_actor(), now=now(),
                today=today(),
            )  # fmt: skip
        except (Refused, Stale) as problem:
            return _again("inspection", form, problem)
        return _kept(made, "inspection", one)
    return _again("inspection", form, None)


def _kept(made: ObjectId, part: str, one: BaseReport) -> ResponseReturnValue:
    keep_sent(COLLECTION, made, part)
    flash(gettext(N_("Saved.")), "success")
    where = url_for("annual_reports.show", base=one.base["_id"], year=one.year)
    return redirect(f"{where}#{part}", 303)


def _again(part: str, form: Any, problem: Problem | None) -> ResponseReturnValue:
    """Show the page again with what was typed, what is wrong, and what another one saved meanwhile."""
    one, version = _asked_report(), _version()
    if problem is not None:
        show_refusals(form, problem)
    stale = isinstance(problem, Stale)
    if stale:
        # Saved again it replaces what the other one saved: the page says what that is.
        version = one.version
        _show_theirs(form, _stored(part, one.report or {}))
    if sent_files():
        form.form_errors.append(gettext(_NOT_KEPT))
    page = report_page(one, **{part: form, f"{part}_version": version})
    return render_template("reports/annual_report.html", page=page), 409 if stale else 422


def _stored(part: str, report: Mapping[str, Any]) -> Any:
    if part == "inspection":
        return InspectionForm.kept(report.get("inspection") or {})
    given = {**(report.get("figures") or {}), "summary": report.get("summary")}
    day = report.get("received_on")
    return SummaryForm.filled({**given, "received_on": day.date() if day else None})


def _show_theirs(form: Any, stored: Any) -> None:
    for field in form:
        theirs = stored[field.name]
        if (field.data or None) != (theirs.data or None) and _shown(field) != _shown(theirs):
            said = gettext(N_("Saved meanwhile: %(value)s"), value=_shown(theirs) or "—")
            field.errors = [*field.errors, said]


def _shown(field: Any) -> str:
    for choice in field.iter_choices() if hasattr(field, "iter_choices") else ():
        if choice.value and choice.value == field.data:
            return str(choice.label)
    return str(field._value() if hasattr(field, "_value") else "")


# --- A county's report -------------------------------------------------------------------------------


def _asked_county() -> str:
    """Return the county in the address. Raises Missing for none, and for another one than the clerk's."""
    code = asked_county()
    if not code or request.args.get("county", code) != code:
        raise Missing()
    return code


@annual_reports.route("/county/")
@needs(Permission.READ)
def county() -> ResponseReturnValue:
    """Show a county's report on a year, over the bases that it speaks of."""
    return render_template("reports/county_report.html", page=county_page(_asked_county(), asked_year()))


@annual_reports.route("/county/save/", methods=["POST"])
@needs(Permission.WRITE)
def keep_county() -> ResponseReturnValue:
    """Keep a county's report on a year, with the files sent along."""
    code, year = _asked_county(), asked_year()
    form, version, answer = CountyReportForm.typed(request.form), _version(), 422
    if form.validate():
        try:
            made = keep_county_report(
                code, year, submitted_on=form.day(), text=form.text.data or "", version=version, actor=current_actor(),
                now=now(), today=today(),
            )  # fmt: skip
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
            if isinstance(problem, Stale):
                kept = read_county_report(code, year, current_actor()) or {}
                day = kept.get("submitted_on")
                version, answer = kept.get("version", 0), 409
                stored = {"submitted_on": day.date() if day else None, "text": kept.get("text")}
                _show_theirs(form, CountyReportForm.filled(stored))
        else:
            keep_sent(COUNTY_COLLECTION, made, "report")
            flash(gettext(N_("Saved.")), "success")
            return redirect(url_for("annual_reports.county", county=code, year=year), 303)
    if sent_files():
        form.form_errors.append(gettext(_NOT_KEPT))
    return render_template("reports/county_report.html", page=county_page(code, year, form, version)), answer


# --- Files -------------------------------------------------------------------------------------------


@annual_reports.route("/files/remove/", methods=["POST"])
@needs(Permission.WRITE)
def remove_file() -> ResponseReturnValue:
    """Take a file from a report."""
    record = remove_slot_file((COLLECTION, COUNTY_COLLECTION))
    raw = AnnualReport.collection().find_one({"_id": record}, {"base": 1, "year": 1})
    if raw is not None:
        return redirect(url_for("annual_reports.show", base=raw["base"], year=raw["year"]), 303)
    one = CountyReport.collection().find_one({"_id": record}, {"county": 1, "year": 1})
    if one is None:
        raise Missing()
    return redirect(url_for("annual_reports.county", county=one["county"], year=one["year"]), 303)


@annual_reports.route("/file/")
@needs(Permission.READ)
def file() -> ResponseReturnValue:
    """Send a file of a report as a download."""
    return send_slot_file((COLLECTION, COUNTY_COLLECTION))
