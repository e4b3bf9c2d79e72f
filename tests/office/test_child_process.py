"""Children that read files: two at once on a machine, without a secret, within their limits."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from office import child_process
from office.application_forms.reading import read_form
from office.child_process import AT_ONCE, BUSY, MEMORY, Busy, ChildLimits, Ending, Places, run_child
from office.excel.workbook_reader import Limits, read_workbook
from office.files.text_reader import read_file_text
from office.papers.document_text import text_of_document
from office.papers.pdf import render_pdf
from office.papers.render import render_paper
from office.papers.samples import sample_text
from rules.errors import Refused
from rules.papers import PaperKind
from schema.tenant_companies import TENANT_COMPANIES

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import json, os, socket, sys, time
from office.child_limits import begin, open_nothing_more
job = begin()
if job.get("sleep"):
    time.sleep(job["sleep"])
open_before = sorted(int(name) for name in os.listdir("/proc/self/fd"))
if job.get("shut"):
    open_nothing_more()
def refused(act):
    try:
        act()
    except OSError:
        return True
    return False
print(json.dumps({
    "environment": dict(os.environ), "folder": os.getcwd(), "inside": os.listdir(".") if not job.get("shut") else [],
    "open": open_before, "files_refused": refused(lambda: open("/proc/self/environ")),
    "sockets_refused": refused(lambda: socket.socket(socket.AF_UNIX)),
}))
if job.get("print"):
    sys.stdout.write("x" * job["print"])
"""


@pytest.fixture
def probe(tmp_path, monkeypatch):
    """Give the name of a module that tells what a child sees; places of this test's own."""
    (tmp_path / "probe_child.py").write_text(PROBE)
    monkeypatch.setattr(child_process, "PLACES", Places(tmp_path / "places", wait=0.3))
    monkeypatch.setattr(child_process, "_ROOT", f"{ROOT}{os.pathsep}{tmp_path}")
    return "probe_child"


def ending(probe, limits=ChildLimits(seconds=10), **job):  # noqa: B008 - frozen
    ended = run_child(probe, job, limits)
    ended.output.close()
    return ended.ending


def seen_by(probe, **job):
    ended = run_child(probe, job, ChildLimits(seconds=10))
    assert ended.ending is Ending.DONE
    return ended.json()


def test_a_child_knows_neither_the_key_nor_the_database(probe, monkeypatch):
    for name in ("SECRET_KEY", "MONGODB_URI", "DATA_DIR", "SOMETHING_NEW"):
        monkeypatch.setenv(name, "mongodb://secret-place")
    seen = seen_by(probe)
    assert "secret-place" not in json.dumps(seen["environment"])
    assert (seen["inside"], Path(seen["folder"]).exists()) == ([], False), "an empty folder, gone afterwards"


def test_a_child_holds_no_open_file_of_ours_but_its_place(probe):
    with socket.socket() as ours:
        os.set_inheritable(ours.fileno(), True)
        seen = seen_by(probe)
        assert ours.fileno() not in seen["open"]
    assert len(seen["open"]) == 5, "input, output, errors, its place, and the folder that it listed"


def test_a_child_that_has_its_file_can_open_nothing_more(probe):
    seen = seen_by(probe, shut=True)
    assert seen["files_refused"] and seen["sockets_refused"]


def test_two_children_run_at_once_and_a_third_waits_its_bounded_time(probe):
    ends = []
    others = [threading.Thread(target=lambda: ends.append(ending(probe, sleep=3))) for _ in range(AT_ONCE)]
    for other in others:
        other.start()
    wait_until_taken()
    with pytest.raises(Busy) as busy:
        run_child(probe, {}, ChildLimits(seconds=10))
    assert busy.value.refusals[0].message == BUSY
    child_process.PLACES.wait = 20
    assert ending(probe) is Ending.DONE
    for other in others:
        other.join()
    assert ends == [Ending.DONE] * AT_ONCE


