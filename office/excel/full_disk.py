"""Writing a file on a disk that may be full: one sentence, whichever writer it was that hit the end."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from xlsxwriter.exceptions import FileCreateError

from rules.errors import NotWritten

_DISK = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.EMFILE}
)


@contextmanager
def written() -> Iterator[None]:
    """Turn a disk that is full or refuses to be written into NotWritten; a `with` block around the writing.

    The library for workbooks has an error of its own for what went wrong when it closes the file.
    """
    try:
        yield
    except OSError as error:
        # What the rows come from may fail as well, which is another sentence. The writers' own errors are
        # plain ones, some without a number.
        if type(error) is not OSError and error.errno not in _DISK:
            raise
        raise NotWritten() from error
    except FileCreateError as error:
        raise NotWritten() from error


def write_whole(target: str | os.PathLike[str], parts: Iterable[bytes]) -> None:
    """Write parts to `target`; the file appears whole or not at all. Raises NotWritten."""
    target = Path(target)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with written(), part.open("wb") as file:
            file.writelines(parts)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
