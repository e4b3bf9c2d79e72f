"""What the trail tells besides changes – failed sign-ins, denials, exports, files read, views –, and its own page."""

import pytest

from documents.desk.audit_entry import READING
from rules.errors import Unavailable
from services.desk import trail as audit_trail
from tests.page_reader import rows
from tests.sample_office import PASSWORD, cells


@pytest.fixture
def told(office):
    """Give what returns the entries of an action, the oldest first."""
    return lambda action: list(office.db["audit_entries"].find({"action": action}).sort("_id", 1))


def sign_in_wrongly(client, name, password="wrong-horse-77"):
    return client.send("/login", {"username": name, "password": password}, headers={"User-Agent": "Kylin"})


# --- Signing in --------------------------------------------------------------------------------


def test_a_failed_sign_in_is_told_with_the_name_tried_and_never_the_password(office, client, told):
    sign_in_wrongly(client, "guan")
    sign_in_wrongly(client, "nobody\r\nknown")
    first, second = told("sign-in-failed")
    assert (first["label"], first["address"], first["agent"]) == ("guan", "127.0.0.1", "Kylin")
    assert second["label"] == "nobody  known"
    assert first["request_id"]
    assert "wrong-horse-77" not in str(list(office.db["audit_entries"].find()))


def test_who_tries_again_and_again_fills_no_trail(office, client, told):
    for _ in range(12):
        sign_in_wrongly(client, "guan")
    assert [entry["changes"] for entry in told("sign-in-failed")] == [
        [], [{"field": "tries", "old": None, "new": 10}],
    ]  # fmt: skip


def test_who_tries_name_after_name_fills_no_trail(office, client, told, monkeypatch):
    monkeypatch.setattr("services.desk.noted._MOST_OF_ONE", 3)
    for number in range(12):
        sign_in_wrongly(client, f"name{number}")
    assert [entry["label"] for entry in told("sign-in-failed")] == ["name0", "name1", "name2", "name9"]


def test_a_wrong_present_password_is_told(office, sign_in, told):
    new = {"new_password": "blue-lamp-river-41", "repeat_password": "blue-lamp-river-41"}
    sign_in("guan").send("/account/password", {"old_password": "wrong-horse-77", **new})
    (entry,) = told("password-refused")
    assert entry["label"] == "guan"
    assert "wrong-horse-77" not in str(entry)


# --- Denials -----------------------------------------------------------------------------------


def test_what_is_denied_to_someone_signed_in_is_told_with_the_route(office, sign_in, told):
    browser = sign_in("guan")
    browser.get("/admin/users/")
    browser.get(f"/admin/bases/details/?id={office.shen.base}")
    browser.send(f"/admin/bases/delete/?id={office.shen.base}")
    browser.get("/admin/no-such-page/")
    entries = told("denied")
    assert [entry["actor_name"] for entry in entries] == ["冠县甲"] * 3
    assert entries[0]["label"] == "GET /admin/users/"
    assert entries[1]["label"] == f"GET /admin/bases/details/?id={office.shen.base}"
    assert [entry["changes"][0]["new"] for entry in entries[:2]] == [403, 404]


def test_who_asks_for_one_thing_after_another_in_vain_fills_no_trail(office, sign_in, told):
    browser = sign_in("guan")
    for number in range(40):
        browser.get(f"/admin/bases/details/?id={number:024x}")
    assert len(told("denied")) <= 20


def test_nobodys_denials_are_not_told(office, client, told):
    client.get("/admin/users/")
    client.get("/notices/nothing")
    assert told("denied") == []


# --- Exports and files -------------------------------------------------------------------------


def test_an_export_is_told_with_its_filter_in_words_and_its_rows(office, sign_in, told):
    sign_in("city").get("/admin/tenant-companies/export/xlsx/?county=371525&status=operating&search=清泉")
    (entry,) = told("exported")
    told_of = {change["field"]: change["new"] for change in entry["changes"]}
    assert entry["label"].endswith(".xlsx")
    assert "冠县" in told_of["filter"]
    assert "清泉" in told_of["filter"]
    rows = office.db["tenant_companies"].count_documents({"county": "371525", "status": "operating"})
    assert told_of["rows"] <= rows or rows == 0


def test_a_file_read_is_told_of_its_record_but_not_in_its_history(office, sign_in, told):
    browser = sign_in("guan")
    file = office.guan.files["bases"]
    answer = browser.get(f"/admin/bases/file/?id={office.guan.base}&file={file}")
    assert answer.status_code == 200
    (entry,) = told("file-read")
    assert (entry["collection"], entry["record_id"]) == ("bases", office.guan.base)
    assert entry["note"].endswith(".pdf")
    assert entry["counties"] == ["371525"]
    history = audit_trail.history("bases", office.guan.base, office.actor("city"))
    assert not READING & {one["action"] for one in history}


