"""A child of the tests that ends as its job says."""

import os
import signal
import sys
import time

from office.child_limits import begin
from office.child_process import PROBLEM_EXIT


def _end(how: str) -> None:
    if how == "toils":
        while True:
            pass
    elif how == "waits":
        time.sleep(60)
    elif how == "grows":
        bytearray(2 << 30)
    elif how == "writes":
        sys.stdout.write("x" * (3 << 20))
        sys.stdout.flush()
    elif how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif how == "breaks":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif how == "fails":
        raise ValueError
    elif how == "problem":
        sys.exit(PROBLEM_EXIT)


if __name__ == "__main__":
    _end(begin()["how"])
