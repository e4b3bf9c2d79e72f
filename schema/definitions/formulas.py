"""What an office's formulas may speak of, and the computed values that follow from them.

A formula reads what everyone sees who sees the record: no personal value, no field that is kept from a role, and of
a record of several counties nothing of which each county sees its part alone.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from rules.counties import office_counties
from rules.errors import Refused
from schema.collection import Collection, Registry
from schema.definitions.own_fields import LONGEST_LONG_TEXT, OwnField
from schema.expressions import (
    ExpressionError,
    PythonExpression,
    Scope,
    asks_today,
    fields_read,
    order_of,
    read_stored,
    scope_of,
    to_mongo,
    to_python,
)
from schema.expressions.names import declared_words
from schema.expressions.tree import Literal, Operation, Tree, aggregates
from schema.expressions.types import Base, Words
from schema.field import Field, Kind
from schema.values import Stored, stored

# The words of an office's own statuses, by collection.
StatusWords = Mapping[str, Words]
_OF_PARTS = (Kind.COOPERATIONS, Kind.COUNTY, Kind.TEXTS)


def may_be_read(collection: Collection, field: Field) -> bool:
    """Tell whether formulas may read a field."""
    if field.personal or field.seen_by is not None:
        return False
    return not (collection.in_several_counties and field.kind in _OF_PARTS)


def office_scope(
    collection: Collection, registry: Registry, statuses: StatusWords, *, related: bool = False
) -> Scope:
    """Return what a formula of a collection may speak of.

    With `related` also the records that refer to its, where each of its belongs to one county: what is stored of them
    is what whoever sees the record may see. Of records of several counties no such value is kept.
    """

    def words(other: Collection, field: Field) -> Words:
        known = dict(declared_words(other, field))
        if field.kind is Kind.STATUS:
            known |= dict(statuses.get(other.name, ()))
        elif field.kind is Kind.COUNTY:
            known = {one.code: one.name for one in office_counties()}
        return tuple(known.items())

    whole = scope_of(collection, registry, sees=may_be_read, words=words)
    if not related or collection.county_key != "county":
        return Scope(whole.collection, whole.names)
    relations = tuple(one for one in whole.relations if _may_be_counted(registry[one.collection]))
    return Scope(whole.collection, whole.names, relations)


def _may_be_counted(other: Collection) -> bool:
    return other.listed and bool(other.county_key) and not other.is_own


def words_given(tree: Tree) -> Words:
    """Return the words that a formula may give, where they stand in it or are those of a list; () for any text."""
    if tree.type.base is Base.CHOICE:
        return tree.type.words
    texts: dict[str, str] = {}
    for leaf in _leaves(tree):
        if not isinstance(leaf, Literal):
            return ()
        if isinstance(leaf.value, str):
            texts[leaf.value] = leaf.value
    return tuple(texts.items()) if tree.type.base is Base.TEXT else ()


def _leaves(tree: Tree) -> Iterable[Tree]:
    if isinstance(tree, Operation) and tree.name == "choose":
        for one in (*tree.operands[1::2], tree.operands[-1]):
            yield from _leaves(one)
    elif isinstance(tree, Operation) and tree.name == "coalesce":
        for one in tree.operands:
            yield from _leaves(one)
    else:
        yield tree


def gives(tree: Tree) -> str:
    """Return the code of what a formula gives (`OwnField.gives`)."""
    return Base.CHOICE.value if words_given(tree) else tree.type.base.value


@dataclass(frozen=True, eq=False)
class Formula:
    """The computed value under `key`: what `tree` gives of a record."""

    key: str
    tree: Tree
    is_related: bool = False

    @cached_property
    def asks(self) -> tuple[tuple[str, str], ...]:
        """The collections whose records it counts, each with the stored key by which they refer to this one."""
        return tuple(dict.fromkeys((one.collection, one.reference) for one in aggregates(self.tree)))

    def stages(self, today: date, seen: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the stages that put the value under its key; `seen` has a filter for each collection it counts."""
        scope = {one.relation: seen[one.collection] for one in aggregates(self.tree)}
        made = to_mongo(self.tree, today=today, scope=scope, prefix=f"of_{self.key}")
        return [*made.stages, {"$set": {self.key: made.value}}]

    @cached_property
    def is_daily(self) -> bool:
        """Whether it changes with the day alone."""
        return asks_today(self.tree)

    def of(self, raw: Stored, today: date) -> Any:
        """Return the value of a stored record as it is stored; None for a blank, and for a text too long to keep."""
        value = stored(_compiled(self, today)(raw))
        return None if isinstance(value, str) and len(value) > LONGEST_LONG_TEXT else value


# A formula is compiled once a day.
@lru_cache(maxsize=2000)
def _compiled(formula: Formula, today: date) -> PythonExpression:
    return to_python(formula.tree, today=today)


@dataclass(frozen=True)
class Formulas:
    """The formulas of an office by collection, each after those that it reads, and those that cannot be read."""

    of: Mapping[str, tuple[Formula, ...]] = field(default_factory=dict)
    faults: tuple[tuple[OwnField, Refused], ...] = ()


def formulas_of(fields: Iterable[OwnField], scope: Callable[[str], Scope]) -> Formulas:
    """Return the formulas of the computed fields that are not hidden; `scope` says what those of a collection may read.

    Raises Refused where fields read one another in a circle.
    """
    trees: dict[tuple[str, str], Tree] = {}
    labels: dict[tuple[str, str], str] = {}
    faults: list[tuple[OwnField, Refused]] = []
    for own in fields:
        if not own.is_computed or own.hidden:
            continue
        labels[own.collection, own.key] = own.label
        try:
            trees[own.collection, own.key] = read_stored(own.formula, scope(own.collection))
        except ExpressionError as error:
            faults.append((own, error))
    found: dict[str, tuple[Formula, ...]] = {}
    related: set[tuple[str, str]] = set()
    for collection, key in order_of(trees, labels):
        tree = trees[collection, key]
        if aggregates(tree) or fields_read(tree, collection) & related:
            related.add((collection, key))
        formula = Formula(key, tree, (collection, key) in related)
        found[collection] = (*found.get(collection, ()), formula)
    return Formulas(found, tuple(faults))
