"""Mutation testing of `rules/` and `schema/`: one sign changed at a time, and whether their tests find it.

`python -m benchmarks.mutation [--sample N] [--seed S] [MODULE…]`, by `make mutate`. The changes and their execution
are cosmic-ray's, from an environment of its own; here are what is changed, in which order tests run, and the count.
Work is done in copies: the tree that one works in is never changed.
"""

import argparse
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXPLAINED = Path(__file__).with_name("mutation_survivors.json")
_ROOMS = ("rules", "schema")
_LEAST = 97.0  # percent that must be found, apart from what is explained
# `int | None` in an annotation is no rule, and `x @ y` no arithmetic of ours.
_LEFT_OUT = (
    "core/ReplaceBinaryOperator_BitOr%",
    "core/ReplaceBinaryOperator_MatMult%",
    "core/RemoveDecorator",
)
_SECONDS = 60.0  # for one change; an endless loop is found by it


@dataclass(frozen=True)
class Outcome:
    """One change: where, by which operator, and the changed line's text; `found`: a test failed."""

    module: str
    row: int
    operator: str
    changed: str
    found: bool

    @property
    def key(self) -> str:
        """What a survivor is explained by: its file and the lines as they were and as they became."""
        return f"{self.module}: {self.changed}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Change, test, count; return 0 when enough was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=300, help="so many changes at random; 0: all")
    parser.add_argument("--seed", type=int, default=133)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--tool", default=str(ROOT / ".venv-mutate" / "bin" / "cosmic-ray"))
    parser.add_argument("modules", nargs="*")
    chosen = parser.parse_args(arguments)
    modules = chosen.modules or [
        str(path.relative_to(ROOT)) for room in _ROOMS for path in sorted((ROOT / room).glob("*.py"))
    ]
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        outcomes = _run(Path(folder), [m for m in modules if not m.endswith("__init__.py")], chosen)
    return _report(outcomes)


def _run(folder: Path, modules: Sequence[str], chosen: argparse.Namespace) -> list[Outcome]:
    sessions = {module: _session(folder, module, chosen.tool) for module in modules}
    _keep_sample(sessions, chosen.sample, chosen.seed)
    copies = [_copy(folder / f"copy-{number}") for number in range(chosen.jobs)]
    shares: list[list[str]] = [[] for _ in copies]
    for number, module in enumerate(sorted(modules, key=lambda name: -_remaining(sessions[name]))):
        shares[number % len(shares)].append(module)
    with ThreadPoolExecutor(len(copies)) as pool:
        done = pool.map(
            lambda pair: [_exec(pair[0], m, sessions[m], chosen.tool) for m in pair[1]],
            zip(copies, shares, strict=True),
        )
        return [outcome for share in done for outcomes in share for outcome in outcomes]


def _config(folder: Path, module: str) -> Path:
    room, _, name = module.partition("/")
    own = f"tests/{room}/test_{name}"
    # The module's own tests first: most changes fall there, and the rest need not run.
    order = [own] if (ROOT / own).exists() else []
    others = [f"tests/{other}" for other in sorted(_ROOMS, key=lambda other: other != room)]
    command = [
        str(ROOT / ".venv" / "bin" / "python"),
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        *order,
        *others,
    ]
    config = folder / f"{module.replace('/', '-')}.toml"
    config.write_text(
        f'[cosmic-ray]\nmodule-path = "{module}"\ntimeout = {_SECONDS}\nexcluded-modules = []\n'
        f'test-command = {json.dumps(" ".join(command))}\n[cosmic-ray.distributor]\nname = "local"\n',
        encoding="utf-8",
    )
    return config


def _session(folder: Path, module: str, tool: str) -> Path:
    session = folder / f"{module.replace('/', '-')}.sqlite"
    subprocess.run([tool, "init", str(_config(folder, module)), str(session)], cwd=ROOT, check=True)  # noqa: S603
    with sqlite3.connect(session) as database:
        for operator in _LEFT_OUT:
            _drop(database, "SELECT job_id FROM mutation_specs WHERE operator_name LIKE ?", (operator,))
    return session


def _drop(database: sqlite3.Connection, query: str, values: tuple[str, ...]) -> None:
    jobs = database.execute(query, values).fetchall()
    for table in ("mutation_specs", "work_items"):
        database.executemany(f"DELETE FROM {table} WHERE job_id = ?", jobs)  # noqa: S608 - two names of ours


def _keep_sample(sessions: dict[str, Path], sample: int, seed: int) -> None:
    jobs = [(module, job) for module, session in sessions.items() for job in _jobs(session)]
    if not sample or sample >= len(jobs):
        return
    chosen = set(random.Random(seed).sample(jobs, sample))
    for module, session in sessions.items():
        with sqlite3.connect(session) as database:
            for job in _jobs(session):
                if (module, job) not in chosen:
                    _drop(database, "SELECT job_id FROM mutation_specs WHERE job_id = ?", (job,))


def _jobs(session: Path) -> list[str]:
    with sqlite3.connect(session) as database:
        order = "start_pos_row, start_pos_col, operator_name, occurrence, operator_args"
        rows = database.execute(f"SELECT job_id FROM mutation_specs ORDER BY {order}")  # noqa: S608 - ours
        return [row[0] for row in rows]


def _remaining(session: Path) -> int:
    return len(_jobs(session))


def _copy(folder: Path) -> Path:
    listing = ["git", "ls-files", "-z"]
    tracked = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603
    for name in filter(None, tracked.split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    for catalogue in ROOT.glob("translations/*/LC_MESSAGES/*.mo"):
        shutil.copy(catalogue, folder / catalogue.relative_to(ROOT))
    return folder


def _exec(copy: Path, module: str, session: Path, tool: str) -> list[Outcome]:
    if _remaining(session):
        subprocess.run([tool, "exec", str(session.with_suffix(".toml")), str(session)], cwd=copy, check=True)  # noqa: S603
        # An interrupted change must not stay for the next module.
        shutil.copy(ROOT / module, copy / module)
    columns = "start_pos_row, operator_name, diff, test_outcome"
    query = f"SELECT {columns} FROM mutation_specs JOIN work_results USING (job_id)"  # noqa: S608 - ours
    with sqlite3.connect(session) as database:
        rows = database.execute(query).fetchall()
    print(f"{module}: {sum(row[3] != 'SURVIVED' for row in rows)} of {len(rows)} found", flush=True)
    return [
        Outcome(module, row, operator, _changed(diff or ""), result != "SURVIVED")
        for row, operator, diff, result in rows
    ]


def _changed(diff: str) -> str:
    lines = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return " → ".join(line[1:].strip() for line in lines)


def _report(outcomes: Sequence[Outcome]) -> int:
    explained: dict[str, str] = (
        json.loads(EXPLAINED.read_text(encoding="utf-8")) if EXPLAINED.exists() else {}
    )
    survivors = [outcome for outcome in outcomes if not outcome.found]
    for outcome in survivors:
        why = explained.get(outcome.key, "(not explained)")
        print(f"{outcome.module}:{outcome.row} {outcome.operator}\n    {outcome.changed}\n    {why}")
    found = len(outcomes) - len(survivors)
    rate = 100 * found / len(outcomes) if outcomes else 100.0
    unexplained = sum(outcome.key not in explained for outcome in survivors)
    print(
        f"{found} of {len(outcomes)} changes found ({rate:.1f} %); {unexplained} survivors without an explanation"
    )
    return 0 if rate >= _LEAST and not unexplained else 1


if __name__ == "__main__":
    sys.exit(main())
