"""How a web process lives: it tells its service manager that it is ready, serves, and ends without dropping anything.

Told to end, it takes what already waits at its door, shuts the door and finishes every request that it took: a proxy
in front sends the next ones, writes too, to the other process, because nothing of them has been sent to this one.
"""

import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

# What is given to requests that are under way, in seconds; the service manager's own bound must be longer.
DRAIN_SECONDS = 30.0
# A connection that has just been taken has its request on the way; one that stays silent so long has none.
_SILENT_SECONDS = 1.0
_LOOP_SECONDS = 1.0
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

Sockets = dict[int, Any]  # what waitress listens and speaks on, by file number


def serve_until_told(sockets: Sockets, dispatcher: Any, *, drain_seconds: float = DRAIN_SECONDS) -> None:
    """Serve on `sockets` until a signal says to end; then finish what was taken, within `drain_seconds`.

    To be called in the main thread. A further signal changes nothing.
    """
    with _told_to_end(sockets) as told:
        notify("READY=1")
        _loop(sockets, told)
        notify("STOPPING=1")
        for listener in _listeners(sockets):
            _shut_door(listener)
        deadline = time.monotonic() + drain_seconds
        _loop(sockets, lambda: time.monotonic() > deadline or not _busy(sockets))
    dispatcher.shutdown(timeout=1)
    wasyncore.close_all(sockets)


def notify(state: str) -> None:
    """Tell the service manager a state, as systemd's `Type=notify` reads it; nothing where there is none."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.connect("\0" + address[1:] if address.startswith("@") else address)
            manager.sendall(state.encode())


@contextmanager
def _told_to_end(sockets: Sockets) -> Iterator[Callable[[], bool]]:
    """Hear the signals without being torn out of what is being done; one that is ignored, as under nohup, stays so."""
    heard: list[int] = []

    def hear(number: int, _: object) -> None:
        heard.append(number)
        for listener in _listeners(sockets):
            listener.pull_trigger()

    before = {number: signal.getsignal(number) for number in _ENDING}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, hear)
    try:
        yield lambda: bool(heard)
    finally:
        for number in before:
            signal.signal(number, signal.SIG_IGN)


def _loop(sockets: Sockets, done: Callable[[], bool]) -> None:
    wakes = 0.0
    every = int(os.environ.get("WATCHDOG_USEC") or 0) / 3_000_000
    while sockets and not done():
        wasyncore.loop(timeout=_LOOP_SECONDS, use_poll=True, map=sockets, count=1)
        if every and time.monotonic() > wakes:
            wakes = time.monotonic() + every
            notify("WATCHDOG=1")


def _listeners(sockets: Sockets) -> list[BaseWSGIServer]:
    return [each for each in list(sockets.values()) if isinstance(each, BaseWSGIServer)]


def _shut_door(listener: BaseWSGIServer) -> None:
    """Take every connection that waits, then refuse further ones: what waits unseen would be cut off."""
    door = select.poll()
    door.register(listener.socket, select.POLLIN)
    while door.poll(0):
        listener.handle_accept()
    wasyncore.dispatcher.close(listener)


def _busy(sockets: Sockets) -> bool:
    """Tell whether a request is under way, and let go of the connections that have none."""
    busy = False
    for channel in list(sockets.values()):
        if isinstance(channel, HTTPChannel):
            under_way = channel.requests or channel.request is not None or channel.total_outbufs_len
            if not under_way and time.time() - channel.last_activity > _SILENT_SECONDS:
                channel.will_close = True
            busy = True
    return busy
