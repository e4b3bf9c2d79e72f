"""Files sent for the fields of a form: kept while the form comes back to be corrected, taken when it is saved.

Their bytes are stored at once. What the page carries of them meanwhile is signed for who sent them; nothing names the
bytes until a record takes them, and what is given up is forgotten after a day.
"""

from typing import Any, cast

from bson import ObjectId
from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now
from admin_views.shared.translation import gettext
from documents.records.attachment import StoredAttachment
from forms.fields import FilesField
from forms.record import RecordForm
from forms.sentences import sentence
from rules.errors import Refused
from rules.words import N_
from services.records.field_files import item_of
from services.shared.files import SentFile, sent_to_field

_KEPT_SECONDS = 20 * 3600  # less than the day after which bytes that nothing names are forgotten
_IDS = ("_id", "stored")
_WAITED_TOO_LONG = N_("The files chosen earlier are no longer kept: please choose them again.")


def take_sent_files(form: RecordForm, collection: str) -> dict[ObjectId, StoredAttachment]:
    """Store the files that were sent for fields of a form, and read those that it carries; return them by id.

    Why one cannot be taken is said at its field when the form is checked. Raises Unavailable.
    """
    found: dict[ObjectId, StoredAttachment] = {}
    for field in form.file_fields():
        entries, refused = _carried(field, collection)
        entries = [entry for entry in entries if str(entry["_id"]) not in field.dropped]
        for upload in request.files.getlist(field.name):
            if not upload.filename:
                continue
            file = SentFile(upload.filename, upload.stream)
            try:
                entries.append(sent_to_field(collection, field.name, file, actor=current_actor(), now=now()))
            except Refused as problem:
                said = "".join(sentence(one) for one in problem.refusals)
                refused.append(said if upload.filename in said else f"{upload.filename}：{said}")
        field.waiting = tuple(item_of(entry) for entry in entries)
        field.carried = tuple(_signed(entry) for entry in entries)
        field.refused = tuple(refused)
        found.update({entry["_id"]: entry for entry in entries})
    return found


def carried_inputs(form: RecordForm) -> tuple[tuple[str, str], ...]:
    """Return the hidden inputs by which a page carries the files of a form that wait to be saved."""
    return tuple((f"{field.name}-new", text) for field in form.file_fields() for text in field.carried)


def _carried(field: FilesField, collection: str) -> tuple[list[StoredAttachment], list[str]]:
    entries: list[StoredAttachment] = []
    for text in field.carried:
        try:
            held = _signer().loads(text, max_age=_KEPT_SECONDS)
        except BadSignature:
            return entries, [gettext(_WAITED_TOO_LONG)]
        if (held.pop("by"), held["collection"], held["slot"]) == (current_actor().id, collection, field.name):
            entries.append(cast("StoredAttachment", held | {key: ObjectId(held[key]) for key in _IDS}))
    return entries, []


def _signed(entry: StoredAttachment) -> str:
    held: dict[str, Any] = {key: value for key, value in entry.items() if key != "record_id"}
    return str(_signer().dumps(held | {key: str(held[key]) for key in _IDS} | {"by": current_actor().id}))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="file of a field")
