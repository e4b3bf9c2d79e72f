"""The mark of an exported row: which record it was, at which version, and a digest of each of its cells.

It stands in the last column of an exported list, hidden, under the heading
`记录标识 <collection>:<key>,<key>,…` (the keys of the exported columns, in order); a row's mark is
`<24 hexadecimal digits>.<version>.<digests>`, four url-safe base64 signs (24 bits of a SHA-256) for each
of those columns. A cell whose digest is still the exported one was not changed by the clerk.

Marks are not trusted: an id is looked up in the actor's scope, and a digest only tells what changed.
"""

import datetime as dt
import hashlib
import re
import zipfile
from base64 import urlsafe_b64encode
from binascii import b2a_base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import getitem
from typing import IO, Any

from office.excel.cell_dates import OFFICE_TIME, day_of, moment_of
from office.excel.cell_numbers import number_of
from office.excel.cell_texts import as_text, cleaned, folded, one_line
from rules.errors import Refused
from schema.field import KEY, Field, Kind

MARK_HEADING = "记录标识"  # how the heading of the hidden column begins
PROPERTY = "office-export"  # the workbook's custom property that says what it was
_PROPERTIES = "docProps/custom.xml"
_MOST_PROPERTIES, _MOST_PROPERTY = 256 << 10, 1000  # bytes of the part, signs of ours in it
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SAID = re.compile(r"([a-z][a-z0-9_]{0,59}) (\d{4}-\d\d-\d\d \d\d:\d\d) ")
_DIGEST_SIGNS = 4
_MOST_COLUMNS = 300
_MOST_REMEMBERED = 5_000  # of digests: words, names and days come again and again
_HEADING = re.compile(rf"\s*{MARK_HEADING}\s+([a-z][a-z0-9_]{{0,59}})\s*[:：]\s*(\S+)\s*")
_MARK = re.compile(r"\s*([0-9a-f]{24})\.([0-9]{1,9})\.([A-Za-z0-9_-]+)\s*")
_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
# Of these hardly a cell comes again, and what is plain says what it holds as it stands.
_VARIED = frozenset(
    {Kind.TEXT, Kind.LONG_TEXT, Kind.CODE, Kind.REFERENCES, Kind.NAMES, Kind.TEXTS, Kind.ROWS, Kind.FILES}
)
_TYPED = _NUMBERS | {Kind.DATE, Kind.MOMENT}


@dataclass(frozen=True, slots=True)
class MarkHeading:
    """What the heading of the mark column says: the collection's stored name and the keys of its columns, in order."""

    collection: str
    keys: tuple[str, ...]

    def __str__(self) -> str:
        return f"{MARK_HEADING} {self.collection}:{','.join(self.keys)}"


@dataclass(frozen=True, slots=True)
class RowMark:
    """The mark of one row: the record's id as 24 hexadecimal digits, its version, a digest for each column."""

    record: str
    version: int
    digests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.record}.{self.version}.{''.join(self.digests)}"


def is_mark_heading(text: object) -> bool:
    """Tell whether a cell is, or was, the heading of the mark column: no column of the list, whatever follows."""
    return isinstance(text, str) and text.strip().startswith(MARK_HEADING)


def read_heading(text: object) -> MarkHeading | None:
    """Return what the heading of a mark column says; None where it is none, or not whole."""
    found = _HEADING.fullmatch(text) if isinstance(text, str) and len(text) <= 32_767 else None
    if found is None:
        return None
    keys = tuple(found[2].split(","))
    if len(keys) > _MOST_COLUMNS or len(set(keys)) != len(keys) or not all(map(KEY.fullmatch, keys)):
        return None
    return MarkHeading(found[1], keys)


@dataclass(frozen=True, slots=True)
class ExportSaid:
    """What a workbook's custom property says of its export, all "" where there is none.

    `collection` is the stored name, `moment` the office's time as 2026-03-02 10:00, `digest` that of all its marks.
    """

    collection: str = ""
    moment: str = ""
    digest: str = ""


def export_said(workbook: IO[bytes]) -> ExportSaid:
    """Return what a workbook says of its export."""
    try:
        with zipfile.ZipFile(workbook) as archive:
            part = archive.getinfo(_PROPERTIES)
            if part.file_size > _MOST_PROPERTIES:
                return ExportSaid()
            text = archive.read(part).decode("utf-8", "replace")
    except (KeyError, OSError, NotImplementedError, RuntimeError, zipfile.BadZipFile):
        return ExportSaid()
    _, _, rest = text.partition(f'name="{PROPERTY}"')
    value = rest[:_MOST_PROPERTY].partition("lpwstr")[2].partition(">")[2].partition("<")[0]
    digest, head = value.rpartition(" ")[2], _SAID.match(value)
    return ExportSaid(
        head[1] if head else "", head[2] if head else "", digest if _DIGEST.fullmatch(digest) else ""
    )


def read_mark(text: object, heading: MarkHeading) -> RowMark | None:
    """Return the mark that a cell holds; None where it holds none, or one of other columns than the heading's."""
    found = _MARK.fullmatch(text) if isinstance(text, str) and len(text) <= 32_767 else None
    if found is None or len(found[3]) != _DIGEST_SIGNS * len(heading.keys):
        return None
    signs = found[3]
    digests = tuple(signs[place : place + _DIGEST_SIGNS] for place in range(0, len(signs), _DIGEST_SIGNS))
    return RowMark(found[1], int(found[2]), digests)