def test_a_paper_that_is_made_on_the_spot_is_told_too(office, sign_in, told):
    answer = sign_in("city").get(f"/admin/bases/timeline/dossier.docx?id={office.guan.base}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert [entry["label"].rpartition(".")[2] for entry in told("file-read")] == ["docx"]


def test_saved_and_deleted_views_are_told(office, sign_in, told):
    browser = sign_in("guan")
    browser.send("/admin/bases/views/save/?search=x", {"name": "常用"})
    assert told("view-saved")[0]["label"] == "常用"


def test_a_trail_that_cannot_take_an_entry_costs_nobody_the_file(office, sign_in, monkeypatch):
    def broken(*_args, **_more):
        raise Unavailable

    browser = sign_in("city")
    monkeypatch.setattr("services.desk.noted.in_one_transaction", broken)
    assert browser.get("/admin/bases/export/xlsx/").status_code == 200
    assert browser.get("/admin/bases/details/?id=" + "0" * 24).status_code == 404


# --- The page ----------------------------------------------------------------------------------


def test_the_page_shows_address_and_browser_and_filters_by_them(office, client, sign_in):
    sign_in_wrongly(client, "guan")
    browser = sign_in("city")
    shown = browser.get("/admin/audit/").text
    assert "127.0.0.1" in shown
    assert "Kylin" in shown
    assert "登录未成功" in browser.get("/admin/audit/?outcome=refused").text
    assert "guan" in browser.get("/admin/audit/?address=127.0.0.1&agent=Kylin").text
    nothing = browser.get("/admin/audit/?address=10.9.9.9").text
    assert "Kylin" not in nothing
    assert "登录未成功" in browser.get("/admin/audit/?search=127.0.0").text


def test_a_browser_is_named_in_two_words_and_an_act_without_a_subject_shows_none(office, sign_in, client):
    for name, version in (("guan", 90), ("liao", 100)):
        agent = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/{version}.0"
        client.send("/login", {"username": name, "password": "wrong"}, headers={"User-Agent": agent})
    office.db["audit_entries"].update_many(
        {"action": "sign-in-failed"}, {"$set": {"label": "", "collection": ""}}
    )
    shown = sign_in("city").get("/admin/audit/?outcome=refused").text
    assert all(row[7].startswith("Chrome · Windows") and row[3] == "" for row in rows(shown))
    assert "Msgid" not in shown
    assert shown.count('">Mozilla/5.0') == 2  # in the filter the two are told apart


def test_what_was_done_to_a_whole_kind_names_it_and_leads_to_no_record(office, sign_in):
    office.db["audit_entries"].update_many(
        {"action": "signed-in"},
        {
            "$set": {
                "action": "states-taken",
                "collection": "tenant_companies",
                "label": "",
                "record_id": None,
            }
        },
    )
    browser = sign_in("city")
    browser.send("/login", {"username": "guan", "password": "x"})
    shown = browser.get("/admin/audit/").text
    assert all(row[3] for row in rows(shown))
    assert 'details/"' not in shown


def test_a_job_stands_in_the_trail_in_the_readers_language(office, sign_in):
    boss = sign_in("boss")
    asked = boss.send("/admin/jobs/figures/count/")
    boss.send(f"{asked.location}cancel/")
    acts = {row[2]: row[3] for row in rows(boss.get("/admin/audit/").text)}
    assert acts["提交后台任务"] == acts["停止后台任务"] == "重新统计全部数据"


def test_who_may_read_the_trail_gets_it_as_a_workbook(office, client, sign_in, told):
    sign_in_wrongly(client, "guan")
    answer = sign_in("city").get("/admin/audit/export/xlsx/?outcome=refused")
    assert answer.status_code == 200
    lines = cells(answer)
    assert any("登录未成功" in row and "127.0.0.1" in row and "Kylin" in row for row in lines)
    assert told("exported")
    for name in ("guan", "reader"):
        assert sign_in(name).get("/admin/audit/export/xlsx/").status_code == 403


def test_a_status_stands_in_the_workbook_as_a_word(office, sign_in):
    browser = sign_in("boss")
    version = office.one("ledger_entries", office.guan.entry)["version"]
    data = {"action": "status", "value-status": "verified", "id": f"{office.guan.entry}.{version}"}
    browser.send("/admin/ledger-entries/action/", data)
    rows = cells(browser.get("/admin/audit/export/xlsx/"))[3:]
    assert any("状态：已提交 → 已核验" in str(row[6]) for row in rows)
    assert not any("<span" in str(cell) for row in rows for cell in row)


def test_a_hostile_browser_name_breaks_neither_page_nor_workbook(office, client, sign_in):
    hostile = '=cmd|"/c calc"!A1<script>alert(1)</script>'
    client.send("/login", {"username": "guan", "password": PASSWORD + "x"}, headers={"User-Agent": hostile})
    browser = sign_in("city")
    assert "<script>alert" not in browser.get("/admin/audit/").text
    assert hostile in str(cells(browser.get("/admin/audit/export/xlsx/")))
