"""How the table of permissions says what is sent to a route, by whom, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from werkzeug.test import TestResponse

from tests.sample_office import PDF, Office

ANYONE = frozenset({"anonymous", "boss", "city", "guan", "reader", "guan_reader"})
SIGNED_IN = ANYONE - {"anonymous"}
WRITERS = SIGNED_IN - {"reader", "guan_reader"}
CITY = frozenset({"boss", "city"})
BOSS = frozenset({"boss"})
NOBODY: frozenset[str] = frozenset()
BOUND = ("guan", "guan_reader")  # to 冠县
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Call:
    """One request. `effect`: it changes the database when it is allowed; `says`: what is sent inside a file."""

    path: str
    data: dict[str, Any] | None = None
    effect: bool = True
    says: str = ""

    @property
    def verb(self) -> str:
        """The method of the request."""
        return getattr(self, "method", "GET" if self.data is None else "POST")

    def send(self, browser: Any) -> TestResponse:
        return browser.get(self.path) if self.data is None else browser.send(self.path, dict(self.data))


@dataclass
class ApiCall(Call):
    """One request of the programming interface: `data` is its JSON, or a file; `more` are headers."""

    method: str = "GET"
    more: dict[str, str] = field(default_factory=dict)

    def send(self, browser: Any) -> TestResponse:
        if self.data is None or self.method == "DELETE":
            return browser.ask(self.path, self.method, headers=self.more)
        how = {"data": dict(self.data)} if "file" in self.data else {"json": self.data}
        return browser.ask(self.path, self.method, headers=self.more, **how)


@dataclass
class Route:
    """Who may call an endpoint, what the calls are, and what comes of them.

    `hidden`: another county's record is answered with 404. `own`: it writes what is the caller's own.
    `published`: what anyone may know is said; tests/public_views holds what may not.
    """

    who: frozenset[str]
    calls: Callable[[Office], list[Call]]
    hidden: bool = False
    own: bool = False
    published: bool = False
    answers: tuple[int, ...] = (200, 302, 303)


def pdf() -> tuple[BytesIO, str]:
    return BytesIO(PDF), "证明.pdf"


def fixed(*calls: Call) -> Callable[[Office], list[Call]]:
    return lambda office: list(calls)


def of_shen(
    path: str, data: dict[str, Any] | None = None, *, effect: bool = True
) -> Callable[[Office], list[Call]]:
    """Return one call whose address names something of 莘县."""
    return lambda office: [Call(path.format(office=office, shen=office.shen), data, effect)]


def views_of(endpoint: str, home: str, query: str = "", *, published: bool = False) -> dict[str, Route]:
    """Return the routes by which a clerk keeps and forgets views of a list; they lead back to it."""
    save = Call(f"{home}/views/save/{query}", {"name": "我的"})
    drop = Call(f"{home}/views/delete/?name=我的", {})
    return {
        f"{endpoint}.save_view": Route(SIGNED_IN, fixed(save), own=True, published=published),
        f"{endpoint}.drop_view": Route(SIGNED_IN, fixed(drop), own=True, published=published),
    }
