"""How the fields of a list may be compared: the operators of each kind, with the words that a clerk reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind

MANY = -1  # an operator that takes any number of values


class Family(StrEnum):
    """Kinds of fields that are compared alike."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    WORD = "word"  # one word of a list
    WORDS = "words"  # several words of a list
    RECORD = "record"  # one record or several of another collection
    PRESENCE = "presence"  # only whether there is anything


@dataclass(frozen=True)
class Operator:
    """One way of comparing. `label` is a message id; it takes `values` values (`MANY`: one or more).

    `takes` says of what kind they are where it is not the field's own: text or number.
    """

    name: str
    label: str
    values: int = 1
    takes: str = ""


FILLED = Operator("filled", N_("is filled in"), 0)
BLANK = Operator("blank", N_("is blank"), 0)
_HAS = Operator("has", N_("contains"))
_OF_DAYS = (
    Operator("on", N_("is on")),
    Operator("before", N_("is before")),
    Operator("after", N_("is after")),
    Operator("from", N_("is on or after")),
    Operator("until", N_("is on or before")),
    Operator("between", N_("is between"), 2),
    Operator("past", N_("is within the last … days"), takes="number"),
    Operator("next", N_("is within the next … days"), takes="number"),
    Operator("month", N_("is in this month"), 0),
    Operator("year", N_("is in this year"), 0),
)
OPERATORS: Mapping[Family, tuple[Operator, ...]] = {
    Family.TEXT: (
        _HAS, Operator("lacks", N_("does not contain")), Operator("is", N_("is exactly")),
        Operator("isnt", N_("is not exactly")), Operator("begins", N_("begins with")),
        Operator("ends", N_("ends with")), FILLED, BLANK,
    ),
    Family.NUMBER: (
        Operator("eq", N_("equals")), Operator("ne", N_("does not equal")),
        Operator("gt", N_("is more than")), Operator("gte", N_("is at least")),
        Operator("lt", N_("is less than")), Operator("lte", N_("is at most")),
        Operator("between", N_("is between"), 2), FILLED, BLANK,
    ),
    Family.DAY: (*_OF_DAYS, FILLED, BLANK),
    Family.WORD: (Operator("in", N_("is one of"), MANY), Operator("out", N_("is none of"), MANY), FILLED, BLANK),
    Family.WORDS: (
        Operator("in", N_("holds one of"), MANY), Operator("all", N_("holds all of"), MANY),
        Operator("out", N_("holds none of"), MANY), FILLED, BLANK,
    ),
    Family.RECORD: (
        Operator("in", N_("is this one")), Operator("out", N_("is not this one")),
        Operator("has", N_("has in its name"), takes="text"),
        Operator("lacks", N_("does not have in its name"), takes="text"), FILLED, BLANK,
    ),
    Family.PRESENCE: (FILLED, BLANK),
}  # fmt: skip
_FAMILIES: Mapping[Kind, Family] = {
    **dict.fromkeys((Kind.TEXT, Kind.LONG_TEXT, Kind.CODE), Family.TEXT),
    **dict.fromkeys((Kind.INTEGER, Kind.DECIMAL), Family.NUMBER),
    **dict.fromkeys((Kind.DATE, Kind.MOMENT), Family.DAY),
    **dict.fromkeys((Kind.CHOICE, Kind.STATUS, Kind.COUNTY, Kind.YES_NO), Family.WORD),
    Kind.CHOICES: Family.WORDS,
    **dict.fromkeys((Kind.REFERENCE, Kind.REFERENCES, Kind.NAMES, Kind.COOPERATIONS), Family.RECORD),
}


def family_of(field: Field) -> Family:
    """Return how a field is compared. Of a masked one nothing is told but whether it is there."""
    if field.masked:
        return Family.PRESENCE
    family = _FAMILIES.get(field.kind, Family.PRESENCE)
    return Family.PRESENCE if family is Family.RECORD and not field.refers_to else family


def operator_of(field: Field, name: str) -> Operator | None:
    """Return a field's operator of this name; None where it has none."""
    return next((one for one in OPERATORS[family_of(field)] if one.name == name), None)


def compared_fields(declaration: Collection, *, in_one_county: bool) -> tuple[Field, ...]:
    """Return the fields of a list that conditions may name: of a declaration as the clerk's role knows it.

    Behind a small table stand its sub-fields. The county is none of them where all that the clerk sees is of one.
    """
    named = (
        one
        for one in declaration.exported
        if one.stored and not (in_one_county and one.key == declaration.county_key)
    )
    return tuple(each for one in named for each in (one, *one.columns))
