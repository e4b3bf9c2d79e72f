"""Looks into a template before anything opens it: is it a plain .docx, of a bearable size, with nothing live in it."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO

from lxml import etree

from office.papers.template_problems import TemplateProblem

MOST_BYTES = 5 << 20
_MOST_UNPACKED = 30 << 20
_MOST_PARTS = 1000
_TYPES = "[Content_Types].xml"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Parts that run, or that bring in a file that nobody looked into.
_LIVE = {"oleobject", "package", "afchunk", "control", "activexcontrolbinary", "subdocument", "frame"}
_PLAIN_LINK = re.compile(r"(https?|mailto):", re.IGNORECASE)
_FETCHING = re.compile(
    r"\b(INCLUDETEXT|INCLUDEPICTURE|INCLUDE|DDEAUTO|DDE|LINK|IMPORT|DATABASE|MACROBUTTON|RD)\b", re.IGNORECASE
)


def check_package(data: bytes) -> None:
    """Raise TemplateProblem unless `data` is a .docx that holds nothing but words, styles and pictures."""
    if len(data) > MOST_BYTES:
        raise TemplateProblem("too-large")
    parts = unpacked_parts(data)
    types = parts.get(_TYPES, b"")
    if b"macroEnabled" in types or any("vbaproject" in name.lower() for name in parts):
        raise TemplateProblem("macros")
    if _MAIN.encode() not in types:
        raise TemplateProblem("not-a-docx")
    for name, content in parts.items():
        if name.endswith(".rels"):
            _check_links(parsed_part(name, content))
        elif name.endswith(".xml"):
            _check_fields(parsed_part(name, content))


def unpacked_parts(data: bytes) -> Mapping[str, bytes]:
    """Return the parts of a package by name, within what is bearable. Raises TemplateProblem."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            entries = package.infolist()
            if len(entries) > _MOST_PARTS or sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
                raise TemplateProblem("too-large")
            if len({entry.filename.lower() for entry in entries}) != len(entries):
                raise TemplateProblem("not-a-docx")
            return dict(_read(package, entries))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise TemplateProblem("not-a-docx") from error


def _read(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    """Unpack the parts, counting: what a package says of its own sizes need not be true."""
    left = _MOST_UNPACKED
    for entry in entries:
        with package.open(entry) as stream:
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise TemplateProblem("too-large")
        yield entry.filename, content


def parsed_part(name: str, content: bytes) -> etree._Element:
    """Return the root of a part; nothing outside it is fetched, no entity grows. Raises TemplateProblem."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise TemplateProblem("damaged", part=name) from error
    if root.getroottree().docinfo.doctype:  # entities that grow
        raise TemplateProblem("damaged", part=name)
    return root


def _check_links(root: etree._Element) -> None:
    for link in root.iter("{*}Relationship"):
        kind = (link.get("Type") or "").rpartition("/")[2].lower()
        target = link.get("Target") or ""
        if kind in _LIVE:
            raise TemplateProblem("embedded", part=target[:80])
        if (link.get("TargetMode") or "").lower() == "external":
            if kind == "hyperlink" and _PLAIN_LINK.match(target):
                continue
            raise TemplateProblem("outside", target=target[:80])


def _check_fields(root: etree._Element) -> None:
    """Refuse fields that fetch or run; their code may be cut into pieces, so it is looked at joined both ways."""
    pieces = [code.text or "" for code in root.iter(f"{_W}instrText")]
    pieces += [field.get(f"{_W}instr") or "" for field in root.iter(f"{_W}fldSimple")]
    for words in (" ".join(pieces), "".join(pieces)):
        fetching = _FETCHING.search(words)
        if fetching:
            raise TemplateProblem("field", field=fetching.group().upper())
