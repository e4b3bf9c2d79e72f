"""`app.py serve` on another day: `python -m tests.browser.clock 2026-03-23T01:00:00+00:00`.

Python's clock starts at the moment named and ticks on. Everything that the program says of a day or a moment comes
from there; the database is a process of its own and keeps the real time, which must not matter.
"""

import sys
from datetime import datetime

import time_machine
from flask.cli import FlaskGroup


def serve_from(moment: datetime) -> None:
    """Serve the office until it is stopped, as if it were this moment now."""
    with time_machine.travel(moment, tick=True):
        # Nothing reads the clock when it is imported; `tests/commands/test_forks.py` sees to that.
        from app import create_app

        FlaskGroup(create_app=create_app)(args=["serve"])


if __name__ == "__main__":
    serve_from(datetime.fromisoformat(sys.argv[1]))
