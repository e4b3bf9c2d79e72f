"""What the pages of jobs show."""

from dataclasses import dataclass

from admin_views.shared.view_models.components import Link, Text


@dataclass(frozen=True, slots=True)
class JobRow:
    """One line of the list."""

    label: str
    url: str
    state: Text
    progress: str
    who: str
    asked: str
    ended: str


@dataclass(frozen=True, slots=True)
class JobsPage:
    """jobs/list.html."""

    title: str
    rows: tuple[JobRow, ...]
    count_url: str = ""
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class JobPage:
    """jobs/page.html. `progress_url` and `cancel_url` are there while it waits or runs, `results` when it is done."""

    title: str
    state: Text
    facts: tuple[tuple[str, str], ...]
    done: int
    total: int
    progress: str
    problem: str = ""
    progress_url: str = ""
    cancel_url: str = ""
    results: tuple[Link, ...] = ()
    crumbs: tuple[Link, ...] = ()
