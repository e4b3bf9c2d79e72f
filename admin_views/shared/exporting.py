"""The one door by which lists, sheets and reports leave: in the actor's scope, told to the trail.

A list is sent while it is read. A report is written to a file first, so that an error is a page and never half a
download.
"""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

from flask import Response, send_file, stream_with_context
from flask.typing import ResponseReturnValue

from admin_views.shared.request_context import OFFICE_ZONE
from admin_views.shared.told import tell_export
from office.excel.full_disk import written
from services.imports.export_package import package
from services.imports.export_rows import ListExport, begun

_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_list(export: ListExport, *, as_csv: bool = False, name: str = "") -> ResponseReturnValue:
    """Send a list while it is read; what is refused is refused before, and the trail is told before the first byte.

    `name` stands in the file's name instead of the collection's title.
    """
    title = f"{name or export.sheet.title}-{datetime.now(OFFICE_ZONE):%Y%m%d-%H%M}"
    title += ".csv" if as_csv else ".xlsx"
    tell_export(title, export.count(), export.facts.filters)
    parts = begun(export.csv() if as_csv else export.stream())
    return _streamed(parts, _CSV if as_csv else _XLSX, title)


def send_made(data: bytes, name: str, rows: int) -> ResponseReturnValue:
    """Send a workbook that is made already, told with its rows."""
    tell_export(name, rows, "")
    return _streamed([data], _XLSX, name)


def send_package(
    whole: ListExport, parts: Iterator[tuple[str, ListExport]], name: str
) -> ResponseReturnValue:
    """Send a list as a zip of workbooks, one for each of its `parts`, while it is read; told as the whole list."""
    title = f"{whole.sheet.title}-{name}-{datetime.now(OFFICE_ZONE):%Y%m%d-%H%M}.zip"
    tell_export(title, whole.count(), whole.facts.filters)
    return _streamed(begun(package(parts)), "application/zip", title)


def _streamed(parts: Iterable[bytes], mimetype: str, name: str) -> ResponseReturnValue:
    answer = Response(stream_with_context(iter(parts)), mimetype=mimetype)
    # A header holds only Latin letters: the whole name stands in its encoded form, which browsers prefer.
    latin = normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    encoded = f"UTF-8''{quote(name, safe='')}"
    answer.headers.set("Content-Disposition", "attachment", **{"filename": latin, "filename*": encoded})
    return answer


def send_written(
    write: Callable[[Path], Any], name: str, *, filters: str | None = None
) -> ResponseReturnValue:
    """Send the workbook that `write(path)` makes, and tell the trail of it, with the number of rows if it returns that.

    `filters` says in words what it was filtered by; without it the arguments of the address do.
    """
    handle, name_on_disk = tempfile.mkstemp(suffix=".xlsx", prefix="export-")
    os.close(handle)
    path = Path(name_on_disk)
    try:
        with written():
            rows = write(path)
        tell_export(name, rows, filters)
        stream = path.open("rb")
    finally:
        path.unlink()  # the open file lives on until it is sent
    answer: Response = send_file(stream, mimetype=_XLSX, as_attachment=True, download_name=name)
    return answer
