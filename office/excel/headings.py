"""The row of headings in a sheet as offices send it: titles above it, units in it, stars, line ends, two rows.

Plain functions over rows of cells; the reader and its child process share them.
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

from office.excel.cell_texts import one_line
from office.excel.row_marks import is_mark_heading
from office.excel.skipped_rows import is_unit_row
from office.recognition.check_marks import RESULT_HEADING, is_check_heading
from office.recognition.recognition import heading_digest
from rules.choices import plain
from rules.errors import Refused
from schema.field import heading_key

FIRST_ROWS = 20  # the heading stands among these
_ENOUGH = 2  # fewer headings than this are a title that happens to use a column's word

_LEADING_YEAR = re.compile(r"^(\d{4}年(度|末|底)?|上年度?|本年度?)")
_TRAILING_UNIT = re.compile(r"[/:_\-|].*$")
_BRACKETS = {
    "(": ")",
    "[": "]",
    "【": "】",
    "〔": "〕",
    "<": ">",
    "〈": "〉",
    "《": "》",
    "{": "}",
    "「": "」",
    "『": "』",
}
_OPENING, _CLOSING = (re.escape("".join(signs)) for signs in (_BRACKETS, _BRACKETS.values()))
_BRACKETED = re.compile(f"[{_OPENING}].*$")
# What a heading counts in, where it ends with that: 营业收入 万元, and what was parted from it by a line end.
_UNIT_AT_END = re.compile(
    r"[,、]?(?:(?:金额|计量)?单位[:为]?)?((?:(?:亿|[百千]?万|[百千])?元|平方米|m2|亩|公顷|[家人户]次|[人家名户个]))$"
)
_SPACES = re.compile(r"\s+")
_COUNTED_IN = re.compile(r"(?:(?:金额|计量|计算)?单位)?[:为是]?以?(.*?)(?:为单位|计算|计)?")
_MARKS = re.compile(r"[★☆●○▲△◆※#＊*:：]|必填")

Merge = tuple[tuple[int, int], tuple[int, int]]  # first and last cell, rows and columns from 0
Spellings = Sequence[frozenset[str]]
# How surely a heading names a column: loosely, by one of its further headings, by its own.
_LOOSE, _FURTHER, _OWN = range(3)
_MARK = -1


@dataclass
class Heading:
    """The heading found: `row`, and `bottom` where it has two rows (both from 0), and what each position means.

    `columns` gives the column's index by position, `texts` the heading by position,
    `doubled` the pairs of positions that claim one column.
    """

    row: int
    bottom: int
    columns: dict[int, int] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    doubled: list[tuple[int, int]] = field(default_factory=list)


def find_heading(
    rows: Sequence[Sequence[object]],
    spellings: Spellings,
    merged: Iterable[Merge] = (),
    own: Sequence[str] = (),
) -> Heading | None:
    """Return the row of headings: among the first rows the one that names most columns, the upper one of two equal.

    None when no row names two. `merged` tells where a heading covers more rows than one.
    """
    best, most = None, _ENOUGH - 1
    for number, row in enumerate(rows[:FIRST_ROWS]):
        named = {
            match for cell in row if (match := _column_of(_heading_text(cell), spellings)[0]) is not None
        }
        if any(is_mark_heading(cell) for cell in row):
            named.add(_MARK)  # the heading of an export, of however few columns
        if len(named) > most:
            best, most = number, len(named)
    return None if best is None else heading_at(rows, best, spellings, merged, own)


def score(heading: Heading | None) -> int:
    """Return how many columns the heading names; 0 without a heading."""
    return len(heading.columns) if heading else 0


def heading_at(
    rows: Sequence[Sequence[object]],
    row: int,
    spellings: Spellings,
    merged: Iterable[Merge] = (),
    own: Sequence[str] = (),
) -> Heading:
    """Return what the row (from 0) says as a heading, though it may name no column; `row` is one of `rows`.

    `own` are the columns' own headings: where one of them stands, a further heading of its column is none.
    """
    merged = list(merged)
    bottom, texts = texts_at(rows, row, merged)
    groups = _groups_at(rows, bottom, merged)
    heading = Heading(row, bottom)
    strengths: dict[int, int] = {}
    names = [heading_key(text) for text in own]
    for position, words in texts.items():
        _add(heading, strengths, position, words, groups.get(position, ""), spellings, names)
    return heading


def _groups_at(rows: Sequence[Sequence[object]], bottom: int, merged: Iterable[Merge]) -> dict[int, str]:
    """Return what stands above several headings down to the row `bottom`, by place: 联系人 above 姓名 and 电话."""
    found: dict[int, str] = {}
    for (top, left), (last, right) in sorted(merged):
        if bottom - 3 <= top <= last < bottom and left < right and left < len(rows[top]):
            found |= dict.fromkeys(range(left, right + 1), _heading_text(rows[top][left]))
    return found


def texts_at(
    rows: Sequence[Sequence[object]], row: int, merged: Iterable[Merge] = ()
) -> tuple[int, dict[int, list[str]]]:
    """Return the last row of the heading at `row`, and what it says by position, its lowest cell first."""
    around = [(top, bottom) for (top, _), (bottom, _) in merged if top < bottom and top <= row <= bottom]
    top = min((first for first, _ in around), default=row)
    bottom = min(max((last for _, last in around), default=row), row + 3, len(rows) - 1)
    found: dict[int, list[str]] = {}
    for position in range(max(len(cells) for cells in rows[top : bottom + 1])):
        texts = [_heading_text(cells[position]) for cells in rows[top : bottom + 1] if position < len(cells)]
        if words := [text for text in reversed(texts) if text]:
            found[position] = words
    below = rows[bottom + 1] if bottom + 1 < len(rows) else ()
    if is_unit_row(below):  # a row of its own, that is no record
        for position, cell in enumerate(below):
            if position in found and (unit := _heading_text(cell).strip("()（）")):
                found[position] = [f"{found[position][0]}（{unit}）", *found[position][1:]]
    for words in found.values():
        if len(words) > 1 and is_unit_row(words[:1]):
            words[:2] = [f"{words[1]}（{words[0].strip('()（）')}）"]
    return bottom, found


def remembered_at(
    rows: Sequence[Sequence[object]],
    digests: Container[str],
    merged: Sequence[Merge],
    first: int | None = None,
) -> tuple[int, str] | None:
    """Return the row (from 0) whose heading is one of `digests`, and which; the row `first` is asked before others."""
    numbers = [] if first is None else [first]
    for row in [*numbers, *range(min(len(rows), FIRST_ROWS))]:
        digest = digest_at(rows, row, merged)
        if digest in digests:
            return row, digest
    return None


def digest_at(rows: Sequence[Sequence[object]], row: int, merged: Iterable[Merge] = ()) -> str:
    """Return what stands for the heading at a row (from 0), our own columns of marks and results apart."""
    _, texts = texts_at(rows, row, merged)
    own = checked_places({place: words[0] for place, words in texts.items()})
    return heading_digest(
        {
            place: "/".join(words) for place, words in texts.items()
            if place not in own and not is_mark_heading(words[0])
        }
    )  # fmt: skip


def checked_places(texts: Mapping[int, str]) -> frozenset[int]:
    """Return the places of what a check of the workbook has added: its marks, and the column 结果 before them."""
    marks = {place for place, text in texts.items() if is_check_heading(text)}
    results = {place for place, text in texts.items() if marks and text == RESULT_HEADING}
    return frozenset(marks | results)


def _add(
    heading: Heading, strengths: dict[int, int], position: int, texts: list[str], group: str,
    spellings: Spellings, own: Sequence[str],
) -> None:  # fmt: skip
    """Note what the heading `texts` of a position (lowest first) mean, read with what stands above several of them.

    The surest heading of a column is it, the others are none; two that are as sure are told.
    """
    heading.texts[position] = texts[0]
    whole = [group + texts[0], texts[0] + group] if group else []
    for text in (*whole, *texts):
        column, sure = _column_of(text, spellings, own)
        if column is not None and (sure or text not in whole):
            break
    else:
        return
    if text in texts:
        heading.texts[position] = text
    other = next((place for place, known in heading.columns.items() if known == column), None)
    if other is None or sure > strengths[other]:
        if other is not None:
            del heading.columns[other]
        heading.columns[position] = column
        strengths[position] = sure
    elif sure == strengths[other] != _LOOSE:
        heading.doubled.append((other, position))


def _heading_text(cell: object) -> str:
    try:
        return one_line(cell)
    except Refused:  # an error value or half a character names no column
        return ""


def _column_of(text: str, spellings: Spellings, own: Sequence[str] = ()) -> tuple[int | None, int]:
    """Return the index of the column that `text` names, and how surely; a column's own heading is no other's."""
    if not text or len(text) > 60:
        return None, _LOOSE
    for variant, is_exact in _variants(text):
        if is_exact and variant in own:
            return own.index(variant), _OWN
        for index, words in enumerate(spellings):
            if variant in words:
                return index, _FURTHER if is_exact else _LOOSE
    return None, _LOOSE


def _variants(text: str) -> Iterable[tuple[str, bool]]:
    key = heading_key(text)
    yield key, True
    bare = heading_key(_MARKS.sub("", _BRACKETED.sub("", normalize("NFKC", text))))
    yield bare, True
    yield _TRAILING_UNIT.sub("", key), False
    yield _LEADING_YEAR.sub("", bare), False
    yield _UNIT_AT_END.sub("", key), False


def units_in(text: str) -> list[str]:
    """Return the words of a heading or unit line that may be units: （万元）, /万元, 单位：人、万元."""
    key = plain(_SPACES.sub("、", text.strip()))
    inside = re.findall(f"[{_OPENING}]([^{_OPENING}{_CLOSING}]+)[{_CLOSING}]", key)
    inside += re.findall(f"[/:_|-]([^/:_|{_OPENING}{_CLOSING}-]+)$", key)
    if match := re.search(r"(?<!填报)(?<!填表)单位:([^:()]+)", key):
        inside.append(match[1])
    parts = [_COUNTED_IN.fullmatch(part) for part in inside]
    return [word for part in parts if part for word in re.split(r"[、,;/:]", part[1]) if word]


def units_of_heading(text: str) -> list[str]:
    """Return the units in a heading, one that it ends with among them: 营业收入 万元."""
    found = units_in(text)
    last = _UNIT_AT_END.search(plain(text))
    return [last[1]] if last and not found else found


def plain_headings(heading: Heading) -> Mapping[int, str]:
    """Return the headings as they are compared, to know a repeated heading row again."""
    return {position: plain(text) for position, text in heading.texts.items()}
