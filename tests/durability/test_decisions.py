"""A decision on a title, killed between any two of its writes: whole afterwards, or never begun."""

import http.client
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from bson import ObjectId
from gridfs import GridFSBucket

from documents.revocation.decision import COLLECTION
from documents.server.connection import connect, disconnect
from documents.server.embedded import DEFAULT_NAME
from documents.server.process import socket_uri
from documents.upward.recommendation import UpwardRecommendation
from rules.decisions import Overturning
from rules.grounds import FINDINGS, DecisionKind, Ground, OverturnedBy
from services.applications.submission import begin
from services.revocation.cases import Hearing, begin_case, read_case, save_grounds, save_hearing
from services.shared.files import add_file
from services.shared.office_day import office_day
from services.shared.unit_of_work import UnitOfWork, in_one_transaction
from tests import round_driver as driver
from tests.durability.clerks import Clerk
from tests.durability.decided import decision_faults
from tests.durability.invariants import faults
from tests.durability.running import House, Web, until
from tests.page_reader import form
from tests.sample_office import GUAN, PDF

NOW = datetime.now(UTC)
TODAY = office_day(NOW)
Form = list[tuple[str, str]]
DYING = Path(__file__).with_name("dying.py")
# What reading, signing in and looking change by themselves.
_ASIDE = ("users", "sign_in_attempts", "trail_followers", "notifications")


@contextmanager
def services(house: House) -> Iterator[None]:
    """Let the services work on the house's database within this process, and seal its trail with the house's key."""
    disconnect()
    connect(socket_uri(Path((house.folder / "mongod.socket").read_text().strip())), DEFAULT_NAME)
    try:
        with patch.dict(os.environ, AUDIT_KEY=(house.folder / "audit_key").read_text()):
            yield
    finally:
        disconnect()


class Mortals:
    """Web servers beside the office's own that die where they are told to; the next one starts while one is asked."""

    def __init__(self, house: House, file: Path) -> None:
        self._house, self._file = house, file
        self._begun: list[Web] = []
        self._begin()

    def _begin(self) -> None:
        wrap = (sys.executable, str(DYING))
        self._begun.append(Web(self._house.folder, wrap=wrap, DYING=str(self._file)))

    def sign(self, clerk: Clerk, where: str, data: Form, die: str) -> int:
        """Sign at a server that dies at the place `die`; return the answer's status, 0 when it died."""
        self._begin()
        web = self._begun[-2].wait()
        self._file.write_text(die)
        try:
            return int(clerk.at(web.port).post(where, data).status)
        except (OSError, http.client.HTTPException):
            until(lambda: web.process.poll() is not None)
            return 0
        finally:
            self._file.unlink()

    def end(self) -> None:
        """End those that still live."""
        for web in self._begun:
            web.end(signal.SIGKILL)


@pytest.fixture
def mortals(house: House, tmp_path: Path) -> Iterator[Mortals]:
    """Give servers that die."""
    made = Mortals(house, tmp_path / "die")
    yield made
    made.end()


@pytest.fixture
def base(house) -> Iterator[ObjectId]:
    """Give a certified base with an application and a recommendation under way."""
    with services(house):
        made = driver.make_renewable(GUAN, f"决定园{ObjectId()}")
        round_id = driver.make_round(f"批次{ObjectId()}")
        begin(made, round_id, actor=driver.CITY, now=driver.moment(driver.OPENED), today=driver.OPENED)
        raw: dict[str, Any] = {
            "_id": ObjectId(), "base": made, "base_name": "决定园", "county": GUAN, "level": "province", "year": 2026,
            "dated": NOW, "outcome": "pending", "version": 1,
        }  # fmt: skip
        raw |= UpwardRecommendation.search_fields(raw)
        UpwardRecommendation.collection().insert_one(raw)
    yield made
    # What no service removes goes with an entry all the same: other tests here verify the trail.
    with services(house):
        in_one_transaction(lambda uow: _remove(uow, raw["_id"]), actor=driver.CITY, now=datetime.now(UTC))
    # The invariants of all these tests know the files of records alone.
    with house.database() as db:
        for file in db["attachments"].find({"collection": COLLECTION}):
            GridFSBucket(db, bucket_name="files").delete(file["stored"])
            db["attachments"].delete_one({"_id": file["_id"]})


def _remove(uow: UnitOfWork, recommendation: ObjectId) -> None:
    UpwardRecommendation.collection().delete_one({"_id": recommendation}, session=uow.session)
    uow.record("deleted", "upward_recommendations", recommendation, "决定园")


