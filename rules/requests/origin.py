"""From where somebody acts, as the audit trail and the access log tell it: on one line, and never without a bound."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Self

AGENT_LENGTH = 200  # characters
COMMAND_LINE = "command line"  # how the agent of what is done there begins
_ADDRESS_LENGTH = 64
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
# The parts of an address that open something by themselves are long and random; an id of 24 hexadecimals is not.
_KEY_IN_PATH = re.compile(r"[A-Za-z0-9_-]{25,}")
_KEYED = ("/calendar/", "/expert-review/")
_MASK = "***"
# What a browser calls itself, the more special first: most also name those that they descend from.
_BROWSERS = (
    ("Edg", "Edge"), ("360", "360"), ("QQBrowser", "QQ"), ("Qaxbrowser", "奇安信"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"),
    ("UOS", "UOS"), ("Kylin", "麒麟"), ("Linux", "Linux"),
)  # fmt: skip


def one_line(text: str, most: int) -> str:
    """Return `text` cut to `most` characters, each control, format or line-ending character of it a blank."""
    return "".join(" " if _breaks(sign) else sign for sign in text[:most])


def _breaks(sign: str) -> bool:
    kind = unicodedata.category(sign)
    return kind[0] == "C" or kind in ("Zl", "Zp")


def masked_path(path: str, most: int = 300) -> str:
    """Return the path of an address on one line, a key that stands in it masked."""
    for start in _KEYED:
        if path.startswith(start):
            return f"{start}{_MASK}"
    return one_line(_KEY_IN_PATH.sub(_MASK, path[: 4 * most]), most)


def is_request_id(text: str) -> bool:
    """Tell whether a proxy's request id is well formed: 8 to 64 letters, digits, hyphens and underscores."""
    return _REQUEST_ID.fullmatch(text) is not None


def device_of(agent: str) -> str:
    """Return what a browser's own description means in two words: browser and system; "" where it says nothing."""
    words = [
        next((word for mark, word in marks if mark.lower() in agent.lower()), "")
        for marks in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(word for word in words if word)


@dataclass(frozen=True)
class Origin:
    """The client's address, what its browser (or the command line) calls itself, and the id of the request."""

    address: str = ""
    agent: str = ""
    request_id: str = ""

    def __bool__(self) -> bool:
        """Tell whether anything is known."""
        return bool(self.address or self.agent or self.request_id)

    @classmethod
    def of(cls, address: str, agent: str, request_id: str = "") -> Self:
        """Return an origin of what a client sent: bounded, without control characters and line breaks."""
        return cls(
            one_line(address, _ADDRESS_LENGTH),
            one_line(agent, AGENT_LENGTH).strip(),
            request_id if is_request_id(request_id) else "",
        )
