"""Compare a row of an import with the record that it is: what it leaves blank, and whether it changes anything."""

from collections.abc import Mapping
from typing import Any

from schema.collection import Collection
from schema.values import stored


def says_nothing_new(declaration: Collection, values: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Tell whether the stored record has all these values already, as far as a workbook can say them."""
    comparable = declaration.hooks.comparable
    return all(
        comparable(key, stored(value)) == comparable(key, before.get(key)) for key, value in values.items()
    )
