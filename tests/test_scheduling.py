"""The workers of the tests: what shares a costly fixture of its file is not made once a worker."""

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.scheduling import SharedFixtures, scope_of


@pytest.mark.parametrize(
    ("nodeid", "scope"),
    [
        ("tests/browser/test_every_page.py::test_a", "tests/browser/test_every_page.py"),
        ("tests/commands/test_commands.py::test_b[x::y]", "tests/commands/test_commands.py"),
        ("tests/durability/test_kills.py::test_d", "tests/durability/"),
        ("tests/rules/test_errors.py::test_c[1]", "tests/rules/test_errors.py::test_c[1]"),
    ],
)
def test_what_shares_a_costly_fixture_stays_on_one_worker(nodeid, scope):
    assert scope_of(nodeid) == scope


def test_the_scheduler_still_asks_it():
    assert SharedFixtures._split_scope is not LoadScopeScheduling._split_scope
    assert hasattr(LoadScopeScheduling, "_split_scope")


def test_this_run_is_shared_out_by_it(request):
    if not request.config.pluginmanager.has_plugin("xdist"):
        pytest.skip("without pytest-xdist nothing is shared out")
    hooks = request.config.pluginmanager.hook.pytest_xdist_make_scheduler.get_hookimpls()
    assert [one.function.__name__ for one in hooks if "conftest" in one.plugin_name]


def test_what_has_ended_is_not_counted_again_after_each_test(monkeypatch):
    monkeypatch.setattr(SharedFixtures, "_reschedule", lambda self, node: None)
    scheduler = object.__new__(SharedFixtures)
    one, two = (f"tests/rules/test_errors.py::test_{name}" for name in ("a", "b"))
    shared = [f"tests/durability/test_kills.py::test_{name}" for name in ("c", "d")]
    scheduler.registered_collections = {"gw0": [one, two, *shared]}
    scheduler.assigned_work = {
        "gw0": {one: {one: False}, two: {two: False}, "tests/durability/": dict.fromkeys(shared, False)}
    }
    for ended in (0, 2):
        scheduler.mark_test_complete("gw0", ended)
    assert set(scheduler.assigned_work["gw0"]) == {two, "tests/durability/"}
    assert scheduler._pending_of(scheduler.assigned_work["gw0"]) == 2
