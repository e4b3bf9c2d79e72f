"""Upward recommendation as clerks meet it: choosing, the letter, the outcome (Art. 17)."""

from datetime import date
from io import BytesIO

import pytest
import time_machine
from docx import Document
from pypdf import PdfReader

from tests.page_reader import on_top, problems, rows, text_of
from tests.sample_office import GUAN, MARK, PDF, SHEN, cells

HOME = "/admin/upward/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(date(2026, 11, 24), tick=True):
        yield


def send(browser, *bases, **given):
    usual = {
        "level": "province", "year": "2026", "number": "聊工信发〔2026〕15号", "dated": "2026-06-01",
        "bases": [str(base) for base in bases],
    }  # fmt: skip
    return browser.send(f"{HOME}new/", usual | given)


def recommended(browser, base, **given):
    answer = send(browser, base, **given)
    assert answer.status_code == 303, on_top(answer.text)
    return answer.location.partition("id=")[2]


def test_the_levels_stand_side_by_side(sign_in, office):
    page = sign_in("city").get(f"{HOME}new/").text
    words = text_of(page)
    for word in ("清泉创业园", f"{MARK}创业园", "市级", "省级", "国家级", "聊工信发〔2021〕133号"):
        assert word in words
    assert str(office.guan.spare) not in page  # it has no title
    for name in ("guan", "reader"):
        assert sign_in(name).get(f"{HOME}new/").status_code == 403


def test_one_letter_for_two_bases_with_its_file(sign_in, office):
    city = sign_in("city")
    answer = send(city, office.guan.base, office.shen.base, file=(BytesIO(PDF), "推荐函.pdf"))
    assert answer.status_code == 303
    assert office.db["upward_recommendations"].count_documents({"number": "聊工信发〔2026〕15号"}) == 2
    assert (
        office.db["attachments"].count_documents({"collection": "upward_recommendations", "slot": "letter"})
        == 2
    )
    assert len(rows(city.get(HOME).text)) == 2
    guan = sign_in("guan")
    assert [row[0] for row in rows(guan.get(HOME).text)] == ["清泉创业园"]
    assert MARK not in guan.get(HOME).text
    for query, count in (
        (f"?county={GUAN}", 1), ("?level=nation", 0), ("?outcome=pending", 2), ("?search=qqcyy", 1),
        (f"?county={SHEN}", 1),
    ):  # fmt: skip
        assert len(rows(city.get(HOME + query).text)) == count, query


def test_wrong_input_is_kept_with_what_was_ticked(sign_in, office):
    city = sign_in("city")
    answer = send(city, office.guan.base, number="无", remark="已写的话")
    assert answer.status_code == 422
    assert "number" in problems(answer.text)
    assert "已写的话" in answer.text
    assert (
        f'value="{office.guan.base}" id="b-{office.guan.base}" aria-label="清泉创业园" checked' in answer.text
    )
    assert send(city).status_code == 422
    assert send(city, office.guan.base, level="city").status_code == 422
    assert send(city, office.guan.base, year="0").status_code == 422
    assert send(city, "nonsense").status_code == 404
    assert office.db["upward_recommendations"].count_documents({}) == 0


def test_a_second_time_is_refused_by_name(sign_in, office):
    city = sign_in("city")
    recommended(city, office.guan.base)
    answer = send(city, office.guan.base, number="聊工信发〔2026〕16号")
    assert answer.status_code == 422
    assert "清泉创业园" in on_top(answer.text)


def test_one_recommendation_shows_the_frozen_figures(sign_in, office):
    identity = recommended(sign_in("city"), office.guan.base)
    office.db["bases"].update_one({"_id": office.guan.base}, {"$set": {"service_staff": 77}})
    for name in ("city", "guan", "reader"):
        words = text_of(sign_in(name).get(f"{HOME}details/?id={identity}").text)
        for word in ("聊工信发〔2026〕15号", "2026-06-01", "国家级", "省级"):
            assert word in words
        assert " 8 " in words
        assert " 77 " not in words
    assert sign_in("shen").get(f"{HOME}details/?id={identity}").status_code == 404


