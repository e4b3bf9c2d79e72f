"""Joins workbooks of one sheet each, written alike, into one workbook with all their sheets.

The fast writer must know its sheets before the first row; how many rows an export has is known
only after the last. Past a sheet's million rows, each sheet is therefore a file, joined here part
by part as streams: the sheets' own XML is taken over, the workbook's list of sheets is rewritten.
"""

import re
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

_BOOK, _RELATIONS, _TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
_STYLES, _SHEET = "xl/styles.xml", "xl/worksheets/sheet1.xml"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_SHEET_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"


def join_workbooks(parts: Sequence[Path], target: Path) -> None:
    """Write `target` with the one sheet of each part in order; ValueError when their formats differ."""
    with zipfile.ZipFile(parts[0]) as first, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as joined:
        texts = {name: first.read(name).decode() for name in (_BOOK, _RELATIONS, _TYPES)}
        for info in first.infolist():
            if info.filename not in texts:
                _copy(first, info.filename, joined, info.filename)
        for number, path in enumerate(parts[1:], 2):
            with zipfile.ZipFile(path) as part:
                if part.read(_STYLES) != first.read(_STYLES):
                    raise ValueError("the parts of the workbook do not share their formats")
                _copy(part, _SHEET, joined, f"xl/worksheets/sheet{number}.xml")
                _list_sheet(texts, part.read(_BOOK).decode(), number)
        for name, text in texts.items():
            joined.writestr(name, text)


def _copy(source: zipfile.ZipFile, name: str, target: zipfile.ZipFile, new_name: str) -> None:
    with source.open(name) as stream, target.open(new_name, "w", force_zip64=True) as out:
        head = stream.read(1 << 14)  # only one sheet of a workbook may be the selected one
        out.write(head if name == new_name else head.replace(b' tabSelected="1"', b"", 1))
        shutil.copyfileobj(stream, out, 1 << 20)


def _list_sheet(texts: dict[str, str], book: str, number: int) -> None:
    """Add the n-th sheet, as the part's own `book` names it, to the workbook's lists."""
    relation = f"rIdSheet{number}"
    name = re.search(r'<sheet name="([^"]*)"', book)
    if name is None:
        raise ValueError("the part has no sheet")
    sheet = f'<sheet name="{name[1]}" sheetId="{number}" r:id="{relation}"/>'
    texts[_BOOK] = texts[_BOOK].replace("</sheets>", f"{sheet}</sheets>", 1)
    defined = "".join(re.findall(r"<definedName .*?</definedName>", book))
    defined = defined.replace('localSheetId="0"', f'localSheetId="{number - 1}"')
    texts[_BOOK] = texts[_BOOK].replace("</definedNames>", f"{defined}</definedNames>", 1)
    target = f'<Relationship Id="{relation}" Type="{_SHEET_RELATION}" Target="worksheets/sheet{number}.xml"/>'
    texts[_RELATIONS] = texts[_RELATIONS].replace("</Relationships>", f"{target}</Relationships>", 1)
    override = f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_SHEET_TYPE}"/>'
    texts[_TYPES] = texts[_TYPES].replace("</Types>", f"{override}</Types>", 1)
