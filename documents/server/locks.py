"""Locks between processes on files of the data folder; the kernel frees them when a process dies."""

import fcntl
import os
import time
from pathlib import Path

_POLL = 0.02  # seconds between two tries


class FileLock:
    """One flock on `path`. A lock file is never removed: removing it would split its holders in two."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Tell whether this object holds the lock."""
        return self._descriptor is not None

    def take(self, *, shared: bool = False, timeout: float = 0.0) -> bool:
        """Take the lock within `timeout` seconds; tell whether that worked. Raises OSError for a bad path."""
        if self.held:
            return True
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if _locked(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, timeout):
            self._descriptor = descriptor
            return True
        os.close(descriptor)
        return False

    def release(self) -> None:
        """Give the lock back. Unlocks by name, so that a forked child's copy of the file does not keep it."""
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            os.close(self._descriptor)
            self._descriptor = None


def is_locked(path: Path) -> bool:
    """Tell whether any process holds a flock on `path`."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _locked(descriptor, fcntl.LOCK_SH, 0.0)
    finally:
        os.close(descriptor)


def _locked(descriptor: int, kind: int, timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL)
        else:
            return True
