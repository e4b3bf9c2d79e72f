"""One request to another program: to an address that was looked at first, bounded in time and size."""

import http.client
import os
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress

from rules.requests.web_hooks import INNER_ADDRESS, UNKNOWN_HOST, HookTarget, may_be_told, target_of
from rules.words import N_

_STEP_SECONDS, _MOST_SECONDS = 5.0, 15.0
_MOST_READ = 64 * 1024  # bytes of an answer, which is thrown away
NO_ANSWER = N_("There was no answer.")
BAD_CERTIFICATE = N_("The certificate of the other side cannot be trusted.")


class NotDelivered(Exception):
    """The other side was not reached, or may not be; `message` is a message id."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a body and return the status of the answer. Raises NotDelivered.

    The host's name is resolved once, each of its addresses must be one that may be told, and the first is connected
    to: what the name means a moment later is not asked. A redirection is an answer like any other.
    """
    return post_for_answer(url, body, headers)[0]


def post_for_answer(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Send a body as `post` does, and return the status of the answer and what it says, its beginning at least."""
    target = target_of(url)
    if target is None:
        raise NotDelivered(INNER_ADDRESS)
    connection = _Connection(target, address_of(target))
    watch = threading.Timer(_MOST_SECONDS, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        answer = connection.getresponse()
        said = answer.read(_MOST_READ)
        return answer.status, said
    except ssl.SSLError as error:
        raise NotDelivered(BAD_CERTIFICATE) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotDelivered(NO_ANSWER) from error
    finally:
        watch.cancel()
        connection.close()


def private_networks_allowed() -> bool:
    """Tell whether the environment lets web hooks into private networks."""
    return os.environ.get("WEB_HOOKS_PRIVATE") == "1"


def address_of(target: HookTarget) -> str:
    """Return the IP address to connect to, one that may be told. Raises NotDelivered."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotDelivered(UNKNOWN_HOST) from error
    addresses = [str(one[4][0]) for one in found]
    private = private_networks_allowed()
    if not addresses or not all(may_be_told(address, private=private) for address in addresses):
        raise NotDelivered(INNER_ADDRESS)
    return addresses[0]


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was looked at, which calls itself by the host's name."""

    def __init__(self, target: HookTarget, address: str) -> None:
        super().__init__(target.host, target.port, timeout=_STEP_SECONDS)
        self._target, self._address = target, address

    def connect(self) -> None:
        """Connect to the address itself, without resolving the name anew."""
        plain = socket.create_connection((self._address, self._target.port), _STEP_SECONDS)
        if self._target.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self._target.host)
        else:
            self.sock = plain

    def cut(self) -> None:
        """End it, whoever waits for it."""
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)
