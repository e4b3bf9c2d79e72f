"""Export the records of a query set as a workbook: streamed from the cursor, in constant memory.

Each row carries its mark (`office.excel.row_marks`), so that the file can come back and only what was changed in
it is written; the workbook says on a sheet of its own what it is.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from documents.imports.exported_records import MOST_BYTES, pack
from documents.records.office_state import OfficeState
from documents.records.record import RecordQuerySet
from documents.server.connection import patient, reachable
from office.excel.cell_dates import OFFICE_TIME
from office.excel.cell_texts import guarded
from office.excel.row_marks import PROPERTY, Marker
from office.excel.rows import Row, row_maker
from office.excel.small_tables.table_writer import TableSheet
from office.excel.workbook_look import MOST_ROWS, look_of
from office.excel.workbook_stream import Extras, stream_workbook, write_workbook
from rules.access import Actor, Permission
from schema.collection import Collection
from schema.field import Field, Kind
from schema.service_partners import PERIOD_KEYS
from services.imports.missing_rows import note_export

# Larger batches bring no speed any more, cost memory, and the first bytes wait for the first one.
_BATCH = 1000
BEST_FIRST = "与搜索词最相符的在前"
_OWN_SHEET = (
    "另有同名工作表，一行一条；可在该表中修改、增加或删除行，也可在名录的该格中修改，两处只改一处，随名录一起导入。"
    "为已有记录增加行时，可复制该记录的一行再修改，或填写其名称、代码；行属于哪条记录，以该行所写的名称、代码为准，须与名录中的一行相符。"
    "删去的列视为未改动。要清空某记录的全部行，请在名录的该格填“清空”。"
)
_TOO_MANY_ROWS = "行数超过 {most}，未另列工作表，内容见名录的该格。"


@dataclass(frozen=True)
class ListFacts:
    """What a list that goes out says of itself: its filters in plain Chinese, how it is sorted, who sends it and when.

    `derive` adds what no record stores, for which it needs `keys`. `page` is the address of the page of a record,
    without its id; "" for no links.
    """

    state: OfficeState
    actor: Actor
    filters: str = ""
    sorted_by: str = ""
    now: datetime | None = None
    keys: tuple[str, ...] = ()
    derive: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    page: str = ""


class ListExport:
    """The records of a query set in the actor's scope, in an order, with these columns: ready to be written.

    Of a collection that clerks do not keep (`listed`) the query set must be in scope already.
    """

    def __init__(
        self, sheet: Collection, query_set: RecordQuerySet, facts: ListFacts, *,
        order: Sequence[tuple[str, int]] = (("_id", 1),), columns: Sequence[Field] | None = None,
        best_first: bool = False,
    ) -> None:  # fmt: skip
        """`columns` are by default all that a workbook carries. Raises NotAllowed.

        `best_first`: what the words of the search name best comes first, as in the list; equal ones in `order`.
        """
        facts.actor.demand(Permission.EXPORT)
        self.sheet = sheet
        self.columns = list(columns) if columns is not None else list(sheet.exported)
        # The lists that steps write come in their own scope already: a published paper has no county.
        self.records = query_set.visible_to(facts.actor) if sheet.listed else query_set
        self.order = order
        self.best_first = best_first
        self.facts = facts
        self.marker = Marker(sheet.name, self.columns)
        self._exported = bytearray()  # ids and versions of the rows, for when the file comes back
        self._tables: list[TableSheet] = []  # of the workbook that is being written

    def count(self) -> int:
        """Return how many records there are just now. Raises Unavailable."""
        with patient(), reachable():
            return self.records.count()

    def stream(self) -> Iterator[bytes]:
        """Yield the workbook in parts, the first of them soon. Raises Unavailable, at any part."""
        look = look_of(self.sheet, self.columns, "", self._line())
        return stream_workbook(look, self._rows(), self._extras())

    def write(self, path: str | Path) -> int:
        """Write the workbook; the file appears whole or not at all. Return how many records there were."""
        return write_workbook(
            path, self.sheet, self._rows(), columns=self.columns, note=self._line(), extras=self._extras()
        )

    def csv(self) -> Iterator[bytes]:
        """Yield the same rows as CSV in UTF-8 with a byte order mark, which the office's programs open rightly."""
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        buffer.write("\ufeff")
        for number, row in enumerate(self._rows()):
            if number == 0:
                writer.writerow(row)
            writer.writerow([_plain(value) for value in row.values()])
            if buffer.tell() > 1 << 16:
                yield _taken(buffer)
        if self.marker.count == 0:
            writer.writerow([*look_of(self.sheet, self.columns, "", "").headings, str(self.marker.heading)])
        yield _taken(buffer)

    # --- What the parts of a workbook say

    def _line(self) -> str:
        return f"条件：{self.facts.filters}" if self.facts.filters else ""

    def _extras(self) -> Extras:
        page, heading = self.facts.page, str(self.marker.heading)
        name = self.sheet.name
        small = [column for column in self.columns if column.kind is Kind.ROWS]
        self._tables = [TableSheet(self.sheet, name, column, self.columns) for column in small]
        return Extras(
            tables=self._tables,
            mark_heading=heading,
            link=(lambda row: page + row[heading][:24]) if page else None,
            about=self._about,
            properties=self._properties,
        )

    def _about(self, count: int) -> list[tuple[str, str]]:
        facts = self.facts
        columns = "、".join(column.heading for column in self.columns)
        lines = [
            ("名称", self.sheet.title),
            ("筛选条件", facts.filters or "无（全部记录）"),
            ("排序", facts.sorted_by or "默认顺序"),
            ("栏目", f"共 {len(self.columns)} 栏：{columns}"),
            ("行数", f"共 {count} 行（与表中实际写入的行数一致）"),
            ("导出人", facts.actor.name),
            ("导出时间", self._moment()),
            ("数据指纹", f"SHA-256 {self.marker.digest}"),
            (
                "修改后导回",
                "可直接在表中修改后导入本系统，只写入改动过的单元格。表中最后一列“记录标识”已隐藏，请保留；"
                "新增的行不必填写该列，要清空某格请填“清空”。",
            ),
        ]  # fmt: skip
        for table in self._tables:
            name = table.column.heading
            told = _OWN_SHEET if table.fits else _TOO_MANY_ROWS
            lines.append((f"子表“{name}”"[:20], told.format(name=name, most=MOST_ROWS)))
        return lines

    def _properties(self, count: int) -> list[tuple[str, str]]:
        if self.facts.now is not None and self.sheet.listed and self.sheet.importable:
            note_export(
                self.marker.digest,
                self.sheet.name,
                bytes(self._exported),
                actor=self.facts.actor,
                now=self.facts.now,
            )
        text = f"{self.sheet.name} {self._moment()} {self.facts.actor.name} {count} {self.marker.digest}"
        return [(PROPERTY, text)]

    def _moment(self) -> str:
        now = self.facts.now
        return f"{now.astimezone(OFFICE_TIME):%Y-%m-%d %H:%M}" if now else ""

    # --- Its rows

    def _rows(self) -> Iterator[Row]:
        """Yield each row with its mark last."""
        facts, sheet, columns = self.facts, self.sheet, self.columns
        labels = facts.state.status_labels(sheet.name)
        make = row_maker(columns, county_names=facts.state.county_names, status_labels=labels)
        heading, mark = str(self.marker.heading), self.marker.mark
        in_sight = sheet.hooks.in_sight if _is_cut(columns, facts.actor) else None
        self._exported.clear()
        tables = self._tables
        for batch in self._batches():
            if len(self._exported) <= MOST_BYTES:
                self._exported += pack((record["_id"], record.get("version", 0)) for record in batch)
            for record in batch:
                seen = in_sight(record, facts.actor) if in_sight else record
                row = make(facts.derive(seen) if facts.derive else seen)
                cells = iter(row.values())
                next(cells)  # the serial number
                row[heading] = mark(record["_id"], record.get("version", 0), cells)
                for table in tables:
                    table.add(record["_id"], row, seen.get(table.column.key) or ())
                yield row

    def _batches(self) -> Iterator[list[Mapping[str, Any]]]:
        """Yield the stored records in batches, each read by itself, since who is sent them may be slow.

        The next one is read, by a thread of its own, while the last one is written.
        """
        with patient(), reachable():
            keys = ["_id", "version", *_keys(self.columns), *self.facts.keys]
            if self.best_first:
                cursor = self.records.all_best_first(keys, self.order, batch=_BATCH)
            else:
                cursor = self.records.rows(keys, self.order).batch_size(_BATCH)

        def read() -> list[Mapping[str, Any]]:
            with patient(), reachable():
                return list(islice(cursor, _BATCH))

        with closing(cursor), ThreadPoolExecutor(1, thread_name_prefix="export") as reader:
            coming = reader.submit(read)
            while batch := coming.result():
                coming = reader.submit(read)
                yield batch


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
    now: datetime | None = None,
    best_first: bool = False,
) -> int:
    """Write what `query_set` holds in the actor's scope, in `order`, and return how many records there were.

    `columns` are by default all that a workbook carries; `filters_line` says how the list was filtered,
    `best_first` that what words name best comes first. The file appears whole or not at all.
    Raises NotAllowed, Unavailable.
    """
    facts = ListFacts(state, actor, filters_line, BEST_FIRST if best_first else "", now=now)
    export = ListExport(sheet, query_set, facts, order=order, columns=columns, best_first=best_first)
    return export.write(path)


def begun(parts: Iterator[bytes]) -> Iterable[bytes]:
    """Return the parts with the first made already: what is refused is refused before anything is sent."""
    first = next(parts, b"")
    return chain([first], parts)


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}" if (value.hour or value.minute) else f"{value:%Y-%m-%d}"
    return guarded(value) if isinstance(value, str) else value


def _keys(columns: Sequence[Field]) -> list[str]:
    keys = [column.source for column in columns if column.key not in PERIOD_KEYS]
    return [*keys, "cooperations"] if _has_cooperations(columns) else keys


def _has_cooperations(columns: Sequence[Field]) -> bool:
    return any(column.kind is Kind.COOPERATIONS or column.key in PERIOD_KEYS for column in columns)


def _is_cut(columns: Sequence[Field], actor: Actor) -> bool:
    """Tell whether a column may hold more than is the actor's to see: a partner's cooperations in other counties."""
    return actor.county is not None and _has_cooperations(columns)
