"""The public notice: choose, preview exactly as it will read, open (Art. 12)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

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
from admin_views.shared.files import sent_files_of, upload_to
from admin_views.shared.guard import current_actor
from admin_views.shared.personal import personal_numbers, treatments_sent
from admin_views.shared.request_context import now, office_state, today
from admin_views.shared.view_models import Action, Empty, Fact
from documents.applications.application import Application, StoredApplication
from forms.publication import NoticeForm
from forms.sentences import sentence, show_refusals
from rules.applications import Stage
from rules.errors import Problem, Refusal, Refused, Stale
from rules.publication import PublishedElsewhere, refusals_of_evidence
from rules.release import Finding, refusals_to_release
from rules.rule_sets.measures import Measures
from rules.shortfalls import MOST_FAILING_REASON, refusals_to_publish
from rules.words import N_
from services.applications.rounds import ApplicationRound, measures_of
from services.applications.shortfall import shortfall_of
from services.publication import notice as service
from services.publication.board import at_stages
from services.publication.notice import NoticePreview, last_contact, preview_notice, reason_of_selection
from services.publication.release import numbers_to_decide

_TITLE = N_("Prepare the public notice")
_EVIDENCE = "evidence"
_CHANGED = N_("The notice would read differently now: please look at it once more.")


@dataclass(frozen=True)
class _Draft:
    """A round and what it is decided under, the form as it stands, and which applications are ticked."""

    round: ApplicationRound
    round_id: ObjectId
    form: NoticeForm
    chosen: Collection[ObjectId]
    measures: Measures

    def held(self, application: StoredApplication) -> tuple[Refusal, ...]:
        """Return why a selected application cannot stand on a notice: it misses a condition."""
        shortfall = shortfall_of(application, self.measures)
        return refusals_to_publish(shortfall, reason_of_selection(application), self.measures)


def _read_draft() -> _Draft:
    round_ = asked_round()
    assert round_.id is not None
    measures = measures_of(round_, today())
    if request.method == "POST":
        form = NoticeForm.typed(request.form)
        return _Draft(round_, round_.id, form, ticked(request.form), measures)
    form = NoticeForm.begun(last_contact(), today(), measures.notice_working_days)
    draft = _Draft(round_, round_.id, form, (), measures)
    return replace(draft, chosen={raw["_id"] for raw in _selected(draft) if not draft.held(raw)})


def choose() -> ResponseReturnValue:
    """Choose among the selected applications and type the notice's particulars; then show how it will read."""
    draft = _read_draft()
    if request.method == "POST" and not _selected(draft):
        return _nothing_selected(draft)
    if request.method == "POST" and not request.form.get("back") and draft.form.validate():
        try:
            return _preview_page(draft, _preview(draft))
        except Refused as problem:
            return _refused(draft, problem)
    return _form_page(draft), 422 if draft.form.errors else 200


def _selected(draft: _Draft) -> list[StoredApplication]:
    return at_stages(draft.round_id, (Stage.SELECTED,), actor=current_actor())


def _preview(draft: _Draft) -> NoticePreview:
    notice = draft.form.draft(draft.round_id)
    return preview_notice(notice, draft.chosen, actor=current_actor(), today=today())


def open_notice() -> ResponseReturnValue:
    """Open the notice that was previewed; a change meanwhile leads back to the form."""
    draft = _read_draft()
    if not _selected(draft) and _on_one_notice(draft.chosen) is None:
        return _nothing_selected(draft)
    if not draft.form.validate():
        return _form_page(draft), 422
    try:
        preview = _preview(draft)
        if not was_previewed(preview.text):
            raise Stale(_CHANGED)
        evidence = sent_files_of(_EVIDENCE)
        wrong = (
            *refusals_to_release(_numbers(draft, preview), treatments_sent()),
            *refusals_of_evidence(_elsewhere(draft, len(evidence))),
        )
        if wrong:
            return _preview_page(draft, preview, wrong), 422
        try:
            notice_id = service.open_notice(
                draft.form.draft(draft.round_id), versions_sent(request.form, draft.chosen), evidence,
                actor=current_actor(), now=now(), today=today(), treatments=treatments_sent(),
            )  # fmt: skip
        except Refused as problem:
            of_files = tuple(refusal for refusal in problem.refusals if refusal.field in (None, _EVIDENCE))
            if _elsewhere(draft, 1) is None or of_files != problem.refusals:
                raise
            return _preview_page(draft, preview, of_files), 422
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


