"""数据体检 as a clerk meets it: checked by a job, narrowed, settled; two companies merged and the merge undone."""

import re
from datetime import date

import pytest

from documents.records.attachment import Attachment
from services.jobs.kinds import KINDS
from services.jobs.worker import Worker
from services.records import records
from tests.page_reader import flashes, rows, text_of
from tests.sample_office import GUAN, MADE_AT, cells, code

HOME = "/admin/doubts/"
NEW_CODE = code(9_876_543)
COLLECTIONS = ("tenant_companies", "ledger_entries", "attachments", "recycled", "bases")


@pytest.fixture
def office(office):
    """Enter the first company of 冠县 a second time: another legal form and code, and two services of its own."""
    guan, own = office.guan, office.actor("guan")
    first = office.one("tenant_companies", guan.company)
    for company, person in ((guan.second_company, "清泉王"), (guan.left_company, "清泉赵")):
        office.db["tenant_companies"].update_one({"_id": company}, {"$set": {"legal_representative": person}})
    guan.double = records.create(
        "tenant_companies",
        {"name": "清泉长沙启程机械有限责任公司", "uscc": NEW_CODE, "base": guan.base, "people": 31,
         "industry": "manufacturing", "moved_in": date(2024, 1, 5), "assets": 7.5,
         "legal_representative": first["legal_representative"], "phone": first["phone"]},
        actor=own, now=MADE_AT,
    )  # fmt: skip
    guan.double_entry = records.create(
        "ledger_entries",
        {"base": guan.base, "function": "training", "request": "清泉贷款", "served_on": date(2026, 2, 9),
         "companies": [{"name": "清泉长沙启程机械有限责任公司"}, {"name": "清泉长沙启程机械有限公司"}]},
        actor=own, now=MADE_AT,
    )  # fmt: skip
    return office


def check(browser):
    browser.send(f"{HOME}check", {})
    assert Worker(KINDS).work_once()


def stored(office):
    """Return what is stored, without what each save of a record changes."""
    silent = {"version", "updated_at", "updated_by"}
    return {
        name: [
            {key: held for key, held in row.items() if key not in silent}
            for row in office.db[name].find().sort("_id")
        ]
        for name in COLLECTIONS
    }  # fmt: skip


def merge(browser, office, first, second, **more):
    url = f"{HOME}merge/?first={first}&second={second}"
    versions = [office.one("tenant_companies", each)["version"] for each in (first, second)]
    return browser.send(url, {"version": versions[0], "second_version": versions[1], **more})


def test_the_page_says_that_nothing_was_checked_yet_and_a_job_fills_it(sign_in, office):
    guan = sign_in("guan")
    assert "尚未进行体检" in text_of(guan.get(HOME).text)
    office.db["tenant_companies"].update_one({"_id": office.guan.left_company}, {"$unset": {"moved_out": 1}})
    check(guan)
    found = {row[1]: row for row in rows(guan.get(HOME).text)}
    assert set(found) == {"疑似同一企业", "已离开而无日期"}
    assert "清泉长沙启程机械有限责任公司" in found["疑似同一企业"][0]
    assert "清泉长沙启程机械有限公司" in found["疑似同一企业"][0]
    assert found["疑似同一企业"][2] == "名称相同、法定代表人相同、电话相同、基地相同"
    assert [row[1] for row in rows(guan.get(f"{HOME}?kind=left-without-day").text)] == ["已离开而无日期"]
    sheet = cells(guan.get(f"{HOME}export/xlsx/?kind=same-company"))
    assert len([row for row in sheet if "疑似同一企业" in row]) == 1


def test_a_county_sees_and_settles_its_own_alone(sign_in, office):
    shen, guan = sign_in("shen"), sign_in("guan")
    check(sign_in("city"))
    assert all("燕塔" in row[0] for row in rows(shen.get(HOME).text))
    assert len(rows(guan.get(HOME).text)) == 1
    doubt = office.db["doubts"].find_one({"counties": [GUAN]})["_id"]
    assert shen.send(f"{HOME}dismiss?doubt={doubt}", {}).status_code == 404
    check(shen)  # forgets nothing of others
    assert len(rows(guan.get(HOME).text)) == 1


def test_what_was_said_to_be_no_double_is_not_asked_again_and_can_be_taken_back(sign_in, office):
    guan = sign_in("guan")
    check(guan)
    doubt = office.db["doubts"].find_one({"kind": "same-company"})["_id"]
    guan.send(f"{HOME}dismiss?doubt={doubt}", {})
    check(guan)
    assert rows(guan.get(HOME).text) == []
    (row,) = rows(guan.get(f"{HOME}?settled=1").text)
    assert "冠县甲" in row[4]
    entry = office.db["audit_entries"].find_one({"action": "doubt-dismissed"})
    assert entry["actor_name"] == "冠县甲" and "启程机械" in entry["label"]
    guan.send(f"{HOME}dismiss?doubt={doubt}", {})
    assert "已由他人处理" in flashes(guan.get(HOME).text)[0]
    guan.send(f"{HOME}again?doubt={doubt}", {})
    assert len(rows(guan.get(HOME).text)) == 1


