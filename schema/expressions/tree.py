"""A typed tree: what an expression means once it was checked. Both compilers and the display read this alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from schema.expressions.types import Type

Value = Decimal | str | bool | date | None


@dataclass(frozen=True)
class Literal:
    """A value that stands in the expression; of a word, its code; of a list, a tuple."""

    value: Value | tuple[Value, ...]
    type: Type


@dataclass(frozen=True)
class FieldValue:
    """What a record has in a field: `key` names it, `path` is the stored key, `item` the key inside a list's rows."""

    key: str
    path: str
    type: Type
    item: str = ""


@dataclass(frozen=True)
class Operation:
    """A function or an operator by its name in `functions.FUNCTIONS`, over its operands."""

    name: str
    operands: "tuple[Tree, ...]"
    type: Type


@dataclass(frozen=True)
class Aggregate:
    """One value over the records of `collection` whose stored `reference` is this record's id."""

    name: str
    relation: str
    collection: str
    reference: str
    field: FieldValue | None
    condition: "Tree | None"
    type: Type


Tree = Literal | FieldValue | Operation | Aggregate


def children(tree: Tree) -> tuple[Tree, ...]:
    """Return what stands directly below."""
    if isinstance(tree, Operation):
        return tree.operands
    if isinstance(tree, Aggregate):
        return tuple(one for one in (tree.field, tree.condition) if one is not None)
    return ()


def walk(tree: Tree) -> Iterator[Tree]:
    """Yield every node, the tree itself first."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(children(one))


def depth(tree: Tree) -> int:
    """Return how many nodes stand above one another at most; measured without recursion."""
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        one, level = waiting.pop()
        deepest = max(deepest, level)
        waiting += [(child, level + 1) for child in children(one)]
    return deepest


def aggregates(tree: Tree) -> tuple[Aggregate, ...]:
    """Return the different values over related records that a tree asks, in order."""
    return tuple(dict.fromkeys(one for one in walk(tree) if isinstance(one, Aggregate)))


def fields_read(tree: Tree, collection: str) -> frozenset[tuple[str, str]]:
    """Return collection and key of every field that is read, of `collection` itself and of related ones."""
    found, waiting = set(), [(tree, collection)]
    while waiting:
        one, name = waiting.pop()
        if isinstance(one, FieldValue):
            found.add((name, one.key))
        inner = one.collection if isinstance(one, Aggregate) else name
        waiting += [(child, inner) for child in children(one)]
    return frozenset(found)


def asks_today(tree: Tree) -> bool:
    """Tell whether the value changes with the day, so that a stored one must be computed anew each day."""
    return any(isinstance(one, Operation) and one.name in ("today", "thisYear") for one in walk(tree))
