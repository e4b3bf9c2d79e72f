"""Values that wait in a temporary file until they are used, so that memory does not hold those of a whole workbook."""

import pickle
import tempfile
from types import TracebackType
from typing import Any, Self

from documents.server.connection import DISK_FULL
from rules.errors import Unavailable

_IN_MEMORY = 4 << 20  # bytes for which no file is made
Place = tuple[int, int]  # where a value begins, and how many bytes it takes


class Spool:
    """Keeps values, each at its place. Use it in a `with`."""

    def __init__(self) -> None:
        """Begin with none."""
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed on leaving
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def keep(self, value: Any) -> Place:
        """Keep a value and return its place. Raises Unavailable when the disk is full."""
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        place = (self._end, len(data))
        try:
            self._file.seek(self._end)
            self._file.write(data)
        except OSError as error:
            raise Unavailable(DISK_FULL) from error
        self._end += len(data)
        return place

    def kept(self, place: Place) -> Any:
        """Return the value at a place."""
        start, length = place
        self._file.seek(start)
        return pickle.loads(self._file.read(length))  # noqa: S301 - nobody else writes to this file
