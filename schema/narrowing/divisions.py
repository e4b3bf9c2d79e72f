"""What a list may be divided by: the words of a field, the record it names, the month or year of its day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rules.words import N_
from schema.field import Field, Kind

# How a day is cut, and the signs of a date that then tell it.
MONTH, YEAR = "month", "year"
FORMATS: Mapping[str, str] = {MONTH: "%Y-%m", YEAR: "%Y"}
_LABELS = {"": "%(field)s", MONTH: N_("%(field)s, by month"), YEAR: N_("%(field)s, by year")}
_WORDS = (Kind.CHOICE, Kind.STATUS, Kind.COUNTY, Kind.YES_NO, Kind.REFERENCE)
_DAYS = (Kind.DATE, Kind.MOMENT)


@dataclass(frozen=True)
class Division:
    """A field by whose values records stand together; `cut` is MONTH or YEAR for a day."""

    field: Field
    cut: str = ""

    @property
    def name(self) -> str:
        """What addresses call it."""
        return f"{self.field.key}.{self.cut}" if self.cut else self.field.key

    @property
    def label(self) -> str:
        """A message id, with `field` for the field's own label."""
        return _LABELS[self.cut]

    @property
    def name_key(self) -> str:
        """The stored key of the name of a record that is referred to; "" otherwise."""
        return self.field.name_key if self.field.kind is Kind.REFERENCE else ""

    @property
    def order(self) -> tuple[str, int]:
        """The stored key by which records of one value stand together, and which way: latest days first."""
        return (self.name_key or self.field.key, -1 if self.cut else 1)


def divisions_of(fields: Iterable[Field]) -> dict[str, Division]:
    """Return what a list of these fields may be divided by, by its name in addresses."""
    found: list[Division] = []
    for one in fields:
        if one.table or one.masked or not one.stored:
            continue
        if one.kind in _WORDS:
            found.append(Division(one))
        elif one.kind in _DAYS:
            found += [Division(one, MONTH), Division(one, YEAR)]
    return {one.name: one for one in found}
