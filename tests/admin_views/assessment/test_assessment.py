"""The pages of the assessment as clerks of the city and of a county open them."""

import re
from datetime import UTC, date, datetime
from html import unescape
from io import BytesIO

import pytest
import time_machine

from rules.rule_sets.measures import CITY_2021
from services.assessment.assess import assess_bases
from tests.page_reader import text_of
from tests.sample_office import GUAN, MARK, SHEN, cells

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_monday_of_2026():
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def english(sign_in):
    """Sign in and choose English: what is tested is what is said, not how the catalogue words it."""

    def enter(name):
        browser = sign_in(name)
        browser.send("/account/language", {"locale": "en", "next": "/admin/"})
        return browser

    return enter


@pytest.fixture
def city(english):
    return english("city")


def names(html):
    """Return the bases of the overview in order."""
    body = re.search(r'<table class="rows assess">.*?<tbody>(.*?)</tbody>', html, re.DOTALL)
    return [text_of(one) for one in re.findall(r'<th scope="row">(.*?)</th>', body.group(1))] if body else []


def row_of(html, name):
    found = [row for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL) if f">{name}</a>" in row]
    return [text_of(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", found[0], re.DOTALL)]


def page(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.text


# --- All bases ---------------------------------------------------------------------------------


def test_the_overview_says_of_each_base_what_the_rules_say(city, office):
    html = page(city, "/admin/assessment/?year=2026")
    found = assess_bases(2026, CITY_2021, today=date(2026, 11, 23), actor=office.actor("city"))
    assert sorted(names(html)) == sorted(base["name"] for base, _ in found)
    row = row_of(html, "清泉创业园")
    assert row[2:] == [
        "冠县", "已认定", "7 Met", "2 23 short", "35 365 short", "8 Met", "1 3 short", "100% Met", "0/8 4 short",
    ]  # fmt: skip


def test_what_a_record_does_not_say_is_not_a_zero(city):
    row = row_of(page(city, "/admin/assessment/?year=2026"), "清泉孵化器")
    assert row[4] == "Not filled in Not met"
    assert row[7] == "Not filled in Not met"
    assert row[9] == "No service 20% short"


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("sort=-tenants", "清泉创业园"),
        ("sort=-name", None),
        ("sort=people", None),
        ("sort=county", None),
        ("sort=meets", None),
    ],
)
def test_the_overview_is_sorted_by_any_column(city, query, first):
    found = names(page(city, f"/admin/assessment/?year=2026&{query}"))
    assert len(found) == 4
    if first:
        assert first in found[:2]


def test_the_nearest_to_failing_come_first_and_then_those_that_lack_least(city, office):
    found = assess_bases(2026, CITY_2021, today=date(2026, 11, 23), actor=office.actor("city"))
    gaps = {base["name"]: one.gap for base, one in found}
    shown = [gaps[name] for name in names(page(city, "/admin/assessment/?year=2026"))]
    assert shown == sorted(shown)


def test_filters_leave_those_that_meet_or_miss_one_indicator(city):
    staffed = "/admin/assessment/?year=2026&indicator=staff&met="
    assert sorted(names(page(city, staffed + "yes"))) == sorted(["清泉创业园", f"{MARK}创业园"])
    assert sorted(names(page(city, staffed + "no"))) == sorted(["清泉孵化器", f"{MARK}孵化器"])
    assert names(page(city, "/admin/assessment/?year=2026&met=yes")) == []
    assert "No base fits these filters." in page(city, "/admin/assessment/?year=2026&met=yes")


def test_a_county_clerk_sees_the_own_county_alone(sign_in):
    guan = sign_in("guan")
    for query in ("", f"&county={SHEN}"):
        html = page(guan, f"/admin/assessment/?year=2026{query}")
        assert sorted(names(html)) == ["清泉创业园", "清泉孵化器"]
        assert MARK not in html
        assert "莘县" not in html


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("year=2020", "No rule set is in force on 2020-12-31: 聊工信发〔2021〕133号 begins on 2021-12-04."),
        ("year=2027", "No rule set is in force on 2027-01-01: 聊工信发〔2021〕133号 ended on 2026-12-03."),
        ("year=2026", "is in force until 2026-12-03"),
        ("year=abc", "2026 is shown"),
        ("year=99999999999999999999", "2026 is shown"),
        ("year=-1", "2026 is shown"),
        ("level=province", "No rule set of this level has been entered yet."),
        ("level=nation", "may be out of date: check them"),
        ("level=moon&sort=x&indicator=y&met=z&status=q&county=r", "清泉创业园"),
    ],
)
def test_what_not_to_rely_on_is_said_and_nonsense_is_survived(city, query, sentence):
    assert sentence in page(city, f"/admin/assessment/?{query}")


