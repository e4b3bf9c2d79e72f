"""What the pages about bases show: all of a year, one, the records behind a figure, Art. 6, the ledgers."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from admin_views.shared.view_models.components import Action, Link, Option, Pairs, Text
from admin_views.shared.view_models.lists import CountyPill, Empty, Filter, Pager
from admin_views.shared.view_models.records import Item, Meter
from admin_views.shared.view_models.rows import ListColumn


@dataclass(frozen=True, slots=True)
class Tab:
    """One of a few views of the same page, e.g. a year; `warn` says that it is not to be relied on."""

    label: str
    url: str
    active: bool = False
    warn: bool = False


@dataclass(frozen=True, slots=True)
class CountyTally:
    """One county of the overview's bar: how many of its bases meet all, of how many."""

    label: str
    name: str
    url: str
    meeting: int
    total: int
    active: bool = False


@dataclass(frozen=True, slots=True)
class IndicatorHead:
    """The heading of one indicator: what is asked, how many bases meet it, and the way to those that do not."""

    label: str
    required: str
    met: int
    total: int
    sort_url: str
    sorted: str = ""
    unmet_url: str = ""
    narrowed: bool = False


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """overview.html. `rows` are whole `<tr>`s; the columns are `plain`, the verdict, and the indicators."""

    title: str
    subtitle: str
    url: str
    arguments: Pairs
    years: tuple[Tab, ...]
    levels: tuple[Tab, ...]
    counties: tuple[CountyTally, ...]
    county_fixed: bool
    warnings: tuple[str, ...]
    plain: tuple[ListColumn, ...] = ()
    heads: tuple[IndicatorHead, ...] = ()
    rows: tuple[Markup, ...] = ()
    meeting: int = 0
    total: int = 0
    filters: tuple[Filter, ...] = ()
    clear_url: str = ""
    search: str = ""
    order: str = ""
    note: str = ""
    actions: tuple[Action, ...] = ()
    empty: Empty | None = None

    def kept(self, *changed: str) -> Pairs:
        """Return the arguments that a form which sets `changed` has to carry on."""
        return tuple(pair for pair in self.arguments if pair[0] not in changed)


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator of one base: asked, there, and the verdict in words; `links` lead to the records.

    One that is not `binding` proposes and never decides.
    """

    label: str
    required: str
    actual: Text
    unit: str
    met: bool
    word: str
    article: str = ""
    meter: Meter | None = None
    links: tuple[Link, ...] = ()
    note: str = ""
    binding: bool = True


@dataclass(frozen=True, slots=True)
class FunctionCard:
    """One service function of Art. 7 with its own figures."""

    label: str
    article: str
    met: bool
    word: str
    figures: tuple[IndicatorLine, ...]


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One condition of Art. 6 as it was found; `tone` as in `toned`."""

    label: str
    article: str
    word: str
    tone: str
    remark: str = ""
    files: tuple[Link, ...] = ()
    lost: str = ""  # says that an evidence file was removed meanwhile


