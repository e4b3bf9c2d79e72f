"""Looks at the parts of an .xlsx before a parser does: sizes, far cells, failed formulas.

The parser builds the whole rectangle up to the last cell, so one cell at XFD1048576 in a file of
5 kB would ask for 17 thousand million cells. It also reads a failed formula as a blank, which
would silently clear a value. Both are seen here, by a scan of the packed XML as a stream.

Each pattern looks at a stretch between two angle brackets once and never gives back what it took, so that
the time grows as the file does, whatever stands in it.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import IO
from xml.etree import ElementTree
from xml.sax.saxutils import unescape

from office.excel.file_problems import SheetProblem
from office.recognition import percent_cells
from office.recognition.hidden_rows import HiddenRows, look_through_block, of_open_document
from office.recognition.percent_cells import PercentCells, TooMany, percent_styles, styled_cells

_MOST_PARTS = 5_000
_MOST_MARKS = 100_000
_CHUNK = 1 << 20
_LONGEST_ROW = 16 << 20
# What is packed tighter is no table: rows of figures pack about ten to one, blank rows with a format a hundred.
_TIGHTEST, _TIGHT_FROM = 300, 32 << 20

# Cells that may lie outside: from column HA on, or from row 100,000 on.
_FAR = re.compile(rb' r="([A-Z]{3}|[H-Z][A-Z]|[A-Z]{1,3}(?=\d{6}))(\d{1,9})"')
_CELL_ENDS = (b"</c>", b"</x:c>")
_PREFIX = rb"(?:\w{1,20}+:)?"
_CELL = rb"<" + _PREFIX + rb'c r="([A-Z]{1,3}\d{1,7})"'
_FORMULA = rb"<" + _PREFIX + rb"f(?: [^<>]*+)?+>[^<]*+</" + _PREFIX + rb"f>"
_SHORT_FORMULA = rb"<" + _PREFIX + rb"f(?=[ /])[^<>]*+(?<=/)>"
_ERROR = re.compile(
    _CELL + rb'(?=[^<>]*? t="e")[^<>]*+>\s*+(?:' + _FORMULA + rb"|" + _SHORT_FORMULA + rb")?+\s*+"
    rb"<" + _PREFIX + rb"v>([^<]{1,20}+)</"
)
_NO_RESULT = re.compile(
    _CELL + rb'(?![^<>]*? t="str")[^<>]*+>(?:' + _SHORT_FORMULA + rb"|" + _FORMULA + rb")"
    rb"(?:<" + _PREFIX + rb"v ?/>|<" + _PREFIX + rb"v></" + _PREFIX + rb"v>)?+</"
)
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_ENTITIES = {"&quot;": '"', "&apos;": "'"}
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass
class Parts:
    """What the check found: the 1904 calendar, and by sheet name what is known of cells and rows beside their values.

    `marks` are the cells whose formula has no value, `percents` those that are formatted as percentages.
    `hidden` is None for a kind of file of which it cannot be told.
    """

    date_1904: bool = False
    marks: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)
    hidden: dict[str, HiddenRows] | None = None
    percents: dict[str, PercentCells] = field(default_factory=dict)


@dataclass(frozen=True)
class Most:
    """What a workbook may hold: bytes unpacked, those of its shared texts, rows, columns."""

    unpacked: int
    strings: int
    rows: int
    columns: int


def check_workbook(stream: IO[bytes], most: Most) -> Parts:
    """Look through an .xlsx; raises SheetProblem when it must not be given to the parser."""
    try:
        with zipfile.ZipFile(stream) as archive:
            return _checked(archive, stream, most)
    except TooMany as error:
        raise SheetProblem("too-large") from error
    except (
        zipfile.BadZipFile,
        EOFError,
        NotImplementedError,
        OSError,
        ValueError,
        ElementTree.ParseError,
        struct.error,
        zlib.error,
    ) as error:
        raise SheetProblem("not-a-workbook") from error
    except RuntimeError as error:  # zipfile's word for a part packed with a password
        raise SheetProblem("encrypted") from error


def _checked(archive: zipfile.ZipFile, stream: IO[bytes], most: Most) -> Parts:
    infos = archive.infolist()
    names = {info.filename.lower().lstrip("/") for info in infos}
    if len(infos) > _MOST_PARTS or sum(info.file_size for info in infos) > most.unpacked:
        raise SheetProblem("too-large")
    if any(_is_too_much(info, most.strings) for info in infos):
        raise SheetProblem("too-large")
    if any(info.flag_bits & 1 for info in infos):
        raise SheetProblem("encrypted")
    open_document = {"content.xml", "mimetype"} <= names and archive.read(
        "mimetype"
    ).strip() == _OPEN_DOCUMENT
    if "xl/workbook.xml" not in names and not open_document:
        raise SheetProblem("not-a-workbook")
    for info in infos:
        _check_size(stream, info)
    if open_document:  # it says how often a cell or row is repeated: the child's limits hold it
        return _parts_of_open_document(archive, most)
    return _parts_of_excel(archive, most)


def _parts_of_excel(archive: zipfile.ZipFile, most: Most) -> Parts:
    hidden_rows: dict[str, HiddenRows] = {}
    parts = Parts(date_1904=_calendar_1904(archive), hidden=hidden_rows)
    sheets = _sheet_names(archive)
    styles = percent_styles(_read(archive, "xl/styles.xml"))
    cells = styled_cells(styles)
    for info in archive.infolist():
        part = info.filename.lower().lstrip("/")
        if not part.startswith("xl/worksheets/") or not part.endswith(".xml"):
            continue
        sheet = sheets.get(part, part)
        hidden, percents, rows = HiddenRows(), PercentCells(), 0
        for block in _blocks(archive, info):
            rows += _demand_few_cells(block, most)
            _check_far_cells(block, sheet, most, rows)
            _scan(block, most, parts.marks.setdefault(sheet, {}), hidden)
            if cells is not None:
                percent_cells.look_through_block(block, cells, styles, percents, _place)
        if percents.columns:
            parts.percents[sheet] = percents
        if hidden.rows:
            hidden_rows[sheet] = hidden
    return parts


def _parts_of_open_document(archive: zipfile.ZipFile, most: Most) -> Parts:
    info = next(one for one in archive.infolist() if one.filename.lower().lstrip("/") == "content.xml")
    has_percents = False

    def blocks(stream: IO[bytes]) -> Iterator[bytes]:
        nonlocal has_percents
        end = b""
        while block := stream.read(_CHUNK):
            has_percents = has_percents or b'"percentage"' in end + block
            end = block[-16:]
            yield block

    with archive.open(info) as stream:
        hidden = of_open_document(blocks(stream), most.rows)
    parts = Parts(hidden={_sheet_name(name): rows for name, rows in hidden.items() if rows.rows})
    if has_percents:
        with archive.open(info) as stream:
            percents = percent_cells.of_open_document(blocks(stream), most.rows, most.columns)
        parts.percents = {_sheet_name(name): cells for name, cells in percents.items()}
    return parts


def _sheet_name(name: bytes) -> str:
    return unescape(name.decode("utf-8", "replace"), _ENTITIES)


def _is_too_much(info: zipfile.ZipInfo, most_strings: int) -> bool:
    """Tell whether a part asks, by its own words, for more than a table needs."""
    if info.file_size > _TIGHT_FROM and info.file_size > info.compress_size * _TIGHTEST:
        return True
    name = info.filename.lower().lstrip("/")
    is_sheet = name.startswith("xl/worksheets/")  # read as a stream, where the other parts are held whole
    return info.file_size > most_strings and not is_sheet


def _check_size(stream: IO[bytes], info: zipfile.ZipInfo) -> None:
    """Raise SheetProblem where a part unpacks to more than it says: the parser would believe the packed bytes."""
    if info.compress_type == zipfile.ZIP_STORED and info.compress_size == info.file_size:
        return
    if info.compress_type != zipfile.ZIP_DEFLATED:  # no writer of workbooks packs otherwise
        raise SheetProblem("not-a-workbook")
    stream.seek(info.header_offset)
    name_length, extra_length = struct.unpack("<26xHH", stream.read(30))
    stream.seek(info.header_offset + 30 + name_length + extra_length)
    packed_left, left = info.compress_size, info.file_size
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    while packed_left > 0 and not inflate.eof and (packed := stream.read(min(packed_left, _CHUNK))):
        packed_left -= len(packed)
        while packed and not inflate.eof:
            left -= len(inflate.decompress(packed, _CHUNK))
            if left < 0:
                raise SheetProblem("too-large")
            packed = inflate.unconsumed_tail


def _demand_few_cells(block: bytes, most: Most) -> int:
    """Return how many rows a stretch has; refused when they hold more values than they have columns.

    Cells need not say where they are: then nothing else tells that a row is endless.
    """
    rows = block.count(b"<row") + block.count(b":row")
    values = block.count(b"<v>") + block.count(b":v>") + block.count(b"<is>")
    if values > most.columns * max(rows, 1) * 2:  # a closing tag with a prefix is counted too
        raise SheetProblem("more-columns", most=most.columns)
    return rows


def _scan(block: bytes, most: Most, marks: dict[tuple[int, int], str], hidden: HiddenRows) -> None:
    look_through_block(block, hidden, most.rows)
    if b't="e"' in block and len(marks) < _MOST_MARKS:
        failed = islice(_ERROR.finditer(block), _MOST_MARKS)
        marks |= {_place(found[1]): found[2].decode("utf-8", "replace") for found in failed}
    if b"<f" in block and len(marks) < _MOST_MARKS:
        marks |= {_place(found[1]): "#FORMULA" for found in islice(_NO_RESULT.finditer(block), _MOST_MARKS)}


def _check_far_cells(block: bytes, sheet: str, most: Most, rows: int) -> None:
    """Refuse a value outside the table, or, where `rows` were met by then, a table that is too long."""
    close = -1  # where the last tag that was looked at ends
    for far in _FAR.finditer(block):
        column, row = far.groups()
        if int(row) <= most.rows and _place(column + row)[1] < most.columns:
            continue
        if close < far.end():
            close = block.find(b">", far.end())
            if close < 0:
                return
        if block[close - 1 : close] != b"/" and not block.startswith(_CELL_ENDS, close + 1):
            if int(row) > most.rows and rows > most.rows // 2:
                raise SheetProblem("more-rows", most=most.rows)
            raise SheetProblem("far-cell", sheet=sheet, cell=(column + row).decode())


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
