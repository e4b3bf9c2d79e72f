"""The child process that reads the words of a file, under limits: `python -m office.files.reading_child`.

It reads a job as JSON from standard input and writes the words, or a problem, as JSON to standard output.
"""

import importlib
import io
import json
import pkgutil
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import olefile
import pypdf
import python_calamine as calamine
from lxml import etree
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from office.child_limits import begin, open_nothing_more
from office.child_process import PROBLEM_EXIT

_OLE, _ZIP, _PDF = bytes.fromhex("D0CF11E0A1B11AE1"), b"PK", b"%PDF-"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAKS = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_MOST_PARTS = 5000
_PARTS_OF_DOCX = (
    (re.compile(r"word/document\d*\.xml"), "正文"), (re.compile(r"word/header\d*\.xml"), "页眉"),
    (re.compile(r"word/footer\d*\.xml"), "页脚"), (re.compile(r"word/(foot|end)notes\.xml"), "脚注"),
    (re.compile(r"word/comments\w*\.xml"), "批注"),
)  # fmt: skip
_PROPERTIES = re.compile(r"(docProps/(core|app|custom)|customXml/item\d+)\.xml")
_PICTURES = re.compile(r"(word|xl)/media/|.*\.(png|jpe?g|gif|bmp|tiff?|emf|wmf)$", re.IGNORECASE)
_EMBEDDED = re.compile(r"(word|xl)/embeddings/|.*\.bin$", re.IGNORECASE)
_NOTES_OF_XLSX = re.compile(r"xl/(comments\d*|threadedComments/.*|drawings/.*|charts/.*)\.xml")

Parts = list[tuple[str, str]]


class Unreadable(Exception):
    """A word of `text_reader.SENTENCES`."""


def main() -> int:
    """Do the job on standard input; 0 when words were written, PROBLEM_EXIT when a problem was."""
    job = begin()
    data = Path(job["path"]).read_bytes()
    if _PDF in data[:1024]:
        _load_all_of_pypdf()
    open_nothing_more()
    try:
        parts, unread = _read(data, job["unpacked"])
    except Unreadable as problem:
        sys.stdout.write(json.dumps({"problem": str(problem)}))
        return PROBLEM_EXIT
    kept = [(place, text) for place, text in parts if text.strip()]
    sys.stdout.write(json.dumps({"parts": kept, "unread": unread}))
    return 0


def _load_all_of_pypdf() -> None:
    """Import what the library would import at its first need, when nothing can be opened any more."""
    for module in pkgutil.walk_packages(pypdf.__path__, "pypdf."):
        with suppress(ImportError):  # of pictures, whose own library is not here
            importlib.import_module(module.name)


def _read(data: bytes, most: int) -> tuple[Parts, list[str]]:
    if data.startswith(_PDF) or _PDF in data[:1024]:
        return _from_pdf(data)
    if data.startswith(_ZIP):
        return _from_package(data, most)
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable("encrypted")
        return _from_ole(data)
    return _from_text(data), []


# --- Word and Excel --------------------------------------------------------------------------------


def _from_package(data: bytes, most: int) -> tuple[Parts, list[str]]:
    names, contents = _unpacked(data, most)
    word, excel = "word/document.xml" in names, any(name.startswith("xl/work") for name in names)
    if not (word or excel):
        raise Unreadable("kind")
    parts = _words(names, contents) if word else [*_cells(data), *_notes(names, contents)]
    for name in names:
        if _PROPERTIES.fullmatch(name):
            parts.append(("文件属性", _all_words(_parsed(contents[name]))))
        elif name.endswith(".rels"):
            parts += _links(_parsed(contents[name]))
    counts = (
        (sum(1 for name in names if pattern.match(name)), words)
        for pattern, words in ((_PICTURES, "图片{}张"), (_EMBEDDED, "嵌入的文件{}个"))
    )
    return parts, [words.format(count) for count, words in counts if count]


