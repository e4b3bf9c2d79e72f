"""The default template of each kind of paper, built in the layout of GB/T 9704-2012.

A template is a .docx with tags ({{ title }}, {%p for … %}) that `office.papers.render` fills in; the office may
download it, change it in WPS or Word, and upload it in its place.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from io import BytesIO

from docx.document import Document as DocumentType
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt
from docx.table import Table, _Cell

from office.application_forms.form_template import form_template
from office.papers.styles import (
    BODY,
    LEVEL_STYLES,
    LINE_PITCH,
    RED,
    SONG,
    TITLE,
    add_style,
    fill_cell,
    keep_rows,
    new_paper,
    set_page,
)
from office.papers.texts import (
    LIST_HEADINGS,
    LIST_WIDTHS,
    SUMMARY_HEADINGS,
    SUMMARY_WIDTHS,
    UPWARD_HEADINGS,
    UPWARD_WIDTHS,
)
from rules.papers import FORMS, LETTERS, PaperKind

_TEXT_MM, _WIDE_MM = 156, 225
# The list of a letter has columns of its own.
_COLUMNS: Mapping[PaperKind, tuple[Sequence[str], Sequence[int]]] = {
    PaperKind.RECOMMENDATION: (SUMMARY_HEADINGS, SUMMARY_WIDTHS),
    PaperKind.UPWARD_RECOMMENDATION: (UPWARD_HEADINGS, UPWARD_WIDTHS),
}
# The head must fit on one line of 442 points: its size by how many characters it may have.
_HEAD_SIZES = ((12, 34), (18, 24), (40, 18))


@lru_cache(maxsize=32)
def default_template(kind: PaperKind, line_pitch: float = LINE_PITCH) -> bytes:
    """Return the .docx template of a kind of paper; `line_pitch` in points."""
    if kind is PaperKind.CERTIFICATE:
        return _certificate_template()
    if kind in FORMS:
        return form_template(kind, line_pitch)
    paper = new_paper(line_pitch)
    letter = kind in LETTERS
    _add_head(paper, line_pitch, letter=letter)
    paper.add_paragraph("{{ title_wrapped }}", "公文标题")
    _between(paper, "if addressee", lambda: paper.add_paragraph("{{ addressee }}", "主送机关"))
    _add_body(paper)
    _add_ending(paper)
    _add_annex(paper, line_pitch, *_COLUMNS.get(kind, (LIST_HEADINGS, LIST_WIDTHS)), wide=letter)
    return _saved(paper)


def _saved(paper: DocumentType) -> bytes:
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()


def _tag(paper: DocumentType, words: str) -> None:
    """Add a paragraph that holds nothing but a tag; it is gone when the tag has been followed."""
    paper.add_paragraph(f"{{%p {words} %}}")


def _between(paper: DocumentType, condition: str, add: Callable[[], object]) -> None:
    """Add something that stands there on a condition."""
    _tag(paper, condition)
    add()
    _tag(paper, "endif")


# --- Head ----------------------------------------------------------------------------------------


def _add_head(paper: DocumentType, pitch: float, *, letter: bool) -> None:
    """Add the red head: the office's name, the number, the red line; for a letter, the line comes first (10.1)."""
    word = "" if letter else "文件"
    _tag(paper, "if number")
    for place, (most, size) in enumerate(_HEAD_SIZES):
        _tag(paper, f"{'el' if place else ''}if header|length <= {most - len(word)}")
        style = add_style(paper, f"红头{place + 1}", TITLE, size, centred=True)
        style.font.color.rgb = RED
        style.paragraph_format.line_spacing = Pt(size * 1.3)
        style.paragraph_format.space_before = Mm(
            5 if letter else 35
        )  # 7.2.4: 35 mm below the text's upper edge
        style.paragraph_format.space_after = Pt(10 if letter else pitch * 2)
        if letter:
            _line_below(style.element.get_or_add_pPr(), "thickThinSmallGap", 36, 8)
        paper.add_paragraph(f"{{{{ header }}}}{word}", style.name)
    _tag(paper, "endif")
    number = add_style(paper, "发文字号", BODY, centred=not letter)
    if letter:
        number.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    else:
        _line_below(number.element.get_or_add_pPr(), "single", 18, 11)  # 4 mm below the number
    number.paragraph_format.space_after = Pt(pitch)
    paper.add_paragraph("{{ number }}", "发文字号")
    _tag(paper, "endif")


