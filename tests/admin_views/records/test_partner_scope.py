"""A partner of several counties: each county reads, finds, counts and removes its own part, and is told of no other."""

import re
from datetime import UTC, date, datetime
from io import BytesIO

import pytest

from services.records import records
from services.records.county_parts import derive_county_words, derive_owning_counties
from services.shared.files import add_file
from tests.admin_views.routes import XLSX
from tests.page_reader import flashes, names, text_of
from tests.sample_office import GUAN, MARK, PDF, SHEN, cells, code, workbook

NOW = datetime(2026, 3, 3, tzinfo=UTC)
HOME = "/admin/service-partners"
CONTRACT = PDF + "莘县的合同".encode()


@pytest.fixture
def contract(office):
    """Give the contract that 莘县 attached to the partner that works with 冠县 too."""
    return attach(office, "shen", "合同.pdf", CONTRACT)


def attach(office, user, name, content=PDF, county=None):
    return add_file(
        "service_partners", office.shared, name, BytesIO(content), county=county, actor=office.actor(user), now=NOW
    )  # fmt: skip


def page_of(browser, office):
    return browser.get(f"{HOME}/details/?id={office.shared}").text


def remove(browser, office, file):
    return browser.send(f"{HOME}/files/remove/?id={office.shared}&file={file}", {})


# --- Files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["guan", "guan_reader"])
def test_another_county_neither_sees_nor_reads_nor_removes_a_countys_file(role, office, sign_in, contract):
    browser = sign_in(role)
    page = page_of(browser, office)
    assert "合同.pdf" not in page
    assert browser.get(f"{HOME}/file/?file={contract}").status_code == 404
    before = office.digest()
    assert remove(browser, office, contract).status_code in (403, 404)
    assert office.digest() == before
    assert sign_in("shen").get(f"{HOME}/file/?file={contract}").data == CONTRACT


def test_a_county_and_the_city_read_and_remove_the_countys_file(office, sign_in, contract):
    for role in ("shen", "city", "reader"):
        assert sign_in(role).get(f"{HOME}/file/?file={contract}").data == CONTRACT, role
    assert "莘县" in page_of(sign_in("city"), office).split('id="files"')[1].split("</section>")[0]
    assert remove(sign_in("shen"), office, contract).status_code == 303
    guan, shen = (sign_in(role).get("/admin/recycle-bin/").text for role in ("guan", "shen"))
    assert "合同.pdf" not in guan
    assert "合同.pdf" in names(shen)
    kept = office.db["recycled"].find_one({"record_id": contract})["_id"]
    assert sign_in("guan").send(f"/admin/recycle-bin/restore?recycled={kept}").status_code == 404
    assert sign_in("shen").send(f"/admin/recycle-bin/restore?recycled={kept}").status_code == 303
    assert sign_in("shen").get(f"{HOME}/file/?file={contract}").data == CONTRACT
    assert "合同.pdf" not in page_of(sign_in("guan"), office)


def test_the_history_of_the_partner_tells_a_county_of_its_own_files_alone(office, sign_in, contract):
    remove(sign_in("shen"), office, contract)
    attach(office, "guan", "冠县协议.pdf")
    attach(office, "city", "市局存档.pdf")
    history = page_of(sign_in("guan"), office).split('id="history"')[1]
    assert "冠县协议.pdf" in history
    assert "合同.pdf" not in history
    assert "市局存档.pdf" not in history
    assert MARK not in history


def test_the_same_file_of_two_counties_is_two_files(office, sign_in, contract):
    mine = attach(office, "guan", "合同.pdf", CONTRACT)
    assert mine != contract
    assert remove(sign_in("guan"), office, mine).status_code == 303
    assert sign_in("shen").get(f"{HOME}/file/?file={contract}").data == CONTRACT


def test_the_files_of_another_county_do_not_count(office, sign_in, monkeypatch):
    monkeypatch.setattr("schema.file_places.PlaceRules.most_files", 1)
    files = {role: attach(office, role, f"{role}.pdf") for role in ("shen", "city", "guan")}
    assert len(set(files.values())) == 3


