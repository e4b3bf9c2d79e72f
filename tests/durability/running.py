"""A running office for the durability tests: real processes on a data folder of their own."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import AutoReconnect

from documents.maintenance.data_state import state_of, with_working
from documents.server.binary import find_mongod
from documents.server.embedded import DEFAULT_NAME, PROJECT
from documents.server.process import socket_uri
from tests.commands.forks import Forked, forks
from tests.durability.clerks import Clerk
from tests.durability.invariants import faults
from tests.ports import free_port

# Before a command: it hears Ctrl+C even where this process was started to ignore it, as shells do in the background.
_LISTENING = ("env", "--default-signal=INT")
Running = Forked | subprocess.Popen[bytes]
_FREE = ("HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_RUNTIME_DIR")


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of our processes: nothing of the tester's own settings."""
    kept = {name: os.environ[name] for name in _FREE if name in os.environ}
    path = f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return kept | {"DATA_DIR": str(folder), "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"} | more


def begun(words: Sequence[str], environ: Mapping[str, str], log: IO[bytes]) -> Running:
    """Begin a program of ours that writes to the log; one of Python without what others wrap it in, as a fork."""
    if words[0] == sys.executable and "COVERAGE_PROCESS_START" not in os.environ:
        return forks().start(words[1:], environ, log)
    return subprocess.Popen(
        [*_LISTENING, *words], env=environ, cwd=PROJECT, stdout=log, stderr=subprocess.STDOUT
    )


class Web:
    """One `app.py serve` on a data folder."""

    def __init__(
        self, folder: Path, port: int | None = None, *, wrap: Sequence[str] = (), **more: str
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._log = folder.parent / f"web-{self.port}.log"
        with self._log.open("ab") as log:
            self.process = begun(
                [*wrap, sys.executable, "app.py", "serve"],
                environment(folder, PORT=str(self.port), **more),
                log,
            )

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def wait(self) -> "Web":
        """Wait until it serves and the database takes writes."""
        try:
            until(
                lambda: self.process.poll() is not None or Clerk(self.port).get("/healthz").status == 200, 60
            )
        except AssertionError as late:
            raise AssertionError(f"it did not serve: {self.log}") from late
        assert self.process.poll() is None, self.log
        return self

    def end(self, sign: int = signal.SIGTERM) -> int:
        """Send a signal, wait for the end and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(sign)
        return self.process.wait(60)


def until(what: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait until `what` gives something true, and return it."""
    deadline = time.monotonic() + seconds
    while True:
        # A database that was just started says for a moment that it takes no writes yet.
        with suppress(OSError, http.client.HTTPException, AutoReconnect):
            if found := what():
                return found
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.02)


class House:
    """A data folder, its processes, and what a test needs of them. Ends everything it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.webs: list[Web] = []
        self.clerk: Clerk
        self._begun: list[Forked] = []
        # As long as this file is there, no mongod starts.
        self.broken = folder.parent / "broken"
        mongod = folder.parent / "bin" / "mongod"
        mongod.parent.mkdir()
        mongod.write_text(f'#!/bin/sh\n[ -e "{self.broken}" ] && exit 3\nexec "{find_mongod()}" "$@"\n')
        mongod.chmod(0o755)

    def only_one(self) -> None:
        """Leave one web server running, or start it."""
        running = [web for web in self.webs if web.process.poll() is None]
        for web in running[1:]:
            web.end()
        self.webs = running[:1]
        if not running:
            self.serve()

    def serve(self, port: int | None = None, **more: Any) -> Web:
        self.webs.append(Web(self.folder, port, **more))
        try:
            return self.webs[-1].wait()
        except AssertionError:
            self.webs.pop().end()
            raise

    def command(
        self, *words: str, stdin: str = "", wrap: Sequence[str] = (), **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the office to its end."""
        return ended([*wrap, *command_line(*words)], environment(self.folder, **more), stdin)

    def begin(self, *words: str) -> Forked:
        """Begin a command of the office."""
        self._begun.append(forks().begin(command_line(*words)[1:], environment(self.folder)))
        return self._begun[-1]

    @property
    def mongod(self) -> int:
        """The process id of the mongod, as it wrote it down; 0 when none has."""
        with suppress(OSError, ValueError):
            return int((self.folder / "db" / "mongod.lock").read_text())
        return 0

    @contextmanager
    def database(self) -> Iterator[Database[dict[str, Any]]]:
        """Give the database, past the office; a mongod must run."""
        where = (self.folder / "mongod.socket").read_text().strip()
        with MongoClient(socket_uri(Path(where)), tz_aware=True) as client:
            yield client[DEFAULT_NAME]

    def end(self) -> None:
        """End all that was begun, in order where possible."""
        for web in self.webs:
            web.end()
        for command in self._begun:
            command.kill()
            with suppress(ValueError):  # read to its end already
                command.communicate()
        kill(self.mongod)

    def under_maintenance(self) -> bool:
        """Tell whether writes are held back; a mongod must run."""
        with self.database() as db:
            return any(state_of(row)[1] for row in db["data_state"].aggregate(with_working()))

    def wait_for_the_end_of_maintenance(self) -> None:
        """Wait until writes go through; what a killed process holds back lapses as if a minute had passed."""
        with self.database() as db:
            db["data_state"].update_one(
                {"work.until": {"$type": "date"}}, [{"$set": {"work.until": "$$NOW"}}]
            )
        until(lambda: not self.under_maintenance(), 75)

    def in_order(self) -> list[str]:
        """Return what does not hold of what is stored; a web server is started where none runs."""
        if not any(web.process.poll() is None for web in self.webs) or not alive(self.mongod):
            self.serve()
        with self.database() as db:
            return faults(db)


def ended(words: Sequence[str], environ: Mapping[str, str], stdin: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the office to its end; without what others wrap it in, as a fork."""
    if words[0] == sys.executable and "COVERAGE_PROCESS_START" not in os.environ:
        done = forks().run(words[1:], environ, stdin)
        return subprocess.CompletedProcess(words, done.code, done.out, done.err)
    return subprocess.run(
        words, env=environ, cwd=PROJECT, input=stdin, capture_output=True, text=True, timeout=120, check=False
    )


def command_line(*words: str) -> list[str]:
    """Return a command of the office as the contract has it."""
    return [sys.executable, "-m", "flask", "--app", "app", *words]


def alive(process: int) -> bool:
    """Tell whether a process runs; one that only waits to be collected does not."""
    with suppress(OSError):
        return process > 0 and Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def kill(process: int) -> None:
    """Kill a process as a power cut would, and wait until it is gone."""
    if alive(process):
        os.kill(process, signal.SIGKILL)
    until(lambda: not alive(process))


def at_once(many: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work(0)` … `work(many - 1)`, each in a thread of its own, and return what each gave or raised."""
    given: list[Any] = [None] * many

    def run(number: int) -> None:
        try:
            given[number] = work(number)
        except Exception as error:
            given[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    return given
