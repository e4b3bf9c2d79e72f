"""Uploaded workbooks between a trial and the import that follows: kept for a day, each for who sent it."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from bson import ObjectId
from gridfs import GridFSBucket, NoFile
from mongoengine.connection import get_db
from pymongo.errors import PyMongoError

from documents.imports.import_trial import ImportTrial
from documents.records.stored_bytes import UPLOADS as BUCKET
from documents.server.connection import patient, reachable
from rules.access import Actor, Permission
from rules.errors import Missing, Refusal, Refused, Unavailable
from rules.words import N_

MOST_BYTES = 50 * 1024 * 1024
_KEPT_FOR = timedelta(days=1)


def keep_upload(
    content: IO[bytes], name: str, *, place: str, actor: Actor, now: datetime, most: int = 1
) -> ObjectId:
    """Keep a workbook and return its id. Refused when it is too large.

    At one `place` (a kind of import, a form) a user keeps the last `most` that nothing has taken up; old ones are
    cleared away.
    """
    actor.demand(Permission.IMPORT)
    content.seek(0, 2)
    if content.tell() > MOST_BYTES:
        raise Refused(Refusal(N_("The file is too large: at most 50 MB."), field="file"))
    content.seek(0)
    try:
        bucket = GridFSBucket(get_db(), bucket_name=BUCKET)
        drop_old(now)
        for one in uploads_at(place, actor=actor)[most - 1 :]:
            drop_upload(one.id)
        with patient():
            return bucket.upload_from_stream(name[:200], content, metadata={"user": actor.id, "place": place})
    except PyMongoError as error:
        raise Unavailable() from error


@dataclass(frozen=True, slots=True)
class Upload:
    """A kept workbook that nothing has taken up: its name as its sender knows it, where and when it was sent."""

    id: ObjectId
    name: str
    place: str
    sent_at: datetime


def uploads_at(place: str, *, actor: Actor) -> list[Upload]:
    """Return the workbooks that a user keeps at a place, the latest first. Raises Unavailable."""
    return _uploads({"metadata.user": actor.id, "metadata.place": place})


def uploads_of(actor: Actor, places: str) -> list[Upload]:
    """Return those that a user keeps at places that begin so, the latest first. Raises Unavailable."""
    return _uploads({"metadata.user": actor.id, "metadata.place": {"$regex": f"^{re.escape(places)}"}})


def _uploads(clause: Mapping[str, Any]) -> list[Upload]:
    with reachable():
        found = get_db()[f"{BUCKET}.files"].find(clause).sort([("uploadDate", -1), ("_id", -1)])
        return [
            Upload(one["_id"], one["filename"] or "", one["metadata"]["place"], one["uploadDate"])
            for one in found
        ]


def copy_upload(upload_id: ObjectId, *, place: str, actor: Actor, now: datetime, most: int = 1) -> ObjectId:
    """Keep a kept workbook once more, at another place; return the copy's id. Raises Missing, Refused, Unavailable."""
    with opened_upload(upload_id, actor=actor) as (path, name), path.open("rb") as content:
        return keep_upload(content, name, place=place, actor=actor, now=now, most=most)


@contextmanager
def opened_upload(upload_id: ObjectId, *, actor: Actor) -> Iterator[tuple[Path, str]]:
    """Give the kept workbook as a file, and its name. Missing when it is gone or somebody else's."""
    bucket = GridFSBucket(get_db(), bucket_name=BUCKET)
    try:
        stream = bucket.open_download_stream(upload_id)
    except NoFile as error:
        raise Missing(N_("The uploaded file is no longer kept: please choose it again.")) from error
    if (stream.metadata or {}).get("user") != actor.id:
        raise Missing(N_("The uploaded file is no longer kept: please choose it again."))
    name = stream.filename or "upload"
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / f"workbook{Path(name).suffix[:6]}"
        with path.open("wb") as file:
            shutil.copyfileobj(stream, file)
        yield path, name


def name_of_upload(upload_id: ObjectId) -> str:
    """Return the name of a kept workbook as its sender knows it; "" when it is gone."""
    found = get_db()[f"{BUCKET}.files"].find_one({"_id": upload_id}, {"filename": 1})
    return str(found["filename"]) if found else ""


def upload_size(upload_id: ObjectId) -> int:
    """Return how many bytes a kept workbook has; 0 when it is gone."""
    stored = get_db()[f"{BUCKET}.files"].find_one({"_id": upload_id}, {"length": 1}) or {}
    return int(stored.get("length", 0))


def hold_upload(upload_id: ObjectId) -> None:
    """Keep a workbook although its user sends another: rows that an import left are still to be settled."""
    get_db()[f"{BUCKET}.files"].update_one({"_id": upload_id}, {"$unset": {"metadata.place": ""}})


def drop_old(now: datetime) -> None:
    """Forget what was kept for its day."""
    for old in list(
        GridFSBucket(get_db(), bucket_name=BUCKET).find({"uploadDate": {"$lt": now - _KEPT_FOR}})
    ):
        drop_upload(old._id)


def drop_upload(upload_id: ObjectId) -> None:
    """Forget a kept workbook, and the trial of it."""
    ImportTrial.drop(upload_id)
    try:
        GridFSBucket(get_db(), bucket_name=BUCKET).delete(upload_id)
    except NoFile:
        return
