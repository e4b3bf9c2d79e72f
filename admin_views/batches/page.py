"""The list of batches, and one of them: what it did, where it stands, what it left."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.batches.labels import (
    TITLE,
    batch_label,
    batch_url,
    counts_of,
    counts_text,
    crumbs,
    kind_label,
    state_badge,
)
from admin_views.batches.view_models import BatchesPage, BatchPage, BatchRow, LeftRow
from admin_views.jobs.labels import progress_text
from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of
from admin_views.shared.request_context import now, shown_moment
from admin_views.shared.view_models import Link
from documents.batches.batch import BatchAct
from documents.jobs.job import StoredJob
from documents.kinds import RECORDS
from forms.sentences import sentence
from rules.access import Actor
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.registry import REGISTRY
from services.batches.batches import (
    IMPORT,
    BatchLine,
    BatchState,
    LeftRecord,
    batches_of,
    left_of,
    read_batch,
    undoings_of,
)
from services.batches.undo import ask_to_finish
from services.definitions.collection_deletion import ask_to_finish_deletion
from services.definitions.kind_changes import ask_to_finish_kind, is_of_kind
from services.imports.import_job import ask_to_finish_import, written_rows
from services.jobs.at_once import work_at_once
from services.jobs.queue import read_job
from services.records.bulk_job import ask_to_finish_many

_MOST_SHOWN = 200


def index() -> ResponseReturnValue:
    """Show the latest batches."""
    lines = batches_of(current_actor(), now=now())
    page = BatchesPage(gettext(TITLE), tuple(_row(line) for line in lines), crumbs())
    return render_template("batches/list.html", page=page)


def _row(line: BatchLine) -> BatchRow:
    return BatchRow(
        batch_label(line), batch_url(line.id), kind_label(line), name_of(line.who), shown_moment(line.started_at),
        counts_text(line), state_badge(line),
    )  # fmt: skip


def show(batch: str) -> ResponseReturnValue:
    """Show one batch."""
    actor = current_actor()
    line = read_batch(batch, actor=actor, now=now())
    left = left_of(batch, actor=actor)
    job = read_job(line.job, actor=actor) if line.job and line.state is BatchState.RUNNING else None
    given = (
        (N_("Kind"), kind_label(line)), (N_("Who"), name_of(line.who)), (N_("Begun"), shown_moment(line.started_at)),
        (N_("Ended"), shown_moment(line.finished_at)), (N_("Number of the batch"), line.id),
    )  # fmt: skip
    cut_short = line.state is BatchState.UNFINISHED
    page = BatchPage(
        title=batch_label(line),
        state=state_badge(line),
        facts=tuple((gettext(label), value) for label, value in given if value),
        counts=counts_of(line),
        links=_links(line),
        left=_left_rows(line, left[:_MOST_SHOWN]),
        more_left=max(0, len(left) - _MOST_SHOWN),
        cut_short=_cut_short(line, actor) if cut_short else "",
        finish_url=_finish_url(line) if cut_short else "",
        undo_url=_undo_url(line),
        crumbs=crumbs(of_one=True),
        **_progress(job),
    )
    return render_template("batches/page.html", page=page)


def _undo_url(line: BatchLine) -> str:
    is_settled = line.state is BatchState.RUNNING or _is_kind_undone(line) or line.collection not in REGISTRY
    return "" if is_settled else url_for("batches.undo", batch=line.id)


def _is_kind_undone(line: BatchLine) -> bool:
    """Tell whether a batch changed what a field holds and is undone, or undid such a one: there is no more to undo."""
    return is_of_kind(line.id) and (line.act != BatchAct.KIND or line.state is BatchState.UNDONE)


def _progress(job: StoredJob | None) -> dict[str, Any]:
    if job is None:
        return {}
    return {
        "progress_url": url_for("jobs.progress", job_id=job["_id"]), "progress": progress_text(job, now()),
        "done": job.get("done", 0), "total": job.get("total", 0),
        "cancel_url": "" if job.get("cancel_asked") else url_for("jobs.cancel", job_id=job["_id"]),
    }  # fmt: skip


def _links(line: BatchLine) -> tuple[Link, ...]:
    """Return the way to what belongs to a batch: an import's result, what it undoes, what undid it."""
    links = []
    if line.act == IMPORT:
        links.append(Link(gettext(N_("Result of the import")), url_for("imports.result", batch=line.id)))
    if line.undoes:
        links.append(Link(gettext(N_("The batch that was undone")), batch_url(line.undoes)))
    for undoing in undoings_of(line.id):
        links.append(Link(gettext(N_("Undone by batch %(batch)s"), batch=undoing), batch_url(undoing)))
    if line.collection not in REGISTRY:
        words = gettext(
            N_("Its collection is deleted: bring it back first, then the records by undoing this batch")
        )
        links.append(Link(words, url_for("own_collections.index")))
    if line.job is not None:
        links.append(Link(gettext(N_("Its job")), url_for("jobs.show", job_id=line.job)))
    return tuple(links)


