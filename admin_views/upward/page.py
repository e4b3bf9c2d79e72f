"""One upward recommendation: its letter and outcome, the figures frozen beside it, its files (Art. 17)."""

from collections.abc import Mapping, Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from admin_views.assessment.labels import amount_words
from admin_views.shared.files import (
    file_items,
    keep_sent,
    remove_slot_file,
    said_of_upload,
    send_slot_file,
    upload_to,
)
from admin_views.shared.guard import current_actor
from admin_views.shared.history import history_entries, name_of
from admin_views.shared.request_context import asked_id, office_state, shown_moment
from admin_views.shared.view_models import Action, Fact, Item
from admin_views.upward.labels import TITLE, crumbs, may_decide, met_label, outcome_badge, show_url
from admin_views.upward.view_models import FilePart, FrozenLine, UpwardPage
from documents.applications.application import FrozenAssessment
from documents.records.attachment import StoredAttachment
from documents.upward.recommendation import COLLECTION, LETTER, OUTCOME, StoredRecommendation
from rules.choices import ServiceFunction
from rules.errors import Missing
from rules.rule_sets.measures import Level
from rules.upward import UpwardOutcome
from rules.words import N_
from services.shared.files import files_by_slot
from services.upward.letter import may_read_letter
from services.upward.recommendations import level_of, outcome_of, read_recommendation

_SLOTS: Mapping[str, str] = {LETTER: N_("Letter"), OUTCOME: N_("Paper of the outcome")}
_HISTORY_ROWS = 20


def show() -> ResponseReturnValue:
    """Show one recommendation."""
    recommendation = read_recommendation(asked_id(), current_actor())
    files = files_by_slot(COLLECTION, recommendation["_id"], current_actor())
    frozen = _frozen_by_level(recommendation)
    page = UpwardPage(
        title=recommendation["base_name"],
        kind=" · ".join((gettext(TITLE), office_state().county_names.get(recommendation["county"], ""))),
        state=outcome_badge(recommendation["outcome"]),
        facts=_facts(recommendation, frozen[level_of(recommendation)]),
        items=_items(recommendation),
        parts=tuple(_file_part(recommendation, slot, files.get(slot, ())) for slot in _SLOTS),
        levels=_frozen_heads(frozen),
        lines=_frozen_lines(frozen),
        frozen_note=_frozen_note(frozen),
        actions=_actions(recommendation),
        history=history_entries(COLLECTION, recommendation["_id"], most=_HISTORY_ROWS),
        crumbs=crumbs(),
    )
    return render_template("upward/page.html", page=page)


def _facts(recommendation: StoredRecommendation, frozen: FrozenAssessment | None) -> tuple[Fact, ...]:
    verdict, tone = gettext(N_("Not entered yet")), ""
    if frozen is not None:
        verdict, tone = met_label(frozen["meets"]), "met" if frozen["meets"] else "near"
    dated = f"{recommendation['dated']:%Y-%m-%d}"
    facts = [
        Fact(gettext(N_("Level")), gettext(level_of(recommendation).label)),
        Fact(gettext(N_("Year")), str(recommendation["year"])),
        Fact(gettext(N_("Number of the letter")), recommendation.get("number") or "—", note=dated),
        Fact(gettext(N_("Its level's figures")), verdict, tone=tone, url="#frozen"),
    ]
    if recommendation.get("outcome_on"):
        day, number = f"{recommendation['outcome_on']:%Y-%m-%d}", recommendation.get("outcome_number") or ""
        facts.append(Fact(gettext(N_("Date of the outcome")), day, note=number))
    return tuple(facts)


def _items(recommendation: StoredRecommendation) -> tuple[Item, ...]:
    base = Markup('<a href="%s">%s</a>') % (
        url_for("bases.details_view", id=recommendation["base"]),
        gettext(N_("The base's record")),
    )
    created = f"{name_of(recommendation.get('created_by'))} {shown_moment(recommendation.get('created_at'))}"
    return (
        Item(gettext(N_("Base")), base),
        Item(gettext(N_("Taken down by")), created.strip()),
        Item(gettext(N_("Remark")), recommendation.get("remark"), wide=True),
    )


def _file_part(
    recommendation: StoredRecommendation, slot: str, files: Sequence[StoredAttachment]
) -> FilePart:
    may, recommendation_id = may_decide(), recommendation["_id"]
    upload = upload_to(url_for("upward.add_file", id=recommendation_id, slot=slot)) if may else None
    return FilePart(
        gettext(_SLOTS[slot]), file_items("upward", files, removable=may, id=recommendation_id), upload
    )


