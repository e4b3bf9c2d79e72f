"""The traps of the library, one by one (the numbers are platform.md's): each is shut in the one base view."""

import re
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import quote

import openpyxl
import pytest
from bson import ObjectId
from flask import Flask
from flask_admin import Admin
from pymongo import monitoring

from admin_views.records.bases import BaseView
from documents.kinds import RECORDS
from documents.server.connection import connect, database, disconnect
from schema.registry import REGISTRY
from services.records import records
from tests.page_reader import form, ids, names, on_top, problems
from tests.sample_office import GUAN, MARK, PDF, cells, code, open_session

RECORDS_SHEETS = {declaration.slug: declaration for declaration in REGISTRY.listed}
KINDS = ("bases", "tenant-companies", "service-partners", "staff-members", "ledger-entries", "statuses")
RECORD_KINDS = KINDS[:4]
NOW = datetime(2026, 3, 3, tzinfo=UTC)
HUGE = 10**20
UNKNOWN = "507f1f77bcf86cd799439011"  # an id that nothing has


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def collection_of(kind):
    return kind.replace("-", "_")


def some_id(office, kind):
    guan = office.guan
    return {
        "bases": guan.base, "tenant-companies": guan.company, "service-partners": guan.partner,
        "staff-members": guan.member, "ledger-entries": guan.entry, "statuses": office.own_status,
    }[kind]  # fmt: skip


# --- 1, 2, 4, 7: the library's own doors ----------------------------------------------------------


def test_1_a_bulk_deletion_never_leaves_the_scope(office, sign_in):
    before = office.db["bases"].find_one(office.shen.spare)
    answer = sign_in("guan").send(
        "/admin/bases/action/", {"action": "delete", "id": f"{office.shen.spare}.1"}
    )
    assert answer.status_code == 303
    assert office.db["bases"].find_one(office.shen.spare) == before


@pytest.mark.parametrize("kind", KINDS)
def test_2_the_librarys_file_address_is_closed(kind, office, sign_in):
    stored = office.db["attachments"].find_one(office.guan.files["bases"])["stored"]
    for query in (f"id={stored}&coll=files&db=default", f"id={stored}&coll=files", ""):
        assert sign_in("boss").get(f"/admin/{kind}/api/file/?{query}").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_4_the_librarys_inline_edit_is_closed(kind, office, sign_in):
    browser = sign_in("boss")
    before = office.digest()
    data = {"list_form_pk": str(some_id(office, kind)), "name": "改名"}
    assert browser.send(f"/admin/{kind}/ajax/update/", data).status_code == 404
    assert office.digest() == before


@pytest.mark.parametrize("kind", KINDS)
def test_7_the_librarys_look_up_is_closed_and_ours_is_scoped_and_capped(kind, office, sign_in):
    browser = sign_in("guan")
    assert browser.get(f"/admin/{kind}/ajax/lookup/?name=base&query=a").status_code == 404
    assert MARK not in str(browser.get(f"/admin/{kind}/lookup/?q=").json)


def test_8_9_10_11_29_30_nothing_of_the_librarys_own_columns_and_forms_is_built(app):
    """Its filters, sortable columns, searches and forms are what fails on days, references and lists."""
    with app.app_context():
        for view in app.extensions["admin"][0]._views:
            for name in ("_filters", "_create_form_class", "_edit_form_class", "_list_columns"):
                assert not getattr(view, name, None), (view.endpoint, name)


# --- 3: files -------------------------------------------------------------------------------------


def test_3_a_refused_upload_leaves_the_files_there_are(office, city):
    path = f"/admin/bases/files/add/?id={office.guan.base}"
    before = office.digest()
    for name, content in (
        ("营业执照.pdf", b"<script>"),
        ("页面.html", b"<html>"),
        ("无后缀", PDF),
        ("", PDF),
    ):
        city.send(path, {"file": (BytesIO(content), name)})
    assert office.digest() == before
    answer = city.get(f"/admin/bases/file/?file={office.guan.files['bases']}")
    assert answer.data.startswith(PDF)