def prepared(
    house: House, base: ObjectId, kind: DecisionKind = DecisionKind.REVOCATION, ground: Ground = Ground.FRAUD
) -> ObjectId:
    """Bring a case to where it can be decided."""
    with services(house):
        grounds, begun = {ground: "查明的事实。"}, NOW - timedelta(days=10)
        case = begin_case(kind, base, grounds, FINDINGS.get(ground, ())[:1], actor=driver.CITY, now=begun)
        if kind is DecisionKind.REVERSAL:
            review = Overturning(OverturnedBy.REVIEW, "聊城市人民政府", "聊政复决字〔2026〕3号", TODAY)
            save_grounds(case, grounds, None, review, version=1, actor=driver.CITY, now=NOW)
        add_file(COLLECTION, case, "笔录.pdf", BytesIO(PDF), actor=driver.CITY, now=NOW, slot="evidence")
        if kind is not DecisionKind.REVERSAL:
            add_file(COLLECTION, case, "告知书.pdf", BytesIO(PDF), actor=driver.CITY, now=NOW, slot="notice")
            hearing = Hearing(TODAY - timedelta(days=9), TODAY - timedelta(days=5))
            version = read_case(case, driver.CITY)["version"]
            save_hearing(case, hearing, version=version, actor=driver.CITY, now=NOW, today=TODAY)
    return case


def preview(clerk, case: ObjectId, number: str) -> tuple[str, Form]:
    """Look at the decision; return the address and the fields of the form that signs it."""
    version = re.search(r'name="version" value="(\d+)"', clerk.get(f"/admin/revocation/case/?id={case}").text)
    assert version
    given = {"number": number, "dated": TODAY.isoformat(), "version": version[1]}
    page = clerk.post(f"/admin/revocation/case/preview/?id={case}", given)
    assert page.status == 200, page.text
    found = re.search(r'action="([^"]*case/sign/[^"]*)"', page.text)
    assert found
    sent = form(page.text, unescape(found[1]))
    return unescape(found[1]), [
        (name, value) for name, values in sent.items() for value in values if name != "csrf_token"
    ]


def all_of(db) -> dict[str, str]:
    """Return a fingerprint of every collection."""
    # What a killed transaction holds is let go after ten seconds by itself; nobody waits for it here. The sessions of
    # the server that starts meanwhile are none of ours to end.
    open_ones = {"type": "idleSession", "transaction": {"$exists": True}}
    for session in db.client.admin.aggregate([{"$currentOp": {"idleSessions": True}}, {"$match": open_ones}]):
        db.client.admin.command("killSessions", [{"id": session["lsid"]["id"]}])
    found = db.command("dbHash")["collections"]
    return {name: digest for name, digest in found.items() if name not in _ASIDE}


def in_order(db) -> list[str]:
    """Return what does not hold, of records and of decisions; files of cases apart."""
    return [*(one for one in faults(db) if not one.startswith("the file ")), *decision_faults(db)]


def test_a_decision_killed_before_each_of_its_writes_leaves_the_office_untouched(
    house, clerk, base, mortals, numbers
):
    case = prepared(house, base)
    number = f"聊工信发〔2026〕{next(numbers)}号"
    where, data = preview(clerk, case, number)
    with house.database() as db:
        before = all_of(db)
        for place in range(1, 40):
            status = mortals.sign(clerk, where, data, str(place))
            if status:
                break
            assert all_of(db) == before, f"killed before write {place}"
        assert status == 303
        assert place > 9, (
            "number, base, application, recommendation, notice, case, tallies, head, entries, commit"
        )
        assert db["bases"].find_one({"_id": base})["status"] == "revoked"
        assert db["applications"].count_documents({"base": base, "open": True}) == 0
        assert db["upward_recommendations"].find_one({"base": base})["outcome"] == "ended"
        assert in_order(db) == []

    # Killed when it is written and nobody has been told: it is there, and signing again decides nothing twice.
    case = prepared(house, base, DecisionKind.REVERSAL, Ground.OVERTURNED)
    where, data = preview(clerk, case, f"聊工信发〔2026〕{next(numbers)}号")
    assert mortals.sign(clerk, where, data, "after") == 0
    assert clerk.post(where, data).status == 409
    with house.database() as db:
        assert db["bases"].find_one({"_id": base})["status"] == "certified"
        assert db["notices"].count_documents({"entries.base": base}) == 2
        assert in_order(db) == []
    assert house.command("verify-audit").returncode == 0
