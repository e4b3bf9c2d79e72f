"""What an editor of expressions offers: names with their kinds, functions with signature, help and example."""

from dataclasses import dataclass

from schema.expressions.functions import AGGREGATES, NAMED_FUNCTIONS, Accepts
from schema.expressions.names import Name, Scope
from schema.expressions.shown import quoted_name, quoted_text
from schema.expressions.types import Base

_WORDS_OF: dict[Accepts, tuple[Base, ...]] = {
    Accepts.NUMBER: (Base.DECIMAL,),
    Accepts.INTEGER: (Base.INTEGER,),
    Accepts.PLACES: (Base.INTEGER,),
    Accepts.TEXT: (Base.TEXT,),
    Accepts.DAY: (Base.DAY,),
    Accepts.MOMENT: (Base.MOMENT,),
    Accepts.WHEN: (Base.DAY, Base.MOMENT),
    Accepts.ORDERED: (Base.DECIMAL, Base.DAY, Base.MOMENT),
    Accepts.CONTAINER: (Base.TEXT, Base.LIST),
    Accepts.NUMBERS: (Base.LIST,),
    Accepts.WRITTEN: (Base.INTEGER, Base.DAY),
}


@dataclass(frozen=True)
class OfferedName:
    """A field: what a click `inserts`, the message id of its `kind`, and how each of its words is written."""

    inserts: str
    label: str
    kind: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfferedFunction:
    """A function: its Chinese word, the one that is stored, message ids of what each parameter takes and of `help`.

    A parameter without message ids takes anything. `fewest` and `largest` say how many values it takes.
    """

    word: str
    name: str
    parameters: tuple[tuple[str, ...], ...]
    fewest: int
    largest: int
    help: str
    example: str


@dataclass(frozen=True)
class Picker:
    """`fields` of the record, `related` fields by relation, `functions`, and `aggregates` over related records."""

    fields: tuple[OfferedName, ...]
    related: tuple[tuple[str, tuple[OfferedName, ...]], ...]
    functions: tuple[OfferedFunction, ...]
    aggregates: tuple[OfferedFunction, ...]


def picker(scope: Scope) -> Picker:
    """Return what may be picked for an expression of this scope."""
    functions = tuple(
        OfferedFunction(
            one.zh, one.name, tuple(_labels(accepts) for accepts in one.parameters), one.fewest, one.largest,
            one.help, one.example,
        )
        for one in NAMED_FUNCTIONS
    )  # fmt: skip
    aggregates = tuple(
        OfferedFunction(
            one.zh, one.name, (_labels(one.takes) if one.takes else (), (Base.BOOLEAN.label,)), 1, 2, one.help,
            one.example,
        )
        for one in AGGREGATES
    )  # fmt: skip
    related = tuple(
        (quoted_name(one.label), tuple(_offered(name) for name in one.names)) for one in scope.relations
    )
    return Picker(tuple(_offered(name) for name in scope.names), related, functions, aggregates)


def _labels(accepts: Accepts) -> tuple[str, ...]:
    return tuple(base.label for base in _WORDS_OF.get(accepts, ()))


def _offered(name: Name) -> OfferedName:
    words = tuple(quoted_text(label) for _, label in name.type.words)
    return OfferedName(quoted_name(name.label), name.label, name.type.base.label, words)
