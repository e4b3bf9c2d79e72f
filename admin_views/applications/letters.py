"""Letters of recommendation: choose, preview exactly as it will read, issue; then the letter and its files."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.letter_form import LetterChoice, form_page, not_together, read_choice
from admin_views.applications.shared import attempt, crumbs, page_url
from admin_views.applications.view_models import LetterPage, LetterPreviewPage, LetterRow, LettersPage
from admin_views.shared.exporting import send_written
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, office_state, today
from admin_views.shared.slot_files import parse_object_id
from admin_views.shared.view_models import Action, Empty, Fact, Link
from documents.applications.application import Application
from documents.applications.letter import Letter
from forms.applications import LetterForm
from forms.sentences import sentence
from office.papers.paper_text import PaperText
from office.papers.render import render_paper
from office.tables.lists_of_bases import write_recommendation_summary
from rules.access import Permission
from rules.errors import Refused
from rules.papers import PaperKind
from rules.words import N_
from services.applications.recommendation import (
    LetterDraft,
    chosen_applications,
    county_office,
    preview_letter,
    read_letter,
    recommend,
    recommended_base,
)
from services.applications.rounds import read_round
from services.publication.paper_templates import template_for

TITLE = N_("Letters of recommendation")
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MOST_LETTERS = 200


# --- Drawing one up --------------------------------------------------------------------------------


@needs(Permission.REVIEW_APPLICATIONS)
def draw_up() -> ResponseReturnValue:
    """Choose what is recommended; show the letter as it will read; issue it."""
    given = request.args if request.method == "GET" else request.form
    choice, step = read_choice(given), request.form.get("action")
    chosen_applications(choice.ids, current_actor())  # another county's is as good as absent
    if request.method == "GET":
        return form_page(choice, LetterForm(data={"dated": today()}))
    if step == "choose":  # ticked in the list of applications
        apart = not_together(choice)
        return form_page(choice, LetterForm(data={"dated": today()}), apart, 422 if apart else 200)
    form = LetterForm(request.form)
    if step not in ("preview", "issue") or not form.validate():
        return form_page(choice, form, status=200 if step == "edit" else 422)
    draft = LetterDraft(choice.round_of_chosen(), form.number.data, form.dated.data)
    made: list[Any] = []
    if step == "preview":
        refused, stale = attempt(
            lambda: made.append(preview_letter(draft, choice.ids, actor=current_actor(), today=today()))
        )
    else:
        refused, stale = attempt(
            lambda: made.append(
                recommend(draft, choice.versions, actor=current_actor(), now=now(), today=today())
            )
        )
    if refused:
        return form_page(choice, form, refused, 409 if stale else 422)
    if step == "preview":
        return _preview(made[0], choice)
    flash(gettext(N_("The letter %(number)s was issued."), number=draft.number), "success")
    return redirect(url_for("applications.letter", text=made[0]), 303)


def _preview(text: PaperText, choice: LetterChoice) -> ResponseReturnValue:
    carried = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in ("csrf_token", "action")
    ]
    page = LetterPreviewPage(
        title=gettext(N_("Preview of the letter")),
        text=text,
        action=url_for("applications.recommend"),
        hidden=tuple(carried),
        count=len(choice.ids),
        crumbs=crumbs(),
    )
    return render_template("applications/letter_preview.html", page=page)


# --- Reading them ------------------------------------------------------------------------------------


@needs(Permission.READ)
def letters() -> ResponseReturnValue:
    """Show the letters in the actor's scope, the latest first."""
    actor, names = current_actor(), office_state().county_names
    own = [actor.county] if actor.county else []
    found = Letter.objects.having("county", own).order_by("-dated", "-id").limit(_MOST_LETTERS).as_pymongo()
    rows = tuple(_row(raw, names) for raw in found)
    actions: tuple[Action, ...] = ()
    if actor.may(Permission.REVIEW_APPLICATIONS):
        actions = (Action(gettext(N_("New letter")), url_for("applications.recommend"), "primary", "plus"),)
    empty = Empty(
        gettext(N_("No letter yet")),
        gettext(N_("What passed the county review is recommended to the city by a letter with its number.")), actions,
    )  # fmt: skip
    page = LettersPage(rows, actions, None if rows else empty, crumbs=crumbs())
    return render_template("applications/letters.html", page=page)


