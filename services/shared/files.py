"""Files of records: kept in GridFS, known by their content, served only through their record's scope.

A new file is stored first and its particulars are written with the audit entry; a kill between the two
leaves bytes that nothing points to, never a record that points to nothing. Nothing is replaced in place.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from bson import ObjectId
from gridfs import GridFSBucket
from pymongo.errors import PyMongoError

from documents.kinds import FILED
from documents.records.attachment import BUCKET, Attachment, database
from rules.access import Actor, Permission
from rules.applications import Stage
from rules.errors import Missing, Refusal, Refused, Unavailable
from rules.materials import OF_THE_CITY, refusals_to_change_file
from rules.publication import Outcome
from rules.words import N_
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

MOST_BYTES = 20 * 1024 * 1024
MOST_FILES = 100  # of one record
_NAME_LENGTH = 120

# What the content must begin with, by ending: the name alone is no proof.
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_KINDS: Mapping[str, tuple[tuple[bytes, ...], str]] = {
    "pdf": ((b"%PDF-",), "application/pdf"),
    "jpg": ((b"\xff\xd8\xff",), "image/jpeg"),
    "jpeg": ((b"\xff\xd8\xff",), "image/jpeg"),
    "png": ((b"\x89PNG\r\n\x1a\n",), "image/png"),
    "docx": ((_ZIP,), _OFFICE + "wordprocessingml.document"),
    "xlsx": ((_ZIP,), _OFFICE + "spreadsheetml.sheet"),
    "pptx": ((_ZIP,), _OFFICE + "presentationml.presentation"),
    "zip": ((_ZIP,), "application/zip"),
    "doc": ((_OLE,), "application/msword"),
    "xls": ((_OLE,), "application/vnd.ms-excel"),
    "ppt": ((_OLE,), "application/vnd.ms-powerpoint"),
    "wps": ((_OLE, _ZIP), "application/octet-stream"),
    "et": ((_OLE, _ZIP), "application/octet-stream"),
    "ofd": ((_ZIP,), "application/octet-stream"),
}
ENDINGS = tuple(_KINDS)


def clean_name(name: str) -> str:
    """Return a file name without folders, control characters and what a disk refuses."""
    base = re.split(r"[\\/]", name)[-1]
    kept = "".join(sign for sign in base if sign.isprintable() and sign not in '<>:"|?*').strip(". ")
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[:_NAME_LENGTH]}{dot}{ending}" if dot else kept[:_NAME_LENGTH]


def _media_type(name: str, head: bytes) -> str:
    ending = name.rpartition(".")[2].lower()
    known = _KINDS.get(ending)
    if known is None:
        raise Refused(
            Refusal(
                N_("Files of this kind cannot be kept. Allowed: %(endings)s."),
                {"endings": "、".join(ENDINGS)},
            )
        )
    if not head.startswith(known[0]):
        raise Refused(Refusal(N_("The content of “%(name)s” is not what its ending says."), {"name": name}))
    return known[1]


def add_file(
    collection: str, record_id: ObjectId, name: str, content: IO[bytes], *, actor: Actor, now: datetime,
    slot: str = "",
) -> ObjectId:  # fmt: skip
    """Keep a file with a record, in one of its places (`slot`) where it has such; return its id.

    Raises Missing, NotAllowed, Refused (kind, size, number, or a place that is closed).
    """
    actor.demand(Permission.WRITE)
    name = clean_name(name)
    head = content.read(16)
    media_type = _media_type(name, head)
    size, digest = _measure(content)
    bucket = GridFSBucket(database(), bucket_name=BUCKET)
    content.seek(0)
    try:
        stored = bucket.upload_from_stream(name, content)
    except PyMongoError as error:
        raise Unavailable() from error
    particulars = {"name": name, "size": size, "media_type": media_type, "sha256": digest, "stored": stored}
    if slot:
        particulars["slot"] = slot
    try:
        return in_one_transaction(
            lambda uow: _attach(uow, collection, record_id, particulars), actor=actor, now=now
        )
    except Exception:
        bucket.delete(stored)
        raise


def _measure(content: IO[bytes]) -> tuple[int, str]:
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while block := content.read(1 << 20):
        size += len(block)
        digest.update(block)
        if size > MOST_BYTES:
            raise Refused(Refusal(N_("The file is too large: at most 20 MB."), {}))
    return size, digest.hexdigest()


def _attach(
    uow: UnitOfWork, collection: str, record_id: ObjectId, particulars: Mapping[str, Any]
) -> ObjectId:
    document = FILED[collection]
    raw = uow.find(document, record_id)
    _demand_open_place(collection, raw, particulars, uow.actor)
    attachments = Attachment._get_collection()
    if (
        attachments.count_documents({"collection": collection, "record_id": record_id}, session=uow.session)
        >= MOST_FILES
    ):
        raise Refused(N_("A record can hold at most 100 files."))
    counties = document.counties_of(raw)
    entry = {
        "_id": ObjectId(), "collection": collection, "record_id": record_id, "counties": counties, **particulars,
        "uploaded_at": uow.now, "uploaded_by": uow.actor.id, "uploaded_by_name": uow.actor.name,
    }  # fmt: skip
    attachments.insert_one(entry, session=uow.session)
    uow.record(
        "file-added",
        collection,
        record_id,
        document.label_of(raw),
        counties=counties,
        note=particulars["name"],
    )
    return entry["_id"]


def _demand_open_place(
    collection: str, raw: Mapping[str, Any], particulars: Mapping[str, Any], actor: Actor
) -> None:
    """Refuse a change of files that were handed in, or that belong to a step which is over."""
    slot, kind = particulars.get("slot", ""), particulars["media_type"]
    if collection == "applications":
        stage = next(one for one in Stage if one.value == raw["stage"])
        if slot in OF_THE_CITY:
            actor.demand(Permission.DECIDE_APPLICATIONS)
        reasons = refusals_to_change_file(stage, slot, kind)
        if reasons:
            raise Refused(*reasons)
    elif collection == "objections":
        actor.demand(Permission.DECIDE_APPLICATIONS)
        if raw["outcome"] != Outcome.OPEN:
            raise Refused(N_("The objection is decided: its files can no longer be changed."))
    elif collection in _PLACES:
        _demand_place(collection, raw, slot, actor)


# By collection: the places that files may stand in, and the state (key, value) in which they may change.
_PLACES: Mapping[str, tuple[frozenset[str], tuple[str, Any] | None]] = {
    "decisions": (frozenset({"evidence", "notice", "statement"}), ("open", True)),
    "annual_reports": (frozenset({"summary", "inspection"}), None),
    "county_reports": (frozenset({"report"}), None),
    "change_filings": (frozenset({"proof"}), ("state", "filed")),
    "upward_recommendations": (frozenset({"letter", "outcome"}), None),
}
_OF_THE_CITY = frozenset({"decisions", "upward_recommendations"})


def _demand_place(collection: str, raw: Mapping[str, Any], slot: str, actor: Actor) -> None:
    slots, while_ = _PLACES[collection]
    if collection in _OF_THE_CITY:
        actor.demand(Permission.DECIDE_APPLICATIONS)
    if slot not in slots:
        raise Refused(N_("There is no such place for a file."))
    if while_ is not None and raw.get(while_[0]) != while_[1]:
        raise Refused(N_("This is decided: its files can no longer be changed."))


def may_read(entry: Mapping[str, Any], actor: Actor) -> bool:
    """Tell whether a file is the actor's to read once its record is; who objected, and how an expert scored, is not."""
    if entry["collection"] == "objections":
        return actor.may(Permission.DECIDE_APPLICATIONS)
    if entry["collection"] == "decisions" and entry.get("slot") == "evidence":
        return actor.county is None  # it may name who complained
    return entry.get("slot", "") not in OF_THE_CITY or actor.county is None


