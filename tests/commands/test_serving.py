"""A web process that is told to end finishes what it took, refuses what is new, and tells its service manager."""

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from documents.server.embedded import PROJECT
from tests.ports import free_port

# A page takes half a second, and there is one thread: whatever else is asked meanwhile waits.
_PROGRAM = """
import sys, time
from waitress import create_server
from commands.serving import serve_until_told
def page(environ, start):
    body = environ["wsgi.input"].read()
    time.sleep(0.5)
    start("200 OK", [("Content-Length", "2000000")])
    return [b"x" * 2_000_000]
sockets = {}
server = create_server(page, map=sockets, host="127.0.0.1", port=int(sys.argv[1]), threads=1)
serve_until_told(sockets, server.task_dispatcher, drain_seconds=float(sys.argv[2]))
"""


class Served:
    """The program above, as a process, and what it told its service manager."""

    def __init__(self, folder: Path, drain_seconds: float = 20) -> None:
        self.port = free_port()
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(folder / "notify"))
        self.manager.settimeout(20)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(self.port), str(drain_seconds)], cwd=PROJECT,
            env={"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "600000", "PYTHONPATH": str(PROJECT)},
        )  # fmt: skip
        assert self.manager.recv(100) == b"READY=1"

    def end(self) -> None:
        self.process.kill()
        self.process.wait(10)
        self.manager.close()

    def ask(self, body: bytes = b"") -> int:
        """Ask for the page and return how many bytes came."""
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            asked.request("POST", "/", body)
            return len(asked.getresponse().read())
        finally:
            asked.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path)
    yield served
    served.end()


def test_what_runs_and_what_waits_is_answered_and_what_comes_later_is_refused(served: Served) -> None:
    answers: list[int] = []
    clerks = [threading.Thread(target=lambda: answers.append(served.ask(b"y" * 100_000))) for _ in range(4)]
    for clerk in clerks:
        clerk.start()
    time.sleep(0.3)
    served.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    served.process.send_signal(signal.SIGTERM)  # impatience changes nothing
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", served.port), timeout=5)
    for clerk in clerks:
        clerk.join(20)
    assert answers == [2_000_000] * 4
    assert served.process.wait(10) == 0


def test_what_stands_at_the_door_while_the_process_is_held_up_is_let_in(served: Served) -> None:
    served.process.send_signal(signal.SIGSTOP)
    waiting = []
    for _ in range(3):
        connection = socket.create_connection(("127.0.0.1", served.port), timeout=20)
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        waiting.append(connection)
    served.process.send_signal(signal.SIGTERM)
    served.process.send_signal(signal.SIGCONT)
    for connection in waiting:
        assert connection.recv(12) == b"HTTP/1.0 200"
        while connection.recv(1_000_000):
            pass
        connection.close()
    assert served.process.wait(10) == 0


def test_a_silent_connection_does_not_hold_it_up_and_the_manager_hears_of_the_end(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port)):
        heard = served.manager.recv(100)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(10) == 0
    assert heard == b"WATCHDOG=1"
    told = b""
    while told != b"STOPPING=1":
        told = served.manager.recv(100)


def test_a_request_that_never_ends_is_not_waited_for_longer_than_said(tmp_path: Path) -> None:
    served = Served(tmp_path, drain_seconds=1)
    try:
        with socket.create_connection(("127.0.0.1", served.port)) as slow:
            slow.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
            time.sleep(0.2)
            served.process.send_signal(signal.SIGTERM)
            assert served.process.wait(10) == 0
    finally:
        served.end()
