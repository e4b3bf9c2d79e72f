"""Hold every write of the office back while something is done that none may come in between."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.maintenance.data_state import DataState, Maintenance
from documents.server.connection import reachable
from rules.access import Actor, Permission
from rules.errors import Refused, UnderMaintenance
from rules.words import N_
from services.shared.maintenance_mode import SECONDS, UPKEEP, busy, holding, renewed
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

_PATIENCE = 90.0  # seconds that one piece of work waits for another, which is killed perhaps
_POLL = 0.5
_LONGEST = 200
OFFICE = "office"
_LAPSED = N_(
    "Writes were not held back all the time: this process, or the database, stood still for more than %(seconds)d"
    " seconds. What was to be done was given up; please begin it again."
)


@dataclass
class Hold:
    """Writes that are held back; `never_lapse` keeps them so until the work ends, even if its process is killed."""

    holder: str
    unending: bool = False

    def never_lapse(self, session: Any = None) -> None:
        """Go on holding writes back when this process is killed: whoever finishes the work ends it.

        Raises Refused when it has lapsed: somebody may have written meanwhile.
        """
        if not DataState.never_lapse(self.holder, session):
            raise _lapsed()
        self.unending = True

    def demand(self) -> None:
        """Raise Refused when writes are not held back any more."""
        if not DataState.renew(self.holder, SECONDS):
            raise _lapsed()


def _lapsed() -> Refused:
    return Refused(_LAPSED, seconds=SECONDS)


@contextmanager
def maintenance(reason: str, *, actor: Actor, now: datetime, patience: float = _PATIENCE) -> Iterator[Hold]:
    """Hold all writes back but those of this thread. When the block begins, no earlier write is on its way.

    Waits up to `patience` seconds for another such piece of work. Raises UnderMaintenance, Unavailable; Refused at its
    end when others could write meanwhile, because nothing was heard of this process for too long.
    """
    with holding() as holder:
        hold = Hold(holder)
        _begin(Maintenance(reason, actor.name, now, holder), actor, now, patience)
        with renewed(holder):
            try:
                yield hold
            except BaseException:
                if not hold.unending:
                    DataState.end_work(holder)
                raise
            if not DataState.end_work(holder) and not hold.unending:
                raise _lapsed()


@contextmanager
def taken_over(reason: str, *, actor: Actor, now: datetime) -> Iterator[str]:
    """Go on, in its place, with a piece of work whose process was killed; writes are held back until it is done.

    Gives the name under which it goes on.
    """
    with holding() as holder:
        DataState.take_over(Maintenance(reason, actor.name, now, holder), SECONDS)
        DataState.never_lapse(holder)
        with renewed(holder):
            yield holder
        DataState.end_work(holder)


def _begin(work: Maintenance, actor: Actor, now: datetime, patience: float) -> None:
    DataState.be_there()

    def hold(uow: UnitOfWork) -> None:
        # Every write that began before this one ends before it, or runs again and finds writes held back.
        uow.hold()
        if not DataState.hold_for_work(work, SECONDS, session=uow.session):
            raise busy(DataState.read(uow.session)[1])

    give_up = time.monotonic() + patience
    while True:
        try:
            in_one_transaction(hold, actor=actor, now=now)
        except UnderMaintenance:
            if time.monotonic() > give_up:
                raise
            time.sleep(_POLL)
        else:
            return


def hold_by_command(reason: str, *, actor: Actor, now: datetime) -> None:
    """Hold every write of the office back until `end_by_command`; reads go on. Raises Refused, UnderMaintenance."""
    actor.demand(Permission.MANAGE_OFFICE)
    words = " ".join(reason.split())[:_LONGEST] or UPKEEP
    with reachable():
        DataState.be_there()

        def hold(uow: UnitOfWork) -> None:
            DataState.hold_by_command(words, actor.name, now, session=uow.session)
            uow.record("maintenance-begun", OFFICE, None, words)

        in_one_transaction(hold, actor=actor, now=now)


def end_by_command(*, actor: Actor, now: datetime) -> None:
    """Let writes through again. Raises Refused when they were not held back by command, UnderMaintenance."""
    actor.demand(Permission.MANAGE_OFFICE)

    def end(uow: UnitOfWork) -> None:
        if not DataState.end_by_command(session=uow.session):
            raise Refused(N_("The office is not under maintenance."))
        uow.record("maintenance-ended", OFFICE, None, "")

    with reachable(), holding():
        in_one_transaction(end, actor=actor, now=now)


def maintenance_now() -> Maintenance | None:
    """Return why writes are held back just now; None when they are not. Raises Unavailable."""
    with reachable():
        return DataState.read()[1]
