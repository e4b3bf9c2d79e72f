"""Small tables as files, in memory: what is sent, and what is kept with a record."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from office.excel.tables_writer import Table, write_tables
from office.tables.document_writer import write_document

_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def as_workbook(tables: Iterable[Table]) -> bytes:
    """Return tables as an .xlsx."""
    with tempfile.TemporaryDirectory(prefix="list-") as folder:
        path = Path(folder) / "list.xlsx"
        write_tables(path, tables)
        return path.read_bytes()


def as_document(tables: Iterable[Table]) -> bytes:
    """Return tables as a .docx."""
    return write_document(tables)
