"""What a list shows."""

from dataclasses import dataclass

from markupsafe import Markup

from admin_views.shared.view_models.components import Action, Option, Pairs
from admin_views.shared.view_models.rows import ListColumn


@dataclass(frozen=True, slots=True)
class CountyPill:
    """One county of the bar: `label` short, `name` full, `count` under the present filters."""

    label: str
    url: str
    count: int | None  # None: not counted, the list being too long
    name: str = ""
    active: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """One drop-down over the list.

    `kind` "choice" sends `name` once per ticked option (once at most unless `many`), "days" sends
    `name`_from and `name`_to, "amount" two numbers likewise, "lookup" sends the id found through `lookup_url`,
    "without" sends `name`=yes, and two days where it `has_days`. When it is active, `chip` says what is chosen and
    `clear_url` takes it away.
    """

    name: str
    label: str
    kind: str = "choice"
    options: tuple[Option, ...] = ()
    many: bool = True
    first: str = ""
    last: str = ""
    lookup_url: str = ""
    chip: str = ""
    clear_url: str = ""
    has_days: bool = False

    @property
    def arguments(self) -> tuple[str, ...]:
        """The query arguments that this filter sends."""
        ends = (f"{self.name}_from", f"{self.name}_to")
        return {"days": ends, "amount": ends, "without": (self.name, *ends)}.get(self.kind, (self.name,))


@dataclass(frozen=True, slots=True)
class SavedView:
    """A list as somebody saved it; `delete_url` takes a POST, "" when it is not theirs to delete."""

    name: str
    url: str
    delete_url: str = ""
    active: bool = False


@dataclass(frozen=True, slots=True)
class BulkAction:
    """Something done to the selected rows; sends `action`=`name`, and `value`-`name` when there are options.

    `question` (with %(count)s in it) is asked before; a `danger` one is shown last and apart.
    """

    name: str
    label: str
    options: tuple[Option, ...] = ()
    question: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    """Which rows of how many; a URL is "" where there is nowhere to go."""

    first: int
    last: int
    total: int
    page: int
    pages: int
    first_url: str = ""
    previous_url: str = ""
    next_url: str = ""
    last_url: str = ""
    sizes: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Empty:
    """What stands where rows would: what this is, why it is empty, what to do first."""

    title: str
    text: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class ListLayout:
    """One way of showing a list: as a table, a board, a calendar; `present` is the one that is shown."""

    label: str
    url: str
    icon: str
    present: bool


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column that a list may show; `width` in steps (0: as wide as it needs), `pinned`: it stays in sight."""

    value: str
    label: str
    selected: bool
    width: int = 0
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class ShownConditions:
    """The conditions of a list: where they are set, and what they say; `problem` where they cannot be read."""

    url: str
    chip: str = ""
    clear_url: str = ""
    problem: str = ""


class Filtered:
    """A page with a search box and filters, whose forms carry on the arguments that they do not set."""

    __slots__ = ()
    arguments: Pairs
    filters: tuple[Filter, ...]

    def kept(self, *changed: str) -> Pairs:
        """Return the arguments that a form which sets `changed` has to carry on; the page number never is."""
        return tuple(pair for pair in self.arguments if pair[0] not in changed and pair[0] != "page")

    @property
    def kept_by_filters(self) -> Pairs:
        """What the search and filter form carries on."""
        return self.kept("search", *(name for one in self.filters for name in one.arguments))


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """What a list may be divided by."""

    label: str
    url: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class ListPage(Filtered):
    """list.html. `arguments` are all arguments of the present address; its forms carry them on.

    `rows` come from `render_rows`. The bulk form posts to `bulk_url` (which holds the present
    filters): `id` for each row as ID.VERSION, or `everything`=1 for all `total` rows as they stood at `seen`, the
    number of the last audit entry when the list was read.
    """

    title: str
    total: int
    columns: tuple[ListColumn, ...]
    rows: tuple[Markup, ...]
    pager: Pager
    url: str = ""
    arguments: Pairs = ()
    counties: tuple[CountyPill, ...] = ()
    county_fixed: bool = False
    search: str = ""
    search_hint: str = ""
    filters: tuple[Filter, ...] = ()
    conditions: ShownConditions | None = None
    clear_url: str = ""  # takes search and filters away; "" when there are none
    column_choices: tuple[ColumnChoice, ...] = ()
    columns_url: str = ""  # keeps columns, their order, widths and what stays in sight as the clerk's own
    has_column_habit: bool = False
    summary_url: str = ""  # adds up and counts what the filters show
    sums: tuple[tuple[str, str], ...] = ()  # the cells at the foot, each with its class
    groups: tuple[GroupChoice, ...] = ()  # what it may be divided by; the first is nothing
    views: tuple[SavedView, ...] = ()
    save_view_url: str = ""
    bulk_url: str = ""
    bulk_actions: tuple[BulkAction, ...] = ()
    seen: int = 0
    cell_url: str = ""  # gives and takes the field of a cell
    take_back_url: str = ""  # undoes what was saved there
    beside_url: str = ""  # shows a record beside the list
    actions: tuple[Action, ...] = ()  # import, export; the primary one (new) last
    export_shapes: tuple[Action, ...] = ()  # further ways of exporting it
    empty: Empty | None = None
    has_row_actions: bool = False
    more: bool = False  # counting stopped at `total`: there are more
    subtitle: str = ""  # what filters are set, in words: printed under the title
    layouts: tuple[ListLayout, ...] = ()
