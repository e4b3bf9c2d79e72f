"""Search tokens of our own, since $text does not cut Chinese.

A text is folded (NFKC, lower case) and cut into runs: Chinese runs give every pair of characters,
runs of letters and digits every three, and each run's tail gives the shorter ones, so that any part
of a name, a code or a phone is found through one multikey index. Pinyin initials are one more text.
A word longer than a gram is checked once more against the whole text, so that 甲乙丙 does not find 甲乙…乙丙.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from pypinyin import Style, lazy_pinyin, load_phrases_dict, load_single_dict

from rules.counties import office_counties

_HAN = r"㐀-䶿一-鿿\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{_HAN}]+|[0-9a-z]+")
_SPACED_LETTERS = re.compile(r"(?<=\b[0-9a-z]) (?=[0-9a-z]\b)")
_MOST_WORDS = 8
_MOST_LENGTH = 60

# Libraries misread the city's own names; 阿 is e in 东阿 and 阿胶.
load_single_dict({ord("莘"): "shēn", ord("茌"): "chí"})
load_phrases_dict(
    {
        "东阿": [["dōng"], ["ē"]],
        "阿胶": [["ē"], ["jiāo"]],
        "莘县": [["shēn"], ["xiàn"]],
        "茌平": [["chí"], ["píng"]],
        "冠县": [["guān"], ["xiàn"]],
        "高唐": [["gāo"], ["táng"]],
    }
)
_SURNAMES = {
    "翟": "z",
    "单": "s",
    "解": "x",
    "仇": "q",
    "区": "o",
    "查": "z",
    "曾": "z",
    "盖": "g",
    "朴": "p",
}


def fold(text: str) -> str:
    """Return `text` as it is compared: full width folded, lower case, spaces closed up."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@lru_cache(maxsize=20_000)
def initials(text: str) -> str:
    """Return the pinyin initials of a name, e.g. 莘县 → sx; letters and digits stay as they are."""
    return "".join(fold("".join(lazy_pinyin(text, style=Style.FIRST_LETTER))).split())


def person_initials(name: str) -> str:
    """Return the initials of a person's name; surnames are read as surnames (翟 z, 解 x)."""
    read = initials(name)
    return _SURNAMES[name[0]] + read[1:] if name and name[0] in _SURNAMES else read


@lru_cache(maxsize=20_000)
def sort_key(name: str) -> str:
    """Return the pinyin of a name, by which lists are ordered as a Chinese reader expects."""
    return fold(" ".join(lazy_pinyin(name)))[:120]


def _width(run: str) -> int:
    return 3 if run[0].isascii() else 2


def _grams(run: str) -> Iterable[str]:
    width = _width(run)
    for start in range(len(run)):
        yield run[start : start + width]


def index_fields(
    texts: Iterable[str | None],
    *,
    names: Iterable[str | None] = (),
    people: Iterable[str | None] = (),
    counties: Iterable[str | None] = (),
) -> dict[str, Any]:
    """Return `search_text` and `search_tokens` of a record.

    `names` and `people` are found by their initials as well, `counties` (codes) by every name they have.
    """
    parts = [fold(text) for text in texts if text]
    for name in filter(None, names):
        parts += [fold(name), initials(name)]
    for person in filter(None, people):
        parts += [fold(person), person_initials(person)]
    for code in counties:
        county = office_counties().by_code.get(code or "")
        if county:
            parts += [county.name, county.short, *county.pinyin, *county.initials]
    parts = list(dict.fromkeys(part for part in parts if part))
    tokens = {gram for part in parts for run in _RUNS.findall(part) for gram in _grams(run)}
    return {"search_text": "\n".join(parts), "search_tokens": sorted(tokens)}


def scoped_fields(fields: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return `county_texts` and `county_tokens` of a record of several counties, each beginning with its county.

    `fields` are what `index_fields` gives of each county's part, by the county's code.
    """
    return {
        "county_texts": [f"{county}\n{part['search_text']}" for county, part in fields.items()],
        "county_tokens": sorted(
            _prefix(county) + token for county, part in fields.items() for token in part["search_tokens"]
        ),
    }


def _prefix(county: str) -> str:
    return f"{county}:" if county else ""


def query(words: str, county: str = "") -> dict[str, Any]:
    """Return the MongoDB filter for records that hold every one of `words`, in any order; {} for no words.

    Words are parted by spaces. A word of more than one run (a name with a bracket in it) must stand as typed. Letters
    and digits typed one by one, h y k j, are initials with spaces between: one word, where eight words of one letter
    would each meet nearly every record.
    With a `county` they must stand in its part of a record of several counties.
    """
    clauses: list[dict[str, Any]] = []
    typed = _SPACED_LETTERS.sub("", fold(words)[: _MOST_LENGTH * 2])
    wanted = list(dict.fromkeys(typed.split(" ")))[:_MOST_WORDS]
    for word in filter(None, wanted):
        clauses += _clauses(word, county)
    return {"$and": clauses} if clauses else {}


def _clauses(word: str, county: str) -> list[dict[str, Any]]:
    tokens, prefix = ("county_tokens" if county else "search_tokens"), _prefix(county)
    runs = _RUNS.findall(word)
    if not runs:
        return [{tokens: {"$in": []}}]  # a word of signs alone is in no name
    clauses: list[dict[str, Any]] = []
    full = [gram for run in runs for gram in _grams(run) if len(gram) == _width(run)]
    short = [run for run in runs if len(run) < _width(run)]
    if full:
        clauses.append({tokens: {"$all": [prefix + gram for gram in dict.fromkeys(full)]}})
    else:
        clauses += [{tokens: {"$regex": "^" + re.escape(prefix + run)}} for run in short]
    if len(runs) > 1 or len(runs[0]) > _width(runs[0]):
        text = {"$regex": re.escape(word)}
        own = {"$regex": rf"^{re.escape(county)}\n[\s\S]*{re.escape(word)}"}
        clauses.append({"county_texts": own} if county else {"search_text": text})
    return clauses
