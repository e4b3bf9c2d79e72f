"""The public notice: choose, preview exactly as it will read, open (Art. 12)."""

from collections.abc import Collection
from dataclasses import dataclass

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.publication.results import missing_indicators
from admin_views.publication.shared import (
    application_url,
    asked_round,
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
from admin_views.shared.view_models import Action, Empty, Fact
from documents.applications.application import Application
from forms.publication import NoticeForm
from forms.sentences import show_refusals
from rules.access import Permission
from rules.applications import Stage
from rules.errors import Problem, Refused, Stale
from rules.words import N_
from services.applications.rounds import KeptRound
from services.assessment.rule_sets import read_edition
from services.publication import notice as service
from services.publication.board import at_stages
from services.publication.notice import NoticePreview, last_contact, preview_notice

_TITLE = N_("Prepare the public notice")
_CHANGED = N_("The notice would read differently now: please look at it once more.")


@dataclass(frozen=True)
class _Asked:
    """A round, and the form as it stands."""

    one: KeptRound
    round_id: ObjectId
    form: NoticeForm
    chosen: Collection[ObjectId]


def _asked() -> _Asked:
    one = asked_round()
    assert one.id is not None
    if request.method == "POST":
        return _Asked(one, one.id, NoticeForm.typed(request.form), ticked(request.form))
    days = read_edition(one.rule_set, current_actor()).measures.notice_working_days
    selected = at_stages(one.id, (Stage.SELECTED,), actor=current_actor())
    return _Asked(
        one, one.id, NoticeForm.begun(last_contact(), today(), days), {raw["_id"] for raw in selected}
    )


@publication.route("/notices/new/", methods=["GET", "POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def choose() -> ResponseReturnValue:
    """Choose among the selected applications and type the notice's particulars; then show how it will read."""
    asked = _asked()
    if request.method == "POST" and not request.form.get("back") and asked.form.validate():
        try:
            return _preview_page(asked, _preview(asked))
        except Refused as problem:
            return _refused(asked, problem)
    return _form_page(asked), 422 if asked.form.errors else 200


def _preview(asked: _Asked) -> NoticePreview:
    draft = asked.form.draft(asked.round_id)
    return preview_notice(draft, asked.chosen, actor=current_actor(), today=today())


@publication.route("/notices/open/", methods=["POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def open_notice() -> ResponseReturnValue:
    """Open the notice that was previewed; a change meanwhile leads back to the form."""
    asked = _asked()
    if not asked.form.validate():
        return _form_page(asked), 422
    try:
        if digest_of(_preview(asked).text) != request.form.get("seen"):
            raise Stale(_CHANGED)
        notice = service.open_notice(
            asked.form.draft(asked.round_id), versions_sent(request.form, asked.chosen), actor=current_actor(),
            now=now(), today=today(),
        )  # fmt: skip
    except (Refused, Stale) as problem:
        there = _on_one_notice(asked.chosen)
        if there is None:
            return _refused(asked, problem)
        flash(gettext(N_("These bases are on public notice already: this is the notice.")), "warning")
        return redirect(paper_url(there), 303)
    flash(gettext(N_("The public notice is opened; its list is frozen.")), "success")
    return redirect(paper_url(notice), 303)


def _on_one_notice(chosen: Collection[ObjectId]) -> ObjectId | None:
    """Return the notice that holds all of these already; None when there is none such."""
    found = {raw.get("notice") for raw in Application.of_ids(chosen)}
    return found.pop() if len(found) == 1 else None


def _refused(asked: _Asked, problem: Problem) -> ResponseReturnValue:
    show_refusals(asked.form, problem)
    return _form_page(asked), 409 if isinstance(problem, Stale) else 422


# --- Pages ---------------------------------------------------------------------------------------


def _form_page(asked: _Asked) -> str:
    names = office_state().county_names
    found = at_stages(asked.round_id, (Stage.SELECTED,), actor=current_actor())
    choices = tuple(
        Choice(
            str(raw["_id"]), raw["version"], raw["base_name"], application_url(raw["_id"]),
            names.get(raw["county"], raw["county"]), kind_badge(raw["kind"]), raw["_id"] in asked.chosen,
            about=listed(missing_indicators(raw)),
        )
        for raw in found
    )  # fmt: skip
    back = url_for("publication.index", round=asked.round_id)
    empty = Empty(
        gettext(N_("No application waits for a notice")),
        gettext(N_("Decide the preliminary result first; what is selected comes here.")),
        (
            Action(
                gettext(N_("Preliminary result")),
                url_for("publication.results", round=asked.round_id),
                "primary",
            ),
            Action(gettext(N_("Back to the board")), back),
        ),
    )
    page = DraftPage(
        title=f"{gettext(_TITLE)} · {asked.one.name}", form=asked.form,
        rows=(("first_day", "working_days"), ("telephone", "email"), ("address", "postcode")),
        choices=choices, choices_title=gettext(N_("Applications selected for the notice")),
        form_title=gettext(N_("Period and contact lines")),
        action=url_for("publication.choose", round=asked.round_id), cancel_url=back,
        empty=None if choices else empty, crumbs=(board_link(asked.round_id),),
    )  # fmt: skip
    return render_template("publication/draft.html", page=page)


def _preview_page(asked: _Asked, preview: NoticePreview) -> ResponseReturnValue:
    last, warnings = preview.last_day, []
    if last.provisional:
        years = listed(str(year) for year in last.missing_years)
        sentence = N_(
            "There is no calendar of %(years)s yet: Monday to Friday were counted, and the last day is provisional."
        )
        warnings.append(gettext(sentence, years=years))
    period = f"{preview.first_day.isoformat()} – {last.day.isoformat()}"
    facts = (
        Fact(gettext(N_("Period of the notice")), period),
        Fact(gettext(N_("Length of the notice")), str(preview.working_days), gettext(N_("working days"))),
        Fact(gettext(N_("Bases")), str(len(asked.chosen))),
    )
    consequences = [
        gettext(N_("The list is frozen as it stands here, and can no longer be edited.")),
        gettext(N_("Anyone may read the notice from %(day)s on."), day=preview.first_day.isoformat()),
    ]
    page = PreviewPage(
        title=gettext(N_("Preview of the public notice")), text=preview.text, facts=facts, warnings=tuple(warnings),
        consequences=tuple(consequences), action=url_for("publication.open_notice", round=asked.round_id),
        button=gettext(N_("Open the public notice")), back_action=url_for("publication.choose", round=asked.round_id),
        carried=(*carried(request.form), ("seen", digest_of(preview.text))),
        cancel_url=url_for("publication.index", round=asked.round_id), crumbs=(board_link(asked.round_id),),
    )  # fmt: skip
    return render_template("publication/preview.html", page=page)
