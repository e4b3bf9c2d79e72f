"""Which rows of a sheet are no records: blank ones, totals, signatures and notes below the table, repeated headings."""

import re
from collections.abc import Collection, Mapping, Sequence

from office.excel.cell_texts import as_text
from rules.choices import plain

_TOTAL = re.compile(
    r"(本页|本表|全[市县区]|[一二三四]季度)?(合计|总计|小计|共计|累计)(数|\(.*\))?([::]?[\d.,、]*(家|户|人|个|条|万元|元)?)*"
)
_FOOTER = re.compile(
    r"(单位|部门)?(填报人|填表人|制表人?|审核人?|复核人?|经办人|负责人|主管领导|分管领导|联系人|联系电话|填报单位|填报时间|填报日期|"
    r"填表时间|填表日期|制表时间|制表日期|报送时间|日期|注|备注|说明|填表说明|填报说明|附注|盖章|公章)(\(.*?\))?([::].*|$)"
    r"|\((单位)?(盖章|公章|签字)\)"
)


def is_blank(cells: Sequence[object], ignoring: Collection[int] = ()) -> bool:
    """Tell whether no cell holds anything to be seen, the positions in `ignoring` (the serial number) apart."""
    return not any(
        cell not in ("", None)
        and position not in ignoring
        and as_text(cell).strip("\ufeff\u200b \t\r\n\xa0\u3000")
        for position, cell in enumerate(cells)
    )


EXAMPLE = "示例"  # stands for the serial number of a template's rows that only show how


def skipped_as(cells: Sequence[object], *, serial: Collection[int], headings: Mapping[int, str]) -> str:
    """Return why the row is no record: blank, example, total, footer or heading; '' when it is one."""
    if is_blank(cells):
        return "blank"
    if any(str(cells[place]).strip().startswith(EXAMPLE) for place in serial if place < len(cells)):
        return "example"
    if any("计" in text and _TOTAL.fullmatch(plain(text)) for text in cells[:3] if isinstance(text, str)):
        return "total"
    first = next(cell for cell in cells if cell not in ("", None))
    if isinstance(first, str):
        if _FOOTER.fullmatch(plain(first)):
            return "footer"
        if plain(first) in headings.values() and _repeats(cells, headings):
            return "heading"
    return "blank" if is_blank(cells, serial) else ""


def _repeats(cells: Sequence[object], headings: Mapping[int, str]) -> bool:
    """Tell whether the row is the heading once more, as sheets pasted together have it."""
    filled = [
        (position, cell) for position, cell in enumerate(cells) if isinstance(cell, str) and cell.strip()
    ]
    return len(filled) > 1 and all(headings.get(position) == plain(cell) for position, cell in filled)
