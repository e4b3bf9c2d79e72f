"""Letters of recommendation: choose, preview exactly as it will read, issue; the list, the letter and its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from admin_views.applications.labels import kind_label, waiting_label
from admin_views.applications.list import APPLICATION_LIST
from admin_views.applications.shared import crumbs, page_url
from admin_views.applications.view_models import (
    LetterCandidate,
    LetterFormPage,
    LetterPage,
    LetterPreviewPage,
    LetterRow,
    LettersPage,
)
from admin_views.assessment.view_models import Tab
from admin_views.publication.labels import missing_indicators
from admin_views.shared.exporting import send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of
from admin_views.shared.papers import send_docx, send_pdf
from admin_views.shared.request_context import now, office_state, parse_object_id, today
from admin_views.shared.requests.sent_forms import NOT_TYPED
from admin_views.shared.view_models import Action, Empty, Fact, Link, toned
from documents.applications.application import Application, StoredApplication
from documents.applications.letter import Letter, StoredLetter
from forms.applications import LetterForm
from forms.sentences import put_beside, sentence
from office.papers.paper_text import PaperText
from office.tables.lists_of_bases import recommendation_summary
from rules.access import Permission
from rules.applications import Stage, Verb
from rules.errors import Refusal, Refused, Stale
from rules.shortfalls import FAILING_REASON, MOST_FAILING_REASON
from rules.words import N_
from services.applications.recommendation import (
    LetterDraft,
    chosen_applications,
    county_office,
    preview_letter,
    recommend,
    recommended_base,
)
from services.applications.rounds import read_round
from services.applications.steps import last_step

TITLE = N_("Letters of recommendation")
_MOST_LETTERS = 200
_MOST_CANDIDATES = 200
# What the form of a letter reads of each application.
_KEYS = (
    "base_name", "operator", "county", "round", "round_name", "kind", "stage", "open", "since", "version",
    "review.opinion", "submission.assessment", "steps.verb", "steps.failing_reason",
)  # fmt: skip
_ORDER = (("county", 1), ("sort_key", 1), ("_id", 1))


# --- Drawing one up --------------------------------------------------------------------------------


@dataclass(frozen=True)
class LetterChoice:
    """What the address or the form asks for: round and county ("" for the first there is), the ticked applications."""

    round: str
    county: str
    versions: Mapping[ObjectId, int]
    is_sent: bool  # a form was sent: what it does not tick is not chosen

    @property
    def ids(self) -> list[ObjectId]:
        """The ticked applications."""
        return list(self.versions)

    def round_of_chosen(self) -> ObjectId:
        """Return the round that the letter is of. Raises Missing."""
        return parse_object_id(self.round)


def draw_up() -> ResponseReturnValue:
    """Choose what is recommended; show the letter as it will read; issue it."""
    sent = request.args if request.method == "GET" else request.form
    choice, action = _read_choice(sent), request.form.get("action")
    chosen_applications(choice.ids, current_actor())  # another county's is as good as absent
    if request.method == "GET":
        return _form_page(choice, LetterForm(data={"dated": today()}))
    if action == "choose":  # ticked in the list of applications
        refusals = _not_together(choice)
        return _form_page(choice, LetterForm(data={"dated": today()}), refusals, 422 if refusals else 200)
    form = LetterForm(request.form)
    if action not in ("preview", "issue") or not form.validate():
        return _form_page(choice, form, status=200 if action == "edit" else 422)
    reasons = {
        application_id: request.form.get(f"{FAILING_REASON}-{application_id}", "")
        for application_id in choice.ids
    }
    draft = LetterDraft(choice.round_of_chosen(), form.number.data, form.dated.data, reasons)
    return _preview(draft, choice, form) if action == "preview" else _issue(draft, choice, form)


def _preview(draft: LetterDraft, choice: LetterChoice, form: LetterForm) -> ResponseReturnValue:
    try:
        text = preview_letter(draft, choice.ids, actor=current_actor(), today=today())
    except Refused as problem:
        return _form_page(choice, form, problem.refusals, 422)
    carried = tuple(
        (name, value) for name, value in request.form.items(multi=True) if name not in (*NOT_TYPED, "action")
    )
    page = LetterPreviewPage(
        title=gettext(N_("Preview of the letter")),
        text=text,
        action=url_for("applications.recommend"),
        hidden=carried,
        count=len(choice.ids),
        crumbs=crumbs(),
    )
    return render_template("applications/letter_preview.html", page=page)


def _issue(draft: LetterDraft, choice: LetterChoice, form: LetterForm) -> ResponseReturnValue:
    try:
        letter_id = recommend(draft, choice.versions, actor=current_actor(), now=now(), today=today())
    except Stale as problem:
        return _form_page(choice, form, problem.refusals, 409)
    except Refused as problem:
        return _form_page(choice, form, problem.refusals, 422)
    flash(gettext(N_("The letter %(number)s was issued."), number=draft.number), "success")
    return redirect(url_for("applications.letter", text=letter_id), 303)


def _read_choice(sent: MultiDict[str, str]) -> LetterChoice:
    """Read the choice. Raises Missing for an id that is none."""
    if sent.get("everything"):  # all that the filters of the list show
        chosen = APPLICATION_LIST.chosen(APPLICATION_LIST.query())
        ids = [row["_id"] for row in chosen.rows(("_id",), _ORDER, limit=_MOST_CANDIDATES)]
    else:
        # The list sends ID.VERSION; the letter's own form sends the version beside.
        ids = [parse_object_id(text.partition(".")[0]) for text in sent.getlist("id")]
    versions = {
        application_id: sent.get(f"version-{application_id}", type=int) or 0 for application_id in ids
    }
    county = current_actor().county or sent.get("county", "")
    return LetterChoice(sent.get("round", ""), county, versions, bool(ids) or "action" in sent)


def _not_together(choice: LetterChoice) -> tuple[Refusal, ...]:
    """Return why what was ticked in the list cannot stand in one letter; the form keeps what can."""
    if not choice.versions:
        return (Refusal(N_("Choose at least one application."), field="applications"),)
    rows = _reviewed()
    round_id, county = _place(choice, rows)
    together = {row["_id"] for row in rows if str(row["round"]) == round_id and row["county"] == county}
    if set(choice.versions) <= together:
        return ()
    left_out = N_("Left out: what has not passed the county review, or is of another county or round.")
    return (Refusal(left_out, field="applications"),)


def _reviewed() -> list[StoredApplication]:
    reviewed = Application.objects.visible_to(current_actor()).at(Stage.REVIEWED.value)
    return list(reviewed.rows(_KEYS, _ORDER, limit=_MOST_CANDIDATES))


def _form_page(
    choice: LetterChoice, form: LetterForm, refusals: Sequence[Refusal] = (), status: int = 200
) -> ResponseReturnValue:
    """Show the form; what was typed and ticked stays, the versions are those of now."""
    rows = _reviewed()
    round_id, county = _place(choice, rows)
    shown = [row for row in rows if str(row["round"]) == round_id and row["county"] == county]
    beside = {f"{FAILING_REASON}-{row['_id']}" for row in shown}
    others = [refusal for refusal in put_beside(form, refusals) if refusal.field not in beside]
    reasons_wanted = [refusal for refusal in refusals if refusal.field in beside]
    form.form_errors += [sentence(refusal) for refusal in (*others, *reasons_wanted)]
    names = office_state().county_names
    page = LetterFormPage(
        title=gettext(N_("New letter")),
        form=form,
        action=url_for("applications.recommend"),
        candidates=tuple(_candidate(row, choice, reasons_wanted) for row in shown),
        rounds=_round_tabs(rows, round_id),
        counties=_county_tabs(rows, round_id, county),
        hidden=(("round", round_id), ("county", county)),
        most_failing=MOST_FAILING_REASON,
        office=county_office(county, names.get(county, county)) if county else "",
        empty=None if shown else _empty(),
        cancel_url=url_for("applications.index_view"),
        crumbs=(*crumbs(), Link(gettext(TITLE), url_for("applications.letters"))),
    )
    return render_template("applications/letter_form.html", page=page), status


def _place(choice: LetterChoice, rows: Sequence[StoredApplication]) -> tuple[str, str]:
    """Return round and county: of the first ticked one, as asked for, else of the first there is."""
    ticked = next((row for row in rows if row["_id"] in choice.versions), None)
    if ticked:
        return str(ticked["round"]), str(ticked["county"])
    rounds = [str(row["round"]) for row in rows]
    round_id = choice.round if choice.round in rounds or not rounds else rounds[0]
    counties = [row["county"] for row in rows if str(row["round"]) == round_id]
    county = choice.county if choice.county in counties or not counties else counties[0]
    return round_id, str(county)


def _candidate(
    row: StoredApplication, choice: LetterChoice, reasons_wanted: Sequence[Refusal]
) -> LetterCandidate:
    failing, name = missing_indicators(row), f"{FAILING_REASON}-{row['_id']}"
    verdict = toned(gettext(N_("Not all met")), "near") if failing else toned(gettext(N_("Met")), "met")
    passed = last_step(row, Verb.PASS)
    reason = passed.get("failing_reason", "") if passed else ""
    return LetterCandidate(
        id=str(row["_id"]),
        version=row["version"],
        name=row["base_name"],
        operator=row.get("operator") or "",
        kind=kind_label(row),
        waiting=waiting_label(row),
        verdict=verdict,
        opinion=row.get("review", {}).get("opinion", ""),
        url=page_url(row["_id"]),
        chosen=row["_id"] in choice.versions if choice.is_sent else True,
        failing=failing,
        reason=request.form.get(name, reason),
        problem=" ".join(sentence(refusal) for refusal in reasons_wanted if refusal.field == name),
    )


def _round_tabs(rows: Sequence[StoredApplication], round_id: str) -> tuple[Tab, ...]:
    names = {str(row["round"]): row["round_name"] for row in rows}
    if len(names) < 2:
        return ()
    return tuple(
        Tab(label, url_for("applications.recommend", round=value), value == round_id)
        for value, label in names.items()
    )


def _county_tabs(rows: Sequence[StoredApplication], round_id: str, county: str) -> tuple[Tab, ...]:
    counts: dict[str, int] = {}
    for row in rows:
        if str(row["round"]) == round_id:
            counts[row["county"]] = counts.get(row["county"], 0) + 1
    if current_actor().county is not None or not counts:
        return ()
    return tuple(
        Tab(
            f"{short} {counts[code]}",
            url_for("applications.recommend", round=round_id, county=code),
            code == county,
        )
        for code, _, short in office_state().counties
        if code in counts
    )


def _empty() -> Empty:
    return Empty(
        gettext(N_("Nothing to recommend")),
        gettext(N_("Applications that have passed the county review stand here until a letter recommends them.")),
        (Action(gettext(N_("Applications under review")),
                url_for("applications.index_view", stage=Stage.SUBMITTED.value)),),
    )  # fmt: skip


# --- Reading them ------------------------------------------------------------------------------------


def index() -> ResponseReturnValue:
    """Show the letters in the actor's scope, the latest first."""
    actor, names = current_actor(), office_state().county_names
    rows = tuple(_row(raw, names) for raw in Letter.latest_first(actor, _MOST_LETTERS))
    actions: tuple[Action, ...] = ()
    if actor.may(Permission.REVIEW_APPLICATIONS):
        actions = (Action(gettext(N_("New letter")), url_for("applications.recommend"), "primary", "plus"),)
    empty = Empty(
        gettext(N_("No letter yet")),
        gettext(N_("What passed the county review is recommended to the city by a letter with its number.")), actions,
    )  # fmt: skip
    page = LettersPage(rows, actions, None if rows else empty, crumbs=crumbs())
    return render_template("applications/letters.html", page=page)


