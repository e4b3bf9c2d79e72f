"""Quick looks at stored values: what nearly every value is passes at once, and only the rest is checked in full.

Each answers True where MongoEngine's field would surely keep the value as it is; False says nothing yet.
"""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId
from mongoengine.base import BaseField

from rules.choices import Choice, Choices
from schema.field import MOST_REFERRED, CodeOf, Field, Kind

Quick = Callable[[Any], bool]


def quick_check(field: Field, check: BaseField) -> Quick | None:
    """Return the quick look at values of a field, whose full check is `check`; None where there is none."""
    make = _MAKERS.get(field.kind)
    return make(field, check) if make else None


def _text(field: Field, check: BaseField) -> Quick:
    most = field.max_length
    # What is printable holds no control character and no surrogate; a text of several lines is looked at in full.
    return lambda value: type(value) is str and len(value) <= most and value.isprintable()


def _code(field: Field, check: BaseField) -> Quick | None:
    if field.pattern:
        return None
    if field.code in (None, CodeOf.PHONE):
        return _text(field, check)
    most = field.max_length
    return lambda value: type(value) is str and len(value) <= most


def _integer(field: Field, check: Any) -> Quick:
    least, most = check.min_value, check.max_value
    return lambda value: type(value) is int and least <= value <= most


def _decimal(field: Field, check: Any) -> Quick:
    least, most = check.min_value, check.max_value
    return lambda value: type(value) is float and math.isfinite(value) and least <= value <= most


def _word(field: Field, check: BaseField) -> Quick | None:
    codes = _codes_of(field.choices)
    return (lambda value: type(value) is str and value in codes) if codes else None


def _codes_of(choices: Choices | None) -> frozenset[str]:
    """Return the codes of a closed list; none of a list that may grow."""
    closed = isinstance(choices, type) and issubclass(choices, Choice)
    return frozenset(str(word.value) for word in choices or ()) if closed else frozenset()


def _names(field: Field, check: BaseField) -> Quick:
    def is_fine(value: Any) -> bool:
        return type(value) is list and all(map(_is_named, value))

    return is_fine


def _references(field: Field, check: BaseField) -> Quick:
    def is_fine(value: Any) -> bool:
        return (
            type(value) is list
            and len(value) <= MOST_REFERRED
            and all(type(one) is ObjectId for one in value)
        )

    return is_fine


_NAMED = ({"name"}, {"name", "company"})
_MOST_NAME = 200  # signs of `NamedCompany.name`


def _is_named(value: Mapping[str, Any]) -> bool:
    if type(value) is not dict or value.keys() not in _NAMED:
        return False
    name = value["name"]
    if type(name) is not str or not 0 < len(name) <= _MOST_NAME or not name.isprintable():
        return False
    return "company" not in value or type(value["company"]) is ObjectId


_MAKERS: Mapping[Kind, Callable[[Field, Any], Quick | None]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.CODE: _code,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: lambda field, check: lambda value: type(value) is datetime,
    Kind.MOMENT: lambda field, check: lambda value: type(value) is datetime,
    Kind.YES_NO: lambda field, check: lambda value: type(value) is bool,
    Kind.CHOICE: _word,
    Kind.COUNTY: lambda field, check: lambda value: type(value) is str,
    Kind.STATUS: lambda field, check: lambda value: type(value) is str,
    Kind.REFERENCE: lambda field, check: lambda value: type(value) is ObjectId,
    Kind.REFERENCES: _references,
    Kind.NAMES: _names,
}