# --- 5, 6: where a link leads, what a form needs --------------------------------------------------


@pytest.mark.parametrize(
    "target", ["http://localhost\\@evil.example", "http://[", "//evil.example", "/\\evil.example"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_5_no_address_leads_elsewhere(kind, target, office, city):
    one = some_id(office, kind)
    for path in ("details", "edit", "new", "delete"):
        answer = city.get(f"/admin/{kind}/{path}/", query_string={"id": str(one), "url": target})
        assert answer.status_code == 200
        # a form is sent to where it stands, with the same arguments
        assert not re.search(r"""(href|action)="(?!/admin/)[^"]*(evil|\[)""", answer.text), path
    answer = city.send(
        f"/admin/{kind}/edit/?id={one}&url={quote(target)}", form_of(office, kind) | {"version": "1"}
    )
    assert answer.location is None or answer.location.startswith(f"/admin/{kind}/")
    answer = city.send("/account/language", {"locale": "en", "next": target})
    assert answer.location == "/admin/"


def test_6_a_forms_token_lives_as_long_as_the_session(app):
    assert app.config["WTF_CSRF_TIME_LIMIT"] is None


# --- 12, 24, 25: references -----------------------------------------------------------------------


@pytest.fixture
def dangling(office):
    """The base, the partner and the company of 冠县 vanish underneath, as no clerk could make them."""
    for name, one in (
        ("bases", office.guan.base), ("service_partners", office.guan.partner),
        ("tenant_companies", office.guan.company),
    ):  # fmt: skip
        office.db[name].delete_one({"_id": one})
    return office


@pytest.mark.parametrize(
    ("kind", "one"),
    [("tenant-companies", "second_company"), ("service-partners", "shared"), ("ledger-entries", "entry")],
)
def test_12_24_a_record_whose_base_is_gone_still_answers(kind, one, dangling, city):
    record = getattr(dangling, one, None) or getattr(dangling.guan, one)
    for path in (
        f"/admin/{kind}/", f"/admin/{kind}/?search=清泉", f"/admin/{kind}/details/?id={record}",
        f"/admin/{kind}/edit/?id={record}", f"/admin/{kind}/delete/?id={record}",
        f"/admin/{kind}/export/xlsx/", f"/admin/{kind}/lookup/", "/admin/", "/admin/search/?search=清泉",
    ):  # fmt: skip
        assert city.get(path).status_code == 200, path
    assert str(record) in ids(city.get(f"/admin/{kind}/").text)
    answer = city.get(f"/admin/{kind}/edit/?id={record}")
    assert "清泉创业园" in answer.text, "the copied name tells which base it was"


@pytest.mark.parametrize("kind", RECORD_KINDS[:3])
def test_24_what_is_referred_to_cannot_be_deleted(kind, office, city):
    one = some_id(office, kind)
    question = city.get(f"/admin/{kind}/delete/?id={one}")
    assert question.status_code == 200
    before = office.digest()
    answer = city.send(f"/admin/{kind}/delete/", {"id": str(one), "version": "1"})
    assert answer.status_code == 409
    assert office.digest() == before


BAD_IDS = ("", "x", "0", "' or 1=1", "莘县", "507f1f77bcf86cd79943901", "%00", UNKNOWN, "a" * 5000)


@pytest.mark.parametrize("kind", KINDS)
def test_23_a_malformed_or_unknown_id_in_an_address_is_not_found(kind, office, city):
    for bad in BAD_IDS:
        for path in ("details", "edit", "delete", "file"):
            address = f"/admin/{kind}/{path}/?id={quote(bad, safe='%')}&file={quote(bad, safe='%')}"
            assert city.get(address).status_code == 404, address
        for path in ("delete/", "edit/", "files/add/", "files/remove/"):
            answer = city.send(f"/admin/{kind}/{path}", {"id": bad}, query_string={"id": bad, "file": bad})
            assert answer.status_code == 404, (path, bad)
    for bad in BAD_IDS:
        assert city.send("/admin/recycle-bin/restore", query_string={"recycled": bad}).status_code == 404
        assert city.send("/admin/import/write", {"kind": "bases", "upload": bad}).status_code in (404, 422)


@pytest.mark.parametrize(
    ("kind", "field", "more"),
    [
        ("tenant-companies", "base", {"name": "新企业", "uscc": code(3001), "status": "housed"}),
        ("ledger-entries", "base", {"function": "training", "status": "draft"}),
        ("ledger-entries", "partner", {"function": "training", "status": "draft"}),
        (
            "service-partners",
            "cooperations-0-base",
            {"name": "新机构", "uscc": code(3002), "status": "cooperating"},
        ),
    ],
)
@pytest.mark.parametrize("bad", ["x", "507f1f77bcf86cd79943901", UNKNOWN, "\x00", "a" * 400])
def test_23_25_a_malformed_or_unknown_reference_is_refused_beside_its_field(
    kind, field, more, bad, office, city
):
    if field == "partner":
        more = more | {"base": str(office.guan.base)}
    before = office.digest()
    answer = city.send(f"/admin/{kind}/new/", {**more, field: bad})
    assert answer.status_code == 422
    assert field.partition("-")[0] in "".join(problems(answer.text))
    assert office.digest() == before


def test_25_an_unknown_reference_does_not_clear_the_one_there_is(office, city):
    raw = office.one("ledger_entries", office.guan.entry)
    form = {
        "base": str(raw["base"]),
        "partner": str(ObjectId()),
        "function": "training",
        "status": "draft",
        "version": "1",
    }
    assert city.send(f"/admin/ledger-entries/edit/?id={raw['_id']}", form).status_code == 422
    assert office.one("ledger_entries", raw["_id"]) == raw


# --- 13: search -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "启程 长沙",
        "长沙 启程",
        "长沙启程",
        "程机",
        "qc cs",
        "csqc",
        "１３８０６３５０１００",
        "MA0000110",
        "ma00001",
        "冠县 启程",
        "gx 启程",
        "  启程　长沙  ",
    ],
)
def test_13_words_in_any_order_and_parts_of_words_find(words, office, city):
    page = city.get("/admin/tenant-companies/", query_string={"search": words}).text
    if words in ("qc cs", "csqc", "长沙启程", "程机", "启程 长沙", "长沙 启程", "  启程　长沙  "):
        assert "清泉长沙启程机械有限公司" in names(page)
        assert len(names(page)) == 2
    else:
        assert "清泉长沙启程机械有限公司" in names(page)
    assert "清泉旧邻纺织有限公司" not in names(page) or not words.startswith("启")