def _row(raw: StoredLetter, names: Mapping[str, str]) -> LetterRow:
    listed = "、".join(entry["base_name"] for entry in raw["entries"])
    return LetterRow(
        raw["number"], url_for("applications.letter", text=raw["_id"]), names.get(raw["county"], ""),
        raw.get("round_name", ""), f"{raw['dated']:%Y-%m-%d}", listed, len(raw["entries"]),
    )  # fmt: skip


def _asked(text: str) -> StoredLetter:
    """Return the letter that the address names, in the actor's scope. Raises Missing."""
    return Letter.read(parse_object_id(text), current_actor())


def show(text: str) -> ResponseReturnValue:
    """Show one letter as it reads, with its files."""
    raw = _asked(text)
    facts = (
        Fact(gettext(N_("County")), office_state().county_names.get(raw["county"], "")),
        Fact(gettext(N_("Round")), raw.get("round_name", ""), url=url_for("rounds.show", text=raw["round"])),
        Fact(gettext(N_("Dated")), f"{raw['dated']:%Y-%m-%d}"),
        Fact(gettext(N_("Recommended")), str(len(raw["entries"])), gettext(N_("bases"))),
        Fact(gettext(N_("Entered by")), name_of(raw.get("made_by"))),
    )
    actions = (
        Action(
            gettext(N_("Word file")), url_for("applications.letter_docx", text=raw["_id"]), icon="download"
        ),
        Action(gettext(N_("PDF file")), url_for("applications.letter_pdf", text=raw["_id"]), icon="download"),
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
        entries=tuple(Link(entry["base_name"], page_url(entry["application"])) for entry in raw["entries"]),
        actions=actions,
        crumbs=(*crumbs(), Link(gettext(TITLE), url_for("applications.letters"))),
    )
    return render_template("applications/letter.html", page=page)


