"""The office's settings and counties as an administrator meets them, and what a change does at once, everywhere."""

import re
from datetime import UTC, datetime

import pytest

from documents.desk.sign_in_failures import SignInFailures, row_of_pair
from documents.desk.user import User
from documents.records.county import put_in_force, seed_counties, stored_facts
from forms.publication import AnnouncementForm
from rules.access import SYSTEM, Actor, Role
from rules.counties import SHIPPED, office_counties
from schema.bases import BASES
from schema.settings import SETTINGS, SettingGroup
from services.demo.demo import load_demo
from services.desk import trail as audit_trail
from services.desk.users import create_user
from services.publication.notice import last_contact
from tests.commands_asked import commands_asked
from tests.page_reader import flashes, form, names, pills, problems, rows
from tests.sample_office import PASSWORD, SHEN, code, open_session, workbook

GOOD = "green-lamp-river-40"
CITY = Actor("1", "市局", Role.CITY)
OFFICE, COUNTIES = "/admin/settings/office/", "/admin/settings/counties/"
NEW = {"code": "xq", "order": "12", "name": "聊城新区", "short": "新区", "aliases": "东部新区、新城区"}


@pytest.fixture
def boss(sign_in):
    return sign_in("boss")


def change(browser, **values):
    """Send the settings' form as it stands, with some fields typed anew."""
    return browser.send(OFFICE, form(browser.get(OFFICE).text) | {"own_password": PASSWORD} | values)


def trail(action, collection):
    wanted = audit_trail.AuditFilter(action=action, collection=collection)
    return audit_trail.page(wanted, actor=CITY).entries


# --- Settings ------------------------------------------------------------------------------------


def test_the_form_begins_with_the_defaults_and_keeps_what_is_typed(boss, office):
    shown = form(boss.get(OFFICE).text)
    assert (shown["lock_after"], shown["certificate_prefix"], shown["version"]) == (["5"], ["LCSJ"], ["0"])
    answer = change(boss, lock_after="8", telephone="0635-8288000")
    assert answer.status_code == 303
    shown = form(boss.get(OFFICE).text)
    assert (shown["lock_after"], shown["telephone"], shown["version"]) == (["8"], ["0635-8288000"], ["1"])
    stored = office.db["office_settings"].find_one({"_id": "office"})["values"]
    assert stored == {"lock_after": 8, "telephone": "0635-8288000"}, "untouched ones keep their default"


def test_each_change_stands_in_the_trail_in_words(boss):
    change(boss, lock_after="8", county_office="{县区}工信局")
    (entry,) = trail("changed", "office_settings")
    assert [(one["field"], one["old"], one["new"]) for one in entry["changes"]] == [
        ("lock_after", 5, 8),
        ("county_office", "{县区}工业和信息化局", "{县区}工信局"),
    ]
    page = boss.get("/admin/audit/").text
    assert "本局设置" in page
    assert "锁定前允许输错" in page
    assert audit_trail.verify() is None


def test_what_was_not_changed_is_not_recorded(boss):
    assert change(boss).status_code == 303
    assert trail("changed", "office_settings") == []


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("lock_after", "2"),
        ("lock_after", "101"),
        ("lock_after", ""),
        ("lock_after", "many"),
        ("session_idle_minutes", "780"),  # longer than the twelve hours of a session
        ("first_year", "1989"),
        ("statement_days", "2"),
        ("certificate_prefix", ""),
        ("certificate_prefix", "聊城"),
        ("county_office", "工业和信息化局"),
        ("telephone", "1" * 61),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_kept_as_typed(field, typed, boss, office):
    before = office.digest()
    answer = change(boss, **{field: typed})
    assert answer.status_code == 422
    assert list(problems(answer.text)) == [field]
    assert form(answer.text)[field] == [typed]
    assert office.digest() == before


def test_a_save_over_anothers_save_is_refused(boss, sign_in):
    sent = form(boss.get(OFFICE).text)
    assert change(sign_in("boss"), lock_after="9").status_code == 303
    answer = boss.send(OFFICE, sent | {"lock_after": "7"})
    assert answer.status_code == 422
    assert form(answer.text)["version"] == ["0"]


def try_password(browser, password="wrong"):
    return browser.send("/login", {"username": "locked.out", "password": password})


@pytest.fixture
def clerk(office):
    made = create_user("locked.out", role="city", password=GOOD, actor=SYSTEM, now=datetime.now(UTC))
    User.collection().update_one({"_id": made.id}, {"$set": {"must_change_password": False}})
    return made.id


def is_locked(clerk):
    return SignInFailures.is_locked(row_of_pair("locked.out", "127.0.0.1"), datetime.now(UTC))


def test_the_lock_out_set_on_screen_counts_at_sign_in(boss, client, clerk):
    change(boss, lock_after="3", lock_minutes="20")
    for _ in range(2):
        assert "20" in try_password(client).text
    assert not is_locked(clerk)
    try_password(client)
    assert is_locked(clerk)
    assert try_password(client, GOOD).status_code == 400


