"""Files of a record over the programming interface."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from flask import jsonify, request, send_file, url_for
from flask.typing import ResponseReturnValue

from admin_views.api.door import Door
from admin_views.shared.api_problems import BAD_REQUEST, WRONG_TYPE, Fault, ProblemFound
from admin_views.shared.files import shown_name
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, parse_object_id
from admin_views.shared.told import tell_file
from admin_views.shared.translation import gettext
from documents.records.attachment import StoredAttachment
from rules.access import Act
from rules.errors import Missing
from rules.words import N_
from schema.field import Kind
from schema.file_places import has_owned_files
from services.records.field_files import is_of_field
from services.records.files_in_fields import add_to_field, remove_from_field
from services.shared.files import SentFile, add_file, files_of, open_file, readable_file, remove_file
from services.shared.plain_json import plain

INPUT = "file"
NO_FIELD = N_("“field” names a field that holds files.")


def list_files(collection: str, record_id: str) -> ResponseReturnValue:
    """Answer the particulars of a record's files, the oldest first."""
    door, raw = _owner(collection, record_id)
    entries = files_of(door.name, raw["_id"], current_actor())
    return jsonify(items=[_particulars(door, entry) for entry in entries])


def upload(collection: str, record_id: str) -> ResponseReturnValue:
    """Keep a file with a record; the same file sent again is the one that stands there."""
    Door.of(collection).demand(Act.CHANGE)
    door, raw = _owner(collection, record_id)
    if request.mimetype != "multipart/form-data":
        detail = N_("A file is sent as multipart/form-data, in the part “file”.")
        raise ProblemFound(WRONG_TYPE, gettext(detail))
    sent = request.files.getlist(INPUT)
    if len(sent) != 1 or not sent[0].filename:
        detail = gettext(N_("Send one file, in the part “file”, with its name."))
        raise ProblemFound(BAD_REQUEST, detail, [Fault(INPUT, detail)])
    actor, key = current_actor(), request.form.get("field", "")
    if key:
        if key not in {field.key for field in door.fields if field.kind is Kind.FILES}:
            raise ProblemFound(BAD_REQUEST, gettext(NO_FIELD), [Fault("field", gettext(NO_FIELD))])
        file = SentFile(sent[0].filename, sent[0].stream)
        made = add_to_field(door.name, raw["_id"], key, file, actor=actor, now=now())
    else:
        made = add_file(
            door.name, raw["_id"], sent[0].filename, sent[0].stream,
            county=request.form.get("county") if has_owned_files(door.name) else None,
            actor=actor, now=now(),
        )  # fmt: skip
    entry = readable_file(made, actor=current_actor())
    answer = jsonify(_particulars(door, entry))
    answer.status_code = 201
    answer.headers["Location"] = _address(door, entry)
    return answer


def download(collection: str, record_id: str, file_id: str) -> ResponseReturnValue:
    """Send a file."""
    entry = _entry(collection, record_id, file_id)
    entry, stream = open_file(entry["_id"], actor=current_actor())
    tell_file(entry)
    answer = send_file(stream, mimetype=entry["media_type"], as_attachment=True, download_name=entry["name"])
    answer.content_length = entry["size"]
    return answer


def remove(collection: str, record_id: str, file_id: str) -> ResponseReturnValue:
    """Move a file to the recycle bin."""
    Door.of(collection).demand(Act.CHANGE)
    entry = _entry(collection, record_id, file_id)
    remove = remove_from_field if is_of_field(entry) else remove_file
    remove(entry["_id"], actor=current_actor(), now=now())
    return "", 204


def _owner(collection: str, record_id: str) -> tuple[Door, Mapping[str, Any]]:
    door = Door.of(collection)
    if not door.declaration.has_files:
        raise Missing()
    return door, door.read(record_id)


def _entry(collection: str, record_id: str, file_id: str) -> StoredAttachment:
    door, raw = _owner(collection, record_id)
    entry = readable_file(parse_object_id(file_id), actor=current_actor())
    if (entry["collection"], entry["record_id"]) != (door.name, raw["_id"]):
        raise Missing()
    return entry


def _address(door: Door, entry: StoredAttachment) -> str:
    return url_for(
        "api.file", collection=door.declaration.slug, record_id=entry["record_id"], file_id=entry["_id"]
    )


def _particulars(door: Door, entry: StoredAttachment) -> dict[str, Any]:
    file_id: ObjectId = entry["_id"]
    return {
        "id": str(file_id),
        "name": shown_name(entry),
        "size": entry["size"],
        "media_type": entry["media_type"],
        "sha256": entry["sha256"],
        "uploaded_at": plain(entry["uploaded_at"]),
        "uploaded_by": entry.get("uploaded_by_name") or "",
        "url": _address(door, entry),
        **({"field": entry["slot"]} if is_of_field(entry) else {}),
    }
