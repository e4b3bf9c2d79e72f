"""Own fields that refer to a record of any collection: whoever sees the one sees the other, and nobody learns more."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from bson import ObjectId

from rules.access import Act, Role
from rules.errors import Refused
from schema.definitions.own_collections import OwnCollection, OwnScope
from schema.definitions.own_fields import OwnField, OwnKind
from schema.registry import REGISTRY
from services.definitions import own_collections, own_fields
from services.desk.trail import verify
from services.imports.import_rows import import_workbook
from services.records import records
from tests.page_reader import ids
from tests.sample_office import GUAN, MARK, SHEN, Office, cells

NOW = datetime(2026, 3, 3, tzinfo=UTC)
KEY = "own_duijiedanwei"
POLICIES = "/admin/c/policies/"


@pytest.fixture
def policies(office) -> Office:
    """Give an office whose policies are by county, each with a company."""
    boss = office.actor("boss")
    own_collections.add_own_collection(OwnCollection("policies", "惠企政策"), actor=boss, now=NOW)
    own = OwnField(
        "c_policies", "", OwnKind.REFERENCE, "对接单位", refers_to="tenant_companies", filtered=True, listed=True,
        searched=True,
    )  # fmt: skip
    assert own_fields.add_own_field(own, actor=boss, now=NOW).key == KEY
    return office


def policy(office: Office, name: str, company: ObjectId, county: str, *, by: str = "city") -> ObjectId:
    given = {"name": name, "county": county, KEY: company}
    return records.create("c_policies", given, actor=office.actor(by), now=NOW)


def stored(office: Office, key: ObjectId) -> dict[str, Any]:
    return dict(office.db["c_policies"].find_one({"_id": key}))


def name_of(office: Office, company: ObjectId) -> str:
    return str(office.one("tenant_companies", company)["name"])


def test_a_reference_is_made_in_the_browser_and_shown_by_its_name(office, sign_in):
    boss = sign_in("boss")
    assert (
        'value="tenant_companies"'
        in boss.get("/admin/settings/fields/ledger-entries/new/?kind=reference").text
    )
    sent = {
        "label": "经办企业",
        "kind": "reference",
        "refers_to": "tenant_companies",
        "section": "own",
        "exported": "y",
        "listed": "y",
    }
    answer = boss.send("/admin/settings/fields/ledger-entries/new/", sent)
    assert answer.status_code == 303, answer.text
    page = boss.get(f"/admin/ledger-entries/edit/?id={office.shen.entry}").text
    assert "/admin/tenant-companies/lookup/" in page
    version = office.one("ledger_entries", office.shen.entry)["version"]
    values = {"own_jingbanqiye": office.shen.company}
    records.update(
        "ledger_entries", office.shen.entry, values, version=version, actor=office.actor("shen"), now=NOW
    )
    name = name_of(office, office.shen.company)
    assert name in boss.get(f"/admin/ledger-entries/details/?id={office.shen.entry}").text
    assert str(office.shen.entry) in ids(
        boss.get(f"/admin/ledger-entries/?own_jingbanqiye={office.shen.company}").text
    )
    # The company's page lists what refers to it.
    assert "经办企业" in boss.get(f"/admin/tenant-companies/details/?id={office.shen.company}").text


def test_a_reference_stays_within_the_county_of_its_record(policies):
    office = policies
    with pytest.raises(Refused) as refused:
        policy(office, "甲", office.shen.company, GUAN)
    assert [reason.field for reason in refused.value.refusals] == [KEY]
    of_guan = policy(office, "乙", office.guan.company, GUAN, by="guan")
    assert stored(office, of_guan)[f"{KEY}_name"] == name_of(office, office.guan.company)
    # To a clerk another county's record is as good as absent.
    said = []
    for company in (office.shen.company, ObjectId()):
        with pytest.raises(Refused) as refused:
            policy(office, "丙", company, GUAN, by="guan")
        said.append([(reason.message, reason.params, reason.field) for reason in refused.value.refusals])
    assert said[0] == said[1]


def test_a_clerk_learns_nothing_by_filter_sort_look_up_export_or_import(policies, sign_in, tmp_path):
    office, guan = policies, sign_in("guan")
    policy(office, f"{MARK}政策", office.shen.company, SHEN)
    name = name_of(office, office.shen.company)
    for query in ("", f"?{KEY}={office.shen.company}", f"?search={name}", f"?sort={KEY}", f"?columns={KEY}"):
        page = guan.get(POLICIES + query).text
        assert ids(page) == []
        assert MARK not in page.replace(query.partition("=")[2] or "\0", "")
    assert guan.get(f"/admin/tenant-companies/lookup/?q={name}").json["results"] == []
    assert all(MARK not in str(row) for row in cells(guan.get(f"{POLICIES}export/xlsx/")))
    book = openpyxl.Workbook()
    for row in (["名称", "所属县（市、区）", "对接单位"], ["丁", "冠县", name], ["戊", "冠县", "没有这家"]):
        book.active.append(row)
    book.save(tmp_path / "政策.xlsx")
    report = import_workbook(
        tmp_path / "政策.xlsx", REGISTRY["c_policies"], actor=office.actor("guan"), now=NOW
    )
    theirs, absent = ([reason.message for reason in row.reasons] for row in report.rows[:2])
    assert (report.counts["created"], theirs) == (0, absent)


def test_a_name_follows_within_the_county_and_is_left_out_when_its_record_moves_away(policies):
    office, city = policies, policies.actor("city")
    made = policy(office, "己", office.shen.company, SHEN)
    company = office.one("tenant_companies", office.shen.company)
    records.update(
        "tenant_companies",
        company["_id"],
        {"name": "改名公司"},
        version=company["version"],
        actor=city,
        now=NOW,
    )
    assert stored(office, made)[f"{KEY}_name"] == "改名公司"
    moved = {"base": office.guan.base, "name": "迁往冠县公司"}
    records.update(
        "tenant_companies", company["_id"], moved, version=company["version"] + 1, actor=city, now=NOW
    )
    raw = stored(office, made)
    assert (raw[KEY], raw.get(f"{KEY}_name")) == (company["_id"], None)
    assert not any("迁往" in token for token in raw["search_tokens"])
    records.update("c_policies", made, {"name": "庚"}, version=raw["version"], actor=city, now=NOW)
    assert stored(office, made).get(f"{KEY}_name") is None
    # Where both are of one county again, the name is there again.
    records.update("c_policies", made, {"county": GUAN}, version=raw["version"] + 1, actor=city, now=NOW)
    assert stored(office, made)[f"{KEY}_name"] == "迁往冠县公司"
    assert verify() is None


def test_what_is_referred_to_is_not_deleted_and_the_sentence_counts_in_scope(policies):
    office = policies
    spare = office.shen.left_company
    policy(office, "辛", spare, SHEN)
    version = office.one("tenant_companies", spare)["version"]
    before = office.one("tenant_companies", spare)
    for by in ("shen", "city"):
        with pytest.raises(Refused) as refused:
            records.delete("tenant_companies", spare, version=version, actor=office.actor(by), now=NOW)
        assert [reason.params.get("count") for reason in refused.value.refusals] == [1]
    own = own_fields.read_own_field("c_policies", KEY, actor=office.actor("boss"))
    own_fields.show_own_field(
        "c_policies", KEY, hidden=True, version=own.version, actor=office.actor("boss"), now=NOW
    )
    with pytest.raises(Refused):  # a hidden field keeps what it holds
        records.delete("tenant_companies", spare, version=version, actor=office.actor("city"), now=NOW)
    assert office.one("tenant_companies", spare) == before
    assert verify() is None


def test_a_reference_shows_no_role_what_it_may_not_see(policies):
    office, boss = policies, policies.actor("boss")
    rights = {Role.CITY: frozenset(Act), Role.COUNTY: frozenset({Act.SEE}), Role.READER: frozenset()}
    own = OwnCollection("tutors", "创业导师", scope=OwnScope.COUNTY, rights=rights)
    own_collections.add_own_collection(own, actor=boss, now=NOW)
    field = OwnField("bases", "", OwnKind.REFERENCE, "指导老师", refers_to="c_tutors", filtered=True)
    with pytest.raises(Refused) as refused:
        own_fields.add_own_field(field, actor=boss, now=NOW)
    assert [reason.field for reason in refused.value.refusals] == ["refers_to"]
    kept = OwnField(**{**vars(field), "unseen_by": (Role.READER,)})
    own_fields.add_own_field(kept, actor=boss, now=NOW)
    # Nor does it when the collection is shut to one more role, or deleted.
    shut = OwnCollection("tutors", "创业导师", rights={**rights, Role.COUNTY: frozenset()})
    for act in (
        lambda: own_collections.change_own_collection(shut, version=1, actor=boss, now=NOW),
        lambda: own_collections.hide_own_collection("tutors", hidden=True, version=1, actor=boss, now=NOW),
        lambda: own_collections.delete_own_collection("tutors", typed="", version=1, actor=boss, now=NOW),
    ):
        with pytest.raises(Refused):
            act()
    assert office.db["own_collections"].find_one({"_id": "c_tutors"})["version"] == 1
    partners = OwnField("service_partners", "", OwnKind.REFERENCE, "所属园", refers_to="bases")
    with pytest.raises(Refused):
        own_fields.add_own_field(partners, actor=boss, now=NOW)


@pytest.mark.parametrize("kind", [OwnKind.REFERENCE, OwnKind.REFERENCES])
def test_a_collection_comes_back_when_what_it_refers_to_is_there_and_seen_by_the_same_roles(
    office, sign_in, kind
):
    boss = office.actor("boss")
    tutors = OwnCollection("tutors", "创业导师")
    for own in (tutors, OwnCollection("lessons", "创业课程")):
        own_collections.add_own_collection(own, actor=boss, now=NOW)
    for label, target in (("授课导师", "c_tutors"), ("前置课程", "c_lessons")):
        own_fields.add_own_field(
            OwnField("c_lessons", "", kind, label, refers_to=target, filtered=True), actor=boss, now=NOW
        )

    def version(word: str) -> int:
        return int(office.db["own_collections"].find_one({"_id": f"c_{word}"})["version"])

    def delete(word: str) -> None:
        own_collections.delete_own_collection(word, typed="", version=version(word), actor=boss, now=NOW)

    def bring_back(word: str) -> None:
        own_collections.bring_back_own_collection(word, version=version(word), actor=boss, now=NOW)

    def change(own: OwnCollection) -> None:
        own_collections.change_own_collection(own, version=version("tutors"), actor=boss, now=NOW)

    delete("lessons")
    delete("tutors")
    with pytest.raises(Refused) as refused:
        bring_back("lessons")
    assert refused.value.refusals[0].message == own_fields.COLLECTION_GONE
    bring_back("tutors")
    shut = {**tutors.rights, Role.COUNTY: frozenset[Act]()}
    for changed in (replace(tutors, rights=shut), replace(tutors, hidden=True)):
        change(changed)
        with pytest.raises(Refused) as refused:
            bring_back("lessons")
        assert refused.value.refusals[0].message == own_collections.UNSEEN_TARGET_OF
        assert "授课导师" in refused.value.refusals[0].params["field"]
    assert "c_lessons" not in REGISTRY
    change(tutors)
    bring_back("lessons")
    assert sign_in("city").get("/admin/c/lessons/new/").status_code == 200
