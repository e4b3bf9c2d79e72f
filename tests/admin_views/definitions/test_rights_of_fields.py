"""A field that a role may not see is nowhere for it, and one that it may not change stays, whatever is sent."""

from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace

import pytest
import time_machine

from forms.sentences import sentence
from rules.access import Role
from rules.errors import NotAllowed, Refused
from schema.definitions.own_fields import OwnField, OwnKind
from schema.definitions.own_parts import OwnPart
from schema.definitions.shipped_fields import unchanged
from services.definitions import own_fields as service
from services.records import records
from services.records.files_in_fields import add_to_field, remove_from_field
from services.shared.files import SentFile
from tests.admin_views.routes import ApiCall
from tests.admin_views.test_leak_sweep import NOW, calls_of, content_of
from tests.admin_views.test_permissions import GROUPS
from tests.office_with_cases import with_cases
from tests.office_with_jobs import with_jobs, with_own_collection
from tests.office_with_reports import with_reports
from tests.office_with_round import with_round
from tests.page_reader import form as read_form
from tests.page_reader import ids
from tests.sample_office import MADE_AT, PDF, cells, code, with_more, workbook

COMPANIES = "/admin/tenant-companies/"
LABEL, VALUE = "内部评级", "玉兰甲等"
PHONE = "0635-7788991"  # in each kept telephone
EVERYONE = (Role.CITY, Role.COUNTY, Role.READER)
OWN = OwnField(
    "tenant_companies", "", OwnKind.TEXT, LABEL, filtered=True, listed=True, unseen_by=EVERYONE, unchanged_by=()
)  # fmt: skip


def _with_kept_field(office):
    """Let administrators alone know a field of the companies; each company of 冠县 and 莘县 has a value of it."""
    return with_more(office, _add)[0]


def _add(office):
    boss = office.actor("boss")
    own = service.add_own_field(OWN, actor=boss, now=MADE_AT)
    table = replace(OWN, kind=OwnKind.ROWS, label="评级明细", filtered=False, parts=(OwnPart("", "意见"),))
    table = service.add_own_field(table, actor=boss, now=MADE_AT)
    files = replace(OWN, kind=OwnKind.FILE, label="评级附件", filtered=False)
    files = service.add_own_field(files, actor=boss, now=MADE_AT)
    for company in (office.guan.company, office.shen.company, office.shen.second_company):
        version = office.one("tenant_companies", company)["version"]
        for number, value in enumerate((f"{VALUE}早", VALUE)):
            records.update(
                "tenant_companies",
                company,
                {own.key: value, table.key: [{"p1": value}]},
                version=version + number,
                actor=boss,
                now=MADE_AT,
            )
        for name in (f"{VALUE}.pdf", f"{VALUE}旧.pdf"):
            sent = SentFile(name, BytesIO(PDF))
            file = add_to_field("tenant_companies", company, files.key, sent, actor=boss, now=MADE_AT)
        remove_from_field(file, actor=boss, now=MADE_AT)  # it lies in the recycle bin
    # A rule of the office's in other words for bases: what the public and papers read.
    on_bases = service.add_own_field(replace(OWN, collection="bases"), actor=boss, now=MADE_AT)
    for base in (office.guan.base, office.shen.base):
        version = office.one("bases", base)["version"]
        records.update("bases", base, {on_bases.key: VALUE}, version=version, actor=boss, now=MADE_AT)
    _keep_shipped_fields(office, boss)
    return SimpleNamespace(key=own.key)


# Fields that come with the program, and are kept from all but administrators, with what records hold there.
KEPT = {
    "bases": {"notes": VALUE},
    "tenant_companies": {"legal_representative": VALUE, "phone": PHONE},
    "service_partners": {"contact_name": VALUE, "contact_phone": PHONE, "notes": VALUE},
    "staff_members": {"phone": PHONE, "notes": VALUE},
    "ledger_entries": {"notes": VALUE},
}


def _keep_shipped_fields(office, boss):
    for collection, values in KEPT.items():
        for key in values:
            change = replace(unchanged(collection, key), unseen_by=EVERYONE)
            service.change_shipped_field(change, version=0, actor=boss, now=MADE_AT)
        for raw in list(office.db[collection].find({}, {"version": 1})):
            records.update(collection, raw["_id"], values, version=raw["version"], actor=boss, now=MADE_AT)


@pytest.fixture
def office_with():
    with time_machine.travel(NOW, tick=True):
        yield with_round, with_reports, with_cases, with_jobs, with_own_collection, _with_kept_field


KEY = "own_neibupingji"


def company(office):
    return office.one("tenant_companies", office.guan.company)


