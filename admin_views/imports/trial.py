"""The trial of a workbook by row: new, changed, rejected, to be answered; corrected and answered in place."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.imports.labels import SKIPPED, notes_of, read_as
from admin_views.imports.view_models import (
    MissingLine,
    TrialCell,
    TrialFault,
    TrialPage,
    TrialRow,
    TrialTab,
    TryingPage,
)
from admin_views.jobs.labels import progress_text
from admin_views.shared.exporting import send_made
from admin_views.shared.guard import current_actor
from admin_views.shared.list_page import SIZE, simple_pager
from admin_views.shared.request_context import now, office_state
from documents.imports.import_trial import DOUBTFUL
from documents.jobs.job import StoredJob
from forms.sentences import sentence
from office.recognition.recognition import Recognition
from rules.errors import Missing, Problem, Refusal
from rules.words import N_
from schema.collection import Collection
from schema.registry import REGISTRY
from services.imports.report import Answer, Outcome
from services.imports.trial.checked_file import checked_file
from services.imports.trial.trying import correct_or_ask, has_ended, trial_under_way
from services.imports.trials import Trial, answer_rows, read_trial, tick_missing
from services.imports.uploads import name_of_upload

# Key in the address, the outcome (or `DOUBTFUL`), its word; in the order in which a clerk needs them.
TABS: tuple[tuple[str, str, str], ...] = (
    ("rejected", Outcome.REJECTED, N_("Rejected")),
    ("ask", Outcome.CONFLICT, N_("To be answered")),
    ("doubtful", DOUBTFUL, N_("Doubtful")),
    ("changed", Outcome.UPDATED, N_("Updated")),
    ("new", Outcome.CREATED, N_("New")),
    ("unchanged", Outcome.UNCHANGED, N_("Unchanged")),
    ("skipped", Outcome.SKIPPED, N_("Skipped")),
)
_ANSWERS_TO_QUESTION = (
    (Answer.FILE, N_("The same: update it")),
    (Answer.NEW, N_("Another one: add it as new")),
    (Answer.STORED, N_("Leave this row out")),
)
_ANSWERS_TO_CONFLICT = (
    (Answer.FILE, N_("The file holds")),
    (Answer.STORED, N_("What is stored holds")),
)
_TAKEN = "other-name"  # its code is taken: it cannot be new


def show(upload: str) -> ResponseReturnValue:
    """Show a page of the rows of a trial."""
    return page_of(id_of(upload))


def page_of(upload: ObjectId) -> ResponseReturnValue:
    """Return the page of a trial, at the tab and page of the address; the first tab that has rows without any.

    A workbook that could not be tried leads to the page of what was recognised in it.
    """
    job = trial_under_way(upload, actor=current_actor())
    if job is not None:
        return _trying(upload, job)
    wanted = next((outcome for key, outcome, _ in TABS if key == request.args.get("show")), None)
    first = read_trial(upload, actor=current_actor(), limit=1)
    if first.facts.get("problem"):
        return redirect(url_for("imports.reading", upload=str(upload)), 303)
    counts = first.counts
    chosen = wanted or next((outcome for _, outcome, _ in TABS if counts.get(outcome)), Outcome.CREATED)
    address = url_for("imports.trial", upload=str(upload))
    pager = simple_pager(counts.get(chosen, 0), request.args, address)
    skip = max(0, (pager.page - 1) * SIZE)
    trial = read_trial(upload, actor=current_actor(), outcome=chosen, skip=skip, limit=SIZE)
    declaration = REGISTRY.importable_by(trial.kind, current_actor())
    stored = trial.facts.get("recognition")
    recognised = Recognition.from_stored(stored) if stored else None
    strict = bool(trial.facts.get("strict"))
    good = sum(counts.get(outcome.value, 0) for outcome in (Outcome.CREATED, Outcome.UPDATED))
    held_back = strict and (counts.get("rejected", 0) or counts.get("conflict", 0))
    writable = (good or trial.answers or trial.deletions) and not held_back
    tabs = tuple(
        TrialTab(gettext(word), counts.get(outcome, 0), f"{address}?show={key}", outcome == chosen)
        for key, outcome, word in TABS
    )
    page = TrialPage(
        kind=gettext(declaration.label),
        file=trial.name,
        counts={outcome.value: counts.get(outcome.value, 0) for outcome in Outcome},
        tabs=tabs,
        shown=str(chosen),
        rows=tuple(_row(declaration, trial, row) for row in trial.rows),
        pager=pager,
        again_url=url_for("imports.index", kind=declaration.slug),
        write_url=url_for("imports.write") if writable else "",
        write_hidden=(("kind", trial.kind), ("upload", str(upload)), *((("strict", "1"),) if strict else ())),
        correct_url=url_for("imports.correct", upload=str(upload)),
        answer_url=url_for("imports.answer", upload=str(upload)),
        ignored="、".join(trial.facts.get("ignored") or ()),
        held_back=bool(held_back),
        any_row=any(counts.get(outcome.value) for outcome in Outcome if outcome is not Outcome.SKIPPED),
        url=address,
        checked_url=url_for("imports.checked", upload=str(upload)),
        reading_url=url_for("imports.reading", upload=str(upload)) if recognised else "",
        read_as=read_as(recognised, trial.name) if recognised else "",
        notes=notes_of(recognised, trial.facts.get("taken", 0), str(upload)) if recognised else (),
        missing=_missing(declaration, trial),
        missing_count=trial.facts.get("missing_count", 0),
        missing_url=url_for("imports.missing", upload=str(upload)),
        tab=next(key for key, outcome, _ in TABS if outcome == chosen),
    )
    return render_template("imports/trial.html", page=page)


def _missing(declaration: Collection, trial: Trial) -> tuple[MissingLine, ...]:
    """Return the rows of the export that the file lacks, as they are offered for deletion."""
    ticked = {row["record"] for row in trial.deletions}
    return tuple(
        MissingLine(
            str(row["record"]),
            row["label"],
            url_for(f"{declaration.name}.details_view", id=row["record"]),
            row["record"] in ticked,
            bool(row["saved_since"]),
            sentence(Refusal(row["message"], row["params"])) if "message" in row else "",
        )
        for row in trial.facts.get("missing", ())
    )


def missing(upload: str) -> ResponseReturnValue:
    """Take which rows that the file lacks are to be deleted."""
    ticked = frozenset(request.form.getlist("record"))
    return _done(upload, lambda: tick_missing(id_of(upload), ticked, actor=current_actor()))


def _trying(upload: ObjectId, job: StoredJob) -> str:
    """Return the page of a workbook that a job tries, or of one whose trial was stopped or failed."""
    problem, is_open = job.get("problem"), not has_ended(job)
    told = sentence(Refusal(problem["message"], problem.get("params", {}))) if problem else ""
    page = TryingPage(
        file=name_of_upload(upload),
        again_url=url_for("imports.index"),
        done=job.get("done", 0),
        total=job.get("total", 0),
        progress=progress_text(job, now()),
        problem=told or ("" if is_open else gettext(N_("The trial was stopped; nothing was written."))),
        progress_url=url_for("jobs.progress", job_id=job["_id"]) if is_open else "",
        cancel_url=""
        if not is_open or job.get("cancel_asked")
        else url_for("jobs.cancel", job_id=job["_id"]),
    )
    return render_template("imports/trying.html", page=page)


def correct(upload: str) -> ResponseReturnValue:
    """Take the cells that were corrected in the page, and try their rows again."""
    typed: dict[int, dict[str, str]] = {}
    for name, text in request.form.items():
        word, _, rest = name.partition(".")
        row, _, key = rest.partition(".")
        if (
            word == "cell"
            and row.isdecimal()
            and len(row) < 8
            and text != request.form.get(f"was.{rest}", "")
        ):
            typed.setdefault(int(row), {})[key] = text
    return _done(upload, lambda: correct_or_ask(id_of(upload), typed, actor=current_actor(), now=now()))


def answer(upload: str) -> ResponseReturnValue:
    """Take what was said of rows that wait for an answer: of each, or of all that have none."""
    answers: dict[int, str] = {}
    if request.form.get("all"):
        answers[0] = request.form["all"]
    for name, text in request.form.items():
        word, _, row = name.partition(".")
        if word == "row" and row.isdecimal() and len(row) < 8 and text:
            answers[int(row)] = text
    keep: dict[int, list[str]] = {}
    for value in request.form.getlist("keep"):
        row, _, key = value.partition(".")
        if row.isdecimal() and len(row) < 8:
            keep.setdefault(int(row), []).append(key)
    return _done(upload, lambda: answer_rows(id_of(upload), answers, keep, actor=current_actor()))


def _done(upload: str, work: Any) -> ResponseReturnValue:
    try:
        work()
    except Missing:
        raise
    except Problem as problem:
        flash(" ".join(sentence(one) for one in problem.refusals), "error")
    shown = request.form.get("show", "")
    known = {key for key, _, _ in TABS}
    return redirect(url_for("imports.trial", upload=upload, show=shown if shown in known else None), 303)


def _row(declaration: Collection, trial: Trial, row: Mapping[str, Any]) -> TrialRow:
    sent = {cell["key"]: cell.get("new", "") for cell in row.get("cells", ()) if "key" in cell}
    editable = {column.key for column in declaration.imported}
    faults = tuple(
        TrialFault(
            fault["column"],
            sentence(Refusal(fault["message"], fault.get("params") or {})),
            sent.get(fault["key"], str((fault.get("params") or {}).get("value", ""))),
            f"{row['row']}.{fault['key']}" if fault["key"] in editable else "",
        )
        for fault in row.get("errors", ())
    )
    warnings = tuple(
        TrialFault(
            warning["column"], sentence(Refusal(warning["message"], warning.get("params") or {})), "", ""
        )
        for warning in row.get("warnings", ())
    )
    changed = row["outcome"] in (Outcome.UPDATED, Outcome.CONFLICT)
    cells = tuple(
        TrialCell(
            cell["heading"],
            cell["old"],
            cell["new"],
            cell.get("by", ""),
            cell.get("at", ""),
            f"{row['row']}.{cell['key']}",
        )
        for cell in (row.get("cells", ()) if changed else ())
    )
    said = trial.answers.get(str(row["row"])) or {}
    answers = tuple(
        (one.value, gettext(word), said.get("answer") == one.value)
        for one, word in offered_answers(row.get("question"))
    )
    url = url_for(f"{declaration.name}.details_view", id=row["record"]) if row.get("record") else ""
    word = SKIPPED.get(row.get("skipped", ""))
    why = gettext(word) if word else ""
    return TrialRow(
        row["row"],
        row.get("label", ""),
        url,
        why,
        faults,
        cells,
        answers,
        bool(row.get("question")),
        warnings,
    )


def offered_answers(question: str | None) -> tuple[tuple[Answer, str], ...]:
    """Return what may be said of a row that waits for an answer, with its words (message ids)."""
    if not question:
        return _ANSWERS_TO_CONFLICT
    return tuple(
        offer for offer in _ANSWERS_TO_QUESTION if not (offer[0] is Answer.NEW and question == _TAKEN)
    )


def checked(upload: str) -> ResponseReturnValue:
    """Send the tried workbook as it was sent, with what is at fault marked in its cells."""
    key = id_of(upload)
    kind = read_trial(key, actor=current_actor(), limit=1).kind
    declaration = REGISTRY.importable_by(kind, current_actor())
    labels = tuple(office_state().status_labels(declaration.name).values())
    try:
        data, name, rows = checked_file(key, actor=current_actor(), translate=sentence, status_labels=labels)
    except Missing:
        raise
    except Problem as problem:
        flash(" ".join(sentence(one) for one in problem.refusals), "error")
        return redirect(url_for("imports.trial", upload=upload), 303)
    return send_made(data, name, rows)


def id_of(upload: str) -> ObjectId:
    """Return the id of an upload as it stands in an address. Raises Missing."""
    if not ObjectId.is_valid(upload):
        raise Missing()
    return ObjectId(upload)
