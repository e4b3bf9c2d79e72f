"""Staff and ledger entries as what own fields refer to: told apart by their base and their number."""

from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from bson import ObjectId

from rules.errors import Refused
from schema.definitions.own_collections import OwnCollection
from schema.definitions.own_fields import OwnField, OwnKind
from schema.field import MOST_REFERRED
from schema.registry import REGISTRY
from services.definitions import own_collections, own_fields
from services.desk.trail import history, verify
from services.hooks.events import told_fields
from services.imports.import_rows import import_workbook
from services.imports.names import RecordNames
from services.records import records
from services.timeline.taking_back import take_back_save
from tests.commands_asked import commands_asked
from tests.page_reader import ids
from tests.sample_office import GUAN, SHEN, Office

NOW = datetime(2026, 3, 3, tzinfo=UTC)
PERSON, ENTRIES = "own_zoufangren", "own_xiangguanfuwu"
POLICIES = "/admin/c/policies/"


@pytest.fixture
def policies(office) -> Office:
    """Give an office whose policies name who looks after them and the services that belong to them."""
    boss = office.actor("boss")
    own_collections.add_own_collection(OwnCollection("policies", "惠企政策"), actor=boss, now=NOW)
    for own in (
        OwnField("c_policies", "", OwnKind.REFERENCE, "走访人", refers_to="staff_members", filtered=True, listed=True,
                 searched=True),
        OwnField("c_policies", "", OwnKind.REFERENCES, "相关服务", refers_to="ledger_entries", filtered=True,
                 listed=True),
    ):  # fmt: skip
        own_fields.add_own_field(own, actor=boss, now=NOW)
    return office


def person(office: Office, name: str = "王伟", by: str = "city", **values: Any) -> ObjectId:
    given = {"name": name, "base": office.shen.base, "employment": "full", "status": "on_staff", **values}
    sample = office.db["staff_members"].find_one({}) or {}
    given |= {key: sample[key] for key in ("employment", "duty") if key in sample}
    return records.create("staff_members", given, actor=office.actor(by), now=NOW)


def policy(office: Office, name: str, by: str = "city", **values: Any) -> ObjectId:
    given = {"name": name, "county": SHEN, **values}
    return records.create("c_policies", given, actor=office.actor(by), now=NOW)


def stored(office: Office, key: ObjectId) -> dict[str, Any]:
    return dict(office.db["c_policies"].find_one({"_id": key}))


def test_people_and_entries_are_named_so_that_they_are_told_apart_and_names_follow(policies, sign_in):
    office, city = policies, policies.actor("city")
    who, entry = person(office), office.one("ledger_entries", office.shen.entry)
    made = policy(office, "甲", **{PERSON: who, ENTRIES: [entry["_id"]]})
    base = office.one("bases", office.shen.base)["name"]
    day = entry["served_on"].date()
    assert stored(office, made)[f"{PERSON}_name"] == f"王伟（{base}）"
    assert stored(office, made)[f"{ENTRIES}_name"] == [f"{entry['number']} {base} {day}"]
    records.update("staff_members", who, {"name": "王维"}, version=1, actor=city, now=NOW)
    moved = {"served_on": date(2026, 2, 1)}
    records.update("ledger_entries", entry["_id"], moved, version=entry["version"], actor=city, now=NOW)
    version = office.one("bases", office.shen.base)["version"]
    records.update("bases", office.shen.base, {"name": "燕塔新园"}, version=version, actor=city, now=NOW)
    assert stored(office, made)[f"{PERSON}_name"] == "王维（燕塔新园）"
    assert stored(office, made)[f"{ENTRIES}_name"] == [f"{entry['number']} 燕塔新园 2026-02-01"]
    shen = sign_in("shen")
    found = shen.get("/admin/ledger-entries/lookup/?q=燕塔新园").json["results"]
    assert found[0]["text"].startswith("TZ2026-") and "燕塔新园" in found[0]["text"]
    assert {one["text"] for one in shen.get("/admin/staff-members/lookup/?q=王维").json["results"]} == {
        "王维（燕塔新园）"
    }
    for query in ("?search=王维", f"?{PERSON}={who}", f"?{ENTRIES}={entry['_id']}"):
        assert ids(shen.get(POLICIES + query).text) == [str(made)], query
    assert "惠企政策 · 相关服务" in shen.get(f"/admin/ledger-entries/details/?id={entry['_id']}").text
    assert "惠企政策 · 走访人" in shen.get(f"/admin/staff-members/details/?id={who}").text
    assert verify() is None


def test_they_keep_to_the_county_are_not_deleted_while_named_and_are_told_to_no_program(policies):
    office, guan = policies, policies.actor("guan")
    who, entry = person(office), office.one("ledger_entries", office.shen.entry)
    policy(office, "甲", **{PERSON: who, ENTRIES: [entry["_id"]]})
    for values in ({PERSON: who}, {ENTRIES: [entry["_id"]]}):
        with pytest.raises(Refused):
            policy(office, "乙", by="guan", county=GUAN, **values)
    for collection, record, version in (
        ("staff_members", who, 1),
        ("ledger_entries", entry["_id"], entry["version"]),
    ):
        with pytest.raises(Refused) as refused:
            records.delete(collection, record, version=version, actor=office.actor("shen"), now=NOW)
        assert refused.value.refusals[0].params["count"] == 1
    assert f"{PERSON}_name" not in told_fields(REGISTRY["c_policies"])
    formula = OwnField("c_policies", "", OwnKind.COMPUTED, "姓名", formula='走访人 + ""')
    with pytest.raises(Refused):
        own_fields.add_own_field(formula, actor=office.actor("boss"), now=NOW)
    assert guan.county == GUAN


