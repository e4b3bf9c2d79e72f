"""A transaction within a bound: begun, tried again, committed or given up while somebody waits for the answer.

PyMongo's own `with_transaction` goes on trying a commit for two minutes. Here every attempt has a deadline that its
commit shares, other writers are waited for a few seconds, and a commit that nobody answered is said to be unknown.

A transaction that its process left behind (killed, stopped, frozen) holds what it wrote until the server's own limit,
and with it everybody's writes. No attempt of ours lives longer than `LONGEST`: who is held up ends one that is older.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from bson.binary import Binary
from pymongo import ReadPreference, timeout
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from documents.server.connection import APP_NAME, client, silence_bound
from rules.errors import Refusal, Unavailable
from rules.words import N_

T = TypeVar("T")

RESTARTING = N_("The office's server is being restarted. Nothing was saved; please try again in a minute.")
BUSY = N_("Others are saving much at this moment. Nothing was saved; please try again in a minute.")

TOO_LONG = N_(
    "The database server lets a transaction that its program left behind live for %(seconds)s seconds, and everybody's "
    "saving waits as long. Set transactionLifetimeLimitSeconds to %(wanted)s: "
    "mongod --setParameter transactionLifetimeLimitSeconds=%(wanted)s"
)

LONGEST = 6.0  # seconds that any attempt of ours may live, its commit included
LIFETIME = 10  # seconds that the server should let any transaction live
_MOST_LIFETIME = 15
_COMMIT = 1.0  # seconds that a commit has at least, however long the work before it took
_ABORT = 0.3  # seconds for taking back what is given up anyway
_TURN = 0.3  # seconds that a writer waits for those of its own process before it tries beside them
_HELD_UP = 1.0  # seconds of conflicts, after which a transaction that was left behind may be the cause
# Seconds that a page's write tries beside conflicts: long enough to end a transaction that was left behind just then.
_WHOLE = LONGEST + _COMMIT + 3 * _HELD_UP
_WRITERS = 8  # that may wait at once; the other half of the server's threads goes on showing pages
_FIRST_REST, _LONGEST_REST = 0.005, 0.1  # seconds between two attempts

_MAJORITY = WriteConcern("majority", j=True)
_UNKNOWN, _PASSING = "UnknownTransactionCommitResult", "TransientTransactionError"


class CommitUnknown(PyMongoError):
    """Nobody answered the commit within the bound: it may have been written, or not."""


@dataclass(frozen=True)
class Patience:
    """How long a write may take, in seconds.

    `attempt` bounds one attempt, `silence` an answer of the database (no attempt begins after it when the last one met
    silence), `whole` the write with all its attempts: longer, because conflicts show that the database is there.
    """

    attempt: float
    silence: float
    whole: float


# A job that nobody sits before: an import, a rebuild, upkeep.
LONG = Patience(attempt=LONGEST, silence=20.0, whole=30.0)


def patience() -> Patience:
    """Return how long a write may take on this connection: a page of the web server waits seconds."""
    bound = silence_bound()
    return LONG if bound is None else Patience(attempt=bound, silence=bound, whole=_WHOLE)


class Writers:
    """The transactions of this process that are under way, so that a process that ends leaves none behind."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: set[ClientSession] = set()
        self._closed = False
        self._places = threading.BoundedSemaphore(_WRITERS)
        # An order among the writers of one process saves conflicts; it is never waited for long.
        self._turn = threading.Lock()

    def open(self) -> None:
        """Let writers in (again)."""
        with self._changed:
            self._closed = False

    @contextmanager
    def writing(self, session: ClientSession, bound: float) -> Iterator[None]:
        """Count a transaction in. Raises Unavailable when the process is ending, or too many wait already."""
        if not self._places.acquire(timeout=bound):
            raise Unavailable(BUSY)
        try:
            with self._changed:
                self.demand_open()
                self._running.add(session)
            mine = self._turn.acquire(timeout=min(_TURN, bound))
            try:
                yield
            finally:
                if mine:
                    self._turn.release()
                with self._changed:
                    self._running.discard(session)
                    self._changed.notify_all()
        finally:
            self._places.release()

    def demand_open(self) -> None:
        """Raise Unavailable when the process is ending."""
        if self._closed:
            raise Unavailable(RESTARTING)

    def drain(self, seconds: float) -> int:
        """Let no more in, wait for those under way, end what is left on the server; return how many those were."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._running, seconds)
            left = list(self._running)
        for session in left:
            _end_session(session.session_id["id"])
        return len(left)


WRITERS = Writers()


class _Commits:
    """Changes with each commit of this process; put as one, for threads that read it."""

    def __init__(self) -> None:
        self.last: object = object()


_COMMITS = _Commits()


def last_commit() -> object:
    """Return what stands for the last commit of this process: another object after each, answered or not."""
    return _COMMITS.last


def in_bounded_transaction(work: Callable[[ClientSession, bool], T], patience: Patience) -> T:
    """Run `work(session, again)` in one transaction and return what it returns: all of it is written, or nothing.

    `again` says that an attempt failed before: `work` may run several times. Raises what `work` raises; CommitUnknown;
    other errors of PyMongo when nothing was written.
    """
    began = time.monotonic()
    with client().start_session() as session, WRITERS.writing(session, patience.silence):
        looked = began + _HELD_UP
        for attempt in count():
            try:
                return _attempt(work, session, patience, again=attempt > 0)
            except PyMongoError as error:
                spent = time.monotonic() - began
                most = patience.silence if error.timeout else patience.whole
                if not error.has_error_label(_PASSING) or spent >= most:
                    raise
                if time.monotonic() > looked and not error.timeout:
                    end_abandoned()
                    looked = time.monotonic() + _HELD_UP
            WRITERS.demand_open()
            time.sleep(random.uniform(0.5, 1.0) * min(_LONGEST_REST, _FIRST_REST * 1.5**attempt))  # noqa: S311
    raise AssertionError("unreachable")


def _attempt(
    work: Callable[[ClientSession, bool], T], session: ClientSession, patience: Patience, *, again: bool
) -> T:
    began = time.monotonic()
    session.start_transaction(ReadConcern("snapshot"), _MAJORITY, ReadPreference.PRIMARY)
    try:
        with timeout(patience.attempt):
            result = work(session, again)
    except BaseException:
        _abort(session)
        raise
    left = patience.attempt - (time.monotonic() - began)
    try:
        _commit(session, max(left, _COMMIT))
    finally:
        _COMMITS.last = object()
    return result


def _commit(session: ClientSession, seconds: float) -> None:
    """Commit, and ask again where the answer was lost. Raises CommitUnknown; else nothing was written."""
    end = time.monotonic() + seconds
    with timeout(seconds):
        for repeated in count():
            try:
                session.commit_transaction()
            except PyMongoError as error:
                if error.has_error_label(_PASSING):
                    raise
                if not repeated and not error.has_error_label(_UNKNOWN):
                    raise
                if error.timeout or time.monotonic() > end:
                    raise CommitUnknown(str(error)) from error
                time.sleep(_FIRST_REST)
            else:
                return


def _abort(session: ClientSession) -> None:
    if session.in_transaction:
        with timeout(_ABORT):
            session.abort_transaction()


def end_abandoned(older_than: float = LONGEST + _COMMIT) -> int:
    """End the office's transactions that are open for longer than any of ours may be; return how many were ended.

    A database user may see and end its own sessions without further rights. Where the server does not allow even
    that, its own limit of a transaction's life stays.
    """
    idle = {"type": "idleSession", "appName": APP_NAME}
    pipeline: list[dict[str, Any]] = [
        {"$currentOp": {"allUsers": False, "idleSessions": True}},
        {"$match": {**idle, "transaction.timeOpenMicros": {"$gt": int(older_than * 1e6)}}},
    ]
    ended = 0
    with suppress(PyMongoError), timeout(_COMMIT):
        for operation in client().admin.aggregate(pipeline):
            ended += _end_session(operation["lsid"]["id"])
    return ended


def abandoned_too_long() -> Refusal | None:
    """Return what to say of a server that keeps abandoned transactions for long; None where it does not or hides it."""
    with suppress(PyMongoError), timeout(_COMMIT):
        told = client().admin.command({"getParameter": 1, "transactionLifetimeLimitSeconds": 1})
        seconds = int(told["transactionLifetimeLimitSeconds"])
        if seconds > _MOST_LIFETIME:
            return Refusal(TOO_LONG, {"seconds": seconds, "wanted": LIFETIME})
    return None


def _end_session(session_id: UUID | Binary) -> bool:
    stored = Binary.from_uuid(session_id) if isinstance(session_id, UUID) else session_id
    with suppress(PyMongoError), timeout(_COMMIT):
        client().admin.command("killSessions", [{"id": stored}])
        return True
    return False
