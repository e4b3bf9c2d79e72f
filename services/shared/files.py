"""Files of records: kept in GridFS, known by their content, served only through their record's scope.

Who may do what in which place of a record, and when, says the table of `schema.file_places`.

A new file is stored first and its particulars are written with the audit entry; a kill between the two
leaves bytes that nothing points to, never a record that points to nothing. Nothing is replaced in place.
"""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, Any, TypeVar, cast

from bson import ObjectId
from pymongo.errors import PyMongoError

from documents.desk.settings import settings_in_force
from documents.kinds import FILE_OWNERS
from documents.records.attachment import (
    Attachment,
    AttachmentQuerySet,
    StoredAttachment,
    are_kept,
    delete_bytes,
    open_bytes,
    store_bytes,
    wait_no_longer,
    waiting_bytes,
)
from documents.records.file_usage import FileUsage
from documents.records.recycled import FILES, Recycled
from documents.server.connection import reachable
from office.child_process import Busy
from office.files.text_reader import read_file_text
from rules.access import SYSTEM, Act, Actor, Permission
from rules.errors import Missing, Refusal, Refused, Unavailable
from rules.materials import characters
from rules.requests.file_quotas import (
    MEGABYTE,
    FileBytes,
    quotas_nearly_used,
    refusals_of_quota,
    refusals_of_waiting,
)
from rules.words import N_
from schema.definitions.own_fields import PREFIX
from schema.file_places import (
    PlaceRules,
    has_owned_files,
    may_read_file,
    place_of,
    refusals_of_owner,
    refusals_to_add,
    refusals_to_remove,
)
from schema.registry import REGISTRY
from schema.settings import FILES_OF_DAY, FILES_OF_OFFICE, FILES_OF_RECORD, FILES_OF_USER
from services.shared.office_day import office_day
from services.shared.unit_of_work import UnitOfWork, after_commit, in_one_transaction

T = TypeVar("T")

MOST_BYTES = 20 * 1024 * 1024
_NAME_LENGTH = 120
_WAITING = timedelta(days=1)  # what waits longer is forgotten (`services.maintenance.lost_bytes`)
NO_TEXT = N_("The file holds no text that can be read (a scan?).")
GONE = N_("“%(name)s” is no longer kept: please choose the file again.")
GENERATED = N_("The system made this list when it was handed in: it stays as it was.")

# What the content must begin with, by ending: the name alone is no proof.
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_TEXT, _WIDE = "text/plain", (b"\xff\xfe", b"\xfe\xff")  # the marks of text of two bytes a sign
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
    "txt": ((b"",), _TEXT),
    "ofd": ((_ZIP,), "application/octet-stream"),
}
ENDINGS = tuple(_KINDS)


def clean_name(name: str) -> str:
    """Return a file name without folders, control characters and what a disk refuses."""
    base = re.split(r"[\\/]", name)[-1]
    harmless = "".join(sign for sign in base if sign.isprintable() and sign not in '<>:"|?*').strip(". ")
    stem, dot, ending = harmless.rpartition(".")
    return f"{stem[:_NAME_LENGTH]}{dot}{ending}" if dot else harmless[:_NAME_LENGTH]


