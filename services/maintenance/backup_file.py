"""A backup's file: its manifest, and the check that it is whole, before anything is touched."""

import json
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from documents.maintenance.data_state import COLLECTION as STATE
from rules.errors import Unreadable
from rules.words import N_

FORMAT = 2  # of 1 there is no `schema`
MANIFEST = "manifest.json"
RESTORING = "restoring."  # before the name of a collection that is being loaded
NOT_A_BACKUP = N_("This file is not a backup of the office, or it is cut short. Nothing was changed.")
DAMAGED = N_(
    "The backup is damaged: its part %(name)s is not what its list of contents says. Nothing was changed."
)
UNKNOWN_FORMAT = N_(
    "The backup says that it has format %(format)s, which this program does not know. Nothing was changed."
)
TOO_NEW = N_("The backup was made by a newer version of this program. Nothing was changed.")

_FORMATS = (1, FORMAT)
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_MOST_MANIFEST = 1 << 20
_MOST_DOCUMENT = (16 << 20) + (16 << 10)  # what the server takes
_READ = 1 << 20


def belongs_in_a_backup(collection: str) -> bool:
    """Tell whether a collection is the office's data: not the server's, and not how this database stands itself."""
    return collection != STATE and not collection.startswith(("system.", RESTORING))


@dataclass(frozen=True)
class Part:
    """One collection of a backup: its name, its number of documents, its bytes and their SHA-256."""

    name: str
    count: int
    size: int
    sha256: str

    def as_json(self) -> dict[str, Any]:
        """Return the part as the manifest has it."""
        return asdict(self)


class BackupFile:
    """An open backup whose every part was found to be as its manifest says. Use it in a `with`."""

    def __init__(self, path: str | Path) -> None:
        """Open and check the file. Raises Unreadable with one sentence."""
        try:
            self._archive = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise Unreadable(NOT_A_BACKUP) from error
        try:
            self.schema = 0
            self.created_at, self.parts = self._manifest()
            for part in self.parts:
                self._check(part)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "BackupFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._archive.close()

    def documents(self, part: Part) -> Iterator[bytes]:
        """Return the documents of a part, each as its BSON. Raises ValueError when they are cut short."""
        with self._archive.open(f"{part.name}.bson") as member:
            yield from _documents(member)

    def _manifest(self) -> tuple[str, list[Part]]:
        try:
            info = self._archive.getinfo(MANIFEST)
            if info.file_size > _MOST_MANIFEST:
                raise Unreadable(NOT_A_BACKUP)
            found = json.loads(self._archive.read(info))
            made_as = found["format"]
            if type(made_as) is int and made_as > FORMAT:
                raise Unreadable(TOO_NEW)
            if type(made_as) is not int or made_as not in _FORMATS:
                raise Unreadable(UNKNOWN_FORMAT, format=str(made_as)[:40])
            self.schema = max(0, int(found.get("schema", 0)))
            parts = [
                Part(str(part["name"]), int(part["count"]), int(part["size"]), str(part["sha256"]))
                for part in found["parts"]
            ]
            created_at = str(found["created_at"])
        except Unreadable:
            raise
        except Exception as error:  # a forged manifest may fail in any way
            raise Unreadable(NOT_A_BACKUP) from error
        members = sorted(self._archive.namelist())
        if members != sorted([MANIFEST, *(f"{part.name}.bson" for part in parts)]):
            raise Unreadable(NOT_A_BACKUP)
        if not all(_NAME.fullmatch(part.name) and belongs_in_a_backup(part.name) for part in parts):
            raise Unreadable(NOT_A_BACKUP)
        return created_at, parts

    def _check(self, part: Part) -> None:
        if self._archive.getinfo(f"{part.name}.bson").file_size != part.size:
            raise Unreadable(DAMAGED, name=part.name)
        digest, count = sha256(), 0
        try:
            for document in self.documents(part):
                digest.update(document)
                count += 1
        except Exception as error:  # zlib, zipfile and struct each have their own
            raise Unreadable(DAMAGED, name=part.name) from error
        if (count, digest.hexdigest()) != (part.count, part.sha256):
            raise Unreadable(DAMAGED, name=part.name)


def _documents(stream: IO[bytes]) -> Iterator[bytes]:
    """Split a stream of BSON documents; ValueError when it does not end with the end of one."""
    pending = b""
    while block := stream.read(_READ):
        pending += block
        used = 0
        for document in documents_of(pending, whole=False):
            used += len(document)
            yield document
        pending = pending[used:]
    if pending:
        raise ValueError("a document is cut short")


def documents_of(run: bytes, *, whole: bool = True) -> Iterator[bytes]:
    """Return the BSON documents of a run, one after another; ValueError when it is none.

    Without `whole`, a last document that is cut short is left out.
    """
    place = 0
    while len(run) - place >= 4:
        length = struct.unpack_from("<i", run, place)[0]
        if not 5 <= length <= _MOST_DOCUMENT:
            raise ValueError("not a document")
        if len(run) - place < length:
            break
        yield run[place : place + length]
        place += length
    if whole and place != len(run):
        raise ValueError("a document is cut short")
