"""The one door by which lists, sheets and reports leave: in the actor's scope, told to the trail.

Nothing is written to a disk. A list is sent while it is read; a report whose rows are all there is made whole first, so
that an error is a page and never half a download.
"""

from collections.abc import Iterable, Sequence, Sized
from datetime import datetime
from functools import partial
from typing import IO
from unicodedata import normalize
from urllib.parse import quote

from flask import Response, stream_with_context
from flask.typing import ResponseReturnValue

from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import OFFICE_ZONE, now, office_state
from admin_views.shared.told import filters_in_words, tell_export
from admin_views.shared.view_models import Filter
from office.excel.tables_writer import Table, stream_tables
from services.imports.export_package import archive, package
from services.imports.export_rows import ListExport, begun
from services.imports.package_job import package_name, package_parts

_ZIP = "application/zip"
_PIECE = 1 << 18  # bytes of a kept file that are read at once
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


def send_tables(
    tables: Iterable[Table], name: str, *, filters: str | None = None, rows: int | None = None,
    shown: Iterable[Filter] = (), about: bool = True,
) -> ResponseReturnValue:  # fmt: skip
    """Send tables as a workbook; `about` gives it the sheet 说明, which a paper's list or what is to come back lacks.

    `filters` says in words what they were filtered by; without it the arguments of the address do, and the filters of
    the page that are `shown`. Rows that are read while they are sent are `rows` in number.
    """
    tables = tuple(tables)
    counts = [len(table.rows) for table in tables if isinstance(table.rows, Sized)]
    whole = len(counts) == len(tables)
    tell_export(name, sum(counts) if whole else rows, filters)
    words = filters_in_words(plain=True) if filters is None else filters
    words = "；".join(part for part in (words, *map(_chosen, shown)) if part)
    actor, moment = current_actor().name, now().astimezone(OFFICE_ZONE)

    def lines(count: int, digest: str) -> Sequence[tuple[str, str]]:
        return (
            ("名称", "、".join(table.title for table in tables)),
            ("筛选条件", words or "无"),
            ("行数", f"共 {count} 行（与表中实际写入的行数一致）"),
            ("导出人", actor),
            ("导出时间", f"{moment:%Y-%m-%d %H:%M}"),
            ("数据指纹", f"SHA-256 {digest}"),
        )

    parts = stream_tables(tables, lines if about else None)
    return _streamed([b"".join(parts)] if whole else begun(parts), _XLSX, name)


def _chosen(shown: Filter) -> str:
    """Return what a filter of a page has chosen, in words."""
    chosen = shown.chip or "、".join(option.label for option in shown.options if option.selected)
    return f"{shown.label} {chosen}" if chosen else ""


def send_made(data: bytes, name: str, rows: int | None = None) -> ResponseReturnValue:
    """Send a workbook that is made already, told with its rows where it has any."""
    tell_export(name, rows, "")
    return _streamed([data], _XLSX, name)


def send_text(text: str, name: str, mimetype: str) -> ResponseReturnValue:
    """Send a text that is no list as a file."""
    tell_export(name, None, "")
    return _streamed([text.encode()], f"{mimetype}; charset=utf-8", name)


def send_package(whole: ListExport, by: str) -> ResponseReturnValue:
    """Send a list as a zip of workbooks, one a county or a base, while it is read; told as the whole list."""
    title = package_file(whole, by)
    tell_export(title, whole.count(), whole.facts.filters)
    parts = package_parts(whole, by, office_state())
    return _streamed(begun(package(parts)), _ZIP, title)


def send_archive(files: Iterable[tuple[str, Iterable[bytes]]], name: str, rows: int) -> ResponseReturnValue:
    """Send files as a zip while they are read, told with how many records they are of."""
    tell_export(name, rows, "")
    return _streamed(begun(archive(files)), _ZIP, name)


def package_file(whole: ListExport, by: str) -> str:
    """Return the name of the file of a package that is made now."""
    return f"{package_name(whole, by)}-{datetime.now(OFFICE_ZONE):%Y%m%d-%H%M}.zip"


def send_kept(stream: IO[bytes], name: str, size: int, rows: int) -> ResponseReturnValue:
    """Send a package that was made before, told with its rows."""
    tell_export(name, rows, "")
    answer = _streamed(iter(partial(stream.read, _PIECE), b""), _ZIP, name)
    answer.headers["Content-Length"] = str(size)
    return answer


def _streamed(parts: Iterable[bytes], mimetype: str, name: str) -> Response:
    answer = Response(stream_with_context(iter(parts)), mimetype=mimetype)
    # A header holds only Latin letters: the whole name stands in its encoded form, which browsers prefer.
    latin = normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    encoded = f"UTF-8''{quote(name, safe='')}"
    answer.headers.set("Content-Disposition", "attachment", **{"filename": latin, "filename*": encoded})
    return answer
