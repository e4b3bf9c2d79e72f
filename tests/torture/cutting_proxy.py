"""A door between a web process and its database that is shut at the commit: before it passes, or before its answer."""

import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress

BEFORE, AFTER = "before", "after"
_COMMIT = b"commitTransaction"


class CuttingProxy:
    """Passes whole messages both ways on `port`; once told to, cuts at the next commit and stays shut for a while."""

    def __init__(self, reach: Callable[[], socket.socket]) -> None:
        self._reach = reach
        self._told: tuple[str, float] | None = None
        self._shut_until = 0.0
        self._guard = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_next(self, where: str, shut_for: float) -> None:
        """Cut at the next commit, BEFORE it passes or AFTER it was answered, and let nobody in for so many seconds."""
        with self._guard:
            self._told = where, shut_for

    def end(self) -> None:
        self._listener.close()
        self._cut_all()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if time.monotonic() < self._shut_until:
                client.close()
                continue
            try:
                server = self._reach()
            except OSError:
                client.close()
                continue
            with self._guard:
                self._pairs.append((client, server))
            threading.Thread(target=self._to_server, args=(client, server), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        """Pass each message on and the answers back, in which a monitor's connection may have several to one."""
        cut = threading.Event()
        answers = threading.Thread(target=_pass_on, args=(server, client, cut), daemon=True)
        answers.start()
        with suppress(OSError, EOFError), client, server:
            while True:
                message = _message(client)
                told = self._take_order() if _COMMIT in message else None
                if told and told[0] == BEFORE:
                    self._cut(told[1])
                    return
                if told:
                    cut.set()  # its answer stays here
                    server.sendall(message)
                    answers.join(20)
                    self._cut(told[1])
                    return
                server.sendall(message)

    def _take_order(self) -> tuple[str, float] | None:
        with self._guard:
            told, self._told = self._told, None
        return told

    def _cut(self, shut_for: float) -> None:
        self.cuts += 1
        self._shut_until = time.monotonic() + shut_for
        self._cut_all()

    def _cut_all(self) -> None:
        with self._guard:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


def _message(source: socket.socket) -> bytes:
    head = _exactly(source, 4)
    return head + _exactly(source, struct.unpack("<i", head)[0] - 4)


def _exactly(source: socket.socket, many: int) -> bytes:
    read = b""
    while len(read) < many:
        block = source.recv(many - len(read))
        if not block:
            raise EOFError
        read += block
    return read


def _pass_on(server: socket.socket, client: socket.socket, cut: threading.Event) -> None:
    with suppress(OSError, EOFError):
        while True:
            answer = _message(server)
            if cut.is_set():
                return
            client.sendall(answer)
