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
_CURRENCY = re.compile(r"^(?:¥|人民币|rmb)(?=.)")
_PARTING = "/_|-"
# What may stand behind a heading's brackets without making it another column's: 县（市、区）名称.
_NAMING = frozenset({"名称", "姓名", "全称"})
_A_TIME = re.compile(r"\d{4}年(?:度|[末底]|\d{1,2}月[末底]?)?|[上本当]年度?|[期年]末数?")
# What a note beside a heading makes of it, each kind by itself: another fact, a share, or a part of the whole.
_FACTS = tuple(
    re.compile(words)
    for words in (
        "(?:电话|手机|固话|座机|联系方式|传真)(?:号码?)?$", "身份证|护照|证件", "[账帐][号户]|开户|银行",
        "(?:地址|住址|住所)$", "邮箱|邮件|e-?mail|微信|qq", "[号码]$", "同比|环比|增[长幅速]|占比|比例|率$|^%$",
        "^其中", "^(?:性别|年龄|民族|学历|籍贯)$|出生",
    )
)  # fmt: skip
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


def most_known(rows: Sequence[Sequence[object]], spellings: Spellings) -> tuple[int, int]:
    """Return how many columns the row that names most of them names, and how many cells it has; (0, 0) for none."""
    found = (
        (len({_column_of(_heading_text(cell), spellings)[0] for cell in row} - {None}), len(row))
        for row in rows[:FIRST_ROWS]
    )
    return max((one for one in found if one[0]), default=(0, 0))


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
        if (
            column is not None
            and (sure or text not in whole)
            and not _is_other(texts, text, spellings[column])
        ):
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
        index = own.index(variant) if is_exact and variant in own else -1
        sure = _FURTHER if is_exact else _LOOSE
        if index < 0:
            index = next((place for place, words in enumerate(spellings) if variant in words), -1)
        else:
            sure = _OWN
        if index >= 0 and not _leaves_unread(text, spellings[index]):
            return index, sure
    return None, _LOOSE


def _is_other(texts: Sequence[str], text: str, words: frozenset[str]) -> bool:
    """Tell whether what stands below `text`, of the heading `texts` (lowest first), names another fact: 身份证号."""
    return text in texts and any(_names_other_fact(below, words) for below in texts[: texts.index(text)])


def _leaves_unread(text: str, words: frozenset[str]) -> bool:
    """Tell whether a heading that begins like a column's says something more, which makes it another.

    `words` are the column's spellings. 法定代表人（负责人）电话 and 法定代表人（身份证号） are no 法定代表人,
    营业收入（2025年）同比 is no 营业收入.
    """
    if plain(text).replace("*", "") in words:  # the column's own heading may be 负责人（电话）
        return False
    key = plain(_MARKS.sub("", normalize("NFKC", text).replace(":", "/")))
    head, inside, rest = _parted(key)
    if not inside:
        _, *behind = re.split(f"[{_PARTING}]", head)
        return any(_names_other_fact(part, words) and part not in words for part in behind)
    if any(_names_other_fact(part, words) and head + part not in words for part in inside):
        return True
    if not rest or head + rest in words or rest in _NAMING or _A_TIME.fullmatch(rest):
        return False
    unit = _UNIT_AT_END.fullmatch(rest.replace("/", ":"))
    others = {word for word in units_in(text) if _UNIT_AT_END.fullmatch(word)}
    return unit is None or bool(others - {unit[1]})


def _parted(key: str) -> tuple[str, list[str], str]:
    """Return what stands before a heading's first bracket, within its brackets, and behind and between them."""
    opened = re.search(f"[{_OPENING}]", key)
    if opened is None:
        return key, [], ""
    behind = key[opened.start() :]
    groups = re.findall(f"[{_OPENING}]([^{_OPENING}{_CLOSING}]*)(?:[{_CLOSING}]|$)", behind)
    rest = re.sub(f"[{_OPENING}][^{_OPENING}{_CLOSING}]*(?:[{_CLOSING}]|$)", "", behind)
    return key[: opened.start()], groups, rest.strip(_PARTING)


def _names_other_fact(text: str, words: frozenset[str]) -> bool:
    """Tell whether words beside a heading name a fact that the column whose spellings are `words` does not hold."""
    return any(
        part not in words and not any(fact.search(word) for word in words)
        for part in re.split(f"[、,;和及与或{_PARTING}]", plain(text))
        for fact in _FACTS
        if fact.search(part)
    )


def _variants(text: str) -> Iterable[tuple[str, bool]]:
    key = heading_key(text)
    yield key, True
    bare = heading_key(_MARKS.sub("", _BRACKETED.sub("", normalize("NFKC", text))))
    yield bare, True
    head, _, rest = _parted(plain(_MARKS.sub("", normalize("NFKC", text))))
    if rest:  # 联系人（负责人）电话
        yield head + rest, True
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
    words = [word for part in parts if part for word in re.split(r"[、,;/:]", part[1])]
    return [_CURRENCY.sub("", word) for word in words if word]


def units_of_heading(text: str) -> list[str]:
    """Return the units in a heading, one that it ends with among them: 营业收入 万元, 营业收入（2025年）元."""
    found = units_in(text)
    last = _UNIT_AT_END.search(plain(text))
    return [*found, last[1]] if last and last[1] not in found else found


def plain_headings(heading: Heading) -> Mapping[int, str]:
    """Return the headings as they are compared, to know a repeated heading row again."""
    return {position: plain(text) for position, text in heading.texts.items()}
