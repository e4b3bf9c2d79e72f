"""What is doubtful about one stored record by itself."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from stdnum.cn import uscc

from rules.assessment.counting import MOVED_OUT, STAFF_LEFT
from rules.doubts.doubt import Doubt

Record = Mapping[str, Any]
# More than any company of a base employs, and more than one person turns over or holds (10,000 yuan).
_MOST_PEOPLE = 20_000
_MOST_A_PERSON = 10_000
# The registration authority of companies is the first sign of their code (GB 32100-2015): market regulation.
_MARKET_REGULATION = "9"
_HOUSED, _ON_STAFF, _COOPERATING, _ENDED = "housed", "on_staff", "cooperating", "ended"


def doubts_of(collection: str, record: Record, today: date) -> tuple[Doubt, ...]:
    """Return what is doubtful about a record of a collection on a day; nothing for a collection without such rules."""
    doubts = _RULES.get(collection)
    return tuple(doubts(record, today)) if doubts else ()


def _of_company(company: Record, today: date) -> Iterator[Doubt]:
    yield from _of_code(company.get("uscc") or "")
    people, most = company.get("people"), _MOST_A_PERSON * max(company.get("people") or 0, 1)
    if people is not None and (people > _MOST_PEOPLE or (people == 0 and company.get("revenue"))):
        yield Doubt.ODD_PEOPLE
    if (company.get("revenue") or 0) > most:
        yield Doubt.REVENUE_IN_YUAN
    if (company.get("assets") or 0) > most:
        yield Doubt.ASSETS_IN_YUAN
    stay = company.get("moved_in"), company.get("moved_out")
    yield from _of_stay(company, *stay, there=_HOUSED, gone=MOVED_OUT, today=today)


def _of_code(code: str) -> Iterator[Doubt]:
    if code and not uscc.is_valid(code):
        yield Doubt.WRONG_CODE
    elif code and not code.startswith(_MARKET_REGULATION):
        yield Doubt.OTHER_REGISTER


def _of_member(member: Record, today: date) -> Iterator[Doubt]:
    stay = member.get("started_on"), member.get("left_on")
    yield from _of_stay(member, *stay, there=_ON_STAFF, gone=STAFF_LEFT, today=today)


def _of_stay(record: Record, first: Any, last: Any, *, there: str, gone: str, today: date) -> Iterator[Doubt]:
    """Compare a status with the day of coming and the first day away."""
    status, begins, ends = record.get("status"), _day(first), _day(last)
    if status == gone and ends is None:
        yield Doubt.LEFT_WITHOUT_DAY
    elif status == gone and ends is not None and ends > today:
        yield Doubt.LEAVES_LATER
    elif status == there and ends is not None and ends <= today:
        yield Doubt.DAY_BUT_THERE
    if status == there and begins is not None and begins > today:
        yield Doubt.COMES_LATER


def _of_partner(partner: Record, today: date) -> Iterator[Doubt]:
    yield from (doubt for doubt in _of_code(partner.get("uscc") or "") if doubt is Doubt.WRONG_CODE)
    terms = partner.get("cooperations") or ()
    ends = [_day(term.get("last_day")) for term in terms]
    running = any(end is None or end >= today for end in ends)
    if partner.get("status") == _ENDED and running and any(term.get("first_day") for term in terms):
        yield Doubt.ENDED_BUT_RUNNING
    if partner.get("status") == _COOPERATING and terms and not running:
        yield Doubt.RUNNING_BUT_ENDED


def _of_base(base: Record, today: date) -> Iterator[Doubt]:
    yield from (doubt for doubt in _of_code(base.get("uscc") or "") if doubt is Doubt.WRONG_CODE)


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value


_RULES: Mapping[str, Callable[[Record, date], Iterator[Doubt]]] = MappingProxyType(
    {
        "bases": _of_base,
        "tenant_companies": _of_company,
        "staff_members": _of_member,
        "service_partners": _of_partner,
    }
)
DOUBTED = tuple(_RULES)
