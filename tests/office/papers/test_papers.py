"""What each paper says: exact sentences, lists, and a stored copy that reads the same."""

from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.excel.tables_writer import write_tables
from office.papers.facts import (
    AnnouncementFacts,
    CertificateFacts,
    CorrectionFacts,
    ListedBase,
    ListedException,
    NoticeFacts,
    ObjectionCounts,
    RecommendationFacts,
    RecommendedBase,
    UpwardBase,
    UpwardFacts,
)
from office.papers.filling import wrapped_title
from office.papers.paper_text import PaperTable, PaperText, Paragraph, in_chinese
from office.papers.qr import qr_png, qr_svg
from office.papers.samples import SAMPLED, sample_qr, sample_text
from office.papers.texts import (
    announcement,
    certificate,
    correction,
    public_notice,
    recommendation,
    upward_recommendation,
)
from office.tables.lists_of_bases import list_of_bases, recommendation_summary
from rules.papers import PaperKind
from rules.rule_sets.measures import CITY_2021, Level

TERM = date(2026, 11, 23), date(2031, 11, 22)
NEW = ListedBase("清泉创业园", "清泉园区运营有限公司", "冠县", term=TERM)
OTHER = ListedBase("燕塔孵化器", "燕塔孵化有限公司", "莘县", term=TERM)
RENEWED = ListedBase("水城科技园", "水城科技园有限公司", "江北水城旅游度假区", renewal=True, term=TERM)
NOTICE = NoticeFacts(
    CITY_2021, 2026, (NEW, OTHER, RENEWED), date(2026, 11, 3), date(2026, 11, 9), 5, "0635-8000000", "gxj@example.cn",
    "聊城市东昌府区示例路1号", date(2026, 11, 3), "252000", "关于组织开展2026年度申报工作的通知", "聊工信函〔2026〕8号",
)  # fmt: skip
FINAL = AnnouncementFacts(
    CITY_2021, "聊工信发〔2026〕21号", 2026, (NEW, OTHER, RENEWED), date(2026, 11, 23),
    date(2026, 11, 3), date(2026, 11, 9), ObjectionCounts(3),
)  # fmt: skip
SENT = RecommendedBase(
    "清泉创业园", "清泉园区运营有限公司", "91371525MA0000100X", "冠县", tenants=36, people=520, staff=8, partners=6,
    low_fee_percent=35.25, functions_met=6, opinion="同意推荐。",
)  # fmt: skip


def said(paper: PaperText) -> list[str]:
    return [one.text for one in paper.paragraphs]


# --- 公示 ----------------------------------------------------------------------------------------


def test_a_public_notice_says_what_it_goes_by_for_how_long_and_how_to_object():
    paper = public_notice(NOTICE)
    assert paper.title == "关于2026年度聊城市小型微型企业创业创新示范基地（含复核）名单的公示"
    assert said(paper) == [
        "根据《聊城市小型微型企业创业创新示范基地建设管理办法》（聊工信发〔2021〕133号）第十二条和"
        "《关于组织开展2026年度申报工作的通知》（聊工信函〔2026〕8号）要求，经申报主体自愿申报、所在县（市、区）工信部门"
        "初审和现场审核并行文推荐、市工业和信息化局组织专家评审，研究确定了初步认定结果。"
        "现将拟认定的2家示范基地、拟通过复核的1家示范基地名单予以公示。",
        "公示时间：2026年11月3日至2026年11月9日，共5个工作日。",
        "公示期内，任何单位和个人对公示内容有异议的，请以书面形式向聊城市工业和信息化局提出，并提供相关证据材料。"
        "以个人名义提出的，请署真实姓名并注明联系方式；以单位名义提出的，请加盖单位公章。",
    ]
    assert paper.contact == (
        "联系电话：0635-8000000",
        "电子邮箱：gxj@example.cn",
        "通讯地址：聊城市东昌府区示例路1号（邮政编码：252000）",
    )
    assert (paper.signature, paper.dated, paper.dated_zh) == (
        "聊城市工业和信息化局",
        "2026-11-03",
        "2026年11月3日",
    )
    assert (paper.number, paper.addressee, paper.annex) == ("", "", False)


