"""Words, lists and small tables as cells bring them: choices, yes or no, counties, names, cooperations, rows."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Never

from office.excel.cell_dates import day_of
from office.excel.cell_texts import cleaned, folded, one_line, refuse
from rules.choices import Choices, plain
from rules.counties import office_counties
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.field import ROW_SIGNS, Field, Kind, heading_key

_YES = frozenset({"有", "是", "√", "✓", "✔", "☑", "对", "已建", "y", "yes", "t", "true", "1", "on"})
_NO = frozenset(
    {"无", "否", "没有", "不是", "×", "✗", "✘", "x", "╳", "n", "no", "f", "false", "0", "off", "-", "未建"}
)

_OPENING, _CLOSING = "（([【〔《", "）)]】〕》"
# An English comma inside "Co., Ltd." parts nothing.
_LIMITED = re.compile(r"\s*(?:Ltd|Limited|Inc|LLC|Corp|Co)\b", re.IGNORECASE)

_PERIOD_BRACKETS = re.compile(
    r"^(?P<name>.*\S)\s*[（(](?P<period>[^（()）]*\d{4}[^（()）]*)[)）]$", re.DOTALL
)
_PERIOD = re.compile(
    r"自?(?P<first>[^至到起~～—–]*?)\s*(?:起?\s*(?:至|到|~|～|—+|–|--+|\s-\s)\s*(?P<last>.*?)止?|起)"
)
_HYPHEN_PERIOD = re.compile(
    r"(?P<first>\d{4}[./年]\d{1,2}(?:[./月]\d{1,2}日?)?月?)-(?P<last>\d{4}[./年].*|至今|今)?"
)
_MOST_PARTS_OF_A_WORD = 8  # 农、林、牧、渔业 has four
_LONGEST_WORD = 100
_JOINING = re.compile("[、和与及/]")
_TRADE = re.compile("(?<=..)(?:行业|业)$")
_OPEN_END = frozenset({"", "今", "至今", "现在", "长期"})


class Cooperation(NamedTuple):
    """A base by its name and the days of a cooperation with it; None where the cell names no day."""

    base: str
    first: dt.date | None = None
    last: dt.date | None = None


def choice_of(value: object, choices: Choices) -> str | None:
    """Return the code of the word, None when blank; refused with the allowed words."""
    text = one_line(value)
    if not text:
        return None
    code = _code_of(choices, text) if len(text) <= _LONGEST_WORD else None
    if code is None:
        _not_a_choice(text, choices)
    return code


@lru_cache(maxsize=4096)  # the same few words stand in every row
def _code_of(choices: Choices, text: str) -> str | None:
    member = choices.worded(text)
    if member is None:
        wanted = _loosely(text)
        near = [word for word in choices if wanted in {_loosely(each) for each in (word.zh, *word.aliases)}]
        member = near[0] if len(near) == 1 else None
    return None if member is None else str(member.value)


def _loosely(text: str) -> str:
    """Return a word without what offices leave out or write otherwise: 批发业 and 批发, 其它 and 其他, 与 and 和."""
    word = _JOINING.sub("", plain(text).replace("其它", "其他"))
    return _TRADE.sub("", word)


def choices_of(value: object, choices: Choices) -> list[str] | None:
    """Return the codes of the words, each once, None when blank; a word that contains 、 is known whole."""
    parts = _choice_parts(value)
    found: list[str] = []
    start = 0
    while start < len(parts):
        for end in range(min(len(parts), start + _MOST_PARTS_OF_A_WORD), start, -1):
            text = "、".join(parts[start:end])
            code = _code_of(choices, text) if len(text) <= _LONGEST_WORD else None
            if code is not None:
                found.append(code)
                break
        else:
            _not_a_choice(parts[start], choices)
        start = end
    return list(dict.fromkeys(found)) or None


def _choice_parts(value: object) -> list[str]:
    if isinstance(value, Sequence) and not isinstance(value, str):  # a form's several values
        value = "\n".join(str(part) for part in value)
    return [part for piece in re.split(r"[、，,;；/|\n]", cleaned(value)) if (part := piece.strip())]


def _not_a_choice(text: str, choices: Choices) -> Never:
    refuse(
        N_("“%(value)s” is not one of the allowed words: %(words)s."),
        value=text, words="；".join(word.zh for word in choices),
    )  # fmt: skip


def yes_no_of(value: object) -> bool | None:
    """Return the answer, None when blank; refused when it is neither yes nor no."""
    if isinstance(value, bool):
        return value
    text = folded(value).casefold()
    if not text:
        return None
    if text in _YES:
        return True
    if text not in _NO:
        refuse(N_("“%(value)s” is neither yes (有, 是, √) nor no (无, 否, ×)."), value=text)
    return False


def county_of(value: object) -> str | None:
    """Return the code of the county named by any of its spellings, None when blank."""
    text = one_line(value)
    if not text:
        return None
    county = office_counties().find(text)
    if county is None:
        refuse(
            N_("“%(value)s” is not one of the counties: %(words)s."),
            value=text, words="、".join(county.name for county in office_counties()),
        )  # fmt: skip
    return county.code


def names_of(value: object) -> list[str] | None:
    """Return the names of a list parted by 、，,;； or line ends outside brackets, each once; None when blank."""
    names = (one_line(part) for part in _parts(cleaned(value)))
    return list(dict.fromkeys(name for name in names if name)) or None


def cooperations_of(value: object) -> list[Cooperation] | None:
    """Return the bases of a list, each with the period in brackets after its name; None when blank.

    Refused: a period whose days cannot be read, or that ends before it begins.
    """
    found = [_cooperation(name) for part in _parts(cleaned(value)) if (name := one_line(part))]
    return found or None


def _cooperation(text: str) -> Cooperation:
    match = _PERIOD_BRACKETS.match(text)
    words = match["period"].strip() if match else ""
    period = _PERIOD.fullmatch(words) or _HYPHEN_PERIOD.fullmatch(words)
    if match is None or period is None:  # brackets that are part of the name, such as （二期）
        return Cooperation(text)
    first = day_of(period["first"])
    ending = (period["last"] or "").strip()
    last = None if ending in _OPEN_END else day_of(ending)
    if first and last and last < first:
        refuse(N_("“%(value)s”: the cooperation ends before it begins."), value=text)
    return Cooperation(match["name"], first, last)


def _parts(text: str) -> Iterator[str]:
    """Split a list of names outside brackets; a bracket never closed does not swallow the next line."""
    depth = start = 0
    for place, letter in enumerate(text):
        if letter in _OPENING:
            depth += 1
        elif letter in _CLOSING:
            depth = max(depth - 1, 0)
        elif letter == "\n" or (depth == 0 and letter in "、，,;；"):
            if letter == "," and _LIMITED.match(text, place + 1):
                continue
            depth = 0
            yield text[start:place]
            start = place + 1
    yield text[start:]


ROW_SIGN = "｜"  # between the values of one row
ROW_FAULT = N_("Row %(row)d, “%(part)s”: %(reason)s")
TOO_MANY_ROWS = N_("There are %(count)d rows; at most %(most)d are possible.")
TOO_MANY_VALUES = N_("Row %(row)d has %(count)d values, but a row is: %(parts)s.")
_PARTING = re.compile("[|｜]")
_BLANK_PART = N_("Please fill in this field.")


def rows_of(
    value: object, column: Field, read: Callable[[Field, object], Any]
) -> list[dict[str, Any]] | None:
    """Return the rows of a small table, each a mapping from sub-fields' keys to values; None when blank.

    A line is a row; its values are parted by ｜. A first line that names sub-fields tells their order. `read` reads a
    value by its sub-field. Refused with row and sub-field at fault.
    """
    lines = [line for line in cleaned(value).split("\n") if line.strip()]
    order = _named_parts(lines[0], column) if lines else None
    parts = order or column.parts
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(lines[1:] if order else lines, 1):
        texts = [text.strip() for text in _PARTING.split(line)]
        if any(texts[len(parts) :]):
            named = ROW_SIGN.join(part.heading for part in parts)
            refuse(TOO_MANY_VALUES, row=number, count=len(texts), parts=named)
        row = {}
        for place, part in enumerate(parts):
            found = _part_of(texts[place] if place < len(texts) else "", part, number, read)
            if found is not None:
                row[part.key] = found
        if row:
            _demand_filled(row, column, number)
            rows.append(row)
    if len(rows) > column.most_rows:
        refuse(TOO_MANY_ROWS, count=len(rows), most=column.most_rows)
    return rows or None


def _named_parts(line: str, column: Field) -> tuple[Field, ...] | None:
    """Return the sub-fields that a line names, in its order; None where it is a row of values."""
    by_heading = {spelling: part for part in column.parts for spelling in part.spellings}
    named = [by_heading.get(heading_key(text)) for text in _PARTING.split(line)]
    found = tuple(part for part in named if part is not None)
    return found if len(found) == len(named) == len(set(found)) else None


def _part_of(text: str, part: Field, number: int, read: Callable[[Field, object], Any]) -> Any:
    try:
        return read(part, text)
    except Refused as refused:
        reason = refused.refusals[0]
        refuse(ROW_FAULT, row=number, part=part.label, reason=reason.as_param)


def _demand_filled(row: Mapping[str, Any], column: Field, number: int) -> None:
    blank = next((part for part in column.parts if part.required and part.key not in row), None)
    if blank is not None:
        refuse(ROW_FAULT, row=number, part=blank.label, reason=Refusal(_BLANK_PART).as_param)


def rows_text(rows: Sequence[Mapping[str, Any]], column: Field) -> str:
    """Return a small table as `rows_of` reads it, a line that names the sub-fields first; "" for none."""
    lines = [ROW_SIGN.join(part_text(row.get(part.key), part) for part in column.parts) for row in rows]
    return "\n".join([ROW_SIGN.join(part.heading for part in column.parts), *lines]) if lines else ""


def part_text(value: Any, part: Field) -> str:
    """Return a value of a row as it stands in a cell of the list; "" for none."""
    if value is None:
        return ""
    if part.kind is Kind.YES_NO:
        return "有" if value else "无"
    if part.kind is Kind.DATE and isinstance(value, dt.date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if part.choices is not None:
        return next((word.zh for word in part.choices if word.value == value), str(value))
    return ROW_SIGNS.sub(" ", str(value))
