"""A field of files is a field as good as any other, and its files are kept, served and removed with its value alone."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest

from documents.definitions.own_field import refresh_own_fields
from rules.requests import file_quotas
from schema.definitions.own_fields import MOST_FIELD_FILES
from services.maintenance.lost_bytes import forget_lost_bytes
from services.records.merge import merge, undo_merge
from services.shared.files import forget_removed_files
from tests.admin_views.definitions.test_configuration import fetch, send, take
from tests.admin_views.definitions.test_own_collections import HOME, TYPED, VISITS
from tests.admin_views.definitions.test_own_fields import COMPANIES, FIELDS, add, company, follow, key_of
from tests.admin_views.records.test_conflict import resolve
from tests.page_reader import form as read_form
from tests.page_reader import ids, problems
from tests.sample_office import PDF, cells, code

LABEL = "营业执照副本"
LATER = PDF + b"later"


def sent(*files):
    return [(BytesIO(content), name) for name, content in files]


@pytest.fixture
def boss(office, sign_in):
    return sign_in("boss")


@pytest.fixture
def city(office, sign_in):
    return sign_in("city")


@pytest.fixture
def visits(boss):
    assert boss.send(f"{HOME}new/", TYPED).status_code == 303
    return boss


@pytest.fixture
def licence(office, boss):
    """Return the key of a field of files of companies."""
    add(boss, LABEL, "file", searched="y", listed="y", filtered="y")
    return key_of(office, LABEL)


@pytest.fixture
def made(office, city, licence):
    """Return a company that was entered with one file."""
    answer = company(city, office, **{licence: sent(("副本一.pdf", PDF))})
    assert answer.status_code == 303, answer.text
    return stored(office)


def stored(office):
    return office.db["tenant_companies"].find_one({"uscc": code(77)})


def names(office, key):
    return [item["name"] for item in stored(office).get(key) or ()]


def standing(office, raw, key):
    rows = office.db["attachments"].find({"record_id": raw["_id"], "slot": key}).sort("uploaded_at", 1)
    return {row["_id"]: row["name"] for row in rows}


def edit(city, office, raw, where=COMPANIES, **more):
    address = f"{where}edit/?id={raw['_id']}"
    typed = read_form(city.get(address).text)
    return city.send(address, {name: value for name, value in typed.items() if value} | more)


def agrees(office, key):
    """Assert that the record names just the files that stand in the field."""
    raw = stored(office)
    assert {item["file"]: item["name"] for item in raw.get(key) or ()} == standing(office, raw, key)


def test_a_file_stands_in_form_page_list_filter_search_export_and_history(office, city, licence, made):
    agrees(office, licence)
    page = city.get(f"{COMPANIES}details/?id={made['_id']}").text
    address = f"{COMPANIES}file/?file={made[licence][0]['file']}"
    assert address in page and city.get(address).data == PDF
    assert "副本一.pdf" in page.split('id="history"')[1]
    assert page.count(address) == 1, "it does not stand among the other files too"
    follow()
    assert ids(city.get(f"{COMPANIES}?search=副本一").text) == [str(made["_id"])]
    assert ids(city.get(f"{COMPANIES}?{licence}=yes").text) == [str(made["_id"])]
    assert str(made["_id"]) not in ids(city.get(f"{COMPANIES}?{licence}=no").text)
    assert "副本一.pdf" in city.get(f"{COMPANIES}?search=燕塔").text
    assert any("副本一.pdf" in line for line in cells(city.get(f"{COMPANIES}export/xlsx/?search=燕塔")))
    assert not any(LABEL in line for line in cells(city.get("/admin/import/template/tenant-companies.xlsx")))


def test_files_are_added_replaced_and_removed_in_the_form_and_an_earlier_version_has_them_again(
    office, city, licence, made
):
    first = made[licence][0]["file"]
    again = edit(city, office, made, **{licence: sent(("副本一.pdf", LATER)), f"{licence}-drop": str(first)})
    assert again.status_code == 303
    agrees(office, licence)
    second = stored(office)[licence][0]["file"]
    assert city.get(f"{COMPANIES}file/?file={second}").data == LATER
    assert city.get(f"{COMPANIES}file/?file={first}").status_code == 404, "it lies in the recycle bin"
    assert edit(city, office, made, **{f"{licence}-drop": str(second)}).status_code == 303
    assert names(office, licence) == [] and standing(office, made, licence) == {}
    assert edit(city, office, made).status_code == 303
    assert stored(office)["version"] == 3, "nothing was changed"
    entry = office.db["audit_entries"].find_one({"record_id": made["_id"], "action": "created"})["_id"]
    asked = {"id": str(made["_id"]), "entry": str(entry), "version": "3", "field": licence}
    assert city.send(f"{COMPANIES}version/", asked).status_code == 303
    agrees(office, licence)
    assert [item["file"] for item in stored(office)[licence]] == [first]
    assert city.get(f"{COMPANIES}file/?file={first}").data == PDF


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("程序.exe", b"MZ", "不支持"),
        ("假的.pdf", b"<script>", "内容"),
        ("空.pdf", b"", "内容"),
        ("双重.pdf.html", PDF, "不支持"),
        ("宏.xlsm", b"PK\x03\x04", "不支持"),
    ],
)
def test_a_bad_file_is_refused_at_its_field_and_what_was_typed_and_the_good_one_are_kept(
    office, city, licence, name, content, said
):
    before = office.digest()
    answer = company(city, office, remark="已核对", **{licence: sent((name, content), ("好.pdf", PDF))})
    assert answer.status_code == 422
    assert said in problems(answer.text)[licence] and name in problems(answer.text)[licence]
    assert {key: hash_ for key, hash_ in office.digest().items() if not key.startswith("files.")} == {
        key: hash_ for key, hash_ in before.items() if not key.startswith("files.")
    }
    typed = read_form(answer.text)
    assert typed["uscc"] == [code(77)] and len(typed[f"{licence}-new"]) == 1 and "好.pdf" in answer.text
    saved = city.send(f"{COMPANIES}new/", {key: value for key, value in typed.items() if value})
    assert saved.status_code == 303, problems(saved.text)
    assert names(office, licence) == ["好.pdf"]
    agrees(office, licence)


def test_what_a_page_carries_is_taken_once_by_who_sent_it_and_never_when_it_was_changed(
    office, city, licence, sign_in
):
    answer = company(city, office, uscc="1", **{licence: sent(("好.pdf", PDF))})
    token = read_form(answer.text)[f"{licence}-new"][0]
    other = sign_in("boss")
    before = office.digest()
    for browser, text in ((city, token + "x"), (city, "x"), (other, token)):
        answer = company(browser, office, uscc="1", **{f"{licence}-new": text})
        assert answer.status_code == 422 and f"{licence}-new" not in read_form(answer.text)
    assert office.digest() == before
    assert company(city, office, **{f"{licence}-new": token}).status_code == 303
    twice = company(city, office, name="燕塔二厂", uscc=code(78), **{f"{licence}-new": token})
    assert twice.status_code == 422 and "请重新选择" in problems(twice.text)[licence]
    agrees(office, licence)


def test_a_required_file_is_asked_in_the_form_and_more_than_may_stand_are_refused(office, boss, city):
    add(boss, LABEL, "file", required="y")
    key = key_of(office, LABEL)
    assert problems(company(city, office).text)[key] == "请填写此项。"
    many = sent(*((f"{n}.pdf", PDF) for n in range(MOST_FIELD_FILES + 1)))
    assert str(MOST_FIELD_FILES) in problems(company(city, office, **{key: many}).text)[key]
    assert company(city, office, **{key: sent(("一.pdf", PDF))}).status_code == 303
    raw = stored(office)
    gone = edit(city, office, raw, **{f"{key}-drop": str(raw[key][0]["file"])})
    assert gone.status_code == 422 and problems(gone.text)[key] == "请填写此项。"
    refused = city.ask(f"/api/v1/tenant-companies/{raw['_id']}/files/{raw[key][0]['file']}", "DELETE")
    assert refused.status_code == 409 and "须有附件" in refused.text
    agrees(office, key)


def test_the_second_of_two_clerks_chooses_and_the_files_they_sent_are_not_lost(office, city, licence, made):
    address = f"{COMPANIES}edit/?id={made['_id']}"
    opened = {name: value for name, value in read_form(city.get(address).text).items() if value}
    assert edit(city, office, made, **{licence: sent(("甲.pdf", PDF))}).status_code == 303
    late = city.send(address, opened | {licence: sent(("乙.pdf", LATER))})
    assert late.status_code == 409
    assert "副本一.pdf、甲.pdf" in late.text and "副本一.pdf、甲.pdf、乙.pdf" in late.text
    chosen = resolve(late.text, **{licence: "mine"})
    assert city.send(address, {name: value for name, value in chosen.items() if value}).status_code == 303
    assert names(office, licence) == ["副本一.pdf", "甲.pdf", "乙.pdf"]
    agrees(office, licence)


def test_the_recycle_bin_keeps_files_of_records_and_of_fields_and_gives_them_back(
    office, city, licence, made
):
    first = made[licence][0]["file"]
    assert edit(city, office, made, **{f"{licence}-drop": str(first)}).status_code == 303
    assert "副本一.pdf" in city.get("/admin/recycle-bin/").text
    removed = office.db["recycled"].find_one({"record_id": first})
    assert city.send(f"/admin/recycle-bin/restore?recycled={removed['_id']}").status_code == 303
    agrees(office, licence)
    assert names(office, licence) == ["副本一.pdf"]
    version = str(stored(office)["version"])
    assert city.send(f"{COMPANIES}delete/", {"id": str(made["_id"]), "version": version}).status_code == 303
    assert city.get(f"{COMPANIES}file/?file={first}").status_code == 404
    entry = office.db["recycled"].find_one({"record_id": made["_id"]})
    assert city.send(f"/admin/recycle-bin/restore?recycled={entry['_id']}").status_code == 303
    agrees(office, licence)
    assert city.get(f"{COMPANIES}file/?file={first}").data == PDF


def test_what_the_bin_has_let_go_of_does_not_come_back_and_is_said(office, city, licence, made):
    first = made[licence][0]["file"]
    assert edit(city, office, made, **{f"{licence}-drop": str(first)}).status_code == 303
    later = datetime.now(UTC) + timedelta(days=400)
    assert forget_removed_files(before=later, now=later) == 1
    assert office.db["files.files"].find_one({"filename": "副本一.pdf"}) is None
    entry = office.db["audit_entries"].find_one({"record_id": made["_id"], "action": "created"})["_id"]
    before = office.digest()
    page = city.get(f"{COMPANIES}version/?id={made['_id']}&entry={entry}").text
    assert "已不再保存" in page
    assert office.digest() == before


def test_whoever_may_not_see_the_field_finds_its_files_nowhere(office, boss, city, licence, made, sign_in):
    typed = read_form(boss.get(f"{FIELDS}tenant-companies/{licence}/").text)
    kept = {name: value for name, value in typed.items() if name not in ("searched",) and value}
    assert boss.send(f"{FIELDS}tenant-companies/{licence}/", kept | {"unseen_county": "y"}).status_code == 303
    shen, first = sign_in("shen"), made[licence][0]["file"]
    address = f"/api/v1/tenant-companies/{made['_id']}"
    assert edit(city, office, made, **{licence: sent(("副本二.pdf", PDF))}).status_code == 303
    assert city.get(f"{COMPANIES}file/?file={first}").status_code == 200
    assert edit(city, office, made, **{f"{licence}-drop": str(first)}).status_code == 303
    second = stored(office)[licence][0]["file"]
    pages = (COMPANIES, f"{COMPANIES}details/?id={made['_id']}", f"{COMPANIES}edit/?id={made['_id']}",
             f"{COMPANIES}new/", "/admin/recycle-bin/", "/admin/")  # fmt: skip
    for page in pages:
        text = shen.get(page).text
        assert "副本" not in text and LABEL not in text, page
    assert "副本" not in str(cells(shen.get(f"{COMPANIES}export/xlsx/")))
    for file_id in (first, second):
        assert shen.get(f"{COMPANIES}file/?file={file_id}").status_code == 404
        assert shen.ask(f"{address}/files/{file_id}").status_code == 404
        assert shen.ask(f"{address}/files/{file_id}", "DELETE").status_code == 404
    assert "副本" not in shen.ask(f"{address}/files").text + shen.ask(f"{address}/history").text
    before = office.digest()
    upload = {"file": sent(("图.pdf", PDF))[0], "field": licence}
    assert shen.ask(f"{address}/files", "POST", data=upload).status_code == 400
    assert shen.send(f"{COMPANIES}files/remove/?id={made['_id']}&file={second}", {}).status_code == 404
    assert office.digest() == before
    removed = office.db["recycled"].find_one({"record_id": first})
    assert shen.send(f"/admin/recycle-bin/restore?recycled={removed['_id']}").status_code == 404
    notes = [row.get("note", "") for row in office.db["audit_entries"].find({})]
    assert not any("副本一.pdf" in note or "副本二.pdf" in note for note in notes)


def test_a_personal_files_name_is_hidden_until_somebody_asks(office, boss, city):
    add(boss, "法人身份证", "file", personal="y", listed="y")
    key = key_of(office, "法人身份证")
    company(city, office, **{key: sent(("张三身份证.pdf", PDF))})
    raw = stored(office)
    for page in (
        f"{COMPANIES}?search=燕塔",
        f"{COMPANIES}details/?id={raw['_id']}",
        f"{COMPANIES}edit/?id={raw['_id']}",
    ):
        text = city.get(page).text
        assert "张三" not in text and "张****证.pdf" in text, page
    assert "张三" not in str(city.ask(f"/api/v1/tenant-companies/{raw['_id']}").json)
    whole = city.send(f"{COMPANIES}personal/?id={raw['_id']}", {}).text
    assert "张三身份证.pdf" in whole
    assert edit(city, office, raw, **{f"{key}-drop": str(raw[key][0]["file"])}).status_code == 303
    assert "张三" not in city.get("/admin/recycle-bin/").text


def test_a_program_that_lists_or_sends_a_personal_file_is_told_its_name_hidden(office, boss, city):
    add(boss, "法人身份证", "file", personal="y")
    key = key_of(office, "法人身份证")
    company(city, office, **{key: sent(("张三身份证.pdf", PDF))})
    address = f"/api/v1/tenant-companies/{stored(office)['_id']}/files"
    upload = {"file": sent(("张三护照页.pdf", LATER))[0], "field": key}
    made = city.ask(address, "POST", data=upload)
    assert (made.status_code, made.json["name"]) == (201, "张****页.pdf"), made.text
    assert "张三" not in str(city.ask(address).json)
    assert names(office, key) == ["张三身份证.pdf", "张三护照页.pdf"]


def test_programs_read_add_and_remove_files_of_a_field(office, city, licence, made):
    address = f"/api/v1/tenant-companies/{made['_id']}"
    first = made[licence][0]["file"]
    assert city.ask(address).json[licence] == [{"file": str(first), "name": "副本一.pdf"}]
    assert city.ask(f"{address}/files").json["items"][0]["field"] == licence
    assert city.ask(f"{address}/files/{first}").data == PDF
    upload = {"file": sent(("二.pdf", LATER))[0], "field": licence}
    answer = city.ask(f"{address}/files", "POST", data=upload)
    assert answer.status_code == 201 and answer.json["field"] == licence, answer.text
    agrees(office, licence)
    assert names(office, licence) == ["副本一.pdf", "二.pdf"]
    assert city.ask(f"{address}/files/{first}", "DELETE").status_code == 204
    assert names(office, licence) == ["二.pdf"]
    agrees(office, licence)
    before, version = office.digest(), stored(office)["version"]
    written = city.ask(address, "PATCH", json={"version": version, licence: []})
    assert written.status_code == 422 and licence in str(written.json)
    bad = {"file": sent(("二.exe", b"MZ"))[0], "field": licence}
    assert city.ask(f"{address}/files", "POST", data=bad).status_code == 422
    assert office.digest() == before
    document = city.ask("/api/v1/openapi.json").json
    shapes = document["components"]["schemas"]
    shown = next(one for name, one in shapes.items() if licence in one.get("properties", {}))
    assert shown["properties"][licence]["items"]["required"] == ["file", "name"]
    assert not any(licence in one["properties"] for name, one in shapes.items() if name.endswith("_change"))


def test_two_records_that_are_merged_keep_the_files_that_were_chosen_and_part_again(
    office, city, licence, made
):
    first = office.shen.company
    typed = read_form(city.get(f"{COMPANIES}edit/?id={first}").text)
    assert (
        city.send(f"{COMPANIES}edit/?id={first}", typed | {licence: sent(("甲.pdf", PDF))}).status_code == 303
    )
    raw = office.one("tenant_companies", first)
    versions = {first: raw["version"], made["_id"]: made["version"]}
    now, actor = datetime.now(UTC), office.actor("city")
    merge(first, made["_id"], [licence], versions=versions, actor=actor, now=now)
    both = office.one("tenant_companies", first)
    assert [item["name"] for item in both[licence]] == ["副本一.pdf"]
    assert list(standing(office, both, licence).values()) == ["副本一.pdf"]
    entry = office.db["recycled"].find_one({"record_id": made["_id"]})
    undo_merge(entry["_id"], actor=actor, now=now)
    agrees(office, licence)
    again = office.one("tenant_companies", first)
    assert (
        list(standing(office, again, licence).values())
        == ["甲.pdf"]
        == [one["name"] for one in again[licence]]
    )


def test_the_configuration_file_carries_a_field_of_files(office, boss, licence):
    whole = fetch(boss)
    assert whole["fields"]["tenant_companies"][licence]["kind"] == "file"
    office.db["own_fields"].delete_many({})
    refresh_own_fields()
    assert take(boss, send(boss, whole)).status_code == 303
    assert fetch(boss) == whole


def test_a_field_of_a_collection_of_the_offices_own_holds_files_within_a_county(office, visits, sign_in):
    add(visits, "现场照片", "file", slug="c-visits")
    key = key_of(office, "现场照片")
    values = {"name": "恒越调研", "company": str(office.shen.company), "status": "s1"}
    assert visits.send(f"{VISITS}new/", values | {key: sent(("现场.pdf", PDF))}).status_code == 303
    raw = office.db["c_visits"].find_one({"name": "恒越调研"})
    address = f"{VISITS}file/?file={raw[key][0]['file']}"
    assert sign_in("shen").get(address).data == PDF
    assert sign_in("guan").get(address).status_code == 404
    assert sign_in("guan").ask(f"/api/v1/c-visits/{raw['_id']}/files").status_code == 404
    told = office.db["audit_entries"].find_one({"action": "file-read"}, sort=[("_id", -1)])
    assert told["note"] == "现场照片", "the trail does not name it to whoever may not see the field"


def test_a_partners_field_is_the_same_for_each_of_its_counties(office, boss, city, sign_in):
    add(boss, "合作协议", "file", slug="service-partners")
    key = key_of(office, "合作协议")
    address, shared = "/admin/service-partners/", office.shared
    assert (
        edit(sign_in("guan"), office, {"_id": shared}, address, **{key: sent(("协议.pdf", PDF))}).status_code
        == 303
    )
    held = office.one("service_partners", shared)[key]
    for name in ("guan", "shen", "city"):
        assert sign_in(name).get(f"{address}file/?file={held[0]['file']}").data == PDF
        page = sign_in(name).get(f"{address}details/?id={shared}").text
        assert page.count("协议.pdf") >= 1
    typed = {f"{key}-drop": str(held[0]["file"])}
    assert edit(sign_in("shen"), office, {"_id": shared}, address, **typed).status_code == 303
    for name in ("guan", "shen"):
        assert "协议.pdf" in sign_in(name).get("/admin/recycle-bin/").text


def test_bytes_of_a_form_that_was_given_up_are_forgotten_after_a_day(office, city, licence):
    before = set(office.db["files.files"].distinct("_id"))
    answer = company(city, office, uscc="1", **{licence: sent(("好.pdf", PDF))})
    assert len(office.db["files.files"].distinct("_id")) == len(before) + 1
    assert forget_lost_bytes(now=datetime.now(UTC) + timedelta(days=2)) == 1
    assert set(office.db["files.files"].distinct("_id")) == before
    carried = {f"{licence}-new": read_form(answer.text)[f"{licence}-new"][0]}
    said = problems(company(city, office, **carried).text)
    assert "请重新选择" in said[licence] and stored(office) is None


def test_no_more_files_wait_to_be_saved_than_a_user_may_have_and_what_was_typed_is_kept(
    office, city, licence, monkeypatch
):
    monkeypatch.setattr(file_quotas, "MOST_WAITING", 2)
    three = sent(("一.pdf", PDF), ("二.pdf", PDF), ("三.pdf", PDF))
    answer = company(city, office, **{licence: three})
    assert answer.status_code == 422 and "尚未保存的文件最多 2 个" in problems(answer.text)[licence]
    assert len(office.db["files.files"].distinct("_id", {"metadata.waits_for": {"$exists": True}})) == 2
    typed = read_form(answer.text)
    assert typed["uscc"] == [code(77)] and len(typed[f"{licence}-new"]) == 2
    saved = city.send(f"{COMPANIES}new/", {key: value for key, value in typed.items() if value})
    assert saved.status_code == 303 and names(office, licence) == ["一.pdf", "二.pdf"]
    # What a record took waits no longer.
    again = edit(city, office, stored(office), **{licence: sent(("三.pdf", LATER))})
    assert again.status_code == 303 and len(names(office, licence)) == 3
    monkeypatch.setattr(file_quotas, "MOST_WAITING_BYTES", len(PDF) - 1)
    answer = edit(city, office, stored(office), **{licence: sent(("四.pdf", PDF))})
    assert answer.status_code == 422 and "四.pdf" in problems(answer.text)[licence]


def test_an_import_writes_no_files_and_loses_none(office, city, licence, made, tmp_path):
    path = tmp_path / "企业.xlsx"
    path.write_bytes(city.get(f"{COMPANIES}export/xlsx/?search=燕塔精密").data)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    places = {
        cell.value: cell for line in sheet.iter_rows() for cell in line if cell.value in (LABEL, "备注")
    }
    for heading, text in ((LABEL, "伪造.pdf"), ("备注", "已核对")):
        sheet.cell(places[heading].row + 1, places[heading].column).value = text
    book.save(path)
    with path.open("rb") as stream:
        answer = city.send("/admin/import/", {"kind": "tenant-companies", "file": (stream, "企业.xlsx")})
    assert answer.status_code == 303
    assert stored(office)["notes"] == "已核对" and names(office, licence) == ["副本一.pdf"]
    agrees(office, licence)


@pytest.mark.parametrize("act", ["hide", "delete"])
def test_files_of_a_field_that_is_hidden_or_deleted_are_nobodys_and_come_back_with_it(
    office, boss, city, licence, made, act
):
    assert edit(city, office, made, **{licence: sent(("副本二.pdf", PDF))}).status_code == 303
    removed, stays = (item["file"] for item in stored(office)[licence])
    assert edit(city, office, made, **{f"{licence}-drop": str(removed)}).status_code == 303
    home = f"{FIELDS}tenant-companies/{licence}/"
    confirmed = {"version": "1", "confirmed_name": LABEL}
    assert boss.send(f"{home}{act}/", confirmed).status_code == 303
    for browser in (city, boss):
        assert browser.get(f"{COMPANIES}file/?file={stays}").status_code == 404
        assert (
            "副本" not in browser.get(f"{COMPANIES}details/?id={made['_id']}").text.split('id="history"')[0]
        )
    assert "副本一" not in city.get("/admin/recycle-bin/").text
    binned = office.db["recycled"].find_one({"record_id": removed})
    assert city.send(f"/admin/recycle-bin/restore?recycled={binned['_id']}").status_code == 404
    assert edit(city, office, made, notes="改过").status_code == 303, "the record is saved without it"
    if act == "hide":
        assert boss.send(f"{home}show/", {"version": "2"}).status_code == 303
    else:
        field = office.db["recycled"].find_one({"collection": "own_fields"})
        assert boss.send(f"/admin/recycle-bin/restore?recycled={field['_id']}").status_code == 303
    agrees(office, licence)
    assert city.get(f"{COMPANIES}file/?file={stays}").data == PDF
    assert "副本一" in city.get("/admin/recycle-bin/").text
