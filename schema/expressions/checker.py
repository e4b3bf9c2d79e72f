"""From syntax to a typed tree: names are looked up, types checked, limits kept; each fault is one sentence."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from rules.choices import plain
from rules.words import N_
from schema.expressions.faults import ExpressionError
from schema.expressions.functions import (
    AGGREGATES_BY_WORD,
    BY_WORD,
    FUNCTIONS,
    Accepts,
    AggregateFunction,
    Function,
    fits,
    together,
)
from schema.expressions.mongo_parts import FIRST_DAY, LAST_DAY
from schema.expressions.names import Name, Relation, Scope
from schema.expressions.parser import (
    AnySyntax,
    CallSyntax,
    KeywordSyntax,
    ListSyntax,
    NameSyntax,
    NumberSyntax,
    TextSyntax,
    parse,
)
from schema.expressions.tree import (
    Aggregate,
    FieldValue,
    Literal,
    Operation,
    Tree,
    Value,
    aggregates,
    depth,
    walk,
)
from schema.expressions.types import (
    BLANK,
    BOOLEAN,
    DAY,
    DECIMAL,
    INTEGER,
    NUMBER_LIST,
    ROW_LIST,
    TEXT,
    Base,
    Type,
)

MOST_NODES = 200
MOST_DEPTH = 16
MOST_AGGREGATES = 8
MOST_ITEMS = 100

_NO_NAME = N_("Character %(position)s, “%(word)s”: there is no such field. Please choose one from the list.")
_AMBIGUOUS = N_(
    "Character %(position)s, “%(word)s”: several fields are called so (%(keys)s). Please write one of these keys"
    " between two “`”."
)
_NO_RELATION = N_(
    "Character %(position)s, “%(word)s”: no such records refer to this one. Please choose from the list."
)
_RELATED = N_(
    "Character %(position)s, “%(word)s”: of related records write count(…), sum(…), average(…), latest(…) or"
    " earliest(…)."
)
_NO_FUNCTION = N_(
    "Character %(position)s, “%(word)s”: there is no such function. Please choose one from the list."
)
_ARGUMENTS = N_(
    "Character %(position)s, “%(word)s”: this takes %(fewest)s to %(largest)s values, and was given %(count)s."
)
_COUNT_TAKES = N_(
    "Character %(position)s, “%(word)s”: write the related records, a comma and a condition, such as %(example)s."
)
_NESTED = N_(
    "Character %(position)s, “%(word)s”: a condition on related records can only speak of their own fields."
)
_ALIKE = N_(
    "Character %(position)s, “%(word)s”: these are of different kinds and cannot be compared or chosen between."
)
_MIXED_SUM = N_(
    "Character %(position)s, “%(word)s”: a text is joined to texts only; a whole number or a day becomes one by"
    " text(…)."
)
_DAYS = N_(
    "Character %(position)s, “%(word)s”: days are not added; use daysBetween(…), addDays(…) or addMonths(…)."
)
_NO_WORD = N_("Character %(position)s, “%(word)s”: this list has no such word; it has %(words)s.")
_NO_DAY = N_(
    "Character %(position)s, “%(word)s”: this is no day of the years 1000 to 9999. Please write it as 2026-01-31."
)
_LIST = N_(
    "Character %(position)s, “%(word)s”: after “in” a list must stand, such as [1, 2], or a field with several words."
)
_ITEM = N_(
    "Character %(position)s, “%(word)s”: a list holds values that are written here, of one kind, at most 100."
)
_NO_LIST = N_("Character %(position)s, “%(word)s”: a list stands after “in” only.")
_BLANK = N_("Character %(position)s, “%(word)s”: only “==” and “!=” ask for what is blank.")
_ALWAYS_BLANK = N_("The formula would always be blank.")
_TOO_MANY = N_(
    "The formula has too many parts (at most %(nodes)s, %(depth)s inside one another, %(aggregates)s of related"
    " records). Please make a computed field of a part of it."
)
_RESULT = {
    Base.BOOLEAN: N_("The formula must be a condition, such as a comparison."),
    Base.INTEGER: N_("The formula must give a whole number; round(…) makes one."),
    Base.DECIMAL: N_("The formula must give a number."),
    Base.TEXT: N_("The formula must give a text."),
    Base.DAY: N_("The formula must give a day."),
    Base.MOMENT: N_("The formula must give a moment."),
    Base.CHOICE: N_("The formula must give a word of the list."),
}
_NOT_STORED = N_("The formula gives several words, which no field can hold.")


def check(source: str, scope: Scope, expects: Type | None = None) -> Tree:
    """Return the typed tree of what a person typed, fields named by label (or by key).

    `expects` is what it must give; without it anything but a list will do. Raises ExpressionError, whose one sentence
    says where and what to do.
    """
    return _checked(source, scope, expects, is_stored=False)


def read_stored(source: str, scope: Scope, expects: Type | None = None) -> Tree:
    """Return the typed tree of the stored form, fields named by key and words by code alone. Raises ExpressionError."""
    return _checked(source, scope, expects, is_stored=True)


def _checked(source: str, scope: Scope, expects: Type | None, *, is_stored: bool) -> Tree:
    syntax = parse(source)
    tree = _Checker(scope, is_stored).tree(syntax, expects)
    if tree.type.base is Base.BLANK:
        raise ExpressionError(_ALWAYS_BLANK, syntax.start, syntax.end, syntax.shown)
    if tree.type.base is Base.LIST:
        raise ExpressionError(_NOT_STORED, syntax.start, syntax.end, syntax.shown)
    if expects is not None and not _gives(tree.type, expects):
        raise ExpressionError(_RESULT[expects.base], syntax.start, syntax.end, syntax.shown)
    nodes = sum(1 for _ in walk(tree))
    if nodes > MOST_NODES or depth(tree) > MOST_DEPTH or len(aggregates(tree)) > MOST_AGGREGATES:
        limits = {"nodes": MOST_NODES, "depth": MOST_DEPTH, "aggregates": MOST_AGGREGATES}
        raise ExpressionError(_TOO_MANY, syntax.start, syntax.end, syntax.shown, **limits)
    return tree


def _gives(kind: Type, expects: Type) -> bool:
    return kind == expects or (kind.base is Base.INTEGER and expects.base is Base.DECIMAL)


def _fault(message: str, syntax: AnySyntax, **params: object) -> ExpressionError:
    return ExpressionError(message, syntax.start, syntax.end, syntax.shown, **params)


def word_of(text: str, kind: Type, *, is_stored: bool) -> str | None:
    """Return the code that a text means in a list of words; None where it means none, or several."""
    if any(code == text for code, _ in kind.words):
        return text
    meant = [code for code, label in kind.words if plain(label) == plain(text)]
    return meant[0] if len(meant) == 1 and not is_stored else None


_OPERATIONS = {
    "&&": "and", "||": "or", "*": "multiply", "/": "divide", "%": "modulo", "!": "not", "==": "equals",
    "!=": "notEquals", "<": "less", "<=": "lessOrEquals", ">": "greater", ">=": "greaterOrEquals", "?:": "choose",
}  # fmt: skip


class _Checker:
    def __init__(self, scope: Scope, is_stored: bool, *, is_related: bool = False) -> None:
        self.scope, self.is_stored, self.is_related = scope, is_stored, is_related

    def tree(self, syntax: AnySyntax, expects: Type | None = None) -> Tree:
        """Return the tree of any piece. `expects` only tells how a written text is to be read."""
        if isinstance(syntax, NumberSyntax):
            is_whole = syntax.number == syntax.number.to_integral_value()
            return Literal(syntax.number, INTEGER if is_whole else DECIMAL)
        if isinstance(syntax, TextSyntax):
            return self.text(syntax, expects)
        if isinstance(syntax, KeywordSyntax):
            is_null = syntax.keyword == "null"
            return Literal(None, BLANK) if is_null else Literal(syntax.keyword == "true", BOOLEAN)
        if isinstance(syntax, NameSyntax):
            return self.name(syntax)
        if isinstance(syntax, ListSyntax):
            raise _fault(_NO_LIST, syntax)
        return self.operator(syntax, expects) if syntax.is_operator else self.call(syntax, expects)

    # --- values

    def text(self, syntax: TextSyntax, expects: Type | None) -> Literal:
        if expects is not None and expects.base is Base.DAY:
            return Literal(self.day(syntax), DAY)
        if expects is None or expects.base is not Base.CHOICE:
            return Literal(syntax.text, TEXT)
        code = word_of(syntax.text, expects, is_stored=self.is_stored)
        if code is None:
            words = "、".join(label for _, label in expects.words[:12])
            raise _fault(_NO_WORD, syntax, words=words + ("…" if len(expects.words) > 12 else ""))
        return Literal(code, expects)

    def day(self, syntax: TextSyntax) -> date:
        parts = syntax.text.split("-")
        if [len(part) for part in parts] != [4, 2, 2] or not "".join(parts).isdecimal():
            raise _fault(_NO_DAY, syntax)
        try:
            found = date(*map(int, parts))
        except ValueError as error:
            raise _fault(_NO_DAY, syntax) from error
        if not FIRST_DAY <= found <= LAST_DAY:
            raise _fault(_NO_DAY, syntax)
        return found

    def name(self, syntax: NameSyntax) -> FieldValue:
        if syntax.owner is not None:
            column = self.column(syntax)
            if column is None:
                raise _fault(_RELATED, syntax)
            return column.value
        found = self.named(syntax, self.scope)
        if found is None:
            raise _fault(_RELATED if self.relations_called(syntax) else _NO_NAME, syntax)
        return found.value

    def named(self, syntax: NameSyntax, scope: Scope) -> Name | None:
        # A key between quotes is always meant as one: so what two labels share can be written.
        is_key = self.is_stored or (syntax.is_quoted and bool(scope.named(syntax.name, is_key=True)))
        found = scope.named(syntax.name, is_key=is_key)
        if len(found) > 1:
            raise _fault(_AMBIGUOUS, syntax, keys="、".join(one.key for one in found))
        return found[0] if found else None

    def column(self, syntax: NameSyntax) -> Name | None:
        """Return the sub-field of a small table that is written with a point; None where it is none."""
        if not isinstance(syntax.owner, NameSyntax) or syntax.owner.owner is not None or self.is_stored:
            return None
        found = self.scope.named(f"{syntax.owner.name}.{syntax.name}")
        return found[0] if len(found) == 1 else None

    def relations_called(self, syntax: NameSyntax) -> tuple[Relation, ...]:
        exact = self.scope.related(syntax.name, is_key=True)
        is_key = self.is_stored or (syntax.is_quoted and bool(exact))
        return self.scope.related(syntax.name, is_key=is_key)

    def relation(self, syntax: AnySyntax) -> Relation:
        if not isinstance(syntax, NameSyntax) or syntax.owner is not None:
            raise _fault(_NO_RELATION, syntax)
        found = self.relations_called(syntax)
        if len(found) > 1:
            raise _fault(_AMBIGUOUS, syntax, keys="、".join(one.key for one in found))
        if not found:
            raise _fault(_NO_RELATION, syntax)
        return found[0]

    # --- operators

    def operator(self, syntax: CallSyntax, expects: Type | None) -> Tree:
        if syntax.name in ("+", "-", "-x"):
            return self.sum(syntax)
        if syntax.name == "in":
            return self.among(syntax)
        if syntax.name in ("==", "!=") and (asked := self.blank_asked(syntax)) is not None:
            return asked
        name = _OPERATIONS[syntax.name]
        if name == "choose":
            return self.choose(syntax, expects)
        operands = _chain(syntax) if name in ("and", "or") else syntax.arguments
        return self.apply(FUNCTIONS[name], syntax, operands)

    def blank_asked(self, syntax: CallSyntax) -> Operation | None:
        nulls = [isinstance(one, KeywordSyntax) and one.keyword == "null" for one in syntax.arguments]
        if not any(nulls):
            return None
        value = self.tree(syntax.arguments[nulls.index(False) if False in nulls else 0])
        if isinstance(value, Literal):
            raise _fault(_BLANK, syntax)
        asked = Operation("isBlank", (value,), BOOLEAN)
        return asked if syntax.name == "==" else Operation("not", (asked,), BOOLEAN)

    def sum(self, syntax: CallSyntax) -> Tree:
        if syntax.name == "-x":
            return _negated(self.operand(syntax.arguments[0], Accepts.NUMBER))
        terms = _terms(syntax)
        trees = [self.tree(term) for term, _ in terms]
        texts = [one.type.base is Base.TEXT for one in trees]
        if any(texts) and all(plus for _, plus in terms):
            if not all(texts):
                raise _fault(_MIXED_SUM, terms[texts.index(False)][0])
            return Operation("concat", tuple(trees), TEXT)
        for (term, _), tree in zip(terms, trees, strict=True):
            if tree.type.base is Base.DAY:
                raise _fault(_DAYS, term)
            self.demand(tree, term, Accepts.NUMBER)
        signed = [tree if plus else _negated(tree) for (_, plus), tree in zip(terms, trees, strict=True)]
        return Operation("add", tuple(signed), together(tuple(one.type for one in signed)))

    def among(self, syntax: CallSyntax) -> Operation:
        value, container = syntax.arguments
        if isinstance(container, ListSyntax):
            return self.in_list(syntax, value, container)
        among = self.tree(container)
        if among.type.base is not Base.LIST:
            raise _fault(_LIST, container)
        return Operation("in", (self.item(value, among.type), among), BOOLEAN)

    def item(self, value: AnySyntax, among: Type) -> Tree:
        """Return what may be asked of a list: a text, or one of its words."""
        wanted = Type(among.item or Base.TEXT, among.words)
        found = self.tree(value, wanted)
        if found.type != wanted:
            raise _fault(_ALIKE, value)
        return found

    def in_list(self, syntax: CallSyntax, value: AnySyntax, container: ListSyntax) -> Operation:
        asked = self.operand(value, Accepts.COMPARED)
        if not 0 < len(container.items) <= MOST_ITEMS:
            raise _fault(_ITEM, container)
        values: list[Value] = []
        for item in container.items:
            found = self.tree(item, asked.type)
            if not isinstance(found, Literal) or found.value is None or isinstance(found.value, tuple):
                raise _fault(_ITEM, item)
            if together((asked.type, found.type)) is BLANK:
                raise _fault(_ALIKE, item)
            values.append(found.value)
        items = Literal(tuple(values), Type(Base.LIST, asked.type.words, asked.type.base))
        return Operation("in", (asked, items), BOOLEAN)

    def choose(self, syntax: CallSyntax, expects: Type | None) -> Operation:
        parts = _flat_choice(syntax)
        conditions = [self.operand(one, Accepts.BOOLEAN) for one in parts[:-1:2]]
        values = self.alike((*parts[1::2], parts[-1]), expects)
        kind = self.common(values, syntax)
        if kind.base is Base.LIST:
            raise _fault(Accepts.COMPARED.sentence, syntax)
        mixed: list[Tree] = []
        for condition, value in zip(conditions, values, strict=False):
            mixed += [condition, value]
        return Operation("choose", (*mixed, values[-1]), kind)

    # --- functions

    def operand(self, syntax: AnySyntax, accepts: Accepts, expects: Type | None = None) -> Tree:
        wanted = DAY if accepts is Accepts.DAY else expects
        found = self.tree(syntax, wanted)
        self.demand(found, syntax, accepts)
        return found

    def demand(self, tree: Tree, syntax: AnySyntax, accepts: Accepts) -> None:
        if tree.type.base is Base.BLANK and accepts is not Accepts.ANY:
            raise _fault(_BLANK, syntax)
        is_places = isinstance(tree, Literal) and isinstance(tree.value, Decimal) and 0 <= tree.value <= 10
        if not fits(tree.type, accepts) or (accepts is Accepts.PLACES and not is_places):
            raise _fault(accepts.sentence, syntax)

    def alike(self, arguments: Sequence[AnySyntax], expects: Type | None = None) -> tuple[Tree, ...]:
        """Return operands of one kind: a written text is read as what the others are."""
        found = [None if isinstance(one, TextSyntax) else self.tree(one, expects) for one in arguments]
        kinds = [one.type for one in found if one is not None and one.type.base is not Base.BLANK]
        wanted = kinds[0] if kinds else expects
        return tuple(
            one if one is not None else self.tree(syntax, wanted)
            for one, syntax in zip(found, arguments, strict=True)
        )

    def common(self, trees: Sequence[Tree], syntax: AnySyntax) -> Type:
        found = together(tuple(one.type for one in trees))
        if found is BLANK:
            raise _fault(_ALIKE, syntax)
        return found

    def call(self, syntax: CallSyntax, expects: Type | None) -> Tree:
        if (aggregate := AGGREGATES_BY_WORD.get(syntax.name)) is not None:
            return self.aggregate(aggregate, syntax)
        if syntax.name in ("date", "日期"):
            return self.written_day(syntax)
        function = BY_WORD.get(syntax.name)
        if function is None:
            raise _fault(_NO_FUNCTION, syntax)
        return self.apply(function, syntax, syntax.arguments, expects)

    def written_day(self, syntax: CallSyntax) -> Literal:
        if len(syntax.arguments) != 1 or not isinstance(syntax.arguments[0], TextSyntax):
            raise _fault(_NO_DAY, syntax)
        return Literal(self.day(syntax.arguments[0]), DAY)

    def apply(
        self,
        function: Function,
        syntax: CallSyntax,
        arguments: Sequence[AnySyntax],
        expects: Type | None = None,
    ) -> Operation:
        if not function.fewest <= len(arguments) <= function.largest:
            counts = {"fewest": function.fewest, "largest": function.largest, "count": len(arguments)}
            raise _fault(_ARGUMENTS, syntax, **counts)
        if function.alike:
            operands = self.alike(arguments, expects)
            for one, argument in zip(operands, arguments, strict=True):
                self.demand(one, argument, function.parameters[0])
            self.common(operands, syntax)
        else:
            operands = tuple(
                self.operand(one, function.parameter(place)) for place, one in enumerate(arguments)
            )
        if function.name == "contains":
            operands = (operands[0], self.part(arguments[1], operands[0].type))
        return Operation(function.name, operands, function.result(tuple(one.type for one in operands)))

    def part(self, syntax: AnySyntax, whole: Type) -> Tree:
        if whole.base is Base.LIST:
            return self.item(syntax, whole)
        return self.operand(syntax, Accepts.TEXT)

    def of_table(self, function: AggregateFunction, syntax: CallSyntax) -> Operation | None:
        """Return what a sum or a count asks of a small table of the record itself; None for related records."""
        source = syntax.arguments[0]
        if len(syntax.arguments) != 1 or not isinstance(source, NameSyntax) or self.is_stored:
            return None
        if function.name == "sum":
            named = (self.column(source),) if source.owner is not None else self.scope.named(source.name)
            if len(named) == 1 and named[0] is not None and named[0].type == NUMBER_LIST:
                return Operation("total", (named[0].value,), DECIMAL)
        if function.name == "count" and source.owner is None and not self.relations_called(source):
            named = self.scope.named(source.name)
            if len(named) == 1 and named[0] is not None and named[0].type == ROW_LIST:
                return Operation("size", (named[0].value,), INTEGER)
        return None

    def aggregate(self, function: AggregateFunction, syntax: CallSyntax) -> Aggregate | Operation:
        if self.is_related:
            raise _fault(_NESTED, syntax)
        if not 1 <= len(syntax.arguments) <= 2:
            raise _fault(_COUNT_TAKES, syntax, example=function.example)
        source = syntax.arguments[0]
        if (own := self.of_table(function, syntax)) is not None:
            return own
        name: Name | None = None
        if function.takes is None:
            relation = self.relation(source)
        else:
            if not isinstance(source, NameSyntax) or source.owner is None:
                raise _fault(_COUNT_TAKES, source, example=function.example)
            relation = self.relation(source.owner)
            name = self.named(source, relation.scope)
            if name is None:
                raise _fault(_NO_NAME, source)
            self.demand(name.value, source, function.takes)
        condition = None
        if len(syntax.arguments) == 2:
            inner = _Checker(relation.scope, self.is_stored, is_related=True)
            condition = inner.operand(syntax.arguments[1], Accepts.BOOLEAN)
        value = name.value if name else None
        return Aggregate(
            function.name, relation.key, relation.collection, relation.reference, value, condition,
            function.result(value.type if value else INTEGER),
        )  # fmt: skip


def _negated(tree: Tree) -> Tree:
    if isinstance(tree, Literal) and isinstance(tree.value, Decimal):
        return Literal(-tree.value + 0, tree.type)
    return Operation("negate", (tree,), tree.type)


def _terms(syntax: CallSyntax) -> list[tuple[AnySyntax, bool]]:
    """Return the terms of a sum as they were typed, and whether each is added; only what groups from the left."""
    found: list[tuple[AnySyntax, bool]] = []
    one: AnySyntax = syntax
    while isinstance(one, CallSyntax) and one.is_operator and one.name in ("+", "-"):
        found.append((one.arguments[1], one.name == "+"))
        one = one.arguments[0]
    return [(one, True), *reversed(found)]


def _chain(syntax: CallSyntax) -> tuple[AnySyntax, ...]:
    """Return the operands of a chain of “and” or “or”, which is one operation however it was grouped."""
    waiting: list[AnySyntax] = [syntax]
    found: list[AnySyntax] = []
    while waiting:
        one = waiting.pop()
        if isinstance(one, CallSyntax) and one.is_operator and one.name == syntax.name:
            waiting += reversed(one.arguments)
        else:
            found.append(one)
    return tuple(found)


def _flat_choice(syntax: CallSyntax) -> tuple[AnySyntax, ...]:
    """Return conditions and values in turn, and the last value; what stands after the last “:” goes on."""
    parts = syntax.arguments
    last = parts[-1]
    while isinstance(last, CallSyntax) and last.is_operator and last.name == "?:":
        parts = (*parts[:-1], *last.arguments)
        last = parts[-1]
    return parts
