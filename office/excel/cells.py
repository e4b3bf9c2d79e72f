r"""One cell by its column: `parse` reads what a sheet or a form brings, `show` writes what a clerk reads.

The two are inverse where a value has one spelling. What needs the database stays text here: a
reference is the name of a record, a status its label or code; the services look them up.

    kind           parse gives                       show gives
    TEXT, CODE     str                               the text
    LONG_TEXT      str, line ends as \n              the text
    INTEGER        int, 0 or more                    1,234
    DECIMAL        float, 0 or more, 4 decimals      1,234.5
    DATE           datetime.date                     2026-11-23
    MOMENT         aware datetime in UTC             2026-11-23 09:30, the office's time
    YES_NO         bool                              有, 无
    CHOICE         the term's code                   the term's word
    CHOICES        list of codes                     words parted by 、
    COUNTY         the county's code                 its full name
    STATUS         str: label or code                as given
    REFERENCE      str: the name                     as given
    REFERENCES     str: names parted by 、 or ；      those that are to be seen, parted by 、
    NAMES, TEXTS   list of names                     names parted by 、
    COOPERATIONS   list of Cooperation               某某园（2024-01-01至2025-12-31）、…
    ROWS           list of {sub-field: value}        a line a row, values parted by ｜, a line of names first
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from office.excel.cell_codes import document_number_of, email_of, link_of, phone_of, uscc_of
from office.excel.cell_dates import OFFICE_TIME, day_of, moment_of
from office.excel.cell_lists import (
    Cooperation,
    choice_of,
    choices_of,
    cooperations_of,
    county_of,
    names_of,
    rows_of,
    rows_text,
    yes_no_of,
)
from office.excel.cell_numbers import number_of
from office.excel.cell_texts import cleaned, refuse, text_of
from rules.choices import Choices, plain
from rules.counties import office_counties
from rules.errors import Refusal, Refused
from rules.words import N_
from schema.field import MOST_REFERRED, CodeOf, Field, Kind

__all__ = ["Cooperation", "parse", "show"]

_CODES: Mapping[CodeOf, Callable[[object], str | None]] = MappingProxyType(
    {
        CodeOf.USCC: uscc_of,
        CodeOf.PHONE: phone_of,
        CodeOf.DOCUMENT_NUMBER: document_number_of,
        CodeOf.LINK: link_of,
        CodeOf.EMAIL: email_of,
    }
)


def parse(column: Field, value: object) -> Any:
    """Return the plain value of one cell or form field, None when it is blank.

    Raises Refused with one Refusal whose `field` is the column's key. Whether a blank is
    allowed (`column.required`) is for the caller to say.
    """
    if value is None or value == "":
        return None
    if isinstance(value, int) and abs(value) >= 10**30:  # more than a cell can hold; str() of it may not end
        value = 1e30 if value > 0 else -1e30
    if column.not_yet and isinstance(value, str) and plain(value) in column.not_yet:
        return None
    try:
        found = _PARSERS[column.kind](value, column)
        if isinstance(value, str) and column.kind in _LISTS:
            text_of(value, column.max_length, lines=True)
        if column.is_limited and found is not None:
            _demand_limits(found, column)
    except Refused as refused:
        reason = refused.refusals[0]
        raise Refused(Refusal(reason.message, reason.params, column.key)) from None
    return found


def show(column: Field, value: Any, zh: bool = True) -> str:
    """Return a stored value as a clerk reads it; '' for nothing. English words are message ids, untranslated."""
    if value is None or value == "":
        return ""
    writer = _SHOWN.get(column.kind)
    return writer(value, column, zh) if writer else str(value)


def _code(value: object, column: Field) -> str | None:
    reader = _CODES.get(column.code) if column.code else None
    if reader is None:
        return text_of(value, column.max_length)
    found = reader(value)
    return found if found is None or len(found) <= column.max_length else text_of(found, column.max_length)


def _demand_limits(value: Any, column: Field) -> None:
    if column.minimum is not None and value < column.minimum:
        refuse(N_("At least %(least)s is asked here."), least=f"{column.minimum:g}")
    if column.maximum is not None and value > column.maximum:
        refuse(N_("At most %(most)s is allowed here."), most=f"{column.maximum:g}")
    if column.pattern and not re.fullmatch(column.pattern, str(value)):
        refuse(N_("“%(value)s” does not have the form that is asked here."), value=value)


def _choices(column: Field) -> Choices:
    if column.choices is None:
        raise TypeError(f"field {column.key} is a choice without words")
    return column.choices


def _moment_typed(value: object, column: Field) -> dt.datetime | None:
    """Return a moment to the minute, as it is shown: what comes back from a form or a workbook is no change."""
    found = moment_of(_checked(value))
    return found.replace(second=0, microsecond=0) if found is not None else None


def _checked(value: object) -> object:
    """Return the value itself after refusing an Excel error or half a character in a text."""
    if isinstance(value, str):
        cleaned(value)
    return value


def _short(value: object, column: Field) -> str | None:
    return text_of(value, column.max_length)


_LONGEST_LIST = MOST_REFERRED * 201  # of the names of a list of references, with what parts them
_LISTS = frozenset({Kind.NAMES, Kind.TEXTS, Kind.COOPERATIONS, Kind.FILES})
_PARSERS: Mapping[Kind, Callable[[object, Field], Any]] = MappingProxyType(
    {
        Kind.TEXT: _short,
        Kind.STATUS: _short,
        Kind.REFERENCE: _short,
        Kind.LONG_TEXT: lambda value, column: text_of(value, column.max_length, lines=True),
        Kind.REFERENCES: lambda value, column: text_of(value, _LONGEST_LIST, lines=True),
        Kind.CODE: _code,
        Kind.INTEGER: number_of,
        Kind.DECIMAL: number_of,
        Kind.DATE: lambda value, column: day_of(_checked(value)),
        Kind.MOMENT: _moment_typed,
        Kind.YES_NO: lambda value, column: yes_no_of(value),
        Kind.CHOICE: lambda value, column: choice_of(value, _choices(column)),
        Kind.CHOICES: lambda value, column: choices_of(value, _choices(column)),
        Kind.COUNTY: lambda value, column: county_of(value),
        Kind.TEXTS: lambda value, column: names_of(value),
        Kind.NAMES: lambda value, column: names_of(value),
        Kind.COOPERATIONS: lambda value, column: cooperations_of(value),
        Kind.ROWS: lambda value, column: rows_of(value, column, parse),
        Kind.FILES: lambda value, column: names_of(value),
    }
)


def _amount(value: Any, column: Field, zh: bool) -> str:
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value)


def _day(value: Any, column: Field | None = None, zh: bool = True) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, dt.date) else str(value)


def _moment(value: Any, column: Field, zh: bool) -> str:
    if not isinstance(value, dt.datetime):
        return str(value)
    aware = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    return f"{aware.astimezone(OFFICE_TIME):%Y-%m-%d %H:%M}"


def _yes_no(value: Any, column: Field, zh: bool) -> str:
    return (("无", "有") if zh else ("No", "Yes"))[bool(value)]


def _word(code: str, column: Field, zh: bool) -> str:
    term = next((term for term in _choices(column) if term.value == code), None)
    if term is None:  # a code that a later version dropped is shown as it is
        return str(code)
    return term.zh if zh else term.label


def _words(codes: Iterable[str], column: Field, zh: bool) -> str:
    return ("、" if zh else ", ").join(_word(code, column, zh) for code in codes)


def _county(value: Any, column: Field, zh: bool) -> str:
    county = office_counties().by_code.get(value)
    return county.name if county else str(value)


def _names(value: Any, column: Field, zh: bool) -> str:
    return "、".join(str(name["name"] if isinstance(name, Mapping) else name) for name in value)


def _cooperations(value: Any, column: Field, zh: bool) -> str:
    return "、".join(cooperation_text(*cooperation_facts(item)) for item in value)


def cooperation_facts(item: Any) -> tuple[str, Any, Any]:
    """Return the base's name and the first and last day of a cooperation, stored or just read."""
    if isinstance(item, Mapping):
        return str(item.get("base_name") or ""), item.get("first_day"), item.get("last_day")
    return Cooperation(*item)


def cooperation_text(name: str, first: Any, last: Any) -> str:
    """Return 某某园（2024-01-01至2025-12-31）, with 起 for an open end and the bare name without days."""
    if first and not last:
        return f"{name}（{_day(first)}起）"
    return f"{name}（{_day(first) if first else ''}至{_day(last)}）" if last else name


_SHOWN: Mapping[Kind, Callable[[Any, Field, bool], str]] = MappingProxyType(
    {
        Kind.INTEGER: _amount,
        Kind.DECIMAL: _amount,
        Kind.DATE: _day,
        Kind.MOMENT: _moment,
        Kind.YES_NO: _yes_no,
        Kind.CHOICE: _word,
        Kind.CHOICES: _words,
        Kind.COUNTY: _county,
        Kind.REFERENCES: lambda value, column, zh: "、".join(str(name) for name in value if name),
        Kind.NAMES: _names,
        Kind.TEXTS: _names,
        Kind.COOPERATIONS: _cooperations,
        Kind.ROWS: lambda value, column, zh: rows_text(value, column),
        Kind.FILES: _names,
    }
)
