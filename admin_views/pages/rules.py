"""What the pages of rule sets, of trying figures out, of the calendar and of the ledger's quality show."""

from dataclasses import dataclass
from typing import Any

from admin_views.pages.lists import CountyPill, Empty, Pager
from admin_views.pages.parts import Action, Link, Option, Pairs, Text
from admin_views.pages.records import Fact, HistoryEntry


@dataclass(frozen=True, slots=True)
class RuleSetRow:
    """One rule set of the list."""

    title: str
    url: str
    days: str
    state: Text
    number: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RuleSetGroup:
    """The rule sets of one level, and what is amiss with them."""

    title: str
    rows: tuple[RuleSetRow, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleSetsPage:
    """rule_sets.html."""

    groups: tuple[RuleSetGroup, ...]
    actions: tuple[Action, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure: what it is, where it stands, what is asked; `other` what the set before it asked."""

    article: str
    label: str
    value: str
    unit: str = ""
    other: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """Figures under a heading."""

    title: str
    rows: tuple[FigureRow, ...]
    article: str = ""


@dataclass(frozen=True, slots=True)
class RuleSetPage:
    """rule_sets_one.html. `compared` names the rule set that the column beside is of."""

    title: str
    state: Text
    facts: tuple[Fact, ...]
    groups: tuple[FigureGroup, ...]
    compared: str = ""
    note: str = ""
    warnings: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureCell:
    """One figure to be typed: its field, what it was, and, where bases were counted, how they stand to it."""

    name: str
    label: str
    unit: str
    article: str = ""
    other: str = ""
    yes_no: bool = False
    changed: bool = False
    failing: str = ""
    failing_before: str = ""
    alone: str = ""
    alone_before: str = ""
    spread: "Spread | None" = None


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the bases stand on one figure, as a path over 0 to 100, with both thresholds; `word` says it."""

    path: str
    before: float
    after: float
    word: str


@dataclass(frozen=True, slots=True)
class CellGroup:
    """Figures to be typed, under a heading."""

    title: str
    cells: tuple[FigureCell, ...]
    article: str = ""


@dataclass(frozen=True, slots=True)
class RuleSetFormPage:
    """rule_sets_form.html."""

    title: str
    form: Any
    groups: tuple[CellGroup, ...]
    action: str
    cancel_url: str
    version: int | None = None
    compared: str = ""
    try_url: str = ""
    may_put_in_force: bool = False
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnedBase:
    """One base that would turn, and by what."""

    name: str
    url: str
    county: str
    state: Text
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountyChange:
    """One line of the counts side by side."""

    name: str
    bases: int
    before: int
    after: int
    newly_failing: int
    newly_passing: int

    @property
    def change(self) -> int:
        """How many more or fewer bases would meet it all."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class WhatIfPage:
    """what_if.html; everything that a figure changes stands in what_if_result.html."""

    form: Any
    url: str
    years: tuple[Option, ...]
    starts: tuple[Option, ...]
    drafts: tuple[Option, ...]
    certified_only: bool
    before: str
    after: str
    start: str  # codes of the two rule sets, and of the one that the figures began as
    draft: str
    begun_as: str
    year: int
    groups: tuple[CellGroup, ...]
    note: str
    total: CountyChange | None = None
    counties: tuple[CountyChange, ...] = ()
    failing: tuple[TurnedBase, ...] = ()
    passing: tuple[TurnedBase, ...] = ()
    changed: int = 0
    export_url: str = ""
    save_url: str = ""
    save_fields: Pairs = ()
    save_version: int | None = None
    save_title: str = ""
    draft_url: str = ""
    problems: tuple[str, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class YearRow:
    """One year of the calendar."""

    year: int
    source: Text
    working_days: str
    holidays: str
    make_up: str
    url: str
    warning: str = ""


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """calendar.html."""

    rows: tuple[YearRow, ...]
    warnings: tuple[str, ...] = ()
    crumbs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of a month's grid; `kind` "work", "rest", "holiday", "make-up" or "" (a blank)."""

    day: int
    kind: str
    word: str = ""
    today: bool = False


@dataclass(frozen=True, slots=True)
class MonthGrid:
    """One month in weeks from Monday; `working` days."""

    title: str
    weeks: tuple[tuple[DayCell, ...], ...]
    working: int


@dataclass(frozen=True, slots=True)
class CalendarYearPage:
    """calendar_year.html; `form` is None for who may not change it."""

    title: str
    year: int
    source: Text
    months: tuple[MonthGrid, ...]
    note: str = ""
    warning: str = ""
    form: Any = None
    action: str = ""
    version: int = 0
    drop_url: str = ""
    previous_url: str = ""
    next_url: str = ""
    history: tuple[HistoryEntry, ...] = ()
    crumbs: tuple[Link, ...] = ()


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
class FaultyEntry:
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
    entries: tuple[FaultyEntry, ...] = ()
    pager: Pager | None = None
    choices: tuple[Link, ...] = ()  # functions, or faults, to choose from
    chosen: str = ""
    actions: tuple[Action, ...] = ()
    empty: Empty | None = None
    subtitle: str = ""
    arguments: Pairs = ()
    crumbs: tuple[Link, ...] = ()
