"""Search tokens of our own, since $text does not cut Chinese.

A text is folded (NFKC, lower case) and cut into runs: Chinese runs give every pair of signs, short runs of letters and
digits every three, long ones that hold digits (codes, phones) their parts at a few places only, which a word reaches by
its own parts. A name is read besides: each sign gives one token of the initials from there on and its syllable
(`hyj'heng`), so that initials, full pinyin and both mixed are ranges of one index. What begins a name has tokens of its
own (`^`), for the order of what is found (`ranking.py`).
Counties and bases are not copied into tokens: a record names them by one token each, and a word is asked of them first.
What a token cannot decide is checked against the text, which also holds how names are read: 丰feng创chuang.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from bson import Regex

from documents.records.readings import Reading, fold, initials, person_initials, reading, sort_key
from documents.records.readings import person_readings as _person_readings
from rules.counties import Counties, office_counties

__all__ = ["fold", "index_fields", "initials", "person_initials", "query", "scoped_fields", "sort_key"]

_HAN = r"㐀-䶿一-鿿\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{_HAN}]+|[0-9a-z]+")
_TYPED = re.compile(rf"[{_HAN}0-9a-z]+")
_LETTERS = re.compile(r"[0-9a-z]+")
_SPACED_LETTERS = re.compile(r"(?<=\b[0-9a-z]) (?=[0-9a-z]\b)")
_SYLLABLE = re.compile(r"(?:[zcs]h?|[bpmfdtnlgkhjqxryw])?(?:[aeiouv]{1,3}(?:ng?|r)?)?|[0-9]")
_MOST_WORDS = 8
_MOST_LENGTH = 60
_LONG_RUN, _FEW_DIGITS = 6, 4  # a run of so many signs, so many of them digits, is a code or a phone
# Signs of a code's token; the fewest that are looked for inside a code; how far apart tokens begin. So any six signs
# of a code find it, and fewer from its beginning and its end.
_PART, _LEAST_PART, _STEP = 8, 4, 3
_BEGINNING = 12  # signs of a token of what begins a name
_MOST_REMEMBERED = 20_000  # texts whose tokens are remembered

# Each line of `search_text` begins with what it is of; texts are folded, so that no text holds a capital.
NAME, NAME_READ, PERSON, PERSON_READ, TEXT, RELATED, RELATED_READ = "N", "R", "P", "Q", "C", "B", "S"
# Tokens for what begins with the words of a county and a base.
_OF_COUNTY, _OF_REFERRED = "@", "&"

# Given a word, the ids of what a record may refer to and that the word names.
Referred = Callable[[str], Iterable[Any]]


def _grams(run: str) -> list[str]:
    """Return the tokens of one run of a text."""
    if run[0].isascii():
        if len(run) >= _LONG_RUN and sum(map(str.isdigit, run)) >= _FEW_DIGITS:
            last = len(run) - _LEAST_PART  # the last four signs of a phone are often typed
            return [run[start : start + _PART] for start in (0, *range(last, 0, -_STEP))]
        return [run[start : start + 3] for start in range(len(run))]
    return [run[start : start + 2] for start in range(len(run))]


def _read_grams(read: Reading) -> Iterator[str]:
    firsts = "".join(syllable[:1] or " " for _, syllable in read)
    for place, (_, syllable) in enumerate(read):
        if syllable:
            yield f"{firsts[place : place + 3].strip()}'{syllable}"


def _as_line(read: Reading) -> str:
    return "".join(f"{sign if sign > 'z' else '·'}{syllable}" for sign, syllable in read)


def _joined(read: Reading) -> str:
    return "".join(syllable for _, syllable in read)


def own_places() -> str:
    """Return the pattern of the places that a company's name may begin with; what follows is its own name."""
    return _places_of(office_counties())


@lru_cache(maxsize=4)
def _places_of(counties: Counties) -> str:
    names = {fold(name) for county in counties for name in county.names if not name.isdigit()}
    ordered = sorted({"山东省", "山东", "聊城市", "聊城", *names}, key=lambda name: (-len(name), name))
    return "|".join(re.escape(name) for name in ordered)


@lru_cache(maxsize=4)
def _before_own_name(places: str) -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{places})|[(\[])+[)\]]?")


def own_name(name: str, places: str = "") -> str:
    """Return a folded name without the places and brackets it begins with; the whole where nothing would be left.

    `places` is the pattern of them (`own_places`), where the caller has it.
    """
    before = _before_own_name(places or own_places()).match(name)
    rest = name[before.end() :] if before else name
    return rest if len(rest) > 1 else name


def _beginnings(name: str, places: str) -> tuple[str, ...]:
    """Return the tokens of what is typed of a name from its beginning: signs, initials, pinyin."""
    own = own_name(name, places)
    read = reading(own)
    begun = (own, "".join(syllable[:1] for _, syllable in read), _joined(read))
    return tuple("^" + one[:_BEGINNING] for one in begun if one)