def test_the_overview_goes_to_excel_typed(city):
    rows = cells(city.get(f"/admin/assessment/export/xlsx/?year=2026&county={GUAN}&sort=name"))
    heads, first = rows[2], rows[3]
    values = dict(zip(heads, first, strict=True))
    assert values["基地名称"] == "清泉创业园"
    assert values["结论"] == "未达标"
    assert values["入驻小型微型企业（家）"] == 2
    assert values["免费或低收费服务占比（%）"] == 100
    assert values["人员培训：培训人次"] == 12
    assert len(rows) == 5
    assert city.get("/admin/assessment/export/xlsx/?level=province").status_code == 404


# --- One base ----------------------------------------------------------------------------------


def test_one_base_shows_every_indicator_function_condition_and_level(city, office):
    html = page(city, f"/admin/assessment/base/?id={office.guan.base}&year=2026")
    words = text_of(html)
    for said in (
        "Art. 5(2)", "23 companies short", "365 people short", "Art. 7(8)", "Professional service",
        "A clear service ledger", "Not entered yet", "The figures may be out of date: check them.",
        "0 of 8 met, 4 asked",
    ):  # fmt: skip
        assert said in words
    assert "style=" not in html


def test_a_blank_of_the_record_leads_to_its_form(english, office):
    path = f"/admin/assessment/base/?id={office.guan.spare}&year=2026"
    edit = f"/admin/bases/edit/?id={office.guan.spare}"
    guan = page(english("guan"), path)
    assert "Not filled in" in guan
    assert edit in guan
    assert edit not in page(english("reader"), path)


def test_the_links_lead_to_as_many_records_as_they_say(city, office):
    html = page(city, f"/admin/assessment/base/?id={office.guan.base}&year=2026")
    links = set(
        re.findall(r'href="(/admin/assessment/counted/[^"]*)#(counted|others)">[^<]+<b>([\d,]+)</b>', html)
    )
    assert len(links) == 2 * (
        4 + 11
    )  # tenants, partners, low fee, satisfaction, and the eleven figures of Art. 7 that have records
    for url, side, count in links:
        shown = page(city, unescape(url))
        section = re.search(rf'<section class="sheet" id="{side}">.*?</section>', shown, re.DOTALL)
        assert f"<small>{count}</small>" in section.group(0), url


def test_the_base_goes_to_excel(city, office):
    answer = city.get(f"/admin/assessment/base/export/xlsx/?id={office.guan.base}&year=2026")
    rows = cells(answer)
    assert rows[0][0] == "清泉创业园（2026年）基本条件"
    assert ["第五条第（二）项", "入驻小型微型企业", "家", 25, 2, "未达标"] in rows


def test_the_page_of_the_base_leads_to_its_assessment(city, office):
    assert f"/admin/assessment/base/?id={office.guan.base}" in page(
        city, f"/admin/bases/details/?id={office.guan.base}"
    )


# --- The records behind a figure ---------------------------------------------------------------


