"""Find the likely doubles among many companies: only those are compared that share a key.

A key is a name's core, its sound, the core with one sign left out, a part of the code, the telephone number: 100,000
companies give some 200,000 pairs instead of five thousand million.
"""

from array import array
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

from rules.likeness.company import Company, ReadCompany, read
from rules.likeness.verdict import CODE_LENGTH, ORGANISATION, Reason, reasons_of_read

# A key that more companies share says nothing: a chain's name, a switchboard.
_MOST_OF_A_KEY = 60
# A key as a number: the company's place in its lower bits (16 million companies), a hash in those above.
_PLACE_BITS = 24
_MOST_PLACE = (1 << _PLACE_BITS) - 1
_KEY_BITS = (1 << (64 - _PLACE_BITS)) - 1


@dataclass(frozen=True, slots=True)
class Double:
    """Two companies that are likely one, and what they have in common."""

    first: Company
    second: Company
    reasons: tuple[Reason, ...]


def likely_doubles(companies: Iterable[Company]) -> Iterator[Double]:
    """Return each pair of companies that are likely one and the same, once; the earlier of the two first."""
    compared = [read(company) for company in companies]
    for first, second in _pairs(compared):
        reasons = reasons_of_read(compared[first], compared[second])
        if reasons:
            yield Double(compared[first].company, compared[second].company, reasons)


def _pairs(companies: Sequence[ReadCompany]) -> Iterator[tuple[int, int]]:
    """Return the places of each two companies that share a key, once.

    Keys are numbers that hold the company's place as well, so that those of 100,000 companies take 11 MB; two keys that
    happen to give one number cost a comparison more.
    """
    numbers = array("Q")
    for place, company in enumerate(companies):
        numbers.extend({(hash(key) & _KEY_BITS) << _PLACE_BITS | place for key in _keys(company)})
    seen: set[int] = set()
    for _, group in groupby(sorted(numbers), lambda number: number >> _PLACE_BITS):
        places = [number & _MOST_PLACE for number in group]
        if not 1 < len(places) <= _MOST_OF_A_KEY:
            continue
        for first, second in combinations(places, 2):
            pair = first << _PLACE_BITS | second
            if pair not in seen:
                seen.add(pair)
                yield first, second


def _keys(company: ReadCompany) -> Iterator[tuple[str, Hashable]]:
    yield "signs", "".join(sorted(company.core))
    yield "sound", company.sound
    yield "slip", company.core
    for place in range(len(company.core)):
        yield "slip", company.core[:place] + company.core[place + 1 :]
    code = company.company.code
    if len(code) == CODE_LENGTH:
        yield "organisation", code[ORGANISATION]
        # A slip in the code leaves one of its halves as it was.
        yield "front", code[:13]
        yield "end", code[9:17]
    if company.phone:
        yield "phone", company.phone