def send_letter_docx(text: str) -> ResponseReturnValue:
    """Send the letter as a Word file, from the office's own template where there is one."""
    raw = _asked(text)
    try:
        return send_docx(PaperText.from_stored(raw["text"]), f"推荐函 {raw['number']}")
    except Refused as problem:
        flash(sentence(problem.refusals[0]), "error")
        return redirect(url_for("applications.letter", text=raw["_id"]), 303)


def send_letter_pdf(text: str) -> ResponseReturnValue:
    """Send the letter as PDF."""
    raw = _asked(text)
    try:
        return send_pdf(PaperText.from_stored(raw["text"]), f"推荐函 {raw['number']}")
    except Refused as problem:
        flash(sentence(problem.refusals[0]), "error")
        return redirect(url_for("applications.letter", text=raw["_id"]), 303)


def send_xlsx(text: str) -> ResponseReturnValue:
    """Send the summary table of the letter as a workbook."""
    raw = _asked(text)
    names = office_state().county_names
    county_name = names.get(raw["county"], raw["county"])
    stored = {
        application["_id"]: application
        for application in Application.of_ids([entry["application"] for entry in raw["entries"]])
    }
    bases = [
        recommended_base(stored[entry["application"]], county_name)
        for entry in raw["entries"]
        if entry["application"] in stored
    ]
    year, office = read_round(raw["round"]).year, county_office(raw["county"], county_name)
    table = recommendation_summary(year, bases, county_office=office, number=raw["number"])
    return send_tables([table], f"推荐汇总表 {raw['number']}.xlsx", about=False)
