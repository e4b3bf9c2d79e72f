"""What the pages of the bell show."""

from collections.abc import Iterator
from dataclasses import dataclass

from admin_views.shared.view_models import Link, Pager


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """One notification: why it is told, what was done to what, by whom, when."""

    kind: str
    who: str
    action: str
    subject: str
    note: str
    when: str
    unread: bool
    open_url: str
    mark_url: str


@dataclass(frozen=True, slots=True)
class InboxView:
    """notifications/inbox.html."""

    title: str
    rows: tuple[NotificationRow, ...]
    pager: Pager
    url: str
    shows_all: bool
    unread: int
    read_all_url: str
    choices_url: str

    def kept(self, *names: str) -> Iterator[tuple[str, str]]:
        """Yield what the address says beside these arguments."""
        if self.shows_all and "all" not in names:
            yield "all", "1"


@dataclass(frozen=True, slots=True)
class LatestView:
    """notifications/latest.html; `unread` is what the badge shows, "" for none."""

    rows: tuple[NotificationRow, ...]
    unread: str
    url: str
    read_all_url: str
    choices_url: str


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind that may be switched on or off."""

    value: str
    label: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class FollowedRow:
    """A record that is followed; `url` is "" where it is gone, or not to be seen by now."""

    id: str
    kind: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ChoicesView:
    """notifications/choices.html."""

    title: str
    kinds: tuple[KindChoice, ...]
    followed: tuple[FollowedRow, ...]
    url: str
    unfollow_url: str
    crumbs: tuple[Link, ...]
