"""Writes rows of `office.excel.rows.row_maker` to an .xlsx as a stream: its first bytes leave while rows are read.

Any number of rows in constant memory: a workbook is a zip whose sheets stand in it row by row, and
what only the end knows (how many rows, the digest of their marks) stands in parts after them. Texts that
begin with = + - @ are texts. Rows beyond what a sheet holds go to a second one.
"""

import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import IO

from office.excel import workbook_parts as parts
from office.excel.full_disk import write_whole
from office.excel.row_xml import is_wrapped, row_writer
from office.excel.rows import Row
from office.excel.sheet_frame import Frame, about_sheet, defined_names, foot, head
from office.excel.small_tables.table_writer import TableSheet
from office.excel.workbook_look import FROZEN_COLUMNS, HEADING_ROW, MOST_ROWS, Look, look_of
from schema.collection import Tabular
from schema.field import Field, Kind

ABOUT = "说明"  # the sheet that says what a workbook is
_BLOCK = 500  # rows that are packed at once
LEVEL = 1  # of packing: the next ones cost twice the time for a tenth of the size
_MOST_LINKS = 65_530  # of a sheet, Excel's own bound
_MOST_BYTES = (
    1_900_000_000  # of a sheet: beyond 2 GiB its zip would be one that few programs read as a stream
)


@dataclass
class Extras:
    """What a workbook carries besides its rows; every part may be missing.

    `mark_heading` is the heading of the hidden last column, whose cells come as the row's last value.
    `link` gives the address behind a row's serial number. `about` and `properties` are asked for when all
    rows are written, with their number: lines of the sheet 说明, and the workbook's custom properties.
    `tables` are the small tables of the rows, which are given their own rows while these are read.
    """

    mark_heading: str = ""
    link: Callable[[Row], str] | None = None
    about: Callable[[int], Sequence[tuple[str, str]]] | None = None
    properties: Callable[[int], Sequence[tuple[str, str]]] | None = None
    tables: Sequence[TableSheet] = ()


class Sink:
    """Where a zip writes to that is sent as it grows: it cannot be read again, nor turned back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        """Return what was written since it was last asked."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def stream_workbook(
    look: Look, rows: Iterable[Row], extras: Extras | None = None, *, most_rows: int = MOST_ROWS,
    counted: Callable[[int], None] = lambda count: None,
) -> Iterator[bytes]:  # fmt: skip
    """Yield the workbook in parts; `counted` is told how many rows there were when all are written.

    ValueError when the first row's keys are not the look's headings.
    """
    extras = extras or Extras()
    sink = Sink()
    made = _Made(look, extras)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:  # type: ignore[call-overload]
        rest = iter(rows)
        first = next(rest, None)
        if first is not None and list(first) != made.headings:
            raise ValueError(f"the rows have the keys {list(first)}, the columns {made.headings}")
        while True:
            number = len(made.sheets) + 1
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                yield from made.write_sheet(
                    part, sink, chain([first] if first else [], rest), number, most_rows
                )
            if made.links:
                archive.writestr(
                    f"xl/worksheets/_rels/sheet{number}.xml.rels", parts.link_relations(made.links)
                )
            first = next(rest, None)
            if first is None:
                break
        for table in extras.tables:
            yield from made.write_table(archive, sink, table)
        made.finish(archive)
    counted(made.count)
    yield sink.taken()


