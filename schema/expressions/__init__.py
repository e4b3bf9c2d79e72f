"""The expression language of the office: computed fields, conditions and rules between fields.

`check` reads what an administrator typed (with `scope_of` a collection), `stored_text` gives what is kept and
`read_stored` reads it again, `show` says it in Chinese; `to_python` and `to_mongo` compile one typed tree to one
meaning; `order_of` finds circles; `picker` lists names and functions. Decision and grammar: docs/decisions; for
administrators: docs/low-code.md.
"""

from schema.expressions.checker import check, read_stored
from schema.expressions.circles import order_of
from schema.expressions.faults import ExpressionError
from schema.expressions.in_mongo import MongoExpression, to_mongo, to_mongo_condition
from schema.expressions.in_python import Outcome, PythonExpression, to_python
from schema.expressions.names import Name, Relation, Scope, scope_of
from schema.expressions.picker import picker
from schema.expressions.shown import show, stored_text
from schema.expressions.tree import asks_today, fields_read

__all__ = [
    "check", "read_stored", "stored_text", "show", "ExpressionError",
    "to_python", "PythonExpression", "Outcome", "to_mongo", "to_mongo_condition", "MongoExpression",
    "scope_of", "Scope", "Name", "Relation", "picker", "order_of", "asks_today", "fields_read",
]  # fmt: skip
