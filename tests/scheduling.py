"""How the tests are shared among the workers of pytest-xdist: one by one, but what shares a costly fixture as one.

The marks of pytest-xdist's own `loadgroup` do not reach it with this pytest, which builds a test's id anew each time.
"""

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

PROJECT = Path(__file__).resolve().parents[1]
# Folders whose tests share an office of several processes.
_TOGETHER = ("tests/durability/", "tests/deployment/")


class SharedFixtures(LoadScopeScheduling):
    """Gives each test to whoever is free; tests that share an office or a fixture go to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """Mark it, and forget what has ended: pytest-xdist would count all of it again after each test."""
        test = self.registered_collections[node][item_index]
        scope = scope_of(test)
        unit = self.assigned_work[node][scope]
        unit[test] = True
        if all(unit.values()):
            del self.assigned_work[node][scope]
        self._reschedule(node)


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
