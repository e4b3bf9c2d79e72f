"""A correction: a new paper that names the published one, which stays as it is."""

from collections.abc import Sequence
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.publication.labels import paper_url, papers_link
from admin_views.publication.preview import carried, was_previewed
from admin_views.publication.view_models import PreviewPage
from admin_views.shared.guard import current_actor
from admin_views.shared.personal import personal_numbers, treatments_sent
from admin_views.shared.request_context import asked_id, now, today
from admin_views.shared.view_models import Fact, FormPage, FormSection, Link
from documents.publication.notice import Notice, StoredNotice
from forms.publication import CorrectionForm
from forms.sentences import show_refusals
from office.papers.paper_text import PaperText
from rules.errors import Problem, Refusal, Refused, Stale
from rules.release import refusals_to_release
from rules.words import N_
from services.publication.correction import correct, correction_text
from services.publication.release import numbers_to_decide

_CHANGED = N_("The correction would read differently now: please look at it once more.")


def _crumbs(notice: StoredNotice) -> tuple[Link, ...]:
    return (papers_link(), Link(notice["title"], paper_url(notice["_id"])))


def draft_correction() -> ResponseReturnValue:
    """Type what is corrected; then show how the correction will read."""
    notice = Notice.read(asked_id())
    if request.method == "GET":
        return _form_page(notice, CorrectionForm(data={"dated": today()})), 200
    form = CorrectionForm.typed(request.form)
    if not request.form.get("back") and form.validate():
        try:
            return _preview_page(notice, _text(notice, form))
        except Refused as problem:
            return _refused(notice, form, problem)
    return _form_page(notice, form), 422 if form.errors else 200


def _dated(form: CorrectionForm) -> date:
    dated = form.day("dated")
    assert dated is not None  # it is wanted
    return dated


def _text(notice: StoredNotice, form: CorrectionForm) -> PaperText:
    return correction_text(notice, form.text("words"), _dated(form), today=today())


def publish_correction() -> ResponseReturnValue:
    """Publish the correction that was previewed."""
    notice = Notice.read(asked_id())
    form = CorrectionForm.typed(request.form)
    if not form.validate():
        return _form_page(notice, form), 422
    try:
        text = _text(notice, form)
        if not was_previewed(text):
            raise Stale(_CHANGED)
        undecided = refusals_to_release(numbers_to_decide(text), treatments_sent())
        if undecided:
            return _preview_page(notice, text, undecided), 422
        paper_id = correct(
            notice["_id"], form.text("words"), dated=_dated(form), actor=current_actor(), now=now(), today=today(),
            treatments=treatments_sent(),
        )  # fmt: skip
    except (Refused, Stale) as problem:
        return _refused(notice, form, problem)
    flash(gettext(N_("The correction is published; both papers name each other.")), "success")
    return redirect(paper_url(paper_id), 303)


def _refused(notice: StoredNotice, form: CorrectionForm, problem: Problem) -> ResponseReturnValue:
    show_refusals(form, problem)
    return _form_page(notice, form), 409 if isinstance(problem, Stale) else 422


def _form_page(notice: StoredNotice, form: CorrectionForm) -> str:
    page = FormPage(
        title=gettext(N_("Correct a published paper")), form=form,
        sections=(FormSection(notice["title"], (("words",), ("dated",))),),
        action=url_for("publication.draft_correction", id=notice["_id"]), cancel_url=paper_url(notice["_id"]),
        save_label=gettext(N_("Preview")), crumbs=_crumbs(notice),
    )  # fmt: skip
    return render_template("records/form.html", page=page)


def _preview_page(notice: StoredNotice, text: PaperText, undecided: Sequence[Refusal] = ()) -> str:
    old = notice.get("number") or f"{notice['dated']:%Y-%m-%d}"
    page = PreviewPage(
        title=gettext(N_("Preview of the correction")), text=text,
        facts=(Fact(gettext(N_("Corrects")), old, note=notice["title"]),), warnings=(),
        consequences=(gettext(N_("The correction is public at once and can no longer be edited.")),),
        action=url_for("publication.publish_correction", id=notice["_id"]),
        button=gettext(N_("Publish the correction")),
        back_action=url_for("publication.draft_correction", id=notice["_id"]),
        carried=carried(request.form, text), cancel_url=paper_url(notice["_id"]),
        personal=personal_numbers(numbers_to_decide(text), undecided),
        crumbs=_crumbs(notice),
    )  # fmt: skip
    return render_template("publication/preview.html", page=page)
