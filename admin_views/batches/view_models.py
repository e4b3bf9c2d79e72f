"""What the pages of batches show."""

from dataclasses import dataclass

from admin_views.shared.view_models.components import Link, Text
from admin_views.shared.view_models.records import FieldChange


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One line of the list."""

    label: str
    url: str
    kind: str
    who: str
    when: str
    counts: str
    state: Text


@dataclass(frozen=True, slots=True)
class BatchesPage:
    """batches/list.html."""

    title: str
    rows: tuple[BatchRow, ...]
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A record that was left, and why; `url` is empty for one that is no more."""

    label: str
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class BatchPage:
    """batches/page.html. `progress_url` is there while it runs, `finish_url` when it was cut short."""

    title: str
    state: Text
    facts: tuple[tuple[str, str], ...]
    counts: tuple[tuple[str, int, str], ...]
    links: tuple[Link, ...] = ()
    left: tuple[LeftRow, ...] = ()
    more_left: int = 0
    cut_short: str = ""
    finish_url: str = ""
    undo_url: str = ""
    progress_url: str = ""
    cancel_url: str = ""
    progress: str = ""
    done: int = 0
    total: int = 0
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class UndoRow:
    """One record of a batch: what would happen to it, or why it would be left; `value` where it may be chosen."""

    label: str
    url: str
    what: str
    changes: tuple[FieldChange, ...] = ()
    reason: str = ""
    value: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class UndoPage:
    """batches/undo.html."""

    title: str
    batch: str
    action: str
    cancel_url: str
    seen: int
    counts: tuple[tuple[str, int, str], ...]
    going: tuple[UndoRow, ...] = ()
    going_more: int = 0
    edited: tuple[UndoRow, ...] = ()
    edited_more: int = 0
    refused: tuple[UndoRow, ...] = ()
    untried: int = 0
    problem: str = ""
    crumbs: tuple[Link, ...] = ()

    @property
    def may_undo(self) -> bool:
        """Whether anything can go back at all."""
        return bool(self.going or self.edited)
