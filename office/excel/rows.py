"""Turns stored records, as the driver returns them, into rows of a workbook: heading to typed cell.

The hot path of every export: 300,000 rows go through it. So the columns are compiled once into
one function that builds a row by a single dict display, as `dataclasses` compiles `__init__`;
anything unforeseen in a record falls back to the careful, slow way for that row alone.
"""

import datetime as dt
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from office.excel.cell_dates import OFFICE_TIME
from office.excel.cell_lists import rows_text
from office.excel.cell_texts import without_unseen
from office.excel.cells import cooperation_facts, cooperation_text
from schema.field import Field, Kind
from schema.service_partners import PERIOD_KEYS

NUMBER_HEADING = "序号"
Row = dict[str, Any]

_LONGEST = 32_767  # of a cell, in UTF-16 units
_CUT_MARK = "…（过长，已截断）"
_SURROGATE = re.compile("[\ud800-\udfff]")
_YES_NO = {True: "有", False: "无"}

_SURELY_SHORT = _LONGEST // 2  # even if every character took two units
_TEXT = f"x if (x := g({{key}})) is None or (x.isprintable() and len(x) < {_SURELY_SHORT}) else safe(x)"
_EXPRESSIONS: Mapping[Kind, str] = {
    Kind.INTEGER: "g({key})",
    Kind.DECIMAL: "g({key})",
    Kind.DATE: "x if (x := g({key})) is None or x.year >= 1900 else str(x)",
    Kind.MOMENT: "None if (x := g({key})) is None else moment(x)",
    Kind.YES_NO: "yes_no.get(g({key}))",
    Kind.CHOICE: "words{n}.get(x := g({key}), x)",
    Kind.COUNTY: "counties.get(x := g({key}), x)",
    Kind.STATUS: "statuses.get(x := g({key}), x)",
    Kind.CHOICES: "'、'.join([words{n}.get(x, x) for x in g({key}) or ()]) or None",
    Kind.TEXTS: "safe('、'.join(g({key}) or ())) or None",
    Kind.REFERENCES: "safe('、'.join([x for x in g({key}) or () if x])) or None",
    Kind.NAMES: "safe('、'.join([x['name'] for x in g({key}) or ()])) or None",
    Kind.FILES: "safe('、'.join([x['name'] for x in g({key}) or ()])) or None",
    Kind.COOPERATIONS: "safe(cooperations(r)) or None",
    Kind.ROWS: "safe(rows{n}(g({key}) or ())) or None",
}
# Days that stand in no record: the period that all cooperations of a partner share.
_SHARED_PERIOD = {key: place for place, key in enumerate(PERIOD_KEYS)}


def row_maker(
    columns: Sequence[Field], *, county_names: Mapping[str, str], status_labels: Mapping[str, str]
) -> Callable[[Mapping[str, Any]], Row]:
    """Return a function from a stored record to a row {heading: value}, 序号 first and counted from 1.

    `county_names` and `status_labels` give the office's words by code. Days become dates, codes
    and texts stay texts without control characters, a text too long for a cell is cut with a mark.
    Make one for each export: it counts.
    """
    tools: dict[str, Any] = {
        "number": itertools.count(1).__next__, "safe": safe_text, "moment": _moment, "yes_no": _YES_NO,
        "counties": dict(county_names), "statuses": dict(status_labels),
        "cooperations": _cooperations, "period": _period,
    }  # fmt: skip
    for place, column in enumerate(columns):
        if column.choices is not None:
            tools[f"words{place}"] = {term.value: term.zh for term in column.choices}
        if column.kind is Kind.ROWS:
            tools[f"rows{place}"] = partial(rows_text, column=column)
    tools["careful"] = _careful_maker(columns, tools)
    exec(_source(columns), tools)  # noqa: S102 - every key is checked by its declaration and stands by its repr
    make: Callable[[Mapping[str, Any]], Row] = tools["make"]
    return make


def _source(columns: Sequence[Field]) -> str:
    """Return the function as text. The short texts are looked at all at once, and one by one only if need be."""
    cells = {column: _expression(place, column) for place, column in enumerate(columns)}
    short = {column: f"t{place}" for place, column in enumerate(columns) if _is_short_text(column)}

    def display(values: Mapping[Field, str]) -> str:
        pairs = [f"{column.heading!r}: {values[column]}" for column in columns]
        return f"{{{', '.join([f'{NUMBER_HEADING!r}: n', *pairs])}}}"

    loads = "".join(f"        {name} = g({column.source!r})\n" for column, name in short.items())
    together = "".join(f"{{{name}}}" for name in short.values())
    return (
        "def make(r):\n    g = r.get\n    n = number()\n    try:\n"
        f"{loads}"
        f"        if (x := f'{together}').isprintable() and len(x) < {_SURELY_SHORT}:\n"
        f"            return {display(cells | short)}\n"
        f"        return {display(cells)}\n"
        "    except (AttributeError, TypeError, KeyError):\n        return careful(r, n)\n"
    )


def _is_short_text(column: Field) -> bool:
    """Tell whether the cell is a text that seldom has line ends: all but notes and lists."""
    return column.kind is not Kind.LONG_TEXT and column.kind not in _EXPRESSIONS


def _expression(place: int, column: Field) -> str:
    if column.key in _SHARED_PERIOD:
        return f"period(r)[{_SHARED_PERIOD[column.key]}]"
    return _EXPRESSIONS.get(column.kind, _TEXT).format(key=repr(column.source), n=place)


def _careful_maker(
    columns: Sequence[Field], tools: Mapping[str, Any]
) -> Callable[[Mapping[str, Any], int], Row]:
    """Return the slow way: each cell by itself, what cannot be typed as text, so that no record stops an export."""
    cells = [
        (column.heading, column.source, eval(f"lambda r, g: {_expression(place, column)}", dict(tools)))  # noqa: S307 - as above
        for place, column in enumerate(columns)
    ]

    def make(record: Mapping[str, Any], number: int) -> Row:
        row: Row = {NUMBER_HEADING: number}
        for heading, key, cell in cells:
            try:
                row[heading] = cell(record, record.get)
            except (AttributeError, TypeError, KeyError, ValueError):
                row[heading] = safe_text(str(record.get(key)))
        return row

    return make


def safe_text(text: str) -> str:
    """Return a text that any workbook can hold: no control characters, no half characters, at most 32,767 units."""
    if not text.isprintable():
        text = without_unseen(_SURROGATE.sub("?", text))
    if len(text) >= _SURELY_SHORT:
        packed = text.encode("utf-16-le")
        if len(packed) > _LONGEST * 2:
            text = packed[: (_LONGEST - len(_CUT_MARK)) * 2].decode("utf-16-le", "ignore") + _CUT_MARK
    return text


def _moment(value: dt.datetime) -> dt.datetime:
    aware = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    return aware.astimezone(OFFICE_TIME).replace(tzinfo=None, second=0, microsecond=0)


def _cooperations(record: Mapping[str, Any]) -> str:
    """Return the names of the bases; with their own periods only where these differ."""
    facts = [cooperation_facts(item) for item in record.get("cooperations") or ()]
    if len({fact[1:] for fact in facts}) <= 1:
        return "、".join(name for name, _, _ in facts)
    return "、".join(cooperation_text(*fact) for fact in facts)


def _period(record: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the first and last day that all cooperations share, else two blanks."""
    periods = {cooperation_facts(item)[1:] for item in record.get("cooperations") or ()}
    return periods.pop() if len(periods) == 1 else (None, None)
