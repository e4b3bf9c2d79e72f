"""What stands around the rows of a sheet: title, headings and widths above them, paper, filter and links below."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from office.excel import workbook_parts as parts
from office.excel.row_xml import letters, lines_of, text_cell
from office.excel.workbook_look import (
    A4,
    FOOTER,
    HEADING_HEIGHT,
    HEADING_ROW,
    MARGINS,
    TITLE_HEIGHT,
    first_page_columns,
    scale_of,
)

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FIT = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'


@dataclass(frozen=True)
class Frame:
    """One sheet without its rows.

    `widths` are in characters, `styles` the formats of its columns, one for each of `headings`. The first `frozen`
    columns stay in sight, on screen and on every page. `hidden` is the heading of one more column that nobody sees,
    `codes` are the places of columns whose digits are text on purpose.
    """

    name: str
    title: str
    line: str
    headings: tuple[str, ...]
    widths: tuple[float, ...]
    styles: tuple[int, ...]
    frozen: int
    hidden: str = ""
    codes: tuple[int, ...] = ()


def head(frame: Frame, *, first: bool) -> str:
    """Return the sheet up to its heading row; the `first` of a workbook is the one that is seen when it opens."""
    columns = [
        f'<col min="{place}" max="{place}" width="{width}"'
        + (f' style="{style}"' if style else "")
        + ' customWidth="1"/>'
        for place, (width, style) in enumerate(zip(frame.widths, frame.styles, strict=True), 1)
    ]
    last = len(frame.headings)
    headings = frame.headings
    if frame.hidden:
        columns.append(f'<col min="{last + 1}" max="{last + 1}" width="9" hidden="1" customWidth="1"/>')
        headings = (*headings, frame.hidden)
    top = letters(frame.frozen) + str(HEADING_ROW + 2)
    selected = ' tabSelected="1"' if first else ""
    heads = "".join(
        text_cell(letters(place) + str(HEADING_ROW + 1), parts.HEADING, text)
        for place, text in enumerate(headings)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">{"" if scale_of(frame.widths) else _FIT}'
        f'<sheetViews><sheetView{selected} workbookViewId="0">'
        f'<pane xSplit="{frame.frozen}" ySplit="{HEADING_ROW + 1}"'
        f' topLeftCell="{top}" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{"".join(columns)}</cols><sheetData>'
        f'<row r="1" ht="{TITLE_HEIGHT}" customHeight="1">{text_cell("A1", parts.TITLE, frame.title)}</row>'
        f'<row r="2">{text_cell("A2", parts.LINE, frame.line)}</row>'
        f'<row r="{HEADING_ROW + 1}" ht="{HEADING_HEIGHT}" customHeight="1">{heads}</row>'
    )


def foot(frame: Frame, line: int, links: int) -> str:
    """Return the sheet after its last row, `line`; its first so many rows have links."""
    last_row = max(line, HEADING_ROW + 2)
    scale = scale_of(frame.widths)
    on_first_page = first_page_columns(frame.widths, scale, frame.frozen) if scale else len(frame.headings)
    end = letters(on_first_page - 1)
    merges = (
        f'<mergeCells count="2"><mergeCell ref="A1:{end}1"/><mergeCell ref="A2:{end}2"/></mergeCells>'
        if on_first_page > 1
        else ""
    )
    linked = "".join(
        f'<hyperlink ref="A{HEADING_ROW + 1 + place}" r:id="rId{place}"/>' for place in range(1, links + 1)
    )
    sides = " ".join(
        f'{side}="{MARGINS[side]}"' for side in ("left", "right", "top", "bottom", "header", "footer")
    )
    sized = f'scale="{scale}" pageOrder="overThenDown"' if scale else 'fitToHeight="0"'
    codes = " ".join(f"{letters(place)}{HEADING_ROW + 2}:{letters(place)}{last_row}" for place in frame.codes)
    return (
        f'</sheetData><autoFilter ref="{_area(frame, line).replace("$", "")}"/>{merges}'
        + (f"<hyperlinks>{linked}</hyperlinks>" if linked else "")
        + f'<pageMargins {sides}/><pageSetup paperSize="{A4}" orientation="landscape" {sized}/>'
        f"<headerFooter><oddFooter>{escape(FOOTER)}</oddFooter></headerFooter>"
        + (
            f'<ignoredErrors><ignoredError sqref="{codes}" numberStoredAsText="1"/></ignoredErrors>'
            if codes
            else ""
        )
        + "</worksheet>"
    )


def defined_names(frame: Frame, number: int, line: int) -> list[str]:
    """Return what a workbook says of its n-th sheet: the area of its filter, and what each page repeats."""
    name = escape("'" + frame.name.replace("'", "''") + "'")
    local = f'localSheetId="{number - 1}"'
    return [
        f'<definedName name="_xlnm._FilterDatabase" {local} hidden="1">{name}!{_area(frame, line)}</definedName>',
        f'<definedName name="_xlnm.Print_Titles" {local}>{name}!$A:${letters(frame.frozen - 1)},'
        f"{name}!${HEADING_ROW + 1}:${HEADING_ROW + 1}</definedName>",
    ]


def _area(frame: Frame, line: int) -> str:
    last = len(frame.headings) - (0 if frame.hidden else 1)
    return f"$A${HEADING_ROW + 1}:${letters(last)}${max(line, HEADING_ROW + 2)}"


def about_sheet(lines: Sequence[tuple[str, str]]) -> str:
    """Return the sheet that says what the workbook is."""
    rows = "".join(
        f'<row r="{number}" ht="{max(1, lines_of(text, 88)) * 16 + 4}" customHeight="1">'
        f"{text_cell(f'A{number}', parts.LABEL, label)}{text_cell(f'B{number}', parts.VALUE, text)}</row>"
        for number, (label, text) in enumerate(lines, 1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}">{_FIT}'
        '<sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        '<cols><col min="1" max="1" width="16" customWidth="1"/>'
        '<col min="2" max="2" width="90" customWidth="1"/></cols>'
        f"<sheetData>{rows}</sheetData>"
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="{A4}" orientation="landscape" fitToHeight="0"/></worksheet>'
    )
