"""What came of a trial, held against what must hold: one line of the table in docs/torture.md."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from subprocess import CompletedProcess
from typing import Any

from pymongo.database import Database

from tests.durability.invariants import faults
from tests.durability.saving import Saver, acknowledged, lost

OpenDatabase = Callable[[], AbstractContextManager[Database[dict[str, Any]]]]
Command = Callable[..., CompletedProcess[str]]


@dataclass
class Line:
    """One row. `wrong` holds a sentence for each thing that must hold and does not; empty is well."""

    trial: str
    times: int
    saves: int
    lost: int
    longest: float | None = None  # seconds that one save took
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def is_well(self) -> bool:
        """Tell whether nothing was lost and everything holds."""
        return not self.lost and not self.wrong

    def cells(self) -> list[str]:
        """Return the row as the table shows it."""
        answers = ", ".join(f"{many:,} × {answer}" for answer, many in self.answers.most_common())
        longest = "" if self.longest is None else f"{self.longest:.1f} s"
        outcome = "; ".join(self.wrong) if self.wrong else "well"
        return [
            self.trial, f"{self.times:,}", f"{self.saves:,}", f"{self.lost:,}", outcome, longest,
            "; ".join(filter(None, (answers, self.note))),
        ]  # fmt: skip


HEADINGS = (
    "trial", "times", "saves acknowledged", "lost", "stored data, trail, figures", "longest save",
    "answers other than saved",
)  # fmt: skip


def table(lines: Sequence[Line]) -> str:
    """Return the rows as a Markdown table."""
    rows = [HEADINGS, ["---"] * len(HEADINGS), *(line.cells() for line in lines)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def judged(
    trial: str,
    times: int,
    savers: Sequence[Saver],
    open_database: OpenDatabase,
    command: Command,
    note: str = "",
) -> Line:
    """Hold the memories of the clerks and every invariant against what is stored; nobody may be writing."""
    with open_database() as db:
        gone = lost(list(savers), db)
        wrong = faults(db)
    wrong += failed_checks(command)
    answers = Counter(str(each.status) for saver in savers for each in saver.answers if each.status != 303)
    cut_off = sum(saver.cut_off for saver in savers)
    if cut_off:
        answers["no answer"] = cut_off
    longest = max((saver.longest for saver in savers), default=0.0)
    return Line(trial, times, acknowledged(list(savers)), len(gone), longest, answers, gone[:3] + wrong, note)


def failed_checks(command: Command) -> list[str]:
    """Return what the office's own checks say against the stored data: the trail's seals, the kept figures."""
    wrong = []
    for words in (("verify-audit",), ("figures", "check")):
        done = command(*words)
        if done.returncode:
            wrong.append(f"{' '.join(words)}: {(done.stdout or done.stderr).strip()[-200:]}")
    return wrong
