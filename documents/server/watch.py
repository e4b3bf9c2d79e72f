"""A watch over the embedded mongod: one that dies alone is brought back within a second.

Nobody has to ask for a page first: saves that were under way, and the page that tells whether the office is
well, find it again by themselves.
"""

import threading
from collections.abc import Callable

import structlog

from rules.errors import Problem

_log = structlog.get_logger()
_LOOK = 0.5  # seconds between two looks
_REST = 5.0  # seconds after a start that failed: a full disk does not become free at once


class Watch:
    """A thread that looks after the database until `end`."""

    def __init__(
        self, runs: Callable[[], bool], revive: Callable[[], None], afterwards: Callable[[], object]
    ) -> None:
        """Call `revive` when `runs` says no, and `afterwards` when that went well; whatever they raise, it goes on."""
        self._runs, self._revive, self._afterwards = runs, revive, afterwards
        self.trouble: Problem | None = None  # why it could not be brought back, the last time
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="embedded-watch", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Look no more. Returns when no start is under way."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        pause = _LOOK
        while not self._over.wait(pause):
            pause = _LOOK
            if self._runs():
                self.trouble = None
                continue
            try:
                self._revive()
                self._afterwards()
                self.trouble = None
            except Exception as problem:  # whatever it is, the next look may find it gone
                pause = _REST
                self.trouble = problem if isinstance(problem, Problem) else None
                _log.error("not revived", cause=str(problem))
