"""The form of an application: sent pre-filled, taken back, held against the records field by field (Art. 10, 16)."""

from io import BytesIO

from bson import ObjectId
from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.labels import may_take
from admin_views.applications.page import show_again
from admin_views.applications.sections import FORM
from admin_views.applications.shared import asked_application, attempt, crumbs, done, page_url
from admin_views.applications.view_models import DifferenceRow, FormComparePage
from admin_views.shared.guard import current_actor
from admin_views.shared.papers import send_pdf
from admin_views.shared.request_context import asked_id, now, shown_moment, today
from admin_views.shared.retry_state import RetryState
from admin_views.shared.view_models import badge
from documents.applications.application import COLLECTION, StoredApplication
from forms.sentences import sentence
from office.application_forms.form_text import form_paper, shown_value
from office.application_forms.form_workbook import form_workbook
from office.application_forms.reading import MOST_BYTES, ReadForm, read_form, unreadable
from office.papers.render import render_paper
from rules.applications import Verb
from rules.errors import Missing, Refusal, Refused, Stale, Unreadable
from rules.materials import FORM as FORM_PLACE
from rules.words import N_
from schema.application_form import FormField
from services.applications.application_form import form_of
from services.applications.materials_lists import lists_of
from services.applications.returned_form import Comparison, Difference, Standing, compare, take_form
from services.applications.steps import read_application
from services.imports.uploads import drop_upload, keep_upload, opened_upload
from services.publication.paper_templates import template_for
from services.shared.files import add_file
from services.shared.table_files import MEDIA_TYPES, as_document, as_workbook

_STANDINGS = {
    Standing.CHANGED: (N_("Changed in the form"), "blue"),
    Standing.BLANK: (N_("Left blank in the form"), "grey"),
    Standing.CONFLICT: (N_("Changed on both sides"), "amber"),
    Standing.OUTDATED: (N_("The form is older"), "grey"),
    Standing.NEVER: (N_("Not taken from a form"), "grey"),
    Standing.WRONG: (N_("Cannot be taken"), "red"),
}
_HINTS = {
    Standing.BLANK: N_("Ticked, it is cleared in the records."),
    Standing.CONFLICT: N_("The office has changed this since the form was made: choose which is right."),
    Standing.OUTDATED: N_(
        "The office has changed this since the form was made; the form still has the old value."
    ),
}


# --- Sending -----------------------------------------------------------------------------------------


def send_form() -> ResponseReturnValue:
    """Send the form of an application, filled in from what the office knows."""
    raw = asked_application()
    asked = request.args.get("format", "docx")
    ending = asked if asked in MEDIA_TYPES else "docx"
    facts = form_of(raw, actor=current_actor(), now=now(), today=today())
    if ending == "pdf":
        return send_pdf(form_paper(facts), f"{raw['base_name']}-{facts.kind.zh}")
    as_paper = ending == "docx"
    data = render_paper(form_paper(facts), template_for(facts.kind)) if as_paper else form_workbook(facts)
    name = f"{raw['base_name']}-{facts.kind.zh}.{ending}"
    answer: Response = send_file(
        BytesIO(data), mimetype=MEDIA_TYPES[ending], as_attachment=True, download_name=name
    )
    return answer


def send_list() -> ResponseReturnValue:
    """Send the list that the records hold of one of the materials, as of today."""
    raw = asked_application()
    lists = lists_of(raw, actor=current_actor(), day=today())
    wanted = request.args.get("material", "")
    one = next((made for material, made in lists.items() if material.value == wanted), None)
    if one is None:
        raise Missing()
    ending = "docx" if request.args.get("format") == "docx" else "xlsx"
    data = as_document([one.table]) if ending == "docx" else as_workbook([one.table])
    name = f"{raw['base_name']}-{one.file_name(ending)}"
    answer: Response = send_file(
        BytesIO(data), mimetype=MEDIA_TYPES[ending], as_attachment=True, download_name=name
    )
    return answer


# --- Taking back -------------------------------------------------------------------------------------


def read_back() -> ResponseReturnValue:
    """Take a form that came back, and lead to what differs in it; nothing is written yet."""
    raw = asked_application()
    sent = request.files.get("form")
    if sent is None or not sent.filename:
        return _refused(raw, (Refusal(N_("Choose a file first."), field=FORM_PLACE),))
    try:
        if len(sent.stream.read(MOST_BYTES + 1)) > MOST_BYTES:
            raise unreadable("too-large")
        upload = keep_upload(
            sent.stream, sent.filename, place=f"form:{raw['_id']}", actor=current_actor(), now=now()
        )
        with opened_upload(upload, actor=current_actor()) as (path, _):
            try:
                compare(raw, read_form(path.read_bytes()), actor=current_actor(), now=now(), today=today())
            except (Unreadable, Refused):
                drop_upload(upload)
                raise
    except (Unreadable, Refused) as problem:
        return _refused(raw, problem.refusals)
    return redirect(url_for("applications.form_compare", id=raw["_id"], upload=upload), 303)


