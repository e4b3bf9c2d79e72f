"""Runs a program of ours that dies by `kill -9` at a chosen write of a transaction: `dying.py PYTHON app.py serve`.

The file that DYING names holds the place, counted from 1 in each process: before the 3rd write "3"; "commit" before
any commit; "after" for the moment when the commit has succeeded and nobody has been told. "commit STOP" freezes it
there instead. Without the file nothing happens.
"""

import os
import runpy
import signal
import sys
from contextlib import suppress
from pathlib import Path

from pymongo import monitoring

_WRITES = frozenset({"insert", "update", "delete", "findAndModify", "commitTransaction"})


class Dying(monitoring.CommandListener):
    """Counts the writes of transactions and dies before the one that is asked for."""

    def __init__(self, asked: Path) -> None:
        self._asked = asked
        self._seen = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if "autocommit" not in event.command or event.command_name not in _WRITES:
            return
        with suppress(FileNotFoundError):
            place, _, sign = self._asked.read_text().partition(" ")
            self._seen += 1
            if place == str(self._seen) or (place == "commit" and event.command_name == "commitTransaction"):
                os.kill(os.getpid(), signal.Signals[f"SIG{sign or 'KILL'}"])

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        if event.command_name == "commitTransaction":
            with suppress(FileNotFoundError):
                if self._asked.read_text() == "after":
                    os.kill(os.getpid(), signal.SIGKILL)

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing dies of a failure."""


if __name__ == "__main__":
    monitoring.register(Dying(Path(os.environ["DYING"])))
    sys.path[0] = str(Path.cwd())
    sys.argv = sys.argv[2:]
    runpy.run_path(sys.argv[0], run_name="__main__")
