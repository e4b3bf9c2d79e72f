"""A typed tree as a Python function over a record: no code is generated, each node becomes a closure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from rules.errors import Refusal
from schema.expressions.blanks import FIELD_BLANK, NO_RECORD, SAID_SO, TOO_LARGE, Blank
from schema.expressions.functions import FUNCTIONS
from schema.expressions.mongo_parts import FIRST_DAY, LAST_DAY
from schema.expressions.names import Scope
from schema.expressions.tree import Aggregate, FieldValue, Literal, Operation, Tree, aggregates
from schema.expressions.types import (
    DECIMAL128,
    LEAST,
    LIMIT,
    RESULT_LIMIT,
    RESULT_PLACES,
    Base,
    Type,
    at_places,
    bounded,
    decimal_of,
    rounded,
)

Record = Mapping[str, Any]
Related = Mapping[str, Iterable[Record]]
Result = int | float | str | bool | date | datetime | None
_Evaluate = Callable[[Record, Mapping[Aggregate, Any]], Any]


@dataclass(frozen=True)
class Outcome:
    """What an expression gives: a value, or None and the sentence that says why."""

    value: Result
    reason: Refusal | None = None


@dataclass(frozen=True)
class PythonExpression:
    """A compiled expression: call it with a stored record (and the related ones) for the value, None for a blank.

    Whole numbers are int, others float at four decimals as amounts are stored, days `date`, moments `datetime`.
    """

    tree: Tree
    today: date
    _evaluate: _Evaluate
    _conditions: Mapping[Aggregate, _Evaluate]

    def __call__(self, record: Record, related: Related | None = None) -> Result:
        """Return the value. `related` has the records of each relation by its key; see `explained`."""
        found = self._found(record, related or {})
        return None if isinstance(found, Blank) else found

    def explained(self, record: Record, scope: Scope, related: Related | None = None) -> Outcome:
        """Return the value or the reason of its absence, with the labels of `scope`.

        Raises ValueError when the expression asks of a relation that `related` does not have: the caller reads those
        records, in the scope of whoever sees the result.
        """
        found = self._found(record, related or {})
        if not isinstance(found, Blank):
            return Outcome(found)
        name = scope.by_key(found.key) if found.key else None
        return Outcome(None, Refusal(found.reason, {"label": name.label if name else found.key}))

    def _found(self, record: Record, related: Related) -> Any:
        values = {}
        for one in self._conditions:
            if one.relation not in related:
                raise ValueError(f"the records of {one.relation} are needed, in the scope of whoever asks")
            rows = [row for row in related[one.relation] if self._conditions[one](row, {}) is True]
            values[one] = _aggregated(one, rows)
        return _result(self._evaluate(record, values), self.tree.type)


def to_python(tree: Tree, *, today: date) -> PythonExpression:
    """Compile a tree. `today` is the office's day."""
    conditions = {
        one: _compiled(one.condition, today) if one.condition is not None else _every
        for one in aggregates(tree)
    }
    return PythonExpression(tree, today, _compiled(tree, today), conditions)


def _every(record: Record, values: Mapping[Aggregate, Any]) -> bool:
    return True


def _compiled(tree: Tree, today: date) -> _Evaluate:
    if isinstance(tree, Literal):
        value = Blank(SAID_SO) if tree.value is None else tree.value
        return lambda record, values: value
    if isinstance(tree, FieldValue):
        return lambda record, values: read(record, tree)
    if isinstance(tree, Aggregate):
        return lambda record, values: values[tree]
    return _operation(tree, today)


def _operation(tree: Operation, today: date) -> _Evaluate:
    function = FUNCTIONS[tree.name]
    operands = [_compiled(one, today) for one in tree.operands]
    python, first = function.python, (today,) if function.dated else ()

    def plain(record: Record, values: Mapping[Aggregate, Any]) -> Any:
        return python(*first, *[one(record, values) for one in operands])

    def strict(record: Record, values: Mapping[Aggregate, Any]) -> Any:
        found = [one(record, values) for one in operands]
        for value in found:
            if isinstance(value, Blank):
                return value
        return python(*first, *found)

    return strict if function.strict else plain


# --- what a record has


def read(record: Record, field: FieldValue) -> Any:
    """Return what a stored record has in a field; blank (of a list, nothing) where that is not of the type."""
    value = record.get(field.path)
    if field.type.base is Base.LIST:
        return tuple(_items(value, field))
    found = _READERS[field.type.base](value)
    return Blank(FIELD_BLANK, field.key) if found is None else found


def _items(value: Any, field: FieldValue) -> Iterable[Any]:
    rows = value if isinstance(value, list | tuple) else ()
    if field.type.item is Base.BOOLEAN:
        return (True for row in rows if isinstance(row, Mapping))
    if field.type.item is Base.DECIMAL:
        numbers = (_number(row.get(field.item)) for row in rows if isinstance(row, Mapping))
        return (number for number in numbers if number is not None)
    return _texts(value, field.item)


def _texts(value: Any, item: str) -> Iterable[str]:
    for one in value if isinstance(value, list | tuple) else ():
        text = (one.get(item) if isinstance(one, Mapping) else None) if item else one
        if isinstance(text, str) and text:
            yield text


def _number(value: Any) -> Decimal | None:
    if hasattr(value, "to_decimal"):  # as the database hands over a number of its own decimal type
        value = value.to_decimal()
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        return None
    # Bounded as it is stored: NaN is within no bounds.
    return at_places(decimal_of(value)) if value == value and LEAST < value < LIMIT else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    inside = FIRST_DAY <= moment.date() <= LAST_DAY
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000) if inside else None


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        moment = _moment(value)
        return moment.date() if moment else None
    return value if isinstance(value, date) and FIRST_DAY <= value <= LAST_DAY else None


_READERS: Mapping[Base, Callable[[Any], Any]] = {
    Base.BOOLEAN: _boolean,
    Base.INTEGER: _number,
    Base.DECIMAL: _number,
    Base.TEXT: _text,
    Base.CHOICE: _text,
    Base.DAY: _day,
    Base.MOMENT: _moment,
}


# --- what many records have


def _aggregated(one: Aggregate, rows: list[Record]) -> Any:
    if one.field is None:
        return Decimal(len(rows))
    values = [value for row in rows if not isinstance(value := read(row, one.field), Blank)]
    if one.name == "sum":
        return _total(values)
    if not values:
        return Blank(NO_RECORD)
    if one.name == "average":
        total = _total(values)
        return total if isinstance(total, Blank) else bounded(DECIMAL128.divide(total, Decimal(len(values))))
    return max(values) if one.name == "latest" else min(values)


def _total(values: list[Decimal]) -> Decimal | Blank:
    total = Decimal(0)
    for value in values:
        total = DECIMAL128.add(total, value)
    kept = bounded(total)
    return Blank(TOO_LARGE) if kept is None else kept


def _result(value: Any, kind: Type) -> Any:
    """Return a value as it is stored."""
    if isinstance(value, Blank) or not isinstance(value, Decimal):
        return value
    if kind.base is Base.INTEGER:
        return int(value)
    number = rounded(value, RESULT_PLACES)
    return float(number) if abs(number) < RESULT_LIMIT else Blank(TOO_LARGE)
