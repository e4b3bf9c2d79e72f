"""Yearly reports as clerks meet them: the year, one base's page, the county's report, the reminder (Art. 14, 15)."""

import re
from datetime import date
from io import BytesIO

import openpyxl
import pytest
import time_machine

from tests.page_reader import flashes, form, on_top, problems, rows, text_of
from tests.sample_office import GUAN, MARK, PDF, SHEN

HOME = "/admin/annual-reports/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(date(2026, 1, 15), tick=True):
        yield


def report_url(office, county="guan", part=""):
    return f"{HOME}report/{part}?base={getattr(office, county).base}&year=2025"


def send(browser, office, part="summary/", **given):
    usual = {"received_on": "2026-01-09", "tenants": "30", "summary": "服务120家次", "version": "0"}
    if part != "summary/":
        usual = {"checked_on": "2025-11-03", "ledger_finding": "good", "version": "0"}
    return browser.send(report_url(office, part=part), usual | given)


def stored(office):
    return office.db["annual_reports"].find_one({"base": office.guan.base})


def tables(answer):
    """Return the rows of every sheet of a workbook."""
    book = openpyxl.load_workbook(BytesIO(answer.data))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_a_year_shows_the_counties_and_their_bases(sign_in, office):
    html = sign_in("city").get(HOME).text
    by_name = {row[0]: row for row in rows(html)}
    assert by_name["冠县"][1:6] == ["1", "0", "0", "1", "0"]
    assert by_name["东昌府区"][1:6] == ["0", "0", "0", "0", "0"]
    words = text_of(html)
    for word in ("2025", "清泉创业园", f"{MARK}创业园", "2026-01-10", "2026-01-20", "13906350100"):
        assert word in words


def test_a_county_clerk_sees_one_county(sign_in, office):
    words = text_of(sign_in("guan").get(HOME).text)
    assert "清泉创业园" in words
    assert MARK not in words
    assert "东昌府区" not in words


def test_a_year_before_the_title_has_no_base_and_no_year_at_all_no_page(sign_in, office):
    city = sign_in("city")
    assert "清泉创业园" not in city.get(f"{HOME}?year=2022").text
    assert city.get(f"{HOME}?year=2023").status_code == 200
    for year in ("2027", "abc", "99999", "1900"):
        assert city.get(f"{HOME}?year={year}").status_code == 404


def test_the_form_begins_with_what_the_records_count(sign_in, office):
    guan = sign_in("guan")
    sent = form(guan.get(report_url(office)).text, report_url(office, part="summary/").replace("&", "&amp;"))
    sent = sent or form(guan.get(report_url(office)).text, report_url(office, part="summary/"))
    assert sent["version"] == ["0"]
    assert sent["staff"] == ["8"]
    assert sent["received_on"] == ["2026-01-15"]  # today, to be changed


def test_a_summary_is_kept_with_its_file_and_shown_again(sign_in, office):
    guan = sign_in("guan")
    answer = send(guan, office, file=(BytesIO(PDF), "总结.pdf"))
    assert answer.status_code == 303
    html = guan.get(answer.location.partition("#")[0]).text
    for word in ("总结.pdf", "服务120家次", "2026-01-09"):
        assert word in html
    kept = stored(office)
    assert (kept["figures"], kept["version"]) == ({"tenants": 30}, 1)
    assert rows(guan.get(HOME).text)[0][2] == "1"  # in time
    file = office.db["attachments"].find_one({"collection": "annual_reports", "slot": "summary"})
    assert guan.get(f"{HOME}file/?file={file['_id']}").data == PDF
    assert sign_in("shen").get(f"{HOME}file/?file={file['_id']}").status_code == 404
    assert sign_in("shen").send(f"{HOME}files/remove/?file={file['_id']}").status_code == 404
    assert guan.send(f"{HOME}files/remove/?file={file['_id']}").status_code == 303
    assert office.db["attachments"].count_documents({"slot": "summary"}) == 0


def test_wrong_input_is_kept_beside_its_sentence(sign_in, office):
    guan = sign_in("guan")
    answer = send(
        guan, office, received_on="2026-02-31", tenants="很多", functions_met="9", summary="已写的话"
    )
    assert answer.status_code == 422
    found = problems(answer.text)
    assert set(found) >= {"received_on", "tenants"}
    for word in ("2026-02-31", "很多", "已写的话"):
        assert word in answer.text
    assert stored(office) is None
    answer = send(guan, office, functions_met="9", received_on="2026-01-16")
    assert set(problems(answer.text)) == {"received_on", "functions_met"}


