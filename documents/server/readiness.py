"""What must hold before a process is given requests: each question asked of the database within a bound."""

import secrets
import shutil
from pathlib import Path

from mongoengine import Document
from pymongo import timeout
from pymongo.errors import PyMongoError
from pymongo.write_concern import WriteConcern

from documents.indexes import documents
from documents.server.connection import database
from rules.errors import Unavailable

BOUND = 2.0  # seconds for each question
_LEAST_ROOM = 64 * 2**20  # bytes
_NAME = secrets.token_hex(8)  # of this process; another one's write must not count as its own


def takes_majority_write() -> bool:
    """Tell whether a majority journals a write of ours in time. It leaves nothing behind."""
    try:
        with timeout(BOUND):
            rows = database()["readiness"]
            rows.with_options(write_concern=WriteConcern(1)).replace_one(
                {"_id": _NAME}, {"_id": _NAME}, upsert=True
            )
            rows.with_options(write_concern=WriteConcern("majority", j=True)).delete_one({"_id": _NAME})
    except (PyMongoError, Unavailable):
        return False
    return True


def has_disk(folder: Path) -> bool:
    """Tell whether the disks of `folder` and of the database have room. A database that does not say has."""
    try:
        with timeout(BOUND):
            told = database().command("dbStats")
        free = told.get("fsTotalSize", _LEAST_ROOM) - told.get("fsUsedSize", 0)
        here = next(place for place in (folder, *folder.parents) if place.exists())
        return bool(free >= _LEAST_ROOM) and shutil.disk_usage(here).free >= _LEAST_ROOM
    except (PyMongoError, Unavailable, OSError):
        return False


def has_indexes() -> bool:
    """Tell whether every index that the documents declare is there, and built."""
    try:
        with timeout(BOUND):
            return all(map(_is_indexed, documents()))
    except (PyMongoError, Unavailable):
        return False


def _is_indexed(document: type[Document]) -> bool:
    told = document._get_collection().aggregate([{"$indexStats": {}}])
    built = {row["name"] for row in told if not row.get("building")}
    return {spec["name"] for spec in document._meta["index_specs"] if "name" in spec} <= built