def _media_type(name: str, head: bytes) -> str:
    ending = name.rpartition(".")[2].lower()
    kind = _KINDS.get(ending)
    if kind is None:
        raise Refused(
            Refusal(
                N_("Files of this kind cannot be kept. Allowed: %(endings)s."),
                {"endings": "、".join(ENDINGS)},
            )
        )
    if not head.startswith(kind[0]):
        raise Refused(Refusal(N_("The content of “%(name)s” is not what its ending says."), {"name": name}))
    if kind[1] == _TEXT and (not head or (b"\0" in head and not head.startswith(_WIDE))):
        raise Refused(Refusal(N_("The content of “%(name)s” is not what its ending says."), {"name": name}))
    return kind[1]


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent."""

    name: str
    content: IO[bytes]


def counted_text(media_type: str, content: IO[bytes]) -> StoredAttachment:
    """Return how many characters a file holds, or why they cannot be counted; nothing for a picture. Raises Busy."""
    if media_type.startswith("image/"):
        return {}
    with tempfile.NamedTemporaryFile() as copy:
        content.seek(0)
        shutil.copyfileobj(content, copy)
        copy.flush()
        try:
            text = read_file_text(Path(copy.name)).body
        except Busy:
            raise
        except Refused as problem:
            return {"not_counted": problem.refusals[0].message}
    return {"characters": characters(text)} if text.strip() else {"not_counted": NO_TEXT}


def add_file(
    collection: str, record_id: ObjectId, name: str, content: IO[bytes], *, actor: Actor, now: datetime,
    slot: str = "", county: str | None = None,
) -> ObjectId:  # fmt: skip
    """Keep a file with a record, in one of its places (`slot`) where it has such; return its id.

    The same file, by name and content, is kept once in a place: sent again, it is the one that stands there.
    Of a record of several counties it becomes part of the actor's county; the city bureau may choose the `county`.
    Raises Missing, NotAllowed, Refused (kind, size, number, or a place that is closed or does not exist).
    """
    actor.demand(Permission.WRITE)
    file = SentFile(name, content)
    _, file_id = write_with_file(
        collection, record_id, file, lambda uow: None, slot=slot, county=county, actor=actor, now=now
    )
    return file_id


def write_with_file(
    collection: str, record_id: ObjectId, file: SentFile, work: Callable[[UnitOfWork], T], *, slot: str = "",
    field: str | None = None, county: str | None = None, actor: Actor, now: datetime,
) -> tuple[T, ObjectId]:  # fmt: skip
    """Do `work` and let a record take a file, in one transaction; return what `work` returns, and the file's id.

    Where the place holds the same file already, that one stays; bytes that no record took are forgotten. `field` is
    where a form shows why the file itself cannot be kept. Raises what `add_file` raises, and what `work` raises.
    """

    def work_and_attach(uow: UnitOfWork) -> tuple[T, StoredAttachment]:
        result = work(uow)
        return result, _attach(uow, entry)

    with kept_bytes(collection, record_id, [file], slot=slot, field=field) as (entry,):
        if has_owned_files(collection):
            entry["owning_county"] = actor.county or county or None
        result, taken = in_one_transaction(work_and_attach, actor=actor, now=now)
    if taken["stored"] != entry["stored"]:
        _forget([entry])
    return result, taken["_id"]


@contextmanager
def kept_bytes(
    collection: str, record_id: ObjectId, files: Iterable[SentFile], *, slot: str, field: str | None = None
) -> Iterator[list[StoredAttachment]]:
    """Store the bytes of files, and give their particulars; what goes wrong within takes them away again.

    Raises Refused (kind, size; with `field` where one is given), Unavailable.
    """
    entries: list[StoredAttachment] = []
    try:
        for file in files:
            entries.append(_stored(collection, record_id, file, slot=slot, field=field))
        yield entries
    except Unavailable:
        raise  # nobody may know whether a record took them: bytes too many are better than a record without its own
    except Exception:
        _forget(entries)
        raise


def attach_to_new(uow: UnitOfWork, entry: StoredAttachment, label: str, counties: Sequence[str]) -> None:
    """Write a file's particulars along with the new record of this label, and record it with the file's SHA-256.

    Raises Refused when the place does not take such a file.
    """
    slot = entry.get("slot", "")
    place = place_of(entry["collection"], slot)
    reasons = refusals_to_add(place, {}, slot, media_type=entry["media_type"], count=0)
    reasons += _refusals_of_quota(uow.actor, entry, uow.now, uow.session)
    if reasons:
        raise Refused(*reasons)
    _insert(uow, _complete(uow, entry, counties))
    note = f"{entry['name']} sha256:{entry['sha256']}"
    uow.record("file-added", entry["collection"], entry["record_id"], label, counties=counties, note=note)


def _stored(
    collection: str, record_id: ObjectId, file: SentFile, *, slot: str, field: str | None, waits_for: str = ""
) -> StoredAttachment:
    """Store the bytes of a file, and return its particulars. Raises Refused (kind, size), Unavailable."""
    name, content = clean_name(file.name), file.content
    try:
        media_type = _media_type(name, content.read(16))
        size, digest = _measure(content)
    except Refused as problem:
        if field is None:
            raise
        reasons = (Refusal(reason.message, reason.params, field) for reason in problem.refusals)
        raise Refused(*reasons) from problem
    content.seek(0)
    try:
        stored = store_bytes(name, content, waits_for=waits_for)
    except PyMongoError as error:
        raise Unavailable() from error
    entry = StoredAttachment(
        collection=collection, record_id=record_id, name=name, size=size, media_type=media_type, sha256=digest,
        stored=stored,
    )  # fmt: skip
    place = place_of(collection, slot)
    if place is not None and place.counts_characters:
        entry |= counted_text(media_type, content)
    return entry | {"slot": slot} if slot else entry


@dataclass(frozen=True)
class GeneratedFile:
    """A file that the system makes from the records for a place of a record, and keeps as it was."""

    slot: str
    name: str
    data: bytes


@contextmanager
def stored_generated(collection: str, files: Iterable[GeneratedFile]) -> Iterator[list[StoredAttachment]]:
    """Store the bytes of generated files and give their particulars, for `attach_generated` in one transaction.

    The bytes are forgotten again when what is done with them fails. Raises Unavailable.
    """
    entries: list[StoredAttachment] = []
    try:
        for file in files:
            entries.append(_stored_generated(collection, file))
        yield entries
    except PyMongoError as error:
        raise Unavailable() from error
    except Unavailable:
        raise  # as in `kept_bytes`
    except BaseException:
        _forget(entries)
        raise


def _stored_generated(collection: str, file: GeneratedFile) -> StoredAttachment:
    name = clean_name(file.name)
    return StoredAttachment(
        collection=collection, name=name, size=len(file.data),
        media_type=_media_type(name, file.data[:16]), sha256=hashlib.sha256(file.data).hexdigest(),
        stored=store_bytes(name, BytesIO(file.data)), slot=file.slot, generated=True,
    )  # fmt: skip


def _forget(entries: Iterable[StoredAttachment]) -> None:
    """Forget the bytes of files that no record took; when the database is gone they stay, and harm nobody."""
    with after_commit("bytes of a file"):
        for entry in entries:
            delete_bytes(entry["stored"])


def attach_generated(uow: UnitOfWork, record: Mapping[str, Any], entries: Iterable[StoredAttachment]) -> None:
    """Give a stored record its generated files, within the transaction that keeps what they belong to."""
    for entry in entries:
        document = FILE_OWNERS[entry["collection"]]
        counties = document.counties_of(record)
        complete: StoredAttachment = {
            **entry, "record_id": record["_id"], "counties": counties, "uploaded_at": uow.now,
            "uploaded_by": uow.actor.id, "uploaded_by_name": uow.actor.name,
        }  # fmt: skip
        _insert(uow, complete)
        note = f"{entry['name']} sha256:{entry['sha256']}"
        label = document.label_of(record)
        uow.record("file-generated", entry["collection"], record["_id"], label, counties=counties, note=note)


def _measure(content: IO[bytes]) -> tuple[int, str]:
    """Return the size in bytes and the SHA-256 of a stream. Refused when it is too large."""
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while block := content.read(1 << 20):
        size += len(block)
        digest.update(block)
        if size > MOST_BYTES:
            raise Refused(Refusal(N_("The file is too large: at most 20 MB."), {}))
    return size, digest.hexdigest()


def _demand_change(collection: str, actor: Actor) -> None:
    """Raise NotAllowed where the record's collection allows this role no change."""
    declaration = REGISTRY.get(collection)
    if declaration is not None:
        declaration.demand(actor, Act.CHANGE)


