"""A title through every door that a clerk has: form, bulk act, workbook, recycle bin, register of earlier titles."""

from datetime import date, timedelta
from io import BytesIO

import pytest
import time_machine

from rules.applications import Stage
from rules.grounds import DecisionKind, Finding, Ground, StatementOutcome
from schema.bases import BASES
from services.records import records
from services.revocation.cases import Hearing, begin_case, save_hearing
from services.revocation.decide import decide
from services.shared.files import add_file
from tests import round_driver as driver
from tests.page_reader import flashes, form, on_top, problems, text_of
from tests.sample_office import GUAN, MADE_AT, PDF, code, workbook
from tests.stored_rows import full_digest

ONLY_BY_PAPER = "称号只能由公布或决定改变"
CLOSED = "既有称号登记已关闭"
NEVER, NOTHING_CHANGED = "此证书有效", "没有修改"
TYPED = {
    "status": "certified", "document_number": "聊工信发〔2022〕77号", "announced_on": "2022-12-20",
}  # fmt: skip


@pytest.fixture
def city(sign_in):
    return sign_in("city")


@pytest.fixture
def boss(sign_in):
    return sign_in("boss")


def paper(name="公布文件.pdf"):
    return BytesIO(PDF), name


def page_of(base):
    return f"/admin/bases/details/?id={base}"


def version_of(office, base):
    return office.one("bases", base)["version"]


def refused(office, browser, path, data, sentence=ONLY_BY_PAPER):
    """Expect a page that says why, with nothing stored."""
    before = full_digest(office.db)
    answer = browser.send(path, data)
    assert answer.status_code in (403, 409, 422), answer.status_code
    assert sentence in text_of(answer.text)
    assert NOTHING_CHANGED not in answer.text
    assert full_digest(office.db) == before
    return answer


def typed(office, base, **more):
    """Return what the form of a base sends, with keys that it does not offer."""
    return {"version": version_of(office, base), **more}


# --- What was seen -------------------------------------------------------------------------------


def revoke(base):
    """Revoke a title by a decision, all the way."""
    day, by = driver.ANNOUNCED, {"actor": driver.CITY, "now": driver.moment(driver.ANNOUNCED)}
    case = begin_case(DecisionKind.REVOCATION, base, {Ground.FRAUD: "虚报台账。"}, (Finding.FALSIFIED,), **by)
    add_file("decisions", case, "举报信.pdf", BytesIO(PDF), slot="evidence", **by)
    add_file("decisions", case, "告知书.pdf", BytesIO(PDF), slot="notice", **by)
    outcome = StatementOutcome.ACCEPTED
    hearing = Hearing(day, day + timedelta(days=5), "当面送达", day, "无异议。", outcome, "无异议。")
    save_hearing(case, hearing, version=1, today=day, **by)
    decide(case, "聊工信发〔2026〕940号", day, version=2, today=day, **by)


@pytest.fixture
def revoked(office):
    """Return a base that was announced, and then revoked by a decision, with its certificate's number."""
    with time_machine.travel(driver.moment(driver.ANNOUNCED), tick=True):
        base = driver.make_base(GUAN, "被撤销园")
        driver.drive(base, driver.make_round("另一批"), to=Stage.ANNOUNCED)
        revoke(base)
    return base, office.one("bases", base)["certificate_number"]


@pytest.mark.parametrize("user", ["city", "boss", "guan"])
def test_a_base_revoked_by_a_decision_gets_its_title_back_through_no_form(office, sign_in, revoked, user):
    base, certificate = revoked
    browser, public = sign_in(user), f"/bases/{certificate}"
    address = f"/admin/bases/edit/?id={base}"
    page = browser.get(address).text
    before = browser.get(public).text
    assert NEVER not in before
    assert "撤销" in before
    sent = form(page) | {"status": "certified"}
    assert "status" not in form(page)
    answer = refused(office, browser, address, sent)
    assert ONLY_BY_PAPER in on_top(answer.text)
    # Once more, as one who has read the present version.
    refused(office, browser, address, sent | {"version": version_of(office, base), "notes": "改"})
    assert browser.get(public).text == before


@pytest.mark.parametrize("user", ["city", "boss", "guan"])
def test_a_base_never_certified_gets_no_typed_number(office, sign_in, user):
    base = office.guan.spare
    browser, address = sign_in(user), f"/admin/bases/edit/?id={base}"
    refused(office, browser, address, form(browser.get(address).text) | TYPED)
    assert "清泉孵化器" not in browser.get("/bases/").text


@pytest.mark.parametrize(
    "key", ["status", "announced_on", "certificate_number", "title_source", "earlier_terms"]
)
def test_keys_of_a_title_are_refused_even_alone_and_as_they_stand(office, city, key):
    base = office.guan.base
    value = office.one("bases", base).get(key, "")
    address = f"/admin/bases/edit/?id={base}"
    refused(office, city, address, form(city.get(address).text) | {key: value})