def _line_below(properties: BaseOxmlElement, kind: str, eighths: int, points: int) -> None:
    """Draw a red line under a paragraph: `eighths` of a point thick, `points` below."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", kind), ("sz", str(eighths)), ("space", str(points)), ("color", str(RED))):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
    )


# --- Text ----------------------------------------------------------------------------------------


def _add_body(paper: DocumentType) -> None:
    _tag(paper, "for one in paragraphs")
    # The last one, or the contact lines, stay with the name and the date: no page may hold these alone.
    _tag(paper, "if loop.last and one.level == 0 and not contact")
    paper.add_paragraph("{{ one.text }}", LEVEL_STYLES[0]).paragraph_format.keep_with_next = True
    for level, style in enumerate(LEVEL_STYLES):
        _tag(paper, f"elif one.level == {level}")
        paper.add_paragraph("{{ one.text }}", style)
    _tag(paper, "endif")
    _tag(paper, "if table and not annex and loop.index == table_after")
    paper.add_paragraph("", "表文").paragraph_format.line_spacing = Pt(8)
    _add_list(paper, LIST_HEADINGS, LIST_WIDTHS, wide=False)
    paper.add_paragraph("", "表文").paragraph_format.line_spacing = Pt(8)
    _tag(paper, "endif")
    _tag(paper, "endfor")
    _tag(paper, "for line in contact")
    paper.add_paragraph("{{ line }}", LEVEL_STYLES[0]).paragraph_format.keep_with_next = True
    _tag(paper, "endfor")


def _add_ending(paper: DocumentType) -> None:
    _tag(paper, "if attachment_line")
    paper.add_paragraph().paragraph_format.keep_with_next = True  # 7.3.4: one blank line below the text
    paper.add_paragraph("{{ attachment_line }}", "附件说明")
    _tag(paper, "endif")
    for _ in range(2):  # room for the seal
        paper.add_paragraph().paragraph_format.keep_with_next = True
    paper.add_paragraph("{{ signature }}", "发文机关署名")
    paper.add_paragraph("{{ dated_zh }}", "成文日期")
    _between(paper, "if note", lambda: paper.add_paragraph("{{ note }}", "附注"))


# --- Lists ---------------------------------------------------------------------------------------


def _add_annex(
    paper: DocumentType, pitch: float, headings: Sequence[str], widths: Sequence[int], *, wide: bool
) -> None:
    """Add the annexed list on a page of its own; a wide one on a page that is turned."""
    if wide:
        set_page(paper.add_section(WD_SECTION.NEW_PAGE), pitch, landscape=True)
        paper.add_paragraph("附件", "附件")
    else:
        _tag(paper, "if table and annex")
        paper.add_paragraph("附件", "附件").paragraph_format.page_break_before = True
    caption = paper.add_paragraph("{{ table.caption_wrapped }}", "公文标题")
    caption.paragraph_format.space_before = Pt(pitch / 2)
    _add_list(paper, headings, widths, wide=wide)
    if not wide:
        _end_after_table(paper)


def _end_after_table(paper: DocumentType) -> None:
    """End the condition; a table must be followed by a paragraph, as low as can be."""
    last = paper.add_paragraph()
    last.paragraph_format.line_spacing = Pt(1)
    _tag(paper, "endif")


def _add_list(paper: DocumentType, headings: Sequence[str], widths: Sequence[int], *, wide: bool) -> None:
    whole = _WIDE_MM if wide else _TEXT_MM
    table = paper.add_table(4, len(headings), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    small = "小" if wide else ""
    for place, width in enumerate(widths):
        size = Mm(whole * width / sum(widths))
        table.columns[place].width = size
        for row in table.rows:
            row.cells[place].width = size
        left = headings[place] in ("基地名称", "运营主体", "初审意见")
        fill_cell(table.cell(0, place), f"{{{{ table.headings[{place}] }}}}", f"{small}表头")
        fill_cell(table.cell(2, place), f"{{{{ row[{place}] }}}}", f"{small}表{'文' if left else '中'}")
    for line, words in ((1, "{%tr for row in table.rows %}"), (3, "{%tr endfor %}")):
        fill_cell(table.cell(line, 0), words, "表文")
    keep_rows(table, repeat_heading=True, twips=(60, 30 if wide else 70))


# --- The certificate -----------------------------------------------------------------------------


def _certificate_template() -> bytes:
    """Return the template of the certificate: A4 across, a plain red frame, the words, the QR code."""
    paper = new_paper()
    section = paper.sections[0]
    set_page(section, landscape=True)
    section.top_margin = section.bottom_margin = Mm(20)  # six lines of names must fit on the one page
    paper.settings.odd_and_even_pages_header_footer = False
    for line in section.footer.paragraphs:  # one page has no number
        line.clear()
    _frame(paper)
    _add_certificate_styles(paper)
    paper.add_paragraph("证　书", "证书标题")
    paper.add_paragraph("证书编号：{{ number }}", "证书编号")
    # The first two paragraphs are the award; the papers and days behind it stand smaller below.
    paper.add_paragraph("{{ paragraphs[0].text }}", "证书抬头")
    paper.add_paragraph("{{ paragraphs[1].text }}", "证书正文")
    paper.add_paragraph("{%p for one in paragraphs[2:] %}")
    paper.add_paragraph("{{ one.text }}", "证书事项")
    paper.add_paragraph("{%p endfor %}")
    paper.add_paragraph().paragraph_format.line_spacing = Pt(8)
    _add_certificate_foot(paper)
    return _saved(paper)


def _add_certificate_styles(paper: DocumentType) -> None:
    title = add_style(paper, "证书标题", TITLE, 44, centred=True)
    title.font.color.rgb = RED
    title.paragraph_format.line_spacing = Pt(60)
    number = add_style(paper, "证书编号", BODY, 14, centred=True)
    number.paragraph_format.space_after = Pt(16)
    head = add_style(paper, "证书抬头", BODY, 20)
    text = add_style(paper, "证书正文", BODY, 20)
    item = add_style(paper, "证书事项", BODY, 16)
    for style in (head, text):
        style.paragraph_format.line_spacing = Pt(34)
    text.paragraph_format.first_line_indent = Pt(40)
    text.paragraph_format.space_after = Pt(12)
    item.paragraph_format.left_indent = Pt(40)
    small = add_style(paper, "证书小字", SONG, 10.5, centred=True)
    small.paragraph_format.line_spacing = Pt(15)
    add_style(paper, "证书署名", BODY, 18, centred=True).paragraph_format.line_spacing = Pt(32)


def _add_certificate_foot(paper: DocumentType) -> None:
    """Add a line of two: the QR code left, the office and the date right."""
    table: Table = paper.add_table(1, 2)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    table.rows[0].height = Mm(36)  # as with the code, where there is none
    left, right = table.rows[0].cells
    for place, (cell, width) in enumerate(((left, 60), (right, _WIDE_MM - 60))):
        table.columns[place].width = cell.width = Mm(width)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
    _fill_lines(
        left, ("{%p if qr %}", ""), ("{{ qr }}", "证书图码"), ("扫码查验", "证书小字"), ("{%p endif %}", "")
    )
    _fill_lines(right, ("{{ signature }}", "证书署名"), ("{{ dated_zh }}", "证书署名"))
    for line in right.paragraphs:
        line.paragraph_format.left_indent = Mm(70)
    last = paper.add_paragraph()
    last.paragraph_format.line_spacing = Pt(1)


def _fill_lines(cell: _Cell, *lines: tuple[str, str]) -> None:
    for place, (words, style) in enumerate(lines):
        line = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        line.add_run(words)
        if style == "证书图码":  # a line of exact height would cut the picture off
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            line.paragraph_format.line_spacing = 1.0
        elif style:
            line.style = style


def _frame(paper: DocumentType) -> None:
    borders = OxmlElement("w:pgBorders")
    borders.set(qn("w:offsetFrom"), "page")
    for side in ("top", "left", "bottom", "right"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "double"), ("sz", "12"), ("space", "28"), ("color", str(RED))):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    section = paper.sections[0]._sectPr
    margins = section.find(qn("w:pgMar"))
    assert margins is not None
    margins.addnext(borders)
    middle = OxmlElement("w:vAlign")  # whatever the names' length, the words stand in the middle of the frame
    middle.set(qn("w:val"), "center")
    grid = section.find(qn("w:docGrid"))
    assert grid is not None
    grid.addprevious(middle)
