"""Prepare a case: grounds and evidence, prior notice and statement; or drop it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.revocation.labels import crumbs
from admin_views.revocation.page import (
    GROUNDS,
    HEARING,
    asked_case,
    back_to_case,
    refused,
    render_case,
    reread,
)
from admin_views.revocation.view_models import DropPage
from admin_views.shared.files import keep_uploads, remove_asked
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, today, typed_version
from admin_views.shared.retry_state import RetryState
from documents.revocation.decision import COLLECTION, EVIDENCE, NOTICE, STATEMENT, StoredDecision
from forms.revocation import DropForm, GroundsForm, HearingForm
from forms.sentences import show_refusals
from rules.errors import Refused, Stale
from rules.grounds import DecisionKind
from rules.words import N_
from services.revocation.cases import drop_case, is_open, kind_of, save_grounds, save_hearing


def save_grounds_form() -> ResponseReturnValue:
    """Keep grounds, facts and evidence."""
    case, form = asked_case(), GroundsForm.typed(request.form)
    actor = current_actor()

    def save() -> bool:
        kind = kind_of(case)
        return save_grounds(
            case["_id"], form.given(kind), form.found(kind),
            form.overturning() if kind is DecisionKind.REVERSAL else None, version=typed_version(), actor=actor,
            now=now(),
        )  # fmt: skip

    return _save_section(case, form, GROUNDS, (EVIDENCE,), save)


def save_hearing_form() -> ResponseReturnValue:
    """Keep the prior notice, the statement, and their files."""
    case, form = asked_case(), HearingForm.typed(request.form)
    actor = current_actor()

    def save() -> bool:
        version = typed_version()
        return save_hearing(
            case["_id"], form.hearing(), version=version, actor=actor, now=now(), today=today()
        )

    return _save_section(case, form, HEARING, (NOTICE, STATEMENT), save)


def _save_section(
    case: StoredDecision, form: Any, section: str, slots: Sequence[str], save: Callable[[], bool]
) -> ResponseReturnValue:
    """Keep files and words of one section of a case, or take a file away; what was typed stays in every case."""
    valid = form.validate()
    try:
        if is_open(case) and remove_asked(COLLECTION, case["_id"]):
            return render_case(case, RetryState(section, form, version=typed_version()))
    except Refused as problem:
        return render_case(case, refused(section, form, problem)), 422
    refused_files, files_kept = keep_uploads(COLLECTION, case["_id"], slots) if is_open(case) else ([], 0)

    def with_files(retry: RetryState) -> RetryState:
        message = gettext(N_("The files were kept.")) if files_kept else ""
        return replace(retry, refusals=(*retry.refusals, *refused_files), message=message)

    if not valid:
        return render_case(case, with_files(refused(section, form))), 422
    try:
        changed = save()
    except Refused as problem:
        return render_case(reread(case), with_files(refused(section, form, problem))), 422
    except Stale as problem:
        # Saved again it replaces what the other one saved: the page has said so.
        return render_case(reread(case), with_files(refused(section, form, problem))), 409
    if refused_files:
        return render_case(reread(case), with_files(RetryState(section, form))), 422
    message = N_("Saved.") if changed or files_kept else N_("Nothing was changed.")
    return back_to_case(case["_id"], gettext(message), section)


def drop() -> ResponseReturnValue:
    """Close a case without a decision, after a question."""
    case = asked_case()
    if request.method == "GET":
        return _drop_page(case, DropForm(), case["version"])
    form, status, version = DropForm.typed(request.form), 422, typed_version()
    if form.validate():
        try:
            drop_case(
                case["_id"],
                reason=form.typed_text("reason"),
                version=version,
                actor=current_actor(),
                now=now(),
            )
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
            if isinstance(problem, Stale):
                status, version = 409, reread(case)["version"]
        else:
            return back_to_case(case["_id"], gettext(N_("The case was dropped.")))
    return _drop_page(case, form, version), status


def _drop_page(case: StoredDecision, form: DropForm, version: int) -> str:
    page = DropPage(
        title=gettext(N_("Drop the case")),
        question=gettext(N_("Drop the case about %(name)s?"), name=case["base_name"]), form=form,
        action=url_for("revocation.drop", id=case["_id"]), button=gettext(N_("Drop the case")),
        cancel_url=url_for("revocation.case", id=case["_id"]), version=version,
        consequences=(
            gettext(N_("The title stays as it is; the case and its files are kept with the reason.")),
            gettext(N_("A new case about this base may be begun afterwards.")),
        ),
        crumbs=crumbs(case),
    )  # fmt: skip
    return render_template("revocation/drop.html", page=page)
