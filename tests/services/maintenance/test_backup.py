"""Backing up and restoring: whole, at one moment, or not at all."""

import json
import os
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from gridfs import GridFSBucket
from pymongo import MongoClient

from documents.records.attachment import BUCKET
from rules.access import SYSTEM
from rules.errors import Refused, Unavailable, Unreadable
from schema.definitions.own_collections import OwnCollection, OwnScope, OwnStatus
from schema.definitions.own_fields import OwnField, OwnKind
from schema.registry import REGISTRY
from services.assessment.kept_figures import ensure_figures
from services.definitions.own_collections import add_own_collection, delete_own_collection
from services.definitions.own_fields import add_own_field, change_own_field
from services.desk import trail as audit_trail
from services.jobs.kinds import KINDS
from services.jobs.worker import Worker
from services.maintenance import backup as backing_up
from services.maintenance import restore as restoring
from services.maintenance.backup import backup
from services.maintenance.restore import finish_restore, restore
from services.records import records

SESSION = {"key_hash": "x"}


@pytest.fixture
def full(office):
    """An office with a record of every kind, a file, a deleted record and a user who is signed in."""
    base = office.base(
        "莘县创业园",
        status="certified",
        announced_on=office.now.date(),
        document_number="聊工信发〔2026〕9号",
    )
    company = office.company(base, "甲", people=2**40, revenue=0.1)
    office.entry(base, partner=office.partner(base), companies=[{"name": "甲"}])
    office.delete("tenant_companies", office.company(base))
    GridFSBucket(office.db, bucket_name=BUCKET).upload_from_stream("照片.png", os.urandom(700_000))
    office.db["users"].insert_one({"name": "lisi", "name_key": "lisi", "sessions": [SESSION]})
    office.update("tenant_companies", company, people=3)
    ensure_figures(now=office.now)  # as at every start
    return office


@pytest.fixture
def clean_up(db):
    """Drop what a restore may have left or made, so that the next test finds the collections it knows."""
    known = set(db.list_collection_names())
    yield
    for name in set(db.list_collection_names()) - known:
        db[name].drop()


def everything(office, *, but=("audit_entries", "audit_head", "users", "restoring.state")):
    """Return all rows by collection: not how the database stands itself, which is no data of the office."""
    names = sorted(set(office.db.list_collection_names()) - {*but, "data_state"})
    found = {name: rows for name in names if (rows := list(office.db[name].find({}).sort("_id")))}
    for head in found.get("audit_head", ()):
        head.pop("unrecorded", None)  # moved by what is not recorded, too
    return found


def indexes(office):
    return {name: office.db[name].index_information() for name in office.db.list_collection_names()}


pytestmark = pytest.mark.usefixtures("clean_up")


def test_a_backup_holds_every_collection_and_brings_everything_back(full, tmp_path):
    before, known_indexes = everything(full), indexes(full)
    counts = backup(tmp_path / "office.backup", now=full.now)
    assert counts["bases"] == 1
    assert counts["files.chunks"] == 3
    full.delete("ledger_entries", full.db["ledger_entries"].find_one({})["_id"])
    full.base("后来的园")
    assert everything(full) != before
    assert restore(tmp_path / "office.backup", now=full.now, replace=True) == counts
    assert everything(full) == before
    assert {name: known for name, known in indexes(full).items() if name in known_indexes} == known_indexes
    assert not [name for name in full.db.list_collection_names() if name.startswith("restoring.")]


def test_after_a_restore_the_trail_is_whole_and_tells_of_it_and_nobody_is_signed_in(full, tmp_path):
    backup(tmp_path / "office.backup", now=full.now)
    restore(tmp_path / "office.backup", now=full.now, replace=True)
    assert audit_trail.verify() is None
    [last] = full.db["audit_entries"].find({}).sort("_id", -1).limit(1)
    assert (last["action"], last["label"]) == ("restored-backup", f"office.backup, {full.now.isoformat()}")
    assert full.db["users"].find_one({})["sessions"] == []
    assert full.company(full.db["bases"].find_one({})["_id"])


def test_a_new_office_is_restored_without_asking_twice_but_one_in_use_is_not(full, tmp_path):
    path = tmp_path / "office.backup"
    backup(path, now=full.now)
    before = everything(full, but=())
    with pytest.raises(Refused) as refused:
        restore(path, now=full.now)
    assert len(refused.value.refusals) == 1
    assert everything(full, but=()) == before
    for name in (
        "bases",
        "tenant_companies",
        "service_partners",
        "ledger_entries",
        "recycled",
        "papers",
        "files.files",
        "files.chunks",
    ):
        full.db[name].delete_many({})
    restore(path, now=full.now)
    assert full.db["bases"].count_documents({}) == 1


