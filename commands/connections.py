"""Connections that cannot stop the others: each has a time to bring its request, and none keeps a place for nothing.

waitress bounds how long a connection may be silent and how large a body may be. Missing there, and added here by its
own hooks: a time for a whole request, however slowly its bytes drip; a place for a new connection when all are taken,
from the one that has waited longest with nothing complete; an answer that a browser can still read when it refuses a
body; a bound of what all bodies under way may hold; an end for an answer that nobody takes.
"""

import resource
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import Error

from commands.memory import TRIM_SECONDS, bound_arenas, give_back
from rules.words import N_

TOO_LARGE = N_(
    "What was sent is too large: at most %(most)d MB at once. Please go back and send less, or a smaller file."
)
TOO_MUCH = N_(
    "Too many large files are being sent at this moment. Nothing was saved; please try again in a minute."
)
TOO_SLOW = N_(
    "Sending took too long, so the connection was ended. Nothing was saved; please go back and try again."
)
_OPEN_FILES = 4096  # sockets, and a temporary file for each large body


@dataclass(frozen=True)
class ConnectionLimits:
    """What connections may take: how many, bytes of a head, of a body and of all bodies under way, seconds.

    A request may take `grace` seconds and one more for each `rate` bytes of it that came; its head `head` seconds.
    """

    connections: int = 400
    head_bytes: int = 32 << 10
    all_bodies: int = 1 << 30
    head: float = 10.0
    grace: float = 30.0
    rate: int = 32 << 10
    unused: float = 90.0  # longer than a proxy keeps a connection for its next request
    stalled: float = 60.0  # an answer of which nobody takes a byte
    lingering: float = 10.0


class _Refusal(Error):
    """An answer before the application: a status and a sentence."""

    def __init__(self, code: int, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.reason = code, reason

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Return status, headers and body."""
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
        return f"{self.code} {self.reason}", headers, self.body.encode()


class _Parser(HTTPRequestParser):
    """A request as it comes in on a channel; what is too large is refused by its head, in the office's words."""

    def __init__(self, adjustments: Adjustments, channel: "_Channel") -> None:
        super().__init__(adjustments)
        self._channel = channel

    def received(self, data: bytes) -> int:
        """Take some bytes; return how many belong to this request."""
        if self._channel.refused:  # the rest of a body: no request, thrown away
            return len(data)
        taken: int = super().received(data)
        server = self._channel.server
        if self.completed and self.error is not None and self.error.code == 413:
            self._refuse(server.refusal(413, "Content Too Large", TOO_LARGE))
        elif self.headers_finished and not self.completed and server.is_full_with(self):
            self._refuse(server.refusal(503, "Service Unavailable", TOO_MUCH))
        return taken

    def _refuse(self, error: _Refusal) -> None:
        self.error, self.completed, self._channel.refused = error, True, True


class _Channel(HTTPChannel):
    """A connection that knows since when its present request has been on the way."""

    began: float | None = None  # monotonic, of the request that is coming in
    bytes_of_request = 0
    close_when_flushed: bool
    refused = False  # whether its request was refused with its body still on the way
    lingers_until: float | None = None

    def parser_class(self, adjustments: Adjustments) -> _Parser:
        """Return the parser of the next request."""
        return _Parser(adjustments, self)

    def received(self, data: bytes) -> bool:
        """Take bytes of one or more requests."""
        if self.lingers_until is not None:
            return True
        before = self.request
        if self.began is None:
            self.began, self.bytes_of_request = time.monotonic(), 0
        self.bytes_of_request += len(data)
        taken: bool = super().received(data)
        if self.request is None:
            self.began = None
        elif self.request is not before and before is not None:  # the next one has begun in the same bytes
            self.began, self.bytes_of_request = time.monotonic(), len(data)
        return taken

    def readable(self) -> bool:
        """Tell whether to read: also while what was refused is thrown away."""
        return self.lingers_until is not None or bool(super().readable())

    def handle_write(self) -> None:
        """Send; after a refusal wait a little for the end of the body: closed at once, its answer would be lost."""
        answered = self.close_when_flushed and not self.requests and not self.total_outbufs_len
        if self.refused and answered:
            self.close_when_flushed = False
            self.lingers_until = time.monotonic() + self.server.limits.lingering
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
            return
        super().handle_write()

    def is_waiting(self) -> bool:
        """Tell whether nothing complete has come that is being worked on or answered."""
        return not self.requests and not self.total_outbufs_len

    def worth(self) -> tuple[int, float]:
        """Return what a waiting connection is worth, least first: half a head, idle, half a body; its age."""
        under_way = self.request is not None and self.request.headers_finished
        used = self.bytes_of_request > 0 and self.began is None
        return (2 if under_way else 1 if used else 0), float(self.creation_time)

    def overdue(self, limits: ConnectionLimits) -> bool:
        """Tell whether this connection has had its time."""
        now, silent = time.monotonic(), time.time() - self.last_activity
        if self.lingers_until is not None:
            return now > self.lingers_until
        if self.total_outbufs_len:
            return silent > limits.stalled
        if self.requests:
            return False  # the application has it
        if self.began is None:
            never_used = self.bytes_of_request == 0
            return silent > (limits.head if never_used else limits.unused)
        taken = now - self.began
        if not self.request.headers_finished:
            return taken > limits.head
        return taken > limits.grace + self.bytes_of_request / limits.rate

    def end(self) -> None:
        """Say that it took too long where a request was on the way, and close."""
        if self.began is not None and self.is_waiting():
            status, headers, body = self.server.refusal(408, "Request Timeout", TOO_SLOW).to_response()
            lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
            head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "Connection: close", "", ""])
            with suppress(OSError):
                self.socket.send(head.encode() + body)
        if self.request is not None:
            self.request.close()
        self.will_close = True


