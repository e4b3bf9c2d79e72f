"""A process is ready when a majority write goes through, and nothing that it works with is missing."""

from pathlib import Path

import pytest
from pymongo.errors import ServerSelectionTimeoutError

from documents.maintenance.data_state import SCHEMA, DataState
from services.maintenance.readiness import Readiness


@pytest.fixture
def readiness(db, tmp_path: Path) -> Readiness:
    return Readiness(tmp_path / "not" / "there")


def test_with_everything_in_place_it_is_ready_and_leaves_nothing_behind(readiness, db):
    assert readiness.failed() == ()
    assert db["readiness"].count_documents({}) == 0


def test_without_a_majority_that_alone_is_said(readiness, monkeypatch):
    def silent():
        raise ServerSelectionTimeoutError("db1:27017 fell silent")

    monkeypatch.setattr("documents.server.readiness.database", silent)
    assert readiness.failed() == ("majority-write",)


def test_a_missing_index_is_said(readiness, db):
    db["audit_entries"].drop_index("actor")
    try:
        assert readiness.failed() == ("indexes",)
    finally:
        db["audit_entries"].create_index([("actor_id", 1), ("_id", -1)], name="actor")


def test_a_full_disk_is_said(readiness, monkeypatch):
    monkeypatch.setattr("documents.server.readiness._LEAST_ROOM", 2**63)
    assert readiness.failed() == ("disk",)


@pytest.mark.parametrize(("schema", "needs"), [(SCHEMA - 1, 0), (SCHEMA + 1, SCHEMA + 1)])
def test_data_of_another_schema_is_said(readiness, db, schema, needs):
    DataState.note_schema(schema, needs)
    assert readiness.failed() == ("schema",)


def test_beside_a_newer_program_it_stays_ready_as_long_as_it_may_write(readiness, db):
    DataState.note_schema(SCHEMA + 1, SCHEMA)
    assert readiness.failed() == ()


def test_who_asks_again_at_once_costs_no_further_write(readiness, monkeypatch):
    assert readiness.failed() == ()
    monkeypatch.setattr("documents.server.readiness.database", None)
    assert readiness.failed() == ()


def test_the_page_names_the_checks_and_no_host(app, client, monkeypatch):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready", "failed": []})
    app.extensions["readiness"]._asked_at = float("-inf")
    monkeypatch.setattr("documents.server.readiness._LEAST_ROOM", 2**63)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "failed": ["disk"]})
    app.extensions["readiness"]._asked_at = float("-inf")
