"""The papers as .docx, read back: page, fonts, styles by level, lists over pages; whatever a name holds."""

import re
import zipfile
from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from office.papers.default_templates import default_template
from office.papers.paper_text import PaperTable, Paragraph
from office.papers.render import render_paper
from office.papers.samples import SAMPLED, sample_qr, sample_text
from office.papers.styles import LEVEL_STYLES
from rules.papers import FORMS, PaperKind

ANNOUNCEMENT = sample_text(PaperKind.ANNOUNCEMENT)
HARD = '<b>&amp; "R&D" {{ title }} {% if %} \x0b\x07\ud800]]>  ' + "很长的名称" * 60


def opened(text, **more):
    return Document(BytesIO(render_paper(text, **more)))


def with_rows(text, rows):
    assert text.table is not None
    return replace(text, table=replace(text.table, rows=tuple(rows)))


def styled(paper):
    return [(one.style.name, one.text) for one in paper.paragraphs if one.text]


@pytest.mark.parametrize("kind", [one for one in SAMPLED if one not in (PaperKind.CERTIFICATE, *FORMS)])
def test_the_page_is_that_of_the_standard(kind):
    paper = opened(sample_text(kind))
    section = paper.sections[0]
    assert [section.page_width.mm, section.page_height.mm] == pytest.approx([210, 297], abs=0.1)
    assert [section.top_margin.mm, section.left_margin.mm] == pytest.approx([37, 28], abs=0.1)
    wide = section.page_width - section.left_margin - section.right_margin
    high = section.page_height - section.top_margin - section.bottom_margin
    assert [wide / Mm(1), high / Mm(1)] == pytest.approx([156, 225], abs=0.1)
    normal = paper.styles["Normal"]
    assert normal.font.size == Pt(16)
    assert normal.paragraph_format.line_spacing == Pt(28.9)
    assert int(225 / 25.4 * 72 / 28.9) == 22  # lines
    assert not re.search(r"\{[{%]|[%}]\}", "".join(one.text for one in paper.paragraphs))


def test_the_pitch_of_the_lines_is_a_setting():
    normal = opened(ANNOUNCEMENT, line_pitch=28).styles["Normal"]
    assert normal.paragraph_format.line_spacing == Pt(28)


def test_fonts_are_named_with_another_to_fall_back_on():
    data = render_paper(ANNOUNCEMENT)
    paper = Document(BytesIO(data))
    found = {}
    for name in ("Normal", *LEVEL_STYLES, "公文标题", "附件", "红头1"):
        fonts = paper.styles[name].element.rPr.find(qn("w:rFonts"))
        found[name] = {fonts.get(qn(f"w:{script}")) for script in ("eastAsia", "ascii", "hAnsi")}
    assert found == {
        "Normal": {"仿宋_GB2312"}, "正文段落": {"仿宋_GB2312"}, "一级标题": {"黑体"}, "二级标题": {"楷体_GB2312"},
        "三级标题": {"仿宋_GB2312"}, "公文标题": {"方正小标宋简体"}, "附件": {"黑体"}, "红头1": {"方正小标宋简体"},
    }  # fmt: skip
    table = zipfile.ZipFile(BytesIO(data)).read("word/fontTable.xml").decode()
    for name, other in (
        ("仿宋_GB2312", "仿宋"),
        ("楷体_GB2312", "楷体"),
        ("方正小标宋简体", "方正小标宋_GBK"),
    ):
        assert f'w:name="{name}"><w:altName w:val="{other}"/>' in table


def test_every_level_has_its_paragraph_and_style():
    lines = (
        Paragraph("零"),
        Paragraph("一、壹", 1),
        Paragraph("（一）贰", 2),
        Paragraph("1.叁", 3),
        Paragraph("尾"),
    )
    found = styled(opened(replace(ANNOUNCEMENT, paragraphs=lines)))
    start = found.index(("正文段落", "零"))
    assert found[start : start + 5] == [
        ("正文段落", "零"), ("一级标题", "一、壹"), ("二级标题", "（一）贰"), ("三级标题", "1.叁"), ("正文段落", "尾"),
    ]  # fmt: skip
    style = opened(ANNOUNCEMENT).styles["正文段落"].element.pPr.find(qn("w:ind"))
    assert style.get(qn("w:firstLineChars")) == "200"


def test_an_announcement_stands_in_the_order_of_the_standard():
    found = styled(opened(ANNOUNCEMENT))
    styles = [name for name, after in pairwise([*(one for one, _ in found), ""]) if name != after]
    assert styles == [
        "红头1", "发文字号", "公文标题", "主送机关", "正文段落", "一级标题", "正文段落", "一级标题", "正文段落",
        "一级标题", "正文段落", "附件说明", "发文机关署名", "成文日期", "附注", "附件", "公文标题",
    ]  # fmt: skip
    assert found[0][1] == "聊城市工业和信息化局文件"
    assert ("成文日期", "2026年12月1日") in found


def test_a_paper_without_number_has_no_red_head():
    assert not [
        one for one in styled(opened(sample_text(PaperKind.PUBLIC_NOTICE))) if one[0].startswith("红头")
    ]


@pytest.mark.parametrize(
    ("count", "style"), [(9, "红头1"), (12, "红头1"), (13, "红头2"), (18, "红头2"), (25, "红头3")]
)
def test_the_red_head_is_set_smaller_for_a_long_name(count, style):
    text = replace(sample_text(PaperKind.RECOMMENDATION), header="局" * count)
    assert styled(opened(text))[0] == (style, "局" * count)


