"""The form of a letter of recommendation: which applications of which county and round, number and date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from admin_views.applications.labels import kind_word, waiting_words
from admin_views.applications.shared import crumbs, page_url, put_beside
from admin_views.applications.view_models import Candidate, LetterFormPage
from admin_views.assessment.view_models import Tab
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import office_state
from admin_views.shared.slot_files import parse_object_id
from admin_views.shared.view_models import Action, Empty, Link, toned
from documents.applications.application import Application
from forms.applications import LetterForm
from forms.sentences import sentence
from rules.applications import Stage
from rules.errors import Refusal
from rules.words import N_
from services.applications.recommendation import county_office

_MOST = 200  # of one round and county
_KEYS = (
    "base_name", "operator", "county", "round", "round_name", "kind", "stage", "open", "since", "version",
    "review.opinion", "submission.assessment.meets",
)  # fmt: skip
_ORDER = (("county", 1), ("sort_key", 1), ("_id", 1))


@dataclass(frozen=True)
class LetterChoice:
    """What the address or the form asks for: round and county ("" for the first there is), the ticked applications."""

    round: str
    county: str
    versions: Mapping[ObjectId, int]
    sent: bool  # a form was sent: what it does not tick is not chosen

    @property
    def ids(self) -> list[ObjectId]:
        """The ticked applications."""
        return list(self.versions)

    def round_of_chosen(self) -> ObjectId:
        """Return the round that the letter is of. Raises Missing."""
        return parse_object_id(self.round)


def read_choice(given: MultiDict[str, str]) -> LetterChoice:
    """Read the choice. Raises Missing for an id that is none."""
    ids = [parse_object_id(text) for text in given.getlist("id")]
    versions = {one: given.get(f"version-{one}", type=int) or 0 for one in ids}
    county = current_actor().county or given.get("county", "")
    return LetterChoice(given.get("round", ""), county, versions, bool(ids) or "action" in given)


def not_together(choice: LetterChoice) -> tuple[Refusal, ...]:
    """Return why what was ticked in the list cannot stand in one letter; the form keeps what can."""
    if not choice.versions:
        return (Refusal(N_("Choose at least one application."), field="applications"),)
    rows = _reviewed()
    round_id, county = _place(choice, rows)
    together = {row["_id"] for row in rows if str(row["round"]) == round_id and row["county"] == county}
    if set(choice.versions) <= together:
        return ()
    sentence_ = N_("Left out: what has not passed the county review, or is of another county or round.")
    return (Refusal(sentence_, field="applications"),)


def _reviewed() -> list[dict[str, Any]]:
    found = Application.objects.visible_to(current_actor()).at(Stage.REVIEWED.value)
    return list(found.rows(_KEYS, _ORDER, limit=_MOST))


def form_page(
    choice: LetterChoice, form: LetterForm, refusals: Sequence[Refusal] = (), status: int = 200
) -> ResponseReturnValue:
    """Show the form; what was typed and ticked stays, the versions are those of now."""
    rows = _reviewed()
    round_id, county = _place(choice, rows)
    shown = [row for row in rows if str(row["round"]) == round_id and row["county"] == county]
    form.form_errors += [sentence(one) for one in put_beside(form, refusals)]
    names = office_state().county_names
    page = LetterFormPage(
        title=gettext(N_("New letter")),
        form=form,
        action=url_for("applications.recommend"),
        candidates=tuple(_candidate(row, choice) for row in shown),
        rounds=_round_tabs(rows, round_id),
        counties=_county_tabs(rows, round_id, county),
        hidden=(("round", round_id), ("county", county)),
        office=county_office(county, names.get(county, county)) if county else "",
        empty=None if shown else _empty(),
        cancel_url=url_for("applications.index_view"),
        crumbs=(*crumbs(), Link(gettext(N_("Letters of recommendation")), url_for("applications.letters"))),
    )
    return render_template("applications/letter_form.html", page=page), status


def _place(choice: LetterChoice, rows: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Return round and county: of the first ticked one, as asked for, else of the first there is."""
    ticked = next((row for row in rows if row["_id"] in choice.versions), None)
    if ticked:
        return str(ticked["round"]), str(ticked["county"])
    rounds = [str(row["round"]) for row in rows]
    round_id = choice.round if choice.round in rounds or not rounds else rounds[0]
    counties = [row["county"] for row in rows if str(row["round"]) == round_id]
    county = choice.county if choice.county in counties or not counties else counties[0]
    return round_id, str(county)


def _candidate(row: Mapping[str, Any], choice: LetterChoice) -> Candidate:
    meets = row.get("submission", {}).get("assessment", {}).get("meets")
    verdict = toned(gettext(N_("Met")), "met") if meets else toned(gettext(N_("Not all met")), "near")
    return Candidate(
        id=str(row["_id"]),
        version=row["version"],
        name=row["base_name"],
        operator=row.get("operator") or "",
        kind=kind_word(row),
        waiting=waiting_words(row),
        verdict=verdict,
        opinion=row.get("review", {}).get("opinion", ""),
        url=page_url(row["_id"]),
        chosen=row["_id"] in choice.versions if choice.sent else True,
    )


def _round_tabs(rows: Sequence[Mapping[str, Any]], present: str) -> tuple[Tab, ...]:
    found = {str(row["round"]): row["round_name"] for row in rows}
    if len(found) < 2:
        return ()
    return tuple(
        Tab(label, url_for("applications.recommend", round=value), value == present)
        for value, label in found.items()
    )


def _county_tabs(rows: Sequence[Mapping[str, Any]], round_id: str, county: str) -> tuple[Tab, ...]:
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