@pytest.mark.parametrize(
    ("role", "group"),
    [*(("city", group) for group in GROUPS), *(("guan", group) for group in ("tenant_companies", "today"))],
)
def test_no_page_or_file_tells_a_role_what_it_may_not_see(office, sign_in, role, group):
    office.reset()
    browser, told = sign_in(role), []
    calls = [*calls_of(group, office, published=False), *calls_of(group, office, published=True)]
    for endpoint, call in calls:
        if call.data is not None:
            continue
        for path in (call.path, _with_all(call.path)):
            answer = browser.ask(path) if isinstance(call, ApiCall) else browser.get(path)
            if any(mark in content_of(answer) for mark in (VALUE, PHONE)):
                told.append(f"{endpoint} {path}")
    assert told == []


def _with_all(path):
    return f"{path}{'&' if '?' in path else '?'}columns={KEY}&{KEY}=yes&sort=-{KEY}"


def test_an_administrator_sees_it_in_each_of_these_places(office, sign_in):
    boss, one = sign_in("boss"), office.guan.company
    for path in (
        f"{COMPANIES}?columns={KEY}", f"{COMPANIES}details/?id={one}", f"{COMPANIES}edit/?id={one}",
        "/admin/audit/",
    ):  # fmt: skip
        assert VALUE in boss.get(path).text, path
    assert any(VALUE in row for row in cells(boss.get(f"{COMPANIES}export/xlsx/")))


@pytest.mark.parametrize("name", ["city", "guan", "guan_reader"])
def test_filter_order_column_and_saved_view_of_a_kept_field_are_as_if_there_were_none(office, sign_in, name):
    browser = sign_in(name)
    usual = browser.get(COMPANIES)
    for asked in (f"{KEY}=yes", f"{KEY}=no", f"sort={KEY}", f"sort=-{KEY}"):
        assert ids(browser.get(f"{COMPANIES}?{asked}").text) == ids(usual.text), asked
    assert LABEL not in browser.get(f"{COMPANIES}?columns={KEY}").text
    for shape in ("export/xlsx/", "export/csv/"):
        assert LABEL not in content_of(browser.get(f"{COMPANIES}{shape}?columns={KEY}"))
    browser.send(f"{COMPANIES}views/save/?columns={KEY}&{KEY}=yes", {"name": "我的"})
    assert LABEL not in browser.get(COMPANIES).text


def test_what_is_sent_for_a_kept_field_changes_nothing(office, sign_in):
    guan = sign_in("guan")
    edit = f"{COMPANIES}edit/?id={office.guan.company}"
    typed = read_form(guan.get(edit).text)
    assert KEY not in typed
    assert guan.send(edit, typed | {KEY: "改成别的", "notes": "改过"}).status_code == 303
    assert (company(office)["notes"], company(office)[KEY]) == ("改过", VALUE)
    history = guan.get(f"{COMPANIES}details/?id={office.guan.company}").text
    assert VALUE not in history and LABEL not in history


def test_a_service_refuses_whoever_may_not_change_it(office):
    for name in ("guan", "city"):
        with pytest.raises(NotAllowed):
            records.update(
                "tenant_companies", office.guan.company, {KEY: "别的"}, version=company(office)["version"],
                actor=office.actor(name), now=MADE_AT,
            )  # fmt: skip
    assert company(office)[KEY] == VALUE


def test_its_column_of_a_workbook_is_not_understood(office, sign_in):
    guan, before = sign_in("guan"), company(office)
    base = office.one("bases", office.guan.base)["name"]
    sheet = workbook(
        [["企业名称", "统一社会信用代码", "所属基地", LABEL, "备注"],
         [before["name"], before["uscc"], base, "改成别的", "由表格改"]]
    )  # fmt: skip
    answer = guan.send("/admin/import/", {"kind": "tenant-companies", "file": (sheet, "企业.xlsx")})
    after = company(office)
    assert after[KEY] == VALUE
    assert after.get("notes") == "由表格改", answer.text[:500]
    assert LABEL not in content_of(guan.get("/admin/import/template/tenant-companies.xlsx"))
    assert KEY not in guan.get("/admin/import/grid/tenant-companies/").text


def test_the_page_of_two_saves_shows_no_kept_field(office, sign_in):
    guan, boss = sign_in("guan"), sign_in("boss")
    edit = f"{COMPANIES}edit/?id={office.guan.company}"
    mine, theirs = read_form(guan.get(edit).text), read_form(boss.get(edit).text)
    assert boss.send(edit, theirs | {KEY: f"{VALUE}新", "notes": "他们的"}).status_code == 303
    page = guan.send(edit, mine | {"notes": "我的"})
    assert page.status_code == 409
    assert "他们的" in page.text and VALUE not in page.text and LABEL not in page.text


