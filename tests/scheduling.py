"""How the tests are shared among the workers of pytest-xdist: one by one, but what shares a costly fixture as one.

The marks of pytest-xdist's own `loadgroup` do not reach it with this pytest, which builds a test's id anew each time.
"""

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

PROJECT = Path(__file__).resolve().parents[1]
# Folders whose tests share an office of several processes.
_TOGETHER = ("tests/durability/", "tests/deployment/")


class SharedFixtures(LoadScopeScheduling):
    """Gives each test to whoever is free; tests that share an office or a fixture go to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(nodeid: str) -> str:
    """Return what the test stays together with: its folder, its file where that has fixtures for all, or itself."""
    for folder in _TOGETHER:
        if nodeid.startswith(folder):
            return folder
    file = nodeid.split("::", 1)[0]
    return file if _has_fixtures(file) else nodeid


@cache
def _has_fixtures(file: str) -> bool:
    return 'scope="module"' in (PROJECT / file).read_text(encoding="utf-8")
