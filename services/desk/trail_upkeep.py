"""What keeps the audit trail provable: its end written outside the database, and the states of records from before.

Both are done at the start of every command and server; see `docs/decisions/0029-audit-trail.md`.
"""

import os
import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from pymongo.errors import PyMongoError

from documents.desk.audit_entry import GENESIS, AuditEntry, read_head
from documents.desk.audit_heads import HeadKind, HeadLine, append_head, heads_file, read_heads
from documents.desk.audit_keys import audit_keys
from documents.server.connection import reachable
from documents.states import STATED, States
from rules.access import SYSTEM
from rules.counties import SHIPPED
from rules.errors import Problem
from services.desk.known_states import BASELINE, WHOLE
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_DAY = 24 * 3600.0  # seconds
_CHUNK = 500  # records an entry
_MOST_SEEDS = 1000
_COUNTIES = frozenset(county.code for county in SHIPPED)


def note_head(*, now: datetime, kind: HeadKind = HeadKind.SEEN) -> None:
    """Write the trail's present end to the file outside the database, unless it is the last one there already.

    What goes wrong is logged: nobody waits for it.
    """
    try:
        keys, file = audit_keys(), heads_file()
        seq, entry_hash = read_head()
        lines = read_heads(file, keys)
        known = lines[-1] if lines else None
        if kind is HeadKind.SEEN and (seq == 0 or (known and (known.seq, known.hash) == (seq, entry_hash))):
            return
        if kind is HeadKind.SEEN and known and not _is_in_the_trail(known):
            _say("the audit trail does not hold its former end", seq=known.seq, moment=known.moment)
        append_head(file, seq, entry_hash or GENESIS, kind=kind, now=now, keys=keys)
    except (OSError, Problem, PyMongoError) as problem:
        _say("the head of the audit trail was not noted", cause=str(problem))


def note_daily(over: threading.Event) -> None:
    """Note the trail's end once a day until `over`; for a thread of its own beside a server that runs for months."""
    while not over.wait(_DAY):
        note_head(now=datetime.now(UTC))


def _say(what: str, **more: Any) -> None:
    """Log an error where no command's own output stands."""
    structlog.wrap_logger(structlog.PrintLogger(sys.stderr)).error(what, **more)


def _is_in_the_trail(line: HeadLine) -> bool:
    return line.seq == 0 or AuditEntry.hash_of(line.seq) == line.hash


def known_heads(environ: Mapping[str, str] = os.environ) -> list[HeadLine]:
    """Return the ends that the trail had before, as the file outside the database has them. Raises OSError."""
    return read_heads(heads_file(environ), audit_keys(environ))


def take_states(*, now: datetime) -> int:
    """Let the trail keep the states of the records that are older than states; return of how many. Safe to repeat.

    They are taken once, in transactions of their own, from where a program that was stopped had come to. Afterwards
    only what a new version of the program brings along is taken.
    """
    with reachable():
        progress = AuditEntry.progress()
        if progress.get("whole") and not set(_seeds()) - set(progress.get("seeds", ())):
            return 0
    taken = 0
    while (step := in_one_transaction(_take_some, actor=SYSTEM, now=now)) is not None:
        taken += step
    return taken + in_one_transaction(_take_seeds, actor=SYSTEM, now=now)


def _take_some(uow: UnitOfWork) -> int | None:
    """Take the next states and note how far that came; None when all have been taken."""
    progress = AuditEntry.progress(uow.session)
    if progress.get("whole"):
        return None
    names = sorted(STATED)
    name = progress.get("collection", names[0])
    clause = {"_id": {"$gt": progress["after"]}} if "after" in progress else {}
    ids = States(name).ids(clause, _CHUNK, uow.session)
    left = [other for other in names if other > name]
    if len(ids) == _CHUNK:
        progress = {"collection": name, "after": ids[-1]}
    elif left:
        progress = {"collection": left[0]}
    else:
        progress = {"whole": True, "seeds": sorted(_seeds(uow.session))}
    AuditEntry.set_progress(progress, uow.session)
    _take(uow, [(name, record_id) for record_id in ids], whole="whole" in progress)
    return len(ids)


def _take_seeds(uow: UnitOfWork) -> int:
    """Take the states of what a new version of the program brought along."""
    progress, seeds = AuditEntry.progress(uow.session), _seeds(uow.session)
    fresh = sorted(set(seeds) - set(progress.get("seeds", ())))
    if fresh:
        AuditEntry.set_progress(
            {**progress, "seeds": sorted({*seeds, *progress.get("seeds", ())})}, uow.session
        )
        _take(uow, [seeds[key] for key in fresh])
    return len(fresh)


def _take(uow: UnitOfWork, records: Sequence[tuple[str, Any]], *, whole: bool = False) -> None:
    for collection, record_id in records:
        uow.touch(collection, record_id)
    if records or whole:
        uow.record(BASELINE, records[0][0] if records else "", None, "", note=WHOLE if whole else "")


def _seeds(session: Any = None) -> dict[str, tuple[str, Any]]:
    """Return collection and id of what comes with the program: the statuses that the Measures need, the counties."""
    found = [("statuses", one) for one in States("statuses").ids({"needed": True}, _MOST_SEEDS, session)]
    found += [
        ("counties", one) for one in States("counties").ids({}, _MOST_SEEDS, session) if one in _COUNTIES
    ]
    return {f"{collection} {record_id}": (collection, record_id) for collection, record_id in found}
