"""A base's dossier as .docx: numbered sections of tables on A4, in the styles of the office's papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from docx.document import Document as DocumentType
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell

from office.papers.paper_text import in_chinese
from office.papers.styles import BODY, HEI, add_style, new_paper

_TEXT_MM = 156
_NUMBERS = "一二三四五六七八九十"


@dataclass(frozen=True)
class DossierTable:
    """One section. `widths` are relative; without headings the rows are pairs of label and value."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    note: str = ""


@dataclass(frozen=True)
class Dossier:
    """A base's dossier: its name, its county, the day on which it was made, its sections."""

    name: str
    county: str
    made_on: date
    sections: tuple[DossierTable, ...]


def write_dossier(one: Dossier) -> bytes:
    """Return the dossier as .docx."""
    paper = new_paper()
    for name, font, centred in (
        ("档案表头", HEI, True),
        ("档案表文", BODY, False),
        ("档案说明", BODY, False),
    ):
        style = add_style(paper, name, font, 10.5, centred=centred)
        style.paragraph_format.line_spacing = Pt(15)
    paper.add_paragraph(f"{_clean(one.name)}\n基地档案", "公文标题")
    line = paper.add_paragraph(f"{_clean(one.county)}    {in_chinese(one.made_on)}", "档案说明")
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for number, section in enumerate(one.sections):
        paper.add_paragraph(f"{_NUMBERS[number]}、{_clean(section.title)}", "一级标题")
        _add_section(paper, section)
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()


def _clean(text: str) -> str:
    """Return a text without the signs that XML cannot hold."""
    return "".join(
        sign for sign in text if sign in "\n\t" or (ord(sign) >= 32 and not 0xD800 <= ord(sign) <= 0xDFFF)
    )


def _add_section(paper: DocumentType, section: DossierTable) -> None:
    if section.rows:
        _add_table(paper, section)
    else:
        paper.add_paragraph("无。", "正文段落")
    if section.note:
        paper.add_paragraph(_clean(section.note), "档案说明")


def _add_table(paper: DocumentType, section: DossierTable) -> None:
    heads = len(section.headings) > 0
    table = paper.add_table(len(section.rows) + heads, len(section.widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    sizes = [Mm(_TEXT_MM * width / sum(section.widths)) for width in section.widths]
    for place, size in enumerate(sizes):
        table.columns[place].width = size
    lines: Sequence[tuple[str, ...]] = ((section.headings,) if heads else ()) + section.rows
    for row, texts in zip(table.rows, lines, strict=True):
        first = heads and texts is section.headings
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            label = first or (not heads and place % 2 == 0)
            cell.width = sizes[place]
            _fill(cell, text, "档案表头" if label else "档案表文")
    _keep_rows(table, repeat=heads)


def _fill(cell: _Cell, text: str, style: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.text, paragraph.style = _clean(text), style
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _keep_rows(table: Table, *, repeat: bool) -> None:
    """Repeat the headings on every page; break no row over two."""
    for place, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if repeat and place == 0:
            properties.append(OxmlElement("w:tblHeader"))
    margins = OxmlElement("w:tblCellMar")
    for side, twips in (("top", 40), ("left", 70), ("bottom", 40), ("right", 70)):
        made = OxmlElement(f"w:{side}")
        made.set(qn("w:w"), str(twips))
        made.set(qn("w:type"), "dxa")
        margins.append(made)
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)
