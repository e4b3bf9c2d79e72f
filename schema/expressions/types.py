"""The types of the expression language, and its numbers: what a value may be, in Python and in MongoDB alike."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from enum import Enum

from rules.words import N_
from schema.field import Kind


class Base(Enum):
    """What a value is: `label` is a message id, for the list of names and functions."""

    label: str

    def __new__(cls, code: str, label: str) -> "Base":
        """Build a member from its code and label."""
        member = object.__new__(cls)
        member._value_ = code
        member.label = label
        return member

    BOOLEAN = "boolean", N_("Yes or no")
    INTEGER = "integer", N_("Whole number")
    DECIMAL = "decimal", N_("Number")
    TEXT = "text", N_("Text")
    DAY = "day", N_("Day")
    MOMENT = "moment", N_("Moment")
    CHOICE = "choice", N_("Word of a list")
    LIST = "list", N_("Several")
    BLANK = "blank", N_("Blank")


Words = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Type:
    """A type: `words` (code, Chinese word) of a closed list; `item` is what a list holds, texts or words."""

    base: Base
    words: Words = ()
    item: Base | None = None

    @property
    def is_number(self) -> bool:
        """Whether it is a number of either sort."""
        return self.base in (Base.INTEGER, Base.DECIMAL)

    @property
    def is_ordered(self) -> bool:
        """Whether its values stand in an order that clerks know."""
        return self.is_number or self.base in (Base.DAY, Base.MOMENT)


BOOLEAN, INTEGER, DECIMAL = Type(Base.BOOLEAN), Type(Base.INTEGER), Type(Base.DECIMAL)
TEXT, DAY, MOMENT, BLANK = Type(Base.TEXT), Type(Base.DAY), Type(Base.MOMENT), Type(Base.BLANK)

# Of a small table: an item for each row, and the numbers of one of its sub-fields.
ROW_LIST, NUMBER_LIST = Type(Base.LIST, (), Base.BOOLEAN), Type(Base.LIST, (), Base.DECIMAL)

BASE_OF_KIND = {
    Kind.TEXT: Base.TEXT,
    Kind.LONG_TEXT: Base.TEXT,
    Kind.CODE: Base.TEXT,
    Kind.INTEGER: Base.INTEGER,
    Kind.DECIMAL: Base.DECIMAL,
    Kind.DATE: Base.DAY,
    Kind.MOMENT: Base.MOMENT,
    Kind.YES_NO: Base.BOOLEAN,
    Kind.CHOICE: Base.CHOICE,
    Kind.COUNTY: Base.CHOICE,
    Kind.STATUS: Base.CHOICE,
    Kind.REFERENCE: Base.TEXT,  # the copied name
    Kind.REFERENCES: Base.LIST,  # the copied names
    Kind.CHOICES: Base.LIST,
    Kind.TEXTS: Base.LIST,
    Kind.NAMES: Base.LIST,
    Kind.COOPERATIONS: Base.LIST,
}


def joined(one: Type, other: Type) -> Type | None:
    """Return the type that holds values of both; None where there is none."""
    if one == other or other.base is Base.BLANK:
        return one
    if one.base is Base.BLANK:
        return other
    return DECIMAL if one.is_number and other.is_number else None


# --- numbers: as decimal128 computes, kept to ten places and below 10^15, so that sums are exact in any order

PLACES = 10
LIMIT = Decimal(10) ** 15
LEAST = -LIMIT
RESULT_PLACES = 4  # as amounts are stored
RESULT_LIMIT = Decimal(10) ** 12
_STEPS = tuple(Decimal(1).scaleb(-places) for places in range(PLACES + 1))
DECIMAL128 = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, clamp=1, traps=[])
_HALF_UP = Context(prec=34, rounding=ROUND_HALF_UP, Emin=-6143, Emax=6144, clamp=1, traps=[])
_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_EVEN, traps=[])


def decimal_of(value: int | float | Decimal) -> Decimal:
    """Return a stored number as MongoDB's `$toDecimal` reads it: of a double, fifteen digits."""
    return _FIFTEEN.create_decimal(value) if isinstance(value, float) else Decimal(value)


def bounded(value: Decimal) -> Decimal | None:
    """Return a result as it is kept, rounded half to even at ten places; None when it is too large to be kept."""
    # No NaN and no infinity comes out of operations over numbers that are kept.
    return at_places(value) if LEAST < value < LIMIT else None


def at_places(value: Decimal) -> Decimal:
    """Return a number below 10^16 at ten places, rounded half to even."""
    return DECIMAL128.quantize(value, _STEPS[PLACES])


def rounded(value: Decimal, places: int) -> Decimal:
    """Return a number at so many places, halves away from zero as offices round; never a negative zero."""
    return _HALF_UP.quantize(value, _STEPS[places]) or Decimal(0)
