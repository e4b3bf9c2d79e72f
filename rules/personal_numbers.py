"""Personal numbers in a text: identity cards, telephones, bank cards, e-mail; where they stand and how they are masked.

Nothing published carries a person's number unseen (Art. 12 publishes names of bases, never of people's cards). What
looks like one and is none must stay quiet: unified social credit codes, document and certificate numbers, dates,
amounts.
Sources: GB 11643-1999 (identity numbers), ISO/IEC 7812-1 (Luhn), GB 32100-2015 (credit codes).
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date

from stdnum import luhn
from stdnum.cn import uscc

from rules.choices import Choice
from rules.words import N_

MASK = "****"  # in the place of what is hidden
_LONG, _MIDDLE = 11, 5  # characters from which more of a text is shown
_CONTEXT = 12  # characters on each side by which a person knows the place


class PersonalKind(Choice):
    """What a number is of."""

    IDENTITY = "identity", N_("Identity card number"), "身份证号码"
    BANK_CARD = "bank-card", N_("Bank card number"), "银行卡号"
    MOBILE = "mobile", N_("Mobile telephone"), "手机号码"
    TELEPHONE = "telephone", N_("Fixed telephone"), "固定电话"
    EMAIL = "email", N_("E-mail"), "电子邮箱"


@dataclass(frozen=True)
class PersonalNumber:
    """One number in a text: what it is of, from `start` to before `end`; `value` as it is compared."""

    kind: PersonalKind
    start: int
    end: int
    written: str  # as it stands in the text
    value: str  # digits alone, or the address in lower case
    before: str = ""  # some of the text on either side
    after: str = ""

    @property
    def masked(self) -> str:
        """The number as it may be shown: 138****1234."""
        return _MASKS[self.kind](self.value)


def masked(text: str) -> str:
    """Return any personal text with its middle hidden: 138****1234, 张**, a***@mail.example; "" stays.

    How long it is is not told either.
    """
    name, at, host = text.partition("@")
    if at:
        return f"{name[:1]}{MASK}@{host}"
    if len(text) >= _LONG:
        return f"{text[:3]}{MASK}{text[-4:]}"
    ends = text[-1:] if len(text) >= _MIDDLE else ""
    return f"{text[:1]}{MASK}{ends}" if text else ""


def masked_file(name: str) -> str:
    """Return the name of a file with its middle hidden and its ending shown: 张****.pdf."""
    stem, dot, ending = name.rpartition(".")
    return f"{masked(stem)}{dot}{ending}" if stem else masked(name)


def find_personal_numbers(text: str, allowed: Collection[str] = ()) -> tuple[PersonalNumber, ...]:
    """Return the personal numbers of a text in its order; not those whose `value` is among the `allowed`.

    Full-width figures, invisible signs and single spaces or hyphens between the figures hide nothing.
    """
    plain, places = _plain(text)
    taken: list[tuple[int, int]] = []
    numbers = []
    for kind, first, last, value in _candidates(plain):
        if any(first < end and start < last for start, end in taken):
            continue
        taken.append((first, last))
        if value in allowed:
            continue
        start, end = places[first], places[last - 1] + 1
        before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
        numbers.append(PersonalNumber(kind, start, end, text[start:end], value, before, after))
    return tuple(sorted(numbers, key=lambda number: number.start))


def values_in(*texts: str, kinds: Collection[PersonalKind] = tuple(PersonalKind)) -> frozenset[str]:
    """Return the values of the numbers that texts hold, a telephone without its area code among them."""
    numbers = (number for text in texts for number in find_personal_numbers(f"电话：{text}"))
    return frozenset(number.value for number in numbers if number.kind in kinds)


def without_numbers(
    text: str, put: Callable[[PersonalNumber], str | None], allowed: Collection[str] = ()
) -> str:
    """Return the text with each number replaced by what `put` returns; None leaves it."""
    parts, at = [], 0
    for number in find_personal_numbers(text, allowed):
        instead = put(number)
        if instead is not None:
            parts += [text[at : number.start], instead]
            at = number.end
    return "".join((*parts, text[at:]))


def mask_all(text: str, allowed: Collection[str] = ()) -> str:
    """Return the text with every personal number masked."""
    while find_personal_numbers(text, allowed):  # a mask may end one that was hidden by another
        text = without_numbers(text, lambda number: number.masked, allowed)
    return text


# --- How a text is read --------------------------------------------------------------------------

_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−－﹣·•"), "-")


def _plain(text: str) -> tuple[str, list[int]]:
    """Return the text in half-width signs without invisible ones, and where each of its signs stands in the text."""
    signs, places = [], []
    for place, sign in enumerate(text):
        if unicodedata.category(sign) == "Cf":
            continue
        folded = unicodedata.normalize("NFKC", sign)
        folded = folded if len(folded) == 1 else sign
        signs.append(" " if folded.isspace() and folded not in "\r\n" else folded.translate(_HYPHENS))
        places.append(place)
    return "".join(signs), places


_Candidate = tuple[PersonalKind, int, int, str]


def _candidates(plain: str) -> Iterator[_Candidate]:
    """Return what may be a number of a person, the surest kind first: kind, first and last place, value."""
    for place in _EMAIL.finditer(plain):
        yield PersonalKind.EMAIL, place.start(), place.end(), re.sub(r"\s", "", place[0]).casefold()
    for kind, pattern, is_real in _PATTERNS:
        match = pattern.search(plain)
        while match:
            value = _digits(match["n"])
            at = match.start() + 1  # what is none may hide one that begins within it
            if is_real(value, match["n"]):
                yield kind, match.start("n"), match.end("n"), value
                at = match.end()
            match = pattern.search(plain, at)
    for place in _TELEPHONE.finditer(plain):
        yield PersonalKind.TELEPHONE, place.start(), place.end(), _with_zero(_digits(place[0]))
    for place in _SHORT_TELEPHONE.finditer(plain):
        yield PersonalKind.TELEPHONE, place.start("n"), place.end("n"), _digits(place["n"])


def _digits(written: str) -> str:
    return re.sub(r"[^0-9X]", "", written.upper())


def _with_zero(digits: str) -> str:
    """Return a fixed telephone as it is dialled at home, whatever country code stands before it."""
    at_home = re.sub(r"^(?:00)?86(?=0?[1-9])", "", digits)
    return at_home if at_home.startswith("0") else f"0{at_home}"


def _spaced(count: str) -> str:
    """Return the pattern of that many further figures, each after a single space or hyphen at most."""
    return rf"(?:[ -]?[0-9]){{{count}}}"


# A decimal is none; “1.” before a number is that of a line.
_NOT_AFTER_FIGURE = r"(?<![0-9])(?<!^0\.)(?<![^0-9]0\.)"
_NOT_BEFORE_FIGURE = r"(?![0-9])(?!\.[0-9])"


# --- Identity cards ------------------------------------------------------------------------------

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# GB/T 2260: the first two digits of a division; 9 stands for a foreigner's card for permanent residence.
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)


def _is_identity(value: str, written: str) -> bool:
    if len(value) == 15:
        return (
            value[:2] in _PROVINCES
            and _is_day(f"19{value[6:12]}")
            and (_groups(written) in ((15,), (6, 6, 3)) or set(_groups(written)) == {1})
        )
    if value[0] == "9":  # as a credit code begins too
        return _has_check(value) and _is_day(value[6:14]) and not uscc.is_valid(value)
    return value[:2] in _PROVINCES and _has_check(value) and _is_day(value[6:14])


def _has_check(value: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, value[:17], strict=True))
    return _CHECKS[total % 11] == value[17]


def _is_day(digits: str) -> bool:
    try:
        return 1900 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year < 2040
    except ValueError:
        return False


def _groups(written: str) -> tuple[int, ...]:
    """Return how many figures stand together, by single spaces and hyphens."""
    return tuple(len(group) for group in re.split(r"[ -]", written))


# --- Bank cards ----------------------------------------------------------------------------------

# What cards begin with, by length: UnionPay, older numbers of the large banks, Visa, MasterCard, JCB, American Express
# (but for what divisions of Shandong begin with), Diners.
_CARD = re.compile(
    r"62[0-9]{14,17}|(?:60|68)[0-9]{14,17}|955[0-9]{13,16}|103[0-9]{16}|4[0-9]{12}(?:[0-9]{3}(?:[0-9]{3})?)?"
    r"|5[1-5][0-9]{14}|2[2-7][0-9]{14}|35[0-9]{14}|34[0-9]{13}|37[2-9][0-9]{12}|3[68][0-9]{12}"
)


def _is_bank_card(value: str, written: str) -> bool:
    if not _CARD.fullmatch(value) or not luhn.is_valid(value) or len(set(value)) < 3:
        return False
    groups = _groups(written)
    # In one run, in groups of three and more as cards print them, or figure by figure; a row of amounts is none.
    return set(groups) == {1} or (all(size >= 3 for size in groups[:-1]) and groups[0] >= 4)


# --- Telephones ----------------------------------------------------------------------------------

_MOBILE_GROUPS = frozenset(
    {(11,), (3, 4, 4), (4, 4, 3), (4, 3, 4), (3, 8), (7, 4), (3, 3, 5), (5, 6), (6, 5)}
)


def _is_mobile(value: str, written: str) -> bool:
    groups = _groups(written)
    return groups in _MOBILE_GROUPS or set(groups) == {1}


_AREA = r"(?:10|2[0-9]|[3-9][0-9]{2})"
_NUMBER = r"[2-8](?:[0-9]{6,7}|[0-9]{2,3}[ -][0-9]{4}|(?:[ -][0-9]){6,7})"
_TELEPHONE = re.compile(
    _NOT_AFTER_FIGURE
    + rf"(?:(?:(?:\+|00)86[ -]?|86[ -])\(?0?{_AREA}\)?|\(0{_AREA}\)|0{_AREA}) ?-? ?{_NUMBER}"
    + _NOT_BEFORE_FIGURE
)
# Without its area code a number is a telephone only where the text says so.
_SHORT_TELEPHONE = re.compile(
    rf"(?:电话|座机|固话|传真|[Tt][Ee][Ll]|[Ff][Aa][Xx])(?:号码)?[)\s]*(?:为|是)?[:.]?\s*(?P<n>{_NUMBER})"
    + _NOT_BEFORE_FIGURE
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64} ?@ ?"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)

_NOT_WITHIN = r"(?<![0-9A-Za-z])(?<!^0\.)(?<![^0-9]0\.)"
_PATTERNS: tuple[tuple[PersonalKind, re.Pattern[str], Callable[[str, str], bool]], ...] = tuple(
    (kind, re.compile(pattern), is_real)
    for kind, pattern, is_real in (
        (
            PersonalKind.IDENTITY,
            rf"{_NOT_AFTER_FIGURE}(?P<n>[1-9]{_spaced('16')}[ -]?[0-9Xx])(?![0-9A-Za-z])",
            _is_identity,
        ),
        (
            PersonalKind.BANK_CARD,
            rf"{_NOT_WITHIN}(?P<n>[2-9]{_spaced('12,18')}|1{_spaced('18')}){_NOT_BEFORE_FIGURE}",
            _is_bank_card,
        ),
        (
            PersonalKind.IDENTITY,
            rf"{_NOT_WITHIN}(?P<n>[1-8]{_spaced('14')})(?![A-Za-z]){_NOT_BEFORE_FIGURE}",
            _is_identity,
        ),
        (
            PersonalKind.MOBILE,
            rf"{_NOT_AFTER_FIGURE}(?:(?:\+|00)?86[ -]?|0)?(?P<n>1[ -]?[3-9]{_spaced('9')}){_NOT_BEFORE_FIGURE}",
            _is_mobile,
        ),
    )
)


# --- Masks ---------------------------------------------------------------------------------------


def _mask_identity(value: str) -> str:
    return f"{value[:6]}{'*' * (len(value) - 10)}{value[-4:]}"


def _mask_email(value: str) -> str:
    name, _, domain = value.partition("@")
    return f"{name[:1]}***@{domain}"


_MASKS: dict[PersonalKind, Callable[[str], str]] = {
    PersonalKind.IDENTITY: _mask_identity,
    PersonalKind.BANK_CARD: lambda value: f"{value[:4]}{'*' * (len(value) - 8)}{value[-4:]}",
    PersonalKind.MOBILE: lambda value: f"{value[:3]}****{value[-4:]}",
    PersonalKind.TELEPHONE: lambda value: f"{value[:-7]}****{value[-3:]}",
    PersonalKind.EMAIL: _mask_email,
}