def _actions(recommendation: StoredRecommendation) -> tuple[Action, ...]:
    letter: tuple[Action, ...] = ()
    if may_read_letter(recommendation, current_actor()):
        of_letter = ((N_("Letter (Word)"), "letter_docx"), (N_("Letter (PDF)"), "letter_pdf"))
        letter = tuple(
            Action(gettext(label), url_for(f"upward.{endpoint}", id=recommendation["_id"]), icon="download")
            for label, endpoint in of_letter
        )
    return (*letter, *_steps(recommendation))


def _steps(recommendation: StoredRecommendation) -> tuple[Action, ...]:
    outcome = outcome_of(recommendation)
    if not may_decide() or outcome is UpwardOutcome.ENDED:
        return ()
    edit, decide = (url_for(f"upward.{name}", id=recommendation["_id"]) for name in ("edit", "decide"))
    if outcome is not UpwardOutcome.PENDING:
        return (Action(gettext(N_("Correct the outcome …")), decide, "plain", "check"),)
    return (
        Action(gettext(N_("Correct")), edit, icon="edit"),
        Action(gettext(N_("Record the outcome …")), decide, "primary", "check"),
    )


# --- The figures frozen beside -------------------------------------------------------------------------


def _frozen_by_level(recommendation: StoredRecommendation) -> dict[Level, FrozenAssessment | None]:
    assessment = recommendation.get("assessment") or {}
    return {level: assessment.get(level.value) for level in Level}


def _any_frozen(by_level: Mapping[Level, FrozenAssessment | None]) -> FrozenAssessment | None:
    """Return the assessment under any level: what there is in the base is the same in all."""
    return next((frozen for frozen in by_level.values() if frozen), None)


def _frozen_heads(by_level: Mapping[Level, FrozenAssessment | None]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (gettext(level.label), frozen["rule_title"] if frozen else gettext(N_("Not entered yet")))
        for level, frozen in by_level.items()
    )


def _frozen_note(by_level: Mapping[Level, FrozenAssessment | None]) -> str:
    frozen = _any_frozen(by_level)
    if frozen is None:
        return gettext(N_("No figures were kept with this recommendation."))
    sentence = N_("As counted on %(day)s for %(year)s; later changes of the records do not change it.")
    return str(gettext(sentence, day=f"{frozen['as_of']:%Y-%m-%d}", year=frozen["year"]))


def _frozen_lines(by_level: Mapping[Level, FrozenAssessment | None]) -> tuple[FrozenLine, ...]:
    frozen = _any_frozen(by_level)
    if frozen is None:
        return ()
    lines = []
    for place, indicator in enumerate(frozen["indicators"]):
        cells = tuple(_indicator_cell(frozen, place) for frozen in by_level.values())
        counted = (
            "" if indicator["key"] == "functions" else amount_words(indicator["actual"], indicator["unit"])
        )
        label = indicator["label"]
        lines.append(FrozenLine(gettext(label), counted, cells))
    functions = {function.value: function.label for function in ServiceFunction}
    for place, result in enumerate(frozen["functions"]):
        label = functions.get(result["function"], result["function"])
        cells = tuple(_function_cell(frozen, place) for frozen in by_level.values())
        lines.append(FrozenLine("　" + gettext(label), "", cells))
    verdicts = tuple(
        ("", bool(frozen["meets"]), _met(frozen["meets"])) if frozen else None for frozen in by_level.values()
    )
    lines.append(FrozenLine(gettext(N_("Verdict")), "", verdicts, strong=True))
    return tuple(lines)


def _met(met: bool) -> str:
    return str(gettext(N_("Met")) if met else gettext(N_("Not met")))


def _indicator_cell(frozen: FrozenAssessment | None, place: int) -> tuple[str, bool, str] | None:
    if frozen is None:
        return None
    indicator = frozen["indicators"][place]
    verdict = _met(indicator["met"])
    if indicator["key"] == "functions":
        verdict = f"{verdict} · {frozen['functions_met']}/8"
    return f"≥ {amount_words(indicator['required'], indicator['unit'])}", bool(indicator["met"]), verdict


def _function_cell(frozen: FrozenAssessment | None, place: int) -> tuple[str, bool, str] | None:
    if frozen is None:
        return None
    met = frozen["functions"][place]["met"]
    return "", bool(met), _met(met)


# --- Files -------------------------------------------------------------------------------------------


def add_file() -> ResponseReturnValue:
    """Keep the letter, or the paper of the outcome."""
    recommendation = read_recommendation(asked_id(), current_actor())
    slot = request.args.get("slot", "")
    if slot not in _SLOTS:
        raise Missing()
    said_of_upload(keep_sent(COLLECTION, recommendation["_id"], slot))
    return redirect(show_url(recommendation["_id"]) + "#files", 303)


def remove_file() -> ResponseReturnValue:
    """Take a file from a recommendation."""
    return redirect(show_url(remove_slot_file((COLLECTION,))) + "#files", 303)


def download_file() -> ResponseReturnValue:
    """Send a file as a download."""
    return send_slot_file((COLLECTION,))