@pytest.mark.parametrize("words", [".*", "^", "(", "[", "\\", "$", "*", "'", '"', "%", "_", "{}", "启程 ("])
def test_13_signs_are_words_and_no_patterns(words, city):
    answer = city.get("/admin/tenant-companies/", query_string={"search": words})
    assert answer.status_code == 200
    assert names(answer.text) == []


# --- 14: exports ----------------------------------------------------------------------------------


DANGEROUS = (
    "=1+1",
    "+86",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://evil.example")',
    "\t=1+1",
    "0123",
    "1E5",
    "http://evil.example",
)


def test_14_what_looks_like_a_formula_is_text_in_an_export(office, city):
    for n, text in enumerate(DANGEROUS):
        values = {
            "name": f"企业{n}",
            "uscc": code(4000 + n),
            "base": office.guan.base,
            "notes": text,
            "legal_representative": text[:40],
        }
        records.create("tenant_companies", values, actor=office.actor("city"), now=NOW)
    answer = city.get("/admin/tenant-companies/export/xlsx/?search=企业")
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    found = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value is not None}
    for text in DANGEROUS:
        wanted = text.strip()
        assert wanted in found, text
        assert found[wanted].data_type == "s"
        assert found[wanted].hyperlink is None


def test_14_downloads_bear_chinese_names(office, city):
    for path, name in (
        ("/admin/tenant-companies/export/xlsx/", "入驻企业"),
        (f"/admin/bases/file/?file={office.guan.files['bases']}", "清泉营业执照.pdf"),
        ("/admin/import/template/bases.xlsx", "示范基地-模板.xlsx"),
    ):
        disposition = city.get(path).headers["Content-Disposition"]
        assert disposition.startswith("attachment")
        assert f"filename*=UTF-8''{quote(name)}" in disposition


