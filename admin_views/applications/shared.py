"""What the pages of an application share: reading it in scope, trying a step, its files, the way back to its page."""

from collections.abc import Callable, Mapping, Sequence

from bson import ObjectId
from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.applications.view_models import FilePlace
from admin_views.shared.files import ACCEPT, form_items, send_slot_file
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import asked_id
from admin_views.shared.retry_state import RetryState
from admin_views.shared.view_models import Link
from documents.applications.application import COLLECTION, StoredApplication
from documents.records.attachment import StoredAttachment
from forms.sentences import sentence
from rules.errors import Refusal, Refused, Stale
from rules.words import N_
from services.applications.steps import read_application

TITLE = N_("Applications and renewals")
PICTURES = ".jpg,.jpeg,.png"
# By place: the particulars of its files, as `documents.records.attachment.Attachment` has them.
FilesBySlot = Mapping[str, Sequence[StoredAttachment]]


def asked_application() -> StoredApplication:
    """Return the application that the address names, in the actor's scope. Raises Missing."""
    return read_application(asked_id(), current_actor())


def page_url(application_id: ObjectId, section: str = "") -> str:
    """Return the address of an application's page, at a section of it."""
    return url_for("applications.details_view", id=application_id) + (f"#{section}" if section else "")


def done(application_id: ObjectId, message: str, section: str = "") -> ResponseReturnValue:
    """Say what was done, and show the application."""
    flash(message, "success")
    return redirect(page_url(application_id, section), 303)


def crumbs(raw: StoredApplication | None = None) -> tuple[Link, ...]:
    """Return the way to a page of the applications, or of one."""
    home = Link(gettext(TITLE), url_for("applications.index_view"))
    return (home, Link(raw["base_name"], page_url(raw["_id"]))) if raw else (home,)


def attempt(work: Callable[[], object]) -> tuple[tuple[Refusal, ...], bool]:
    """Do something; return why it was refused, and whether somebody else had saved meanwhile. () when it was done."""
    try:
        work()
    except Stale as problem:
        return problem.refusals, True
    except Refused as problem:
        return problem.refusals, False
    return (), False


# --- Files -------------------------------------------------------------------------------------


def file_place(
    slot: str, label: str, files: FilesBySlot, *, open_to: bool, retry: RetryState | None = None, accept: str = ACCEPT,
    hint: str = "",
) -> FilePlace:  # fmt: skip
    """Return one place for files; `open_to` whether the actor may change it now."""
    refusals = retry.beside(slot) if retry else ()
    return FilePlace(
        slot=slot,
        label=label,
        files=form_items("applications", files.get(slot, ()), removable=open_to),
        name=f"file-{slot}" if open_to else "",
        accept=accept,
        hint=hint if open_to else "",
        problem=" ".join(sentence(refusal) for refusal in refusals),
    )


def send_file() -> ResponseReturnValue:
    """Send a file of an application as a download, never shown inside a page."""
    return send_slot_file((COLLECTION,))