@dataclass(frozen=True, slots=True)
class TrendBar:
    """One year of a small chart, in its own units: `y` and `height` of the bar, what stands over it."""

    x: float
    y: float
    height: float
    year: str
    value: str
    met: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure through the years; `line` is the height of what is asked (None: nothing is)."""

    label: str
    unit: str
    required: str
    bars: tuple[TrendBar, ...]
    width: float
    bar: float
    line: float | None
    in_words: str  # the same in words, for those who cannot see it


@dataclass(frozen=True, slots=True)
class LevelHead:
    """One level of Art. 17: its rule set, or that there is none; `warn` says why not to rely on it."""

    label: str
    title: str
    warn: str = ""
    known: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class LevelLine:
    """One indicator under every level: what is there, then (asked, met, word) or None for each level."""

    label: str
    actual: Text
    cells: tuple[tuple[str, bool, str] | None, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class BasePage:
    """page.html: one base."""

    title: str
    kind: str
    state: Text
    subtitle: str
    verdict: str
    meets: bool
    lacking: str
    warnings: tuple[str, ...]
    years: tuple[Tab, ...]
    actions: tuple[Action, ...]
    indicators: tuple[IndicatorLine, ...]
    satisfaction: IndicatorLine
    nameless: str
    functions: tuple[FunctionCard, ...]
    functions_word: str
    checks: tuple[CheckLine, ...]
    checks_word: str
    checks_said: str
    checks_url: str
    trends: tuple[Trend, ...]
    trend_note: str
    levels: tuple[LevelHead, ...]
    level_lines: tuple[LevelLine, ...]
    functions_article: str = ""
    checks_article: str = ""
    further: tuple[IndicatorLine, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class RegistrationPage:
    """registration.html: what code and record say of the place of registration, and the county's finding."""

    title: str
    subtitle: str
    form: Any
    action: str
    cancel_url: str
    base_url: str
    version: int
    facts: tuple[Item, ...]
    warning: str = ""
    problems: tuple[str, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class CountedTable:
    """The records on one side of a figure; `totals` has a text for each column, () for none."""

    title: str
    total: int
    columns: tuple[ListColumn, ...]
    rows: tuple[Markup, ...]
    pager: Pager
    totals: tuple[str, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True)
class CountedPage:
    """counted.html: what makes a figure, and what does not; `reasons` narrow the second table."""

    title: str
    kind: str
    subtitle: str
    line: IndicatorLine
    rule: str
    counted: CountedTable
    others: CountedTable
    reasons: tuple[Tab, ...]
    years: tuple[Tab, ...]
    warnings: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckField:
    """One condition in the form: what is chosen, what others saved meanwhile, and the base's files to tick."""

    name: str
    label: str
    article: str
    states: tuple[tuple[str, str, bool], ...]  # value, label, chosen
    remark: str
    files: tuple[tuple[str, str, bool], ...]  # id, name, ticked
    theirs: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ChecklistPage:
    """checklist.html: the form of Art. 6."""

    title: str
    subtitle: str
    action: str
    cancel_url: str
    version: int
    fields: tuple[CheckField, ...]
    problems: tuple[str, ...] = ()
    hint: str = ""
    file_hint: str = ""
    accept: str = ""
    crumbs: tuple[Link, ...] = ()


# --- Ledger quality ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QualityCell:
    """One count that leads to exactly the entries behind it."""

    count: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One base: how many entries the year has and how many of them are at fault, by kind."""

    name: str
    url: str
    county: str
    entries: QualityCell
    cells: tuple[QualityCell, ...]


@dataclass(frozen=True, slots=True)
class MonthCell:
    """One month: the number of entries as `text`; `level` 0 to 4, `hole` a month that passed with none."""

    text: str
    level: int = 0
    hole: bool = False
    hint: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One base, or one function of a base, over the months."""

    name: str
    url: str
    cells: tuple[MonthCell, ...]
    total: str
    county: str = ""
    holes: str = ""


@dataclass(frozen=True, slots=True)
class FaultyEntryLine:
    """One entry with what is wrong with it."""

    day: str
    url: str
    edit_url: str
    function: str
    request: str
    state: Text
    faults: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class QualityPage:
    """ledger_quality.html: all bases or one, its faults or its months."""

    title: str
    url: str
    year: int
    years: tuple[Option, ...]
    tabs: tuple[Link, ...]
    tab: str
    counties: tuple[CountyPill, ...]
    county_fixed: bool
    note: str
    groups: tuple[tuple[str, int], ...] = ()  # headings over several columns
    heads: tuple[str, ...] = ()
    rows: tuple[QualityRow, ...] = ()
    total: QualityRow | None = None
    months: tuple[MonthRow, ...] = ()
    entries: tuple[FaultyEntryLine, ...] = ()
    pager: Pager | None = None
    choices: tuple[Link, ...] = ()  # functions, or faults, to choose from
    chosen: str = ""
    actions: tuple[Action, ...] = ()
    empty: Empty | None = None
    subtitle: str = ""
    arguments: Pairs = ()
    crumbs: tuple[Link, ...] = ()
