"""A typed tree as text again: in Chinese for whoever reads it, by key for what is stored. Each parses back to it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Protocol

from schema.expressions.checker import word_of
from schema.expressions.functions import AGGREGATES_BY_WORD, FUNCTIONS
from schema.expressions.names import Name, Relation, Scope
from schema.expressions.tokens import is_plain_name
from schema.expressions.tree import Aggregate, FieldValue, Literal, Operation, Tree
from schema.expressions.types import Base, Type

# The ranks of CEL's grammar, the loosest first.
_CHOICE, _OR, _AND, _COMPARISON, _SUM, _PRODUCT, _SIGNED, _MEMBER = range(8)
_COMPARISONS = {"equals": "==", "notEquals": "!=", "less": "<", "lessOrEquals": "<=", "greater": ">",
                "greaterOrEquals": ">="}  # fmt: skip
_PRODUCTS = {"multiply": "*", "divide": "/", "modulo": "%"}


class _Words(Protocol):
    """How names and keywords are written."""

    keywords: dict[str, str]

    def field(self, one: FieldValue) -> str: ...
    def aggregate(self, one: Aggregate) -> str: ...
    def function(self, name: str) -> str: ...
    def word(self, code: str, kind: Type) -> str: ...
    def inside(self, one: Aggregate) -> "_Words": ...


def show(tree: Tree, scope: Scope) -> str:
    """Return the text that a person reads: labels, words and functions in Chinese. `checker.check` reads it back."""
    return _written(tree, _Chinese(scope), _CHOICE)


def stored_text(tree: Tree) -> str:
    """Return the text that is stored: keys, codes and CEL's own words. `checker.read_stored` reads it back."""
    return _written(tree, _Stored(), _CHOICE)


class _Stored:
    keywords = {"true": "true", "false": "false", "null": "null", "in": "in", "&&": "&&", "||": "||", "!": "!",
                "date": "date"}  # fmt: skip

    def field(self, one: FieldValue) -> str:
        return quoted_name(one.key)

    def aggregate(self, one: Aggregate) -> str:
        relation = quoted_name(one.relation)
        return f"{relation}.{quoted_name(one.field.key)}" if one.field else relation

    def function(self, name: str) -> str:
        return name

    def word(self, code: str, kind: Type) -> str:
        return code

    def inside(self, one: Aggregate) -> "_Stored":
        return self


class _Chinese:
    keywords = {"true": "真", "false": "假", "null": "空", "in": "属于", "&&": "且", "||": "或", "!": "!",
                "date": "日期"}  # fmt: skip

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def field(self, one: FieldValue) -> str:
        return _labelled(one.key, self.scope.named(one.key, is_key=True), self.scope.named)

    def aggregate(self, one: Aggregate) -> str:
        relation = _labelled(one.relation, self.scope.related(one.relation, is_key=True), self.scope.related)
        return f"{relation}.{self.inside(one).field(one.field)}" if one.field else relation

    def function(self, name: str) -> str:
        aggregate = AGGREGATES_BY_WORD.get(name)
        return aggregate.zh if aggregate else FUNCTIONS[name].zh

    def word(self, code: str, kind: Type) -> str:
        label = dict(kind.words).get(code, code)
        return label if word_of(label, kind, is_stored=False) == code else code

    def inside(self, one: Aggregate) -> "_Chinese":
        found = self.scope.related(one.relation, is_key=True)
        return _Chinese(found[0].scope) if found else self


class _Named(Protocol):
    def __call__(self, word: str, *, is_key: bool = False) -> tuple[Name | Relation, ...]: ...


def _labelled(key: str, found: Iterable[Name | Relation], named: _Named) -> str:
    """Return the label of a key, or the key where the label is another's too (or another's key)."""
    for one in found:
        label = one.label
        if "`" not in label and named(label) == (one,) and not (set(named(label, is_key=True)) - {one}):
            return quoted_name(label)
    return f"`{key}`"


def quoted_name(name: str) -> str:
    """Return a name as it is written: between quotes where it would not read as one name."""
    return name if is_plain_name(name) else f"`{name}`"


