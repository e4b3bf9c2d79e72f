"""Where an operator is registered (Art. 5(1)): what its code says, what was typed, and what the county confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rules.assessment.divisions import CITY, division_name, division_of, place_is_in_city
from rules.counties import Counties, office_counties
from rules.errors import Refusal
from rules.words import N_

MOST_BASIS = 500  # characters

CONFIRMED = N_("Confirmed by the county")
NOT_CONFIRMED = N_("Not verified")
ELSEWHERE = N_("Registered elsewhere")


@dataclass(frozen=True)
class Registration:
    """The code, the place as typed ("" not yet), and what the county found of exactly these (None: nothing yet)."""

    uscc: str = ""
    place: str = ""
    confirmed: bool | None = None

    @property
    def by_code(self) -> bool | None:
        """Whether the code was given in the city; None when it names no division."""
        division = division_of(self.uscc)
        return division.startswith(CITY) if division else None

    @property
    def by_place(self) -> bool | None:
        """Whether the typed place lies in the city; None when it does not say, or nothing was typed."""
        return place_is_in_city(self.place, _names_of(office_counties())) if self.place else None

    @property
    def in_city(self) -> bool | None:
        """What is proposed: the typed place, else the code. A code stays when its holder moves to another city."""
        by_place = self.by_place
        return self.by_code if by_place is None else by_place

    @property
    def disagrees(self) -> bool:
        """Whether code and typed place speak of different cities."""
        return None not in (self.by_code, self.by_place) and self.by_code != self.by_place

    @property
    def met(self) -> bool:
        """Whether the operator is registered in the city: the place is there, and the county has confirmed it."""
        return self.confirmed is True and self.in_city is True

    @property
    def finding(self) -> str:
        """What is to be said of it, a message id."""
        if self.met:
            return CONFIRMED
        return ELSEWHERE if self.confirmed is False else NOT_CONFIRMED

    @property
    def division(self) -> str:
        """The division that the code names, by its name; "" when it names none."""
        division = division_of(self.uscc)
        return division_name(division) if division else ""


@lru_cache(maxsize=4)
def _names_of(counties: Counties) -> tuple[str, ...]:
    return tuple(name for county in counties for name in county.names if not name.isdigit())


def registration_of(base: Mapping[str, Any]) -> Registration:
    """Return where a stored base is registered; what was confirmed of another code or place stands no more."""
    uscc, place = base.get("uscc") or "", base.get("registered_place") or ""
    is_of_these = (base.get("registration_uscc"), base.get("registration_place") or "") == (uscc, place)
    return Registration(uscc, place, base.get("registration_in_city") if is_of_these else None)


def refusals_to_confirm(registration: Registration, in_city: bool, basis: str) -> tuple[Refusal, ...]:
    """Return why a county cannot find that the operator is (or is not) registered in the city.

    A finding against what the records say, or while they disagree, needs its `basis` in writing.
    """
    if len(basis) > MOST_BASIS:
        return (Refusal(N_("This text has at most %(most)d characters."), {"most": MOST_BASIS}, "basis"),)
    if any((ord(sign) < 32 and sign not in "\n\t\r") or 0xD800 <= ord(sign) <= 0xDFFF for sign in basis):
        return (Refusal(N_("This text holds a character that cannot be shown."), field="basis"),)
    if in_city and registration.in_city is not True:
        params = {"place": registration.place or registration.division or registration.uscc}
        sentence = N_(
            "By the record the operator is registered at %(place)s, not in the city: correct the place with the base "
            "first."
        )
        return (Refusal(sentence, params, "in_city"),)
    against = registration.disagrees or (not in_city and registration.in_city is True)
    if against and not basis.strip():
        sentence = N_(
            "This finding differs from the code or the place of the record: say what it is based on."
        )
        return (Refusal(sentence, field="basis"),)
    return ()
