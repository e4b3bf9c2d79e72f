"""The default template of the two forms: a table of labels and values, each value in a content control of its own.

A content control bears the field's key as its tag; by it, or else by the label beside it, a value is known again
when the form comes back (`office.application_forms.reading`). What does not come back is grey and locked.
"""

from io import BytesIO
from typing import Any

from docx.document import Document as DocumentType
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row

from office.application_forms.form_text import (
    HELP,
    SEALED,
    SIGNED,
    STATEMENT,
    WIDTHS,
    in_rows,
    label_of,
)
from office.papers.styles import BODY, HEI, LINE_PITCH, TITLE, add_style, keep_rows, new_paper
from rules.papers import PaperKind
from schema.application_form import MARK_LABEL, FormField, Source, form_fields, grouped
from schema.field import Kind

_TEXT_MM = 170
_GREY, _HEADING_GREY = "F0F2F5", "DDE3EA"
_OPINION_MM, _LONG_MM = 30, 42
_YES_NO = ("有", "无")


def form_template(kind: PaperKind, line_pitch: float = LINE_PITCH) -> bytes:
    """Return the .docx template of one of the two forms; `line_pitch` in points."""
    paper = new_paper(line_pitch)
    section = paper.sections[0]
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(22)
    _add_styles(paper)
    paper.add_paragraph("{{ title_wrapped }}", "表单标题")
    paper.add_paragraph(f"{MARK_LABEL}：{{{{ {MARK_LABEL} }}}}", "表单编号")
    table = paper.add_table(0, len(WIDTHS), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for group, fields in grouped(form_fields(kind)):
        _add_group(table, group)
        for row in in_rows(fields):
            _add_row(table, row)
    _add_statement(table)
    keep_rows(table, repeat_heading=False, twips=(40, 70))
    paper.add_paragraph(HELP, "表单说明")
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()


def _add_styles(paper: DocumentType) -> None:
    title = add_style(paper, "表单标题", TITLE, 20, centred=True)
    title.paragraph_format.line_spacing = Pt(30)
    title.paragraph_format.space_after = Pt(6)
    number = add_style(paper, "表单编号", BODY, 9)
    number.paragraph_format.line_spacing = Pt(14)
    number.paragraph_format.space_after = Pt(3)
    for name, font, size, centred in (
        ("表单组", HEI, 11, False), ("表单项", HEI, 10.5, True), ("表单文", BODY, 10.5, False),
    ):  # fmt: skip
        add_style(paper, name, font, size, centred=centred).paragraph_format.line_spacing = Pt(size * 1.45)
    about = add_style(paper, "表单说明", BODY, 9)
    about.paragraph_format.line_spacing = Pt(14)
    about.paragraph_format.space_before = Pt(6)


def _new_row(table: Table) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    for cell, width in zip(row.cells, WIDTHS, strict=True):
        cell.width = Mm(_TEXT_MM * width / sum(WIDTHS))
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    return row


def _add_group(table: Table, group: str) -> None:
    cells = _new_row(table).cells
    cell = cells[0].merge(cells[3])
    cell.paragraphs[0].text, cell.paragraphs[0].style = group, "表单组"
    cell.paragraphs[0].paragraph_format.keep_with_next = True
    _shade(cell, _HEADING_GREY)


def _add_row(table: Table, fields: tuple[FormField, ...]) -> None:
    row = _new_row(table)
    cells = row.cells
    for place, field in enumerate(fields):
        label, value = cells[place * 2], cells[place * 2 + 1]
        label.paragraphs[0].text, label.paragraphs[0].style = label_of(field), "表单项"
        if len(fields) == 1:  # nothing stands beside it
            value = value.merge(cells[3])
        _add_value(value, field)
    if fields[0].source is Source.OPINION:
        row.height = Mm(_OPINION_MM)
    elif fields[0].source is Source.APPLICATION:
        row.height = Mm(_LONG_MM)


def _add_value(cell: _Cell, field: FormField) -> None:
    line = cell.paragraphs[0]
    line.style = "表单文"
    line._p.append(_control(field))
    if field.source is Source.OPINION:
        seal = cell.add_paragraph(SEALED, "表单文")
        seal.paragraph_format.space_before = Pt(28)
    elif not field.comes_back:
        _shade(cell, _GREY)


def _control(field: FormField) -> Any:
    """Return the content control of a field: its key as the tag, its label as the title, what may be chosen."""
    control, facts, content = (OxmlElement(f"w:{name}") for name in ("sdt", "sdtPr", "sdtContent"))
    for name, value in (("alias", label_of(field)), ("tag", field.key)):
        facts.append(_valued(name, value))
    if not field.comes_back and field.source is not Source.OPINION:
        facts.append(_valued("lock", "sdtContentLocked"))
    facts.append(_kind_of(field))
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = f"{{{{ {field.word} }}}}"
    run.append(text)
    content.append(run)
    control.append(facts)
    control.append(content)
    return control


def _kind_of(field: FormField) -> Any:
    words: tuple[str, ...] = ()
    if field.comes_back and field.column.kind is Kind.CHOICE:
        words = tuple(word.zh for word in field.column.choices or ())
    elif field.comes_back and field.column.kind is Kind.YES_NO:
        words = _YES_NO
    if not words:
        text = OxmlElement("w:text")
        text.set(qn("w:multiLine"), "1")
        return text
    chosen = OxmlElement("w:dropDownList")
    for word in words:
        item = OxmlElement("w:listItem")
        item.set(qn("w:displayText"), word)
        item.set(qn("w:value"), word)
        chosen.append(item)
    return chosen


def _valued(name: str, value: str) -> Any:
    element = OxmlElement(f"w:{name}")
    element.set(qn("w:val"), value)
    return element


def _add_statement(table: Table) -> None:
    cells = _new_row(table).cells
    cell = cells[0].merge(cells[3])
    cell.paragraphs[0].text, cell.paragraphs[0].style = STATEMENT, "表单文"
    signed = cell.add_paragraph(SIGNED, "表单文")
    signed.paragraph_format.space_before = Pt(16)


def _shade(cell: _Cell, colour: str) -> None:
    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shading.set(qn(f"w:{name}"), value)
    properties = cell._tc.get_or_add_tcPr()
    before = properties.find(qn("w:vAlign"))
    if before is None:
        properties.append(shading)
    else:
        before.addprevious(shading)
