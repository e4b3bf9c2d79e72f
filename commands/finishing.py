"""What a write left for later is finished while the server runs: copied names and search words that follow a change.

A write is answered when its transaction is committed. What follows it may be cut short by a database that goes away;
every web process looks for such rests every few seconds, and every start does.
"""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import structlog

from rules.errors import Problem

_log = structlog.get_logger()
_PAUSE = 5.0  # seconds between two looks
MINUTES, HOUR = 300.0, 3600.0


class Finisher:
    """A thread that calls `finish` again and again while the `with` block runs; what it raises is for the log."""

    def __init__(self, finish: Callable[[], object], *, pause: float = _PAUSE) -> None:
        self._finish, self._pause = finish, pause
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="finisher", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(self._pause):
            try:
                self._finish()
            except Problem as problem:
                _log.warning("not finished yet", cause=repr(problem.__cause__ or problem))
            except Exception:
                _log.exception("not finished")