def _words(names: list[str], contents: dict[str, bytes]) -> Parts:
    parts: Parts = []
    for pattern, place in _PARTS_OF_DOCX:
        for name in names:
            if pattern.fullmatch(name):
                parts += _paragraphs(_parsed(contents[name]), place)
    return parts


def _notes(names: list[str], contents: dict[str, bytes]) -> Parts:
    return [
        ("批注和图形", _all_words(_parsed(contents[name])))
        for name in names
        if _NOTES_OF_XLSX.fullmatch(name)
    ]


def _links(root: Any) -> Parts:
    targets = [link.get("Target") or "" for link in root.iter("{*}Relationship")]
    return [("链接", target) for target in targets if ":" in target and "schemas." not in target]


def _unpacked(data: bytes, most: int) -> tuple[list[str], dict[str, bytes]]:
    """Return the names of the parts and the content of those that hold XML, counting what is unpacked."""
    contents: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            if len(entries) > _MOST_PARTS or sum(entry.file_size for entry in entries) > most:
                raise Unreadable("too-large")
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")) and not _is_sheet(entry.filename):
                    with package.open(entry) as stream:
                        content = stream.read(most + 1)
                    most -= len(content)
                    if most < 0:
                        raise Unreadable("too-large")
                    contents[entry.filename] = content
            return [entry.filename for entry in entries], contents
    except RuntimeError as error:
        raise Unreadable("encrypted") from error
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Unreadable("damaged") from error


def _is_sheet(name: str) -> bool:
    return name.startswith(("xl/worksheets/sheet", "xl/sharedStrings"))


