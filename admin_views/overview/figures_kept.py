"""What charts of one's own count, remembered by each process as long as nothing was written.

A count of a list takes the longer the more records it has. One that took longer than a page should is not made
again with every write: it is shown with the moment of its counting, and counted anew after some minutes. Nor is one
that the server gave up: until then the chart says so at once.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from time import perf_counter
from typing import Any

from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import now, office_state
from documents.overview.grouped import Value, grouped
from documents.overview.own_chart import StoredChart
from documents.server.connection import reachable
from schema.field import Kind
from services.overview.own_charts import Group

_MOST_KEPT = 500
_SLOW = 0.05  # seconds
_LATE = timedelta(minutes=5)
_BOUND = 5_000  # milliseconds


@dataclass(frozen=True)
class Counted:
    """The numbers of a chart: value, number, and the name of a record; `at` when, `is_late`: written since.

    `is_given_up`: it takes too long to count.
    """

    rows: tuple[tuple[Value, float, str], ...]
    at: datetime
    version: tuple[
        Any, ...
    ]  # of the office's state: a restored backup's trail may have an earlier one's numbers again
    seconds: float
    is_late: bool = False
    is_given_up: bool = False


_kept: OrderedDict[Any, Counted] = OrderedDict()
_lock = Lock()


def counted(raw: StoredChart, group: Group, records: Any, measure: str) -> Counted:
    """Return the numbers of a chart over these records, in the actor's scope."""
    actor, version, moment = current_actor(), office_state().version, now()
    key = (raw["_id"], raw["version"], actor.county, actor.role, group.code, measure, str(records.filters()))
    with _lock:
        known = _kept.get(key)
    if known is not None:
        is_recent = moment - known.at < _LATE
        if known.is_given_up:
            if is_recent:
                return known
        elif known.version == version:
            return known
        elif known.seconds > _SLOW and is_recent:
            return replace(known, is_late=True)
    fresh = _count(group, records, measure, version, moment)
    with _lock:
        _kept[key] = fresh
        _kept.move_to_end(key)
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return fresh


def _count(group: Group, records: Any, measure: str, version: tuple[Any, ...], moment: datetime) -> Counted:
    field, began = group.field, perf_counter()
    with reachable():
        rows = grouped(
            records, field.key, cut=group.cut, measure=measure, is_moment=field.kind is Kind.MOMENT,
            is_list=field.kind is Kind.CHOICES, name_key=field.name_key if field.refers_to else "",
            milliseconds=_BOUND,
        )  # fmt: skip
    return Counted(tuple(rows or ()), moment, version, perf_counter() - began, is_given_up=rows is None)
