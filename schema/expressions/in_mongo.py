"""A typed tree as a MongoDB aggregation expression, for MongoDB 5 to 8: it stands in $project, $set and $expr."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from schema.expressions.functions import FUNCTIONS
from schema.expressions.mongo_parts import Mongo, bounded, constant, day, field, half_up
from schema.expressions.tree import Aggregate, FieldValue, Literal, Tree, aggregates
from schema.expressions.types import RESULT_LIMIT, RESULT_PLACES, Base, Type

Filter = Mapping[str, Any]


@dataclass(frozen=True)
class MongoExpression:
    """`value` is the expression; `stages` stand before it in the pipeline, one for each value over related records."""

    value: Mongo
    stages: tuple[Mongo, ...] = ()


def to_mongo(
    tree: Tree, *, today: date, scope: Mapping[str, Filter] | None = None, prefix: str = "expression"
) -> MongoExpression:
    """Compile a tree. `today` is the office's day; what `stages` look up is kept under `prefix` and a number.

    `scope` has for each relation that the tree asks of, by its key, the filter of the records that whoever sees the
    result may see; an empty one must be said. Texts are compared by their signs, so the command takes no collation.
    Raises ValueError where a filter is missing.
    """
    asked = aggregates(tree)
    if missing := sorted({one.relation for one in asked} - set(scope or {})):
        raise ValueError(f"a filter of what may be seen is needed for {', '.join(missing)}")
    places = {one: f"{prefix}_{number}" for number, one in enumerate(asked)}
    value = _compiled(tree, today, places)
    stages = tuple(_lookup(one, place, today, (scope or {})[one.relation]) for one, place in places.items())
    return MongoExpression(_result(value, tree.type), stages)


def to_mongo_condition(tree: Tree, *, today: date) -> Mongo:
    """Return what $expr of a filter takes: true where a condition holds, false where it does not or is unknown.

    Raises ValueError for a tree that asks of related records, which a filter cannot look up.
    """
    if aggregates(tree):
        raise ValueError("a filter cannot ask of related records")
    return {"$eq": [_compiled(tree, today, {}), True]}


def _compiled(tree: Tree, today: date, places: Mapping[Aggregate, str]) -> Mongo:
    if isinstance(tree, Literal):
        return constant(tree.value)
    if isinstance(tree, FieldValue):
        return field(tree.path, tree.type, tree.item)
    if isinstance(tree, Aggregate):
        return _aggregated(tree, f"${places[tree]}.value")
    function = FUNCTIONS[tree.name]
    operands = [_compiled(one, today, places) for one in tree.operands]
    first = tree.operands[0].type if tree.operands else tree.type
    return function.mongo_for(first)(*([day(today)] if function.dated else []), *operands)


def _aggregated(one: Aggregate, path: str) -> Mongo:
    found = {"$first": path}
    if one.name in ("count", "sum"):
        return bounded({"$ifNull": [found, constant_zero()]})
    return {"$ifNull": [found, None]}


def constant_zero() -> Mongo:
    """Return the number nothing adds up to."""
    return {"$toDecimal": "0"}


def _lookup(one: Aggregate, place: str, today: date, scope: Filter) -> Mongo:
    pipeline: list[Mongo] = [{"$match": dict(scope)}] if scope else []
    if one.condition is not None:
        pipeline.append({"$match": {"$expr": {"$eq": [_compiled(one.condition, today, {}), True]}}})
    pipeline += _grouped(one)
    return {
        "$lookup": {
            "from": one.collection,
            "localField": "_id",
            "foreignField": one.reference,
            "pipeline": pipeline,
            "as": place,
        }
    }


def _grouped(one: Aggregate) -> list[Mongo]:
    if one.field is None:
        return [
            {"$group": {"_id": None, "value": {"$sum": 1}}},
            {"$project": {"value": {"$toDecimal": "$value"}}},
        ]
    value = field(one.field.path, one.field.type)
    if one.name in ("sum", "average"):
        known = {"$sum": {"$cond": [{"$eq": [value, None]}, 0, 1]}}
        group = {"$group": {"_id": None, "value": {"$sum": value}, "known": known}}
        if one.name == "sum":
            return [group]
        # Of none there is no average; $divide by null is null.
        count = {"$cond": [{"$eq": ["$known", 0]}, None, "$known"]}
        total = bounded({"$toDecimal": "$value"})
        return [group, {"$project": {"value": bounded({"$divide": [total, count]})}}]
    return [{"$group": {"_id": None, "value": {"$max" if one.name == "latest" else "$min": value}}}]


def _result(value: Mongo, kind: Type) -> Mongo:
    """Return a value as it is stored."""
    if kind.base is Base.INTEGER:
        return {"$toLong": value}
    if kind.base is Base.DECIMAL:
        limit = int(RESULT_LIMIT)
        inside = {"$and": [{"$gt": ["$$r", -limit]}, {"$lt": ["$$r", limit]}]}
        number = {"$toDouble": {"$add": ["$$r", 0]}}
        return {
            "$let": {
                "vars": {"r": half_up(value, RESULT_PLACES)},
                "in": {"$cond": [inside, number, None]},
            }
        }
    return value