def test_a_second_saver_sees_what_the_first_saved(sign_in, office):
    guan, city = sign_in("guan"), sign_in("city")
    assert send(guan, office).status_code == 303
    answer = send(city, office, tenants="31")
    assert answer.status_code == 409
    assert "30" in problems(answer.text)["tenants"]
    assert 'name="version" value="1"' in answer.text
    assert on_top(answer.text)
    assert stored(office)["figures"]["tenants"] == 30
    assert send(city, office, tenants="31", version="1").status_code == 303
    assert stored(office)["figures"]["tenants"] == 31


def test_an_inspection_is_kept_and_shown_in_the_year(sign_in, office):
    guan = sign_in("guan")
    answer = send(guan, office, "inspection/", fees_finding="problem", fees_remark="未公示收费标准")
    assert answer.status_code == 303
    kept = stored(office)["inspection"]
    assert kept["fees"] == {"finding": "problem", "remark": "未公示收费标准"}
    assert rows(guan.get(HOME).text)[0][6] == "1"
    answer = send(guan, office, "inspection/", fees_finding="problem", version="1")
    assert answer.status_code == 422
    assert list(problems(answer.text)) == ["fees_remark"]


def test_a_reader_reads_and_changes_nothing(sign_in, office):
    send(sign_in("guan"), office)
    reader = sign_in("reader")
    html = reader.get(report_url(office)).text
    assert "服务120家次" in html
    assert 'name="received_on"' not in html
    assert send(reader, office).status_code == 403
    assert reader.send(f"{HOME}county/save/?county={GUAN}&year=2025", {"version": "0"}).status_code == 403


def test_another_countys_pages_are_not_there(sign_in, office):
    guan = sign_in("guan")
    assert guan.get(report_url(office, "shen")).status_code == 404
    assert guan.get(f"{HOME}county/?county={SHEN}&year=2025").status_code == 404
    assert guan.send(f"{HOME}county/save/?county={SHEN}&year=2025", {"version": "0"}).status_code == 404
    assert guan.get(report_url(office).replace("2025", "2022")).status_code == 404  # owes none


def test_a_county_reports_to_the_city(sign_in, office):
    guan = sign_in("guan")
    where = f"{HOME}county/save/?county={GUAN}&year=2025"
    page = guan.get(f"{HOME}county/?county={GUAN}&year=2025").text
    assert "清泉创业园" in page
    sent = {
        "submitted_on": "2026-01-14",
        "text": "全县概况",
        "version": "0",
        "file": (BytesIO(PDF), "报告.pdf"),
    }
    assert guan.send(where, sent).status_code == 303
    row = next(row for row in rows(sign_in("city").get(HOME).text) if row[0] == "冠县")
    assert row[8] == "2026-01-14"
    assert "报告.pdf" in guan.get(f"{HOME}county/?county={GUAN}&year=2025").text
    assert guan.send(where, {"text": "只有文字", "version": "1"}).status_code == 422
    assert guan.send(where, {"submitted_on": "2026-01-13", "version": "0"}).status_code == 409


def test_the_reminder_names_who_has_not_reported(sign_in, office):
    city = sign_in("city")
    html = city.get(f"{HOME}reminder/").text
    for word in ("清泉创业园", "13906350100", "2026-01-10", "2026-01-20"):
        assert word in html
    assert re.search(r"1\. .*（.*13906350100.*）", html)
    send(city, office)
    assert "清泉创业园" not in city.get(f"{HOME}reminder/").text
    assert MARK not in sign_in("guan").get(f"{HOME}reminder/").text


def test_both_workbooks(sign_in, office):
    city = sign_in("city")
    send(city, office)
    send(city, office, "inspection/", fees_finding="problem", fees_remark="未公示", version="1")
    found = tables(city.get(f"{HOME}export/xlsx/"))
    county = next(row for row in found["各县汇总"] if row[1] == "冠县")
    assert county[2:10] == [1, 1, 0, 0, 0, 1, "未到期", None]
    assert found["各县汇总"][-1][1:3] == ["合计", 2]
    base = next(row for row in found["基地明细"] if row[1] == "清泉创业园")
    assert base[4] == "按时"
    assert base[6] == 30
    assert "有问题：未公示" in base
    reminded = tables(city.get(f"{HOME}reminder/export/xlsx/"))["催报清单"]
    assert [row[1] for row in reminded if row[3] == "年度工作总结"] == [f"{MARK}创业园"]
    assert [row[7] for row in reminded if row[3] == "年度工作总结"] == [-5]
    own = tables(sign_in("guan").get(f"{HOME}export/xlsx/"))
    assert MARK not in str(own)
    assert [row[1] for row in own["各县汇总"][3:]] == ["冠县"]


