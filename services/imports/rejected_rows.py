"""The rejected rows of an import as a workbook, each with its reasons, to be put right and imported again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from office.excel.rows import NUMBER_HEADING
from office.excel.tables_writer import Table
from rules.errors import Refusal
from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind

_REASON = Field("reason", N_("Reason"), "退回原因", width=50)


def reasons_of(row: Mapping[str, Any]) -> list[tuple[str, Refusal]]:
    """Return the reasons that a kept row was rejected for, each with its column's heading."""
    return [
        (one["column"], Refusal(one["message"], one.get("params") or {})) for one in row.get("errors", ())
    ]


def rejected_table(
    sheet: Collection, rows: Iterable[Mapping[str, Any]], translate: Callable[[Refusal], str]
) -> Table:
    """Return a sheet of the rows that an import batch kept, as its own sheet had them."""
    columns = [replace(column, kind=Kind.TEXT) for column in sheet.imported]

    def rejected(row: Mapping[str, Any]) -> dict[str, Any]:
        cells = {column.heading: row["cells"].get(column.key) or None for column in columns}
        reasons = "；".join(f"{heading}：{translate(reason)}" for heading, reason in reasons_of(row))
        return {NUMBER_HEADING: row["row"], **cells, _REASON.heading: reasons}

    return Table.of(sheet, map(rejected, rows), columns=[*columns, _REASON])