def test_the_form_shows_the_title_where_it_comes_from_and_does_not_ask_for_it(office, city, sign_in):
    address = f"/admin/bases/edit/?id={office.guan.base}"
    page = city.get(address).text
    assert not {"status", "announced_on", "document_number", "title_first_day"} & form(page).keys()
    words = text_of(page)
    assert "聊工信发〔2023〕100号" in words
    assert "既有称号" in words
    assert f"/admin/earlier-titles/correct/?id={office.guan.base}" in page
    assert "/admin/earlier-titles/" not in sign_in("guan").get(address).text


def test_the_form_still_saves_the_rest(office, city):
    address = f"/admin/bases/edit/?id={office.guan.base}"
    answer = city.send(address, form(city.get(address).text) | {"notes": "改了备注"})
    assert answer.status_code == 303
    assert office.one("bases", office.guan.base)["notes"] == "改了备注"
    assert office.one("bases", office.guan.base)["status"] == "certified"


def test_no_bulk_act_moves_a_title(office, city):
    before = full_digest(office.db)
    data = {"action": "status", "value-status": "certified", "id": str(office.guan.spare)}
    assert city.send("/admin/bases/action/", data).status_code == 400
    assert full_digest(office.db) == before


def imported(browser, *rows, kind="bases"):
    heading = [field.heading for field in BASES.imported]
    sent = workbook([heading, *([row.get(word) for word in heading] for row in rows)])
    answer = browser.send("/admin/import/", {"kind": kind, "file": (sent, "基地.xlsx")})
    return text_of(browser.get(answer.location).text if answer.status_code == 303 else answer.text)


def row_of(office, base, **more):
    raw = office.one("bases", base)
    return {
        "基地名称": raw["name"], "运营主体": raw["operator"], "统一社会信用代码": raw["uscc"],
        "所属县（市、区）": "冠县",
    } | more  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"状态": "已认定"},
        {"状态": "已取消"},
        {"公布日期": "2024-01-05"},
        {"公布文号": "聊工信发〔2024〕1号"},
        {"有效期止": "2031-01-01"},
    ],
)
def test_a_row_that_would_change_a_title_is_rejected(office, city, revoked, change):
    base, certificate = revoked
    before, public = office.one("bases", base), city.get(f"/bases/{certificate}").text
    words = imported(city, row_of(office, base, **change) | {"备注": "改"})
    assert ONLY_BY_PAPER in words
    assert next(iter(change)) in words
    assert office.one("bases", base) == before
    assert city.get(f"/bases/{certificate}").text == public


def test_a_row_that_repeats_or_leaves_out_the_title_updates_the_rest(office, city):
    base = office.guan.base
    repeated = {"状态": "已认定", "公布日期": "2023-12-20", "公布文号": "聊工信发〔2023〕100号", "备注": "一"}
    for more in (repeated, {"备注": "二"}):
        imported(city, row_of(office, base, **more))
        assert office.one("bases", base)["notes"] == more["备注"]
        assert office.one("bases", base)["document_number"] == "聊工信发〔2023〕100号"


def test_a_workbook_brings_new_bases_with_their_titles_until_the_register_is_closed(office, city, boss):
    row = {
        "基地名称": "来园", "运营主体": "来园公司", "统一社会信用代码": code(8101), "所属县（市、区）": "冠县",
        "状态": "已取消", "公布日期": "2019-12-20", "公布文号": "聊工信发〔2019〕9号",
    }  # fmt: skip
    imported(city, row)
    stored = office.db["bases"].find_one({"name": "来园"})
    assert (stored["status"], stored["title_source"]) == ("cancelled", "earlier")
    close(boss)
    other = row | {"基地名称": "晚园", "统一社会信用代码": code(8102)}
    words = imported(city, other)
    assert CLOSED in words
    assert "状态" in words
    assert office.db["bases"].find_one({"name": "晚园"}) is None


# --- The register --------------------------------------------------------------------------------


def close(browser, reason="启用工作已完成", act="close", version=0):
    return browser.send(f"/admin/earlier-titles/{act}/", {"reason": reason, "version": version})


def test_the_city_enters_a_title_with_its_paper_and_page_list_and_timeline_say_so(office, city):
    base = office.guan.spare
    assert f"/admin/earlier-titles/new/?id={base}" in city.get(page_of(base)).text
    address = f"/admin/earlier-titles/new/?id={base}"
    sent = form(city.get(address).text) | TYPED | {"paper": paper()}
    answer = city.send(address, sent)
    assert answer.status_code == 303, on_top(answer.text)
    page = city.get(answer.location).text
    assert "既有称号已登记。" in flashes(page)
    assert text_of(page).count("既有称号") >= 2
    assert "公布文件.pdf" in page
    assert "公布文件.pdf" in city.get(f"/admin/bases/timeline/?id={base}").text
    assert "既有称号（登记）" in city.get(f"/admin/bases/timeline/?id={base}").text
    listed = text_of(city.get("/admin/bases/?title_source=earlier").text)
    assert "清泉孵化器" in listed
    assert "登记既有称号" in text_of(city.get("/admin/audit/").text)


