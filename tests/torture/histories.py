"""Random histories of exports, edits on both sides and imports, many times those that `make test` runs."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from documents.server.embedded import PROJECT
from tests.torture.judging import Line

_TEST = "tests/services/imports/test_histories.py"
_LONG = 16  # steps of one


def random_histories(times: int) -> Iterator[Line]:
    """Run so many against the model, on a database of their own; one that differs ends them."""
    with TemporaryDirectory(prefix="histories-") as folder:
        report = Path(folder) / "told.json"
        more = {"HISTORIES": str(times), "HISTORY_STEPS": str(_LONG), "HISTORIES_REPORT": str(report)}
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", _TEST],
            cwd=PROJECT, env={**os.environ, **more}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        told = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    faults = [line for line in ended.stdout.splitlines() if line.startswith("E ")]
    wrong = (
        [] if ended.returncode == 0 else [" ".join(faults)[:300] or ended.stdout[-300:].replace("\n", " ")]
    )
    rows = Counter(
        {word: told.get(word, 0) for word in ("updated", "created", "unchanged", "conflict", "skipped")}
    )
    note = (
        f"{told.get('imports', 0):,} imports, {2 * told.get('at once', 0):,} of them two at once;"
        f" {told.get('edits met', 0):,} cells changed since the export met one"
    )
    yield Line(
        "random histories of sheets and pages", times, rows["updated"] + rows["created"], told.get("lost", 0),
        answers=rows, wrong=wrong, note=note,
    )  # fmt: skip
