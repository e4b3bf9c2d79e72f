"""What two companies have in common, and whether that makes them one and the same.

Names that differ in a number, a quarter or a branch are not taken for slips: 一店 and 二店 are two companies.
"""

from enum import StrEnum

from rapidfuzz.distance import OSA

from rules.likeness.company import Company, ReadCompany, read

# What tells two companies of one owner apart.
_NUMBERING = frozenset("0123456789零〇一二三四五六七八九十百壹贰叁甲乙丙丁第号分总店厂部")
_QUARTERS = frozenset("东西南北中上下前后左右新老")
CODE_LENGTH = 18
# Where the organisation's own part of a unified social credit code stands (GB 32100-2015).
ORGANISATION = slice(8, 17)
# A shorter name has too little in it for a sign to be a slip.
_LEAST_CORE = 3
# One slip changes a sign of the code, and with it the check character.
_MOST_SIGNS_OF_CODE = 2


class Reason(StrEnum):
    """What two companies have in common, for the clerk who decides."""

    NAME = "name"  # apart from place, legal form and signs
    SOUND = "sound"  # names that sound the same
    SLIP = "slip"  # names one sign apart
    ORDER = "order"  # names of the same signs in another order
    LONGER = "longer"  # one name continues the other
    CODE = "code"  # one organisation, or one slip apart
    PERSON = "person"
    PHONE = "phone"
    BASE = "base"


def reasons_to_be_one(first: Company, second: Company) -> tuple[Reason, ...]:
    """Return what makes two companies likely one and the same; nothing when they are not."""
    return reasons_of_read(read(first), read(second))


def reasons_of_read(first: ReadCompany, second: ReadCompany) -> tuple[Reason, ...]:
    """Return what makes two companies that were read likely one and the same; nothing when they are not."""
    person = bool(first.person_sound) and first.person_sound == second.person_sound
    phone = bool(first.phone) and first.phone == second.phone
    base = bool(first.company.base) and first.company.base == second.company.base
    code = _codes_near(first.company.code, second.company.code)
    name = _likeness_of_names(first, second)
    if code:
        is_one = name is not None or person or phone
    else:
        is_one = _is_one_by_name(name, first, second, person=person, phone=phone, base=base)
    if not is_one:
        return ()
    shared = {Reason.CODE: code, Reason.PERSON: person, Reason.PHONE: phone, Reason.BASE: base}
    return (*((name,) if name else ()), *(reason for reason, holds in shared.items() if holds))


def _is_one_by_name(
    name: Reason | None, first: ReadCompany, second: ReadCompany, *, person: bool, phone: bool, base: bool
) -> bool:
    """Tell whether two companies with different codes are one: the less their names agree, the more else must."""
    if name is Reason.NAME:
        places_agree = not first.place or not second.place or first.place == second.place
        people_unknown = not (first.person_sound and second.person_sound)
        whole_name = first.company.name == second.company.name
        return person or phone or (places_agree and (people_unknown or whole_name))
    if name is Reason.SOUND:
        return person or phone
    if name in (Reason.SLIP, Reason.ORDER):
        if _differ_in(_QUARTERS, first.core, second.core):
            return phone and person
        return phone or (person and base)
    return name is Reason.LONGER and phone and person


def _likeness_of_names(first: ReadCompany, second: ReadCompany) -> Reason | None:
    if first.core == second.core:
        return Reason.NAME
    if first.sound == second.sound:
        return Reason.SOUND
    if _differ_in(_NUMBERING, first.core, second.core):
        return None
    if sorted(first.core) == sorted(second.core):
        return Reason.ORDER
    shorter, longer = sorted((first.core, second.core), key=len)
    if len(shorter) < _LEAST_CORE:
        return None
    if OSA.distance(shorter, longer, score_cutoff=1) <= 1:
        return Reason.SLIP
    if longer.startswith(shorter) and not _differ_in(_QUARTERS, first.core, second.core):
        return Reason.LONGER
    return None


def _differ_in(signs: frozenset[str], first: str, second: str) -> bool:
    return [sign for sign in first if sign in signs] != [sign for sign in second if sign in signs]


def _codes_near(first: str, second: str) -> bool:
    """Tell whether two codes are of one organisation, or one slip apart: the sign and the check character after it."""
    if len(first) != CODE_LENGTH or len(second) != CODE_LENGTH:
        return False
    if first[ORGANISATION] == second[ORGANISATION]:
        return True
    return OSA.distance(first, second, score_cutoff=_MOST_SIGNS_OF_CODE) <= _MOST_SIGNS_OF_CODE