def _left_rows(line: BatchLine, left: tuple[LeftRecord, ...]) -> tuple[LeftRow, ...]:
    if line.collection not in RECORDS:  # the collection was deleted since
        return tuple(LeftRow(row.label, "", sentence(Refusal(row.message, row.params))) for row in left)
    document = RECORDS[line.collection]
    present = set(document.by_ids([row.record_id for row in left], current_actor()).scalar("id"))
    return tuple(
        LeftRow(
            row.label,
            url_for(f"{line.collection}.details_view", id=row.record_id) if row.record_id in present else "",
            sentence(Refusal(row.message, row.params)),
        )
        for row in left
    )


def _cut_short(line: BatchLine, actor: Actor) -> str:
    problem = read_job(line.job, actor=actor).get("problem") if line.job else None
    told = [sentence(Refusal(problem["message"], problem.get("params", {})))] if problem else []
    rows = written_rows(line.id) if line.act == IMPORT and line.job else ""
    told.append(gettext(_cut_short_message(line, rows), rows=rows))
    return " ".join(told)


def _cut_short_message(line: BatchLine, rows: str) -> str:
    if line.act == BatchAct.KIND:
        return N_(
            "This did not come to its end. The field holds what it held; it can be finished, or given up."
        )
    if line.act == BatchAct.COLLECTION:
        return N_(
            "This did not come to its end. The collection is there, what went lies in the recycle bin; it can be"
            " finished, or undone."
        )
    if line.act in (BatchAct.STATUS, BatchAct.EDIT, BatchAct.DELETE):
        return N_("This did not come to its end. What was changed stays so; it can be finished, or undone.")
    if line.act != IMPORT:
        return N_("This did not come to its end. What was taken back stays so; it can be finished.")
    if line.job is None:
        return N_(
            "This import did not come to its end. Import the same file again to finish, or undo what it wrote."
        )
    if rows:
        return N_(
            "This import did not come to its end. Written are the rows %(rows)s; finish it, or undo it."
        )
    return N_("This import did not come to its end. Nothing is written; it can be finished.")


def _finish_url(line: BatchLine) -> str:
    return "" if line.act == IMPORT and line.job is None else url_for("batches.finish", batch=line.id)


def finish(batch: str) -> ResponseReturnValue:
    """Go on with an import, an act on many records or an undoing that was cut short."""
    actor = current_actor()
    try:
        act = read_batch(batch, actor=actor, now=now()).act
        if act == IMPORT:
            ask_to_finish_import(batch, actor=actor, now=now())
        elif is_of_kind(batch):
            ask_to_finish_kind(batch, actor=actor, now=now())
        elif act == BatchAct.COLLECTION:
            ask_to_finish_deletion(batch, actor=actor, now=now())
        elif act in (BatchAct.STATUS, BatchAct.EDIT, BatchAct.DELETE):
            ask_to_finish_many(batch, actor=actor, now=now())
        else:
            work_at_once(ask_to_finish(batch, actor=actor, now=now()))
    except Refused as problem:
        flash(sentence(problem.refusals[0]), "error")
    return redirect(batch_url(batch), 303)