def _elsewhere(draft: _Draft, evidence: int) -> PublishedElsewhere | None:
    """Return what the form says of a notice published elsewhere, with as many files as were sent; None for no such."""
    elsewhere = draft.form.draft(draft.round_id).elsewhere
    return replace(elsewhere, evidence=evidence) if elsewhere else None


def _of_files(refusals: Sequence[Refusal]) -> tuple[str, ...]:
    """Return what is said of the evidence; it belongs to a field of its own, or to none."""
    return tuple(sentence(refusal) for refusal in refusals if refusal.field in (None, _EVIDENCE))


def _on_one_notice(chosen: Collection[ObjectId]) -> ObjectId | None:
    """Return the notice that holds all of these already; None when there is none such."""
    notices = {application.get("notice") for application in Application.of_ids(chosen)}
    return notices.pop() if len(notices) == 1 else None


def _refused(draft: _Draft, problem: Problem) -> ResponseReturnValue:
    show_refusals(draft.form, problem)
    return _form_page(draft), 409 if isinstance(problem, Stale) else 422


def _nothing_selected(draft: _Draft) -> ResponseReturnValue:
    """Say that there is nothing to publish; the page has no form then whose fields could be named."""
    draft.form.form_errors.append(gettext(N_("Choose at least one application.")))
    return _form_page(draft), 422


# --- Pages ---------------------------------------------------------------------------------------


def _form_page(draft: _Draft) -> str:
    names = office_state().county_names
    choices = tuple(
        SelectableBase(
            str(raw["_id"]), raw["version"], raw["base_name"], application_url(raw["_id"]),
            names.get(raw["county"], raw["county"]), kind_badge(raw["kind"]), raw["_id"] in draft.chosen,
            about=listed(missing_indicators(raw)), held=tuple(sentence(refusal) for refusal in draft.held(raw)),
        )
        for raw in _selected(draft)
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
        more=(
            gettext(N_("Published elsewhere before")),
            gettext(N_("Only for a notice that was really published then; its evidence is asked for at the end.")),
            (("elsewhere",), ("published_where", "last_day")),
        ),
        action=url_for("publication.choose", round=draft.round_id), cancel_url=back,
        most_failing=MOST_FAILING_REASON,
        warning=" ".join(ended_warnings(measures, draft.form.day("first_day"), goes_on=True)),
        empty=None if choices else empty, crumbs=(board_link(draft.round_id),),
    )  # fmt: skip
    return render_template("publication/draft.html", page=page)


def _preview_page(draft: _Draft, preview: NoticePreview, refusals: Sequence[Refusal] = ()) -> str:
    last, warnings, elsewhere = preview.last_day, list[str](), _elsewhere(draft, 0)
    if last.provisional:
        years = listed(str(year) for year in last.missing_years)
        provisional = N_(
            "There is no calendar of %(years)s yet: Monday to Friday were counted, and the last day is provisional."
        )
        warnings.append(gettext(provisional, years=years))
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
    button, upload = gettext(N_("Open the public notice")), None
    if elsewhere is not None:
        where = N_(
            "It is recorded as published on %(where)s from %(first)s to %(last)s, with the evidence of that."
        )
        params = {"first": preview.first_day.isoformat(), "last": last.day.isoformat()}
        consequences.append(gettext(where, where=elsewhere.where.strip(), **params))
        button = gettext(N_("Record the notice"))
        upload = replace(upload_to(""), name=_EVIDENCE)
    page = PreviewPage(
        title=gettext(N_("Preview of the public notice")), text=preview.text, facts=facts, warnings=tuple(warnings),
        consequences=tuple(consequences), action=url_for("publication.open_notice", round=draft.round_id),
        button=button, upload=upload, problems=_of_files(refusals),
        back_action=url_for("publication.choose", round=draft.round_id),
        carried=carried(request.form, preview.text),
        personal=personal_numbers(_numbers(draft, preview), refusals),
        cancel_url=url_for("publication.index", round=draft.round_id), crumbs=(board_link(draft.round_id),),
    )  # fmt: skip
    return render_template("publication/preview.html", page=page)
