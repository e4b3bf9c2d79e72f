"""The announcement: choose what nothing holds back, preview, announce once (Art. 12, 16)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.publication.results import missing_indicators
from admin_views.publication.shared import (
    application_url,
    board_link,
    carried,
    digest_of,
    kind_badge,
    listed,
    paper_url,
    publication,
    ticked,
    versions_sent,
)
from admin_views.publication.view_models import Choice, DraftPage, PreviewPage
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, office_state, today
from admin_views.shared.slot_files import parse_object_id
from admin_views.shared.view_models import Action, Empty, Fact, Item, Link
from forms.publication import AnnouncementForm
from forms.sentences import sentence, show_refusals
from rules.access import Permission
from rules.errors import Missing, Problem, Refused, Stale
from rules.publication import Candidate, NoticeKind, held_back
from rules.words import N_
from services.publication import announcement as service
from services.publication.announcement import AnnouncementPreview, candidates_of, preview_announcement
from services.publication.board import applications_of, related_papers
from services.publication.notice import read_notice

_TITLE = N_("Prepare the announcement")
_CHANGED = N_("The announcement would read differently now: please look at it once more.")
_REASON = "reason-"


@dataclass(frozen=True)
class _Asked:
    """A public notice with its applications as they stand, and the form."""

    notice: Mapping[str, Any]
    applications: list[dict[str, Any]]
    candidates: Mapping[ObjectId, Candidate]
    form: AnnouncementForm
    chosen: Collection[ObjectId]

    @property
    def reasons(self) -> dict[ObjectId, str]:
        """The reasons typed for chosen bases that do not meet every indicator."""
        given = {one: request.form.get(f"{_REASON}{one}", "").strip() for one in self.chosen}
        return {one: text for one, text in given.items() if text and not self.candidates[one].meets}


def _asked() -> _Asked:
    notice = read_notice(parse_object_id(request.args.get("id")))
    if notice["kind"] != NoticeKind.PUBLIC_NOTICE.value:
        raise Missing()
    applications = applications_of(notice)
    candidates = candidates_of(notice, applications, today=today())
    if request.method == "POST":
        chosen = [one for one in ticked(request.form) if one in candidates]
        return _Asked(notice, applications, candidates, AnnouncementForm.typed(request.form), chosen)
    free = {one for one, candidate in candidates.items() if not held_back(candidate)}
    return _Asked(notice, applications, candidates, AnnouncementForm.begun(today()), free)


@publication.route("/notices/announce/", methods=["GET", "POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def draft_announcement() -> ResponseReturnValue:
    """Choose bases of a notice and type number and dates; then show how the announcement will read."""
    asked = _asked()
    if request.method == "POST" and not request.form.get("back") and asked.form.validate():
        try:
            return _preview_page(asked, _preview(asked))
        except Refused as problem:
            return _refused(asked, problem)
    return _form_page(asked), 422 if asked.form.errors else 200


def _preview(asked: _Asked) -> AnnouncementPreview:
    draft = asked.form.draft(asked.notice["_id"], asked.reasons)
    return preview_announcement(draft, list(asked.chosen), actor=current_actor(), today=today())


@publication.route("/notices/announce/publish/", methods=["POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def announce() -> ResponseReturnValue:
    """Announce what was previewed. Whoever comes second is led to the announcement that exists."""
    asked = _asked()
    if not asked.form.validate():
        return _form_page(asked), 422
    try:
        if digest_of(_preview(asked).text) != request.form.get("seen"):
            raise Stale(_CHANGED)
        draft = asked.form.draft(asked.notice["_id"], asked.reasons)
        versions = versions_sent(request.form, asked.chosen)
        paper = service.announce(draft, versions, actor=current_actor(), now=now(), today=today())
    except (Refused, Stale) as problem:
        there = _announced_by(asked)
        if there is None:
            return _refused(_asked_again(asked), problem)
        said = gettext(
            N_("These bases were announced already, by %(number)s: this is the announcement."),
            number=there["number"],
        )
        flash(said, "warning")
        return redirect(paper_url(there["_id"]), 303)
    flash(gettext(N_("Announced: the titles, the certificates and the public list are in force.")), "success")
    return redirect(paper_url(paper), 303)


def _announced_by(asked: _Asked) -> Mapping[str, Any] | None:
    """Return the announcement that holds all of the chosen already; None when there is none."""
    wanted = set(asked.chosen)
    return next(
        (
            row
            for row in related_papers(asked.notice).announcements
            if wanted and wanted <= {entry["application"] for entry in row["entries"]}
        ),
        None,
    )


def _asked_again(asked: _Asked) -> _Asked:
    """Return the same with the applications as another clerk has left them."""
    applications = applications_of(asked.notice)
    candidates = candidates_of(asked.notice, applications, today=today())
    return _Asked(asked.notice, applications, candidates, asked.form, asked.chosen)


def _refused(asked: _Asked, problem: Problem) -> ResponseReturnValue:
    show_refusals(asked.form, problem)
    # What is said of one base's reason stands beside its box too.
    beside = {one.params.get("name"): sentence(one) for one in problem.refusals if one.field == "reasons"}
    return _form_page(asked, beside), 409 if isinstance(problem, Stale) else 422


# --- Pages ---------------------------------------------------------------------------------------


def _form_page(asked: _Asked, beside: Mapping[Any, str] | None = None) -> str:
    notice, announced = asked.notice, related_papers(asked.notice).announcements
    choices = tuple(
        _choice(raw, asked, (beside or {}).get(raw["base_name"], "")) for raw in asked.applications
    )
    free = any(not one.held for one in choices)
    last = notice["last_day"].date()
    empty = Empty(
        gettext(N_("Nothing of this notice can be announced now")),
        "",
        (Action(gettext(N_("Back to the notice")), paper_url(notice["_id"])),),
    )
    page = DraftPage(
        title=gettext(_TITLE), form=asked.form, rows=(("number", "dated"), ("term_first", "certificate_prefix")),
        choices=choices, choices_title=gettext(N_("Bases of the notice")), form_title=gettext(N_("Number and dates")),
        action=url_for("publication.draft_announcement", id=notice["_id"]), cancel_url=paper_url(notice["_id"]),
        about=(
            Item(gettext(N_("Public notice")), notice["title"], wide=True),
            Item(gettext(N_("Period of the notice")), f"{notice['first_day']:%Y-%m-%d} – {last.isoformat()}"),
        ),
        notes=tuple(Link(f"{row['number']} {row['title']}", paper_url(row["_id"])) for row in announced),
        warning=_running(asked), empty=None if free else empty,
        crumbs=(board_link(notice["round"]), Link(gettext(NoticeKind.PUBLIC_NOTICE.label), paper_url(notice["_id"]))),
    )  # fmt: skip
    return render_template("publication/draft.html", page=page)


def _running(asked: _Asked) -> str:
    last = asked.notice["last_day"].date()
    if today() > last:
        return ""
    return gettext(N_("The public notice runs until %(day)s: announce after it."), day=last.isoformat())


def _choice(raw: Mapping[str, Any], asked: _Asked, problem: str) -> Choice:
    candidate = asked.candidates[raw["_id"]]
    held = tuple(sentence(one) for one in held_back(candidate))
    return Choice(
        str(raw["_id"]), raw["version"], raw["base_name"], application_url(raw["_id"]),
        office_state().county_names.get(raw["county"], raw["county"]), kind_badge(raw["kind"]),
        raw["_id"] in asked.chosen and not held, about=listed(missing_indicators(raw)), held=held,
        needs_reason=not candidate.meets and not held, reason=request.form.get(f"{_REASON}{raw['_id']}", ""),
        problem=problem,
    )  # fmt: skip


def _preview_page(asked: _Asked, preview: AnnouncementPreview) -> ResponseReturnValue:
    form, chosen = asked.form, set(asked.chosen)
    out = [raw["base_name"] for raw in asked.applications if raw["_id"] not in chosen]
    warnings = []
    if out:
        warnings.append(gettext(N_("Not in this announcement: %(names)s."), names=listed(out)))
    for one, reason in asked.reasons.items():
        sentence_ = N_("%(name)s does not meet every indicator; the reason kept: %(reason)s")
        warnings.append(gettext(sentence_, name=asked.candidates[one].name, reason=reason))
    facts = (
        Fact(gettext(N_("Document number")), preview.text.number),
        Fact(gettext(N_("Term")), f"{preview.term_first.isoformat()} – {preview.term_last.isoformat()}"),
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
    identity = asked.notice["_id"]
    page = PreviewPage(
        title=gettext(N_("Preview of the announcement")), text=preview.text, facts=facts, warnings=tuple(warnings),
        consequences=consequences, action=url_for("publication.announce", id=identity), button=gettext(N_("Announce")),
        back_action=url_for("publication.draft_announcement", id=identity),
        carried=(*carried(request.form), ("seen", digest_of(preview.text))), cancel_url=paper_url(identity),
        crumbs=(board_link(asked.notice["round"]), Link(gettext(NoticeKind.PUBLIC_NOTICE.label), paper_url(identity))),
    )  # fmt: skip
    return render_template("publication/preview.html", page=page)
