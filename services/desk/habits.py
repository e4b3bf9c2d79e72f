"""How a user likes pages to be: density, size of the text, the first page, what lists remember and show."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from documents.desk.user import SignedIn, User
from documents.server.connection import reachable
from rules.errors import Refused

# What each may be; the first is the default.
HABITS: Mapping[str, tuple[str, ...]] = {
    "density": ("usual", "close", "wide"),
    "text_size": ("usual", "large", "largest"),
    "keeps_lists": ("no", "yes"),
    "shows_sums": ("no", "yes"),
}
MOST_PINNED = 3  # columns that stay in sight beside the first
WIDTHS = tuple(range(1, 9))  # of a column, each 60 px more than the one before
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_LIST = re.compile(r"[a-z][a-z0-9_]{0,59}")
_MOST_COLUMNS = 100


@dataclass(frozen=True)
class ColumnHabit:
    """The columns of one list as a user likes them: which and in what order (none: as the list has them).

    `widths` by key, in steps of `WIDTHS`; the `pinned` ones stay in sight.
    """

    keys: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)
    pinned: frozenset[str] = frozenset()

    @classmethod
    def of(cls, preferences: Mapping[str, Any], collection: str) -> "ColumnHabit":
        """Return what a user's stored preferences say of a list, whatever stands there."""
        held = preferences.get("columns")
        one = held.get(collection) if isinstance(held, Mapping) else None
        if not isinstance(one, Mapping):
            return cls()
        widths = one.get("widths")
        return cls(
            tuple(map(str, one.get("keys") or ())),
            {key: width for key, width in widths.items() if width in WIDTHS} if isinstance(widths, Mapping) else {},
            frozenset(map(str, one.get("pinned") or ())),
        )  # fmt: skip


def habit(preferences: Mapping[str, Any], name: str) -> str:
    """Return what a user's stored preferences say of a habit, or its default."""
    held = preferences.get(name)
    return held if held in HABITS[name] else HABITS[name][0]


def keep_habits(signed_in: SignedIn, chosen: Mapping[str, str], start: str) -> None:
    """Remember a user's habits and first page ("": the usual one). Raises Refused for what is none."""
    if any(value not in HABITS.get(name, ()) for name, value in chosen.items()):
        raise Refused()
    with reachable():
        User.set_preferences(signed_in.user_id, {**chosen, "start": start})


def keep_columns(
    signed_in: SignedIn,
    collection: str,
    keys: Iterable[str],
    widths: Mapping[str, int],
    pinned: Iterable[str],
) -> None:
    """Remember how a user likes the columns of a list; nothing at all forgets it. Raises Refused for what is none."""
    wanted = tuple(dict.fromkeys(keys))
    held = tuple(dict.fromkeys(pinned))[:MOST_PINNED]
    plain = all(_KEY.fullmatch(key) for key in (*wanted, *widths, *held))
    if not plain or not _LIST.fullmatch(collection) or len(wanted) > _MOST_COLUMNS:
        raise Refused()
    sizes = {key: width for key, width in widths.items() if width in WIDTHS}
    value = {"keys": list(wanted), "widths": sizes, "pinned": list(held)} if wanted or sizes or held else None
    with reachable():
        User.set_preferences(signed_in.user_id, {f"columns.{collection}": value})
