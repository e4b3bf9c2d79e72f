"""Own fields that name several records: as a single reference, each record of the list in scope, its order kept."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from bson import ObjectId

from rules.access import Role
from rules.errors import Refused
from schema.definitions.own_collections import OwnCollection
from schema.definitions.own_fields import OwnField, OwnKind
from schema.field import MOST_REFERRED
from schema.registry import REGISTRY
from services.batches.undo import Choice, ask_to_undo
from services.definitions import kind_changes, own_collections, own_fields
from services.desk.trail import verify
from services.imports.import_rows import import_workbook
from services.jobs.at_once import work_at_once
from services.records import merge, records
from services.timeline.taking_back import take_back_save
from tests.page_reader import form, ids, text_of
from tests.sample_office import GUAN, MARK, SHEN, Office, cells

NOW = datetime(2026, 3, 3, tzinfo=UTC)
KEY = "own_canyuqiye"
NAMES = f"{KEY}_name"
POLICIES = "/admin/c/policies/"


@pytest.fixture
def policies(office) -> Office:
    """Give an office whose policies are by county, each with the companies that take part."""
    boss = office.actor("boss")
    own_collections.add_own_collection(OwnCollection("policies", "惠企政策"), actor=boss, now=NOW)
    own = OwnField(
        "c_policies", "", OwnKind.REFERENCES, "参与企业", refers_to="tenant_companies", filtered=True, listed=True,
        searched=True,
    )  # fmt: skip
    assert own_fields.add_own_field(own, actor=boss, now=NOW).key == KEY
    return office


def policy(
    office: Office, name: str, companies: list[ObjectId], county: str = SHEN, *, by: str = "city"
) -> Any:
    given = {"name": name, "county": county, KEY: companies}
    return records.create("c_policies", given, actor=office.actor(by), now=NOW)


def stored(office: Office, key: ObjectId) -> dict[str, Any]:
    return dict(office.db["c_policies"].find_one({"_id": key}))


def name_of(office: Office, company: ObjectId) -> str:
    return str(office.one("tenant_companies", company)["name"])


def two(office: Office) -> list[ObjectId]:
    return [office.shen.left_company, office.shen.company]


def test_a_clerk_makes_names_finds_and_corrects_such_a_record_in_the_browser(office, sign_in):
    boss, shen = sign_in("boss"), sign_in("shen")
    sent = {"label": "协办企业", "kind": "references", "refers_to": "tenant_companies", "section": "own",
            "exported": "y", "listed": "y"}  # fmt: skip
    assert boss.send("/admin/settings/fields/ledger-entries/new/", sent).status_code == 303
    key, edit = "own_xiebanqiye", f"/admin/ledger-entries/edit/?id={office.shen.entry}"
    page = shen.get(edit).text
    assert "data-most" in page and "/admin/tenant-companies/lookup/" in page
    wrong = form(page)
    wrong[key] = ["nothing", str(office.shen.company)]
    assert shen.send(edit, wrong).status_code == 422
    right = form(page)
    right[key] = [str(one) for one in two(office)]
    answer = shen.send(edit, right)
    assert answer.status_code == 303, text_of(answer.text)
    raw = office.one("ledger_entries", office.shen.entry)
    assert (raw[key], raw[f"{key}_name"]) == (two(office), [name_of(office, one) for one in two(office)])
    shown = shen.get(f"/admin/ledger-entries/details/?id={office.shen.entry}").text
    first, second = raw[f"{key}_name"]
    assert shown.index(f">{first}</a>、") < shown.index(f">{second}</a>")
    for company in two(office):
        assert str(office.shen.entry) in ids(shen.get(f"/admin/ledger-entries/?{key}={company}").text)
        assert "协办企业" in shen.get(f"/admin/tenant-companies/details/?id={company}").text
    # The form has both in their order, and taken away the list is empty.
    again = form(shen.get(edit).text)
    assert again[key] == right[key]
    again[key] = []
    assert shen.send(edit, again).status_code == 303
    assert key not in office.one("ledger_entries", office.shen.entry)
    assert verify() is None


def test_every_record_of_a_list_is_asked_for_its_scope_and_its_county(policies):
    office = policies
    for by, companies in (("guan", [office.guan.company, office.shen.company]), ("guan", [ObjectId()])):
        with pytest.raises(Refused) as refused:
            policy(office, "甲", companies, GUAN, by=by)
        assert [(one.field, one.params) for one in refused.value.refusals] == [(KEY, {})]
    # To a clerk another county's record is as good as absent; the city reads that it is another county's.
    said = []
    for company in (office.shen.company, ObjectId()):
        with pytest.raises(Refused) as refused:
            policy(office, "甲", [office.guan.company, company], GUAN, by="guan")
        said.append([reason.message for reason in refused.value.refusals])
    assert said[0] == said[1]
    with pytest.raises(Refused):
        policy(office, "乙", [office.guan.company, office.shen.company], GUAN)
    with pytest.raises(Refused) as refused:
        policy(office, "丙", [ObjectId() for _ in range(MOST_REFERRED + 1)])
    assert refused.value.refusals[0].params == {"most": MOST_REFERRED, "count": MOST_REFERRED + 1}
    made = policy(office, "丁", [*two(office), two(office)[0]])
    assert stored(office, made)[KEY] == two(office)  # each once
    assert office.db["c_policies"].count_documents({}) == 1


def test_another_countys_clerk_learns_nothing_of_a_list(policies, sign_in):
    office, guan = policies, sign_in("guan")
    made = policy(office, f"{MARK}政策", two(office))
    name, company = name_of(office, office.shen.company), office.shen.company
    for query in ("", f"?{KEY}={company}", f"?search={name}", f"?{KEY}_filled=yes", f"?columns={KEY}"):
        page = guan.get(POLICIES + query).text
        assert ids(page) == []
        assert MARK not in page.replace(query.partition("=")[2] or "\0", "")
    assert all(MARK not in str(row) for row in cells(guan.get(f"{POLICIES}export/xlsx/")))
    assert guan.get(f"{POLICIES}details/?id={made}").status_code == 404
    begun = guan.get(f"{POLICIES}new/?{KEY}={company}").text
    assert MARK not in begun
    assert (
        name_of(office, office.guan.company) in guan.get(f"{POLICIES}new/?{KEY}={office.guan.company}").text
    )


def test_names_follow_in_their_places_and_are_left_out_when_a_record_moves_away(policies, sign_in):
    office, city = policies, policies.actor("city")
    made = policy(office, "己", two(office))
    other, company = name_of(office, two(office)[0]), office.one("tenant_companies", office.shen.company)

    def change(values: dict[str, Any]) -> None:
        version = office.one("tenant_companies", company["_id"])["version"]
        records.update("tenant_companies", company["_id"], values, version=version, actor=city, now=NOW)

    change({"name": "改名公司"})
    assert stored(office, made)[NAMES] == [other, "改名公司"]
    assert "改名公司" in stored(office, made)["search_text"]
    change({"name": other})  # two of one name are still told apart
    assert stored(office, made)[NAMES] == [other, other]
    change({"name": "又改公司"})
    assert stored(office, made)[NAMES] == [other, "又改公司"]
    change({"base": office.guan.base, "name": "迁往冠县公司"})
    raw = stored(office, made)
    assert (raw[KEY], raw[NAMES]) == (two(office), [other, ""])
    assert not any("迁往" in token for token in raw["search_tokens"])
    shown = sign_in("shen").get(f"{POLICIES}details/?id={made}").text
    assert other in shown and "迁往" not in shown and "1 项属于其他县" in text_of(shown)
    listed = sign_in("shen").get(POLICIES).text
    assert other in listed and "迁往" not in listed
    records.update("c_policies", made, {"name": "庚"}, version=raw["version"], actor=city, now=NOW)
    assert stored(office, made)[NAMES] == [other, ""]
    # A record that moves to the other's county names that one alone.
    change({"base": office.shen.base})
    assert stored(office, made)[NAMES] == [other, "迁往冠县公司"]
    assert verify() is None


def test_a_save_is_taken_back_and_a_deleted_record_comes_back_with_its_list(policies):
    office, shen = policies, policies.actor("shen")
    made = policy(office, "辛", two(office), by="shen")
    records.update("c_policies", made, {KEY: [office.shen.company]}, version=1, actor=shen, now=NOW)
    entry = office.db["audit_entries"].find_one({"collection": "c_policies"}, sort=[("_id", -1)])
    change = next(one for one in entry["changes"] if one["field"] == NAMES)
    assert (change["old_id"], change["new_id"]) == (two(office), [office.shen.company])
    take_back_save("c_policies", made, version=2, actor=shen, now=NOW)
    before = stored(office, made)
    assert before[KEY] == two(office)
    records.delete("c_policies", made, version=3, actor=shen, now=NOW)
    recycled = office.db["recycled"].find_one({"record_id": made})["_id"]
    with pytest.raises(Refused):  # a field that holds it keeps what it names
        policy(office, "壬", [office.shen.left_company])
        version = office.one("tenant_companies", office.shen.left_company)["version"]
        records.delete("tenant_companies", office.shen.left_company, version=version, actor=shen, now=NOW)
    records.restore(recycled, actor=shen, now=NOW)
    after = stored(office, made)
    assert (after[KEY], after[NAMES]) == (before[KEY], before[NAMES])
    assert verify() is None


def test_a_merge_puts_the_record_that_stays_in_its_place_and_its_undoing_puts_both_back(policies):
    office, city = policies, policies.actor("city")
    first, second = office.shen.company, office.shen.left_company
    both, alone = policy(office, "甲", [second, first]), policy(office, "乙", [second])
    versions = {one: office.one("tenant_companies", one)["version"] for one in (first, second)}
    merge.merge(first, second, (), versions=versions, actor=city, now=NOW)
    name = name_of(office, first)
    assert [(stored(office, one)[KEY], stored(office, one)[NAMES]) for one in (both, alone)] == [
        ([first], [name]), ([first], [name])
    ]  # fmt: skip
    recycled = office.db["recycled"].find_one({"record_id": second})["_id"]
    merge.undo_merge(recycled, actor=city, now=NOW)
    assert [stored(office, one)[KEY] for one in (both, alone)] == [[second, first], [second]]
    assert stored(office, both)[NAMES] == [name_of(office, second), name]
    assert verify() is None


def test_a_workbook_names_each_by_name_or_code_and_each_unknown_one_is_told(policies, tmp_path, sign_in):
    office, shen = policies, policies.actor("shen")
    first, second = (office.one("tenant_companies", one) for one in two(office))
    records.update("tenant_companies", second["_id"], {"name": "甲、乙；丙公司"}, version=second["version"],
                   actor=shen, now=NOW)  # fmt: skip
    texts = (
        f"{first['uscc']}；甲、乙；丙公司", f"{second['uscc']};{first['name']}\n{first['name']}",
        f"没有这家、{first['name']}；也没有；{name_of(office, office.guan.company)}",
    )  # fmt: skip
    book = openpyxl.Workbook()
    book.active.append(["名称", "所属县（市、区）", "参与企业"])
    for number, text in enumerate(texts):
        book.active.append([f"政策{number}", "莘县", text])
    book.save(tmp_path / "政策.xlsx")
    report = import_workbook(tmp_path / "政策.xlsx", REGISTRY["c_policies"], actor=shen, now=NOW)
    told = [[str(reason.params.get("value")) for reason in row.reasons] for row in report.rows[:3]]
    assert told == [[], [], ["没有这家", "也没有", name_of(office, office.guan.company)]]
    raws = {raw["name"]: raw for raw in office.db["c_policies"].find()}
    assert raws["政策0"][KEY] == two(office)
    assert raws["政策1"][KEY] == [second["_id"], first["_id"]]
    # What is exported comes back without a change, a name with such signs in it too.
    sent = sign_in("shen").get(f"{POLICIES}export/xlsx/")
    (tmp_path / "导出.xlsx").write_bytes(sent.data)
    back = import_workbook(tmp_path / "导出.xlsx", REGISTRY["c_policies"], actor=shen, now=NOW)
    assert back.counts["unchanged"] == 2 and not back.counts["updated"]
    help_sheet = openpyxl.load_workbook(
        _file(sign_in("shen").get("/admin/import/template/c-policies.xlsx"), tmp_path)
    )
    assert any("多个用顿号" in str(cell.value) for row in help_sheet.worksheets[1] for cell in row)


def _file(answer: Any, folder: Any) -> Any:
    (folder / "模板.xlsx").write_bytes(answer.data)
    return folder / "模板.xlsx"


def test_programs_read_write_and_are_refused_as_the_form_is(policies, sign_in):
    office, shen = policies, sign_in("shen")
    api, given = "/api/v1/c-policies", [str(one) for one in two(office)]
    made = shen.ask(api, "POST", json={"name": "甲", "county": SHEN, KEY: given})
    assert (made.status_code, made.json[KEY]) == (201, given)
    assert made.json[NAMES] == [name_of(office, one) for one in two(office)]
    path, version = made.headers["Location"], {"If-Match": made.headers["ETag"]}
    for wrong in (
        given[0], [1], ["没有"], [str(office.guan.company)], [*given, str(ObjectId())], [str(ObjectId())] * 1001,
        [str(ObjectId()) for _ in range(MOST_REFERRED + 1)],
    ):  # fmt: skip
        answer = shen.ask(path, "PATCH", json={KEY: wrong}, headers=version)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, KEY), wrong
    assert [item["id"] for item in shen.ask(f"{api}?{KEY}={given[0]}").json["items"]] == [made.json["id"]]
    shape = shen.ask("/api/v1/openapi.json").json["components"]["schemas"]["c_policies"]["properties"]
    assert (shape[KEY]["maxItems"], shape[NAMES]["readOnly"]) == (MOST_REFERRED, True)
    changed = shen.ask(path, "PATCH", json={KEY: given[::-1]}, headers=version)
    assert changed.json[KEY] == given[::-1]
    history = shen.ask(f"{path}/history").json["items"]
    told = [one for item in history for one in item["changes"] if one["field"] == NAMES and one["old"]]
    assert told == [{"field": NAMES, "old": made.json[NAMES], "new": made.json[NAMES][::-1]}]
    emptied = shen.ask(path, "PATCH", json={KEY: None}, headers={"If-Match": changed.headers["ETag"]})
    assert emptied.json[KEY] is None
    assert sign_in("guan").ask(path).status_code == 404


def test_two_clerks_who_change_one_list_are_shown_both(policies, sign_in):
    office = policies
    edit = f"{POLICIES}edit/?id={policy(office, '甲', two(office))}"
    shen, city = sign_in("shen"), sign_in("city")
    read = form(shen.get(edit).text)
    only = str(office.shen.company)
    assert city.send(edit, read | {KEY: [only]}).status_code == 303
    # What is the same as it was read is no change of the second's.
    assert shen.send(edit, read | {"name": ["乙"]}).status_code == 409
    answer = shen.send(edit, read | {KEY: [str(one) for one in two(office)[::-1]]})
    assert answer.status_code == 409
    first, second = (name_of(office, one) for one in two(office))
    assert [words in text_of(answer.text) for words in (f"{first}、{second}", f"{second}、{first}")] == [
        True
    ] * 2
    again = form(answer.text, edit)
    assert shen.send(edit, again | {f"choose-{KEY}": ["mine"]}).status_code == 303
    assert office.db["c_policies"].find_one()[KEY] == two(office)[::-1]


def test_a_role_that_may_not_see_the_field_finds_it_nowhere(policies, sign_in):
    office, boss = policies, policies.actor("boss")
    made = policy(office, "甲", two(office))
    records.update(
        "c_policies", made, {KEY: two(office)[::-1]}, version=1, actor=office.actor("city"), now=NOW
    )
    own = own_fields.read_own_field("c_policies", KEY, actor=boss)
    kept = replace(own.field, unseen_by=(Role.COUNTY,), searched=False)
    own_fields.change_own_field(kept, version=own.version, actor=boss, now=NOW)
    shen, name = sign_in("shen"), name_of(office, office.shen.left_company)
    for address in (
        f"{POLICIES}?{KEY}={office.shen.company}", f"{POLICIES}details/?id={made}", f"{POLICIES}edit/?id={made}",
        f"{POLICIES}?columns={KEY}", f"/admin/tenant-companies/details/?id={office.shen.company}",
    ):  # fmt: skip
        page = shen.get(address).text
        assert "参与企业" not in page.replace("当前参与企业", ""), address
        assert name not in page, address
    assert all(name not in str(row) for row in cells(shen.get(f"{POLICIES}export/xlsx/")))
    answered = shen.ask(f"/api/v1/c-policies/{made}")
    assert KEY not in answered.json and NAMES not in answered.json
    assert name not in shen.ask(f"/api/v1/c-policies/{made}/history").get_data(as_text=True)


def test_formulas_read_the_names_and_the_records_of_a_county_are_counted_by_a_list(office):
    boss = office.actor("boss")
    own = OwnField(
        "ledger_entries", "", OwnKind.REFERENCES, "协办企业", refers_to="tenant_companies", filtered=True
    )
    key = own_fields.add_own_field(own, actor=boss, now=NOW).key
    for collection, label, formula in (
        ("ledger_entries", "协办数", "长度(协办企业)"),
        ("tenant_companies", "协办次数", "计数(`服务台账（协办企业）`)"),
    ):
        field = OwnField(collection, "", OwnKind.COMPUTED, label, formula=formula)
        assert own_fields.add_own_field(field, actor=boss, now=NOW).gives == "integer"
    counted, length = "own_computed_xiebancishu", "own_computed_xiebanshu"

    def said(values: list[ObjectId]) -> list[Any]:
        version = office.one("ledger_entries", office.shen.entry)["version"]
        records.update(
            "ledger_entries", office.shen.entry, {key: values}, version=version, actor=office.actor("shen"), now=NOW
        )  # fmt: skip
        of_companies = [office.one("tenant_companies", one).get(counted) for one in two(office)]
        return [office.one("ledger_entries", office.shen.entry).get(length), *of_companies]

    assert said(two(office)) == [2, 1, 1]
    assert said(two(office)[:1]) == [1, 1, 0]
    assert said([])[1:] == [0, 0]


def test_a_list_becomes_a_text_of_its_names_and_comes_back_as_it_was(policies):
    office, boss = policies, policies.actor("boss")
    made = policy(office, "甲", two(office))
    own = own_fields.read_own_field("c_policies", KEY, actor=boss)
    typed = replace(own.field, kind=OwnKind.LONG_TEXT)
    batch = kind_changes.ask_to_change_kind(
        "c_policies", KEY, typed, version=own.version, stops=True, actor=boss, now=NOW
    )
    work_at_once(office.db["record_batches"].find_one({"_id": batch})["job"])
    text = next(one for one in REGISTRY["c_policies"].fields if one.label == "参与企业").key
    assert stored(office, made)[text] == "、".join(name_of(office, one) for one in two(office))
    work_at_once(ask_to_undo(batch, Choice(), actor=boss, now=NOW).job)
    assert (stored(office, made)[KEY], stored(office, made)[NAMES][0]) == (
        two(office),
        name_of(office, two(office)[0]),
    )
    assert verify() is None
