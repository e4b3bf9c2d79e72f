"""A base's dossier as .docx: numbered sections of tables on A4, in the styles of the office's papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from docx.document import Document as DocumentType
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from office.papers.paper_text import in_chinese
from office.papers.styles import BODY, HEI, add_style, fill_cell, keep_rows, new_paper

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


def write_dossier(dossier: Dossier) -> bytes:
    """Return the dossier as .docx."""
    paper = new_paper()
    for name, font, centred in (
        ("档案表头", HEI, True),
        ("档案表文", BODY, False),
        ("档案说明", BODY, False),
    ):
        style = add_style(paper, name, font, 10.5, centred=centred)
        style.paragraph_format.line_spacing = Pt(15)
    paper.add_paragraph(f"{_clean(dossier.name)}\n基地档案", "公文标题")
    line = paper.add_paragraph(f"{_clean(dossier.county)}    {in_chinese(dossier.made_on)}", "档案说明")
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for number, section in enumerate(dossier.sections):
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
            fill_cell(cell, _clean(text), "档案表头" if label else "档案表文")
    keep_rows(table, repeat_heading=heads, twips=(40, 70))
