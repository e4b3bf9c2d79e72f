"""The memory of a real web process over many mixed requests: pages, searches, exports, saves and trials of imports.

`python -m benchmarks.endurance --requests 20000` serves an office of its own with some thousand companies, lets eight
clients ask, and prints what the process has resident after each twentieth of the requests.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from tests.durability.clerks import CLERK, Clerk, base_form, company_form
from tests.durability.running import House, at_once
from tests.durability.workbooks import companies, ledger
from tests.sample_office import PASSWORD

CLIENTS = 8
_COMPANIES, _ENTRIES = 3000, 3000
_PARTS = 20
_SYLLABLES = ("yh", "启程", "远航", "机械", "食品", "qc", "创业", "清泉", "公司", "sp")
_PAGES = (
    "/admin/", "/admin/tenant-companies/", "/admin/bases/", "/admin/service-partners/", "/admin/ledger-entries/",
    "/admin/statuses/", "/admin/publication/", "/admin/revocation/", "/admin/assessment/", "/admin/audit/",
    "/admin/ledger-entries/?county=371525", "/admin/tenant-companies/?page=9", "/admin/tenant-companies/new/",
    "/bases/", "/notices/", "/healthz", "/readyz", "/login", "/admin/no-such-page",
)  # fmt: skip
_EXPORTS = ("/admin/tenant-companies/export/xlsx/", "/admin/ledger-entries/export/xlsx/")


class Day:
    """What the clients do, one request after another."""

    def __init__(self, clerk: Clerk, base: str, workbook: Path, numbers: Iterator[int]) -> None:
        self._clerk, self._base, self._workbook, self._numbers = clerk, base, workbook, numbers
        self._random = random.Random(2021)

    def ask(self, number: int) -> int:
        """Send request `number` and return the status of its answer."""
        clerk = self._clerk
        if number % 200 == 77:
            trial = {"kind": "tenant-companies", "dry_run": "1"}
            return clerk.send_file("/admin/import/", trial, self._workbook).status
        if number % 50 == 21:
            return clerk.get(_EXPORTS[number // 50 % len(_EXPORTS)]).status
        if number % 10 == 3:
            form = company_form(next(self._numbers), self._base)
            return clerk.post("/admin/tenant-companies/new/", form).status
        if number % 10 == 6:
            word = "".join(self._random.choices(_SYLLABLES, k=2)) + str(number % 1000)
            where = ("/admin/tenant-companies/", "/admin/search/", "/bases/")[number // 10 % 3]
            return clerk.get(f"{where}?{urlencode({'search': word, 'q': word})}").status
        return clerk.get(_PAGES[number % len(_PAGES)]).status


def resident(process: int) -> float:
    """Return the memory of a process in MiB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024


def main(words: list[str]) -> int:
    """Serve, ask and print; 1 when an answer was none that is foreseen."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endurance", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    asked = parser.parse_args(words)
    folder = Path(tempfile.mkdtemp(prefix="endurance-"))
    house = House(folder / "data")
    try:
        return _measure(house, folder, asked.requests)
    finally:
        house.end()
        shutil.rmtree(folder, ignore_errors=True)


def _measure(house: House, folder: Path, requests: int) -> int:
    numbers = count(1)
    house.command("users", "add", CLERK, "--role", "city", "--password-stdin", stdin=f"{PASSWORD}\n")
    clerk = Clerk(house.serve().port).sign_in()
    form = base_form(next(numbers))
    base = clerk.post("/admin/bases/new/", form).made
    name = str(form["name"])
    for kind, book in (
        ("tenant-companies", companies(folder / "companies.xlsx", name, numbers, _COMPANIES)),
        ("ledger-entries", ledger(folder / "ledger.xlsx", [name], _ENTRIES)),
    ):
        done = house.command("import", kind, str(book))
        print(f"{kind}: exit {done.returncode}", flush=True)
    house.webs[0].end()
    web = house.serve()
    day = Day(clerk.at(web.port), base, companies(folder / "trial.xlsx", name, numbers, 100), numbers)
    statuses: Counter[int] = Counter()
    began = time.perf_counter()
    print(f"{0:6} requests: {resident(web.process.pid):.0f} MiB", flush=True)
    part = requests // _PARTS
    for begin in range(0, requests, part):
        spread = at_once(
            CLIENTS, lambda desk, begin=begin: [day.ask(n) for n in range(begin + desk, begin + part, CLIENTS)]
        )  # fmt: skip
        statuses.update(status for some in spread if isinstance(some, list) for status in some)
        failed = [some for some in spread if not isinstance(some, list)]
        seconds = time.perf_counter() - began
        print(
            f"{begin + part:6} requests: {resident(web.process.pid):.0f} MiB, {seconds:.0f} s, {dict(statuses)}",
            *failed,
            flush=True,
        )
    return int(not set(statuses) <= {200, 302, 303, 404})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
