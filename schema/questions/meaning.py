"""What a question means: a list with what narrows and orders it, and what was not understood of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Asked(StrEnum):
    """What a condition asks of a field."""

    WORDS = "words"  # that it has one of some words
    DAYS = "days"  # that its day lies in a period
    AMOUNT = "amount"  # that its number lies between two
    FILLED = "filled"  # that there is something, or nothing
    WITHOUT = "without"  # that no record of another collection names it, in a period or ever


@dataclass(frozen=True)
class Condition:
    """One condition on a field (`key`), or on the records of another collection (`key` is its name)."""

    asked: Asked
    key: str
    values: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    least: float | None = None
    most: float | None = None
    is_filled: bool = True

    def arguments(self) -> Iterator[tuple[str, str]]:
        """Yield what it adds to a list's address."""
        if self.asked is Asked.WORDS:
            yield from ((self.key, value) for value in self.values)
        elif self.asked is Asked.FILLED:
            yield f"{self.key}_filled", "yes" if self.is_filled else "no"
        elif self.asked is Asked.AMOUNT:
            ends = (("from", self.least), ("to", self.most))
            yield from ((f"{self.key}_{end}", f"{value:.15g}") for end, value in ends if value is not None)
        else:
            name = f"without_{self.key}" if self.asked is Asked.WITHOUT else self.key
            if self.asked is Asked.WITHOUT:
                yield name, "yes"
            days = (("from", self.first), ("to", self.last))
            yield from ((f"{name}_{end}", day.isoformat()) for end, day in days if day is not None)


@dataclass(frozen=True)
class Meaning:
    """A list (`table`) with what narrows it; or, `is_assessment`, the assessment of a year.

    `met`: yes, no or "" of the assessment. `unread` are the parts of the question that were not understood.
    """

    table: str
    county: str = ""
    conditions: tuple[Condition, ...] = ()
    sort: str = ""
    descending: bool = False
    most: int = 0
    is_assessment: bool = False
    year: int = 0
    met: str = ""
    unread: tuple[str, ...] = ()

    @property
    def narrows(self) -> bool:
        """Whether it says more than a list's name and a county."""
        return bool(self.conditions or self.sort or self.most or self.is_assessment)

    def arguments(self) -> list[tuple[str, str]]:
        """Return what stands in the address of the list, or of the assessment."""
        found = [("county", self.county)] if self.county else []
        if self.is_assessment:
            return [
                *found,
                *([("year", str(self.year))] if self.year else []),
                *([("met", self.met)] if self.met else []),
            ]
        for condition in self.conditions:
            found += condition.arguments()
        if self.sort:
            found.append(("sort", ("-" if self.descending else "") + self.sort))
        if self.most:
            found.append(("size", str(self.most)))
        return found
