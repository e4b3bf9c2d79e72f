"""The measurements run from end to end, and measure pages that answer; how fast they are is for no test to say."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks.measuring import Cost
from benchmarks.table import Results

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


def test_a_part_that_fails_takes_nothing_from_the_others(monkeypatch, capsys):
    def fails(part: Results, uri: str, asked: object) -> None:
        raise RuntimeError("the database went away")

    def crowd(part: Results, uri: str, asked: object) -> None:
        part.crowd = {column: Cost(0.1, rate=rate) for column, rate in (("ours", 90.0), ("floor", 100.0))}

    monkeypatch.setattr(bench, "_PARTS", {"own": fails, "crowd": crowd})
    monkeypatch.setattr(bench, "_APART", ("own", "crowd"))
    assert bench._run("", bench._arguments().parse_args([])) == 1
    printed = capsys.readouterr()
    assert "ours 90   floor 100" in printed.out
    assert "the database went away" in printed.err
