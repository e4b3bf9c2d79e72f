"""The county-level units of the office: the eleven of Liaocheng as shipped, and those that an office really has.

Codes are GB/T 2260 where one exists; the three development zones have none and use the office's own. Pinyin is
written by hand: libraries misread 莘, 茌 and 阿. What an administrator changed or added is stored; whoever reads it
(`documents/records/county.py`) puts it in force here, for the whole process.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from rules.choices import plain
from rules.errors import Refusal
from rules.words import N_


@dataclass(frozen=True)
class CountyFacts:
    """One county: `code`, full `name`, customary `order`, other spellings, pinyin and initials.

    `office` is the name that its office signs with; "" where it follows the office's pattern.
    """

    code: str
    name: str
    short: str
    order: int
    aliases: tuple[str, ...] = ()
    pinyin: tuple[str, ...] = ()
    initials: tuple[str, ...] = ()
    office: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that the county may be called: full name, short name, further names."""
        return tuple(dict.fromkeys((self.name, self.short, *self.aliases)))


# What the trail and a configuration's file call what is kept of a county.
LABELS: Mapping[str, str] = {
    "order": N_("Place in the order"), "name": N_("Full name"), "short": N_("Short name"),
    "aliases": N_("Further names"), "pinyin": N_("Pinyin"), "initials": N_("Initials"),
    "office": N_("Name of its office"),
}  # fmt: skip

SHIPPED: tuple[CountyFacts, ...] = (
    CountyFacts("371502", "东昌府区", "东昌府", 1, ("东昌府",), ("dongchangfu",), ("dcf",)),
    CountyFacts("371503", "茌平区", "茌平", 2, ("茌平", "茌平县", "371523"), ("chiping",), ("cp",)),
    CountyFacts("371581", "临清市", "临清", 3, ("临清",), ("linqing",), ("lq",)),
    CountyFacts("371525", "冠县", "冠县", 4, (), ("guanxian",), ("gx",)),
    CountyFacts("371522", "莘县", "莘县", 5, (), ("shenxian",), ("sx",)),
    CountyFacts("371521", "阳谷县", "阳谷", 6, ("阳谷",), ("yanggu",), ("yg",)),
    CountyFacts("371524", "东阿县", "东阿", 7, ("东阿",), ("donge",), ("de",)),
    CountyFacts("371526", "高唐县", "高唐", 8, ("高唐",), ("gaotang",), ("gt",)),
    CountyFacts(
        "kfq", "经济技术开发区", "开发区", 9, ("开发区", "经开区"), ("jingkaiqu", "kaifaqu"), ("jkq", "kfq"),
        "聊城经济技术开发区经贸发展部",
    ),
    CountyFacts(
        "gxq", "高新技术产业开发区", "高新区", 10, ("高新区",), ("gaoxinqu",), ("gxq",),
        "聊城高新技术产业开发区科技创新发展部",
    ),
    CountyFacts(
        "djq", "江北水城旅游度假区", "度假区", 11, ("度假区",), ("dujiaqu",), ("djq",),
        "聊城江北水城旅游度假区经济发展局",
    ),
)  # fmt: skip


def _key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@dataclass(frozen=True)
class Counties:
    """The counties of an office in its customary order, to be found by code and by every name."""

    all: tuple[CountyFacts, ...]

    @classmethod
    def of(cls, counties: Iterable[CountyFacts]) -> "Counties":
        """Return these counties in their order."""
        return cls(tuple(sorted(counties, key=lambda county: (county.order, county.code))))

    def __iter__(self) -> Iterator[CountyFacts]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self.all)

    @cached_property
    def by_code(self) -> Mapping[str, CountyFacts]:
        """The counties by code."""
        return {county.code: county for county in self.all}

    @cached_property
    def _by_name(self) -> Mapping[str, CountyFacts]:
        return {
            _key(word): county
            for county in self.all
            for word in (county.short, county.name, county.code, *county.aliases)
        }

    @cached_property
    def prefixes(self) -> tuple[tuple[str, str], ...]:
        """Every name as `plain` compares it, with its code, the longest first: what a base's name may begin with."""
        words = ((plain(word), county.code) for county in self.all for word in county.names)
        return tuple(
            sorted(
                ((word, code) for word, code in words if not word.isdigit()), key=lambda pair: -len(pair[0])
            )
        )

    def find(self, text: str) -> CountyFacts | None:
        """Return the county that `text` names by full name, short name, further name or code; None if it names none.

        A leading 聊城市 and inner spaces do not matter.
        """
        key = _key(text)
        return self._by_name.get(key) or self._by_name.get(key.removeprefix("山东省").removeprefix("聊城市"))


_IN_FORCE = [Counties(SHIPPED)]


def office_counties() -> Counties:
    """Return the counties of the office that this process works for; the shipped ones until its own were read."""
    return _IN_FORCE[0]


def use_counties(counties: Counties) -> None:
    """Put the office's counties in force for this process."""
    _IN_FORCE[0] = counties


# --- What may be kept of a county ----------------------------------------------------------------

LONGEST_NAME, MOST_NAMES, LAST_PLACE = 30, 20, 999
_CODE = re.compile(r"[a-z0-9]{2,12}")
_PINYIN = re.compile(r"[a-z]{1,60}")


def refusals_of_county(county: CountyFacts, others: Iterable[CountyFacts]) -> tuple[Refusal, ...]:
    """Return why a county cannot be kept beside the `others`: a word is missing, malformed, or names another one."""
    refusals = []
    if not _CODE.fullmatch(county.code):
        refusals.append(Refusal(N_("The code is 2 to 12 small letters and figures."), field="code"))
    if not 1 <= county.order <= LAST_PLACE:
        sentence = N_("The place in the order is a number from 1 to %(last)s.")
        refusals.append(Refusal(sentence, {"last": LAST_PLACE}, "order"))
    if len(county.aliases) > MOST_NAMES:
        refusals.append(Refusal(N_("No more than %(most)s further names."), {"most": MOST_NAMES}, "aliases"))
    for field in ("pinyin", "initials"):
        if not all(_PINYIN.fullmatch(word) for word in getattr(county, field)):
            refusals.append(
                Refusal(N_("Small letters without tones; several are parted by blanks."), field=field)
            )
    known = Counties.of(others)
    for field, words in (("name", (county.name,)), ("short", (county.short,)), ("aliases", county.aliases)):
        refusals += [reason for word in words if (reason := _refusal_of_name(word, field, known))]
    taken = known.find(county.code)
    if taken is not None:
        refusals.append(Refusal(_TAKEN, {"word": county.code, "county": taken.name}, "code"))
    return tuple(refusals)


_TAKEN = N_("“%(word)s” already means %(county)s.")


def _refusal_of_name(word: str, field: str, known: Counties) -> Refusal | None:
    if not plain(word):
        return Refusal(N_("Please fill in this field."), field=field)
    if len(word) > LONGEST_NAME:
        return Refusal(N_("A name has up to %(most)s characters."), {"most": LONGEST_NAME}, field)
    taken = known.find(word)
    return Refusal(_TAKEN, {"word": word, "county": taken.name}, field) if taken else None