def test_the_recycle_bin_keeps_its_value_for_those_who_may_see_it(office, sign_in):
    guan = sign_in("guan")
    one = office.guan.left_company
    version = office.one("tenant_companies", one)["version"]
    changed = {"version": version, "actor": office.actor("boss"), "now": MADE_AT}
    records.update("tenant_companies", one, {KEY: VALUE}, **changed)
    assert guan.send(f"{COMPANIES}delete/", {"id": str(one), "version": str(version + 1)}).status_code == 303
    assert VALUE not in guan.get("/admin/recycle-bin/").text
    kept = office.db["recycled"].find_one({"record_id": one})
    assert guan.send(f"/admin/recycle-bin/restore?recycled={kept['_id']}").status_code == 303
    assert office.one("tenant_companies", one)[KEY] == VALUE


def test_a_change_of_a_kept_field_alone_is_not_told_in_the_history(office, sign_in):
    page = sign_in("guan").get(f"{COMPANIES}details/?id={office.guan.company}").text.split('id="history"')[1]
    assert "管理员甲" not in page
    assert VALUE in sign_in("boss").get(f"{COMPANIES}details/?id={office.guan.company}").text


def test_a_hidden_field_stays_kept_in_the_trail(office, sign_in):
    stored = service.read_own_field("tenant_companies", KEY, actor=office.actor("boss"))
    service.show_own_field(
        "tenant_companies", KEY, hidden=True, version=stored.version, actor=office.actor("boss"), now=MADE_AT
    )
    assert VALUE not in sign_in("city").get("/admin/audit/").text
    assert VALUE in sign_in("boss").get("/admin/audit/").text


def test_two_companies_are_merged_without_it_for_those_who_may_not_see_it(office, sign_in):
    ask = f"/admin/doubts/merge/?first={office.shen.company}&second={office.shen.second_company}"
    boss = sign_in("boss")
    version = office.one("tenant_companies", office.shen.company)["version"]
    changed = {"version": version, "actor": office.actor("boss"), "now": MADE_AT}
    records.update("tenant_companies", office.shen.company, {KEY: f"{VALUE}甲"}, **changed)
    told = boss.get(ask)
    assert told.status_code == 200 and VALUE in told.text
    assert VALUE not in sign_in("city").get(ask).text


def test_a_field_that_a_role_may_not_change_is_shown_to_it_and_stays(office, sign_in):
    own = replace(OWN, label="核定等级", unseen_by=(), unchanged_by=(Role.COUNTY,), required=True)
    key = service.add_own_field(own, actor=office.actor("boss"), now=MADE_AT).key
    guan, city, one = sign_in("guan"), sign_in("city"), office.guan.company
    edit = f"{COMPANIES}edit/?id={one}"
    assert city.send(edit, read_form(city.get(edit).text) | {key: "市局定"}).status_code == 303
    typed = read_form(guan.get(edit).text)
    assert key not in typed
    assert guan.send(edit, typed | {key: "县里改", "notes": "改过"}).status_code == 303
    assert (company(office)[key], company(office)["notes"]) == ("市局定", "改过")
    assert "市局定" in guan.get(f"{COMPANIES}details/?id={one}").text
    assert ids(guan.get(f"{COMPANIES}?{key}=yes").text) == [str(one)]
    # Where it must be filled in, a county's clerk is not asked for what only the city may say.
    new = {"name": "新公司", "uscc": code(78), "base": str(office.guan.base), "status": "housed"}
    assert guan.send(f"{COMPANIES}new/", new).status_code == 303
    assert city.send(f"{COMPANIES}new/", new | {"uscc": code(79)}).status_code == 422


@pytest.mark.parametrize("sent", [{"searched": "y"}, {"public": "y"}])
def test_what_some_may_not_see_is_neither_found_nor_public(office, sign_in, sent):
    given = {"label": "评语", "kind": "text", "section": "own", "exported": "y", "unseen_county": "y"}
    answer = sign_in("boss").send("/admin/settings/fields/bases/new/", given | sent)
    assert answer.status_code == 422
    assert "部分人员不可见" in answer.text or "office may not see" in answer.text


def test_the_roles_are_ticked_in_the_form_and_told_in_the_trail(office, sign_in):
    boss = sign_in("boss")
    edit = f"/admin/settings/fields/tenant-companies/{KEY}/"
    typed = read_form(boss.get(edit).text)
    assert {name for name, value in typed.items() if name.startswith("unseen_") and value} == {
        "unseen_city", "unseen_county", "unseen_reader",
    }  # fmt: skip
    del typed["unseen_city"]
    assert boss.send(edit, typed).status_code == 303
    assert LABEL in sign_in("city").get(f"{COMPANIES}edit/?id={office.guan.company}").text
    assert "市局经办人、县区经办人、查阅人员" in boss.get("/admin/audit/").text


