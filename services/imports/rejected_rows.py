"""The rejected rows of an import as a workbook, each with its reasons, to be put right and imported again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from office.excel.rows import NUMBER_HEADING
from office.excel.workbook_writer import write_workbook
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


def write_rejected(
    path: str | Path,
    sheet: Collection,
    rows: Sequence[Mapping[str, Any]],
    translate: Callable[[Refusal], str],
) -> int:
    """Write the rows that an import batch kept, as the sheet had them; return how many."""
    columns = [replace(column, kind=Kind.TEXT) for column in sheet.imported]

    def written() -> Iterator[dict[str, Any]]:
        for row in rows:
            cells = {column.heading: row["cells"].get(column.key) or None for column in columns}
            said = "；".join(f"{heading}：{translate(reason)}" for heading, reason in reasons_of(row))
            yield {NUMBER_HEADING: row["row"], **cells, _REASON.heading: said}

    return write_workbook(path, sheet, written(), columns=[*columns, _REASON])
