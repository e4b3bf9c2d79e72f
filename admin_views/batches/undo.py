"""Undo a batch: first what would go back, what was edited since and what cannot; then the doing."""

from bson import ObjectId
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.batches.labels import COUNTS, batch_label, batch_url, crumbs
from admin_views.batches.view_models import UndoPage, UndoRow
from admin_views.shared.guard import current_actor
from admin_views.shared.history import shown_changes
from admin_views.shared.request_context import now
from admin_views.shared.view_models import ConfirmPage, FieldChange
from forms.sentences import sentence
from rules.errors import Refused
from rules.words import N_
from services.batches.batches import read_batch
from services.batches.preview import MOST_TRIED, Preview, PreviewRow, preview_undo
from services.batches.undo import Choice, ask_to_undo
from services.definitions.kind_changes import is_of_kind
from services.jobs.at_once import work_at_once

_MOST_SHOWN = 100
_VERBS = {
    "delete": N_("Goes to the recycle bin"),
    "restore": N_("Comes back from the recycle bin"),
    "change": N_("Gets its earlier values"),
}


def preview(batch: str) -> ResponseReturnValue:
    """Show what undoing a batch would do."""
    return _page_of_kind(batch) if is_of_kind(batch) else _page(batch)


def _page_of_kind(batch: str, problem: Refused | None = None) -> ResponseReturnValue:
    line = read_batch(batch, actor=current_actor(), now=now())
    page = ConfirmPage(
        title=batch_label(line),
        question=gettext(N_("Give the field its earlier kind and values back?")),
        action=url_for("batches.undo", batch=batch),
        button=gettext(N_("Undo it")),
        cancel_url=batch_url(batch),
        consequences=(
            gettext(N_("What was left as it is has its earlier value again, also what did not convert.")),
            gettext(N_("What was changed since is converted back; where that is not possible it is named.")),
        ),
        refusal=" ".join(map(sentence, problem.refusals)) if problem else "",
        crumbs=crumbs(of_one=True),
    )
    return render_template("shared/confirm.html", page=page), 422 if problem else 200


def undo(batch: str) -> ResponseReturnValue:
    """Undo a batch: a small one at once, a large one by a job whose page may be closed."""
    chosen = frozenset(ObjectId(text) for text in request.form.getlist("record") if ObjectId.is_valid(text))
    seen = request.form.get("seen", 0, type=int)
    choice = Choice(chosen, bool(request.form.get("every")), seen)
    try:
        asked = ask_to_undo(batch, choice, actor=current_actor(), now=now())
    except Refused as problem:
        return _page_of_kind(batch, problem) if is_of_kind(batch) else _page(batch, problem, choice)
    if asked.records <= MOST_TRIED:
        work_at_once(asked.job)
    return redirect(batch_url(asked.batch), 303)


def _page(batch: str, problem: Refused | None = None, choice: Choice | None = None) -> ResponseReturnValue:
    found = preview_undo(batch, actor=current_actor(), now=now())
    chosen = choice or Choice()
    collection = found.batch.collection
    page = UndoPage(
        title=gettext(N_("Undo: %(batch)s"), batch=batch_label(found.batch)),
        batch=batch,
        action=url_for("batches.undo", batch=batch),
        cancel_url=batch_url(batch),
        seen=found.seen,
        counts=_counts(found),
        going=tuple(_row(row, collection) for row in found.going[:_MOST_SHOWN]),
        going_more=max(0, found.going_count - len(found.going[:_MOST_SHOWN])),
        edited=tuple(_row(row, collection, chosen) for row in found.edited),
        edited_more=found.edited_count - len(found.edited),
        refused=tuple(_row(row, collection) for row in found.refused),
        untried=found.untried,
        problem=sentence(problem.refusals[0]) if problem else "",
        crumbs=crumbs(of_one=True),
    )
    return render_template("batches/undo.html", page=page), 422 if problem else 200


def _counts(found: Preview) -> tuple[tuple[str, int, str], ...]:
    numbers = (
        (N_("To be taken back"), found.going_count, "met"), (N_("Edited since"), found.edited_count, "near"),
        (N_("Cannot be taken back"), found.refused_count, "due"), (COUNTS["back"][0], found.back_count, ""),
    )  # fmt: skip
    return tuple((gettext(label), number, tone if number else "") for label, number, tone in numbers)


def _row(row: PreviewRow, collection: str, choice: Choice | None = None) -> UndoRow:
    changes = tuple(
        FieldChange(change.label, change.new, change.old) for change in shown_changes(row.changes, collection)
    )
    may_choose = choice is not None and row.is_present and row.verb != "restore"
    return UndoRow(
        label=row.label,
        url=url_for(f"{collection}.details_view", id=row.record_id) if row.is_present else "",
        what=gettext(_VERBS[row.verb]),
        changes=changes,
        reason=sentence(row.reason) if row.reason else "",
        value=str(row.record_id) if may_choose else "",
        is_chosen=choice is not None and row.record_id in choice.chosen,
    )
