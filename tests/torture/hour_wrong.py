"""Runs a program of ours with a clock wrong by HOURS, set by time-machine: `hour_wrong.py PYTHON app.py serve`."""

import os
import runpy
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

if __name__ == "__main__":
    wrong = datetime.now(UTC) + timedelta(hours=float(os.environ["HOURS"]))
    sys.path[0] = str(Path.cwd())
    sys.argv = sys.argv[2:]
    with time_machine.travel(wrong, tick=True):
        runpy.run_path(sys.argv[0], run_name="__main__")
