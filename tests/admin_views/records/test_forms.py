"""The forms of all five kinds: right input is stored, wrong input is kept on screen with a sentence beside it."""

import re
from datetime import UTC, date, datetime

import pytest

from services.records import records
from tests.page_reader import flashes, form, on_top, problems
from tests.sample_office import CHANG, GUAN, SHEN, code

HAN = re.compile("[一-鿿]")
NOW = datetime(2026, 3, 3, tzinfo=UTC)
TITLE_FIELDS = ("status", "announced_on", "document_number", "title_first_day", "title_last_day")


@pytest.fixture
def city(sign_in):
    return sign_in("city")


def day(text):
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), tzinfo=UTC)


def typed(office, kind):
    """Return the least that a clerk must type for a new record of 冠县."""
    base = str(office.guan.base)
    return {
        "bases": {
            "name": "新园",
            "operator": "新园公司",
            "uscc": code(5001),
            "county": GUAN,
            "status": "uncertified",
        },
        "tenant-companies": {"name": "新企业", "uscc": code(5002), "base": base, "status": "housed"},
        "service-partners": {"name": "新机构", "uscc": code(5003), "status": "cooperating"},
        "staff-members": {"name": "新员工", "base": base, "employment": "full-time", "status": "on_staff"},
        "ledger-entries": {"base": base, "function": "training", "status": "draft"},
        "statuses": {
            "collection": "ledger_entries",
            "label": "待补",
            "code": "to_fill",
            "order": "5",
            "colour": "red",
        },
    }[kind]


KINDS = ("bases", "tenant-companies", "service-partners", "staff-members", "ledger-entries", "statuses")
COLLECTIONS = {kind: kind.replace("-", "_") for kind in KINDS}


# --- Right input ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_typed_is_stored_and_shown(kind, office, city):
    answer = city.send(f"/admin/{kind}/new/", typed(office, kind))
    assert answer.status_code == 303
    assert f"/admin/{kind}/details/?id=" in answer.location
    page = city.get(answer.location)
    assert page.status_code == 200
    assert flashes(page.text)
    for value in typed(office, kind).values():
        assert HAN.search(value) is None or value in page.text


@pytest.mark.parametrize("kind", KINDS)
def test_opened_and_saved_unchanged_a_record_stays_as_it_is(kind, office, city):
    """The form says back exactly what is stored, whatever its kinds of field."""
    stored = office.db[COLLECTIONS[kind]]
    for raw in list(stored.find()):
        path = f"/admin/{kind}/edit/?id={raw['_id']}"
        page = city.get(path)
        assert page.status_code == 200
        answer = city.send(path, form(page.text))
        assert answer.status_code == 303, on_top(answer.text)
        assert stored.find_one(raw["_id"]) == raw


def test_save_and_add_another_leads_to_a_blank_form(office, city):
    answer = city.send("/admin/bases/new/", typed(office, "bases") | {"again": "1"})
    made = office.db["bases"].find_one({"uscc": code(5001)})
    assert answer.location == f"/admin/bases/new/?after={made['_id']}"
    blank = form(city.get(answer.location).text)
    assert (blank["name"], blank["county"]) == ([""], [GUAN])


