"""What a job works with: one transaction a piece, each of which moves the checkpoint under the fencing token."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from documents.jobs.job import Job, StoredJob
from documents.server.transactions import LONG
from rules.access import Actor, Permission
from services.shared.unit_of_work import UnitOfWork, in_one_transaction

T = TypeVar("T")
LEASE_SECONDS = 15.0


class LeaseLost(Exception):
    """Another worker has the job now: nothing of the piece in hand was written, and nothing more may be."""


class Cancelled(Exception):
    """Somebody asked to stop; what was written stays."""


class JobRun:
    """One claim of a job. `checkpoint` is where an earlier claim, if there was one, came to; {} at first.

    `renewed_at` is when its lease was prolonged last, by the monotonic clock.
    """

    def __init__(self, stored: StoredJob, actor: Actor, lease_seconds: float = LEASE_SECONDS) -> None:
        self.renewed_at = time.monotonic()
        self._lease_seconds = lease_seconds
        self.id = stored["_id"]
        self.token = stored["token"]
        self.args: Mapping[str, Any] = stored.get("args", {})
        self.checkpoint: Mapping[str, Any] = stored.get("checkpoint", {})
        self.done, self.total = stored.get("done", 0), stored.get("total", 0)
        self.actor = actor
        self.lost = threading.Event()
        self.cancelled = threading.Event()
        if stored.get("cancel_asked"):
            self.cancelled.set()

    def go_on(self) -> None:
        """Return at once when the job may go on. Raises Cancelled, LeaseLost."""
        if self.lost.is_set():
            raise LeaseLost
        if self.cancelled.is_set():
            raise Cancelled

    def step(
        self,
        work: Callable[[UnitOfWork], T],
        checkpoint: Mapping[str, Any],
        *,
        done: int | Callable[[T], int],
        total: int = 0,
        now: datetime | None = None,
    ) -> T:
        """Do one piece in one transaction, which leaves `checkpoint` behind: both are written, or neither.

        `done` is how far it is then, or tells so of what the piece gave.

        Raises what `work` raises, Cancelled, LeaseLost, Unavailable.
        """
        self.go_on()
        renewed_at = self.renewed_at

        def fenced(uow: UnitOfWork) -> T:
            nonlocal renewed_at
            result = work(uow)
            reached, renewed_at = done(result) if callable(done) else done, time.monotonic()
            if not Job.advance(
                self.id,
                self.token,
                checkpoint,
                reached,
                total or self.total,
                uow.session,
                self._lease_seconds,
            ):
                raise LeaseLost
            return result

        result = in_one_transaction(fenced, actor=self.actor, now=now or datetime.now(UTC), within=LONG)
        self.renewed_at = renewed_at
        self.checkpoint, self.total = checkpoint, total or self.total
        self.done = done(result) if callable(done) else done
        return result

    def show(self, done: int, total: int) -> None:
        """Show how far a job is that writes nothing yet. Raises Cancelled, LeaseLost."""
        self.go_on()
        self.done, self.total = done, total
        Job.show(self.id, self.token, done, total)


@dataclass(frozen=True)
class JobKind:
    """A kind of job: how it is called (a message id), who may ask for it, and what it does and gives as its result.

    `apart`: it takes so much memory or of the processor that a web process lets a process of its own do it.
    """

    name: str
    label: str
    permission: Permission
    run: Callable[[JobRun], Mapping[str, Any]]
    apart: bool = False
