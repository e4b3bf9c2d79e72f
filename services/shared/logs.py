"""What the program says of itself, and never at the cost of what it does: a log that cannot be written is left out."""

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog


class UnfailingLogger:
    """Writes lines with `write`; a full disk or a closed stream loses the line and nothing else."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def msg(self, line: str) -> None:
        """Write a line."""
        with suppress(OSError, ValueError):  # ValueError: the stream was closed
            self._write(line + "\n")

    debug = info = warning = error = critical = fatal = exception = msg


def log_unfailingly() -> None:
    """Let every logger of structlog write to standard output, and never fail."""
    structlog.configure(logger_factory=_to_standard_output)


def _to_standard_output(*_: Any) -> UnfailingLogger:
    return UnfailingLogger(write_and_flush(sys.stdout))


def write_and_flush(stream: Any) -> Callable[[str], object]:
    """Return what writes a text to a stream at once."""

    def write(text: str) -> None:
        stream.write(text)
        stream.flush()

    return write
