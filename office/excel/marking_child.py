"""The child process that marks a clerk's own workbook, under limits: `python -m office.excel.marking_child`.

It reads a job as JSON from standard input and writes the marked workbook to standard output: the sheet as it was
sent (widths, colours, other sheets), faulty cells red and doubtful ones amber with a comment that says why, and a
column 结果 behind the last one that says what became of each row, with a hidden one of marks behind it
(`office.recognition.check_marks`). What is no .xlsx comes back as one of the same rows.
"""

import io
import sys
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine as calamine
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from office.child_limits import begin
from office.excel.parsing_child import csv_rows
from office.recognition.check_marks import CHECK_HEADING, RESULT_HEADING

_FILLS = {
    "red": PatternFill("solid", start_color="FFF4C7C3"),
    "amber": PatternFill("solid", start_color="FFFCE8B2"),
}
_AUTHOR = "导入检查"
_RESULT_WIDTH = 40


def main() -> int:
    """Do the job on standard input; 0 when the workbook was written."""
    job = begin()
    book, sheet = _opened(Path(job["path"]), job["suffix"], job["sheet"], job["spellings"])
    _mark(sheet, job)
    output = io.BytesIO()
    book.save(output)
    sys.stdout.buffer.write(output.getvalue())
    return 0


def _opened(
    path: Path, suffix: str, name: str, spellings: list[list[str]]
) -> tuple[openpyxl.Workbook, Worksheet]:
    """Return the workbook and the sheet that was read; of another kind of file a new workbook of the same rows."""
    data = path.read_bytes()
    if data.startswith(b"PK"):
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), keep_vba=suffix == ".xlsm")
            if isinstance(book[name], Worksheet):
                return book, book[name]
        except (KeyError, ValueError, TypeError):
            pass  # an .ods, or one that this library does not understand
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    if suffix == ".csv":
        rows: Any = csv_rows(data, {"rows": 500_000, "columns": 208, "spellings": spellings})
    else:
        source = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(name)
        sheet.title = name[:31]
        rows = source.to_python(skip_empty_area=False)
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row])
        for place, cell in enumerate(row, 1):
            if isinstance(cell, str) and cell.startswith(
                "="
            ):  # a text, which the library takes for a formula
                sheet.cell(sheet.max_row, place).data_type = "s"
    return book, sheet


def _mark(sheet: Worksheet, job: dict[str, Any]) -> None:
    places = {column["key"]: column["place"] for column in job["columns"]}
    result = _result_place(sheet, job["header_row"])
    heading = sheet.cell(job["header_row"], result, RESULT_HEADING)
    neighbour = sheet.cell(job["header_row"], 1)
    heading._style = neighbour._style
    sheet.column_dimensions[get_column_letter(result)].width = _RESULT_WIDTH
    sheet.column_dimensions[get_column_letter(result)].hidden = False
    check = _check_place(sheet, job["header_row"])
    sheet.cell(job["header_row"], check, job["check_heading"])
    sheet.column_dimensions[get_column_letter(check)].hidden = True
    for row in job["rows"]:
        sheet.cell(row["row"], result, row["result"])
        if "check" in row:  # another row keeps the mark that it came with
            sheet.cell(row["row"], check).value = row["check"]
        for key, text in row.get("corrected", {}).items():
            if key in places:
                _correct(sheet.cell(row["row"], places[key] + 1), text)
        for fault in row["cells"]:
            place = places.get(fault["key"])
            cell = sheet.cell(row["row"], result if place is None else place + 1)
            cell.fill = _FILLS[fault["colour"]]
            cell.comment = Comment(fault["text"], _AUTHOR, height=90, width=260)
    if job["rows"]:
        _offer_lists(sheet, job)


def _correct(cell: Cell, text: str) -> None:
    """Put what was typed in the page into a cell, and say what stood there."""
    before = "" if cell.value is None else str(cell.value)
    if before == text:
        return
    cell.value = text
    cell.data_type = "s"  # never a formula
    cell.comment = Comment(f"已在网页上更正，原为：{before or '空白'}", _AUTHOR, height=60, width=260)


def _check_place(sheet: Worksheet, header_row: int) -> int:
    """Return the column of marks: the one of an earlier check, else the one behind the last."""
    for cell in sheet[header_row]:
        if str(cell.value or "").startswith(CHECK_HEADING):
            return int(cell.column)
    return int(sheet.max_column) + 1


def _result_place(sheet: Worksheet, header_row: int) -> int:
    """Return the column of results: the one of an earlier check, else the one behind the last."""
    for cell in sheet[header_row]:
        if cell.value == RESULT_HEADING:
            return int(cell.column)
    return int(sheet.max_column) + 1


def _offer_lists(sheet: Worksheet, job: dict[str, Any]) -> None:
    """Let the cells of a column that a list rules be chosen from it, where the sheet has no list of its own there."""
    first, last = job["header_row"] + 1, max(sheet.max_row, job["header_row"] + 1)
    ruled = [area for known in sheet.data_validations.dataValidation for area in known.sqref.ranges]
    for column in job["columns"]:
        words = ",".join(column["words"])
        place = column["place"] + 1
        if not words or len(words) > 255 or any(area.min_col <= place <= area.max_col for area in ruled):
            continue
        rule = DataValidation("list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=False)
        letter = get_column_letter(place)
        rule.add(f"{letter}{first}:{letter}{last}")
        sheet.add_data_validation(rule)


if __name__ == "__main__":
    sys.exit(main())
