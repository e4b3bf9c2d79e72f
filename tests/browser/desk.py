"""A clerk at a desk: the real web server in a process of its own, and Chromium in front of it."""

import gettext
import os
import re
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.durability.running import Running, begun, ended

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "green-lamp-river-40"
_START_SECONDS = 60


@cache
def _catalogue() -> gettext.NullTranslations:
    return gettext.translation("messages", ROOT / "translations", ["zh_Hans_CN"])


def in_chinese(message: str, **params: Any) -> str:
    """Return a sentence of the program as it stands on a Chinese page. AssertionError while it is not translated."""
    said = _catalogue().gettext(message)
    assert said != message, f"not translated: {message}"
    return said % params if params else said


@dataclass
class Server:
    """`app.py serve` on a data folder and a port of its own; `once` is the first administrator's password.

    With `clock` the office's time starts there, instead of now, whenever the server is started.
    """

    folder: Path
    url: str = ""
    once: str = ""
    clock: datetime | None = None
    process: Running | None = None

    def start(self) -> "Server":
        """Start it and wait until it says where it is."""
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = str(found.getsockname()[1])
        with self.log.open("wb") as out:
            self.process = begun([sys.executable, *self._command()], self.environment() | {"PORT": port}, out)
        self.url = f"http://127.0.0.1:{port}"
        last = time.monotonic() + _START_SECONDS
        while not self._answers(int(port)):
            assert self.process.poll() is None and time.monotonic() < last, self.log.read_text("utf-8")
            time.sleep(0.1)
        once = re.search(r"^admin\s+(\S+)$", self.log.read_text("utf-8"), re.MULTILINE)
        self.once = once[1] if once else ""
        return self

    def _command(self) -> list[str]:
        if self.clock is None:
            return ["app.py", "serve"]
        return ["-m", "tests.browser.clock", self.clock.isoformat()]

    def start_at(self, clock: datetime) -> "Server":
        """Stop it if it runs and start it again on the same folder, its clock at this moment."""
        self.stop()
        self.clock = clock
        return self.start()

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder.with_suffix(".log")

    def _answers(self, port: int) -> bool:
        # What it prints comes just before it takes requests.
        with socket.socket() as tried:
            return self.url in self.log.read_text("utf-8") and tried.connect_ex(("127.0.0.1", port)) == 0

    def environment(self) -> dict[str, str]:
        """Return the environment of every command on this office."""
        kept = {
            name: value for name, value in os.environ.items() if name not in ("MONGODB_URI", "SECRET_KEY")
        }
        return kept | {"DATA_DIR": str(self.folder), "PYTHONUNBUFFERED": "1"}

    def run(self, code: str) -> None:
        """Run Python in the project on this office's data."""
        done = ended([sys.executable, "-c", code], self.environment(), "")
        assert done.returncode == 0, done.stderr[-2000:]

    def stop(self) -> None:
        """Stop it as an administrator would, and its database with it."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=30)
            self.process = None


@dataclass
class Desk:
    """One browser window of one clerk. `faults` collects what no page may ever do."""

    context: BrowserContext
    server: Server
    page: Page = field(init=False)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page = self.new_page()

    def new_page(self) -> Page:
        """Open another tab, watched like the first."""
        page = self.context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        # A page that answers 404 or 422 is itself reported so; everything it loads must be there.
        refused = "the server responded with a status of 4" in message.text
        if message.type in ("error", "warning") and not refused:
            self.faults.append(f"{message.location.get('url')}: {message.text}")

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).scheme not in ("data", "blob") and not request.url.startswith(
            self.server.url
        ):
            self.faults.append(f"asked another host: {request.url}")

    def _response(self, response: Response) -> None:
        loaded = response.request.resource_type not in ("document", "fetch", "xhr")
        if response.status >= 500 or (loaded and response.status >= 400):
            self.faults.append(
                f"{response.status} {response.url}\n{self.server.log.read_text('utf-8')[-3000:]}"
            )

    # --- What a clerk does ---------------------------------------------------------------------

    def go(self, path: str) -> Response | None:
        """Open a page of the office."""
        return self.page.goto(self.server.url + path)

    def sign_in(self, name: str, password: str = PASSWORD) -> "Desk":
        """Sign in; the page that follows is left as it is."""
        if urlsplit(self.page.url).path != "/login":
            self.go("/login")
        self.page.fill("[name=username]", name)
        self.page.fill("[name=password]", password)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_load_state()
        return self

    def choose(self, field_id: str, typed: str, wanted: str) -> None:
        """Choose from a look-up by typing."""
        box = self.page.locator(f".ts-wrapper:has(#{field_id}-ts-control)")
        if "focus" not in (box.get_attribute("class") or ""):  # in a row just added it has the focus
            box.locator(".ts-control").click()
            # It takes what is typed a moment after the click: sooner than a hand, later than a test.
            self.page.locator(f".ts-wrapper.focus:has(#{field_id}-ts-control)").wait_for()
        self.page.keyboard.type(typed, delay=15)
        dropped = self.page.locator(".ts-dropdown:visible")
        try:
            dropped.locator("[data-selectable]").filter(has_text=wanted).first.click()
        except PlaywrightTimeout:
            raise AssertionError(f"{wanted} is not offered, but: {dropped.all_inner_texts()}") from None

    def save(self) -> None:
        """Press the form's save button and wait for what comes."""
        with self.page.expect_navigation():
            self.page.click("[data-save]")

    def click(self, selector: str) -> None:
        """Press the button, or follow the link, that leads to another page."""
        with self.page.expect_navigation():
            self.page.locator(f"{selector} >> visible=true").first.click()

    def fill(self, **values: str) -> None:
        """Type into fields, each by its id."""
        for field_id, value in values.items():
            self.page.fill(f"#{field_id}", value)

    def put(self, selector: str, *files: tuple[str, bytes]) -> None:
        """Choose files, each a name and its bytes, in a file input."""
        given = [
            {"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files
        ]
        self.page.set_input_files(selector, given)  # type: ignore[arg-type]  # a plain dict

    def problems(self) -> str:
        """Return what the page says is wrong."""
        return self.page.locator("[data-problems]").inner_text()

    def press(self, words: str) -> None:
        """Press a button or follow a link that leads to another page."""
        with self.page.expect_navigation():
            self.page.locator(f"main :is(a, button):visible:has-text('{words}')").first.click()

    def confirm(self) -> None:
        """Say yes to the page's question."""
        with self.page.expect_navigation():
            self.page.click("dialog.ask button:last-child")

    def download(self, selector: str) -> Any:
        """Follow what sends a file; return Playwright's download."""
        with self.page.expect_download() as waited:
            self.page.locator(selector).first.click()
        return waited.value

    def names(self) -> list[str]:
        """Return the names of the list's rows."""
        return [text.strip() for text in self.page.locator("tbody th").all_inner_texts()]

    def main(self) -> str:
        """Return the words of the page's main part."""
        return self.page.locator("main").inner_text()

    def record_id(self) -> str:
        """Return the id of the record that is open."""
        return self.page.url.partition("id=")[2].partition("&")[0].partition("#")[0]