def test_and_where_the_password_is_changed(boss, app, clerk):
    change(boss, lock_after="3")
    browser = open_session(app, clerk)
    typed = {"old_password": "wrong", "new_password": "seven-cups-under-snow"}
    for _ in range(3):
        assert not is_locked(clerk)
        browser.send("/account/password", typed | {"repeat_password": typed["new_password"]})
    assert is_locked(clerk)


def test_a_session_ends_as_the_setting_says_in_every_process(boss, app, office, sign_in):
    city = sign_in("city")
    change(boss, session_idle_minutes="5")
    moment = datetime.now(UTC).replace(microsecond=0)
    past = moment.timestamp() - 6 * 60
    User.collection().update_one(
        {"_id": office.users["city"]}, {"$set": {"sessions.0.seen_at": datetime.fromtimestamp(past, UTC)}}
    )
    assert "/login" in city.get("/admin/").location


def test_another_processs_change_is_known_to_the_next_request(boss, office, monkeypatch):
    """The values in this process are stale: the session's own command brings the new ones along."""
    office.db["office_settings"].insert_one({"_id": "office", "values": {"first_year": 2020}, "version": 1})
    assert "2020" in boss.get("/admin/assessment/?year=2010").text


def test_no_page_costs_a_command_for_it(boss, office):
    boss.get("/admin/settings/")
    before = commands_asked(office.db, lambda: boss.get("/admin/settings/"))
    change(boss, lock_after="8")
    assert commands_asked(office.db, lambda: boss.get("/admin/settings/")) == before == 2


def test_a_new_notice_begins_with_the_offices_lines_and_certificates_with_its_prefix(boss):
    change(boss, telephone="0635-1", email="a@b.cn", address="路1号", certificate_prefix="XQSJ")
    contact = last_contact()
    assert (contact.telephone, contact.email, contact.address) == ("0635-1", "a@b.cn", "路1号")
    assert AnnouncementForm.begun(datetime.now(UTC).date()).certificate_prefix.data == "XQSJ"


# --- Counties ------------------------------------------------------------------------------------


def add(browser, **values):
    return browser.send(COUNTIES + "new/", form(browser.get(COUNTIES + "new/").text) | NEW | values)


def edit(browser, county, **values):
    path = f"{COUNTIES}{county}/"
    return browser.send(path, form(browser.get(path).text) | values)


def test_the_counties_stand_in_the_offices_order(boss):
    shown = rows(boss.get(COUNTIES).text)
    assert [row[1] for row in shown] == [county.name for county in SHIPPED]
    assert form(boss.get(COUNTIES + "new/").text)["order"] == ["12"]


def test_another_order_is_every_lists_order_at_once(boss):
    assert edit(boss, SHEN, order="1").status_code == 303
    assert pills(boss.get("/admin/bases/").text)[2].label == "莘县", (
        "second, beside 东昌府: equal places go by code"
    )
    (entry,) = trail("changed", "counties")
    assert entry["label"] == "莘县"
    assert [(one["field"], one["old"], one["new"]) for one in entry["changes"]] == [("order", 5, 1)]


def test_a_county_that_was_changed_meanwhile_is_not_overwritten(boss):
    sent = form(boss.get(f"{COUNTIES}{SHEN}/").text)
    edit(boss, SHEN, short="莘城")
    assert boss.send(f"{COUNTIES}{SHEN}/", sent | {"order": "3"}).status_code == 422


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "新"}, "code"),
        ({"code": SHEN}, "code"),
        ({"name": "莘县"}, "name"),
        ({"short": ""}, "short"),
        ({"aliases": "开发区"}, "aliases"),
        ({"order": "x"}, "order"),
        ({"pinyin": "Xīn"}, "pinyin"),
    ],
)
def test_what_cannot_be_a_county_is_told_beside_its_field(values, field, boss, office):
    before = office.digest()
    answer = add(boss, **values)
    assert answer.status_code == 422
    assert list(problems(answer.text)) == [field]
    assert office.digest() == before


def test_an_unknown_county_is_no_page(boss):
    assert boss.get(COUNTIES + "nowhere/").status_code == 404


def forget_the_twelfth():
    """Be another process, which has read the counties before the twelfth was added."""
    put_in_force([{"_id": county.code, **stored_facts(county), "version": 1} for county in SHIPPED])
    assert len(office_counties()) == 11


def base_in(county, number, name):
    headings = [column.heading for column in BASES.imported]
    values = {
        "基地名称": name, "运营主体": f"{name}运营有限公司", "统一社会信用代码": code(number),
        "所属县（市、区）": county,
    }  # fmt: skip
    unknown = set(values) - set(headings)
    assert not unknown, (unknown, headings)
    return workbook([headings, [values.get(heading) for heading in headings]])