def index_fields(
    texts: Iterable[str | None],
    *,
    names: Iterable[str | None] = (),
    people: Iterable[str | None] = (),
    counties: Iterable[str | None] = (),
    related: Iterable[str | None] = (),
    referred: Iterable[Any] = (),
) -> dict[str, Any]:
    """Return `search_text` and `search_tokens` of a record.

    `names`, `people` and `related` (names of other records) are found by their pinyin as well, `counties` (codes) by
    every name they have, `referred` (ids of bases) by whatever finds the base.
    """
    lines: list[str] = []
    tokens: set[str] = set()
    places = own_places()
    for name in map(fold, filter(None, names)):
        line, read_tokens = _read(name)
        lines += (NAME + name, NAME_READ + line)
        tokens.update(_han_grams(name), read_tokens, _beginnings(name, places))
    for person in map(fold, filter(None, people)):
        lines.append(PERSON + person)
        tokens.update(_han_grams(person))
        for line, read_tokens in _read_person(person):
            lines.append(PERSON_READ + line)
            tokens.update(read_tokens)
    for text in map(fold, filter(None, texts)):
        lines.append(TEXT + text)
        tokens.update(_all_grams(text))
    for name in map(fold, filter(None, related)):
        line, read_tokens = _read(name)
        lines += (RELATED + name, RELATED_READ + line)
        tokens.update(_han_grams(name), read_tokens)
    tokens.update(_OF_COUNTY + code for code in counties if code)
    tokens.update(_OF_REFERRED + str(one) for one in referred)
    tokens.discard("")
    return {"search_text": "\n".join(dict.fromkeys(lines)), "search_tokens": sorted(tokens)}


# One base's entries name the same companies and partners again and again.
@lru_cache(maxsize=_MOST_REMEMBERED)
def _all_grams(text: str) -> tuple[str, ...]:
    """Return the tokens of a text."""
    return tuple(gram for run in _RUNS.findall(text) for gram in _grams(run))


@lru_cache(maxsize=_MOST_REMEMBERED)
def _han_grams(name: str) -> tuple[str, ...]:
    """Return the tokens of what is also read: its letters are tokens of its reading."""
    return tuple(gram for run in _RUNS.findall(name) if not run[0].isascii() for gram in _grams(run))


@lru_cache(maxsize=_MOST_REMEMBERED)
def _read(name: str) -> tuple[str, tuple[str, ...]]:
    """Return the line and the tokens of how a name is read."""
    read = reading(name)
    return _as_line(read), tuple(_read_grams(read))