def test_what_was_typed_of_a_title_is_kept_and_the_paper_asked_for(office, city):
    address = f"/admin/earlier-titles/new/?id={office.guan.spare}"
    answer = refused(office, city, address, TYPED | {"version": 1}, "请上传公布文件")
    assert form(answer.text)["document_number"] == [TYPED["document_number"]]
    assert "请上传公布文件" in problems(answer.text)["paper"]


def test_an_entry_is_refused_where_something_else_is_known_here(office, city):
    with time_machine.travel(driver.moment(driver.ANNOUNCED), tick=True):
        base = driver.make_base(GUAN, "申报园")
        driver.drive(base, driver.make_round("另一批"), to=Stage.DRAFT)
    address = f"/admin/earlier-titles/new/?id={base}"
    refused(office, city, address, TYPED | {"version": 1, "paper": paper()}, "称号须经公布取得")
    assert "称号须经公布取得" in text_of(city.get(address, follow_redirects=True).text)
    assert address not in city.get(page_of(base)).text


def test_a_correction_is_recorded_with_its_reason(office, city):
    base = office.guan.base
    address = f"/admin/earlier-titles/correct/?id={base}"
    sent = form(city.get(address).text)
    assert sent["document_number"] == ["聊工信发〔2023〕100号"]
    refused(office, city, address, sent | {"document_number": "聊工信发〔2023〕101号"}, "请填写")
    right = sent | {"document_number": "聊工信发〔2023〕101号", "reason": "文号录错"}
    assert city.send(address, right).status_code == 303
    assert office.one("bases", base)["document_number"] == "聊工信发〔2023〕101号"
    for path in (page_of(base), f"/admin/bases/timeline/?id={base}"):
        words = text_of(city.get(path).text)
        assert "更正既有称号 文号录错" in words
        assert "聊工信发〔2023〕100号" in words
    answer = city.send(address, right)
    assert answer.status_code == 409  # read before the correction


def test_an_administrator_closes_the_register_and_the_form_of_a_new_base_says_so(office, city, boss):
    new = "/admin/bases/new/"
    fields = form(city.get(new).text)
    assert "status" in fields
    base = {"name": "新园", "operator": "新园公司", "uscc": code(8103), "county": GUAN}
    assert "请" in on_top(close(boss, " ").text)
    assert close(boss).status_code == 303
    words = text_of(boss.get("/admin/earlier-titles/").text)
    assert "启用工作已完成" in words
    page = city.get(new).text
    assert "status" not in form(page)
    assert CLOSED in text_of(page)
    refused(office, city, new, base | TYPED, CLOSED)
    assert city.send(new, base | {"status": "uncertified"}).status_code == 303
    spare = f"/admin/earlier-titles/new/?id={office.guan.spare}"
    refused(office, city, spare, TYPED | {"version": 1, "paper": paper()}, CLOSED)
    assert "earlier-titles/new" not in city.get(page_of(office.guan.spare)).text
    assert close(boss, "补录", "reopen", 1).status_code == 303
    assert city.send(new, base | TYPED | {"uscc": code(8104), "name": "补园"}).status_code == 303
    assert office.db["bases"].find_one({"name": "补园"})["title_source"] == "earlier"


def test_a_register_that_is_closed_already_is_refused_not_stale(office, boss):
    assert close(boss).status_code == 303
    before = full_digest(office.db)
    answer = close(boss)
    assert answer.status_code == 422
    assert form(answer.text)["version"] == ["0"]
    assert full_digest(office.db) == before


def test_a_county_brings_no_title_with_a_new_base(office, sign_in):
    base = {"name": "新园", "operator": "新园公司", "uscc": code(8105), "county": GUAN}
    refused(office, sign_in("guan"), "/admin/bases/new/", base | TYPED, "只有市局可以登记基地的称号")


def test_a_title_comes_back_from_the_recycle_bin_as_it_was(office, city):
    base = office.guan.spare
    records.update("bases", base, {"notes": "x"}, version=1, actor=office.actor("city"), now=MADE_AT)
    address = f"/admin/earlier-titles/new/?id={base}"
    assert (
        city.send(address, TYPED | {"status": "revoked", "version": 2, "paper": paper()}).status_code == 303
    )
    assert city.send("/admin/bases/delete/", {"id": str(base), "version": 3}).status_code == 303
    again = {"name": "清泉孵化器", "operator": "甲", "uscc": code(8106), "county": GUAN}
    refused(office, city, "/admin/bases/new/", again | TYPED, "回收站中有同一基地")
    binned = office.db["recycled"].find_one({"record_id": base})["_id"]
    city.send(f"/admin/recycle-bin/restore?recycled={binned}")
    assert office.one("bases", base)["status"] == "revoked"
    assert office.one("bases", base)["announced_on"].date() == date(2022, 12, 20)
