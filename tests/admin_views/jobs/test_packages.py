"""A large package: made by a job, kept for a day, for who asked for it alone."""

import re
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from rules.access import SYSTEM
from services.imports import package_job
from services.imports.uploads import drop_old
from services.jobs.kinds import KINDS
from services.jobs.run import JobRun
from services.jobs.worker import Worker
from tests.page_reader import form, text_of
from tests.sample_office import cells
from tests.services.killing import Killed, work_through

HOME = "/admin/tenant-companies/"


@pytest.fixture
def asked(office, sign_in, monkeypatch):
    """Give a browser whose package of companies by base is a job, and the job's address."""
    monkeypatch.setattr("admin_views.records.list.MOST_IN_PACKAGE", 2)
    browser = sign_in("city")
    page = browser.get(f"{HOME}export/bases/?columns=people&county=371525").text
    action = re.search(r'class="question-foot" action="([^"]+)"', page)[1].replace("&amp;", "&")
    answer = browser.send(action, form(page, action))
    return browser, answer.location


def job_of(address):
    return address.strip("/").rsplit("/", 1)[1]


def packages(office):
    return list(office.db["uploads.files"].find({"metadata.place": "package"}))


def test_it_is_made_by_a_job_and_fetched_from_its_page_by_who_asked_for_it_alone(office, asked, sign_in):
    browser, address = asked
    assert browser.get(f"{address}file/").status_code == 404
    while Worker(KINDS).work_once():
        pass
    page = browser.get(address).text
    assert "完成" in text_of(page)
    link = re.search(rf'href="({address}file/)"', page)[1]
    answer = browser.get(link)
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    with zipfile.ZipFile(BytesIO(answer.data)) as package:
        rows = [row for name in package.namelist() for row in cells(package.read(name))[3:]]
    stored = list(office.db["tenant_companies"].find({"county": "371525"}))
    assert sorted(row[1] for row in rows) == sorted(raw["name"] for raw in stored)
    (told,) = office.db["audit_entries"].find({"action": "exported"})
    assert {change["field"]: change["new"] for change in told["changes"]}["rows"] == len(stored)
    boss = sign_in("boss")
    assert boss.get(f"{address}file/").status_code == 404
    assert f"{address}file/" not in boss.get(address).text
    assert sign_in("guan").get(address).status_code == 404


def test_it_goes_after_a_day_and_with_the_next_one_that_is_made(office, asked):
    browser, address = asked
    while Worker(KINDS).work_once():
        pass
    (kept,) = packages(office)
    everything = {"action": "export", "value-export": "counties", "everything": "1"}
    browser.send(f"{HOME}action/", everything)
    while Worker(KINDS).work_once():
        pass
    (replacing,) = packages(office)
    assert replacing["_id"] != kept["_id"]
    assert office.db["uploads.chunks"].count_documents({"files_id": kept["_id"]}) == 0
    assert browser.get(f"{address}file/").status_code == 404
    assert f"{address}file/" not in browser.get(address).text
    drop_old(datetime.now(UTC) + timedelta(days=2))
    assert packages(office) == []
    assert office.db["uploads.chunks"].count_documents({"files_id": replacing["_id"]}) == 0


def test_one_that_is_too_large_or_stopped_leaves_no_bytes(office, asked, monkeypatch):
    before = office.db["uploads.chunks"].count_documents({})
    monkeypatch.setattr(package_job, "MOST_BYTES", 100)
    while Worker(KINDS).work_once():
        pass
    job = office.db["jobs"].find_one({"kind": "package"})
    assert (job["state"], "larger than" in job["problem"]["message"]) == ("failed", True)
    assert office.db["uploads.chunks"].count_documents({}) == before


def test_killed_in_between_it_is_made_again_and_kept_once(office, asked, monkeypatch):
    job = office.db["jobs"].find_one({"kind": "package"})["_id"]
    shows, show = [], JobRun.show

    def killed(run, done, total):
        shows.append(done)
        if len(shows) == 3:
            raise Killed
        show(run, done, total)

    monkeypatch.setattr(JobRun, "show", killed)
    work_through(job)
    assert len(shows) > 3
    assert len(packages(office)) == 1
    assert office.db["jobs"].find_one({"_id": job})["result"]["rows"] == office.db[
        "tenant_companies"
    ].count_documents({"county": "371525"})


def test_who_may_only_read_gets_it_at_once(office, sign_in, monkeypatch):
    monkeypatch.setattr("admin_views.records.list.MOST_IN_PACKAGE", 2)
    assert sign_in("reader").get(f"{HOME}export/bases/").mimetype == "application/zip"
    assert SYSTEM.may("export")
