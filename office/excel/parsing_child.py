"""The child process that parses a workbook, under limits of memory and time: `python -m office.excel.parsing_child`.

It reads a job as JSON from standard input and writes to standard output: first a line of facts
(sheet, merged cells, …) or of the problem, then lines that hold up to 200 rows each, blank
trailing cells left out, from the sheet's first row on. Days are {"d": iso}, moments {"m": iso}.
Before these stand, where the job asks for them, the sheets of small tables: of each its facts, its rows
from its heading on, and a line `null`.
JSON, so that the parent takes in nothing but plain values whatever the file made of this process.
"""

import csv
import datetime as dt
import io
import itertools
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import python_calamine as calamine

from office.child_limits import begin, open_nothing_more
from office.child_process import PROBLEM_EXIT
from office.excel.cell_texts import unguarded
from office.excel.file_problems import SheetProblem
from office.excel.headings import FIRST_ROWS, Merge, find_heading, most_known, remembered_at, score
from office.excel.row_marks import export_said
from office.excel.small_tables.sheet_marks import table_heading_in
from office.excel.workbook_check import Most, Parts, check_workbook
from office.recognition.binary_workbook import look_through
from office.recognition.hidden_rows import HiddenRows
from office.recognition.percent_cells import TooMany

_ROWS_A_LINE = 200
_MOST_MERGES = 20_000
_MOST_COUNTED = 50_000  # rows of all sheets together
_MOST_SHEETS = 50  # named
_MOST_TABLES, _MOST_TABLE_ROWS = 40, 200_000  # small tables, and rows of all of them
_Table = tuple[dict[str, Any], Iterable[list[object]]]
_Chosen = tuple[calamine.CalamineSheet, list[dict[str, Any]]]
_DELIMITERS = ",\t;|"
_QUOTED = re.compile('"(?:[^"]|"")*"')
_OLE, _ZIP = bytes.fromhex("D0CF11E0A1B11AE1"), b"PK"


def main() -> int:
    """Do the job on standard input; 0 when rows were written, PROBLEM_EXIT when a problem was."""
    job = begin()
    with Path(job["path"]).open("rb") as stream:
        open_nothing_more()
        return _parse(stream, job)


def _parse(stream: IO[bytes], job: dict[str, Any]) -> int:
    try:
        tables: list[_Table] = []
        facts, rows = _read(stream, job, tables)
        _write(facts, rows, tables)
    except SheetProblem as problem:
        sys.stdout.buffer.write(_line({"problem": problem.word, "params": problem.params}))
        return PROBLEM_EXIT
    return 0


def _read(
    stream: IO[bytes], job: dict[str, Any], tables: list[_Table]
) -> tuple[dict[str, Any], Iterable[list[object]]]:
    start = stream.read(4096)
    stream.seek(0)
    if not start:
        raise SheetProblem("empty")
    if start.startswith(_ZIP):
        parts = check_workbook(stream, Most(job["unpacked"], job["strings"], job["rows"], job["columns"]))
        return _from_workbook(stream, job, parts, tables)
    if start.startswith(_OLE):
        data = stream.read()
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise SheetProblem("encrypted")
        return _from_workbook(stream, job, _parts_of_binary(data), tables)
    if (
        start.lstrip(b"\xef\xbb\xbf \t\r\n")
        .lower()
        .startswith((b"<html", b"<!doctype", b"<?xml", b"<table", b"mime-"))
    ):
        raise SheetProblem("web-page")
    if job["suffix"] == ".csv":
        facts = _facts(job["stem"], [], Parts(hidden={}), [])
        return facts, csv_rows(stream.read(), job)
    raise SheetProblem("not-a-workbook")


def _parts_of_binary(data: bytes) -> Parts:
    try:
        said = look_through(data)
    except TooMany as error:
        raise SheetProblem("too-large") from error
    if said is None:
        return Parts()
    return Parts(
        hidden={name: sheet.hidden for name, sheet in said.items() if sheet.hidden.rows},
        percents={name: sheet.percents for name, sheet in said.items() if sheet.percents.columns},
    )


def _from_workbook(
    stream: IO[bytes], job: dict[str, Any], parts: Parts, tables: list[_Table]
) -> tuple[dict[str, Any], Iterable[list[object]]]:
    try:
        stream.seek(0)
        book = calamine.CalamineWorkbook.from_filelike(stream)
        sheet, seen = _chosen_sheet(book, job, tables)
    except calamine.PasswordError as error:
        raise SheetProblem("encrypted") from error
    except calamine.CalamineError as error:
        raise SheetProblem("not-a-workbook") from error
    last_row, last_column = sheet.end or (0, 0)
    if last_column >= job["columns"]:
        raise SheetProblem("too-many-columns", columns=last_column + 1, most=job["columns"])
    if last_row >= job["rows"] + FIRST_ROWS:
        raise SheetProblem("too-many-rows", rows=last_row + 1, most=job["rows"])
    facts = _facts(sheet.name, _merged(sheet), parts, seen) | {"export": asdict(export_said(stream))}
    rows = _marked(_all_rows(sheet), parts.marks.get(sheet.name, {}))
    percents = parts.percents.get(sheet.name)
    return facts, percents.shown(rows) if percents else rows