def test_workbooks_name_people_by_name_and_base_and_entries_by_their_number(policies, tmp_path, sign_in):
    office, shen = policies, policies.actor("shen")
    entry, base = (
        office.one("ledger_entries", office.shen.entry),
        office.one("bases", office.shen.base)["name"],
    )
    theirs = office.one("ledger_entries", office.guan.entry)["number"]
    who = person(office)
    rows = (
        ("王伟", entry["number"]), (f"王伟({base})", f"{entry['number'].lower()} 某园、 {entry['number']}"),
        ("没有这人", f"{theirs}；没有；{entry['number']}"),
    )  # fmt: skip
    book = openpyxl.Workbook()
    book.active.append(["名称", "所属县（市、区）", "走访人", "相关服务"])
    for number, row in enumerate(rows):
        book.active.append([f"政策{number}", "莘县", *row])
    book.save(tmp_path / "政策.xlsx")
    report = import_workbook(tmp_path / "政策.xlsx", REGISTRY["c_policies"], actor=shen, now=NOW)
    told = [[reason.params.get("value") for reason in row.reasons] for row in report.rows[:3]]
    assert told == [[], [], ["没有这人", theirs, "没有"]]
    for raw in office.db["c_policies"].find():
        assert (raw[PERSON], raw[ENTRIES]) == (who, [entry["_id"]])
    sent = sign_in("shen").get(f"{POLICIES}export/xlsx/")
    (tmp_path / "导出.xlsx").write_bytes(sent.data)
    back = import_workbook(tmp_path / "导出.xlsx", REGISTRY["c_policies"], actor=shen, now=NOW)
    assert back.counts["unchanged"] == 2 and not back.counts["updated"]


def test_the_numbers_of_a_cell_are_asked_for_at_once_and_too_many_not_at_all(policies):
    office, shen = policies, policies.actor("shen")
    known = office.one("ledger_entries", office.shen.entry)["number"]
    names = RecordNames(REGISTRY["ledger_entries"], shen)
    some = "、".join([known, *(f"TZ2020-{number:05}" for number in range(40))])
    many = "、".join(f"TZ2021-{number:05}" for number in range(MOST_REFERRED + 1))
    told = []

    def read(text: str) -> None:
        with pytest.raises(Refused) as refused:
            names.find_all(text, ENTRIES)
        told.append(refused.value.refusals[0])

    assert commands_asked(office.db, lambda: read(some)) == 1
    assert commands_asked(office.db, lambda: read(many)) == 0
    assert told[0].params == {"value": "TZ2020-00000"}
    assert told[1].params == {"most": MOST_REFERRED, "count": MOST_REFERRED + 1}
    assert names.find_all(f"{known}；{known.lower()} 某园", ENTRIES) == [office.shen.entry]


def test_a_record_that_moves_tells_the_new_county_no_names_of_the_old_one_and_comes_back_whole(
    policies, sign_in
):
    office, city, guan = policies, policies.actor("city"), policies.actor("guan")
    who, entry = person(office, "张三"), office.shen.entry
    made = policy(office, "甲", **{PERSON: who, ENTRIES: [entry]})
    before = stored(office, made)
    number = before[f"{ENTRIES}_name"][0]

    def names_told() -> str:
        told = [one["changes"] for one in history("c_policies", made, guan)]
        assert told, "the move itself is told"
        return str(told)

    records.update("c_policies", made, {"county": GUAN}, version=1, actor=city, now=NOW)
    assert (stored(office, made).get(f"{PERSON}_name"), stored(office, made)[f"{ENTRIES}_name"]) == (
        None,
        [""],
    )
    assert "张三" not in names_told() and number not in names_told()
    take_back_save("c_policies", made, version=2, actor=city, now=NOW)
    keys = ("county", PERSON, f"{PERSON}_name", ENTRIES, f"{ENTRIES}_name")
    assert [stored(office, made)[key] for key in keys] == [before[key] for key in keys]
    # What the record named no longer is told by no name either, and is named again when the save is taken back.
    theirs = person(office, "王五", base=office.guan.base)
    moved = {"county": GUAN, PERSON: theirs, ENTRIES: []}
    records.update("c_policies", made, moved, version=3, actor=city, now=NOW)
    assert "张三" not in names_told() and number not in names_told()
    assert all(
        "王五" not in str(one["changes"]) for one in history("c_policies", made, policies.actor("shen"))
    )
    page = sign_in("guan").get(f"{POLICIES}details/?id={made}").text
    assert "走访人" in page.split('id="history"')[1] and "张三" not in page
    take_back_save("c_policies", made, version=4, actor=city, now=NOW)
    assert "张三" not in names_told() and number not in names_told()
    assert [stored(office, made)[key] for key in keys] == [before[key] for key in keys]
    assert verify() is None