def test_the_letter_is_corrected_and_the_outcome_recorded(sign_in, office):
    city = sign_in("city")
    identity = recommended(city, office.guan.base)
    sent = {
        "level": "nation",
        "year": "2026",
        "number": "聊工信发〔2026〕18号",
        "dated": "2026-06-02",
        "version": "1",
    }
    assert "聊工信发〔2026〕15号" in city.get(f"{HOME}edit/?id={identity}").text
    assert city.send(f"{HOME}edit/?id={identity}", sent).status_code == 303
    assert city.send(f"{HOME}edit/?id={identity}", sent | {"year": "2025"}).status_code in (409, 422)
    where = f"{HOME}outcome/?id={identity}"
    given = {
        "outcome": "granted",
        "outcome_on": "2026-09-01",
        "outcome_number": "鲁工信发〔2026〕6号",
        "version": "2",
    }
    assert city.get(where).status_code == 200
    assert city.send(where, given | {"outcome": ""}).status_code == 422
    assert city.send(where, given | {"version": "1"}).status_code == 409
    assert city.send(where, given).status_code == 303
    assert "鲁工信发〔2026〕6号" in city.get(f"{HOME}details/?id={identity}").text


def test_files_stand_in_two_places(sign_in, office):
    city = sign_in("city")
    identity = recommended(city, office.guan.base)
    add = f"{HOME}files/add/?id={identity}&slot="
    assert city.send(add + "outcome", {"file": (BytesIO(PDF), "批复.pdf")}).status_code == 303
    assert city.send(add + "summary", {"file": (BytesIO(PDF), "别处.pdf")}).status_code == 404
    file = office.db["attachments"].find_one({"collection": "upward_recommendations"})
    assert file["slot"] == "outcome"
    assert sign_in("guan").get(f"{HOME}file/?file={file['_id']}").data == PDF
    assert sign_in("shen").get(f"{HOME}file/?file={file['_id']}").status_code == 404
    assert sign_in("guan").send(f"{HOME}files/remove/?file={file['_id']}").status_code == 403
    assert city.send(f"{HOME}files/remove/?file={file['_id']}").status_code == 303


def test_the_workbook(sign_in, office):
    recommended(sign_in("city"), office.guan.base)
    head, row = cells(sign_in("reader").get(f"{HOME}export/xlsx/"))[2:4]
    line = dict(zip(head, row, strict=True))
    assert (line["基地名称"], line["推荐级别"], line["推荐结果"]) == ("清泉创业园", "省级", "待批复")
    assert line["推荐时指标"] == "未录入"
    assert len(cells(sign_in("shen").get(f"{HOME}export/xlsx/"))) == 3


# --- The letter as it was sent -------------------------------------------------------------------


def docx_of(browser, identity):
    answer = browser.get(f"{HOME}letter/docx/?id={identity}")
    assert answer.status_code == 200, on_top(answer.text)
    paper = Document(BytesIO(answer.data))
    words = "".join(paragraph.text for paragraph in paper.paragraphs).replace("\n", "")
    rows_ = [[cell.text for cell in row.cells] for table in paper.tables for row in table.rows]
    return words, rows_


def both_recommended(office, city, **given):
    assert send(city, office.shen.base, office.guan.base, **given).status_code == 303
    stored = office.db["upward_recommendations"].find({})
    return {row["base"]: row["_id"] for row in stored}


def test_the_letter_lists_all_bases_of_its_number_and_cites_the_rule_set_of_its_date(sign_in, office):
    city = sign_in("city")
    identities = both_recommended(office, city)
    words, lines = docx_of(city, identities[office.guan.base])
    assert (words, lines) == docx_of(city, identities[office.shen.base])
    for part in (
        "省级小型微型企业创业创新示范基地的函", "聊工信发〔2026〕15号", "山东省工业和信息化厅：",
        "聊工信发〔2021〕133号", "第十七条", "等2家基地申报2026年度省级", "2026年6月1日",
    ):  # fmt: skip
        assert part in words, part
    assert lines[0][:3] == ["序号", "基地名称", "运营主体"]
    assert lines[0][-5:] == ["入驻小微企业", "从业人员", "服务机构", "低收费占比", "达标功能"]
    assert [line[0] for line in lines[1:]] == ["1", "2"]
    assert {line[1] for line in lines[1:]} == {"清泉创业园", f"{MARK}创业园"}
    pdf = city.get(f"{HOME}letter/pdf/?id={identities[office.guan.base]}").data
    printed = "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages)
    assert "清泉创业园" in printed
    assert "山东省工业和信息化厅" in printed


