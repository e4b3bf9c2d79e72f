"""Maintenance: reads go on, writes are refused with a sentence; every process knows it with its next write.

Each transaction reads the data's state first (`demand_open`). Whoever begins maintenance does so in a transaction of
the same kind, which moves what every transaction moves: a write that began before either ends before it, or runs
again and meets it. So when maintenance has begun, no earlier write is still on its way.
"""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from documents.definitions.own_field import kinds_in_force, refresh_own_fields
from documents.maintenance.data_state import SCHEMA, DataState, Maintenance
from rules.errors import UnderMaintenance
from rules.words import N_

# The piece of work of this process that holds writes back, and so may write itself.
_HOLDER: ContextVar[str] = ContextVar("holder", default="")
SECONDS = 60  # that a piece of work may go on without a sign of life
_RENEW = SECONDS / 4

RESTORING = N_("a backup is being restored")
MIGRATING = N_("the data is being brought up to date")
BACKING_UP = N_("a backup is being made")
MOVED = N_("the data has moved to another server")
UPKEEP = N_("upkeep")
REASONS = (RESTORING, MIGRATING, BACKING_UP, MOVED, UPKEEP)

_TOO_OLD = N_(
    "A newer version of the program has changed the data: this one may no longer write to it."
    " Please tell the administrator."
)
_BUSY = N_("Another piece of upkeep is under way (%(reason)s). Please wait until it has ended.")


def demand_open(session: Any) -> None:
    """Raise UnderMaintenance where this process may not write now. Call it first in a transaction.

    A process that read the office's definitions before one of them was changed reads them anew here.
    """
    needs, maintenance, kinds = DataState.read_with_kinds(session)
    if kinds != kinds_in_force():
        refresh_own_fields()
    if needs > SCHEMA:
        raise UnderMaintenance(_TOO_OLD)
    if maintenance is not None and maintenance.holder != (_HOLDER.get() or None):
        if not maintenance.holder and _HOLDER.get():
            return
        raise UnderMaintenance(reason=maintenance.reason)


def busy(maintenance: Maintenance | None) -> UnderMaintenance:
    """Return the error of a piece of work that another one keeps from beginning."""
    return UnderMaintenance(_BUSY, reason=maintenance.reason if maintenance else UPKEEP)


@contextmanager
def holding() -> Iterator[str]:
    """Give the name of a piece of work: this thread may write while that holds writes back."""
    holder = uuid.uuid4().hex
    token = _HOLDER.set(holder)
    try:
        yield holder
    finally:
        _HOLDER.reset(token)


@contextmanager
def renewed(holder: str) -> Iterator[None]:
    """Renew what a piece of work holds from a thread of its own, and end it afterwards."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(_RENEW):
            try:
                DataState.renew(holder, SECONDS)
            except Exception:  # noqa: S112 - the database is away: the work itself says so
                continue

    thread = threading.Thread(target=renew, name="maintenance", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
