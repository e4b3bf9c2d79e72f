"""Pieces of MongoDB aggregation expressions: each gives null for a blank, and none can fail over what is stored.

An operand is named once, in `$let`, so that an expression grows with its formula and no faster. Guards stand inside the
operand that they guard: the server computes constants ahead, also in a branch that is never taken.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from schema.expressions.types import LIMIT, PLACES, Base, Type

Mongo = Any  # an aggregation expression: a dict, a list, a path or a constant

_LARGEST = int(LIMIT)
DAY_MILLISECONDS = 86_400_000
OFFICE_MILLISECONDS = 8 * 3_600_000  # of Asia/Shanghai before UTC
FIRST_DAY, LAST_DAY = date(1000, 1, 1), date(9999, 12, 31)


def number(value: Decimal | int) -> Mongo:
    """Return a constant number; its text becomes a decimal before the first record is read."""
    return {"$toDecimal": f"{value:f}" if isinstance(value, Decimal) else str(value)}


def day(value: date) -> Mongo:
    """Return a constant day as it is stored."""
    return {"$literal": datetime.combine(value, time.min, tzinfo=UTC)}


def constant(value: object) -> Mongo:
    """Return any constant. A text stays a text, whatever sign it begins with."""
    if isinstance(value, tuple):
        return [constant(one) for one in value]
    if isinstance(value, Decimal):
        return number(value)
    return day(value) if isinstance(value, date) else {"$literal": value}


def _is_constant(one: Mongo) -> bool:
    if not isinstance(one, dict):
        return False
    number = one.get("$toDecimal")
    return "$literal" in one or (isinstance(number, str) and not number.startswith("$"))


def known(build: Callable[..., Mongo]) -> Callable[..., Mongo]:
    """Return `build` over operands, giving null where one of them is null."""

    def over(*operands: Mongo) -> Mongo:
        names = {f"v{place}": one for place, one in enumerate(operands) if not _is_constant(one)}
        read = [f"$$v{place}" if f"v{place}" in names else one for place, one in enumerate(operands)]
        if not names:
            return build(*read)
        blank = {"$in": [None, [f"$${name}" for name in names]]}
        return {"$let": {"vars": names, "in": {"$cond": [blank, None, build(*read)]}}}

    return over


def between(value: Mongo, least: object, most: object) -> Mongo:
    """Tell whether a value lies between two, both included; of another type it does not."""
    return {"$and": [{"$gte": [value, least]}, {"$lte": [value, most]}]}


def bounded(value: Mongo, *, is_exact: bool = False) -> Mongo:
    """Return a number as it is kept: at ten places, where it is not so already; null when it is none, or too large."""
    fits = {"$and": [{"$gt": ["$$v", -_LARGEST]}, {"$lt": ["$$v", _LARGEST]}]}
    at_places = "$$v" if is_exact else {"$round": ["$$v", PLACES]}
    return {"$let": {"vars": {"v": value}, "in": {"$cond": [fits, at_places, None]}}}


def _rows(value: str, item: str, *, is_number: bool) -> Mongo:
    """Return the numbers that the rows of a small table have under `item`, or a true for each row."""
    held = f"$$this.{item}" if item else "$$this"
    if is_number:
        fits = {"$and": [{"$gt": [held, -_LARGEST]}, {"$lt": [held, _LARGEST]}]}
        one: Mongo = {"$cond": [fits, {"$round": [{"$toDecimal": held}, PLACES]}, None]}
    else:
        one = {"$cond": [{"$eq": [{"$type": "$$this"}, "object"]}, True, None]}
    every = {"$map": {"input": value, "in": one}}
    found = {"$filter": {"input": every, "cond": {"$ne": ["$$this", None]}}}
    return {"$cond": [{"$isArray": [value]}, found, []]}


def half_up(value: Mongo, places: int) -> Mongo:
    """Return a number at so many places, halves away from zero; null stays null."""
    half = Decimal("0.5").scaleb(-places)
    away = {"$cond": [{"$gte": ["$$y", 0]}, number(half), number(-half)]}
    # Exact: a number that is kept has 25 digits.
    return {"$let": {"vars": {"y": value}, "in": {"$trunc": [{"$add": ["$$y", away]}, places]}}}


def calendar_day(value: Mongo) -> Mongo:
    """Return a day; null when it lies outside the calendar."""
    inside = between("$$d", *(constant(one) for one in (FIRST_DAY, LAST_DAY)))
    return {"$let": {"vars": {"d": value}, "in": {"$cond": [inside, "$$d", None]}}}


_LAST_MOMENT = {"$literal": datetime.combine(LAST_DAY, time(23, 59, 59, 999_000), tzinfo=UTC)}


def _text(value: str) -> Mongo:
    # In the order of BSON types: numbers, texts, documents.
    is_text = {"$and": [{"$gt": [value, ""]}, {"$lt": [value, {"$literal": {}}]}]}
    return {"$cond": [is_text, value, None]}


def field(path: str, kind: Type, item: str = "") -> Mongo:
    """Return what a record has at `path`; null (of a list, nothing) where that is not of the type."""
    value = f"${path}"
    if kind.is_number:
        fits = {"$and": [{"$gt": [value, -_LARGEST]}, {"$lt": [value, _LARGEST]}]}
        return {"$cond": [fits, {"$round": [{"$toDecimal": value}, PLACES]}, None]}
    if kind.base is Base.LIST and kind.item in (Base.BOOLEAN, Base.DECIMAL):
        return _rows(value, item, is_number=kind.item is Base.DECIMAL)
    if kind.base is Base.LIST:
        rows = {"$map": {"input": value, "in": f"$$this.{item}"}} if item else value
        texts = {"$filter": {"input": rows, "cond": _text("$$this")}}
        return {"$cond": [{"$isArray": [value]}, texts, []]}
    if kind.base is Base.BOOLEAN:
        return {"$cond": [{"$in": [value, [True, False]]}, value, None]}
    if kind.base in (Base.DAY, Base.MOMENT):
        inside = between(value, constant(FIRST_DAY), _LAST_MOMENT)
        whole = {"$dateTrunc": {"date": value, "unit": "day"}} if kind.base is Base.DAY else value
        return {"$cond": [inside, whole, None]}
    return _text(value)