def _attach(uow: UnitOfWork, entry: StoredAttachment) -> StoredAttachment:
    """Write a file's particulars, or return those of the same file where the place holds it already."""
    collection, record_id, slot = entry["collection"], entry["record_id"], entry.get("slot", "")
    owner, place = FILE_OWNERS[collection], place_of(collection, slot)
    record = owner.read(record_id, uow.actor, uow.session)
    if place is not None:
        _demand_no_field(place)
        uow.actor.demand(place.add)
    _demand_change(collection, uow.actor)
    counties = owner.counties_of(record)
    same = Attachment.same_file(entry, uow.session)
    count = 0 if same else _beside(entry).total(uow.session)
    reasons = refusals_to_add(place, record, slot, media_type=entry["media_type"], count=count)
    reasons += refusals_of_owner(collection, counties, entry.get("owning_county"))
    if not same and not reasons:
        reasons = _refusals_of_quota(uow.actor, entry, uow.now, uow.session)
    if reasons:
        raise Refused(*reasons)
    if same:
        return same
    complete = _complete(uow, entry, _counties_of(entry, counties))
    file_id = _insert(uow, complete)
    uow.count_file(collection, record, 1)
    label = owner.label_of(record)
    uow.record("file-added", collection, record_id, label, counties=complete["counties"], note=entry["name"])
    return {**complete, "_id": file_id}


