"""The public notice: choose, preview exactly as it will read, open (Art. 12)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.publication.labels import (
    application_url,
    board_link,
    kind_badge,
    listed,
    missing_indicators,
    paper_url,
)
from admin_views.publication.preview import asked_round, carried, ticked, versions_sent, was_previewed
from admin_views.publication.view_models import DraftPage, PreviewPage, SelectableBase
from admin_views.shared.beginning import asks_reason, begun_warnings, ended_warnings
from admin_views.shared.guard import current_actor
from admin_views.shared.personal import personal_numbers, treatments_sent
from admin_views.shared.request_context import now, office_state, today
from admin_views.shared.view_models import Action, Empty, Fact
from documents.applications.application import Application
from forms.publication import NoticeForm
from forms.sentences import show_refusals
from rules.applications import Stage
from rules.errors import Problem, Refusal, Refused, Stale
from rules.release import Finding, refusals_to_release
from rules.words import N_
from services.applications.rounds import ApplicationRound, measures_of
from services.publication import notice as service
from services.publication.board import at_stages
from services.publication.notice import NoticePreview, last_contact, preview_notice
from services.publication.release import numbers_to_decide

_TITLE = N_("Prepare the public notice")
_CHANGED = N_("The notice would read differently now: please look at it once more.")


@dataclass(frozen=True)
class _Draft:
    """A round, the form as it stands, and which applications are ticked."""

    round: ApplicationRound
    round_id: ObjectId
    form: NoticeForm
    chosen: Collection[ObjectId]


def _read_draft() -> _Draft:
    round_ = asked_round()
    assert round_.id is not None
    if request.method == "POST":
        return _Draft(round_, round_.id, NoticeForm.typed(request.form), ticked(request.form))
    days = measures_of(round_, today()).notice_working_days
    selected = at_stages(round_.id, (Stage.SELECTED,), actor=current_actor())
    form = NoticeForm.begun(last_contact(), today(), days)
    return _Draft(round_, round_.id, form, {application["_id"] for application in selected})


def choose() -> ResponseReturnValue:
    """Choose among the selected applications and type the notice's particulars; then show how it will read."""
    draft = _read_draft()
    if request.method == "POST" and not request.form.get("back") and draft.form.validate():
        try:
            return _preview_page(draft, _preview(draft))
        except Refused as problem:
            return _refused(draft, problem)
    return _form_page(draft), 422 if draft.form.errors else 200


def _preview(draft: _Draft) -> NoticePreview:
    notice = draft.form.draft(draft.round_id)
    return preview_notice(notice, draft.chosen, actor=current_actor(), today=today())


def open_notice() -> ResponseReturnValue:
    """Open the notice that was previewed; a change meanwhile leads back to the form."""
    draft = _read_draft()
    if not draft.form.validate():
        return _form_page(draft), 422
    try:
        preview = _preview(draft)
        if not was_previewed(preview.text):
            raise Stale(_CHANGED)
        undecided = refusals_to_release(_numbers(draft, preview), treatments_sent())
        if undecided:
            return _preview_page(draft, preview, undecided), 422
        notice_id = service.open_notice(
            draft.form.draft(draft.round_id), versions_sent(request.form, draft.chosen), actor=current_actor(),
            now=now(), today=today(), treatments=treatments_sent(),
        )  # fmt: skip
    except (Refused, Stale) as problem:
        existing = _on_one_notice(draft.chosen)
        if existing is None:
            return _refused(draft, problem)
        flash(gettext(N_("These bases are on public notice already: this is the notice.")), "warning")
        return redirect(paper_url(existing), 303)
    flash(gettext(N_("The public notice is opened; its list is frozen.")), "success")
    return redirect(paper_url(notice_id), 303)


def _numbers(draft: _Draft, preview: NoticePreview) -> tuple[Finding, ...]:
    return numbers_to_decide(preview.text, draft.form.draft(draft.round_id).contact)


