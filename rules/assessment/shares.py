"""How a share in percent is written: cut, never rounded up to what is asked."""

import math


def floored(value: float, places: int = 1) -> float:
    """Return a share cut, not rounded: 19.99 of 20 must not read 20."""
    scale = 10**places
    return math.floor(value * scale + 1e-9) / scale


def share_words(percent: float) -> str:
    """Return a share in percent as papers write it, cut to one decimal: 26.0%."""
    return f"{floored(percent):.1f}%"
