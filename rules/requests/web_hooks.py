"""What a web hook tells of, and to which addresses it may go."""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from rules.choices import Choice
from rules.errors import Refusal
from rules.words import N_

LONGEST_URL, LONGEST_NAME = 500, 40
MOST_HOOKS = 20
MOST_FAILURES = 20  # in a row; then it is switched off
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)

BAD_URL = N_(
    "Please give an address as http://host/path or https://host/path, without user name and password."
)
INNER_ADDRESS = N_(
    "This address leads to the server itself or into its own network: web hooks may not go there."
)
UNKNOWN_HOST = N_("The name of this host cannot be resolved.")


class HookEvent(Choice):
    """What a web hook tells of."""

    CREATED = "created", N_("A record was entered or restored"), "新增或恢复"
    CHANGED = "changed", N_("A record was changed"), "修改"
    DELETED = "deleted", N_("A record was deleted"), "删除"
    STATUS = "status", N_("A record got a certain status"), "变为某一状态"


@dataclass(frozen=True)
class HookTarget:
    """Where a web hook goes."""

    secure: bool
    host: str
    port: int
    path: str


def target_of(url: str) -> HookTarget | None:
    """Return the parts of an address; None for one that no web hook may have."""
    if not url or len(url) > LONGEST_URL or any(ord(sign) <= 0x20 or ord(sign) >= 0x7F for sign in url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.fragment:
        return None
    if "\\" in url or port == 0:
        return None
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return HookTarget(secure, parts.hostname, port or (443 if secure else 80), path)


def may_be_told(address: str, *, private: bool) -> bool:
    """Tell whether a web hook may go to an IP address; into private networks only where `private` says so.

    The machine itself, its link (where clouds keep their keys) and what is no single host are never told.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return may_be_told(str(inner), private=private)
    if (
        found.is_loopback
        or found.is_link_local
        or found.is_multicast
        or found.is_unspecified
        or str(found) in ("fd00:ec2::254", "100.100.100.200")  # what clouds tell their machines
    ):
        return False
    return found.is_global or (private and found.is_private and not found.is_reserved)


def refusals_of_url(url: str) -> tuple[Refusal, ...]:
    """Return why an address is none for a web hook, as far as its letters say."""
    target = target_of(url)
    if target is None:
        return (Refusal(BAD_URL, field="url"),)
    try:
        ipaddress.ip_address(target.host)
    except ValueError:
        return (
            (Refusal(INNER_ADDRESS, field="url"),) if target.host.rstrip(".").lower() == "localhost" else ()
        )
    return () if may_be_told(target.host, private=True) else (Refusal(INNER_ADDRESS, field="url"),)


def wait_after(failures: int) -> timedelta:
    """Return how long a web hook waits after so many failures in a row: twice as long each time, at most an hour."""
    return min(_FIRST_WAIT * 2 ** min(max(failures - 1, 0), 10), _LONGEST_WAIT)
