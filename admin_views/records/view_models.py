"""What the pages of the check of the records, and of an earlier version of one, show."""

from dataclasses import dataclass

from admin_views.shared.view_models import (
    Action,
    CountyPill,
    FieldChange,
    Filtered,
    Link,
    ListLayout,
    Option,
    Pager,
    Text,
)
from admin_views.shared.view_models.components import Pairs
from admin_views.shared.view_models.lists import Filter


@dataclass(frozen=True, slots=True)
class DoubtLine:
    """One doubt: its records (or their names, once they are gone), why, what was said, and what can be done."""

    kind: Text
    records: tuple[Link, ...]
    gone: str
    reasons: str
    county: str
    said: str
    merge_url: str = ""
    dismiss_url: str = ""
    again_url: str = ""
    edit_url: str = ""
    dismiss_label: str = ""


@dataclass(frozen=True, slots=True)
class DoubtsPage(Filtered):
    """records/doubts.html."""

    title: str
    lines: tuple[DoubtLine, ...]
    pager: Pager
    url: str
    arguments: Pairs
    counties: tuple[CountyPill, ...]
    county_fixed: bool
    kinds: tuple[tuple[Link, bool], ...]
    chosen: str
    settled: tuple[Link, Link]
    is_settled: bool
    last: Link | None
    check_url: str
    actions: tuple[Action, ...] = ()
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class MergeField:
    """One field in which the two differ; sent as `choose-<name>` = "first" or "second"."""

    name: str
    label: str
    first: Text
    second: Text
    prefer_second: bool


@dataclass(frozen=True, slots=True)
class MergePage:
    """records/merge.html: the company that stays, the one that is merged into it, and what that changes."""

    title: str
    action: str
    first: Link
    second: Link
    fields: tuple[MergeField, ...]
    versions: tuple[int, int]
    consequences: tuple[str, ...]
    problems: tuple[str, ...]
    swap_url: str
    cancel_url: str
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One field that reads otherwise today: today's value as the old one, the earlier as the new; `reason` bars it."""

    key: str
    change: FieldChange
    reason: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class VersionPage:
    """records/version.html: a record as it was after an act of its history, against today."""

    title: str
    name: str
    when: str
    who: str
    rows: tuple[VersionRow, ...]
    action: str
    cancel_url: str
    hidden: Pairs
    may_restore: bool
    problem: str = ""
    warnings: tuple[str, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardCard:
    """One record of a board, at the version that is shown."""

    id: str
    version: int
    name: str
    url: str
    line: str


@dataclass(frozen=True, slots=True)
class StatusColumn:
    """A status with its first records; `more_url` leads to all of them where there are more."""

    code: str
    label: str
    colour: str
    cards: tuple[BoardCard, ...]
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class StatusBoardPage:
    """records/board.html; `options` are the statuses that a card may be given, () where nothing may be moved.

    `first` leads on from a board without a card: to a new record, or to the board without its filters.
    """

    title: str
    columns: tuple[StatusColumn, ...]
    options: tuple[Option, ...]
    move_url: str
    layouts: tuple[ListLayout, ...]
    narrowed: str = ""  # the filters that are set, in words
    crumbs: tuple[Link, ...] = ()
    first: Link | None = None


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of a calendar with its first records; `left` is how many more there are."""

    iso: str
    number: int
    in_month: bool
    is_today: bool
    links: tuple[Link, ...]
    left: int = 0
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """records/calendar.html: a month of a list, by the day that is chosen among `days`."""

    title: str
    month: str
    weeks: tuple[tuple[CalendarDay, ...], ...]
    heads: tuple[str, ...]
    url: str
    earlier: str
    later: str
    days: tuple[Option, ...]
    arguments: tuple[tuple[str, str], ...]
    total: int
    more: bool
    layouts: tuple[ListLayout, ...]
    narrowed: str = ""  # the filters that are set, in words
    crumbs: tuple[Link, ...] = ()
