"""批量录入: a grid in the page, filled by keyboard or from WPS, with the checks of an import beside the cells."""

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.imports.page import declared
from admin_views.imports.trial import offered_answers
from admin_views.imports.view_models import GridPage
from admin_views.imports.week import told_of_rows, week_part
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, office_state
from admin_views.shared.translation import gettext as translated
from admin_views.shared.view_models import Link
from forms.sentences import sentence
from rules.errors import Problem, Refusal, Refused, Stale, Unreadable
from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind
from schema.registry import REGISTRY
from services.imports import grid as service
from services.imports.grid import FIRST_ROW, CheckedGrid
from services.imports.report import Answer, Outcome, RowReport

TITLE = N_("Enter many at once")
_SIGN_WIDTH = 9  # pixels of a character, about
_LEAST_WIDTH, _MOST_WIDTH = 90, 280
_NUMBERS = (Kind.INTEGER, Kind.DECIMAL)
_LISTS = (Kind.REFERENCES, Kind.NAMES, Kind.COOPERATIONS, Kind.CHOICES)
# What cannot stand in a cell: control characters, the other ends of a line, half signs.
_NO_SIGNS = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
_OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.CREATED: (N_("Is added"), "met"), Outcome.UPDATED: (N_("Is changed"), "met"),
    Outcome.UNCHANGED: (N_("Stays as it is"), "dim"), Outcome.REJECTED: (N_("At fault"), "due"),
    Outcome.CONFLICT: (N_("Asks a question"), "near"), Outcome.SKIPPED: ("", "dim"),
}  # fmt: skip
_SIGNED_OUT = N_(
    "You are signed out. Sign in anew in another window, then load this page again: what you typed is kept in this "
    "browser."
)
_STALE = N_("Another window has changed this draft. Load the page again to go on with it.")


def page(kind: str) -> ResponseReturnValue:
    """Show the grid with the clerk's draft in it."""
    declaration = declared(kind)
    draft = service.read_draft(declaration, actor=current_actor())
    label = gettext(declaration.label)
    week = week_part(declaration)
    shown = GridPage(
        title=f"{gettext(TITLE)} · {label}",
        setup=json.dumps(
            {
                "columns": [_column(field, declaration) for field in service.columns_of(declaration)],
                "rows": draft["rows"], "version": draft["version"], "most": service.MOST_ROWS,
                "draft": url_for("imports.grid_draft", kind=kind), "check": url_for("imports.grid_check", kind=kind),
                "write": url_for("imports.grid_write", kind=kind), "words": _words(),
                "begun": week.begun if week else None, "told": told_of_rows(declaration),
            },
            ensure_ascii=False,
        ),
        list_url=url_for(f"{declaration.name}.index_view"),
        import_url=url_for("imports.index", kind=kind),
        crumbs=(Link(label, url_for(f"{declaration.name}.index_view")),),
        week=week,
    )  # fmt: skip
    return render_template("imports/grid.html", page=shown)


def _words() -> dict[str, str]:
    """Return what the page's script says."""
    said = {
        "saved": N_("Draft saved"), "saving": N_("Saving the draft…"), "unsaved": N_("The draft could not be saved."),
        "checking": N_("Checking…"), "writing": N_("Writing…"), "row": N_("Row %(row)s"), "none": N_("No match"),
        "tooMany": N_("At most %(most)s rows: the rest was left out."),
        "cut": N_("More columns than the grid: left out."),
        "clean": N_("Nothing is at fault."), "failed": N_("The server did not answer. Please try again."),
        "batch": N_("See the batch"), "undo": N_("Undo"), "signedOut": _SIGNED_OUT,
        "kept": N_("What could not be saved before stands here again. Please check it."),
        "keptAt": N_("Rows kept in this browser at %(at)s were put in below. Please check them."),
        "sent": N_(
            "What was sent for writing at %(at)s had no answer and may have been written: look into the list before"
            " you enter it again."
        ),
        "there": N_("These rows stand in the grid already."),
    }  # fmt: skip
    # With its gap, which the script fills.
    return {key: str(translated(text, row="{}", most="{}", at="{}")) for key, text in said.items()}


def _column(field: Field, declaration: Collection) -> dict[str, Any]:
    width = min(max(field.width * _SIGN_WIDTH, _LEAST_WIDTH), _MOST_WIDTH)
    return {
        "key": field.key, "title": field.heading, "width": width, "required": field.required,
        "number": field.kind in _NUMBERS, "many": field.kind in _LISTS, "values": _values(field, declaration),
        "lookup": url_for(f"{field.refers_to}.lookup_view") if field.refers_to else "",
        "within": _place_of(field, declaration), "counts": field.counts,
    }  # fmt: skip


def _place_of(field: Field, declaration: Collection) -> str:
    """Return the column of a row that says where what a field refers to is (the base of a company); "" for none."""
    referred = REGISTRY.get(field.refers_to) if field.refers_to else None
    place = referred.by_key.get(referred.place_key) if referred else None
    own = declaration.by_key.get(place.key) if place else None
    return own.key if place and own and own is not field and own.refers_to == place.refers_to != "" else ""


def _values(field: Field, declaration: Collection) -> list[str]:
    """Return the words of a closed list, as a workbook has them."""
    state = office_state()
    if field.kind is Kind.STATUS:
        return list(state.status_labels(declaration.name).values())
    if field.kind is Kind.COUNTY:
        return [name for _, name, _ in state.counties]
    if field.kind is Kind.YES_NO:
        return ["是", "否"]
    return [word.zh for word in field.choices] if field.choices is not None else []


