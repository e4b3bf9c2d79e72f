"""Numbers as they are typed in a question: 50, 1,000, 五十, 两百, 3千万."""

import re

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_TENS = {"十": 10, "百": 100, "千": 1_000}
LARGE = {"万": 10_000, "亿": 100_000_000}
_WRITTEN = re.compile(r"(\d[\d,]*(?:\.\d+)?)([十百千]?)([万亿]?)")
_CHINESE = re.compile(r"[零〇一二三四五六七八九十两百千万亿]+")


def number_at(text: str, place: int) -> tuple[float, int] | None:
    """Return the number that stands at a place of a text, and where it ends; None where none does."""
    if found := _WRITTEN.match(text, place):
        value = float(found[1].replace(",", "")) * _TENS.get(found[2], 1) * LARGE.get(found[3], 1)
        return value, found.end()
    if found := _CHINESE.match(text, place):
        value_of_words = chinese_number(found[0])
        try:
            return None if value_of_words is None else (float(value_of_words), found.end())
        except OverflowError:  # 一亿亿亿…
            return None
    return None


def chinese_number(words: str) -> int | None:
    """Return the whole number that Chinese numerals write: 二十五, 二〇二六, 三百二; None for what is none."""
    if not words or any(sign not in _DIGITS and sign not in _TENS and sign not in LARGE for sign in words):
        return None
    if all(sign in _DIGITS for sign in words):  # said sign by sign: 二〇二六
        return int("".join(str(_DIGITS[sign]) for sign in words))
    total, part, digit, last = 0, 0, -1, 1
    for sign in words:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _TENS:
            last = _TENS[sign]
            part, digit = part + (1 if digit < 0 else digit) * last, -1
        else:
            # 亿元以上: at the beginning the word itself is one of them.
            total = (total + part + max(digit, 0) or 1) * LARGE[sign]
            part, digit, last = 0, -1, LARGE[sign]
    rest = max(digit, 0) * (last // 10 if last > 10 and "零" not in words else 1)
    return total + part + rest
