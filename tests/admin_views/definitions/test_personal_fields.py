"""A personal field shows its ends alone, in lists, pages and history, until somebody asks; the trail tells who."""

import re
from io import BytesIO

import openpyxl
import pytest

from schema.definitions.own_fields import OwnField, OwnKind
from services.definitions.own_fields import add_own_field
from services.records import records
from tests.page_reader import form as read_form
from tests.sample_office import MADE_AT, cells

COMPANIES = "/admin/tenant-companies/"
PHONE, HIDDEN = "13906350987", "139****0987"


@pytest.fixture
def key(office):
    own = OwnField(
        "tenant_companies", "", OwnKind.PHONE, "法人手机", personal=True, listed=True, searched=True
    )
    made = add_own_field(own, actor=office.actor("boss"), now=MADE_AT)
    version = office.one("tenant_companies", office.guan.company)["version"]
    records.update(
        "tenant_companies", office.guan.company, {made.key: PHONE}, version=version, actor=office.actor("guan"),
        now=MADE_AT,
    )  # fmt: skip
    return made.key


def test_it_is_hidden_in_list_page_form_and_history_and_shown_on_request(office, key, sign_in):
    guan, one = sign_in("guan"), office.guan.company
    for path in (f"{COMPANIES}?columns={key}", f"{COMPANIES}details/?id={one}", f"{COMPANIES}edit/?id={one}"):
        page = guan.get(path).text
        assert HIDDEN in page and PHONE not in page, path
    assert PHONE not in sign_in("city").get("/admin/audit/").text
    shown = guan.send(f"{COMPANIES}personal/?id={one}")
    assert shown.status_code == 200 and PHONE in shown.text.split('id="history"')[0]
    entry = office.db["audit_entries"].find_one({"action": "personal-shown"})
    assert (entry["actor_name"], entry["record_id"], entry["note"]) == ("冠县甲", one, "法人手机")
    assert "查看个人信息" in sign_in("city").get("/admin/audit/").text


def test_asking_shows_nothing_of_another_county_and_needs_a_form(office, key, sign_in):
    assert sign_in("shen").send(f"{COMPANIES}personal/?id={office.guan.company}").status_code == 404
    assert sign_in("guan").get(f"{COMPANIES}personal/?id={office.guan.company}").status_code == 405
    assert office.db["audit_entries"].count_documents({"action": "personal-shown"}) == 0


def test_a_save_that_leaves_it_hidden_keeps_it_and_one_that_types_it_anew_changes_it(office, key, sign_in):
    guan, edit = sign_in("guan"), f"{COMPANIES}edit/?id={office.guan.company}"
    typed = read_form(guan.get(edit).text)
    assert typed[key] in (HIDDEN, [HIDDEN])
    assert guan.send(edit, typed | {"notes": "改过"}).status_code == 303
    assert office.one("tenant_companies", office.guan.company)[key] == PHONE
    wrong = guan.send(edit, read_form(guan.get(edit).text) | {"name": ""})
    assert wrong.status_code == 422 and PHONE not in wrong.text
    typed = read_form(guan.get(edit).text)
    assert guan.send(edit, typed | {key: "13800001111"}).status_code == 303
    assert office.one("tenant_companies", office.guan.company)[key] == "13800001111"
    assert guan.send(edit, read_form(guan.get(edit).text) | {key: ""}).status_code == 303
    assert key not in office.one("tenant_companies", office.guan.company)


def test_two_saves_at_once_show_it_hidden(office, key, sign_in):
    guan, city = sign_in("guan"), sign_in("city")
    edit = f"{COMPANIES}edit/?id={office.guan.company}"
    mine, theirs = read_form(guan.get(edit).text), read_form(city.get(edit).text)
    assert city.send(edit, theirs | {key: "13811112222"}).status_code == 303
    page = guan.send(edit, mine | {key: "13833334444"})
    assert page.status_code == 409
    assert "138****2222" in page.text and PHONE not in page.text and "13811112222" not in page.text


def test_a_workbook_has_it_whole_and_brings_it_back(office, key, sign_in):
    guan = sign_in("guan")
    assert any(PHONE in row for row in cells(guan.get(f"{COMPANIES}export/xlsx/")))
    entry = office.db["audit_entries"].find_one({"action": "exported"})
    assert entry["actor_name"] == "冠县甲"


def test_what_is_personal_is_not_public(office, sign_in):
    sent = {"label": "私人电话", "kind": "phone", "section": "own", "personal": "y", "public": "y"}
    answer = sign_in("boss").send("/admin/settings/fields/bases/new/", sent)
    assert answer.status_code == 422 and "个人信息不能对外公开" in answer.text


def test_a_program_reads_it_hidden_and_keeps_it_when_it_sends_that_back(office, key, sign_in):
    guan, one = sign_in("guan"), f"/api/v1/tenant-companies/{office.guan.company}"
    answer = guan.ask(one).json
    assert answer[key] == HIDDEN
    assert PHONE not in guan.ask(f"{one}/history").text
    sent = {"version": answer["version"], key: HIDDEN, "notes": "由程序改"}
    assert guan.ask(one, "PATCH", json=sent).status_code == 200
    stored = office.one("tenant_companies", office.guan.company)
    assert (stored[key], stored["notes"]) == (PHONE, "由程序改")
    again = {"version": stored["version"], key: "13800001111"}
    assert guan.ask(one, "PATCH", json=again).json[key] == "138****1111"


def test_a_field_of_a_list_of_words_is_not_personal(office, sign_in):
    sent = {"label": "生日", "kind": "date", "section": "own", "personal": "y"}
    assert sign_in("boss").send("/admin/settings/fields/bases/new/", sent).status_code == 303
    assert office.db["own_fields"].find_one()["field"]["personal"] is False


def test_the_trial_of_an_import_shows_what_is_stored_hidden(office, key, sign_in):
    guan, city, one = sign_in("guan"), sign_in("city"), office.one("tenant_companies", office.guan.company)
    exported = guan.get(f"{COMPANIES}export/xlsx/?search={one['name']}")
    book = openpyxl.load_workbook(BytesIO(exported.data))
    target = next(cell for line in book.active.iter_rows() for cell in line if cell.value == PHONE)
    target.value = "13833334444"

    def tried():
        stream = BytesIO()
        book.save(stream)
        stream.seek(0)
        sent = {"kind": "tenant-companies", "file": (stream, "企业.xlsx"), "dry_run": "1"}
        page = guan.send("/admin/import/", sent).text
        place = re.search(r'href="(/admin/import/trial/[0-9a-f]{24})\?', page)[1]
        shown = [guan.get(f"{place}?show={kind}").text for kind in ("changed", "conflict", "questions")]
        return page + "".join(shown) + str(cells(guan.get(f"{place}/checked.xlsx")))

    told = tried()
    assert HIDDEN in told and "13833334444" in told and PHONE not in told
    edit = f"{COMPANIES}edit/?id={office.guan.company}"
    assert city.send(edit, read_form(city.get(edit).text) | {key: "13811112222"}).status_code == 303
    told = tried()
    assert "138****2222" in told and "13811112222" not in told