@lru_cache(maxsize=_MOST_REMEMBERED)
def _read_person(person: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the lines and the tokens of how a person's name may be read."""
    reads = _person_readings(person)
    return tuple((_as_line(read), (*_read_grams(read), _joined(read)[:_BEGINNING])) for read in reads)


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


def words_of(words: str) -> list[str]:
    """Return the words of a search, folded.

    Words are parted by spaces. Letters and digits typed one by one, h y k j, are initials with spaces between: one
    word, where eight words of one letter would each meet nearly every record.
    """
    typed = _SPACED_LETTERS.sub("", fold(words)[: _MOST_LENGTH * 2])
    return [word for word in dict.fromkeys(typed.split(" ")) if word][:_MOST_WORDS]


def _nothing(word: str) -> Iterable[Any]:
    return ()


def query(words: str, county: str = "", referred: Referred = _nothing) -> dict[str, Any]:
    """Return the MongoDB filter for records that hold every one of `words`, in any order; {} for no words.

    A word of more than one run (a name with a bracket in it) must stand as typed.
    With a `county` they must stand in its part of a record of several counties.
    `referred` says which records a word names that others refer to: they are found by it too.
    """
    clauses: list[dict[str, Any]] = []
    for word in words_of(words):
        clauses += _clauses(word, county, referred)
    return {"$and": clauses} if clauses else {}


def any_of(words: Sequence[str]) -> dict[str, Any]:
    """Return the filter for records that hold one of these folded words at least, counties apart."""
    return {"$or": [{"$and": _own_clauses(word, "")} for word in words]}


def _clauses(word: str, county: str, referred: Referred) -> list[dict[str, Any]]:
    own, prefix = _own_clauses(word, county), _prefix(county)
    others = [prefix + _OF_COUNTY + code for code in _counties_named(word)]
    others += [f"{prefix}{_OF_REFERRED}{one}" for one in referred(word)]
    if not others:
        return own
    elsewhere = {"county_tokens" if county else "search_tokens": {"$in": others}}
    return [{"$or": [own[0] if len(own) == 1 else {"$and": own}, elsewhere]}]


def _counties_named(word: str) -> list[str]:
    """Return the codes of the counties that a word names: part of a name, or the beginning of its pinyin."""
    if not word[0].isascii():
        return [one.code for one in office_counties() if any(word in fold(name) for name in one.names)]
    return [
        one.code
        for one in office_counties()
        if any(text.startswith(word) for text in (*one.pinyin, *one.initials, *one.aliases, one.code))
    ]


def _own_clauses(word: str, county: str) -> list[dict[str, Any]]:
    tokens, prefix = ("county_tokens" if county else "search_tokens"), _prefix(county)
    runs = _RUNS.findall(word)
    if not runs:
        return [{tokens: {"$in": []}}]  # a word of signs alone is in no name
    pairs = [gram for run in runs if not run[0].isascii() and len(run) > 1 for gram in _grams(run)]
    pairs = [pair for pair in dict.fromkeys(pairs) if len(pair) == 2]
    letters = max((run for run in runs if run[0].isascii()), key=len, default="")
    clauses: list[dict[str, Any]] = []
    if pairs:
        clauses.append({tokens: {"$all": [prefix + pair for pair in pairs]}})
    elif runs == [word] and not letters:
        return [{tokens: {"$regex": "^" + re.escape(prefix + word)}}]
    elif letters:
        clauses.append({tokens: {"$in": [*_patterns_of(letters, prefix)]}})
        # The letters of 启cheng are in every name of 聊城: its sign is asked as well.
        signs = [run for run in runs if not run[0].isascii()]
        clauses += [{tokens: {"$regex": "^" + re.escape(prefix + sign)}} for sign in signs]
    else:
        clauses += [{tokens: {"$regex": "^" + re.escape(prefix + run)}} for run in runs]
    # What the tokens say by themselves needs no look at the text.
    if word not in pairs and not (word == letters and len(word) <= 3):
        text = pattern_of(word)
        own = {"$regex": rf"^{re.escape(county)}\n[\s\S]*(?:{text})"}
        clauses.append({"county_texts": own} if county else {"search_text": {"$regex": text}})
    return clauses


def _patterns_of(letters: str, prefix: str) -> Iterator[Any]:
    """Yield what tokens may be or begin with, of records that hold a run of letters and digits."""

    def begins(text: str) -> Regex[str]:
        return Regex("^" + re.escape(prefix + text))

    if len(letters) < 3:
        yield begins(letters)
        yield begins("^" + letters)
        return
    yield prefix + letters[:3]  # three of a short run
    yield begins(letters[:_PART])
    if any(map(str.isdigit, letters)):
        for step in range(1, _STEP):
            if len(letters) - step >= _LEAST_PART:
                yield begins(letters[step : step + _PART])
    for firsts, ended, syllable in dict.fromkeys(_readings_of(letters)):
        if not ended:
            yield begins(f"{firsts}'{syllable}")
        elif len(syllable) == 1:
            yield begins(firsts)
        else:
            most = 3 - len(firsts)
            yield Regex(f"^{re.escape(prefix + firsts)}[^']{{0,{most}}}'{syllable}")


def _readings_of(letters: str, known: tuple[str, ...] = ()) -> Iterator[tuple[str, bool, str]]:
    """Yield the ways in which letters may be read.

    Each is the first letters of at most three syllables, whether the word ends there, and the first syllable as typed.
    """
    for end in range(1, min(len(letters), 6) + 1):
        syllable = letters[:end]
        if end > 1 and not _SYLLABLE.fullmatch(syllable):
            continue
        so_far, rest = (*known, syllable), letters[end:]
        firsts = "".join(one[0] for one in so_far)
        if not rest:
            yield firsts, len(so_far) < 3, so_far[0]
        elif rest[0] in "iuv" and end > 1:
            continue  # no syllable begins so, and letters of a foreign name stand one by one
        elif len(so_far) == 2:
            yield firsts + rest[0], False, so_far[0]
        else:
            yield from _readings_of(rest, so_far)


def pattern_of(word: str) -> str:
    """Return the pattern of a folded word in `search_text`: as typed, or as names are read."""
    literal = re.escape(word)
    read = read_pattern_of(word)
    return f"{literal}|{read}" if read else literal


def read_pattern_of(word: str) -> str:
    """Return the pattern of a word in a line that tells how a name is read; "" for a word that is not read.

    Letters follow one another in a syllable, or the next begins the next sign: so both fengchuang and fc are in
    丰feng创chuang, and so is what is mixed.
    """
    if not _TYPED.fullmatch(word) or not any(sign.isascii() for sign in word):
        return ""
    sign_before = r"[^a-z0-9\n]"
    parts: list[str] = []
    before = ""
    for sign in word:
        if not sign.isascii():
            parts.append(("[a-z]*" if before else "") + sign)
        elif not before:
            parts.append(sign_before + sign)
        elif before.isalpha() and before.isascii() and sign.isalpha():
            parts.append(f"(?:[a-z]*{sign_before})?{sign}")
        else:
            parts.append(f"[a-z]*{sign_before}{sign}")
        before = sign
    return "".join(parts)


def text_of_name(name: str) -> str:
    """Return what `search_text` would hold of a name, without marks."""
    return f"{fold(name)}\n{_as_line(reading(name))}"


def holds(word: str, text: str) -> bool:
    """Tell whether a `search_text` holds a folded word."""
    return re.search(pattern_of(word), text) is not None
