"""Runs what reads or renders a file in a child process: at most two at once on a machine, bounded, with no secret.

A file that an outsider made may ask a parser for all the memory and time there is, or break it altogether. So each is
opened by a process of its own (`office.child_limits` is its side): an environment without the key and the database's
address, no open file of ours but its place among the two, an empty folder to stand in, limits of memory, time
and output. `docs/decisions/0027-limits.md` tells how the figures were chosen.
"""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from rules.errors import Refusal, Refused
from rules.words import N_

AT_ONCE = 2  # children of all processes of a machine
MEMORY = 1 << 30  # bytes of one child; the unit file in docs/deploy counts with it
PROBLEM_EXIT = 3  # of a child that could say what is wrong
BUSY = N_(
    "The server is reading as many files as it can at once. Nothing was changed; please try again in a moment."
)

_ROOT = Path(__file__).resolve().parents[1]
_POLL = 0.05
_MOST_WAITING = 4  # threads of a process; the web server has sixteen
_MOST_ERRORS = 8192
_SIGNS_OF_TOO_MUCH = (b"MemoryError", b"capacity overflow", b"memory allocation of", b"File too large")
# What a child may know of this process: where programs, their libraries and fonts are.
_ENVIRONMENT = (
    "PATH", "LD_LIBRARY_PATH", "TMPDIR", "HOME", "XDG_DATA_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "LANG",
)  # fmt: skip


@dataclass(frozen=True)
class ChildLimits:
    """What a child may take: seconds of the processor (twice as many of the clock), bytes of memory and of output."""

    seconds: int
    memory: int = MEMORY
    output: int = 512 << 20


class Ending(StrEnum):
    """How a child ended: done, with a problem that it wrote, or by what stopped it."""

    DONE = "done"
    PROBLEM = "problem"
    TOO_SLOW = "too-slow"
    TOO_LARGE = "too-large"
    FAILED = "failed"


class Busy(Refused):
    """As many children as may run at once are running; nothing was done."""

    default = BUSY


@dataclass
class Places:
    """The places for children on this machine: a lock file each in `folder`; `wait` seconds for one to become free.

    Only a few threads of a process wait for one: who sends many files at once must not keep all that answer pages.
    """

    folder: Path
    wait: float = 15.0
    _waiting: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(_MOST_WAITING), repr=False
    )

    @contextmanager
    def taken(self) -> Iterator[int]:
        """Hold a place, giving the descriptor that holds it. Raises Busy when none is free in time, or many wait."""
        descriptors = self._opened()
        try:
            yield _free(descriptors) or self._waited_for(descriptors)
        finally:
            # Closing is what gives the place back; a child that outlived us would go on holding its copy.
            for descriptor in descriptors:
                os.close(descriptor)

    def _waited_for(self, descriptors: Sequence[int]) -> int:
        deadline = time.monotonic() + self.wait
        if not self._waiting.acquire(blocking=False):
            raise Busy(Refusal(BUSY, field="file"))
        try:
            while not (held := _free(descriptors)):
                if time.monotonic() >= deadline:
                    raise Busy(Refusal(BUSY, field="file"))
                time.sleep(_POLL)
            return held
        finally:
            self._waiting.release()

    def _opened(self) -> list[int]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        names = [self.folder / f"child-{number}.lock" for number in range(AT_ONCE)]
        return [os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600) for name in names]


PLACES = Places(Path(tempfile.gettempdir()) / f"bases-office-children-{os.geteuid()}")


def use_places_in(folder: Path) -> None:
    """Let the children's places be below the data folder, which all processes of the office on a machine share."""
    PLACES.folder = folder / "children"


def _free(descriptors: Sequence[int]) -> int | None:
    """Return the descriptor of a place that was free, and is held from here on; None when all are taken."""
    return next((descriptor for descriptor in descriptors if _locked(descriptor)), None)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@dataclass
class Ended:
    """What a child left: how it ended, and its output as a temporary file at its start; close it, or use a `with`."""

    ending: Ending
    output: IO[bytes]

    def read(self) -> bytes:
        """Return all of the output and close it."""
        with self.output:
            return self.output.read()

    def json(self) -> Any:
        """Return the output as JSON and close it."""
        return json.loads(self.read())


def run_child(module: str, job: Mapping[str, Any], limits: ChildLimits) -> Ended:
    """Run `python -m module` with the job, its limits among it, as JSON on standard input. Raises Busy."""
    given = json.dumps({**job, "seconds": limits.seconds, "memory": limits.memory, "output": limits.output})
    environment = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
    environment |= {"PYTHONPATH": str(_ROOT), "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    output = tempfile.TemporaryFile()  # noqa: SIM115 - handed on, or closed below
    try:
        with (
            PLACES.taken() as place,
            tempfile.TemporaryDirectory(prefix="child-") as empty,
            tempfile.TemporaryFile() as errors,
        ):
            ending = _run(module, given.encode(), limits, output, errors, place, empty, environment)
    except BaseException:
        output.close()
        raise
    output.seek(0)
    return Ended(ending, output)


def _run(
    module: str, given: bytes, limits: ChildLimits, output: IO[bytes], errors: IO[bytes], place: int, folder: str,
    environment: Mapping[str, str],
) -> Ending:  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - a module of ours
            [sys.executable, "-m", module], input=given, stdout=output, stderr=errors, cwd=folder, env=environment,
            close_fds=True, pass_fds=(place,), timeout=limits.seconds * 2, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Ending.TOO_SLOW
    errors.seek(max(errors.seek(0, os.SEEK_END) - _MOST_ERRORS, 0))
    return ending_of(done.returncode, errors.read())


def ending_of(code: int, errors: bytes) -> Ending:
    """Return how a child ended, by its exit code and the last that it said on standard error."""
    if code == 0:
        return Ending.DONE
    if code == PROBLEM_EXIT:
        return Ending.PROBLEM
    if code in (-24, -9):  # SIGXCPU; SIGKILL when the hard limit is the same
        return Ending.TOO_SLOW
    # SIGABRT, SIGSEGV, SIGILL: what parsers do where memory ends.
    if code in (-6, -11, -4) or any(sign in errors for sign in _SIGNS_OF_TOO_MUCH):
        return Ending.TOO_LARGE
    return Ending.FAILED
