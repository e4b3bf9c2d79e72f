"""Mutation testing of `rules/` and `schema/`: one sign changed at a time, and whether their tests find it.

`python -m benchmarks.mutation [--sample N] [--seed S] [MODULE…]`, by `make mutate`. The changes are cosmic-ray's, from
an environment of its own. Each is tried in a fork of a process that has the tests' libraries loaded, where the changed
module takes the place of the real one as it is imported: no file is ever changed.
"""

import argparse
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import ndiff
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXPLAINED = Path(__file__).with_name("mutation_survivors.json")
_ROOMS = ("rules", "schema")
_LEAST = 97.0  # percent that must be found; each of the others is explained
_SECONDS = 120  # of the processor for one change: an endless loop is found by it, a busy machine is not
_PATIENCE = 900  # seconds by the clock, for one that waits without end
# Loaded once, before the forks; nothing of the program, so that each fork imports the changed module anew.
_LOADED = (
    "babel", "babel.messages.pofile", "bson", "flask", "flask_admin", "flask_babel", "flask_login", "hypothesis",
    "hypothesis.extra", "mongoengine", "openpyxl", "wtforms",
)  # fmt: skip
# What needs a database, and the fixtures that give it, comes last: it takes seconds to start.
_WITH_DATABASE = ("tests/schema/test_one_line.py", "tests/schema/expressions/test_agreement.py")


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


@dataclass(frozen=True)
class Change:
    """One change to be tried: `source` is the whole module as it becomes."""

    module: str
    row: int
    operator: str
    source: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Change, test, count; return 0 when enough was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=300, help="so many changes at random; 0: all")
    parser.add_argument("--seed", type=int, default=133)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--tool", default=str(ROOT / ".venv-mutate" / "bin" / "python"))
    parser.add_argument("modules", nargs="*")
    chosen = parser.parse_args(arguments)
    os.chdir(ROOT)
    modules = chosen.modules or [
        str(path.relative_to(ROOT))
        for room in _ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if path.name != "__init__.py"
    ]
    for name in _LOADED:
        importlib.import_module(name)
    _must_pass(modules)
    explained: dict[str, str] = (
        json.loads(EXPLAINED.read_text(encoding="utf-8")) if EXPLAINED.exists() else {}
    )
    outcomes: list[Outcome] = []
    changes = _changes(chosen, modules)
    left = Counter(change.module for change in changes)
    for outcome in _outcomes(changes, chosen.jobs):
        outcomes.append(outcome)
        if not outcome.found:
            why = explained.get(outcome.key, "(not explained)")
            print(f"{outcome.module}:{outcome.row} {outcome.operator}\n    {outcome.changed}\n    {why}")
        left[outcome.module] -= 1
        if not left[outcome.module]:
            of_module = [each.found for each in outcomes if each.module == outcome.module]
            print(f"{outcome.module}: {sum(of_module)} of {len(of_module)} found", flush=True)
    return _report(outcomes, explained, chosen.seed)


def _changes(chosen: argparse.Namespace, modules: Sequence[str]) -> list[Change]:
    script = Path(__file__).with_name("mutation_changes.py")
    command = [chosen.tool, str(script), str(chosen.sample), str(chosen.seed), *modules]
    written = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our script
    return [Change(**change) for change in json.loads(written)]


def _must_pass(modules: Sequence[str]) -> None:
    """Raise SystemExit where the tests fail without any change: everything would seem to be found."""
    rooms = {module.partition("/")[0] for module in modules}
    for room in sorted(rooms):
        module = next(name for name in modules if name.startswith(f"{room}/"))
        unchanged = Change(module, 0, "", Path(module).read_text(encoding="utf-8"))
        if os.waitpid(_fork(unchanged), 0)[1]:
            raise SystemExit(f"The tests of {room} fail as they are.")


def _outcomes(changes: Sequence[Change], jobs: int) -> Iterator[Outcome]:
    """Try each change, `jobs` at a time."""
    running: dict[int, Change] = {}
    waiting = list(reversed(changes))
    while waiting or running:
        while waiting and len(running) < jobs:
            change = waiting.pop()
            running[_fork(change)] = change
        pid, status = os.wait()
        change = running.pop(pid)
        yield Outcome(change.module, change.row, change.operator, _changed(change), found=status != 0)


def _fork(change: Change) -> int:
    """Begin to try one change; the child ends with 0 when no test fails."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    # Nothing of the parent may go on in the child, whatever happens there.
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        signal.alarm(_PATIENCE)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        sys.meta_path.insert(0, _Changed(change))
        os._exit(int(any(_fails(arguments) for arguments in _runs(change.module))))
    except BaseException:
        os._exit(1)


def _runs(module: str) -> Iterator[list[str]]:
    """Give the runs of pytest for a module: its own tests, those of its room, those with a database."""
    room, own = Path(module).parts[0], str(Path("tests") / Path(module).parent / f"test_{Path(module).name}")
    alone = ["--noconftest", "-p", "benchmarks.mutation"]
    if Path(own).exists():
        yield [*alone, own]
    yield [*alone, f"tests/{room}", f"--ignore={own}", *(f"--ignore={path}" for path in _WITH_DATABASE)]
    if room == "schema":
        yield [*_WITH_DATABASE]


def _fails(arguments: Sequence[str]) -> bool:
    loaded = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
    fixed = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "-W", loaded]
    return pytest.main([*fixed, *arguments]) != pytest.ExitCode.OK


def pytest_configure() -> None:
    """Stand in for the tests' own `conftest.py`, where a run needs nothing else of it."""
    from hypothesis import settings  # a third-party library, loaded long before

    settings.register_profile("mutation", deadline=None, database=None, derandomize=True)
    settings.load_profile("mutation")


class _Changed(SourceFileLoader):
    """The changed module in place of the real one: found first, and compiled from what it became."""

    def __init__(self, change: Change) -> None:
        name = change.module.removesuffix(".py").replace("/", ".")
        super().__init__(name, str(ROOT / change.module))
        self._source = change.source

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where the module is, when it is the changed one that is asked for."""
        return spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, fullname: str) -> CodeType:
        """Compile what the module became; what was compiled before is of no use."""
        return compile(self._source, self.path, "exec")


def _changed(change: Change) -> str:
    before = Path(change.module).read_text(encoding="utf-8").splitlines()
    lines = [line for line in ndiff(before, change.source.splitlines()) if line[:1] in "+-"]
    return " → ".join(line[1:].strip() for line in lines)


def _report(outcomes: Sequence[Outcome], explained: Mapping[str, str], seed: int) -> int:
    found = sum(outcome.found for outcome in outcomes)
    rate = 100 * found / len(outcomes) if outcomes else 100.0
    unexplained = sum(not outcome.found and outcome.key not in explained for outcome in outcomes)
    print(
        f"{found} of {len(outcomes)} changes found ({rate:.1f} %, seed {seed}); "
        f"{unexplained} survivors without an explanation"
    )
    return 0 if rate >= _LEAST and not unexplained else 1


if __name__ == "__main__":
    sys.exit(main())
