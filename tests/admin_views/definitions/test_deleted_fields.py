"""A field in which records hold something is deleted by its typed name, and comes back whole from the recycle bin."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId

from rules.access import Role
from rules.errors import Missing, Refused
from schema.definitions.own_fields import OwnField, OwnKind
from schema.registry import REGISTRY
from services.definitions import own_fields as service
from services.definitions.configuration import read_configuration
from services.desk.trail import changes_seen_by, verify
from services.records import records
from services.records.recycle_bin import bring_back
from tests.page_reader import text_of
from tests.sample_office import Browser, Office, cells

NOW = datetime(2026, 3, 3, tzinfo=UTC)
COMPANIES = "tenant_companies"
HOME = "/admin/settings/fields/tenant-companies/"
KEY = "own_zhuanlishu"


@pytest.fixture
def filled(office) -> Office:
    """Give an office where the company of each county has a number of patents, and 冠县 has changed its own."""
    own = OwnField(COMPANIES, "", OwnKind.TEXT, "专利数", filtered=True, listed=True, searched=True)
    assert service.add_own_field(own, actor=office.actor("boss"), now=NOW).key == KEY
    change(office, office.shen.company, {KEY: "十二项"})
    change(office, office.guan.company, {KEY: "三十四项"})
    return office


def change(office: Office, company: ObjectId, values: dict[str, Any], by: str = "city") -> None:
    version = office.one(COMPANIES, company)["version"]
    records.update(COMPANIES, company, values, version=version, actor=office.actor(by), now=NOW)


def delete(office: Office, key: str = KEY, typed: str = "专利数") -> ObjectId:
    boss = office.actor("boss")
    version = service.read_own_field(COMPANIES, key, actor=boss).version
    service.delete_own_field(COMPANIES, key, typed=typed, version=version, actor=boss, now=NOW)
    return office.db["recycled"].find_one(
        {"collection": "own_fields"}, sort=[("deleted_at", -1), ("_id", -1)]
    )["_id"]


def pages(browser: Browser, company: ObjectId) -> str:
    addresses = (
        "/admin/tenant-companies/", f"/admin/tenant-companies/?{KEY}_filled=yes",
        f"/admin/tenant-companies/details/?id={company}", f"/admin/tenant-companies/edit/?id={company}",
        f"/admin/tenant-companies/?columns={KEY}",
    )  # fmt: skip
    told = [browser.get(address).text for address in addresses]
    told += [browser.ask(f"/api/v1/tenant-companies/{company}").get_data(as_text=True)]
    return "".join(told) + str(cells(browser.get("/admin/tenant-companies/export/xlsx/")))


def test_the_page_asks_for_the_name_and_nothing_of_the_field_is_left_for_those_who_keep_records(
    filled, sign_in
):
    office, boss, shen = filled, sign_in("boss"), sign_in("shen")
    assert "专利数" in pages(shen, office.shen.company)
    asked = boss.get(f"{HOME}{KEY}/delete/")
    assert "2 条记录" in text_of(asked.text) and "confirmed_name" in asked.text
    for wrong in ({}, {"confirmed_name": "专利"}):
        assert boss.send(f"{HOME}{KEY}/delete/", {"version": "1", **wrong}).status_code == 422
    assert KEY in REGISTRY[COMPANIES].by_key
    assert boss.send(f"{HOME}{KEY}/delete/", {"version": "1", "confirmed_name": "专利数"}).status_code == 303
    told = pages(shen, office.shen.company)
    for echoed in (f"{KEY}_filled", f"columns={KEY}"):  # what was asked for
        told = told.replace(echoed, "")
    assert [word for word in ("专利数", "十二项", KEY) if word in told] == []
    assert "已移入回收站" in boss.get("/admin/settings/fields/").text
    assert "专利数" not in boss.get("/admin/settings/fields/").text
    for act in ("", "hide/", "show/", "delete/", "kind/"):
        assert boss.get(f"{HOME}{KEY}/{act}").status_code == 404
    # Only who makes fields finds it in the recycle bin, and reads its history.
    entry = office.db["recycled"].find_one({"collection": "own_fields"})
    for by in ("shen", "city", "reader"):
        browser = sign_in(by)
        assert "专利数" not in browser.get("/admin/recycle-bin/").text
        answer = browser.send(f"/admin/recycle-bin/restore?recycled={entry['_id']}", {})
        assert answer.status_code in (403, 404), by
        assert not changes_seen_by(
            office.actor(by), COMPANIES, [{"field": KEY, "old": None, "new": "十二项"}]
        )
    assert "字段“专利数”" in boss.get("/admin/recycle-bin/?collection=own_fields").text
    assert boss.send(f"/admin/recycle-bin/restore?recycled={entry['_id']}", {}).status_code == 303
    back = pages(shen, office.shen.company)
    assert "专利数" in back and "十二项" in back
    assert "三十四项" not in back
    assert not office.db["recycled"].count_documents({"collection": "own_fields"})
    assert verify() is None


def test_one_made_again_under_the_name_begins_empty_with_rights_of_its_own(filled):
    office, boss = filled, filled.actor("boss")
    own = service.read_own_field(COMPANIES, KEY, actor=boss)
    kept = replace(own.field, unseen_by=(Role.COUNTY,), searched=False)
    service.change_own_field(kept, version=own.version, actor=boss, now=NOW)
    entry = delete(office)
    again = service.add_own_field(OwnField(COMPANIES, "", OwnKind.INTEGER, "专利数"), actor=boss, now=NOW)
    assert (again.key, again.unseen_by, again.kind) == (f"{KEY}1", (), OwnKind.INTEGER)
    assert office.one(COMPANIES, office.shen.company).get(again.key) is None
    earlier = [{"field": KEY, "old": None, "new": "十二项"}]
    assert not changes_seen_by(office.actor("shen"), COMPANIES, earlier)
    assert list(read_configuration(actor=boss).fields[COMPANIES]) == [again.key]
    with pytest.raises(Refused):  # the name is another one's by now
        bring_back(entry, actor=boss, now=NOW)
    delete(office, again.key, typed="")
    bring_back(entry, actor=boss, now=NOW)
    assert REGISTRY[COMPANIES].field(KEY).seen_by == frozenset(Role) - {Role.COUNTY}
    with pytest.raises(Missing):
        bring_back(entry, actor=boss, now=NOW)


def test_a_save_an_import_and_a_deletion_meanwhile_lose_nothing_of_it(filled):
    office, boss = filled, filled.actor("boss")
    entry = delete(office)
    change(office, office.shen.company, {"notes": "另外改过"}, by="shen")
    company = office.shen.left_company
    records.delete(
        COMPANIES, company, version=office.one(COMPANIES, company)["version"], actor=office.actor("shen"), now=NOW
    )  # fmt: skip
    bring_back(entry, actor=boss, now=NOW)
    assert office.one(COMPANIES, office.shen.company)[KEY] == "十二项"
    assert verify() is None


def test_what_a_deleted_field_names_may_be_deleted_and_values_that_repeat_by_then_are_told(filled):
    office, boss = filled, filled.actor("boss")
    own = OwnField(COMPANIES, "", OwnKind.REFERENCE, "合作企业", refers_to=COMPANIES, filtered=True)
    key = service.add_own_field(own, actor=boss, now=NOW).key
    change(office, office.shen.company, {key: office.shen.left_company})
    before = service.read_own_field(COMPANIES, KEY, actor=boss)
    service.change_own_field(
        replace(before.field, unique="city"), version=before.version, actor=boss, now=NOW
    )
    entry = delete(office)
    office.db[COMPANIES].update_many({KEY: {"$exists": True}}, {"$set": {KEY: "重复"}})
    with pytest.raises(Refused):
        bring_back(entry, actor=boss, now=NOW)
    delete(office, key, typed="合作企业")
    version = office.one(COMPANIES, office.shen.left_company)["version"]
    records.delete(COMPANIES, office.shen.left_company, version=version, actor=office.actor("shen"), now=NOW)
    office.db[COMPANIES].update_one({"_id": office.guan.company}, {"$set": {KEY: "不重复"}})
    bring_back(entry, actor=boss, now=NOW)
    assert KEY in REGISTRY[COMPANIES].by_key