def test_the_bases_are_narrowed_by_how_they_stand(sign_in, office):
    city = sign_in("city")
    send(city, office)
    late = city.get(f"{HOME}?state=missing").text.partition('id="bases"')[2]
    assert f"{MARK}创业园" in late
    assert "清泉创业园" not in late
    assert not flashes(city.get(f"{HOME}?state=nonsense").text)


# --- Last year's words, and the year's table -------------------------------------------------------


def of_year(office, year, part=""):
    return report_url(office, part=part).replace("2025", str(year))


def test_a_summary_goes_on_from_last_years_words_and_says_so_until_they_are_edited(sign_in, office):
    guan = sign_in("guan")
    send(guan, office, summary="上年做法：三项服务。")
    url = of_year(office, 2026, "carry/")
    assert url.replace("&", "&amp;") in guan.get(of_year(office, 2026)).text
    assert guan.send(url, {"version": "0"}).status_code == 303
    page = guan.get(of_year(office, 2026)).text
    assert "上年做法：三项服务。" in page and "沿用2025年内容，尚未修改" in page
    assert "report/carry/" not in page
    kept = office.db["annual_reports"].find_one({"year": 2026})
    assert (kept["summary"], kept["carried_from"]) == ("上年做法：三项服务。", 2025)
    summary = of_year(office, 2026, "summary/")
    usual = {"received_on": "", "tenants": "31"}
    guan.send(summary, usual | {"summary": "上年做法：三项服务。", "version": "1"})
    assert "尚未修改" in guan.get(of_year(office, 2026)).text
    guan.send(summary, usual | {"summary": "今年做法：四项服务。", "version": "2"})
    assert "尚未修改" not in guan.get(of_year(office, 2026)).text
    assert "carried_from" not in office.db["annual_reports"].find_one({"year": 2026})


def test_words_that_are_there_are_never_replaced_by_last_years(sign_in, office):
    guan = sign_in("guan")
    send(guan, office, summary="上年做法。")
    guan.send(of_year(office, 2026, "summary/"), {"received_on": "", "summary": "今年已写。", "version": "0"})
    before = office.db["annual_reports"].find_one({"year": 2026})
    answer = guan.send(of_year(office, 2026, "carry/"), {"version": "1"})
    assert "已有内容" in " ".join(flashes(guan.get(answer.location).text))
    assert office.db["annual_reports"].find_one({"year": 2026}) == before
    assert guan.send(of_year(office, 2025, "carry/"), {"version": "1"}).status_code == 303
    assert office.db["annual_reports"].find_one({"year": 2025})["summary"] == "上年做法。"


def test_the_years_table_is_made_from_the_records_and_kept_when_the_summary_is_received(sign_in, office):
    guan = sign_in("guan")
    answer = guan.get(f"{report_url(office, part='situation/')}&format=xlsx")
    (table,) = tables(answer).values()
    by_name = {row[1]: row for row in table[3:]}
    assert table[0][0] == "清泉创业园2025年度基地情况汇总表"
    assert by_name["专职服务人员"][4] == 8
    assert by_name["信息服务·线上信息系统"][4] == "有"
    assert {"入驻小微企业", "信息服务·线下服务家次", "专业服务·服务家次"} <= set(by_name)
    document = guan.get(f"{report_url(office, part='situation/')}&format=docx")
    assert document.data[:2] == b"PK"
    send(guan, office, tenants="33")
    (kept,) = office.db["attachments"].find({"slot": "situation"})
    assert kept["generated"] and len(kept["sha256"]) == 64
    sent = tables(guan.get(f"{HOME}file/?file={kept['_id']}"))["基地情况汇总表"]
    assert {row[1]: row[5] for row in sent[3:]}["入驻小微企业"] == 33
    guan.send(f"{HOME}files/remove/?file={kept['_id']}")
    assert office.db["attachments"].count_documents({"slot": "situation"}) == 1
    send(guan, office, version="1", tenants="34")
    assert stored(office)["figures"]["tenants"] == 34
    assert office.db["attachments"].count_documents({"slot": "situation"}) == 1


def test_a_year_that_is_none_narrows_no_list_of_all_reports(sign_in):
    city = sign_in("city")
    for year in ("a" * 24, "0" * 24, "x", "²"):
        assert city.get(f"{HOME}all/?year={year}").status_code == 200
        assert city.get(f"{HOME}all/export/xlsx/?year={year}").status_code == 200
