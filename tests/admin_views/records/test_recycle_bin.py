"""The recycle bin: what was deleted waits there whole, and comes back where nothing stands in its way."""

from datetime import UTC, datetime

import pytest

from services.records import records
from tests.page_reader import flashes, names, rows
from tests.sample_office import GUAN, MARK, SHEN, code

NOW = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def bin_of(office, record_id):
    return office.db["recycled"].find_one({"record_id": record_id})["_id"]


def test_a_deletion_is_asked_for_and_the_bin_tells_what_who_and_when(office, city):
    one = office.guan.left_company
    question = city.get(f"/admin/tenant-companies/delete/?id={one}")
    assert "清泉旧邻纺织有限公司" in question.text
    assert office.one("tenant_companies", one)
    answer = city.send("/admin/tenant-companies/delete/", {"id": str(one), "version": "1"})
    assert answer.location == "/admin/tenant-companies/"
    assert "清泉旧邻纺织有限公司" in flashes(city.get(answer.location).text)[0]
    first = rows(city.get("/admin/recycle-bin/").text)[0]
    assert first[0] == "清泉旧邻纺织有限公司"
    assert "冠县" in first
    assert "市局甲" in first
    assert str(one) not in city.get("/admin/tenant-companies/?size=200").text
    assert city.get(f"/admin/tenant-companies/details/?id={one}").status_code == 404


def test_a_restored_record_is_what_it_was(office, city):
    before = office.one("tenant_companies", office.guan.left_company)
    count = office.db["tallies"].find_one("tenant_companies")
    city.send("/admin/tenant-companies/delete/", {"id": str(before["_id"]), "version": "1"})
    assert office.db["tallies"].find_one("tenant_companies")["total"] == count["total"] - 1
    answer = city.send(f"/admin/recycle-bin/restore?recycled={bin_of(office, before['_id'])}")
    assert answer.location == f"/admin/tenant-companies/details/?id={before['_id']}"
    after = office.one("tenant_companies", before["_id"])
    moved = {"version", "updated_at", "updated_by"}
    assert {key: after[key] for key in after if key not in moved} == {
        key: before[key] for key in before if key not in moved
    }
    assert after["version"] > before["version"]
    assert office.db["tallies"].find_one("tenant_companies") == count
    assert office.db["recycled"].count_documents({"record_id": before["_id"]}) == 0
    history = city.get(answer.location).text.split('id="history"')[1]
    assert history.count("<li>") == 3


def test_a_record_whose_code_is_taken_by_now_stays_in_the_bin(office, city):
    gone = office.guan.recycled
    taken = {"name": "后来者", "uscc": code(130), "base": office.guan.base}
    records.create("tenant_companies", taken, actor=office.actor("city"), now=NOW)
    before = office.digest()
    answer = city.send(f"/admin/recycle-bin/restore?recycled={gone}")
    assert code(130) in flashes(city.get(answer.location).text)[0]
    assert office.digest() == before


def test_a_record_whose_base_is_gone_stays_in_the_bin(office, city):
    base = office.guan.spare
    values = {"name": "住户", "uscc": code(6001), "base": base}
    one = records.create("tenant_companies", values, actor=office.actor("city"), now=NOW)
    city.send("/admin/tenant-companies/delete/", {"id": str(one), "version": "1"})
    assert city.send("/admin/bases/delete/", {"id": str(base), "version": "1"}).status_code == 303
    answer = city.send(f"/admin/recycle-bin/restore?recycled={bin_of(office, one)}")
    assert flashes(city.get(answer.location).text)
    assert office.db["tenant_companies"].find_one(one) is None
    city.send(f"/admin/recycle-bin/restore?recycled={bin_of(office, base)}")
    city.send(f"/admin/recycle-bin/restore?recycled={bin_of(office, one)}")
    assert office.one("tenant_companies", one)["base_name"] == "清泉孵化器"


def test_restoring_twice_is_not_found(office, city):
    path = f"/admin/recycle-bin/restore?recycled={office.guan.recycled}"
    assert city.send(path).status_code == 303
    assert city.send(path).status_code == 404


def test_the_bin_is_searched_and_narrowed(office, city):
    city.send("/admin/ledger-entries/delete/", {"id": str(office.guan.draft), "version": "1"})
    assert len(names(city.get("/admin/recycle-bin/").text)) == 3
    assert len(names(city.get("/admin/recycle-bin/?collection=ledger_entries").text)) == 1
    assert names(city.get("/admin/recycle-bin/?search=清泉已删除").text) == ["清泉已删除商贸有限公司"]
    assert names(city.get("/admin/recycle-bin/?search=没有").text) == []
    assert names(city.get("/admin/recycle-bin/?search=.*").text) == []


def test_a_county_sees_its_own_bin_and_brings_its_own_back(office, sign_in):
    guan = sign_in("guan")
    assert names(guan.get("/admin/recycle-bin/").text) == ["清泉已删除商贸有限公司"]
    assert MARK not in guan.get("/admin/recycle-bin/?search=已删除").text
    assert guan.send(f"/admin/recycle-bin/restore?recycled={office.guan.recycled}").status_code == 303
    assert office.db["tenant_companies"].count_documents({"county": GUAN}) == 5


def test_a_reader_sees_the_bin_and_may_not_restore(office, sign_in):
    page = sign_in("reader").get("/admin/recycle-bin/").text
    assert len(names(page)) == 2
    assert "restore" not in page


def test_a_partner_of_two_counties_is_the_citys_to_delete(office, sign_in, city):
    guan = sign_in("guan")
    before = office.digest()
    assert (
        guan.send("/admin/service-partners/delete/", {"id": str(office.shared), "version": "1"}).status_code
        == 409
    )
    assert office.digest() == before
    assert (
        city.send("/admin/service-partners/delete/", {"id": str(office.shared), "version": "1"}).status_code
        == 303
    )
    page = guan.get("/admin/recycle-bin/").text
    assert "鲁西会计师事务所" in page
    assert "莘县" not in page


def test_the_bin_has_pages(office, city):
    found = office.db["recycled"].find_one(office.shen.recycled)
    copies = [
        {**found, "_id": None, "record_id": None, "label": f"旧{n:03d}", "counties": [SHEN]}
        for n in range(60)
    ]
    for copy in copies:
        copy["_id"], copy["record_id"] = type(found["_id"])(), type(found["_id"])()
    office.db["recycled"].insert_many(copies)
    seen = names(city.get("/admin/recycle-bin/").text) + names(city.get("/admin/recycle-bin/?page=2").text)
    assert len(seen) == len(set(seen)) == 62
    assert names(city.get("/admin/recycle-bin/?page=9").text) == names(
        city.get("/admin/recycle-bin/?page=2").text
    )
