"""One line of JSON for each request: when, which, by whom, from where, with what outcome, how long, how much.

The id of a request is random; one that comes with the request is taken from a trusted proxy alone. It stands in the
answer's header, in the audit trail and on error pages, so that what a clerk reads out leads to the line. No line
holds a secret: the path without its query, keys in it masked, never a cookie or a form.
"""

import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import structlog
from flask import Flask, Response, request
from structlog.contextvars import bound_contextvars

from rules.requests.origin import AGENT_LENGTH, Origin, is_request_id, masked_path, one_line
from services.shared.logs import UnfailingLogger, write_and_flush
from services.shared.origins import acting_from, present_origin

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "X-Request-ID"
_USER = "office.user"  # the key of the WSGI environment under which the gate leaves who asked
_LOG = "access_log"  # the key of the extension that writes a line
_NAME_LENGTH = 80

Log = Callable[[dict[str, Any]], None]


def request_id() -> str:
    """Return the id of the present request; empty outside of one."""
    return present_origin().request_id


def note_user(name: str) -> None:
    """Let the line of the present request say who asked."""
    request.environ[_USER] = one_line(name, _NAME_LENGTH)


def init_access_log(app: Flask) -> None:
    """Give each request its id, and write its line where the configuration's ACCESS_LOG says.

    `stdout`, `stderr` or a file to append to; nothing is written when it is empty or `off`. Call it before what
    sets the client's address right (`ProxyFix`), which must stand around it.
    """
    write_access_log(app, app.config.get("ACCESS_LOG", ""))
    app.wsgi_app = _PerRequest(app, app.wsgi_app)  # type: ignore[method-assign]
    app.after_request(_tell_id)


def write_access_log(app: Flask, place: str) -> None:
    """Write the lines to `place` from here on; see `init_access_log`."""
    app.extensions[_LOG] = _log_to(place) if place and place != "off" else None


def log_refused(
    app: Flask, *, status: int, method: str, path: str, agent: str, address: str, seconds: float, size: int
) -> None:
    """Write the line of a request that was refused before the application: too large, too slow, not understood."""
    log: Log | None = app.extensions[_LOG]
    if log is None:
        return
    origin = Origin.of(address, _latin(agent), secrets.token_hex(8))
    with suppress(OSError, ValueError):
        log(_line(origin, method=method, path=path, status=status, seconds=seconds, user="", size=size))


def _line(
    origin: Origin, *, method: str, path: str, status: int, seconds: float, user: str, size: int
) -> dict[str, Any]:
    return {
        "request_id": origin.request_id, "method": one_line(method, 16), "path": masked_path(_latin(path)),
        "status": status, "ms": round(seconds * 1000, 1), "user": user, "address": origin.address,
        "agent": one_line(origin.agent, AGENT_LENGTH), "bytes": size,
    }  # fmt: skip


def _tell_id(response: Response) -> Response:
    if request_id():
        response.headers[HEADER] = request_id()
    return response


class _AppendingFile:
    """Appends each line to a file, opened anew: a file that was moved away for rotation is begun again."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, line: str) -> None:
        """Append a line in one piece, so that of two processes neither cuts the other's."""
        with self._path.open("a", encoding="ascii") as file:
            file.write(line)


def _log_to(place: str) -> Log:
    streams: dict[str, TextIO] = {"stdout": sys.stdout, "stderr": sys.stderr}
    stream = streams.get(place)
    logger = structlog.wrap_logger(
        UnfailingLogger(write_and_flush(stream) if stream else _AppendingFile(Path(place)).write),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),  # pure ASCII: whatever breaks a line is escaped
        ],
        wrapper_class=structlog.BoundLogger,
    )
    return lambda line: logger.info("request", **line)


class _PerRequest:
    """The WSGI layer around the application that knows when a request begins and when its answer was sent."""

    def __init__(self, app: Flask, inner: "WSGIApplication") -> None:
        self._app, self._inner = app, inner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        begun = time.perf_counter()
        number = self._id_of(environ)
        agent = _latin(environ.get("HTTP_USER_AGENT", ""))
        origin = Origin.of(str(environ.get("REMOTE_ADDR") or ""), agent, number)
        answer = _Answer(environ, origin, begun, self._app.extensions[_LOG])
        with acting_from(origin), bound_contextvars(request_id=number):
            answer.body = self._inner(environ, answer.start(start_response))
        return answer

    def _id_of(self, environ: "WSGIEnvironment") -> str:
        given = str(environ.get("HTTP_X_REQUEST_ID", ""))
        return (
            given
            if self._app.config.get("TRUSTED_PROXIES") and is_request_id(given)
            else secrets.token_hex(8)
        )


class _Answer:
    """An answer on its way; its line is written when it has been sent, or given up."""

    def __init__(self, environ: "WSGIEnvironment", origin: Origin, begun: float, log: Log | None) -> None:
        self.body: Iterable[bytes] = ()
        self._environ, self._origin, self._begun, self._log = environ, origin, begun, log
        self._status, self._size = 0, 0

    def start(self, start_response: "StartResponse") -> "StartResponse":
        def started(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            self._status = int(status[:3])
            return start_response(status, headers, exc_info)

        return started

    def __iter__(self) -> Iterator[bytes]:
        for block in self.body:
            self._size += len(block)
            yield block

    def close(self) -> None:
        close = getattr(self.body, "close", None)
        if close is not None:
            close()
        if self._log is None:
            return
        # A full disk, or a reader that went away, costs nobody the page.
        with suppress(OSError, ValueError):
            self._log(self._line())

    def _line(self) -> dict[str, Any]:
        return _line(
            self._origin, method=str(self._environ.get("REQUEST_METHOD", "")), path=self._environ.get("PATH_INFO", ""),
            status=self._status, seconds=time.perf_counter() - self._begun, user=self._environ.get(_USER, ""),
            size=self._size,
        )  # fmt: skip


def _latin(text: str) -> str:
    """Return what WSGI gives as Latin-1 as the UTF-8 that it is."""
    return text.encode("latin-1", "replace").decode("utf-8", "replace")


def reference() -> str:
    """Return the number that an error page shows; it stands in the log."""
    return request_id() or secrets.token_hex(8)
