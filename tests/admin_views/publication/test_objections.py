"""Objections: taken down with evidence, decided once, read by the city bureau alone."""

from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO

import pytest
import time_machine
from bson import ObjectId

from rules.applications import Stage
from tests import page_reader as read
from tests import round_driver as driver
from tests.sample_office import GUAN, PDF, Browser, Office

HOME = "/admin/publication/objections/"


@pytest.fixture
def clerk(office: Office, sign_in) -> Iterator[Callable[..., Browser]]:
    """Give a function that moves the clock to a day of the round and signs a user in."""
    travels: list[time_machine.travel] = []

    def come(name: str, day: date = driver.NOTICE_LAST) -> Browser:
        for one in travels:
            one.stop()
        travels[:] = [time_machine.travel(driver.moment(day, 15), tick=True)]
        travels[0].start()
        return sign_in(name)

    yield come
    for one in travels:
        one.stop()


@pytest.fixture
def running(office: Office) -> tuple[ObjectId, ObjectId]:
    """Give a running notice and its application."""
    application = driver.drive(driver.make_base(GUAN, "清泉甲园"), driver.make_round(), to=Stage.ON_NOTICE)
    return driver.stored(application)["notice"], application


def typed(base: ObjectId, **more: object) -> dict[str, object]:
    """Return an objection as a clerk types it."""
    return {
        "application": str(base), "received_on": "2026-03-18", "received": "letter", "objector_kind": "person",
        "objector": "周某某", "objector_contact": "13906350001", "content": "企业数量不实。", **more,
    }  # fmt: skip


def decision(**more: str) -> dict[str, str]:
    """Return what decides an objection."""
    return {
        "outcome": "rejected",
        "handling": "实地核查，数量属实。",
        "decided_on": "2026-03-20",
        "version": "1",
        **more,
    }


def test_an_objection_is_taken_down_with_its_evidence(clerk, running, office):
    notice, application = running
    browser = clerk("city")
    page = browser.get(f"{HOME}new/?id={notice}&application={application}")
    assert read.form(page.text)["application"] == [str(application)]
    data = typed(application, evidence=[(BytesIO(PDF), "照片.pdf"), (BytesIO(PDF), "来信.pdf")])
    answer = browser.send(f"{HOME}new/?id={notice}", data)
    assert answer.status_code == 303
    shown = browser.get(answer.location)
    assert "周某某" in shown.text
    assert "来信.pdf" in shown.text
    assert "周某某" in browser.get(f"/admin/publication/notices/?id={notice}").text
    kept = office.db["objections"].find_one()
    assert (kept["outcome"], kept["objector"]) == ("open", "周某某")


def test_the_day_on_which_it_came_in_is_asked_not_guessed(clerk, running):
    notice, application = running
    browser = clerk("city")
    page = browser.get(f"{HOME}new/?id={notice}&application={application}")
    assert read.form(page.text)["received_on"] == [""]
    answer = browser.send(f"{HOME}new/?id={notice}", typed(application, received_on=""))
    assert answer.status_code == 422
    assert "received_on" in read.problems(answer.text)


@pytest.mark.parametrize(("received", "late"), [("2026-03-20", False), ("2026-03-21", True)])
def test_one_received_after_the_period_is_taken_marked_late_and_holds_nothing_back(
    received, late, clerk, running, office
):
    notice, application = running
    browser = clerk("city", driver.ANNOUNCED)
    answer = browser.send(f"{HOME}new/?id={notice}", typed(application, received_on=received))
    assert answer.status_code == 303
    assert office.db["objections"].find_one()["late"] is late
    base = driver.stored(application)["base"]
    for path in (
        answer.location,
        f"/admin/publication/notices/?id={notice}",
        f"/admin/bases/timeline/?id={base}",
    ):
        assert ("逾期提出" in browser.get(path).text) is late, path
    draft = browser.get(f"/admin/publication/notices/announce/?id={notice}").text
    assert ("checked" in draft.partition("choices-list")[2].partition("</ul>")[0]) is late
    board = browser.get("/admin/publication/").text
    assert ("notices/announce/" in board) is late


def test_what_was_announced_meanwhile_may_still_be_objected_to(clerk, running, office):
    notice, application = running
    driver.announce_together([application])
    data = typed(application, received_on="2026-03-23")
    answer = clerk("city", driver.ANNOUNCED).send(f"{HOME}new/?id={notice}", data)
    assert answer.status_code == 303
    assert office.db["objections"].find_one()["late"] is True


