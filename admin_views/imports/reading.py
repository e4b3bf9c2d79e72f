"""What was recognised in a workbook: its sheet, heading row and columns, each of which a clerk may correct."""

from collections.abc import Mapping

from bson import ObjectId
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.imports.labels import hidden_rows_of, rows_of
from admin_views.imports.trial import id_of, page_of
from admin_views.imports.view_models import FoundColumn, FoundSheet, ReadingPage
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, shown_moment
from forms.sentences import sentence
from rules.errors import Missing, Problem, Refusal
from rules.words import N_
from schema.collection import Collection
from services.imports.column_matches import kept_match, letters_of
from services.imports.parsing import Reading
from services.imports.trial.readings import (
    choose_columns,
    choose_sheet,
    forget_columns,
    recognised_in,
    try_sheet_too,
)
from services.imports.trial.trying import trial_under_way, try_or_ask
from services.imports.uploads import name_of_upload

_MOST_DIGITS = 6


def tried_page(
    upload: ObjectId, declaration: Collection, *, strict: bool, reading: Reading
) -> ResponseReturnValue:
    """Try an uploaded workbook and return its trial, or what was recognised where its columns must be chosen first.

    A large one is tried by a job: the answer leads to the page of its progress.
    """
    must_choose = try_or_ask(
        upload, declaration, strict=strict, reading=reading, actor=current_actor(), now=now()
    )
    if must_choose:
        return _page_of(upload), 422
    if trial_under_way(upload, actor=current_actor()) is not None:
        return redirect(url_for("imports.trial", upload=str(upload)), 303)
    return page_of(upload)


def show(upload: str) -> ResponseReturnValue:
    """Show what was recognised."""
    return _page_of(id_of(upload))


def choose(upload: str) -> ResponseReturnValue:
    """Read the workbook as was chosen, and try it again."""
    key, step, form = id_of(upload), request.form.get("step", ""), request.form
    typed: dict[int, str] = {}
    try:
        if step == "sheet":
            choose_sheet(
                key, sheet=form.get("sheet", ""), header_row=_number(form.get("header_row", "")),
                with_hidden=bool(form.get("hidden")), actor=current_actor(), now=now(),
            )  # fmt: skip
        elif step == "too":
            key = try_sheet_too(key, form.get("sheet", ""), actor=current_actor(), now=now())
        elif step == "forget":
            forget_columns(key, actor=current_actor(), now=now())
        else:
            typed = {
                _number(place): text
                for word, dot, place in (name.partition(".") for name in form)
                if word == "column" and dot and place.isdecimal()
                for text in (form[f"column.{place}"],)
            }
            choose_columns(key, typed, digest=form.get("digest", ""), actor=current_actor(), now=now())
    except Missing:
        raise
    except Problem as problem:
        return _page_of(key, problem.refusals, typed), 422
    return redirect(url_for("imports.trial", upload=str(key)), 303)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else 0


def _page_of(
    upload: ObjectId, refusals: tuple[Refusal, ...] = (), typed: Mapping[int, str] | None = None
) -> str:
    declaration, facts, recognised = recognised_in(upload, actor=current_actor())
    untried = [Refusal(one["message"], one.get("params") or {}) for one in facts.get("problem", ())]
    address = url_for("imports.trial", upload=str(upload))
    kept = kept_match(declaration, recognised.digest, current_actor()) if recognised.remembered else None
    at_fault = {refusal.field for refusal in refusals}
    columns = tuple(
        FoundColumn(
            column.place, letters_of(column.place), column.heading, column.samples,
            (typed or {}).get(column.place, column.key), str(column.place) in at_fault,
        )
        for column in recognised.columns
    )  # fmt: skip
    name = name_of_upload(upload)
    page = ReadingPage(
        kind=gettext(declaration.label), file=name, action=url_for("imports.choose", upload=str(upload)),
        trial_url="" if untried else address, again_url=url_for("imports.index", kind=declaration.slug),
        problems=tuple(sentence(one) for one in (refusals or untried)),
        sheet="" if name.lower().endswith(".csv") else recognised.sheet,
        sheets=tuple(FoundSheet(one.name, rows_of(one), one.name == recognised.sheet) for one in recognised.sheets),
        more_sheets=recognised.more_sheets, header_row=recognised.header_row,
        first_rows=tuple((row.row, row.text) for row in recognised.first_rows),
        hidden=hidden_rows_of(recognised), with_hidden=recognised.with_hidden, digest=recognised.digest,
        columns=columns,
        fields=tuple(
            (field.key, _required(field.heading) if field.required else field.heading)
            for field in declaration.imported
        ),
        remembered=gettext(
            N_("The columns are matched as %(who)s chose for this heading at %(when)s."),
            who=kept.who, when=shown_moment(kept.at),
        ) if kept else "",
    )  # fmt: skip
    return render_template("imports/reading.html", page=page)


def _required(heading: str) -> str:
    return gettext(N_("%(heading)s (required)"), heading=heading)