def test_a_field_that_comes_with_the_program_is_kept_from_a_role_everywhere(office, sign_in):
    guan, boss, one = sign_in("guan"), sign_in("boss"), office.guan.company
    for path in (f"{COMPANIES}details/?id={one}", f"{COMPANIES}edit/?id={one}", f"{COMPANIES}?columns=phone"):
        assert PHONE in boss.get(path).text and "联系电话" in boss.get(path).text, path
        assert "联系电话" not in guan.get(path).text, path
    assert "phone" not in guan.ask(f"/api/v1/tenant-companies/{one}").json
    assert "联系电话" not in content_of(guan.get("/admin/import/template/tenant-companies.xlsx"))
    for asked in ("search=玉兰甲等", "search=06357788991"):
        for browser in (guan, boss):  # whose words would give it away
            assert str(one) not in ids(browser.get(f"{COMPANIES}?{asked}").text)
    sent = guan.ask(
        f"/api/v1/tenant-companies/{one}",
        "PATCH",
        json={"version": company(office)["version"], "phone": "0635-1"},
    )
    assert sent.status_code == 422 and company(office)["phone"] == PHONE


def test_what_a_clerk_types_beside_a_kept_shipped_field_leaves_it_alone(office, sign_in):
    guan, edit = sign_in("guan"), f"{COMPANIES}edit/?id={office.guan.company}"
    typed = read_form(guan.get(edit).text)
    assert not {"phone", "legal_representative"} & set(typed)
    assert guan.send(edit, typed | {"phone": "0635-1234567", "notes": "改过"}).status_code == 303
    assert (company(office)["phone"], company(office)["notes"]) == (PHONE, "改过")


@pytest.mark.parametrize(
    ("collection", "key", "roles", "said"),
    [
        ("tenant_companies", "people", {"unseen_by": (Role.READER,)}, "能查看该记录的人员均可查看"),
        ("tenant_companies", "people", {"unchanged_by": (Role.COUNTY,)}, "能修改该记录的人员均可修改"),
        ("bases", "contact_phone", {"unseen_by": (Role.READER,)}, "申报表和年度工作总结催报"),
        ("staff_members", "position", {"unseen_by": (Role.COUNTY,)}, "服务人员名单"),
    ],
)
def test_what_the_measures_need_is_kept_from_nobody_and_the_page_says_why(
    office, sign_in, collection, key, roles, said
):
    boss = sign_in("boss")
    before = office.digest()
    with pytest.raises(Refused) as refused:
        change = replace(unchanged(collection, key), **roles)
        service.change_shipped_field(change, version=0, actor=office.actor("boss"), now=MADE_AT)
    with boss.application.test_request_context(headers={"Accept-Language": "zh"}):
        assert said in sentence(refused.value.refusals[0])
    slug = collection.replace("_", "-")
    page = boss.get(f"/admin/settings/fields/{slug}/shipped/{key}/").text
    assert "unseen_city" not in page and ("因此不能" in page or "均可查看此字段" in page)
    assert office.digest() == before


def test_the_roles_of_a_shipped_field_are_ticked_told_and_taken_back(office, sign_in):
    boss, edit = sign_in("boss"), "/admin/settings/fields/tenant-companies/shipped/phone/"
    typed = read_form(boss.get(edit).text)
    assert {name for name in typed if name.startswith("unseen_")} == {
        "unseen_city", "unseen_county", "unseen_reader",
    }  # fmt: skip
    listed = boss.get("/admin/settings/fields/tenant-companies/shipped/").text
    assert "市局经办人、县区经办人、查阅人员不可见" in listed
    left = {name: value for name, value in typed.items() if not name.startswith("unseen_")}
    assert boss.send(edit, left | {"unchanged_county": "y"}).status_code == 303
    guan, one = sign_in("guan"), office.guan.company
    assert PHONE in guan.get(f"{COMPANIES}details/?id={one}").text
    assert "phone" not in read_form(guan.get(f"{COMPANIES}edit/?id={one}").text)
    assert "phone" in read_form(sign_in("city").get(f"{COMPANIES}edit/?id={one}").text)


def test_a_formula_that_reads_it_holds_it_open(office, sign_in):
    boss = office.actor("boss")
    formula = OwnField("tenant_companies", "", OwnKind.COMPUTED, "备注长度", formula="长度(备注)")
    service.add_own_field(formula, actor=boss, now=MADE_AT)
    change = replace(unchanged("tenant_companies", "notes"), unseen_by=(Role.READER,))
    before = office.digest()
    with pytest.raises(Refused):
        service.change_shipped_field(change, version=0, actor=boss, now=MADE_AT)
    assert office.digest() == before
