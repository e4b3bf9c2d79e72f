"""The worker: claims one job after another, keeps its lease while it works, leaves to others what it cannot finish.

Any web process runs one in a thread; `flask jobs work` is one more. A worker that is killed leaves its lease to run
out: the next one goes on at the checkpoint. No piece is done twice and none is left out, because a piece and its
checkpoint are one transaction, refused under an older fencing token.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Self

import structlog
from bson import ObjectId
from bson.errors import InvalidId
from pymongo.errors import PyMongoError

from documents.desk.settings import refresh_settings
from documents.desk.user import User
from documents.jobs.job import Job, JobState, StoredJob
from documents.server.connection import reachable
from rules.access import SYSTEM, Actor
from rules.errors import Missing, NotAllowed, Problem, Unavailable
from rules.words import N_
from services.jobs.run import LEASE_SECONDS, Cancelled, JobKind, JobRun, LeaseLost

_log = structlog.get_logger()
_IDLE_SECONDS = 1.0
# A job that kills its worker, or is killed with it, so often without getting on is not tried again.
_MOST_IDLE_CLAIMS = 5
_GIVEN_UP = N_("It was begun %(count)d times and never got on. Please tell whoever looks after the program.")
_UNFORESEEN = N_("Something went wrong that nobody foresaw. What was written stays.")


# Lets a process of its own work on a job until the event is set, and tells whether it came to its end
# (see `services.jobs.apart`). Raises OSError.
Apart = Callable[[ObjectId, threading.Event], bool]


class Worker:
    """Works on jobs of these kinds; `lease_seconds` is how long a dead one's job lies still.

    With `apart` those of a kind that asks for it are worked on by a process of their own.
    """

    def __init__(
        self, kinds: Iterable[JobKind], *, lease_seconds: float = LEASE_SECONDS, apart: Apart | None = None
    ) -> None:
        self._kinds: Mapping[str, JobKind] = {kind.name: kind for kind in kinds}
        self._lease_seconds = lease_seconds
        self._apart = apart
        self._name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def start(self) -> None:
        """Work in a thread of its own until `end`."""
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()

    def tell_to_end(self) -> None:
        """Ask to stop after the piece in hand; its job goes to another worker."""
        self._ending.set()

    def end(self, patience: float = 10.0) -> None:
        """Stop after the piece in hand, waiting for it so many seconds; its job goes to another worker."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(patience)

    def work_once(self) -> bool:
        """Work on one job, if one waits, to its end; False when there was none, or it has to wait.

        Raises Unavailable.
        """
        if self._apart is None:
            return self._work_on_one(None)
        with reachable():
            waiting = Job.next_of(self._kinds)
        if waiting is None:
            return False
        job_id = waiting["_id"]
        if self._kinds[waiting["kind"]].apart:
            with suppress(OSError):
                return self._apart(job_id, self._ending)
            # Where no process can be had it is worked on here; one that was killed has left its lease to run out.
        return self._work_on_one(job_id)

    def work_on(self, job_id: ObjectId) -> bool:
        """Work on this job to its end, if nobody else does; tell whether this worker did. Raises Unavailable."""
        return self._work_on_one(job_id)

    def _work_on_one(self, job_id: ObjectId | None) -> bool:
        if self._ending.is_set():
            return False
        with reachable():
            stored = Job.claim(self._name, self._lease_seconds, self._kinds, job_id)
        return stored is not None and self._run(stored)

    def _work(self) -> None:
        while not self._ending.is_set():
            worked = False
            with suppress(Unavailable, PyMongoError):
                worked = self.work_once()
            if not worked:
                self._ending.wait(_IDLE_SECONDS)

    def _run(self, stored: StoredJob) -> bool:
        """Run a claimed job; tell whether it came to its end here, or is another worker's by now."""
        job_id, token, kind = stored["_id"], stored["token"], self._kinds[stored["kind"]]
        try:
            actor = _actor_of(stored)
            if stored["idle_claims"] > _MOST_IDLE_CLAIMS:
                raise Problem(_GIVEN_UP, count=stored["idle_claims"] - 1)
            actor.demand(kind.permission)
            with reachable():
                refresh_settings()  # what the office decided since this process last answered a page
            run = JobRun(stored, actor, self._lease_seconds)
            with _Heartbeat(run, self._lease_seconds, self._ending):
                run.go_on()
                result = kind.run(run)
            self._end(job_id, token, JobState.DONE, {"result": dict(result)})
        except LeaseLost:
            _log.warning("job lost", job=str(job_id))
        except Cancelled:
            if self._ending.is_set() and not _was_cancelled(job_id):
                Job.give_back(job_id, token)
                return False
            self._end(job_id, token, JobState.CANCELLED, {})
        except Unavailable:
            _log.warning("job waits for the database", job=str(job_id))
            with suppress(PyMongoError):
                Job.give_back(job_id, token)
            return False  # claimed again at once, it would go round and round as long as writes are held back
        except Problem as problem:
            refusal = problem.refusals[0]
            self._end(job_id, token, JobState.FAILED, {"problem": _problem(refusal.message, refusal.params)})
        except Exception:
            _log.exception("job failed", job=str(job_id))
            self._end(job_id, token, JobState.FAILED, {"problem": _problem(_UNFORESEEN, {})})
        return True

    @staticmethod
    def _end(job_id: ObjectId, token: int, state: JobState, values: Mapping[str, Any]) -> None:
        with reachable():
            Job.end(job_id, token, state, values)


class _Heartbeat:
    """Renews the lease of a job while it is worked on, and hears that it is to stop or was lost.

    As long as pieces end it only looks: they prolong the lease themselves, and a write beside one undoes it.
    """

    def __init__(self, run: JobRun, lease_seconds: float, ending: threading.Event) -> None:
        self._run, self._lease_seconds, self._ending = run, lease_seconds, ending
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="job-lease", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(self._lease_seconds / 5):
            if self._ending.is_set():
                self._run.cancelled.set()
            run = self._run
            is_fresh = time.monotonic() - run.renewed_at < self._lease_seconds / 2
            try:
                if is_fresh:
                    stored = Job.held(run.id, run.token)
                else:
                    stored = Job.renew(run.id, run.token, self._lease_seconds)
                    run.renewed_at = time.monotonic()
            except PyMongoError:
                continue  # the lease may run out meanwhile; the next piece is refused then
            if stored is None:
                self._run.lost.set()
            elif stored.get("cancel_asked"):
                self._run.cancelled.set()


def _was_cancelled(job_id: ObjectId) -> bool:
    stored = Job.stored(job_id)
    return stored is not None and bool(stored.get("cancel_asked"))


def _actor_of(stored: StoredJob) -> Actor:
    """Return who asked for a job, with the role of today. Raises NotAllowed for who is there no more, or shut out."""
    if stored["actor_id"] == SYSTEM.id:
        return SYSTEM
    try:
        user = User.read(ObjectId(stored["actor_id"]), SYSTEM)
    except (InvalidId, Missing) as error:
        raise NotAllowed() from error
    if user.get("disabled"):
        raise NotAllowed()
    return User.actor_of(user)  # type: ignore[arg-type]


def _problem(message: str, params: Mapping[str, Any]) -> dict[str, Any]:
    return {"message": message, "params": {key: str(value) for key, value in params.items()}}