def _refused(raw: StoredApplication, refusals: tuple[Refusal, ...]) -> ResponseReturnValue:
    beside = tuple(Refusal(refusal.message, refusal.params, FORM_PLACE) for refusal in refusals)
    return show_again(raw["_id"], RetryState(FORM, refusals=beside), 422)


def compare_form() -> ResponseReturnValue:
    """Show what a form that came back says differently; write what was ticked of it where that was asked for."""
    raw, upload = asked_application(), asked_id("upload")
    try:
        compared, data, name = _compared(raw, upload)
    except (Unreadable, Refused) as problem:
        return _refused(raw, problem.refusals)
    if request.method == "GET":
        return _compare_page(raw, upload, name, compared)
    return _take(raw, upload, name, data, compared)


def _compared(raw: StoredApplication, upload: ObjectId) -> tuple[Comparison, bytes, str]:
    """Return the form held against the records as they are now, its bytes and its name. Raises Missing, Refused."""
    with opened_upload(upload, actor=current_actor()) as (path, name):
        data = path.read_bytes()
    sent: ReadForm = read_form(data)
    return compare(raw, sent, actor=current_actor(), now=now(), today=today()), data, name


def _take(
    raw: StoredApplication, upload: ObjectId, name: str, data: bytes, compared: Comparison
) -> ResponseReturnValue:
    ticked = request.form.getlist("take")
    seen = (request.form.get("version", type=int), request.form.get("base_version", type=int))
    count = 0

    def work() -> None:
        nonlocal count
        if seen != (compared.version, compared.base_version):
            raise Stale()
        count = take_form(raw["_id"], compared, ticked, file_name=name, actor=current_actor(), now=now())
        if request.form.get("keep"):
            content = BytesIO(data)
            add_file(COLLECTION, raw["_id"], name, content, actor=current_actor(), now=now(), slot=FORM_PLACE)

    refusals, is_stale = attempt(work)
    if not refusals:
        drop_upload(upload)
        if not count:
            return done(raw["_id"], gettext(N_("Nothing was taken from the form.")), FORM)
        message = gettext(N_("Taken from the form: %(count)s."), count=count)
        return done(raw["_id"], message, FORM)
    if count:  # written, but the file could not be kept
        flash(" ".join(sentence(refusal) for refusal in refusals), "error")
        return redirect(page_url(raw["_id"], FORM), 303)
    raw = read_application(raw["_id"], current_actor())
    compared, _, _ = _compared(raw, upload)
    return _compare_page(raw, upload, name, compared, refusals, ticked, 409 if is_stale else 422)


# --- The page ----------------------------------------------------------------------------------------


def _compare_page(
    raw: StoredApplication,
    upload: ObjectId,
    name: str,
    compared: Comparison,
    refusals: tuple[Refusal, ...] = (),
    ticked: list[str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    rows = tuple(_row(difference, refusals, ticked) for difference in compared.differences)
    keys = {row.key for row in rows}
    page = FormComparePage(
        title=gettext(N_("The form that came back: %(name)s"), name=raw["base_name"]),
        file=name,
        note=gettext(N_("Made from the records on %(moment)s"), moment=shown_moment(compared.made_at)),
        rows=rows,
        same=compared.same,
        unknown=compared.unknown,
        absent=tuple(field_label(field) for field in compared.absent),
        is_outdated=compared.is_outdated,
        action=url_for("applications.form_compare", id=raw["_id"], upload=upload),
        version=compared.version,
        base_version=compared.base_version,
        cancel_url=page_url(raw["_id"], FORM),
        may_take=may_take(raw, Verb.SUBMIT) and any(row.may_be_taken for row in rows),
        problems=tuple(sentence(refusal) for refusal in refusals if refusal.field not in keys),
        crumbs=crumbs(raw),
    )
    return render_template("applications/form_compare.html", page=page), status


def _row(difference: Difference, refusals: tuple[Refusal, ...], ticked: list[str] | None) -> DifferenceRow:
    field, standing = difference.field, difference.standing
    label, colour = _STANDINGS[standing]
    problems = [*difference.refusals, *(refusal for refusal in refusals if refusal.field == field.key)]
    return DifferenceRow(
        key=field.key,
        label=field_label(field),
        unit=gettext(field.column.unit) if field.column.unit else "",
        now=shown_value(field, difference.now),
        made=shown_value(field, difference.made) if standing is Standing.CONFLICT else "",
        sent=_sent(difference),
        state=badge(gettext(label), colour),
        hint=gettext(_HINTS[standing]) if standing in _HINTS else "",
        problem=" ".join(sentence(refusal) for refusal in problems),
        may_be_taken=standing.may_be_taken,
        ticked=field.key in ticked if ticked is not None else standing.is_taken_at_first,
    )


def _sent(difference: Difference) -> str:
    """Return what came back: as it will be written where it can be read, else as it was typed."""
    if difference.value is None or difference.standing is Standing.WRONG:
        return difference.sent
    return shown_value(difference.field, difference.value)


def field_label(field: FormField) -> str:
    """Return what a field of the form is called on screen."""
    label = gettext(field.column.label)
    return f"{gettext(field.function.label)} · {label}" if field.function else label
