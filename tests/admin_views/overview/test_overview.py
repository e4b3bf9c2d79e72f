"""城市概览: every number leads to a list of exactly so many, in the clerk's scope, as text and as a workbook too."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from io import BytesIO

import pytest
import time_machine
from openpyxl import load_workbook

from schema.collection import Collection
from services.records import records
from tests.office_with_round import with_round
from tests.page_reader import text_of
from tests.sample_office import GUAN, SHEN, cells

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
_LINK = re.compile(r'<td class="num"><a href="([^"]+)">([\d,]+)</a></td>')
_MARK = re.compile(r'<a href="([^"]+)" aria-label="[^"]*? ([\d,]+)"><title>')
_TOTAL = re.compile(r"<h1>[^<]*<small>([\d,]+)")


@pytest.fixture(autouse=True)
def _a_monday_of_2026():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def office_with():
    return (with_round,)


@pytest.fixture
def drawn(office):
    """Give 冠县's base services, fees, answers and companies; some of each say nothing of it."""
    for number, (function, fee, answer, status) in enumerate((
        ("consulting", "free", "good", "submitted"), ("consulting", "low", "poor", "verified"),
        ("training", None, None, "submitted"), ("training", "market", "very-good", "draft"),
    )):  # fmt: skip
        values = {
            "base": office.guan.base, "function": function, "served_on": date(2026, 3, 1 + number), "status": status,
            "company_times": 1, "request": f"诉求{number}", "fee_kind": fee, "satisfaction": answer,
        }  # fmt: skip
        records.create("ledger_entries", values, actor=office.actor("city"), now=NOW)
    return office


def number(text):
    return int(text.replace(",", ""))


def marks_of(html):
    """Return each address with the number that leads there, of drawings and tables."""
    return {(unescape(url), number(shown)) for url, shown in (*_LINK.findall(html), *_MARK.findall(html))}


def total_of(browser, url):
    html = browser.get(url).text
    if "/assessment/" in url:
        return len(re.findall(r'<tr><th scope="row">', html))
    found = _TOTAL.search(html)
    return number(found.group(1)) if found else 0


PAGES = ("/admin/overview/", f"/admin/overview/?county={GUAN}", "/admin/overview/base/?id={office.guan.base}")


@pytest.mark.parametrize(("page", "who"), [*((page, "city") for page in PAGES), (PAGES[0], "guan")])
def test_every_number_leads_to_a_list_of_exactly_so_many(drawn, sign_in, page, who):
    browser = sign_in(who)
    marks = marks_of(browser.get(page.format(office=drawn)).text)
    followed = [(url, shown) for url, shown in marks if not re.search(r"/overview/|/assessment/base/", url)]
    assert len(followed) > 8
    assert {(url, total_of(browser, url)) for url, _ in followed} == set(followed)


def test_a_draft_is_no_mark_and_what_says_nothing_is_one(drawn, sign_in):
    html = sign_in("city").get(f"/admin/overview/?county={GUAN}").text
    marks = {url for url, _ in marks_of(html)}
    of_march = {
        url for url in marks if "served_on_from=2026-03-01" in url and "served_on_to=2026-03-31" in url
    }
    assert any("fee_kind_filled=no" in url for url in of_march)
    assert not any("fee_kind=market" in url for url in of_march)


def test_a_county_clerk_sees_the_own_county_alone_whatever_is_asked(drawn, sign_in):
    browser = sign_in("guan")
    own, asked = (browser.get(f"/admin/overview/{query}").text for query in ("", f"?county={SHEN}"))
    assert text_of(own) == text_of(asked)
    assert "基地分布" not in text_of(own)
    assert "莘县" not in text_of(own)
    assert browser.get(f"/admin/overview/base/?id={drawn.shen.base}").status_code == 404


def test_counties_and_years_are_compared(drawn, sign_in):
    city = sign_in("city")
    counties = text_of(city.get("/admin/overview/compare/?year=2026").text)
    assert "莘县" in counties
    assert "2026 年各县（市、区）" in counties
    assert "当年新入驻企业" in counties, "not to be taken for all that are in"
    years = city.get(f"/admin/overview/compare/?by=years&county={GUAN}").text
    entries = {url: shown for url, shown in marks_of(years) if "/ledger-entries/" in url}
    assert all(total_of(city, url) >= 1 for url in entries)
    assert "莘县" not in text_of(sign_in("guan").get("/admin/overview/compare/?by=counties").text)


def test_the_numbers_go_out_as_a_workbook_told_to_the_trail(drawn, sign_in):
    browser = sign_in("guan")
    answer = browser.get("/admin/overview/export/?year=2026")
    sheet = cells(answer)
    assert any(row[0] == "管理咨询" and row[3] == 2 for row in sheet), sheet
    last = drawn.db["audit_entries"].find_one({}, sort=[("_id", -1)])
    assert "概览" in str(last)


@pytest.mark.parametrize("query", ["?year=0", "?year=abcd", "?county=x&year=2026", "base/?id=x", "base/"])
def test_an_address_that_makes_no_sense_is_answered_in_a_sentence(drawn, sign_in, query):
    assert sign_in("city").get(f"/admin/overview/{query}").status_code in (200, 404)


def test_no_figure_is_told_from_a_field_that_the_role_may_not_see(drawn, sign_in, monkeypatch):
    browser, usual = sign_in("city"), Collection.seen_by
    gone = {"company_times", "fee_kind", "satisfaction", "size", "people", "moved_in"}
    addresses = (
        "", f"base/?id={drawn.guan.base}", "compare/?by=counties", "compare/?by=years",
        "compare/export/?by=counties", "compare/export/?by=years",
    )  # fmt: skip

    def told():
        found = []
        for address in addresses:
            answer = browser.get(f"/admin/overview/{address}")
            if "export" in address:
                found.append(load_workbook(BytesIO(answer.data)).sheetnames)
            else:
                facts = re.findall(r"<dt>(.*?)</dt>", answer.text)
                found.append(
                    facts + re.findall(r'<section class="sheet picture[^"]*" id="(\w+)"', answer.text)
                )
        return found

    def without(self, actor):
        seen = usual(self, actor)
        if self.name not in ("tenant_companies", "ledger_entries"):
            return seen
        return replace(seen, fields=tuple(one for one in seen.fields if one.key not in gone))

    assert all({"满意度", "satisfied", "满意度（%）"} & set(each) for each in told())
    monkeypatch.setattr(Collection, "seen_by", without)
    assert told() == [
        ["已认定基地", "全部指标达标", "服务台账（条）", "map", "services", "titles", "funnel", "limits", "activity"],
        ["服务台账（条）", "services", "limits", "activity"],
        ["certified", "meets", "entries"], ["entries"],
        ["已认定基地", "全部指标达标", "服务台账（条）", "说明"], ["服务台账（条）", "说明"],
    ]  # fmt: skip
    assert "家次" not in text_of(browser.get("/admin/overview/").text)
