"""What the threads of a web process freed goes back to the machine."""

import subprocess
import sys

import pytest

from documents.server.embedded import PROJECT

# Sixteen threads that each make and drop an answer of many pieces; the last pieces stay, as a cache would keep them.
_PROGRAM = """
import sys, threading
from commands.memory import bound_arenas, give_back
if sys.argv[1] == "bounded":
    assert bound_arenas()
kept, barrier = [], threading.Barrier(16)
def work():
    barrier.wait()
    pieces = [bytes(2000 + n % 3000) for n in range(8000)]
    barrier.wait()
    kept.append(pieces[-1])
threads = [threading.Thread(target=work) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
if sys.argv[1] == "bounded":
    give_back()
with open("/proc/self/status") as status:
    print(next(int(line.split()[1]) for line in status if line.startswith("VmRSS")))
"""


def kilobytes(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", _PROGRAM, how], cwd=PROJECT, capture_output=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc to read")
def test_what_many_threads_dropped_is_given_back():
    assert kilobytes("bounded") < 60_000