@dataclass
class _Made:
    """One workbook while it is made: its sheets so far, how many rows they have."""

    look: Look
    extras: Extras
    count: int = 0
    sheets: list[str] = field(default_factory=list)
    defined: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        marked = [self.extras.mark_heading] if self.extras.mark_heading else []
        self.headings = [*self.look.headings, *marked]
        self.frame = frame_of(self.look, self.extras.mark_heading)
        self._xml = row_writer(self.look, marked=bool(marked), linked=self.extras.link is not None)

    def write_sheet(
        self, part: IO[bytes], sink: Sink, rows: Iterator[Row], number: int, most_rows: int
    ) -> Iterator[bytes]:
        self.links = []
        frame = replace(self.frame, name=self.look.name_of(number))
        part.write(head(frame, first=number == 1).encode())
        line, size = HEADING_ROW + 1, 0
        left = most_rows
        packed: Future[int] | None = None
        # A block is packed, which leaves the interpreter free, while the next one is made.
        with ThreadPoolExecutor(1, thread_name_prefix="packing") as packer:
            while left > 0 and size < _MOST_BYTES and (block := list(islice(rows, min(_BLOCK, left)))):
                xml = "".join([self._xml(line + place, row) for place, row in enumerate(block, 1)]).encode()
                if self.extras.link is not None:
                    room = _MOST_LINKS - len(self.links)
                    self.links += [self.extras.link(row) for row in block[:room]]
                line, size, left = line + len(block), size + len(xml), left - len(block)
                if packed is not None:
                    packed.result()
                ready = sink.taken()
                packed = packer.submit(part.write, xml)
                yield ready
            if packed is not None:
                packed.result()
        self.count += line - HEADING_ROW - 1
        part.write(foot(frame, line, len(self.links)).encode())
        self.defined += defined_names(frame, number, line)
        self.sheets.append(frame.name)

    def write_table(self, archive: zipfile.ZipFile, sink: Sink, table: TableSheet) -> Iterator[bytes]:
        if table.fits:
            name, number = self._free_name(table.look.sheet_name), len(self.sheets) + 1
            frame = table.frame(name)
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                for block in table.xml(frame):
                    part.write(block)
                    yield sink.taken()
            self.defined += defined_names(frame, number, table.last_line)
            self.sheets.append(name)
        table.close()

    def _free_name(self, name: str) -> str:
        taken = {one.casefold() for one in (*self.sheets, ABOUT)}
        names = (name if number == 1 else f"{name[:26]} ({number})" for number in range(1, len(taken) + 2))
        return next(one for one in names if one.casefold() not in taken)

    def finish(self, archive: zipfile.ZipFile) -> None:
        about = self.extras.about(self.count) if self.extras.about else ()
        properties = self.extras.properties(self.count) if self.extras.properties else ()
        write_rest(archive, self.sheets, self.defined, about, properties)


def write_rest(
    archive: zipfile.ZipFile, names: Sequence[str], defined: Sequence[str],
    about: Sequence[tuple[str, str]] = (), properties: Sequence[tuple[str, str]] = (),
) -> None:  # fmt: skip
    """Write what stands in a workbook besides its sheets: the sheet 说明 where there is one, formats, lists."""
    names = list(names)
    if about:
        names.append(ABOUT)
        archive.writestr(f"xl/worksheets/sheet{len(names)}.xml", about_sheet(about))
    for name, text in (
        ("xl/styles.xml", parts.styles()),
        ("xl/workbook.xml", parts.book(names, defined)),
        ("xl/_rels/workbook.xml.rels", parts.book_relations(len(names))),
        ("docProps/custom.xml", parts.custom_properties(properties)),
        ("_rels/.rels", parts.package_relations()),
        ("[Content_Types].xml", parts.content_types(len(names))),
    ):
        archive.writestr(name, text)


def frame_of(look: Look, hidden: str = "") -> Frame:
    """Return what stands around the rows of a list; `hidden` is the heading of its column of marks."""
    styles = (parts.format_of(column.kind, wrapped=is_wrapped(column.kind)) for column in look.columns)
    return Frame(
        name=look.name_of(1), title=look.title, line=look.line, headings=tuple(look.headings),
        widths=tuple(look.widths), styles=(parts.PLAIN, *styles), frozen=FROZEN_COLUMNS, hidden=hidden,
        codes=tuple(place for place, column in enumerate(look.columns, 1) if column.kind is Kind.CODE),
    )  # fmt: skip


def write_workbook(
    target: str | os.PathLike[str], sheet: Tabular, rows: Iterable[Row], *,
    columns: Sequence[Field] | None = None, title: str = "", note: str = "", extras: Extras | None = None,
    most_rows: int = MOST_ROWS,
) -> int:  # fmt: skip
    """Write the rows to `target` and return how many there were.

    `rows` come from `row_maker` of the same columns (by default `sheet.exported`), so their keys
    are 序号 and the headings in order; ValueError when the first row's are not. `title` stands in
    row 1, `note` and the unit line in row 2, the heading in row 3. The file appears whole or not at all.
    """
    counts: list[int] = []
    look = look_of(sheet, columns, title, note)
    write_whole(target, stream_workbook(look, rows, extras, most_rows=most_rows, counted=counts.append))
    return counts[0]
