"""Bring in a workbook: choose kind and file, try first, see what every row became, write."""

from typing import Any

from bson import ObjectId
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.desk.view_models import ImportKind, ImportPage, ImportResultPage, RejectedRow
from admin_views.shared.exporting import send_written
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, office_state
from documents.imports.import_batch import ImportBatch
from forms.sentences import sentence
from office.excel.template_writer import write_template
from rules.errors import Missing, Problem, Refused, Unreadable
from rules.words import N_
from schema.collection import Collection
from schema.registry import REGISTRY
from services.imports.import_rows import import_workbook
from services.imports.rejected_rows import reasons_of, write_rejected
from services.imports.report import ImportReport, heading_of
from services.imports.uploads import MOST_BYTES, drop_upload, keep_upload, opened_upload

_MOST_SHOWN = 200


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
        for declaration in REGISTRY.importable
    )
    page = ImportPage(url_for("imports.read"), kinds, f"{MOST_BYTES // 1024 // 1024} MB", problems, dry_run)
    return render_template("imports/upload.html", page=page), status


def template(kind: str) -> ResponseReturnValue:
    """Send the blank workbook of one kind."""
    declaration = _declared(kind)
    labels = tuple(office_state().status_labels(declaration.name).values())
    return send_written(
        lambda path: write_template(path, declaration, status_labels=labels), f"{declaration.title}-模板.xlsx"
    )


def read() -> ResponseReturnValue:
    """Read the uploaded workbook: as a trial, or for good."""
    kind, sent = request.form.get("kind", ""), request.files.get("file")
    dry_run, strict = bool(request.form.get("dry_run")), bool(request.form.get("strict"))
    if _importable(kind) is None or sent is None or not sent.filename:
        return _form(kind, (gettext(N_("Choose what the workbook holds, and the file.")),), 422, dry_run)
    try:
        upload = keep_upload(sent.stream, sent.filename, actor=current_actor(), now=now())
        return _run(kind, upload, dry_run=dry_run, strict=strict)
    except (Unreadable, Refused) as problem:
        return _form(kind, tuple(sentence(one) for one in problem.refusals), 422, dry_run)


def write() -> ResponseReturnValue:
    """Write what a trial has shown."""
    kind, upload = request.form.get("kind", ""), request.form.get("upload", "")
    _declared(kind)
    if not ObjectId.is_valid(upload):
        raise Missing()
    try:
        return _run(kind, ObjectId(upload), dry_run=False, strict=bool(request.form.get("strict")))
    except Problem as problem:
        return _form(kind, tuple(sentence(one) for one in problem.refusals), 422)


def _run(kind: str, upload: ObjectId, *, dry_run: bool, strict: bool) -> ResponseReturnValue:
    declaration = _declared(kind)
    with opened_upload(upload, actor=current_actor()) as (path, name):
        report = import_workbook(
            path,
            declaration,
            actor=current_actor(),
            now=now(),
            dry_run=dry_run,
            strict=strict,
            file_name=name,
        )
    if report.batch:
        drop_upload(upload)
        return redirect(url_for("imports.result", batch=report.batch), 303)
    hidden = (("kind", kind), ("upload", str(upload)), *((("strict", "1"),) if strict else ()))
    good = report.counts["created"] + report.counts["updated"]
    page = _result_page(
        declaration, name, report.counts, _problems(report),
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
        for reason in row.reasons
    ]


def _result_page(
    declaration: Collection, name: str, counts: Any, problems: list[RejectedRow], **more: Any
) -> ImportResultPage:
    return ImportResultPage(
        kind=gettext(declaration.label),
        file=name,
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        rejected=counts["rejected"],
        skipped=counts["skipped"],
        problems=tuple(problems[:_MOST_SHOWN]),
        more_problems=max(0, len(problems) - _MOST_SHOWN),
        again_url=url_for("imports.index", kind=declaration.slug),
        list_url=url_for(f"{declaration.name}.index_view"),
        **more,
    )


def result(batch: str) -> ResponseReturnValue:
    """Show what became of an import that was written."""
    kept = _batch(batch)
    declaration = _declared(kept["kind"])
    problems = [
        RejectedRow(row["row"], heading, sentence(reason), str(reason.params.get("value", "")))
        for row in kept.get("rejected", [])
        for heading, reason in reasons_of(row)
    ]
    page = _result_page(declaration, kept["file_name"], kept["counts"], problems, dry_run=False,
                        rejected_url=url_for("imports.rejected", batch=batch) if problems else "")  # fmt: skip
    return render_template("imports/result.html", page=page)


def rejected(batch: str) -> ResponseReturnValue:
    """Send the rejected rows with their reasons, to be put right and imported again."""
    kept = _batch(batch)
    declaration = _declared(kept["kind"])
    rows = kept.get("rejected", [])
    return send_written(
        lambda path: write_rejected(path, declaration, rows, sentence),
        f"{declaration.title}-退回行-{batch}.xlsx",
    )


def _batch(batch: str) -> dict[str, Any]:
    found = ImportBatch.objects.visible_to(current_actor()).where_raw({"_id": batch}).as_pymongo().first()
    if found is None or "counts" not in found:
        raise Missing()
    return dict(found)


def _importable(kind: str) -> Collection | None:
    return next((declaration for declaration in REGISTRY.importable if declaration.slug == kind), None)


def _declared(kind: str) -> Collection:
    declaration = _importable(kind)
    if declaration is None:
        raise Missing()
    return declaration
