"""Whether this process can do its work now, for whoever sends it requests: a load balancer, or who updates it."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from documents.server.readiness import has_disk, has_indexes, takes_majority_write
from services.maintenance.migrate import is_schema_right

_FRESH = 1.0  # seconds that an answer holds: asking costs a write, and anybody may ask
_FRESH_INDEXES = 60.0


class Readiness:
    """The checks of one process, by name; each tells whether it holds."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the process's own."""
        self._lock = threading.Lock()
        self._asked_at = self._indexed_at = float("-inf")
        self._failed: tuple[str, ...] = ()
        self.checks: Mapping[str, Callable[[], bool]] = MappingProxyType(
            {
                "majority-write": takes_majority_write,
                "schema": is_schema_right,
                "disk": lambda: has_disk(folder),
                "indexes": self._has_indexes,
            }
        )

    def failed(self) -> tuple[str, ...]:
        """Return the names of the checks that do not hold; none for a process that is ready.

        Without a database the first one says so, and the others are not asked.
        """
        with self._lock:
            if time.monotonic() - self._asked_at > _FRESH:
                self._failed = self._ask()
                self._asked_at = time.monotonic()
            return self._failed

    def _ask(self) -> tuple[str, ...]:
        first, *others = self.checks
        if not self.checks[first]():
            return (first,)
        return tuple(name for name in others if not self.checks[name]())

    def _has_indexes(self) -> bool:
        if time.monotonic() - self._indexed_at < _FRESH_INDEXES:
            return True
        built = has_indexes()
        if built:
            self._indexed_at = time.monotonic()
        return built
