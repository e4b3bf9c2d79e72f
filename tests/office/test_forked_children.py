"""A child that the tests fork ends as one that the program starts, whatever ends it."""

import pytest

from office import child_process
from office.child_process import ChildLimits, Ending, run_child
from tests.office import forked_children
from tests.office.forked_children import CHILDREN, run_forked

STARTED = child_process._run  # tests/conftest.py puts the other in its place, test by test
LIMITS = ChildLimits(seconds=1, output=1 << 20)
ENDINGS = {
    "returns": Ending.DONE, "problem": Ending.PROBLEM, "fails": Ending.FAILED, "toils": Ending.TOO_SLOW,
    "waits": Ending.TOO_SLOW, "killed": Ending.TOO_SLOW, "grows": Ending.TOO_LARGE, "writes": Ending.TOO_LARGE,
    "breaks": Ending.TOO_LARGE,
}  # fmt: skip


def ending(how):
    ended = run_child("tests.office.ending_child", {"how": how}, LIMITS)
    ended.output.close()
    return ended.ending


@pytest.mark.parametrize("how", ENDINGS)
def test_a_forked_child_ends_as_one_that_is_started(how, monkeypatch):
    assert (child_process._run, ending(how)) == (run_forked, ENDINGS[how])
    monkeypatch.setattr(child_process, "_run", STARTED)
    assert ending(how) == ENDINGS[how]


def test_a_forked_child_is_bound_to_its_own_environment_and_folder(monkeypatch):
    begun = []
    made = forked_children._forks()
    monkeypatch.setattr(made, "child", lambda *given: begun.append(given) or 0)
    monkeypatch.setenv("SECRET_KEY", "a-secret")
    ending("returns")
    ((module, environment, streams, folder, seconds),) = begun
    assert (module, len(streams), seconds) == ("tests.office.ending_child", 3, 2)
    assert "SECRET_KEY" not in environment
    assert "child-" in folder


def test_every_child_of_the_program_is_known_to_what_forks_them():
    root = child_process._ROOT
    found = {
        ".".join(path.relative_to(root).with_suffix("").parts)
        for path in (root / "office").rglob("*_child.py")
    }
    assert found == set(CHILDREN)
