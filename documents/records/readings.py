"""How names are read: the pinyin of companies, places and people, by which they are ordered and found."""

import re
import unicodedata
from functools import lru_cache

from rules.likeness.pinyin import first_letters, syllables, syllables_of_word, words
from rules.standard_signs import standard_signs

# How a sign is read where it begins a person's name.
_SURNAMES = {
    "翟": "zhai", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "曾": "zeng", "盖": "ge",
    "朴": "piao", "种": "chong", "郇": "xun", "阚": "kan", "藏": "zang", "乜": "nie", "覃": "qin", "乐": "yue",
    "长": "chang", "缪": "miao", "尉": "wei", "逄": "pang", "佴": "nai", "员": "yun", "折": "she", "繁": "po",
    "纪": "ji", "任": "ren", "华": "hua", "燕": "yan", "应": "ying", "宁": "ning", "那": "na", "卜": "bu",
    "秘": "bi", "隗": "kui", "冼": "xian",
}  # fmt: skip
_SURNAMES_OF_TWO = {
    "长孙": ("zhang", "sun"),
    "单于": ("chan", "yu"),
    "尉迟": ("yu", "chi"),
    "万俟": ("mo", "qi"),
    "澹台": ("tan", "tai"),
    "令狐": ("ling", "hu"),
    "宇文": ("yu", "wen"),
}
# These are read so as well, in other families.
_READ_OTHERWISE = {
    "覃": "tan",
    "郇": "huan",
    "隗": "wei",
    "乐": "le",
    "盖": "gai",
    "朴": "pu",
    "长": "zhang",
    "尉": "yu",
}
_HAN = r"㐀-䶿一-鿿\U00020000-\U0003ffff"
_SIGN = re.compile(rf"[{_HAN}0-9a-z]")
_SHORT = 60  # signs of a text that is remembered

# Signs of a text in their order, each with its syllable; a letter or a digit is its own.
Reading = tuple[tuple[str, str], ...]


def fold(text: str) -> str:
    """Return `text` as it is compared: full width folded, lower case, spaces closed up, standard signs."""
    if text.isascii():
        return " ".join(text.lower().split())
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", standard_signs(text)).casefold().split())


# Names of bases, partners and people stand in many records.
_fold_short = lru_cache(maxsize=20_000)(_fold)


@lru_cache(maxsize=20_000)
def initials(text: str) -> str:
    """Return the pinyin initials of a name, e.g. 莘县 → sx; letters and digits stay as they are."""
    return "".join(fold(first_letters(standard_signs(text))).split())


def person_initials(name: str) -> str:
    """Return the initials of a person's name; surnames are read as surnames (翟 z, 解 x)."""
    return "".join(syllable[:1] for _, syllable in person_readings(name)[0]) if name else ""


@lru_cache(maxsize=20_000)
def sort_key(name: str) -> str:
    """Return the pinyin of a name, by which lists are ordered as a Chinese reader expects."""
    return fold(" ".join(syllables(standard_signs(name))))[:120]


@lru_cache(maxsize=20_000)
def reading(name: str) -> Reading:
    """Return how a name is read, sign by sign, its punctuation left out."""
    return tuple(read for word in words(fold(name)) for read in _reading_of_word(word))


@lru_cache(maxsize=50_000)
def _reading_of_word(word: str) -> Reading:
    read = syllables_of_word(word)
    if len(read) != len(word):  # a library that reads two signs as one: each by itself then
        read = tuple(syllables_of_word(sign)[0] for sign in word)
    return tuple(
        (sign, "".join(letter for letter in syllable if "a" <= letter <= "z") if sign > "z" else sign)
        for sign, syllable in zip(word, read, strict=True)
        if _SIGN.match(sign)
    )


def person_readings(name: str) -> tuple[Reading, ...]:
    """Return how a person's name is read: its surname as a surname; twice where families differ in it."""
    read = reading(name)
    if not read:
        return (read,)
    sign = read[0][0]
    if both := _SURNAMES_OF_TWO.get("".join(one for one, _ in read[:2])):
        return (tuple((one, syllable) for (one, _), syllable in zip(read, both, strict=False)) + read[2:],)
    ways = [_SURNAMES.get(sign, read[0][1])]
    if sign in _READ_OTHERWISE:
        ways.append(_READ_OTHERWISE[sign])
    return tuple(((sign, way), *read[1:]) for way in ways)