# --- What the page's script asks for --------------------------------------------------------------


def draft(kind: str) -> ResponseReturnValue:
    """Keep the draft."""
    declaration = declared(kind)
    try:
        rows, version = _sent(declaration)
        kept = service.keep_draft(declaration, rows, version=version, actor=current_actor(), now=now())
    except Problem as problem:
        return _refused(problem)
    return jsonify(version=kept)


def check(kind: str) -> ResponseReturnValue:
    """Keep the draft and say what would become of each row."""
    declaration = declared(kind)
    try:
        rows, version = _sent(declaration)
        checked = service.check_rows(declaration, rows, version=version, actor=current_actor(), now=now())
    except Problem as problem:
        return _refused(problem)
    return jsonify(_answer(declaration, checked))


def write(kind: str) -> ResponseReturnValue:
    """Write the good rows; those at fault stay."""
    declaration = declared(kind)
    try:
        rows, version = _sent(declaration)
        written = service.write_rows(
            declaration, rows, _answers_sent(len(rows)), version=version, actor=current_actor(), now=now()
        )
    except Problem as problem:
        return _refused(problem)
    answer = _answer(declaration, written)
    # The rows that were written are gone: those that stay are numbered anew.
    answer["results"] = [
        result for result in answer["results"] if result["outcome"] in (Outcome.REJECTED, Outcome.CONFLICT)
    ]
    for place, result in enumerate(answer["results"]):
        result["place"] = place
    counts = written.report.counts
    said = N_("Written: %(created)d new, %(updated)d changed; %(left)d rows stay in the grid.")
    answer["said"] = gettext(
        said, created=counts["created"], updated=counts["updated"], left=len(written.left)
    )
    answer["rows"] = written.left
    batch = written.report.batch
    answer["batch"] = url_for("imports.result", batch=batch) if batch else ""
    answer["undo"] = url_for("batches.undo", batch=batch) if batch else ""
    return jsonify(answer)


def _sent(declaration: Collection) -> tuple[list[list[str]], int]:
    """Return the rows that were sent, each with a cell a column, and the version of the draft that they come from."""
    sent: Any = request.get_json(silent=True)
    rows, version = (sent.get("rows"), sent.get("version")) if isinstance(sent, dict) else (None, None)
    count = len(service.columns_of(declaration))
    if (
        not isinstance(version, int)
        or not isinstance(rows, list)
        or not all(
            isinstance(row, list) and len(row) == count and all(isinstance(cell, str) for cell in row)
            for row in rows
        )
    ):
        raise Refused(N_("This page is older than the program: load it again."))
    return [[_NO_SIGNS.sub(" ", cell.replace("\r\n", "\n")) for cell in row] for row in rows], version


def _answers_sent(count: int) -> dict[int, Answer]:
    """Return what was said of rows that wait for an answer, by their place."""
    sent: Any = request.get_json(silent=True)
    given = sent.get("answers") or {} if isinstance(sent, dict) else {}
    return {
        int(place): Answer(answer)
        for place, answer in (given.items() if isinstance(given, dict) else ())
        if place.isdecimal() and int(place) < count and answer in set(Answer)
    }


def _refused(problem: Problem) -> ResponseReturnValue:
    if isinstance(problem, Stale):
        return jsonify(said=gettext(_STALE)), 409
    if isinstance(problem, Refused | Unreadable):
        return jsonify(said=" ".join(sentence(refusal) for refusal in problem.refusals)), 422
    raise problem


def _answer(declaration: Collection, checked: CheckedGrid) -> dict[str, Any]:
    counts = checked.report.counts
    said = N_(
        "Checked: %(created)d new, %(updated)d changed, %(unchanged)d without change, %(rejected)d at fault."
    )
    results = [_result(declaration, row) for row in checked.report.rows if row.outcome is not Outcome.SKIPPED]
    return {
        "version": checked.version, "results": results,
        "said": gettext(
            said, created=counts["created"], updated=counts["updated"], unchanged=counts["unchanged"],
            rejected=counts["rejected"] + checked.report.conflicts,
        ),
        "good": counts["created"] + counts["updated"],
    }  # fmt: skip


def _result(declaration: Collection, row: RowReport) -> dict[str, Any]:
    word, tone = _OUTCOMES[row.outcome]
    faults: dict[str, list[str]] = {}
    for reason in (*row.reasons, *row.warnings):
        faults.setdefault(_key_of(declaration, reason), []).append(sentence(reason))
    return {
        "place": row.row - FIRST_ROW, "outcome": row.outcome.value, "word": gettext(word) if word else "", "tone": tone,
        "faults": {key: " ".join(said) for key, said in faults.items()},
        "answers": [(answer.value, gettext(label)) for answer, label in _offered(row)],
    }  # fmt: skip


def _offered(row: RowReport) -> tuple[tuple[Answer, str], ...]:
    return offered_answers(row.question) if row.outcome is Outcome.CONFLICT else ()


def _key_of(declaration: Collection, reason: Refusal) -> str:
    """Return the column at which a reason is shown: its own, or the first."""
    columns = service.columns_of(declaration)
    by_key = {field.key: field.key for field in columns} | {
        field.name_key: field.key for field in columns if field.name_key
    }
    return by_key.get(reason.field or "", columns[0].key)