class BoundedServer(TcpWSGIServer):
    """The server of one address, with its limits."""

    channel_class = _Channel

    def __init__(
        self, app: Any, *, limits: ConnectionLimits, sentences: Mapping[str, str], **given: Any
    ) -> None:
        self.limits, self._sentences = limits, sentences
        self._next_trim = 0.0
        super().__init__(app, **given)

    def refusal(self, code: int, reason: str, sentence: str) -> _Refusal:
        """Return an answer before the application."""
        return _Refusal(code, reason, self._sentences.get(sentence, sentence))

    def is_full_with(self, request: HTTPRequestParser) -> bool:
        """Tell whether this body would be one too many for all that are under way."""
        if request.content_length <= self.adj.inbuf_overflow:
            return False
        others = (
            channel.request.content_length
            for channel in list(self.active_channels.values())
            if channel.request is not None and channel.request is not request
        )
        return sum(others) + int(request.content_length) > self.limits.all_bodies

    def handle_accept(self) -> None:
        """Take a connection; where all places are taken, the one that has waited longest for nothing makes room."""
        if len(self.active_channels) >= self.limits.connections:
            waiting = [channel for channel in self.active_channels.values() if channel.is_waiting()]
            if waiting:
                min(waiting, key=_Channel.worth).handle_close()
        super().handle_accept()

    def maintenance(self, now: float) -> None:
        """Let go of the connections that have had their time; now and then give memory back."""
        if now >= self._next_trim:
            self._next_trim = now + TRIM_SECONDS
            give_back()
        for channel in list(self.active_channels.values()):
            if channel.overdue(self.limits):
                channel.end()


def listen(
    app: Flask, sockets: dict[int, Any], *, host: str, port: int, threads: int, sentences: Mapping[str, str],
    limits: ConnectionLimits = ConnectionLimits(),
) -> ThreadedTaskDispatcher:  # fmt: skip
    """Listen on an address with all limits in force; return what runs the requests. Raises OSError.

    `sentences` are this module's, by their message, as they are to be said.
    """
    _allow_open_files()
    bound_arenas()
    given = Adjustments(
        host=host, port=port, threads=threads, ident=None, cleanup_interval=1, recv_bytes=64 << 10,
        # Its own bound would stop taking connections: ours makes room instead.
        connection_limit=limits.connections * 2, max_request_header_size=limits.head_bytes,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 1,
    )  # fmt: skip
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(threads)
    for address in given.listen:
        BoundedServer(
            app,
            map=sockets,
            dispatcher=dispatcher,
            adj=given,
            sockinfo=address,
            limits=limits,
            sentences=sentences,
        )
    return dispatcher


def _allow_open_files() -> None:
    """Raise how many files this process may have open, as far as the machine lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
