"""From where the present request or command comes, for what is done before anybody is known to do it.

Who acts carries an origin (`rules.access.Actor`); the program itself, and who just signs in, act from the present one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rules.requests.origin import Origin

_NOWHERE = Origin()
_PRESENT: ContextVar[Origin] = ContextVar("origin", default=_NOWHERE)


def present_origin() -> Origin:
    """Return from where the present request or command comes; an empty one outside of both."""
    return _PRESENT.get()


@contextmanager
def acting_from(origin: Origin) -> Iterator[None]:
    """Let everything within come from `origin`."""
    token = _PRESENT.set(origin)
    try:
        yield
    finally:
        _PRESENT.reset(token)
