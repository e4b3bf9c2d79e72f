"""Writing a file on a disk that may be full: one sentence, whichever writer it was that hit the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from rules.errors import NotWritten


@contextmanager
def written() -> Iterator[None]:
    """Turn a disk that is full or refuses to be written into NotWritten; a `with` block around the writing.

    The fast workbook writer gives up with a panic, which is no Exception: let through, it would end
    the thread that serves a clerk, who then waits for ever.
    """
    try:
        yield
    except OSError as error:
        raise NotWritten() from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise NotWritten() from error