def test_the_list_is_shared_and_marks_the_renewed():
    table = public_notice(NOTICE).table
    assert table is not None
    assert table.headings == ("序号", "基地名称", "运营主体", "所属县（市、区）")
    assert table.rows == (
        ("1", "清泉创业园", "清泉园区运营有限公司", "冠县"),
        ("2", "燕塔孵化器", "燕塔孵化有限公司", "莘县"),
        ("3", "水城科技园（复核）", "水城科技园有限公司", "江北水城旅游度假区"),
    )
    assert table.caption == "2026年度聊城市小型微型企业创业创新示范基地（含复核）名单"


def test_the_list_of_a_notice_stands_between_its_paragraphs_and_that_of_an_announcement_after_them():
    notice, final = public_notice(NOTICE), announcement(FINAL)
    assert [len(notice.before_table), len(notice.after_table)] == [1, 2]
    assert [len(final.before_table), len(final.after_table)] == [7, 0]


@pytest.mark.parametrize(
    ("bases", "words", "title"),
    [
        ((NEW,), "现将拟认定的1家示范基地名单予以公示。", "示范基地名单的公示"),
        ((RENEWED,), "现将拟通过复核的1家示范基地名单予以公示。", "示范基地（含复核）名单的公示"),
    ],
)
def test_a_notice_names_only_what_there_is(bases, words, title):
    paper = public_notice(replace(NOTICE, bases=bases, call_title="", call_number="", postcode="", email=""))
    assert said(paper)[0].endswith(words)
    assert said(paper)[0].startswith(
        "根据《聊城市小型微型企业创业创新示范基地建设管理办法》（聊工信发〔2021〕133号）第十二条规定，"
    )
    assert paper.title.endswith(title)
    assert paper.contact == ("联系电话：0635-8000000", "通讯地址：聊城市东昌府区示例路1号")


def test_a_paper_without_bases_is_no_paper():
    for make, facts in ((public_notice, NOTICE), (announcement, FINAL)):
        with pytest.raises(ValueError, match="at least one"):
            make(replace(facts, bases=()))


# --- 公布 ----------------------------------------------------------------------------------------


def test_an_announcement_grants_the_title_for_its_term_and_asks_of_bases_and_counties():
    paper = announcement(FINAL)
    assert paper.title == "关于公布2026年度聊城市小型微型企业创业创新示范基地（含复核）名单的通知"
    assert paper.number == "聊工信发〔2026〕21号"
    assert paper.addressee == (
        "各县（市、区）工业和信息化局、开发区经贸发展部、高新区科技创新发展部、度假区经济发展局："
    )
    assert [one.text for one in paper.paragraphs if one.level == 1] == [
        "一、认定名单及有效期", "二、对示范基地的要求", "三、对县（市、区）工信部门的要求",
    ]  # fmt: skip
    assert said(paper)[0] == (
        "根据《聊城市小型微型企业创业创新示范基地建设管理办法》（聊工信发〔2021〕133号）第十二条规定，经自愿申报、"
        "县（市、区）工信部门初审推荐、专家评审、研究确定和公示（2026年11月3日至2026年11月9日），现将公示无异议的"
        "2026年度聊城市小型微型企业创业创新示范基地（含复核）名单予以公布，并就有关事项通知如下。"
    )
    assert said(paper)[2] == (
        "认定清泉创业园等2家基地为聊城市小型微型企业创业创新示范基地；水城科技园通过复核，继续认定为聊城市小型微型企业"
        "创业创新示范基地（名单见附件）。有效期为5年，自2026年11月23日起至2031年11月22日止。"
    )
    assert "每年1月10日前将上一年度工作总结报县（市、区）工信部门" in said(paper)[4]
    assert "应在变更完成后10个工作日内" in said(paper)[4]
    assert "于每年1月20日前将上一年度示范基地工作总结和检查情况报告报市工业和信息化局。" in said(paper)[6]
    assert paper.attachment_line == "附件：2026年度聊城市小型微型企业创业创新示范基地（含复核）名单"
    assert paper.annex


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (ObjectionCounts(3), "现将公示无异议的2026年度"),
        (ObjectionCounts(2, rejected=1), "现将公示无异议的2家、提出异议经核查异议不成立的1家2026年度"),
        (ObjectionCounts(0, rejected=3), "现将提出异议经核查异议不成立的3家2026年度"),
        (
            ObjectionCounts(1, rejected=1, late=1),
            "现将公示无异议的1家、提出异议经核查异议不成立的1家、公示期满后收到异议、尚在核查的1家2026年度",
        ),
    ],
)
def test_only_those_to_whom_nobody_objected_are_said_to_be_without_objection(counts, words):
    assert words in said(announcement(replace(FINAL, objections=counts)))[0]


