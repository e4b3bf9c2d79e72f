"""The embedded database: a real mongod of our own, started on demand and shared by every command.

Each process that uses it holds a shared lock on `users.lock`; whoever leaves and finds nobody
else there stops the mongod. The kernel frees the lock of a process that was killed, so a
mongod that lost its last user is simply found and used by the next command, and stopped after it.
`docs/decisions/0001-embedded-database.md` tells why.
"""

import atexit
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from documents.server.binary import find_mongod
from documents.server.connection import connect, disconnect
from documents.server.folder import DataFolder
from documents.server.locks import FileLock
from documents.server.process import (
    LOCKED,
    TOO_SLOW,
    answers,
    end_transactions,
    is_ours,
    launch,
    shut_down,
    socket_uri,
    terminate,
)
from documents.server.replica_set import become_primary
from documents.server.watch import Watch
from rules.errors import Problem, Unavailable

DEFAULT_NAME = "bases_office"
PROJECT = Path(__file__).resolve().parents[2]

_POLL = 0.02
# How long a mongod of ours may run without its socket before it counts as cut off, in seconds.
_SOCKETLESS = 10.0


class EmbeddedDatabase:
    """A mongod on the data folder `root`; `timeout` bounds each wait, in seconds. Safe between threads."""

    def __init__(self, root: Path, *, environ: Mapping[str, str] = os.environ, timeout: float = 60.0) -> None:
        self.folder = DataFolder(root, environ)
        self.timeout = timeout
        self._users = FileLock(self.folder.users_lock)
        self._guard = threading.Lock()
        self._owner = 0

    def start(self) -> str:
        """Find or start the mongod and return its URI, which names no database.

        May be called again at any time: it brings a mongod that died back on the same address.
        Raises Unavailable with one clear sentence.
        """
        with self._guard:
            self.folder.prepare()
            with self._alone():
                found = self._find()
                socket = found or self._launch()
                if not become_primary(socket, timeout=self.timeout):
                    raise self._too_slow()
                if found and not self._users.held and self._users.take():
                    # Nobody else is here: what the killed one before us had begun would hinder us for a while.
                    end_transactions(socket)
                    self._users.release()
                self._users.take(shared=True, timeout=self.timeout)
                self._owner = os.getpid()
                opened = self.folder.opened(socket)
            return socket_uri(opened)

    def runs(self) -> bool:
        """Tell, without taking a lock, whether the mongod's process is there; True where that cannot be told."""
        process = self.folder.process()
        here = process is not None and is_ours(process, self.folder.recorded_socket())
        return bool(here) or not Path("/proc/self").exists()

    def stop(self) -> bool:
        """Leave; stop the mongod if nobody else uses it, and tell whether it was stopped."""
        with self._guard:
            if not self._users.held or self._owner != os.getpid():
                return False
            with self._alone():
                self._users.release()
                if not self._users.take():
                    return False
                try:
                    return self._shut_down()
                finally:
                    self._users.release()

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock under which a mongod is started or stopped, one process at a time."""
        lock = FileLock(self.folder.start_lock)
        with self.folder.explaining():
            taken = lock.take(timeout=self.timeout)
        if not taken:
            raise self._too_slow()
        try:
            yield
        finally:
            lock.release()

    def _find(self) -> Path | None:
        """Return the socket of the mongod that runs on our files; None when none does."""
        began = time.monotonic()
        while self.folder.in_use():
            socket = self.folder.recorded_socket()
            if socket is not None and answers(socket, self.folder):
                return socket
            process = self.folder.process()
            ours = process is not None and is_ours(process, socket)
            waited = time.monotonic() - began
            if process is not None and ours is False:
                raise Unavailable(LOCKED, folder=self.folder.root)
            if waited > self.timeout:
                raise self._too_slow()
            if process is not None and ours and waited > _SOCKETLESS and not (socket and socket.exists()):
                terminate(process)
            time.sleep(_POLL)
        return None

    def _launch(self) -> Path:
        binary = find_mongod()
        self.folder.demand_room()
        self.folder.rotate_log()
        socket = self.folder.new_socket()
        launch(binary, self.folder, socket, timeout=self.timeout)
        return socket

    def _shut_down(self) -> bool:
        socket = self.folder.recorded_socket()
        process = self.folder.process()
        if socket is not None and answers(socket, self.folder):
            shut_down(socket)
        elif process is not None and is_ours(process, socket):
            terminate(process)
        deadline = time.monotonic() + self.timeout
        while self.folder.in_use():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL)
        self.folder.clear_sockets()
        return True

    def _too_slow(self) -> Unavailable:
        return Unavailable(TOO_SLOW, seconds=round(self.timeout), log=self.folder.log)


class OpenDatabase:
    """An open connection: `uri`, the database's `name`, and `embedded`, None with a MongoDB of others."""

    def __init__(self, uri: str, name: str, embedded: EmbeddedDatabase | None) -> None:
        self.uri = uri
        self.name = name
        self.embedded = embedded
        self._watch: Watch | None = None

    def watch(self, afterwards: Callable[[], object]) -> None:
        """Bring an embedded mongod that dies back at once, from a thread that ends with `close`.

        `afterwards` is called there when it is back; it may raise Problem.
        """
        if self.embedded is not None and self._watch is None:
            self._watch = Watch(self.embedded.runs, self.revive, afterwards)

    def trouble(self) -> Problem | None:
        """Return why an embedded mongod that died could not be brought back; None while there is none."""
        return self._watch.trouble if self._watch else None

    def revive(self) -> None:
        """Bring an embedded mongod that died back, on the same address. Raises Unavailable when it cannot."""
        if self.embedded is not None:
            self.embedded.start()

    def close(self) -> None:
        """Disconnect, and stop the embedded mongod if nobody else uses it; harmless when done twice."""
        atexit.unregister(self.close)
        if self._watch is not None:
            self._watch.end()
            self._watch = None
        disconnect()
        if self.embedded is not None:
            self.embedded.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def data_folder(environ: Mapping[str, str]) -> Path:
    """Return the data folder: DATA_DIR, else `.data` in the project."""
    return Path(environ.get("DATA_DIR") or PROJECT / ".data")


def database_name(uri: str) -> str:
    """Return the database that `uri` names, else the office's own name for it."""
    return unquote(urlsplit(uri).path.lstrip("/")) or DEFAULT_NAME


def open_database(environ: Mapping[str, str] = os.environ, *, bound: float | None = None) -> OpenDatabase:
    """Connect to MONGODB_URI, or start the embedded database and connect to it; closed at exit.

    With MONGODB_URI nothing is sent yet: a server that is down shows at the first command. `bound` is `connect`'s.
    Raises Unavailable.
    """
    uri = environ.get("MONGODB_URI", "").strip()
    embedded = None if uri else EmbeddedDatabase(data_folder(environ), environ=environ)
    opened = OpenDatabase(embedded.start() if embedded else uri, database_name(uri), embedded)
    atexit.register(opened.close)
    connect(opened.uri, opened.name, bound=bound)
    return opened
