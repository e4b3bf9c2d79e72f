"""Each large collection may be divided over a cluster: its unique indexes and its versioned writes respect the key."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from mongoengine import Document

from documents.desk.audit_entry import AuditEntry
from documents.indexes import documents
from documents.kinds import RECORDS
from documents.records.attachment import Attachment
from documents.records.record import Record
from documents.server.embedded import PROJECT
from documents.shard_keys import GRIDFS_KEYS, shard_command, shard_key
from rules.access import SYSTEM
from schema.registry import REGISTRY
from services.shared.unit_of_work import UnitOfWork, in_one_transaction
from tests.sample_office import Office
from tests.stored_rows import WRITES

# What stays on one shard, and why it stays small enough for that.
SMALL = {
    "bases": "some hundred; code, name in its county and certificate number are each unique by themselves",
    "staff_members": "some at each base",
    "statuses": "a dictionary of the office's words",
    "applications": "some a year and base",
    "annual_reports": "one a year and base",
    "county_reports": "one a year and county",
    "objections": "some for each public notice",
    "change_filings": "some a year and base",
    "decisions": "some a year",
    "upward_recommendations": "some a year",
    "counties": "eleven",
    "web_hooks": "at most twenty",
    "own_charts": "at most fifty a user",
    "web_hook_deliveries": "thirty days of attempts",
    "message_channels": "at most twenty",
    "trail_followers": "one for each that follows the trail",
    "own_fields": "at most a hundred for each collection",
    "own_collections": "at most thirty, and those that were deleted",
    "own_conditions": "at most fifty for each collection",
    "papers": "one for each official paper",
    "import_batches": "one for each import; rejected rows are bounded",
    "record_batches": "one for each act on many records; what was left is bounded",
    "import_chunks": "forgotten when an import has come to its end",
    "import_trials": "forgotten after days",
    "column_matches": "some for each county",
    "rejected_rows": "what an import refused beyond its first thousand; forgotten after a year",
    "exported_records": "one for each exported list, forgotten after months",
    "grid_drafts": "one a user and collection, forgotten after months",
    "data_state": "one row",
    "pending_copies": "empty but for moments",
    "sent_forms": "forgotten after a while",
    "users": "the clerks",
    "sign_in_failures": "forgotten after hours",
    "audit_windows": "forgotten after a quarter of an hour",
    "office_settings": "one row",
    "rule_sets": "one for each text of the Measures",
    "calendar_years": "one a year",
    "checklists": "one a year and base",
    "jobs": "what waits, runs or has lately run",
    "kept_figures": "a row for each month of a base, and some for each base",
    "rounds": "some a year",
    "letters": "one for each base of a round",
    "notices": "some a year",
    "paper_templates": "some for each kind of paper",
    "title_register": "one row",
    "record_numbers": "a row a year",
    "file_usage": "a row a user",
}
STORED = {document._get_collection_name(): document for document in documents()}
LARGE = {name: shard_key(document) for name, document in STORED.items() if shard_key(document)}


def unique_indexes(document: type[Document]) -> list[tuple[str, ...]]:
    """Return the stored keys of each unique index as the database has it."""
    stored = document._get_collection().index_information().values()
    return [tuple(key for key, _ in index["key"]) for index in stored if index.get("unique")]


@pytest.mark.usefixtures("db")
def test_each_collection_has_a_shard_key_or_a_reason_to_be_small() -> None:
    assert set(LARGE) & set(SMALL) == set()
    assert set(LARGE) | set(SMALL) == set(STORED)
    for large in ("tenant_companies", "ledger_entries", "audit_entries", "attachments"):
        assert large in LARGE


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("name", LARGE)
def test_each_unique_index_begins_with_the_shard_key(name: str) -> None:
    for index in unique_indexes(STORED[name]):
        assert index[: len(LARGE[name])] == LARGE[name], index


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("name", LARGE)
def test_no_shard_key_rises_with_time(name: str) -> None:
    key = LARGE[name]
    hashed = shard_command(name, key)["key"] == {"_id": "hashed"}
    assert hashed or "_id" not in key
    assert not any(word.endswith(("_at", "_on")) for word in key)


def test_a_declared_key_is_a_field_that_every_record_has() -> None:
    for declaration in REGISTRY:
        for key in declaration.shard_key:
            assert key == "_id" or declaration.field(key).required, (declaration.name, key)


@pytest.mark.parametrize("name", [name for name in LARGE if name in RECORDS])
def test_every_versioned_write_names_the_key(
    name: str, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    document: type[Record] = RECORDS[name]
    filters: list[Mapping[str, Any]] = []
    counted = WRITES.started

    def started(event: Any) -> None:
        counted(event)
        if event.command.get(event.command_name) == name:
            asked = [*event.command.get("updates", ()), *event.command.get("deletes", ())]
            filters.extend(step["q"] for step in asked)

    stored = office.db[name].find_one({})
    assert stored is not None

    def work(uow: UnitOfWork) -> None:
        saved = uow.save(document, stored, stored)
        again = uow.stamped(document, saved, saved)
        assert document.replace([(saved, again)], session=uow.session) == 1
        assert document.remove(again, session=uow.session)

    monkeypatch.setattr(WRITES, "started", started)
    in_one_transaction(work, actor=SYSTEM, now=datetime.now(UTC))
    assert len(filters) == 3
    for number, clause in enumerate(filters):
        assert clause == {
            **{key: stored[key] for key in LARGE[name]}, "_id": stored["_id"],
            "version": stored["version"] + number,
        }  # fmt: skip


def test_the_trail_and_the_files_are_found_by_their_hashed_id() -> None:
    assert shard_key(AuditEntry) == shard_key(Attachment) == ("_id",)


def test_the_paper_for_a_cluster_has_these_commands() -> None:
    text = (PROJECT / "docs" / "deploy.md").read_text()
    keys = {**LARGE, **GRIDFS_KEYS}
    for name, key in keys.items():
        assert f"db.adminCommand({json.dumps(shard_command(name, key))})" in text
    assert text.count('db.adminCommand({"shardCollection"') == len(keys)
