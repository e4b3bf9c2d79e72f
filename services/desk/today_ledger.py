"""Which functions each base shows in this year's ledger, kept for a while where counting them takes long.

An office of 4,000 entries is counted in some milliseconds, one of 300,000 in a second: what was counted is
kept a hundred times as long as it took, so that the first page of the day stays quick and a small office sees
its entries at once.
"""

import threading
import time
from collections.abc import Iterable
from datetime import date

from bson import ObjectId

from documents.desk.waiting import functions_in_ledger
from documents.server.connection import database
from rules.access import Actor

_AS_LONG = 100
_MOST_KEPT = 64
Shown = dict[ObjectId, set[str]]
_Key = tuple[str, str, date, int]
_TURN = threading.Lock()  # of several pages at once one counts, the others wait for it
_KEPT: dict[_Key, tuple[float, Shown]] = {}


def functions_shown(actor: Actor, bases: Iterable[ObjectId], today: date) -> Shown:
    """Return of which functions each base in scope has a counted entry this year, up to today."""
    key = (database().name, actor.county or "", today, hash(frozenset(bases)))
    with _TURN:
        until, functions = _KEPT.get(key, (0.0, {}))
        begun = time.monotonic()
        if begun < until:
            return functions
        functions = functions_in_ledger(actor, date(today.year, 1, 1), today)
        ended = time.monotonic()
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        _KEPT[key] = (ended + _AS_LONG * (ended - begun), functions)
        return functions
