"""A running office for the durability tests: real processes on a data folder of their own, and its clerks by HTTP."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pymongo import MongoClient
from pymongo.database import Database

from documents.embedded import DEFAULT_NAME, PROJECT
from documents.embedded_process import socket_uri
from tests.durability.invariants import faults
from tests.sample_office import GUAN, PASSWORD, code

CLERK = "clerk"
_FORM = "application/x-www-form-urlencoded"
_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
_FREE = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "XDG_RUNTIME_DIR")


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of our processes: nothing of the tester's own settings."""
    kept = {name: os.environ[name] for name in _FREE if name in os.environ}
    return kept | {"DATA_DIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"} | more


def free_port() -> int:
    """Return a TCP port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def made(self) -> str:
        """The id that a save leads on to."""
        return self.headers["Location"].rpartition("id=")[2]


class Clerk:
    """One browser; safe between threads, each request is a connection of its own. `port` may change."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._cookies: dict[str, str] = {}
        self._token = ""

    def get(self, path: str) -> Answer:
        return self._send("GET", path)

    def send_file(self, path: str, data: Mapping[str, str], file: Path) -> Answer:
        """Post a form with a file in it."""
        mark = "a-line-that-is-in-no-file"
        fields = {"csrf_token": self._token, **data}
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'
        body = "".join([*parts, head]).encode() + file.read_bytes() + f"\r\n--{mark}--\r\n".encode()
        return self._send("POST", path, body, f"multipart/form-data; boundary={mark}")

    def post(self, path: str, data: Mapping[str, Any] | Sequence[tuple[str, Any]]) -> Answer:
        """Post a form with its token."""
        pairs = list(data.items() if isinstance(data, Mapping) else data)
        body = urlencode([("csrf_token", self._token), *((key, value) for key, value in pairs if value is not None)])
        return self._send("POST", path, body)

    def sign_in(self, name: str = CLERK, password: str = PASSWORD) -> "Clerk":
        self.read_token("/login")
        answer = self.post("/login", {"username": name, "password": password})
        assert answer.status == 303, answer.text
        self.read_token("/admin/tenant-companies/new/")
        return self

    def read_token(self, path: str) -> None:
        found = _TOKEN.search(self.get(path).body)
        assert found
        self._token = found[1].decode()

    def at(self, port: int) -> "Clerk":
        """Return the same session at another server."""
        other = Clerk(port)
        other._cookies, other._token = dict(self._cookies), self._token
        return other

    def _send(self, method: str, path: str, body: str | bytes | None = None, kind: str = _FORM) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = kind
        try:
            connection.request(method, path, body, headers)
            with connection.getresponse() as got:
                for line in got.headers.get_all("Set-Cookie") or []:
                    key, _, value = line.partition(";")[0].partition("=")
                    self._cookies[key] = value
                return Answer(got.status, dict(got.headers), got.read())
        finally:
            connection.close()


class Web:
    """One `app.py serve` on a data folder."""

    def __init__(self, folder: Path, port: int | None = None, *, wrap: Sequence[str] = (), **more: str) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._log = (folder.parent / f"web-{self.port}.log").open("ab")
        self.process = subprocess.Popen(
            [*wrap, sys.executable, "app.py", "serve"],
            env=environment(folder, PORT=str(self.port), **more), cwd=PROJECT,
            stdout=self._log, stderr=subprocess.STDOUT,
        )  # fmt: skip

    @property
    def log(self) -> str:
        return Path(self._log.name).read_text(errors="replace")

    def wait(self) -> "Web":
        """Wait until it serves and the database takes writes."""
        until(lambda: self.process.poll() is not None or Clerk(self.port).get("/healthz").status == 200, 60)
        assert self.process.poll() is None, self.log
        return self

    def end(self, sign: int = signal.SIGTERM) -> int:
        """Send a signal, wait for the end and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(sign)
        done = self.process.wait(60)
        self._log.close()
        return done


def until(what: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait until `what` gives something true, and return it."""
    deadline = time.monotonic() + seconds
    while True:
        with suppress(OSError, http.client.HTTPException):
            if found := what():
                return found
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.02)


class House:
    """A data folder, its processes, and what a test needs of them. Ends everything it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.webs: list[Web] = []
        self.clerk: Clerk
        self._begun: list[subprocess.Popen[str]] = []

    def only_one(self) -> None:
        """Leave one web server running, or start it."""
        running = [web for web in self.webs if web.process.poll() is None]
        for web in running[1:]:
            web.end()
        self.webs = running[:1]
        if not running:
            self.serve()

    def serve(self, port: int | None = None, **more: Any) -> Web:
        self.webs.append(Web(self.folder, port, **more))
        return self.webs[-1].wait()

    def command(self, *words: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the office to its end."""
        return subprocess.run(
            command_line(*words), env=environment(self.folder, **more), cwd=PROJECT, input=stdin,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Begin a command of the office."""
        pipe = subprocess.PIPE
        self._begun.append(
            subprocess.Popen(
                command_line(*words), env=environment(self.folder), cwd=PROJECT,
                stdin=pipe, stdout=pipe, stderr=pipe, text=True,
            )
        )  # fmt: skip
        return self._begun[-1]

    @property
    def mongod(self) -> int:
        """The process id of the mongod, as it wrote it down; 0 when none has."""
        with suppress(OSError, ValueError):
            return int((self.folder / "db" / "mongod.lock").read_text())
        return 0

    @contextmanager
    def database(self) -> Iterator[Database[dict[str, Any]]]:
        """Give the database, past the office; a mongod must run."""
        where = (self.folder / "mongod.socket").read_text().strip()
        with MongoClient(socket_uri(Path(where)), tz_aware=True) as client:
            yield client[DEFAULT_NAME]

    def end(self) -> None:
        """End all that was begun, in order where possible."""
        for web in self.webs:
            web.end()
        for command in self._begun:
            command.kill()
            with suppress(ValueError):  # read to its end already
                command.communicate()
        kill(self.mongod)

    def in_order(self) -> list[str]:
        """Return what does not hold of what is stored; a web server is started where none runs."""
        if not any(web.process.poll() is None for web in self.webs) or not alive(self.mongod):
            self.serve()
        with self.database() as db:
            return faults(db)


def command_line(*words: str) -> list[str]:
    """Return a command of the office as the contract has it."""
    return [sys.executable, "-m", "flask", "--app", "app", *words]


def alive(process: int) -> bool:
    """Tell whether a process runs; one that only waits to be collected does not."""
    with suppress(OSError):
        return process > 0 and Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def kill(process: int) -> None:
    """Kill a process as a power cut would, and wait until it is gone."""
    if alive(process):
        os.kill(process, signal.SIGKILL)
    until(lambda: not alive(process))


def at_once(many: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work(0)` … `work(many - 1)`, each in a thread of its own, and return what each gave or raised."""
    given: list[Any] = [None] * many

    def run(number: int) -> None:
        try:
            given[number] = work(number)
        except Exception as error:
            given[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    return given


def base_form(number: int, **more: Any) -> dict[str, Any]:
    """Return a base as it is typed."""
    names = {"name": f"清泉{number:04d}创业园", "operator": "清泉园区运营有限公司"}
    return names | {"uscc": code(number), "county": GUAN} | more


def company_form(number: int, base: str, **more: Any) -> dict[str, Any]:
    """Return a company as it is typed."""
    typed = {
        "name": f"启程{number:06d}机械有限公司", "uscc": code(number), "base": base, "industry": "manufacturing",
        "people": 30, "revenue": "500", "assets": "10", "phone": f"1380635{number % 10_000:04d}",
    }  # fmt: skip
    return typed | more