def test_a_new_record_begins_with_what_is_usual(office, city, sign_in):
    entry = form(city.get(f"/admin/ledger-entries/new/?base={office.guan.base}").text)
    assert entry["status"] == ["draft"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", entry["served_on"][0])
    assert entry["base"] == [str(office.guan.base)]
    assert form(sign_in("guan").get("/admin/bases/new/").text)["county"] == [GUAN]
    assert form(city.get("/admin/bases/new/").text)["status"] == ["uncertified"]


@pytest.mark.parametrize(
    "spelling",
    [
        "2024-01-05", "2024/1/5", "2024.1.5", "2024年1月5日", "20240105", "二〇二四年一月五日", "２０２４－０１－０５",
        "2024、1、5", "45296", "2024-1-5 08:30", " 2024年01月05号 ",
    ],
)  # fmt: skip
def test_a_day_may_be_typed_in_any_spelling(spelling, office, city):
    answer = city.send(
        "/admin/tenant-companies/new/", typed(office, "tenant-companies") | {"moved_in": spelling}
    )
    assert answer.status_code == 303, on_top(answer.text)
    assert office.db["tenant_companies"].find_one({"uscc": code(5002)})["moved_in"] == day("2024-01-05")


@pytest.mark.parametrize(
    "spelling", ["2024-02-30", "2023-02-29", "昨天", "2024-13-01", "05/01/2024", "24-1-5", "2300-01-01"]
)
def test_a_day_that_is_none_is_refused_beside_its_field_and_kept(spelling, office, city):
    before = office.digest()
    answer = city.send(
        "/admin/tenant-companies/new/", typed(office, "tenant-companies") | {"moved_in": spelling}
    )
    assert answer.status_code == 422
    assert HAN.search(problems(answer.text)["moved_in"])
    assert form(answer.text)["moved_in"] == [spelling]
    assert office.digest() == before


@pytest.mark.parametrize(
    ("spelling", "stored"),
    [
        ("1,234.5", 1234.5),
        ("１２３４", 1234),
        ("1234万元", 1234),
        (" 12.30 ", 12.3),
        ("0", 0),
        ("1.23亿", 12300),
    ],
)
def test_an_amount_may_be_typed_with_commas_and_units(spelling, stored, office, city):
    given = typed(office, "tenant-companies") | {"revenue": spelling, "people": "500"}
    answer = city.send("/admin/tenant-companies/new/", given)
    assert answer.status_code == 303, on_top(answer.text)
    assert office.db["tenant_companies"].find_one({"uscc": code(5002)})["revenue"] == pytest.approx(stored)


def test_a_code_is_put_right_and_a_wrong_one_refused(office, city):
    good = code(5002)
    spaced = " ".join([good[:6], good[6:12].lower(), good[12:]])
    assert (
        city.send(
            "/admin/tenant-companies/new/", typed(office, "tenant-companies") | {"uscc": spaced}
        ).status_code
        == 303
    )
    assert office.db["tenant_companies"].count_documents({"uscc": good}) == 1
    wrong = good[:-1] + ("1" if good[-1] != "1" else "2")
    answer = city.send("/admin/tenant-companies/new/", typed(office, "tenant-companies") | {"uscc": wrong})
    assert answer.status_code == 422
    assert "uscc" in problems(answer.text)


# --- Wrong input -------------------------------------------------------------------------------------


WRONG = [
    ("bases", {"name": ""}, "name"),
    ("bases", {"name": "长" * 101}, "name"),
    ("bases", {"operator": " "}, "operator"),
    ("bases", {"uscc": "123"}, "uscc"),
    ("bases", {"uscc": ""}, "uscc"),
    ("bases", {"county": ""}, "county"),
    ("bases", {"county": "371599"}, "county"),
    ("bases", {"base_type": "castle"}, "base_type"),
    ("bases", {"floor_area": "大"}, "floor_area"),
    ("bases", {"service_staff": "-1"}, "service_staff"),
    ("bases", {"service_staff": "3.5"}, "service_staff"),
    ("bases", {"contact_phone": "电话"}, "contact_phone"),
    ("bases", {"status": "certified"}, "announced_on"),
    ("bases", {"status": "certified", "announced_on": "2024-01-02"}, "document_number"),
    ("bases", {"announced_on": "2024-01-02"}, "announced_on"),
    ("bases", {"document_number": "聊工信发2024"}, "document_number"),
    (
        "bases",
        {"status": "certified", "announced_on": "2024-01-02", "document_number": "聊工信发〔2024〕7号",
         "title_first_day": "2024-01-01"},
        "title_first_day",
    ),
    (
        "bases",
        {"status": "certified", "announced_on": "2024-01-02", "document_number": "聊工信发〔2024〕7号",
         "title_last_day": "2024-01-01"},
        "title_last_day",
    ),
    ("tenant-companies", {"name": ""}, "name"),
    ("tenant-companies", {"base": ""}, "base"),
    ("tenant-companies", {"industry": "magic"}, "industry"),
    ("tenant-companies", {"people": "多"}, "people"),
    ("tenant-companies", {"moved_in": "2024-01-02", "moved_out": "2024-01-01"}, "moved_out"),
    ("tenant-companies", {"size_override": "large"}, "size_reason"),
    ("tenant-companies", {"size_override": "huge"}, "size_override"),
    ("tenant-companies", {"status": "certified"}, "status"),
    ("service-partners", {"name": ""}, "name"),
    ("service-partners", {"functions": ["training", "magic"]}, "functions"),
    ("ledger-entries", {"base": ""}, "base"),
    ("ledger-entries", {"function": ""}, "function"),
    ("ledger-entries", {"function": "magic"}, "function"),
    ("ledger-entries", {"status": "submitted"}, "served_on"),
    ("ledger-entries", {"fee_kind": "free", "fee_amount": "5"}, "fee_amount"),
    ("ledger-entries", {"person_times": "1.5"}, "person_times"),
    ("ledger-entries", {"companies": ["长" * 300]}, "companies"),
    ("statuses", {"label": ""}, "label"),
    ("statuses", {"label": "长" * 21}, "label"),
    ("statuses", {"code": "1bad"}, "code"),
    ("statuses", {"code": "待"}, "code"),
    ("statuses", {"order": "x"}, "order"),
    ("statuses", {"order": "99999"}, "order"),
    ("statuses", {"colour": "pink"}, "colour"),
    ("statuses", {"collection": "bases"}, "collection"),
]  # fmt: skip


CHOICES = (
    "base_type",
    "county",
    "industry",
    "size_override",
    "function",
    "functions",
    "status",
    "colour",
    "collection",
)


@pytest.mark.parametrize(("kind", "wrong", "field"), WRONG, ids=lambda value: str(value)[:30])
def test_wrong_input_has_a_chinese_sentence_beside_its_field_and_is_kept(kind, wrong, field, office, city):
    before = office.digest()
    sent = typed(office, kind) | wrong
    answer = city.send(f"/admin/{kind}/new/", sent)
    assert answer.status_code == 422
    said = problems(answer.text)
    assert field in said, on_top(answer.text)
    assert HAN.search(said[field]), said
    assert f'href="#{field}' in answer.text, "the summary on top leads to the field"
    shown = form(answer.text)
    for name, value in sent.items():
        one = value if isinstance(value, list) else [value]
        if name == field and field in CHOICES:
            continue  # no list offers what is not in it
        assert shown.get(name, [""]) == one or " " in one, name
    assert office.digest() == before


def test_every_fault_of_a_form_is_told_at_once(office, city):
    sent = {"name": "", "operator": "", "uscc": "1", "county": "", "status": "", "service_staff": "x"}
    answer = city.send("/admin/bases/new/", sent)
    assert set(problems(answer.text)) >= {"name", "operator", "uscc", "county", "service_staff"}
    assert len(on_top(answer.text)) > 20


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_form_is_refused_without_a_fault_of_ours(kind, office, city):
    before = office.digest()
    assert city.send(f"/admin/{kind}/new/", {}).status_code == 422
    assert office.digest() == before


@pytest.mark.parametrize(
    ("kind", "taken", "field"),
    [
        ("bases", {"uscc": code(100)}, "uscc"),
        ("bases", {"name": "清泉创业园"}, "name"),
        ("tenant-companies", {"uscc": code(110)}, "uscc"),
        ("service-partners", {"uscc": code(120)}, "uscc"),
        ("statuses", {"label": "草稿"}, "label"),
        ("statuses", {"code": "draft"}, "code"),
    ],
)
def test_what_another_record_has_is_refused_beside_its_field(kind, taken, field, office, city):
    before = office.digest()
    answer = city.send(f"/admin/{kind}/new/", typed(office, kind) | taken)
    assert answer.status_code == 422
    assert next(iter(taken.values())) in problems(answer.text)[field]
    assert office.digest() == before


def test_two_counties_may_have_a_base_of_one_name(office, city):
    assert (
        city.send(
            "/admin/bases/new/", typed(office, "bases") | {"name": "清泉创业园", "county": CHANG}
        ).status_code
        == 303
    )


def test_a_document_number_belongs_to_one_announcement(office, city):
    title = {"status": "certified", "document_number": "聊工信发[2023]100号"}
    answer = city.send("/admin/bases/new/", typed(office, "bases") | title | {"announced_on": "2024-02-02"})
    assert "2023-12-20" in problems(answer.text)["document_number"]
    assert (
        city.send(
            "/admin/bases/new/", typed(office, "bases") | title | {"announced_on": "2023-12-20"}
        ).status_code
        == 303
    )


# --- The title, Art. 12 and 16 --------------------------------------------------------------------------


def test_the_term_is_computed_from_the_announcement(office, city):
    title = {"status": "certified", "announced_on": "2024-02-29", "document_number": "聊工信发〔2024〕9号"}
    assert city.send("/admin/bases/new/", typed(office, "bases") | title).status_code == 303
    stored = office.db["bases"].find_one({"uscc": code(5001)})
    assert (stored["title_first_day"], stored["title_last_day"]) == (day("2024-02-29"), day("2029-02-28"))


def test_a_county_clerk_can_neither_see_nor_set_the_title(office, sign_in):
    clerk = sign_in("guan")
    assert not set(form(clerk.get("/admin/bases/new/").text)) & set(TITLE_FIELDS)
    path = f"/admin/bases/edit/?id={office.guan.base}"
    sent = form(clerk.get(path).text)
    assert not set(sent) & set(TITLE_FIELDS)
    before = office.one("bases", office.guan.base)
    forged = {"status": ["revoked"], "title_last_day": ["2099-01-01"], "document_number": [""]}
    answer = clerk.send(path, sent | forged | {"notes": ["改了备注"]})
    assert answer.status_code == 422
    assert "称号只能由公布或决定改变" in on_top(answer.text)
    assert office.one("bases", office.guan.base) == before
    forged = {"status": "certified", "announced_on": "2024-02-29", "document_number": "聊工信发〔2024〕9号"}
    assert clerk.send("/admin/bases/new/", typed(office, "bases") | forged).status_code == 422
    assert office.db["bases"].find_one({"uscc": code(5001)}) is None


@pytest.mark.parametrize("name", ["guan", "city"])
def test_no_title_is_given_or_taken_by_a_bulk_action(name, office, sign_in):
    browser = sign_in(name)
    before = office.digest()
    for one, status in ((office.guan.base, "revoked"), (office.guan.spare, "certified")):
        data = {"action": "status", "value-status": status, "id": str(one)}
        assert browser.send("/admin/bases/action/", data).status_code == 400
    assert office.digest() == before


# --- Size ---------------------------------------------------------------------------------------------------


def size_of(office):
    found = office.db["tenant_companies"].find_one({"uscc": code(5002)})
    return tuple(found.get(key) for key in ("size", "size_computed", "size_override"))


def test_the_size_is_computed_and_an_override_needs_its_reason(office, city):
    sent = typed(office, "tenant-companies") | {"industry": "manufacturing", "people": "20", "revenue": "300"}
    assert city.send("/admin/tenant-companies/new/", sent).status_code == 303
    assert size_of(office) == ("small", "small", None)
    one = office.db["tenant_companies"].find_one({"uscc": code(5002)})["_id"]
    path = f"/admin/tenant-companies/edit/?id={one}"
    sent = form(city.get(path).text) | {"revenue": ["299.99"]}
    assert city.send(path, sent).status_code == 303
    assert size_of(office) == ("micro", "micro", None)
    sent = form(city.get(path).text) | {"size_override": ["medium"]}
    assert "size_reason" in problems(city.send(path, sent).text)
    assert city.send(path, sent | {"size_reason": ["集团合并口径"]}).status_code == 303
    assert size_of(office) == ("medium", "micro", "medium")
    sent = form(city.get(path).text) | {"size_override": [""], "size_reason": [""], "industry": [""]}
    assert city.send(path, sent).status_code == 303
    assert size_of(office) == (None, None, None)


# --- Cooperations and companies named -------------------------------------------------------------------------


def test_cooperations_are_rows_of_their_own(office, city):
    rows = {
        "cooperations-0-base": str(office.guan.base), "cooperations-0-first_day": "2024年1月",
        "cooperations-0-last_day": "",
        # a row that was taken away on screen leaves a gap in the numbers
        "cooperations-7-base": str(office.shen.base), "cooperations-7-first_day": "2025-01-01",
        "cooperations-7-last_day": "2025-12-31",
    }  # fmt: skip
    assert (
        city.send("/admin/service-partners/new/", typed(office, "service-partners") | rows).status_code == 303
    )
    stored = office.db["service_partners"].find_one({"uscc": code(5003)})
    assert [(one["county"], one["first_day"], one.get("last_day")) for one in stored["cooperations"]] == [
        (GUAN, day("2024-01-01"), None), (SHEN, day("2025-01-01"), day("2025-12-31")),
    ]  # fmt: skip
    assert stored["counties"] == sorted([GUAN, SHEN])
    path = f"/admin/service-partners/edit/?id={stored['_id']}"
    sent = {
        name: value
        for name, value in form(city.get(path).text).items()
        if not name.startswith("cooperations-1")
    }
    assert city.send(path, sent).status_code == 303
    assert office.one("service_partners", stored["_id"])["counties"] == [GUAN]
    none = {
        name: value
        for name, value in form(city.get(path).text).items()
        if not name.startswith("cooperations")
    }
    assert city.send(path, none).status_code == 303
    assert not office.one("service_partners", stored["_id"]).get("cooperations")


@pytest.mark.parametrize(
    "rows",
    [
        {"cooperations-0-base": "", "cooperations-0-first_day": "2024-01-01"},
        {"cooperations-0-first_day": "2024-02-30"},
        {"cooperations-0-first_day": "2024-02-01", "cooperations-0-last_day": "2024-01-01"},
        {"cooperations-1-base": "same"},
    ],
)
def test_a_wrong_cooperation_is_refused_and_kept(rows, office, city):
    rows = {"cooperations-0-base": str(office.guan.base)} | rows
    rows = {name: str(office.guan.base) if value == "same" else value for name, value in rows.items()}
    before = office.digest()
    answer = city.send("/admin/service-partners/new/", typed(office, "service-partners") | rows)
    assert answer.status_code == 422
    said = " ".join(text for name, text in problems(answer.text).items() if name.startswith("cooperations"))
    assert HAN.search(said)
    shown = form(answer.text)
    assert all(shown[name] == [value] for name, value in rows.items())
    assert office.digest() == before


def test_companies_are_known_by_name_within_the_base(office, city):
    named = ["清泉长沙启程机械有限公司", "外地某公司、另一外地公司", "燕塔阿胶食品有限公司"]
    sent = typed(office, "ledger-entries") | {"companies": named, "request": "三家"}
    assert city.send("/admin/ledger-entries/new/", sent).status_code == 303
    stored = office.db["ledger_entries"].find_one({"request": "三家"})["companies"]
    assert [one["name"] for one in stored] == [named[0], "外地某公司", "另一外地公司", named[2]]
    assert [one.get("company") for one in stored] == [office.guan.company, None, None, None]


def test_names_and_chosen_records_are_kept_when_another_field_is_wrong(office, city):
    sent = typed(office, "ledger-entries") | {
        "companies": ["清泉长沙启程机械有限公司", "外地某公司"], "partner": str(office.guan.partner),
        "person_times": "x",
    }  # fmt: skip
    answer = city.send("/admin/ledger-entries/new/", sent)
    assert answer.status_code == 422
    shown = form(answer.text)
    assert shown["companies"] == sent["companies"]
    assert shown["partner"] == [sent["partner"]]
    assert "清泉律师事务所" in answer.text, "a chosen record is shown by its name"
    assert "清泉创业园" in answer.text


def test_a_blank_status_is_the_usual_one_of_a_new_record_and_none_of_an_old_one(office, city):
    sent = typed(office, "tenant-companies") | {"status": ""}
    assert city.send("/admin/tenant-companies/new/", sent).status_code == 303
    stored = office.db["tenant_companies"].find_one({"uscc": code(5002)})
    assert stored["status"] == "housed"
    path = f"/admin/tenant-companies/edit/?id={stored['_id']}"
    answer = city.send(path, form(city.get(path).text) | {"status": [""]})
    assert answer.status_code == 422
    assert "status" in problems(answer.text)
    office.db["tenant_companies"].update_one({"_id": stored["_id"]}, {"$set": {"status": "forgotten"}})
    assert form(city.get(path).text)["status"] == ["forgotten"], "no other one is chosen by opening the form"


# --- Several things that must hold together ---------------------------------------------------------------------


def test_a_renamed_base_carries_its_name_and_county_along(office, city):
    path = f"/admin/bases/edit/?id={office.guan.base}"
    sent = form(city.get(path).text) | {"name": ["清泉双创园"], "county": [CHANG]}
    assert city.send(path, sent).status_code == 303
    for name, key in (("tenant_companies", "base"), ("ledger_entries", "base")):
        for raw in office.db[name].find({key: office.guan.base}):
            assert (raw["base_name"], raw["county"]) == ("清泉双创园", CHANG)
    assert CHANG in office.one("service_partners", office.shared)["counties"]
    assert "清泉双创园" in city.get(f"/admin/tenant-companies/?county={CHANG}").text
    found = city.get("/admin/bases/?search=清泉创业园").text
    assert "清泉双创园" in found, "the former name still finds it"


def test_a_typed_html_is_shown_as_text(office, city):
    evil = '<img src=x onerror="alert(1)">'
    values = {"name": evil, "uscc": code(5009), "base": office.guan.base, "notes": evil}
    one = records.create("tenant_companies", values, actor=office.actor("city"), now=NOW)
    for path in ("", f"details/?id={one}", f"edit/?id={one}", f"delete/?id={one}", "?search=img"):
        page = city.get(f"/admin/tenant-companies/{path}").text
        assert "&lt;img" in page, path
        assert "<img src=x" not in page, path
    page = city.get(f"/admin/tenant-companies/?search={evil}").text
    assert "<img src=x" not in page


def test_a_role_that_may_not_write_is_shown_no_form(office, sign_in):
    reader = sign_in("reader")
    page = reader.get(f"/admin/bases/details/?id={office.guan.base}").text
    assert "/edit/" not in page
    assert "/delete/" not in page
    assert "/files/" not in page
    assert reader.get(f"/admin/bases/edit/?id={office.guan.base}").status_code == 403
