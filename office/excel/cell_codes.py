"""Codes that must stay text: the USCC, telephone numbers, document numbers.

Sources: GB 32100-2015 for the USCC (its check character by python-stdnum), GB/T 9704-2012 for
document numbers (six-angle brackets around the year, no leading zero, no 第).
"""

import re
import unicodedata
from operator import mul

from stdnum.cn import uscc

from office.excel.cell_numbers import NOTHING
from office.excel.cell_texts import cleaned, folded, one_line, refuse
from rules.words import N_

_RUINED = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_DASHES = re.compile("[‐‑‒–—―−－-]")
# Places 1-2: registering authority and kind; 3-8: GB/T 2260; 9-17: organisation code; 18: check.
_USCC_SHAPE = re.compile(r"[1-9ANY][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SIGN_VALUES = {sign: value for value, sign in enumerate(_SIGNS)}
_WEIGHTS = tuple(3**place % 31 for place in range(17))

_MOBILE = r"(?:\+?86-?)?1[3-9]\d{9}"
_GROUPED = re.compile(r"(?<!\d)(1[3-9]\d)-(\d{4})-(\d{4})(?!\d)", re.ASCII)
_LANDLINE = r"(?:(?:\+?86-?)?(?:\(0\d{2,3}\)|0\d{2,3})-?)?[2-8]\d{6,7}(?:(?:-|转)\d{1,6})?"
_SERVICE_LINE = r"[48]00-?\d{3}-?\d{4}|1\d{4}|9\d{4,7}"
_PHONE = re.compile(rf"{_MOBILE}|{_LANDLINE}|{_SERVICE_LINE}", re.ASCII)

_LINK = re.compile(
    r"https?://(?:[\w\u4e00-\u9fff-]+\.)+[\w\u4e00-\u9fff-]{2,}(?::\d{1,5})?(?:[/?#][^\s<>\"']*)?"
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]+\.)+[\w-]{2,}", re.ASCII)
_DOCUMENT = re.compile(r"([^\W\d_]{2,20})[\[〔【((［]?((?:19|20|21)\d{2})[\]〕】))］]第?0*([1-9]\d{0,5})号")


def uscc_of(value: object) -> str | None:
    """Return the 18 characters in upper case, None when blank; refused with what is wrong and what to do."""
    if isinstance(value, str) and _USCC_SHAPE.fullmatch(value) and value[-1] == _check_digit(value):
        return value  # as nearly all are
    text = _DASHES.sub("", folded(value)).strip("'`’‘").upper()
    if not text:
        return None
    if _RUINED.fullmatch(text) or (isinstance(value, (int, float)) and abs(value) >= 1e15):
        refuse(
            N_(
                "Excel has turned the code into a number and lost its last digits. "
                "Set the cell to text and type the code again."
            )
        )
    if len(text) != 18:
        refuse(
            N_("“%(value)s” has %(length)d characters; a unified social credit code has 18."),
            value=text,
            length=len(text),
        )
    if wrong := sorted(set(text) & set("IOSVZ")):
        refuse(
            N_("“%(value)s” holds the letter %(letters)s, which no unified social credit code has "
                "(I, O, S, V and Z are not used)."),
            value=text, letters=", ".join(wrong),
        )  # fmt: skip
    if not _USCC_SHAPE.fullmatch(text):
        refuse(N_("“%(value)s” is not built like a unified social credit code."), value=text)
    if text[-1] != uscc.calc_check_digit(text[:-1]):
        refuse(
            N_(
                "“%(value)s”: the last character does not match the others. Please compare the code with the licence."
            ),
            value=text,
        )
    return text


def _check_digit(code: str) -> str:
    """Return the check character that the first 17 characters give: `stdnum` says the same, more slowly."""
    total = sum(map(mul, map(_SIGN_VALUES.__getitem__, code[:-1]), _WEIGHTS))
    return _SIGNS[(31 - total) % 31]


def phone_of(value: object) -> str | None:
    """Return one or more telephone numbers as text, parted by 、; None when blank, refused when one is none."""
    if isinstance(value, str) and _PHONE.fullmatch(value):  # as nearly all are
        return value
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", cleaned(value))).strip("'`’‘ ")
    text = _GROUPED.sub(r"\1\2\3", text)
    if _RUINED.fullmatch(text):
        refuse(N_("Excel has shortened the telephone number. Set the cell to text and type it again."))
    if not text or text in NOTHING:
        return None
    return "、".join(number for part in re.split(r"[、,;/|\n]+", text) for number in _numbers(part))


def _numbers(part: str) -> list[str]:
    """Return the numbers of a part: one with spaces inside, or several parted by nothing but spaces."""
    joined = "".join(part.split())
    numbers = [joined] if _PHONE.fullmatch(joined) else part.split()
    for number in numbers:
        if not _PHONE.fullmatch(number):
            refuse(N_("“%(value)s” is not a telephone number."), value=number)
    return numbers


def link_of(value: object) -> str | None:
    """Return an address of the web with its scheme, None when blank; refused when it is none.

    Nothing but http and https: an address that is followed must not be able to run anything.
    """
    text = one_line(value)
    if not text or text in NOTHING:
        return None
    given = text if "://" in text else f"http://{text}"
    if not _LINK.fullmatch(given):
        refuse(N_("“%(value)s” is no web address; it looks like www.example.cn."), value=text)
    return given


def email_of(value: object) -> str | None:
    """Return an e-mail address, None when blank; refused when it is none."""
    text = folded(value)
    if not text or text in NOTHING:
        return None
    if not _EMAIL.fullmatch(text):
        refuse(N_("“%(value)s” is no e-mail address."), value=text)
    return text


def document_number_of(value: object) -> str | None:
    """Return 聊工信发〔2021〕133号 in the form of GB/T 9704, None when blank; refused when it is no number."""
    text = folded(value)
    if not text:
        return None
    match = _DOCUMENT.fullmatch(text)
    if match is None:
        refuse(N_("“%(value)s” is not a document number; it looks like 聊工信发〔2021〕133号."), value=text)
    return f"{match[1]}〔{match[2]}〕{match[3]}号"