def test_the_city_chooses_whose_a_file_is(office, sign_in):
    city = sign_in("city")
    page = page_of(city, office)
    form = page.split('class="upload"')[1].split("</form>")[0]
    assert re.findall("<option[^>]*>([^<]*)", form) == ["市局", "莘县", "冠县"]
    assert "<option" not in page_of(sign_in("guan"), office).split('class="upload"')[1].split("</form>")[0]
    for county, seen_by_guan in ((GUAN, True), (SHEN, False), ("", False)):
        name = f"市局传-{county}.pdf"
        answer = city.send(
            f"{HOME}/files/add/?id={office.shared}", {"file": (BytesIO(PDF), name), "county": county}
        )
        assert answer.status_code == 303
        assert (name in page_of(sign_in("guan"), office)) is seen_by_guan, county
    before = office.db["attachments"].count_documents({})
    answer = city.send(
        f"{HOME}/files/add/?id={office.shared}", {"file": (BytesIO(PDF), "别县.pdf"), "county": "371502"}
    )
    assert flashes(city.get(answer.location).text)
    assert office.db["attachments"].count_documents({}) == before


def test_a_county_cannot_give_its_file_to_another(office, sign_in):
    form = {"file": (BytesIO(PDF), "我县.pdf"), "county": SHEN}
    assert sign_in("guan").send(f"{HOME}/files/add/?id={office.shared}", form).status_code == 303
    assert "我县.pdf" in page_of(sign_in("guan"), office)
    assert "我县.pdf" not in page_of(sign_in("shen"), office)


def test_files_of_an_earlier_program_go_to_the_county_of_who_attached_them_else_to_the_city(office, sign_in):
    files = {role: attach(office, role, f"{role}.pdf") for role in ("shen", "guan", "city")}
    files["gone"] = attach(office, "guan", "gone.pdf")
    attachments = office.db["attachments"]
    both = {"$set": {"counties": [SHEN, GUAN]}, "$unset": {"owning_county": ""}}
    attachments.update_many({"_id": {"$in": list(files.values())}}, both)
    attachments.update_one({"_id": files["gone"]}, {"$set": {"uploaded_by": str(office.shared)}})
    for role in ("guan", "shen"):  # nothing is told before it is known
        assert not [
            name for name in files if f"{name}.pdf" in page_of(sign_in(role), office).split("history")[0]
        ]
    own = {office.guan.files["service_partners"], office.shen.files["service_partners"]}
    assert derive_owning_counties() == len(files)
    owners = {
        entry["_id"]: entry["owning_county"] for entry in attachments.find({"collection": "service_partners"})
    }
    assert [owners[files[name]] for name in ("shen", "guan", "city", "gone")] == [SHEN, GUAN, None, None]
    assert own <= owners.keys()
    assert derive_owning_counties() == 0
    page = page_of(sign_in("guan"), office).split('id="files"')[1].split("</section>")[0]
    assert [name for name in files if f"{name}.pdf" in page] == ["guan"]


# --- What is found, narrowed and counted -----------------------------------------------------------


FOREIGN_WORDS = [MARK, f"{MARK}创业园", "yt", "ytcyy", "莘县", "shenxian", "sx", "莘", "鲁西 燕塔", "燕"]


@pytest.mark.parametrize("words", FOREIGN_WORDS)
@pytest.mark.parametrize("path", [f"{HOME}/?search=", f"{HOME}/lookup/?q=", "/admin/search/?search=",
                                  f"{HOME}/export/xlsx/?search=", f"{HOME}/?columns=cooperations&search="])  # fmt: skip
def test_words_of_another_countys_part_find_nothing(path, words, office, sign_in):
    for role in ("guan", "guan_reader"):
        answer = sign_in(role).get(path + words)
        assert "鲁西会计师事务所" not in said_in(answer), role
    assert "鲁西会计师事务所" in said_in(sign_in("city").get(path + words))


