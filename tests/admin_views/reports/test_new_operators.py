"""Another operator, from the filing to the certificate's page: no page tells two legal persons as one (Art. 15)."""

from datetime import date
from io import BytesIO

import pytest
import time_machine

from rules.applications import Stage
from tests import round_driver as driver
from tests.page_reader import flashes, form, on_top, text_of
from tests.sample_office import GUAN, PDF, code
from tests.stored_rows import full_digest

FILINGS = "/admin/change-filings"
CODE = code(8201)
TYPED = {
    "operator": "接手园区公司", "operator_change": "another", "uscc": CODE, "legal_representative": "孙新",
    "completed_on": "2026-03-24", "filed_on": "2026-03-25",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel(driver.moment(date(2026, 3, 26)), tick=True):
        yield


@pytest.fixture
def base(office):
    """Return a base that was announced on 23 March 2026."""
    made = driver.make_base(GUAN, "易主园", legal_representative="赵旧")
    driver.drive(made, driver.make_round("另一批"), to=Stage.ANNOUNCED)
    return made


def licence():
    return BytesIO(PDF), "新营业执照.pdf"


def filed(browser, base, **more):
    return browser.send(f"{FILINGS}/new/?base={base}", TYPED | {"licence": licence()} | more)


def accepted(office, sign_in, base):
    """File and accept the new operator; return the filing's id."""
    assert filed(sign_in("guan"), base).status_code == 303
    filing = office.db["change_filings"].find_one({"base": base})["_id"]
    answer = sign_in("city").send(f"{FILINGS}/accept/?id={filing}", {"version": "1"})
    assert answer.status_code == 303, text_of(answer.text)
    return filing


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"uscc": ""}, "请填写新运营主体的统一社会信用代码"),
        ({"uscc": CODE[:-1] + ("0" if CODE[-1] != "0" else "1")}, "最后一位"),
        ({"legal_representative": ""}, "请填写新运营主体的法定代表人"),
        ({"licence": (BytesIO(b""), "")}, "请上传新运营主体的营业执照"),
        ({"operator_change": ""} | {"uscc": ""}, "请填写新运营主体的统一社会信用代码"),
    ],
)
def test_a_new_operator_without_its_code_representative_or_licence_is_refused(
    office, sign_in, base, more, sentence
):
    browser, before = sign_in("guan"), full_digest(office.db)
    answer = filed(browser, base, **more)
    assert answer.status_code == 422
    assert sentence in on_top(answer.text)
    assert full_digest(office.db) == before


def test_the_certificate_stays_with_whom_it_was_issued_to(office, sign_in, base):
    before = office.one("bases", base)
    page = f"/bases/{before['certificate_number']}"
    accepted(office, sign_in, base)
    after = office.one("bases", base)
    assert (after["operator"], after["uscc"], after["legal_representative"]) == ("接手园区公司", CODE, "孙新")
    words = text_of(sign_in("city").get(page).text)
    assert f"证书颁发对象 {before['operator']}" in words
    assert before["uscc"] in words
    assert "自2026-03-24起，基地运营主体变更为接手园区公司" in words
    assert CODE not in words
    assert "赵旧" not in words and "孙新" not in words


@pytest.mark.parametrize(
    ("decision", "word", "leads_to"),
    [("kept", "保留称号", FILINGS), ("not-kept", "不保留称号", "/admin/revocation/new")],
)
def test_whether_it_keeps_the_title_is_recorded_and_shown(office, sign_in, base, decision, word, leads_to):
    filing, city = accepted(office, sign_in, base), sign_in("city")
    base_page = f"/admin/bases/details/?id={base}"
    assert "是否保留称号待市局决定" in text_of(city.get(base_page).text)
    address = f"{FILINGS}/title/?id={filing}"
    assert city.get(address).status_code == 200
    blank = city.send(address, {"title_kept": decision, "reason": "", "version": "2"})
    assert blank.status_code == 422
    answer = city.send(address, {"title_kept": decision, "reason": "新主体条件核查", "version": "2"})
    assert answer.status_code == 303
    assert answer.location.startswith(leads_to)
    for path in (f"{FILINGS}/details/?id={filing}", f"/admin/bases/timeline/?id={base}"):
        words = text_of(city.get(path).text)
        assert word in words
        assert "新主体条件核查" in words
    words = text_of(city.get(base_page).text)
    assert ("新运营主体不保留称号" in words) is (decision == "not-kept")
    assert "是否保留称号待市局决定" not in words
    assert office.one("bases", base)["status"] == "certified"


def test_a_decision_on_the_title_read_too_early_is_told_once_and_may_then_be_recorded(office, sign_in, base):
    filing, city = accepted(office, sign_in, base), sign_in("city")
    address = f"{FILINGS}/title/?id={filing}"
    mine = form(city.get(address).text) | {"title_kept": "kept", "reason": "新主体条件核查"}
    too_long = city.send(address, mine | {"reason": "长" * 2001})
    assert too_long.status_code == 422
    assert form(too_long.text)["version"] == mine["version"]
    assert city.send(address, mine | {"title_kept": "not-kept"}).status_code == 303
    before = full_digest(office.db)
    stale = city.send(address, mine)
    assert stale.status_code == 409
    assert full_digest(office.db) == before
    assert city.send(address, form(stale.text)).status_code == 303
    assert office.one("change_filings", filing)["title_kept"] == "kept"


@pytest.mark.parametrize("page", ["accept", "refuse", "edit"])
def test_a_decided_filing_asks_nothing_more(office, sign_in, base, page):
    filing, city = accepted(office, sign_in, base), sign_in("city")
    answer = city.get(f"{FILINGS}/{page}/?id={filing}")
    assert answer.status_code == 303
    shown = city.get(answer.location)
    assert "该备案已" in " ".join(flashes(shown.text)) or flashes(shown.text)
    before = full_digest(office.db)
    assert city.send(
        f"{FILINGS}/{page}/?id={filing}", TYPED | {"reason": "不符", "version": "2"}
    ).status_code in (409, 422)
    assert full_digest(office.db) == before


def test_no_decision_on_the_title_is_asked_of_another_filing(office, sign_in, base):
    assert filed(sign_in("guan"), base).status_code == 303
    filing = office.db["change_filings"].find_one({"base": base})["_id"]
    answer = sign_in("city").send(
        f"{FILINGS}/title/?id={filing}", {"title_kept": "kept", "reason": "x", "version": "1"}
    )
    assert answer.status_code == 303
    assert "title_kept" not in office.one("change_filings", filing)
