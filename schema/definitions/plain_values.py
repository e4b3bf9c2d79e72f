"""Frozen dataclasses as plain values (what JSON can hold) and back, every value checked on the way back."""

import base64
import binascii
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from rules.errors import Refused
from rules.words import N_

T = TypeVar("T")

LONGEST = 100_000  # signs of a text, members of a list: what anybody writes is far below
UNKNOWN = N_("%(place)s: nothing of this program is called “%(name)s”.")
LACKING = N_("%(place)s: “%(name)s” is missing.")
NOT_SO = N_("%(place)s: this cannot stand here.")


def plain_of(value: Any, *, sparse: bool = False) -> Any:
    """Return a dataclass, an enum's member, or a tuple, set or mapping of such as plain values.

    A day becomes 2026-11-27, bytes become base64.
    With `sparse` what has its default is left out, as a person would.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: plain_of(getattr(value, each.name), sparse=sparse)
            for each in fields(value)
            if not (sparse and _has_default(each) and getattr(value, each.name) == _default(each))
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {plain_of(key): plain_of(member, sparse=sparse) for key, member in value.items()}
    if isinstance(value, frozenset):
        return sorted(plain_of(member) for member in value)
    if isinstance(value, tuple | list):
        return [plain_of(member, sparse=sparse) for member in value]
    return value


def made_of(kind: type[T], plain: Any, place: str) -> T:
    """Return the dataclass that plain values say; what is not said has its default.

    `place` is where they stand, for the sentence. Raises Refused for a name that is unknown or missing, or a value of
    another type.
    """
    made: T = _made(kind, plain, place)
    return made


def _made(kind: Any, plain: Any, place: str) -> Any:
    if kind is Any:
        return plain
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind, plain, place)
    origin, within = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, Union):
        return _one_of(within, plain, place)
    if origin is tuple:
        members = _list(plain, place)
        if within[-1] is not Ellipsis and len(members) != len(within):
            raise Refused(NOT_SO, place=place)
        return tuple(
            _made(within[0], member, f"{place}[{number}]") for number, member in enumerate(members, 1)
        )
    if origin is frozenset:
        return frozenset(_made(within[0], member, f"{place}[]") for member in _list(plain, place))
    if origin is not None and issubclass(origin, Mapping):
        return {
            _made(within[0], key, place): _made(within[1], member, f"{place}.{key}")
            for key, member in _mapping(plain, place).items()
        }
    if isinstance(kind, type) and issubclass(kind, Enum | date | bytes):
        return _parsed(kind, plain, place)
    return _scalar(kind, plain, place)


def _parsed(kind: type[Any], plain: Any, place: str) -> Any:
    if issubclass(kind, Enum):
        member = next((each for each in kind if each.value == plain), None)
        if member is None:
            raise Refused(NOT_SO, place=place)
        return member
    try:
        if kind is bytes:
            return base64.b64decode(plain, validate=True)
        day = date.fromisoformat(plain)
        if day.isoformat() == plain:
            return day
    except (TypeError, ValueError, binascii.Error) as error:
        raise Refused(NOT_SO, place=place) from error
    raise Refused(NOT_SO, place=place)


def _dataclass(kind: type[Any], plain: Any, place: str) -> Any:
    hints, given = get_type_hints(kind), _mapping(plain, place)
    known = {each.name: each for each in fields(kind)}
    for name in given:
        if name not in known:
            raise Refused(UNKNOWN, place=place, name=str(name)[:60])
    values = {name: _made(hints[name], value, f"{place}.{name}") for name, value in given.items()}
    try:
        return kind(**values)
    except TypeError as error:  # one without a default is not there
        lacking = next(name for name, each in known.items() if name not in values and not _has_default(each))
        raise Refused(LACKING, place=place, name=lacking) from error


def _has_default(each: "Field[Any]") -> bool:
    return each.default is not MISSING or each.default_factory is not MISSING


def _default(each: "Field[Any]") -> Any:
    return each.default if each.default_factory is MISSING else each.default_factory()


def _one_of(kinds: Sequence[Any], plain: Any, place: str) -> Any:
    if plain is None and type(None) in kinds:
        return None
    kept: Refused | None = None
    for kind in kinds:
        if kind is type(None):
            continue
        try:
            return _made(kind, plain, place)
        except Refused as refused:
            kept = kept or refused
    raise kept or Refused(NOT_SO, place=place)


def _scalar(kind: Any, plain: Any, place: str) -> Any:
    is_flag = isinstance(plain, bool)
    if kind is float and isinstance(plain, int | float) and not is_flag and abs(plain) < 1e15:
        return plain
    if kind is int and isinstance(plain, int) and not is_flag and abs(plain) < 2**53:
        return plain
    if kind is bool and is_flag:
        return plain
    if kind is str and isinstance(plain, str) and len(plain) <= LONGEST and _storable(plain):
        return plain
    raise Refused(NOT_SO, place=place)


def _storable(text: str) -> bool:
    return "\x00" not in text and not any(0xD800 <= ord(sign) < 0xE000 for sign in text)


def _list(plain: Any, place: str) -> Sequence[Any]:
    if not isinstance(plain, list) or len(plain) > LONGEST:
        raise Refused(NOT_SO, place=place)
    return plain


def _mapping(plain: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(plain, dict) or not all(isinstance(key, str) for key in plain):
        raise Refused(NOT_SO, place=place)
    return plain
