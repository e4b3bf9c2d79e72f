"""Clerks at their browsers: signed in, sending forms with their token, as plain HTTP."""

import http.client
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.sample_office import GUAN, PASSWORD, code

CLERK = "clerk"
_FORM = "application/x-www-form-urlencoded"
_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')


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

    _headers: Mapping[str, str] = {}

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
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'
            for k, v in fields.items()
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'
        body = "".join([*parts, head]).encode() + file.read_bytes() + f"\r\n--{mark}--\r\n".encode()
        return self._send("POST", path, body, f"multipart/form-data; boundary={mark}")

    def post(self, path: str, data: Mapping[str, Any] | Sequence[tuple[str, Any]]) -> Answer:
        """Post a form with its token."""
        pairs = list(data.items() if isinstance(data, Mapping) else data)
        body = urlencode(
            [("csrf_token", self._token), *((key, value) for key, value in pairs if value is not None)]
        )
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
        other = type(self)(port)
        other._cookies, other._token = dict(self._cookies), self._token
        return other

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)

    def _send(self, method: str, path: str, body: str | bytes | None = None, kind: str = _FORM) -> Answer:
        connection = self._connection()
        headers = {
            **self._headers,
            "Cookie": "; ".join(f"{key}={value}" for key, value in self._cookies.items()),
        }
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


def base_form(number: int, **more: Any) -> dict[str, Any]:
    """Return a base as it is typed: without a title, which papers alone give."""
    names = {"name": f"清泉{number:04d}创业园", "operator": "清泉园区运营有限公司"}
    return names | {"uscc": code(number), "county": GUAN} | more


def company_form(number: int, base: str, **more: Any) -> dict[str, Any]:
    """Return a company as it is typed."""
    typed = {
        "name": f"启程{number:06d}机械有限公司", "uscc": code(number), "base": base, "industry": "manufacturing",
        "people": 30, "revenue": "500", "assets": "10", "phone": f"1380635{number % 10_000:04d}", "status": "housed",
    }  # fmt: skip
    return typed | more
