"""Prepare a case: grounds and evidence, prior notice and statement; or drop it."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.revocation.page import GROUNDS, HEARING, Again, fresh_case, refused, render_case
from admin_views.revocation.shared import (
    asked_case,
    back,
    crumbs,
    is_open,
    revocation,
    typed_version,
)
from admin_views.revocation.view_models import DropPage
from admin_views.shared.guard import current_actor, needs
from admin_views.shared.request_context import now, today
from admin_views.shared.slot_files import keep_uploads, remove_asked
from documents.revocation.decision import COLLECTION
from forms.revocation import DropForm, GroundsForm, HearingForm
from forms.sentences import sentence, show_refusals
from rules.access import Permission
from rules.errors import Refusal, Refused, Stale
from rules.words import N_
from services.revocation.cases import Raw, drop_case, keep_grounds, keep_hearing, kind_of

_FILES_KEPT = N_("The files were kept.")


@revocation.route("/case/grounds/", methods=["POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def grounds() -> ResponseReturnValue:
    """Keep grounds, facts and evidence."""
    raw, form = asked_case(), GroundsForm.typed(request.form)
    who = current_actor()

    def keep() -> bool:
        given = form.given(kind_of(raw))
        return keep_grounds(raw["_id"], given, version=typed_version(), actor=who, now=now())

    return _keep(raw, form, GROUNDS, ("evidence",), keep)


@revocation.route("/case/hearing/", methods=["POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def hearing() -> ResponseReturnValue:
    """Keep the prior notice, the statement, and their files."""
    raw, form = asked_case(), HearingForm.typed(request.form)
    who = current_actor()

    def keep() -> bool:
        version = typed_version()
        return keep_hearing(raw["_id"], form.hearing(), version=version, actor=who, now=now(), today=today())

    return _keep(raw, form, HEARING, ("notice", "statement"), keep)


def _keep(
    raw: Raw, form: Any, part: str, slots: Sequence[str], keep: Callable[[], bool]
) -> ResponseReturnValue:
    """Keep files and words of one part of a case, or take a file away; what was typed stays in every case."""
    valid = form.validate()
    try:
        if is_open(raw) and remove_asked(COLLECTION, raw["_id"]):
            return render_case(raw, Again(part, form, version=typed_version()))
    except Refused as problem:
        return render_case(raw, refused(part, form, problem)), 422
    refused_files, kept = keep_uploads(COLLECTION, raw["_id"], slots) if is_open(raw) else ([], 0)
    if not valid:
        return render_case(raw, _with_files(refused(part, form), refused_files, kept)), 422
    try:
        changed = keep()
    except Refused as problem:
        again = _with_files(refused(part, form, problem), refused_files, kept)
        return render_case(fresh_case(raw), again), 422
    except Stale as problem:
        # Saved again it replaces what the other one saved: the page has said so.
        return render_case(
            fresh_case(raw), _with_files(refused(part, form, problem), refused_files, kept)
        ), 409
    if refused_files:
        return render_case(fresh_case(raw), _with_files(Again(part, form), refused_files, kept)), 422
    said = gettext(N_("Saved.")) if changed or kept else gettext(N_("Nothing was changed."))
    return back(raw["_id"], said, part)


def _with_files(again: Again, reasons: Sequence[Refusal], kept: int) -> Again:
    places: dict[str, str] = {}
    for one in reasons:
        slot = one.field or ""
        places[slot] = " ".join(part for part in (places.get(slot), sentence(one)) if part)
    said = (*again.said, *([gettext(_FILES_KEPT)] if kept else []))
    return Again(again.part, again.form, said, places, again.version)


@revocation.route("/case/drop/", methods=["GET", "POST"])
@needs(Permission.DECIDE_APPLICATIONS)
def drop() -> ResponseReturnValue:
    """Close a case without a decision, after a question."""
    raw = asked_case()
    if request.method == "GET":
        return _drop_page(raw, DropForm(), raw["version"])
    form, status, version = DropForm.typed(request.form), 422, typed_version()
    if form.validate():
        try:
            drop_case(
                raw["_id"], reason=form.text("reason"), version=version, actor=current_actor(), now=now()
            )
        except (Refused, Stale) as problem:
            show_refusals(form, problem)
            if isinstance(problem, Stale):
                status, version = 409, fresh_case(raw)["version"]
        else:
            return back(raw["_id"], gettext(N_("The case was dropped.")))
    return _drop_page(raw, form, version), status


def _drop_page(raw: Raw, form: DropForm, version: int) -> str:
    page = DropPage(
        title=gettext(N_("Drop the case")),
        question=gettext(N_("Drop the case about %(name)s?"), name=raw["base_name"]), form=form,
        action=url_for("revocation.drop", id=raw["_id"]), button=gettext(N_("Drop the case")),
        cancel_url=url_for("revocation.case", id=raw["_id"]), version=version,
        consequences=(
            gettext(N_("The title stays as it is; the case and its files are kept with the reason.")),
            gettext(N_("A new case about this base may be begun afterwards.")),
        ),
        crumbs=crumbs(raw),
    )  # fmt: skip
    return render_template("revocation/drop.html", page=page)
