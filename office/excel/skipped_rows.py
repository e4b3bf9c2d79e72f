"""Which rows of a sheet are no records: blank ones, totals, signatures and notes below the table, repeated headings."""

import re
from collections.abc import Collection, Mapping, Sequence

from office.excel.cell_texts import as_text
from rules.choices import plain

_TOTAL = re.compile(
    r"(本页|本表|全[市县区]|[一二三四]季度)?(合计|总计|小计|共计|累计)(数|\(.*\))?[::]?"
    r"(?P<figures>([:\d.,、家户人个条元]|万元)*)"  # sign by sign: nested repeats take for ever over a long number
)
# The words of a sum with whatever is summed up before them, where nothing but numbers stands beside.
_SUM = re.compile(
    r".*(合计|总计|小计|共计|累计|汇总|总数)(数|\(.*\)|[\d.,、]*(家|户|人|个|条|万元|元)?)[::]?|计|total|sum|平均[值数]?|其中"
    r"[::]?.*",
    re.IGNORECASE,
)
_LIKE_A_SUM = re.compile("[计总汇均]|其中|total|sum", re.IGNORECASE)
_NUMBER = re.compile(r"(?!\d{11})[-+]?[\d.,、]+%?|#\S+")  # a telephone number or a code is no figure
_LONG_NUMBER = 10**10
_FOOTER = re.compile(
    r"(单位|部门)?(填报人|填表人|制表人?|审核人?|复核人?|经办人|负责人|主管领导|分管领导|联系人|联系电话|填报单位|填报时间|填报日期|"
    r"填表时间|填表日期|制表时间|制表日期|打印时间|打印日期|报送时间|日期|注|备注|说明|填表说明|填报说明|附注|盖章|公章|数据来源)"
    r"(签字|签名|签章|盖章)?(\(.*?\))?([::].*|$)"
    r"|\((单位)?(盖章|公章|签字)\)|[-—(]*(本页)?以下(空白|无正文)[-—)]*|第\d+页.*|[*※].*|[(\[【〔]注[)\]】〕].*"
    r"|\d{4}年\d{1,2}月(\d{1,2}日)?"
)
# Footers that no value in the next cell belongs to; of the others one may: 填表人, 填表日期：.
_ALONE = re.compile(r"[*※].*|\d.*|第\d.*|.*以下.*|[(\[【〔].*|.*[::].+")
# What stands between the heading and the first record: in what is counted, or the number of each column.
_UNIT = re.compile(
    r"[人名家户个次]|[家人户]次|(亿|百?万|[百千])?元|平方米|m2|亩|年月日|年[/.-]月[/.-]日|yyyy[-/.]mm[-/.]dd|%"
)
_MANY = 6  # numbers from 1 on that are not by chance those of a record
_BEGIN_NUMBERING = frozenset({1, "1", "甲", "(1)", "（1）"})
_LONGEST_UNIT = 14
_ORDINALS = "甲乙丙丁戊己庚辛壬癸"


def is_blank(cells: Sequence[object], ignoring: Collection[int] = ()) -> bool:
    """Tell whether no cell holds anything to be seen, the positions in `ignoring` (the serial number) apart."""
    return not any(
        cell not in ("", None)
        and position not in ignoring
        and as_text(cell).strip("\ufeff\u200b \t\r\n\xa0\u3000")
        for position, cell in enumerate(cells)
    )


EXAMPLE = "示例"  # stands for the serial number of a template's rows that only show how


def skipped_as(
    cells: Sequence[object],
    *,
    serial: Collection[int],
    headings: Mapping[int, str],
    read: Collection[int] | None = None,
    name: int | None = None,
) -> str:
    """Return why the row is no record: blank, example, total, footer or heading; '' when it is one.

    `read` are the places that are read into columns; None: all but the serial number. `name` is that of the names.
    """
    if is_blank(cells):
        return "blank"
    if any(str(cells[place]).strip().startswith(EXAMPLE) for place in serial if place < len(cells)):
        return "example"
    if _is_sum(cells, name):
        return "total"
    first = next(cell for cell in cells if cell not in ("", None))
    if first in _BEGIN_NUMBERING and is_numbering(cells):
        return "heading"
    if isinstance(first, str):
        if len(first) <= _LONGEST_UNIT and is_unit_row(cells):
            return "heading"
        if _FOOTER.fullmatch(plain(first)) and _is_all_footer(cells, serial, read):
            return "footer"
        if plain(first) in headings.values() and _repeats(cells, headings):
            return "heading"
    return "blank" if is_blank(cells, serial) else ""


def _is_sum(cells: Sequence[object], name: int | None) -> bool:
    """Tell whether a row sums others up: just the word for it first or as a name, else one beside only figures."""
    if name is not None and name < len(cells) and isinstance(called := cells[name], str) and "计" in called:
        total = _TOTAL.fullmatch(plain(called))
        if total and not total["figures"]:
            return True
    first = next((cell for cell in cells if isinstance(cell, str) and cell and not cell.isdigit()), "")
    if not _LIKE_A_SUM.search(first):  # as nearly all rows are
        return False
    total = _TOTAL.fullmatch(plain(first))
    if total and not total["figures"]:
        return True
    filled = (
        cell for cell in cells
        if cell not in ("", None) and not (isinstance(cell, int | float) and cell < _LONG_NUMBER)
    )  # fmt: skip
    words = [text for cell in filled if (text := plain(as_text(cell))) and not _NUMBER.fullmatch(text)]
    return len(words) == 1 and bool(total or _SUM.fullmatch(words[0]))


def _is_all_footer(cells: Sequence[object], serial: Collection[int], read: Collection[int] | None) -> bool:
    """Tell whether no cell that is read holds anything but a footer, or what the word in the cell before asks for.

    So a record keeps a first cell that might be one: a day, a name with a star, a note.
    """
    asked = False
    for place, cell in enumerate(cells):
        if cell in ("", None) or not (text := plain(as_text(cell))):
            continue
        is_footer = _FOOTER.fullmatch(text) is not None
        if not is_footer and not asked and place not in serial and (read is None or place in read):
            return False
        asked = is_footer and not _ALONE.fullmatch(text)
    return True


def is_unit_row(cells: Sequence[object]) -> bool:
    """Tell whether a row below the heading only says what its columns are counted in."""
    found = False
    for cell in cells:
        if cell in ("", None):
            continue
        if not isinstance(cell, str) or not _UNIT.fullmatch(plain(cell).strip("()")):
            return False
        found = True
    return found


def is_numbering(cells: Sequence[object]) -> bool:
    """Tell whether a row below the heading only numbers its columns: 甲, 乙, 1, 2, 3."""
    letters = numbers = 0
    for cell in cells:
        if cell in ("", None):
            continue
        text = plain(as_text(cell)).strip("()")
        if not numbers and text == _ORDINALS[letters : letters + 1]:
            letters += 1
        elif text == str(numbers + 1):
            numbers += 1
        else:
            return False
    return letters + numbers >= (3 if letters else _MANY)


def _repeats(cells: Sequence[object], headings: Mapping[int, str]) -> bool:
    """Tell whether the row is the heading once more, as sheets pasted together have it."""
    filled = [
        (position, cell) for position, cell in enumerate(cells) if isinstance(cell, str) and cell.strip()
    ]
    return len(filled) > 1 and all(headings.get(position) == plain(cell) for position, cell in filled)
