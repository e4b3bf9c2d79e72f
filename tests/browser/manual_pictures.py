"""The pictures of the manual, taken in Chromium from the demonstration: `make pictures`."""

import base64
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, open_desk_on
from tests.browser.desk import PASSWORD, ROOT, Server

PLACE = ROOT / "static" / "manual"
QUALITY = 55  # of 100; one picture is to be about 70 kB
_WHO = "jidi"
# The address of each picture's page; after ">" what link of the page is followed.
PAGES = {
    "today": "/admin/",
    "find": "/admin/",
    "list": "/admin/bases/",
    "ledger-form": "/admin/ledger-entries/new/",
    "import": "/admin/import/",
    "application": "/admin/applications/ > /admin/applications/details/",
    "publication": "/admin/publication/",
    "reports": "/admin/annual-reports/",
    "case": "/admin/revocation/ > /admin/revocation/case",
    "assessment": "/admin/assessment/",
    "overview": "/admin/overview/",
    "own": "/admin/c/zoufangjilu/",
    "settings": "/admin/settings/",
}


def take(page: Page, file: Path) -> None:
    """Write what the window shows as a picture."""
    page.wait_for_load_state("networkidle")
    shot = page.context.new_cdp_session(page).send(
        "Page.captureScreenshot", {"format": "webp", "quality": QUALITY}
    )
    file.write_bytes(base64.b64decode(shot["data"]))


def main() -> None:
    """Fill a demonstration office, open each page, and keep its picture."""
    with TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data")
        adding = ("users", "add", _WHO, "--role", "admin", "--password-stdin")
        for command, typed in ((adding, f"{PASSWORD}\n"), (("demo",), None)):
            subprocess.run(
                [sys.executable, "-m", "flask", "--app", "app", *command],
                env=server.environment(), input=typed, text=True, check=True, cwd=ROOT,
            )  # fmt: skip
        server.start()
        try:
            _take_all(server)
        finally:
            server.stop()


def _take_all(server: Server) -> None:
    PLACE.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--lang=zh-CN"])
        with open_desk_on(browser, server) as desk:
            desk.sign_in(_WHO)
            desk.page.set_viewport_size({"width": 1366, "height": 768})
            for name, address in PAGES.items():
                start, _, followed = address.partition(" > ")
                desk.go(start)
                if followed:
                    desk.go(
                        desk.page.locator(f'main a[href*="{followed}"]').first.get_attribute("href") or ""
                    )
                if name == "ledger-form":
                    desk.page.keyboard.press("Escape")  # what the first field offers
                if name == "find":
                    desk.page.keyboard.press("Control+k")
                    desk.page.locator("dialog input").fill("gx")
                    desk.page.locator("dialog [role=option]").first.wait_for()
                take(desk.page, PLACE / f"{name}.webp")
                if name == "find":
                    desk.page.keyboard.press("Escape")
                if name == "today":  # the next ones without the first day's tour
                    desk.page.locator(".tour form button").click()
        browser.close()


if __name__ == "__main__":
    main()