def test_a_paper_says_why_a_base_stands_on_its_list_that_misses_a_condition():
    weak = replace(NEW, exception=ListedException(("5(2)", "7"), "产业特色突出。"))
    words = "其中，清泉创业园未达到第五条第（二）项、第七条规定的条件，列入名单的理由：产业特色突出。"
    for paper in (
        public_notice(replace(NOTICE, bases=(weak, OTHER))),
        announcement(replace(FINAL, bases=(weak, OTHER))),
    ):
        assert said(paper).count(words) == 1


def test_a_notice_that_was_published_elsewhere_says_where_and_when_that_was_recorded():
    paper = public_notice(replace(NOTICE, elsewhere="市工信局网站", recorded_on=date(2026, 12, 4)))
    assert said(paper)[-1] == "本公示已于上述期间在市工信局网站发布，2026年12月4日补录登记。"
    final = announcement(replace(FINAL, notice_elsewhere="市工信局网站"))
    assert "公示（2026年11月3日至2026年11月9日，市工信局网站）" in said(final)[0]


def test_deadlines_are_those_of_the_rule_set():
    others = replace(
        CITY_2021, base_summary_by=(2, 1), county_summary_by=(2, 15), change_filing_working_days=7
    )
    paper = announcement(replace(FINAL, measures=others))
    assert "每年2月1日前" in said(paper)[4]
    assert "变更完成后7个工作日内" in said(paper)[4]
    assert "每年2月15日前" in said(paper)[6]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 1, 1), date(2030, 12, 31), "有效期为5年，自2026年1月1日起至2030年12月31日止。"),
        (date(2024, 2, 29), date(2029, 2, 28), "有效期为5年，自2024年2月29日起至2029年2月28日止。"),
        (date(2026, 5, 1), date(2029, 4, 30), "有效期为3年，自2026年5月1日起至2029年4月30日止。"),
        (date(2026, 5, 1), date(2029, 12, 31), "有效期自2026年5月1日起至2029年12月31日止。"),
    ],
)
def test_the_term_is_named_in_years_when_it_is_whole(first, last, words):
    bases = tuple(replace(base, term=(first, last)) for base in FINAL.bases)
    assert said(announcement(replace(FINAL, bases=bases)))[2].endswith(words)


def test_a_renewed_base_has_a_paragraph_of_its_own_term():
    renewed = replace(RENEWED, term=(date(2027, 1, 1), date(2031, 12, 31)))
    paper = announcement(replace(FINAL, bases=(NEW, OTHER, renewed)))
    assert said(paper)[2].endswith("（名单见附件）。")
    assert said(paper)[3:5] == [
        "新认定的示范基地，有效期为5年，自2026年11月23日起至2031年11月22日止。",
        "通过复核的示范基地，有效期为5年，自2027年1月1日起至2031年12月31日止。",
    ]
    assert paper.fields["有效期起"] == "2026年11月23日、2027年1月1日"


def test_bases_renewed_at_different_ends_are_named_with_their_terms():
    early = replace(RENEWED, term=(date(2026, 12, 20), date(2031, 12, 19)))
    late = replace(RENEWED, name="运河科技园", term=(date(2027, 1, 1), date(2031, 12, 31)))
    paper = announcement(replace(FINAL, bases=(early, late)))
    assert [line.split("，")[0] for line in said(paper)[3:5]] == ["水城科技园", "运河科技园"]


def test_an_announcement_without_a_term_is_none():
    with pytest.raises(ValueError, match="term"):
        announcement(replace(FINAL, bases=(replace(NEW, term=None),)))


# --- 推荐, 证书, 更正 ----------------------------------------------------------------------------


