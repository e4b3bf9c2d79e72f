"""Counts and amounts as cells and form fields bring them: 1,234.50, full width, with a unit at the end.

Amounts are kept to four decimals, rounded half up: one yuan in a column of 万元. Formulas in the
offices' sheets leave longer tails that mean nothing, so they are rounded, not refused.
"""

import math
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from office.excel.cell_texts import folded, refuse
from rules.words import N_
from schema.field import Field, Kind

# What a clerk writes where there is nothing to write.
NOTHING = frozenset(
    {
        "-",
        "--",
        "—",
        "——",
        "–",
        "/",
        "//",
        "\\",
        "...",
        "……",
        "…",
        "无",
        "无。",
        "暂无",
        "空",
        "(空)",
        "空白",
        "(空白)",
        "N/A",
        "NULL",
        "(NULL)",
    }
)

_MONEY = {
    "元": 1, "¥": 1, "rmb": 1, "圆": 1, "元整": 1, "人民币元": 1, "千元": 10**3,
    "万": 10**4, "万元": 10**4, "万元整": 10**4,
    "百元": 100, "百万": 10**6, "百万元": 10**6, "千万": 10**7, "千万元": 10**7, "亿": 10**8, "亿元": 10**8, "w": 10**4,
    "元人民币": 1, "万元人民币": 10**4, "亿元人民币": 10**8,
}  # fmt: skip
_AREA = {
    "平方米": 1,
    "平米": 1,
    "平方": 1,
    "m2": 1,
    "公顷": 10**4,
    "万平方米": 10**4,
    "万平米": 10**4,
    "万m2": 10**4,
}
_PEOPLE = {"人": 1, "名": 1, "位": 1, "个": 1, "千人": 10**3, "万人": 10**4}
_COMPANY_TIMES = {"家次": 1, "家": 1, "户": 1, "户次": 1, "次": 1, "个": 1, "家企业": 1}
_PERSON_TIMES = {"人次": 1, "人": 1, "名": 1, "次": 1, "万人次": 10**4}

_NO_NUMBER = N_("“%(value)s” is not a number; please give one in figures, such as 12.")
_YUAN_OR = N_(
    "“%(value)s” does not say whether it is in 元 or in %(unit)s; please write the unit behind the number, like"
    " 500万元."
)
_PERCENT = frozenset({"%", "‰", "个百分点"})
# The units that a cell may carry, by the unit of its column, with their sizes.
_FAMILIES: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "元": _MONEY,
        "万元": _MONEY,
        "平方米": _AREA,
        "人": _PEOPLE,
        "家次": _COMPANY_TIMES,
        "人次": _PERSON_TIMES,
    }
)

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<currency>¥|￥|rmb|人民币)?(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?P<power>[eE][+-]?\d+)?(?P<unit>\D*(?:m2)?)",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"^[(\[](.*)[)\]]$")
_FOUR_DECIMALS = Decimal("0.0001")
# Excel and a double hold 15 digits: whole numbers up to there, amounts with four decimals behind eleven.
_TOO_LARGE = {Kind.INTEGER: Decimal(10**15), Kind.DECIMAL: Decimal(10**11)}


def unit_of(column: Field) -> str:
    """Return the office's word for the column's unit, as its heading has it in brackets; '' if it has none."""
    match = re.search(r"（([^（）]+)）$", column.heading)
    return match[1] if match and (match[1] in _FAMILIES or match[1] == column.unit) else ""


def _sizes(column: Field) -> Mapping[str, int]:
    unit = unit_of(column)
    return _FAMILIES.get(unit) or ({unit: 1} if unit else {})


def knows_unit(column: Field, word: str) -> bool:
    """Tell whether `word` is a unit that numbers of the column may carry."""
    return word in _sizes(column)


def other_unit(column: Field, word: str) -> str:
    """Return `word` when it is a unit of the column's kind but of another size, else ''."""
    sizes = _sizes(column)
    return word if word in sizes and sizes[word] != sizes[unit_of(column)] else ""


def number_of(value: object, column: Field) -> int | float | None:
    """Return the count or amount in the column's own unit, None when blank; refused when it is neither."""
    if isinstance(value, float) and 0 <= value < 1e11 and value == round(value, 4):
        if column.kind is Kind.DECIMAL:
            return value + 0.0  # -0.0 becomes 0.0
        if value.is_integer():
            return int(value)
    number = _decimal(value, column)
    if number is None:
        return None
    if column.kind is not Kind.INTEGER and number < 10**20:
        number = number.quantize(_FOUR_DECIMALS, ROUND_HALF_UP)
    if number < 0:
        refuse(N_("“%(value)s”: the number may not be negative."), value=_shown(value))
    if number >= _TOO_LARGE[column.kind]:
        refuse(N_("“%(value)s”: the number is too large."), value=_shown(value))
    if column.kind is not Kind.INTEGER:
        return float(number)
    if number != number.to_integral_value():
        refuse(N_("“%(value)s” is not a whole number."), value=_shown(value))
    return int(number)


def _decimal(value: object, column: Field) -> Decimal | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not math.isfinite(value):
            refuse(_NO_NUMBER, value=value)
        return Decimal(repr(value))
    text = folded(value).replace("−", "-").strip("'`’")
    if not text or text.upper() in NOTHING:
        return None
    match = _NUMBER.fullmatch(text) if len(text) <= 60 else None
    if match is None:
        refuse(_NO_NUMBER, value=_shown(value))
    power = int((match["power"] or "e0")[1:])
    if power > 30:
        refuse(N_("“%(value)s”: the number is too large."), value=_shown(value))
    number = Decimal(match["sign"] + match["digits"].replace(",", "")).scaleb(max(power, -60))
    unit = match["unit"].casefold()
    if match["currency"]:
        _check_currency(unit, column, value)
    return number * _size(unit, column, value)


def _check_currency(unit: str, column: Field, value: object) -> None:
    """Refuse an amount of money in a column of none, and one without its unit in a column that is not in 元.

    ¥5000000 below 万元 may be 500 or 5,000,000 of them: only the clerk knows.
    """
    own = unit_of(column)
    if own and _sizes(column) is not _MONEY:
        refuse(N_("“%(value)s”: the unit is not understood; please give the number in %(unit)s."),
               value=_shown(value), unit=own)  # fmt: skip
    if own not in ("", "元") and not unit:
        refuse(_YUAN_OR, value=_shown(value), unit=own)


def _size(unit: str, column: Field, value: object) -> Decimal:
    """Return by what to multiply a number with `unit` so that it is in the column's own unit."""
    if not unit:
        return Decimal(1)
    own = unit_of(column)
    units = _sizes(column)
    unit = _IN_BRACKETS.sub(r"\1", unit)
    if unit not in units:
        if unit in _PERCENT:
            if own:
                refuse(N_("“%(value)s” is a percentage; please give the number in %(unit)s. If it is none, let the "
                          "cell be shown as a plain number."), value=_shown(value), unit=own)  # fmt: skip
            refuse(N_("“%(value)s” is a percentage; please give the number itself. If it is none, let the cell be "
                      "shown as a plain number."), value=_shown(value))  # fmt: skip
        if own:
            refuse(N_("“%(value)s”: the unit is not understood; please give the number in %(unit)s."),
                   value=_shown(value), unit=own)  # fmt: skip
        refuse(_NO_NUMBER, value=_shown(value))
    return Decimal(units[unit]) / Decimal(units[own])


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
