"""What is compared of a company, and how it is read: its name without place and legal form, and how that sounds."""

import re
import unicodedata
from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache

from rules.likeness.pinyin import syllables

_NO_SIGNS = re.compile(r"[^0-9a-z㐀-䶿一-鿿\U00020000-\U0003ffff]+")
_LEGAL_FORM = re.compile(
    "(?:股份有限责任|有限责任|股份有限|股份合作|股份|有限|集团|总)?公司|有限合伙企业|合伙企业|集团"
    "|个人独资企业|自然人独资|有限合伙$|普通合伙$|个体工商户$"
)
_CITIES = (
    "济南|青岛|淄博|枣庄|东营|烟台|潍坊|济宁|泰安|威海|日照|临沂|德州|聊城|滨州|菏泽"  # Shandong's sixteen
)
_COUNTIES = "东昌府|茌平|临清|冠县|莘县|阳谷|东阿|高唐|开发区|高新区|度假区"
_PLACE_BEFORE = re.compile(f"^(?:中国)?(?:山东省?)?(?:(?:{_CITIES})市?)?(?:(?:{_COUNTIES})(?:县|市|区)?)?")
_PLACE_BEHIND = re.compile(f"(?:山东省?|(?:{_CITIES})市?)$")
# What kind of place a region that is not listed here is: 青州市 and 青州 are one.
_PLACE_SIGN = re.compile("^(.{2,3})[市县区](?=.{3})")
# A telephone number with fewer digits is an extension, or part of one.
_LEAST_DIGITS = 7
_MOBILE_DIGITS = 11


@dataclass(frozen=True, slots=True)
class Company:
    """What is compared of a company; "" where it is not known. `base` is any value that two of one base share."""

    key: Hashable
    name: str
    code: str = ""
    base: Hashable = ""
    person: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ReadCompany:
    """A company as it is compared.

    `place` is the region before its name, without 省 and 市; `core` the name without place and legal form, `sound` the
    core in pinyin; `person_sound` the legal representative in pinyin; `phone` the last digits of the telephone number.
    """

    company: Company
    place: str
    core: str
    sound: str
    person_sound: str
    phone: str


def read(company: Company) -> ReadCompany:
    """Return a company as it is compared."""
    place, core = core_of(company.name)
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", company.phone))
    return ReadCompany(
        company,
        place.replace("省", "").replace("市", ""),
        core,
        _sound(core),
        _sound(folded(company.person)),
        digits[-_MOBILE_DIGITS:] if len(digits) >= _LEAST_DIGITS else "",
    )


def core_of(text: str) -> tuple[str, str]:
    """Return the region before a company's name, and the name without it and without its legal form."""
    name = folded(text)
    match = _PLACE_BEFORE.match(name)
    place = match.group() if match else ""
    rest = _LEGAL_FORM.sub("", name[len(place) :])
    return place, _PLACE_SIGN.sub(r"\1", _PLACE_BEHIND.sub("", rest)) or rest or name


def folded(text: str) -> str:
    """Return a text without spaces, brackets and stops, half width, in small letters."""
    return _NO_SIGNS.sub("", unicodedata.normalize("NFKC", text).casefold())


def _sound(text: str) -> str:
    """Return how a text sounds, sign by sign: it is only compared, never shown, so one reading of each will do."""
    return " ".join(map(_sound_of_sign, text))


@lru_cache(maxsize=30_000)
def _sound_of_sign(sign: str) -> str:
    return syllables(sign)[0]