def test_a_twelfth_county_is_a_county_like_the_others(boss, office, app, sign_in):
    """Added on screen; then a base typed and one imported, found by its name and initials, with its own clerk."""
    answer = add(boss)
    assert answer.status_code == 303
    assert "县（市、区）已新增，即可为其录入、导入数据。" in flashes(boss.get(answer.location).text)
    (entry,) = trail("created", "counties")
    assert (entry["record_id"], entry["label"]) == ("xq", "聊城新区")

    city = sign_in("city")
    typed = form(city.get("/admin/bases/new/").text) | {
        "name": "东湖创业园", "operator": "东湖运营有限公司", "uscc": code(7301), "county": "xq",
    }  # fmt: skip
    assert city.send("/admin/bases/new/", typed).status_code in (302, 303)
    for number, written in enumerate(("聊城市东部新区", "xq"), 7302):
        sent = {"kind": "bases", "file": (base_in(written, number, f"导入园{number}"), "基地.xlsx")}
        city.send("/admin/import/", sent)
    assert office.db["bases"].count_documents({"county": "xq"}) == 3

    page = city.get("/admin/bases/?county=xq").text
    assert set(names(page)) == {"东湖创业园", "导入园7302", "导入园7303"}
    pill = next(pill for pill in pills(page) if pill.label == "新区")
    assert (pill.count, pill.on) == (3, True)
    for words in ("新区", "聊城新区", "xinqu", "xq", "xq 东湖"):
        assert "东湖创业园" in names(city.get(f"/admin/bases/?search={words}").text), words
    assert "聊城新区" in city.get("/admin/").text

    clerk = create_user(
        "xin.qu", role="county", county="xq", password=GOOD, actor=SYSTEM, now=datetime.now(UTC)
    )
    User.collection().update_one({"_id": clerk.id}, {"$set": {"must_change_password": False}})
    own = open_session(app, clerk.id)
    assert set(names(own.get("/admin/bases/").text)) == {"东湖创业园", "导入园7302", "导入园7303"}
    assert form(own.get("/admin/bases/new/").text)["county"] == ["xq"]
    assert names(sign_in("guan").get("/admin/bases/?search=东湖").text) == []


def test_a_process_that_knows_the_shipped_counties_alone_learns_of_it_with_the_next_request(boss, sign_in):
    add(boss)
    city = sign_in("city")
    forget_the_twelfth()
    sent = {"kind": "bases", "file": (base_in("聊城新区", 7311, "远方园"), "基地.xlsx")}
    answer = city.send("/admin/import/", sent)
    assert answer.status_code in (200, 303)
    assert "xq" in office_counties().by_code


def test_the_public_list_knows_it_too(boss, client):
    add(boss)
    forget_the_twelfth()
    page = client.get("/bases/?county=xq").text
    assert re.search(r"<a [^>]*county=xq[^>]*aria-current[^>]*>", page) or "county=xq" in page
    assert "xq" in office_counties().by_code


def test_the_demonstration_loads_with_twelve(boss, office, small):
    add(boss)
    now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    load_demo(now=now, replace=True)
    found = office.db["bases"].distinct("county")
    assert set(found) == {*(county.code for county in SHIPPED), "xq"}
    assert office.db["bases"].count_documents({}) == 36


def test_records_are_found_by_a_countys_new_name(boss, office, sign_in):
    edit(boss, SHEN, short="莘城", pinyin="shencheng", initials="")
    city = sign_in("city")
    for words in ("莘城", "shencheng"):
        assert names(city.get(f"/admin/bases/?search={words}").text), words
    stored = office.db["counties"].find_one({"_id": SHEN})
    assert stored["initials"] == ["sc", "sx"]
    assert "search_stale" not in stored
    versions = office.db["bases"].distinct("version", {"county": SHEN})
    assert versions == [1], "search words move no version"


def test_an_office_of_before_has_its_counties_completed_and_keeps_its_order(office):
    office.db["counties"].delete_many({})
    office.db["counties"].insert_one({"_id": SHEN, "name": "莘县", "short": "莘县", "order": 1})
    seed_counties()
    stored = office.db["counties"].find_one({"_id": SHEN})
    assert (stored["order"], stored["pinyin"], stored["version"]) == (1, ["shenxian"], 1)
    assert office.db["counties"].count_documents({}) == 11


def test_only_an_administrator_sees_the_way_there(sign_in):
    for name, sees in (("boss", True), ("city", False)):
        page = sign_in(name).get("/admin/settings/").text
        assert (OFFICE in page, COUNTIES in page) == (sees, sees)
    assert re.search("本局设置", sign_in("boss").get("/admin/settings/").text)


# --- What a passer-by must not change ----------------------------------------------------------------


@pytest.mark.parametrize("typed", [{}, {"own_password": "wrong"}])
@pytest.mark.parametrize(
    "key", [setting.key for setting in SETTINGS if setting.group is SettingGroup.SIGN_IN], ids=str
)
def test_how_people_sign_in_is_changed_with_ones_own_password_only(key, typed, boss, office):
    before = list(office.db["office_settings"].find())
    shown = form(boss.get(OFFICE).text)
    answer = boss.send(OFFICE, shown | {key: str(int(shown[key][0]) + 1), "own_password": ""} | typed)
    assert answer.status_code == 422
    assert list(problems(answer.text)) == ["own_password"]
    assert list(office.db["office_settings"].find()) == before


def test_the_other_settings_are_changed_without_it(boss):
    assert change(boss, telephone="0635-1", own_password="").status_code == 303
