"""How often one address may have something made that costs: so many in a minute, counted in this process alone.

Two web processes let twice as many through: each makes at most so many, which is what the limit is for.
"""

import ipaddress
import threading
from collections import OrderedDict

_MOST_ADDRESSES = 10_000


class RateLimit:
    """At most `most` a `seconds` for each address, and ten times as many for all; safe between threads."""

    def __init__(self, most: int, seconds: int) -> None:
        self._most, self._seconds = most, seconds
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, address: str, now: float) -> int:
        """Count one for the address at a moment, in seconds; return after how many it may ask again, 0 for at once."""
        with self._lock:
            waits = [
                self._count(key, most, now)
                for key, most in ((_of(address), self._most), ("", self._most * 10))
            ]
            return max(waits)

    def clear(self) -> None:
        """Forget all that was counted."""
        with self._lock:
            self._counts.clear()

    def _count(self, key: str, most: int, now: float) -> int:
        begun, count = self._counts.pop(key, (now, 0))
        if now - begun >= self._seconds:
            begun, count = now, 0
        over = count >= most
        self._counts[key] = (begun, count if over else count + 1)
        while len(self._counts) > _MOST_ADDRESSES:
            self._counts.popitem(last=False)
        return max(1, int(begun + self._seconds - now) + 1) if over else 0


def _of(address: str) -> str:
    """Return what counts as one address: of IPv6 the network that one subscriber is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address or "unknown"
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
