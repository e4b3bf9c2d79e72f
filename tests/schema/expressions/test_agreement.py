"""One meaning, compiled twice: over random records every random expression gives the same in Python and in MongoDB.

`EXPRESSION_PAIRS=100000` tries as many pairs of an expression and a record; `EXPRESSION_SEED` says where they begin.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from schema.expressions import check, read_stored, show, stored_text, to_mongo, to_mongo_condition, to_python
from schema.expressions.checker import MOST_DEPTH
from schema.expressions.faults import ExpressionError
from schema.expressions.functions import FUNCTIONS
from schema.expressions.tree import Literal, Tree, aggregates
from schema.expressions.types import BOOLEAN
from schema.values import stored
from tests.schema.expressions.random_expressions import (
    ROWS,
    SCOPE,
    TODAY,
    Expressions,
    Records,
    smallest,
)

PAIRS = int(os.environ.get("EXPRESSION_PAIRS", "4000"))
SEED = int(os.environ.get("EXPRESSION_SEED", "2021"))
RECORDS = 25
EXPRESSIONS = 40  # in one command
SEES = {"rows_by_thing": {"hidden": {"$ne": True}}}


@pytest.fixture(scope="module")
def places(mongo_uri: str) -> Iterator[Database[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](mongo_uri, tz_aware=True) as client:
        name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_expressions"
        yield client[name]
        client.drop_database(name)


Rows = Mapping[Any, list[dict[str, Any]]]


def fill(places: Database[dict[str, Any]], random: Random) -> tuple[list[dict[str, Any]], Rows]:
    """Store random records and the rows that refer to them; return both as they are read."""
    made = Records(random)
    things = [made.record(_id=number) for number in range(RECORDS)]
    rows = [
        made.record(ROWS.names, thing=number, hidden=random.random() < 0.2)
        for number in range(RECORDS)
        for _ in range(random.choice((0, 1, 3, 5)))
    ]
    for collection, records in (("expression_things", things), ("expression_rows", rows)):
        places[collection].drop()
        places[collection].insert_many(records)
    places["expression_rows"].create_index("thing")
    seen: dict[Any, list[dict[str, Any]]] = {number: [] for number in range(RECORDS)}
    for row in places["expression_rows"].find(SEES["rows_by_thing"]):
        seen[row["thing"]].append(row)
    return list(places["expression_things"].find().sort("_id", 1)), seen


def make(expressions: Expressions) -> Tree:
    """Return the tree of a random expression that is small enough."""
    while True:
        kind, text = expressions.any()
        try:
            return check(text, SCOPE, kind)
        except ExpressionError as error:
            message = error.refusals[0].message
            if "too many parts" in message or "too long" in message or "cannot be seen" in message:
                continue
            # A literal where a field is needed, or an integer where a tree became a decimal.
            if any(word in message for word in ("ask for what is blank", "whole number", "ask for what")):
                continue
            raise AssertionError(f"{text}: {error}") from error


def in_mongo(places: Database[dict[str, Any]], trees: list[Tree]) -> list[dict[str, Any]]:
    """Return what MongoDB gives for each record, by the number of the expression."""
    stages: list[Any] = [{"$sort": {"_id": 1}}]
    values: dict[str, Any] = {}
    for number, tree in enumerate(trees):
        compiled = to_mongo(tree, today=TODAY, scope=SEES, prefix=f"related_{number}")
        stages += compiled.stages
        values[f"e{number}"] = compiled.value
        if tree.type == BOOLEAN and not aggregates(tree):
            values[f"c{number}"] = to_mongo_condition(tree, today=TODAY)
    return list(places["expression_things"].aggregate([*stages, {"$project": values}]))


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are one, whole numbers and others told apart."""
    one = stored(one) if isinstance(one, date) and not isinstance(one, datetime) else one
    kinds = [
        int if isinstance(value, int) and not isinstance(value, bool) else type(value)
        for value in (one, other)
    ]
    return kinds[0] is kinds[1] and one == other


def explained(places: Database[dict[str, Any]], tree: Tree, record: Mapping[str, Any], rows: Rows) -> str:
    """Say the smallest disagreement."""

    def values(part: Tree, over: Mapping[str, Any]) -> tuple[Any, Any]:
        places["expression_things"].replace_one({"_id": over["_id"]}, dict(over))
        (found,) = [one for one in in_mongo(places, [part]) if one["_id"] == over["_id"]]
        related = {"rows_by_thing": rows[over["_id"]]}
        return to_python(part, today=TODAY)(over, related), found["e0"]

    def disagrees(part: Tree, over: Mapping[str, Any]) -> bool:
        if isinstance(part, Literal) or "_id" not in over or part.type.base.value in ("list", "blank"):
            return False
        return not same(*values(part, over))

    part, left = smallest(tree, record, disagrees)
    places["expression_things"].replace_one({"_id": record["_id"]}, dict(record))
    python, mongo = values(part, {**left, "_id": record["_id"]})
    return f"{stored_text(part)} over {left}: {python!r} in Python, {mongo!r} in MongoDB (EXPRESSION_SEED={SEED})"