def test_several_users_are_data_too(full, tmp_path):
    for name in ("tenant_companies", "bases", "service_partners", "ledger_entries", "recycled"):
        full.db[name].delete_many({})
    backup(tmp_path / "office.backup", now=full.now)
    full.db["users"].insert_one({"name": "wangwu", "name_key": "wangwu"})
    with pytest.raises(Refused):
        restore(tmp_path / "office.backup", now=full.now)


def test_a_backup_is_its_owners_alone_and_leaves_nothing_beside_it(full, tmp_path):
    path = tmp_path / "office.backup"
    backup(path, now=full.now)
    backup(path, now=full.now)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_backup_that_cannot_be_written_says_so(full, tmp_path):
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "no" / "folder" / "x", tmp_path / "file" / "x", tmp_path):
        with pytest.raises(Refused) as refused:
            backup(target, now=full.now)
        assert "could not be written" in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_all_collections_are_of_one_moment_while_clerks_save(office, tmp_path):
    base, done = office.base(), threading.Event()

    def keep_saving():
        while not done.is_set():
            records.create(
                "tenant_companies",
                {"name": "甲", "uscc": office.code(), "base": base},
                actor=office.city,
                now=office.now,
            )

    clerk = threading.Thread(target=keep_saving)
    clerk.start()
    try:
        taken = [backup(tmp_path / f"{number}.backup", now=office.now) for number in range(4)]
    finally:
        done.set()
        clerk.join()
    for number, counts in enumerate(taken):
        # One entry for the base and one for each company: none was caught between the two.
        assert counts["audit_entries"] == counts["tenant_companies"] + 1
        restore(tmp_path / f"{number}.backup", now=office.now, replace=True)
        assert office.tallies_are_right()
        assert audit_trail.verify() is None


# --- Files that are none -----------------------------------------------------------------------


