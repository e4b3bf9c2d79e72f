"""Numbers as legal texts write them: 30, 3,000, 三十, 三千, 百分之二十, 二〇二六."""

import re

from rules.rule_sets.articles import numeral_value

# A number in figures or in Chinese numerals, for use inside patterns.
NUMERAL = r"\d[\d,，]*|[零〇一二两三四五六七八九十百千万]+"
_PLAIN = str.maketrans(
    {
        "〇": "0",
        "○": "0",
        "零": "0",
        **{sign: str(place) for place, sign in enumerate("一二三四五六七八九", 1)},
    }
)
_FIGURES = re.compile(r"\d[\d,，]*")


def number_of(text: str) -> int:
    """Return the number that a text says. ValueError for anything else."""
    plain = text.strip()
    if _FIGURES.fullmatch(plain):
        return int(plain.replace(",", "").replace("，", ""))
    high, _, low = plain.rpartition("万")
    thousands, _, rest = low.rpartition("千")
    total = number_of(high) * 10_000 if high else 0
    total += (numeral_value(thousands) * 1000) if thousands else 0
    if rest:
        total += numeral_value(rest)
    if not total and plain not in ("零", "〇"):
        raise ValueError(text)
    return total


def digits_of(text: str) -> str:
    """Return a year written sign by sign in figures: 二〇二六 → 2026."""
    return text.strip().translate(_PLAIN)
