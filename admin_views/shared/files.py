"""Files as pages show, take and send them: of a record as a whole, or of the places (slots) that it has.

Whose a place is, and when it is open, says the table of `schema.file_places`, which the services ask.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bson import ObjectId
from flask import Response, flash, request, send_file, url_for
from werkzeug.datastructures import FileStorage

from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of
from admin_views.shared.request_context import asked_id, now, office_state, parse_object_id, shown_moment
from admin_views.shared.requests.undoing import flash_binned
from admin_views.shared.told import tell_file
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import FileItem, Option, Upload
from documents.records.attachment import StoredAttachment
from documents.records.recycled import FILES
from forms.sentences import sentence
from rules.errors import Missing, Refusal, Refused
from rules.personal_numbers import masked_file
from rules.words import N_
from schema.file_places import has_owned_files
from schema.registry import REGISTRY
from services.shared.files import ENDINGS, SentFile, add_file, open_file, readable_file, remove_file

ACCEPT = ",".join(f".{ending}" for ending in ENDINGS)
HINT = N_("PDF, pictures, Word, Excel, WPS; at most 20 MB each.")


# --- Showing -------------------------------------------------------------------------------------


def shown_name(entry: Mapping[str, Any]) -> str:
    """Return what a file is called; of a personal field, with the middle of its name hidden."""
    declaration = REGISTRY.get(entry["collection"])
    fields = declaration.file_fields if declaration else ()
    is_masked = any(field.masked for field in fields if field.key == entry.get("slot"))
    return masked_file(entry["name"]) if is_masked else str(entry["name"])


def shown_size(size: int) -> str:
    """Return a size in bytes as a clerk reads it."""
    return f"{size / 1024:,.0f} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:,.1f} MB"


def listed_files(
    entries: Iterable[StoredAttachment],
    url: Callable[[ObjectId], str],
    remove_url: Callable[[ObjectId], str] | None = None,
) -> tuple[FileItem, ...]:
    """Return files as pages list them, each with where it is sent from and, if it may go, where it is removed."""
    return tuple(
        FileItem(
            entry["name"],
            url(entry["_id"]),
            shown_size(entry["size"]),
            shown_moment(entry["uploaded_at"]),
            _kept_by(entry),
            remove_url(entry["_id"]) if remove_url and not entry.get("generated") else "",
            _counted(entry),
            bool(entry.get("not_counted")),
        )
        for entry in entries
    )


def _counted(entry: StoredAttachment) -> str:
    """Return how many characters a file has where they count, or why they cannot be counted."""
    why = entry.get("not_counted", "")
    if why:
        return str(gettext(N_("characters not counted: %(why)s"), why=gettext(why)))
    if "characters" not in entry:
        return ""
    return str(gettext(N_("%(count)s characters"), count=f"{entry['characters']:,}"))


def _kept_by(entry: StoredAttachment) -> str:
    """Return who kept a file; of one that the system made also the beginning of its SHA-256."""
    if entry.get("generated"):
        return gettext(N_("made by the system, SHA-256 %(digest)s"), digest=entry["sha256"][:12])
    name = name_of(entry.get("uploaded_by_name"))
    if not has_owned_files(entry["collection"]) or current_actor().county is not None:
        return name
    return f"{name} · {owner_name(entry.get('owning_county'))}"


def owner_name(county: str | None) -> str:
    """Return whose a file of a record of several counties is."""
    return office_state().county_names.get(county or "", "") or gettext(N_("City bureau"))


def form_items(
    endpoint: str, entries: Iterable[StoredAttachment], *, removable: bool
) -> tuple[FileItem, ...]:
    """Return files as a form shows them: the id of a removable one stands in `remove_url`, for its button."""
    return listed_files(
        entries, lambda file_id: url_for(f"{endpoint}.file", file=file_id), str if removable else None
    )


def file_items(
    endpoint: str, entries: Iterable[StoredAttachment], *, removable: bool, **more: Any
) -> tuple[FileItem, ...]:
    """Return files as pages show them; `endpoint` is the blueprint that has `file` and `remove_file`."""

    def remove_url(file_id: ObjectId) -> str:
        return url_for(f"{endpoint}.remove_file", file=file_id, **more)

    return listed_files(
        entries,
        lambda file_id: url_for(f"{endpoint}.file", file=file_id),
        remove_url if removable else None,
    )


def upload_to(url: str, *, many: bool = True, counties: tuple[Option, ...] = ()) -> Upload:
    """Return the form that adds files; `counties` are those of whose part of the record they may be."""
    return Upload(url, gettext(HINT), ACCEPT, many=many, counties=counties)


# --- Taking --------------------------------------------------------------------------------------


def _sent(name: str) -> list[FileStorage]:
    """Return the files that a form sent under a name."""
    return [upload for upload in request.files.getlist(name) if upload.filename]


def _add(collection: str, record_id: ObjectId, slot: str, upload: FileStorage) -> ObjectId:
    return add_file(
        collection, record_id, upload.filename or "", upload.stream, slot=slot,
        county=request.form.get("county") if has_owned_files(collection) else None,
        actor=current_actor(), now=now(),
    )  # fmt: skip


def add_each(
    collection: str, record_id: ObjectId, name: str, slot: str = ""
) -> tuple[list[ObjectId], list[Refusal]]:
    """Keep each file that the form's input `name` sent; return the ids of those kept, and why the others were not."""
    added: list[ObjectId] = []
    refusals: list[Refusal] = []
    for upload in _sent(name):
        try:
            added.append(_add(collection, record_id, slot, upload))
        except Refused as problem:
            refusals += problem.refusals
    return added, refusals


