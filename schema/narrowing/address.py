"""Conditions as an argument of a list's address: ["all",["people","gte","20"],["any",["status","in","housed"],…]]."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from rules.errors import Refusal, Refused
from rules.words import N_
from schema.field import Field, Kind
from schema.narrowing.operators import MANY, Family, Operator, family_of, operator_of
from schema.narrowing.tree import (
    LONGEST_VALUE,
    MOST_COMPARISONS,
    MOST_DEPTH,
    MOST_VALUES,
    Comparison,
    Group,
    Value,
)

LONGEST = 3000  # characters of the whole
UNREADABLE = N_("The conditions in this address cannot be read.")
NO_FIELD = N_("The conditions name a field that is not to be found here.")
NO_OPERATOR = N_("%(field)s cannot be compared in this way.")
NO_VALUE = N_("Say what %(field)s is compared with.")
BAD_VALUE = N_("“%(value)s” is not possible for %(field)s.")
TOO_MANY = N_("At most %(most)d conditions can be set at once.")
TOO_DEEP = N_("Groups of conditions can stand in one another %(most)d deep.")
LAST_BEFORE_FIRST = N_("%(field)s: the end lies before the beginning.")
_ID = re.compile(r"[0-9a-f]{24}")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")
_YEARS = (1000, 9000)  # beyond them a day and the office's time of it cannot both be told
_MODES = {"all": False, "any": True}


def read(text: str, fields: Mapping[str, Field]) -> Group:
    """Return the conditions that an address asks for, of these fields by key. Raises Refused with one reason."""
    if len(text) > LONGEST:
        raise Refused(Refusal(UNREADABLE))
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(Refusal(UNREADABLE)) from error
    group = _group(given, fields, 1)
    if sum(1 for _ in group.comparisons()) > MOST_COMPARISONS:
        raise Refused(Refusal(TOO_MANY, {"most": MOST_COMPARISONS}))
    return group


def named_in(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the key and the values of each comparison that an address has, whether it can be read now or not."""
    try:
        waiting = [json.loads(text[:LONGEST])]
    except (ValueError, RecursionError):
        return
    while waiting:
        part = waiting.pop()
        if isinstance(part, list) and len(part) > 1:
            if all(isinstance(one, str) for one in part):
                yield part[0], tuple(part[2:])
            waiting += part[1:]


def written(group: Group) -> str:
    """Return conditions as an address has them."""
    return json.dumps(_plain(group), ensure_ascii=False, separators=(",", ":"))


def comparison(field: Field, name: str, values: Sequence[str]) -> Comparison:
    """Return one comparison as it was typed or stands in an address. Raises Refused, naming the field."""
    operator = operator_of(field, name)
    if operator is None:
        raise Refused(Refusal(NO_OPERATOR, {"field": Refusal(field.label)}))
    wanted = [clean for clean in map(_clean, values) if clean]
    if operator.values == 0:
        return Comparison(field, operator)
    enough = bool(wanted) if operator.values == MANY else len(wanted) == operator.values
    if not enough:
        raise Refused(Refusal(NO_VALUE, {"field": Refusal(field.label)}))
    if len(wanted) > MOST_VALUES:
        raise Refused(Refusal(BAD_VALUE, {"field": Refusal(field.label), "value": "…"}))
    read_values = tuple(_value(field, operator, one) for one in wanted)
    if operator.name == "between" and _is_turned(read_values):
        raise Refused(Refusal(LAST_BEFORE_FIRST, {"field": Refusal(field.label)}))
    return Comparison(field, operator, read_values)


def text_of(value: Value) -> str:
    """Return a value as addresses and inputs have it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.15g}"
    return value.isoformat() if isinstance(value, date) else value


def _group(given: Any, fields: Mapping[str, Field], depth: int) -> Group:
    if not isinstance(given, list) or not given or not isinstance(given[0], str) or given[0] not in _MODES:
        raise Refused(Refusal(UNREADABLE))
    if depth > MOST_DEPTH:
        raise Refused(Refusal(TOO_DEEP, {"most": MOST_DEPTH}))
    if len(given) < 2:
        raise Refused(Refusal(UNREADABLE))
    if len(given) > MOST_COMPARISONS + 1:
        raise Refused(Refusal(TOO_MANY, {"most": MOST_COMPARISONS}))
    parts = tuple(
        _group(part, fields, depth + 1) if _is_group(part) else _comparison(part, fields)
        for part in given[1:]
    )
    return Group(parts, _MODES[given[0]])


def _is_group(part: Any) -> bool:
    return isinstance(part, list) and len(part) > 1 and isinstance(part[1], list)


def _comparison(given: Any, fields: Mapping[str, Field]) -> Comparison:
    if not isinstance(given, list) or len(given) < 2 or not all(isinstance(one, str) for one in given):
        raise Refused(Refusal(UNREADABLE))
    field = fields.get(given[0])
    if field is None:
        raise Refused(Refusal(NO_FIELD))
    return comparison(field, given[1], given[2:])


def _clean(text: str) -> str:
    return "".join(sign for sign in text if ord(sign) >= 32 and not 0xD800 <= ord(sign) <= 0xDFFF).strip()


def _value(field: Field, operator: Operator, text: str) -> Value:
    family = family_of(field)
    if operator.takes == "text" or family is Family.TEXT:
        found: Value | None = text if len(text) <= LONGEST_VALUE else None
    elif operator.takes == "number":
        found = _days(text)
    elif family is Family.NUMBER:
        found = _number(text)
    elif family is Family.DAY:
        found = _day(text)
    elif family is Family.RECORD:
        found = text if _ID.fullmatch(text) else None
    else:
        found = _word(field, text)
    if found is None:
        raise Refused(Refusal(BAD_VALUE, {"field": Refusal(field.label), "value": text[:LONGEST_VALUE]}))
    return found


def _word(field: Field, text: str) -> Value | None:
    if field.kind is Kind.YES_NO:
        return {"yes": True, "no": False}.get(text)
    if field.choices is not None:
        return text if any(text == word.value for word in field.choices) else None
    return text if _CODE.fullmatch(text) else None


def _number(text: str) -> float | None:
    try:
        number = float(text[:24].replace(",", ""))
    except ValueError:
        return None
    return number if math.isfinite(number) and len(text) <= 24 else None


def _days(text: str) -> float | None:
    is_small = text.isascii() and text.isdecimal() and len(text) <= 4
    return float(text) if is_small else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day and _YEARS[0] <= day.year <= _YEARS[1] else None


def _is_turned(values: tuple[Value, ...]) -> bool:
    first, last = values
    return bool(last < first)  # type: ignore[operator]  # two of one kind


def _plain(part: Comparison | Group) -> list[Any]:
    if isinstance(part, Group):
        return ["any" if part.any_of else "all", *(_plain(one) for one in part.parts)]
    return [part.field.key, part.operator.name, *(text_of(value) for value in part.values)]