def test_pages_are_numbered_odd_right_even_left():
    paper = opened(ANNOUNCEMENT)
    assert paper.settings.odd_and_even_pages_header_footer
    odd, even = paper.sections[0].footer.paragraphs[0], paper.sections[0].even_page_footer.paragraphs[0]
    assert [str(one.alignment).split(" ")[0] for one in (odd, even)] == ["RIGHT", "LEFT"]
    assert odd.text == even.text == "— 1 —"
    assert odd._p.xpath(".//w:instrText")[0].text.strip() == "PAGE"


def test_sixty_bases_stand_in_a_table_whose_heading_repeats_and_whose_rows_stay_whole():
    rows = [(str(place), f"基地{place}", "运营公司", "冠县") for place in range(1, 61)]
    paper = opened(with_rows(ANNOUNCEMENT, rows))
    (table,) = paper.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["序号", "基地名称", "运营主体", "所属县（市、区）"], *(list(row) for row in rows),
    ]  # fmt: skip
    marks = [[one.tag.rpartition("}")[2] for one in row._tr.trPr] for row in table.rows]
    assert marks[0] == ["cantSplit", "tblHeader"]
    assert all(one == ["cantSplit"] for one in marks[1:])
    assert table.style.name == "Table Grid"
    annexed = [one for one in paper.paragraphs if one.text == "附件"]
    assert annexed[0].paragraph_format.page_break_before


def test_the_list_of_a_public_notice_stands_within_its_text():
    paper = opened(sample_text(PaperKind.PUBLIC_NOTICE))
    order = [one.tag.rpartition("}")[2] for one in paper.element.body]
    texts = [one.text for one in paper.paragraphs]
    place = order.index("tbl")
    assert order.count("tbl") == 1
    assert any(text.startswith("公示时间") for text in texts[place:])
    assert not any(text.startswith("公示时间") for text in texts[:place])


def test_the_summary_of_a_recommendation_stands_on_a_turned_page():
    paper = opened(sample_text(PaperKind.RECOMMENDATION))
    assert paper.sections[1].page_width > paper.sections[1].page_height
    assert paper.sections[0].orientation == WD_ORIENT.PORTRAIT
    assert len(paper.tables[0].columns) == 13
    assert paper.tables[0].cell(1, 3).text == "91371525MA00000001"


def test_a_certificate_is_one_turned_page_with_its_code():
    text = sample_text(PaperKind.CERTIFICATE)
    paper = opened(text, qr=sample_qr(PaperKind.CERTIFICATE))
    assert paper.sections[0].page_width > paper.sections[0].page_height
    assert len(paper.tables[0].cell(0, 0)._tc.xpath(".//pic:pic")) == 1
    assert [text for style, text in styled(paper) if style == "证书编号"] == ["证书编号：LC-2026-001"]
    without = opened(text)
    assert without.tables[0].cell(0, 0)._tc.xpath(".//pic:pic") == []
    assert "扫码查验" not in without.tables[0].cell(0, 0).text


def test_a_name_may_hold_anything():
    shown = '<b>&amp; "R&D" {{ title }} {% if %} ]]>  ' + "很长的名称" * 60
    text = with_rows(replace(ANNOUNCEMENT, signature=HARD), [("1", HARD, "a\nb\tc", "冠县")])
    text = replace(text, paragraphs=(Paragraph(HARD), Paragraph(HARD, 1)))
    paper = opened(text)
    assert paper.tables[0].cell(1, 1).text == shown
    assert paper.tables[0].cell(1, 2).text == "a b c"
    assert ("正文段落", shown) in styled(paper)
    assert len(paper.core_properties.author) <= 255


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
def test_whatever_is_typed_makes_a_paper_that_opens(typed):
    text = replace(ANNOUNCEMENT, table=PaperTable(typed, ("a", "b", "c", "d"), ((typed,) * 4,), (1, 1, 1, 1)))
    paper = opened(replace(text, title=typed, note=typed, paragraphs=(Paragraph(typed),)))
    assert len(paper.tables[0].rows) == 2


def test_the_same_paper_has_the_same_words_and_the_day_of_the_paper():
    paper = opened(ANNOUNCEMENT)
    assert paper.core_properties.title == ANNOUNCEMENT.title
    assert paper.core_properties.created.date().isoformat() == ANNOUNCEMENT.dated
    first, second = (zipfile.ZipFile(BytesIO(render_paper(ANNOUNCEMENT))) for _ in range(2))
    assert first.read("word/document.xml") == second.read("word/document.xml")


@pytest.mark.parametrize("kind", SAMPLED)
def test_a_paper_with_nothing_that_may_be_left_out_can_be_made(kind):
    paper = opened(sample_text(kind, sparse=True))
    assert all("None" not in text for _, text in styled(paper))


@pytest.mark.parametrize("kind", PaperKind)
def test_every_kind_has_a_default_template_that_word_could_open(kind):
    paper = Document(BytesIO(default_template(kind)))
    assert "{{" in "".join(one.text for one in paper.paragraphs)


def test_the_tags_of_a_template_are_read_once_for_many_papers(monkeypatch):
    first = opened(ANNOUNCEMENT)
    monkeypatch.delattr(DocxTemplate, "patch_xml")
    again = opened(replace(ANNOUNCEMENT, number="聊工信发〔2026〕77号"))
    assert "聊工信发〔2026〕77号" in "".join(one.text for one in again.paragraphs)
    assert len(again.paragraphs) == len(first.paragraphs)