def keep_uploads(collection: str, record_id: ObjectId, slots: Iterable[str]) -> tuple[list[Refusal], int]:
    """Keep the files sent for these places (inputs `file-PLACE`); return why some could not be, and how many were."""
    refusals: list[Refusal] = []
    count = 0
    for slot in slots:
        added, refused = add_each(collection, record_id, f"file-{slot}", slot)
        count += len(added)
        refusals += [Refusal(refusal.message, refusal.params, slot) for refusal in refused]
    return refusals, count


def sent_files_of(name: str) -> list[SentFile]:
    """Return the files that the form's input `name` sent, for a service that keeps them with what it writes."""
    return [SentFile(upload.filename or "", upload.stream) for upload in _sent(name)]


def sent_files(*names: str) -> bool:
    """Tell whether the form came with files, in the inputs of these names or in its usual one."""
    return any(_sent(name) for name in names or ("file",))


def warn_of_lost_files(form: Any, *names: str) -> None:
    """Say on top of a form that comes back that the files sent with it must be chosen again."""
    if sent_files(*names):
        form.form_errors.append(gettext(N_("The files you chose were not kept: please choose them again.")))


def keep_sent(collection: str, record_id: ObjectId, slot: str = "", *, name: str = "file") -> int:
    """Keep the files that the input `name` sent in a place of a record, say what could not be; return how many were."""
    count = 0
    for upload in _sent(name):
        try:
            _add(collection, record_id, slot, upload)
            count += 1
        except Refused as problem:
            flash(f"{upload.filename}：{sentence(problem.refusals[0])}", "error")
    return count


def said_of_upload(count: int) -> None:
    """Say what became of files that were sent by a form of their own."""
    if count or not sent_files():
        said = gettext(N_("The file was kept.")) if count else gettext(N_("Choose a file first."))
        flash(said, "success" if count else "error")


# --- Removing and sending ------------------------------------------------------------------------


def remove_asked(collection: str, record_id: ObjectId) -> bool:
    """Take away the file that the pressed button names; False when none was asked for. Raises Missing, Refused."""
    text = request.form.get("remove", "")
    if not text:
        return False
    file_id = parse_object_id(text)
    entry = readable_file(file_id, actor=current_actor())
    if entry["collection"] != collection or entry["record_id"] != record_id:
        raise Missing()
    remove_file(file_id, actor=current_actor(), now=now())
    return True


def remove_slot_file(collections: Iterable[str], record_id: ObjectId | None = None) -> ObjectId:
    """Take away the file that the address names, of `record_id` where that is given; return the id of its record.

    Raises Missing, NotAllowed. A refusal is said on the next page.
    """
    file_id = asked_id("file")
    entry = readable_file(file_id, actor=current_actor())
    if entry["collection"] not in collections or record_id not in (None, entry["record_id"]):
        raise Missing()
    try:
        remove_file(file_id, actor=current_actor(), now=now())
    except Refused as problem:
        flash(sentence(problem.refusals[0]), "error")
    else:
        flash_binned(gettext(N_("The file was removed.")), FILES, file_id)
    return entry["record_id"]


def send_slot_file(collections: Iterable[str]) -> Response:
    """Send the file that the address names as a download, never shown inside a page. Raises Missing."""
    entry, stream = open_file(asked_id("file"), actor=current_actor())
    if entry["collection"] not in collections:
        stream.close()
        raise Missing()
    tell_file(entry)
    answer: Response = send_file(
        stream, mimetype=entry["media_type"], as_attachment=True, download_name=entry["name"]
    )
    answer.content_length = entry["size"]
    return answer
