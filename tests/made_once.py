"""What tests make through the services before they begin, made once and put back: the same made of the same.

A function marked `made_once` really runs the first time that it is called with some arguments, upon some rows, on some
day. The next time its rows are put back, and it returns what it returned. Where a test has written anything else
since (what signing in writes apart) it runs as if it were not marked.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from documents.desk.settings import refresh_settings
from documents.server.connection import database
from tests.stored_rows import WRITES, StoredRows, standing

P = ParamSpec("P")
R = TypeVar("R")

# What signing in writes, which nothing that is made so reads.
_APART = frozenset({"users"})
# By the rows upon which it was made, the function, its arguments and the day.
_made: dict[tuple[StoredRows, str, str, str], tuple[StoredRows, Any]] = {}
_running: list[str] = []


def made_once(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function that writes through the services, and through nothing else, run once for the same."""

    @wraps(function)
    def call(*given: P.args, **named: P.kwargs) -> R:
        db = database()
        signed_in = _writes_apart(db.name)
        before = None if _running else standing(db, _APART)
        if before is None:
            return function(*given, **named)
        what = (
            before,
            function.__qualname__,
            repr((given, sorted(named.items()))),
            f"{datetime.now(UTC):%F}",
        )
        if what not in _made:
            _running.append(what[1])
            try:
                result = function(*given, **named)
            finally:
                _running.pop()
            if _writes_apart(db.name) == signed_in:  # else it is done anew each time
                _made[what] = StoredRows(db), result
            return result
        rows, result = _made[what]
        rows.put_back(db, _APART)
        refresh_settings()
        return result

    return call


def _writes_apart(name: str) -> int:
    return sum(WRITES.of(name, collection) for collection in _APART)
