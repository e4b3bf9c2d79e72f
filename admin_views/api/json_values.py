"""Values of records as JSON, by the kind of their field: what is answered, and what is read of what was sent.

    kind                 JSON
    TEXT, LONG_TEXT,     text
    CODE
    INTEGER, DECIMAL     number
    DATE                 "2026-11-23"
    MOMENT               "2026-11-23T01:30:00Z"
    YES_NO               true, false
    CHOICE, COUNTY,      the code
    STATUS
    CHOICES              list of codes
    REFERENCE            the id of the record; its name is another member, which is not written
    REFERENCES           list of the ids of the records; their names are another member, which is not written
    NAMES                list of names; where one is a record's, its id stands beside it
    COOPERATIONS         list of base, first and last day
    TEXTS                list of texts
    ROWS                 list of objects, the sub-fields by their keys
    FILES                list of objects with the id and the name of a file; written by `files`

Nothing is null. What is written goes through the form of the page (`to_typed`), so that both refuse the same.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from werkzeug.datastructures import MultiDict

from admin_views.shared.request_context import OFFICE_ZONE
from office.excel.cell_lists import ROW_FAULT
from rules.errors import Refusal
from rules.personal_numbers import masked, masked_file
from rules.words import N_
from schema.field import Field, Input, Kind
from services.shared.plain_json import AS_IT_IS, plain

Typed = MultiDict[str, str]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

A_TEXT = N_("A text is asked for here.")
A_NUMBER = N_("A number is asked for here.")
A_WHOLE_NUMBER = N_("A whole number is asked for here.")
A_DAY = N_("A day is asked for here, as 2026-11-23.")
A_MOMENT = N_("A moment is asked for here, as 2026-11-23T01:30:00Z.")
YES_OR_NO = N_("true or false is asked for here.")
A_LIST = N_("A list is asked for here.")
A_LIST_OF_TEXTS = N_("A list of texts is asked for here.")
A_LIST_OF_COOPERATIONS = N_("A list of objects with base, first_day and last_day is asked for here.")
TOO_LONG = N_("At most %(most)d characters.")
NO_BLANK = N_("Send null where there is nothing.")
A_LIST_OF_ROWS = N_("A list of at most %(most)d objects with %(parts)s is asked for here.")
NOT_WRITTEN = N_("This cannot be written here.")
_MOST_ITEMS = 1000


class WrongJson(Exception):
    """What was sent for a field is of another JSON type, or too long; `message` is a message id."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


# --- Answered ------------------------------------------------------------------------------------


def json_of(field: Field, value: Any) -> Any:
    """Return a stored value as it is answered."""
    if value is None or value == "":
        return None
    if field.kind is Kind.FILES:
        return [{"file": str(item["file"]), "name": _file_name(field, item)} for item in value]
    if field.masked:
        return masked(str(value))
    if type(value) in AS_IT_IS:
        return value
    if field.kind is Kind.DATE and isinstance(value, date):
        return value.strftime("%Y-%m-%d")
    if field.kind is Kind.ROWS:
        parts = field.parts_by_key
        return [
            {key: json_of(parts[key], held) for key, held in row.items() if key in parts} for row in value
        ]
    return plain(value)


def _file_name(field: Field, item: Mapping[str, Any]) -> str:
    return masked_file(item["name"]) if field.masked else str(item["name"])


# --- Read ----------------------------------------------------------------------------------------


def to_typed(field: Field, value: Any) -> Typed:
    """Return what a form would send for a value of JSON. Raises WrongJson."""
    reader = _READERS.get(field.kind)
    if reader is None:
        raise WrongJson(NOT_WRITTEN)
    if value is None:
        # A box that is not ticked is not sent at all, and neither is a list of nothing.
        return MultiDict() if field.input is Input.CHECKBOX else MultiDict({field.key: ""})
    return reader(field, value)


def _text(field: Field, value: Any) -> Typed:
    if not isinstance(value, str):
        raise WrongJson(A_TEXT)
    # As it was sent: what a form would take away at its ends, or as no sign at all, counts too.
    if len(value) > field.max_length:
        raise WrongJson(TOO_LONG, most=field.max_length)
    return MultiDict({field.key: value})


def _word(field: Field, value: Any) -> Typed:
    """Read one of the codes or ids that there are: a text without anything in it is none of them."""
    if value == "":
        raise WrongJson(NO_BLANK)
    return _text(field, value)


