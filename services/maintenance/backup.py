"""Back the whole office up into one file, and bring it back.

The file is a zip: one member of concatenated BSON for each collection, GridFS included, and a
manifest with counts and SHA-256. All collections are read at one moment of the database's clock.
It holds names, phones and password hashes, so only its owner may read it.
"""

import json
import os
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from glob import escape
from hashlib import sha256
from pathlib import Path

from pymongo.client_session import ClientSession
from pymongo.errors import OperationFailure

from documents.server.connection import client, database, reachable
from rules.access import SYSTEM, Actor
from rules.errors import Refused
from rules.words import N_
from services.maintenance.backup_file import FORMAT, MANIFEST, Part, belongs_in_a_backup, documents_of
from services.maintenance.maintenance import maintenance
from services.maintenance.migrate import schema_of_data
from services.shared.maintenance_mode import BACKING_UP

_BATCH = 2000
# The server's words for "that moment is gone, or a collection changed since": a new moment may do.
_MOMENT_GONE = frozenset({239, 246})
_TRIES = 5
_HOPELESS = 60  # seconds
MOMENT_GONE = N_(
    "After %(seconds)d seconds the server no longer knew the moment that the backup was to hold; no backup was made."
    " Run it with --hold-writes, when nobody needs to save, or let the server remember for longer: db.adminCommand({"
    "setParameter: 1, minSnapshotHistoryWindowInSeconds: 3600})."
)


def backup(
    path: str | Path, *, now: datetime, hold_writes: bool = False, actor: Actor = SYSTEM
) -> dict[str, int]:
    """Write a backup to `path`, and return how many documents of each collection it holds.

    The file appears whole or not at all, readable by its owner alone; an older one of that name is
    replaced. The server keeps a past moment for some minutes only (minSnapshotHistoryWindowInSeconds): a backup that
    takes longer goes on with `hold_writes`, which holds every write back meanwhile.
    Raises Refused when it cannot be written or takes longer, UnderMaintenance, Unavailable.
    """
    target = Path(path).absolute()
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    _clear_away_parts_of_the_dead(target)
    try:
        with reachable():
            if hold_writes:
                with maintenance(BACKING_UP, actor=actor, now=now), client().start_session() as session:
                    parts = _write(part, now, session)
            else:
                parts = _write_at_one_moment(part, now)
        part.replace(target)
        _sync(target.parent)
    except OSError as error:
        sentence = N_("The backup %(name)s could not be written: %(reason)s.")
        raise Refused(sentence, name=target.name, reason=error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return {part.name: part.count for part in parts}


def _clear_away_parts_of_the_dead(target: Path) -> None:
    """Remove what backups to the same file that were killed left beside it: it holds names and phones too."""
    for part in target.parent.glob(f".{escape(target.name)}.*.part"):
        writer = part.name.split(".")[-2]
        if writer.isdecimal() and not _lives(int(writer)):
            with suppress(OSError):
                part.unlink()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _write_at_one_moment(path: Path, now: datetime) -> list[Part]:
    for tries in range(1, _TRIES + 1):
        began = time.monotonic()
        try:
            with client().start_session(snapshot=True) as session:
                return _write(path, now, session)
        except OperationFailure as error:
            if error.code not in _MOMENT_GONE:
                raise
            lasted = round(time.monotonic() - began)
            # One that ran so long would run as long again, and lose its moment again.
            if tries == _TRIES or lasted > _HOPELESS:
                raise Refused(MOMENT_GONE, seconds=lasted) from error
            time.sleep(0.2 * tries)
    raise AssertionError("unreachable")


def _write(path: Path, now: datetime, session: ClientSession) -> list[Part]:
    names = sorted(filter(belongs_in_a_backup, database().list_collection_names()))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            parts = [_write_collection(archive, name, session) for name in names]
            manifest = {
                "format": FORMAT, "created_at": now.isoformat(), "database": database().name,
                "schema": schema_of_data(),
                "parts": [part.as_json() for part in parts],
            }  # fmt: skip
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        stream.flush()
        os.fsync(stream.fileno())
    return parts


def _write_collection(archive: zipfile.ZipFile, name: str, session: ClientSession) -> Part:
    digest, count, size = sha256(), 0, 0
    with archive.open(f"{name}.bson", "w", force_zip64=True) as member:
        for batch in _batches(name, session):
            digest.update(batch)
            count += sum(1 for _ in documents_of(batch))
            size += len(batch)
            member.write(batch)
    return Part(name, count, size, digest.hexdigest())


def _batches(name: str, session: ClientSession) -> Iterator[bytes]:
    with closing(database()[name].find_raw_batches({}, session=session, batch_size=_BATCH)) as found:
        yield from found


def _sync(folder: Path) -> None:
    """Make the new name outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