def said_in(answer):
    if answer.mimetype == XLSX:
        return str(cells(answer))
    return str(answer.json) if answer.is_json else answer.text


@pytest.mark.parametrize(
    "words", ["鲁西", "lxkj", "清泉", "qqcyy", "冠县", "gx", "鲁西 清泉", "91371500MA0000160"]
)
def test_words_of_the_partner_and_of_the_own_part_find_it(words, office, sign_in):
    for role in ("guan", "city"):
        assert "鲁西会计师事务所" in names(sign_in(role).get(f"{HOME}/?search={words}").text), role


def test_the_filter_by_a_base_of_another_county_finds_nothing(office, sign_in):
    for county, own in ((office.guan, True), (office.shen, False)):
        path = f"?cooperations={county.base}"
        page = sign_in("guan").get(f"{HOME}/{path}").text
        assert ("鲁西会计师事务所" in names(page)) is own
        exported = cells(sign_in("guan").get(f"{HOME}/export/xlsx/{path}"))
        assert ("鲁西会计师事务所" in str(exported)) is own
        assert "鲁西会计师事务所" in names(sign_in("city").get(f"{HOME}/{path}").text)


def test_the_index_of_a_countys_words_is_used(office):
    found = office.actor("guan")
    query = records.RECORDS["service_partners"].objects.visible_to(found).matching("鲁西").filters()
    plan = office.db["service_partners"].find(query).sort("sort_key", 1).explain()
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])


def test_words_of_an_earlier_program_are_derived_and_nothing_is_told_before(office, sign_in):
    partners = office.db["service_partners"]
    before = list(partners.find().sort("_id", 1))
    partners.update_many({}, {"$unset": {"county_tokens": "", "county_texts": ""}})
    assert names(sign_in("guan").get(f"{HOME}/?search=鲁西").text) == []
    assert derive_county_words() == len(before)
    assert list(partners.find().sort("_id", 1)) == before
    assert derive_county_words() == 0


# --- What is refused -------------------------------------------------------------------------------


def deleted(browser, office, partner):
    version = str(office.one("service_partners", partner)["version"])
    return browser.send(f"{HOME}/delete/", {"id": str(partner), "version": version})


def sentences(browser, office, partner):
    """Return what a clerk is told who deletes, renames and restores a partner."""
    told = [text_of(browser.get(f"{HOME}/delete/?id={partner}").text.split("<main")[1])]
    answer = deleted(browser, office, partner)
    told.append(text_of(answer.text.split("<main")[1]))
    return [said.replace(str(partner), "") for said in told]


def city_partner(office, name, *bases):
    cooperations = [{"base": base} for base in bases]
    values = {"name": name, "uscc": code(161, "371500"), "cooperations": cooperations}
    return records.create("service_partners", values, actor=office.actor("city"), now=NOW)


def test_a_refused_deletion_tells_nothing_of_where_else_a_partner_works(office, sign_in):
    """It says of a partner that the city entered what it says of one that works in another county too."""
    alone = city_partner(office, "鲁西审计师事务所", office.guan.base)
    guan = sign_in("guan")
    assert [
        said.replace("鲁西审计师事务所", "鲁西会计师事务所") for said in sentences(guan, office, alone)
    ] == sentences(guan, office, office.shared)
    assert "由市局统一维护" in sentences(guan, office, alone)[1]
    assert "其他县" not in " ".join(sentences(guan, office, office.shared))
    assert office.one("service_partners", alone)


def test_a_refused_deletion_counts_the_own_entries_alone(office, sign_in):
    for county, count in ((office.guan, 2), (office.shen, 5)):
        for day in range(count):
            values = {"base": county.base, "function": "training", "served_on": date(2026, 2, 10 + day),
                      "partner": office.shared}  # fmt: skip
            records.create("ledger_entries", values, actor=office.actor("city"), now=NOW)
    guan, city = (" ".join(sentences(sign_in(role), office, office.shared)) for role in ("guan", "city"))
    assert "2 条" in guan
    assert "7 条" not in guan
    assert "5 条" not in guan
    assert "7 条" in city


