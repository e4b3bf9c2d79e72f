"""Bring in a workbook: choose kind and file, try first, see what every row became, write."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import chain
from typing import Any

from bson import ObjectId
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.desk.view_models import (
    ConflictRow,
    ImportKind,
    ImportPage,
    ImportResultPage,
    OpenTrialLine,
    RejectedRow,
)
from admin_views.imports.reading import tried_page
from admin_views.imports.trial import page_of
from admin_views.shared.exporting import send_made, send_tables
from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of
from admin_views.shared.request_context import now, office_state, shown_moment
from admin_views.shared.view_models import Link
from documents.imports.import_batch import ImportBatch
from documents.imports.rejected_rows import RejectedRows
from forms.sentences import sentence
from office.excel.template_writer import template_workbook
from office.excel.workbook_reader import NotThisSheet
from rules.errors import Missing, Problem, Refusal, Refused, Unreadable
from rules.words import N_
from schema.collection import Collection
from schema.registry import REGISTRY
from services.imports.column_matches import remembered_matches
from services.imports.conflicts import Against
from services.imports.import_job import ask_to_import, ask_to_settle
from services.imports.import_rows import import_workbook
from services.imports.parsing import Reading
from services.imports.rejected_rows import reasons_of, rejected_table
from services.imports.report import ImportReport, Outcome, heading_of
from services.imports.trial.open_trials import (
    MOST_TRIALS,
    drop_trial,
    open_trials,
    place_of_trials,
    to_make_room,
)
from services.imports.trial.trying import MOST_AT_ONCE
from services.imports.trials import against_trial, keep_trial
from services.imports.uploads import (
    MOST_BYTES,
    drop_upload,
    hold_upload,
    keep_upload,
    opened_upload,
    upload_size,
)
from services.jobs.at_once import work_at_once

_MOST_SHOWN = 200
_UNFINISHED_FOR = timedelta(days=7)
_MOST_UNFINISHED = 20


def index() -> ResponseReturnValue:
    """Show the form."""
    return _form(request.args.get("kind", "bases"))


def _form(
    kind: str, problems: tuple[str, ...] = (), status: int = 200, dry_run: bool = True
) -> ResponseReturnValue:
    kinds = tuple(
        ImportKind(
            declaration.slug,
            gettext(declaration.label),
            url_for("imports.template", kind=declaration.slug),
            gettext(declaration.import_hint) if declaration.import_hint else "",
            declaration.slug == kind,
        )
        for declaration in REGISTRY.importable_for(current_actor())
    )
    page = ImportPage(
        url_for("imports.read"), kinds, f"{MOST_BYTES // 1024 // 1024} MB", problems, dry_run,
        unfinished=_unfinished(), trials=_open_trials(), matches_url=url_for("imports.matches"),
    )  # fmt: skip
    return render_template("imports/upload.html", page=page), status


def _open_trials() -> tuple[OpenTrialLine, ...]:
    """Return the trials that the clerk may still write."""
    offered = REGISTRY.importable_for(current_actor())
    labels = {declaration.slug: gettext(declaration.label) for declaration in offered}
    return tuple(
        OpenTrialLine(
            one.name, labels.get(one.kind, one.kind), shown_moment(one.tried_at),
            url_for("imports.trial", upload=str(one.upload)), url_for("imports.drop", upload=str(one.upload)),
        )
        for one in open_trials(actor=current_actor())
    )  # fmt: skip


def drop(upload: str) -> ResponseReturnValue:
    """Forget a trial that its clerk does not want any more."""
    if not ObjectId.is_valid(upload):
        raise Missing()
    drop_trial(ObjectId(upload), actor=current_actor())
    flash(gettext(N_("The trial was dropped.")), "success")
    return redirect(url_for("imports.index"), 303)


def _unfinished() -> tuple[Link, ...]:
    """Return the imports of the last days that have not come to their end."""
    found = ImportBatch.objects.visible_to(current_actor()).unfinished(now() - _UNFINISHED_FOR)
    rows = found.order_by("-started_at").limit(_MOST_UNFINISHED).as_pymongo()
    return tuple(
        Link(
            f"{shown_moment(row['started_at'])} {name_of(row['actor_name'])} {row['file_name']}",
            url_for("imports.result", batch=row["_id"]),
        )
        for row in rows
    )


def template(kind: str) -> ResponseReturnValue:
    """Send the blank workbook of one kind."""
    declaration = declared(kind)
    labels = tuple(office_state().status_labels(declaration.name).values())
    data = template_workbook(declaration, status_labels=labels)
    return send_made(data, f"{declaration.title}-模板.xlsx")


def read() -> ResponseReturnValue:
    """Read the uploaded workbook: as a trial, or for good."""
    kind, sent = request.form.get("kind", ""), request.files.get("file")
    dry_run, strict = bool(request.form.get("dry_run")), bool(request.form.get("strict"))
    if _importable(kind) is None or sent is None or not sent.filename:
        return _form(kind, (gettext(N_("Choose what the workbook holds, and the file.")),), 422, dry_run)
    try:
        dropped = to_make_room(kind, actor=current_actor())
        upload = keep_upload(
            sent.stream, sent.filename, place=place_of_trials(kind), actor=current_actor(), now=now(), most=MOST_TRIALS
        )  # fmt: skip
        for name in dropped:
            said = gettext(
                N_("The trial of %(file)s was the oldest of many and is no longer kept."), file=name
            )
            flash(said, "warning")
        try:
            remembered = remembered_matches(declared(kind), current_actor())
            reading = Reading(clear_blanks=bool(request.form.get("clear_blanks")), remembered=remembered)
            return _run(kind, upload, dry_run=dry_run, strict=strict, reading=reading)
        except Problem:
            drop_upload(upload)  # nobody was shown a trial of it
            raise
    except (Unreadable, Refused) as problem:
        return _form(kind, tuple(sentence(one) for one in problem.refusals), 422, dry_run)


def write() -> ResponseReturnValue:
    """Write what a trial has shown; a record that was saved since the trial is left and reported."""
    kind, upload = request.form.get("kind", ""), request.form.get("upload", "")
    declared(kind)
    if not ObjectId.is_valid(upload):
        raise Missing()
    try:
        strict = bool(request.form.get("strict"))
        against, reading = Against(), None
        if (
            strict and upload_size(ObjectId(upload)) <= MOST_AT_ONCE
        ):  # else a job does it, and reads the trial itself
            against, reading = against_trial(ObjectId(upload), actor=current_actor())
        return _run(kind, ObjectId(upload), dry_run=False, strict=strict, against=against, reading=reading)
    except Problem as problem:
        return _form(kind, tuple(sentence(one) for one in problem.refusals), 422)


def settle(batch: str) -> ResponseReturnValue:
    """Write the ticked ones of the rows that an import left, over what the page has shown of their records."""
    upload = _batch(batch).get("upload")
    if not upload:
        raise Missing()
    try:
        asked = ask_to_settle(batch, request.form.getlist("row"), actor=current_actor(), now=now())
    except Problem as problem:
        flash(" ".join(sentence(one) for one in problem.refusals), "error")
        return redirect(url_for("imports.result", batch=batch), 303)
    return _asked(asked, upload)


def _asked(batch: str, upload: ObjectId) -> ResponseReturnValue:
    """Lead to an import that a job does; a small one is done at once: cut short, it is finished from the batches."""
    is_large = upload_size(upload) > MOST_AT_ONCE
    is_done = not is_large and work_at_once(_batch(batch)["job"]) and "counts" in _batch(batch)
    return redirect(url_for("imports.result" if is_done else "batches.show", batch=batch), 303)


def _run(
    kind: str, upload: ObjectId, *, dry_run: bool, strict: bool, against: Against | None = None,
    reading: Reading | None = None,
) -> ResponseReturnValue:  # fmt: skip
    declaration = declared(kind)
    is_large = upload_size(upload) > MOST_AT_ONCE
    if not dry_run and (is_large or (against is not None and not strict)):
        batch = ask_to_import(
            upload, declaration, strict=strict, tried=against is not None,
            clear_blanks=reading is not None and reading.clear_blanks,
            remembered=reading.remembered if reading is not None else None, actor=current_actor(), now=now(),
        )  # fmt: skip
        return _asked(batch, upload)
    if dry_run:
        return tried_page(upload, declaration, strict=strict, reading=reading or Reading())
    try:
        with opened_upload(upload, actor=current_actor()) as (path, name):
            report = import_workbook(
                path, declaration, actor=current_actor(), now=now(), strict=strict, file_name=name,
                against=against, upload=upload, reading=reading,
            )  # fmt: skip
    except NotThisSheet:
        if against is not None:
            raise
        return tried_page(upload, declaration, strict=strict, reading=reading or Reading())
    if report.batch:
        (hold_upload if report.conflicts else drop_upload)(upload)
        return redirect(url_for("imports.result", batch=report.batch), 303)
    if against is None:
        clears = reading is not None and reading.clear_blanks
        keep_trial(upload, report, actor=current_actor(), now=now(), strict=strict, clear_blanks=clears)
        return page_of(upload)
    hidden = (("kind", kind), ("upload", str(upload)), *((("strict", "1"),) if strict else ()))
    good = report.counts["created"] + report.counts["updated"]
    page = _result_page(
        declaration, name, report.counts, _problems(report), conflicts=_tried_conflicts(report),
        dry_run=True, write_url=url_for("imports.write") if good else "", write_hidden=hidden,
    )  # fmt: skip
    return render_template("imports/result.html", page=page)


def _problems(report: ImportReport) -> list[RejectedRow]:
    return [
        RejectedRow(
            row.row,
            heading_of(report.layout, reason.field),
            sentence(reason),
            str(reason.params.get("value", "")),
        )
        for row in report.rows
        if row.outcome is Outcome.REJECTED
        for reason in row.reasons
    ]


def _tried_conflicts(report: ImportReport) -> tuple[ConflictRow, ...]:
    """Return the rows of a strict import that keep it from being written."""
    return tuple(
        ConflictRow(
            row.row, row.label, sentence(row.reasons[0]),
            "、".join(heading_of(report.layout, reason.field) for reason in row.reasons),
        )
        for row in report.rows
        if row.outcome is Outcome.CONFLICT
    )[:_MOST_SHOWN]  # fmt: skip


def _result_page(
    declaration: Collection, name: str, counts: Any, problems: list[RejectedRow], taken: int = 0, **more: Any
) -> ImportResultPage:
    return ImportResultPage(
        kind=gettext(declaration.label),
        file=name,
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        rejected=counts["rejected"],
        skipped=counts["skipped"],
        conflict_count=counts.get("conflicts", 0),
        taken=taken,
        problems=tuple(problems[:_MOST_SHOWN]),
        more_problems=max(0, len(problems) - _MOST_SHOWN),
        again_url=url_for("imports.index", kind=declaration.slug),
        list_url=url_for(f"{declaration.name}.index_view"),
        **more,
    )


def result(batch: str) -> ResponseReturnValue:
    """Show what became of an import that was written."""
    kept = _batch(batch)
    declaration = declared(kept["kind"])
    if "counts" not in kept:
        return _cut_short_page(declaration, kept)
    problems = [
        RejectedRow(row["row"], heading, sentence(reason), str(reason.params.get("value", "")))
        for row in kept.get("rejected", [])
        for heading, reason in reasons_of(row)
    ]
    page = _result_page(declaration, kept["file_name"], kept["counts"], problems, kept.get("taken", 0), dry_run=False,
                        conflicts=tuple(_conflict_row(declaration, row) for row in kept.get("conflicts", ())),
                        settle_url=url_for("imports.settle", batch=batch) if kept.get("upload") else "",
                        rejected_url=url_for("imports.rejected", batch=batch) if problems else "",
                        deleted=kept.get("deleted", 0), not_deleted=_not_deleted(declaration, kept),
                        undo_url=url_for("batches.preview", batch=batch))  # fmt: skip
    return render_template("imports/result.html", page=page)


def _not_deleted(declaration: Collection, kept: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (
            row["label"],
            url_for(f"{declaration.name}.details_view", id=row["record"]),
            sentence(Refusal(row["message"], row["params"])),
        )
        for row in kept.get("not_deleted", ())
    )


def _conflict_row(declaration: Collection, row: Mapping[str, Any]) -> ConflictRow:
    address = url_for(f"{declaration.name}.details_view", id=row["record"]) if row["record"] else ""
    settled = bool(row.get("settled"))
    message = N_("Written over since, as decided.") if settled else row["message"]
    value = "" if settled else f"{row['row']}.{row['version'] or 0}"
    params = {} if settled else row["params"]
    return ConflictRow(
        row["row"],
        row["label"],
        sentence(Refusal(message, params)),
        "、".join(row["columns"]),
        address,
        value,
    )


def _cut_short_page(declaration: Collection, kept: Mapping[str, Any]) -> ResponseReturnValue:
    """Show what an import that has not come to its end has written so far."""
    progress = {outcome.counted_as: 0 for outcome in Outcome} | kept.get("progress", {})
    last = kept.get("progress_at") or kept["started_at"]
    cut_short = gettext(
        N_(
            "This import did not come to its end, or still runs. Until %(when)s it had written %(created)d new and "
            "%(updated)d changed records. Import the same file again to finish: what is written already stays."
        ),
        when=shown_moment(last), created=progress["created"], updated=progress["updated"],
    )  # fmt: skip
    page = _result_page(declaration, kept["file_name"], progress, [], dry_run=False, cut_short=cut_short)
    return render_template("imports/result.html", page=page)


def rejected(batch: str) -> ResponseReturnValue:
    """Send the rejected rows with their reasons, to be put right and imported again."""
    kept = _batch(batch)
    declaration = declared(kept["kind"])
    rows = chain(kept.get("rejected", []), RejectedRows.of(batch))
    table = rejected_table(declaration, rows, sentence)
    name = f"{declaration.title}-退回行-{batch}.xlsx"
    return send_tables([table], name, rows=kept.get("counts", {}).get("rejected", 0), about=False)


def _batch(batch: str) -> dict[str, Any]:
    found = ImportBatch.objects.visible_to(current_actor()).where_raw({"_id": batch}).as_pymongo().first()
    if found is None:
        raise Missing()
    return dict(found)


def _importable(kind: str) -> Collection | None:
    offered = REGISTRY.importable_for(current_actor())
    return next((declaration for declaration in offered if declaration.slug == kind), None)


def declared(kind: str) -> Collection:
    """Return the collection of this word that a workbook may bring. Raises Missing."""
    declaration = _importable(kind)
    if declaration is None:
        raise Missing()
    return declaration
