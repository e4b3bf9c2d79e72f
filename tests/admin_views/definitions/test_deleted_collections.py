"""A collection with many records is deleted by a job: it can be stopped, finished, undone, and names who refers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId

from documents.batches.batch import Batch
from rules.errors import Refused, Stale
from schema.definitions.own_collections import OwnCollection
from schema.definitions.own_fields import OwnField, OwnKind
from schema.registry import REGISTRY
from services.batches.preview import preview_undo
from services.batches.undo import Choice, ask_to_undo
from services.comments.comments import add_comment
from services.definitions import collection_deletion, own_collections, own_fields
from services.desk.trail import verify
from services.hooks.hooks import HookValues, make_hook
from services.jobs.at_once import work_at_once
from services.jobs.pieces import pieces_of
from services.jobs.run import Cancelled
from services.notifications.deriving import tell_users
from services.overview.own_charts import ChartValues, make_chart
from services.records import records
from services.records.bulk import delete_many
from services.records.counters import rebuild_counters, wrong_counters
from services.records.saved_views import save_view
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
    for told in (page, boss.get("/admin/batches/")):
        assert "已删除的台账" in text_of(told.text) and "policies" not in text_of(told.text)
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


def test_records_that_name_one_another_go_and_come_back_together(policies):
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
    assert (count(office), is_deleted(office)) == ((0, 10), True)
    own_collections.bring_back_own_collection("policies", version=2, actor=boss, now=NOW)
    with pytest.raises(Refused):  # what it names lies in the recycle bin, and does not name it
        records.restore(entry_of(office, made[2]), actor=city, now=NOW)
    records.restore(entry_of(office, made[0]), actor=city, now=NOW)
    assert {raw["_id"] for raw in office.db["c_policies"].find()} == set(made[:2])
    work_at_once(ask_to_undo(batch, Choice(), actor=boss, now=NOW).job)
    assert count(office) == (10, 0)
    assert office.db["c_policies"].find_one({"_id": made[0]})[key] == made[1]
    assert verify() is None


def test_undoing_a_batch_brings_nothing_back_that_was_deleted_by_itself_since(policies):
    office, boss, city = policies, policies.actor("boss"), policies.actor("city")
    own = OwnField("c_policies", "", OwnKind.REFERENCE, "上位政策", refers_to="c_policies", filtered=True)
    key = own_fields.add_own_field(own, actor=boss, now=NOW).key
    naming, named, other = [raw["_id"] for raw in office.db["c_policies"].find().sort("_id", 1)][:3]
    records.update("c_policies", naming, {key: named}, version=1, actor=city, now=NOW)
    delete_many("c_policies", {naming: 2, other: 1}, actor=city, now=NOW)
    batch = office.db["record_batches"].find_one({})["_id"]
    records.delete("c_policies", named, version=1, actor=city, now=NOW)
    assert [row.record_id for row in preview_undo(batch, actor=city, now=NOW).refused] == [naming]
    asked_for = ask_to_undo(batch, Choice(), actor=city, now=NOW)
    work_at_once(asked_for.job)
    (left,) = Batch.stored(asked_for.batch)["left"]
    assert (left["record"], left["outcome"]) == (naming, "refused"), left
    assert count(office) == (8, 2)
    assert not office.db["c_policies"].find_one({"_id": {"$in": [naming, named]}})
    assert verify() is None


def entry_of(office: Office, record: ObjectId) -> Any:
    return office.db["recycled"].find_one({"record_id": record})["_id"]


def test_the_few_records_of_a_small_collection_are_a_batch_too(office):
    boss, city = office.actor("boss"), office.actor("city")
    own_collections.add_own_collection(OwnCollection("policies", "惠企政策"), actor=boss, now=NOW)
    own = OwnField("c_policies", "", OwnKind.REFERENCES, "相关政策", refers_to="c_policies")
    key = own_fields.add_own_field(own, actor=boss, now=NOW).key
    made = [policy(office, f"政策{number}") for number in range(3)]
    for record in made:  # all of them name all others
        values = {key: [one for one in made if one != record]}
        records.update("c_policies", record, values, version=1, actor=city, now=NOW)
    own_collections.delete_own_collection("policies", typed="惠企政策", version=1, actor=boss, now=NOW)
    assert (count(office), is_deleted(office)) == ((0, 3), True)
    own_collections.bring_back_own_collection("policies", version=2, actor=boss, now=NOW)
    batch = office.db["record_batches"].find_one({})["_id"]
    work_at_once(ask_to_undo(batch, Choice(), actor=boss, now=NOW).job)
    assert count(office) == (3, 0) and verify() is None


def test_counters_of_lists_and_procedures_are_held_against_the_records(policies):
    office = policies
    assert not list(wrong_counters())
    office.db["tallies"].update_one({"_id": "c_policies"}, {"$inc": {"total": 1, f"counties.{SHEN}": -2}})
    office.db["tallies"].update_one(
        {"_id": "applications"}, {"$inc": {"statuses.draft.total": 3}}, upsert=True
    )
    found = {(one.collection, one.key): (one.kept, one.counted) for one in wrong_counters()}
    assert found == {
        ("c_policies", "total"): (11, 10), ("c_policies", f"counties.{SHEN}"): (8, 10),
        ("applications", "statuses.draft.total"): (3, 0),
    }  # fmt: skip
    rebuild_counters(now=NOW)
    assert not list(wrong_counters())


def test_what_hangs_on_a_deleted_collection_is_in_no_ones_way_and_comes_back_with_it(
    policies, sign_in, monkeypatch
):
    office, boss = policies, policies.actor("boss")
    monkeypatch.setattr(own_collections, "MOST_DELETED", 100)
    made = [raw["_id"] for raw in office.db["c_policies"].find().sort("_id", 1)]
    browser, clerk = sign_in("boss"), sign_in("city")
    add_comment("c_policies", made[0], "请核对金额 @市局甲", actor=boss, now=NOW)
    for one in (browser, clerk):
        sent = {"collection": "c_policies", "record": str(made[0])}
        assert one.send("/admin/notifications/follow/", sent).status_code == 303
    version = office.db["c_policies"].find_one({"_id": made[0]})["version"]
    records.update("c_policies", made[0], {"name": "新政策"}, version=version, actor=boss, now=NOW)
    assert tell_users()
    chart = ChartValues(
        "政策按县", "c_policies", "", "county", "", shared=True, on_today=True, on_overview=True
    )
    chart_id = make_chart(chart, {"county"}, actor=boss, now=NOW)
    save_view(ObjectId(boss.id), "c_policies", "本县", "county=371522")
    hook = HookValues("督办", "https://example.com/x", "c_policies", ["created"], "", False)
    make_hook(hook, (), actor=boss, now=NOW)
    seen = (
        "/admin/", "/admin/notifications/?all=1", "/admin/notifications/choices/", "/admin/charts/", "/admin/overview/",
        "/admin/settings/configuration/", "/admin/settings/hooks/", "/admin/recycle-bin/", "/admin/audit/",
        "/admin/batches/", "/admin/search/?q=政策",
    )  # fmt: skip
    before = configuration(browser)
    own_collections.delete_own_collection("policies", typed="惠企政策", version=1, actor=boss, now=NOW)
    for address in seen:
        for one in (browser, clerk):
            assert one.get(address).status_code in ((200,) if one is browser else (200, 403)), address
    assert browser.get(f"/admin/charts/{chart_id}/").status_code == 404
    told = office.db["notifications"].find_one({"collection": "c_policies"})
    assert clerk.send(f"/admin/notifications/{told['_id']}/open/").status_code in (303, 404)
    left = configuration(browser)
    assert "c_policies" not in str(left), "nothing that another office could not take"
    own_collections.bring_back_own_collection("policies", version=2, actor=boss, now=NOW)
    batch = office.db["record_batches"].find_one({})["_id"]
    work_at_once(ask_to_undo(batch, Choice(), actor=boss, now=NOW).job)
    page = browser.get(f"/admin/c/policies/details/?id={made[0]}").text
    assert "请核对金额" in text_of(page) and "/admin/notifications/unfollow/" in page
    assert browser.get(f"/admin/charts/{chart_id}/").status_code == 200
    assert configuration(browser) == before


def configuration(browser: Any) -> Any:
    return browser.get("/admin/settings/configuration/file/").json