def canonical(column: Field, cell: Any) -> str:
    """Return what a cell says, the same however a program saved it: "" for a blank one.

    `cell` is what a row of an export holds, or what a reader brings: a day may have become a moment, a
    whole number a float, either of them a text. What cannot be read as the column asks is its text.
    """
    if cell is None or cell == "":
        return ""
    kind = column.kind
    try:
        if isinstance(cell, str):
            if kind not in _TYPED and cell.isprintable() and " " not in cell and not cell.startswith("#"):
                return cell if kind is not Kind.CODE or cell.isascii() else folded(cell)
        elif kind in _NUMBERS and isinstance(cell, (int, float)):
            return _number(cell)
        if kind in _NUMBERS:
            number = number_of(cell, column)
            return "" if number is None else _number(number)
        if kind is Kind.DATE:
            return _day(cell)
        if kind is Kind.MOMENT:
            return _moment(cell)
        if kind is Kind.CODE:
            return folded(cell)
        return cleaned(cell) if kind in (Kind.LONG_TEXT, Kind.ROWS) else one_line(cell)
    except Refused:
        return as_text(cell).strip()


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    text = repr(value)
    if "." in text[-5:-1] and text[-2:] != ".0" and "e" not in text:
        return text  # which rounding would not change
    value = round(value, 4)
    return str(int(value)) if value.is_integer() else repr(value)


def _day(cell: Any) -> str:
    if isinstance(cell, dt.date):  # a moment too
        return cell.isoformat()[:10]
    day = day_of(cell)
    return "" if day is None else day.isoformat()


def _moment(cell: Any) -> str:
    if not isinstance(cell, dt.datetime) or cell.tzinfo:
        moment = moment_of(cell)
        if moment is None:
            return ""
        cell = moment.astimezone(OFFICE_TIME)
    return f"{cell:%Y-%m-%d %H:%M}"


def cell_digest(column: Field, cell: Any) -> str:
    """Return the four signs of one cell, whether just exported, read from a workbook, or stored today."""
    return urlsafe_b64encode(_digest(canonical(column, cell))).decode()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:3]


class _Digests(dict[Any, bytes]):
    """The digests of one column's cells: those that come again are not made again."""

    def __init__(self, column: Field) -> None:
        super().__init__()
        self._column = column

    def __missing__(self, cell: Any) -> bytes:
        digest = _digest(canonical(self._column, cell))
        if len(self) < _MOST_REMEMBERED:
            self[cell] = digest
        return digest


def _amount_digests(column: Field) -> Callable[[Any], bytes]:
    """Return a function from an amount to its digest: hardly one comes again, so none is remembered."""
    sha, blank = hashlib.sha256, _digest("")

    def digest(cell: Any) -> bytes:
        if cell is None or cell == "":
            return blank
        if type(cell) is float or type(cell) is int:
            return sha(_number(cell).encode()).digest()[:3]
        return _digest(canonical(column, cell))

    return digest


def _digests_maker(columns: Sequence[Field]) -> Callable[[Sequence[Any]], bytes]:
    """Return a function from the cells of a row to their digests, one after the other.

    It is compiled for its columns, as `office.excel.rows` is: all texts of a row are looked at at once, and those that
    say what they hold as they stand are digested at once; columns of few words are looked up.
    """
    known = [_Digests(column) for column in columns]

    def careful(cells: Sequence[Any]) -> bytes:
        return b"".join(map(getitem, known, cells))

    texts = [place for place, column in enumerate(columns) if column.kind in _VARIED]
    codes = [place for place in texts if columns[place].kind is Kind.CODE]
    amounts = [place for place, column in enumerate(columns) if column.kind is Kind.DECIMAL]
    every = "".join(f"{{v{place}}}" for place in texts)
    tools: dict[str, Any] = {
        "sha": hashlib.sha256, "careful": careful, "blank": dict.fromkeys((None, ""), _digest("")),
        **{f"d{place}": digests for place, digests in enumerate(known)},
        **{f"a{place}": _amount_digests(columns[place]) for place in amounts},
    }  # fmt: skip
    lines = [
        "def make(cells):",
        f"    {''.join(f'v{place}, ' for place in range(len(columns)))} = cells",
        f"    x = f'{every}'",
        "    if x.isprintable() and ' ' not in x and '#' not in x"
        + (f" and f'{''.join(f'{{v{place}}}' for place in codes)}'.isascii():" if codes else ":"),
        "        try:",
        "            return b''.join(("
        + "".join(
            f"sha(v{place}.encode()).digest()[:3] if v{place} else blank[v{place}], "
            if place in texts
            else f"a{place}(v{place}), "
            if place in amounts
            else f"d{place}[v{place}], "
            for place in range(len(columns))
        )
        + "))",
        "        except (AttributeError, KeyError, TypeError):",
        "            pass",
        "    return careful(cells)",
    ]
    if not columns:
        return careful
    exec("\n".join(lines), tools)  # noqa: S102 - places of columns alone stand in it
    make: Callable[[Sequence[Any]], bytes] = tools["make"]
    return make


class Marker:
    """Makes the marks of one export, and the digest of all of them."""

    def __init__(self, collection: str, columns: Sequence[Field]) -> None:
        """Begin with none; `collection` is the stored name."""
        self.heading = MarkHeading(collection, tuple(column.key for column in columns))
        self.count = 0
        self._digests = _digests_maker(columns)
        self._all = hashlib.sha256()

    def mark(self, record_id: object, version: int, cells: Iterable[Any]) -> str:
        """Return the mark of the next row; `cells` are those of the columns, in their order."""
        digests = self._digests(tuple(cells))
        text = f"{record_id}.{version}.{b2a_base64(digests, newline=False).translate(_URL_SAFE).decode()}"
        self.count += 1
        self._all.update(text.encode())
        return text

    @property
    def digest(self) -> str:
        """The digest of all marks made so far, in their order: the fingerprint of what was exported."""
        return self._all.hexdigest()
