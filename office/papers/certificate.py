"""The default template of the certificate: A4 across, a plain red frame, the words, the QR code."""

from io import BytesIO

from docx.document import Document as DocumentType
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell

from office.papers.styles import BODY, RED, SONG, TITLE, add_style, new_paper, set_page

_WIDE = 225  # mm


def certificate_template() -> bytes:
    """Return the .docx template of the certificate."""
    paper = new_paper()
    section = paper.sections[0]
    set_page(section, landscape=True)
    section.top_margin = section.bottom_margin = Mm(20)  # six lines of names must fit on the one page
    paper.settings.odd_and_even_pages_header_footer = False
    for line in section.footer.paragraphs:  # one page has no number
        line.clear()
    _frame(paper)
    _add_styles(paper)
    paper.add_paragraph("证　书", "证书标题")
    paper.add_paragraph("证书编号：{{ number }}", "证书编号")
    # The first two paragraphs are the award; the papers and days behind it stand smaller below.
    paper.add_paragraph("{{ paragraphs[0].text }}", "证书抬头")
    paper.add_paragraph("{{ paragraphs[1].text }}", "证书正文")
    paper.add_paragraph("{%p for one in paragraphs[2:] %}")
    paper.add_paragraph("{{ one.text }}", "证书事项")
    paper.add_paragraph("{%p endfor %}")
    paper.add_paragraph().paragraph_format.line_spacing = Pt(8)
    _add_foot(paper)
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()


def _add_styles(paper: DocumentType) -> None:
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


def _add_foot(paper: DocumentType) -> None:
    """Add a line of two: the QR code left, the office and the date right."""
    table: Table = paper.add_table(1, 2)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    table.rows[0].height = Mm(36)  # as with the code, where there is none
    left, right = table.rows[0].cells
    for place, (cell, width) in enumerate(((left, 60), (right, _WIDE - 60))):
        table.columns[place].width = cell.width = Mm(width)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
    _lines(
        left, ("{%p if qr %}", ""), ("{{ qr }}", "证书图码"), ("扫码查验", "证书小字"), ("{%p endif %}", "")
    )
    _lines(right, ("{{ signature }}", "证书署名"), ("{{ dated_zh }}", "证书署名"))
    for line in right.paragraphs:
        line.paragraph_format.left_indent = Mm(70)
    last = paper.add_paragraph()
    last.paragraph_format.line_spacing = Pt(1)


def _lines(cell: _Cell, *lines: tuple[str, str]) -> None:
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