def test_what_is_put_right_is_no_longer_asked_and_the_next_check_forgets_it(sign_in, office):
    guan = sign_in("guan")
    check(guan)
    records.update(
        "tenant_companies", office.guan.double, {"name": "清泉瑞丰食品有限公司", "phone": None},
        version=1, actor=office.actor("guan"), now=MADE_AT,
    )  # fmt: skip
    (row,) = rows(guan.get(HOME).text)
    assert row[4] == "现已更正"
    check(guan)
    assert rows(guan.get(HOME).text) == []


def test_the_preview_shows_what_differs_and_changes_nothing(sign_in, office):
    guan, before = sign_in("guan"), stored(office)
    page = guan.get(f"{HOME}merge/?first={office.guan.company}&second={office.guan.double}").text
    asked = set(re.findall(r'name="choose-([a-z_]+)"', page))
    assert asked == {"name", "uscc", "people", "revenue", "assets"}
    assert "服务台账 1 条改为指向保留的企业" in text_of(page)
    assert stored(office) == before


def test_a_merge_takes_the_chosen_values_relinks_what_refers_and_is_undone_from_the_recycle_bin(
    sign_in, office
):
    guan, own = sign_in("guan"), office.guan
    office.db["attachments"].update_many({"record_id": own.company}, {"$set": {"record_id": own.double}})
    before = stored(office)
    answer = merge(
        guan, office, own.company, own.double, **{"choose-people": "second", "choose-uscc": "second"}
    )
    assert answer.status_code == 303, text_of(answer.text)
    stays = office.one("tenant_companies", own.company)
    assert (stays["people"], stays["uscc"], stays["name"]) == (31, NEW_CODE, "清泉长沙启程机械有限公司")
    assert office.db["tenant_companies"].find_one({"_id": own.double}) is None
    linked = [{"name": "清泉长沙启程机械有限公司", "company": own.company}]
    assert office.one("ledger_entries", own.double_entry)["companies"] == linked
    assert Attachment.objects.of_record("tenant_companies", own.company).total() == 1
    acts = office.db["audit_entries"].distinct(
        "action", {"record_id": {"$in": [own.company, own.double_entry]}}
    )
    assert {"merged", "relinked"} <= set(acts)
    # The entry is saved again: its company stays linked.
    entry = office.one("ledger_entries", own.double_entry)
    records.update("ledger_entries", entry["_id"], {"place": "会议室"}, version=entry["version"],
                   actor=office.actor("guan"), now=MADE_AT)  # fmt: skip
    assert office.one("ledger_entries", own.double_entry)["companies"] == linked
    entry = office.one("ledger_entries", own.double_entry)
    records.update("ledger_entries", entry["_id"], {"place": None}, version=entry["version"],
                   actor=office.actor("guan"), now=MADE_AT)  # fmt: skip

    recycled = office.db["recycled"].find_one({"record_id": own.double})["_id"]
    answer = guan.send(f"/admin/recycle-bin/restore?recycled={recycled}", {})
    assert answer.status_code == 303
    assert stored(office) == before


def test_two_of_one_name_whose_entries_named_neither_are_linked_by_a_merge(sign_in, office):
    guan, own = sign_in("guan"), office.guan
    records.update("tenant_companies", own.double, {"name": "清泉长沙启程机械有限公司"}, version=1,
                   actor=office.actor("guan"), now=MADE_AT)  # fmt: skip
    entry = records.create(
        "ledger_entries",
        {"base": own.base, "function": "training", "companies": [{"name": "清泉长沙启程机械有限公司"}]},
        actor=office.actor("guan"), now=MADE_AT,
    )  # fmt: skip
    assert "company" not in office.one("ledger_entries", entry)["companies"][0]
    assert merge(guan, office, own.company, own.double).status_code == 303
    assert office.one("ledger_entries", entry)["companies"][0]["company"] == own.company


def test_a_merge_that_would_take_companies_from_the_entries_of_another_base_is_refused(sign_in, office):
    guan, own = sign_in("guan"), office.guan
    records.update("tenant_companies", own.double, {"base": own.spare}, version=1, actor=office.actor("guan"),
                   now=MADE_AT)  # fmt: skip
    office.db["ledger_entries"].update_one(
        {"_id": own.double_entry}, {"$set": {"companies.0.company": own.double, "base": own.spare}}
    )
    before = stored(office)
    answer = merge(guan, office, own.company, own.double)
    assert answer.status_code == 422
    assert "将失去对应" in text_of(answer.text)
    assert stored(office) == before


def test_a_merge_of_what_somebody_saved_meanwhile_is_refused(sign_in, office):
    guan, own = sign_in("guan"), office.guan
    before = stored(office)
    url = f"{HOME}merge/?first={own.company}&second={own.double}"
    assert guan.send(url, {"version": 1, "second_version": 2}).status_code == 409
    assert stored(office) == before


@pytest.mark.parametrize("where", ["first={0}&second={0}", "first={0}&second={1}"])
def test_one_company_or_one_of_another_county_cannot_be_merged(sign_in, office, where):
    guan, city = sign_in("guan"), sign_in("city")
    url = f"{HOME}merge/?" + where.format(office.guan.company, office.shen.company)
    assert guan.send(url, {"version": 1, "second_version": 1}).status_code in (404, 409)
    answer = city.send(url, {"version": 1, "second_version": 1})
    assert answer.status_code in (409, 422)
    assert office.one("tenant_companies", office.guan.company)["county"] == GUAN
