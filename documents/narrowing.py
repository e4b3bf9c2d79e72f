"""What the database is asked for the conditions of a list (`schema.narrowing`)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bson import ObjectId

from documents.records.fields import office_midnight, stored_day
from schema.field import Field, Kind
from schema.narrowing.tree import Comparison, Group, Value

Clause = dict[str, Any]
_NEGATIVE = {"lacks": "has", "isnt": "is", "ne": "eq", "out": "in", "blank": "filled"}
_NAMES = {Kind.COOPERATIONS: "base_name", Kind.NAMES: "name"}


def clause_of(group: Group, *, today: date, part_of: str = "") -> Clause:
    """Return the filter of the records that meet the conditions.

    `part_of` is the county whose part alone of a record of several counties is looked at.
    """
    clauses = [
        clause_of(part, today=today, part_of=part_of)
        if isinstance(part, Group)
        else _clause(part, today, part_of)
        for part in group.parts
    ]
    return {"$or" if group.any_of else "$and": clauses}


def _clause(one: Comparison, today: date, part_of: str) -> Clause:
    name = one.operator.name
    if name in _NEGATIVE:
        return {"$nor": [_positive(one, _NEGATIVE[name], today, part_of)]}
    return _positive(one, name, today, part_of)


def _positive(one: Comparison, name: str, today: date, part_of: str) -> Clause:
    field = one.field
    if field.table:  # of a small table one row must meet it whole
        part = replace(field, key=field.key.removeprefix(f"{field.table}__"), table="")
        return {field.table: {"$elemMatch": _positive(replace(one, field=part), name, today, part_of)}}
    if field.kind in _NAMES and field.refers_to:
        return _listed(one, name, part_of)
    if name == "filled":
        return {field.filter_key: {"$nin": [None, "", []]}}
    if field.kind in (Kind.DATE, Kind.MOMENT):
        return _day_clause(field, name, one.values, today)
    key = field.source if name == "has" else field.key
    is_record = field.refers_to and name == "in"
    values = tuple(ObjectId(str(value)) for value in one.values) if is_record else one.values
    return {key: _TESTS[name](values)}


def _listed(one: Comparison, name: str, part_of: str) -> Clause:
    """Return the filter of a list of records with their names; of several counties' that of one alone."""
    listed, _, inner = one.field.filter_key.partition(".")
    test: Clause
    if name == "filled":
        test = {inner: {"$nin": [None, ""]}}
    elif name == "has":
        test = {_NAMES[one.field.kind]: _holding(str(one.values[0]))}
    else:
        test = {inner: {"$in": [ObjectId(str(value)) for value in one.values]}}
    return {listed: {"$elemMatch": {**test, **({"county": part_of} if part_of else {})}}}


def _holding(text: str, before: str = "", behind: str = "") -> Clause:
    return {"$regex": before + re.escape(text) + behind, "$options": "i"}


_TESTS: Mapping[str, Callable[[tuple[Any, ...]], Any]] = {
    "has": lambda values: _holding(str(values[0])),
    "is": lambda values: values[0],
    "begins": lambda values: _holding(str(values[0]), before="^"),
    "ends": lambda values: _holding(str(values[0]), behind="$"),
    "eq": lambda values: values[0],
    "gt": lambda values: {"$gt": values[0]},
    "gte": lambda values: {"$gte": values[0]},
    "lt": lambda values: {"$lt": values[0]},
    "lte": lambda values: {"$lte": values[0]},
    "between": lambda values: {"$gte": values[0], "$lte": values[1]},
    "in": lambda values: {"$in": list(values)},
    "all": lambda values: {"$all": list(values)},
}


def _day_clause(field: Field, name: str, values: tuple[Value, ...], today: date) -> Clause:
    first, last = _days(name, values, today)
    limits: Clause = {}
    if field.kind is Kind.MOMENT:
        if first:
            limits["$gte"] = office_midnight(first)
        if last:
            limits["$lt"] = office_midnight(_after(last))
    else:
        limits = {sign: stored_day(day) for sign, day in (("$gte", first), ("$lte", last)) if day}
    return {field.key: limits}


def _days(name: str, values: tuple[Value, ...], today: date) -> tuple[date | None, date | None]:
    """Return the first and the last day that are meant; None leaves an end open."""
    if name == "month":
        first = today.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if name == "year":
        return today.replace(month=1, day=1), today.replace(month=12, day=31)
    if name in ("past", "next"):
        span = timedelta(days=int(values[0]))  # type: ignore[arg-type]  # a number
        return (today - span, today) if name == "past" else (today, today + span)
    day: date = values[0]  # type: ignore[assignment]  # every other operator of days takes days
    return {
        "on": (day, day), "from": (day, None), "until": (None, day), "after": (_after(day), None),
        "before": (None, _before(day)), "between": (day, values[-1]),
    }[name]  # type: ignore[return-value]  # fmt: skip


def _after(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def _before(day: date) -> date:
    return day if day == date.min else day - timedelta(days=1)