# --- 15, 19, 22: pages ----------------------------------------------------------------------------


def pages(office):
    yield from (
        "/login",
        "/admin/",
        "/admin/settings/",
        "/admin/users/",
        "/admin/users/new/",
        "/admin/audit/",
    )
    yield from ("/admin/recycle-bin/", "/admin/import/", "/admin/search/?search=清泉", "/account/password")
    for kind in KINDS:
        one = some_id(office, kind)
        yield from (f"/admin/{kind}/", f"/admin/{kind}/?search=没有", f"/admin/{kind}/new/")
        yield from (f"/admin/{kind}/{what}/?id={one}" for what in ("details", "edit", "delete"))


def test_15_no_page_holds_what_the_content_policy_would_block(office, sign_in, client):
    browser = sign_in("boss")
    for path in pages(office):
        answer = (client if path == "/login" else browser).get(path)
        assert answer.status_code == 200, path
        assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<[a-z][^>]*\son[a-z]+=", answer.text), path
        assert not re.search(r"<[a-z][^>]*\sstyle=", answer.text), path
        assert "<style" not in answer.text, path
        assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", answer.text)), path
        assert not re.search(r"""(src|href)=["'](https?:)?//""", answer.text), path


def test_19_22_every_page_says_its_language_and_has_landmarks(office, sign_in, client):
    browser = sign_in("boss")
    for path in pages(office):
        page = (client if path == "/login" else browser).get(path).text
        assert '<html lang="zh-CN"' in page, path
        assert page.count("<main") == 1, path
        assert page.count("<h1") == 1, path
        assert "None" not in re.sub(r"<[^>]*>", "", page), path
        assert 'placeholder="None"' not in page, path
    browser.send("/account/language", {"locale": "en"})
    assert '<html lang="en"' in browser.get("/admin/").text


# --- 16: a TypeError is a fault, and is not tried twice -------------------------------------------


def test_16_a_type_error_in_a_view_is_not_swallowed_and_the_view_not_called_again(
    office, city, monkeypatch, capsys
):
    called = []

    def broken(self):
        called.append(1)
        return "text" + 1  # type: ignore[operator]

    monkeypatch.setattr(BaseView, "facts", lambda self, raw: broken(self))
    answer = city.get(f"/admin/bases/details/?id={office.guan.base}")
    assert answer.status_code == 500
    assert called == [1]
    logged = "".join(capsys.readouterr())
    assert "can only concatenate str" in logged
    assert "'cls'" not in logged, "the library tries once more with another argument"


# --- 17, 23, 27: what an address may say ----------------------------------------------------------


ODD = {
    "page": (str(HUGE), "-1", "0", "x", "1.5", "²", "１", "%00", "", "1e9"),
    "size": (str(HUGE), "-5", "x", "²"),
    "search": ("%00", "%ED%A0%80", "%FF%FE", "a" * 4000, "%F0%9F%98%80", "%5B", "%0A", "+", "%E2%80%AE"),
    "sort": ("%00", "-%00", "x" * 3000, "version"),
    "county": ("%00", "371522%00", "x" * 3000),
    "status": ("%00", "%ED%A0%80", "x" * 3000, "$gt"),
    "status[$gt]": ("",),
    "base": ("%00", "x", "507f1f77bcf86cd799439011"),
    "moved_in_from": ("%00", "0000-00-00", "9999-12-31", "10000-01-01", str(HUGE), "x" * 3000),
    "served_on_to": ("%00", "-1", "2024-02-30"),
    "columns": ("%00", "x" * 3000, "search_text", "__class__"),
    "collection": ("%00", "$where"),
    "action": ("%00",),
    "record": ("%00", "x"),
    "at_from": ("%00", "9999-12-31", "0001-01-01"),
    "at_to": ("9999-12-31", "0001-01-01"),
    "q": ("%00", "%ED%A0%80", "a" * 4000),
    "kind": ("%00", "castles"),
}