def test_every_expression_gives_the_same_in_python_and_in_mongodb(places: Database[dict[str, Any]]) -> None:
    random, tried, blanks = Random(SEED), 0, 0
    while tried < PAIRS:
        records, rows = fill(places, random)
        trees = [make(Expressions(random)) for _ in range(EXPRESSIONS)]
        functions = [to_python(tree, today=TODAY) for tree in trees]
        for record, found in zip(records, in_mongo(places, trees), strict=True):
            related = {"rows_by_thing": rows[record["_id"]]}
            for number, tree in enumerate(trees):
                value = functions[number](record, related)
                assert same(value, found[f"e{number}"]), explained(places, tree, record, rows)
                if f"c{number}" in found:
                    assert found[f"c{number}"] is (value is True)
                tried, blanks = tried + 1, blanks + (value is None)
    # Neither all blank nor never: the records are worth something.
    assert 0.1 < blanks / tried < 0.7


def test_a_disagreement_is_reported_at_its_smallest(
    places: Database[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    records, rows = fill(places, Random(SEED))
    record = {**records[0], "people": -7, "revenue": 2.5}
    places["expression_things"].replace_one({"_id": 0}, record)
    as_python_divides = replace(FUNCTIONS["modulo"], python=lambda one, by: Decimal(int(one) % int(by)))
    monkeypatch.setitem(FUNCTIONS, "modulo", as_python_divides)
    tree = check("最大(营业收入, 1) > 2 且 (营业收入 + 从业人员 % 3 > 3 或 名称 == 空)", SCOPE)
    assert explained(places, tree, record, rows).startswith(
        "people % 3 over {'_id': 0, 'people': -7}: 2 in Python, -1 in MongoDB"
    )


def test_what_is_shown_and_what_is_stored_read_back_as_the_same_tree() -> None:
    random = Random(SEED)
    for _ in range(300 if PAIRS < 100_000 else 5000):
        tree = make(Expressions(random))
        assert check(show(tree, SCOPE), SCOPE, tree.type) == tree
        assert read_stored(stored_text(tree), SCOPE, tree.type) == tree


# --- on the server alone


@pytest.mark.parametrize("text", ["$where", "$$ROOT", "$people", "{$gt: ''}", "a.b", "' || true || '", '"\\'])
def test_a_text_stays_a_text(text: str, mongo_uri: str) -> None:
    written = text.replace("\\", "\\\\").replace('"', '\\"')
    tree = check(f'名称 + "{written}"', SCOPE)
    assert to_python(tree, today=TODAY)({"name": "x"}) == f"x{text}"
    with MongoClient[dict[str, Any]](mongo_uri) as client:
        pipeline = [
            {"$documents": [{"name": "x"}]},
            {"$project": {"value": to_mongo(tree, today=TODAY).value}},
        ]
        (found,) = client["admin"].aggregate(pipeline)
    assert found["value"] == f"x{text}"


@pytest.mark.parametrize(
    ("start", "step"),
    [
        ("1.5", "({} * 营业收入)"), ("1.5", "(营业收入 / {})"), ("1", "(人数 % {})"),
        ("1.5", "(营业收入 - ({}))"), ("1.5", "round({}, 2)"), ("1.5", "abs(-({}))"),
        ("1.5", "max({}, 营业收入)"), ("1.5", "(真 ? {} : 1.5)"),
        ("1.5", "coalesce({}, 营业收入)"),
        ("是否核验", "!({})"), ("是否核验", "(({} || 真) && 是否核验)"), ("是否核验", "({} == 是否核验)"),
        ("是否核验", "({} in [真, 假])"), ("名称", "upper({} + 名称)"), ("名称", "(endsWith({}, 名称) ? 名称 : 备注)"),
        ("入驻日期", "addMonths({}, 1)"), ("入驻日期", "addDays({}, daysBetween({}, 入驻日期))"),
        ("1.5", "(({} > 1.5 ? 1.5 : 营业收入) > 2 ? 1 : 营业收入)"),
    ],
)  # fmt: skip
def test_the_deepest_expression_that_is_accepted_runs_in_mongodb(
    start: str, step: str, mongo_uri: str
) -> None:
    text, deepest = start, start
    for _ in range(MOST_DEPTH * 2):
        text = step.replace("{}", text, 1).replace("{}", start)
        try:
            check(text, SCOPE)
        except ExpressionError:
            break
        deepest = text
    else:
        pytest.fail("no bound was met")
    tree = check(deepest, SCOPE)
    compiled = to_mongo(tree, today=TODAY).value
    with MongoClient[dict[str, Any]](mongo_uri) as client:
        pipeline = [{"$documents": [{"people": 1}]}, {"$project": {"value": compiled}}]
        assert len(list(client["admin"].aggregate(pipeline))) == 1
    to_python(tree, today=TODAY)({})
