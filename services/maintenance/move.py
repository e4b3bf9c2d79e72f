"""Move the whole office to another MongoDB: from the embedded one to a replica set, say, or back.

Writes are held back where the data is from the beginning on and remain so, so that nobody goes on in the old place;
reads go on. When anything fails, writes go through there again and the other server is as it was or holds a copy.
"""

import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from documents.indexes import build_indexes
from documents.server.connection import client, connect, database, disconnect, reachable
from documents.server.embedded import database_name
from rules.access import Actor
from rules.errors import Refused, UnderMaintenance
from rules.words import N_
from services.maintenance.backup import backup
from services.maintenance.maintenance import end_by_command, hold_by_command, maintenance_now
from services.maintenance.restore import restore
from services.shared.maintenance_mode import MOVED

_THERE = N_("The data is there already: this is the database that is in use.")
_DIFFERS = N_(
    "The copy of %(name)s has %(found)d documents and not %(known)d. Nothing was switched over; please try again."
)


def move(uri: str, *, source_uri: str, source_name: str, actor: Actor, now: datetime) -> dict[str, int]:
    """Copy everything to the database that `uri` names, and return how many documents each collection has there.

    The program is connected to the new place afterwards. Raises Refused when data is there already, UnderMaintenance,
    Unavailable.
    """
    name = database_name(uri)
    if (uri, name) == (source_uri, source_name):
        raise Refused(_THERE)
    if maintenance_now() is not None:
        raise UnderMaintenance(reason=MOVED)
    hold_by_command(MOVED, actor=actor, now=now)
    try:
        with tempfile.TemporaryDirectory(prefix="move-") as folder:
            path = Path(folder) / "office.backup"
            backup(path, now=now)
            _switch(uri, name)
            return _bring(path, now, actor)
    except BaseException:
        _switch(source_uri, source_name)
        with suppress(Refused):
            end_by_command(actor=actor, now=now)
        raise


def _switch(uri: str, name: str) -> None:
    disconnect()
    connect(uri, name)


def _bring(path: Path, now: datetime, actor: Actor) -> dict[str, int]:
    with reachable():
        client().admin.command("ping")
        build_indexes()
        counts = restore(path, now=now, actor=actor)
        for collection, known in counts.items():
            found = database()[collection].count_documents({})
            # The restore itself is recorded, and a new program may add fixed rows; nothing may be missing.
            if found < known:
                raise Refused(_DIFFERS, name=collection, found=found, known=known)
        return counts