def wait_until_taken():
    impatient = Places(child_process.PLACES.folder, wait=0)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            with impatient.taken():
                pass
        except Busy:
            return
        time.sleep(0.02)
    raise AssertionError("the places were not taken")


def test_a_process_that_was_killed_keeps_its_place_while_its_child_runs_and_no_longer(probe, tmp_path):
    script = (
        "from pathlib import Path; from office import child_process as c\n"
        f"c.PLACES.folder = Path({str(child_process.PLACES.folder)!r}); c._ROOT = {child_process._ROOT!r}\n"
        "print('begun', flush=True); c.run_child('probe_child', {'sleep': 5}, c.ChildLimits(10))"
    )
    parents = [
        subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE)
        for _ in range(AT_ONCE)
    ]
    wait_until_taken()
    time.sleep(1.5)  # until each child holds the place that its parent took for it
    for parent in parents:
        parent.kill()
        parent.communicate()
    with pytest.raises(Busy):
        run_child(probe, {}, ChildLimits(seconds=10))
    child_process.PLACES.wait = 20
    assert ending(probe) is Ending.DONE


def test_a_child_that_writes_too_much_is_stopped(probe):
    assert ending(probe, ChildLimits(10, output=1 << 20), print=3 << 20) is Ending.TOO_LARGE


def test_every_reader_of_files_takes_one_of_the_two_places(probe, tmp_path):
    book = tmp_path / "a.csv"
    book.write_text("甲")
    text = sample_text(PaperKind.CORRECTION)
    with child_process.PLACES.taken(), child_process.PLACES.taken():
        for read in (
            lambda: read_workbook(book, TENANT_COMPANIES), lambda: read_form(b"PK"), lambda: read_file_text(book),
            lambda: text_of_document(b"PK", "a.docx"), lambda: render_pdf(text), lambda: render_paper(text, b"PK"),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                read()
            assert refused.value.refusals[0].message == BUSY


def test_every_reader_does_its_work_when_the_program_starts_it(tmp_path):
    """Elsewhere the tests fork them from a process that has imported what all of them import."""
    book = tmp_path / "a.csv"
    book.write_text("企业名称,统一社会信用代码,所属基地\n甲,1,乙\n")
    paper = render_paper(sample_text(PaperKind.CORRECTION))
    assert paper.startswith(b"PK")
    assert text_of_document(paper, "a.docx").strip()
    assert render_pdf(sample_text(PaperKind.CORRECTION)).startswith(b"%PDF")
    assert "甲" in str(read_file_text(book))
    with read_workbook(book, TENANT_COMPANIES) as read:
        assert [row.number for row in read.rows] == [2]
    assert read_form(paper).mark is None
    job = {
        "path": str(book), "suffix": ".csv", "sheet": "", "header_row": 1, "columns": [], "rows": [],
        "check_heading": "甲", "spellings": [],
    }  # fmt: skip
    ended = run_child("office.excel.marking_child", job, ChildLimits(seconds=20))
    assert (ended.ending, ended.read()[:2]) == (Ending.DONE, b"PK")


def test_the_unit_file_gives_room_for_two_children_beside_the_web_process():
    unit = (ROOT / "docs" / "deploy" / "bases-office@.service").read_text()
    most = int(unit.split("MemoryMax=")[1].split("G")[0]) << 30
    web = 1 << 30
    assert most >= web + AT_ONCE * max(MEMORY, Limits().memory)


def test_a_few_wait_for_a_place_and_the_others_are_told_at_once(probe, monkeypatch):
    """Sixteen files sent at once would else keep every thread of the web server for a while."""
    monkeypatch.setattr(child_process, "PLACES", Places(child_process.PLACES.folder, wait=1.5))
    told: list[float] = []

    def send():
        begin = time.monotonic()
        try:
            ending(probe, sleep=3)
        except Busy:
            told.append(time.monotonic() - begin)

    threads = [threading.Thread(target=send) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(seconds < 0.7 for seconds in told) == 16 - AT_ONCE - child_process._MOST_WAITING
