"""What the office's own words are called on English pages; the catalogue knows only those that ship."""

from collections.abc import Iterable, Mapping

_IN_FORCE: Mapping[str, str] = {}


def use_own_words(pairs: Iterable[tuple[str, str]]) -> None:
    """Let this process know these words: Chinese, English."""
    global _IN_FORCE
    _IN_FORCE = dict(pairs)


def own_words() -> Mapping[str, str]:
    """Return the English words in force by the Chinese ones."""
    return _IN_FORCE