def _insert(uow: UnitOfWork, entry: StoredAttachment) -> ObjectId:
    """Write a new file's particulars and count its bytes."""
    FileUsage.add(uow.actor.id, entry["size"], office_day(uow.now).isoformat(), uow.session)
    return Attachment.insert(entry, uow.session)


def files_used(actor: Actor, entry: StoredAttachment, now: datetime, session: Any = None) -> FileBytes:
    """Return how many bytes of files are kept with a file's record, by the actor in all and today, by the office."""
    of_user, office = FileUsage.rows(actor.id, session)
    today = of_user.get("day") == office_day(now).isoformat()
    return FileBytes(
        record=_beside(entry).total_bytes(session), user=of_user.get("bytes", 0),
        day=of_user.get("day_bytes", 0) if today else 0, office=office.get("bytes", 0),
    )  # fmt: skip


def files_allowed() -> FileBytes:
    """Return how many bytes of files the office allows."""
    chosen = settings_in_force()
    of_each = (FILES_OF_RECORD, FILES_OF_USER, FILES_OF_DAY, FILES_OF_OFFICE)
    return FileBytes(*(chosen[setting] * MEGABYTE for setting in of_each))


def quota_warnings(
    collection: str, record_id: ObjectId, *, actor: Actor, now: datetime
) -> tuple[Refusal, ...]:
    """Return the sentences of the quotas of files that are nearly used up, for the page of a record."""
    entry = StoredAttachment(collection=collection, record_id=record_id)
    if has_owned_files(collection):
        entry["owning_county"] = actor.county
    with reachable():
        return quotas_nearly_used(files_used(actor, entry, now), files_allowed())


def _refusals_of_quota(
    actor: Actor, entry: StoredAttachment, now: datetime, session: Any = None
) -> tuple[Refusal, ...]:
    return refusals_of_quota(files_used(actor, entry, now, session), files_allowed(), entry["size"])


def _beside(entry: StoredAttachment) -> AttachmentQuerySet:
    """Return the files that count along with one: all of its record, or those of its county's part of it."""
    files: AttachmentQuerySet = Attachment.objects.of_record(entry["collection"], entry["record_id"])
    return files.owned_by(entry.get("owning_county")) if has_owned_files(entry["collection"]) else files


def _counties_of(entry: Mapping[str, Any], of_record: Sequence[str]) -> list[str]:
    """Return the counties that a file belongs to: those of its record, or its owning one alone."""
    if not has_owned_files(entry["collection"]) or entry.get("slot", "").startswith(PREFIX):
        return list(of_record)
    return [entry["owning_county"]] if entry.get("owning_county") else []


def _complete(uow: UnitOfWork, entry: StoredAttachment, counties: Sequence[str]) -> StoredAttachment:
    return {
        **entry, "counties": list(counties), "uploaded_at": uow.now, "uploaded_by": uow.actor.id,
        "uploaded_by_name": uow.actor.name,
    }  # fmt: skip


def may_read(entry: Mapping[str, Any], actor: Actor) -> bool:
    """Tell whether a file is the actor's to read once its record is.

    Who objected, how an expert scored, and what another county keeps with a record of both, is not.
    """
    return may_read_file(entry["collection"], entry.get("slot", ""), actor, county=entry.get("owning_county"))


def files_by_slot(collection: str, record_id: ObjectId, actor: Actor) -> dict[str, list[StoredAttachment]]:
    """Return the files of each place of a record that the actor may read, oldest first."""
    by_slot: dict[str, list[StoredAttachment]] = {}
    for entry in files_of(collection, record_id, actor):
        by_slot.setdefault(entry.get("slot", ""), []).append(entry)
    return by_slot


def files_of(
    collection: str, record_id: ObjectId, actor: Actor, session: Any = None
) -> list[StoredAttachment]:
    """Return the particulars of a record's files that the actor may read, oldest first.

    The caller has checked the record's scope.
    """
    entries = Attachment.objects.of_record(collection, record_id).oldest_first(session)
    return [entry for entry in entries if may_read(entry, actor)]


def open_file(file_id: ObjectId, *, actor: Actor) -> tuple[StoredAttachment, IO[bytes]]:
    """Return a file's particulars and its bytes to read. Missing when it, or its record, is out of scope."""
    entry = readable_file(file_id, actor=actor)
    return entry, open_bytes(entry["stored"])