WALKED = [
    "/admin/users/", "/admin/import/", "/admin/audit/", "/admin/recycle-bin/", "/admin/search/",
    *(f"/admin/{kind}/{page}" for kind in KINDS for page in ("", "lookup/", "new/")),
]  # fmt: skip


@pytest.mark.parametrize("path", WALKED)
def test_17_27_no_address_brings_a_page_down(path, office, sign_in):
    browser = sign_in("boss")
    before = office.digest()
    for name, values in ODD.items():
        for value in values:
            answer = browser.get(f"{path}?{name}={value}")
            assert answer.status_code == 200, f"{path}?{name}={value[:60]}"
    assert office.digest() == before


@pytest.mark.parametrize("kind", KINDS)
def test_17_27_no_address_brings_an_export_down(kind, office, city):
    for name in ("page", "search", "sort", "county", "status", "moved_in_from"):
        for value in ODD[name]:
            assert city.get(f"/admin/{kind}/export/xlsx/?{name}={value}").status_code == 200, (
                name,
                value[:60],
            )


def test_17_27_a_saved_view_with_odd_arguments_is_harmless(office, city):
    for name in ("search", "columns", "sort", "status"):
        for value in ODD[name]:
            answer = city.send(f"/admin/bases/views/save/?{name}={value}", {"name": "\x00 " + "长" * 300})
            assert answer.status_code == 303
            assert city.get(answer.location).status_code == 200


# --- 18, 30: how many commands --------------------------------------------------------------------


class Commands(monitoring.CommandListener):
    """Keeps the names of the commands that were sent."""

    def __init__(self):
        self.sent = []

    def started(self, event):
        self.sent.append((event.command_name, event.command.get(event.command_name)))

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


@pytest.fixture
def counted(app, office, mongo_uri):
    """Give a signed-in browser and the list of commands that its requests send."""
    listener, name = Commands(), database().name
    disconnect()
    listeners = monitoring._LISTENERS.command_listeners  # `monitoring.register` has no way back
    listeners.append(listener)
    connect(mongo_uri, name)
    listeners.remove(listener)
    browser = open_session(app, office.users["city"])
    browser.get("/admin/bases/")
    yield browser, listener.sent
    disconnect()


