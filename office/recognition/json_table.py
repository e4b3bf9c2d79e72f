"""Records in a file of JSON as the rows of a table: a list of objects, one in an object, or an object a line."""

import json
from collections.abc import Mapping
from typing import Any

from rules.errors import Unreadable
from rules.words import N_

MOST_BYTES = 10 << 20
NO_OBJECTS = N_("The file holds no list of records: it should be [{…}, {…}], or one {…} a line.")
NO_JSON = N_("The file is no JSON: line %(line)d, sign %(sign)d.")
TOO_LARGE = N_("A file of JSON has at most %(most)d MB.")


def records_of(data: bytes) -> list[Mapping[str, Any]]:
    """Return the records of a file of JSON. Raises Unreadable in a sentence."""
    if len(data) > MOST_BYTES:
        raise Unreadable(TOO_LARGE, most=MOST_BYTES >> 20)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(NO_OBJECTS) from error
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        return _by_line(text, error)
    except (RecursionError, ValueError) as error:
        raise Unreadable(NO_OBJECTS) from error
    return _list_in(whole)


def _by_line(text: str, error: json.JSONDecodeError) -> list[Mapping[str, Any]]:
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        rows = [json.loads(line) for line in lines]
    except (RecursionError, ValueError):
        raise Unreadable(NO_JSON, line=error.lineno, sign=error.colno) from error
    return _objects(rows)


def _list_in(whole: Any) -> list[Mapping[str, Any]]:
    if isinstance(whole, dict):
        # What answers of other programs look like: the list stands under one of the keys, the longest is meant.
        lists = [value for value in whole.values() if isinstance(value, list)]
        whole = max(lists, key=len, default=None)
    return _objects(whole)


def _objects(rows: Any) -> list[Mapping[str, Any]]:
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise Unreadable(NO_OBJECTS)
    return rows
