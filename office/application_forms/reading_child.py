"""The child process that reads a form that came back: `python -m office.application_forms.reading_child`.

It reads a job as JSON from standard input and writes what the form says, or a problem, as JSON to standard output.
A value is known by the tag of its content control, by the key in the workbook's hidden column, or else by the label
beside it, since not every word processor keeps what it does not know.
"""

import base64
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import python_calamine as calamine
from docx.oxml.ns import qn
from lxml import etree

from office.application_forms.form_text import HELP, SEALED, SIGNED, STATEMENT
from office.application_forms.form_workbook import HEADINGS, KEY_PREFIX
from office.child_limits import begin, open_nothing_more
from office.child_process import PROBLEM_EXIT
from office.excel.cell_texts import as_text, without_unseen
from office.papers.custom_properties import FORM_PROPERTY, PART_NAME, custom_property
from office.papers.template_check import parsed_part, unpacked_parts
from office.papers.template_problems import TemplateProblem
from rules.errors import Refused
from schema.application_form import FORM_FIELDS, MARK_LABEL, FormMark, grouped, spellings
from schema.field import heading_key

_MOST_ROWS, _MOST_CELLS = 600, 12  # of a sheet or a table that are looked at
_LONGEST = 6000  # characters of one value
_MOST_UNKNOWN = 60
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_KEYS = frozenset(one.key for one in FORM_FIELDS)
_SPELLINGS = spellings(FORM_FIELDS)
_GROUPS = frozenset(heading_key(group) for group, _ in grouped(FORM_FIELDS))
_OWN_TEXTS = frozenset(
    "".join(text.split()) for text in (HELP, STATEMENT, SIGNED, SEALED, STATEMENT + SIGNED, *HEADINGS)
)


