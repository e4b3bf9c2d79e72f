"""Connections that cannot stop the others: each has a time to bring its request, and none keeps a place for nothing.

waitress bounds how long a connection may be silent and how large a body may be. Missing there, and added here by its
own hooks: a time for a whole request, however slowly its bytes drip; a place for a new connection when all are taken,
from the one that has waited longest with nothing complete; an answer that a browser can still read when it refuses a
body; a bound of what all bodies under way may hold; an end for an answer that nobody
takes. What is refused here is told of as the application's own answers are.
"""

import resource
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

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
LONG_HEAD = N_(
    "The address, or what your browser sends along with it, is too long. Please open the office's first page again."
)
NOT_UNDERSTOOD = N_("The server could not understand what was sent.")
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


_REASONS: Mapping[int, tuple[str, str]] = {
    413: ("Content Too Large", TOO_LARGE),
    431: ("Request Header Fields Too Large", LONG_HEAD),
}


class NoteRefused(Protocol):
    """Writes down a request that was refused before the application saw it; `seconds` since its first byte."""

    def __call__(
        self, *, status: int, method: str, path: str, agent: str, address: str, seconds: float, size: int
    ) -> object:
        """Write it down."""


class _Parser(HTTPRequestParser):
    """A request as it comes in on a channel; what is too large is refused by its head, in the office's words."""

    def __init__(self, adjustments: Adjustments, channel: "_Channel") -> None:
        super().__init__(adjustments)
        self._channel = channel

    def received(self, data: bytes) -> int:
        """Take some bytes; return how many belong to this request."""
        if self._channel.refused:  # the rest of a body: no request, thrown away
            return len(data)
        headed = self.headers_finished
        taken: int = super().received(data)
        if self.completed and self.error is not None:
            self._refuse(self.error.code, *_REASONS.get(self.error.code, (self.error.reason, NOT_UNDERSTOOD)))
        # A body that comes in pieces has said nothing of its length: it is looked at as it grows.
        elif (
            (self.chunked or not headed) and self.headers_finished and self._channel.server.is_full_with(self)
        ):
            self._refuse(503, "Service Unavailable", TOO_MUCH)
        return taken

    def body_size(self) -> int:
        """Return how many bytes the body has, as far as is known."""
        return max(int(self.content_length), int(self.body_bytes_received))

    def _refuse(self, code: int, reason: str, sentence: str) -> None:
        self.error, self.completed = self._channel.server.refusal(code, reason, sentence), True
        self._channel.refused = True
        self._channel.note(code, self)


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

    def note(self, status: int, request: _Parser | None) -> None:
        """Write a request down that was refused, with as much of it as had come."""
        headers = request.headers if request is not None else {}
        now = time.monotonic()
        self.server.note(
            status=status, method=getattr(request, "command", ""), path=getattr(request, "path", ""),
            agent=headers.get("USER_AGENT", ""), address=str(self.addr[0]) if self.addr else "",
            seconds=now - (self.began or now), size=self.bytes_of_request,
        )  # fmt: skip

    def end(self) -> None:
        """Say that it took too long where a request was on the way, and close."""
        if self.began is not None and self.is_waiting():
            self.note(408, self.request)
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
        self,
        app: Any,
        *,
        limits: ConnectionLimits,
        sentences: Mapping[str, str],
        note: NoteRefused,
        **given: Any,
    ) -> None:
        self.limits, self._sentences, self.note = limits, sentences, note
        self._next_trim = 0.0
        super().__init__(app, **given)

    def refusal(self, code: int, reason: str, sentence: str) -> _Refusal:
        """Return an answer before the application."""
        return _Refusal(code, reason, self._sentences.get(sentence, sentence))

    def is_full_with(self, request: _Parser) -> bool:
        """Tell whether this body would be one too many for all that are under way or wait to be worked on."""
        if request.body_size() <= self.adj.inbuf_overflow:
            return False
        others = (
            other.body_size()
            for channel in list(self.active_channels.values())
            for other in (channel.request, *channel.requests)
            if other is not None and other is not request
        )
        return sum(others) + request.body_size() > self.limits.all_bodies

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
    note: NoteRefused = lambda **_: None, limits: ConnectionLimits = ConnectionLimits(),
) -> ThreadedTaskDispatcher:  # fmt: skip
    """Listen on an address with all limits in force; return what runs the requests. Raises OSError.

    `sentences` are this module's, by their message, as they are to be said; `note` is told of what is refused.
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
            note=note,
        )
    return dispatcher


def _allow_open_files() -> None:
    """Raise how many files this process may have open, as far as the machine lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
