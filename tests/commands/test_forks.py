"""Processes that are forked from one that has imported the office: as good as those that Python starts anew."""

import os
import signal
import subprocess
import sys

import pytest

from tests.commands.forks import PYTHON, ROOT, forks

# Says which lines of ours ask for the time while the office is imported.
_ASKING = """
import sys
FOUND = []
def watch(frame, event, function):
    if event == "c_call" and function.__name__ in {"now", "utcnow", "today", "time", "localtime", "gmtime"}:
        if frame.f_code.co_filename.startswith(sys.argv[1]) and "site-packages" not in frame.f_code.co_filename:
            FOUND.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
sys.setprofile(watch)
from datetime import date, datetime
import app
sys.setprofile(None)
assert "services.shared.office_day" in sys.modules
print(*FOUND, sep="\\n", end="")
"""


@pytest.mark.slow
def test_nothing_of_ours_asks_for_the_time_when_it_is_imported():
    done = subprocess.run(
        [*PYTHON, "-c", _ASKING, f"{ROOT}/"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""


def test_a_fork_has_the_words_the_environment_and_the_streams_that_it_is_given():
    program = "import os, sys; print(sys.argv[1:], os.environ['A'], input(), file=sys.stderr); sys.exit(7)"
    begun = forks().begin(["-c", program, "一", "二"], {"A": "甲"})
    assert begun.poll() is None
    begun._given.write("丙\n")
    assert begun.communicate(60) == ("", "['一', '二'] 甲 丙\n")
    assert begun.returncode == 7
    assert begun.pid != os.getpid()


def test_a_fork_can_be_waited_for_and_killed():
    begun = forks().begin(["-c", "input()"], {})
    with pytest.raises(subprocess.TimeoutExpired):
        begun.wait(0.01)
    begun.kill()
    assert begun.wait(60) == -signal.SIGKILL
    begun.kill()  # nobody else is meant
    begun.communicate()


def test_a_fork_hears_ctrl_c_and_says_what_it_died_of():
    program = "import os, signal; os.kill(os.getpid(), signal.SIGINT); input()"
    begun = forks().begin(["-c", program], {})
    assert "KeyboardInterrupt" in begun.communicate(60)[1]
    assert begun.returncode in (1, 130, -signal.SIGINT)


def test_what_a_fork_writes_goes_to_its_log_in_order(tmp_path):
    path = tmp_path / "log"
    program = "import sys; print('甲'); sys.stdout.flush(); print('乙', file=sys.stderr); 1 / 0"
    with path.open("ab") as log:
        assert forks().start(["-c", program], {}, log).wait(60) == 1
    said = path.read_text("utf-8")
    assert said.startswith("甲\n乙\n")
    assert said.endswith("ZeroDivisionError: division by zero\n")
    assert sys.executable not in said
