"""A working day in a minute: no fault, no growth, nothing left behind; and a disk that is full."""

import sys
from collections import Counter
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.durability.clerks import base_form, company_form
from tests.durability.running import at_once
from tests.durability.workbooks import companies

_DESKS = 8


@pytest.fixture
def places(tmp_path: Path) -> Path:
    """Give a folder for temporary files, in which everything that is left behind is seen."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    return folder


def resident(process: int) -> int:
    """Return the memory of a process in KiB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def open_files(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def test_a_thousand_requests_leave_nothing_behind(house, clerk, numbers, places):
    server = house.serve(TMPDIR=str(places))
    form = base_form(next(numbers))
    base = clerk.post("/admin/bases/new/", form).made
    book = companies(places.parent / "companies.xlsx", form["name"], numbers, 60)
    assert house.command("import", "tenant-companies", str(book)).returncode == 0
    own = companies(places.parent / "more.xlsx", form["name"], numbers, 30)
    desk = clerk.at(server.port)

    def ask(number: int) -> int:
        if number % 50 == 7:
            return desk.send_file("/admin/import/", {"kind": "tenant-companies", "dry_run": "1"}, own).status
        if number % 10 == 3:
            return desk.post("/admin/tenant-companies/new/", company_form(next(numbers), base)).status
        return desk.get(pages[number % len(pages)]).status

    pages = (
        "/admin/", "/admin/tenant-companies/", f"/admin/bases/details/?id={base}", "/admin/tenant-companies/?search=yh",
        "/admin/ledger-entries/?county=371525", f"/admin/bases/edit/?id={base}", "/healthz", "/admin/bases/?page=9",
        "/admin/tenant-companies/export/xlsx/", "/admin/service-partners/", "/admin/no-such-page",
    )  # fmt: skip

    def day(requests: int) -> Counter[int]:
        spread = at_once(_DESKS, lambda desk: [ask(number) for number in range(desk, requests, _DESKS)])
        return Counter(status for statuses in spread for status in statuses)

    day(400)  # caches fill, each thread gets its own memory
    process = server.process.pid
    before, files = resident(process), open_files(process)
    counted = day(600)
    assert set(counted) <= {200, 303, 404}, counted
    assert counted[404] < 100
    assert resident(process) < before * 1.2
    assert open_files(process) <= files + 4
    assert [path.name for path in places.iterdir()] == []


def test_an_export_on_a_full_disk_is_whole_or_clearly_refused_and_leaves_nothing(
    house, clerk, numbers, places
):
    form = base_form(next(numbers))
    assert clerk.post("/admin/bases/new/", form).status == 303
    book = companies(places.parent / "companies.xlsx", form["name"], numbers, 400)
    assert house.command("import", "tenant-companies", str(book)).returncode == 0
    # No file of this server may grow beyond so many bytes; the database runs already and may.
    server = house.serve(TMPDIR=str(places), wrap=limited(5000))
    desk = clerk.at(server.port)
    # A list is sent while it is read and a template is made in memory: neither needs a file.
    for path in (
        "tenant-companies/export/xlsx/",
        "import/template/bases.xlsx",
        "import/template/tenant-companies.xlsx",
    ):
        answer = desk.get(f"/admin/{path}")
        assert (answer.status, ZipFile(BytesIO(answer.body)).testzip()) == (200, None), path
        assert [part.name for part in places.iterdir()] == []
    # What is sent to be read does.
    answer = desk.send_file("/admin/import/", {"kind": "tenant-companies", "dry_run": "1"}, book)
    assert answer.status == 503
    assert "磁盘已满" in answer.text
    for secret in ("Traceback", str(places), "Errno", "os error"):
        assert secret not in answer.text
    assert [part.name for part in places.iterdir()] == []
    assert desk.get("/admin/tenant-companies/").status == 200
    done = house.command("export", "tenant-companies", str(places / "out.xlsx"), wrap=limited(5000))
    assert done.returncode == 2
    assert "磁盘已满" in done.stderr.splitlines()[-1]
    assert [path.name for path in places.iterdir()] == []


def limited(room: int) -> list[str]:
    """Return the words before a command whose files may not grow beyond `room` bytes."""
    limit = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))"
    return [sys.executable, "-c", f"import os, resource, sys; {limit}; os.execv(sys.argv[1], sys.argv[1:])"]
