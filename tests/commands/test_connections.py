"""Connections that would stop the others: half-open, dripping, too large; by real sockets on a real server."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask, request
from waitress import wasyncore

from commands.connections import (
    LONG_HEAD,
    NOT_UNDERSTOOD,
    TOO_LARGE,
    TOO_MUCH,
    TOO_SLOW,
    BoundedServer,
    ConnectionLimits,
    listen,
)
from tests.ports import free_port

LIMITS = ConnectionLimits(
    connections=60, head=3, grace=2, rate=1 << 20, all_bodies=4 << 20, stalled=2, lingering=2
)
MOST = 3 << 20
NOTED: list[dict[str, Any]] = []
SERVERS: list[BoundedServer] = []
HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Give the port of a small application, served with the limits above."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MOST

    @app.route("/", methods=["GET", "POST"])
    def page() -> str:
        return f"{len(request.get_data())} bytes"

    sockets: dict[int, object] = {}
    said = {
        TOO_LARGE: "太大", TOO_MUCH: "太多", TOO_SLOW: "太慢", LONG_HEAD: "太长", NOT_UNDERSTOOD: "不明",
    }  # fmt: skip
    number, ended = free_port(), threading.Event()
    dispatcher = listen(
        app, sockets, host="127.0.0.1", port=number, threads=4, sentences=said, limits=LIMITS,
        note=lambda **refused: NOTED.append(refused),
    )  # fmt: skip

    def serve() -> None:
        while not ended.is_set():
            wasyncore.loop(timeout=0.1, use_poll=True, map=sockets, count=1)

    thread = threading.Thread(target=serve)
    thread.start()
    SERVERS.extend(one for one in sockets.values() if isinstance(one, BoundedServer))
    yield number
    ended.set()
    thread.join()
    dispatcher.shutdown()
    wasyncore.close_all(sockets)


def connected(port: int, sent: bytes = b"") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=15)
    client.sendall(sent)
    return client


def wait_for_bodies(size: int) -> None:
    """Wait until the bodies that are under way have so many bytes together, of what they say or have sent."""
    deadline = time.monotonic() + 60
    while True:
        channels = list(SERVERS[-1].active_channels.values())
        if sum(one.request.body_size() for one in channels if one.request is not None) >= size:
            return
        assert time.monotonic() < deadline
        time.sleep(0.01)


def answer(client: socket.socket) -> str:
    """Return all that comes until the server closes.

    To who goes on sending after the answer, the system may say that with a reset.
    """
    pieces = []
    try:
        while piece := client.recv(65536):
            pieces.append(piece)
    except ConnectionResetError:
        assert pieces, "reset before any answer came"
    return b"".join(pieces).decode()


def one_answer(client: socket.socket) -> str:
    """Return what comes until the small application's page is whole."""
    said = ""
    while not said.endswith(" bytes") and (piece := client.recv(1000)):
        said += piece.decode()
    return said


