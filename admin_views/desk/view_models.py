"""What the pages of the desk show: 今日, the calendar link, trail, settings, search; imports and the recycle bin."""

from dataclasses import dataclass

from admin_views.overview.view_models import Chart
from admin_views.shared.view_models.components import Link, Option, Pairs
from admin_views.shared.view_models.lists import Filter, Filtered, Pager
from admin_views.shared.view_models.records import Fact, HistoryEntry, RelatedTable


@dataclass(frozen=True, slots=True)
class RecycledItem:
    """One deleted record; an empty URL means that this clerk may not."""

    name: str
    kind: str
    county: str
    when: str
    who: str
    restore_url: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class RecycleBinPage(Filtered):
    """recycle_bin.html."""

    title: str
    items: tuple[RecycledItem, ...]
    pager: Pager
    url: str = ""
    arguments: Pairs = ()
    search: str = ""
    filters: tuple[Filter, ...] = ()
    clear_url: str = ""


@dataclass(frozen=True, slots=True)
class AuditPage(Filtered):
    """desk/trail.html: the trail, newest first; `whole`: was its chain found unbroken (None: not checked)?"""

    title: str
    entries: tuple[HistoryEntry, ...]
    pager: Pager
    url: str = ""
    arguments: Pairs = ()
    search: str = ""
    filters: tuple[Filter, ...] = ()
    clear_url: str = ""
    whole: bool | None = None
    export_url: str = ""


@dataclass(frozen=True, slots=True)
class ImportKind:
    """One kind of workbook that can be brought in."""

    value: str
    label: str
    template_url: str
    hint: str = ""
    selected: bool = False


@dataclass(frozen=True, slots=True)
class ImportPage:
    """import.html: the form posts `kind`, `file`, and `dry_run`, `strict` when ticked."""

    action: str
    kinds: tuple[ImportKind, ...]
    most_size: str = ""
    problems: tuple[str, ...] = ()
    dry_run: bool = True
    crumbs: tuple[Link, ...] = ()
    unfinished: tuple[Link, ...] = ()
    trials: "tuple[OpenTrialLine, ...]" = ()
    matches_url: str = ""


@dataclass(frozen=True, slots=True)
class OpenTrialLine:
    """A trial that was not written: the file, what it holds, when it was sent, where it is, where it is dropped."""

    file: str
    kind: str
    sent: str
    url: str
    drop_url: str


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One row that was left, because its record was saved after the trial; `value` is sent when it is ticked."""

    row: int
    name: str
    message: str
    columns: str
    url: str = ""
    value: str = ""  # "" when it was written since


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One thing wrong with one row of a workbook."""

    row: int
    column: str
    message: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class ImportResultPage:
    """import_result.html.

    `rejected_url` downloads the rejected rows, `again_url` opens the form, `write_url` takes the
    POST that writes what a dry run only tried ("" when the file has to be sent again).
    """

    kind: str
    file: str
    dry_run: bool
    created: int
    updated: int
    unchanged: int
    rejected: int
    skipped: int
    problems: tuple[RejectedRow, ...]
    again_url: str
    list_url: str
    rejected_url: str = ""
    write_url: str = ""
    write_hidden: Pairs = ()
    more_problems: int = 0
    crumbs: tuple[Link, ...] = ()
    conflicts: tuple[ConflictRow, ...] = ()
    taken: int = 0  # rows that an earlier import had taken
    conflict_count: int = 0
    settle_url: str = ""  # takes the POST of the ticked conflicts
    cut_short: str = ""  # what an import that did not come to its end has written
    undo_url: str = ""  # leads to what undoing the batch would do
    deleted: int = 0  # records of ticked rows that the file lacked
    not_deleted: tuple[tuple[str, str, str], ...] = ()  # those that were left: name, address, reason


@dataclass(frozen=True, slots=True)
class CountyRow:
    """One county of the table on the first page: a link and a count for each collection."""

    name: str
    cells: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Links under a heading; each `hint` says what is behind it."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """desk/settings.html."""

    title: str
    groups: tuple[LinkGroup, ...]
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchPage:
    """desk/search.html: one box for everything; a group for each collection with its first hits."""

    search: str
    url: str
    groups: tuple[RelatedTable, ...] = ()


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
class TourStep:
    """A step of the first day's tour: what is shown, in words, and the selector of where it stands."""

    title: str
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class TodayPage:
    """desk/today.html: 今日. `guide` (steps of first use) is shown instead of everything when nothing is there."""

    greeting: str
    tour: tuple[TourStep, ...] = ()
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
    charts: tuple[Chart, ...] = ()  # of one's own, that stand here
    guide: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedPage:
    """desk/calendar_feed.html: the private calendar link. `link` is there only on the page that has just made it."""

    title: str
    made: str
    link: str
    reset_url: str
    drop_url: str = ""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token that programs ask with, ready written; `user` where the page shows everyone's."""

    name: str
    user: str
    access: str
    collections: str
    made: str
    expires: str
    is_over: bool
    used: str
    used_from: str
    revoke_url: str


@dataclass(frozen=True, slots=True)
class TokensPage:
    """desk/api_tokens.html: one's own tokens, or everyone's (`has_users`)."""

    title: str
    rows: tuple[TokenRow, ...]
    has_users: bool = False
    new_url: str = ""
    reference_url: str = ""
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenMadePage:
    """desk/api_token_made.html: a token, shown once."""

    title: str
    name: str
    key: str
    address: str
    back_url: str
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnSessionRow:
    """One browser in which the user is signed in, ready written; `end_url` is "" for this one."""

    id: str
    device: str
    address: str
    began: str
    seen: str
    is_this: bool
    end_url: str


@dataclass(frozen=True, slots=True)
class OwnSessionsPage:
    """desk/own_sessions.html."""

    title: str
    rows: tuple[OwnSessionRow, ...]
    end_others_url: str
    password_url: str


@dataclass(frozen=True, slots=True)
class HabitGroup:
    """One habit with the words it may be."""

    name: str
    label: str
    options: tuple[Option, ...]
    told: str = ""


@dataclass(frozen=True, slots=True)
class HabitsPage:
    """habits.html."""

    title: str
    groups: tuple[HabitGroup, ...]
    starts: tuple[Option, ...]
    problem: str = ""