def test_a_partner_that_another_countys_entries_name_is_not_deleted_and_nothing_is_told(office, sign_in):
    partner = office.guan.spare_partner
    records.create("ledger_entries", {"base": office.shen.base, "function": "training", "partner": partner},
                   actor=office.actor("city"), now=NOW)  # fmt: skip
    answer = deleted(sign_in("guan"), office, partner)
    assert answer.status_code == 409
    assert "由市局" in answer.text
    assert "台账" not in text_of(answer.text.split("<main")[1])
    assert office.one("service_partners", partner)


def test_a_county_still_deletes_and_changes_what_it_entered_itself(office, sign_in):
    guan = sign_in("guan")
    raw = office.one("service_partners", office.guan.spare_partner)
    form = {
        "name": "清泉规划院",
        "uscc": raw["uscc"],
        "status": "cooperating",
        "version": str(raw["version"]),
    }
    assert guan.send(f"{HOME}/edit/?id={raw['_id']}", form).status_code == 303
    assert deleted(guan, office, raw["_id"]).status_code == 303


# --- What others save meanwhile ----------------------------------------------------------------------


def form_of(office, first_day, version=None):
    raw = office.one("service_partners", office.shared)
    return {
        "name": raw["name"], "uscc": raw["uscc"], "functions": raw["functions"], "status": raw["status"],
        "version": str(version or raw["version"]), "cooperations-0-base": str(office.guan.base),
        "cooperations-0-first_day": first_day,
    }  # fmt: skip


def test_a_save_of_another_county_alone_is_no_conflict_and_stays(office, sign_in):
    path = f"{HOME}/edit/?id={office.shared}"
    read = office.one("service_partners", office.shared)["version"]
    theirs = form_of(office, "2026-02-02") | {"cooperations-0-base": str(office.shen.base)}
    assert sign_in("shen").send(path, theirs).status_code == 303
    assert sign_in("guan").send(path, form_of(office, "2026-01-01", read)).status_code == 303
    days = {one["county"]: f"{one['first_day']:%Y-%m-%d}" for one in
            office.one("service_partners", office.shared)["cooperations"]}  # fmt: skip
    assert days == {GUAN: "2026-01-01", SHEN: "2026-02-02"}


def test_a_conflict_names_who_saved_what_is_seen_not_who_saved_elsewhere(office, sign_in):
    path = f"{HOME}/edit/?id={office.shared}"
    read = office.one("service_partners", office.shared)["version"]
    assert sign_in("city").send(path, form_of(office, "2026-03-03") | {
        "cooperations-1-base": str(office.shen.base)}).status_code == 303  # fmt: skip
    theirs = form_of(office, "2026-02-02") | {"cooperations-0-base": str(office.shen.base)}
    assert sign_in("shen").send(path, theirs).status_code == 303
    answer = sign_in("guan").send(path, form_of(office, "2026-01-01", read))
    assert answer.status_code == 409
    assert "市局甲" in answer.text
    assert MARK not in answer.text


def test_an_import_says_unchanged_of_an_own_part_that_is_unchanged(office, sign_in):
    """Whatever stands in another county: 未变 and not 更新."""
    guan = sign_in("guan")
    rows = cells(guan.get(f"{HOME}/export/xlsx/?search=鲁西"))
    heading = next(n for n, row in enumerate(rows) if "机构名称" in row)
    file = (workbook(rows[heading:]), "机构.xlsx")
    before = office.one("service_partners", office.shared)
    answer = guan.send("/admin/import/", {"kind": "service-partners", "file": file})
    page = guan.get(answer.location).text if answer.status_code == 303 else answer.text
    assert MARK not in page
    assert office.one("service_partners", office.shared) == before