def quoted_text(text: str) -> str:
    """Return a text between quotation marks."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _written(tree: Tree, words: _Words, rank: int) -> str:
    if isinstance(tree, Literal):
        return _literal(tree, words)
    if isinstance(tree, FieldValue):
        return words.field(tree)
    if isinstance(tree, Aggregate):
        inside = words.inside(tree)
        condition = "" if tree.condition is None else f", {_written(tree.condition, inside, _CHOICE)}"
        return f"{words.function(tree.name)}({words.aggregate(tree)}{condition})"
    own, text = _operation(tree, words)
    return f"({text})" if own < rank else text


def _literal(tree: Literal, words: _Words) -> str:
    value = tree.value
    if isinstance(value, tuple):
        kind = Type(tree.type.item or Base.TEXT, tree.type.words)
        return f"[{', '.join(_literal(Literal(one, kind), words) for one in value)}]"
    if value is None or isinstance(value, bool):
        return words.keywords["null" if value is None else "true" if value else "false"]
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, date):
        return f"{words.keywords['date']}({quoted_text(value.isoformat())})"
    return quoted_text(words.word(value, tree.type) if tree.type.base is Base.CHOICE else value)


def _operation(tree: Operation, words: _Words) -> tuple[int, str]:
    """Return the rank of an operation, and its text."""
    name, operands = tree.name, tree.operands
    if name in ("and", "or"):
        rank, sign = (_AND, "&&") if name == "and" else (_OR, "||")
        return rank, f" {words.keywords[sign]} ".join(_written(one, words, rank + 1) for one in operands)
    if name == "choose":
        return _CHOICE, _choice(operands, words)
    if name == "not":
        return _negation(operands[0], words)
    if name == "isBlank":
        return _COMPARISON, f"{_written(operands[0], words, _SUM)} == {words.keywords['null']}"
    if name in _COMPARISONS or name == "in":
        sign = _COMPARISONS.get(name) or words.keywords["in"]
        return (
            _COMPARISON,
            f"{_written(operands[0], words, _SUM)} {sign} {_written(operands[1], words, _SUM)}",
        )
    if name == "negate":
        return _SIGNED, f"-{_written(operands[0], words, _SIGNED)}"
    if name in ("add", "concat"):
        return _SUM, _sum(operands, words)
    if name in _PRODUCTS:
        left, right = _written(operands[0], words, _PRODUCT), _written(operands[1], words, _SIGNED)
        return _PRODUCT, f"{left} {_PRODUCTS[name]} {right}"
    arguments = ", ".join(_written(one, words, _CHOICE) for one in operands)
    return _MEMBER, f"{words.function(name)}({arguments})"


def _choice(operands: tuple[Tree, ...], words: _Words) -> str:
    parts = []
    for condition, value in zip(operands[:-1:2], operands[1::2], strict=True):
        parts.append(f"{_written(condition, words, _OR)} ? {_written(value, words, _OR)} : ")
    return "".join(parts) + _written(operands[-1], words, _OR)


def _negation(operand: Tree, words: _Words) -> tuple[int, str]:
    if isinstance(operand, Operation) and operand.name == "isBlank":
        return _COMPARISON, f"{_written(operand.operands[0], words, _SUM)} != {words.keywords['null']}"
    return _SIGNED, f"{words.keywords['!']}{_written(operand, words, _SIGNED)}"


def _sum(operands: tuple[Tree, ...], words: _Words) -> str:
    text = _written(operands[0], words, _SUM)
    for one in operands[1:]:
        is_minus = isinstance(one, Operation) and one.name == "negate"
        if is_minus and isinstance(one, Operation):
            text += f" - {_written(one.operands[0], words, _PRODUCT)}"
        elif isinstance(one, Literal) and isinstance(one.value, Decimal) and one.value < 0:
            text += f" - {_literal(Literal(-one.value, one.type), words)}"
        else:
            text += f" + {_written(one, words, _PRODUCT)}"
    return text
