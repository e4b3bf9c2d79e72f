"""Export the records of a query set to a workbook: streamed from the cursor into the file, in constant memory."""

from collections.abc import Sequence
from pathlib import Path

from documents.records.office_state import OfficeState
from documents.records.record import RecordQuerySet
from documents.server.connection import patient, reachable
from office.excel.rows import row_maker
from office.excel.workbook_writer import write_workbook
from rules.access import Actor, Permission
from schema.collection import Collection
from schema.field import Field, Kind
from schema.service_partners import PERIOD_KEYS

# Larger batches bring no speed any more and cost memory: 2,000 entries are about 2 MB.
_BATCH = 2000


def export_workbook(
    path: str | Path,
    sheet: Collection,
    query_set: RecordQuerySet,
    *,
    actor: Actor,
    state: OfficeState,
    order: Sequence[tuple[str, int]] = (("_id", 1),),
    columns: Sequence[Field] | None = None,
    filters_line: str = "",
) -> int:
    """Write what `query_set` holds in the actor's scope, in `order`, and return how many records there were.

    `columns` are by default all that a workbook carries; `filters_line` stands above the heading and
    says how the list was filtered. The file appears whole or not at all. Raises NotAllowed, Unavailable.
    """
    actor.demand(Permission.EXPORT)
    chosen = list(columns) if columns is not None else list(sheet.exported)
    scoped = query_set.visible_to(actor)
    make = row_maker(chosen, county_names=state.county_names, status_labels=state.status_labels(sheet.name))
    with patient(), reachable():
        cursor = scoped.rows(_keys(chosen), order).batch_size(_BATCH)
        with cursor:
            in_sight = sheet.hooks.in_sight
            rows = map(
                make, (in_sight(record, actor) for record in cursor) if _is_cut(chosen, actor) else cursor
            )
            return write_workbook(path, sheet, rows, columns=chosen, note=filters_line)


def _keys(columns: Sequence[Field]) -> list[str]:
    keys = [column.source for column in columns if column.key not in PERIOD_KEYS]
    return [*keys, "cooperations"] if _has_cooperations(columns) else keys


def _has_cooperations(columns: Sequence[Field]) -> bool:
    return any(column.kind is Kind.COOPERATIONS or column.key in PERIOD_KEYS for column in columns)


def _is_cut(columns: Sequence[Field], actor: Actor) -> bool:
    """Tell whether a column may hold more than is the actor's to see: a partner's cooperations in other counties."""
    return actor.county is not None and _has_cooperations(columns)