def files_by_slot(collection: str, record_id: ObjectId, actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """Return the files of each place of a record that the actor may read, oldest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in files_of(collection, record_id):
        if may_read(entry, actor):
            found.setdefault(entry.get("slot", ""), []).append(entry)
    return found


def files_of(collection: str, record_id: ObjectId) -> list[dict[str, Any]]:
    """Return the particulars of a record's files, oldest first; the caller has checked the record's scope."""
    return list(Attachment.objects.of_record(collection, record_id).order_by("uploaded_at").as_pymongo())


def open_file(file_id: ObjectId, *, actor: Actor) -> tuple[dict[str, Any], IO[bytes]]:
    """Return a file's particulars and its bytes to read. Missing when it, or its record, is out of scope."""
    entry = Attachment._get_collection().find_one({"_id": file_id})
    if entry is None:
        raise Missing()
    document = FILED[entry["collection"]]
    raw = document.collection().find_one({"_id": entry["record_id"]})
    if raw is None or not document.is_visible(raw, actor) or not may_read(entry, actor):
        raise Missing()
    return entry, GridFSBucket(database(), bucket_name=BUCKET).open_download_stream(entry["stored"])


def remove_file(file_id: ObjectId, *, actor: Actor, now: datetime) -> None:
    """Take a file from its record. Missing when it is out of scope. The bytes go after the record says so."""
    actor.demand(Permission.WRITE)

    def work(uow: UnitOfWork) -> ObjectId:
        attachments = Attachment._get_collection()
        entry = attachments.find_one({"_id": file_id}, session=uow.session)
        if entry is None:
            raise Missing()
        document = FILED[entry["collection"]]
        raw = uow.find(document, entry["record_id"])
        if not may_read(entry, uow.actor):
            raise Missing()
        _demand_open_place(entry["collection"], raw, entry, uow.actor)
        attachments.delete_one({"_id": file_id}, session=uow.session)
        uow.record(
            "file-removed", entry["collection"], raw["_id"], document.label_of(raw),
            counties=document.counties_of(raw), note=entry["name"],
        )  # fmt: skip
        return entry["stored"]

    stored = in_one_transaction(work, actor=actor, now=now)
    GridFSBucket(database(), bucket_name=BUCKET).delete(stored)
