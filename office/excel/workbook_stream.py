"""Writes rows of `office.excel.rows.row_maker` to an .xlsx as a stream: its first bytes leave while rows are read.

Any number of rows in constant memory: a workbook is a zip whose sheets stand in it row by row, and
what only the end knows (how many rows, the digest of their marks) stands in parts after them. Texts that
begin with = + - @ are texts. Rows beyond what a sheet holds go to a second one.
"""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO
from xml.sax.saxutils import escape

from office.excel import workbook_parts as parts
from office.excel.row_xml import is_wrapped, letters, lines_of, row_writer, text_cell
from office.excel.rows import Row
from office.excel.workbook_look import (
    A4,
    FOOTER,
    FROZEN_COLUMNS,
    HEADING_HEIGHT,
    HEADING_ROW,
    MARGINS,
    MOST_ROWS,
    TITLE_HEIGHT,
    Look,
)
from schema.field import Kind

_BLOCK = 500  # rows that are packed at once
_LEVEL = 1  # of packing: the next ones cost twice the time for a tenth of the size
_MOST_LINKS = 65_530  # of a sheet, Excel's own bound
_MOST_BYTES = (
    1_900_000_000  # of a sheet: beyond 2 GiB its zip would be one that few programs read as a stream
)
_PAGE_WIDTH = 105  # characters that stand side by side on A4 landscape
_LEAST_SCALE = 70  # per cent: smaller print is not read at arm's length
_SCALE = 85  # of what goes over several pages

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass
class Extras:
    """What a workbook carries besides its rows; every part may be missing.

    `mark_heading` is the heading of the hidden last column, whose cells come as the row's last value.
    `link` gives the address behind a row's serial number. `about` and `properties` are asked for when all
    rows are written, with their number: lines of the sheet 说明, and the workbook's custom properties.
    """

    mark_heading: str = ""
    link: Callable[[Row], str] | None = None
    about: Callable[[int], Sequence[tuple[str, str]]] | None = None
    properties: Callable[[int], Sequence[tuple[str, str]]] | None = None


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
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:  # type: ignore[call-overload]
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
        self._xml = row_writer(self.look, marked=bool(marked), linked=self.extras.link is not None)

    def write_sheet(
        self, part: IO[bytes], sink: Sink, rows: Iterator[Row], number: int, most_rows: int
    ) -> Iterator[bytes]:
        self.links = []
        part.write(self._head(number).encode())
        line, size = HEADING_ROW + 1, 0
        left = most_rows
        while left > 0 and size < _MOST_BYTES and (block := list(islice(rows, min(_BLOCK, left)))):
            xml = "".join([self._xml(line + place, row) for place, row in enumerate(block, 1)]).encode()
            if self.extras.link is not None:
                room = _MOST_LINKS - len(self.links)
                self.links += [self.extras.link(row) for row in block[:room]]
            part.write(xml)
            line, size, left = line + len(block), size + len(xml), left - len(block)
            yield sink.taken()
        self.count += line - HEADING_ROW - 1
        part.write(self._foot(number, line).encode())
        self.sheets.append(self.look.name_of(number))

    def finish(self, archive: zipfile.ZipFile) -> None:
        names = list(self.sheets)
        if self.extras.about is not None:
            names.append("说明")
            archive.writestr(f"xl/worksheets/sheet{len(names)}.xml", _about(self.extras.about(self.count)))
        properties = self.extras.properties(self.count) if self.extras.properties else ()
        for name, text in (
            ("xl/styles.xml", parts.styles()),
            ("xl/workbook.xml", parts.book(names, self.defined)),
            ("xl/_rels/workbook.xml.rels", parts.book_relations(len(names))),
            ("docProps/custom.xml", parts.custom_properties(properties)),
            ("_rels/.rels", parts.package_relations()),
            ("[Content_Types].xml", parts.content_types(len(names))),
        ):
            archive.writestr(name, text)

    # --- The XML before and after the rows

    def _head(self, number: int) -> str:
        look = self.look
        columns = [f'<col min="1" max="1" width="{look.widths[0]}" customWidth="1"/>']
        for place, (column, width) in enumerate(zip(look.columns, look.widths[1:], strict=True), 2):
            style = parts.format_of(column.kind, wrapped=is_wrapped(column.kind))
            columns.append(
                f'<col min="{place}" max="{place}" width="{width}" style="{style}" customWidth="1"/>'
            )
        last = len(look.headings)
        if self.extras.mark_heading:
            columns.append(f'<col min="{last + 1}" max="{last + 1}" width="9" hidden="1" customWidth="1"/>')
        top = letters(FROZEN_COLUMNS) + str(HEADING_ROW + 2)
        selected = ' tabSelected="1"' if number == 1 else ""
        _, wide = _paper(look)
        fit = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>' if not wide else ""
        heads = "".join(
            text_cell(letters(place) + str(HEADING_ROW + 1), parts.HEADING, text)
            for place, text in enumerate(self.headings)
        )
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<worksheet xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">{fit}'
            f'<sheetViews><sheetView{selected} workbookViewId="0">'
            f'<pane xSplit="{FROZEN_COLUMNS}" ySplit="{HEADING_ROW + 1}"'
            f' topLeftCell="{top}" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols>{"".join(columns)}</cols><sheetData>'
            f'<row r="1" ht="{TITLE_HEIGHT}" customHeight="1">{text_cell("A1", parts.TITLE, look.title)}</row>'
            f'<row r="2">{text_cell("A2", parts.LINE, look.line)}</row>'
            f'<row r="{HEADING_ROW + 1}" ht="{HEADING_HEIGHT}" customHeight="1">{heads}</row>'
        )

    def _foot(self, number: int, line: int) -> str:
        look = self.look
        last_row, last = max(line, HEADING_ROW + 2), len(self.headings) - 1
        area = f"$A${HEADING_ROW + 1}:${letters(last)}${last_row}"
        name = "'" + self.look.name_of(number).replace("'", "''") + "'"
        local = f'localSheetId="{number - 1}"'
        self.defined += [
            f'<definedName name="_xlnm._FilterDatabase" {local} hidden="1">{escape(name)}!{area}</definedName>',
            f'<definedName name="_xlnm.Print_Titles" {local}>{escape(name)}!$A:$B,'
            f"{escape(name)}!${HEADING_ROW + 1}:${HEADING_ROW + 1}</definedName>",
        ]
        scale, wide = _paper(look)
        title_end = letters(_first_page_columns(look, scale) - 1 if wide else len(look.headings) - 1)
        merges = (
            f'<mergeCells count="2"><mergeCell ref="A1:{title_end}1"/>'
            + f'<mergeCell ref="A2:{title_end}2"/></mergeCells>'
        )
        links = "".join(
            f'<hyperlink ref="A{HEADING_ROW + 1 + place}" r:id="rId{place}"/>'
            for place in range(1, len(self.links) + 1)
        )
        sides = " ".join(
            f'{side}="{MARGINS[side]}"' for side in ("left", "right", "top", "bottom", "header", "footer")
        )
        sized = f'scale="{scale}" pageOrder="overThenDown"' if wide else 'fitToHeight="0"'
        codes = " ".join(
            f"{letters(place)}{HEADING_ROW + 2}:{letters(place)}{last_row}"
            for place, column in enumerate(look.columns, 1)
            if column.kind is Kind.CODE
        )
        return (
            f'</sheetData><autoFilter ref="{area.replace("$", "")}"/>{merges}'
            + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
            + f'<pageMargins {sides}/><pageSetup paperSize="{A4}" orientation="landscape" {sized}/>'
            f"<headerFooter><oddFooter>{escape(FOOTER)}</oddFooter></headerFooter>"
            + (
                f'<ignoredErrors><ignoredError sqref="{codes}" numberStoredAsText="1"/></ignoredErrors>'
                if codes
                else ""
            )
            + "</worksheet>"
        )


