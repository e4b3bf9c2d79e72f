"""Small tables as files, in memory: what is sent, and what is kept with a record."""

from collections.abc import Iterable

from office.excel.tables_writer import Table, stream_tables
from office.tables.document_writer import write_document

_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def as_workbook(tables: Iterable[Table]) -> bytes:
    """Return tables as an .xlsx."""
    return b"".join(stream_tables(tables))


def as_document(tables: Iterable[Table]) -> bytes:
    """Return tables as a .docx."""
    return write_document(tables)