def _row(raw: Mapping[str, Any], names: Mapping[str, str]) -> LetterRow:
    listed = "、".join(one["base_name"] for one in raw["entries"])
    return LetterRow(
        raw["number"], url_for("applications.letter", text=raw["_id"]), names.get(raw["county"], ""),
        raw.get("round_name", ""), f"{raw['dated']:%Y-%m-%d}", listed, len(raw["entries"]),
    )  # fmt: skip


def _asked(text: str) -> dict[str, Any]:
    return read_letter(parse_object_id(text), current_actor())


@needs(Permission.READ)
def letter(text: str) -> ResponseReturnValue:
    """Show one letter as it reads, with its files."""
    raw = _asked(text)
    facts = (
        Fact(gettext(N_("County")), office_state().county_names.get(raw["county"], "")),
        Fact(gettext(N_("Round")), raw.get("round_name", ""), url=url_for("rounds.show", text=raw["round"])),
        Fact(gettext(N_("Dated")), f"{raw['dated']:%Y-%m-%d}"),
        Fact(gettext(N_("Recommended")), str(len(raw["entries"])), gettext(N_("bases"))),
        Fact(gettext(N_("Entered by")), raw.get("made_by", "")),
    )
    actions = (
        Action(
            gettext(N_("Word file")), url_for("applications.letter_docx", text=raw["_id"]), icon="download"
        ),
        Action(
            gettext(N_("Summary table (Excel)")),
            url_for("applications.letter_xlsx", text=raw["_id"]),
            icon="sheet",
        ),
    )
    page = LetterPage(
        title=raw["number"],
        text=PaperText.from_stored(raw["text"]),
        facts=facts,
        entries=tuple(Link(one["base_name"], page_url(one["application"])) for one in raw["entries"]),
        actions=actions,
        crumbs=(*crumbs(), Link(gettext(TITLE), url_for("applications.letters"))),
    )
    return render_template("applications/letter.html", page=page)


@needs(Permission.EXPORT)
def letter_docx(text: str) -> ResponseReturnValue:
    """Send the letter as a Word file, from the office's own template where there is one."""
    raw = _asked(text)
    try:
        data = render_paper(PaperText.from_stored(raw["text"]), template_for(PaperKind.RECOMMENDATION))
    except Refused as problem:
        flash(sentence(problem.refusals[0]), "error")
        return redirect(url_for("applications.letter", text=raw["_id"]), 303)
    answer: Response = send_file(
        BytesIO(data), mimetype=_DOCX, as_attachment=True, download_name=f"推荐函 {raw['number']}.docx"
    )
    return answer


@needs(Permission.EXPORT)
def letter_xlsx(text: str) -> ResponseReturnValue:
    """Send the summary table of the letter as a workbook."""
    raw = _asked(text)
    names = office_state().county_names
    found = {
        one["_id"]: one for one in Application.of_ids([entry["application"] for entry in raw["entries"]])
    }
    bases = [
        recommended_base(found[entry["application"]], names.get(raw["county"], raw["county"]))
        for entry in raw["entries"]
        if entry["application"] in found
    ]
    year = read_round(raw["round"]).year
    office = county_office(raw["county"], names.get(raw["county"], raw["county"]))
    return send_written(
        lambda path: write_recommendation_summary(
            path, year, bases, county_office=office, number=raw["number"]
        ),
        f"推荐汇总表 {raw['number']}.xlsx",
    )


ROUTES = (
    ("/recommend/", "recommend", draw_up, ("GET", "POST")),
    ("/letters/", "letters", letters, ("GET",)),
    ("/letters/<text>/", "letter", letter, ("GET",)),
    ("/letters/<text>/docx/", "letter_docx", letter_docx, ("GET",)),
    ("/letters/<text>/xlsx/", "letter_xlsx", letter_xlsx, ("GET",)),
)
