"""The shape of a table that nobody declared: what each column seems to hold, and which names a row, which a county.

A proposal, made from a sample and corrected by a person: nothing is taken by it alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from office.excel.cell_numbers import NOTHING
from office.excel.cell_texts import as_text
from office.excel.cells import parse
from rules.counties import office_counties
from rules.errors import Refused
from schema.definitions.own_fields import (
    LONGEST_LABEL,
    LONGEST_LONG_TEXT,
    LONGEST_TEXT,
    LONGEST_UNIT,
    LONGEST_WORD,
    OwnField,
    OwnKind,
    as_field,
    without_forbidden_signs,
)
from schema.field import Field, Kind, heading_key

MOST_COLUMNS = 100
SAMPLE = 400  # filled cells of a column that are looked at
_ENOUGH = 0.95  # of the filled cells: the rest will be told by the trial, row by row
_MOSTLY = 0.8  # of the rows have a name, where the heading says that it is one
_SERIAL = frozenset({"序号", "no", "no.", "#"})
_MOST_WORDS, _LEAST_TIMES = 20, 3  # a list's words come again and again
_HEADING_ROWS = 20
_UNIT = re.compile(r"^(?P<label>.+?)\s*[（(](?P<unit>[^（()）]{1,12})[)）]$")
_NAMING = re.compile(r"名称|名字|姓名|标题|题名|全称|^name$|title|subject", re.IGNORECASE)
_NO_NUMBER = re.compile(r"号|编码|代码|电话|手机|邮编|code|phone|tel|_?id$|^no\b", re.IGNORECASE)
_DAY = re.compile(r"日期|时间|年月|date|day|time|_at$|_on$", re.IGNORECASE)
_TIME = re.compile(r"\d\s*(?:[:：]|[时点](?!间))\s*\d{0,2}")
_FIGURES = re.compile(r"[+-]?[\d,.]+%?")
_LEADING_ZERO = re.compile(r"0\d")
_SENTENCE = re.compile(r"[。！？]")
_PARTS = re.compile(r"[、,，;；|]")
# Tried one after the other: what is narrower comes first.
_TRIED = (
    OwnKind.YES_NO, OwnKind.DATE, OwnKind.INTEGER, OwnKind.DECIMAL, OwnKind.PHONE, OwnKind.EMAIL, OwnKind.LINK,
)  # fmt: skip


@dataclass(frozen=True)
class ColumnShape:
    """What a column seems to hold.

    `place` is its position in the table, from 0. `filled` and `distinct` are counts of the rows looked at (`distinct`
    of the sample). `label` and `unit` are of the heading; `words` are a list's, the most frequent first; `samples` a
    few values as they stand.
    """

    place: int
    heading: str
    label: str
    unit: str
    kind: OwnKind
    filled: int
    distinct: int
    words: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()

    @property
    def is_serial(self) -> bool:
        """Whether it is a serial number, which says nothing of a row."""
        return is_serial(self.heading)


@dataclass(frozen=True)
class TableShape:
    """A table's columns, how many rows were looked at, and which column (from 0) names a row, which says its county.

    None where no column does.
    """

    columns: tuple[ColumnShape, ...]
    rows: int
    name: int | None
    county: int | None


def is_serial(heading: str) -> bool:
    """Tell whether a heading is that of a serial number, which says nothing of a row."""
    return heading_key(heading) in _SERIAL


def heading_row(rows: Sequence[Sequence[object]]) -> int | None:
    """Return which of the first rows is the heading, from 0: the first that has most different texts and no figures.

    None when no row has two texts.
    """
    best, most = None, 1
    for number, row in enumerate(rows[:_HEADING_ROWS]):
        texts = [" ".join(cell.split()) for cell in row if isinstance(cell, str)]
        named = {text for text in texts if text and not _FIGURES.fullmatch(text)}
        if len(named) > most and len(named) >= sum(cell not in (None, "") for cell in row) * 0.8:
            best, most = number, len(named)
    return best


def shape_of(headings: Sequence[object], rows: Iterable[Sequence[object]]) -> TableShape:
    """Return the shape of a table from its headings and the rows of a sample; columns without a value are left out."""
    looked_at = [list(row) for row in rows]
    columns: list[ColumnShape] = []
    seen: set[str] = set()
    counties: list[float] = []
    for place, heading in enumerate(headings[:MOST_COLUMNS]):
        text = " ".join(as_text(heading).split())
        values = [row[place] for row in looked_at if place < len(row) and _is_filled(row[place])]
        if not text or not values or heading_key(text) in seen:
            continue
        seen.add(heading_key(text))
        columns.append(_column(place, text, values))
        counties.append(_share_of_counties(values))
    best = max(range(len(columns)), key=counties.__getitem__, default=None)
    county = best if best is not None and counties[best] >= _ENOUGH else None
    for place, share in enumerate(counties):
        if place != county and share >= _ENOUGH:
            columns[place] = replace(columns[place], kind=OwnKind.COUNTY, words=())
    return TableShape(tuple(columns), len(looked_at), _naming(columns, len(looked_at), county), county)


def _is_filled(cell: object) -> bool:
    return cell is not None and bool(text := as_text(cell).strip()) and text not in NOTHING


def _share_of_counties(values: Sequence[object]) -> float:
    find = office_counties().find
    sample = values[:SAMPLE]
    return sum(isinstance(value, str) and find(value) is not None for value in sample) / len(sample)


def _column(place: int, heading: str, values: Sequence[object]) -> ColumnShape:
    sample = values[:SAMPLE]
    texts = [" ".join(as_text(value).split()) for value in sample]
    counts = Counter(texts)
    kind, words = _kind(heading, sample, texts, counts)
    label, unit = heading, ""
    if kind in (OwnKind.INTEGER, OwnKind.DECIMAL) and (matched := _UNIT.match(heading)):
        label, unit = matched["label"], matched["unit"]
        if unit in ("%", "％"):
            kind, unit = OwnKind.PERCENT, ""
    label, unit = without_forbidden_signs(label)[:LONGEST_LABEL], without_forbidden_signs(unit)[:LONGEST_UNIT]
    return ColumnShape(
        place, heading, label or "?", unit, kind, len(values), len(counts), words, tuple(counts)[:3]
    )


def _kind(
    heading: str, values: Sequence[object], texts: Sequence[str], counts: Mapping[str, int]
) -> tuple[OwnKind, tuple[str, ...]]:
    for kind in _TRIED:
        if _may_be(kind, heading, values, texts) and _share(kind, values) >= _ENOUGH:
            timed = kind is OwnKind.DATE and any(map(_has_time, values))
            return OwnKind.MOMENT if timed and _share(OwnKind.MOMENT, values) >= _ENOUGH else kind, ()
    if max(map(len, map(as_text, values))) > LONGEST_TEXT or any(
        "\n" in as_text(value).strip() for value in values
    ):
        return OwnKind.LONG_TEXT, ()
    if words := _words_of(texts, counts):
        return OwnKind.CHOICE, words
    parts = [part.strip() for text in texts for part in _PARTS.split(text) if part.strip()]
    parted = any(_PARTS.search(text) for text in texts) and not any(_SENTENCE.search(text) for text in texts)
    # Where there are more parts than whole texts, the signs part no words: 农、林、牧、渔业 is one.
    if parted and len(set(parts)) <= len(counts) and (words := _words_of(parts, Counter(parts))):
        return OwnKind.CHOICES, words
    return OwnKind.TEXT, ()


def _has_time(value: object) -> bool:
    if isinstance(value, datetime):
        return value.time() != time.min
    return isinstance(value, str) and bool(_TIME.search(value))


def _may_be(kind: OwnKind, heading: str, values: Sequence[object], texts: Sequence[str]) -> bool:
    """Tell whether a kind is worth trying: what looks like a number may be a code, a day or a yes."""
    figures = all(_FIGURES.fullmatch(text) for text in texts)
    if kind is OwnKind.YES_NO:
        return not figures and len(set(texts)) <= 4
    if kind is OwnKind.DATE:
        return not figures or bool(_DAY.search(heading))
    if kind in (OwnKind.INTEGER, OwnKind.DECIMAL):
        coded = _NO_NUMBER.search(heading) or any(_LEADING_ZERO.match(text) for text in texts)
        return not coded and not _DAY.search(heading)
    if kind is OwnKind.PHONE:
        return not figures or bool(_NO_NUMBER.search(heading))
    return True


def _share(kind: OwnKind, values: Sequence[object]) -> float:
    """Return which part of the values a field of this kind would take; 0 as soon as it cannot be enough."""
    field, refused = as_field(OwnField("", "own_a", kind, "")), 0
    allowed = len(values) * (1 - _ENOUGH)
    for value in values:
        if not _is_taken(field, value):
            refused += 1
            if refused > allowed:
                return 0
    return 1 - refused / len(values)


def _is_taken(field: Field, value: object) -> bool:
    try:
        found = parse(field, value)
    except Refused:
        return False
    # A whole number that a column of decimals brings is one; 1.5 in a column of counts is none.
    return not (field.kind is Kind.INTEGER and isinstance(value, float) and value != found)


def _words_of(texts: Sequence[str], counts: Mapping[str, int]) -> tuple[str, ...]:
    if not 1 < len(counts) <= _MOST_WORDS or len(texts) < len(counts) * _LEAST_TIMES:
        return ()
    if any(
        len(word) > LONGEST_WORD or _PARTS.search(word) or word != without_forbidden_signs(word)
        for word in counts
    ):
        return ()
    return tuple(sorted(counts, key=lambda word: (-counts[word], word)))


def _naming(columns: Sequence[ColumnShape], rows: int, county: int | None) -> int | None:
    """Return which column names a row: a text that nearly every row has and few share; best one that says so."""
    fit = [
        (bool(_NAMING.search(column.heading)), column.distinct / min(column.filled, SAMPLE), -place)
        for place, column in enumerate(columns)
        if column.kind is OwnKind.TEXT and place != county and not column.is_serial
        if column.filled >= rows * (_MOSTLY if _NAMING.search(column.heading) else _ENOUGH)
    ]
    return -max(fit)[2] if fit else None


def flat(document: Mapping[str, Any]) -> dict[str, object]:
    """Return a document of a database or of JSON as the cells of one row: `a.b` for what lies within.

    Lists of plain values are joined; what holds more than that has no cell.
    """
    cells: dict[str, object] = {}
    _flatten(document, "", cells)
    return cells


def _flatten(document: Mapping[str, Any], before: str, cells: dict[str, object]) -> None:
    for key, value in document.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping):
            if before.count(".") < 3:
                _flatten(value, f"{name}.", cells)
        elif isinstance(value, list | tuple):
            if not any(isinstance(part, Mapping | list | tuple) for part in value):
                cells[name] = "、".join(as_text(part) for part in value)
        elif isinstance(value, str):
            cells[name] = value[:LONGEST_LONG_TEXT]
        elif value is not None:
            cells[name] = value


def headings_of(documents: Iterable[Mapping[str, Any]], left_out: Iterable[str] = ()) -> list[str]:
    """Return the keys of flat documents without some, in the order in which they come first."""
    found: dict[str, None] = {}
    for document in documents:
        found.update(dict.fromkeys(flat(document)))
    without = set(left_out)
    return [key for key in found if key not in without]


def rows_of(documents: Iterable[Mapping[str, Any]], headings: Sequence[str]) -> Iterator[list[object]]:
    """Yield the row of each document under these headings."""
    for document in documents:
        cells = flat(document)
        yield [cells.get(heading) for heading in headings]


def renamed(shape: TableShape, taken: Iterable[str]) -> TableShape:
    """Return a shape whose labels are none of `taken` and no two the same."""
    used = {heading_key(text) for text in taken}
    columns = []
    for column in shape.columns:
        label, number = column.label, 2
        while heading_key(label) in used:
            label, number = f"{column.label[: LONGEST_LABEL - 3]}{number}", number + 1
        used.add(heading_key(label))
        columns.append(replace(column, label=label))
    return replace(shape, columns=tuple(columns))
