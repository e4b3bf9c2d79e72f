"""What was asked of a list: comparisons in groups, read and within bounds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from schema.field import Field
from schema.narrowing.operators import Operator

MOST_COMPARISONS = 20
MOST_DEPTH = 3  # groups within groups, the outermost one included
MOST_VALUES = 30  # of one comparison
LONGEST_VALUE = 60  # characters
Value = str | float | date | bool


@dataclass(frozen=True)
class Comparison:
    """A field compared with values: texts, numbers, days, codes of words, ids of records as texts."""

    field: Field
    operator: Operator
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Group:
    """Comparisons and groups: all of them must hold, or any."""

    parts: "tuple[Comparison | Group, ...]"
    any_of: bool = False

    def comparisons(self) -> Iterator[Comparison]:
        """Yield every comparison in it, in their order."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.comparisons()
            else:
                yield part