def _number(field: Field, value: Any) -> Typed:
    whole = field.kind is Kind.INTEGER
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise WrongJson(A_WHOLE_NUMBER if whole else A_NUMBER)
    if isinstance(value, Decimal):
        if whole and value != value.to_integral_value():
            raise WrongJson(A_WHOLE_NUMBER)
        text = f"{value:f}" if -40 < value.adjusted() < 40 else "1e40"
        return MultiDict({field.key: text})
    return MultiDict({field.key: str(value) if abs(value) < 10**40 else "1e40"})


def _day(field: Field, value: Any) -> Typed:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise WrongJson(A_DAY)
    return MultiDict({field.key: value})


def _moment(field: Field, value: Any) -> Typed:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise WrongJson(A_MOMENT)
    return MultiDict({field.key: f"{moment.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"})


def _yes_no(field: Field, value: Any) -> Typed:
    if not isinstance(value, bool):
        raise WrongJson(YES_OR_NO)
    if field.input is Input.CHECKBOX:
        return MultiDict({field.key: "y"} if value else {})
    return MultiDict({field.key: "yes" if value else "no"})


def _texts(field: Field, value: Any) -> Typed:
    if not isinstance(value, list):
        raise WrongJson(A_LIST_OF_TEXTS)
    if not all(isinstance(item, str) for item in value) or len(value) > _MOST_ITEMS:
        raise WrongJson(A_LIST_OF_TEXTS)
    return MultiDict([(field.key, item) for item in value])


def _names(field: Field, value: Any) -> Typed:
    """Read names, or the objects that are answered for them."""
    items = value if isinstance(value, list) else None
    if items is None:
        raise WrongJson(A_LIST)
    return _texts(field, [item.get("name") if isinstance(item, dict) else item for item in items])


def _cooperations(field: Field, value: Any) -> Typed:
    if not isinstance(value, list) or len(value) > _MOST_ITEMS:
        raise WrongJson(A_LIST_OF_COOPERATIONS)
    typed: Typed = MultiDict()
    for number, item in enumerate(value):
        if not isinstance(item, dict) or not isinstance(item.get("base"), str):
            raise WrongJson(A_LIST_OF_COOPERATIONS)
        for key in ("base", "first_day", "last_day"):
            held = item.get(key)
            if held is not None and not isinstance(held, str):
                raise WrongJson(A_LIST_OF_COOPERATIONS)
            typed[f"{field.key}-{number}-{key}"] = held or ""
    return typed


def _rows(field: Field, value: Any) -> Typed:
    if not isinstance(value, list) or len(value) > field.most_rows:
        raise _no_rows(field)
    if not value:
        return MultiDict({field.key: ""})
    parts, typed = field.parts_by_key, Typed()
    for number, row in enumerate(value):
        if not isinstance(row, dict) or row.keys() - parts.keys():
            raise _no_rows(field)
        for key, held in row.items():
            try:
                sent = to_typed(parts[key], held)
            except WrongJson as wrong:
                reason = Refusal(wrong.message, wrong.params)
                raise WrongJson(ROW_FAULT, row=number + 1, part=parts[key].label, reason=reason) from wrong
            typed.update({f"{field.key}-{number}-{name}": text for name, text in sent.items()})
    return typed


def _no_rows(field: Field) -> WrongJson:
    return WrongJson(A_LIST_OF_ROWS, most=field.most_rows, parts=", ".join(field.parts_by_key))


_READERS: Mapping[Kind, Callable[[Field, Any], Typed]] = MappingProxyType(
    {
        Kind.TEXT: _text, Kind.LONG_TEXT: _text, Kind.CODE: _text, Kind.INTEGER: _number, Kind.DECIMAL: _number,
        Kind.DATE: _day, Kind.MOMENT: _moment, Kind.YES_NO: _yes_no, Kind.CHOICE: _word, Kind.CHOICES: _texts,
        Kind.COUNTY: _word, Kind.STATUS: _word, Kind.REFERENCE: _word, Kind.REFERENCES: _texts,
        Kind.NAMES: _names, Kind.TEXTS: _texts,
        Kind.COOPERATIONS: _cooperations, Kind.ROWS: _rows,
    }
)  # fmt: skip