def test_the_companies_that_moved_out_say_so(city, office):
    html = page(city, f"/admin/assessment/counted/?id={office.guan.base}&year=2026&what=tenants")
    counted, others = html.split('id="others"')
    assert "清泉长沙启程机械有限公司" in counted
    assert "清泉旧邻纺织有限公司" not in counted
    assert "Has moved out" in others
    assert "清泉旧邻纺织有限公司" in others
    foot = re.search(r"<tfoot>(.*?)</tfoot>", html, re.DOTALL)
    assert text_of(foot.group(1)).split() == ["Sum:", "2", "35"]


def test_both_sides_go_to_excel(city, office):
    answer = city.get(
        f"/admin/assessment/counted/export/xlsx/?id={office.guan.base}&year=2026&what=training.person_times"
    )
    rows = cells(answer)
    assert datetime(2026, 2, 3) in rows[3]
    assert rows[-1][0] == "合计 1"
    assert 12 in rows[-1]


@pytest.mark.parametrize(
    "path", ["base/", "base/export/xlsx/", "counted/", "counted/export/xlsx/", "checklist/"]
)
def test_a_base_that_is_not_there_or_not_in_the_county_is_not_found(path, sign_in, office):
    guan = sign_in("guan")
    for wrong in ("", "abc", "0" * 24, str(office.shen.base), str(office.guan.company)):
        answer = guan.get(f"/admin/assessment/{path}?id={wrong}")
        assert answer.status_code == 404
        assert "Traceback" not in answer.text
    assert guan.get(f"/admin/assessment/{path}").status_code == 404


@pytest.mark.parametrize("what", ["", "x", "information.online", "training.meetings", "..", "tenants\x00"])
def test_a_figure_that_is_none_is_not_found(city, office, what):
    answer = city.get(
        "/admin/assessment/counted/",
        query_string={"id": office.guan.base, "what": what},
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "query", ["page=abc", "page=-3&rest=99999999999", "why=moon", "year=abc", "why=moved-out&rest=2"]
)
def test_the_pages_of_records_survive_nonsense(city, office, query):
    page(city, f"/admin/assessment/counted/?id={office.guan.base}&what=tenants&{query}")


# --- Art. 6 ------------------------------------------------------------------------------------


def test_the_checklist_is_filled_in_with_evidence_and_shown(english, office):
    guan = english("guan")
    path = f"/admin/assessment/checklist/?id={office.guan.base}&year=2026"
    file = office.guan.files["bases"]
    sent = {"version": "0", "state-premises": "met", "remark-premises": "有租赁合同", "files-premises": str(file),
            "state-plan": "not-met"}  # fmt: skip
    answer = guan.send(path, sent, follow_redirects=True)
    assert answer.status_code == 200
    words = text_of(answer.text)
    assert "1 of 9 fulfilled" in words
    assert "有租赁合同" in words
    assert "清泉营业执照.pdf" in words
    assert "Filled in the checklist of operating conditions" in page(
        guan, f"/admin/bases/details/?id={office.guan.base}"
    )
    stale = guan.send(path, {"version": "0", "state-premises": "not-met", "remark-premises": "我的备注"})
    assert stale.status_code == 409
    assert "我的备注" in stale.text
    assert "Saved meanwhile: 符合；有租赁合同" in text_of(stale.text)
    assert 'name="version" value="1"' in stale.text
    long = guan.send(path, {"version": "1", "remark-plan": "长" * 501})
    assert long.status_code == 422
    assert "A remark has at most 500 characters." in long.text


def test_a_new_file_is_kept_with_the_base_and_ticked(sign_in, office):
    guan = sign_in("guan")
    path = f"/admin/assessment/checklist/?id={office.guan.base}&year=2026"
    sent = {"version": "0", "state-plan": "met", "new-plan": (BytesIO(b"%PDF-1.4 plan"), "规划.pdf")}
    assert "规划.pdf" in guan.send(path, sent, follow_redirects=True).text
    wrong = {"version": "1", "new-plan": (BytesIO(b"MZ"), "病毒.exe")}
    assert guan.send(path, wrong).status_code == 422
