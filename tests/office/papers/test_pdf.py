"""The papers as PDF, read back: the words of the .docx in its order, page, fonts; whatever a name holds."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph as DocxParagraph
from pypdf import PdfReader

from office.child_process import ChildLimits
from office.papers.paper_text import Paragraph
from office.papers.pdf import render_pdf
from office.papers.pdf_child import FONTS, fonts_here
from office.papers.render import render_paper
from office.papers.samples import SAMPLED, sample_qr, sample_text
from rules.errors import Refused
from rules.papers import PaperKind

ANNOUNCEMENT = sample_text(PaperKind.ANNOUNCEMENT)
NUMBER_AT_FOOT = re.compile(r"—\s*\d+\s*—")
HARD = (
    '<b>&amp; "R&D" {{ title }} #image("/etc/passwd") *粗* _斜_ $x$ @a <label> // 注 [\\u{41}] ~ -- '
    + "很长的名称" * 60
)


def without_space(words):
    return re.sub(r"[\s\u200b]+", "", words)


def words_of_docx(text, qr=None):
    parts = []
    for part in Document(BytesIO(render_paper(text, None, qr))).iter_inner_content():
        if isinstance(part, DocxParagraph):
            parts.append(part.text)
        else:
            assert isinstance(part, Table)
            # Of merged cells each once, of content controls what they hold.
            parts += [words.text or "" for words in part._tbl.iter(qn("w:t"))]
    return without_space("".join(parts))


def words_of_pdf(data):
    pages = [NUMBER_AT_FOOT.sub("", page.extract_text()) for page in PdfReader(BytesIO(data)).pages]
    return without_space("".join(pages))


@pytest.mark.parametrize("sparse", [False, True], ids=["full", "sparse"])
@pytest.mark.parametrize("kind", SAMPLED)
def test_the_pdf_holds_the_words_of_the_docx_in_its_order(kind, sparse):
    text = sample_text(kind, sparse=sparse)
    address = text.fields.get("网址", "")
    assert words_of_pdf(render_pdf(text, address)) == words_of_docx(
        text, sample_qr(kind) if address else None
    )


def test_a_long_list_goes_over_pages_under_its_heading_and_loses_no_row():
    assert ANNOUNCEMENT.table is not None
    rows = tuple((str(n), f"第{n}创业园", f"第{n}园区运营有限公司", "冠县") for n in range(1, 121))
    text = replace(ANNOUNCEMENT, table=replace(ANNOUNCEMENT.table, rows=rows))
    data = render_pdf(text)
    heading = "".join(ANNOUNCEMENT.table.headings)
    words, docx = words_of_pdf(data), words_of_docx(text)
    assert words.count(heading) > 2
    first, rest = words.split(heading, 1)
    assert first + heading + rest.replace(heading, "") == docx


def test_whatever_a_name_holds_is_set_as_words_and_never_read_as_markup():
    assert ANNOUNCEMENT.table is not None
    text = replace(
        ANNOUNCEMENT, paragraphs=(Paragraph(HARD), Paragraph(HARD, 1)), signature="#read(\"/etc/hostname\")",
        note=HARD, title=f"关于{HARD}", addressee="#panic()：",
        table=replace(ANNOUNCEMENT.table, rows=((HARD, "A" * 200, "\x0b\x07\ud800", ""),)),
    )  # fmt: skip
    assert words_of_pdf(render_pdf(text)) == words_of_docx(text)


def test_the_page_is_that_of_the_standard_and_the_file_says_what_it_is():
    reader = PdfReader(BytesIO(render_pdf(ANNOUNCEMENT)))
    wide, high = (float(side) / 72 * 25.4 for side in reader.pages[0].mediabox[2:])
    assert (wide, high) == pytest.approx((210, 297), abs=0.1)
    assert reader.metadata is not None
    assert reader.metadata.title == ANNOUNCEMENT.title
    assert reader.metadata.author == ANNOUNCEMENT.signature
    assert next(one.title for one in reader.outline if not isinstance(one, list)).startswith("关于公布")


def test_a_letters_list_stands_on_a_page_that_is_turned():
    pages = PdfReader(BytesIO(render_pdf(sample_text(PaperKind.RECOMMENDATION)))).pages
    turned = [float(page.mediabox.width) > float(page.mediabox.height) for page in pages]
    assert turned == [*(False for _ in pages[1:]), True]


def test_the_same_paper_is_the_same_file_each_time():
    assert render_pdf(ANNOUNCEMENT) == render_pdf(ANNOUNCEMENT)


def test_the_certificate_carries_its_code_and_is_one_page():
    text = sample_text(PaperKind.CERTIFICATE)
    with_code, without = render_pdf(text, text.fields["网址"]), render_pdf(text)
    assert len(PdfReader(BytesIO(with_code)).pages) == len(PdfReader(BytesIO(without)).pages) == 1
    assert "扫码查验" in words_of_pdf(with_code)
    assert "扫码查验" not in words_of_pdf(without)


def test_fonts_are_named_by_the_standard_first_and_only_those_of_this_machine_are_asked_for():
    assert fonts_here(["Noto Serif CJK SC", "simfang", "FangSong", "SimHei"]) == {
        "body": ["FangSong", "Noto Serif CJK SC", "SimHei"][:2], "title": ["Noto Serif CJK SC"],
        "hei": ["SimHei", "Noto Serif CJK SC"], "kai": ["Noto Serif CJK SC"], "song": ["Noto Serif CJK SC"],
    }  # fmt: skip
    assert fonts_here(["DejaVu Sans"]) == {part: [] for part in FONTS}


def test_a_paper_that_asks_for_too_much_is_refused_with_a_sentence():
    huge = replace(ANNOUNCEMENT, paragraphs=tuple(Paragraph("很长的一段" * 200) for _ in range(3000)))
    with pytest.raises(Refused) as problem:
        render_pdf(huge, limits=ChildLimits(seconds=1))
    assert problem.value.refusals[0].message == "The PDF could not be made. Please take the Word file."
