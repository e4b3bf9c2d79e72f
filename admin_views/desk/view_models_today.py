"""What the first page shows: the tasks by urgency, the counties' counts, and what the office has."""

from dataclasses import dataclass

from admin_views.desk.view_models import CountyRow
from admin_views.shared.view_models.components import Link
from admin_views.shared.view_models.records import Fact, HistoryEntry


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task: `what` is to be done, `name` the thing it is about, `word` the days left in words."""

    what: str
    name: str
    url: str
    note: str = ""
    county: str = ""
    day: str = ""
    word: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class TaskFold:
    """Tasks of one kind that would push the others off the page; they open under their count."""

    label: str
    lines: tuple[TaskLine, ...]


@dataclass(frozen=True, slots=True)
class TaskSection:
    """The tasks of one group of urgency; `anchor` is where the figures on top lead."""

    anchor: str
    title: str
    count: int
    tone: str
    lines: tuple[TaskLine, ...]
    folds: tuple[TaskFold, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskCounty:
    """One county of the city's table: tasks by what they are about, and how many of all are overdue."""

    name: str
    cells: tuple[str, ...]
    total: str
    overdue: str


@dataclass(frozen=True, slots=True)
class TodayPage:
    """home.html: 今日. `guide` (steps of first use) is shown instead of everything when nothing is there."""

    greeting: str
    sections: tuple[TaskSection, ...] = ()
    totals: tuple[Fact, ...] = ()
    task_heads: tuple[str, ...] = ()
    task_counties: tuple[TaskCounty, ...] = ()
    task_total: TaskCounty | None = None
    facts: tuple[Fact, ...] = ()
    county_heads: tuple[str, ...] = ()
    county_rows: tuple[CountyRow, ...] = ()
    county_total: CountyRow | None = None
    drafts: int = 0
    drafts_url: str = ""
    recent: tuple[HistoryEntry, ...] = ()
    recent_url: str = ""
    feed_url: str = ""
    guide: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedPage:
    """today_calendar.html: the private calendar link. `link` is there only on the page that has just made it."""

    title: str
    made: str
    link: str
    reset_url: str
    drop_url: str = ""
