"""Eight clients at once: requests per second of a real server in a process of its own, over loopback.

`python -m benchmarks.crowd COLUMN URI DATABASE` serves a column until its standard input closes.
"""

import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from waitress.server import create_server

from benchmarks.columns import FLOOR, OURS, make_client
from benchmarks.measuring import Cost
from documents.server.connection import connect

CLIENTS = 8
_COUNTY = "371522"


def cost(column: str, uri: str, name: str, requests: int) -> Cost:
    """Return the rate at which a column answers so many requests of eight clients: three lists in turn."""
    paths = _paths(column)
    wanted: SimpleQueue[str] = SimpleQueue()
    for number in range(requests):
        wanted.put(paths[number % len(paths)])
    with _served(column, uri, name) as (port, cookie):
        _ask(port, cookie, paths)  # warmed up
        answers: list[int] = []
        clients = [
            threading.Thread(target=_drain, args=(port, cookie, wanted, answers)) for _ in range(CLIENTS)
        ]
        began = time.perf_counter()
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        seconds = time.perf_counter() - began
    return Cost(seconds / requests, status=max(answers), rate=requests / seconds)


def _paths(column: str) -> tuple[str, ...]:
    if column == OURS:
        return (
            "/admin/tenant-companies/",
            f"/admin/tenant-companies/?county={_COUNTY}",
            "/admin/ledger-entries/",
        )
    if column == FLOOR:
        return ("/companies/", f"/companies/?county={_COUNTY}", "/entries/")
    return ("/admin/companies/", f"/admin/companies/?flt0_0={_COUNTY}", "/admin/entries/")


def _drain(port: int, cookie: str, wanted: SimpleQueue[str], answers: list[int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while True:
        try:
            path = wanted.get_nowait()
        except Empty:
            connection.close()
            return
        answers.append(_get(connection, path, cookie))


def _ask(port: int, cookie: str, paths: Sequence[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for path in paths:
        _get(connection, path, cookie)
    connection.close()


def _get(connection: http.client.HTTPConnection, path: str, cookie: str) -> int:
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    answer.read()
    return answer.status


@contextmanager
def _served(column: str, uri: str, name: str) -> Iterator[tuple[int, str]]:
    words = [sys.executable, "-m", __name__, column, uri, name]
    server = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own words
    assert server.stdin and server.stdout
    try:
        port, _, cookie = server.stdout.readline().strip().partition(" ")
        yield int(port), cookie
    finally:
        server.stdin.close()
        server.wait(30)


def main() -> None:
    """Serve a column on a free port; print the port and the signed-in clerk's cookie."""
    column, uri, name = sys.argv[1:]
    connect(uri, name)
    client = make_client(column)
    server = create_server(client.application, host="127.0.0.1", port=0, threads=16)
    kept = client.get_cookie("office_session")
    print(server.effective_port, f"office_session={kept.value}" if kept else "", flush=True)
    threading.Thread(target=server.run, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