def ordinary(port: int) -> str:
    with connected(port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as client:
        return answer(client)


def test_two_hundred_half_open_connections_do_not_keep_an_ordinary_request_waiting(port: int) -> None:
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(connected(port, b"GET / HTTP/1.1\r\nHost:"))
        begin = time.monotonic()
        assert ordinary(port).startswith("HTTP/1.1 200")
        assert time.monotonic() - begin < LIMITS.head, "before any of them has had its time"


def test_a_head_that_drips_is_cut_after_its_time_with_a_sentence(port: int) -> None:
    begin = time.monotonic()
    with connected(port, b"GET / HTTP/1.1\r\n") as client:
        dripping = threading.Thread(target=drip, args=(client, b"X-A: 1\r\n"))
        dripping.start()
        said = answer(client)
        dripping.join()
    assert said.startswith("HTTP/1.1 408") and said.endswith("太慢")
    assert LIMITS.head <= time.monotonic() - begin < LIMITS.head + 8


def test_a_body_that_drips_is_cut_and_one_that_flows_is_taken(port: int) -> None:
    with connected(port, HEAD % 100_000) as client:
        dripping = threading.Thread(target=drip, args=(client, b"a"))
        dripping.start()
        assert answer(client).startswith("HTTP/1.1 408")
        dripping.join()
    with connected(port, HEAD % 1_000_000 + b"a" * 1_000_000) as client:
        assert one_answer(client).endswith("\n1000000 bytes")


def drip(client: socket.socket, piece: bytes) -> None:
    try:
        for _ in range(200):
            client.sendall(piece)
            time.sleep(0.1)
    except OSError:
        return


def test_a_connection_that_sends_nothing_is_closed(port: int) -> None:
    with connected(port) as client:
        assert answer(client) == ""


@pytest.mark.parametrize("length", [200 << 20, MOST + 1])
def test_a_body_that_is_too_large_is_refused_by_its_head_and_the_connection_closed(
    port: int, length: int
) -> None:
    begin = time.monotonic()
    with connected(port, HEAD % length) as client:
        said = answer(client)
    assert said.startswith("HTTP/1.1 413") and said.endswith("太大")
    assert time.monotonic() - begin < LIMITS.grace


def test_who_goes_on_sending_a_body_that_was_refused_still_reads_the_answer(port: int) -> None:
    with connected(port, HEAD % (8 << 20)) as client:
        client.sendall(b"a" * (8 << 20))
        assert answer(client).endswith("太大")


def test_a_body_of_the_most_that_may_be_is_taken(port: int) -> None:
    with connected(port, HEAD % MOST + b"a" * MOST) as client:
        assert one_answer(client).endswith(f"\n{MOST} bytes")


def test_all_bodies_under_way_have_a_bound_together(port: int) -> None:
    with connected(port, HEAD % (2 << 20)), connected(port, HEAD % (2 << 20)) as second:
        wait_for_bodies(4 << 20)
        with connected(port, HEAD % (2 << 20)) as third:
            said = answer(third)
            assert said.startswith("HTTP/1.1 503") and said.endswith("太多")
        second.sendall(b"a" * (2 << 20))
        assert one_answer(second).startswith("HTTP/1.1 200")


def test_a_head_that_is_too_large_is_refused(port: int) -> None:
    with connected(port, b"GET / HTTP/1.1\r\nX-A: " + b"a" * LIMITS.head_bytes + b"\r\n\r\n") as client:
        said = answer(client)
    assert said.startswith("HTTP/1.0 431") and said.endswith("太长")


def test_what_is_no_request_is_answered_in_the_offices_words(port: int) -> None:
    with connected(port, b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n") as client:
        said = answer(client)
    assert said.startswith("HTTP/1.1 400") and said.endswith("不明")


def test_bodies_in_pieces_count_as_they_grow(port: int) -> None:
    """What says nothing of its length went past the bound: 400 of them could fill the disk."""
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"100000\r\n" + b"a" * (1 << 20) + b"\r\n"
    with connected(port, head + piece * 2) as first, connected(port, head + piece) as second:
        wait_for_bodies(3 << 20)
        with connected(port, head + piece * 2) as third:
            said = answer(third)
            assert said.startswith("HTTP/1.1 503") and said.endswith("太多")
        for client in (first, second):
            client.sendall(b"0\r\n\r\n")
            assert one_answer(client).startswith("HTTP/1.1 200")


def test_what_is_refused_before_the_application_is_noted(port: int) -> None:
    NOTED.clear()
    with connected(port, b"POST /a HTTP/1.1\r\nUser-Agent: me\r\nContent-Length: 9999999\r\n\r\n") as client:
        answer(client)
    with connected(port, b"GET /b HT") as client:
        answer(client)
    large, slow = NOTED
    assert (large["status"], large["method"], large["path"], large["agent"]) == (413, "POST", "/a", "me")
    assert (slow["status"], slow["address"]) == (408, "127.0.0.1")
    assert slow["seconds"] >= LIMITS.head


def test_several_requests_on_one_connection_each_have_their_own_time(port: int) -> None:
    with connected(port) as client:
        for _ in range(4):
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert one_answer(client).endswith("\n0 bytes")
            time.sleep(1)
