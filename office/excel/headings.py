"""The row of headings in a sheet as offices send it: titles above it, units in it, stars, line ends, two rows.

Plain functions over rows of cells; the reader and its child process share them.
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from office.excel.cell_texts import one_line
from office.excel.row_marks import is_mark_heading
from office.recognition.check_marks import RESULT_HEADING, is_check_heading
from office.recognition.recognition import heading_digest
from rules.choices import plain
from rules.errors import Refused
from schema.field import heading_key

FIRST_ROWS = 20  # the heading stands among these
_ENOUGH = 2  # fewer headings than this are a title that happens to use a column's word

_LEADING_YEAR = re.compile(r"^(\d{4}年(度|末|底)?|上年度?|本年度?)")
_TRAILING_UNIT = re.compile(r"[/:_\-|].*$")
_OTHER_BRACKETS = re.compile(r"[\[【〔<{].*$")
_MARKS = re.compile(r"[★☆●○▲△◆※#＊*:：]|必填")

Merge = tuple[tuple[int, int], tuple[int, int]]  # first and last cell, rows and columns from 0
Spellings = Sequence[frozenset[str]]


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
    rows: Sequence[Sequence[object]], spellings: Spellings, merged: Iterable[Merge] = ()
) -> Heading | None:
    """Return the row of headings: among the first rows the one that names most columns, the upper one of two equal.

    None when no row names two. `merged` tells where a heading covers more rows than one.
    """
    best, most = None, _ENOUGH - 1
    for number, row in enumerate(rows[:FIRST_ROWS]):
        named = {
            match for cell in row if (match := _column_of(_heading_text(cell), spellings)[0]) is not None
        }
        if len(named) > most:
            best, most = number, len(named)
    return None if best is None else heading_at(rows, best, spellings, merged)


def score(heading: Heading | None) -> int:
    """Return how many columns the heading names; 0 without a heading."""
    return len(heading.columns) if heading else 0


def heading_at(
    rows: Sequence[Sequence[object]], row: int, spellings: Spellings, merged: Iterable[Merge] = ()
) -> Heading:
    """Return what the row (from 0) says as a heading, though it may name no column; `row` is one of `rows`."""
    bottom, texts = texts_at(rows, row, merged)
    heading = Heading(row, bottom)
    loose: set[int] = set()
    for position, words in texts.items():
        _add(heading, loose, position, words, spellings)
    return heading


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


def _add(heading: Heading, loose: set[int], position: int, texts: list[str], spellings: Spellings) -> None:
    """Note what the heading `texts` of a position (lowest first) mean; an exact spelling beats a loose one."""
    if not texts:
        return
    found = [(_column_of(text, spellings), text) for text in texts]
    (column, exact), text = next((item for item in found if item[0][0] is not None), found[0])
    heading.texts[position] = text
    if column is None:
        return
    other = next((place for place, known in heading.columns.items() if known == column), None)
    if other is None or (exact and other in loose):
        if other is not None:
            del heading.columns[other]
        heading.columns[position] = column
        if not exact:
            loose.add(position)
    elif exact:
        heading.doubled.append((other, position))


def _heading_text(cell: object) -> str:
    try:
        return one_line(cell)
    except Refused:  # an error value or half a character names no column
        return ""


def _column_of(text: str, spellings: Spellings) -> tuple[int | None, bool]:
    """Return the index of the column that `text` names, and whether it is spelled exactly as declared."""
    if not text or len(text) > 60:
        return None, False
    for variant, exact in _variants(text):
        for index, words in enumerate(spellings):
            if variant in words:
                return index, exact
    return None, False


def _variants(text: str) -> Iterable[tuple[str, bool]]:
    key = heading_key(text)
    yield key, True
    bare = heading_key(_MARKS.sub("", _OTHER_BRACKETS.sub("", text)))
    yield bare, True
    yield _TRAILING_UNIT.sub("", key), False
    yield _LEADING_YEAR.sub("", bare), False


def units_in(text: str) -> list[str]:
    """Return the words of a heading or unit line that may be units: （万元）, /万元, 单位：人、万元."""
    key = plain(text)
    inside = re.findall(r"[\(\[【〔]([^()\[\]【】〔〕]+)[\)\]】〕]", key) + re.findall(
        r"[/:]([^/:()\[\]]+)$", key
    )
    if match := re.search(r"(?<!填报)(?<!填表)单位:([^:()]+)", key):
        inside.append(match[1])
    return [word for part in inside for word in re.split(r"[、,;/:]", part.removeprefix("单位:")) if word]


def plain_headings(heading: Heading) -> Mapping[int, str]:
    """Return the headings as they are compared, to know a repeated heading row again."""
    return {position: plain(text) for position, text in heading.texts.items()}
