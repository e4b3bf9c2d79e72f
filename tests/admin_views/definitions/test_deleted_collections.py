"""A collection with many records is deleted by a job: it can be stopped, finished, undone, and names who refers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId

from rules.errors import Refused, Stale
from schema.definitions.own_collections import OwnCollection
from schema.definitions.own_fields import OwnField, OwnKind
from schema.registry import REGISTRY
from services.batches.undo import Choice, ask_to_undo
from services.definitions import collection_deletion, own_collections, own_fields
from services.desk.trail import verify
from services.jobs.at_once import work_at_once
from services.jobs.pieces import pieces_of
from services.jobs.run import Cancelled
from services.records import records
from tests.page_reader import text_of
from tests.sample_office import SHEN, Office

NOW = datetime(2026, 3, 3, tzinfo=UTC)
HOME = "/admin/settings/collections/"
PIECE = 4


@pytest.fixture
def policies(office, monkeypatch) -> Office:
    """Give an office with ten policies, where a few records are many."""
    monkeypatch.setattr(own_collections, "MOST_DELETED", 3)
    monkeypatch.setattr("services.jobs.pieces.CHUNK", PIECE)
    own_collections.add_own_collection(
        OwnCollection("policies", "惠企政策"), actor=office.actor("boss"), now=NOW
    )
    for number in range(10):
        policy(office, f"政策{number}")
    return office


def policy(office: Office, name: str, **values: Any) -> ObjectId:
    return records.create(
        "c_policies", {"name": name, "county": SHEN, **values}, actor=office.actor("city"), now=NOW
    )


def count(office: Office) -> tuple[int, int]:
    """Return how many policies there are, and how many lie in the recycle bin."""
    return (
        office.db["c_policies"].count_documents({}),
        office.db["recycled"].count_documents({"collection": "c_policies"}),
    )


def is_deleted(office: Office) -> bool:
    return bool(office.db["own_collections"].find_one({"_id": "c_policies"}).get("deleted"))


def asked(office: Office, *, typed: str = "惠企政策") -> tuple[str, ObjectId]:
    boss = office.actor("boss")
    batch = collection_deletion.delete_with_records("policies", typed=typed, version=1, actor=boss, now=NOW)
    return batch, office.db["record_batches"].find_one({"_id": batch})["job"]


def test_the_page_asks_for_the_name_and_leads_to_a_batch_that_is_undone_after_bringing_it_back(
    policies, sign_in
):
    office, boss = policies, sign_in("boss")
    before = {raw["_id"]: raw["name"] for raw in office.db["c_policies"].find()}
    delete = f"{HOME}policies/delete/"
    assert boss.send(delete, {"version": "1", "confirmed_name": "惠企"}).status_code == 422
    assert count(office) == (10, 0) and not office.db["record_batches"].count_documents({})
    answer = boss.send(delete, {"version": "1", "confirmed_name": "惠企政策"})
    batch = office.db["record_batches"].find_one({})
    assert answer.headers["Location"].endswith(f"{batch['_id']}/")
    again = boss.send(delete, {"version": "1", "confirmed_name": "惠企政策"})
    assert again.status_code == 422 and "正在删除" in text_of(again.text)
    policy(office, "还在录入")
    work_at_once(batch["job"])
    assert (count(office), is_deleted(office)) == ((0, 11), True)
    assert "c_policies" not in REGISTRY
    page = boss.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "先恢复台账" in page.text and "删除台账：惠企政策" in page.text
    assert f"{batch['_id']}/undo/" not in page.text
    with pytest.raises(Refused):
        ask_to_undo(batch["_id"], Choice(), actor=office.actor("boss"), now=NOW)
    own_collections.bring_back_own_collection("policies", version=2, actor=office.actor("boss"), now=NOW)
    assert boss.get(f"/admin/batches/{batch['_id']}/undo/").status_code == 200
    work_at_once(ask_to_undo(batch["_id"], Choice(), actor=office.actor("boss"), now=NOW).job)
    after = {raw["_id"]: raw["name"] for raw in office.db["c_policies"].find()}
    assert count(office) == (11, 0) and before.items() <= after.items()
    assert verify() is None


def test_it_is_stopped_finished_and_can_be_undone_halfway(policies, monkeypatch):
    office, boss = policies, policies.actor("boss")
    batch, job = asked(office)
    moved: list[int] = []

    def stopped_after_one(*given: Any) -> Any:
        for ids in pieces_of(*given):
            if moved:
                raise Cancelled  # as it is between two pieces once somebody asked to stop
            moved.append(len(ids))
            yield ids

    with monkeypatch.context() as patched:
        patched.setattr(collection_deletion, "pieces_of", stopped_after_one)
        work_at_once(job)
    assert (count(office), is_deleted(office)) == ((10 - PIECE, PIECE), False)
    with pytest.raises(Stale):
        collection_deletion.delete_with_records("policies", typed="惠企政策", version=7, actor=boss, now=NOW)
    work_at_once(ask_to_undo(batch, Choice(), actor=boss, now=NOW).job)
    assert count(office) == (10, 0)
    work_at_once(collection_deletion.ask_to_finish_deletion(batch, actor=boss, now=NOW))
    assert (count(office), is_deleted(office)) == ((0, 10), True)
    with pytest.raises(Refused):
        collection_deletion.ask_to_finish_deletion(batch, actor=boss, now=NOW)
    assert verify() is None


def test_who_refers_to_it_is_named_before_and_at_the_end(policies):
    office, boss = policies, policies.actor("boss")
    own = OwnField(
        "tenant_companies", "", OwnKind.REFERENCES, "享受政策", refers_to="c_policies", filtered=True
    )
    batch, job = asked(office)
    key = own_fields.add_own_field(own, actor=boss, now=NOW).key
    work_at_once(job)
    assert not is_deleted(office) and count(office) == (0, 10)
    assert "享受政策" in str(office.db["jobs"].find_one({"_id": job}).get("problem"))
    for number in range(4):
        policy(office, f"又一{number}")
    with pytest.raises(Refused) as refused:
        asked(office)
    assert "享受政策" in str(refused.value.refusals[0].params)
    with pytest.raises(Refused):
        collection_deletion.ask_to_finish_deletion(batch, actor=boss, now=NOW)
    own_fields.delete_own_field("tenant_companies", key, version=1, actor=boss, now=NOW)
    work_at_once(collection_deletion.ask_to_finish_deletion(batch, actor=boss, now=NOW))
    assert (count(office), is_deleted(office)) == ((0, 14), True)


def test_records_that_name_one_another_go_in_turn_and_those_that_cannot_are_named(policies):
    office, boss, city = policies, policies.actor("boss"), policies.actor("city")
    own = OwnField("c_policies", "", OwnKind.REFERENCE, "上位政策", refers_to="c_policies", filtered=True)
    key = own_fields.add_own_field(own, actor=boss, now=NOW).key
    made = [raw["_id"] for raw in office.db["c_policies"].find().sort("_id", 1)]
    for record, named in zip(made[1:], made, strict=False):  # each names the one before it
        records.update("c_policies", record, {key: named}, version=1, actor=city, now=NOW)
    records.update(
        "c_policies", made[0], {key: made[1]}, version=1, actor=city, now=NOW
    )  # two name each other
    batch, job = asked(office)
    work_at_once(job)
    assert (count(office), is_deleted(office)) == ((2, 8), False)
    row = office.db["record_batches"].find_one({"_id": batch})
    assert {one["record"] for one in row["left"]} == set(made[:2])
    assert row["counts"] == {"changed": 8, "not_done": 2} and "finished_at" in row