def readable_file(file_id: ObjectId, *, actor: Actor) -> StoredAttachment:
    """Return a file's particulars. Missing when it, or its record, is out of scope."""
    entry = Attachment.read(file_id)
    FILE_OWNERS[entry["collection"]].read(entry["record_id"], actor)
    if not may_read(entry, actor):
        raise Missing()
    return entry


def remove_file(file_id: ObjectId, *, actor: Actor, now: datetime) -> None:
    """Move a file from its record to the recycle bin; its bytes stay until the bin lets go of it.

    Raises Missing when it is out of scope, NotAllowed, Refused when its place is closed.
    """
    actor.demand(Permission.WRITE)

    def work(uow: UnitOfWork) -> None:
        entry = Attachment.read(file_id, uow.session)
        collection, slot = entry["collection"], entry.get("slot", "")
        owner, place = FILE_OWNERS[collection], place_of(collection, slot)
        record = owner.read(entry["record_id"], uow.actor, uow.session)
        if place is None or not may_read(entry, uow.actor):
            raise Missing()
        _demand_no_field(place)
        uow.actor.demand(place.remove)
        _demand_change(collection, uow.actor)
        if entry.get("generated"):
            raise Refused(Refusal(GENERATED, field=slot or None))
        reasons = refusals_to_remove(place, record, slot)
        if reasons:
            raise Refused(*reasons)
        counties = put_into_bin(uow, entry, record, place)
        uow.record(
            "file-removed", collection, record["_id"], owner.label_of(record), counties=counties, note=entry["name"]
        )  # fmt: skip

    in_one_transaction(work, actor=actor, now=now)


def put_into_bin(
    uow: UnitOfWork, entry: StoredAttachment, record: Mapping[str, Any], place: PlaceRules
) -> list[str]:
    """Move a record's file from its place to the recycle bin; return the counties that it belongs to."""
    owner = FILE_OWNERS[entry["collection"]]
    counties = _counties_of(entry, owner.counties_of(record))
    bin_entry = {
        "collection": FILES, "record_id": entry["_id"], "label": entry["name"], "counties": counties,
        "deleted_at": uow.now, "deleted_by": uow.actor.id, "deleted_by_name": uow.actor.name,
        "readers": place.read.name, "of": owner.label_of(record), "document": entry,
    }  # fmt: skip
    Recycled.keep(bin_entry, session=uow.session)
    Attachment.remove(entry["_id"], uow.session)
    uow.count_file(entry["collection"], record, -1)
    return counties


def restore_file(recycled_id: ObjectId, *, actor: Actor, now: datetime) -> tuple[str, ObjectId]:
    """Bring a removed file back to where it was; return the collection and the id of its record.

    Raises Missing (out of scope, or its record is gone), NotAllowed, Refused when its place is closed or full, or holds
    the same file by now.
    """
    actor.demand(Permission.WRITE)

    def work(uow: UnitOfWork) -> tuple[str, ObjectId]:
        entry = cast(
            "StoredAttachment", Recycled.read(recycled_id, uow.actor, session=uow.session)["document"]
        )
        collection, record_id, slot = entry["collection"], entry["record_id"], entry.get("slot", "")
        owner, place = FILE_OWNERS[collection], place_of(collection, slot)
        try:
            record = owner.read(record_id, uow.actor, uow.session)
        except Missing as problem:
            raise Refused(Refusal(N_("The record of this file is gone: restore it first."))) from problem
        if place is None or not may_read(entry, uow.actor):
            raise Missing()
        _demand_no_field(place)
        uow.actor.demand(place.add)
        _demand_change(collection, uow.actor)
        count = _beside(entry).total(uow.session)
        reasons = refusals_to_add(place, record, slot, media_type=entry["media_type"], count=count)
        if not reasons and Attachment.same_file(entry, uow.session):
            reasons = (Refusal(N_("The same file stands there again already.")),)
        if reasons:
            raise Refused(*reasons)
        take_out_of_bin(uow, recycled_id, entry, record)
        uow.record(
            "file-restored", collection, record_id, owner.label_of(record),
            counties=_counties_of(entry, owner.counties_of(record)), note=entry["name"],
        )  # fmt: skip
        return collection, record_id

    return in_one_transaction(work, actor=actor, now=now)


