"""What a list adds up to: which columns are summed, and how a sum is shown."""

from schema.collection import Collection
from schema.field import Field, Kind


def is_summed(field: Field, declaration: Collection) -> bool:
    """Tell whether a sum of a field says something: of numbers, years and what is masked apart."""
    is_number = field.kind in (Kind.INTEGER, Kind.DECIMAL) and field.stored
    return is_number and not field.masked and field.key != declaration.asked_year


def shown_sum(value: float | None) -> str:
    """Return a sum as lists show numbers; "" for none."""
    if value is None:
        return ""
    rounded = round(value, 2)
    return f"{int(rounded):,}" if rounded == int(rounded) else f"{rounded:,}"
