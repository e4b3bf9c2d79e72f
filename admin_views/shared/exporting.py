"""Send a list as a workbook: written to a file first, so that an error is a page and never half a download."""

import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Response, send_file
from flask.typing import ResponseReturnValue

from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import OFFICE_ZONE, office_state
from admin_views.shared.told import tell_export
from schema.collection import Collection
from services.imports.export_rows import export_workbook

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_workbook(
    declaration: Collection, records: Any, order: tuple[tuple[str, int], ...], *, filters: str = ""
) -> ResponseReturnValue:
    """Send the records of a collection, in the list's order, with the columns that a workbook carries.

    `filters` says in words what the list is filtered by, for the trail.
    """
    actor, state = current_actor(), office_state()
    name = f"{declaration.title}-{datetime.now(OFFICE_ZONE):%Y%m%d-%H%M}.xlsx"
    return send_written(
        lambda path: export_workbook(path, declaration, records, state=state, order=order, actor=actor),
        name,
        filters=filters,
    )


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
        tell_export(name, write(path), filters)
        stream = path.open("rb")
    finally:
        path.unlink()  # the open file lives on until it is sent
    answer: Response = send_file(stream, mimetype=_XLSX, as_attachment=True, download_name=name)
    return answer
