"""Looks at the parts of an .xlsx before a parser does: sizes, far cells, failed formulas.

The parser builds the whole rectangle up to the last cell, so one cell at XFD1048576 in a file of
5 kB would ask for 17 thousand million cells. It also reads a failed formula as a blank, which
would silently clear a value. Both are seen here, by a scan of the packed XML as a stream.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from office.excel.file_problems import SheetProblem

_MOST_PARTS = 5_000
_MOST_MARKS = 100_000
_CHUNK = 1 << 20
_LONGEST_ROW = 16 << 20

# Cells that may lie outside: from column HA on, or from row 100,000 on.
_FAR = re.compile(rb' r="([A-Z]{3}|[H-Z][A-Z]|[A-Z]{1,3}(?=\d{6}))(\d{1,9})"([^>]*)>(</c>|</x:c>)?')
_ERROR = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]{1,3}\d{1,7})"[^>]*? t="e"[^>]*>.{0,9000}?<(?:\w+:)?v>([^<]{1,20})</', re.DOTALL
)
_NO_RESULT = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]{1,3}\d{1,7})"(?![^>]* t="str")[^>]*>'
    rb"(?:<(?:\w+:)?f[^>]*/>|<(?:\w+:)?f(?: [^>]*)?>[^<]*</(?:\w+:)?f>)(?:<(?:\w+:)?v ?/>|<(?:\w+:)?v></(?:\w+:)?v>)?</"
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass
class Parts:
    """What the check found: the 1904 calendar, and by sheet name the cells whose formula has no value."""

    date_1904: bool = False
    marks: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)


def check_workbook(path: Path, *, most_bytes: int, most_rows: int, most_columns: int) -> Parts:
    """Look through an .xlsx; raises SheetProblem when it must not be given to the parser."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _checked(archive, most_bytes, most_rows, most_columns)
    except (
        zipfile.BadZipFile,
        EOFError,
        NotImplementedError,
        OSError,
        ValueError,
        ElementTree.ParseError,
    ) as error:
        raise SheetProblem("not-a-workbook") from error
    except RuntimeError as error:  # zipfile's word for a part packed with a password
        raise SheetProblem("encrypted") from error


def _checked(archive: zipfile.ZipFile, most_bytes: int, most_rows: int, most_columns: int) -> Parts:
    infos = archive.infolist()
    names = {info.filename.lower().lstrip("/") for info in infos}
    if len(infos) > _MOST_PARTS or sum(info.file_size for info in infos) > most_bytes:
        raise SheetProblem("too-large")
    if any(info.flag_bits & 1 for info in infos):
        raise SheetProblem("encrypted")
    if "xl/workbook.xml" not in names:
        raise SheetProblem("not-a-workbook")
    parts = Parts(date_1904=_calendar_1904(archive))
    sheets = _sheet_names(archive)
    for info in infos:
        part = info.filename.lower().lstrip("/")
        if part.startswith("xl/worksheets/") and part.endswith(".xml"):
            sheet = sheets.get(part, part)
            parts.marks[sheet] = _scan(archive, info, sheet, most_rows, most_columns)
    return parts


def _scan(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, sheet: str, most_rows: int, most_columns: int
) -> dict[tuple[int, int], str]:
    marks: dict[tuple[int, int], str] = {}
    for block in _blocks(archive, info):
        for far in _FAR.finditer(block):
            column, row, rest, closed = far.groups()
            if rest.endswith(b"/") or closed:  # formatted, but nothing in it
                continue
            if int(row) > most_rows or _place(column + row)[1] >= most_columns:
                raise SheetProblem("far-cell", sheet=sheet, cell=(column + row).decode())
        if b't="e"' in block and len(marks) < _MOST_MARKS:
            marks |= {
                _place(found[1]): found[2].decode("utf-8", "replace") for found in _ERROR.finditer(block)
            }
        if b"<f" in block and len(marks) < _MOST_MARKS:
            marks |= {_place(found[1]): "#FORMULA" for found in _NO_RESULT.finditer(block)}
    return marks


def _blocks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the unpacked XML in blocks that end between two rows."""
    with archive.open(info) as stream:
        rest = b""
        while chunk := stream.read(_CHUNK):
            rest += chunk
            cut = rest.rfind(b"<row ")
            if cut <= 0 and len(rest) < _LONGEST_ROW:
                continue
            cut = cut if cut > 0 else len(rest)
            yield rest[:cut]
            rest = rest[cut:]
        yield rest


def _place(reference: bytes) -> tuple[int, int]:
    """Return (row, column), from 0, of B12."""
    letters = reference.rstrip(b"0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return int(reference[len(letters) :]) - 1, column - 1


def _read(archive: zipfile.ZipFile, name: str) -> ElementTree.Element | None:
    for info in archive.infolist():
        if info.filename.lower().lstrip("/") == name:
            if info.file_size > _LONGEST_ROW:
                raise SheetProblem("too-large")
            data = archive.read(info)
            if b"<!" in data.replace(
                b"<!--", b""
            ):  # entities could grow without end; no workbook declares any
                raise SheetProblem("not-a-workbook")
            return ElementTree.fromstring(data)  # noqa: S314 - after the check above, in a process under limits
    return None


def _calendar_1904(archive: zipfile.ZipFile) -> bool:
    root = _read(archive, "xl/workbook.xml")
    settings = [] if root is None else [node for node in root if node.tag.endswith("workbookPr")]
    return any(node.get("date1904") in {"1", "true"} for node in settings)


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the sheets' names by the path of their part."""
    book, relations = _read(archive, "xl/workbook.xml"), _read(archive, "xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        return {}
    targets = {node.get("Id"): (node.get("Target") or "").lower() for node in relations}
    paths: dict[str, str] = {}
    for node in book.iter():
        if node.tag.endswith("}sheet"):
            target = targets.get(node.get(_RELATION), "").lstrip("/")
            paths[target if target.startswith("xl/") else f"xl/{target}"] = node.get("name") or ""
    return paths
