"""Change filings as clerks meet them: taken down, looked at, accepted or not (Art. 15)."""

from datetime import date
from io import BytesIO

import pytest
import time_machine

from tests.page_reader import on_top, problems, rows, text_of
from tests.sample_office import GUAN, MARK, PDF, SHEN, cells

HOME = "/admin/change-filings/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(date(2026, 11, 24), tick=True):
        yield


def send(browser, office, county="guan", **given):
    usual = {"name": "新泉创业园", "completed_on": "2026-11-02", "filed_on": "2026-11-10"}
    return browser.send(f"{HOME}new/?base={getattr(office, county).base}", usual | given)


def filed(browser, office, **given):
    answer = send(browser, office, **given)
    assert answer.status_code == 303, on_top(answer.text)
    return answer.location.partition("id=")[2]


def accept(browser, identity, version="1"):
    return browser.send(f"{HOME}accept/?id={identity}", {"version": version})


def test_the_base_is_chosen_first_then_the_form_shows_what_is_recorded(sign_in, office):
    guan = sign_in("guan")
    assert guan.get(f"{HOME}new/").status_code == 200
    answer = guan.send(f"{HOME}new/", {"base": str(office.guan.base)})
    assert answer.status_code == 303
    words = text_of(guan.get(answer.location).text)
    for word in ("清泉创业园", "清泉园区运营有限公司", "清泉路1号", "清泉翟"):
        assert word in words
    assert guan.send(f"{HOME}new/", {"base": str(office.shen.base)}).status_code == 404
    assert guan.send(f"{HOME}new/", {"base": ""}).status_code == 422
    assert guan.get(f"{HOME}new/?base={office.shen.base}").status_code == 404


def test_a_filing_is_taken_down_with_its_proof_and_shown(sign_in, office):
    guan = sign_in("guan")
    identity = filed(guan, office, file=(BytesIO(PDF), "营业执照.pdf"))
    words = text_of(guan.get(f"{HOME}details/?id={identity}").text)
    for word in ("清泉创业园", "新泉创业园", "2026-11-02", "2026-11-16", "2026-11-10", "营业执照.pdf"):
        assert word in words
    assert sign_in("shen").get(f"{HOME}details/?id={identity}").status_code == 404
    html = sign_in("city").get(HOME).text
    assert rows(html)[0][0] == "清泉创业园"
    for query, seen in (
        ("?search=新泉", True), ("?search=清泉", True), ("?search=别的", False), ("?late=yes", False),
        ("?late=no", True),
        ("?state=filed", True), ("?state=accepted", False), (f"?county={GUAN}", True), (f"?county={SHEN}", False),
    ):  # fmt: skip
        assert bool(rows(sign_in("city").get(HOME + query).text)) is seen, query


def test_wrong_input_is_kept(sign_in, office):
    guan = sign_in("guan")
    answer = send(guan, office, name="", address="", completed_on="2026-13-01", remark="已写的话")
    assert answer.status_code == 422
    assert "2026-13-01" in answer.text
    assert "已写的话" in answer.text
    answer = send(guan, office, name="", filed_on="2026-11-01")
    assert set(problems(answer.text)) == {"name", "filed_on"}
    assert office.db["change_filings"].count_documents({}) == 0


def test_over_a_missing_calendar_the_last_day_is_called_provisional(sign_in, office):
    with time_machine.travel(date(2026, 12, 31), tick=True):
        guan = sign_in("guan")
        identity = filed(guan, office, completed_on="2026-12-25", filed_on="2026-12-30")
        words = text_of(guan.get(f"{HOME}details/?id={identity}").text)
        assert "2027" in words
        assert "暂" in words or "provisional" in words


def test_acceptance_is_asked_and_changes_the_base(sign_in, office):
    identity = filed(sign_in("guan"), office)
    city = sign_in("city")
    assert "新泉创业园" in city.get(f"{HOME}accept/?id={identity}").text
    assert accept(city, identity).status_code == 303
    assert office.one("bases", office.guan.base)["name"] == "新泉创业园"
    assert "新泉创业园" in city.get("/admin/bases/?search=清泉创业园").text
    assert accept(city, identity).status_code == 409  # it is decided
    assert rows(city.get(HOME + "?state=accepted").text)


def test_a_record_changed_meanwhile_is_said_so(sign_in, office):
    identity = filed(sign_in("guan"), office)
    office.db["bases"].update_one({"_id": office.guan.base}, {"$set": {"name": "另名创业园"}})
    city = sign_in("city")
    for answer in (city.get(f"{HOME}accept/?id={identity}"), accept(city, identity)):
        assert "另名创业园" in text_of(answer.text)
        assert 'class="btn btn-primary">' not in answer.text  # no button to accept it
    assert office.one("bases", office.guan.base)["name"] == "另名创业园"


def test_not_accepted_needs_a_reason(sign_in, office):
    identity, city = filed(sign_in("guan"), office), sign_in("city")
    where = f"{HOME}refuse/?id={identity}"
    assert city.get(where).status_code == 200
    assert city.send(where, {"reason": "", "version": "1"}).status_code == 422
    assert city.send(where, {"reason": "证明不符", "version": "1"}).status_code == 303
    assert "证明不符" in sign_in("guan").get(f"{HOME}details/?id={identity}").text


def test_a_waiting_filing_is_corrected_and_its_files_stay_closed_afterwards(sign_in, office):
    guan, city = sign_in("guan"), sign_in("city")
    identity = filed(guan, office)
    where = f"{HOME}edit/?id={identity}"
    assert "新泉创业园" in guan.get(where).text
    sent = {"address": "新路9号", "completed_on": "2026-11-02", "filed_on": "2026-11-20", "version": "1"}
    assert guan.send(where, sent).status_code == 303
    assert guan.send(where, sent | {"address": "新路10号"}).status_code == 409
    add = f"{HOME}files/add/?id={identity}"
    assert guan.send(add, {"file": (BytesIO(PDF), "证明.pdf")}).status_code == 303
    file = office.db["attachments"].find_one({"collection": "change_filings"})["_id"]
    assert guan.get(f"{HOME}file/?file={file}").data == PDF
    assert accept(city, identity, "2").status_code == 303
    guan.send(f"{HOME}files/remove/?file={file}")
    assert office.db["attachments"].find_one({"_id": file}) is not None
    assert guan.send(where, sent | {"version": "3"}).status_code == 422


def test_who_may_do_what(sign_in, office):
    identity = filed(sign_in("guan"), office)
    for name in ("guan", "reader"):
        assert accept(sign_in(name), identity).status_code == 403
        assert sign_in(name).send(f"{HOME}refuse/?id={identity}", {"reason": "不"}).status_code == 403
    assert send(sign_in("reader"), office).status_code == 403
    shen = sign_in("shen")
    assert shen.get(f"{HOME}edit/?id={identity}").status_code == 404
    assert shen.send(f"{HOME}files/add/?id={identity}", {"file": (BytesIO(PDF), "x.pdf")}).status_code == 404


def test_the_workbook_holds_old_and_new(sign_in, office):
    filed(sign_in("guan"), office, filed_on="2026-11-20")
    found = cells(sign_in("city").get(f"{HOME}export/xlsx/"))
    head, row = found[2], found[3]
    line = dict(zip(head, row, strict=True))
    assert (line["变更前"], line["变更后"], line["是否逾期"]) == ("清泉创业园", "新泉创业园", "逾期")
    assert line["办理状态"] == "待受理"
    assert MARK not in str(cells(sign_in("guan").get(f"{HOME}export/xlsx/")))
    assert len(cells(sign_in("shen").get(f"{HOME}export/xlsx/"))) == 3