def _paper(look: Look) -> tuple[int, bool]:
    """Return the scale in per cent, and whether the columns go over several pages side by side."""
    whole = sum(look.widths)
    return (_SCALE, True) if whole > _PAGE_WIDTH * 100 / _LEAST_SCALE else (100, False)


def _first_page_columns(look: Look, scale: int) -> int:
    """Return how many columns stand on the first page."""
    room, count = _PAGE_WIDTH * 100 / scale, 0
    for width in look.widths:
        room -= width
        if room < 0:
            break
        count += 1
    return max(count, FROZEN_COLUMNS)


def _about(lines: Sequence[tuple[str, str]]) -> str:
    """Return the sheet that says what the workbook is."""
    rows = "".join(
        f'<row r="{number}" ht="{max(1, lines_of(text, 88)) * 16 + 4}" customHeight="1">'
        f"{text_cell(f'A{number}', parts.LABEL, label)}{text_cell(f'B{number}', parts.VALUE, text)}</row>"
        for number, (label, text) in enumerate(lines, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        '<cols><col min="1" max="1" width="16" customWidth="1"/>'
        '<col min="2" max="2" width="90" customWidth="1"/></cols>'
        f"<sheetData>{rows}</sheetData>"
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="{A4}" orientation="landscape" fitToHeight="0"/></worksheet>'
    )