def test_a_recommendation_names_each_base_with_its_opinion_and_annexes_the_summary():
    second = replace(SENT, name="旧园", renewal=True, opinion="", low_fee_percent=None, people=None)
    paper = recommendation(
        RecommendationFacts(
            CITY_2021, "冠工信函〔2026〕3号", "冠县工业和信息化局", 2026, (SENT, second), date(2026, 9, 1)
        )
    )
    assert paper.title == "关于推荐2026年度聊城市小型微型企业创业创新示范基地的函"
    assert paper.addressee == "聊城市工业和信息化局："
    assert (paper.header, paper.signature) == ("冠县工业和信息化局", "冠县工业和信息化局")
    assert said(paper)[0].endswith(
        "经审查，清泉创业园等2家基地初审合格（申请认定1家、申请复核1家），现予推荐。各基地初审意见如下："
    )
    assert paper.paragraphs[1] == Paragraph(
        "1.清泉创业园（运营主体：清泉园区运营有限公司，申请认定）。初审意见：同意推荐。", 3
    )
    assert paper.paragraphs[2].text == "2.旧园（运营主体：清泉园区运营有限公司，申请复核）。初审合格。"
    assert paper.table is not None
    assert paper.table.rows[0] == (
        "1", "清泉创业园", "清泉园区运营有限公司", "91371525MA0000100X", "冠县", "认定", "36", "520", "8", "6", "35.2%",
        "6", "同意推荐。",
    )  # fmt: skip
    assert paper.table.rows[1][5:12] == ("复核", "36", "", "8", "6", "", "6")


def test_a_certificate_names_base_paper_and_term():
    facts = CertificateFacts(
        CITY_2021, "清泉创业园", "清泉园区运营有限公司", "冠县", "LC-2026-001", "聊工信发〔2026〕21号",
        date(2026, 11, 23),
        date(2026, 11, 23), date(2031, 11, 22), "https://example.cn/bases/LC-2026-001",
    )  # fmt: skip
    paper = certificate(facts)
    assert said(paper) == [
        "清泉创业园（运营主体：清泉园区运营有限公司）：",
        "经评审认定为聊城市小型微型企业创业创新示范基地，特发此证。",
        "认定文件：聊工信发〔2026〕21号",
        "有 效 期：2026年11月23日至2031年11月22日",
    ]
    assert (paper.number, paper.fields["网址"]) == ("LC-2026-001", "https://example.cn/bases/LC-2026-001")
    assert said(certificate(replace(facts, renewal=True)))[1].startswith("经复核合格，继续认定为")


def test_a_correction_names_the_old_paper_and_leaves_it():
    old = "关于《示范基地》名单的公示"
    paper = correction(
        CorrectionFacts(
            CITY_2021,
            old,
            date(2026, 11, 3),
            "第1项更正。\n\n 第2项更正。",
            date(2026, 11, 4),
            "聊工信发〔2026〕9号",
        )
    )
    assert paper.title == "关于《关于〈示范基地〉名单的公示》的更正公告"
    assert said(paper) == [
        "现对我局2026年11月3日发布的《关于〈示范基地〉名单的公示》（聊工信发〔2026〕9号）作如下更正：",
        "第1项更正。",
        "第2项更正。",
        "除上述更正外，原文其他内容不变。特此公告。",
    ]


# --- As data -------------------------------------------------------------------------------------

words = st.text(max_size=30)
papers = st.builds(
    PaperText,
    kind=st.sampled_from(PaperKind), title=words, number=words, addressee=words, signature=words, dated_zh=words,
    dated=st.dates().map(date.isoformat), header=words, note=words, attachment_line=words, annex=st.booleans(),
    table_after=st.integers(0, 5), contact=st.lists(words, max_size=3).map(tuple),
    paragraphs=st.lists(st.builds(Paragraph, words, st.integers(0, 3)), max_size=4).map(tuple),
    table=st.none() | st.builds(
        PaperTable, words, st.lists(words, max_size=3).map(tuple),
        st.lists(st.lists(words, max_size=3).map(tuple), max_size=3).map(tuple),
        st.lists(st.integers(1, 9), max_size=3).map(tuple),
    ),
    fields=st.dictionaries(words, words, max_size=3),
)  # fmt: skip


def only_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and only_plain(one) for key, one in value.items())
    if isinstance(value, list):
        return all(only_plain(one) for one in value)
    return value is None or type(value) in (str, int, bool)


@given(papers)
def test_a_stored_paper_reads_the_same(paper):
    raw = paper.stored()
    assert only_plain(raw)
    assert PaperText.from_stored(raw) == paper


def test_a_stored_paper_of_a_later_version_can_be_read():
    paper = public_notice(NOTICE)
    assert PaperText.from_stored({**paper.stored(), "shape": "new"}) == paper


def test_days_are_written_in_arabic_figures_without_leading_zeros():
    assert in_chinese(date(2026, 1, 5)) == "2026年1月5日"


