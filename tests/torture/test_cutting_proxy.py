"""The door of `make torture` cuts where it is told to: before the commit passes, or before its answer."""

import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from tests.torture.cutting_proxy import AFTER, BEFORE, CuttingProxy


class Server:
    """Remembers each message and answers it with the same."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.heard: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def reach(self) -> socket.socket:
        return socket.create_connection(self.listener.getsockname())

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with line:
            while block := line.recv(65_536):
                self.heard.append(block[4:])
                line.sendall(block)


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.listener.close()


@pytest.fixture
def proxy(server: Server) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(server.reach)
    yield proxy
    proxy.end()


def ask(line: socket.socket, words: bytes) -> bytes:
    """Send a message as MongoDB frames one; return the answer, b"" when the line was cut."""
    line.sendall(struct.pack("<i", len(words) + 4) + words)
    try:
        return line.recv(65_536)[4:]
    except ConnectionError:
        return b""


@pytest.mark.parametrize(("where", "arrives"), [(BEFORE, False), (AFTER, True)])
def test_a_commit_is_cut_where_it_was_said(
    server: Server, proxy: CuttingProxy, where: str, arrives: bool
) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as line:
        assert ask(line, b"find") == b"find"
        proxy.cut_next(where, 0)
        assert ask(line, b"insert") == b"insert"
        assert ask(line, b"commitTransaction") == b""
    assert (b"commitTransaction" in server.heard) is arrives
    assert proxy.cuts == 1
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as line:
        assert ask(line, b"commitTransaction") == b"commitTransaction"


def test_nobody_comes_in_while_the_door_is_shut(proxy: CuttingProxy) -> None:
    proxy.cut_next(BEFORE, 30)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as line:
        assert ask(line, b"commitTransaction") == b""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as line:
        assert ask(line, b"find") == b""
