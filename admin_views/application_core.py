"""What the routes of an application share: reading it in scope, its files, and the way back to its page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from flask import Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_views.guard import current_actor, needs
from admin_views.here import now, shown_moment
from admin_views.pages import FileItem, Link
from admin_views.pages.applications import FilePlace
from admin_views.record_files import shown_size
from documents.application import COLLECTION
from forms.sentences import sentence
from rules.access import Permission
from rules.errors import Missing, Refusal, Refused, Stale
from rules.words import N_
from services.application_steps import Raw, read_application
from services.files import ENDINGS, add_file, open_file, remove_file

TITLE = N_("Applications and renewals")
ACCEPT = ",".join(f".{ending}" for ending in ENDINGS)
PICTURES = ".jpg,.jpeg,.png"
FILE_HINT = N_("PDF, pictures, Word, Excel, WPS; at most 20 MB each.")


@dataclass(frozen=True)
class Again:
    """What a form that could not be carried out brings back to the page: what was typed, and what is wrong.

    `part` names the section, `version` the one the form goes on with (None: the present one).
    """

    part: str
    values: Mapping[str, Any] = field(default_factory=dict)
    form: Any = None
    refusals: tuple[Refusal, ...] = ()
    version: int | None = None
    stale: bool = False
    said: str = ""

    def beside(self, place: str) -> tuple[Refusal, ...]:
        """Return the refusals that belong to a field or a place for files."""
        return tuple(one for one in self.refusals if one.field == place)


def asked_id(text: str | None) -> ObjectId:
    """Return an id of the address; Missing for anything else."""
    if not text or not ObjectId.is_valid(text):
        raise Missing()
    return ObjectId(text)


def asked_application() -> Raw:
    """Return the application that the address names, in the actor's scope; Missing when there is none."""
    return read_application(asked_id(request.args.get("id")), current_actor())


def page_url(application_id: Any, part: str = "") -> str:
    """Return the address of an application's page."""
    return url_for("applications.details_view", id=application_id) + (f"#{part}" if part else "")


def back(application_id: Any, said: str, part: str = "") -> ResponseReturnValue:
    """Say that it is done, and show the application."""
    flash(said, "success")
    return redirect(page_url(application_id, part), 303)


def crumbs(raw: Raw | None = None) -> tuple[Link, ...]:
    """Return the way to a page of the applications, or of one."""
    home = Link(gettext(TITLE), url_for("applications.index_view"))
    return (home, Link(raw["base_name"], page_url(raw["_id"]))) if raw else (home,)


def attempt(work: Callable[[], Any]) -> tuple[tuple[Refusal, ...], bool]:
    """Do something; return why it was refused, and whether somebody else had saved meanwhile. () when it was done."""
    try:
        work()
    except Stale as problem:
        return problem.refusals, True
    except Refused as problem:
        return problem.refusals, False
    return (), False


def put_beside(form: Any, refusals: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """Put each sentence beside its field of a form; return those that belong to none."""
    rest = []
    for one in refusals:
        field = form._fields.get(one.field or "")
        if field is None:
            rest.append(one)
        else:
            field.errors = [*field.errors, sentence(one)]
    return tuple(rest)


def typed_version() -> int:
    """Return the version that the form was read at."""
    return request.form.get("version", type=int) or 0


# --- Files -------------------------------------------------------------------------------------


def keep_uploads(application_id: ObjectId, slots: Iterable[str]) -> tuple[list[Refusal], int]:
    """Keep the files sent for these places (inputs `file-PLACE`); return why some could not be, and how many were."""
    refused, kept = [], 0
    for slot in slots:
        for sent in request.files.getlist(f"file-{slot}"):
            if not sent.filename:
                continue
            try:
                add_file(
                    COLLECTION, application_id, sent.filename, sent.stream, slot=slot, actor=current_actor(), now=now()
                )  # fmt: skip
                kept += 1
            except Refused as problem:
                refused += [Refusal(one.message, one.params, slot) for one in problem.refusals]
    return refused, kept


def remove_asked(application_id: ObjectId) -> bool:
    """Take away the file that the pressed button names; False when none was asked for."""
    text = request.form.get("remove", "")
    if not text:
        return False
    file_id = asked_id(text)
    entry, stream = open_file(file_id, actor=current_actor())
    stream.close()
    if entry["collection"] != COLLECTION or entry["record_id"] != application_id:
        raise Missing()
    remove_file(file_id, actor=current_actor(), now=now())
    return True


def file_items(entries: Iterable[Mapping[str, Any]], *, removable: bool = False) -> tuple[FileItem, ...]:
    """Return files as pages show them; the id of a removable one stands in `remove_url`."""
    return tuple(
        FileItem(
            one["name"],
            url_for("applications.file", file=one["_id"]),
            shown_size(one["size"]),
            shown_moment(one["uploaded_at"]),
            one.get("uploaded_by_name") or "",
            str(one["_id"]) if removable else "",
        )
        for one in entries
    )


def file_place(
    slot: str, label: str, files: Mapping[str, Any], *, open_to: bool, again: Again | None = None, accept: str = ACCEPT,
    hint: str = "",
) -> FilePlace:  # fmt: skip
    """Return one place for files; `open_to` whether the actor may change it now."""
    wrong = again.beside(slot) if again else ()
    return FilePlace(
        slot=slot,
        label=label,
        files=file_items(files.get(slot, ()), removable=open_to),
        name=f"file-{slot}" if open_to else "",
        accept=accept,
        hint=hint if open_to else "",
        problem=" ".join(sentence(one) for one in wrong),
    )


@needs(Permission.READ)
def file() -> ResponseReturnValue:
    """Send a file of an application as a download, never shown inside a page."""
    entry, stream = open_file(asked_id(request.args.get("file")), actor=current_actor())
    if entry["collection"] != COLLECTION:
        stream.close()
        raise Missing()
    answer: Response = send_file(
        stream, mimetype=entry["media_type"], as_attachment=True, download_name=entry["name"]
    )
    answer.content_length = entry["size"]
    return answer


ROUTES = (("/file/", "file", file, ("GET",)),)