def _parsed(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable("damaged") from error
    if root.getroottree().docinfo.doctype:
        raise Unreadable("damaged")
    return root


def _paragraphs(root: Any, place: str) -> Parts:
    """Return the words of every paragraph, in tables and text boxes too; of deleted text and of fields as well."""
    parts = []
    for number, paragraph in enumerate(root.iter(f"{_W}p"), 1):
        words = "".join(_words_of(paragraph))
        parts.append((f"{place}第{number}段" if place == "正文" else place, words))
    return parts


def _words_of(paragraph: Any) -> Iterator[str]:
    for element in paragraph.iter(f"{_W}t", f"{_W}delText", f"{_W}instrText", *_BREAKS):
        if next(element.iterancestors(f"{_W}p")) is paragraph:  # those of a text box are its own
            yield _BREAKS.get(element.tag) or element.text or ""


def _all_words(root: Any) -> str:
    return "\n".join(text.strip() for text in root.itertext() if text.strip())


def _cells(data: bytes) -> Parts:
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError as error:
        raise Unreadable("encrypted") from error
    except calamine.CalamineError as error:
        raise Unreadable("kind") from error
    parts: Parts = []
    for meta in book.sheets_metadata:
        if meta.typ is not calamine.SheetTypeEnum.WorkSheet:
            continue
        parts.append(("工作表名称", meta.name))
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.start is None:
            continue
        left = sheet.start[1]  # the parser leaves out the blank columns at the left
        for row, cells in enumerate(sheet.iter_rows(), 1):
            parts += [
                (f"工作表“{meta.name}”{_column(left + place)}{row}", _in_words(cell))
                for place, cell in enumerate(cells)
                if cell not in ("", None)
            ]
    return parts


def _column(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _in_words(cell: object) -> str:
    """Return a cell as it is read: a whole number without decimals."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e19:
        return str(int(cell))
    return str(cell)


# --- The old .doc ----------------------------------------------------------------------------------

_FIELD_BEGINS, _FIELD_RESULT, _FIELD_ENDS = "\x13", "\x14", "\x15"
_LINE_ENDS = "\r\n\x07\x0b\x0c"


def _from_ole(data: bytes) -> tuple[Parts, list[str]]:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as package:
            if not package.exists("WordDocument"):
                return _cells(data), []
            document = package.openstream("WordDocument").read()
            flags = int.from_bytes(document[10:12], "little")
            if flags & 0x0100:
                raise Unreadable("encrypted")
            table = package.openstream("1Table" if flags & 0x0200 else "0Table").read()
            unread = ["嵌入的图片"] if package.exists("Data") else []
    except (OSError, ValueError, IndexError):
        return _cells(data), []  # whose reader says what is wrong with it
    lines = re.split(f"[{_LINE_ENDS}]", _without_fields(_pieces(document, table)))
    return [(f"正文第{number}段", line) for number, line in enumerate(lines, 1)], unread


def _number(data: bytes, at: int, size: int = 4) -> int:
    if len(data) < at + size:
        raise Unreadable("damaged")
    return int.from_bytes(data[at : at + size], "little")


def _pieces(document: bytes, table: bytes) -> str:
    """Return the whole text of a Word document, 1997 to 2003, by its piece table ([MS-DOC] 2.4.1)."""
    if _number(document, 0, 2) != 0xA5EC or _number(document, 2, 2) < 0x00C1:
        raise Unreadable("kind")  # older than Word 97
    at = _number(document, 0x1A2)
    while table[at : at + 1] == b"\x01":
        at += 3 + _number(table, at + 1, 2)
    if table[at : at + 1] != b"\x02":
        raise Unreadable("damaged")
    first, count = at + 5, (_number(table, at + 1) - 4) // 12
    ends = [_number(table, first + 4 * place) for place in range(count + 1)]
    parts = []
    for place in range(count):
        where = _number(table, first + 4 * (count + 1) + 8 * place + 2)
        length = ends[place + 1] - ends[place]
        if where & 0x40000000:  # one byte a sign
            start = (where & 0x3FFFFFFF) // 2
            parts.append(document[start : start + length].decode("cp1252", "replace"))
        else:
            parts.append(document[where : where + 2 * length].decode("utf-16-le", "replace"))
    return "".join(parts)


def _without_fields(text: str) -> str:
    """Return a text with the results of its fields, without their instructions and without control characters."""
    shown: list[str] = []
    fields: list[bool] = []  # of each field that is open: whether its result has begun
    for sign in text:
        if sign == _FIELD_BEGINS:
            fields.append(False)
        elif sign == _FIELD_RESULT and fields:
            fields[-1] = True
        elif sign == _FIELD_ENDS and fields:
            fields.pop()
        elif all(fields) and (sign >= " " or sign == "\t" or sign in _LINE_ENDS):
            shown.append(sign)
    return "".join(shown)


# --- PDF and text ----------------------------------------------------------------------------------


def _from_pdf(data: bytes) -> tuple[Parts, list[str]]:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted")
        parts, unread = [], []
        for number, page in enumerate(reader.pages, 1):
            words = page.extract_text()
            parts.append((f"第{number}页", words))
            parts += [(f"第{number}页批注", note) for note in _annotations(page)]
            if not words.strip():
                unread.append(f"第{number}页")
            elif page.images.keys():
                unread.append(f"第{number}页的图片")
        facts: Mapping[str, Any] = reader.metadata or {}
        parts += [("文件属性", str(value)) for value in facts.values()]
        parts += [("表单", str(field.get("/V", ""))) for field in (reader.get_fields() or {}).values()]
        if reader.attachments:
            unread.append(f"嵌入的文件{len(reader.attachments)}个")
        return parts, unread
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Unreadable("damaged") from error


def _annotations(page: Any) -> Iterator[str]:
    for reference in page.get("/Annots") or ():
        note = reference.get_object()
        yield str(note.get("/Contents") or "")
        action = note.get("/A")
        if action is not None:
            yield str(action.get_object().get("/URI") or "")


def _from_text(data: bytes) -> Parts:
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("kind")
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in text):
            raise Unreadable("kind")
        return [(f"第{number}行", line) for number, line in enumerate(text.splitlines(), 1)]
    raise Unreadable("kind")


if __name__ == "__main__":
    sys.exit(main())
