"""One office that is full and one that is new, each served by the real program; and browsers in front of them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.desk import PASSWORD, Desk, Server
from tests.browser.workbooks import invented

CHROMIUM = "/usr/bin/chromium"
LAPTOP = {"width": 1366, "height": 768}
# login name: role and county
CLERKS = {
    "boss": ("admin", None),
    "city": ("city", None),
    "guan": ("county", "371525"),
    "reader": ("reader", None),
}

_FILL = """
from datetime import UTC, datetime
from pathlib import Path
from schema.registry import REGISTRY
from documents.server.embedded import open_database
from documents.indexes import build_indexes
from rules.access import SYSTEM
from services.imports.import_rows import import_workbook
from services.desk.users import create_user
with open_database():
    build_indexes()
    now = datetime.now(UTC)
    for name, (role, county) in {clerks!r}.items():
        create_user(name, role=role, county=county, password={password!r}, actor=SYSTEM, now=now)
    for kind, path in {books!r}.items():
        report = import_workbook(Path(path), REGISTRY.by_slug(kind), actor=SYSTEM, now=now)
        assert not report.rejected, [one for one in report.rows if one.reasons][:3]
"""

Open = Callable[..., Desk]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium once."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--lang=zh-CN"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def full_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve an office of twelve bases with a clerk of each role."""
    folder = tmp_path_factory.mktemp("full")
    books = {kind: str(path) for kind, path in invented(folder).items()}
    server = Server(folder / "data")
    server.run(_FILL.format(clerks=CLERKS, password=PASSWORD, books=books))
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def new_office(tmp_path: Path) -> Iterator[Server]:
    """Serve an office in which nobody has ever signed in."""
    server = Server(tmp_path / "data")
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def open_desk(chromium: Browser) -> Iterator[Open]:
    """Give a function that opens a browser of its own on a server; at the end no page may have had a fault."""
    desks: list[Desk] = []

    def opened(server: Server, **more: Any) -> Desk:
        context = chromium.new_context(
            **({"locale": "zh-CN", "viewport": LAPTOP, "accept_downloads": True} | more)
        )
        desks.append(Desk(context, server))
        return desks[-1]

    yield opened
    faults = [fault for desk in desks for fault in desk.faults]
    for desk in desks:
        desk.context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def sit_down(open_desk: Open, full_office: Server) -> Callable[..., Desk]:
    """Give a function that opens a browser in which a clerk of the full office has signed in."""
    return lambda name, **more: open_desk(full_office, **more).sign_in(name)
