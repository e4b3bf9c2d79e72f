"""Compare a row of an import with the record that it is: what it leaves blank, and whether it changes anything."""

from collections.abc import Mapping
from typing import Any

from schema.collection import Collection
from schema.values import stored


def says_nothing_new(declaration: Collection, values: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Tell whether the stored record has all these values already, as far as a workbook can say them."""
    return not differing_keys(declaration, values, before)


def differing_keys(
    declaration: Collection, values: Mapping[str, Any], before: Mapping[str, Any]
) -> list[str]:
    """Return the keys whose value in the row is another one than the stored record's."""
    comparable = declaration.hooks.comparable
    return [
        key
        for key, value in values.items()
        if comparable(key, stored(value)) != comparable(key, before.get(key))
    ]
