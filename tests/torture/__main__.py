"""Kill, freeze, fill, cut and confuse every part of the office under load; write what came of it to docs/torture.md."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from documents.server.embedded import PROJECT
from tests.torture.clocks import wrong_clocks
from tests.torture.cuts import cut_commits
from tests.torture.disk import full_disk
from tests.torture.editors import two_editors
from tests.torture.freezes import frozen_embedded_database, frozen_parts_of_a_deployed_office
from tests.torture.histories import random_histories
from tests.torture.judging import Line, table
from tests.torture.kills import killed_embedded_database, killed_primary, killed_web

REPORT = PROJECT / "docs" / "torture.md"
_HEAD = """# Torture

What `make torture` wrote, on {day}: only figures that were seen, each with the count of its runs. Four clerks save
without a pause while a part of the office is struck; each remembers what was acknowledged. Then every acknowledged save
must be stored, the trail's seals must verify, counters and kept figures must equal what the records give, and every
copy, version and reference must agree (`tests/durability/invariants.py`, `verify-audit`, `figures check`). A save
that is refused or answered with a page of trouble is allowed, and counted; an acknowledged one that is lost is not.

The embedded office is one web process on the embedded database; the deployed one is nginx, two web processes and a
replica set of three, as `docs/deploy` has it. The line is cut by a proxy of our own that reads the messages; the wrong
clock is set inside the process by time-machine, so that only Python's is wrong. `make torture KILLS=5 TURNS=50` runs
fewer, `ARGS="--only kills"` one kind.

"""

Trial = Callable[[], Iterator[Line]]


def trials(kills: int, turns: int) -> dict[str, list[Trial]]:
    """Return the trials by kind."""
    few = max(1, kills // 20)
    return {
        "kills": [
            lambda: killed_web(kills),
            lambda: killed_embedded_database(kills),
            lambda: killed_primary(kills),
        ],
        "freezes": [
            lambda: frozen_embedded_database(few),
            lambda: frozen_parts_of_a_deployed_office(few),
        ],
        "disk": [lambda: full_disk(few)],
        "cuts": [lambda: cut_commits(few)],
        "clock": [lambda: wrong_clocks(kills * 2)],
        "editors": [lambda: two_editors(turns)],
        "histories": [lambda: random_histories(turns)],
    }


def main(words: list[str]) -> int:
    """Run the trials that are asked for; 1 when something was lost or does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="of each part; the other trials follow it")
    parser.add_argument(
        "--turns", type=int, default=1000, help="interleavings of two editors, and random histories"
    )
    parser.add_argument("--only", action="append", choices=tuple(trials(1, 1)), help="this kind alone")
    parser.add_argument("--no-report", action="store_true", help="leave docs/torture.md as it is")
    asked = parser.parse_args(words)
    lines: list[Line] = []
    began = time.monotonic()
    for kind, several in trials(asked.kills, asked.turns).items():
        if asked.only is None or kind in asked.only:
            for trial in several:
                for line in trial():
                    lines.append(line)
                    print(" | ".join(line.cells()), flush=True)  # noqa: T201 - a program's output
    head = _HEAD.format(day=f"{datetime.now(UTC):%Y-%m-%d}")
    if not asked.no_report:
        minutes = (time.monotonic() - began) / 60
        REPORT.write_text(f"{head}{table(lines)}\n\nIt took {minutes:.0f} minutes.\n", encoding="utf-8")
    return 0 if all(line.is_well for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