def rewritten(path: Path, change) -> None:
    """Pack a backup anew after `change` was applied to its members (a dict of bytes)."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def manifest(**changes):
    """Return a change of the manifest."""

    def change(members):
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | changes).encode()

    return change


def swap(members):
    members["bases.bson"], members["counties.bson"] = members["counties.bson"], members["bases.bson"]


def flip(members):
    content = bytearray(members["bases.bson"])
    content[40] ^= 1
    members["bases.bson"] = bytes(content)


def evil_part(name):
    def change(members):
        found = json.loads(members["manifest.json"])
        found["parts"].append(
            {
                "name": name,
                "count": 0,
                "size": 0,
                "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            }
        )
        members["manifest.json"] = json.dumps(found).encode()
        members[f"{name}.bson"] = b""

    return change


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"not a backup"),
        lambda path: path.unlink(),
        lambda path: path.write_bytes(path.read_bytes()[:-30]),
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        lambda path: rewritten(path, lambda members: members.pop("manifest.json")),
        lambda path: rewritten(path, lambda members: members.pop("bases.bson")),
        lambda path: rewritten(path, lambda members: members.update({"more.bson": b""})),
        lambda path: rewritten(path, lambda members: members.update({"manifest.json": b"[1, 2]"})),
        lambda path: rewritten(path, lambda members: members.update({"manifest.json": b"{"})),
        lambda path: rewritten(
            path, lambda members: members.update({"bases.bson": members["bases.bson"][:-3]})
        ),
        lambda path: rewritten(
            path, lambda members: members.update({"bases.bson": members["bases.bson"] * 2})
        ),
        lambda path: rewritten(path, flip),
        lambda path: rewritten(path, swap),
        lambda path: rewritten(path, manifest(format=99)),
        lambda path: rewritten(path, manifest(parts=[{"name": "bases"}])),
        lambda path: rewritten(path, evil_part("system.users")),
        lambda path: rewritten(path, evil_part("restoring.bases")),
        lambda path: rewritten(path, evil_part("../bases")),
        lambda path: rewritten(path, evil_part("$cmd")),
    ],
)
def test_a_file_that_is_cut_short_or_forged_changes_nothing(full, tmp_path, spoil):
    path = tmp_path / "office.backup"
    backup(path, now=full.now)
    spoil(path)
    before = everything(full, but=())
    with pytest.raises(Unreadable) as unreadable:
        restore(path, now=full.now, replace=True)
    assert len(unreadable.value.refusals) == 1
    assert everything(full, but=()) == before


def test_data_that_breaks_a_unique_index_is_found_before_anything_changes(full, tmp_path):
    path = tmp_path / "office.backup"
    full.db["bases"].drop_index("uscc_unique")
    try:
        copy = full.db["bases"].find_one({})
        full.db["bases"].insert_one({**copy, "_id": "twin", "county": "371525"})
        backup(path, now=full.now)
        full.db["bases"].delete_one({"_id": "twin"})
    finally:
        full.db["bases"].create_index("uscc", unique=True, name="uscc_unique")
    before = everything(full, but=())
    with pytest.raises(Unreadable):
        restore(path, now=full.now, replace=True)
    assert everything(full, but=()) == before


# --- Killed ------------------------------------------------------------------------------------


class Killed(BaseException):
    """The power fails."""


def test_killed_while_loading_the_present_data_are_whole(full, tmp_path, monkeypatch):
    backup(tmp_path / "office.backup", now=full.now)
    full.base("后来的园")
    before = everything(full, but=())
    real = restoring._load

    def failing(source, name, part):
        if name == "ledger_entries":
            raise Killed
        real(source, name, part)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(restoring, "_load", failing)
        restore(tmp_path / "office.backup", now=full.now, replace=True)
    left = everything(full, but=())
    assert {name: rows for name, rows in left.items() if not name.startswith("restoring.")} == before
    assert finish_restore(now=full.now) is False
    restore(tmp_path / "office.backup", now=full.now, replace=True)
    assert not [name for name in full.db.list_collection_names() if name.startswith("restoring.")]


def test_killed_between_two_collections_the_next_start_ends_it(full, tmp_path, monkeypatch):
    before = everything(full)
    backup(tmp_path / "office.backup", now=full.now)
    full.base("后来的园")
    real, renamed = type(full.db["bases"]).rename, []

    def failing(collection, name, **options):
        renamed.append(name)
        if len(renamed) == 5:
            raise Killed
        return real(collection, name, **options)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(type(full.db["bases"]), "rename", failing)
        restore(tmp_path / "office.backup", now=full.now, replace=True)
    assert finish_restore(now=full.now) is True
    assert everything(full) == before
    assert audit_trail.verify() is None
    assert finish_restore(now=full.now) is False


def test_a_database_that_goes_away_is_said_in_one_sentence(full, tmp_path, monkeypatch):
    nowhere = MongoClient("mongodb://127.0.0.1:1/", serverSelectionTimeoutMS=100)
    monkeypatch.setattr(backing_up, "client", lambda: nowhere)
    monkeypatch.setattr(backing_up, "database", lambda: nowhere["office"])
    with pytest.raises(Unavailable) as unavailable:
        backup(tmp_path / "office.backup", now=full.now)
    nowhere.close()
    assert len(unavailable.value.refusals) == 1
    assert list(tmp_path.iterdir()) == []


def test_own_collections_come_back_with_their_records_fields_and_indexes_and_the_trail_verifies(
    full, tmp_path
):
    full.db.drop_collection("c_visits")  # another test's may have left its indexes
    base = full.db["bases"].find_one({})["_id"]
    own = OwnCollection("visits", "走访记录", scope=OwnScope.BASE, statuses=(OwnStatus("", "拟走访"),))
    add_own_collection(own, actor=SYSTEM, now=full.now)
    field = OwnField(
        "c_visits", "", OwnKind.REFERENCE, "走访企业", refers_to="tenant_companies", filtered=True
    )
    key = add_own_field(field, actor=SYSTEM, now=full.now).key
    company = full.db["tenant_companies"].find_one({"base": base})["_id"]
    made = records.create("c_visits", {"name": "一", "base": base, key: company}, actor=SYSTEM, now=full.now)
    before, known = everything(full), full.db["c_visits"].index_information()
    backup(tmp_path / "office.backup", now=full.now)
    delete_own_collection("visits", typed="走访记录", version=1, actor=SYSTEM, now=full.now)
    full.db.drop_collection("c_visits")
    assert "c_visits" not in REGISTRY
    restore(tmp_path / "office.backup", now=full.now, replace=True)
    assert everything(full) == before
    assert key in REGISTRY["c_visits"].by_key
    assert full.db["c_visits"].index_information() == known
    records.update("c_visits", made, {"name": "二"}, version=1, actor=SYSTEM, now=full.now)
    assert audit_trail.verify() is None


def test_a_backup_with_doubles_from_before_a_field_was_unique_comes_back_and_its_indexes_follow(
    full, tmp_path
):
    own = add_own_field(
        OwnField("tenant_companies", "", OwnKind.CODE, "档案编号", filtered=True), actor=SYSTEM, now=full.now
    )
    work_off()
    companies = full.db["tenant_companies"]
    full.company(full.db["bases"].find_one({})["_id"], "乙")
    companies.update_many({}, {"$set": {own.key: "DA-1"}})
    assert companies.count_documents({}) > 1
    known = companies.index_information()
    backup(tmp_path / "office.backup", now=full.now)
    companies.update_many({}, {"$unset": {own.key: ""}})
    change_own_field(replace(own, unique="city"), version=1, actor=SYSTEM, now=full.now)
    work_off()
    assert companies.index_information().keys() - known.keys() == {f"tenant_companies_{own.key}_unique_city"}
    restore(tmp_path / "office.backup", now=full.now, replace=True)
    assert companies.count_documents({own.key: "DA-1"}) == companies.count_documents({}) > 1
    work_off()
    assert companies.index_information() == known
    for name in [name for name, index in known.items() if own.key in dict(index["key"])]:
        companies.drop_index(name)


def work_off():
    """Do the jobs that wait."""
    worker = Worker(KINDS)
    while worker.work_once():
        pass
