"""Export the records of a query set to a workbook: streamed from the cursor into the file, in constant memory."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from documents.records.office_state import OfficeState
from documents.records.record import RecordQuerySet
from documents.server.connection import reachable
from office.excel.rows import row_maker
from office.excel.workbook_writer import write_workbook
from rules.access import Actor, Permission
from schema.field import Column, Kind, Sheet

# Larger batches bring no speed any more and cost memory: 2,000 entries are about 2 MB.
_BATCH = 2000
_SHARED_PERIOD = frozenset({"cooperation_first_day", "cooperation_last_day"})
Raw = Mapping[str, Any]


def export_workbook(
    path: str | Path,
    sheet: Sheet,
    query_set: RecordQuerySet,
    *,
    actor: Actor,
    state: OfficeState,
    order: Sequence[tuple[str, int]] = (("_id", 1),),
    columns: Sequence[Column] | None = None,
    filters_line: str = "",
) -> int:
    """Write what `query_set` holds in the actor's scope, in `order`, and return how many records there were.

    `columns` are by default all that a workbook carries; `filters_line` stands above the heading and
    says how the list was filtered. The file appears whole or not at all. Raises NotAllowed, Unavailable.
    """
    actor.demand(Permission.EXPORT)
    chosen = list(columns) if columns is not None else list(sheet.exported)
    scoped = query_set if sheet.collection == "statuses" else query_set.visible_to(actor)
    make = row_maker(
        chosen, county_names=state.county_names, status_labels=state.status_labels(sheet.collection)
    )
    with reachable():
        cursor = scoped.rows(_keys(chosen), order).batch_size(_BATCH)
        with cursor:
            records = _own_cooperations(cursor, actor.county) if _has_cooperations(chosen) else cursor
            rows = map(make, records)
            return write_workbook(path, sheet, rows, columns=chosen, note=filters_line)


def _keys(columns: Sequence[Column]) -> list[str]:
    keys = [column.source for column in columns if column.key not in _SHARED_PERIOD]
    return [*keys, "cooperations"] if _has_cooperations(columns) else keys


def _has_cooperations(columns: Sequence[Column]) -> bool:
    return any(column.kind is Kind.COOPERATIONS or column.key in _SHARED_PERIOD for column in columns)


def _own_cooperations(records: Iterator[Raw], county: str | None) -> Iterator[Raw]:
    """Leave out what a partner does in other counties: a county clerk sees its own cooperations only."""
    for record in records:
        if county is None:
            yield record
        else:
            own = [one for one in record.get("cooperations") or [] if one.get("county") == county]
            yield {**record, "cooperations": own}