LISTS = [
    "", "?county=371525", "?search=清泉", "?search=sx 启程", "?status=housed", "?status=housed&search=启程",
    "?sort=-people",
    "?size=200&page=3", "?industry=retail&county=371525", "?moved_in_from=2020-01-01", "?page=99999",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_18_a_list_page_sends_at_most_four_commands_and_asks_the_bases_once_for_words(kind, office, counted):
    browser, sent = counted
    columns = "&".join(f"columns={column.key}" for column in RECORDS_SHEETS[kind].exported)
    looked_up = [f"?base={office.guan.base}", f"?partner={office.guan.partner}&base={office.guan.base}"]
    for query in [*LISTS, f"?{columns}", *looked_up]:
        sent.clear()
        assert browser.get(f"/admin/{kind}/{query}").status_code == 200
        assert len(sent) <= 4 + ("search=" in query), (query, sent)


def test_18_the_number_of_commands_does_not_grow_with_the_rows(office, counted):
    browser, sent = counted
    sent.clear()
    browser.get("/admin/ledger-entries/?size=200")
    few = len(sent)
    rows = list(database()["ledger_entries"].find({}))
    database()["ledger_entries"].insert_many([{**row, "_id": ObjectId()} for row in rows for _ in range(40)])
    database()["statuses"].insert_many(
        [
            {"collection": "ledger_entries", "code": f"s{n}", "label": f"状态{n}", "version": 1}
            for n in range(150)
        ]
    )
    sent.clear()
    assert len(ids(browser.get("/admin/ledger-entries/?size=200").text)) == len(rows) * 41 > 150
    assert len(sent) == few
    sent.clear()
    assert len(ids(browser.get("/admin/ledger-entries/?size=200&search=创业园").text)) == len(rows) * 41
    assert len(sent) <= 5, sent


# What it takes to tell the trail of an export: head and entry, in one transaction.
_OF_AN_ENTRY = 5


def test_18_30_an_export_reads_no_reference_a_row(office, counted):
    browser, sent = counted
    sent.clear()
    browser.get("/admin/ledger-entries/export/xlsx/")
    few = len(sent)
    rows = list(database()["ledger_entries"].find({}))
    database()["ledger_entries"].insert_many([{**row, "_id": ObjectId()} for row in rows for _ in range(50)])
    sent.clear()
    browser.get("/admin/ledger-entries/export/xlsx/")
    # Three keep which records the workbook holds, so that rows that are missing when it comes back are known.
    assert len(sent) == few <= 4 + _OF_AN_ENTRY + 3


@pytest.mark.parametrize(
    ("path", "most"),
    # A new base may bring an earlier title while their register is open.
    [("/admin/tenant-companies/new/", 2), ("/admin/ledger-entries/new/", 2), ("/admin/bases/new/", 3)],
)
def test_7_a_form_opens_without_reading_what_it_could_refer_to(path, most, counted):
    browser, sent = counted
    sent.clear()
    assert browser.get(path).status_code == 200
    assert len(sent) <= most, sent


def test_28_no_request_builds_an_index(office, counted):
    browser, sent = counted
    sent.clear()
    for kind in KINDS:
        for path in (
            f"/admin/{kind}/",
            f"/admin/{kind}/details/?id={some_id(office, kind)}",
            f"/admin/{kind}/new/",
        ):
            browser.get(path)
    form = {"name": "新机构", "uscc": code(3003), "status": "cooperating"}
    assert browser.send("/admin/service-partners/new/", form).status_code == 303
    browser.send(f"/admin/bases/files/add/?id={office.guan.base}", {"file": (BytesIO(PDF), "证明.pdf")})
    names_sent = {name for name, _ in sent}
    assert names_sent
    assert not names_sent & {"createIndexes", "create", "dropIndexes", "collMod"}


# --- 20: an address says what it means ------------------------------------------------------------


def test_20_filters_are_named_in_the_address_not_numbered(office, city):
    page = city.get("/admin/tenant-companies/?industry=retail&status=housed").text
    assert ids(page) == ids(city.get("/admin/tenant-companies/?status=housed&industry=retail").text)
    assert "flt" not in page
    assert ids(page)


# --- 21: sessions ---------------------------------------------------------------------------------


def test_21_a_copied_cookie_is_dead_after_sign_out(app, office, city):
    copied = city.get_cookie("office_session").value
    city.send("/logout")
    thief = app.test_client()
    thief.set_cookie("office_session", copied)
    assert thief.get("/admin/bases/").status_code == 302


# --- 23, 26: what may be typed --------------------------------------------------------------------


NUMBERS = (
    "NaN",
    "nan",
    "inf",
    "-inf",
    "1e400",
    "-5",
    "-0.1",
    str(2**63),
    str(10**400),
    "9" * 5000,
    "0x10",
    "1_000",
    "½",
)


@pytest.mark.parametrize("value", NUMBERS, ids=lambda value: value[:12])
@pytest.mark.parametrize("field", ["people", "revenue", "assets"])
def test_23_numbers_that_are_none_are_refused_beside_the_field(field, value, office, city):
    form = {
        "name": "新企业",
        "uscc": code(3004),
        "base": str(office.guan.base),
        "status": "housed",
        field: value,
    }
    before = office.digest()
    answer = city.send("/admin/tenant-companies/new/", form)
    assert answer.status_code == 422
    assert field in problems(answer.text)
    assert office.digest() == before


TEXTS = {
    "NUL": "甲\x00乙", "escape": "甲\x1b[31m乙", "bell": "\x07", "400,000 characters": "长" * 400_000,
    "direction": "甲\u202e乙", "not a character": "甲\uffff乙",
}  # fmt: skip


@pytest.mark.parametrize("value", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize(
    "field", ["name", "legal_representative", "notes", "size_reason", "phone", "uscc", "status", "people"]
)
def test_23_26_a_text_that_no_workbook_holds_is_refused_or_cleaned(field, value, office, city):
    form = {
        "name": "新企业",
        "uscc": code(3005),
        "base": str(office.guan.base),
        "status": "housed",
        field: value,
    }
    answer = city.send("/admin/tenant-companies/new/", form)
    assert answer.status_code in (303, 422)
    if answer.status_code == 422:
        assert problems(answer.text) or on_top(answer.text)
    stored = office.db["tenant_companies"].find_one({"uscc": code(3005)})
    if stored:
        text = str(stored[field]) if field in stored else ""
        assert len(text) <= 2000
        assert not re.search("[\x00-\x08\x0b-\x1f\ud800-\udfff]", text)
    export = city.get("/admin/tenant-companies/export/xlsx/")
    assert len(cells(export)) >= 8


@pytest.mark.parametrize("bad", [b"\xed\xa0\x80", b"\xff\xfe", b"\xed\xb0\x80x"])
def test_23_half_a_character_never_reaches_the_database(bad, office, city):
    body = (
        b"csrf_token=" + quote(city.token).encode() + b"&name=" + b"".join(b"%%%02X" % byte for byte in bad)
    )
    body += f"&uscc={code(3006)}&base={office.guan.base}&status=housed".encode()
    answer = city.post(
        "/admin/tenant-companies/new/", data=body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code in (303, 422)
    for raw in office.db["tenant_companies"].find():
        assert not re.search("[\ud800-\udfff]", raw["name"])
    assert city.get("/admin/tenant-companies/export/xlsx/").status_code == 200


@pytest.mark.parametrize("version", ["-1", str(-HUGE), str(HUGE), "x", "", "1.0", "²"])
@pytest.mark.parametrize("kind", KINDS)
def test_23_a_version_that_is_none_overwrites_nothing(kind, version, office, city):
    one = some_id(office, kind)
    form = form_of(office, kind) | {"version": version}
    before = office.digest()
    assert city.send(f"/admin/{kind}/edit/?id={one}", form).status_code == 409
    assert office.digest() == before


def form_of(office, kind):
    base = str(office.guan.base)
    return {
        "bases": {
            "name": "改名",
            "operator": "甲",
            "uscc": code(100),
            "county": GUAN,
        },
        "tenant-companies": {"name": "改名", "uscc": code(110), "base": base, "status": "housed"},
        "service-partners": {"name": "改名", "uscc": code(120), "status": "ended"},
        "staff-members": {"name": "新员工", "base": base, "employment": "full-time", "status": "on_staff"},
        "ledger-entries": {"base": base, "function": "training", "status": "draft"},
        "statuses": {"label": "改名", "order": "3", "colour": "red"},
    }[kind]


def test_10_a_choice_that_was_not_made_stays_unmade(office, city):
    """Saving a record whose optional choice is blank must not write the first of the list."""
    typed = {
        "name": "新企业",
        "uscc": code(3007),
        "base": str(office.guan.base),
        "status": "housed",
        "industry": "",
    }
    assert city.send("/admin/tenant-companies/new/", typed).status_code == 303
    stored = office.db["tenant_companies"].find_one({"uscc": code(3007)})
    assert "industry" not in stored
    page = city.get(f"/admin/tenant-companies/edit/?id={stored['_id']}").text
    assert form(page)["industry"] == [""]
    sent = form(page)
    assert city.send(f"/admin/tenant-companies/edit/?id={stored['_id']}", sent).status_code == 303
    assert office.one("tenant_companies", stored["_id"]) == stored, "opened and saved, nothing is changed"


def test_the_stock_views_of_the_library_are_nowhere(app):
    """The library registers what its classes expose: all of it is ours or closed."""
    assert isinstance(app, Flask)
    (admin,) = app.extensions["admin"]
    assert isinstance(admin, Admin)
    assert {view.endpoint for view in admin._views} == {
        "admin", "bases", "tenant_companies", "service_partners", "staff_members", "ledger_entries", "statuses",
        "own_records",
    }  # fmt: skip
    assert set(RECORDS) >= {"bases", "statuses"}