def take_out_of_bin(
    uow: UnitOfWork, recycled_id: ObjectId, entry: StoredAttachment, record: Mapping[str, Any]
) -> None:
    """Put a removed file where it was. Raises Refused where the record has no room for it any more."""
    # Of the record alone: it has been the user's and the office's all the time.
    used = replace(files_used(uow.actor, entry, uow.now, uow.session), user=0, day=0, office=0)
    if reasons := refusals_of_quota(used, files_allowed(), entry["size"]):
        raise Refused(*reasons)
    Recycled.remove(recycled_id, session=uow.session)
    Attachment.insert(entry, uow.session)
    uow.count_file(entry["collection"], record, 1)


def sent_to_field(
    collection: str, key: str, file: SentFile, *, actor: Actor, now: datetime
) -> StoredAttachment:
    """Store the bytes of a file that is sent for a field, and return its particulars, with the id that it will have.

    Until a record takes it nothing names it, and it is forgotten after a day. Raises Refused (kind, size, quota, or too
    many of the actor's wait), Unavailable.
    """
    actor.demand(Permission.WRITE)
    entry = _stored(collection, ObjectId(), file, slot=key, field=key, waits_for=actor.id)
    with reachable():
        reasons = _refusals_of_quota(actor, entry, now)
        reasons = reasons or refusals_of_waiting(*waiting_bytes(actor.id, now - _WAITING))
    if reasons:
        _forget([entry])
        raise Refused(*(Refusal(reason.message, reason.params, key) for reason in reasons))
    return {**entry, "_id": ObjectId()}


def keep_in_field(uow: UnitOfWork, entry: StoredAttachment, record: Mapping[str, Any]) -> None:
    """Give a record a file that was sent for one of its fields. Raises Refused (taken before, forgotten, quota)."""
    file_id, key = entry["_id"], entry["slot"]
    taken = Attachment.find(file_id, uow.session) or Recycled.last_of(FILES, file_id, session=uow.session)
    if taken or not are_kept(entry["stored"], uow.session):
        raise Refused(Refusal(GONE, {"name": entry["name"]}, key))
    counties = FILE_OWNERS[entry["collection"]].counties_of(record)
    complete = _complete(uow, {**entry, "record_id": record["_id"]}, counties)
    if reasons := _refusals_of_quota(uow.actor, complete, uow.now, uow.session):
        raise Refused(*(Refusal(reason.message, reason.params, key) for reason in reasons))
    _insert(uow, complete)
    wait_no_longer(entry["stored"], uow.session)
    uow.count_file(entry["collection"], record, 1)


def _demand_no_field(place: PlaceRules) -> None:
    """Raise Missing for the files of a field: they come and go with its value alone."""
    if place.field is not None:
        raise Missing()


def told_name(entry: StoredAttachment) -> str:
    """Return what the trail calls a file: its name; of a field, which some may not see, what that is called."""
    slot = entry.get("slot", "")
    if not slot.startswith(PREFIX):
        return entry["name"]
    declaration = REGISTRY.get(entry["collection"])
    field = declaration.by_key.get(slot) if declaration else None
    return field.label if field else ""


def forget_removed_files(*, before: datetime, now: datetime, actor: Actor = SYSTEM) -> int:
    """Let the recycle bin go of the files removed before a moment, and of their bytes; return how many they were.

    Killed in between, it leaves bytes that nothing points to. Raises Unavailable.
    """
    with reachable():
        old = [row["_id"] for row in Recycled.objects.removed_before(before).only("id").as_pymongo()]
    for recycled_id in old:
        stored = in_one_transaction(partial(_forget_removed, recycled_id=recycled_id), actor=actor, now=now)
        if stored is not None:
            with after_commit("bytes of a file"):
                delete_bytes(stored)
    return len(old)


def _forget_removed(uow: UnitOfWork, recycled_id: ObjectId) -> ObjectId | None:
    try:
        removed = Recycled.read(recycled_id, uow.actor, session=uow.session)
    except Missing:  # restored meanwhile, or another process was first
        return None
    entry = removed["document"]
    Recycled.remove(recycled_id, session=uow.session)
    FileUsage.take_away(entry.get("uploaded_by", ""), entry["size"], uow.session)
    uow.record(
        "file-forgotten", entry["collection"], entry["record_id"], removed.get("of", ""),
        counties=removed["counties"], note=told_name(cast("StoredAttachment", entry)),
    )  # fmt: skip
    stored: ObjectId = entry["stored"]
    return stored
