"""A small table as a .docx: the title, a line under it, the rows on A4 across, its heading on every page."""

import datetime as dt
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from docx.document import Document as DocumentType
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from office.excel.cell_texts import without_unseen
from office.excel.tables_writer import Table
from office.papers.styles import fill_cell, keep_rows, new_paper, set_page

_TEXT_MM = 225
_TWIPS_A_MM = 1440 / 25.4


def write_document(tables: Iterable[Table]) -> bytes:
    """Return the tables as a .docx, each on pages of its own."""
    paper = new_paper()
    set_page(paper.sections[0], landscape=True)
    for place, table in enumerate(tables):
        title = paper.add_paragraph(table.title, "公文标题")
        title.paragraph_format.page_break_before = place > 0
        note = paper.add_paragraph(table.note, "小表文")
        note.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _add_table(paper, table)
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()


def _add_table(paper: DocumentType, table: Table) -> None:
    whole = sum(width for _, width in table.heads)
    widths = [round(_TEXT_MM * width / whole, 1) for _, width in table.heads]
    made = paper.add_table(1, len(widths), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for place, (heading, _) in enumerate(table.heads):
        made.columns[place].width = made.cell(0, place).width = Mm(widths[place])
        fill_cell(made.cell(0, place), heading, "小表头")
    keep_rows(made, repeat_heading=True, twips=(30, 40))
    style = paper.styles["小表文"].style_id
    # By hand: the library reads the whole table again for each cell that it makes.
    for row in [*table.rows, *([table.total] if table.total is not None else [])]:
        made._tbl.append(_row(row, widths, style))


def _row(values: Sequence[Any], widths: Sequence[float], style: str) -> Any:
    row, properties = OxmlElement("w:tr"), OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    row.append(properties)
    for value, width in zip(values, widths, strict=True):
        row.append(_cell(_shown(value), width, style))
    return row


def _cell(text: str, width: float, style: str) -> Any:
    cell, properties, size = (OxmlElement(f"w:{name}") for name in ("tc", "tcPr", "tcW"))
    size.set(qn("w:w"), str(round(width * _TWIPS_A_MM)))
    size.set(qn("w:type"), "dxa")
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "center")
    properties.append(size)
    properties.append(middle)
    line, look, named = (OxmlElement(f"w:{name}") for name in ("p", "pPr", "pStyle"))
    named.set(qn("w:val"), style)
    look.append(named)
    line.append(look)
    if text:
        run, words = OxmlElement("w:r"), OxmlElement("w:t")
        words.set(qn("xml:space"), "preserve")
        words.text = text
        run.append(words)
        line.append(run)
    cell.append(properties)
    cell.append(line)
    return cell


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, dt.date):
        return f"{value:%Y-%m-%d}"
    return without_unseen(str(value))
