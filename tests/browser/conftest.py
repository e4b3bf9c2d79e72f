"""One office that is full and one that is new, each served by the real program; and browsers in front of them."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from documents.server.locks import FileLock
from tests.browser.desk import Desk, Server

CHROMIUM = "/usr/bin/chromium"
# No graphics card, and none imitated: that takes a fifth of what Chromium takes of the processor.
ARGUMENTS = ("--no-sandbox", "--lang=zh-CN", "--disable-gpu", "--disable-software-rasterizer")
LAPTOP = {"width": 1366, "height": 768}
Open = Callable[..., Desk]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium once."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill the full office once for all workers, and give the folder of its data; nobody serves it."""
    place = tmp_path_factory.getbasetemp()
    folder = (place.parent if "PYTEST_XDIST_WORKER" in os.environ else place) / "full_office"
    folder.mkdir(exist_ok=True)
    data, done = folder / "data", folder / "done"
    lock = FileLock(folder / "lock")
    assert lock.take(timeout=600), "another worker has not filled it"
    try:
        if not done.exists():
            shutil.rmtree(data, ignore_errors=True)  # of one that did not come to its end
            Server(data).run(
                f"from tests.browser.full_office import fill_office; fill_office({str(folder)!r})"
            )
            done.touch()
    finally:
        lock.release()
    return data


@pytest.fixture(scope="session")
def full_office(_filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve an office of twelve bases with a clerk of each role."""
    data = tmp_path_factory.mktemp("full") / "data"
    shutil.copytree(_filled, data, ignore=shutil.ignore_patterns("*.sock"))
    server = Server(data)
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(data)


@pytest.fixture
def new_office(tmp_path: Path) -> Iterator[Server]:
    """Serve an office in which nobody has ever signed in."""
    server = Server(tmp_path / "data")
    try:
        yield server.start()
    finally:
        server.stop()


@contextmanager
def open_desk_on(chromium: Browser, server: Server, **more: Any) -> Iterator[Desk]:
    """Open a browser of its own on a server; at the end no page may have had a fault."""
    options = {"locale": "zh-CN", "viewport": LAPTOP, "accept_downloads": True} | more
    context = chromium.new_context(**options)
    try:
        desk = Desk(context, server)
        yield desk
    finally:
        context.close()
    assert not desk.faults, "\n".join(desk.faults)


@pytest.fixture
def open_desk(chromium: Browser) -> Iterator[Open]:
    """Give a function that opens a browser of its own on a server; at the end no page may have had a fault."""
    with ExitStack() as desks:
        yield lambda server, **more: desks.enter_context(open_desk_on(chromium, server, **more))


@pytest.fixture
def sit_down(open_desk: Open, full_office: Server) -> Callable[..., Desk]:
    """Give a function that opens a browser in which a clerk of the full office has signed in."""
    return lambda name, **more: open_desk(full_office, **more).sign_in(name)