def test_a_file_that_cannot_be_kept_is_said_so_and_the_objection_stands(clerk, running, office):
    notice, application = running
    browser = clerk("city")
    data = typed(application, evidence=[(BytesIO(b"MZ..."), "照片.pdf")])
    answer = browser.send(f"{HOME}new/?id={notice}", data)
    assert answer.status_code == 303
    assert any("照片.pdf" in said for said in read.flashes(browser.get(answer.location).text))
    assert office.db["objections"].count_documents({}) == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"application": ""}, "application"),
        ({"application": "0" * 24}, "application"),
        ({"application": "x"}, "application"),
        ({"received_on": "2026-03-15"}, "received_on"),  # before the notice
        ({"received_on": "2026-03-21"}, "received_on"),  # tomorrow
        ({"received_on": "昨天"}, "received_on"),
        ({"received": "pigeon"}, "received"),
        ({"objector_kind": ""}, "objector_kind"),
        ({"objector": " "}, "objector"),
        ({"objector": "长" * 101}, "objector"),
        ({"objector_contact": ""}, "objector_contact"),
        ({"content": ""}, "objected"),
        ({"content": "长" * 2001}, "objected"),
    ],
)
def test_a_wrong_objection_is_refused_beside_its_field_and_what_was_typed_stays(
    more, field, clerk, running, office
):
    notice, application = running
    wanted = typed(application, **more)
    answer = clerk("city").send(f"{HOME}new/?id={notice}", wanted)
    assert answer.status_code == 422
    assert field in read.problems(answer.text)
    form = read.form(answer.text)
    for name in ("received_on", "objector", "objector_contact", "content"):
        assert form[name][0].strip() == str(wanted[name]).strip(), name
    assert office.db["objections"].count_documents({}) == 0


def test_an_objection_is_decided_once(clerk, running, office):
    objection = driver.object_to(running[1])
    browser = clerk("city")
    path = f"{HOME}?id={objection}"
    assert browser.send(path, decision()).status_code == 303
    kept = office.db["objections"].find_one()
    assert (kept["outcome"], kept["handling"]) == ("rejected", "实地核查，数量属实。")
    page = browser.get(path).text
    assert "实地核查，数量属实。" in page
    assert 'name="outcome"' not in page
    assert browser.send(path, decision(outcome="upheld", version="2")).status_code == 422
    assert office.db["objections"].find_one() == kept


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"outcome": "open"}, "outcome"),
        ({"handling": ""}, "handling"),
        ({"decided_on": "2026-03-15"}, "decided_on"),
        ({"decided_on": "2026-03-21"}, "decided_on"),
    ],
)
def test_a_wrong_decision_is_refused_beside_its_field(more, field, clerk, running, office):
    objection = driver.object_to(running[1])
    answer = clerk("city").send(f"{HOME}?id={objection}", decision(**more))
    assert answer.status_code == 422
    assert field in read.problems(answer.text)
    assert office.db["objections"].find_one()["outcome"] == "open"


def test_a_decision_on_an_older_version_keeps_what_was_typed(clerk, running, office):
    objection = driver.object_to(running[1])
    answer = clerk("city").send(f"{HOME}?id={objection}", decision(version="7"))
    assert answer.status_code == 409
    assert "实地核查，数量属实。" in answer.text


def test_evidence_comes_and_goes_while_the_objection_is_open(clerk, running, office):
    objection = driver.object_to(running[1])
    browser = clerk("city")
    browser.send(f"{HOME}files/add/?id={objection}", {"file": [(BytesIO(PDF), "来信.pdf")]})
    file = office.db["attachments"].find_one({"collection": "objections"})
    got = browser.get(f"{HOME}file/?file={file['_id']}")
    assert got.data == PDF
    assert got.headers["Content-Disposition"].startswith("attachment")
    browser.send(f"{HOME}?id={objection}", decision())
    for path, data in (
        (f"{HOME}files/remove/?id={objection}&file={file['_id']}", {}),
        (f"{HOME}files/add/?id={objection}", {"file": [(BytesIO(PDF), "又一份.pdf")]}),
    ):
        browser.send(path, data)
        assert office.db["attachments"].count_documents({"collection": "objections"}) == 1


def test_a_file_of_another_record_is_no_evidence(clerk, running, office):
    objection = driver.object_to(running[1])
    browser, other = clerk("city"), office.shen.files["bases"]
    assert browser.get(f"{HOME}file/?file={other}").status_code == 404
    assert browser.send(f"{HOME}files/remove/?id={objection}&file={other}", {}).status_code == 404
    assert office.db["attachments"].find_one({"_id": other})


def test_nobody_but_the_city_reads_an_objection(clerk, running, office):
    notice, application = running
    objection = driver.object_to(application)
    city = clerk("city")
    city.send(f"{HOME}files/add/?id={objection}", {"file": [(BytesIO(PDF), "来信.pdf")]})
    file = office.db["attachments"].find_one({"collection": "objections"})["_id"]
    for name in ("guan", "reader", "guan_reader"):
        browser = clerk(name)
        for path in (f"new/?id={notice}", f"?id={objection}", f"file/?file={file}"):
            assert browser.get(HOME + path).status_code == 403, path
        # nor by the doors of other records' files
        assert browser.get(f"/admin/bases/file/?file={file}").status_code == 404