def _on_one_notice(chosen: Collection[ObjectId]) -> ObjectId | None:
    """Return the notice that holds all of these already; None when there is none such."""
    notices = {application.get("notice") for application in Application.of_ids(chosen)}
    return notices.pop() if len(notices) == 1 else None


def _refused(draft: _Draft, problem: Problem) -> ResponseReturnValue:
    show_refusals(draft.form, problem)
    return _form_page(draft), 409 if isinstance(problem, Stale) else 422


# --- Pages ---------------------------------------------------------------------------------------


def _form_page(draft: _Draft) -> str:
    names = office_state().county_names
    selected = at_stages(draft.round_id, (Stage.SELECTED,), actor=current_actor())
    choices = tuple(
        SelectableBase(
            str(raw["_id"]), raw["version"], raw["base_name"], application_url(raw["_id"]),
            names.get(raw["county"], raw["county"]), kind_badge(raw["kind"]), raw["_id"] in draft.chosen,
            about=listed(missing_indicators(raw)),
        )
        for raw in selected
    )  # fmt: skip
    back = url_for("publication.index", round=draft.round_id)
    empty = Empty(
        gettext(N_("No application waits for a notice")),
        gettext(N_("Decide the preliminary result first; what is selected comes here.")),
        (
            Action(
                gettext(N_("Preliminary result")),
                url_for("publication.results", round=draft.round_id),
                "primary",
            ),
            Action(gettext(N_("Back to the board")), back),
        ),
    )
    measures = measures_of(draft.round, draft.form.day("first_day") or today())
    reason = (("reason_to_begin",),) if asks_reason(draft.form, measures) else ()
    page = DraftPage(
        title=f"{gettext(_TITLE)} · {draft.round.name}", form=draft.form,
        rows=(("first_day", "working_days"), ("telephone", "email"), ("address", "postcode"), *reason),
        choices=choices, choices_title=gettext(N_("Applications selected for the notice")),
        form_title=gettext(N_("Period and contact lines")),
        action=url_for("publication.choose", round=draft.round_id), cancel_url=back,
        warning=" ".join(ended_warnings(measures, draft.form.day("first_day"), goes_on=True)),
        empty=None if choices else empty, crumbs=(board_link(draft.round_id),),
    )  # fmt: skip
    return render_template("publication/draft.html", page=page)


def _preview_page(draft: _Draft, preview: NoticePreview, undecided: Sequence[Refusal] = ()) -> str:
    last, warnings = preview.last_day, list[str]()
    if last.provisional:
        years = listed(str(year) for year in last.missing_years)
        sentence = N_(
            "There is no calendar of %(years)s yet: Monday to Friday were counted, and the last day is provisional."
        )
        warnings.append(gettext(sentence, years=years))
    warnings += begun_warnings(preview.measures, preview.reason_to_begin, preview.first_day)
    period = f"{preview.first_day.isoformat()} – {last.day.isoformat()}"
    facts = (
        Fact(gettext(N_("Period of the notice")), period),
        Fact(gettext(N_("Length of the notice")), str(preview.working_days), gettext(N_("working days"))),
        Fact(gettext(N_("Rule set")), preview.measures.title),
        Fact(gettext(N_("Bases")), str(len(draft.chosen))),
    )
    consequences = [
        gettext(N_("The list is frozen as it stands here, and can no longer be edited.")),
        gettext(N_("Anyone may read the notice from %(day)s on."), day=preview.first_day.isoformat()),
    ]
    page = PreviewPage(
        title=gettext(N_("Preview of the public notice")), text=preview.text, facts=facts, warnings=tuple(warnings),
        consequences=tuple(consequences), action=url_for("publication.open_notice", round=draft.round_id),
        button=gettext(N_("Open the public notice")), back_action=url_for("publication.choose", round=draft.round_id),
        carried=carried(request.form, preview.text),
        personal=personal_numbers(_numbers(draft, preview), undecided),
        cancel_url=url_for("publication.index", round=draft.round_id), crumbs=(board_link(draft.round_id),),
    )  # fmt: skip
    return render_template("publication/preview.html", page=page)
