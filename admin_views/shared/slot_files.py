"""The files of the places (slots) of a record that is no collection's own page: kept, sent, taken away."""

from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId
from flask import Response, flash, request, send_file, url_for
from flask_babel import gettext

from admin_views.records.files import shown_size
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, shown_moment
from admin_views.shared.view_models import FileItem, Upload
from forms.sentences import sentence
from rules.errors import Missing, Refusal, Refused
from rules.words import N_
from services.shared.files import ENDINGS, add_file, open_file, remove_file

ACCEPT = ",".join(f".{ending}" for ending in ENDINGS)
HINT = N_("PDF, pictures, Word, Excel, WPS; at most 20 MB each.")
Entry = Mapping[str, Any]


def parse_object_id(text: str | None) -> ObjectId:
    """Return an id that an address or a form names. Raises Missing for anything else."""
    if not text or not ObjectId.is_valid(text):
        raise Missing()
    return ObjectId(text)


def asked_id(name: str = "id") -> ObjectId:
    """Return an id of the address. Raises Missing for what is none."""
    return parse_object_id(request.args.get(name))


def keep_uploads(collection: str, record_id: ObjectId, slots: Iterable[str]) -> tuple[list[Refusal], int]:
    """Keep the files sent for these places (inputs `file-PLACE`); return why some could not be, and how many were."""
    refused: list[Refusal] = []
    kept = 0
    for slot in slots:
        for sent in request.files.getlist(f"file-{slot}"):
            if not sent.filename:
                continue
            try:
                add_file(
                    collection, record_id, sent.filename, sent.stream, slot=slot, actor=current_actor(), now=now()
                )  # fmt: skip
                kept += 1
            except Refused as problem:
                refused += [Refusal(one.message, one.params, slot) for one in problem.refusals]
    return refused, kept


def remove_asked(collection: str, record_id: ObjectId) -> bool:
    """Take away the file that the pressed button names; False when none was asked for. Raises Missing, Refused."""
    text = request.form.get("remove", "")
    if not text:
        return False
    file_id = parse_object_id(text)
    entry, stream = open_file(file_id, actor=current_actor())
    stream.close()
    if entry["collection"] != collection or entry["record_id"] != record_id:
        raise Missing()
    remove_file(file_id, actor=current_actor(), now=now())
    return True


def form_items(endpoint: str, entries: Iterable[Entry], *, removable: bool) -> tuple[FileItem, ...]:
    """Return files as a form shows them: the id of a removable one stands in `remove_url`, for its button."""
    return tuple(
        FileItem(
            one["name"],
            url_for(f"{endpoint}.file", file=one["_id"]),
            shown_size(one["size"]),
            shown_moment(one["uploaded_at"]),
            one.get("uploaded_by_name") or "",
            str(one["_id"]) if removable else "",
        )
        for one in entries
    )


def file_items(
    endpoint: str, entries: Iterable[Entry], *, removable: bool, **more: Any
) -> tuple[FileItem, ...]:
    """Return files as pages show them; `endpoint` is the blueprint that has `file` and `remove_file`."""
    return tuple(
        FileItem(
            one["name"],
            url_for(f"{endpoint}.file", file=one["_id"]),
            shown_size(one["size"]),
            shown_moment(one["uploaded_at"]),
            one.get("uploaded_by_name") or "",
            url_for(f"{endpoint}.remove_file", file=one["_id"], **more) if removable else "",
        )
        for one in entries
    )


def upload_to(url: str) -> Upload:
    """Return the form that adds files."""
    return Upload(url, gettext(HINT), ACCEPT, many=True)


def sent_files() -> bool:
    """Tell whether the form came with files."""
    return any(one.filename for one in request.files.getlist("file"))


def warn_of_lost_files(form: Any) -> None:
    """Say on top of a form that comes back that the files sent with it must be chosen again."""
    if sent_files():
        form.form_errors.append(gettext(N_("The files you chose were not kept: please choose them again.")))


def keep_sent(collection: str, record_id: ObjectId, slot: str) -> int:
    """Keep the files that were sent in a place of a record, say what could not be; return how many were kept."""
    kept = 0
    for one in request.files.getlist("file"):
        if not one.filename:
            continue
        try:
            add_file(
                collection, record_id, one.filename, one.stream, slot=slot, actor=current_actor(), now=now()
            )
            kept += 1
        except Refused as problem:
            flash(f"{one.filename}：{sentence(problem.refusals[0])}", "error")
    return kept


def said_of_upload(kept: int) -> None:
    """Say what became of files that were sent by a form of their own."""
    if kept or not sent_files():
        said = gettext(N_("The file was kept.")) if kept else gettext(N_("Choose a file first."))
        flash(said, "success" if kept else "error")


def send_slot_file(collections: Iterable[str]) -> Response:
    """Send the file that the address names as a download, never shown inside a page. Raises Missing."""
    entry, stream = open_file(asked_id("file"), actor=current_actor())
    if entry["collection"] not in collections:
        stream.close()
        raise Missing()
    answer: Response = send_file(
        stream, mimetype=entry["media_type"], as_attachment=True, download_name=entry["name"]
    )
    answer.content_length = entry["size"]
    return answer


def remove_slot_file(collections: Iterable[str]) -> ObjectId:
    """Take away the file that the address names; return the id of its record. Raises Missing, Refused, NotAllowed."""
    identity = asked_id("file")
    entry, stream = open_file(identity, actor=current_actor())
    stream.close()
    if entry["collection"] not in collections:
        raise Missing()
    try:
        remove_file(identity, actor=current_actor(), now=now())
    except Refused as problem:
        flash(sentence(problem.refusals[0]), "error")
    else:
        flash(gettext(N_("The file was removed.")), "success")
    return ObjectId(str(entry["record_id"]))