class FormProblem(Exception):
    """A file that is no form; the word is a key of `office.application_forms.reading.SENTENCES`."""


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its text, and the keys that it is tagged with."""

    text: str
    keys: tuple[str, ...] = ()


@dataclass
class Found:
    """What has been read so far."""

    mark: str = ""
    values: dict[str, str] = field(default_factory=dict)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def put(self, key: str, text: str) -> None:
        """Take one value; the same field twice with two values is doubled."""
        shown = text[: _LONGEST + 1]
        if self.values.setdefault(key, shown) != shown and key not in self.doubled:
            self.doubled.append(key)

    def look_for_mark(self, text: str) -> None:
        """Take the first mark that the file holds."""
        if not self.mark and (mark := FormMark.read(text)):
            self.mark = str(mark)


def main() -> int:
    """Do the job on standard input; 0 when the form was read, PROBLEM_EXIT when a problem was found."""
    job = begin()
    open_nothing_more()
    try:
        found = read(base64.b64decode(job["data"]))
    except FormProblem as problem:
        sys.stdout.write(json.dumps({"problem": str(problem)}))
        return PROBLEM_EXIT
    sys.stdout.write(
        json.dumps(
            {"mark": found.mark, "values": found.values, "unknown": found.unknown, "doubled": found.doubled}
        )
    )
    return 0


def read(data: bytes) -> Found:
    """Read a form, whatever its ending says. Raises FormProblem."""
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise FormProblem("encrypted")
        return _from_workbook(data, Found())
    if not data.startswith(b"PK"):
        raise FormProblem("not-a-form")
    try:
        parts = unpacked_parts(data)
    except TemplateProblem as problem:
        raise FormProblem("too-large" if problem.word == "too-large" else "damaged") from problem
    found = Found()
    try:
        if PART_NAME in parts:
            found.look_for_mark(custom_property(parsed_part(PART_NAME, parts[PART_NAME]), FORM_PROPERTY))
        if "word/document.xml" in parts:
            return _from_document(parsed_part("word/document.xml", parts["word/document.xml"]), found)
    except TemplateProblem as problem:
        raise FormProblem("damaged") from problem
    if any(name.lower().startswith("xl/") for name in parts):
        return _from_workbook(data, found)
    raise FormProblem("not-a-form")


# --- Tables ------------------------------------------------------------------------------------------


def _take_row(cells: list[Cell], found: Found) -> None:
    """Take the pairs of label and value of one row."""
    place = 0
    while place < len(cells):
        cell = cells[place]
        if cell.keys:
            for key in cell.keys:
                found.put(key, _value(key, cell.text))
            place += 1
            continue
        meant = _SPELLINGS.get(heading_key(cell.text)) if cell.text else None
        beside = cells[place + 1] if place + 1 < len(cells) else None
        if beside is not None and beside.keys:  # the tag says what it is, whatever the label
            place += 1
        elif meant is not None and beside is not None:
            found.put(meant, _value(meant, beside.text))
            place += 2
        else:
            place += _take_unknown(cell, beside, found)


def _take_unknown(cell: Cell, beside: Cell | None, found: Found) -> int:
    """Note a label that means no field, with what stands beside it; return how many cells that were."""
    if beside is None or not cell.text or not beside.text or _is_own(cell.text) or len(cell.text) > 60:
        return 1
    if len(found.unknown) < _MOST_UNKNOWN:
        found.unknown.append((cell.text, beside.text[:200]))
    return 2


def _is_own(text: str) -> bool:
    joined = "".join(text.split())
    return joined in _OWN_TEXTS or heading_key(text) in _GROUPS or MARK_LABEL in joined


def _value(key: str, text: str) -> str:
    """Return the text of a value; of an opinion without the line for the seal."""
    lines = [line for line in text.split("\n") if "".join(line.split()) not in _OWN_TEXTS]
    return "\n".join(lines).strip()


def _clean(text: str) -> str:
    try:
        return without_unseen(text)
    except Refused:  # half a character
        return without_unseen(text.encode("utf-8", "replace").decode("utf-8"))


# --- .docx -------------------------------------------------------------------------------------------


def _from_document(root: Any, found: Found) -> Found:
    for row in _limited(root.iter(qn("w:tr")), _MOST_ROWS):
        cells = [_document_cell(cell) for cell in _limited(_cells_of(row), _MOST_CELLS)]
        _take_row(cells, found)
    for line in root.iter(qn("w:p")):
        if found.mark:
            break
        found.look_for_mark(_text_of(line))
    return found


def _cells_of(row: Any) -> Iterator[Any]:
    """Yield the cells of a row, those within content controls among them, not those of tables within cells."""
    for child in row:
        if child.tag == qn("w:tc"):
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")):
            yield from _cells_of(child)


def _document_cell(cell: Any) -> Cell:
    tags = [tag.get(qn("w:val")) or "" for tag in cell.iter(qn("w:tag"))]
    around = cell.getparent()
    if around is not None and around.tag == qn("w:sdtContent"):
        tags += [
            tag.get(qn("w:val")) or "" for tag in around.getparent().findall(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        ]
    keys = tuple(dict.fromkeys(tag for tag in tags if tag in _KEYS))
    text = "\n".join(_text_of(line) for line in cell.iter(qn("w:p")))
    return Cell(_clean(text), keys[:1])


def _text_of(line: Any) -> str:
    """Return the words of a paragraph as a reader sees them: what a tracked change has deleted is not among them."""
    pieces = []
    for node in line.iter():
        if node.tag == qn("w:t"):
            pieces.append(node.text or "")
        elif node.tag in (qn("w:br"), qn("w:cr")):
            pieces.append("\n")
        elif node.tag == qn("w:tab"):
            pieces.append("\t")
    return "".join(pieces)


# --- .xlsx -------------------------------------------------------------------------------------------


def _from_workbook(data: bytes, found: Found) -> Found:
    try:
        book = calamine.CalamineWorkbook.from_filelike(BytesIO(data))
        names = book.sheet_names[:5]
        sheets = [book.get_sheet_by_name(name) for name in names]
    except calamine.PasswordError as error:
        raise FormProblem("encrypted") from error
    except (calamine.CalamineError, zipfile.BadZipFile, etree.LxmlError, ValueError) as error:
        raise FormProblem("not-a-form") from error
    for sheet in sheets:
        for row in sheet.to_python(skip_empty_area=False, nrows=_MOST_ROWS):
            _take_sheet_row([_clean(as_text(cell)) for cell in row[:_MOST_CELLS]], found)
    return found


def _take_sheet_row(texts: list[str], found: Found) -> None:
    for text in texts:
        found.look_for_mark(text)
    key = next((text.removeprefix(KEY_PREFIX) for text in texts if text.startswith(KEY_PREFIX)), "")
    if key in _KEYS and len(texts) > 1:
        found.put(key, _value(key, texts[1]))
    else:
        _take_row([Cell(text) for text in texts if not text.startswith(KEY_PREFIX)], found)


def _limited(items: Iterable[Any], most: int) -> Iterator[Any]:
    for number, item in enumerate(items):
        if number == most:
            return
        yield item


if __name__ == "__main__":
    sys.exit(main())
