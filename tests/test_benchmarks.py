"""The measurements run from end to end, and measure pages that answer; how fast they are is for no test to say."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_every_measured_page_answers_and_every_goal_has_a_verdict(mongo_uri, tmp_path):
    statuses = tmp_path / "statuses.json"
    words = [sys.executable, "-m", "benchmarks", "--uri", mongo_uri, "--runs", "1", "--json", str(statuses)]
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, "FACTOR": "0.001"}, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(statuses.read_text())
    assert set(found.values()) == {200}
    assert {cell.rpartition(", ")[2] for cell in found} == {"ours", "floor", "stock", "without", "with"}
    verdicts = [
        line for line in done.stdout.splitlines() if line.startswith(("met", "not met", "not measured"))
    ]
    assert len(verdicts) == 26
