"""The successor of the Measures as it is led in: text, title and days, figures, articles, what if, in force."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import docx
import pytest
import time_machine

from rules.applications import Stage
from rules.grounds import DecisionKind, Ground
from rules.rule_sets.measure_lines import figures_of
from rules.rule_sets.measures import CITY_2021, DecidedUnder
from rules.rule_sets.succession.figures import SUMMARIES
from services.assessment.rule_sets import read_editions
from services.revocation.cases import begin_case
from tests import page_reader as read
from tests import round_driver as driver
from tests.new_measures import BODY, FIGURES, INSERTED, NUMBER, TITLE, new_articles, new_text
from tests.sample_office import GUAN, cells

HOME = "/admin/succession/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(driver.moment(date(2026, 11, 24)), tick=True):
        yield


@pytest.fixture
def boss(sign_in):
    return sign_in("boss")


def shown(answer) -> str:
    return read.text_of(answer.text)


def begin(browser, text=None, **more):
    answer = browser.send(HOME, {"title": "新办法", "text": new_text() if text is None else text, **more})
    assert answer.status_code == 303, read.on_top(answer.text)
    return answer.location.removesuffix("text/")


def draft(place):
    code = place.rstrip("/").rpartition("/")[2]
    return next(edition for edition in read_editions() if edition.measures.code == code)


def sent(page, **changes):
    fields = {name: values for name, values in read.form(page).items() if name != "csrf_token"}
    return fields | {name: value if isinstance(value, list) else [value] for name, value in changes.items()}


def word_file() -> BytesIO:
    document = docx.Document()
    for line in new_text().split("\n"):
        document.add_paragraph(line)
    stream = BytesIO()
    document.save(stream)
    stream.seek(0)
    return stream


# --- The text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["pasted", "docx", "gb18030"])
def test_a_text_is_cut_into_articles_however_it_comes(boss, office, way):
    if way == "pasted":
        place = begin(boss)
    elif way == "docx":
        place = begin(boss, text="", file=(word_file(), "新办法.docx"))
    else:
        place = begin(boss, text="", file=(BytesIO(new_text().encode("gb18030")), "新办法.txt"))
    edition = draft(place)
    assert edition.draft
    assert edition.measures.text == new_articles()
    assert edition.measures.articles == {}
    assert edition.measures.first_day == date(2026, 12, 4)
    assert figures_of(edition.measures) == figures_of(CITY_2021)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"text": ""}, "请粘贴办法文本"),
        ({"text": "没有条文的通知。"}, "无法按条拆分"),
        ({"text": "", "file": (b"%PDF-1.4", "办法.pdf")}, "不是.docx或.txt文件"),
        ({"text": "", "file": (b"broken", "办法.docx")}, "不是.docx文档"),
        ({"text": "", "file": (b"\x81\x20\xff\xff", "办法.txt")}, "编码"),
        ({"text": "第一条 甲。", "title": ""}, "请填写此项"),
    ],
)
def test_what_cannot_be_cut_is_refused_in_chinese_and_what_was_typed_stays(boss, office, data, sentence):
    before = office.digest()
    files = {name: (BytesIO(value[0]), value[1]) for name, value in data.items() if isinstance(value, tuple)}
    answer = boss.send(HOME, {"title": "新办法", **data, **files})
    assert answer.status_code == 422
    assert sentence in shown(answer)
    assert office.digest() == before
    if data["text"]:
        assert data["text"] in answer.text


def test_both_texts_stand_side_by_side_with_their_differences(boss):
    place = begin(boss)
    page = boss.get(place + "text/")
    assert "<del>25</del><ins>三十</ins>家以上" in page.text
    words = shown(page)
    for word in ("新增1条", "删去1条", "共20条", "条序变动"):
        assert word in words
    rows = re.findall(r'<tr class="(\w+)"><td class="nowrap">([^<]*)</td><th [^>]*>([^<]*)</th>', page.text)
    assert ("dropped", "第四条", "—") in rows
    assert ("new", "—", "第十二条") in rows
    assert ("changed", "第五条", "第四条") in rows
    assert ("moved", "第六条", "第五条") in rows
    assert ("same", "第十七条", "第十七条") in rows


def test_a_text_is_corrected_in_place_and_cut_again_and_lost_articles_are_told(boss):
    place = begin(boss, new_text().replace("第十三条", "第十二条", 1))
    page = boss.get(place + "text/")
    assert "第十二条重复出现" in shown(page)
    assert "缺：第十三条" in shown(page)
    boss.send(place + "articles/", sent(boss.get(place + "articles/").text, version="1"))
    answer = boss.send(
        place + "text/", sent(boss.get(place + "text/").text, text=new_text().replace("第二十条", "附：", 1))
    )
    assert answer.status_code == 303
    page = boss.get(place + "text/")
    assert "重复出现" not in shown(page)
    assert len(draft(place).measures.text) == 19


def test_a_draft_that_was_changed_meanwhile_is_not_overwritten(boss, office):
    place = begin(boss)
    old = sent(boss.get(place + "heading/").text)
    assert boss.send(place + "heading/", old).status_code == 303
    before = office.digest()
    for step in ("text/", "heading/", "figures/", "articles/"):
        stale = sent(boss.get(place + step).text, version="1", take=["tenants"])
        answer = boss.send(place + step, stale)
        assert answer.status_code == 409, step
    assert office.digest() == before


WRONG = {
    "text/": {"text": "没有条文的通知。"},
    "heading/": {"title": ""},
    "figures/": {"take": ["tenants"], "tenants": "许多"},
    "articles/": {"article-notice": "见附件"},
}


@pytest.mark.parametrize("step", list(WRONG))
def test_a_refused_page_keeps_the_version_that_it_was_read_at(boss, office, step):
    place = begin(boss)
    mine = sent(boss.get(place + step).text)
    (version,) = mine["version"]
    refused = boss.send(place + step, mine | WRONG[step])
    assert refused.status_code == 422
    assert boss.send(place + "heading/", sent(boss.get(place + "heading/").text)).status_code == 303
    before = office.digest()
    again = boss.send(place + step, mine | WRONG[step])  # another one has saved between the two
    assert again.status_code == 422
    assert read.form(again.text)["version"] == [version]
    right = sent(again.text, **{name: mine.get(name, [""]) for name in WRONG[step]})
    stale = boss.send(place + step, right)
    assert stale.status_code == 409
    assert office.digest() == before
    assert read.form(stale.text)["version"] == [str(draft(place).version)]  # told, it may be saved again
    assert boss.send(place + step, sent(stale.text)).status_code == 303


@pytest.mark.parametrize("step", ["text/", "heading/", "figures/", "articles/", "what-if/", "put-in-force/"])
def test_every_page_of_a_successor_leads_back_to_the_rule_sets_and_to_the_draft(boss, step):
    place = begin(boss)
    code = draft(place).measures.code
    where = f"/admin/rule-sets/{code}/{step}" if step == "put-in-force/" else place + step
    crumbs = boss.get(where).text.partition('<nav class="crumbs"')[2].partition("</nav>")[0]
    links = re.findall(r'href="([^"]+)"', crumbs)
    assert links[-2:] == ["/admin/rule-sets/", f"/admin/rule-sets/{code}/"]


# --- Title, days, transition ---------------------------------------------------------------------------


def test_title_number_body_and_days_are_proposed_from_the_text_and_confirmed(boss):
    place = begin(boss)
    page = boss.get(place + "heading/").text
    values = {name: values[0] for name, values in read.form(page).items()}
    assert values["document_title"] == TITLE
    assert values["document_number"] == NUMBER
    assert values["body"] == BODY
    assert (values["first_day"], values["last_day"]) == ("2027-01-11", "2032-01-10")
    assert "本办法自2027年1月11日起施行，有效期5年。" in page
    assert draft(place).measures.document_number == ""  # nothing is taken unasked
    answer = boss.send(place + "heading/", sent(page, cases_begun_before="this"))
    assert answer.status_code == 303
    measures = draft(place).measures
    assert measures.cited == f"《{TITLE}》（{NUMBER}）"
    assert (measures.first_day, measures.last_day) == (date(2027, 1, 11), date(2032, 1, 10))
    assert measures.cases_begun_before is DecidedUnder.THIS


# --- Figures --------------------------------------------------------------------------------------------


def test_each_figure_is_taken_only_where_it_is_ticked(boss, office):
    place = begin(boss)
    page = boss.get(place + "figures/").text
    assert "基地入驻小型微型企业三十家以上" in page
    assert read.form(page)["tenants"] == ["30"]
    assert "take" not in read.form(page)
    answer = boss.send(place + "figures/", sent(page, take=["tenants", "base_summary_by"]))
    assert answer.status_code == 303
    measures = draft(place).measures
    assert measures == replace(
        draft(place).measures, tenants=30, base_summary_by=(1, 15), people=400, staff=6, notice_working_days=5
    )
    entry = office.db["audit_entries"].find_one({"collection": "rule_sets", "action": "changed"})
    assert {(row["field"], row["old"], row["new"]) for row in entry["changes"]} == {
        ("tenants", 25, 30), ("base_summary_by", "01-10", "01-15"),
    }  # fmt: skip
    again = boss.get(place + "figures/").text
    assert "已确认" in read.text_of(again)
    assert read.form(again)["people"] == ["500"]  # still proposed


def test_all_figures_ticked_are_what_the_text_says(boss):
    place = begin(boss)
    page = boss.get(place + "figures/").text
    answer = boss.send(place + "figures/", sent(page, take=list(FIGURES)))
    assert answer.status_code == 303
    assert answer.location.endswith("/articles/")
    measures = draft(place).measures
    assert {**figures_of(measures), **{key: getattr(measures, key) for key in SUMMARIES}} == FIGURES


def test_a_figure_that_the_text_does_not_name_is_said_and_set_by_hand(boss):
    place = begin(boss, new_text().replace("公示期为七个工作日，", ""))
    page = boss.get(place + "figures/").text
    row = page.partition('id="take-notice_working_days"')[2].partition("</tr>")[0]
    assert "文本未写明" in row
    boss.send(place + "figures/", sent(page, take=["notice_working_days"], notice_working_days="6"))
    assert draft(place).measures.notice_working_days == 6


@pytest.mark.parametrize(
    ("name", "typed"), [("tenants", "许多"), ("low_fee_percent", "120"), ("base_summary_by", "13-40")]
)
def test_a_wrong_figure_is_refused_only_where_it_is_ticked(boss, office, name, typed):
    place = begin(boss)
    page = boss.get(place + "figures/").text
    before = office.digest()
    answer = boss.send(place + "figures/", sent(page, take=[name, "staff"], **{name: typed}))
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert office.digest() == before
    assert boss.send(place + "figures/", sent(page, take=["staff"], **{name: typed})).status_code == 303
    assert draft(place).measures.staff == 8


# --- Articles ---------------------------------------------------------------------------------------------


def test_the_article_of_each_provision_is_proposed_with_its_words(boss):
    place = begin(boss)
    page = boss.get(place + "articles/").text
    assert read.form(page)["article-notice"] == [f"第{'十二'}条"]
    assert read.form(page)["article-tenants"] == ["第四条第（二）项"]
    row = page.partition('id="article-tenants"')[2].partition("</tr>")[0]
    assert "三十家以上" in row
    assert boss.send(place + "articles/", sent(page)).status_code == 303
    assert draft(place).measures.articles["notice"] == str(INSERTED)
    assert draft(place).measures.articles["ground.fraud"] == "18(1)"


@pytest.mark.parametrize(("typed", "sentence"), [("见附件", "请按"), ("第九十九条", "文本中没有该条")])
def test_a_wrong_article_is_refused_beside_its_field(boss, office, typed, sentence):
    place = begin(boss)
    page = boss.get(place + "articles/").text
    before = office.digest()
    answer = boss.send(place + "articles/", sent(page, **{"article-notice": typed}))
    assert answer.status_code == 422
    assert sentence in " ".join(read.problems(answer.text).values())
    assert office.digest() == before


# --- What if, and in force -----------------------------------------------------------------------------------


def test_what_if_shows_five_years_by_county_and_goes_out_as_a_workbook(boss):
    place = begin(boss)
    page = boss.get(place + "what-if/")
    assert page.status_code == 200
    for word in ("2022", "2023", "2024", "2025", "2026（截至今日）", "冠县", "莘县"):
        assert word in shown(page), word
    sheet = cells(boss.get(place + "what-if/export/"))
    years = {int(cell) for row in sheet for cell in row if isinstance(cell, int | float)}
    assert {2022, 2026} <= years


def complete(boss):
    """Lead a successor as far as its question."""
    place = begin(boss)
    boss.send(place + "heading/", sent(boss.get(place + "heading/").text))
    boss.send(place + "figures/", sent(boss.get(place + "figures/").text, take=list(FIGURES)))
    boss.send(place + "articles/", sent(boss.get(place + "articles/").text))
    code = place.rstrip("/").rpartition("/")[2]
    return place, f"/admin/rule-sets/{code}/put-in-force/"


def test_an_incomplete_set_is_not_put_in_force_and_says_what_is_missing(boss, office):
    place = begin(boss)
    code = place.rstrip("/").rpartition("/")[2]
    page = boss.get(f"/admin/rule-sets/{code}/put-in-force/")
    assert "暂不能施行" in shown(page)
    assert "以下内容尚未对应条文" in shown(page)
    before = office.digest()
    answer = boss.send(f"/admin/rule-sets/{code}/put-in-force/", {"version": "1"})
    assert answer.status_code == 409
    assert office.digest() == before


def test_before_it_is_put_in_force_the_page_says_what_changes_and_what_is_under_way(boss, office):
    round_id = driver.make_round("在办批次")
    driver.drive(driver.make_base(GUAN, "清泉新园"), round_id, to=Stage.SUBMITTED)
    begin_case(
        DecisionKind.REVOCATION, office.guan.base, {Ground.FRAUD: "虚报台账。"}, actor=office.actor("city"),
        now=driver.moment(date(2026, 11, 20)),
    )  # fmt: skip
    _, question = complete(boss)
    page = boss.get(question)
    words = shown(page)
    assert "暂不能施行" not in words
    assert "2026-12-04至2027-01-10没有施行中的办法" in words
    for word in (
        "25 → 30",
        "400 → 500",
        "在办批次",
        "清泉创业园",
        "年度总结01-10前报送",
        "10个工作日",
        "有效期为3年",
    ):
        assert word in words, word
    assert "公示：第十二条 → 第十二条" not in words
    assert "入驻小型微型企业：第五条第（二）项 → 第四条第（二）项" in words
    assert boss.send(question, sent_question(page.text)).status_code == 303
    assert [
        edition.measures.cited for edition in read_editions() if edition.measures.code == "city-2027"
    ] == []
    in_force = {edition.measures.document_number for edition in read_editions() if not edition.draft}
    assert NUMBER in in_force


def sent_question(page: str) -> dict[str, str]:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return {"version": found[1]}


def test_only_who_drafts_rules_leads_a_successor_in(sign_in):
    for name in ("guan", "reader"):
        assert sign_in(name).get(HOME).status_code == 403
    assert sign_in("city").get(HOME).status_code == 200