def _facts(name: str, merged: list[Merge], parts: Parts, seen: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what is known of the sheet beside its rows: `sheets` are those that hold rows, itself among them."""
    hidden = (parts.hidden or {}).get(name, HiddenRows())
    return {
        "sheet": name, "merged": merged, "date_1904": parts.date_1904, "sheets": seen[:_MOST_SHEETS],
        "more_sheets": max(0, len(seen) - _MOST_SHEETS), "hidden": hidden.spans(), "filtered": hidden.filtered,
        "tells_hidden": parts.hidden is not None,
    }  # fmt: skip


def _chosen_sheet(book: calamine.CalamineWorkbook, job: dict[str, Any], tables: list[_Table]) -> _Chosen:
    """Return the sheet that was asked for, else the visible one whose headings match best, the first of equals.

    A heading that is remembered comes before any, a hidden sheet only for want of others. The sheets of small tables
    go to `tables`.
    """
    spellings, remembered = [frozenset(words) for words in job["spellings"]], frozenset(job["remembered"])
    best: tuple[tuple[bool, int, bool], calamine.CalamineSheet] | None = None
    seen: list[dict[str, Any]] = []
    metas = [meta for meta in book.sheets_metadata if meta.typ is calamine.SheetTypeEnum.WorkSheet]
    left = _MOST_COUNTED if len(metas) > 1 else 0
    for meta in metas:
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.start is None:
            continue
        head = [cells[: job["columns"]] for cells in itertools.islice(_all_rows(sheet), FIRST_ROWS + 4)]
        if meta.name != job["sheet"] and (table := _table(sheet, head, tables, job)) is not None:
            if job.get("tables"):
                tables.append(table)
            continue
        heading = find_heading(head, spellings)
        visible = meta.visible is calamine.SheetVisibleEnum.Visible
        known = bool(remembered) and remembered_at(head, remembered, _merged(sheet)) is not None
        rank = (known, score(heading), visible) if not job["sheet"] else (meta.name == job["sheet"], 0, False)
        if best is None or rank > best[0]:
            best = rank, sheet
        rows, looked_at = _counted(sheet, heading.bottom + 1 if heading else 0, left)
        left -= looked_at
        if rows:
            more = looked_at < (sheet.end or (0, 0))[0] + 1
            seen.append({"name": meta.name, "rows": rows, "more": more, "hidden": not visible})
    if best is None:
        raise SheetProblem("no-sheet")
    if job["sheet"] and not best[0][0]:
        raise SheetProblem("no-such-sheet", sheet=job["sheet"])
    return best[1], seen


def _table(
    sheet: calamine.CalamineSheet, head: list[list[object]], tables: list[_Table], job: dict[str, Any]
) -> _Table | None:
    """Return the facts and the rows of the sheet of a small table; None where it is none, or there are too many."""
    found = table_heading_in(head)
    if found is None or len(tables) >= _MOST_TABLES:
        return None
    left = _MOST_TABLE_ROWS - sum(facts["rows"] for facts, _ in tables)
    last_row, last_column = sheet.end or (0, 0)
    count = last_row + 1 - found[0]
    is_too_much = count > left or last_column >= job["columns"]
    facts = {"table": sheet.name, "row": found[0], "rows": count, "left_out": is_too_much}
    if is_too_much:
        return {**facts, "rows": 0}, []
    return facts, itertools.islice(_all_rows(sheet), found[0], None)


def _counted(sheet: calamine.CalamineSheet, first: int, most: int) -> tuple[int, int]:
    """Return how many rows from `first` (from 0) on hold something, and how many were looked at, at most so many."""
    looked_at = rows = 0
    for number, cells in enumerate(itertools.islice(_all_rows(sheet), most)):
        looked_at += 1
        rows += number >= first and any(cell not in ("", None) for cell in cells)
    return rows, looked_at


def _all_rows(sheet: calamine.CalamineSheet) -> Iterator[list[object]]:
    """Return every row from the sheet's first and every cell from column A, so that places are the sheet's own."""
    rows: Iterator[list[Any]] = iter(sheet.iter_rows())
    left = sheet.start[1] if sheet.start else 0  # the parser leaves out the blank columns at the left
    return ([""] * left + cells for cells in rows) if left else rows


def _merged(sheet: calamine.CalamineSheet) -> list[Merge]:
    return [area for area in sheet.merged_cell_ranges or [] if area[0] != area[1]][:_MOST_MERGES]


def _marked(rows: Iterator[list[object]], marks: dict[tuple[int, int], str]) -> Iterator[list[object]]:
    """Put the error value where the parser left a blank for a failed formula."""
    if not marks:
        return rows
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), word in marks.items():
        by_row.setdefault(row, []).append((column, word))
    return (_with_marks(cells, by_row.get(number, ())) for number, cells in enumerate(rows))


def _with_marks(cells: list[object], marks: Iterable[tuple[int, str]]) -> list[object]:
    for column, word in marks:
        if column < len(cells) and cells[column] == "":
            cells[column] = word
    return cells


def csv_rows(data: bytes, job: dict[str, Any]) -> Iterator[list[object]]:
    """Yield the rows of a text file; `job` says how many rows and columns at most. Raises SheetProblem."""
    text = _decoded(data)
    csv.field_size_limit(1 << 20)
    text, delimiter = _parted(
        text.rstrip("\x00\x1a"), [frozenset(words) for words in job.get("spellings", ())]
    )
    try:
        lines = io.StringIO(text, newline="")  # no line ends but those of the file
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter), 1):
            if number > job["rows"] + FIRST_ROWS:
                raise SheetProblem("more-rows", most=job["rows"])
            if len(cells) > job["columns"]:
                raise SheetProblem("too-many-columns", columns=len(cells), most=job["columns"])
            yield [_kept_text(cell) for cell in cells]
    except csv.Error as error:
        raise SheetProblem("not-a-workbook") from error


def _kept_text(cell: str) -> str:
    """Return the text that a cell stands for: guarded by us, or kept as a text by another program (="0635")."""
    return cell[2:-1] if len(cell) > 3 and cell.startswith('="') and cell.endswith('"') else unguarded(cell)


def _parted(text: str, spellings: Sequence[frozenset[str]]) -> tuple[str, str]:
    """Return the text without a line that only says what parts its values, and that sign, as its headings show it.

    The sign by which most headings are known is it; where none is known, that of the first line with several, unless
    another one parts a line above it in two, and all the lines since.
    """
    told = re.match(r"sep=(.)\r?\n", text)
    if told:
        return text[told.end() :], told[1]
    # A title above the headings holds none of these signs, or one in a sentence.
    known = {sign: most_known(_cut(text[:65536], sign), spellings) for sign in _DELIMITERS if spellings}
    if known and max(known.values()) > (0, 0):
        return text, max(known, key=lambda sign: known[sign])
    lines = _QUOTED.sub("", text[:65536]).splitlines()[:FIRST_ROWS]
    counts = [{sign: line.count(sign) for sign in _DELIMITERS} for line in lines]
    several = next((place for place, one in enumerate(counts) if max(one.values()) >= 2), len(counts))
    for place, one in enumerate(counts[:several]):
        since = [later for later, line in zip(counts[place:], lines[place:], strict=True) if line.strip()]
        for sign in _DELIMITERS:
            if one[sign] and len(since) > 1 and all(later[sign] for later in since):
                return text, sign
    told_best = next((one for least in (2, 1) for one in counts if max(one.values()) >= least), {",": 1})
    return text, max(told_best, key=lambda sign: told_best[sign])


def _cut(text: str, sign: str) -> list[list[object]]:
    """Return the first rows of a text as they are when `sign` parts their values."""
    try:
        return [
            list(row)
            for row in itertools.islice(csv.reader(io.StringIO(text, newline=""), delimiter=sign), FIRST_ROWS)
        ]
    except csv.Error:
        return []


def _decoded(data: bytes) -> str:
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    if len(encodings) > 1 and (
        blanks := data[:4096].count(b"\0")
    ):  # two bytes a sign, though nothing says so
        low = data[1:4096:2].count(b"\0")
        encodings = ["utf-16-le" if low * 2 >= blanks else "utf-16-be"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetProblem("not-text")


def _write(facts: dict[str, Any], rows: Iterable[list[object]], tables: Iterable[_Table] = ()) -> None:
    write: Callable[[bytes], object] = sys.stdout.buffer.write
    rows = iter(rows)
    block = list(
        itertools.islice(rows, _ROWS_A_LINE)
    )  # a problem in the first rows must come before the facts
    write(_line(facts | {"tables": len(list(tables))}))
    for table, table_rows in tables:
        write(_line(table))
        _write_rows(table_rows)
        write(_line(None))
    _write_rows(itertools.chain(block, rows))


def _write_rows(rows: Iterable[list[object]]) -> None:
    write: Callable[[bytes], object] = sys.stdout.buffer.write
    rows = iter(rows)
    while block := list(itertools.islice(rows, _ROWS_A_LINE)):
        for cells in block:
            while cells and (cells[-1] == "" or cells[-1] is None):
                cells.pop()
        write(_line(block))


def _tagged(value: object) -> object:
    if isinstance(value, dt.datetime):
        return {"m": value.isoformat()}
    if isinstance(value, dt.date):
        return {"d": value.isoformat()}
    return str(value)  # a time or a length of time: no column holds one


_encode = json.JSONEncoder(default=_tagged, separators=(",", ":")).encode


def _line(value: object) -> bytes:
    return _encode(value).encode("ascii") + b"\n"


if __name__ == "__main__":
    sys.exit(main())