def test_a_letter_with_another_countys_base_is_not_the_countys_to_read(sign_in, office):
    identities = both_recommended(office, sign_in("city"))
    guan = sign_in("guan")
    page = guan.get(f"{HOME}details/?id={identities[office.guan.base]}").text
    assert "letter/pdf" not in page
    for kind in ("docx", "pdf"):
        assert guan.get(f"{HOME}letter/{kind}/?id={identities[office.guan.base]}").status_code == 404
        assert (
            sign_in("reader").get(f"{HOME}letter/{kind}/?id={identities[office.guan.base]}").status_code
            == 200
        )


def test_a_letter_of_the_countys_own_bases_is_the_countys_to_read(sign_in, office):
    identity = recommended(sign_in("city"), office.guan.base)
    assert "清泉创业园" in docx_of(sign_in("guan"), identity)[1][1]
    assert sign_in("shen").get(f"{HOME}letter/docx/?id={identity}").status_code == 404


def test_the_letter_reads_later_as_it_was_sent_and_is_frozen_anew_when_corrected(sign_in, office):
    city = sign_in("city")
    identity = recommended(city, office.guan.base)
    sent = docx_of(city, identity)
    office.db["bases"].update_one({"_id": office.guan.base}, {"$set": {"operator": "后来的公司"}})
    office.db["upward_recommendations"].update_many({}, {"$set": {"base_name": "后来的名称"}})
    assert docx_of(city, identity) == sent
    given = {
        "level": "nation",
        "year": "2026",
        "number": "聊工信发〔2026〕18号",
        "dated": "2026-06-02",
        "version": "1",
    }
    assert city.send(f"{HOME}edit/?id={identity}", given).status_code == 303
    words, _ = docx_of(city, identity)
    for part in ("国家级小型微型企业创业创新示范基地的函", "聊工信发〔2026〕18号", "2026年6月2日"):
        assert part in words, part
    assert office.db["papers"].count_documents({"_id": "聊工信发〔2026〕15号"}) == 0


def test_a_base_that_leaves_a_letter_leaves_its_text(sign_in, office):
    city = sign_in("city")
    identities = both_recommended(office, city)
    given = {
        "level": "province",
        "year": "2026",
        "number": "聊工信发〔2026〕18号",
        "dated": "2026-06-01",
        "version": "1",
    }
    assert city.send(f"{HOME}edit/?id={identities[office.shen.base]}", given).status_code == 303
    assert [line[1] for line in docx_of(city, identities[office.guan.base])[1][1:]] == ["清泉创业园"]
    assert [line[1] for line in docx_of(city, identities[office.shen.base])[1][1:]] == [f"{MARK}创业园"]


def test_an_older_letter_is_made_of_its_frozen_figures(sign_in, office):
    city = sign_in("city")
    identity = recommended(city, office.guan.base)
    sent = docx_of(city, identity)
    office.db["papers"].update_many({}, {"$unset": {"text": ""}})
    office.db["upward_recommendations"].update_many({}, {"$unset": {"operator": ""}})
    assert docx_of(city, identity) == sent


def test_a_letter_is_previewed_and_nothing_is_recorded(sign_in, office):
    city, before = sign_in("city"), office.digest()
    page = send(city, office.guan.base, action="preview")
    assert page.status_code == 200
    for part in ("关于择优推荐申报省级", "清泉创业园", "山东省工业和信息化厅", "第十七条"):
        assert part in text_of(page.text).replace(" ", ""), part
    assert send(city, office.guan.base, action="preview", number="无").status_code == 422
    after = office.digest()
    assert {name for name in after if after[name] != before.get(name)} <= {"users"}
