"""The announcement: choose what nothing holds back, preview, announce once (Art. 12, 16)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

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
    notice_link,
    paper_url,
    shown_terms,
)
from admin_views.publication.preview import carried, ticked, versions_sent, was_previewed
from admin_views.publication.view_models import DraftPage, PreviewPage, SelectableBase
from admin_views.shared.beginning import asks_reason, begun_warnings, ended_warnings
from admin_views.shared.guard import current_actor
from admin_views.shared.personal import personal_numbers, treatments_sent
from admin_views.shared.request_context import asked_id, now, office_state, today
from admin_views.shared.view_models import Action, Empty, Fact, Item, Link
from documents.applications.application import StoredApplication
from documents.publication.notice import Notice, StoredNotice
from forms.publication import AnnouncementForm
from forms.sentences import sentence, show_refusals
from rules.errors import Missing, Problem, Refusal, Refused, Stale
from rules.publication import AnnouncementCandidate, NoticeKind, held_back
from rules.release import refusals_to_release
from rules.rule_sets.measures import Measures
from rules.shortfalls import MOST_FAILING_REASON
from rules.words import N_
from services.applications.rounds import measures_of, read_round
from services.publication import announcement as service
from services.publication.announcement import AnnouncementPreview, candidates_of, preview_announcement
from services.publication.board import applications_of, related_papers
from services.publication.notice import reason_of_selection
from services.publication.release import numbers_to_decide

_TITLE = N_("Prepare the announcement")
_CHANGED = N_("The announcement would read differently now: please look at it once more.")
_REASON = "reason-"


@dataclass(frozen=True)
class _Draft:
    """A public notice with its applications as they stand, the form, and which of them are ticked."""

    notice: StoredNotice
    applications: list[StoredApplication]
    candidates: Mapping[ObjectId, AnnouncementCandidate]
    form: AnnouncementForm
    chosen: Collection[ObjectId]
    measures: Measures

    @property
    def reasons(self) -> dict[ObjectId, str]:
        """The reasons typed for chosen bases that miss a condition."""
        typed = {chosen: request.form.get(f"{_REASON}{chosen}", "").strip() for chosen in self.chosen}
        return {chosen: text for chosen, text in typed.items() if text and self.candidates[chosen].missing}

    def held(self, application_id: ObjectId) -> tuple[Refusal, ...]:
        """Return what holds a base back."""
        return held_back(self.candidates[application_id], self.measures)


def _read_draft() -> _Draft:
    notice = Notice.read(asked_id())
    if notice["kind"] != NoticeKind.PUBLIC_NOTICE.value:
        raise Missing()
    applications = applications_of(notice)
    measures = measures_of(read_round(notice["round"]), today())
    candidates = candidates_of(notice["_id"], applications, measures=measures, today=today())
    if request.method == "POST":
        chosen = [application_id for application_id in ticked(request.form) if application_id in candidates]
        return _Draft(
            notice, applications, candidates, AnnouncementForm.typed(request.form), chosen, measures
        )
    free = {key for key, candidate in candidates.items() if not held_back(candidate, measures)}
    return _Draft(notice, applications, candidates, AnnouncementForm.begun(today()), free, measures)


def draft_announcement() -> ResponseReturnValue:
    """Choose bases of a notice and type number and dates; then show how the announcement will read."""
    draft = _read_draft()
    if request.method == "POST" and not request.form.get("back") and draft.form.validate():
        try:
            return _preview_page(draft, _preview(draft))
        except Refused as problem:
            return _refused(draft, problem)
    return _form_page(draft), 422 if draft.form.errors else 200


def _preview(draft: _Draft) -> AnnouncementPreview:
    announcement = draft.form.draft(draft.notice["_id"], draft.reasons)
    return preview_announcement(announcement, list(draft.chosen), actor=current_actor(), today=today())


def announce() -> ResponseReturnValue:
    """Announce what was previewed. Whoever comes second is led to the announcement that exists."""
    draft = _read_draft()
    if not draft.form.validate():
        return _form_page(draft), 422
    try:
        preview = _preview(draft)
        if not was_previewed(preview.text):
            raise Stale(_CHANGED)
        undecided = refusals_to_release(numbers_to_decide(preview.text), treatments_sent())
        if undecided:
            return _preview_page(draft, preview, undecided), 422
        announcement = draft.form.draft(draft.notice["_id"], draft.reasons)
        versions = versions_sent(request.form, draft.chosen)
        paper_id = service.announce(
            announcement,
            versions,
            actor=current_actor(),
            now=now(),
            today=today(),
            treatments=treatments_sent(),
        )
    except (Refused, Stale) as problem:
        existing = _announced_by(draft)
        if existing is None:
            return _refused(_read_again(draft), problem)
        sentence_ = N_("These bases were announced already, by %(number)s: this is the announcement.")
        flash(gettext(sentence_, number=existing["number"]), "warning")
        return redirect(paper_url(existing["_id"]), 303)
    flash(gettext(N_("Announced: the titles, the certificates and the public list are in force.")), "success")
    return redirect(paper_url(paper_id), 303)


def _announced_by(draft: _Draft) -> StoredNotice | None:
    """Return the announcement that holds all of the chosen already; None when there is none."""
    wanted = set(draft.chosen)
    return next(
        (
            paper
            for paper in related_papers(draft.notice).announcements
            if wanted and wanted <= {entry["application"] for entry in paper["entries"]}
        ),
        None,
    )


def _read_again(draft: _Draft) -> _Draft:
    """Return the same with the applications as another clerk has left them."""
    applications = applications_of(draft.notice)
    candidates = candidates_of(draft.notice["_id"], applications, measures=draft.measures, today=today())
    return replace(draft, applications=applications, candidates=candidates)


def _refused(draft: _Draft, problem: Problem) -> ResponseReturnValue:
    show_refusals(draft.form, problem)
    # What is said of one base's reason stands beside its box too.
    beside = {
        refusal.params.get("name"): sentence(refusal)
        for refusal in problem.refusals
        if refusal.field == "reasons"
    }
    return _form_page(draft, beside), 409 if isinstance(problem, Stale) else 422


# --- Pages ---------------------------------------------------------------------------------------


def _form_page(draft: _Draft, beside: Mapping[Any, str] | None = None) -> str:
    notice, announced = draft.notice, related_papers(draft.notice).announcements
    choices = tuple(
        _choice(application, draft, (beside or {}).get(application["base_name"], ""))
        for application in draft.applications
    )
    free = any(not choice.held for choice in choices)
    last = notice["last_day"].date()
    empty = Empty(
        gettext(N_("Nothing of this notice can be announced now")),
        "",
        (Action(gettext(N_("Back to the notice")), paper_url(notice["_id"])),),
    )
    dated = draft.form.day("dated") or today()
    measures = measures_of(read_round(notice["round"]), dated)
    reason = (("reason_to_begin",),) if asks_reason(draft.form, measures) else ()
    warnings = [_running(notice), *ended_warnings(measures, dated, goes_on=True)]
    page = DraftPage(
        title=gettext(_TITLE), form=draft.form,
        rows=(("number", "dated"), ("term_first", "certificate_prefix"), *reason),
        choices=choices, choices_title=gettext(N_("Bases of the notice")), form_title=gettext(N_("Number and dates")),
        action=url_for("publication.draft_announcement", id=notice["_id"]), cancel_url=paper_url(notice["_id"]),
        most_failing=MOST_FAILING_REASON,
        about=(
            Item(gettext(N_("Public notice")), notice["title"], wide=True),
            Item(gettext(N_("Period of the notice")), f"{notice['first_day']:%Y-%m-%d} – {last.isoformat()}"),
        ),
        notes=tuple(Link(f"{paper['number']} {paper['title']}", paper_url(paper["_id"])) for paper in announced),
        warning=" ".join(filter(None, warnings)), empty=None if free else empty,
        crumbs=(board_link(notice["round"]), notice_link(notice["_id"])),
    )  # fmt: skip
    return render_template("publication/draft.html", page=page)


def _running(notice: StoredNotice) -> str:
    last = notice["last_day"].date()
    if today() > last:
        return ""
    return gettext(N_("The public notice runs until %(day)s: announce after it."), day=last.isoformat())


def _choice(application: StoredApplication, draft: _Draft, problem: str) -> SelectableBase:
    application_id, county = application["_id"], application["county"]
    candidate = draft.candidates[application_id]
    held = tuple(sentence(refusal) for refusal in draft.held(application_id))
    late = gettext(N_("A late objection is being handled; it holds nothing back by itself."))
    return SelectableBase(
        str(application_id), application["version"], application["base_name"], application_url(application_id),
        office_state().county_names.get(county, county), kind_badge(application["kind"]),
        application_id in draft.chosen and not held, about=listed(missing_indicators(application)), held=held,
        needs_reason=bool(candidate.missing) and not held, note=late if candidate.late_objections else "",
        reason=request.form.get(f"{_REASON}{application_id}", reason_of_selection(application)), problem=problem,
    )  # fmt: skip


def _preview_page(draft: _Draft, preview: AnnouncementPreview, undecided: Sequence[Refusal] = ()) -> str:
    form, chosen = draft.form, set(draft.chosen)
    out = [raw["base_name"] for raw in draft.applications if raw["_id"] not in chosen]
    warnings = begun_warnings(preview.measures, preview.reason_to_begin)
    if out:
        warnings.append(gettext(N_("Not in this announcement: %(names)s."), names=listed(out)))
    for application_id, reason in draft.reasons.items():
        sentence_ = N_("%(name)s misses a condition; the paper gives the reason: %(reason)s")
        warnings.append(gettext(sentence_, name=draft.candidates[application_id].name, reason=reason))
    late = [draft.candidates[key].name for key in chosen if draft.candidates[key].late_objections]
    if late:
        sentence_ = N_("A late objection to %(names)s is being handled; the paper says so by their number.")
        warnings.append(gettext(sentence_, names=listed(late)))
    facts = (
        Fact(gettext(N_("Document number")), preview.text.number),
        Fact(gettext(N_("Rule set")), preview.measures.title),
        Fact(gettext(N_("Term")), shown_terms(preview.terms.values())),
        Fact(gettext(N_("Bases")), str(len(chosen))),
        Fact(
            gettext(N_("Certificate numbers")),
            f"{form.text('certificate_prefix')}-{preview.text.dated[:4]}-…",
        ),
    )
    consequences = (
        gettext(N_("The titles begin or are renewed, and certificates get their numbers.")),
        gettext(N_("The announcement is public at once and can no longer be edited.")),
        gettext(N_("A mistake is corrected by a new paper.")),
    )
    notice_id = draft.notice["_id"]
    page = PreviewPage(
        title=gettext(N_("Preview of the announcement")), text=preview.text, facts=facts, warnings=tuple(warnings),
        consequences=consequences, action=url_for("publication.announce", id=notice_id), button=gettext(N_("Announce")),
        back_action=url_for("publication.draft_announcement", id=notice_id),
        personal=personal_numbers(numbers_to_decide(preview.text), undecided),
        carried=carried(request.form, preview.text), cancel_url=paper_url(notice_id),
        crumbs=(board_link(draft.notice["round"]), notice_link(notice_id)),
    )  # fmt: skip
    return render_template("publication/preview.html", page=page)
