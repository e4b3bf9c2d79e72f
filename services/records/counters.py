"""The counters of collections and procedures (`documents.records.office_state`): held against the records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from mongoengine.connection import get_db

from documents.kinds import FILED
from documents.records.office_state import COUNTERS, counted
from documents.server.connection import reachable, snapshot
from documents.server.transactions import LONG
from rules.access import SYSTEM, Actor
from rules.waiting import STATE_KEYS
from schema.registry import REGISTRY
from services.shared.unit_of_work import UnitOfWork, in_one_transaction


@dataclass(frozen=True)
class WrongCounter:
    """A counter that is not what counting gives: the collection, and where it stands in its document."""

    collection: str
    key: str
    kept: int
    counted: int


def wrong_counters() -> Iterator[WrongCounter]:
    """Yield each counter that is not what counting the records gives. Raises Unavailable.

    Of a collection both are read as they stood at one moment, so a server may go on writing.
    """
    with reachable():
        for name, key in sorted(_counted_by().items()):
            with snapshot() as session:
                kept = _flat(get_db()[COUNTERS].find_one({"_id": name}, session=session) or {})
                fresh = _flat(counted(FILED[name], key, session))
            for place in sorted(kept.keys() | fresh.keys()):
                if kept.get(place, 0) != fresh.get(place, 0):
                    yield WrongCounter(name, place, kept.get(place, 0), fresh.get(place, 0))


def rebuild_counters(*, now: datetime, actor: Actor = SYSTEM) -> None:
    """Make every counter anew from the records, each in a transaction that no writer can cross. Raises Unavailable."""
    with reachable():
        for name, key in _counted_by().items():
            in_one_transaction(partial(_rebuild, name=name, key=key), actor=actor, now=now, within=LONG)


def _rebuild(uow: UnitOfWork, *, name: str, key: str) -> None:
    uow.hold()
    fresh = counted(FILED[name], key, uow.session)
    get_db()[COUNTERS].replace_one({"_id": name}, fresh, upsert=True, session=uow.session)


def _counted_by() -> dict[str, str]:
    """Return what is counted, each with the key of where its records stand."""
    return {**dict.fromkeys(REGISTRY.counted, "status"), **STATE_KEYS}


def _flat(counter: Mapping[str, Any], place: str = "") -> dict[str, int]:
    """Return the numbers of a counter by their places; what is nought stands nowhere."""
    found: dict[str, int] = {}
    for key, value in counter.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{place}{key}.")
        elif key != "_id" and value:
            found[f"{place}{key}"] = value
    return found
