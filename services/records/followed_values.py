"""The values of a field that takes another one's place: they follow whatever is written to the other one.

While a field's kind is changed, and whenever something older is brought back: from the recycle bin, by the undoing of
a batch, by a process that read the definitions before the change.
"""

from collections.abc import Mapping
from typing import Any

from office.recognition.converted_values import converted
from rules.errors import Refused
from schema.collection import Collection
from schema.field import Field, Kind
from schema.values import put


def follow_kinds(declaration: Collection, raw: dict[str, Any], before: Mapping[str, Any] | None) -> None:
    """Let each value that follows another one do so in `raw`, where this write changes that one alone."""
    if not declaration.following:
        return
    known = field_by_key(declaration)
    for key, followed in declaration.following:
        old, new = known.get(followed), known.get(key)
        if (
            old is None or new is None or new.kind in (Kind.REFERENCE, Kind.REFERENCES)
        ):  # which record a text names is not known
            continue
        was = before or {}
        if raw.get(old.source) != was.get(old.source) and raw.get(key) == was.get(key):
            put(raw, key, value_that_follows(old, new, raw))


def value_that_follows(old: Field, new: Field, raw: Mapping[str, Any]) -> Any:
    """Return the converted value; None where there is none, since the other one keeps what it holds."""
    try:
        return converted(old, new, raw)
    except Refused:
        return None


def field_by_key(declaration: Collection) -> dict[str, Field]:
    """Return a collection's fields by key, hidden ones too."""
    return {one.key: one for one in (*declaration.hidden, *declaration.fields)}
