"""The declarations as one readable table, `declarations.json`: a change of one is seen where it is reviewed.

`python -m tests.schema.declarations` writes the table anew; then read the difference before it is kept.
"""

import json
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from types import FunctionType
from typing import Any

from schema.application_form import FORM_FIELDS, FormField
from schema.collection import Collection, Index, NeededStatus, Section
from schema.field import Field
from schema.file_places import FILE_PLACES, PlaceRules
from schema.notices import NOTICES
from schema.registry import REGISTRY
from schema.settings import SETTINGS, Setting

TABLE = Path(__file__).with_name("declarations.json")
Shown = dict[str, Any] | list[Any] | str | int | float | bool | None


def declared_table() -> dict[str, Any]:
    """Return every declaration of `schema`: of each only what differs from the defaults, which stand first."""
    return {
        "defaults": [
            {"of": kind.__name__}
            | {field.name: shown(_default_of(field)) for field in fields(kind) if _has_default(field)}
            for kind in (Collection, Section, NeededStatus, Index, Field, FormField, PlaceRules, Setting)
        ],
        "collections": [shown(collection) for collection in (*REGISTRY, NOTICES)],
        "application_form": [_form_field(field) for field in FORM_FIELDS],
        "file_places": [shown(place) for place in FILE_PLACES],
        "settings": [shown(setting) for setting in SETTINGS],
    }


def _form_field(field: Any) -> Shown:
    """Return a field of the form; one that is the base's own stands with the base."""
    own = shown(field)
    if isinstance(own, dict) and any(field.column is column for column in REGISTRY["bases"].fields):
        own["column"] = f"bases.{field.key}"
    return own


def shown(value: Any) -> Shown:
    """Return a value of a declaration as the table has it; functions and lists of words by their names."""
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, type):
        return value.__name__
    if is_dataclass(value):
        return {
            field.name: shown(getattr(value, field.name))
            for field in fields(value)
            if getattr(value, field.name) != _default_of(field)
        }
    if isinstance(value, frozenset | set):
        return sorted(str(item) for item in value)
    if isinstance(value, list | tuple):
        return [shown(item) for item in value]
    if isinstance(value, FunctionType | partial):
        return getattr(value, "__name__", "partial").replace("<lambda>", "lambda")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return type(value).__name__


def _has_default(field: Any) -> bool:
    """Tell whether a declaration may leave this out."""
    return field.default is not MISSING or field.default_factory is not MISSING


def _default_of(field: Any) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def written(table: dict[str, Any]) -> str:
    """Return the table as text: a line for each field, each place for files and each setting."""
    lines = []
    for group, members in table.items():
        lines.append(f"  {_json(group)}: [")
        for number, member in enumerate(members):
            comma = "," if number < len(members) - 1 else ""
            of_fields = member.pop("fields", None) if group == "collections" else None
            if of_fields is None:
                lines.append(f"    {_json(member)}{comma}")
                continue
            lines.append("    {")
            lines += [f"      {_json(key)}: {_json(value)}," for key, value in member.items()]
            lines += ['      "fields": [', ",\n".join(f"        {_json(field)}" for field in of_fields)]
            lines += ["      ]", f"    }}{comma}"]
        lines.append("  ],")
    lines[-1] = "  ]"
    return "\n".join(["{", *lines, "}"]) + "\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    TABLE.write_text(written(declared_table()), encoding="utf-8")
