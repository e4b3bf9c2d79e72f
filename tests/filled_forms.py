"""A form as an operator fills it in: the file that was sent, with other values in some of its fields."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import openpyxl
from docx import Document
from docx.oxml.ns import qn

from office.application_forms.form_workbook import KEY_PREFIX


def filled_document(data: bytes, values: Mapping[str, str], *, by_label: bool = False) -> bytes:
    """Return the .docx with `values` in it: in its content controls, or typed over the cell beside a label."""
    paper = Document(BytesIO(data))
    for key, value in values.items():
        if by_label:
            cells = [cell for table in paper.tables for row in table.rows for cell in row.cells]
            place = next(place for place, cell in enumerate(cells) if cell.text.strip() == key)
            cells[place + 1].text = value
        else:
            _fill_control(paper.element.body, key, value)
    return _saved(paper)


def _fill_control(body: Any, key: str, value: str) -> None:
    control = next(
        tag.getparent().getparent() for tag in body.iter(qn("w:tag")) if tag.get(qn("w:val")) == key
    )
    first, *others = list(control.iter(qn("w:t")))
    first.text = value
    for other in others:
        other.text = ""
    for line_end in list(control.iter(qn("w:br"))):
        line_end.getparent().remove(line_end)


def without_controls(data: bytes) -> bytes:
    """Return the .docx as a word processor leaves it that knows neither content controls nor properties."""
    paper = Document(BytesIO(data))
    for control in list(paper.element.body.iter(qn("w:sdt"))):
        content = control.find(qn("w:sdtContent"))
        for child in list(content):
            control.addprevious(child)
        control.getparent().remove(control)
    package = paper.part.package
    for name, relation in list(package.rels.items()):
        if relation.reltype.endswith("/custom-properties"):
            del package.rels[name]
    return _saved(paper)


def _saved(paper: Any) -> bytes:
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()


def document_text(data: bytes) -> str:
    """Return every word of a .docx."""
    return "\n".join(
        "".join(text.text or "" for text in line.iter(qn("w:t")))
        for line in Document(BytesIO(data)).element.body.iter(qn("w:p"))
    )


def filled_workbook(data: bytes, values: Mapping[str, Any]) -> bytes:
    """Return the .xlsx with `values` in it."""
    book = openpyxl.load_workbook(BytesIO(data))
    rows = {
        str(row[3].value).removeprefix(KEY_PREFIX): row for row in book.active.iter_rows() if row[3].value
    }
    for key, value in values.items():
        rows[key][1].value = value
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