@pytest.mark.parametrize("kind", SAMPLED)
def test_no_sample_carries_a_mobile_phone(kind):
    paper = sample_text(kind)
    assert paper.kind is kind
    assert not any(
        "139" in text or "138" in text for text in (*said(paper), *paper.contact, *paper.fields.values())
    )
    assert bool(sample_qr(kind)) == (kind is PaperKind.CERTIFICATE)


@pytest.mark.parametrize(
    ("title", "broken"),
    [
        ("关于示范基地名单的公示", "关于示范基地名单的公示"),
        (
            "关于公布2026年度聊城市小型微型企业创业创新示范基地名单的通知",
            "关于公布2026年度聊城市小型微型企业\n创业创新示范基地名单的通知",
        ),
        ("无" * 45, "无" * 45),  # nowhere to break: left to the word processor
    ],
)
def test_a_long_title_is_broken_between_words(title, broken):
    assert wrapped_title(title) == broken


@given(words, st.integers(4, 25))
def test_breaking_a_title_loses_nothing(title, most):
    assert wrapped_title(title.replace("\n", ""), most).replace("\n", "") == title.replace("\n", "")


# --- Workbooks and codes -------------------------------------------------------------------------


def test_the_list_as_a_workbook_has_title_rows_above_its_headings(tmp_path):
    paper = announcement(replace(FINAL, bases=(NEW, replace(OTHER, name="=1+1"), RENEWED)))
    assert write_tables(tmp_path / "a.xlsx", [list_of_bases(paper)]) == 3
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "2026年度聊城市小型微型企业创业创新示范基地（含复核）名单"
    assert rows[1][0] == "聊城市工业和信息化局　聊工信发〔2026〕21号　2026年11月23日"
    assert rows[2] == ("序号", "基地名称", "运营主体", "所属县（市、区）")
    assert rows[3] == (1, "清泉创业园", "清泉园区运营有限公司", "冠县")
    assert rows[4][1] == "=1+1"
    assert sheet.cell(5, 2).data_type == "s"
    assert sheet.print_title_rows == "$3:$3"


def test_a_paper_without_a_list_has_no_workbook():
    with pytest.raises(ValueError, match="no list"):
        list_of_bases(sample_text(PaperKind.CORRECTION))


def test_the_summary_as_a_workbook_keeps_numbers_as_numbers_and_codes_as_texts(tmp_path):
    summary = recommendation_summary(
        2026, (SENT,), county_office="冠县工业和信息化局", number="冠工信函〔2026〕3号"
    )
    write_tables(tmp_path / "a.xlsx", [summary])
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows(values_only=True))
    assert rows[0][0] == "2026年度聊城市小型微型企业创业创新示范基地推荐汇总表"
    assert rows[1][0] == "冠县工业和信息化局　冠工信函〔2026〕3号"
    assert rows[2][11:] == ("达标功能数", "初审意见")
    assert rows[3] == (
        1, "清泉创业园", "清泉园区运营有限公司", "91371525MA0000100X", "冠县", "认定", 36, 520, 8, 6, "35.2%", 6,
        "同意推荐。",
    )  # fmt: skip


def test_a_qr_code_is_a_picture_without_inline_style():
    svg = qr_svg("https://example.cn/bases/<A&B>")
    assert svg.startswith("<svg ")
    assert 'class="qr"' in svg
    assert "style=" not in svg
    assert qr_png("https://example.cn").startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="too much"):
        qr_svg("长" * 3000)


def test_bases_of_one_number_may_go_to_different_levels():
    base = UpwardBase("甲园", "甲公司", "冠县", Level.PROVINCE, 2026, low_fee_percent=19.96)
    bases = (base, replace(base, name="乙园", level=Level.NATION), replace(base, name="丙园"))
    text = upward_recommendation(UpwardFacts(CITY_2021, "", bases, date(2026, 6, 1), "山东省工业和信息化厅"))
    assert text.title == "关于择优推荐申报省级、国家级小型微型企业创业创新示范基地的函"
    assert "甲园、丙园申报2026年度省级" in text.paragraphs[0].text
    assert "乙园申报2026年度国家级" in text.paragraphs[0].text
    assert CITY_2021.cited_with(("upward",)) in text.paragraphs[0].text
    assert text.table is not None
    assert text.table.rows[0] == ("1", "甲园", "甲公司", "冠县", "—", "—", "—", "19.9%", "—")


def test_a_letter_upwards_recommends_somebody():
    with pytest.raises(ValueError, match="at least one"):
        upward_recommendation(UpwardFacts(CITY_2021, "", (), date(2026, 6, 1), "省厅"))
